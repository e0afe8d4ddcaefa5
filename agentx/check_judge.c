/*
 * From what was found to what is wrong and how to mend it.  A fault that
 * follows from another one is left out: who mends the first and asks again
 * sees whether there is a second.
 */
#include <errno.h>
#include <inttypes.h>
#include <string.h>

#include "agentx/check_report.h"

/* --- snmpd ------------------------------------------------------------- */

static void
judge_snmpd(struct report *report, const struct facts *facts)
{
	const struct snmpd_facts *snmpd = &facts->snmpd;

	if (snmpd->knows_community) {
		well(report, "snmpd answers at %s to the community \"%s\"",
		    snmpd->address, snmpd->community);
	} else if (snmpd->listener == LISTENER_SNMP) {
		fault(report,
		    "snmpd at %s does not answer to the community \"%s\" "
		    "from %s",
		    snmpd->address, snmpd->community, snmpd->source);
		mend(report,
		    "name the right one with --community, or put "
		    "\"rocommunity %s %s -V VIEW\" into snmpd.conf and "
		    "restart snmpd",
		    snmpd->community, snmpd->source);
	} else if (snmpd->listener == LISTENER_SILENT) {
		fault(report,
		    "nothing comes back from %s, to whatever community: snmpd "
		    "hangs, or the packets are dropped",
		    snmpd->address);
		mend(report,
		    "restart snmpd; if that does not help, look at the packet "
		    "filter, at /etc/hosts.deny and at the programs that "
		    "snmpd.conf runs (pass, pass_persist)");
	} else if (facts->socket.error == 0) {
		fault(report,
		    "snmpd runs, as %s takes connections, but nothing "
		    "listens at %s",
		    facts->socket.path, snmpd->address);
		mend(report,
		    "name its address with --host, or put \"agentaddress "
		    "udp:%s\" into snmpd.conf and restart snmpd",
		    snmpd->address);
	} else {
		fault(report, "snmpd does not run: nothing listens at %s",
		    snmpd->address);
		mend(report,
		    "start snmpd; if it runs elsewhere, name its address "
		    "with --host");
	}
}

/* --- the AgentX socket -------------------------------------------------- */

static void
judge_closed(struct report *report, const struct socket_facts *socket)
{
	fault(report, "the AgentX socket %s is closed to %s:%s: %s is %s",
	    socket->path, socket->user, socket->group, socket->barrier,
	    socket->owner);
	if (socket->barrier_is_directory)
		mend(report, "chmod 755 %s", socket->barrier);
	else
		mend(report,
		    "put \"agentXPerms 0660 0755 root %s\" into snmpd.conf "
		    "and restart snmpd; if that is not the agent's group, run "
		    "--check as the agent's user",
		    socket->group);
}

static void
judge_socket(struct report *report, const struct facts *facts)
{
	const struct socket_facts *socket = &facts->socket;
	bool gone = socket->error == ENOENT || socket->error == ECONNREFUSED;

	if (socket->error == 0) {
		well(report, "the AgentX socket %s takes connections",
		    socket->path);
	} else if (facts->served.version == ANSWER_VALUE) {
		well(report,
		    "the AgentX socket %s: %s, but the objects are served",
		    socket->path, strerror(socket->error));
	} else if (socket->error == EACCES) {
		judge_closed(report, socket);
	} else if (!gone) {
		fault(report, "the AgentX socket %s: %s", socket->path,
		    strerror(socket->error));
		mend(report,
		    "name the socket of agentXSocket in snmpd.conf with "
		    "--agentx-socket or snmp.agentx_socket");
	} else if (facts->snmpd.listener != LISTENER_NONE) {
		fault(report,
		    "snmpd does not listen at the AgentX socket: "
		    "%s: %s",
		    socket->barrier, strerror(socket->error));
		mend(report,
		    "put \"master agentx\" and \"agentXSocket %s\" into "
		    "snmpd.conf and restart snmpd",
		    socket->path);
	}
}

/* --- our objects -------------------------------------------------------- */

