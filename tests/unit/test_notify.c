/*
 * Notifications: what the agent knows by watching, when a condition begins and
 * ends, and what waits for snmpd.
 */
#include "tests/unit/unit.h"
#include "agentx/notify.h"
#include "agentx/recent.h"
#include "lib/stats/join.h"
#include "lib/stats/key.h"

/* --- the last five minutes ---------------------------------------------- */

static struct counted now_counted;

static void
note(struct recent *recent, int64_t now, uint64_t sent, uint64_t deferred)
{
	now_counted.attempts += sent + deferred;
	now_counted.deferred += deferred;
	now_counted.lines += sent + deferred;
	recent_note(recent, now, &now_counted);
}

/* One that has seen a thousand attempts when it begins to watch. */
static struct recent
watch_from(int64_t now)
{
	struct recent recent = { .mark_count = 0 };

	now_counted = (struct counted){ 7, 5000, 1000, 500 };
	recent_note(&recent, now, &now_counted);
	return (recent);
}

static void
assert_window(const struct recent *recent, uint64_t attempts, uint64_t percent)
{
	assert_int_equal(recent_attempts(recent), attempts);
	assert_int_equal(recent_deferral(recent), percent);
}

/* Nothing new, told every three seconds. */
static void
idle(struct recent *recent, int64_t from, int64_t to)
{
	for (int64_t now = from; now < to; now += 3)
		note(recent, now, 0, 0);
	note(recent, to, 0, 0);
}

static void
test_window(void **state)
{
	struct recent recent = watch_from(1000);

	(void)state;
	assert_window(&recent, 0, 0); /* what was before is not known */
	note(&recent, 1001, 3, 1);
	assert_window(&recent, 4, 25);
	idle(&recent, 1002, 1099);
	note(&recent, 1100, 0, 2);
	assert_window(&recent, 6, 50);
	idle(&recent, 1101, 1300);
	assert_window(&recent, 6, 50);
	idle(&recent, 1301, 1316);
	assert_window(&recent, 2, 100);
	note(&recent, 1350, 1, 0);
	assert_window(&recent, 3, 66);
	idle(&recent, 1351, 1416);
	assert_window(&recent, 1, 0);
	idle(&recent, 1417, 1700);
	assert_window(&recent, 0, 0);
}

/* Each second something, for an hour: the window holds what came within 300 to
   310 s. */
static void
test_window_slides(void **state)
{
	struct recent recent = watch_from(0);

	(void)state;
	for (int64_t now = 1; now <= 3600; now++) {
		uint64_t most = now < 310 ? (uint64_t)now : 310;
		uint64_t least = now < 300 ? (uint64_t)now : 300;

		note(&recent, now, 0, 1);
		assert_in_range(recent_attempts(&recent), least, most);
		assert_int_equal(recent_deferral(&recent), 100);
		assert_in_range(recent.mark_count, 1, RECENT_MARKS);
	}
}

/* However rarely it is told, and however irregularly. */
static void
test_window_gaps(void **state)
{
	struct recent recent = watch_from(0);
	uint32_t seed = 5;
	int64_t now = 0;

	(void)state;
	for (unsigned n = 0; n < 2000; n++) {
		int64_t step = random_next(&seed) % 40;

		now += step;
		note(&recent, now, 1, 0);
		assert_true(recent_attempts(&recent) >= 1 || step == 0);
		assert_in_range(recent.mark_count, 1, RECENT_MARKS);
		assert_true(recent.mark_count == 1 ||
		    now - recent.marks[1].at < RECENT_SECONDS);
	}
	note(&recent, now + 100000, 1, 0);
	assert_window(&recent, 1, 0);
}

/* Told when something was counted and when it is asked, and never between: all
   of the last 300 s is in the window, nothing older than 310 s, and it does not
   change before it said that it would. */
static void
test_window_rare(void **state)
{
	enum { TIMES = 20000 };
	static bool counted_at[TIMES];
	struct recent recent = watch_from(0);
	uint64_t before = 0;
	int64_t steady_until = 0;
	uint32_t seed = 7, pause = 1;

	(void)state;
	for (int64_t now = 1; now < TIMES; now++) {
		uint64_t least = 0, most = 0;

		if (random_next(&seed) % 200 == 0)
			pause = 1 + random_next(&seed) % 100;
		counted_at[now] = random_next(&seed) % pause == 0;
		if (!counted_at[now] && random_next(&seed) % 50 != 0 &&
		    now < steady_until)
			continue;
		note(&recent, now, counted_at[now], 0);
		for (int64_t at = now; at > 0 && at > now - 310; at--) {
			least += counted_at[at] && at > now - 300;
			most += counted_at[at];
		}
		assert_in_range(recent_attempts(&recent), least, most);
		assert_true(now >= steady_until ||
		    recent_attempts(&recent) == before + counted_at[now]);
		before = recent_attempts(&recent);
		steady_until = before == 0 ?
		    TIMES :
		    now + (int64_t)recent_steady(&recent, now);
	}
}

