/*
 * A poll asks for one thing after the other.  Where the server can't be reached,
 * or denies it, the rest is not tried.
 */
#include <inttypes.h>
#include <stdio.h>
#include <stdlib.h>
#include <sys/random.h>
#include <time.h>

#include "lib/util/clock.h"
#include "lib/util/log.h"
#include "whm/messages.h"

enum {
	SOON = 100, /* milliseconds between first polls */
	/* seconds, but for an interval that is longer */
	BACKOFF_MOST = 4 * 3600
};

/* --- time ------------------------------------------------------------------- */

static uint64_t
wall(void)
{
	return ((uint64_t)time(NULL));
}

/* The last midnight here, by the server's clock. */
static uint64_t
midnight(const struct server *server)
{
	time_t now = (time_t)wall();
	struct tm local;

	(void)localtime_r(&now, &local);
	local.tm_hour = local.tm_min = local.tm_sec = 0;
	local.tm_isdst = -1;
	return ((uint64_t)((int64_t)mktime(&local) + server->skew));
}

/* `value` give or take a quarter. */
static int64_t
jitter(int64_t value)
{
	uint32_t random = 0;

	(void)!getrandom(&random, sizeof(random), GRND_NONBLOCK);
	return (value - value / 4 + (int64_t)(random % 1024) * value / 2048);
}

static int64_t
interval_of(const struct server *server)
{
	return ((int64_t)(server->config->interval * 1000));
}

void
poll_soon(struct server *server, int64_t now)
{
	server->due = now + (int64_t)server->number * SOON;
}

/* --- asking ----------------------------------------------------------------- */

/* Whether the configuration asks for it. */
static bool
is_wanted(const struct server *server, enum endpoint endpoint)
{
	switch (endpoint) {
	case ENDPOINT_USER_WINDOW:
		return (server->config->window > 0);
	case ENDPOINT_SEARCH:
		return (server->config->search);
	default:
		return (true);
	}
}

static void
url_of(const struct server *server, char url_r[REQUEST_MAX])
{
	const struct config_whm_server *config = server->config;
	uint64_t now = messages_clock(server);

	if (server->asking == ENDPOINT_SEARCH)
		request_search(config->url, server->page.since,
		    server->page.first, config->page_size, url_r);
	else if (server->asking == ENDPOINT_USER_WINDOW)
		request_stats(config->url, server->asking, now - config->window,
		    now, url_r);
	else
		request_stats(
		    config->url, server->asking, midnight(server), now, url_r);
}

static void
poll_end(struct server *server, int64_t due)
{
	int64_t now = clock_milliseconds();

	server->asking = ENDPOINT_COUNT;
	/* later than it began, which tells that it has ended */
	server->due = due > now ? due : now + 1;
}

/* Until the next poll and some more it is known how the server is. */
static void
keep_alive(struct poll_parts *parts, struct server *server)
{
	int64_t left = (server->due - clock_milliseconds()) / 1000;

	server->alive = wall() + (uint64_t)(left > 0 ? left : 0) +
	    (uint64_t)(parts->intervals * server->config->interval) + 1;
}

/* --- what goes wrong -------------------------------------------------------- */

/* An error that stays the same is said once. */
static void
note_failure(
    struct server *server, enum endpoint endpoint, const struct fault *fault)
{
	struct endpoint_state *state = &server->endpoint[endpoint];
	char text[sizeof(state->fault)];

	(void)snprintf(text, sizeof(text), "%s: %.200s",
	    reason_name(fault->reason), fault->text);
	if (strcmp(text, state->fault) != 0)
		log_warnx("server %s: %s: %s", server->config->name,
		    endpoint_name(endpoint), text);
	(void)snprintf(state->fault, sizeof(state->fault), "%s", text);
	state->tried = true;
	state->up = false;
	state->failures++;
	state->errors[fault->reason]++;
}

/* Asked too often, or with a token that is not good: it may lock us out. */
static void
back_off(struct server *server, int64_t retry_after)
{
	int64_t wait = interval_of(server), most = BACKOFF_MOST * 1000;

	server->refused++;
	for (unsigned i = 1; i < server->refused && wait < most; i++)
		wait *= 2;
	if (wait > most)
		wait = most > interval_of(server) ? most : interval_of(server);
	if (retry_after > 86400)
		retry_after = 86400;
	wait = jitter(wait);
	if (wait < interval_of(server))
		wait = interval_of(server);
	if (wait < retry_after * 1000)
		wait = retry_after * 1000 + jitter(1000);
	poll_end(server, clock_milliseconds() + wait);
	log_warnx("server %s: left alone for %" PRId64 " s",
	    server->config->name, wait / 1000);
}

/* Whether nothing else is worth a try: it is the server, not the question. */
static bool
is_of_server(enum reason reason)
{
	return (reason <= REASON_CLOSED || reason == REASON_EVENTS);
}

/* The same for what was not asked for any more. */
static void
give_up_rest(struct server *server, enum endpoint failed)
{
	for (unsigned e = failed + 1; e < ENDPOINT_COUNT; e++)
		if (is_wanted(server, e))
			server->endpoint[e].up = false;
}

static void
failed(struct server *server, const struct fault *fault, int64_t retry_after)
{
	enum endpoint endpoint = server->asking;

	note_failure(server, endpoint, fault);
	if (fault->reason == REASON_DENIED ||
	    fault->reason == REASON_RATE_LIMITED) {
		give_up_rest(server, endpoint);
		back_off(server, retry_after);
	} else if (is_of_server(fault->reason)) {
		give_up_rest(server, endpoint);
		poll_end(server, server->began + interval_of(server));
	} else
		server->asking++;
}

/* --- what goes well --------------------------------------------------------- */

