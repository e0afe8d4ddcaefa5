/*
 * Replies of SMTP, and what a probe says: bytes on the wire, without one.
 */
#include "tests/unit/unit.h"
#include "lib/stats/key.h"
#include "lib/util/utf8.h"
#include "probe/expect.h"
#include "probe/message.h"
#include "probe/proxy.h"
#include "probe/reply.h"

static struct reply_reader reader;

/* Read `text` in pieces of `step` bytes. */
static int
read_in_steps(struct slice text, size_t step, size_t *used_r)
{
	size_t used;
	int result = 0;

	reply_begin(&reader);
	*used_r = 0;
	while (result == 0 && text.len > 0) {
		struct slice piece = { text.at,
			text.len < step ? text.len : step };

		result = reply_read(&reader, piece, &used);
		*used_r += used;
		text = slice_from(text, used);
	}
	return (result);
}

static const struct reply_case {
	const char *text;
	int result;
	unsigned code;
	const char *enhanced, *said;
	size_t left; /* bytes that are not of it */
} reply_cases[] = {
	{ "250 2.1.0 Ok\r\n", 1, 250, "2.1.0", "Ok", 0 },
	{ "250 2.1.0 Ok\n", 1, 250, "2.1.0", "Ok", 0 },
	{ "250\r\n", 1, 250, "", "", 0 },
	{ "250 \r\n", 1, 250, "", "", 0 },
	{ "250-2.1.0 a\r\n250-2.1.0 b\r\n250 2.1.0 c\r\n", 1, 250, "2.1.0",
	    "a b c", 0 },
	{ "250 one\r\n250 two\r\n", 1, 250, "", "one", 9 },
	{ "550 5.7.1\r\n", 1, 550, "5.7.1", "", 0 },
	{ "550 5.7.1x no\r\n", 1, 550, "", "5.7.1x no", 0 },
	{ "550 3.7.1 no\r\n", 1, 550, "", "3.7.1 no", 0 },
	{ "550 5.7 no\r\n", 1, 550, "", "5.7 no", 0 },
	{ "550 5.7.1234 no\r\n", 1, 550, "", "5.7.1234 no", 0 },
	{ "550 a\tb\x01\r\n", 1, 550, "", "a?b?", 0 },
	{ "550 \xc3\xa4\xff\r\n", 1, 550, "", "\xc3\xa4?", 0 },
	{ "250-a\r\n", 0, 0, NULL, NULL, 0 },
	{ "25", 0, 0, NULL, NULL, 0 },
	{ "", 0, 0, NULL, NULL, 0 },
	{ "25 ok\r\n", -1, 0, NULL, "25 ok", 0 },
	{ "199 ok\r\n", -1, 0, NULL, "199 ok", 0 },
	{ "600 ok\r\n", -1, 0, NULL, "600 ok", 0 },
	{ "250x ok\r\n", -1, 0, NULL, "250x ok", 0 },
	{ "HTTP/1.1 400 Bad Request\r\n", -1, 0, NULL,
	    "HTTP/1.1 400 Bad Request", 0 },
	{ "\r\n", -1, 0, NULL, "", 0 },
	{ "250-a\r\n251 b\r\n", -1, 0, NULL, "251 b", 0 },
	{ NULL, 0, 0, NULL, NULL, 0 },
};

static void
test_replies(void **state)
{
	for (const struct reply_case *c = *state; c->text != NULL; c++)
		for (size_t step = 1; step < 40; step += 3) {
			struct slice text = slice_of(c->text);
			size_t used;

			assert_int_equal(
			    read_in_steps(text, step, &used), c->result);
			assert_int_equal(used, text.len - c->left);
			if (c->result == 0)
				continue;
			assert_int_equal(reader.reply.code, c->code);
			assert_string_equal(reader.reply.text, c->said);
			if (c->result == 1)
				assert_string_equal(
				    reader.reply.enhanced, c->enhanced);
			assert_true((reader.fault != NULL) == (c->result < 0));
		}
}

