/*
 * Heads of log lines in all formats, and lines that have none.
 */
#include "tests/unit/unit.h"
#include "lib/stats/head.h"

struct head_case {
	const char *line;
	const char *host, *tag, *text; /* text NULL: no head */
};

#define BOM "\xef\xbb\xbf"
#define ISO "2026-02-24T16:18:40.123456+00:00"

static const struct head_case bsd[] = {
	{ "Feb 24 16:18:40 mx1 postfix/smtp[12]: text", "mx1", "postfix/smtp",
	    "text" },
	{ "Feb  4 16:18:40 mx1 postfix/smtp[12]: a b", "mx1", "postfix/smtp",
	    "a b" },
	{ "Feb 4 16:18:40 mx1 postfix/smtp[12]: text", "mx1", "postfix/smtp",
	    "text" },
	{ "<22>Feb 24 16:18:40 mx1 postfix/smtp[12]: text", "mx1",
	    "postfix/smtp", "text" },
	{ "Feb 24 16:18:40 mx1 postfix/smtp: text", "mx1", "postfix/smtp",
	    "text" },
	{ "Feb 24 16:18:40 mx1 a/b/c/d[1]: text", "mx1", "a/b/c/d", "text" },
	{ "Feb 24 16:18:40 mx1 kernel: [1.5] x: y", "mx1", "kernel",
	    "[1.5] x: y" },
	{ "Feb 24 16:18:40 mx1 postfix/smtp[12]:text", "mx1", "postfix/smtp",
	    "text" },
	{ "Feb 24 16:18:40 mx1 postfix/smtp[12]: ", "mx1", "postfix/smtp", "" },
	{ "Feb 24 16:18:40 mx1 postfix/smtp[12]:", "mx1", "postfix/smtp", "" },
	{ "Feb 24 16:18:40 mx1 -- MARK --", "mx1", "", "" },
	{ NULL, NULL, NULL, NULL }
};

static const struct head_case iso[] = { { ISO " mx1 postfix/smtp[12]: text",
					    "mx1", "postfix/smtp", "text" },
	{ "2026-02-24T16:18:40Z mx1 postfix/smtp[12]: text", "mx1",
	    "postfix/smtp", "text" },
	{ "<22>" ISO " mx1 postfix/smtp[12]: text", "mx1", "postfix/smtp",
	    "text" },
	{ NULL, NULL, NULL, NULL } };

static const struct head_case rfc5424[] = { { "<22>1 " ISO
					      " mx1 postfix/smtp 55 - - text",
						"mx1", "postfix/smtp", "text" },
	{ "1 " ISO " mx1 postfix/smtp 55 - - text", "mx1", "postfix/smtp",
	    "text" },
	{ "<22>1 2026-02-24T16:18:40Z mx1 postfix/qmgr 55 - - " BOM "text",
	    "mx1", "postfix/qmgr", "text" },
	{ "<22>1 " ISO " mx1 postfix/smtp - - - text", "mx1", "postfix/smtp",
	    "text" },
	{ "<22>1 - mx1 postfix/smtp 55 - - text", "mx1", "postfix/smtp",
	    "text" },
	{ "<22>1 - - postfix/smtp - - - text", "-", "postfix/smtp", "text" },
	{ "<22>1 " ISO " mx1 postfix/smtp 5 ID [a@1 b=\"c\"] text", "mx1",
	    "postfix/smtp", "text" },
	{ "<22>1 " ISO " mx1 postfix/smtp 5 ID [a b=\"\\]x\\\" ] y\"][c] " BOM
	  "text",
	    "mx1", "postfix/smtp", "text" },
	{ "<22>1 " ISO " mx1 postfix/smtp 5 ID [a b=\"]\"] text", "mx1",
	    "postfix/smtp", "text" },
	{ "<22>1 " ISO " mx1 postfix/smtp 5 - -", "mx1", "postfix/smtp", "" },
	{ NULL, NULL, NULL, NULL } };

static const struct head_case none[] = { { "", NULL, NULL, NULL },
	{ "\r", NULL, NULL, NULL }, { "Feb 24 16:18:40", NULL, NULL, NULL },
	{ "Feb 24 16:18:40 ", NULL, NULL, NULL },
	{ "Feb 24 16:18:40 mx1", NULL, NULL, NULL },
	{ "Feb 24 16:18:40  postfix/smtp[1]: x", NULL, NULL, NULL },
	{ "Feb 24 16:18:40 a-name-of-a-host-and-nothing-more", NULL, NULL,
	    NULL },
	{ ISO " a-name-of-a-host-and-nothing-more", NULL, NULL, NULL },
	{ "2026-02-24T16:18:40.1234567890123+00:00 ", NULL, NULL, NULL },
	{ "Feb 24 16:18 mx1 postfix/smtp[1]: x", NULL, NULL, NULL },
	{ "Feb  24 16:18:40", NULL, NULL, NULL },
	{ "Feb 241 16:18:40 mx1 postfix/smtp[1]: x", NULL, NULL, NULL },
	{ "Feb    4 16:18:40 mx1 postfix/smtp[1]: x", NULL, NULL, NULL },
	{ "F3b 24 16:18:40 mx1 postfix/smtp[1]: x", NULL, NULL, NULL },
	{ "Feb 24 1a:18:40 mx1 postfix/smtp[1]: x", NULL, NULL, NULL },
	{ "24 Feb 16:18:40 mx1 postfix/smtp[1]: x", NULL, NULL, NULL },
	{ "2026-02-24 16:18:40 mx1 postfix/smtp[1]: x", NULL, NULL, NULL },
	{ "2026-02-24T16:18 mx1 postfix/smtp[1]: x", NULL, NULL, NULL },
	{ "Feb 24 16:18:40 mx1 postfix/smtpd]x[1]: x", NULL, NULL, NULL },
	{ "Feb 24 16:18:40 mx1 postfix/smtp[1 x", NULL, NULL, NULL },
	{ "<22>1 " ISO " mx1 postfix/smtp 55", NULL, NULL, NULL },
	{ "<22>1 " ISO " mx1 postfix/smtp 55 - [a b=\"c] text", NULL, NULL,
	    NULL },
	{ "<22>1 yesterday mx1 postfix/smtp 55 - - text", NULL, NULL, NULL },
	{ "<22>1 -- mx1 postfix/smtp 55 - - text", NULL, NULL, NULL },
	{ "<22>1  mx1 postfix/smtp 55 - - text", NULL, NULL, NULL },
	{ "postfix/smtp[1]: x", NULL, NULL, NULL },
	{ "\xff\xfe\x01 garbage \x7f", NULL, NULL, NULL },
	{ NULL, NULL, NULL, NULL } };

