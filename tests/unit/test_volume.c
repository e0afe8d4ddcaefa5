/*
 * Volume by transport: sizes of messages, kept until they are delivered.
 */
#include "tests/unit/unit.h"
#include "lib/stats/volume.h"

static struct slice
id_of(unsigned number)
{
	static char text[24];

	(void)snprintf(text, sizeof(text), "4C%07XzQ", number);
	return (slice_of(text));
}

static void
test_once(void **state)
{
	struct volume *volume = calloc(1, sizeof(*volume));
	uint64_t size = 0;

	(void)state;
	assert_non_null(volume);
	assert_int_equal(volume_take(volume, 0, id_of(1), 3, &size), -1);
	volume_enter(volume, 0, id_of(1), 5000000000, true);
	assert_int_equal(volume_take(volume, 0, id_of(1), 3, &size), 1);
	assert_true(size == 5000000000);
	assert_int_equal(volume_take(volume, 0, id_of(1), 3, &size), 0);
	assert_int_equal(volume_take(volume, 0, id_of(1), 63, &size), 1);
	assert_int_equal(volume_take(volume, 0, id_of(1), 63, &size), 0);
	assert_int_equal(volume_take(volume, 0, id_of(2), 3, &size), -1);
	assert_int_equal(volume_take(volume, 1, id_of(1), 3, &size), -1);
	/* once more: a retry, then another message of that id */
	volume_enter(volume, 0, id_of(1), 5000000000, false);
	assert_int_equal(volume_take(volume, 0, id_of(1), 3, &size), 0);
	assert_int_equal(volume_take(volume, 0, id_of(1), 4, &size), 1);
	volume_enter(volume, 0, id_of(1), 0, true);
	assert_int_equal(volume_take(volume, 0, id_of(1), 3, &size), 1);
	assert_int_equal(size, 0);
	free(volume);
}

/* Ids of all lengths, each byte of which tells them apart. */
static void
test_ids(void **state)
{
	static const char id[] = "4Cx0000001zXbz9QQwBcDfG";

	(void)state;
	for (size_t len = 5; len < sizeof(id); len++) {
		struct volume *volume = calloc(1, sizeof(*volume));
		struct slice whole = { id, len };
		char other[sizeof(id)];
		uint64_t size;

		assert_non_null(volume);
		volume_enter(volume, 2, whole, 77, true);
		for (size_t i = 0; i < len; i++) {
			memcpy(other, id, len);
			other[i] = 'k';
			assert_int_equal(
			    volume_take(volume, 2, (struct slice){ other, len },
				0, &size),
			    -1);
		}
		assert_int_equal(volume_take(volume, 2, whole, 0, &size), 1);
		assert_int_equal(size, 77);
		free(volume);
	}
}

static unsigned
known(struct volume *volume, unsigned from, unsigned to)
{
	unsigned count = 0;
	uint64_t size;

	for (unsigned i = from; i < to; i++)
		if (volume_take(volume, 0, id_of(i), 5, &size) > 0) {
			assert_int_equal(size, i);
			count++;
		}
	return (count);
}

/* Young ones push out old ones; of a few nothing is forgotten. */
static void
test_many(void **state)
{
	struct volume *volume = calloc(1, sizeof(*volume));
	const unsigned all = 4 * VOLUME_MESSAGES;

	(void)state;
	assert_non_null(volume);
	for (unsigned i = 0; i < VOLUME_SETS / 4; i++)
		volume_enter(volume, 0, id_of(i), i, true);
	assert_true(known(volume, 0, VOLUME_SETS / 4) > VOLUME_SETS / 4 - 3);
	for (unsigned i = 0; i < all; i++)
		volume_enter(volume, 0, id_of(i), i, true);
	assert_true(
	    known(volume, all - VOLUME_SETS, all) > VOLUME_SETS * 95 / 100);
	assert_true(known(volume, 0, all) <= VOLUME_MESSAGES);
	assert_int_equal(known(volume, 0, VOLUME_MESSAGES), 0);
	/* A retry is young again. */
	volume_enter(volume, 0, id_of(all - 1), all - 1, false);
	assert_int_equal(known(volume, all - 1, all), 0);
	free(volume);
}