/* A line, and lines, have an end; so has what is kept of them. */
static void
test_bounds(void **state)
{
	static char text[REPLY_LINE_MAX + 16];
	size_t used;

	(void)state;
	memset(text, 'x', sizeof(text));
	memcpy(text, "250 ", 4);
	assert_int_equal(
	    read_in_steps((struct slice){ text, REPLY_LINE_MAX }, 100, &used),
	    0);
	assert_int_equal(
	    read_in_steps((struct slice){ text, sizeof(text) }, 100, &used),
	    -1);
	text[REPLY_LINE_MAX - 1] = '\n';
	assert_int_equal(
	    read_in_steps((struct slice){ text, sizeof(text) }, 100, &used), 1);
	assert_int_equal(strlen(reader.reply.text), REPLY_TEXT - 1);

	reply_begin(&reader);
	for (unsigned i = 0; i < REPLY_LINES_MAX; i++)
		assert_int_equal(
		    reply_read(&reader, SLICE("250-A 1\r\n"), &used), 0);
	assert_true(strlen(reader.ehlo) < sizeof(reader.ehlo));
	assert_int_equal(reply_read(&reader, SLICE("250 A 1\r\n"), &used), -1);
}

/* A challenge is read as it came, however long. */
static void
test_last(void **state)
{
	char text[1100];
	size_t used;

	(void)state;
	memset(text, 'A', sizeof(text));
	memcpy(text, "334 ", 4);
	memcpy(text + sizeof(text) - 2, "\r\n", 2);
	assert_int_equal(
	    read_in_steps((struct slice){ text, sizeof(text) }, 64, &used), 1);
	assert_int_equal(reader.last.len, sizeof(text) - 6);
	assert_memory_equal(reader.last.at, text + 4, reader.last.len);
}

static void
test_nul(void **state)
{
	size_t used;

	(void)state;
	assert_int_equal(read_in_steps(SLICE("250 a\0b\r\n"), 99, &used), 1);
	assert_string_equal(reader.reply.text, "a");
	assert_int_equal(read_in_steps(SLICE("2\0\60 a\r\n"), 99, &used), -1);
}

static void
test_ehlo(void **state)
{
	struct slice words;
	size_t used;

	(void)state;
	assert_int_equal(
	    read_in_steps(SLICE("250-mx.example.com AUTH\r\n250-SIZE 1000\r\n"
				"250-auth PLAIN LOGIN\r\n250-XAUTH\r\n"
				"250-AUTHX\r\n250 PIPELINING\r\n"),
		7, &used),
	    1);
	assert_true(reply_offers(reader.ehlo, "SIZE", &words));
	assert_true(slice_equal(words, "1000"));
	assert_true(reply_offers(reader.ehlo, "AUTH", &words));
	assert_true(slice_equal(words, "PLAIN LOGIN"));
	assert_true(reply_offers(reader.ehlo, "pipelining", &words));
	assert_int_equal(words.len, 0);
	assert_false(reply_offers(reader.ehlo, "PIPELININ", &words));
	assert_false(reply_offers(reader.ehlo, "STARTTLS", &words));
	assert_false(reply_offers(reader.ehlo, "mx.example.com", &words));
	assert_true(reply_offers("X\nAUTH=LOGIN", "AUTH", &words));
	assert_true(slice_equal(words, "LOGIN"));
}

static const struct id_case {
	const char *said, *id;
} id_cases[] = {
	{ "Ok: queued as 4jXrRh11zSz1c0ST", "4jXrRh11zSz1c0ST" },
	{ "Ok: queued as 0A1B2C3D4E5", "0A1B2C3D4E5" },
	{ "Ok: queued as 4jX; more", "4jX" },
	{ "Ok: queued as <script>", "" },
	{ "Ok: queued as aaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaa", "" },
	{ "<u@example.com> Saved", "" },
	{ NULL, NULL },
};

static void
test_queue_id(void **state)
{
	for (const struct id_case *c = *state; c->said != NULL; c++) {
		struct reply reply = { .code = 250 };
		char id[QUEUE_ID_TEXT];

		(void)snprintf(reply.text, sizeof(reply.text), "%s", c->said);
		reply_queue_id(&reply, id);
		assert_string_equal(id, c->id);
	}
}

/* --- what is said -------------------------------------------------------- */

static const struct message_case {
	const char *message, *wire;
} message_cases[] = {
	{ "Subject: Testing", "Subject: Testing\r\n.\r\n" },
	{ "a\nb\n", "a\r\nb\r\n.\r\n" },
	{ "a\r\nb\r\n", "a\r\nb\r\n.\r\n" },
	{ ".\n..\n.a\na.\n", "..\r\n...\r\n..a\r\na.\r\n.\r\n" },
	{ "a\rb\r.c", "a\r\nb\r\n..c\r\n.\r\n" },
	{ "\n\n", "\r\n\r\n.\r\n" },
	{ "", ".\r\n" },
	{ NULL, NULL },
};