/* GET found the agent; is the rest there, too? */
static void
judge_walk(struct report *report, const struct served_facts *served)
{
	if (!served->next_inside) {
		fault(report,
		    "GET answers below %s, but GETNEXT from just before it "
		    "comes to %s: a walk shows nothing",
		    served->base,
		    served->next == ANSWER_VALUE ? served->next_name :
						   "the end");
		mend(report,
		    "restart snmpd; if that does not help, another program "
		    "serves the base OID: look for it in snmpd.conf (pass, "
		    "pass_persist), or set another snmp.base_oid");
	} else if (served->walk.goes_back) {
		fault(report, "a walk of %s goes back after %zu objects",
		    served->base, served->walk.shown);
		mend(report,
		    "another program serves a part of it: look for it in "
		    "snmpd.conf (pass, pass_persist), or set another "
		    "snmp.base_oid");
	} else if (served->walk.missing > 0) {
		fault(report,
		    "%zu objects of the store are not shown; the first is %s",
		    served->walk.missing, served->walk.missing_name);
		mend(report,
		    "let the community's view include %s, without an "
		    "\"excluded\" below it, and restart snmpd; if that does "
		    "not help, restart the agent and end what else serves a "
		    "part of it",
		    served->base);
	} else {
		well(report,
		    "GET, GETNEXT and a walk of %s show %zu objects, agent "
		    "version %s",
		    served->base, served->walk.shown, served->version_text);
	}
}

/* A socket that lets nobody in is cause enough, and was said. */
static void
judge_nothing(struct report *report, const struct facts *facts)
{
	const struct served_facts *served = &facts->served;

	if (served->claim == CLAIM_TAKEN) {
		fault(report,
		    "an agent has %s, but the community \"%s\" is not shown "
		    "it",
		    served->base, facts->snmpd.community);
		mend(report,
		    "put \"view VIEW included %s\" into snmpd.conf, VIEW being "
		    "that of the community, and restart snmpd; if that does "
		    "not help, it is another agent: set another "
		    "snmp.base_oid",
		    served->base);
	} else if (served->claim == CLAIM_FREE) {
		fault(report, "no agent serves %s", served->base);
		mend(report,
		    "start postfix-stats-agentx; if it runs, its log says why "
		    "it is not connected to %s%s",
		    facts->socket.path,
		    facts->socket.root ? ", and --check as its user, not as "
					 "root, may say more" :
					 "");
	} else if (facts->socket.error == 0) {
		fault(report,
		    "nothing of %s is shown: no agent serves it, or the view "
		    "hides it",
		    served->base);
		mend(report,
		    "look in the agent's log whether it is connected, and in "
		    "snmpd.conf for \"view VIEW included %s\"",
		    served->base);
	}
}

static void
judge_served(struct report *report, const struct facts *facts)
{
	const struct served_facts *served = &facts->served;

	if (served->version == ANSWER_NOT_ASKED)
		return;
	if (served->version >= ANSWER_FAULT || served->next >= ANSWER_FAULT) {
		fault(report, "what serves %s does not answer in time",
		    served->base);
		mend(report,
		    "restart postfix-stats-agentx; if that does not help, "
		    "another program serves the base OID: look for it in "
		    "snmpd.conf (pass, pass_persist), or set another "
		    "snmp.base_oid");
	} else if (served->version == ANSWER_VALUE) {
		judge_walk(report, served);
	} else if (!served->next_inside) {
		judge_nothing(report, facts);
	} else if (served->next_known) {
		fault(report,
		    "only a part of %s is shown, and pfsAgent is not in it; "
		    "the first object is %s",
		    served->base, served->next_name);
		mend(report,
		    "let the community's view include %s, without an "
		    "\"excluded\" below it, and restart snmpd",
		    served->base);
	} else {
		fault(report,
		    "another program serves %s; its first object is %s",
		    served->base, served->next_name);
		mend(report,
		    "end it: look in snmpd.conf (pass, pass_persist, extend), "
		    "restart snmpd, start postfix-stats-agentx again; or set "
		    "another snmp.base_oid");
	}
}

/* --- the IETF's tables --------------------------------------------------- */

/* Whether it is snmpd's module for sendmail that stands in our place. */
static bool
is_sendmail(const struct walk_facts *walk)
{
	return (walk->shown > 0 &&
	    (walk->shown_elsewhere == 0 || walk->missing_elsewhere == 0));
}

