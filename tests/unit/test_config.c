/*
 * The configuration file: what is taken, and what is refused with which
 * words.
 */
#include "tests/unit/config_unit.h"

static void
assert_notifications(const struct config *config, bool enabled,
    unsigned silent_after, unsigned behind_after, unsigned high, unsigned low,
    unsigned attempts)
{
	const struct config_notifications *n = &config->snmp->notifications;

	assert_int_equal(n->enabled, enabled);
	assert_int_equal(n->silent_after, silent_after);
	assert_int_equal(n->behind_after, behind_after);
	assert_int_equal(n->deferral_high, high);
	assert_int_equal(n->deferral_low, low);
	assert_int_equal(n->deferral_attempts, attempts);
}

static const char *const empty[] = { "", "\n", "# nothing\n", "---\n",
	"---\n# nothing\n...\n", "{}\n", "logs: []\n", "snmp: {}\n",
	"snmp:\n  notifications: {}\n", "queue: {}\n",
	"queue:\n  sockets: []\n", "rules: []\nreasons: []\n", NULL };

static void
test_defaults(void **state)
{
	const char *error;

	(void)state;
	for (size_t i = 0; empty[i] != NULL; i++) {
		struct config *config = load(empty[i], &error);

		if (config == NULL)
			fail_msg("\"%s\": %s", empty[i], error);
		assert_int_equal(config->logs_count, 0);
		assert_string_equal(
		    config->state_directory, "/var/lib/postfix-stats");
		assert_true(config->publish_interval == 1);
		assert_int_equal(config->capacity, 4096);
		assert_int_equal(config->syslog_names_count, 0);
		assert_string_equal(
		    config->snmp->base_oid, "1.3.6.1.4.1.8072.9999.9999.25");
		assert_int_equal(config->snmp->ping_interval, 5);
		assert_true(config->snmp->ietf_tables);
		assert_true(strlen(config->snmp->agentx_socket) > 0);
		assert_notifications(config, true, 3600, 60, 50, 25, 20);
		assert_int_equal(config->queue->sample, CHOICE_AUTO);
		assert_int_equal(config->queue->sockets_count, 1);
		assert_string_equal(config->queue->sockets[0].path,
		    "/var/spool/postfix/public/showq");
		assert_null(config->queue->sockets[0].instance);
		assert_true(config->queue->interval == 30);
		assert_true(config->queue->deadline == 60);
		assert_null(config->reinjection);
		assert_int_equal(config->top_count, 0);
		assert_false(config->by_host);
		assert_int_equal(config->rules_count, 0);
		assert_int_equal(config->reasons_count, 0);
		assert_true(config->shipped_reasons);
		assert_false(config->probes_apart);
		config_free(config);
	}
}