/* It ends when the first of what is in the window leaves it. */
static void
test_steady(void **state)
{
	struct recent recent = watch_from(1000);

	(void)state;
	assert_true(recent_steady(&recent, 1000) == RECENT_FOREVER);
	note(&recent, 1500, 3, 1);
	assert_int_equal(recent_steady(&recent, 1500), 310);
	assert_int_equal(recent_steady(&recent, 1700), 110);
	note(&recent, 1700, 1, 0);
	assert_int_equal(recent_steady(&recent, 1700), 110);
	note(&recent, 1809, 0, 0);
	assert_window(&recent, 5, 20);
	assert_int_equal(recent_steady(&recent, 1809), 1);
	assert_int_equal(recent_steady(&recent, 1900), 0);
	note(&recent, 1810, 0, 0);
	assert_window(&recent, 1, 0);
	assert_int_equal(recent_steady(&recent, 1810), 200);
	note(&recent, 2010, 0, 0);
	assert_true(recent_steady(&recent, 2010) == RECENT_FOREVER);
}

static void
test_window_new_count(void **state)
{
	struct recent recent = watch_from(0);

	(void)state;
	note(&recent, 10, 0, 10);
	assert_window(&recent, 10, 100);
	now_counted.attempts = 900; /* a backup */
	recent_note(&recent, 20, &now_counted);
	assert_window(&recent, 0, 0);
	now_counted.deferred = 3;
	recent_note(&recent, 20, &now_counted);
	assert_window(&recent, 0, 0);
	note(&recent, 21, 3, 1);
	assert_window(&recent, 4, 25);
	now_counted.epoch++; /* from zero, and more than before at once */
	note(&recent, 30, 1000, 1000);
	assert_window(&recent, 0, 0);
}

static void
test_silence(void **state)
{
	struct recent recent = watch_from(100);

	(void)state;
	assert_int_equal(recent_silence(&recent, 100), 0);
	assert_int_equal(recent_silence(&recent, 160), 60);
	note(&recent, 160, 0, 0);
	assert_int_equal(recent_silence(&recent, 161), 61);
	now_counted.lines++; /* no delivery */
	recent_note(&recent, 170, &now_counted);
	assert_int_equal(recent_silence(&recent, 170), 0);
	assert_int_equal(recent_silence(&recent, 175), 5);
}

/* Of a log that never had a line nobody knows that it should. */
static void
test_no_line_yet(void **state)
{
	struct recent recent = { .mark_count = 0 };

	(void)state;
	now_counted = (struct counted){ 7, 0, 0, 0 };
	recent_note(&recent, 100, &now_counted);
	recent_note(&recent, 900, &now_counted);
	assert_int_equal(recent_silence(&recent, 900), 0);
	now_counted.lines = 1;
	recent_note(&recent, 903, &now_counted);
	assert_int_equal(recent_silence(&recent, 910), 7);
}

static void
test_counted(void **state)
{
	static const struct {
		const char *key;
		uint64_t value;
	} numbers[] = {
		{ "delivery:smtp:sent", 1 },
		{ "delivery:smtp:sent@out", 10 },
		{ "delivery:smtp:deferred", 20 },
		{ "delivery:smtp:deferred@out", 100 },
		{ "delivery:relay:deferred", 300 },
		{ "delivery:relay:bounced", 4000 },
		{ "delivery:relay:softbounce", 50000 },
		{ "delivery:relay:forwarded", 600000 },
		{ "filter:handed_over", 1000000 },
		{ "filter:deferred", 2000000 },
		{ "filter:bounced", 10000000 },
		{ "filter:received", 100000000 },
		{ "delivery_dsn:smtp:2.0.0", 7000000 },
		{ "lines:read", 42 },
		{ "sent:smtp", 80000000 },
	};
	struct snapshot *snapshot = snapshot_new();
	struct counted counted;

	(void)state;
	assert_non_null(snapshot);
	for (size_t i = 0; i < COUNT(numbers); i++)
		snapshot_add_number(
		    snapshot, slice_of(numbers[i].key), numbers[i].value);
	snapshot->epoch = 9;
	snapshot_sort(snapshot);
	counted = counted_in(snapshot);
	assert_int_equal(counted.epoch, 9);
	assert_int_equal(counted.lines, 42);
	assert_int_equal(counted.attempts, 13054321);
	assert_int_equal(counted.deferred, 2000320);
	snapshot_free(snapshot);
}

/* --- conditions --------------------------------------------------------- */

