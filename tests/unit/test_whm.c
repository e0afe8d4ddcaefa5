/*
 * The parts of postfix-stats-whm: answers, rows, what was told, users, logs,
 * pseudonyms, a server in the store.
 */
#include "lib/stats/key.h"
#include "lib/stats/whm_rows.h"
#include "tests/unit/unit.h"
#include "whm/answer.h"
#include "whm/logs.h"
#include "whm/pseudonym.h"
#include "whm/server.h"

#define RIGHT "\"metadata\":{\"result\":1}"

/* --- answers ---------------------------------------------------------------- */

static enum reason
reason_for(const char *bytes, size_t len)
{
	struct answer answer;
	struct fault fault = { .reason = REASON_NONE };
	enum reason reason = answer_read(bytes, len, &answer, &fault);

	if (reason == REASON_NONE)
		answer_end(&answer);
	else
		assert_true(fault.text[0] != '\0');
	return (reason);
}

static void
answers(void **state)
{
	static const struct {
		const char *body;
		enum reason reason;
	} bodies[] = {
		{ "{\"data\":{\"records\":[]}," RIGHT "}", REASON_NONE },
		{ " \n{\"data\":{\"records\":[{}]},"
		  "\"metadata\":{\"result\":\"1\"}}",
		    REASON_NONE },
		{ "", REASON_EMPTY },
		{ " \r\n\t", REASON_EMPTY },
		{ "<html>", REASON_HTML },
		{ "\n <!DOCTYPE html>", REASON_HTML },
		{ "[]", REASON_SHAPE },
		{ "{}", REASON_SHAPE },
		{ "{\"metadata\":1}", REASON_SHAPE },
		{ "{\"metadata\":{}}", REASON_API },
		{ "{\"metadata\":{\"result\":0,\"reason\":\"no\"}}",
		    REASON_API },
		{ "{\"metadata\":{\"result\":1,\"overflowed\":1}}",
		    REASON_OVERFLOWED },
		{ "{" RIGHT "}", REASON_SHAPE },
		{ "{\"data\":{\"records\":{}}," RIGHT "}", REASON_SHAPE },
		{ "{\"data\":{\"records\":[1]}," RIGHT "}", REASON_SHAPE },
		{ "{\"a\":1,\"a\":2," RIGHT "}", REASON_DUPLICATE_KEY },
		{ "{\"a\":\"\xff\"}", REASON_ENCODING },
		{ "{\"a\":\"\\u0000\"}", REASON_JSON },
		{ "{\"a\":99999999999999999999}", REASON_NUMBER },
		{ "{\"a\":1e999}", REASON_NUMBER },
		{ "{\"data\":{\"records\":[", REASON_TRUNCATED },
		{ "{} {}", REASON_JSON },
		{ "nonsense", REASON_JSON },
		{ "\xef\xbb\xbf{}", REASON_JSON },
	};

	(void)state;
	for (size_t i = 0; i < COUNT(bodies); i++)
		if (reason_for(bodies[i].body, strlen(bodies[i].body)) !=
		    bodies[i].reason)
			fail_msg("%s is not %s", bodies[i].body,
			    reason_name(bodies[i].reason));
}

/* Few bytes that ask for much: too deep, and too wide. */
static void
answers_that_are_bombs(void **state)
{
	enum { LEN = 6000000 };
	char *bytes = malloc(LEN);

	(void)state;
	assert_non_null(bytes);
	memset(bytes, '[', LEN);
	assert_int_equal(reason_for(bytes, LEN), REASON_NESTING);
	bytes[0] = '[';
	for (size_t i = 1; i + 2 < LEN; i += 3)
		memcpy(bytes + i, "[],", 3);
	assert_int_equal(reason_for(bytes, LEN), REASON_MEMORY);
	free(bytes);
	assert_int_equal(reason_for("{}", 2), REASON_SHAPE);
}

/* --- rows ------------------------------------------------------------------- */

static json_t *
json_of(const char *text)
{
	json_t *json = json_loads(text, 0, NULL);

	assert_non_null(json);
	return (json);
}

