/*
 * Marks of the counters, at least RECENT_STEP apart: what was counted since the
 * oldest one is the window.
 */
#include <string.h>

#include "agentx/recent.h"
#include "lib/stats/key.h"

/* Results of one attempt; which a line has, it has one of.  An attempt to give
   mail to a content filter is one, too. */
static const struct {
	enum metric_id metric;
	bool deferred;
} results[] = {
	{ METRIC_DELIVERY_SENT, false },
	{ METRIC_DELIVERY_DEFERRED, true },
	{ METRIC_DELIVERY_BOUNCED, false },
	{ METRIC_DELIVERY_SOFTBOUNCE, false },
	{ METRIC_FILTER_HANDED_OVER, false },
	{ METRIC_FILTER_DEFERRED, true },
	{ METRIC_FILTER_BOUNCED, false },
	{ METRIC_FILTER_SOFTBOUNCE, false },
};

static void
add_delivery(struct counted *counted, const struct number *number)
{
	struct slice key = { number->key, number->key_len };
	struct slice value[METRIC_LABELS], instance;

	if (!slice_starts(key, "delivery:") && !slice_starts(key, "filter:"))
		return;
	for (size_t i = 0; i < COUNT(results); i++) {
		if (!key_match(results[i].metric, key, value, &instance))
			continue;
		if (instance.len > 0)
			return; /* in the total already */
		counted->attempts += number->value;
		if (results[i].deferred)
			counted->deferred += number->value;
		return;
	}
}

struct counted
counted_in(const struct snapshot *snapshot)
{
	struct counted counted = { .epoch = snapshot->epoch };

	(void)snapshot_number(snapshot, SLICE("lines:read"), &counted.lines);
	for (size_t i = 0; i < snapshot->number_count; i++)
		add_delivery(&counted, &snapshot->numbers[i]);
	return (counted);
}

/* Whether nothing that was noted before can be compared with `counted`. */
static bool
is_new_count(const struct recent *recent, const struct counted *counted)
{
	return (recent->mark_count == 0 ||
	    counted->epoch != recent->last.epoch ||
	    counted->attempts < recent->last.attempts ||
	    counted->deferred < recent->last.deferred);
}

static void
drop_mark(struct recent *recent)
{
	recent->mark_count--;
	memmove(recent->marks, recent->marks + 1,
	    recent->mark_count * sizeof(recent->marks[0]));
}

/* Marks older than the window go, but for the newest of these, at which it
   begins. */
static void
drop_old(struct recent *recent, int64_t now)
{
	while (recent->mark_count > 1 &&
	    now - recent->marks[1].at >= RECENT_SECONDS)
		drop_mark(recent);
}

/* At `at` the counters were as noted last. */
static void
add_mark(struct recent *recent, int64_t at)
{
	recent->marks[recent->mark_count++] = (struct mark){ at,
		recent->last.attempts, recent->last.deferred };
}

/* When the next mark may be made. */
static int64_t
next_step(const struct recent *recent)
{
	return (recent->marks[recent->mark_count - 1].at + RECENT_STEP);
}

/* Before `counted` is noted: the marks that would have been made if this had
   been called all the time, of which only those at both ends of a pause
   matter. */
static void
make_up(struct recent *recent, int64_t now, const struct counted *counted)
{
	const struct mark *newest = &recent->marks[recent->mark_count - 1];

	if (newest->attempts != recent->last.attempts &&
	    next_step(recent) <= now)
		add_mark(recent, next_step(recent));
	if (counted->attempts != recent->last.attempts &&
	    next_step(recent) <= now)
		add_mark(recent, now);
}

void
recent_note(struct recent *recent, int64_t now, const struct counted *counted)
{
	if (recent->mark_count == 0 || counted->lines != recent->last.lines)
		recent->grown = now;
	if (is_new_count(recent, counted)) {
		recent->last = *counted;
		recent->mark_count = 0;
		add_mark(recent, now);
	} else {
		make_up(recent, now, counted);
		recent->last = *counted;
	}
	drop_old(recent, now);
}

uint64_t
recent_silence(const struct recent *recent, int64_t now)
{
	return (recent->last.lines > 0 && now > recent->grown ?
		(uint64_t)(now - recent->grown) :
		0);
}

uint64_t
recent_attempts(const struct recent *recent)
{
	return (recent->mark_count == 0 ?
		0 :
		recent->last.attempts - recent->marks[0].attempts);
}

uint64_t
recent_deferral(const struct recent *recent)
{
	uint64_t attempts = recent_attempts(recent);

	return (attempts == 0 ?
		0 :
		(recent->last.deferred - recent->marks[0].deferred) * 100 /
		    attempts);
}

uint64_t
recent_steady(const struct recent *recent, int64_t now)
{
	unsigned i = 1;
	int64_t end;

	if (recent_attempts(recent) == 0)
		return (RECENT_FOREVER);
	while (i < recent->mark_count &&
	    recent->marks[i].attempts == recent->marks[0].attempts)
		i++;
	end = (i < recent->mark_count ? recent->marks[i].at :
					next_step(recent)) +
	    RECENT_SECONDS;
	return (end > now ? (uint64_t)(end - now) : 0);
}