static void
test_too_large(void **state)
{
	struct volume *volume = calloc(1, sizeof(*volume));
	uint64_t size;

	(void)state;
	assert_non_null(volume);
	volume_enter(volume, 0, id_of(1), UINT64_MAX, true);
	assert_int_equal(volume_take(volume, 0, id_of(1), 0, &size), 1);
	assert_true(size == ((uint64_t)1 << VOLUME_SIZE_BITS) - 1);
	free(volume);
}

/* --- by lines ------------------------------------------------------------ */

#define ACTIVE "from=<a@b>, size=1000, nrcpt=3 (queue active)"

static void
deliver(struct tally *tally, const char *tag, const char *status)
{
	char line[256];

	(void)snprintf(line, sizeof(line),
	    "%s[1]: 4A1B2C3D4E: to=<u@a>, relay=legal, delay=1, "
	    "delays=0/0/0/0, dsn=2.0.0, status=%s (x)",
	    tag, status);
	tally_text(tally, line);
}

static void
test_lines(void **state)
{
	struct tally tally = tally_new(4096), next = tally_new(4096);
	struct snapshot *all;

	(void)state;
	tally_text(&tally, "postfix/cleanup[1]: 4A1B2C3D4E: message-id=<x>");
	tally_text(&tally, "postfix/qmgr[1]: 4A1B2C3D4E: " ACTIVE);
	deliver(&tally, "postfix/smtp", "sent");
	deliver(&tally, "postfix/smtp", "sent");
	deliver(&tally, "postfix/pipe", "sent");
	deliver(&tally, "postfix/lmtp", "bounced");
	deliver(&tally, "postfix/lmtp", "deferred");
	tally_text(&tally, "postfix/qmgr[1]: 4A1B2C3D4E: " ACTIVE);
	deliver(&tally, "postfix/smtp", "sent");
	deliver(&tally, "postfix/local", "sent");
	deliver(&tally, "postfix-out/smtp", "sent");
	all = settled(&tally);
	assert_int_equal(value_in(all, "delivery_volume:smtp:bytes"), 1000);
	assert_int_equal(value_in(all, "delivery_volume:smtp:messages"), 1);
	assert_int_equal(
	    value_in(all, "delivery_volume:smtp:messages@postfix"), 1);
	assert_int_equal(
	    value_in(all, "delivery_volume:smtp:messages@postfix-out"), 0);
	assert_int_equal(value_in(all, "delivery_volume:legal:bytes"), 1000);
	assert_int_equal(value_in(all, "delivery_volume:local:bytes"), 1000);
	assert_int_equal(value_in(all, "delivery_volume:lmtp:messages"), 0);
	assert_int_equal(value_in(all, "volume:missed"), 1);
	/* After a restart the size is not known any more. */
	counters_load(next.counters, all);
	line_load(next.lines, all);
	deliver(&next, "postfix/lmtp", "sent");
	snapshot_free(all);
	all = settled(&next);
	assert_int_equal(value_in(all, "delivery_volume:smtp:bytes"), 1000);
	assert_int_equal(value_in(all, "delivery_volume:lmtp:messages"), 0);
	assert_int_equal(value_in(all, "volume:missed"), 2);
	snapshot_free(all);
	tally_free(&tally);
	tally_free(&next);
}

int
main(void)
{
	const struct CMUnitTest tests[] = {
		TEST("a message counts once for each transport", test_once),
		TEST("ids are told apart", test_ids),
		TEST("the oldest are pushed out", test_many),
		TEST("a size ends at its highest value", test_too_large),
		TEST("lines count their volume, or that they could not",
		    test_lines),
	};

	return (cmocka_run_group_tests(tests, NULL, NULL));
}