static void
succeeded(struct poll_parts *parts, struct server *server)
{
	struct endpoint_state *state = &server->endpoint[server->asking];

	if (state->fault[0] != '\0')
		log_info("server %s: %s is well again", server->config->name,
		    endpoint_name(server->asking));
	state->fault[0] = '\0';
	state->tried = state->up = true;
	state->last_success = wall();
	state->expires = wall() +
	    (uint64_t)(parts->intervals * server->config->interval) + 1;
}

static enum reason
take_users(
    struct server *server, const struct answer *answer, struct fault *fault)
{
	struct users *kept =
	    &server->users[server->asking == ENDPOINT_USER_WINDOW];
	struct users fresh = { .at = NULL };
	enum reason reason = REASON_NONE;
	const json_t *record;
	size_t i;

	json_array_foreach(answer->records, i, record)
	{
		struct user_row row;

		reason = user_read(record, &row, fault);
		if (reason == REASON_NONE && users_add(&fresh, &row) == -1)
			reason = fault_set(
			    fault, REASON_MEMORY, "no memory for rows");
		if (reason != REASON_NONE)
			break;
	}
	if (reason != REASON_NONE) {
		users_free(&fresh);
		return (reason);
	}
	users_fold(&fresh, server->config->users);
	users_free(kept);
	*kept = fresh;
	return (REASON_NONE);
}

static enum reason
take_totals(
    struct server *server, const struct answer *answer, struct fault *fault)
{
	uint64_t total[TOTAL_STATS];
	enum reason reason;

	if (json_array_size(answer->records) != 1)
		return (
		    fault_set(fault, REASON_SHAPE, "%zu rows instead of one",
			json_array_size(answer->records)));
	reason = total_read(json_array_get(answer->records, 0), total, fault);
	if (reason == REASON_NONE)
		memcpy(server->total, total, sizeof(total));
	return (reason);
}

/* --- answers ---------------------------------------------------------------- */

static enum reason
check_clock(
    struct server *server, const struct fetched *fetched, struct fault *fault)
{
	int64_t skew, most = server->config->clock_skew;

	if (!fetched->has_date)
		return (REASON_NONE);
	skew = fetched->skew;
	/* both are whole seconds, and the way takes time */
	server->skew = skew >= -2 && skew <= 2 ? 0 : skew;
	if (most == 0 || (skew <= most && skew >= -most))
		return (REASON_NONE);
	return (fault_set(fault, REASON_CLOCK,
	    "the server's clock is %" PRId64 " s %s ours",
	    skew > 0 ? skew : -skew, skew > 0 ? "ahead of" : "behind"));
}

static enum reason
take_body(struct poll_parts *parts, struct server *server,
    const struct fetched *fetched, bool *more_r, struct fault *fault)
{
	struct answer answer;
	enum reason reason = fetched->fault.reason;

	*fault = fetched->fault;
	if (reason == REASON_NONE)
		reason = check_clock(server, fetched, fault);
	if (reason == REASON_NONE)
		reason = answer_read(
		    fetched->bytes, fetched->len, &answer, fault);
	if (reason != REASON_NONE)
		return (reason);
	if (server->asking == ENDPOINT_SEARCH)
		reason = messages_take(parts, server, &answer, more_r, fault);
	else if (server->asking == ENDPOINT_STATS)
		reason = take_totals(server, &answer, fault);
	else
		reason = take_users(server, &answer, fault);
	answer_end(&answer);
	return (reason);
}

void
poll_take(struct poll_parts *parts, struct server *server,
    const struct fetched *fetched)
{
	struct endpoint_state *state = &server->endpoint[server->asking];
	struct fault fault;
	bool more = false;

	server->under_way = false;
	state->duration += fetched->microseconds;
	if (take_body(parts, server, fetched, &more, &fault) != REASON_NONE) {
		failed(server, &fault, fetched->retry_after);
	} else {
		succeeded(parts, server);
		if (!more)
			server->asking++;
	}
	if (server->asking == ENDPOINT_COUNT && server->due <= server->began) {
		server->refused = 0;
		poll_end(server, server->began + interval_of(server));
	}
	keep_alive(parts, server);
}

/* --- going on --------------------------------------------------------------- */

static void
begin(struct server *server, int64_t now)
{
	server->began = now;
	server->asking = 0;
	for (unsigned e = 0; e < ENDPOINT_COUNT; e++)
		server->endpoint[e].duration = 0;
	server->newest = 0;
	server->page = (struct page){ .first = 0 };
}

static void
ask(struct poll_parts *parts, struct server *server)
{
	struct fault fault;
	char url[REQUEST_MAX];
	const char *error;

	if (server->asking == ENDPOINT_SEARCH && server->page.first == 0)
		server->page = (struct page){ .since = messages_from(server),
			.first = 1 };
	url_of(server, url);
	server->endpoint[server->asking].requests++;
	if (fetch_start(parts->fetches, server->config, server->token, url,
		server, &error) == 0) {
		server->under_way = true;
		return;
	}
	(void)fault_set(&fault, REASON_MEMORY, "%s", error);
	failed(server, &fault, -1);
}

int64_t
poll_server(struct poll_parts *parts, struct server *server, int64_t now)
{
	if (server->under_way)
		return (-1);
	if (server->asking == ENDPOINT_COUNT && now < server->due)
		return (server->due - now);
	if (server->asking == ENDPOINT_COUNT)
		begin(server, now);
	while (server->asking < ENDPOINT_COUNT && !server->under_way) {
		if (is_wanted(server, server->asking))
			ask(parts, server);
		else
			server->asking++;
	}
	if (server->under_way)
		return (-1);
	poll_end(server, server->began + interval_of(server));
	return (server->due - now);
}