#define COUNTS \
	",\"SENDCOUNT\":1,\"SUCCESSCOUNT\":2,\"FAILCOUNT\":3," \
	"\"DEFERCOUNT\":4,\"DEFERFAILCOUNT\":5,\"TOTALSIZE\":6"

static enum reason
user_of(const char *text, struct user_row *row_r)
{
	struct fault fault = { .reason = REASON_NONE };
	json_t *json = json_of(text);
	enum reason reason = user_read(json, row_r, &fault);

	/* slices are of the JSON */
	row_r->user.at = row_r->domain.at = NULL;
	json_decref(json);
	return (reason);
}

static void
users_rows(void **state)
{
	static const struct {
		const char *limit;
		bool reached;
	} limits[] = { { "0", false }, { "1", true }, { "null", false },
		{ "\"5/5 (100%)\"", true }, { "\"150/150\"", true },
		{ "\"3/5 (60%)\"", false }, { "\"0\"", false },
		{ "\"\"", false }, { "\"1\"", true }, { "true", true },
		{ "\"5 / 5\"", true }, { "\"3/unlimited\"", false } };
	struct user_row row;
	char text[512];

	(void)state;
	assert_int_equal(
	    user_of("{\"USER\":\"u\"" COUNTS "}", &row), REASON_NONE);
	for (unsigned i = 0; i < USER_STATS; i++)
		assert_int_equal(row.stat[i], i + 1);
	for (size_t i = 0; i < COUNT(limits); i++) {
		(void)snprintf(text, sizeof(text),
		    "{\"USER\":\"u\",\"REACHED_MAXEMAILS\":%s" COUNTS "}",
		    limits[i].limit);
		assert_int_equal(user_of(text, &row), REASON_NONE);
		assert_int_equal(row.max_emails, limits[i].reached);
		assert_false(row.max_defer_fail);
	}
	assert_int_equal(
	    user_of("{\"USER\":\"u\",\"REACHED_MAXEMAILS\":\"a/b\"" COUNTS "}",
		&row),
	    REASON_NUMBER);
	assert_int_equal(
	    user_of("{\"USER\":null" COUNTS "}", &row), REASON_SHAPE);
	assert_int_equal(user_of("{\"USER\":7" COUNTS "}", &row), REASON_SHAPE);
	assert_int_equal(
	    user_of("{\"USER\":\"u\",\"SENDCOUNT\":1}", &row), REASON_SHAPE);
}

static void
numbers(void **state)
{
	static const struct {
		const char *value;
		enum reason reason;
		uint64_t number;
	} values[] = { { "0", REASON_NONE, 0 }, { "26357", REASON_NONE, 26357 },
		{ "\"26357\"", REASON_NONE, 26357 }, { "null", REASON_NONE, 0 },
		{ "\"\"", REASON_NONE, 0 },
		{ "9223372036854775807", REASON_NONE, INT64_MAX },
		{ "\"18446744073709551615\"", REASON_NONE, UINT64_MAX },
		{ "\"18446744073709551616\"", REASON_NUMBER, 0 },
		{ "-1", REASON_NEGATIVE, 0 }, { "\"-1\"", REASON_NEGATIVE, 0 },
		{ "1.5", REASON_NUMBER, 0 }, { "\"many\"", REASON_NUMBER, 0 },
		{ "\"1 \"", REASON_NUMBER, 0 }, { "[]", REASON_NUMBER, 0 },
		{ "{}", REASON_NUMBER, 0 } };
	struct user_row row;
	char text[512];

	(void)state;
	for (size_t i = 0; i < COUNT(values); i++) {
		(void)snprintf(text, sizeof(text),
		    "{\"USER\":\"u\",\"SUCCESSCOUNT\":2,\"FAILCOUNT\":3,"
		    "\"DEFERCOUNT\":4,\"DEFERFAILCOUNT\":5,\"TOTALSIZE\":6,"
		    "\"SENDCOUNT\":%s}",
		    values[i].value);
		if (user_of(text, &row) != values[i].reason)
			fail_msg("%s is not %s", values[i].value,
			    reason_name(values[i].reason));
		if (values[i].reason == REASON_NONE)
			assert_true(row.stat[0] == values[i].number);
	}
}