static void
test_all_keys(void **state)
{
	const char *error;
	struct config *config = load("logs:\n"
				     "  - path: /var/log/mail.log\n"
				     "  - path: /var/log/out.log\n"
				     "    instance: postfix-out\n"
				     "journal: true\n"
				     "state_directory: /srv/stats\n"
				     "publish_interval: 0.25\n"
				     "capacity: 8192\n"
				     "syslog_names: [mail, relay]\n"
				     "snmp:\n"
				     "  base_oid: 1.3.6.1.4.1.1\n"
				     "  agentx_socket: tcp:127.0.0.1:705\n"
				     "  ping_interval: 30\n"
				     "  ietf_tables: no\n"
				     "  notifications:\n"
				     "    enabled: no\n"
				     "    silent_after: 604800\n"
				     "    behind_after: 0\n"
				     "    deferral_high: 100\n"
				     "    deferral_low: 1\n"
				     "    deferral_attempts: 1000000\n"
				     "queue:\n"
				     "  sample: no\n"
				     "  interval: 0.5\n"
				     "  deadline: 7\n"
				     "  sockets:\n"
				     "    - path: /a/showq\n"
				     "      instance: postfix\n"
				     "    - path: /b/showq\n"
				     "      instance: postfix-out\n"
				     "reinjection:\n"
				     "  transport: legal amavis\n"
				     "  relay: 127.0.0.1:10024\n"
				     "  service: reinject\n"
				     "  client: 127.0.0.1:10025\n"
				     "  pickup_uid: 65\n"
				     "group_by: host\n"
				     "top: [client, rcpt_domain]\n"
				     "rules:\n"
				     "  - name: a\n"
				     "    daemon: smtpd, smtp\n"
				     "    service: relay\n"
				     "    pattern: (x)\n"
				     "    label: 1\n"
				     "    value: n\n"
				     "    scale: 1000\n"
				     "    histogram: yes\n"
				     "  - { name: b, pattern: y }\n"
				     "reasons:\n"
				     "  - reason: tls\n"
				     "    for: failure\n"
				     "    pattern: z\n"
				     "shipped_reasons: no\n"
				     "probes_apart: yes\n",
	    &error);

	(void)state;
	if (config == NULL)
		fail_msg("%s", error);
	assert_int_equal(config->logs_count, 2);
	assert_string_equal(config->logs[0].path, "/var/log/mail.log");
	assert_null(config->logs[0].instance);
	assert_string_equal(config->logs[1].path, "/var/log/out.log");
	assert_string_equal(config->logs[1].instance, "postfix-out");
	assert_int_equal(config->journal, CHOICE_YES);
	assert_string_equal(config->state_directory, "/srv/stats");
	assert_true(config->publish_interval == 0.25);
	assert_int_equal(config->capacity, 8192);
	assert_int_equal(config->syslog_names_count, 2);
	assert_string_equal(config->syslog_names[1], "relay");
	assert_string_equal(config->snmp->base_oid, "1.3.6.1.4.1.1");
	assert_string_equal(config->snmp->agentx_socket, "tcp:127.0.0.1:705");
	assert_int_equal(config->snmp->ping_interval, 30);
	assert_false(config->snmp->ietf_tables);
	assert_notifications(config, false, 604800, 0, 100, 1, 1000000);
	assert_int_equal(config->queue->sample, CHOICE_NO);
	assert_true(config->queue->interval == 0.5);
	assert_true(config->queue->deadline == 7);
	assert_int_equal(config->queue->sockets_count, 2);
	assert_string_equal(config->queue->sockets[1].path, "/b/showq");
	assert_string_equal(config->queue->sockets[1].instance, "postfix-out");
	assert_string_equal(config->reinjection->transport, "legal amavis");
	assert_string_equal(config->reinjection->relay, "127.0.0.1:10024");
	assert_string_equal(config->reinjection->service, "reinject");
	assert_string_equal(config->reinjection->client, "127.0.0.1:10025");
	assert_string_equal(config->reinjection->pickup_uid, "65");
	assert_true(config->by_host);
	assert_int_equal(config->top_count, 2);
	assert_string_equal(config->top[0], "client");
	assert_string_equal(config->top[1], "rcpt_domain");
	assert_int_equal(config->rules_count, 2);
	assert_string_equal(config->rules[0].name, "a");
	assert_string_equal(config->rules[0].daemon, "smtpd, smtp");
	assert_string_equal(config->rules[0].service, "relay");
	assert_string_equal(config->rules[0].pattern, "(x)");
	assert_string_equal(config->rules[0].label, "1");
	assert_string_equal(config->rules[0].value, "n");
	assert_int_equal(config->rules[0].scale, 1000);
	assert_true(config->rules[0].histogram);
	assert_string_equal(config->rules[1].name, "b");
	assert_null(config->rules[1].daemon);
	assert_null(config->rules[1].label);
	assert_int_equal(config->rules[1].scale, 1);
	assert_false(config->rules[1].histogram);
	assert_int_equal(config->reasons_count, 1);
	assert_string_equal(config->reasons[0].reason, "tls");
	assert_int_equal(config->reasons[0].about, REASON_FOR_FAILURE);
	assert_string_equal(config->reasons[0].pattern, "z");
	assert_false(config->shipped_reasons);
	assert_true(config->probes_apart);
	config_free(config);
}

