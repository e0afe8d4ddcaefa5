/*
 * Mail that is noted, sent, found, late and lost: each is counted once, also over
 * a restart at any point.
 */
#include "lib/stats/probe_token.h"
#include "probe/mails_parts.h"
#include "tests/unit/unit.h"

enum { SECOND = 1000000 };

static struct config_delivery delivery = { .maildir = "/m",
	.timeout = 10,
	.lost_after = 100,
	.remove = true };
static const struct config_probe probes[] = {
	{ .name = "mx", .delivery = &delivery }, { .name = "none" }
};

struct world {
	struct mails *mails;
	struct moment now;
};

static struct world
world_new(void)
{
	struct world world = { mails_new(probes, 2, 5000),
		{ UINT64_C(1795420000) * SECOND, 777 * (uint64_t)SECOND } };

	assert_non_null(world.mails);
	return (world);
}

static void
pass(struct world *world, double seconds)
{
	world->now.wall += (uint64_t)(seconds * SECOND);
	world->now.steady += (uint64_t)(seconds * SECOND);
	(void)mails_tick(world->mails, world->now);
}

/* What a program that is started now knows, from what this one published. */
static void
restart(struct world *world)
{
	struct snapshot *snapshot = snapshot_new();
	struct mails *mails = mails_new(probes, 2, world->now.wall / 1000);

	mails_save(world->mails, snapshot);
	snapshot_sort(snapshot);
	assert_false(snapshot->failed);
	mails_load(mails, snapshot);
	snapshot_free(snapshot);
	mails_free(world->mails);
	world->mails = mails;
	world->now.steady = 3 * (uint64_t)SECOND; /* of another boot */
}

static void
end_with(struct world *world, uint64_t serial, enum result result,
    enum phase ended, unsigned code)
{
	struct outcome outcome = {
		.result = result, .ended = ended, .microseconds = 30000
	};

	outcome.phase[PHASE_BODY].done = code != 0;
	outcome.phase[PHASE_BODY].reply.code = code;
	mails_ended(world->mails, 0, serial, &outcome, true, world->now);
}

static uint64_t
send_one(struct world *world)
{
	uint64_t serial = mails_begin(world->mails, 0, world->now);

	pass(world, 0.03);
	end_with(world, serial, RESULT_OK, PHASE_QUIT, 250);
	return (serial);
}

/* Found now, by an event, as the file of that number. */
static bool
find(struct world *world, uint64_t serial, uint64_t file, bool spam)
{
	struct arrival arrival = { .probe = "mx",
		.serial = serial,
		.sent = world->now.wall,
		.file = file,
		.found = world->now.steady,
		.arrived = world->now.wall,
		.fresh = true,
		.spam = spam };

	return (mails_found(world->mails, 0, &arrival, world->now));
}

static void
assert_tallies(const struct world *world, struct tallies wanted)
{
	const struct tallies *have = &world->mails->of[0]->tallies;

	assert_int_equal(have->sent, wanted.sent);
	assert_int_equal(have->send_fails, wanted.send_fails);
	assert_int_equal(have->arrived, wanted.arrived);
	assert_int_equal(have->late, wanted.late);
	assert_int_equal(have->spam, wanted.spam);
	assert_int_equal(have->lost, wanted.lost);
	assert_int_equal(have->duplicates, wanted.duplicates);
	assert_int_equal(have->uncertain, wanted.uncertain);
}

static enum mail_result
result(const struct world *world)
{
	struct mail_story story;

	mails_tell(world->mails, 0, &story);
	return (story.result);
}

static bool
success(const struct world *world)
{
	return (world->mails->of[0]->judged == MAIL_ARRIVED);
}

/* --- tests ---------------------------------------------------------------- */

static void
arrives_in_time(void **state)
{
	struct world world = world_new();
	uint64_t serial = send_one(&world);
	struct mail_story story;

	(void)state;
	assert_int_equal(serial, 5000);
	assert_int_equal(result(&world), MAIL_WAITING);
	pass(&world, 2);
	assert_true(find(&world, serial, 1, false));
	mails_tell(world.mails, 0, &story);
	assert_int_equal(story.result, MAIL_ARRIVED);
	assert_int_equal(story.way, 2030000);
	assert_true(success(&world));
	assert_tallies(&world, (struct tallies){ .sent = 1, .arrived = 1 });
	mails_free(world.mails);
}

