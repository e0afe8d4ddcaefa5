/*
 * `probing` and `probes` of the configuration file: what is taken, and what is
 * refused with which words and in which line.
 */
#include "tests/unit/config_unit.h"

static struct config *
must_load(const char *text)
{
	const char *error;
	struct config *config = load(text, &error);

	if (config == NULL)
		fail_msg("%s: %s", text, error);
	return (config);
}

/* --- defaults ------------------------------------------------------------- */

static void
test_no_probes(void **state)
{
	static const char *const texts[] = { "{}\n", "probes: []\n",
		"probing: {}\n", "probing: {}\nprobes: []\n" };

	(void)state;
	for (size_t i = 0; i < COUNT(texts); i++) {
		struct config *config = must_load(texts[i]);

		assert_int_equal(config->probes_count, 0);
		assert_int_equal(config->probing->capacity, 4096);
		assert_true(config->probing->publish_interval == 1);
		assert_int_equal(config->probing->under_way, 16);
		assert_true(config->probing->server_pause == 1);
		config_free(config);
	}
}

static void
assert_no_codes(const struct config_expect *expect)
{
	const struct config_codes *codes[] = { &expect->banner, &expect->ehlo,
		&expect->starttls, &expect->ehlo_tls, &expect->sasl_auth,
		&expect->mailfrom, &expect->rcptto, &expect->data,
		&expect->body };

	for (size_t i = 0; i < COUNT(codes); i++)
		assert_int_equal(codes[i]->code[0], 0);
}

static void
assert_default_times(const struct config_probe *probe)
{
	assert_true(probe->phase_deadline == 30);
	assert_true(probe->deadline == 60);
	assert_true(probe->interval == 300);
	assert_true(probe->jitter == 10);
	assert_true(probe->retry_interval == 60);
	assert_true(probe->retry_deadline == 900);
}

static void
test_defaults(void **state)
{
	struct config *config = must_load(
	    "probes: [ { name: a, server: mx.test, to: b@c.test } ]\n");
	const struct config_probe *probe = config->probes;

	(void)state;
	assert_int_equal(config->probes_count, 1);
	assert_string_equal(probe->name, "a");
	assert_string_equal(probe->server, "mx.test");
	assert_string_equal(probe->to, "b@c.test");
	assert_string_equal(probe->from, "");
	assert_string_equal(probe->payload, "Subject: Testing");
	assert_string_equal(probe->until, "body");
	assert_int_equal(probe->port, 25);
	assert_int_equal(probe->protocol, SPEAK_SMTP);
	assert_int_equal(probe->family, IP_ANY);
	assert_false(probe->starttls || probe->implicit_tls);
	assert_true(probe->verify);
	assert_int_equal(probe->sasl_authentication, SASL_OFF);
	assert_int_equal(probe->proxy_protocol, PROXY_NONE);
	assert_string_equal(probe->proxy_family, "TCP4");
	assert_no_codes(&probe->expect);
	assert_default_times(probe);
	assert_null(probe->source_address);
	assert_null(probe->ehlo);
	assert_null(probe->tls_name);
	assert_null(probe->ca_file);
	assert_null(probe->certificate_file);
	assert_null(probe->key_file);
	assert_null(probe->ciphers);
	assert_null(probe->tls_least);
	assert_null(probe->sasl_user);
	assert_null(probe->sasl_auth_id);
	assert_null(probe->sasl_password);
	assert_null(probe->sasl_password_file);
	assert_null(probe->proxy_source_address);
	assert_null(probe->proxy_dest_address);
	assert_null(probe->proxy_source_port);
	assert_null(probe->proxy_dest_port);
	assert_null(probe->ehlo_requires);
	assert_null(probe->ehlo_forbids);
	assert_null(probe->ehlo_tls_requires);
	assert_null(probe->ehlo_tls_forbids);
	config_free(config);
}

/* --- every key ------------------------------------------------------------ */