static void
messages(void **state)
{
	json_t *json = json_of("{\"msgid\":\"m\",\"recipient\":\"r@x\","
			       "\"type\":\"failure\",\"actionunixtime\":20,"
			       "\"sendunixtime\":\"5\",\"size\":null,"
			       "\"transport_is_remote\":1,\"spamscore\":1.25,"
			       "\"host\":null,\"user\":17}");
	struct fault fault;
	struct message message;

	(void)state;
	assert_int_equal(message_read(json, &message, &fault), REASON_NONE);
	assert_int_equal(message.sum.type, MESSAGE_FAILURE);
	assert_true(message.sum.remote);
	assert_int_equal(message.sum.action_time, 20);
	assert_int_equal(message.sum.send_time, 5);
	assert_int_equal(message.sum.size, 0);
	assert_true(slice_equal(message.text[TEXT_USER], "17"));
	assert_true(slice_equal(message.text[TEXT_SPAM_SCORE], "1.25"));
	assert_true(slice_equal(message.text[TEXT_ACTION_TIME], "20"));
	assert_int_equal(message.text[TEXT_HOST].len, 0);
	(void)json_object_set_new(json, "type", json_string("archive"));
	assert_int_equal(message_read(json, &message, &fault), REASON_NONE);
	assert_int_equal(message.sum.type, MESSAGE_OTHER);
	/* as one that speaks Perl could have it */
	(void)json_object_set_new(json, "transport_is_remote", json_false());
	assert_int_equal(message_read(json, &message, &fault), REASON_NONE);
	assert_false(message.sum.remote);
	assert_true(slice_equal(message.text[TEXT_REMOTE], "0"));
	(void)json_object_set_new(json, "type", json_null());
	assert_int_equal(message_read(json, &message, &fault), REASON_SHAPE);
	assert_non_null(strstr(fault.text, "type"));
	json_decref(json);
}

/* --- what was told ---------------------------------------------------------- */

enum { TOLD_MOST = 256, TOLD_TIMES = 64 };

/* Against a list that is searched from one end to the other. */
static void
told_as_a_list_has_it(void **state)
{
	struct told *told = told_new(TOLD_MOST);
	static struct told_item list[TOLD_MOST];
	unsigned count = 0;

	(void)state;
	srand(7);
	for (unsigned step = 0; step < 40000; step++) {
		struct told_item item = { (unsigned)rand() % 50 * 1024,
			(unsigned)rand() % 7, (unsigned)rand() % TOLD_TIMES };
		bool known = false;
		unsigned oldest = 0;

		for (unsigned i = 0; i < count; i++) {
			known |= memcmp(&list[i].high, &item.high, 8) == 0 &&
			    list[i].low == item.low &&
			    list[i].time == item.time;
			if (list[i].time < list[oldest].time)
				oldest = i;
		}
		assert_int_equal(told_has(told, &item), known);
		if (step % 500 == 499) {
			unsigned kept = 0;

			told_forget(told, 20);
			for (unsigned i = 0; i < count; i++)
				if (list[i].time >= 20)
					list[kept++] = list[i];
			count = kept;
		}
		/* which of several that are as old goes, it may choose */
		if (known || told_has(told, &item) || count == TOLD_MOST)
			continue;
		told_add(told, &item);
		list[count++] = item;
	}
	assert_true(count > 100);
	told_free(told);
}

static void
told_is_full(void **state)
{
	struct told *told = told_new(4);
	struct told_item item, first = { 1, 1, 10 };

	(void)state;
	for (unsigned i = 0; i < 6; i++) {
		item = (struct told_item){ i + 1, 1, 10 + i };
		told_add(told, &item);
	}
	assert_false(told_has(told, &first));
	assert_true(told_has(told, &item));
	/* nothing as old as what is forgotten is asked for */
	assert_int_equal(told_since(told), 12);
	told_free(told);
}

/* --- users ------------------------------------------------------------------ */

static void
add_user(
    struct users *users, const char *name, const char *domain, uint64_t sent)
{
	struct user_row row = { .user = slice_of(name),
		.domain = slice_of(domain),
		.primary_domain = SLICE(""),
		.owner = SLICE("root") };

	row.stat[0] = sent;
	assert_int_equal(users_add(users, &row), 0);
}

