/*
 * Finding out.  The store is looked at first, so that what is served can't be
 * older than it; what follows from all this is check_judge.c's.
 */
#include <inttypes.h>
#include <stdio.h>
#include <string.h>
#include <time.h>

#include "agentx/check.h"
#include "agentx/check_claim.h"
#include "agentx/check_client.h"
#include "agentx/check_probe.h"
#include "agentx/check_walk.h"
#include "agentx/master.h"
#include "lib/stats/ietf.h"
#include "lib/stats/join.h"
#include "lib/util/daemon.h"
#include "lib/util/log.h"

enum {
	PAUSE = 200000000,    /* ns between two looks at what may still come */
	SUBAGENT_SECONDS = 3, /* of 9; snmpd gives one up after 6 */
	CATCH_UP_SECONDS = 2  /* for a new store to be served */
};

/* --- the store --------------------------------------------------------- */

/* Returns its snapshot; NULL if it is not good. */
static struct snapshot *
look_at_store(
    const struct check *check, enum joined_store i, struct store_facts *store)
{
	struct snapshot *snapshot;
	char lock[PATH_MAX];
	uint64_t now = (uint64_t)time(NULL);
	const char *error = "";

	store->directory = check->directory;
	(void)snprintf(store->path, sizeof(store->path), "%s/%s",
	    check->directory, joined_files[i].name);
	(void)snprintf(lock, sizeof(lock), "%s/%s", check->directory,
	    joined_files[i].lock);
	store->tailer_lives = daemon_lock_held(lock);
	store->result = store_read(store->path, &snapshot, &error);
	if (store->result != STORE_OK) {
		(void)snprintf(store->error, sizeof(store->error), "%s", error);
		return (NULL);
	}
	store->generation = snapshot->generation;
	store->epoch = snapshot->epoch;
	store->age = now > snapshot->published ? now - snapshot->published : 0;
	return (snapshot);
}

/* Cells of the tailer's store are what the agent should serve; NULL if it is
   not good.  Those of probes come and go from one attempt to the next. */
static struct cells *
look_at_stores(const struct check *check, struct facts *facts)
{
	struct joined joined = { { NULL } };
	struct snapshot *log;
	struct cells *cells = NULL;
	const char *error = "";

	snapshot_free(look_at_store(check, JOINED_PROBES, &facts->probes));
	log = look_at_store(check, JOINED_LOG, &facts->store);
	joined.of[JOINED_LOG] = log;
	if (log != NULL &&
	    cells_build(&joined, check->base, check->ietf ? CELLS_IETF : 0,
		&cells, &error) == -1)
		log_fatal(EXIT_FAULT, "%s", error);
	snapshot_free(log);
	return (cells);
}

/* --- what is served ------------------------------------------------------ */

/* The last OID there can be before the base, or nearly so. */
static struct oid
just_before(const struct oid *base)
{
	struct oid oid = *base;

	if (oid.arc[oid.count - 1] == 0) {
		oid.count--;
	} else {
		oid.arc[oid.count - 1]--;
		oid.arc[oid.count++] = UINT32_MAX;
	}
	return (oid);
}

/* The scalar `number` of pfsAgent. */
static struct oid
agent_scalar(const struct oid *base, uint32_t number)
{
	struct oid oid = *base;

	oid.arc[oid.count++] = 1;
	oid.arc[oid.count++] = groups[GROUP_AGENT_STATE].arc;
	oid.arc[oid.count++] = number;
	oid.arc[oid.count++] = 0;
	return (oid);
}

/* Its value; 0 if there is none. */
static uint64_t
ask_scalar(struct client *client, const struct oid *base, uint32_t number)
{
	struct oid name = agent_scalar(base, number);
	struct reply reply;

	client_get(client, &name, &reply);
	return (reply.answer == ANSWER_VALUE ? reply.number : 0);
}

static void
ask_store(
    struct client *client, const struct oid *base, struct served_facts *served)
{
	served->state = ask_scalar(
	    client, base, agent_objects[AGENT_OBJECT_STORE_STATE].number);
	served->probe_state = ask_scalar(
	    client, base, agent_objects[AGENT_OBJECT_PROBE_STATE].number);
	served->epoch = ask_scalar(
	    client, base, metrics[METRIC_TAILER_EPOCH].object.number);
	served->generation = ask_scalar(
	    client, base, metrics[METRIC_TAILER_GENERATION].object.number);
}

static void
ask_ends(struct client *client, const struct oid *base,
    const struct cells *cells, struct served_facts *served)
{
	struct oid version = agent_scalar(
	    base, agent_objects[AGENT_OBJECT_VERSION].number);
	struct oid before = just_before(base);
	struct reply reply;

	client_get(client, &version, &reply);
	/* A number there is not ours. */
	served->version = reply.answer == ANSWER_VALUE && !reply.text[0] ?
	    ANSWER_NOTHING :
	    reply.answer;
	(void)snprintf(served->version_text, sizeof(served->version_text), "%s",
	    reply.text);
	if (reply.answer >= ANSWER_FAULT)
		return;
	client_next(client, &before, &reply);
	served->next = reply.answer;
	(void)oid_format(reply.name.arc, reply.name.count, served->next_name);
	served->next_inside = reply.answer == ANSWER_VALUE &&
	    oid_is_below(base, reply.name.arc, reply.name.count);
	served->next_known = cells != NULL &&
	    cells_knows(cells, reply.name.arc, reply.name.count);
}