static const struct config_notifications limits = { .enabled = true,
	.silent_after = 60,
	.behind_after = 10,
	.deferral_high = 50,
	.deferral_low = 20,
	.deferral_attempts = 30,
	.queue_high = 100,
	.queue_low = 40,
	.queue_old = 3600,
	.queue_fresh = 600 };

static const struct vitals well = { .state = STATE_OK, .counted = true };

/* Judge `vitals`; exactly `wanted` is due, or nothing if it is NULL. */
static void
assert_due(struct conditions *conditions, const struct config_notifications *by,
    struct vitals vitals, const char *wanted)
{
	enum notification_id due[CONDITION_COUNT];
	size_t count = conditions_judge(conditions, by, &vitals, due);

	assert_int_equal(count, wanted != NULL);
	if (wanted != NULL)
		assert_string_equal(notifications[due[0]].object, wanted);
}

#define IN_STATE(...) ((struct vitals){ .counted = true, .state = __VA_ARGS__ })
#define WELL_BUT(...) IN_STATE(STATE_OK, __VA_ARGS__)

static void
test_log_silent(void **state)
{
	struct conditions c = { { false } };

	(void)state;
	assert_due(&c, &limits, WELL_BUT(.silence = 59), NULL);
	assert_due(&c, &limits, WELL_BUT(.silence = 60), "pfsLogSilent");
	assert_due(&c, &limits, WELL_BUT(.silence = 99), NULL);
	/* Nobody can tell while the store can't be read. */
	for (unsigned s = STATE_DAMAGED; s <= STATE_UNREADABLE; s++) {
		struct conditions other = { { false } };

		other.holds[CONDITION_DAMAGED] = true;
		assert_due(&other, &limits, IN_STATE(s, .silence = 99), NULL);
	}
	assert_due(&c, &limits, WELL_BUT(.silence = 0), "pfsLogActive");
	assert_due(&c, &limits, WELL_BUT(.silence = 59), NULL);
	/* Without a tailer nothing is read either. */
	assert_due(
	    &c, &limits, IN_STATE(STATE_STALE, .silence = 60), "pfsLogSilent");
}

static void
test_tailer_behind(void **state)
{
	struct conditions c = { { false } };

	(void)state;
	assert_due(&c, &limits, WELL_BUT(.behind = 9), NULL);
	/* That of a tailer that has ended is past. */
	assert_due(&c, &limits, IN_STATE(STATE_STALE, .behind = 99), NULL);
	assert_due(&c, &limits, WELL_BUT(.behind = 10), "pfsTailerLagging");
	assert_due(&c, &limits, WELL_BUT(.behind = 11), NULL);
	assert_due(&c, &limits, WELL_BUT(.behind = 9), NULL);
	assert_due(&c, &limits, WELL_BUT(.behind = 5), NULL);
	assert_due(&c, &limits, WELL_BUT(.behind = 10), NULL);
	assert_due(&c, &limits, IN_STATE(STATE_STALE, .behind = 0), NULL);
	assert_due(&c, &limits, WELL_BUT(.behind = 4), "pfsTailerCaughtUp");
	assert_due(&c, &limits, WELL_BUT(.behind = 5), NULL);
}

static void
test_store_damaged(void **state)
{
	static const enum store_state bad[] = { STATE_DAMAGED, STATE_MISSING,
		STATE_UNREADABLE };

	(void)state;
	for (size_t i = 0; i < COUNT(bad); i++) {
		struct conditions c = { { false } };

		assert_due(&c, &limits, IN_STATE(bad[i]), "pfsStoreDamaged");
		for (size_t k = 0; k < COUNT(bad); k++)
			assert_due(&c, &limits, IN_STATE(bad[k]), NULL);
		assert_due(&c, &limits, IN_STATE(i ? STATE_OK : STATE_STALE),
		    "pfsStoreRestored");
		assert_due(&c, &limits, well, NULL);
	}
}

/* A store that was never there is waited for; one that is damaged or closed
   from the start is a fault. */
static void
test_first_store(void **state)
{
	struct conditions c = { { false } };

	(void)state;
	assert_due(
	    &c, &limits, (struct vitals){ .state = STATE_MISSING }, NULL);
	assert_due(&c, &limits, (struct vitals){ .state = STATE_UNREADABLE },
	    "pfsStoreDamaged");
	assert_due(
	    &c, &limits, (struct vitals){ .state = STATE_MISSING }, NULL);
	assert_due(&c, &limits, well, "pfsStoreRestored");
}

