/*
 * Rows of users: so many, the busiest, and the rest together; in the store each
 * key once.
 */
#include "tests/unit/unit.h"

#include "lib/stats/key.h"
#include "whm/users.h"

static void
add(struct users *users, struct slice name, struct slice domain, uint64_t sent)
{
	struct user_row row = { .user = name,
		.domain = domain,
		.primary_domain = SLICE("primary.test"),
		.owner = SLICE("root") };

	row.stat[0] = sent;
	assert_int_equal(users_add(users, &row), 0);
}

static uint64_t
sum_of(const struct users *users)
{
	uint64_t sum = 0;

	for (size_t i = 0; i < users->count; i++)
		sum += users->at[i].stat[0];
	return (sum);
}

/* All of them, in the order of the keys; none is there twice. */
static struct snapshot *
saved(const struct users *users)
{
	struct snapshot *snapshot = snapshot_new();

	users_save(users, "a-server-of-16-b", false, snapshot);
	users_save(users, "a-server-of-16-b", true, snapshot);
	assert_false(snapshot->failed);
	snapshot_sort(snapshot);
	for (size_t i = 0; i < snapshot->number_count; i++) {
		const struct number *number = &snapshot->numbers[i];
		struct slice value[METRIC_LABELS], instance;

		if (i > 0)
			assert_string_not_equal(number->key, number[-1].key);
		if (key_find((struct slice){ number->key, number->key_len },
			value, &instance) == METRIC_COUNT)
			fail_msg("%s is no key", number->key);
	}
	for (size_t i = 1; i < snapshot->text_count; i++)
		assert_string_not_equal(
		    snapshot->texts[i].key, snapshot->texts[i - 1].key);
	return (snapshot);
}

static void
test_other(void **state)
{
	struct users users = { .at = NULL };
	struct snapshot *snapshot;

	(void)state;
	add(&users, SLICE("other"), SLICE(""), 1000);
	add(&users, SLICE("other"), SLICE("x.test"), 900);
	for (unsigned i = 0; i < 10; i++)
		add(&users, SLICE("user"), (struct slice){ "0123456789", i },
		    i);
	users_fold(&users, 4);
	assert_int_equal(sum_of(&users), 1900 + 45);
	assert_int_equal(users.folded, 8);
	assert_int_equal(users.count, 4);
	snapshot = saved(&users);
	assert_int_equal(
	    value_in(snapshot, "mail_user:a-server-of-16-b:other:-:send_count"),
	    1000 + 45 - 9 - 8);
	snapshot_free(snapshot);
	users_free(&users);
}

/* Any bytes, any length, any number that is kept. */
static void
test_any(void **state)
{
	static const size_t most[] = { 0, 1, 7, 100, 20000 };
	uint32_t seed = 5;

	(void)state;
	for (size_t m = 0; m < COUNT(most); m++) {
		struct users users = { .at = NULL };
		uint64_t sum = 0;

		for (unsigned i = 0; i < 500; i++) {
			char bytes[600];
			size_t cut = random_next(&seed) % 300;
			uint64_t sent = random_next(&seed) % 1000;

			for (size_t b = 0; b < sizeof(bytes); b++)
				bytes[b] = i % 2 == 0 ?
				    (char)(random_next(&seed) % 255 + 1) :
				    "ab"[random_next(&seed) % 64 == 0];
			add(&users, (struct slice){ bytes, cut % 40 },
			    (struct slice){ bytes + 300, cut }, sent);
			sum += sent;
		}
		users_fold(&users, most[m]);
		assert_true(users.count <= most[m] + 1);
		assert_int_equal(users.rows, 500);
		assert_int_equal(sum_of(&users), sum);
		snapshot_free(saved(&users));
		users_free(&users);
	}
}

static void
test_names(void **state)
{
	struct users users = { .at = NULL };
	struct snapshot *snapshot;
	struct slice text;

	(void)state;
	add(&users, SLICE("-remote-"), SLICE(""), 1);
	add(&users, SLICE("joe"), SLICE("x y.test"), 2);
	add(&users, SLICE("a-user-of-17-byte"), SLICE("d"), 3);
	users_fold(&users, 3);
	assert_int_equal(users.count, 3);
	snapshot = saved(&users);
#define KEY "mail_user:a-server-of-16-b:"
	assert_int_equal(value_in(snapshot, KEY "-remote-:-:send_count"), 1);
	assert_int_equal(
	    value_in(snapshot, KEY "joe:x%20y.test:send_count"), 2);
	assert_true(snapshot_text(snapshot,
	    SLICE("=mail_domain:a-server-of-16-b:joe:x%20y.test"), &text));
	assert_true(slice_equal(text, "x y.test"));
	snapshot_free(snapshot);
	users_free(&users);
}

int
main(void)
{
	const struct CMUnitTest tests[] = {
		TEST("somebody is called other", test_other),
		TEST("whatever names are, keys are no others' and sums stay",
		    test_any),
		TEST("names in keys and in full", test_names),
	};

	return (cmocka_run_group_tests(tests, NULL, NULL));
}
