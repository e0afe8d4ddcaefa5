/*
 * `delivery` of a probe: what is taken, and what is refused with which words and
 * in which line.
 */
#include "tests/unit/config_unit.h"

#define PROBE \
	"probes:\n  - name: a\n    server: mx.test\n    to: b@c.test\n    "

static struct config *
must_load(const char *format, const char *line)
{
	char text[2048];
	const char *error;
	struct config *config;

	(void)snprintf(text, sizeof(text), "%s%s%s\n", PROBE, format, line);
	config = load(text, &error);
	if (config == NULL)
		fail_msg("%s: %s", text, error);
	return (config);
}

/* --- defaults ------------------------------------------------------------- */

static void
test_none(void **state)
{
	struct config *config = must_load("", "port: 25");

	(void)state;
	assert_null(config->probes[0].delivery);
	assert_int_equal(config->probing->capacity, 4096);
	config_free(config);
}

static void
test_maildir_defaults(void **state)
{
	struct config *config = must_load("delivery: ", "{ maildir: /m }");
	const struct config_delivery *delivery = config->probes[0].delivery;

	(void)state;
	assert_non_null(delivery);
	assert_string_equal(delivery->maildir, "/m");
	assert_false(delivery->flat);
	assert_null(delivery->imap);
	assert_null(delivery->mailbox);
	assert_null(delivery->spam);
	assert_true(delivery->poll == 10);
	assert_true(delivery->timeout == 180);
	assert_true(delivery->lost_after == 86400);
	assert_true(delivery->remove);
	assert_null(delivery->authserv_id);
	assert_string_equal(config->probes[0].payload, "");
	config_free(config);
}

static void
test_imap_defaults(void **state)
{
	struct config *config = must_load(
	    "delivery: ", "{ imap: { user: u, password: p } }");
	const struct config_delivery *delivery = config->probes[0].delivery;
	const struct config_probe *imap = delivery->imap;

	(void)state;
	assert_null(delivery->maildir);
	assert_string_equal(delivery->mailbox, "INBOX");
	assert_null(delivery->spam);
	assert_non_null(imap);
	assert_string_equal(imap->name, "a");
	assert_string_equal(imap->server, "mx.test");
	assert_int_equal(imap->port, 993);
	assert_true(imap->implicit_tls && !imap->starttls && imap->verify);
	assert_int_equal(imap->family, IP_ANY);
	assert_int_equal(imap->sasl_authentication, SASL_OFF);
	assert_string_equal(imap->sasl_user, "u");
	assert_string_equal(imap->sasl_password, "p");
	assert_null(imap->sasl_password_file);
	assert_null(imap->tls_name);
	assert_null(imap->ca_file);
	assert_true(imap->phase_deadline == 30);
	assert_true(imap->deadline == 60);
	assert_null(imap->delivery);
	config_free(config);
}

/* --- every key ------------------------------------------------------------ */

static const char all_of_imap[] = "delivery:\n"
				  "      imap:\n"
				  "        server: imap.test\n"
				  "        port: 1143\n"
				  "        family: ipv6\n"
				  "        starttls: yes\n"
				  "        implicit_tls: no\n"
				  "        verify: no\n"
				  "        tls_name: mail.test\n"
				  "        ca_file: /ca.pem\n"
				  "        ciphers: HIGH\n"
				  "        tls_least: TLSv1.3\n"
				  "        sasl_authentication: cram-md5\n"
				  "        user: me\n"
				  "        password_file: /secret\n"
				  "        phase_deadline: 5\n"
				  "        deadline: 9\n"
				  "      mailbox: Probes\n"
				  "      spam: Junk Mail\n"
				  "      poll: 1.5\n"
				  "      timeout: 86400\n"
				  "      lost_after: 604800\n"
				  "      delete: off\n"
				  "      authserv_id: mx.test";

static void
assert_all_of_server(const struct config_probe *imap)
{
	assert_string_equal(imap->server, "imap.test");
	assert_int_equal(imap->port, 1143);
	assert_int_equal(imap->family, IP_V6);
	assert_true(imap->starttls);
	assert_false(imap->implicit_tls || imap->verify);
	assert_string_equal(imap->tls_name, "mail.test");
	assert_string_equal(imap->ca_file, "/ca.pem");
	assert_string_equal(imap->ciphers, "HIGH");
	assert_string_equal(imap->tls_least, "TLSv1.3");
	assert_int_equal(imap->sasl_authentication, SASL_CRAM_MD5);
	assert_string_equal(imap->sasl_user, "me");
	assert_null(imap->sasl_password);
	assert_string_equal(imap->sasl_password_file, "/secret");
	assert_true(imap->phase_deadline == 5);
	assert_true(imap->deadline == 9);
}

