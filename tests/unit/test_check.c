/*
 * --check: from what was found to what is said.
 */
#include <errno.h>

#include "agentx/check_judge.h"
#include "agentx/check_probe.h"
#include "tests/unit/unit.h"

static struct facts facts;
static struct finding findings[FINDINGS_MAX];

/* An agent that serves a good store, and everything open. */
static void
all_well(void)
{
	facts = (struct facts){
		.socket = { .path = "/run/agentx",
		    .barrier = "/run/agentx",
		    .owner = "root:root, mode 0600",
		    .user = "agent",
		    .group = "stats" },
		.snmpd = { .address = "127.0.0.1:161",
		    .source = "127.0.0.1",
		    .community = "public",
		    .listener = LISTENER_SNMP,
		    .knows_community = true },
		.served = { .base = ".1.25",
		    .version = ANSWER_VALUE,
		    .next = ANSWER_VALUE,
		    .version_text = "1.0",
		    .next_name = ".1.25.1.1.1.0",
		    .next_inside = true,
		    .next_known = true,
		    .state = STATE_OK,
		    .generation = 7,
		    .epoch = 100,
		    .walk = { .shown = 36 } },
		.store = { .directory = "/state",
		    .path = "/state/store",
		    .result = STORE_OK,
		    .generation = 7,
		    .epoch = 100,
		    .tailer_lives = true },
	};
}

/* The number of faults; *what_r and *mend_r are of the last one. */
static size_t
judged(const char **what_r, const char **mend_r)
{
	size_t count = check_judge(&facts, findings), faults = 0;

	assert_in_range(count, 1, FINDINGS_MAX);
	*what_r = *mend_r = "";
	for (size_t i = 0; i < count; i++) {
		assert_string_not_equal(findings[i].what, "");
		if (findings[i].mend[0] == '\0')
			continue;
		faults++;
		*what_r = findings[i].what;
		*mend_r = findings[i].mend;
	}
	return (faults);
}

/* Exactly one fault, with these words in it and in its advice. */
static void
assert_fault(const char *words, const char *advice)
{
	const char *what, *mend;

	assert_int_equal(judged(&what, &mend), 1);
	if (strstr(what, words) == NULL || strstr(mend, advice) == NULL)
		fail_msg(
		    "not \"%s\" and \"%s\": %s; %s", words, advice, what, mend);
}

static void
assert_well(void)
{
	const char *what, *mend;

	if (judged(&what, &mend) != 0)
		fail_msg("%s; %s", what, mend);
}

static void
test_well(void **state)
{
	(void)state;
	all_well();
	assert_well();
	assert_int_equal(check_judge(&facts, findings), 4);
	facts.served.generation = 8; /* published since */
	assert_well();
	facts.socket.error = EACCES; /* to us, not to the agent */
	facts.store.result = STORE_UNREADABLE;
	assert_well();
}

/* Nothing can be asked for. */
static void
nothing_asked(void)
{
	all_well();
	facts.snmpd.knows_community = false;
	facts.served = (struct served_facts){ .base = ".1.25" };
}

static void
test_snmpd(void **state)
{
	(void)state;
	nothing_asked();
	assert_fault("does not answer to the community \"public\"",
	    "\"rocommunity public 127.0.0.1 -V VIEW\"");
	facts.snmpd.listener = LISTENER_SILENT;
	assert_fault("nothing comes back", "restart snmpd");
	facts.snmpd.listener = LISTENER_NONE;
	assert_fault("snmpd runs", "--host");
	/* One fault, not three. */
	facts.socket.error = ENOENT;
	assert_fault("snmpd does not run", "start snmpd");
	facts.socket.error = ECONNREFUSED;
	assert_fault("snmpd does not run", "start snmpd");
}

/* Asked, and there is nothing. */
static void
nothing_served(void)
{
	all_well();
	facts.served = (struct served_facts){ .base = ".1.25",
		.version = ANSWER_NOTHING,
		.next = ANSWER_NOTHING };
}

static void
test_socket(void **state)
{
	(void)state;
	nothing_served();
	facts.socket.error = ENOENT;
	assert_fault("/run/agentx: No such file",
	    "\"master agentx\" and "
	    "\"agentXSocket /run/agentx\"");
	facts.socket.error = ECONNREFUSED;
	assert_fault("/run/agentx: Connection refused", "\"master agentx\"");
	facts.socket.error = EACCES;
	assert_fault("is closed to agent:stats: /run/agentx is root:root, "
		     "mode 0600",
	    "\"agentXPerms 0660 0755 root stats\"");
	facts.socket.barrier_is_directory = true;
	assert_fault("is closed to agent:stats", "chmod 755 /run/agentx");
	facts.socket.error = ENOTSOCK;
	assert_fault("non-socket", "--agentx-socket");
}

