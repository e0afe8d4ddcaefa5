/*
 * `whm` and `whm_servers` of the configuration file: what is taken, and what is
 * refused with which words and in which line.
 */
#include "tests/unit/config_unit.h"

#define SERVER \
	"whm_servers:\n  - name: a\n    url: https://h.test\n" \
	"    token_file: /t\n    "

static struct config *
must_load(const char *text)
{
	const char *error;
	struct config *config = load(text, &error);

	if (config == NULL)
		fail_msg("%s: %s", text, error);
	return (config);
}

/* --- what is taken ---------------------------------------------------------- */

static void
test_defaults(void **state)
{
	struct config *config = must_load("{}\n");
	const struct config_whm_server *server;

	(void)state;
	assert_int_equal(config->whm_servers_count, 0);
	assert_int_equal(config->whm->capacity, 4096);
	assert_true(config->whm->publish_interval == 1);
	assert_int_equal(config->whm->intervals, 3);
	assert_null(config->whm->events);
	assert_false(config->whm->hash_addresses);
	assert_int_equal(config->whm->email_logs_series, 0);
	config_free(config);
	config = must_load(SERVER "\n");
	assert_int_equal(config->whm_servers_count, 1);
	server = config->whm_servers;
	assert_string_equal(server->name, "a");
	assert_string_equal(server->url, "https://h.test");
	assert_string_equal(server->token_file, "/t");
	assert_string_equal(server->user, "root");
	assert_null(server->ca_file);
	assert_true(server->interval == 300 && server->timeout == 60);
	assert_int_equal(server->max_bytes, 64 << 20);
	assert_int_equal(server->page_size, 2000);
	assert_int_equal(server->window, 86400);
	assert_int_equal(server->users, 500);
	assert_true(server->search);
	assert_int_equal(server->backfill, 0);
	assert_int_equal(server->overlap, 300);
	assert_int_equal(server->remembered, 8192);
	assert_int_equal(server->clock_skew, 300);
	config_free(config);
}

static void
test_all(void **state)
{
	struct config *config = must_load(
	    "whm: { capacity: 512, publish_interval: 0.05, intervals: 1000,\n"
	    "  events: /e, hash_addresses: yes, email_logs_series: 20000 }\n"
	    "whm_servers:\n"
	    "  - { name: abcdefghi.-_1234, url: 'https://[::1]:2087',\n"
	    "      user: u, token_file: t, ca_file: /ca, interval: 86400,\n"
	    "      timeout: 0.1, max_bytes: 4096, page_size: 20000,\n"
	    "      window: 0, users: 0, search: no, backfill: 2592000,\n"
	    "      overlap: 0, remembered: 256, clock_skew: 0 }\n"
	    "  - { name: b, url: 'https://h', token_file: /t }\n");
	const struct config_whm_server *server = config->whm_servers;

	(void)state;
	assert_int_equal(config->whm_servers_count, 2);
	assert_int_equal(config->whm->capacity, 512);
	assert_true(config->whm->publish_interval == 0.05);
	assert_int_equal(config->whm->intervals, 1000);
	assert_string_equal(config->whm->events, "/e");
	assert_true(config->whm->hash_addresses);
	assert_int_equal(config->whm->email_logs_series, 20000);
	assert_string_equal(server->name, "abcdefghi.-_1234");
	assert_string_equal(server->user, "u");
	assert_string_equal(server->token_file, "t");
	assert_string_equal(server->ca_file, "/ca");
	assert_true(server->interval == 86400 && server->timeout == 0.1);
	assert_int_equal(server->max_bytes, 4096);
	assert_int_equal(server->page_size, 20000);
	assert_int_equal(server->window, 0);
	assert_int_equal(server->users, 0);
	assert_false(server->search);
	assert_int_equal(server->backfill, 2592000);
	assert_int_equal(server->overlap, 0);
	assert_int_equal(server->remembered, 256);
	assert_int_equal(server->clock_skew, 0);
	config_free(config);
}

/* What is to be kept decides on the store's size, unless that is said. */
static void
test_capacity(void **state)
{
	struct config *few = must_load(SERVER "users: 10\n"),
		      *many = must_load(SERVER "users: 20000\n"),
		      *logs = must_load(
			  "whm: { email_logs_series: 5000 }\n" SERVER "\n");

	(void)state;
	assert_int_equal(few->whm->capacity, 4096);
	assert_true(many->whm->capacity >= 20001 * (14 + 3 * 3));
	assert_true(logs->whm->capacity >= 5000 * 4 * 3);
	assert_int_equal(many->whm->capacity % 8, 0);
	assert_int_equal(logs->whm->capacity % 8, 0);
	config_free(few);
	config_free(many);
	config_free(logs);
}

/* --- what is refused -------------------------------------------------------- */

struct refusal {
	const char *text;
	const char *place; /* ":LINE:" */
	const char *word;  /* that the message has */
};