static void
test_message(void **state)
{
	for (const struct message_case *c = *state; c->message != NULL; c++) {
		size_t len;
		char *wire = message_wire(slice_of(c->message), &len);

		assert_int_equal(len, strlen(c->wire));
		assert_memory_equal(wire, c->wire, len);
		free(wire);
	}
}

static const struct proxy_end own = { "192.0.2.1", "4711" };
static const struct proxy_end server = { "192.0.2.2", "25" };

static void
test_proxy_1(void **state)
{
	struct config_probe probe = { .proxy_protocol = PROXY_V1,
		.proxy_family = "TCP4" };
	char header[PROXY_HEADER_MAX];
	const char *error;
	size_t len;

	(void)state;
	assert_int_equal(
	    proxy_header(&probe, &own, &server, header, &len, &error), 0);
	header[len] = '\0';
	assert_string_equal(
	    header, "PROXY TCP4 192.0.2.1 192.0.2.2 4711 25\r\n");
	probe.proxy_family = "TCP6";
	probe.proxy_source_address = "any string";
	probe.proxy_dest_address = "2001:db8::2";
	probe.proxy_source_port = "70000";
	probe.proxy_dest_port = "x";
	assert_int_equal(
	    proxy_header(&probe, &own, &server, header, &len, &error), 0);
	header[len] = '\0';
	assert_string_equal(
	    header, "PROXY TCP6 any string 2001:db8::2 70000 x\r\n");
}

static void
test_proxy_2(void **state)
{
	static const char four[] = "\r\n\r\n\0\r\nQUIT\n\x21\x11\0\x0c"
				   "\xc0\0\2\1\xc0\0\2\2\x12\x67\0\x19";
	struct config_probe probe = { .proxy_protocol = PROXY_V2,
		.proxy_family = "TCP4" };
	char header[PROXY_HEADER_MAX];
	const char *error;
	size_t len;

	(void)state;
	assert_int_equal(
	    proxy_header(&probe, &own, &server, header, &len, &error), 0);
	assert_int_equal(len, sizeof(four) - 1);
	assert_memory_equal(header, four, len);
	probe.proxy_family = "TCP6";
	assert_int_equal(
	    proxy_header(&probe, &own, &server, header, &len, &error), -1);
	probe.proxy_source_address = "2001:db8::1";
	probe.proxy_dest_address = "::1";
	assert_int_equal(
	    proxy_header(&probe, &own, &server, header, &len, &error), 0);
	assert_int_equal(len, 16 + 36);
	assert_memory_equal(header + 12, "\x21\x21\0\x24\x20\x01\x0d\xb8", 8);
	probe.proxy_source_port = "65536";
	assert_int_equal(
	    proxy_header(&probe, &own, &server, header, &len, &error), -1);
}

/* --- what is expected ---------------------------------------------------- */

static void
test_expect(void **state)
{
	struct config_expect none = { .banner = { { 0 } } };
	struct config_expect some = { .rcptto = { { 450, 55, 4 } },
		.banner = { { 220, 554 } } };
	char text[EXPECT_TEXT];

	(void)state;
	assert_int_equal(expect_code(&none, PHASE_RCPTTO, 250), EXPECT_GO);
	assert_int_equal(expect_code(&none, PHASE_RCPTTO, 251), EXPECT_GO);
	assert_int_equal(expect_code(&none, PHASE_RCPTTO, 252), EXPECT_NOT);
	assert_int_equal(expect_code(&none, PHASE_RCPTTO, 554), EXPECT_NOT);
	assert_int_equal(expect_code(&none, PHASE_DATA, 354), EXPECT_GO);
	assert_int_equal(expect_code(&none, PHASE_DATA, 250), EXPECT_NOT);
	assert_int_equal(expect_code(&some, PHASE_RCPTTO, 250), EXPECT_NOT);
	assert_int_equal(expect_code(&some, PHASE_RCPTTO, 450), EXPECT_STOP);
	assert_int_equal(expect_code(&some, PHASE_RCPTTO, 554), EXPECT_STOP);
	assert_int_equal(expect_code(&some, PHASE_RCPTTO, 541), EXPECT_NOT);
	assert_int_equal(expect_code(&some, PHASE_RCPTTO, 421), EXPECT_STOP);
	assert_int_equal(expect_code(&some, PHASE_BANNER, 220), EXPECT_GO);
	assert_int_equal(expect_code(&some, PHASE_BANNER, 554), EXPECT_STOP);
	assert_string_equal(
	    expect_text(&some, PHASE_RCPTTO, text), "450 55x 4xx");
	assert_string_equal(expect_text(&none, PHASE_RCPTTO, text), "250 251");
}

