/*
 * What is wrong is looked for in the order in which it makes all that follows
 * doubtful: first whether the numbers can be believed, then what they say.
 */
#include <inttypes.h>
#include <stdarg.h>
#include <time.h>

#include "exporter/html.h"
#include "exporter/verdict.h"
#include "lib/stats/store.h"

enum {
	BEHIND = 60,   /* seconds that the tailer may be */
	SILENCE = 900, /* seconds without a delivery before it is spoken of */
	EXPECTED = 5,  /* deliveries that should have come meanwhile */
	GROWTH = 20,   /* messages by which a queue that grows has grown */
	ATTEMPTS = 10, /* deferred, that a judgement needs */
	SAMPLE_AGE = 3600
};

void
verdict_add(struct verdict *verdict, enum mood mood, const char *title,
    const char *format, ...)
{
	struct finding *finding = &verdict->at[verdict->count];
	va_list arguments;

	if (verdict->count == FINDINGS)
		return;
	verdict->count++;
	finding->mood = mood;
	(void)snprintf(finding->title, sizeof(finding->title), "%s", title);
	va_start(arguments, format);
	(void)vsnprintf(finding->why, sizeof(finding->why), format, arguments);
	va_end(arguments);
}

/* A span of time in words. */
static const char *
span(char text_r[32], int64_t seconds)
{
	FILE *out = fmemopen(text_r, 32, "w");

	text_r[0] = '\0';
	if (out != NULL) {
		html_span(out, seconds);
		fclose(out);
	}
	return (text_r);
}

static uint64_t
number(const struct tally_source *source, const char *key)
{
	uint64_t value = 0;

	(void)snapshot_number(source->snapshot, slice_of(key), &value);
	return (value);
}

/* Whether the numbers are those of now. */
static void
judge_store(struct verdict *verdict, const struct store_view *store)
{
	char age[32];

	span(age, store->age);
	if (store->snapshot == NULL)
		verdict_add(verdict, MOOD_PROBLEM, "There are no numbers",
		    "%s. Nothing was read since this exporter started. Is "
		    "postfix-statsd running, and may the exporter read its "
		    "state directory?",
		    store->reason);
	else if (strcmp(store->state, "stale") == 0)
		verdict_add(verdict, MOOD_PROBLEM, "Nobody is counting",
		    "postfix-statsd is not running. The numbers below are "
		    "those that it left %s ago.",
		    age);
	else if (strcmp(store->state, "full") == 0)
		verdict_add(verdict, MOOD_PROBLEM, "The disk is full",
		    "postfix-statsd has no room to publish what it counts. "
		    "The numbers below are %s old.",
		    age);
	else if (!store->up)
		verdict_add(verdict, MOOD_PROBLEM, "The store cannot be read",
		    "%s. The numbers below are the last good ones, %s old.",
		    store->reason, age);
}

static void
judge_tailer(struct verdict *verdict, const struct tally_source *source)
{
	uint64_t behind = number(source, "tailer:seconds_behind");
	uint64_t unreadable = number(source, "tailer:unreadable");
	char text[32];

	if (unreadable > 0)
		verdict_add(verdict, MOOD_PROBLEM, "A log cannot be read",
		    "postfix-statsd can't open or read %" PRIu64 " of its "
		    "logs; its own log names them. What is in there is not "
		    "counted yet.",
		    unreadable);
	if (behind > BEHIND)
		verdict_add(verdict, MOOD_NOTICE, "Catching up with the log",
		    "The next line to count is %s old, and %" PRIu64 " bytes "
		    "wait. Until then the numbers are too low.",
		    span(text, (int64_t)behind),
		    number(source, "tailer:backlog_bytes"));
}

static void
judge_queue(struct verdict *verdict, const struct tally_source *source)
{
	uint64_t now = tally_waiting(source->snapshot);
	uint64_t before = tally_waited(source, PAST_HOUR);
	uint64_t sampled = number(source, "queue_sample:taken");
	int64_t age = past_age(source->past, PAST_HOUR, source->now);
	int64_t sample_age = (int64_t)time(NULL) - (int64_t)sampled;
	char text[32];

	if (sampled == 0)
		return;
	if (sample_age > SAMPLE_AGE) {
		verdict_add(verdict, MOOD_NOTICE,
		    "The queue was not looked at lately",
		    "The last sample of it is %s old.", span(text, sample_age));
		return;
	}
	if (age > 0 && now >= before + GROWTH && now > before + before / 2)
		verdict_add(verdict, MOOD_PROBLEM, "The queue grows",
		    "%" PRIu64 " messages wait for delivery; %s ago it was "
		    "%" PRIu64 ".",
		    now, span(text, age), before);
}

static void
judge_attempts(struct verdict *verdict, const struct tally_source *source)
{
	uint64_t sent =
	    tally_of(source, METRIC_DELIVERY_SENT).lately[PAST_MINUTES];
	uint64_t deferred =
	    tally_of(source, METRIC_DELIVERY_DEFERRED).lately[PAST_MINUTES];

	if (deferred >= ATTEMPTS && deferred > sent)
		verdict_add(verdict, MOOD_NOTICE, "Most deliveries are put off",
		    "In the last minutes %" PRIu64 " attempts were deferred "
		    "and %" PRIu64 " recipients delivered to.",
		    deferred, sent);
}

