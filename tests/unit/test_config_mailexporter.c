/*
 * mailexporter's configuration: what becomes of it, and what is refused.
 */
#include "tests/unit/store_unit.h"

#include "lib/config/config_mailexporter.h"
#include "lib/config/config_read.h"

static char warned[1024]; /* one line each */

static void
hear(const char *text)
{
	size_t len = strlen(warned);

	(void)snprintf(warned + len, sizeof(warned) - len, "%s\n", text);
}

static struct config *
load(const char *text, const char **error_r)
{
	const char *dir = scratch_make();
	const char *path = path_in(dir, "test.conf");
	struct config *config = NULL;

	file_write(path, (const unsigned char *)text, strlen(text));
	warned[0] = '\0';
	*error_r = NULL;
	if (config_load_mailexporter(path, &config, hear, error_r) == -1) {
		assert_null(config);
		assert_non_null(*error_r);
	}
	scratch_remove(dir);
	return (config);
}

static struct config *
must_load(const char *text)
{
	const char *error;
	struct config *config = load(text, &error);

	if (config == NULL)
		fail_msg("%s: %s", text, error);
	return (config);
}

/* --- what is taken -------------------------------------------------------- */

/* As its own example is laid out. */
static const char ordinary[] = "# comment\n"
			       "monitoringinterval: 10m\n"
			       "mailchecktimeout: 3m\n"
			       "\n"
			       "servers:\n"
			       "    - name: localhost   # comment\n"
			       "      server: localhost\n"
			       "      port: 587\n"
			       "      login: monitoring\n"
			       "      passphrase: 123password\n"
			       "      from: monitoring@one.test\n"
			       "      to: monitoring@example.test\n"
			       "      detectiondir: /home/me/Maildir/new\n"
			       "    - name: two\n"
			       "      server: mail.two.test\n"
			       "      port: smtp\n"
			       "      login:\n"
			       "      passphrase: \"\"\n"
			       "      from:\n"
			       "      to: monitoring@example.test\n"
			       "      detectiondir: /var/spool/found//\n";

static void
assert_first(const struct config_probe *probe)
{
	assert_string_equal(probe->name, "localhost");
	assert_string_equal(probe->server, "localhost");
	assert_int_equal(probe->port, 587);
	assert_string_equal(probe->from, "monitoring@one.test");
	assert_string_equal(probe->to, "monitoring@example.test");
	assert_int_equal(probe->sasl_authentication, SASL_PLAIN);
	assert_string_equal(probe->sasl_user, "monitoring");
	assert_string_equal(probe->sasl_password, "123password");
	assert_string_equal(probe->delivery->maildir, "/home/me/Maildir");
	assert_false(probe->delivery->flat);
}

static void
assert_second(const struct config_probe *probe)
{
	assert_string_equal(probe->name, "two");
	assert_int_equal(probe->port, 25);
	assert_string_equal(probe->from, "");
	assert_int_equal(probe->sasl_authentication, SASL_OFF);
	assert_null(probe->sasl_user);
	assert_null(probe->sasl_password);
	assert_string_equal(probe->delivery->maildir, "/var/spool/found");
	assert_true(probe->delivery->flat);
}

/* What all of its probes have. */
static void
assert_common(const struct config_probe *probe)
{
	const struct config_delivery *delivery = probe->delivery;

	assert_true(probe->starttls_if_offered && probe->verify);
	assert_false(probe->starttls || probe->implicit_tls);
	assert_true(probe->interval == 600);
	assert_true(probe->jitter == 0);
	assert_true(probe->retry_interval == 600);
	assert_true(probe->retry_deadline == 0);
	assert_true(probe->deadline == 60);
	assert_string_equal(probe->payload, "");
	assert_string_equal(probe->until, "body");
	assert_null(delivery->imap);
	assert_null(delivery->spam);
	assert_null(delivery->authserv_id);
	assert_true(delivery->timeout == 180);
	assert_true(delivery->lost_after == 86400);
	assert_true(delivery->remove);
}

