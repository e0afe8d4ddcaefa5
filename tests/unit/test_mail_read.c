/*
 * Messages: whose they are, wherever the token stands, and what does not pass
 * for one.
 */
#include "tests/unit/unit.h"
#include "probe/mail_read.h"

#define A       "[A]" /* token of probe a, serial 1 */
#define B       "[B]" /* of probe b, serial 2 */
#define F       "[F]" /* one that was made with another key */
#define OWN     MAIL_TOKEN_FIELD ": "
#define RESULTS "Authentication-Results: mx.a.test; spf="

static const struct secret_key key = { "the key" }, other_key = { "another" };

static void
write_token(char mark, char token_r[PROBE_TOKEN_MAX + 1])
{
	struct probe_token token = { SLICE("a"), 1, 1000 };

	if (mark == 'B')
		token = (struct probe_token){ SLICE("b"), 2, 2000 };
	probe_token_write(mark == 'F' ? &other_key : &key, &token, token_r);
}

/* The message that `text` stands for, with its tokens. */
static struct slice
message_of(const char *text)
{
	static char message[8192];
	size_t len = 0;

	for (; *text != '\0'; text++) {
		char token[PROBE_TOKEN_MAX + 1] = { *text };

		if (text[0] == '[' && text[2] == ']') {
			write_token(text[1], token);
			text += 2;
		}
		assert_true(len + strlen(token) < sizeof(message));
		memcpy(message + len, token, strlen(token));
		len += strlen(token);
	}
	return ((struct slice){ message, len });
}

/* A message, and the probe and the word for SPF that are read off it. */
static const struct mail_case {
	const char *text, *probe, *spf; /* NULL: not ours */
} mail_cases[] = {
	/* --- where the token is */
	{ OWN A "\r\n\r\nbody", "a", "" },
	{ "From: x\nTo: y\n" OWN A "\n\nbody", "a", "" },
	{ "x-pOSTFIX-stats-probe \t:\r\n\t" A " \r\n\r\n", "a", "" },
	{ "Message-ID: <" A "@a.test>\n\n", "a", "" },
	{ "Message-Id:\r\n <" A "@a.test>\r\n\r\n", "a", "" },
	{ "Subject: x\n\nsome text\n" A "\nmore", "a", "" },
	{ OWN A, "a", "" },
	{ "\n" A, "a", "" },
	/* --- which, of several */
	{ "Message-ID: <" B "@a.test>\n" OWN A "\n\n" B, "a", "" },
	{ OWN A "\nMessage-ID: <" B "@a.test>\n\n" B, "a", "" },
	{ "Message-ID: <" A "@a.test>\n\n" B, "a", "" },
	{ OWN F "\n" OWN A "\n\n" B, "a", "" },
	{ OWN F "\nMessage-ID: <" A "@a.test>\n\n" B, "a", "" },
	{ OWN A "\n" OWN B "\n\n", "a", "" },
	/* --- what is not ours */
	{ "", NULL, NULL },
	{ "Subject: x\n\nbody", NULL, NULL },
	{ OWN F "\nMessage-ID: <" F "@a.test>\n\n" F, NULL, NULL },
	{ "Subject: " A "\n\n", NULL, NULL },
	{ "Subject: x\n " OWN A "\n\n", NULL, NULL },
	{ "X-" OWN A "\n\n", NULL, NULL },
	{ "X-Postfix-Stats-Prob: " A "\n\n", NULL, NULL },
	{ A "\n", NULL, NULL },
	/* --- messages about ours */
	{ "Content-Type: multipart/report; report-type=delivery-status\n\n" A,
	    NULL, NULL },
	{ "Content-Type: Message/RFC822\n\n" A, NULL, NULL },
	{ "Auto-Submitted: auto-replied (vacation)\n\n> " A, NULL, NULL },
	{ "In-Reply-To: <" A "@a.test>\n\nthank you", NULL, NULL },
	{ "References: <" A "@a.test>\n\n> " A, NULL, NULL },
	{ "Subject: failure notice\n\nSorry.\n--- Below is it.\n\n" OWN A "\n",
	    NULL, NULL },
	{ "Auto-Submitted: auto-generated\n\n" A, "a", "" },
	/* --- and ours nevertheless */
	{ "In-Reply-To: <x>\n" OWN A "\n\n", "a", "" },
	/* --- headers of all kinds */
	{ "From x@y Mon Nov 23 07:00:00 2026\n" OWN A "\n\n", "a", "" },
	{ " folded at once\n" OWN A "\n\n", "a", "" },
	{ "no colon\n:no name\n" OWN A "\n\n", "a", "" },
	{ "Subject: \xff\xfe\x01\r\r\n" OWN A "\n\n", "a", "" },
	/* --- Authentication-Results */
	{ RESULTS "pass\n" OWN A "\n\n", "a", "pass" },
	{ OWN A "\r\nauthentication-RESULTS: mx.a.test;\r\n\tspf=fail\r\n\r\n",
	    "a", "fail" },
	{ RESULTS "fail\n" OWN A "\n" RESULTS "pass\n\n", "a", "fail" },
	{ "Authentication-Results: mx.b.test; spf=pass\n" RESULTS "pass\n" OWN A
	  "\n\n",
	    "a", "" },
	{ OWN A "\n\n" RESULTS "pass\n", "a", "" },
	{ "X: y\n " RESULTS "pass\n" OWN A "\n\n", "a", "" },
	{ "ARC-" RESULTS "pass\n" OWN A "\n\n", "a", "" },
	{ NULL, NULL, NULL },
};

