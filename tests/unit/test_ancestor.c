/*
 * The store as programs of twenty years see it: dbopen(3) of Berkeley DB
 * 1.85, a key without its NUL, and atoi.
 */
#include "tests/unit/store_unit.h"

#include <fcntl.h>

#include <db_185.h>

/* As the old postfix-stats-get did it. */
static int
old_get(const char *path, const char *key)
{
	DB *db = dbopen(path, O_RDONLY, 0644, DB_HASH, NULL);
	DBT name, data;
	int value = -1;

	if (db == NULL)
		return (-2);
	name.data = (void *)(uintptr_t)key;
	name.size = strlen(key);
	if (db->get(db, &name, &data, 0) == 0)
		value = atoi(data.data);
	(void)db->close(db);
	return (value);
}

static void
test_numbers(void **state)
{
	static const struct {
		const char *key;
		int value;
	} numbers[] = {
		{ "sent:smtp", 0 },
		{ "recv:smtp", 7 },
		{ "smtp:4xx", 42 },
		{ "sent:legal", 2147483647 },
		{ "smtpd:5xx", 1000000 },
	};
	const char *dir = scratch_make();
	struct snapshot *snapshot = sample_snapshot(4096, 1000, 20, 9);

	(void)state;
	for (size_t i = 0; i < COUNT(numbers); i++)
		snapshot_add_number(snapshot, slice_of(numbers[i].key),
		    (uint64_t)numbers[i].value);
	snapshot_sort(snapshot);
	publish(dir, snapshot);
	snapshot_free(snapshot);
	for (size_t i = 0; i < COUNT(numbers); i++)
		assert_int_equal(
		    old_get(path_in(dir, STORE_NAME), numbers[i].key),
		    numbers[i].value);
	assert_int_equal(old_get(path_in(dir, STORE_NAME), "sent:none"), -1);
	scratch_remove(dir);
}

int
main(void)
{
	const struct CMUnitTest tests[] = {
		TEST("a dbopen reader with atoi gets the right numbers",
		    test_numbers),
	};

	return (cmocka_run_group_tests(tests, NULL, NULL));
}
