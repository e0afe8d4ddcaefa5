/*
 * A server in the store.  One list says what is kept where, for both ways: it is
 * gone through to save and to load.
 */
#include <inttypes.h>
#include <stdio.h>
#include <stdlib.h>

#include "lib/stats/key.h"
#include "whm/server.h"

enum {
	TOLD_DIGITS = 32, /* of an item: 96 bits of hash, 32 of time */
	TOLD_ITEMS = TEXT_MAX / TOLD_DIGITS
};

struct way {
	const char *server;
	struct snapshot *to;         /* saving */
	const struct snapshot *from; /* or loading */
};

static void
number(const struct way *way, enum metric_id metric, const char *second,
    const char *third, uint64_t *value)
{
	const struct slice label[METRIC_LABELS] = { slice_of(way->server),
		second != NULL ? slice_of(second) : SLICE(""),
		third != NULL ? slice_of(third) : SLICE("") };
	char key[KEY_MAX + 1];
	struct slice name = { key,
		key_make(metric, label, (struct slice){ NULL, 0 }, key) };

	if (way->to != NULL)
		snapshot_add_number(way->to, name, *value);
	else
		(void)snapshot_number(way->from, name, value);
}

/* One for each value of a closed label, `second` before it if there is one. */
static void
numbers(const struct way *way, enum metric_id metric, const char *second,
    enum label_id label, uint64_t *value)
{
	struct slice rest = slice_of(labels[label].values), name;
	char text[LABEL_MAX + 1];

	while (label_value_next(&rest, &name)) {
		(void)snprintf(
		    text, sizeof(text), "%.*s", (int)name.len, name.at);
		if (second != NULL)
			number(way, metric, second, text, value++);
		else
			number(way, metric, text, NULL, value++);
	}
}

static void
tallies_records(const struct way *way, struct tallies *tallies)
{
	struct slice rest = slice_of(labels[LABEL_WHM_TYPE].values), name;
	char type[LABEL_MAX + 1];

	for (unsigned i = 0; label_value_next(&rest, &name); i++) {
		(void)snprintf(
		    type, sizeof(type), "%.*s", (int)name.len, name.at);
		numbers(way, METRIC_WHM_EVENTS, type, LABEL_WHM_REMOTE,
		    tallies->events[i]);
	}
	numbers(
	    way, METRIC_WHM_DELAY_LE, NULL, LABEL_WHM_DELAY_LE, tallies->delay);
	number(way, METRIC_WHM_DELAY_SUM, NULL, NULL, &tallies->delay_sum);
	number(way, METRIC_WHM_DELAY_COUNT, NULL, NULL, &tallies->delay_count);
	numbers(way, METRIC_WHM_SIZE_LE, NULL, LABEL_QUEUE_SIZE, tallies->size);
	number(way, METRIC_WHM_SIZE_SUM, NULL, NULL, &tallies->size_sum);
	number(way, METRIC_WHM_SIZE_COUNT, NULL, NULL, &tallies->size_count);
	number(way, METRIC_WHM_DUPLICATES, NULL, NULL, &tallies->duplicates);
	number(way, METRIC_WHM_DROPPED, NULL, NULL, &tallies->dropped);
}

/* Reasons that were never met have no record. */
static void
errors_records(
    const struct way *way, const char *name, struct endpoint_state *state)
{
	for (unsigned r = 0; r < REASON_COUNT; r++)
		if (way->from != NULL || state->errors[r] > 0)
			number(way, METRIC_WHM_ERRORS, name, reason_name(r),
			    &state->errors[r]);
}

static void
endpoint_records(
    const struct way *way, enum endpoint endpoint, struct endpoint_state *state)
{
	const char *name = endpoint_name(endpoint);
	uint64_t up = state->up;

	number(way, METRIC_WHM_REQUESTS, name, NULL, &state->requests);
	number(way, METRIC_WHM_FAILURES, name, NULL, &state->failures);
	number(way, METRIC_WHM_LAST_SUCCESS, name, NULL, &state->last_success);
	number(way, METRIC_WHM_EXPIRES, name, NULL, &state->expires);
	errors_records(way, name, state);
	/* whether it is up now, no store can say */
	if (way->from != NULL || !state->tried)
		return;
	number(way, METRIC_WHM_UP, name, NULL, &up);
	number(way, METRIC_WHM_DURATION, name, NULL, &state->duration);
}

static void
fault_save(const struct server *server, enum endpoint endpoint,
    struct snapshot *snapshot)
{
	const char *fault = server->endpoint[endpoint].fault;
	char key[KEY_MAX + 1];

	(void)snprintf(key, sizeof(key), "=%s:%s:%s",
	    text_columns[TEXT_WHM_FAULT].record, server->config->name,
	    endpoint_name(endpoint));
	if (fault[0] != '\0')
		snapshot_add_text(snapshot, slice_of(key), slice_of(fault));
}