static void
test_all_keys(void **state)
{
	struct config *config = must_load(all_of_imap, "");
	const struct config_delivery *delivery = config->probes[0].delivery;

	(void)state;
	assert_all_of_server(delivery->imap);
	assert_string_equal(delivery->mailbox, "Probes");
	assert_string_equal(delivery->spam, "Junk Mail");
	assert_true(delivery->poll == 1.5);
	assert_true(delivery->timeout == 86400);
	assert_true(delivery->lost_after == 604800);
	assert_false(delivery->remove);
	assert_string_equal(delivery->authserv_id, "mx.test");
	config_free(config);
}

static void
test_ports(void **state)
{
	static const struct {
		const char *line;
		unsigned port;
		bool implicit;
	} cases[] = {
		{ "", 993, true },
		{ ", starttls: yes", 143, false },
		{ ", implicit_tls: no", 143, false },
		{ ", starttls: no, implicit_tls: yes", 993, true },
		{ ", starttls: yes, port: 993", 993, false },
	};

	(void)state;
	for (size_t i = 0; i < COUNT(cases); i++) {
		char line[128];
		struct config *config;
		const struct config_probe *imap;

		(void)snprintf(line, sizeof(line),
		    "{ imap: { user: u, password: p%s } }", cases[i].line);
		config = must_load("delivery: ", line);
		imap = config->probes[0].delivery->imap;
		assert_int_equal(imap->port, cases[i].port);
		assert_int_equal(imap->implicit_tls, cases[i].implicit);
		config_free(config);
	}
}

/* --- paths ---------------------------------------------------------------- */

static void
test_maildirs(void **state)
{
	static const struct {
		const char *maildir, *spam, *maildir_r, *spam_r;
	} cases[] = {
		{ "/var/mail/p", ".Junk", "/var/mail/p", "/var/mail/p/.Junk" },
		{ "/m/", ".Junk.Mail", "/m", "/m/.Junk.Mail" },
		{ "/m//new//", "/j/cur/", "/m", "/j" },
		{ "/m/cur", "/j//", "/m", "/j" },
		{ "/m/news", "/j/.new", "/m/news", "/j/.new" },
		{ "/m/new/new", "/j", "/m/new", "/j" },
		{ "/new", "/j/new", NULL, NULL },
	};

	(void)state;
	for (size_t i = 0; cases[i].maildir_r != NULL; i++) {
		char line[128];
		struct config *config;
		const struct config_delivery *delivery;

		(void)snprintf(line, sizeof(line), "{ maildir: %s, spam: %s }",
		    cases[i].maildir, cases[i].spam);
		config = must_load("delivery: ", line);
		delivery = config->probes[0].delivery;
		assert_string_equal(delivery->maildir, cases[i].maildir_r);
		assert_string_equal(delivery->spam, cases[i].spam_r);
		config_free(config);
	}
}

/* --- one key at a time ---------------------------------------------------- */

static const char *const taken[] = { "payload: ''", "until: body",
	"expect: { rcptto: 2xx, data: 354, banner: 22x }", "protocol: lmtp",
	NULL };

static void
test_taken(void **state)
{
	(void)state;
	for (size_t i = 0; taken[i] != NULL; i++)
		config_free(
		    must_load("delivery: { maildir: /m }\n    ", taken[i]));
}

struct refusal {
	const char *text;
	const char *place; /* "test.yml:LINE:" */
	const char *word;  /* that the message has */
};

#define IN_IMAP \
	"delivery:\n      imap:\n        user: u\n        password: p\n        "