static void
test_served(void **state)
{
	(void)state;
	nothing_served();
	assert_fault("or the view hides it", "\"view VIEW included .1.25\"");
	facts.served.claim = CLAIM_FREE;
	assert_fault("no agent serves .1.25", "start postfix-stats-agentx");
	facts.served.claim = CLAIM_TAKEN;
	assert_fault("is not shown it", "\"view VIEW included .1.25\"");
	facts.served.next = ANSWER_VALUE;
	facts.served.next_inside = true;
	assert_fault("another program serves .1.25", "snmp.base_oid");
	facts.served.next_known = true;
	assert_fault("only a part of .1.25 is shown", "view include .1.25");
	facts.served.version = ANSWER_FAULT;
	assert_fault("does not answer in time", "restart");
	facts.served.version = ANSWER_LATE;
	assert_fault("does not answer in time", "restart");
}

static void
test_walk(void **state)
{
	(void)state;
	all_well();
	facts.served.walk.missing = 2;
	assert_fault("2 objects of the store are not shown", "view");
	facts.served.walk.goes_back = true;
	assert_fault("goes back", "another program");
	facts.served.next_inside = false;
	assert_fault("but GETNEXT from just before it comes to .1.25.1.1.1.0",
	    "restart snmpd");
	facts.served.next = ANSWER_NOTHING;
	assert_fault("comes to the end", "restart snmpd");
	facts.served.next = ANSWER_LATE;
	assert_fault("does not answer in time", "restart");
}

static void
test_mibs(void **state)
{
	struct mib_facts *mib = &facts.mibs[1];

	(void)state;
	all_well();
	*mib = (struct mib_facts){ .walked = true,
		.root = ".1.28",
		.walk = { .shown = 40, .shown_elsewhere = 30 } };
	assert_well();
	assert_int_equal(check_judge(&facts, findings), 5);
	mib->walk = (struct walk_facts){ .missing = 40,
		.missing_elsewhere = 30 };
	assert_fault(
	    "nothing of .1.28 is shown", "\"view VIEW included .1.28\"");
	/* Sendmail's own only, and among ours. */
	mib->walk.shown = mib->walk.foreign = 29;
	assert_fault("module for sendmail", "-I -mta_sendmail");
	mib->walk.missing_elsewhere = 0;
	mib->walk.shown_elsewhere = 30;
	assert_fault("module for sendmail", "-I -mta_sendmail");
	mib->walk.missing_elsewhere = 1;
	assert_fault(
	    "another program serves a part of .1.28", "\"ietf_tables: no\"");
	mib->walk.foreign = 0;
	assert_fault("40 objects of .1.28 are not shown", "view include .1.28");
	mib->walk.goes_back = true;
	assert_fault(
	    "another program serves a part of .1.28", "\"ietf_tables: no\"");
}

static void
test_store(void **state)
{
	(void)state;
	all_well();
	facts.served.state = STATE_STALE;
	assert_fault("is stale", "start postfix-statsd");
	facts.served.state = STATE_DAMAGED;
	assert_fault("says that its store is damaged", "state_directory");
	facts.served.state = STATE_OK;
	facts.store.result = STORE_DAMAGED;
	(void)snprintf(facts.store.error, sizeof(facts.store.error), "broken");
	assert_fault("broken", "restart postfix-statsd");
	facts.served.state = STATE_UNREADABLE;
	facts.store.result = STORE_UNREADABLE;
	assert_fault("broken", "chmod 750 /state and chmod 640 /state/store");
	facts.served.state = STATE_MISSING;
	facts.store.result = STORE_MISSING;
	assert_fault("there is no store /state/store", "start postfix-statsd");
}

static void
test_another(void **state)
{
	(void)state;
	all_well();
	facts.store.epoch = 101;
	assert_fault("another store than /state/store: epoch 100", "end that");
	facts.store.epoch = 100;
	facts.store.generation = 8;
	assert_fault("another store than /state/store", "end that");
	facts.store.result = STORE_MISSING;
	assert_fault("which is not there", "end that");
	/* Hidden from us: nothing to compare with. */
	all_well();
	facts.store.epoch = 101;
	facts.served.epoch = 0;
	assert_well();
}

/* Probes are not said to be missing; and with them a log may be. */
static void
test_probes(void **state)
{
	struct store_facts good = { .directory = "/state",
		.path = "/state/probes",
		.result = STORE_OK,
		.tailer_lives = true,
		.error = "broken" };

	(void)state;
	all_well();
	facts.probes = good;
	facts.served.probe_state = STATE_OK;
	assert_well();
	assert_int_equal(check_judge(&facts, findings), 5);
	facts.probes.tailer_lives = false;
	assert_fault("/state/probes is stale", "start postfix-stats-probe");
	facts.probes.tailer_lives = true;
	facts.served.probe_state = STATE_DAMAGED;
	assert_fault("damaged, but /state/probes is good", "restart the agent");
	facts.probes.result = STORE_DAMAGED;
	assert_fault("broken", "restart postfix-stats-probe");
	facts.probes.result = STORE_UNREADABLE;
	assert_fault("broken", "chmod 640 /state/probes");
	facts.served.probe_state = STATE_STALE;
	assert_well();
	facts.served.state = STATE_UNREADABLE;
	facts.served.probe_state = STATE_UNREADABLE;
	facts.store.result = STORE_UNREADABLE; /* as the directory is */
	(void)snprintf(facts.store.error, sizeof(facts.store.error), "closed");
	assert_fault("closed", "chmod 640 /state/store");
	facts.served.state = STATE_OK;
	facts.store.result = STORE_OK;
	facts.probes.result = STORE_MISSING;
	facts.served.probe_state = STATE_MISSING;
	assert_well();
	assert_int_equal(check_judge(&facts, findings), 4);
	facts.probes = good;
	facts.served.probe_state = STATE_OK;
	facts.store.result = STORE_MISSING;
	facts.served.state = STATE_MISSING;
	assert_well();
}