static void
test_deferral(void **state)
{
	struct conditions c = { { false } };

	(void)state;
	assert_due(&c, &limits, WELL_BUT(.attempts = 29, .deferral = 100),
	    NULL); /* too few to judge by */
	assert_due(&c, &limits, WELL_BUT(.attempts = 30, .deferral = 49), NULL);
	assert_due(&c, &limits, WELL_BUT(.attempts = 30, .deferral = 50),
	    "pfsDeferralHigh");
	assert_due(&c, &limits, WELL_BUT(.attempts = 30, .deferral = 49), NULL);
	assert_due(
	    &c, &limits, WELL_BUT(.attempts = 900, .deferral = 20), NULL);
	assert_due(&c, &limits, WELL_BUT(.attempts = 0, .deferral = 0),
	    NULL); /* the queue may wait for its next run */
	assert_due(&c, &limits, WELL_BUT(.attempts = 1, .deferral = 100), NULL);
	assert_due(&c, &limits, WELL_BUT(.attempts = 6, .deferral = 16),
	    "pfsDeferralNormal");
	assert_due(&c, &limits, WELL_BUT(.attempts = 29, .deferral = 50), NULL);
}

/* Judge, and ask how long that holds. */
static uint64_t
wait_after(struct conditions *conditions, const struct config_notifications *by,
    struct vitals vitals)
{
	enum notification_id due[CONDITION_COUNT];

	(void)conditions_judge(conditions, by, &vitals, due);
	return (conditions_wait(conditions, by, &vitals));
}

#define QUEUED(messages, oldest) WELL_BUT(.queued = { true, messages, oldest })

static void
test_queue(void **state)
{
	struct conditions c = { { false } };

	(void)state;
	assert_due(&c, &limits, WELL_BUT(.queued = { false, 999, 9999 }),
	    NULL); /* no sample was taken */
	assert_due(&c, &limits, QUEUED(99, 3599), NULL);
	assert_due(&c, &limits, QUEUED(100, 0), "pfsQueueHigh");
	assert_due(&c, &limits, QUEUED(101, 0), NULL);
	assert_due(&c, &limits, QUEUED(40, 0), NULL);
	assert_due(
	    &c, &limits, IN_STATE(STATE_STALE, .queued = { true, 0, 0 }), NULL);
	assert_due(&c, &limits, WELL_BUT(.queued = { false, 0, 0 }), NULL);
	assert_due(&c, &limits, QUEUED(39, 3599), "pfsQueueNormal");
	assert_due(&c, &limits, QUEUED(1, 3600), "pfsQueueOld");
	assert_due(&c, &limits, QUEUED(1, 600), NULL);
	assert_due(&c, &limits, QUEUED(1, 599), "pfsQueueFresh");
	assert_due(&c, &limits, QUEUED(1, 600), NULL);
	assert_true(wait_after(&c, &limits, QUEUED(99, 3599)) ==
	    RECENT_FOREVER); /* nothing changes between samples */
}

static void
add_number(struct snapshot *snapshot, const char *key, uint64_t value)
{
	snapshot_add_number(snapshot, slice_of(key), value);
}

/* Mail on hold waits for somebody; instances are in the totals. */
static void
test_queued(void **state)
{
	struct snapshot *snapshot = snapshot_new();
	struct queued queued;

	(void)state;
	assert_non_null(snapshot);
	add_number(snapshot, "queue:active:messages", 5);
	snapshot_sort(snapshot);
	queued = queued_in(snapshot);
	assert_false(queued.sampled);
	assert_int_equal(queued.messages, 0);
	add_number(snapshot, "queue:incoming:messages", 20);
	add_number(snapshot, "queue:deferred:messages", 300);
	add_number(snapshot, "queue:deferred:messages@x", 300);
	add_number(snapshot, "queue:hold:messages", 4000);
	add_number(snapshot, "queue:maildrop:messages", 7000);
	add_number(snapshot, "queue:active:oldest_seconds", 70);
	add_number(snapshot, "queue:deferred:oldest_seconds", 60);
	add_number(snapshot, "queue:hold:oldest_seconds", 9000);
	add_number(snapshot, "queue_sample:taken", 1);
	snapshot_sort(snapshot);
	queued = queued_in(snapshot);
	assert_true(queued.sampled);
	assert_int_equal(queued.messages, 325);
	assert_int_equal(queued.oldest, 70);
	snapshot_free(snapshot);
}

/* A limit of 0, and `enabled: no`, forget without a word; what still holds
   when they are set again begins anew. */
static void
test_switched_off(void **state)
{
	const struct vitals ill = { STATE_DAMAGED, true, true, 99, 99, 99, 99,
		0, { true, 999, 9999 } };
	struct config_notifications none = { .enabled = true }, off = limits;
	struct conditions c = { { true, true, false, true, true, true } };

	(void)state;
	off.enabled = false;
	assert_due(&c, &none, ill, "pfsStoreDamaged");
	assert_due(&c, &none, well, "pfsStoreRestored");
	assert_due(&c, &limits, WELL_BUT(.silence = 60), "pfsLogSilent");
	assert_due(&c, &off, ill, NULL);
	assert_due(&c, &off, well, NULL);
	assert_due(&c, &limits, WELL_BUT(.silence = 60), "pfsLogSilent");
}