static const char all_keys[] = "probing:\n"
			       "  capacity: 65536\n"
			       "  publish_interval: 10\n"
			       "  under_way: 256\n"
			       "  server_pause: 0.5\n"
			       "probes:\n"
			       "  - name: mx.example-1_A\n"
			       "    server: 192.0.2.9\n"
			       "    port: 587\n"
			       "    protocol: lmtp\n"
			       "    family: ipv4\n"
			       "    source_address: 192.0.2.1\n"
			       "    ehlo: probe.example\n"
			       "    from: from@example.com\n"
			       "    to: to@example.com\n"
			       "    payload: \"Subject: x\\n\\n.\\n\"\n"
			       "    until: rcptto\n"
			       "    starttls: on\n"
			       "    implicit_tls: no\n"
			       "    verify: no\n"
			       "    tls_name: mx.example.com\n"
			       "    ca_file: /ca.pem\n"
			       "    certificate_file: /cert.pem\n"
			       "    key_file: /key.pem\n"
			       "    ciphers: HIGH\n"
			       "    tls_least: TLSv1.3\n"
			       "    sasl_authentication: scram-sha-256\n"
			       "    sasl_user: user\n"
			       "    sasl_password: secret\n"
			       "    sasl_auth_id: other\n"
			       "    proxy_protocol: v2\n"
			       "    proxy_family: TCP6\n"
			       "    proxy_source_address: 2001:db8::1\n"
			       "    proxy_dest_address: 2001:db8::2\n"
			       "    proxy_source_port: 0\n"
			       "    proxy_dest_port: 65535\n"
			       "    expect:\n"
			       "      banner: 220\n"
			       "      ehlo: 250\n"
			       "      starttls: 221\n"
			       "      ehlo_tls: 251\n"
			       "      sasl_auth: 535, 454\n"
			       "      mailfrom: 530\n"
			       "      rcptto: \"550 551,55x ,5xx\"\n"
			       "      data: 354\n"
			       "      body: 2xx\n"
			       "    ehlo_requires: STARTTLS PIPELINING\n"
			       "    ehlo_forbids: AUTH\n"
			       "    ehlo_tls_requires: AUTH\n"
			       "    ehlo_tls_forbids: STARTTLS\n"
			       "    phase_deadline: 0.1\n"
			       "    deadline: 3600\n"
			       "    interval: 86400\n"
			       "    jitter: 0\n"
			       "    retry_interval: 1\n"
			       "    retry_deadline: 604800\n";

static void
assert_all_of_tls(const struct config_probe *probe)
{
	assert_true(probe->starttls);
	assert_false(probe->implicit_tls);
	assert_false(probe->verify);
	assert_string_equal(probe->tls_name, "mx.example.com");
	assert_string_equal(probe->ca_file, "/ca.pem");
	assert_string_equal(probe->certificate_file, "/cert.pem");
	assert_string_equal(probe->key_file, "/key.pem");
	assert_string_equal(probe->ciphers, "HIGH");
	assert_string_equal(probe->tls_least, "TLSv1.3");
	assert_int_equal(probe->sasl_authentication, SASL_SCRAM_SHA_256);
	assert_string_equal(probe->sasl_user, "user");
	assert_string_equal(probe->sasl_password, "secret");
	assert_string_equal(probe->sasl_auth_id, "other");
	assert_null(probe->sasl_password_file);
}

static void
assert_all_of_proxy(const struct config_probe *probe)
{
	assert_int_equal(probe->proxy_protocol, PROXY_V2);
	assert_string_equal(probe->proxy_family, "TCP6");
	assert_string_equal(probe->proxy_source_address, "2001:db8::1");
	assert_string_equal(probe->proxy_dest_address, "2001:db8::2");
	assert_string_equal(probe->proxy_source_port, "0");
	assert_string_equal(probe->proxy_dest_port, "65535");
}