static void
judge_mib(struct report *report, const struct mib_facts *mib)
{
	const struct walk_facts *walk = &mib->walk;

	if (walk->missing == 0 && !walk->goes_back) {
		well(report, "a walk of %s shows %zu objects", mib->root,
		    walk->shown);
	} else if (walk->shown == 0) {
		fault(report,
		    "nothing of %s is shown: the view hides it, or no agent "
		    "serves it",
		    mib->root);
		mend(report,
		    "put \"view VIEW included %s\" into snmpd.conf, VIEW being "
		    "that of the community, and for pass_persist the line with "
		    "that OID, too, and restart snmpd; if that does not help, "
		    "restart the agent",
		    mib->root);
	} else if (is_sendmail(walk)) {
		fault(report,
		    "snmpd's own module for sendmail serves a part of %s, in "
		    "which %zu objects are not shown; the first is %s",
		    mib->root, walk->missing, walk->missing_name);
		mend(report,
		    "start snmpd with \"-I -mta_sendmail\" (on Debian: one more "
		    "word of the list behind -I in the unit of snmpd), or "
		    "restart the agent, if it serves by AgentX");
	} else if (walk->foreign > 0 || walk->goes_back) {
		fault(report,
		    "another program serves a part of %s; its first object "
		    "is %s",
		    mib->root,
		    walk->foreign > 0 ? walk->foreign_name :
					walk->missing_name);
		mend(report,
		    "end it: look in snmpd.conf (pass, pass_persist) and among "
		    "the other subagents, restart snmpd; or set "
		    "\"ietf_tables: no\" in the section snmp");
	} else {
		fault(report,
		    "%zu objects of %s are not shown; the first is %s",
		    walk->missing, mib->root, walk->missing_name);
		mend(report,
		    "let the community's view include %s, without an "
		    "\"excluded\" below it, and restart snmpd",
		    mib->root);
	}
}

static void
judge_mibs(struct report *report, const struct facts *facts)
{
	for (size_t i = 0; i < MIBS_MAX; i++)
		if (facts->mibs[i].walked)
			judge_mib(report, &facts->mibs[i]);
}

/* --- the store ---------------------------------------------------------- */

static bool
is_served(const struct served_facts *served)
{
	return (served->state == STATE_OK || served->state == STATE_STALE);
}

/* As the agent says if it serves the store; it may not have seen damage that
   came by itself.  Else what it looks like from here. */
static enum store_state
store_state(const struct served_facts *served, const struct store_facts *store)
{
	if (is_served(served) && store->result != STORE_DAMAGED)
		return ((enum store_state)served->state);
	switch (store->result) {
	case STORE_OK:
		return (store->tailer_lives ? STATE_OK : STATE_STALE);
	case STORE_MISSING:
		return (STATE_MISSING);
	case STORE_DAMAGED:
		return (STATE_DAMAGED);
	default:
		return (STATE_UNREADABLE);
	}
}

/* The generation is asked for after the store was read, so it can't be the
   lower one. */
static bool
is_another(const struct served_facts *served, const struct store_facts *store)
{
	if (!is_served(served))
		return (false);
	if (store->result == STORE_MISSING)
		return (true);
	return (store->result == STORE_OK && served->epoch != 0 &&
	    (served->epoch != store->epoch ||
		served->generation < store->generation));
}

static void
judge_another(struct report *report, const struct facts *facts)
{
	const struct store_facts *store = &facts->store;

	if (store->result == STORE_MISSING)
		fault(report,
		    "the agent at %s serves another store than %s, which is "
		    "not there",
		    facts->served.base, store->path);
	else
		fault(report,
		    "the agent at %s serves another store than %s: epoch "
		    "%" PRIu64 ", generation %" PRIu64 ", not %" PRIu64
		    ", %" PRIu64,
		    facts->served.base, store->path, facts->served.epoch,
		    facts->served.generation, store->epoch, store->generation);
	mend(report,
	    "end that agent and start the right one, or give one of them "
	    "another snmp.base_oid; if it is the right one, give --check the "
	    "same -c and -d");
}

/* Whether the agent complains of a store that is good as we see it. */
static bool
is_complaint(uint64_t state, const struct store_facts *store)
{
	return (state > STATE_STALE && state <= STATE_UNREADABLE &&
	    store->result == STORE_OK);
}