static void
users_are_folded(void **state)
{
	struct users users = { .at = NULL };

	(void)state;
	for (unsigned i = 0; i < 100; i++) {
		char name[16];

		(void)snprintf(name, sizeof(name), "u%u", i);
		add_user(&users, name, "x.example", i);
	}
	add_user(&users, "u5", "x.example", 1000);
	users_fold(&users, 3);
	assert_int_equal(users.count, 4);
	assert_int_equal(users.rows, 101);
	assert_int_equal(users.folded, 97);
	assert_memory_equal(users.at[0].name, "u5", 2);
	assert_int_equal(users.at[0].stat[0], 1005);
	assert_int_equal(users.at[2].stat[0], 98);
	assert_memory_equal(users.at[3].name, "other", 5);
	assert_int_equal(users.at[3].stat[0], 4950 - 5 - 99 - 98);
	users_free(&users);
	users_fold(&users, 3);
	assert_int_equal(users.count, 0);
	users_free(&users);
}

static void
labels_fit(void **state)
{
	char long_name[600], one[LABEL_MAX], other[LABEL_MAX];

	(void)state;
	for (size_t len = 0; len < sizeof(long_name); len++) {
		size_t got;

		memset(long_name,
		    len % 3 == 0     ? 'a' :
			len % 3 == 1 ? ':' :
				       '\xc3',
		    sizeof(long_name));
		got = whm_label(
		    LABEL_WHM_USER, (struct slice){ long_name, len }, one);
		assert_in_range(got, 1, LABEL_SHORT);
		got = whm_label(
		    LABEL_WHM_DOMAIN, (struct slice){ long_name, len }, one);
		assert_in_range(got, 1, LABEL_MAX);
	}
	memset(long_name, 'a', sizeof(long_name));
	(void)whm_label(
	    LABEL_WHM_DOMAIN, (struct slice){ long_name, 100 }, one);
	(void)whm_label(
	    LABEL_WHM_DOMAIN, (struct slice){ long_name, 101 }, other);
	assert_memory_not_equal(one, other, LABEL_MAX);
	assert_int_equal(whm_label(LABEL_WHM_USER, SLICE(""), one), 1);
	assert_int_equal(one[0], '-');
}

/* --- logs ------------------------------------------------------------------- */

static void
add_log(struct logs *logs, unsigned server, uint64_t time, int gone)
{
	static char text[3000];
	struct message message = { .sum = { .action_time = time } };
	char number[24];

	memset(text, 'm', sizeof(text));
	for (unsigned i = 0; i < MESSAGE_TEXTS; i++)
		message.text[i] = i % 2 == 0 ? SLICE("") : SLICE("text");
	(void)snprintf(number, sizeof(number), "%" PRIu64, time);
	message.text[TEXT_ACTION_TIME] = slice_of(number);
	message.text[TEXT_MESSAGE] = (struct slice){ text,
		time % 3 == 0 ? sizeof(text) : 10 };
	message.text[TEXT_USER] = SLICE("the-end");
	assert_int_equal(logs_add(logs, server, &message), gone);
}

static unsigned
count_logs(const struct snapshot *snapshot)
{
	unsigned count = 0;

	for (size_t i = 0; i < snapshot->text_count; i++)
		count +=
		    snapshot->texts[i].key[snapshot->texts[i].key_len - 1] ==
		    '0';
	return (count);
}

static void
the_newest_logs(void **state)
{
	struct logs *logs = logs_new(10), *again = logs_new(10);
	struct snapshot *first = snapshot_new(), *second = snapshot_new();

	(void)state;
	for (uint64_t i = 0; i < 10; i++)
		add_log(logs, 0, 100 + i, -1);
	add_log(logs, 1, 50, 1);
	add_log(logs, 1, 200, 0);
	logs_save(logs, 0, "a", first);
	snapshot_sort(first);
	assert_int_equal(count_logs(first), 9);
	logs_load(again, 0, "a", first);
	logs_save(again, 0, "a", second);
	snapshot_sort(second);
	assert_int_equal(count_logs(second), 9);
	assert_int_equal(first->text_count, second->text_count);
	logs_free(logs);
	logs_free(again);
	snapshot_free(first);
	snapshot_free(second);
}