/* Delivery can be quicker than QUIT. */
static void
arrives_before_the_conversation_ends(void **state)
{
	struct world world = world_new();
	uint64_t serial = mails_begin(world.mails, 0, world.now);

	(void)state;
	pass(&world, 20); /* a slow QUIT is no late mail */
	assert_true(find(&world, serial, 1, false));
	end_with(&world, serial, RESULT_OK, PHASE_QUIT, 250);
	assert_int_equal(result(&world), MAIL_ARRIVED);
	assert_tallies(&world, (struct tallies){ .sent = 1, .arrived = 1 });
	assert_int_equal(world.mails->of[0]->sends.count, 1);
	mails_free(world.mails);
}

static void
late_then_next_in_time(void **state)
{
	struct world world = world_new();
	uint64_t first = send_one(&world), second;

	(void)state;
	mails_mailbox(world.mails, 0, NULL, world.now);
	pass(&world, 9.9);
	assert_int_equal(result(&world), MAIL_WAITING);
	pass(&world, 0.2);
	assert_int_equal(result(&world), MAIL_OVERDUE);
	assert_false(success(&world));
	second = send_one(&world);
	assert_true(find(&world, second, 2, false));
	assert_true(success(&world));
	assert_true(find(&world, first, 1, false));
	assert_true(success(&world)); /* the younger one's */
	assert_int_equal(result(&world), MAIL_ARRIVED);
	assert_tallies(
	    &world, (struct tallies){ .sent = 2, .arrived = 1, .late = 1 });
	mails_free(world.mails);
}

/* Who can't look does not know that it is lost. */
static void
lost_only_where_somebody_looks(void **state)
{
	struct world world = world_new();

	(void)state;
	(void)send_one(&world);
	pass(&world, 11);
	assert_int_equal(result(&world), MAIL_UNSEEN);
	pass(&world, 1000);
	assert_tallies(&world, (struct tallies){ .sent = 1 });
	mails_mailbox(world.mails, 0, NULL, world.now);
	assert_int_equal(result(&world), MAIL_OVERDUE);
	pass(&world, 0);
	assert_int_equal(result(&world), MAIL_LOST);
	assert_tallies(&world, (struct tallies){ .sent = 1, .lost = 1 });
	mails_free(world.mails);
}

/* It comes after all: removed, and not counted again. */
static void
lost_and_found(void **state)
{
	struct world world = world_new();
	uint64_t serial = send_one(&world);

	(void)state;
	mails_mailbox(world.mails, 0, NULL, world.now);
	pass(&world, 11);
	pass(&world, 101);
	restart(&world);
	assert_true(find(&world, serial, 1, false));
	assert_true(find(&world, serial, 1, false));
	assert_tallies(&world, (struct tallies){ .sent = 1, .lost = 1 });
	mails_free(world.mails);
}

static void
twice_and_seen_again(void **state)
{
	struct world world = world_new();
	uint64_t serial = send_one(&world);

	(void)state;
	for (unsigned i = 0; i < 3; i++) {
		assert_true(find(&world, serial, 1, false));
		assert_true(find(&world, serial, 2, false));
		restart(&world);
	}
	assert_tallies(&world,
	    (struct tallies){ .sent = 1, .arrived = 1, .duplicates = 1 });
	mails_free(world.mails);
}

static void
spam_is_told_apart(void **state)
{
	struct world world = world_new();

	(void)state;
	assert_true(find(&world, send_one(&world), 1, true));
	assert_int_equal(result(&world), MAIL_SPAM);
	assert_false(success(&world));
	assert_tallies(&world, (struct tallies){ .sent = 1, .spam = 1 });
	mails_free(world.mails);
}

static void
not_sent(void **state)
{
	struct world world = world_new();
	uint64_t serial;

	(void)state;
	(void)find(&world, send_one(&world), 1, false);
	assert_true(success(&world));
	serial = mails_begin(world.mails, 0, world.now);
	end_with(&world, serial, RESULT_TIMEOUT, PHASE_BANNER, 0);
	assert_int_equal(result(&world), MAIL_UNSENT);
	assert_false(success(&world)); /* and not what it was before */
	assert_tallies(&world,
	    (struct tallies){ .sent = 1, .arrived = 1, .send_fails = 1 });
	assert_int_equal(world.mails->of[0]->sends.count, 1);
	mails_free(world.mails);
}