static void
test_all_at_once(void **state)
{
	const struct vitals ill = { STATE_OK, true, true, 99, 99, 99, 99, 0,
		{ true, 999, 9999 } };
	struct conditions c = { { false } };
	enum notification_id due[CONDITION_COUNT];

	(void)state;
	assert_int_equal(conditions_judge(&c, &limits, &ill, due), 5);
	assert_int_equal(conditions_judge(&c, &limits, &ill, due), 0);
}

static void
test_wait_silent(void **state)
{
	struct conditions c = { { false } };
	struct config_notifications none = limits, off = limits;

	(void)state;
	none.silent_after = 0;
	off.enabled = false;
	assert_int_equal(
	    wait_after(&c, &limits, WELL_BUT(.begun = true, .silence = 13)),
	    47);
	assert_true(
	    wait_after(&c, &none, WELL_BUT(.begun = true)) == RECENT_FOREVER);
	assert_true(
	    wait_after(&c, &off, WELL_BUT(.begun = true)) == RECENT_FOREVER);
	assert_true(wait_after(&c, &limits, WELL_BUT(.begun = false)) ==
	    RECENT_FOREVER);
	assert_true(
	    wait_after(&c, &limits, IN_STATE(STATE_DAMAGED, .begun = true)) ==
	    RECENT_FOREVER);
	assert_true(
	    wait_after(&c, &limits, WELL_BUT(.begun = true, .silence = 60)) ==
	    RECENT_FOREVER); /* only a line ends it */
}

static void
test_wait_deferral(void **state)
{
	struct conditions c = { { false } };
	struct vitals few = WELL_BUT(.attempts = 29, .deferral = 60,
	    .steady = 8);
	struct vitals enough = WELL_BUT(.attempts = 30, .deferral = 40,
	    .steady = 8);

	(void)state;
	assert_true(wait_after(&c, &limits, few) == RECENT_FOREVER);
	assert_int_equal(wait_after(&c, &limits, enough), 8);
	enough.begun = true;
	assert_int_equal(wait_after(&c, &limits, enough), 8);
	enough.silence = 55;
	assert_int_equal(wait_after(&c, &limits, enough), 5);
	c.holds[CONDITION_DEFERRAL] = true;
	assert_int_equal(wait_after(&c, &limits, few), 8);
	few.attempts = 0;
	assert_true(wait_after(&c, &limits, few) == RECENT_FOREVER);
}

/* --- what waits --------------------------------------------------------- */

static struct oid base;
static char sent[8192];
static bool connected;

/* Take it down: "7 60=99 61=text ..." by the last arcs of name and objects. */
static bool
take_down(const struct oid *notification, const struct cell *objects,
    size_t object_count)
{
	size_t len = strlen(sent);

	if (!connected)
		return (false);
	assert_int_equal(notification->count, base.count + 2);
	assert_int_equal(notification->arc[base.count], 0);
	len += (size_t)snprintf(sent + len, sizeof(sent) - len, "%s%u",
	    len > 0 ? "; " : "", notification->arc[base.count + 1]);
	for (size_t i = 0; i < object_count; i++) {
		const struct cell *object = &objects[i];

		assert_int_equal(object->arc_count, base.count + 4);
		assert_int_equal(object->arc[base.count + 3], 0);
		assert_true(object->type != CELL_COUNTER64);
		len += (size_t)snprintf(sent + len, sizeof(sent) - len,
		    " %u=", object->arc[base.count + 2]);
		if (object->type == CELL_STRING)
			len += (size_t)snprintf(sent + len, sizeof(sent) - len,
			    "\"%.*s\"", (int)object->text.len, object->text.at);
		else
			len += (size_t)snprintf(sent + len, sizeof(sent) - len,
			    "%" PRIu64, object->number);
	}
	assert_true(len < sizeof(sent));
	return (true);
}

static void
judge(struct notify *notify, struct vitals vitals, time_t now)
{
	struct cells *cells;
	const char *error;
	struct slice none = { NULL, 0 };

	assert_int_equal(
	    cells_build(&(struct joined){ { NULL } }, &base, 0, &cells, &error),
	    0);
	assert_int_equal(cells_add(cells, AGENT_OBJECT_STORE_STATE,
			     CELL_INTEGER, vitals.state, none),
	    0);
	assert_int_equal(cells_add(cells, AGENT_OBJECT_DEFERRAL_RATIO,
			     CELL_GAUGE32, vitals.deferral, none),
	    0);
	assert_int_equal(cells_add(cells, AGENT_OBJECT_ATTEMPTS, CELL_GAUGE32,
			     vitals.attempts, none),
	    0);
	(void)notify_judge(notify, &limits,
	    &(const struct notify_facts){
		.vitals = &vitals, .base = &base, .cells = cells, .now = now });
	cells_free(cells);
}