/* Without an answer the store is judged by what is seen of it. */
static void
test_unanswered(void **state)
{
	const char *what, *mend;

	(void)state;
	nothing_served();
	facts.served.claim = CLAIM_FREE;
	facts.store.tailer_lives = false;
	assert_int_equal(judged(&what, &mend), 2);
	assert_non_null(strstr(what, "is stale"));
}

static bool
is_good(const struct facts *found)
{
	const struct served_facts *served = &found->served;
	enum store_result store = found->store.result;
	bool told = served->state >= STATE_OK &&
	    served->state <= STATE_UNREADABLE;

	return (found->snmpd.knows_community &&
	    served->version == ANSWER_VALUE && served->next_inside &&
	    served->next < ANSWER_FAULT &&
	    (told ? served->state == STATE_OK : store == STORE_OK) &&
	    (store == STORE_OK || store == STORE_UNREADABLE));
}

/* All is said to be well if it is, and only then. */
static void
test_all(void **state)
{
	static const int errors[] = { 0, ENOENT, EACCES, EIO };
	static const enum store_result results[] = { STORE_OK, STORE_MISSING,
		STORE_UNREADABLE, STORE_DAMAGED };
	const char *what, *mend;

	(void)state;
	all_well();
	(void)snprintf(facts.store.error, sizeof(facts.store.error), "why");
	for (unsigned n = 0; n < 4 * 4 * 4 * 5 * 5 * 2 * 3 * 7; n++) {
		unsigned rest = n;

		facts.socket.error = errors[rest % 4], rest /= 4;
		facts.store.result = results[rest % 4], rest /= 4;
		facts.snmpd.knows_community = rest % 4 == 3;
		facts.snmpd.listener = (enum listener)(rest % 4), rest /= 4;
		facts.served.version = (enum answer)(rest % 5), rest /= 5;
		facts.served.next = (enum answer)(rest % 5), rest /= 5;
		facts.served.next_inside = rest % 2, rest /= 2;
		facts.served.claim = (enum claim)(rest % 3), rest /= 3;
		facts.served.state = rest;
		if (facts.snmpd.knows_community)
			facts.snmpd.listener = LISTENER_SNMP;
		else
			facts.served.version = ANSWER_NOT_ASKED;
		if (facts.snmpd.knows_community &&
		    facts.served.version == ANSWER_NOT_ASKED)
			continue;
		if ((judged(&what, &mend) == 0) != is_good(&facts))
			fail_msg("case %u: %s; %s", n, what, mend);
	}
}

static const struct {
	const char *text, *address; /* NULL: refused */
} addresses[] = {
	{ "127.0.0.1", "127.0.0.1:161" },
	{ "127.0.0.1:1161", "127.0.0.1:1161" },
	{ "[127.0.0.1]:1161", "127.0.0.1:1161" },
	{ "::1", "[::1]:161" },
	{ "[::1]", "[::1]:161" },
	{ "[::1]:1161", "[::1]:1161" },
	{ "", NULL },
	{ ":161", NULL },
	{ "127.0.0.1:", NULL },
	{ "127.0.0.1:snmp:x", NULL },
	{ "[::1", NULL },
	{ "[::1]1161", NULL },
	{ "[]:161", NULL },
};

static void
test_address(void **state)
{
	struct address address;
	const char *error;

	(void)state;
	for (size_t i = 0; i < COUNT(addresses); i++) {
		int rc = probe_address(addresses[i].text, &address, &error);

		assert_int_equal(rc, addresses[i].address ? 0 : -1);
		if (rc == 0)
			assert_string_equal(address.text, addresses[i].address);
	}
}

int
main(void)
{
	const struct CMUnitTest tests[] = {
		TEST("nothing wrong", test_well),
		TEST("snmpd", test_snmpd),
		TEST("the AgentX socket", test_socket),
		TEST("who serves the base OID", test_served),
		TEST("a walk", test_walk),
		TEST("the IETF's MIBs", test_mibs),
		TEST("the store", test_store),
		TEST("the store of probes", test_probes),
		TEST("another store", test_another),
		TEST("a store that nobody serves", test_unanswered),
		TEST("every combination", test_all),
		TEST("addresses", test_address),
	};

	return (cmocka_run_group_tests(tests, NULL, NULL));
}