/* One more line of a server; it is the fifth. */
static const struct refusal lines[] = { { "user: ''", ":5:", "" },
	{ "user: \"a b\"", ":5:", "user must be without blanks" },
	{ "user: \"a\\nb\"", ":5:", "user must be" },
	{ "ca_file: ca.pem", ":5:", "ca_file must be absolute" },
	{ "interval: 0.5", ":5:", "interval must be 1 to 86400 seconds" },
	{ "interval: 86401", ":5:", "interval must be" },
	{ "interval: 5m", ":5:", "interval must be" },
	{ "timeout: 0", ":5:", "timeout must be 0.1 to 3600 seconds" },
	{ "timeout: 3601", ":5:", "timeout must be" },
	{ "max_bytes: 4095", ":5:", "max_bytes must be 4096 to 67108864" },
	{ "max_bytes: 67108865", ":5:", "max_bytes must be" },
	{ "page_size: 0", ":5:", "page_size must be 1 to 20000 messages" },
	{ "page_size: 20001", ":5:", "page_size must be" },
	{ "window: 2592001", ":5:", "window must be 0 to 2592000 seconds" },
	{ "window: -1", ":5:", "window must be" },
	{ "users: 20001", ":5:", "users must be 0 to 20000 rows" },
	{ "search: 1", ":5:", "search must be yes or no" },
	{ "backfill: 2592001", ":5:", "backfill must be 0 to 2592000" },
	{ "overlap: 86401", ":5:", "overlap must be 0 to 86400 seconds" },
	{ "remembered: 255", ":5:", "remembered must be 256 to 1000000" },
	{ "remembered: 1000001", ":5:", "remembered must be" },
	{ "clock_skew: 86401", ":5:", "clock_skew must be 0 to 86400" },
	{ "search: no\n\n    window: x", ":7:", "window must be" },
	{ "colour: red", ":5:", "colour" }, { NULL, NULL, NULL } };

static const struct refusal texts[] = {
	{ "whm:\n  capacity: 504\n", ":2:", "capacity must be 512 to 1048576" },
	{ "whm:\n  capacity: 513\n", ":2:", "a multiple of 8" },
	{ "whm:\n  capacity: 1048584\n", ":2:", "capacity must be" },
	{ "whm:\n  publish_interval: 0\n", ":2:", "publish_interval must be" },
	{ "whm:\n  publish_interval: 3601\n", ":2:", "publish_interval" },
	{ "whm:\n  intervals: 0\n", ":2:", "intervals must be 1 to 1000" },
	{ "whm:\n  intervals: 1001\n", ":2:", "intervals must be" },
	{ "whm:\n  events: e.json\n", ":2:", "events must be an absolute" },
	{ "whm:\n  events: ''\n", ":2:", "" },
	{ "whm:\n  hash_addresses: 1\n", ":2:", "hash_addresses must be" },
	{ "whm:\n  email_logs_series: 20001\n", ":2:", "0 to 20000 messages" },
	{ "whm:\n  colour: red\n", ":2:", "colour" }, { "whm: 1\n", ":1:", "" },
	{ "whm_servers: x\n", ":1:", "" },
	{ "whm_servers:\n  - { url: 'https://h', token_file: /t }\n", ":",
	    "name" },
	{ "whm_servers:\n  - { name: a, token_file: /t }\n", ":", "url" },
	{ "whm_servers:\n  - { name: a, url: 'https://h' }\n", ":",
	    "token_file" },
	{ "whm_servers:\n  - name: abcdefghijklmnopq\n", ":2:", "" },
	{ SERVER "\n  - name: b\n    url: https://h\n    token_file: /t\n"
		 "  - name: a\n    url: https://h\n    token_file: /t\n",
	    ":9:", "name must be of no other server" },
	{ NULL, NULL, NULL }
};

/* Part of a server with a name, a URL or a token that is none. */
static const struct refusal firsts[] = { { "name: other",
					     ":2:", "name must be letters" },
	{ "name: 'a:b'", ":2:", "name must be" },
	{ "url: http://h", ":3:", "url must be https://HOST:PORT" },
	{ "url: https://", ":3:", "url must be" },
	{ "url: https://h/", ":3:", "url must be" },
	{ "url: https://h?x", ":3:", "url must be" },
	{ "url: 'https://u:p@h'", ":3:", "url must be" },
	{ "url: 'https://h:'", ":3:", "url must be" },
	{ "url: \"https://h\\r\\nX\"", ":3:", "url must be" },
	{ "token_file: ../t", ":4:", "token_file must be an absolute path" },
	{ NULL, NULL, NULL } };

static void
must_refuse(const char *text, const struct refusal *refusal)
{
	const char *error = "nothing";
	struct config *config = load(text, &error);

	if (config != NULL || strstr(error, refusal->place) == NULL ||
	    strstr(error, refusal->word) == NULL)
		fail_msg("%s: %s", text, error);
}

static void
test_refused(void **state)
{
	char text[512];

	(void)state;
	for (const struct refusal *r = texts; r->text != NULL; r++)
		must_refuse(r->text, r);
	for (const struct refusal *r = lines; r->text != NULL; r++) {
		(void)snprintf(text, sizeof(text), SERVER "%s\n", r->text);
		must_refuse(text, r);
	}
	for (const struct refusal *r = firsts; r->text != NULL; r++) {
		(void)snprintf(text, sizeof(text),
		    "whm_servers:\n  - %s\n    %s\n    %s\n",
		    r->place[1] == '2' ? r->text : "name: a",
		    r->place[1] == '3' ? r->text : "url: https://h",
		    r->place[1] == '4' ? r->text : "token_file: /t");
		must_refuse(text, r);
	}
}

int
main(void)
{
	const struct CMUnitTest tests[] = {
		TEST("defaults", test_defaults),
		TEST("every key", test_all),
		TEST("room for what is to be kept", test_capacity),
		TEST("what is refused, with its line", test_refused),
	};

	return (cmocka_run_group_tests(tests, NULL, NULL));
}
