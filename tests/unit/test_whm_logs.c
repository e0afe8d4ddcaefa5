/*
 * Messages as series: the newest, in records that go together again, and no two
 * the same.
 */
#include "tests/unit/unit.h"

#include "lib/stats/whm_rows.h"
#include "lib/util/utf8.h"
#include "whm/logs.h"

enum { LONG = 4096 };

static struct message message;
static char number[24];

static void
message_begin(uint64_t time)
{
	for (unsigned i = 0; i < MESSAGE_TEXTS; i++)
		message.text[i] = SLICE("");
	message.sum = (struct message_sum){ .action_time = time };
	(void)snprintf(number, sizeof(number), "%" PRIu64, time);
	message.text[TEXT_ACTION_TIME] = slice_of(number);
}

/* The labels of the only message that `logs` has. */
static size_t
labels_in(const struct logs *logs, char text_r[WHM_LOG_PARTS * TEXT_MAX])
{
	struct snapshot *snapshot = snapshot_new();
	size_t len = 0;

	logs_save(logs, 0, "cp", snapshot);
	snapshot_sort(snapshot);
	assert_false(snapshot->failed);
	assert_in_range(snapshot->text_count, 1, WHM_LOG_PARTS);
	for (size_t i = 0; i < snapshot->text_count; i++) {
		size_t part = strnlen(snapshot->texts[i].text, TEXT_MAX);

		memcpy(text_r + len, snapshot->texts[i].text, part);
		len += part;
	}
	snapshot_free(snapshot);
	return (len);
}

static size_t
labels_of(char text_r[WHM_LOG_PARTS * TEXT_MAX])
{
	struct logs *logs = logs_new(1);
	size_t len;

	assert_int_equal(logs_add(logs, 0, &message), -1);
	len = labels_in(logs, text_r);
	logs_free(logs);
	return (len);
}

/* --- labels ----------------------------------------------------------------- */

/* However long they are: all are there, and each is whole characters. */
static void
test_bounds(void **state)
{
	static char text[LONG];
	char kept[WHM_LOG_PARTS * TEXT_MAX];
	uint32_t seed = 3;

	(void)state;
	for (size_t i = 0; i < LONG; i += 2)
		memcpy(text + i, "\xc3\xa4", 2);
	for (unsigned round = 0; round < 2000; round++) {
		struct slice rest, label;
		unsigned count = 1;

		message_begin(1);
		for (unsigned i = 0; i < WHM_LOG_LABELS; i++)
			if (i != TEXT_ACTION_TIME)
				message.text[i] = (struct slice){ text,
					random_next(&seed) % 4 == 0 ?
					    LONG :
					    random_next(&seed) % 200 / 2 * 2 };
		rest = (struct slice){ kept, labels_of(kept) };
		assert_true(rest.len <= sizeof(kept));
		while (slice_cut(&rest, WHM_LOG_MARK, &label))
			count++;
		assert_int_equal(count, WHM_LOG_LABELS);
		rest = (struct slice){ kept, labels_of(kept) };
		for (size_t len; rest.len > 0; rest = slice_from(rest, len)) {
			len = rest.at[0] == WHM_LOG_MARK ? 1 : utf8_shown(rest);
			assert_true(len > 0);
		}
	}
}

static void
differ(struct slice one, struct slice other)
{
	char first[WHM_LOG_PARTS * TEXT_MAX], second[sizeof(first)];
	size_t len, other_len;

	message_begin(1);
	message.text[TEXT_RECIPIENT] = one;
	len = labels_of(first);
	message.text[TEXT_RECIPIENT] = other;
	other_len = labels_of(second);
	assert_true(len != other_len || memcmp(first, second, len) != 0);
}

/* The same series twice would cost a whole scrape. */
static void
test_differ(void **state)
{
	static char one[LONG], other[LONG];

	(void)state;
	memset(one, 'a', sizeof(one));
	memset(other, 'a', sizeof(other));
	other[LONG - 1] = 'b';
	differ((struct slice){ one, LONG }, (struct slice){ other, LONG });
	differ((struct slice){ one, 200 }, (struct slice){ one, 201 });
	differ((struct slice){ one, 127 }, (struct slice){ one, 128 });
	differ((struct slice){ one, 128 }, (struct slice){ one, 129 });
	differ(SLICE("a\x1f"
		     "b"),
	    SLICE("a b"));
}

/* --- which ------------------------------------------------------------------ */

static void
test_newest(void **state)
{
	enum { MOST = 50, ALL = 3000, TIMES = 997 };
	struct logs *logs = logs_new(MOST), *again = logs_new(MOST);
	struct snapshot *one = snapshot_new(), *other = snapshot_new();
	unsigned gone[2] = { 0, 0 };

	(void)state;
	for (unsigned i = 0; i < ALL; i++) {
		int server;

		message_begin(1000 + i * 7919 % TIMES);
		server = logs_add(logs, i % 2, &message);
		assert_true(server >= -1 && server <= 1);
		if (server >= 0)
			gone[server]++;
	}
	assert_int_equal(gone[0] + gone[1], ALL - MOST);
	for (unsigned s = 0; s < 2; s++)
		logs_save(logs, s, s == 0 ? "a" : "b", one);
	assert_int_equal(one->text_count, MOST);
	snapshot_sort(one);
	for (size_t i = 0; i < one->text_count; i++) {
		struct slice rest = slice_of(one->texts[i].text), time;
		uint64_t value;

		assert_true(slice_cut(&rest, WHM_LOG_MARK, &time));
		assert_true(
		    slice_number(slice_until(rest, WHM_LOG_MARK), &value));
		assert_true(value >= 1000 + TIMES - MOST / 3 - 1);
	}
	logs_load(again, 0, "a", one);
	logs_load(again, 1, "b", one);
	logs_save(again, 0, "a", other);
	logs_save(again, 1, "b", other);
	assert_int_equal(other->text_count, MOST);
	logs_free(logs);
	logs_free(again);
	snapshot_free(one);
	snapshot_free(other);
}

static void
test_none(void **state)
{
	struct logs *logs = logs_new(0);

	(void)state;
	assert_false(logs_wanted(logs));
	message_begin(1);
	assert_int_equal(logs_add(logs, 3, &message), 3);
	logs_free(logs);
}

int
main(void)
{
	const struct CMUnitTest tests[] = {
		TEST("all labels fit, and are whole characters", test_bounds),
		TEST("no two messages are the same series", test_differ),
		TEST("the newest are kept, and loaded again", test_newest),
		TEST("none if none are wanted", test_none),
	};

	return (cmocka_run_group_tests(tests, NULL, NULL));
}