static void
test_ordinary(void **state)
{
	struct config *config = must_load(ordinary);

	(void)state;
	assert_string_equal(warned, "");
	assert_int_equal(config->probes_count, 2);
	assert_first(&config->probes[0]);
	assert_second(&config->probes[1]);
	assert_common(&config->probes[0]);
	assert_common(&config->probes[1]);
	assert_non_null(config->probing);
	assert_int_equal(config->probing->capacity, 4096);
	assert_string_equal(config->state_directory, "/var/lib/postfix-stats");
	assert_non_null(config->snmp);
	config_free(config);
}

#define TIMES "monitoringinterval: 1m\nmailchecktimeout: 30s\n"
#define SERVER \
	"{ name: a, server: b, port: 25, from: c, to: d, detectiondir: /e"

static void
test_times(void **state)
{
	static const struct {
		const char *text;
		double interval, timeout;
	} cases[] = {
		{ "monitoringinterval: 1h30m\nmailchecktimeout: 1.5s\n", 5400,
		    1.5 },
		{ "monitoringinterval: 1m0.5s\nmailchecktimeout: 1500ms\n",
		    60.5, 1.5 },
		{ "monitoringinterval: 24h\nmailchecktimeout: 1000000us\n",
		    86400, 1 },
		{ "monitoringinterval: 1s\nmailchecktimeout: \"24h\"\n", 1,
		    86400 },
		{ "monitoringinterval: 2000000000ns\n"
		  "mailchecktimeout: 1s1s.5m1.m\n",
		    2, 92 },
		{ "monitoringinterval: 1000000\xc2\xb5s\n"
		  "mailchecktimeout: 2000000\xce\xbcs\n",
		    1, 2 },
	};

	(void)state;
	for (size_t i = 0; i < COUNT(cases); i++) {
		char text[256];
		struct config *config;

		(void)snprintf(text, sizeof(text), "%sservers: [ %s } ]\n",
		    cases[i].text, SERVER);
		config = must_load(text);
		assert_true(config->probes[0].interval == cases[i].interval);
		assert_true(
		    config->probes[0].delivery->timeout == cases[i].timeout);
		config_free(config);
	}
}

static void
test_deletion(void **state)
{
	static const struct {
		const char *text;
		bool remove;
	} cases[] = { { "", true }, { "disablefiledeletion:\n", true },
		{ "disablefiledeletion: false\n", true },
		{ "disablefiledeletion: true\n", false },
		{ "disablefiledeletion: yes\n", false },
		{ "disablefiledeletion: N\n", true },
		{ "disablefiledeletion: ON\n", false } };

	(void)state;
	for (size_t i = 0; i < COUNT(cases); i++) {
		char text[256];
		struct config *config;

		(void)snprintf(text, sizeof(text), "%s%sservers: [ %s } ]\n",
		    TIMES, cases[i].text, SERVER);
		config = must_load(text);
		assert_int_equal(
		    config->probes[0].delivery->remove, cases[i].remove);
		config_free(config);
	}
}

/* A file may say what its servers have in common once. */
static void
test_merged(void **state)
{
	struct config *config = must_load(TIMES
	    "all: &all { server: mx, port: 25, to: t, detectiondir: /m/cur/ }\n"
	    "servers:\n"
	    "  - { <<: *all, name: a }\n"
	    "  - { <<: *all, name: b, port: 26 }\n"
	    "  - &c { name: c, server: d, port: 1, to: t, detectiondir: /d }\n");

	(void)state;
	assert_int_equal(config->probes_count, 3);
	assert_string_equal(config->probes[0].server, "mx");
	assert_int_equal(config->probes[0].port, 25);
	assert_int_equal(config->probes[1].port, 26);
	assert_int_equal(config_item_line(config, "probes", 1, "port"), 6);
	assert_int_equal(config_item_line(config, "probes", 1, "server"), 3);
	assert_string_equal(config->probes[1].delivery->maildir, "/m");
	assert_true(config->probes[2].delivery->flat);
	assert_string_equal(
	    strrchr(warned, ':'), ": key \"all\" is not known, and ignored\n");
	config_free(config);
}