static void
assert_all_of_expect(const struct config_probe *probe)
{
	static const unsigned rcptto[] = { 550, 551, 55, 5, 0 };
	const struct config_expect *expect = &probe->expect;

	assert_int_equal(expect->banner.code[0], 220);
	assert_int_equal(expect->ehlo.code[0], 250);
	assert_int_equal(expect->starttls.code[0], 221);
	assert_int_equal(expect->ehlo_tls.code[0], 251);
	assert_int_equal(expect->sasl_auth.code[0], 535);
	assert_int_equal(expect->sasl_auth.code[1], 454);
	assert_int_equal(expect->mailfrom.code[0], 530);
	assert_memory_equal(expect->rcptto.code, rcptto, sizeof(rcptto));
	assert_int_equal(expect->data.code[0], 354);
	assert_int_equal(expect->body.code[0], 2);
	assert_string_equal(probe->ehlo_requires, "STARTTLS PIPELINING");
	assert_string_equal(probe->ehlo_forbids, "AUTH");
	assert_string_equal(probe->ehlo_tls_requires, "AUTH");
	assert_string_equal(probe->ehlo_tls_forbids, "STARTTLS");
}

static void
test_all_keys(void **state)
{
	struct config *config = must_load(all_keys);
	const struct config_probe *probe = config->probes;

	(void)state;
	assert_int_equal(config->probing->capacity, 65536);
	assert_true(config->probing->publish_interval == 10);
	assert_int_equal(config->probing->under_way, 256);
	assert_true(config->probing->server_pause == 0.5);
	assert_int_equal(config->probes_count, 1);
	assert_string_equal(probe->name, "mx.example-1_A");
	assert_string_equal(probe->server, "192.0.2.9");
	assert_int_equal(probe->port, 587);
	assert_int_equal(probe->protocol, SPEAK_LMTP);
	assert_int_equal(probe->family, IP_V4);
	assert_string_equal(probe->source_address, "192.0.2.1");
	assert_string_equal(probe->ehlo, "probe.example");
	assert_string_equal(probe->from, "from@example.com");
	assert_string_equal(probe->to, "to@example.com");
	assert_string_equal(probe->payload, "Subject: x\n\n.\n");
	assert_string_equal(probe->until, "rcptto");
	assert_all_of_tls(probe);
	assert_all_of_proxy(probe);
	assert_all_of_expect(probe);
	assert_true(probe->phase_deadline == 0.1);
	assert_true(probe->deadline == 3600);
	assert_true(probe->interval == 86400);
	assert_true(probe->jitter == 0);
	assert_true(probe->retry_interval == 1);
	assert_true(probe->retry_deadline == 604800);
	config_free(config);
}

/* --- one key at a time ---------------------------------------------------- */

/* A probe with one more line; it is the fifth. */
#define PROBE \
	"probes:\n  - name: a\n    server: mx.test\n    to: b@c.test\n    "

static const char *const taken[] = { "server: /run/lmtp", "family: ipv6",
	"family: any", "protocol: smtp", "port: 1", "port: 65535",
	"source_address: '::1'", "from: ''", "payload: ''", "ehlo: '[::1]'",
	"until: banner", "until: ehlo", "until: ehlo_tls", "until: sasl_auth",
	"until: mailfrom", "until: body", "starttls: yes", "starttls: true",
	"starttls: false", "starttls: off", "implicit_tls: true", "verify: on",
	"tls_least: TLSv1", "tls_least: TLSv1.1", "tls_least: TLSv1.2",
	"certificate_file: /both.pem", "sasl_authentication: off",
	"sasl_user: x", "proxy_protocol: yes", "proxy_protocol: on",
	"proxy_protocol: v1", "proxy_protocol: no",
	"proxy_source_address: any string at all", "proxy_source_port: smtp",
	"expect: {}", "expect: { rcptto: 5xx }", "jitter: 100", "interval: 1",
	NULL };

static void
test_taken(void **state)
{
	(void)state;
	for (size_t i = 0; taken[i] != NULL; i++) {
		char text[256];
		const char *error;
		bool is_server = strncmp(taken[i], "server", 6) == 0;
		struct config *config;

		(void)snprintf(text, sizeof(text), "%s%s\n",
		    is_server ? "probes:\n  - name: a\n    to: b@c.test\n    " :
				PROBE,
		    taken[i]);
		config = load(text, &error);
		if (config == NULL)
			fail_msg("%s: %s", taken[i], error);
		config_free(config);
	}
}