/* --- what was told already -------------------------------------------------- */

static void
told_key(const struct server *server, unsigned number, char key_r[KEY_MAX + 1])
{
	(void)snprintf(key_r, KEY_MAX + 1, "=whm_told:%s:%05u",
	    server->config->name, number);
}

static void
told_save(const struct server *server, struct snapshot *snapshot)
{
	char key[KEY_MAX + 1], text[TEXT_MAX + 1];
	unsigned at = 0, items = 0, record = 0;
	struct told_item item;

	while (told_next(server->told, &at, &item)) {
		(void)snprintf(text + items * TOLD_DIGITS, TOLD_DIGITS + 1,
		    "%016" PRIx64 "%08" PRIx32 "%08" PRIx32, item.high,
		    item.low, (uint32_t)item.time);
		if (++items < TOLD_ITEMS)
			continue;
		told_key(server, record++, key);
		snapshot_add_text(snapshot, slice_of(key), slice_of(text));
		items = 0;
	}
	if (items == 0)
		return;
	told_key(server, record, key);
	snapshot_add_text(snapshot, slice_of(key), slice_of(text));
}

static void
told_load(struct server *server, const struct snapshot *snapshot)
{
	char key[KEY_MAX + 1], digits[TOLD_DIGITS + 1];
	struct told_item item;
	struct slice text;
	uint32_t time;

	for (unsigned record = 0;; record++) {
		told_key(server, record, key);
		if (!snapshot_text(snapshot, slice_of(key), &text))
			return;
		for (; text.len >= TOLD_DIGITS;
		     text = slice_from(text, TOLD_DIGITS)) {
			memcpy(digits, text.at, TOLD_DIGITS);
			digits[TOLD_DIGITS] = '\0';
			if (sscanf(digits, "%16" SCNx64 "%8" SCNx32 "%8" SCNx32,
				&item.high, &item.low, &time) != 3)
				continue;
			item.time = time;
			if (!told_has(server->told, &item))
				told_add(server->told, &item);
		}
	}
}

/* --- all -------------------------------------------------------------------- */

static void
all_records(const struct way *way, struct server *server)
{
	uint64_t since = told_since(server->told);

	for (unsigned e = 0; e < ENDPOINT_COUNT; e++)
		endpoint_records(way, e, &server->endpoint[e]);
	tallies_records(way, &server->tallies);
	number(way, METRIC_WHM_CURSOR, NULL, NULL, &server->cursor);
	number(way, METRIC_WHM_SINCE, NULL, NULL, &since);
	told_set_since(server->told, since);
}

void
server_save(
    const struct server *server, uint64_t now, struct snapshot *snapshot)
{
	const struct way way = { .server = server->config->name,
		.to = snapshot };
	struct server copy = *server;
	uint64_t skew = (uint64_t)(copy.skew < 0 ? -copy.skew : copy.skew);
	uint64_t refused = copy.refused > 0;
	uint64_t rows = copy.users[0].rows, folded = copy.users[0].folded;
	const struct endpoint_state *state = server->endpoint;

	all_records(&way, &copy);
	number(&way, METRIC_WHM_ALIVE, NULL, NULL, &copy.alive);
	number(&way, METRIC_WHM_SKEW, NULL, NULL, &skew);
	number(&way, METRIC_WHM_BACKOFF, NULL, NULL, &refused);
	for (unsigned e = 0; e < ENDPOINT_COUNT; e++)
		fault_save(server, e, snapshot);
	told_save(server, snapshot);
	if (state[ENDPOINT_USER_STATS].expires > now) {
		number(&way, METRIC_WHM_USERS, NULL, NULL, &rows);
		number(&way, METRIC_WHM_FOLDED, NULL, NULL, &folded);
		users_save(
		    &server->users[0], server->config->name, false, snapshot);
	}
	if (state[ENDPOINT_USER_WINDOW].expires > now)
		users_save(
		    &server->users[1], server->config->name, true, snapshot);
	if (state[ENDPOINT_STATS].expires > now)
		for (unsigned i = 0; i < TOTAL_STATS; i++)
			number(&way, METRIC_WHM_TOTAL_SENT + i, NULL, NULL,
			    &copy.total[i]);
}

/* Rows of users and totals come with the next poll: until then the store of before
   is not published over, unless it has something new. */
void
server_load(struct server *server, const struct snapshot *snapshot)
{
	const struct way way = { .server = server->config->name,
		.from = snapshot };

	all_records(&way, server);
	told_load(server, snapshot);
	/* what is not loaded has nothing that could expire */
	for (unsigned e = 0; e < ENDPOINT_COUNT; e++)
		if (e != ENDPOINT_SEARCH)
			server->endpoint[e].expires = 0;
}