static void
pause_shortly(void)
{
	const struct timespec pause = { .tv_nsec = PAUSE };

	(void)nanosleep(&pause, NULL);
}

/* Another store, or none, has other cells. */
static const struct cells *
cells_to_show(const struct cells *cells, const struct store_facts *store,
    const struct served_facts *served)
{
	return (served->state > STATE_STALE ||
		    (served->epoch != 0 && served->epoch != store->epoch) ?
		NULL :
		cells);
}

/* Until `end` a walk beside others may be shown the store before this. */
static void
walk_until(struct client *client, const struct oid *root,
    const struct oid *from, const struct cells *cells, time_t end,
    struct walk_facts *walk)
{
	check_walk(client, root, from, cells, walk);
	while (walk->missing > 0 && time(NULL) <= end) {
		pause_shortly();
		check_walk(client, root, from, cells, walk);
	}
}

/* A store published just now may not be served yet. */
static void
walk_all(const struct check *check, struct client *client,
    const struct cells *cells, struct facts *facts)
{
	struct served_facts *served = &facts->served;
	struct oid before = just_before(check->base);
	time_t end = time(NULL) + CATCH_UP_SECONDS;

	ask_store(client, check->base, served);
	while (served->epoch == facts->store.epoch &&
	    served->generation < facts->store.generation && time(NULL) <= end) {
		pause_shortly();
		ask_store(client, check->base, served);
	}
	cells = cells_to_show(cells, &facts->store, served);
	walk_until(client, check->base, &before, cells, end, &served->walk);
	if (cells == NULL || served->walk.missing > 0 ||
	    served->walk.goes_back || !check->ietf)
		return;
	for (size_t i = 0; i < MIBS_MAX; i++) {
		struct mib_facts *mib = &facts->mibs[i];
		struct oid root;

		ietf_mib_oid(i == 0 ? IETF_APPL : IETF_MTA, &root);
		(void)oid_format(root.arc, root.count, mib->root);
		mib->walked = true;
		walk_until(client, &root, &root, cells, end, &mib->walk);
	}
}

/* An agent whose snmpd was restarted comes back in its own time. */
static void
look_at_served(const struct check *check, struct client *client,
    const struct cells *cells, struct facts *facts)
{
	struct served_facts *served = &facts->served;
	time_t end = time(NULL) + (time_t)check->ping_interval + 1;

	ask_ends(client, check->base, cells, served);
	while (served->version == ANSWER_NOTHING && !served->next_inside &&
	    facts->socket.error == 0 && time(NULL) <= end) {
		pause_shortly();
		ask_ends(client, check->base, cells, served);
	}
	if (served->version == ANSWER_VALUE && served->next_inside)
		walk_all(check, client, cells, facts);
	else if (served->version == ANSWER_VALUE)
		ask_store(client, check->base, served);
	else if (served->version == ANSWER_NOTHING && !served->next_inside &&
	    facts->socket.error == 0)
		served->claim = check_claim(check->base);
}

/* --- all of it ----------------------------------------------------------- */

static void
look_at_snmpd(
    const struct check *check, const struct cells *cells, struct facts *facts)
{
	static const struct oid uptime = { 9, { 1, 3, 6, 1, 2, 1, 1, 3, 0 } };
	struct snmpd_facts *snmpd = &facts->snmpd;
	struct address address;
	struct client *client;
	struct reply reply;
	const char *error;

	if (probe_address(check->host, &address, &error) == -1)
		log_fatal(EXIT_BAD_USAGE, "%s", error);
	(void)memcpy(snmpd->address, address.text, sizeof(snmpd->address));
	snmpd->community = check->community;
	snmpd->listener = probe_listener(&address, snmpd->source);
	if (snmpd->listener == LISTENER_NONE)
		return;
	client = client_open(snmpd->address, snmpd->community, &error);
	if (client == NULL)
		log_fatal(EXIT_FAULT, "%s", error);
	client_get(client, &uptime, &reply);
	snmpd->knows_community = reply.answer != ANSWER_LATE;
	client_wait(client, SUBAGENT_SECONDS);
	if (snmpd->knows_community)
		look_at_served(check, client, cells, facts);
	client_close(client);
}

static int
print(const struct finding *finding, size_t count)
{
	int code = 0;

	for (size_t i = 0; i < count; i++) {
		if (finding[i].mend[0] == '\0') {
			printf("ok: %s\n", finding[i].what);
			continue;
		}
		printf(
		    "fault: %s\nmend: %s\n", finding[i].what, finding[i].mend);
		code = EXIT_FAULT;
	}
	if (fflush(stdout) != 0)
		log_fatal(EXIT_FAULT, "cannot write the output");
	return (code);
}

int
check_run(const struct check *check)
{
	static struct facts facts;
	static struct finding findings[FINDINGS_MAX];
	struct cells *cells;

	facts.socket.path = strchr(check->socket, '/');
	(void)oid_format(
	    check->base->arc, check->base->count, facts.served.base);
	cells = look_at_stores(check, &facts);
	check_socket(&facts.socket);
	master_init(check->socket, check->ping_interval);
	look_at_snmpd(check, cells, &facts);
	cells_free(cells);
	return (print(findings, check_judge(&facts, findings)));
}