static void
test_unknown(void **state)
{
	struct config *config = must_load(TIMES "startupoffset: 10s\n"
						"Servers: []\n"
						"servers:\n"
						"  - name: a\n"
						"    server: b\n"
						"    port: 25\n"
						"    to: d\n"
						"    \"x\\ny\": 1\n"
						"    detectiondir: /e\n"
						"    colour: [ red ]\n");

	(void)state;
	assert_non_null(strstr(warned,
	    "test.conf:3: key \"startupoffset\" is not known, and ignored\n"));
	assert_non_null(strstr(warned, ":4: key \"Servers\" is not known"));
	assert_non_null(strstr(warned, ":10: key \"\" is not known"));
	assert_non_null(strstr(warned, ":12: key \"colour\" is not known"));
	config_free(config);
}

/* --- what is refused ------------------------------------------------------ */

static const struct refusal {
	const char *text;
	const char *place; /* "test.conf:LINE:" */
	const char *word;  /* that the message has */
} refused[] = {
	{ "", ":1:", "there are no servers in it" },
	{ "# nothing\n", ":1:", "there are no servers in it" },
	{ "- a\n", ":1:", "there are no servers in it" },
	{ "servers: [\n", ":2:", "" },
	{ "a: b: c\n", ":1:", "" },
	{ "mailchecktimeout: 1s\nservers: []\n",
	    ":1:", "monitoringinterval is missing or 0: mail would be sent" },
	{ "\nmonitoringinterval: 0\n", ":2:", "monitoringinterval is missing" },
	{ "monitoringinterval:\n", ":1:", "monitoringinterval is missing" },
	{ "monitoringinterval: 0s\n",
	    ":1:", "monitoringinterval must be 1s to 24h, with its unit" },
	{ "monitoringinterval: 600\n", ":1:", "must be 1s to 24h" },
	{ "monitoringinterval: 10 m\n", ":1:", "must be 1s to 24h" },
	{ "monitoringinterval: -10m\n", ":1:", "must be 1s to 24h" },
	{ "monitoringinterval: 10d\n", ":1:", "must be 1s to 24h" },
	{ "monitoringinterval: 1m1\n", ":1:", "must be 1s to 24h" },
	{ "monitoringinterval: m\n", ":1:", "must be 1s to 24h" },
	{ "monitoringinterval: .s\n", ":1:", "must be 1s to 24h" },
	{ "monitoringinterval: 1.2.3s\n", ":1:", "must be 1s to 24h" },
	{ "monitoringinterval: 25h\n", ":1:", "must be 1s to 24h" },
	{ "monitoringinterval: 1e3s\n", ":1:", "must be 1s to 24h" },
	{ "monitoringinterval: [ 1m ]\n", ":1:", "must be text" },
	{ "monitoringinterval: 1m\nservers: []\n",
	    ":1:", "mailchecktimeout is missing or 0: no mail would be" },
	{ "monitoringinterval: 1m\nmailchecktimeout: 999ms\n",
	    ":2:", "mailchecktimeout must be 1s to 24h" },
	{ TIMES "disablefiledeletion: maybe\n",
	    ":3:", "disablefiledeletion must be true or false" },
	{ TIMES, ":1:", "there is no list of servers" },
	{ TIMES "servers:\n", ":3:", "there is no list of servers" },
	{ TIMES "servers: {}\n", ":3:", "there is no list of servers" },
	{ TIMES "servers:\n  - a\n", ":4:", "a server must be a mapping" },
	{ TIMES "servers:\n  - server: b\n", ":4:", "name is missing" },
	{ TIMES "servers:\n  - name: ~\n    server: b\n",
	    ":4:", "name is missing" },
	{ TIMES "servers:\n  - name: a\n    to: b\n", ":4:", "server is" },
	{ TIMES "servers:\n  - { name: a, server: b, to: c }\n",
	    ":4:", "port is missing" },
	{ TIMES "servers:\n  - { name: a, server: b, port: 1 }\n",
	    ":4:", "to is missing" },
	{ TIMES "servers:\n  - { name: a, server: b, port: 1, to: c }\n",
	    ":4:", "detectiondir is missing" },
	{ TIMES "servers:\n  - name: [ a ]\n", ":4:", "name must be text" },
	{ TIMES "servers:\n  - name: \"a\\0b\"\n", ":4:", "name must be text" },
	{ TIMES "servers:\n  - server: b\n    port: 1\n    to: c\n"
		"    detectiondir: /d\n    name: my mail\n",
	    ":8:", "name must be letters, digits" },
	{ TIMES "servers:\n  - server: b\n    port: 1\n    to: c\n"
		"    detectiondir: /d\n    name: other\n",
	    ":8:", "name must be letters, digits" },
	{ TIMES "servers:\n  - server: b\n    port: 1\n    to: c\n"
		"    detectiondir: /d\n    name: "
		"abcdefghijklmnopqrstuvwxyz1234567\n",
	    ":8:", "name must be 32 bytes at most" },
	{ TIMES "servers:\n  - " SERVER " }\n  - " SERVER " }\n",
	    ":5:", "name must be of no other probe" },
	{ TIMES "servers:\n  - name: a\n    server: b\n    to: d\n"
		"    detectiondir: /e\n    port: 0\n",
	    ":8:", "port must be 1 to 65535" },
	{ TIMES "servers:\n  - name: a\n    server: b\n    to: d\n"
		"    detectiondir: /e\n    port: no-such-service\n",
	    ":8:", "port must be 1 to 65535" },
	{ TIMES "servers:\n  - name: a\n    server: b\n    to: <d>\n"
		"    detectiondir: /e\n    port: 1\n",
	    ":6:", "to must be an address" },
	{ TIMES "servers:\n  - name: a\n    server: b\n    to: d\n"
		"    detectiondir: e/new\n    port: 1\n",
	    ":7:", "detectiondir must be the absolute path" },
	{ TIMES "servers:\n  - name: a\n    server: b\n    to: d\n"
		"    detectiondir: /e\n    port: 1\n    login: l\n",
	    ":4:", "login and passphrase must both be there" },
	{ TIMES "servers:\n  - name: a\n    server: b\n    to: d\n"
		"    detectiondir: /e\n    port: 1\n    passphrase: hunter2\n",
	    ":4:", "login and passphrase must both be there" },
	{ TIMES "a: &a { <<: *a }\nservers: [ *a ]\n", ":3:", "" },
};