/* The dot was sent, the reply did not come: it may be there or not. */
static void
uncertain(void **state)
{
	struct world world = world_new();
	uint64_t serial = mails_begin(world.mails, 0, world.now);

	(void)state;
	mails_mailbox(world.mails, 0, NULL, world.now);
	end_with(&world, serial, RESULT_UNCERTAIN, PHASE_BODY, 0);
	pass(&world, 11);
	assert_int_equal(result(&world), MAIL_UNCERTAIN);
	pass(&world, 100);
	assert_tallies(
	    &world, (struct tallies){ .send_fails = 1, .uncertain = 1 });
	serial = mails_begin(world.mails, 0, world.now);
	end_with(&world, serial, RESULT_UNCERTAIN, PHASE_BODY, 0);
	assert_true(find(&world, serial, 1, false));
	assert_tallies(&world,
	    (struct tallies){
		.sent = 1, .arrived = 1, .send_fails = 2, .uncertain = 1 });
	mails_free(world.mails);
}

/* The program ends at any point of a mail's way: the next one counts it once. */
static void
restarts(void **state)
{
	(void)state;
	for (unsigned at = 0; at < 4; at++) {
		struct world world = world_new();
		uint64_t serial = mails_begin(world.mails, 0, world.now);
		bool knows = at > 0;

		if (at == 0)
			restart(&world);
		else
			end_with(&world, serial, RESULT_OK, PHASE_QUIT, 250);
		if (at == 1)
			restart(&world);
		pass(&world, 1);
		assert_true(find(&world, serial, 1, false));
		if (at == 2)
			restart(&world);
		assert_true(find(&world, serial, 1, false));
		if (at == 3)
			restart(&world);
		assert_tallies(
		    &world, (struct tallies){ .sent = 1, .arrived = 1 });
		assert_int_equal(
		    world.mails->of[0]->sends.count, knows ? 1 : 0);
		assert_true(mails_begin(world.mails, 0, world.now) > serial);
		mails_free(world.mails);
	}
}

/* A store that is older than the last mails: they are found all the same. */
static void
older_store(void **state)
{
	struct world world = world_new();
	struct snapshot *snapshot = snapshot_new();
	uint64_t serial;

	(void)state;
	mails_save(world.mails, snapshot);
	snapshot_sort(snapshot);
	serial = send_one(&world);
	pass(&world, 1);
	mails_free(world.mails);
	world.mails = mails_new(probes, 2, world.now.wall / 1000);
	mails_load(world.mails, snapshot);
	snapshot_free(snapshot);
	assert_true(find(&world, serial, 1, false));
	assert_true(find(&world, serial, 1, false));
	assert_tallies(&world, (struct tallies){ .sent = 1, .arrived = 1 });
	assert_true(mails_begin(world.mails, 0, world.now) > serial);
	mails_free(world.mails);
}

/* No store at all: what was sent before is not ours to count. */
static void
no_store(void **state)
{
	struct world world = world_new();
	uint64_t serial = send_one(&world);

	(void)state;
	mails_free(world.mails);
	world.mails = mails_new(probes, 2, world.now.wall / 1000);
	assert_true(find(&world, serial, 1, false));
	assert_tallies(&world, (struct tallies){ .sent = 0 });
	mails_free(world.mails);
}

static void
too_many(void **state)
{
	struct world world = world_new();

	(void)state;
	for (unsigned i = 0; i < AWAITED_MAX + 5; i++)
		(void)send_one(&world);
	assert_tallies(
	    &world, (struct tallies){ .sent = AWAITED_MAX + 5, .lost = 5 });
	restart(&world);
	assert_int_equal(world.mails->of[0]->awaited_count, AWAITED_MAX);
	for (uint64_t serial = 5000; serial < 5000 + AWAITED_MAX + 5; serial++)
		assert_true(find(&world, serial, serial, false));
	assert_tallies(&world,
	    (struct tallies){
		.sent = AWAITED_MAX + 5, .lost = 5, .arrived = AWAITED_MAX });
	/* Long counted, and forgotten: still not counted again. */
	assert_true(find(&world, 5010, 99, false));
	assert_int_equal(world.mails->of[0]->tallies.arrived, AWAITED_MAX);
	mails_free(world.mails);
}

