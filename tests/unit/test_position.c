/*
 * Positions: what is written is read back, and nothing else is taken for one.
 */
#include "tailer/position.h"
#include "tests/unit/unit.h"

static struct position
sample(void)
{
	struct position position = {
		.device = 65024, .inode = 12345, .offset = 1630
	};
	char head[POSITION_HEAD], tail[POSITION_TAIL];

	memset(head, 'h', sizeof(head));
	memset(tail, 't', sizeof(tail));
	position_note(&position, (struct slice){ head, sizeof(head) },
	    (struct slice){ tail, sizeof(tail) });
	return (position);
}

static void
test_round_trip(void **state)
{
	struct position positions[2] = { sample(), sample() }, read;
	char text[2 * POSITION_TEXT_MAX];
	struct slice rest = { text, 0 };

	(void)state;
	positions[1].done = true;
	positions[1].offset = INT64_MAX;
	positions[1].device = UINT64_MAX;
	positions[1].inode = UINT64_MAX;
	for (int i = 0; i < 2; i++) {
		char one[POSITION_TEXT_MAX];
		size_t len = position_format(&positions[i], one);

		assert_true(len < POSITION_TEXT_MAX);
		memcpy(text + rest.len, one, len);
		rest.len += len;
	}
	for (int i = 0; i < 2; i++) {
		assert_true(position_parse(&rest, &read));
		assert_int_equal(read.device, positions[i].device);
		assert_int_equal(read.inode, positions[i].inode);
		assert_int_equal(read.offset, positions[i].offset);
		assert_int_equal(read.head_len, positions[i].head_len);
		assert_int_equal(read.head, positions[i].head);
		assert_int_equal(read.tail, positions[i].tail);
		assert_int_equal(read.done, positions[i].done);
	}
	assert_int_equal(rest.len, 0);
	assert_false(position_parse(&rest, &read));
}

static void
test_refused(void **state)
{
	static const char *const texts[] = {
		"",
		"1 2 3",
		"1 2 300 256 a b",  /* no end */
		"1 2 300 255 a b ", /* head of another length */
		"1 2 10 256 a b ",
		"1 2 -1 0 a b ",
		"1 2 9223372036854775808 256 a b ", /* no offset */
		"1 2 300 256 g b ",
		"1 2 300 256 a 00000000000000000 ",
		"== 1 2 300 256 a b ",
		"1 2 300 256  b ",
	};

	(void)state;
	for (size_t i = 0; i < COUNT(texts); i++) {
		struct slice text = slice_of(texts[i]);
		struct position position;

		assert_false(position_parse(&text, &position));
		assert_ptr_equal(text.at, texts[i]);
	}
}

static void
test_reads(void **state)
{
	struct position position = sample();
	char head[POSITION_HEAD + 1], tail[POSITION_TAIL];

	(void)state;
	memset(head, 'h', sizeof(head));
	memset(tail, 't', sizeof(tail));
	assert_true(position_reads(&position, (struct slice){ head, 257 },
	    (struct slice){ tail, 64 }));
	assert_false(position_reads(&position, (struct slice){ head, 255 },
	    (struct slice){ tail, 64 }));
	assert_false(position_reads(&position, (struct slice){ head, 256 },
	    (struct slice){ tail, 63 }));
	head[255] = 'x';
	assert_false(position_reads_head(
	    &position, (struct slice){ head, sizeof(head) }));
}

int
main(void)
{
	const struct CMUnitTest tests[] = {
		TEST("positions come back as they were", test_round_trip),
		TEST("what is no position is refused", test_refused),
		TEST("both ends must read the same", test_reads),
	};

	return (cmocka_run_group_tests(tests, NULL, NULL));
}