static void
test_mails(void **state)
{
	for (const struct mail_case *c = *state; c->text != NULL; c++) {
		struct arrival got = { .probe = "?", .spf = "?", .file = 7 };
		bool ours = mail_read(
		    message_of(c->text), &key, "mx.a.test", &got);

		if (ours != (c->probe != NULL))
			fail_msg("%sours: %s", ours ? "" : "not ", c->text);
		if (!ours)
			continue;
		if (strcmp(got.probe, c->probe) != 0 ||
		    strcmp(got.spf, c->spf) != 0)
			fail_msg("probe \"%s\", SPF \"%s\": %s", got.probe,
			    got.spf, c->text);
		assert_int_equal(got.serial, *got.probe == 'a' ? 1 : 2);
		assert_int_equal(got.sent, *got.probe == 'a' ? 1000 : 2000);
		assert_int_equal(got.file, 7);
	}
}

/* Nobody is believed if the configuration names no server. */
static void
test_no_server(void **state)
{
	struct arrival got;

	(void)state;
	assert_true(mail_read(
	    message_of(RESULTS "pass\n" OWN A "\n\n"), &key, NULL, &got));
	assert_string_equal(got.spf, "");
}

/* A message may end anywhere: no byte behind it is read, and NULs are bytes as
   any other.  The sanitizers look on. */
static void
test_cut(void **state)
{
	struct slice whole = message_of(
	    "A:\n b\n" RESULTS "\"pass\" (x)\n" OWN F "\n\n" F "\n" A);

	(void)state;
	for (size_t len = 0; len <= whole.len; len++) {
		char *copy = malloc(len + 1);
		struct arrival got;

		assert_non_null(copy);
		memcpy(copy + 1, whole.at, len);
		copy[0] = 'x';
		assert_int_equal(mail_read((struct slice){ copy + 1, len },
				     &key, "mx.a.test", &got),
		    len == whole.len);
		if (len > 0)
			copy[1 + len / 2] = '\0';
		(void)mail_read(
		    (struct slice){ copy + 1, len }, &key, "mx.a.test", &got);
		free(copy);
	}
}

/* A name can be longer than the daemon's, if numbers are short, but then it is
   none of ours. */
static void
test_long_name(void **state)
{
	struct probe_token token = { SLICE("a2345678901234567890123456789012"),
		1, 1 };
	char text[PROBE_TOKEN_MAX + sizeof(OWN)] = OWN;
	struct arrival got;

	(void)state;
	probe_token_write(&key, &token, text + strlen(OWN));
	assert_true(mail_read(slice_of(text), &key, NULL, &got));
	token.name = SLICE("a23456789012345678901234567890123");
	probe_token_write(&key, &token, text + strlen(OWN));
	assert_false(mail_read(slice_of(text), &key, NULL, &got));
}

int
main(void)
{
	const struct CMUnitTest tests[] = {
		TABLE_TEST("whose a message is", test_mails, mail_cases),
		TEST("no server is believed", test_no_server),
		TEST("messages that end anywhere", test_cut),
		TEST("a name that is too long", test_long_name),
	};

	return (cmocka_run_group_tests(tests, NULL, NULL));
}