struct refusal {
	const char *text;
	const char *place; /* "test.yml:LINE:" */
	const char *word;  /* that the message has */
};

static const struct refusal refused_lines[] = {
	{ "port: 0", ":5:", "port must be 1 to 65535" },
	{ "port: 65536", ":5:", "port must be" },
	{ "port: smtp", ":5:", "port must be" },
	{ "port: 25x", ":5:", "port must be" },
	{ "protocol: imap", ":5:", "protocol must be smtp or lmtp" },
	{ "family: inet6", ":5:", "family must be any, ipv4 or ipv6" },
	{ "source_address: mx.test", ":5:", "source_address must be" },
	{ "source_address: '::1'\n    family: ipv4", ":5:", "source_address" },
	{ "source_address: 127.0.0.1\n    family: ipv6",
	    ":5:", "source_address" },
	{ "ehlo: a b", ":5:", "ehlo must be" },
	{ "ehlo: \"a\\r\\nRSET\"", ":5:", "ehlo must be" },
	{ "from: <a@b>", ":5:", "from must be" },
	{ "from: \"a\\nb\"", ":5:", "from must be" },
	{ "until: data", ":5:", "until must be banner, ehlo" },
	{ "until: quit", ":5:", "until must be" },
	{ "starttls: maybe", ":5:", "starttls must be yes or no" },
	{ "verify: 1", ":5:", "verify must be yes or no" },
	{ "implicit_tls: y", ":5:", "implicit_tls must be yes or no" },
	{ "starttls: yes\n    implicit_tls: yes", ":6:", "implicit_tls must" },
	{ "ca_file: ca.pem", ":5:", "ca_file must be an absolute path" },
	{ "certificate_file: c.pem", ":5:", "certificate_file must be" },
	{ "certificate_file: /c\n    key_file: k", ":6:", "key_file must" },
	{ "key_file: /k.pem", ":5:", "key_file must be" },
	{ "tls_least: TLSv1.4", ":5:", "tls_least must be TLSv1, " },
	{ "tls_least: SSLv3", ":5:", "tls_least must be" },
	{ "sasl_authentication: ntlm", ":5:", "must be off, login, plain" },
	{ "sasl_authentication: plain", ":5:", "must be with sasl_user" },
	{ "sasl_authentication: plain\n    sasl_user: x",
	    ":5:", "must be with sasl_password or" },
	{ "sasl_password: x\n    sasl_password_file: /y",
	    ":6:", "sasl_password_file must be" },
	{ "sasl_password_file: ./y", ":5:", "sasl_password_file must be" },
	{ "proxy_protocol: v3", ":5:", "proxy_protocol must be yes, no, v1" },
	{ "proxy_family: UDP4", ":5:", "proxy_family must be TCP4 or TCP6" },
	{ "proxy_source_address: \"a\\r\\nb\"", ":5:", "proxy_source_address" },
	{ "proxy_dest_port: \"1\\n2\"", ":5:", "proxy_dest_port must be" },
	{ "proxy_protocol: v2\n    proxy_source_address: mx.test",
	    ":6:", "proxy_source_address must be" },
	{ "proxy_protocol: v2\n    proxy_dest_address: '::1'",
	    ":6:", "proxy_dest_address must be" },
	{ "proxy_family: TCP6\n    proxy_dest_address: 192.0.2.1\n"
	  "    proxy_protocol: v2",
	    ":6:", "proxy_dest_address must be" },
	{ "proxy_protocol: v2\n    proxy_source_port: smtp",
	    ":6:", "proxy_source_port must be" },
	{ "proxy_protocol: v2\n    proxy_dest_port: 65536",
	    ":6:", "proxy_dest_port must be" },
	{ "expect:\n      banner: 220\n      rcptto: 6xx",
	    ":7:", "rcptto must be 1 to 16 codes" },
	{ "expect: { banner: 2 }", ":5:", "banner must be" },
	{ "expect: { ehlo: 5x5 }", ":5:", "ehlo must be" },
	{ "expect: { starttls: x22 }", ":5:", "starttls must be" },
	{ "expect: { ehlo_tls: 2500 }", ":5:", "ehlo_tls must be" },
	{ "expect: { sasl_auth: '' }", ":5:", "" },
	{ "expect: { mailfrom: ',' }", ":5:", "mailfrom must be" },
	{ "expect: { data: 354;250 }", ":5:", "data must be" },
	{ "expect: { body: '1xx' }", ":5:", "body must be" },
	{ "starttls: yes\n    expect:\n\n      starttls: no",
	    ":8:", "starttls must be 1 to 16 codes" },
	{ "expect: { rcptto: '2xx 3xx 4xx 5xx 2xx 3xx 4xx 5xx 2xx 3xx 4xx "
	  "5xx 2xx 3xx 4xx 5xx 250' }",
	    ":5:", "rcptto must be" },
	{ "expect: { quit: 221 }", ":5:", "quit" },
	{ "expect: 250", ":5:", "" }, { "expect: [250]", ":5:", "" },
	{ "phase_deadline: 0", ":5:", "phase_deadline must be 0.1 to 3600" },
	{ "phase_deadline: 30s", ":5:", "phase_deadline must be" },
	{ "deadline: 3601", ":5:", "deadline must be" },
	{ "interval: 0", ":5:", "interval must be 1 to 86400 seconds" },
	{ "interval: 86401", ":5:", "interval must be" },
	{ "interval: -1", ":5:", "interval must be" },
	{ "interval: nan", ":5:", "interval must be" },
	{ "interval: 1e9", ":5:", "interval must be" },
	{ "jitter: 101", ":5:", "jitter must be 0 to 100 percent" },
	{ "retry_interval: 0", ":5:", "retry_interval must be" },
	{ "retry_deadline: 604801", ":5:", "retry_deadline must be" },
	{ "colour: red", ":5:", "colour" },
	{ "expect:\n      colour: red", ":6:", "colour" }, { NULL, NULL, NULL }
};