static int
start_queue(void **state)
{
	const char *error;

	(void)state;
	sent[0] = '\0';
	connected = false;
	return (oid_parse("1.3.6.1.4.1.8072.9999.9999.25", &base, &error));
}

static void
test_sent_once(void **state)
{
	struct notify notify = { .count = 0 };

	(void)state;
	connected = true;
	judge(&notify, WELL_BUT(.attempts = 40, .deferral = 75), 1700000000);
	notify_flush(&notify, &base, take_down);
	notify_flush(&notify, &base, take_down);
	assert_string_equal(sent,
	    "7 69=75 68=40 96=1700000000 97=\"75 % of 40 delivery attempts "
	    "within five minutes were deferred\"");
}

/* What ended because of another limit is said as it is. */
static void
test_ended_by_limit(void **state)
{
	struct notify notify = { .count = 0 };

	(void)state;
	connected = true;
	notify.conditions.holds[CONDITION_SILENT] = true;
	notify.conditions.holds[CONDITION_LAGGING] = true;
	judge(&notify, WELL_BUT(.silence = 59, .behind = 4), 100);
	notify_flush(&notify, &base, take_down);
	assert_non_null(
	    strstr(sent, "\"the last line of the log was counted 59 s ago\""));
	assert_non_null(
	    strstr(sent, "\"the tailer is only 4 s behind the log\""));
}

/* What was made while there was no connection comes in order, with the time
   and the values of then. */
static void
test_held_back(void **state)
{
	struct notify notify = { .count = 0 };

	(void)state;
	judge(&notify, IN_STATE(STATE_DAMAGED), 100);
	notify_flush(&notify, &base, take_down);
	judge(&notify, well, 200);
	notify_flush(&notify, &base, take_down);
	assert_string_equal(sent, "");
	connected = true;
	base.arc[base.count - 1] = 26; /* another base meanwhile */
	notify_flush(&notify, &base, take_down);
	notify_flush(&notify, &base, take_down);
	assert_string_equal(sent,
	    "5 65=3 96=100 97=\"the store is damaged\"; "
	    "6 65=1 96=200 97=\"the store can be read again\"");
}

static void
test_bounded(void **state)
{
	struct notify notify = { .count = 0 };
	char last[64];
	unsigned made = 0;

	(void)state;
	for (; made < 3 * NOTIFY_WAITING; made += 2) {
		judge(&notify, IN_STATE(STATE_DAMAGED), made);
		judge(&notify, well, made + 1);
	}
	assert_int_equal(notify.count, NOTIFY_WAITING);
	connected = true;
	notify_flush(&notify, &base, take_down);
	assert_int_equal(notify.count, 0);
	(void)snprintf(
	    last, sizeof(last), "5 65=3 96=%u ", made - NOTIFY_WAITING);
	assert_memory_equal(sent, last, strlen(last));
	(void)snprintf(last, sizeof(last), "; 6 65=1 96=%u ", made - 1);
	assert_non_null(strstr(sent, last));
}

static void
test_dropped_when_off(void **state)
{
	struct notify notify = { .count = 0 };
	struct config_notifications off = { .enabled = false };
	struct vitals ill = IN_STATE(STATE_DAMAGED);

	(void)state;
	judge(&notify, ill, 100);
	assert_int_equal(notify.count, 1);
	(void)notify_judge(&notify, &off,
	    &(const struct notify_facts){
		.vitals = &ill, .base = &base, .now = 101 });
	connected = true;
	notify_flush(&notify, &base, take_down);
	assert_string_equal(sent, "");
}

/* --- probes ------------------------------------------------------------- */

enum { NOW = 1700000000 };

/* What a probe's record says: its result, and when its certificate ends (0: it
   has none). */
static void
add_probe(struct snapshot *snapshot, const char *name, const char *result,
    uint64_t end)
{
	char key[KEY_MAX + 1];

	(void)snprintf(key, sizeof(key), "probe:%s:success", name);
	snapshot_add_number(snapshot, slice_of(key), strcmp(result, "ok") == 0);
	(void)snprintf(key, sizeof(key), "=probe_result:%s", name);
	snapshot_add_text(snapshot, slice_of(key), slice_of(result));
	if (end == 0)
		return;
	(void)snprintf(key, sizeof(key), "probe_cert:%s:end", name);
	snapshot_add_number(snapshot, slice_of(key), end);
}

