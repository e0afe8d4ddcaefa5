/*
 * Snapshots in memory: what goes in, what is found, what is refused.
 */
#include "tests/unit/unit.h"

/* A key of `len` bytes. */
static struct slice
key_of(char key_r[KEY_MAX + 2], size_t len)
{
	memset(key_r, 'k', len);
	return ((struct slice){ key_r, len });
}

static void
test_found(void **state)
{
	struct snapshot *snapshot = snapshot_new();
	char key[16], longest[KEY_MAX + 2];
	struct slice text;
	uint64_t value;

	(void)state;
	assert_false(snapshot_number(snapshot, SLICE("key:0"), &value));
	assert_false(snapshot_text(snapshot, SLICE("=key"), &text));
	for (unsigned i = 500; i-- > 0;) {
		(void)snprintf(key, sizeof(key), "key:%u", i);
		snapshot_add_number(snapshot, slice_of(key), i);
		(void)snprintf(key, sizeof(key), "=key:%u", i);
		snapshot_add_text(snapshot, slice_of(key), slice_of(key + 1));
	}
	snapshot_add_number(snapshot, key_of(longest, KEY_MAX), 96);
	snapshot_sort(snapshot);
	assert_false(snapshot->failed);
	for (unsigned i = 0; i < 500; i++) {
		(void)snprintf(key, sizeof(key), "=key:%u", i);
		assert_true(
		    snapshot_number(snapshot, slice_of(key + 1), &value));
		assert_int_equal(value, i);
		assert_true(snapshot_text(snapshot, slice_of(key), &text));
		assert_true(slice_equal(text, key + 1));
	}
	assert_true(
	    snapshot_number(snapshot, key_of(longest, KEY_MAX), &value));
	assert_int_equal(value, 96);
	assert_false(
	    snapshot_number(snapshot, key_of(longest, KEY_MAX + 1), &value));
	assert_false(snapshot_number(snapshot, SLICE("key:500"), &value));
	assert_false(snapshot_text(snapshot, SLICE("=key:500"), &text));
	snapshot_free(snapshot);
}

static void
test_too_long(void **state)
{
	struct snapshot *snapshot = snapshot_new();
	char key[KEY_MAX + 2];

	(void)state;
	snapshot_add_number(snapshot, key_of(key, KEY_MAX + 1), 1);
	assert_true(snapshot->failed);
	assert_int_equal(snapshot->number_count, 0);
	snapshot_clear(snapshot);
	assert_false(snapshot->failed);
	snapshot_add_text(snapshot, key_of(key, KEY_MAX + 1), SLICE("text"));
	assert_true(snapshot->failed);
	assert_int_equal(snapshot->text_count, 0);
	snapshot_free(snapshot);
}

int
main(void)
{
	const struct CMUnitTest tests[] = {
		TEST("a record is found by its whole key", test_found),
		TEST("a key that is too long marks the snapshot as failed",
		    test_too_long),
	};

	return (cmocka_run_group_tests(tests, NULL, NULL));
}