/* --once and the daemon leave each other's mail alone. */
static void
others(void **state)
{
	struct world world = world_new();
	struct mails *once = mails_new(probes, 2, PROBE_TOKEN_ONCE + 7);
	struct arrival arrival = {
		.probe = "mx", .serial = send_one(&world), .file = 1
	};

	(void)state;
	assert_false(mails_found(once, 0, &arrival, world.now));
	arrival.serial = PROBE_TOKEN_ONCE + 6;
	assert_false(mails_found(once, 0, &arrival, world.now));
	assert_false(mails_found(world.mails, 0, &arrival, world.now));
	arrival.serial = mails_begin(once, 0, world.now);
	assert_false(mails_found(world.mails, 0, &arrival, world.now));
	assert_true(mails_found(once, 0, &arrival, world.now));
	assert_false(mails_found(world.mails, 1, &arrival, world.now));
	mails_free(once);
	mails_free(world.mails);
}

/* While nobody looked it lay there: the mailbox says since when. */
static void
time_of_the_mailbox(void **state)
{
	struct world world = world_new();
	struct arrival arrival = { .probe = "mx", .file = 1 };
	struct mail_story story;

	(void)state;
	arrival.serial = send_one(&world);
	arrival.arrived = world.now.wall + 4 * (uint64_t)SECOND;
	pass(&world, 60);
	restart(&world);
	assert_int_equal(result(&world), MAIL_UNSEEN);
	assert_true(mails_found(world.mails, 0, &arrival, world.now));
	mails_tell(world.mails, 0, &story);
	assert_int_equal(story.way, 4030000);
	assert_int_equal(story.result, MAIL_ARRIVED);
	assert_true(success(&world));
	mails_free(world.mails);
}

/* A disk that is slow before it is sent makes no mail late. */
static void
slow_disk(void **state)
{
	struct world world = world_new();
	uint64_t serial = mails_begin(world.mails, 0, world.now);
	struct mail_story story;

	(void)state;
	pass(&world, 15);
	mails_speak(world.mails, 0, serial, world.now);
	pass(&world, 2);
	end_with(&world, serial, RESULT_OK, PHASE_QUIT, 250);
	pass(&world, 9);
	assert_true(find(&world, serial, 1, false));
	mails_tell(world.mails, 0, &story);
	assert_int_equal(story.way, 11 * SECOND);
	assert_int_equal(story.result, MAIL_ARRIVED);
	mails_free(world.mails);
}

/* What a store may hold instead. */
static void
hostile_state(void **state)
{
	static const char *const texts[] = { "", "x", "\n\n\n",
		"ffffffffffffffff ffffffffffffffff 1 ff 1 ff 1 1\n",
		"1 0 1 3 1 3 1 0\n0 0 0 a\n",
		"9 0 1 3 1 3 1 0\n5 1 1 a\n4 1 1 a\nzz\n",
		"9 0 1 3 1 3 1 0\nffffffffffffffff 1 1 a!\n",
		"9 0 1 3 1 3 1 0\n7 ffffffffffffffff ffffffffffffffff a!\n" };

	(void)state;
	for (size_t i = 0; i < COUNT(texts); i++) {
		struct world world = world_new();
		struct snapshot *snapshot = snapshot_new();

		snapshot_add_text(
		    snapshot, SLICE("=mails:mx:00"), slice_of(texts[i]));
		snapshot_add_text(
		    snapshot, SLICE("=found:mx:00"), slice_of(texts[i]));
		snapshot_add_number(
		    snapshot, SLICE("mail:mx:where"), UINT64_MAX);
		snapshot_sort(snapshot);
		mails_load(world.mails, snapshot);
		snapshot_free(snapshot);
		assert_true(world.mails->of[0]->awaited_count < 2);
		pass(&world, 5);
		(void)mails_follow(world.mails, NULL);
		(void)mails_wait(world.mails, world.now);
		restart(&world);
		assert_true(find(&world, send_one(&world), 1, false));
		mails_free(world.mails);
	}
}

int
main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(arrives_in_time),
		cmocka_unit_test(arrives_before_the_conversation_ends),
		cmocka_unit_test(late_then_next_in_time),
		cmocka_unit_test(lost_only_where_somebody_looks),
		cmocka_unit_test(lost_and_found),
		cmocka_unit_test(twice_and_seen_again),
		cmocka_unit_test(spam_is_told_apart),
		cmocka_unit_test(not_sent),
		cmocka_unit_test(uncertain),
		cmocka_unit_test(restarts),
		cmocka_unit_test(older_store),
		cmocka_unit_test(no_store),
		cmocka_unit_test(too_many),
		cmocka_unit_test(others),
		cmocka_unit_test(time_of_the_mailbox),
		cmocka_unit_test(slow_disk),
		cmocka_unit_test(hostile_state),
	};

	return (cmocka_run_group_tests(tests, NULL, NULL));
}