static const struct refusal refused[] = {
	{ "probing:\n  capacity: 504\n", ":2:", "capacity must be 512 to" },
	{ "capacity: 4096\nprobing:\n  capacity: 513\n", ":3:", "capacity" },
	{ "probing:\n  capacity: 1048584\n", ":2:", "capacity must be" },
	{ "probing:\n  publish_interval: 0\n", ":2:", "publish_interval" },
	{ "probing:\n  publish_interval: 3601\n", ":2:", "publish_interval" },
	{ "probing:\n  under_way: 0\n", ":2:", "under_way must be 1 to 256" },
	{ "probing:\n  under_way: 257\n", ":2:", "under_way must be" },
	{ "probing:\n  server_pause: 3601\n", ":2:", "server_pause must be" },
	{ "probing:\n  server_pause: -1\n", ":2:", "server_pause must be" },
	{ "probing:\n  colour: red\n", ":2:", "colour" },
	{ "probing: 1\n", ":1:", "" }, { "probes: x\n", ":1:", "" },
	{ "probes:\n  - mx\n", ":2:", "" },
	{ "probes:\n  - { server: a, to: b }\n", ":", "name" },
	{ "probes:\n  - { name: a, to: b }\n", ":", "server" },
	{ "probes:\n  - { name: a, server: b }\n", ":", "to" },
	{ "probes:\n  - { name: '', server: b, to: c }\n", ":2:", "" },
	{ "probes:\n  - { name: a b, server: b, to: c }\n",
	    ":2:", "name must" },
	{ "probes:\n  - { name: a:b, server: b, to: c }\n",
	    ":2:", "name must" },
	{ "probes:\n  - { name: other, server: b, to: c }\n",
	    ":2:", "name must" },
	{ "probes:\n  - server: b\n    to: c\n    name: "
	  "abcdefghijklmnopqrstuvwxyz1234567\n",
	    ":4:", "" },
	{ "probes:\n  - { name: a, server: b c, to: c }\n",
	    ":2:", "server must" },
	{ "probes:\n  - { name: a, server: b, to: <c> }\n", ":2:", "to must" },
	{ "probes:\n  - { name: a, server: b, to: \"c\\rd\" }\n",
	    ":2:", "to must" },
	{ "probes:\n  - { name: c, server: b, to: c }\n"
	  "  - { name: b, server: b, to: c }\n"
	  "  - { name: c, server: b, to: c }\n"
	  "  - { name: b, server: b, to: c }\n",
	    ":4:", "name must be of no other probe" },
	{ "probes:\n  - { name: a, server: b, to: c }\n  - name: d\n"
	  "    server: b\n    to: c\n    expect:\n      body: 250\n"
	  "      data: x\n",
	    ":8:", "data must be" },
	{ NULL, NULL, NULL }
};