/* --- pseudonyms --------------------------------------------------------------- */

static void
pseudonyms(void **state)
{
	const struct secret_key key = { { 1, 2, 3 } }, other_key = { { 4 } };
	struct buffer scratch = { .at = NULL };
	struct message message;
	char first[64];

	(void)state;
	for (unsigned i = 0; i < MESSAGE_TEXTS; i++)
		message.text[i] = SLICE("");
	assert_true(pseudonym_apply(&key, &scratch, &message));
	message.text[TEXT_RECIPIENT] = SLICE("Bob@example.com");
	message.text[TEXT_SENDER] = SLICE("<bob@example.com>");
	message.text[TEXT_MESSAGE] = SLICE(
	    "550 <bob@example.com>: no \"b o b\"@example.com, x@y@z, @, a@");
	message.text[TEXT_DELIVERY_USER] = SLICE("bob");
	message.text[TEXT_USER] = SLICE("account");
	assert_true(pseudonym_apply(&key, &scratch, &message));
	assert_int_equal(message.text[TEXT_RECIPIENT].len, 16 + 12);
	assert_null(memmem(scratch.at, scratch.len, "bob", 3));
	assert_null(memmem(scratch.at, scratch.len, "b o b", 5));
	assert_non_null(memmem(scratch.at, scratch.len, "550 <", 5));
	/* in any case the same */
	assert_memory_equal(message.text[TEXT_RECIPIENT].at,
	    message.text[TEXT_SENDER].at + 1, 16);
	assert_true(slice_equal(message.text[TEXT_USER], "account"));
	memcpy(first, message.text[TEXT_RECIPIENT].at, 16);
	message.text[TEXT_RECIPIENT] = SLICE("bob@example.com");
	assert_true(pseudonym_apply(&other_key, &scratch, &message));
	assert_memory_not_equal(first, message.text[TEXT_RECIPIENT].at, 16);
	buffer_free(&scratch);
}

/* --- a server in the store ---------------------------------------------------- */

static const struct config_whm_server config = { .name = "cp",
	.remembered = 1000,
	.interval = 60 };

static void
a_server_is_saved(void **state)
{
	struct server one = { .config = &config, .told = told_new(1000) };
	struct server other = { .config = &config, .told = told_new(1000) };
	struct snapshot *snapshot = snapshot_new();
	struct message_sum sum = { .type = MESSAGE_SUCCESS,
		.action_time = 100,
		.send_time = 40,
		.size = 5000 };
	uint64_t value;

	(void)state;
	tallies_add(&one.tallies, &sum);
	one.cursor = 12345;
	one.endpoint[ENDPOINT_SEARCH].errors[REASON_JSON] = 3;
	one.endpoint[ENDPOINT_SEARCH].requests = 9;
	for (unsigned i = 0; i < 500; i++) {
		struct told_item item = { i * 77777777, i, 1795449340 + i };

		told_add(one.told, &item);
	}
	server_save(&one, 0, snapshot);
	snapshot_sort(snapshot);
	assert_false(snapshot->failed);
	assert_true(
	    snapshot_number(snapshot, SLICE("whm_delay:cp:le:60"), &value));
	assert_int_equal(value, 1);
	assert_true(
	    snapshot_number(snapshot, SLICE("whm_delay:cp:le:10"), &value));
	assert_int_equal(value, 0);
	server_load(&other, snapshot);
	assert_memory_equal(&one.tallies, &other.tallies, sizeof(one.tallies));
	assert_int_equal(other.cursor, 12345);
	assert_int_equal(
	    other.endpoint[ENDPOINT_SEARCH].errors[REASON_JSON], 3);
	assert_int_equal(other.endpoint[ENDPOINT_SEARCH].requests, 9);
	for (unsigned i = 0; i < 500; i++) {
		struct told_item item = { i * 77777777, i, 1795449340 + i };

		assert_true(told_has(other.told, &item));
	}
	snapshot_free(snapshot);
	told_free(one.told);
	told_free(other.told);
}

static void
number(struct snapshot *snapshot, const char *key, uint64_t value)
{
	snapshot_add_number(snapshot, slice_of(key), value);
}