static void
check_head(struct slice line, const struct head_case *wanted)
{
	char *copy = malloc(line.len + 1);
	struct head head;
	bool fine;

	assert_non_null(copy);
	memcpy(copy, line.at, line.len);
	copy = realloc(copy, line.len > 0 ? line.len : 1);
	assert_non_null(copy);
	fine = head_parse((struct slice){ copy, line.len }, &head);
	if (fine != (wanted->text != NULL) ||
	    (fine &&
		(!slice_equal(head.host, wanted->host) ||
		    !slice_equal(head.tag, wanted->tag) ||
		    (head.tag.len > 0 &&
			!slice_equal(head.text, wanted->text)))))
		fail_msg("\"%s\" is read as something else", wanted->line);
	free(copy);
}

static void
test_heads(void **state)
{
	const struct head_case *c;

	for (c = *state; c->line != NULL; c++)
		check_head(slice_of(c->line), c);
}

/* Nor do they count as any. */
static void
test_no_heads(void **state)
{
	test_heads(state);
	for (const struct head_case *c = none; c->line != NULL; c++) {
		struct tally tally = tally_new(4096);
		char line[256];

		(void)snprintf(line, sizeof(line), "%s\n", c->line);
		tally_line(&tally, line);
		assert_string_equal(moved(tally.counters), "lines:malformed");
		tally_free(&tally);
	}
}

static void
test_damage(void **state)
{
	static const struct head_case *formats[] = { bsd, iso, rfc5424 };
	char line[256];

	(void)state;
	for (size_t t = 0; t < COUNT(formats); t++) {
		for (const struct head_case *c = formats[t]; c->line; c++) {
			size_t len = strlen(c->line);

			memset(line, 0, 5);
			memcpy(line + 5, c->line, len);
			line[5 + len] = '\r';
			check_head((struct slice){ line, len + 6 }, c);
		}
	}
	check_head((struct slice){ "\0\0\0", 3 }, none);
}

static const struct {
	const char *tag;
	const char *instance, *service, *daemon;
} tags[] = {
	{ "postfix/smtp", "postfix", "smtp", "smtp" },
	{ "postfix/submission/smtpd", "postfix", "submission", "smtpd" },
	{ "postfix-out/a/b/smtp", "postfix-out", "a/b", "smtp" },
	{ "a/b", "a", "b", "b" },
	{ "postfix", "postfix", "postfix", "postfix" },
	{ "postfix-out", NULL, NULL, NULL },
	{ "/smtp", NULL, NULL, NULL },
	{ "postfix/", NULL, NULL, NULL },
	{ "postfix/smtp/", NULL, NULL, NULL },
	{ "postfix//smtp", NULL, NULL, NULL },
	{ "/", NULL, NULL, NULL },
	{ "//", NULL, NULL, NULL },
	{ "", NULL, NULL, NULL },
};

static void
test_tags(void **state)
{
	(void)state;
	for (size_t i = 0; i < COUNT(tags); i++) {
		struct tag tag;
		bool fine = tag_parse(slice_of(tags[i].tag), &tag);

		if (fine != (tags[i].instance != NULL) ||
		    (fine &&
			(!slice_equal(tag.instance, tags[i].instance) ||
			    !slice_equal(tag.service, tags[i].service) ||
			    !slice_equal(tag.daemon, tags[i].daemon))))
			fail_msg("tag \"%s\"", tags[i].tag);
	}
}

int
main(void)
{
	const struct CMUnitTest tests[] = {
		TABLE_TEST("RFC 3164 and maillog_file heads are read",
		    test_heads, bsd),
		TABLE_TEST("RFC 3339 stamps are read", test_heads, iso),
		TABLE_TEST("RFC 5424 heads are read, structured data too",
		    test_heads, rfc5424),
		TABLE_TEST("a line without a readable head is no line",
		    test_no_heads, none),
		TEST("leading NULs and a CR at the end change nothing",
		    test_damage),
		TEST("a tag gives instance, service and daemon, or is refused",
		    test_tags),
	};

	return (cmocka_run_group_tests(tests, NULL, NULL));
}