/* Judge and send; returns whether there is more. */
static bool
judge_probes(struct notify *notify, struct snapshot *snapshot)
{
	struct notify_facts facts = {
		.vitals = &well, .base = &base, .probes = snapshot, .now = NOW
	};
	bool more;

	snapshot_sort(snapshot);
	more = notify_judge(notify,
	    &(const struct config_notifications){
		.enabled = true, .certificate_days = 14 },
	    &facts);
	snapshot_clear(snapshot);
	sent[0] = '\0';
	connected = true;
	notify_flush(notify, &base, take_down);
	return (more);
}

static void
test_probe_fails(void **state)
{
	struct snapshot *snapshot = snapshot_new();
	struct notify notify = { .count = 0 };

	(void)state;
	add_probe(snapshot, "relay", "ok", 0);
	(void)judge_probes(&notify, snapshot);
	assert_string_equal(sent, "");
	add_probe(snapshot, "relay", "timeout:banner", 0);
	(void)judge_probes(&notify, snapshot);
	assert_string_equal(sent,
	    "13 98=\"relay\" 99=\"timeout:banner\" 96=1700000000 "
	    "97=\"probe relay fails: timeout:banner\"");
	add_probe(snapshot, "relay", "refused", 0);
	(void)judge_probes(&notify, snapshot);
	assert_string_equal(sent, "");
	add_probe(snapshot, "other", "ok", 0);
	add_probe(snapshot, "relay", "ok", 0);
	(void)judge_probes(&notify, snapshot);
	assert_string_equal(sent,
	    "14 98=\"relay\" 99=\"ok\" 96=1700000000 "
	    "97=\"probe relay does well again: ok\"");
	probed_free(&notify.probed);
	snapshot_free(snapshot);
}

static void
test_certificate_ends(void **state)
{
	struct snapshot *snapshot = snapshot_new();
	struct notify notify = { .count = 0 };

	(void)state;
	add_probe(snapshot, "mx", "ok", NOW + 14 * DAY_SECONDS);
	(void)judge_probes(&notify, snapshot);
	assert_string_equal(sent, "");
	add_probe(snapshot, "mx", "ok", NOW + 14 * DAY_SECONDS - 1);
	(void)judge_probes(&notify, snapshot);
	assert_string_equal(sent,
	    "15 98=\"mx\" 100=13 96=1700000000 97=\"the certificate that "
	    "probe mx is shown is good for 13 days\"");
	/* An attempt that came to no certificate says nothing of it. */
	add_probe(snapshot, "mx", "ok", 0);
	(void)judge_probes(&notify, snapshot);
	assert_string_equal(sent, "");
	add_probe(snapshot, "mx", "ok", NOW - 1);
	(void)judge_probes(&notify, snapshot);
	assert_string_equal(sent, "");
	add_probe(snapshot, "mx", "ok", NOW + 90 * DAY_SECONDS);
	(void)judge_probes(&notify, snapshot);
	assert_string_equal(sent,
	    "16 98=\"mx\" 100=90 96=1700000000 97=\"the certificate that "
	    "probe mx is shown is good for 90 days\"");
	probed_free(&notify.probed);
	snapshot_free(snapshot);
}

/* What became of a probe's mail, beside the probe's own result. */
static void
add_mail(struct snapshot *snapshot, const char *probe, const char *result,
    bool success)
{
	add_probe(snapshot, "mx", probe, 0);
	snapshot_add_number(snapshot, SLICE("mail:mx:sent"), 1);
	snapshot_add_number(snapshot, SLICE("mail:mx:success"), success);
	snapshot_add_text(snapshot, SLICE("=mail_result:mx"), slice_of(result));
	snapshot_add_text(
	    snapshot, SLICE("=mail_trail:mx"), SLICE("on hold: Spam?"));
}

static void
test_mail_overdue(void **state)
{
	struct snapshot *snapshot = snapshot_new();
	struct notify notify = { .count = 0 };

	(void)state;
	add_mail(snapshot, "ok", "arrived", true);
	(void)judge_probes(&notify, snapshot);
	assert_string_equal(sent, "");
	add_mail(snapshot, "ok", "overdue", false);
	(void)judge_probes(&notify, snapshot);
	assert_string_equal(sent,
	    "17 98=\"mx\" 101=\"overdue\" 102=\"on hold: Spam?\" "
	    "96=1700000000 97=\"mail of probe mx does not arrive: overdue, on "
	    "hold: Spam?\"");
	add_mail(snapshot, "ok", "late", false);
	(void)judge_probes(&notify, snapshot);
	assert_string_equal(sent, "");
	add_mail(snapshot, "ok", "arrived", true);
	(void)judge_probes(&notify, snapshot);
	assert_string_equal(sent,
	    "18 98=\"mx\" 101=\"arrived\" 102=\"on hold: Spam?\" "
	    "96=1700000000 97=\"mail of probe mx arrives again\"");
	add_mail(snapshot, "refused", "unsent", false);
	(void)judge_probes(&notify, snapshot);
	assert_string_equal(sent,
	    "13 98=\"mx\" 99=\"refused\" 96=1700000000 "
	    "97=\"probe mx fails: refused\"");
	probed_free(&notify.probed);
	snapshot_free(snapshot);
}