static void
what_is_too_old(void **state)
{
	struct snapshot *snapshot = snapshot_new();
	bool dropped = false;
	uint64_t value;

	(void)state;
	number(snapshot, "mail_user:a:u:d:send_count", 1);
	number(snapshot, "mail_limit:a:u:d:max_emails", 1);
	number(snapshot, "mail_window:a:u:d:send_count", 1);
	number(snapshot, "mail_user:b:u:d:send_count", 1);
	number(snapshot, "mail:a:success", 1);
	number(snapshot, "whm_event:a:success:no", 1);
	number(snapshot, "whm:a:search:up", 1);
	number(snapshot, "whm:a:search:requests", 1);
	number(snapshot, "whm:a:user_stats:expires", 100);
	number(snapshot, "whm:a:user_window:expires", 200);
	number(snapshot, "whm:b:user_stats:expires", 300);
	number(snapshot, "whm_server:a:expires", 150);
	number(snapshot, "whm_server:a:users", 7);
	number(snapshot, "whm_server:a:backing_off", 1);
	number(snapshot, "whm_server:a:cursor", 1);
	snapshot_add_text(snapshot, SLICE("=mail_owner:a:u:d"), SLICE("root"));
	snapshot_add_text(snapshot, SLICE("=meta"), SLICE("x"));
	snapshot_sort(snapshot);
	assert_int_equal(whm_expire(snapshot, 99, &dropped), 100);
	assert_false(dropped);
	assert_int_equal(whm_expire(snapshot, 100, &dropped), 150);
	assert_true(dropped);
	assert_false(snapshot_number(
	    snapshot, SLICE("mail_user:a:u:d:send_count"), &value));
	assert_false(snapshot_number(
	    snapshot, SLICE("mail_limit:a:u:d:max_emails"), &value));
	assert_true(snapshot_number(
	    snapshot, SLICE("mail_window:a:u:d:send_count"), &value));
	assert_int_equal(snapshot->text_count, 1);
	assert_false(
	    snapshot_number(snapshot, SLICE("whm_server:a:users"), &value));
	assert_true(snapshot_number(
	    snapshot, SLICE("whm_server:a:backing_off"), &value));
	assert_true(
	    snapshot_number(snapshot, SLICE("whm:a:search:up"), &value));
	assert_int_equal(whm_expire(snapshot, 250, &dropped), 300);
	assert_false(
	    snapshot_number(snapshot, SLICE("whm:a:search:up"), &value));
	assert_false(snapshot_number(
	    snapshot, SLICE("whm_server:a:backing_off"), &value));
	assert_true(
	    snapshot_number(snapshot, SLICE("whm_server:a:cursor"), &value));
	assert_true(
	    snapshot_number(snapshot, SLICE("whm:a:search:requests"), &value));
	assert_true(snapshot_number(snapshot, SLICE("mail:a:success"), &value));
	assert_true(
	    snapshot_number(snapshot, SLICE("whm_event:a:success:no"), &value));
	dropped = false;
	assert_true(whm_expire(snapshot, 301, &dropped) == WHM_NEVER);
	assert_true(dropped);
	dropped = false;
	assert_true(whm_expire(snapshot, 302, &dropped) == WHM_NEVER);
	assert_false(dropped);
	snapshot_free(snapshot);
}

int
main(void)
{
	const struct CMUnitTest tests[] = {
		TEST("each kind of answer has its reason", answers),
		TEST(
		    "few bytes do not get much memory", answers_that_are_bombs),
		TEST("rows of users, and their limits", users_rows),
		TEST("numbers in all their forms", numbers),
		TEST("messages", messages),
		TEST("what was told is known again", told_as_a_list_has_it),
		TEST("the oldest is forgotten", told_is_full),
		TEST("the busiest users, and others", users_are_folded),
		TEST("labels fit a key and differ", labels_fit),
		TEST("the newest messages are series", the_newest_logs),
		TEST("no address is left", pseudonyms),
		TEST("a server is saved and loaded", a_server_is_saved),
		TEST("what is too old is dropped", what_is_too_old),
	};

	answer_begin();
	return (cmocka_run_group_tests(tests, NULL, NULL));
}