static const struct refusal refused[] = {
	{ "delivery: {}", ":5:", "delivery must be with maildir or imap" },
	{ "delivery: yes", ":5:", "" },
	{ "delivery: { poll: 1 }", ":5:", "with maildir or imap" },
	{ "delivery:\n      maildir: /m\n      imap: { user: u, password: p }",
	    ":7:", "imap must be without maildir" },
	{ "delivery:\n      maildir: m",
	    ":6:", "maildir must be the absolute" },
	{ "delivery:\n      maildir: /", ":6:", "maildir must be" },
	{ "delivery:\n      maildir: /new", ":6:", "maildir must be" },
	{ "delivery:\n      maildir: /m\n      mailbox: INBOX",
	    ":7:", "mailbox must be of imap" },
	{ "delivery:\n      maildir: /m\n      spam: Junk",
	    ":7:", "spam must be a folder such as .Junk" },
	{ "delivery:\n      maildir: /m\n      spam: .a/b",
	    ":7:", "spam must" },
	{ "delivery:\n      maildir: /m\n      spam: ..", ":7:", "spam must" },
	{ "delivery:\n      maildir: /m\n      spam: /new",
	    ":7:", "spam must" },
	{ "delivery:\n      maildir: /m\n      spam: /m/new",
	    ":7:", "spam must be" },
	{ "delivery:\n      maildir: /m\n      poll: 0.9",
	    ":7:", "poll must be 1 to 3600 seconds" },
	{ "delivery:\n      maildir: /m\n      poll: 3601", ":7:", "poll" },
	{ "delivery:\n      maildir: /m\n      timeout: 0",
	    ":7:", "timeout must be 1 to 86400 seconds" },
	{ "delivery:\n      maildir: /m\n      timeout: 86401",
	    ":7:", "timeout must be" },
	{ "delivery:\n      maildir: /m\n      lost_after: 179",
	    ":7:", "lost_after must be 1 to 604800 seconds, and not" },
	{ "delivery:\n      maildir: /m\n      lost_after: 604801",
	    ":7:", "lost_after must be" },
	{ "delivery:\n      maildir: /m\n      delete: maybe",
	    ":7:", "delete must be yes or no" },
	{ "delivery:\n      maildir: /m\n      authserv_id: a b",
	    ":7:", "authserv_id must be a name" },
	{ "delivery:\n      maildir: /m\n      authserv_id: a;b",
	    ":7:", "authserv_id" },
	{ "delivery:\n      maildir: /m\n      colour: red", ":7:", "colour" },
	{ "delivery:\n      maildir: /m\n      remove: yes", ":7:", "remove" },
	{ "delivery:\n      maildir: /m\n      flat: yes", ":7:", "flat" },

	{ "delivery: { maildir: /m }\n    until: rcptto",
	    ":6:", "until must be body, with delivery" },
	{ "delivery: { maildir: /m }\n    expect:\n      rcptto: 2xx 55x",
	    ":7:", "rcptto must be codes of success" },
	{ "delivery: { maildir: /m }\n    expect:\n      data: 250",
	    ":7:", "data must be codes of success" },
	{ "delivery: { maildir: /m }\n    expect:\n      body: 5xx",
	    ":7:", "body must be codes of success" },

	{ "delivery:\n      imap: {}", ":6:", "user must be who logs in" },
	{ "delivery:\n      imap: { user: u }",
	    ":6:", "password must be given, or password_file" },
	{ IN_IMAP "password_file: /f", ":9:",
	    "password_file must be an absolute path or the name of a "
	    "credential, without password" },
	{ IN_IMAP "port: 0", ":9:", "port must be 1 to 65535" },
	{ IN_IMAP "server: a b", ":9:", "server must be" },
	{ IN_IMAP "family: ipv5", ":9:", "family must be any, ipv4 or ipv6" },
	{ IN_IMAP "starttls: maybe", ":9:", "starttls must be yes or no" },
	{ IN_IMAP "starttls: yes\n        implicit_tls: yes",
	    ":10:", "implicit_tls must be yes or no, and no with starttls" },
	{ IN_IMAP "verify: 1", ":9:", "verify must be yes or no" },
	{ IN_IMAP "ca_file: ca", ":9:", "ca_file must be an absolute path" },
	{ IN_IMAP "tls_least: SSLv3", ":9:", "tls_least must be" },
	{ IN_IMAP "sasl_authentication: x", ":9:", "must be off, login" },
	{ IN_IMAP "phase_deadline: 0", ":9:", "phase_deadline must be" },
	{ IN_IMAP "deadline: 0", ":9:", "deadline must be 0.1 to 3600" },
	{ IN_IMAP "sasl_user: u", ":9:", "sasl_user" },
	{ IN_IMAP "interval: 5", ":9:", "interval" },
	/* the same key in the probe is not taken for that of the server */
	{ "port: 25\n    delivery:\n      imap:\n        user: u\n"
	  "        password: p\n        port: x\n    deadline: 5",
	    ":10:", "port must be" },
	{ "delivery:\n      imap: { user: u, password: p }\n      port: 5",
	    ":7:", "port" },
	{ "delivery:\n      imap: { user: u, password: p }\n"
	  "      mailbox: \"a\\rb\"",
	    ":7:", "mailbox must be a mailbox" },
	{ "delivery:\n      imap: { user: u, password: p }\n      spam: INBOX",
	    ":7:", "spam must be another mailbox" },
	{ "delivery:\n      imap: { user: u, password: p }\n"
	  "      spam: \"a\\nb\"",
	    ":7:", "spam must be another mailbox" },
};