static void
test_refused(void **state)
{
	(void)state;
	for (size_t i = 0; i < COUNT(refused); i++) {
		const struct refusal *as = &refused[i];
		const char *error;
		char place[32];

		(void)snprintf(place, sizeof(place), "test.conf%s", as->place);
		if (load(as->text, &error) != NULL)
			fail_msg("taken: %s", as->text);
		if (strstr(error, place) == NULL ||
		    strstr(error, as->word) == NULL ||
		    strchr(error, '\n') != NULL ||
		    strstr(error, "hunter2") != NULL)
			fail_msg("%s: \"%s\" has no \"%s\" and \"%s\"",
			    as->text, error, place, as->word);
	}
}

static void
test_no_file(void **state)
{
	struct config *config = NULL;
	const char *error = NULL;

	(void)state;
	assert_int_equal(
	    config_load_mailexporter("/no/file", &config, hear, &error), -1);
	assert_string_equal(
	    error, "cannot read /no/file: No such file or directory");
}

/* Where faults that are found later stand: in its file, by its names. */
static void
test_lines(void **state)
{
	const char *dir = scratch_make();
	const char *path = path_in(dir, "test.conf");
	struct config *config;
	const char *error;

	(void)state;
	file_write(path, (const unsigned char *)ordinary, strlen(ordinary));
	assert_int_equal(
	    config_load_mailexporter(path, &config, hear, &error), 0);
	assert_string_equal(config->file, path);
	assert_int_equal(
	    config_item_line(config, "probes", 0, "sasl_password"), 10);
	assert_int_equal(
	    config_item_line(config, "probes", 1, "delivery/maildir"), 21);
	assert_int_equal(config_item_line(config, "probes", 1, "tls"), 14);
	config_free(config);
	scratch_remove(dir);
}

int
main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(test_ordinary),
		cmocka_unit_test(test_times),
		cmocka_unit_test(test_deletion),
		cmocka_unit_test(test_merged),
		cmocka_unit_test(test_unknown),
		cmocka_unit_test(test_refused),
		cmocka_unit_test(test_no_file),
		cmocka_unit_test(test_lines),
	};

	return (cmocka_run_group_tests(tests, NULL, NULL));
}
