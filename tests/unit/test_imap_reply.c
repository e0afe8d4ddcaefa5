/*
 * Responses of IMAP: lines, literals, status, FETCH.
 */
#include "probe/imap_reply.h"
#include "tests/unit/unit.h"

static struct imap_reader reader;

/* All responses in a text, read in pieces of `step` bytes. */
static int
read_one(struct slice *bytes, size_t step)
{
	int complete = 0;

	imap_begin(&reader);
	while (complete == 0 && bytes->len > 0) {
		struct slice piece = { bytes->at,
			bytes->len < step ? bytes->len : step };
		size_t used;

		complete = imap_read(&reader, piece, &used);
		*bytes = slice_from(*bytes, used);
	}
	return (complete);
}

static void
lines_and_literals(void **state)
{
	(void)state;
	for (size_t step = 1; step < 40; step++) {
		struct slice bytes = SLICE(
		    "* 1 FETCH (BODY[] {5}\r\n{9}\r\n UID 7)\r\n* x\n"
		    "a {0}\r\nb\r\n");

		assert_int_equal(read_one(&bytes, step), 1);
		assert_true(slice_equal(
		    imap_line(&reader), "* 1 FETCH (BODY[] {5} UID 7)"));
		assert_true(slice_equal(imap_literal(&reader), "{9}\r\n"));
		assert_int_equal(read_one(&bytes, step), 1);
		assert_true(slice_equal(imap_line(&reader), "* x"));
		assert_int_equal(read_one(&bytes, step), 1);
		assert_true(slice_equal(imap_line(&reader), "a {0}b"));
		assert_int_equal(imap_literal(&reader).len, 0);
		assert_int_equal(bytes.len, 0);
	}
}

static void
too_long(void **state)
{
	struct slice bytes = SLICE("* 1 FETCH (BODY[] {4294967296}\r\n");
	struct slice huge = SLICE("* {99999999999999999999}\r\n");
	static char line[IMAP_LINE_MAX + 1];

	(void)state;
	assert_int_equal(read_one(&bytes, 7), -1);
	assert_string_equal(reader.fault, "a literal of 4294967296 bytes");
	/* More than a number holds: it can't be meant, and nothing follows. */
	assert_int_equal(read_one(&huge, 7), 1);
	memset(line, 'x', sizeof(line));
	bytes = (struct slice){ line, sizeof(line) };
	assert_int_equal(read_one(&bytes, 4096), -1);
	assert_string_equal(reader.fault, "a line of more than 131072 bytes");
}

static void
what_lines_are(void **state)
{
	static const struct {
		const char *line;
		enum imap_kind kind;
		bool tagged;
		const char *code, *rest;
	} cases[] = {
		{ "p3 OK [READ-WRITE] done", IMAP_OK, true, "READ-WRITE",
		    " done" },
		{ "p3 no it is not", IMAP_NO, true, "", "it is not" },
		{ "p33 OK x", IMAP_OK, false, "", "x" },
		{ "* OK [UIDNEXT 5] x", IMAP_OK, false, "UIDNEXT 5", " x" },
		{ "* BYE", IMAP_BYE, false, "", "" },
		{ "* PREAUTH hi", IMAP_PREAUTH, false, "", "hi" },
		{ "* OK [open", IMAP_OK, false, "", "[open" },
		{ "+ go", IMAP_CONTINUE, false, "", " go" },
		{ "+", IMAP_CONTINUE, false, "", "" },
		{ "* 3 EXISTS", IMAP_OTHER, false, "", NULL },
		{ "", IMAP_OTHER, false, "", NULL },
		{ "p3", IMAP_OTHER, true, "", NULL },
	};

	(void)state;
	for (size_t i = 0; i < COUNT(cases); i++) {
		struct imap_status status = imap_status(
		    slice_of(cases[i].line), SLICE("p3"));

		assert_int_equal(status.kind, cases[i].kind);
		assert_int_equal(status.tagged, cases[i].tagged);
		assert_true(slice_equal(status.code, cases[i].code));
		if (cases[i].rest != NULL)
			assert_true(slice_equal(status.rest, cases[i].rest));
	}
}

static void
messages(void **state)
{
	struct imap_message message;

	(void)state;
	assert_true(imap_fetched(
	    SLICE("* 12 FETCH (UID 34 INTERNALDATE "
		  "\"23-Nov-2026 08:01:02 +0100\" BODY[]<0> {99})"),
	    &message));
	assert_int_equal(message.uid, 34);
	assert_int_equal(message.date, 1795417262);
	assert_true(message.has_body);
	assert_true(imap_fetched(SLICE("* 1 FETCH (BODY[]<0> {9} INTERNALDATE "
				       "\" 3-Nov-2026 00:00:00 -0500\" UID 4)"),
	    &message));
	assert_int_equal(message.uid, 4);
	assert_int_equal(message.date, 1793682000);
	assert_true(imap_fetched(SLICE("* 1 FETCH (UID 9)"), &message));
	assert_false(message.has_body);
	assert_int_equal(message.date, 0);
	assert_false(imap_fetched(SLICE("* 1 FETCH (FLAGS ())"), &message));
	assert_false(imap_fetched(SLICE("* 1 FETCH (UID )"), &message));
	assert_false(imap_fetched(SLICE("* FETCH (UID 1)"), &message));
	assert_false(imap_fetched(SLICE("p1 1 FETCH (UID 1)"), &message));
}

int
main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(lines_and_literals),
		cmocka_unit_test(too_long),
		cmocka_unit_test(what_lines_are),
		cmocka_unit_test(messages),
	};

	return (cmocka_run_group_tests(tests, NULL, NULL));
}
