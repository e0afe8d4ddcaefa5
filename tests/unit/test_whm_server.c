/*
 * All that a server can have, through a store and back: it fits, and what was
 * counted is as it was.
 */
#include "tests/unit/config_unit.h"

#include "lib/stats/store.h"
#include "whm/answer.h"
#include "whm/logs.h"
#include "whm/server.h"

enum { NOW = 1795449340 };

static const char text[] =
    "whm: { email_logs_series: 2000 }\n"
    "whm_servers:\n"
    "  - { name: abcdefghi.-_1234, url: 'https://h', token_file: /t,\n"
    "      users: 700, remembered: 30000 }\n";

static void
fill_users(struct users *users, const char *prefix, unsigned most)
{
	for (unsigned i = 0; i < 2 * most; i++) {
		struct user_row row = { .primary_domain = SLICE("p.test"),
			.owner = SLICE("root") };
		char name[16], domain[300];

		(void)snprintf(name, sizeof(name), "%s%u", prefix, i);
		(void)snprintf(domain, sizeof(domain), "%0270u", i);
		row.user = slice_of(name);
		row.domain = slice_of(domain);
		row.stat[0] = i;
		assert_int_equal(users_add(users, &row), 0);
	}
	users_fold(users, most);
}

static void
fill_endpoints(struct server *server)
{
	for (unsigned e = 0; e < ENDPOINT_COUNT; e++) {
		struct endpoint_state *state = &server->endpoint[e];

		*state = (struct endpoint_state){ .tried = true,
			.up = true,
			.duration = 7,
			.last_success = NOW,
			.expires = NOW + 100,
			.requests = 1000 + e,
			.failures = 500 + e };
		for (unsigned r = 0; r < REASON_COUNT; r++)
			state->errors[r] = UINT64_MAX - r - e * 100;
		memset(state->fault, 'x', sizeof(state->fault) - 1);
	}
}

static void
fill_tallies(struct tallies *tallies)
{
	uint64_t *number = (uint64_t *)tallies;

	for (size_t i = 0; i < sizeof(*tallies) / sizeof(*number); i++)
		number[i] = i * 1000003 + 1;
}

static void
fill(struct server *server, struct logs *logs)
{
	fill_users(&server->users[0], "u", server->config->users);
	fill_users(&server->users[1], "w", server->config->users);
	fill_endpoints(server);
	fill_tallies(&server->tallies);
	server->cursor = NOW - 1;
	server->alive = NOW + 50;
	server->skew = -3;
	server->told = told_new(server->config->remembered);
	for (unsigned i = 0; i < server->config->remembered; i++) {
		struct told_item item = { i * UINT64_C(0x9e3779b97f4a7c15),
			i * 2654435761u, NOW - 20000 + i };

		told_add(server->told, &item);
	}
	told_set_since(server->told, NOW - 30000);
	for (unsigned i = 0; i < 2500; i++) {
		static char bytes[4096];
		struct message message = { .sum.action_time = NOW - i };

		memset(bytes, 'y', sizeof(bytes));
		for (unsigned t = 0; t < MESSAGE_TEXTS; t++)
			message.text[t] = (struct slice){ bytes, 4096 };
		message.text[TEXT_ACTION_TIME] = SLICE("1795449340");
		(void)logs_add(logs, 0, &message);
	}
}

static void
same_state(const struct server *one, const struct server *other)
{
	struct told_item item;
	unsigned at = 0, count = 0;

	assert_memory_equal(
	    &one->tallies, &other->tallies, sizeof(one->tallies));
	assert_int_equal(one->cursor, other->cursor);
	assert_int_equal(told_since(one->told), told_since(other->told));
	while (told_next(one->told, &at, &item)) {
		assert_true(told_has(other->told, &item));
		count++;
	}
	assert_int_equal(count, one->config->remembered);
	for (unsigned e = 0; e < ENDPOINT_COUNT; e++) {
		const struct endpoint_state *a = &one->endpoint[e];
		const struct endpoint_state *b = &other->endpoint[e];

		assert_int_equal(a->requests, b->requests);
		assert_int_equal(a->failures, b->failures);
		assert_int_equal(a->last_success, b->last_success);
		assert_memory_equal(a->errors, b->errors, sizeof(a->errors));
		/* is not known, and has not been asked yet */
		assert_false(b->tried || b->up);
	}
}

static struct snapshot *
through_store(struct snapshot *snapshot, uint32_t capacity)
{
	const char *dir = scratch_make(), *error = "no error text";
	struct snapshot *back = NULL;

	snapshot->generation = 1;
	snapshot->capacity = capacity;
	snapshot_sort(snapshot);
	assert_false(snapshot->failed);
	for (size_t i = 1; i < snapshot->number_count; i++)
		assert_string_not_equal(
		    snapshot->numbers[i].key, snapshot->numbers[i - 1].key);
	assert_true(snapshot->number_count + snapshot->text_count <= capacity);
	if (store_publish(dir, WHM_STORE_NAME, snapshot, &error) != 0 ||
	    store_read(path_in(dir, WHM_STORE_NAME), &back, &error) != STORE_OK)
		fail_msg("%s", error);
	scratch_remove(dir);
	return (back);
}

static void
test_all(void **state)
{
	const char *error;
	struct config *config = load(text, &error);
	struct server one = { .config = config->whm_servers };
	struct server other = { .config = config->whm_servers };
	struct logs *logs = logs_new(config->whm->email_logs_series);
	struct snapshot *snapshot = snapshot_new(), *back;

	(void)state;
	fill(&one, logs);
	server_save(&one, NOW, snapshot);
	logs_save(logs, 0, one.config->name, snapshot);
	back = through_store(snapshot, config->whm->capacity);
	other.told = told_new(other.config->remembered);
	server_load(&other, back);
	same_state(&one, &other);
	told_free(one.told);
	told_free(other.told);
	users_free(&one.users[0]);
	users_free(&one.users[1]);
	logs_free(logs);
	snapshot_free(snapshot);
	snapshot_free(back);
	config_free(config);
}

/* What an endpoint said is not published when it has expired. */
static void
test_expired(void **state)
{
	const char *error;
	struct config *config = load(text, &error);
	struct server server = { .config = config->whm_servers };
	struct logs *logs = logs_new(1);
	struct snapshot *snapshot = snapshot_new();

	(void)state;
	fill(&server, logs);
	server_save(&server, NOW + 100, snapshot);
	snapshot_sort(snapshot);
	for (size_t i = 0; i < snapshot->number_count; i++)
		assert_true(
		    strncmp(snapshot->numbers[i].key, "mail_", 5) != 0 &&
		    strncmp(snapshot->numbers[i].key, "whm_total:", 10) != 0);
	assert_int_not_equal(
	    value_in(snapshot, "whm:abcdefghi.-_1234:stats:requests"), ABSENT);
	told_free(server.told);
	users_free(&server.users[0]);
	users_free(&server.users[1]);
	logs_free(logs);
	snapshot_free(snapshot);
	config_free(config);
}

int
main(void)
{
	const struct CMUnitTest tests[] = {
		TEST("all that there can be fits and comes back", test_all),
		TEST("what has expired is not published", test_expired),
	};

	return (cmocka_run_group_tests(tests, NULL, NULL));
}