static void
assert_refused(const char *text, const struct refusal *as)
{
	const char *error;
	char place[32];

	(void)snprintf(place, sizeof(place), "test.yml%s", as->place);
	if (load(text, &error) != NULL)
		fail_msg("taken: %s", text);
	if (strstr(error, place) == NULL || strstr(error, as->word) == NULL ||
	    strchr(error, '\n') != NULL)
		fail_msg("%s: \"%s\" has no \"%s\" and \"%s\"", text, error,
		    place, as->word);
}

static void
test_refused(void **state)
{
	(void)state;
	for (const struct refusal *as = refused; as->text != NULL; as++)
		assert_refused(as->text, as);
	for (const struct refusal *as = refused_lines; as->text != NULL; as++) {
		char text[512];

		(void)snprintf(text, sizeof(text), "%s%s\n", PROBE, as->text);
		assert_refused(text, as);
	}
}

/* A password is not to be in a log, whatever else is wrong. */
static void
test_password_is_not_said(void **state)
{
	const char *error;
	char text[512];

	(void)state;
	assert_null(load(PROBE "sasl_password: hunter2\n"
			       "    sasl_password_file: hunter2\n",
	    &error));
	assert_null(strstr(error, "hunter2"));
	assert_null(load(PROBE "sasl_password: [hunter2]\n", &error));
	assert_null(strstr(error, "hunter2"));
	(void)snprintf(text, sizeof(text),
	    "%ssasl_password: \"hunter2 (line: 9, column: 9%0300d\"\n", PROBE,
	    0);
	assert_null(load(text, &error));
	assert_non_null(strstr(error, "test.yml:5: STRING length > 255"));
	assert_null(strstr(error, "hunter2"));
}

/* As many as there may be; the last has the name of the one before it. */
static void
test_many(void **state)
{
	size_t room = 64 * (CONFIG_PROBES_MAX + 2), len;
	char *text = malloc(room);
	const char *error;
	struct config *config;

	(void)state;
	assert_non_null(text);
	len = (size_t)snprintf(text, room, "probes:\n");
	for (unsigned i = 0; i < CONFIG_PROBES_MAX; i++)
		len += (size_t)snprintf(text + len, room - len,
		    "  - { name: p%u, server: b, to: c }\n", i);
	config = must_load(text);
	assert_int_equal(config->probes_count, CONFIG_PROBES_MAX);
	assert_in_range(
	    config->probing->capacity, CONFIG_PROBES_MAX * 60, 1 << 20);
	assert_string_equal(config->probes[1023].name, "p1023");
	config_free(config);
	memcpy(strstr(text, "p1023"), "p1022", 5);
	assert_null(load(text, &error));
	assert_non_null(strstr(error, ":1025: name must be of no other"));
	(void)snprintf(
	    text + len, room - len, "  - { name: more, server: b, to: c }\n");
	assert_null(load(text, &error));
	free(text);
}

int
main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(test_no_probes),
		cmocka_unit_test(test_defaults),
		cmocka_unit_test(test_all_keys),
		cmocka_unit_test(test_taken),
		cmocka_unit_test(test_refused),
		cmocka_unit_test(test_password_is_not_said),
		cmocka_unit_test(test_many),
	};

	return (cmocka_run_group_tests(tests, NULL, NULL));
}