static void
test_queue_limits(void **state)
{
	static const struct {
		const char *text;
		unsigned high, low, old, fresh;
	} cases[] = {
		{ "enabled: yes", 0, 0, 0, 0 },
		{ "queue_high: 1", 1, 1, 0, 0 },
		{ "queue_high: 1001", 1001, 501, 0, 0 },
		{ "queue_high: 10, queue_low: 10", 10, 10, 0, 0 },
		{ "queue_high: 10, queue_low: 1", 10, 1, 0, 0 },
		{ "queue_old: 3600", 0, 0, 3600, 1800 },
		{ "queue_old: 60, queue_fresh: 60", 0, 0, 60, 60 },
	};

	(void)state;
	for (size_t i = 0; i < COUNT(cases); i++) {
		const struct config_notifications *n;
		char text[128];
		const char *error;
		struct config *config;

		(void)snprintf(text, sizeof(text),
		    "snmp:\n  notifications: { %s }\n", cases[i].text);
		config = load(text, &error);
		if (config == NULL)
			fail_msg("%s: %s", cases[i].text, error);
		n = &config->snmp->notifications;
		assert_int_equal(n->queue_high, cases[i].high);
		assert_int_equal(n->queue_low, cases[i].low);
		assert_int_equal(n->queue_old, cases[i].old);
		assert_int_equal(n->queue_fresh, cases[i].fresh);
		config_free(config);
	}
}

static void
test_deferral_low(void **state)
{
	static const struct {
		const char *text;
		unsigned high, low;
	} cases[] = {
		{ "deferral_high: 1", 1, 1 },
		{ "deferral_high: 10", 10, 5 },
		{ "deferral_high: 0", 0, 0 },
		{ "deferral_low: 50", 50, 50 },
		{ "deferral_low: 5", 50, 5 },
	};

	(void)state;
	for (size_t i = 0; i < COUNT(cases); i++) {
		char text[128];
		const char *error;
		struct config *config;

		(void)snprintf(text, sizeof(text),
		    "snmp:\n  notifications: { %s }\n", cases[i].text);
		config = load(text, &error);
		if (config == NULL)
			fail_msg("%s: %s", cases[i].text, error);
		assert_notifications(
		    config, true, 3600, 60, cases[i].high, cases[i].low, 20);
		config_free(config);
	}
}

struct refusal {
	const char *text;
	const char *place; /* "test.yml:LINE:" */
	const char *word;  /* that the message has */
};

static const struct refusal unknown_keys[] = { { "colour: red\n",
						   ":1:", "colour" },
	{ "# x\n\ncolour: red\n", ":3:", "colour" },
	{ "capacity: 4096\ncolour: red\n", ":2:", "colour" },
	{ "state_directory: /a\n\n\n  # x\ncolour: red\n", ":5:", "colour" },
	{ "state_directory: colour\ncolour: red\n", ":2:", "colour" },
	{ "snmp:\n  base_oid: 1.3.6\n  colour: red\n", ":3:", "colour" },
	{ "snmp:\n  colour: red\n", ":2:", "colour" },
	{ "snmp:\n  notifications:\n    silent: 1\n", ":3:", "silent" },
	{ "snmp:\n  ping_interval: 3\ncolour: red\n", ":3:", "colour" },
	{ "logs:\n  - path: /a\n    colour: red\n", ":3:", "colour" },
	{ "logs:\n  - path: /a\n  - path: /b\n    colour: red\n",
	    ":4:", "colour" },
	{ "logs:\n  - colour: red\n    path: /a\n", ":2:", "colour" },
	{ "syslog_names:\n  - colour\n  - b\ncolour: red\n", ":4:", "colour" },
	{ "snmp:\n  capacity: 4096\n", ":2:", "capacity" },
	{ "queue:\n  colour: red\n", ":2:", "colour" },
	{ "queue:\n  sockets:\n    - path: /a\n      colour: red\n",
	    ":4:", "colour" },
	{ "rules:\n  - name: a\n    pattern: x\n    colour: red\n",
	    ":4:", "colour" },
	{ "reasons:\n  - reason: rbl\n    for: reject\n    pattern: x\n"
	  "    colour: red\n",
	    ":5:", "colour" },
	{ "Capacity: 4096\n", ":1:", "Capacity" }, { NULL, NULL, NULL } };