/* Many at once come a few at a time, each once; what is not configured any more
   is forgotten, and so is what a store that is gone had said, but not by
   that. */
static void
test_many_probes(void **state)
{
	struct snapshot *snapshot = snapshot_new();
	struct notify notify = { .count = 0 };
	unsigned told = 0, rounds = 0;
	bool more = true;
	char name[16];

	(void)state;
	for (; more; rounds++) {
		for (unsigned i = 0; i < 20; i++) {
			(void)snprintf(name, sizeof(name), "p%u", i);
			add_probe(snapshot, name, "refused", 0);
		}
		more = judge_probes(&notify, snapshot);
		for (const char *at = sent; (at = strstr(at, "13 98=")); at++)
			told++;
	}
	assert_int_equal(told, 20);
	assert_int_equal(rounds, 3);
	assert_int_equal(notify.probed.count, 20);
	(void)notify_judge(&notify, &limits,
	    &(const struct notify_facts){ .vitals = &well, .base = &base });
	assert_int_equal(notify.probed.count, 20);
	add_probe(snapshot, "p7", "refused", 0);
	(void)judge_probes(&notify, snapshot);
	assert_string_equal(sent, "");
	assert_int_equal(notify.probed.count, 1);
	probed_free(&notify.probed);
	snapshot_free(snapshot);
}

/* --- the table ---------------------------------------------------------- */

/* Every object of every notification is one of the table, is no counter, and
   there are not too many; numbers are pairs. */
static void
test_table(void **state)
{
	(void)state;
	for (unsigned n = 0; n < NOTIFICATION_COUNT; n++) {
		struct slice rest = slice_of(notifications[n].objects), name;
		unsigned count = 0;
		struct oid oid;

		for (; label_value_next(&rest, &name); count++) {
			assert_true(cells_scalar(&base, name, &oid));
			for (unsigned m = 0; m < METRIC_COUNT; m++)
				if (metrics[m].object.name != NULL &&
				    slice_equal(name, metrics[m].object.name))
					assert_int_equal(
					    metrics[m].kind, KIND_GAUGE);
		}
		assert_in_range(count, 1, NOTIFICATION_OBJECTS);
		assert_int_equal(notifications[n].number, n + 1);
	}
}

#define QUEUE_TEST(sentence, function) \
	{ \
		sentence, function, start_queue, NULL, NULL \
	}

int
main(void)
{
	const struct CMUnitTest tests[] = {
		TEST("the window begins with the first look", test_window),
		TEST("the window slides", test_window_slides),
		TEST("the window is right however rarely it is moved",
		    test_window_gaps),
		TEST("the window is right if it is told of changes only",
		    test_window_rare),
		TEST("how long the window stays as it is", test_steady),
		TEST("counters that begin anew begin the window anew",
		    test_window_new_count),
		TEST("silence lasts until lines are counted", test_silence),
		TEST(
		    "a log without a line yet is not silent", test_no_line_yet),
		TEST(
		    "attempts are those of all transports, once", test_counted),
		TEST("the log falls silent and is active", test_log_silent),
		TEST("the tailer lags and catches up", test_tailer_behind),
		TEST("the store is damaged and restored", test_store_damaged),
		TEST("a first store is waited for", test_first_store),
		TEST("deferrals are high and normal", test_deferral),
		TEST("the queue is high and old, and is not", test_queue),
		TEST("what waits in the queue", test_queued),
		TEST("when a silent log is to be looked at", test_wait_silent),
		TEST("when deferrals are to be looked at", test_wait_deferral),
		TEST("what is switched off is forgotten", test_switched_off),
		TEST("conditions do not hide each other", test_all_at_once),
		QUEUE_TEST("one is sent once", test_sent_once),
		QUEUE_TEST("an end by another limit is said as it is",
		    test_ended_by_limit),
		QUEUE_TEST("one waits for a connection", test_held_back),
		QUEUE_TEST("only so many wait", test_bounded),
		QUEUE_TEST(
		    "none waits when switched off", test_dropped_when_off),
		QUEUE_TEST("a probe that fails and recovers is told of once",
		    test_probe_fails),
		QUEUE_TEST("a certificate that ends soon, and a new one",
		    test_certificate_ends),
		QUEUE_TEST(
		    "mail that does not arrive and arrives again is told "
		    "of once",
		    test_mail_overdue),
		QUEUE_TEST("of many probes some are told of at a time",
		    test_many_probes),
		QUEUE_TEST(
		    "each object of a notification can be sent", test_table),
	};

	return (cmocka_run_group_tests(tests, NULL, NULL));
}