static void
test_words(void **state)
{
	static const char ehlo[] = "PIPELINING\nAUTH PLAIN";
	char word[32];

	(void)state;
	assert_false(expect_word(NULL, ehlo, true, word));
	assert_true(expect_word("STARTTLS, auth", ehlo, true, word));
	assert_string_equal(word, "auth");
	assert_true(expect_word("AUTH STARTTLS", ehlo, false, word));
	assert_string_equal(word, "STARTTLS");
	assert_false(expect_word("AUTH  ,PIPELINING", ehlo, false, word));
}

/* --- outcomes ------------------------------------------------------------ */

/* Names are those of the table, in its order. */
static void
test_names(void **state)
{
	struct slice rest = slice_of(labels[LABEL_PROBE_PHASE].values), name;
	unsigned count = 0;

	(void)state;
	for (; label_value_next(&rest, &name); count++)
		assert_true(slice_equal(name, phase_name(count)));
	assert_int_equal(count, PHASE_COUNT);
	rest = slice_of(labels[LABEL_PROBE_RESULT].values);
	for (count = 1; label_value_next(&rest, &name); count++)
		assert_true(slice_equal(name, result_name(count)));
	assert_int_equal(count, RESULT_COUNT);
}

static void
test_result_text(void **state)
{
	struct outcome outcome = { .result = RESULT_OK, .ended = PHASE_BODY };
	char text[RESULT_TEXT];

	(void)state;
	assert_string_equal(outcome_result(&outcome, text), "ok");
	outcome.result = RESULT_CODE;
	assert_string_equal(outcome_result(&outcome, text), "code:body");
	outcome.result = RESULT_TIMEOUT;
	outcome.ended = PHASE_SASL_AUTH;
	assert_string_equal(
	    outcome_result(&outcome, text), "timeout:sasl_auth");
}

static void
assert_clean(const char *text, size_t size, bool lines)
{
	struct slice rest = { text, strnlen(text, size) };

	assert_true(rest.len < size);
	while (rest.len > 0) {
		size_t shown = utf8_shown(rest);

		if (lines && *rest.at == '\n')
			shown = 1;
		assert_true(shown > 0);
		rest = slice_from(rest, shown);
	}
}

/* Whatever a child left there. */
static void
test_clean(void **state)
{
	static struct outcome outcome;
	unsigned char *bytes = (unsigned char *)&outcome;
	uint32_t random = 1;

	(void)state;
	for (unsigned round = 0; round < 200; round++) {
		for (size_t i = 0; i < sizeof(outcome); i++) {
			random = random * 1664525 + 1013904223;
			bytes[i] = round == 0 ? 0xff :
						(unsigned char)(random >> 24);
		}
		outcome_clean(&outcome);
		assert_true(outcome.result < RESULT_COUNT);
		assert_true(outcome.ended < PHASE_COUNT);
		for (unsigned p = 0; p < PHASE_COUNT; p++) {
			struct reply *reply = &outcome.phase[p].reply;

			assert_true(reply->code < 600);
			assert_clean(reply->text, sizeof(reply->text), false);
			assert_clean(
			    reply->enhanced, sizeof(reply->enhanced), false);
		}
		assert_clean(outcome.ehlo, sizeof(outcome.ehlo), true);
		assert_clean(outcome.reason, sizeof(outcome.reason), false);
		assert_clean(outcome.certificate.names,
		    sizeof(outcome.certificate.names), false);
		assert_clean(outcome.queue_id, sizeof(outcome.queue_id), false);
	}
}

int
main(void)
{
	const struct CMUnitTest tests[] = {
		TABLE_TEST("replies are read, however they come in pieces",
		    test_replies, reply_cases),
		TEST("lines and replies have an end", test_bounds),
		TEST("a challenge is not cut", test_last),
		TEST("a NUL ends nothing but the text", test_nul),
		TEST("what EHLO offers", test_ehlo),
		TABLE_TEST(
		    "queue ids in the last reply", test_queue_id, id_cases),
		TABLE_TEST(
		    "lines and dots of a message", test_message, message_cases),
		TEST("PROXY in a line says what it is told", test_proxy_1),
		TEST("PROXY in bytes", test_proxy_2),
		TEST("codes that are expected", test_expect),
		TEST("keywords that are wanted, or not", test_words),
		TEST("names of phases and results are the table's", test_names),
		TEST("a result in words", test_result_text),
		TEST("whatever an outcome holds, it can be shown", test_clean),
	};

	return (cmocka_run_group_tests(tests, NULL, NULL));
}