static const struct refusal wrong_types[] = { { "capacity: many\n", ":1:", "" },
	{ "capacity: -8\n", ":1:", "" }, { "capacity: 4096.5\n", ":1:", "" },
	{ "capacity: 4096k\n", ":1:", "" },
	{ "journal: maybe\n", ":1:", "journal must be yes or no" },
	{ "capacity: 2048\njournal: []\n", ":2:", "" },
	{ "publish_interval: 1s\n", ":1:", "" },
	{ "snmp:\n  ping_interval: 5s\n", ":2:", "" },
	{ "capacity: 99999999999999999999\n", ":1:", "" },
	{ "capacity:\n  - 4096\n", ":", "" },
	{ "\npublish_interval: soon\n", ":2:", "" },
	{ "logs: /var/log/mail.log\n", ":1:", "" },
	{ "logs:\n  - /var/log/mail.log\n", ":2:", "" },
	{ "logs:\n  - instance: a\n", ":", "path" },
	{ "logs:\n  - path: ''\n", ":2:", "" }, { "snmp: yes\n", ":1:", "" },
	{ "syslog_names: mail\n", ":1:", "" }, { "- a\n- b\n", ":1:", "" },
	{ "queue: yes\n", ":1:", "" },
	{ "queue:\n  sample: maybe\n", ":2:", "sample must be yes or no" },
	{ "queue:\n  sockets: /a\n", ":2:", "" },
	{ "queue:\n  sockets:\n    - instance: a\n", ":", "path" },
	{ "queue:\n  interval: 30s\n", ":2:", "interval must be" },
	{ "rules:\n  - name: a\n", ":", "pattern" },
	{ "rules:\n  - pattern: a\n", ":", "name" },
	{ "rules:\n  - name: a\n    pattern: x\n    histogram: maybe\n",
	    ":4:", "" },
	{ "rules: x\n", ":1:", "" },
	{ "rules:\n  - name: aaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaa\n"
	  "    pattern: x\n",
	    ":2:", "" },
	{ "reasons:\n  - reason: rbl\n    for: fun\n    pattern: x\n",
	    ":3:", "" },
	{ "reasons:\n  - reason: rbl\n    pattern: x\n", ":", "for" },
	{ "just words\n", ":1:", "" }, { NULL, NULL, NULL } };

#define NOTIFICATIONS "snmp:\n  notifications:\n    "