/* The agent complains, and we can't see why. */
static void
judge_complaint(
    struct report *report, uint64_t state, const struct store_facts *store)
{
	static const char *const words[] = {
		[STATE_DAMAGED] = "damaged",
		[STATE_MISSING] = "missing",
		[STATE_UNREADABLE] = "closed to it",
	};

	fault(report, "the agent says that its store is %s, but %s is good",
	    words[state], store->path);
	mend(report,
	    "restart the agent with the same -d or state_directory, as a user "
	    "in the group of that file; chmod 640 %s",
	    store->path);
}

static void
judge_good(struct report *report, const struct store_facts *store)
{
	if (store->result == STORE_OK)
		well(report,
		    "the store %s: generation %" PRIu64 ", %" PRIu64
		    " s old; a tailer is running",
		    store->path, store->generation, store->age);
	else
		well(report, "the store is good, says the agent; here: %s",
		    store->error);
}

static void
judge_unreadable(struct report *report, const struct store_facts *store)
{
	fault(report, "%s", store->error);
	mend(report,
	    "chmod 750 %s and chmod 640 %s, both with the group of the agent's "
	    "user; or install the version that wrote it",
	    store->directory, store->path);
}

static void
judge_store(struct report *report, const struct facts *facts)
{
	const struct store_facts *store = &facts->store;

	if (is_another(&facts->served, store)) {
		judge_another(report, facts);
		return;
	}
	if (is_complaint(facts->served.state, store)) {
		judge_complaint(report, facts->served.state, store);
		return;
	}
	switch (store_state(&facts->served, store)) {
	case STATE_OK:
		judge_good(report, store);
		break;
	case STATE_STALE:
		fault(report,
		    "the store %s is stale: no tailer is running, its numbers "
		    "stay as they are",
		    store->path);
		mend(report,
		    "start postfix-statsd; if it ends again, its log says "
		    "why");
		break;
	case STATE_MISSING:
		if (facts->probes.result == STORE_OK) {
			well(report, "no log is followed: there is no store %s",
			    store->path);
			break;
		}
		fault(report, "there is no store %s", store->path);
		mend(report,
		    "start postfix-statsd; if it runs, give it and the agent "
		    "the same -d or state_directory");
		break;
	case STATE_DAMAGED:
		fault(report, "%s", store->error);
		mend(report,
		    "restart postfix-statsd, which goes on from the store "
		    "before it and loses nothing; then look at the disk");
		break;
	default:
		judge_unreadable(report, store);
	}
}

/* Where nothing was tried nothing is said, nor where what keeps us from the
   other store keeps us from this one. */
static void
judge_probes(struct report *report, const struct facts *facts)
{
	const struct store_facts *store = &facts->probes;
	uint64_t served = facts->served.probe_state;

	if (is_complaint(served, store)) {
		judge_complaint(report, served, store);
	} else if (store->result == STORE_OK && store->tailer_lives) {
		well(report,
		    "the store %s: generation %" PRIu64 ", %" PRIu64
		    " s old; postfix-stats-probe is running",
		    store->path, store->generation, store->age);
	} else if (store->result == STORE_OK) {
		fault(report,
		    "the store %s is stale: postfix-stats-probe is not running",
		    store->path);
		mend(report,
		    "start postfix-stats-probe; if nothing is to be probed any "
		    "more, remove %s",
		    store->path);
	} else if (store->result == STORE_DAMAGED) {
		fault(report, "%s", store->error);
		mend(report,
		    "restart postfix-stats-probe, which goes on from the store "
		    "before it; then look at the disk");
	} else if (store->result == STORE_UNREADABLE &&
	    facts->store.result != STORE_UNREADABLE) {
		if (served == STATE_OK || served == STATE_STALE)
			well(report,
			    "the store of probes is good, says the agent; "
			    "here: %s",
			    store->error);
		else
			judge_unreadable(report, store);
	}
}

size_t
check_judge(const struct facts *facts, struct finding findings_r[FINDINGS_MAX])
{
	struct report report = { .finding = findings_r };

	judge_snmpd(&report, facts);
	judge_socket(&report, facts);
	judge_served(&report, facts);
	judge_mibs(&report, facts);
	judge_store(&report, facts);
	judge_probes(&report, facts);
	return (report.count);
}