static void
test_refused(void **state)
{
	(void)state;
	for (size_t i = 0; i < COUNT(refused); i++) {
		const struct refusal *refusal = &refused[i];
		char text[1024], place[32];
		const char *error;

		(void)snprintf(
		    text, sizeof(text), "%s%s\n", PROBE, refusal->text);
		if (load(text, &error) != NULL)
			fail_msg("%s is taken", text);
		(void)snprintf(
		    place, sizeof(place), "test.yml%s", refusal->place);
		if (strstr(error, place) == NULL ||
		    strstr(error, refusal->word) == NULL)
			fail_msg("%s: %s", text, error);
	}
}

/* A message that would not fit beside the mail's own text. */
static void
test_payload(void **state)
{
	static char text[40000];
	const char *error;
	struct config *config;

	(void)state;
	for (size_t extra = 0; extra < 2; extra++) {
		size_t len = (size_t)snprintf(text, sizeof(text), "%s",
		    PROBE "delivery: { maildir: /m }\n    payload: ");

		memset(text + len, 'x', 32768 + extra);
		memcpy(text + len + 32768 + extra, "\n", 2);
		config = load(text, &error);
		assert_int_equal(config != NULL, extra == 0);
		if (extra == 1)
			assert_non_null(strstr(error, ":6: payload must be"));
		config_free(config);
	}
}

/* --- many ----------------------------------------------------------------- */

static void
test_capacity(void **state)
{
	enum { PROBES = 40 };
	static char text[8192] = "probes:\n";
	const char *error;
	struct config *config;

	(void)state;
	for (int i = 0, len = 8; i < PROBES; i++)
		len += snprintf(text + len, sizeof(text) - (size_t)len,
		    "  - name: a%d\n    server: mx.test\n    to: b@c.test\n"
		    "    delivery: { maildir: /m%s }\n",
		    i, i == 7 ? ", delete: no" : "");
	config = load(text, &error);
	if (config == NULL)
		fail_msg("%s", error);
	assert_int_equal(config->probing->capacity, PROBES * (72 + 160));
	assert_false(config->probes[7].delivery->remove);
	assert_true(config->probes[8].delivery->remove);
	assert_ptr_not_equal(
	    config->probes[7].delivery, config->probes[8].delivery);
	config_free(config);
}

/* A key that is not there stands where the mapping does that it is missing in,
   not where another mapping has it. */
static void
test_lines(void **state)
{
	const char *dir = scratch_make(), *error;
	const char *path = path_in(dir, "test.yml");
	static const char text[] = PROBE "delivery:\n      maildir: /m\n"
					 "    expect:\n      body: 2xx\n";
	struct config *config;

	(void)state;
	file_write(path, (const unsigned char *)text, strlen(text));
	assert_int_equal(config_load(path, &config, &error), 0);
	assert_int_equal(
	    config_item_line(config, "probes", 0, "delivery/maildir"), 6);
	assert_int_equal(
	    config_item_line(config, "probes", 0, "delivery/body"), 5);
	assert_int_equal(
	    config_item_line(config, "probes", 0, "delivery/imap/body"), 5);
	assert_int_equal(
	    config_item_line(config, "probes", 0, "expect/body"), 8);
	config_free(config);
	scratch_remove(dir);
}

int
main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(test_none),
		cmocka_unit_test(test_maildir_defaults),
		cmocka_unit_test(test_imap_defaults),
		cmocka_unit_test(test_all_keys),
		cmocka_unit_test(test_ports),
		cmocka_unit_test(test_maildirs),
		cmocka_unit_test(test_taken),
		cmocka_unit_test(test_refused),
		cmocka_unit_test(test_payload),
		cmocka_unit_test(test_capacity),
		cmocka_unit_test(test_lines),
	};

	return (cmocka_run_group_tests(tests, NULL, NULL));
}