static const struct refusal ranges[] = { { "capacity: 2040\n",
					     ":1:", "must be 2048 to" },
	{ "capacity: 8\n", ":1:", "capacity" },
	{ "capacity: 0\n", ":1:", "capacity" },
	{ "\ncapacity: 4097\n", ":2:", "capacity" },
	{ "capacity: 1048584\n", ":1:", "capacity" },
	{ "publish_interval: 0.01\n", ":1:", "publish_interval" },
	{ "publish_interval: 0\n", ":1:", "publish_interval" },
	{ "publish_interval: -1\n", ":1:", "publish_interval" },
	{ "publish_interval: 3601\n", ":1:", "publish_interval" },
	{ "publish_interval: nan\n", ":1:", "publish_interval" },
	{ "publish_interval: inf\n", ":1:", "publish_interval" },
	{ "snmp:\n  ping_interval: 3601\n", ":2:", "ping_interval" },
	{ "snmp:\n  ping_interval: 0\n", ":2:", "ping_interval" },
	{ "snmp:\n  ietf_tables: maybe\n", ":2:", "ietf_tables" },
	{ "snmp:\n  base_oid: enterprises.1\n", ":2:", "base_oid" },
	{ NOTIFICATIONS "enabled: perhaps\n",
	    ":3:", "enabled must be yes or no" },
	{ NOTIFICATIONS "silent_after: 604801\n", ":3:", "silent_after" },
	{ NOTIFICATIONS "silent_after: -1\n", ":3:", "silent_after" },
	{ NOTIFICATIONS "behind_after: 604801\n", ":3:", "behind_after" },
	{ NOTIFICATIONS "behind_after: 1m\n", ":3:", "behind_after" },
	{ NOTIFICATIONS "deferral_high: 101\n", ":3:", "deferral_high" },
	{ NOTIFICATIONS "deferral_low: 0\n", ":3:", "deferral_low" },
	{ NOTIFICATIONS "deferral_low: 51\n", ":3:", "deferral_low" },
	{ NOTIFICATIONS "deferral_low: 9\n    deferral_high: 8\n",
	    ":3:", "deferral_low" },
	{ NOTIFICATIONS "deferral_attempts: 0\n", ":3:", "deferral_attempts" },
	{ NOTIFICATIONS "queue_high: 1000000001\n", ":3:", "queue_high" },
	{ NOTIFICATIONS "queue_high: many\n", ":3:", "queue_high" },
	{ NOTIFICATIONS "queue_low: 0\n", ":3:", "queue_low" },
	{ NOTIFICATIONS "queue_low: 9\n    queue_high: 8\n",
	    ":3:", "queue_low" },
	{ NOTIFICATIONS "queue_old: 31536001\n", ":3:", "queue_old" },
	{ NOTIFICATIONS "queue_fresh: 0\n", ":3:", "queue_fresh" },
	{ NOTIFICATIONS "queue_fresh: 61\n    queue_old: 60\n",
	    ":3:", "queue_fresh" },
	{ NOTIFICATIONS "certificate_days: 3651\n", ":3:", "certificate_days" },
	{ "state_directory: capacity\ncapacity: 1\n", ":2:", "capacity" },
	{ "queue:\n  interval: 0\n", ":2:", "interval must be" },
	{ "queue:\n  sample: yes\n  deadline: 3601\n", ":3:", "deadline" },
	{ "queue:\n  sockets:\n    - path: a/showq\n",
	    ":3:", "path must be absolute" },
	{ "rules:\n  - name: a b\n    pattern: x\n", ":2:", "name must be" },
	{ "rules:\n  - name: other\n    pattern: x\n", ":2:", "name must be" },
	{ "rules:\n  - name: a\n    pattern: name\n  - pattern: y\n    name: a\n",
	    ":5:", "name must be of no other" },
	{ "logs:\n  - path: /rules\nrules: [{name: a, pattern: x}, {name: a\n"
	  " ,pattern: y}]\n",
	    ":3:", "name must be of no other" },
	{ "rules:\n  - name: a\n    pattern: x\n    value: 1\n    scale: 0\n",
	    ":5:", "scale must be" },
	{ "rules:\n  - name: a\n    pattern: x\n    scale: 10\n",
	    ":4:", "scale must be" },
	{ "rules:\n  - name: a\n    pattern: x\n    histogram: yes\n",
	    ":4:", "histogram must be" },
	{ "shipped_reasons: maybe\n", ":1:", "yes or no" },
	{ "probes_apart: 2\n", ":1:", "yes or no" },
	{ "logs:\n  - path: /a\nqueue:\n  sockets:\n    - path: showq\n",
	    ":5:", "path must be absolute" },
	{ "queue:\n  sockets:\n    - path: /a\n    - path: /b\n",
	    ":2:", "sockets must be" },
	{ "queue:\n  sockets:\n    - {path: /a, instance: x}\n"
	  "    - {path: /b, instance: x}\n",
	    ":2:", "sockets must be" },
	{ "capacity: 2048\ntop: [client, clients]\n", ":2:", "top must be of" },
	{ "group_by: hosts\n", ":1:", "group_by must be host or" },
	{ "top: [client, client]\n", ":1:", "top must be of" },
	{ "reinjection:\n  service: ' , '\n",
	    ":2:", "service must be 1 to 16" },
	{ "reinjection:\n  client: 1 2 3 4 5 6 7 8 9 0 1 2 3 4 5 6 7\n",
	    ":2:", "client must be 1 to 16" },
	{ "reinjection:\n  relay: x\n  pickup_uid: 65,filter\n",
	    ":3:", "pickup_uid must be" },
	{ "reinjection:\n  pickup_uid: 4294967296\n", ":2:", "pickup_uid" },
	{ NULL, NULL, NULL } };

