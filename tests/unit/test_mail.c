/*
 * The mail that a probe sends: a header as RFC 5322 has it, and the token in three
 * places, each of which is enough.
 */
#include "lib/stats/probe_token.h"
#include "probe/mail.h"
#include "probe/mail_read.h"
#include "tests/unit/unit.h"

static const struct secret_key key = { "0123456789abcdef0123456789abcde" };
static char token[PROBE_TOKEN_MAX + 1];

static char *
compose(const char *from, const char *payload, const char *host)
{
	const struct config_probe config = { .name = "mx",
		.from = from,
		.to = "you@there.test",
		.payload = payload };
	const struct probe_token is = { SLICE("mx"), 7, 1795417262000000 };
	size_t len;
	char *mail;

	probe_token_write(&key, &is, token);
	mail = mail_compose(&config, token, host, 1795417262, &len);
	assert_non_null(mail);
	assert_int_equal(len, strlen(mail));
	return (mail);
}

/* Take a line out. */
static void
drop_line(char *mail, const char *begin)
{
	char *line = strstr(mail, begin), *end;

	assert_non_null(line);
	end = strchr(line, '\n') + 1;
	memmove(line, end, strlen(end) + 1);
}

static bool
is_ours(const char *mail)
{
	struct arrival arrival;

	if (!mail_read(slice_of(mail), &key, NULL, &arrival))
		return (false);
	assert_string_equal(arrival.probe, "mx");
	assert_int_equal(arrival.serial, 7);
	assert_int_equal(arrival.sent, 1795417262000000);
	return (true);
}

static void
header(void **state)
{
	char *mail = compose("me@here.test", "", "host.test");
	char id[PROBE_TOKEN_MAX + 64];

	(void)state;
	(void)snprintf(id, sizeof(id), "\nMessage-ID: <%s@here.test>\n", token);
	assert_non_null(strstr(mail, id));
	assert_int_equal(
	    strncmp(mail, "Date: Mon, 23 Nov 2026 07:01:02 +0000\n", 38), 0);
	assert_non_null(strstr(mail, "\nFrom: <me@here.test>\n"));
	assert_non_null(strstr(mail, "\nTo: <you@there.test>\n"));
	assert_non_null(strstr(mail, "\nAuto-Submitted: auto-generated\n"));
	assert_non_null(strstr(mail, "\nMIME-Version: 1.0\n"));
	for (const char *line = mail; *line != '\0';) {
		const char *end = strchr(line, '\n');

		assert_non_null(end);
		assert_true(end - line <= 998); /* RFC 5322, 2.1.1 */
		line = end + 1;
	}
	free(mail);
}

static void
no_sender(void **state)
{
	char *mail = compose("", "", "host.test"), *other;

	(void)state;
	assert_non_null(
	    strstr(mail, "\nFrom: <postfix-stats-probe@host.test>\n"));
	assert_non_null(strstr(mail, "@host.test>\n"));
	other = compose("", "", NULL);
	assert_non_null(
	    strstr(other, "\nFrom: <postfix-stats-probe@localhost.invalid>\n"));
	free(mail);
	free(other);
}

static void
token_thrice(void **state)
{
	char *mail = compose("me@here.test", "more\nlines", "host.test");

	(void)state;
	assert_non_null(strstr(mail, "\n\nmore\nlines\n"));
	assert_true(is_ours(mail));
	drop_line(mail, MAIL_TOKEN_FIELD);
	assert_true(is_ours(mail));
	drop_line(mail, "Message-ID");
	assert_true(is_ours(mail));
	drop_line(mail, "pfs1.");
	assert_false(is_ours(mail));
	free(mail);
}

/* One digit off, another key, a part: none is a token. */
static void
forged(void **state)
{
	struct secret_key other = key;
	struct probe_token said;
	size_t len;

	(void)state;
	free(compose("", "", NULL));
	len = strlen(token);
	assert_true(probe_token_read(&key, slice_of(token), &said));
	other.bytes[0] ^= 1;
	assert_false(probe_token_read(&other, slice_of(token), &said));
	for (size_t i = 0; i < len; i++) {
		char was = token[i];

		token[i] = was == '1' ? '2' : '1';
		assert_false(probe_token_read(&key, slice_of(token), &said));
		token[i] = was;
		assert_false(
		    probe_token_read(&key, (struct slice){ token, i }, &said));
	}
}

int
main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(header),
		cmocka_unit_test(no_sender),
		cmocka_unit_test(token_thrice),
		cmocka_unit_test(forged),
	};

	return (cmocka_run_group_tests(tests, NULL, NULL));
}