/* Whether as long a silence as `gap` is unlike the day before. */
static bool
is_unlike(const struct tally_source *source, int64_t gap)
{
	int64_t age = past_age(source->past, PAST_DAY, source->now);
	double day =
	    (double)tally_of(source, METRIC_DELIVERY_SENT).lately[PAST_DAY];

	return (age > 0 && day / (double)age * (double)gap >= EXPECTED);
}

/* Whether mail flows; the one finding that is always made. */
static void
judge_flow(struct verdict *verdict, const struct tally_source *source)
{
	uint64_t last = tally_highest(source, METRIC_LAST_SENT);
	uint64_t sent =
	    tally_of(source, METRIC_DELIVERY_SENT).lately[PAST_MINUTES];
	int64_t gap = (int64_t)time(NULL) - (int64_t)last;
	int64_t age = past_age(source->past, PAST_MINUTES, source->now);
	char text[32], within[32];

	span(text, gap);
	if (last == 0)
		verdict_add(verdict, MOOD_NOTICE, "No mail yet",
		    "Nothing was delivered since the counting began.");
	else if (gap < SILENCE)
		verdict_add(verdict, MOOD_GOOD, "Mail is flowing",
		    "The last delivery was %s ago. Within the last %s, mail "
		    "reached %" PRIu64 " recipients.",
		    text, span(within, age > 0 ? age : 1), sent);
	else if (sent > 0 && gap > age + SILENCE)
		verdict_add(verdict, MOOD_NOTICE, "Old mail is being counted",
		    "postfix-statsd counts lines of a log whose newest delivery "
		    "was %s ago. What is said of the last minutes is when it "
		    "was counted, not when it was.",
		    text);
	else if (is_unlike(source, gap)) {
		char title[FINDING_TITLE];

		(void)snprintf(
		    title, sizeof(title), "Nothing delivered for %s", text);
		verdict_add(verdict, MOOD_PROBLEM, title,
		    "At the pace of the day before there should have been some "
		    "meanwhile.");
	} else
		verdict_add(verdict, MOOD_GOOD, "All quiet",
		    "The last delivery was %s ago, and at the pace of the day "
		    "before no more were to be expected.",
		    text);
}

static void
judge_postfix(struct verdict *verdict, const struct tally_source *source)
{
	uint64_t fatal = tally_of(source, METRIC_LOG_FATAL).lately[PAST_HOUR] +
	    tally_of(source, METRIC_LOG_PANIC).lately[PAST_HOUR];
	char text[32];

	if (fatal > 0)
		verdict_add(verdict, MOOD_NOTICE, "Parts of Postfix fail",
		    "Within the last %s, %" PRIu64 " of its processes ended "
		    "with a fatal error or panic; Warnings and errors below "
		    "says which.",
		    span(text, past_age(source->past, PAST_HOUR, source->now)),
		    fatal);
}

/* The first problem is the answer; if there is none, `flow` is. */
static void
put_first(struct verdict *verdict, unsigned flow)
{
	unsigned first = flow;
	struct finding found;

	for (unsigned i = verdict->count; i-- > 0;)
		if (verdict->at[i].mood == MOOD_PROBLEM)
			first = i;
	found = verdict->at[first];
	memmove(&verdict->at[1], &verdict->at[0], first * sizeof(found));
	verdict->at[0] = found;
}

/* What the other stores have to say; false if there is nothing in any. */
static bool
judge_others(struct verdict *verdict, const struct site *site)
{
	struct store_view store;
	bool found = stores_find(site->stores, PROBE_STORE_NAME, &store) &&
	    verdict_probes(verdict, store.snapshot);

	if (stores_find(site->stores, WHM_STORE_NAME, &store))
		found |= verdict_whm(verdict, store.snapshot);
	return (found);
}

void
verdict_find(struct site *site, const struct store_view *store,
    const struct tally_source *source, struct verdict *verdict_r)
{
	const char *error = graphs_error(site->graphs);
	unsigned flow = 0;

	verdict_r->count = 0;
	/* Without a log to follow there may be others alone. */
	if (strcmp(store->state, "missing") != 0 || store->snapshot != NULL ||
	    !judge_others(verdict_r, site))
		judge_store(verdict_r, store);
	if (store->snapshot != NULL) {
		judge_tailer(verdict_r, source);
		if (store->up) {
			judge_queue(verdict_r, source);
			judge_attempts(verdict_r, source);
			flow = verdict_r->count;
			judge_flow(verdict_r, source);
			judge_postfix(verdict_r, source);
		}
		(void)judge_others(verdict_r, site);
	}
	if (error != NULL)
		verdict_add(verdict_r, MOOD_NOTICE, "The graphs are not filled",
		    "%s.", error);
	put_first(verdict_r, flow);
}