static const struct refusal no_yaml[] = { { "capacity: [4096\n", ":", "" },
	{ "\ta: b\n", ":1:", "" }, { "a: b: c\n", ":1:", "" },
	{ "capacity: *other\n", ":", "" }, { "%FOO\xff\xfe\n", ":", "" },
	{ "\x01\x02\x03\x04", ":", "" },
	{ "\xff\xfe\xfd garbage \x80", ":", "" }, { "\"", ":", "" },
	{ NULL, NULL, NULL } };

static void
test_refusals(void **state)
{
	const struct refusal *r;
	unsigned wrong = 0;

	for (r = *state; r->text != NULL; r++) {
		const char *error, *file;
		struct config *config = load(r->text, &error);

		if (config != NULL) {
			print_error("\"%s\" is taken\n", r->text);
			config_free(config);
			wrong++;
			continue;
		}
		file = strstr(error, "test.yml");
		if (file == NULL ||
		    strncmp(file + strlen("test.yml"), r->place,
			strlen(r->place)) != 0 ||
		    strstr(error, r->word) == NULL ||
		    strchr(error, '\n') != NULL ||
		    strstr(error, "test.yml:0") != NULL) {
			print_error(
			    "\"%s\" is refused with \"%s\"\n", r->text, error);
			wrong++;
		}
	}
	assert_int_equal(wrong, 0);
}

static void
test_no_file(void **state)
{
	const char *dir = scratch_make(), *error = NULL;
	struct config *config = NULL;

	(void)state;
	assert_int_equal(
	    config_load(path_in(dir, "none.yml"), &config, &error), -1);
	assert_non_null(strstr(error, "none.yml"));
	assert_non_null(strstr(error, "No such file"));
	assert_int_equal(config_load(dir, &config, &error), -1);
	assert_non_null(strstr(error, dir));
	assert_null(strchr(error, '\n'));
	assert_null(strstr(error, ":0:"));
	assert_null(config);
	config_free(NULL);
	scratch_remove(dir);
}

/* Text that is YAML, or nearly: it must not crash, whatever comes out. */
static void
test_random(void **state)
{
	static const char bytes[] = "abc:-[]{},#'\"&*!|>%@\n\n   \t0.1\\?~";
	uint32_t seed = 6;

	(void)state;
	for (unsigned n = 0; n < 400; n++) {
		char text[64] = "snmp:\n  base_oid: 1.3.6\ncapacity: 2048\n";
		struct config *config;
		const char *error;

		for (unsigned k = 0; k < 1 + n % 8; k++)
			text[random_next(&seed) % 42] =
			    bytes[random_next(&seed) % (sizeof(bytes) - 1)];
		config = load(text, &error);
		config_free(config);
	}
}

int
main(void)
{
	const struct CMUnitTest tests[] = {
		TEST("what a file leaves out has its default", test_defaults),
		TEST("every key is taken", test_all_keys),
		TEST("deferral_low follows deferral_high", test_deferral_low),
		TEST(
		    "queue_low and queue_fresh follow, too", test_queue_limits),
		TABLE_TEST("an unknown key is an error with its own line",
		    test_refusals, unknown_keys),
		TABLE_TEST("a value of the wrong type is an error with a line",
		    test_refusals, wrong_types),
		TABLE_TEST("a value out of range is an error with its line",
		    test_refusals, ranges),
		TABLE_TEST(
		    "what is no YAML is an error", test_refusals, no_yaml),
		TEST("a file that can't be read is named", test_no_file),
		TEST("no text crashes", test_random),
	};

	return (cmocka_run_group_tests(tests, NULL, NULL));
}
