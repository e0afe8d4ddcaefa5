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
#include "agentx/master.h"
#include "lib/util/daemon.h"
#include "lib/util/log.h"

enum {
	PAUSE = 200000000,    /* ns between two looks at what may still come */
	SUBAGENT_SECONDS = 3, /* of 9; snmpd gives one up after 6 */
	CATCH_UP_SECONDS = 2  /* for a new store to be served */
};

/* --- the store --------------------------------------------------------- */

/* Cells of the store are what the agent should serve; NULL if it is not
   good. */
static struct cells *
look_at_store(const struct check *check, struct store_facts *store)
{
	struct snapshot *snapshot;
	struct cells *cells = NULL;
	char lock[PATH_MAX];
	uint64_t now = (uint64_t)time(NULL);
	const char *error = "";

	store->directory = check->directory;
	(void)snprintf(store->path, sizeof(store->path), "%s/" STORE_NAME,
	    check->directory);
	(void)snprintf(lock, sizeof(lock), "%s/" STORE_LOCK, check->directory);
	store->tailer_lives = daemon_lock_held(lock);
	store->result = store_read(store->path, &snapshot, &error);
	if (store->result != STORE_OK) {
		(void)snprintf(store->error, sizeof(store->error), "%s", error);
		return (NULL);
	}
	store->generation = snapshot->generation;
	store->epoch = snapshot->epoch;
	store->age = now > snapshot->published ? now - snapshot->published : 0;
	if (cells_build(snapshot, check->base, 0, &cells, &error) == -1)
		log_fatal(EXIT_FAULT, "%s", error);
	snapshot_free(snapshot);
	return (cells);
}

/* --- what is served ------------------------------------------------------ */

static bool
is_below(const struct oid *base, const uint32_t *arc, size_t count)
{
	return (count > base->count &&
	    oid_compare(arc, base->count, base->arc, base->count) == 0);
}

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
	    is_below(base, reply.name.arc, reply.name.count);
	served->next_known = cells != NULL &&
	    cells_knows(cells, reply.name.arc, reply.name.count);
}

struct walk {
	const struct oid *base;
	const struct cells *cells; /* to compare with, or NULL */
	size_t at;                 /* the next of them */
	struct oid last;
	struct served_facts *served;
};

/* Cells up to `name`, or all that are left, were not shown. */
static void
note_missing(struct walk *walk, const struct oid *name)
{
	for (; walk->cells != NULL && walk->at < cells_count(walk->cells);
	     walk->at++) {
		const struct cell *cell = cells_at(walk->cells, walk->at);
		int order = name == NULL ?
		    -1 :
		    oid_compare(
			cell->arc, cell->arc_count, name->arc, name->count);

		if (order > 0)
			return;
		if (order == 0 ||
		    !is_below(walk->base, cell->arc, cell->arc_count))
			continue;
		if (walk->served->missing++ == 0)
			(void)oid_format(cell->arc, cell->arc_count,
			    walk->served->missing_name);
	}
}

static bool
see(void *context, const struct oid *name)
{
	struct walk *walk = context;

	if (walk->served->walked > 0 &&
	    oid_compare(name->arc, name->count, walk->last.arc,
		walk->last.count) <= 0) {
		walk->served->goes_back = true;
		return (false);
	}
	if (!is_below(walk->base, name->arc, name->count))
		return (false);
	walk->served->walked++;
	walk->last = *name;
	note_missing(walk, name);
	return (true);
}

static void
pause_shortly(void)
{
	const struct timespec pause = { .tv_nsec = PAUSE };

	(void)nanosleep(&pause, NULL);
}

/* One walk; what holds no cells can't be missed. */
static void
walk_once(struct client *client, const struct oid *base,
    const struct cells *cells, struct served_facts *served)
{
	struct walk walk = { .base = base, .cells = cells, .served = served };
	struct oid before = just_before(base);

	served->walked = served->missing = 0;
	client_walk(client, &before, see, &walk);
	if (!served->goes_back)
		note_missing(&walk, NULL);
}

/* A store published just now may not be served yet, and a walk beside others
   may be shown the one before it. */
static void
walk_all(struct client *client, const struct oid *base,
    const struct cells *cells, const struct store_facts *store,
    struct served_facts *served)
{
	time_t end = time(NULL) + CATCH_UP_SECONDS;

	ask_store(client, base, served);
	while (served->epoch == store->epoch &&
	    served->generation < store->generation && time(NULL) <= end) {
		pause_shortly();
		ask_store(client, base, served);
	}
	/* Another store, or none, has other cells. */
	if (served->state > STATE_STALE ||
	    (served->epoch != 0 && served->epoch != store->epoch))
		cells = NULL;
	walk_once(client, base, cells, served);
	while (served->missing > 0 && time(NULL) <= end) {
		pause_shortly();
		walk_once(client, base, cells, served);
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
		walk_all(client, check->base, cells, &facts->store, served);
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
	cells = look_at_store(check, &facts.store);
	check_socket(&facts.socket);
	master_init(check->socket, check->ping_interval);
	look_at_snmpd(check, cells, &facts);
	cells_free(cells);
	return (print(findings, check_judge(&facts, findings)));
}
