/*
 * Authentication-Results: who said what, whatever names stand between.
 */
#include "tests/unit/unit.h"
#include "probe/auth_results.h"

/* A value, as the server mx.a.test may have written it, and what it says. */
static const struct results_case {
	const char *value, *words; /* NULL: nothing is believed */
} results_cases[] = {
	/* --- examples of servers */
	{ " mx.a.test; spf=pass smtp.mailfrom=b.test; dkim=pass (2048-bit "
	  "key) header.d=b.test header.i=@b.test; dmarc=pass "
	  "header.from=b.test",
	    "pass pass pass" },
	{ " mx.a.test;\r\n\tdkim=fail reason=\"signature; bad\" "
	  "header.d=b.test;\r\n\tspf=softfail smtp.mailfrom=b.test",
	    "softfail fail none" },
	{ " mx.a.test 1; dmarc=none", "none none none" },
	{ " mx.a.test; none", "none none none" },
	{ "mx.a.test", "none none none" },
	{ " mx.a.test; auth=pass smtp.auth=u; iprev=fail", "none none none" },
	/* --- letters, blanks, versions, quotes */
	{ " MX.A.Test; SPF=Pass; Dkim=TempError; dMARC=Policy",
	    "pass temperror policy" },
	{ " (who) mx.a.test (what) 1 (why) ; (a) dkim (b) / (c) 1 (d) = (e) "
	  "pass (f) ; spf = neutral",
	    "neutral pass none" },
	{ " \"mx.a.test\"; spf=\"pass\"", "pass none none" },
	{ " \"mx.\\a.test\"; spf=pass", "pass none none" },
	{ "\n mx.a.test;\n  spf\n =\n pass", "pass none none" },
	/* --- the first of several */
	{ " mx.a.test; dkim=fail header.d=b; dkim=pass header.d=c",
	    "none fail none" },
	/* --- what senders can bring in */
	{ " mx.a.test; spf=fail (they say; dkim=pass) smtp.helo=c",
	    "fail none none" },
	{ " mx.a.test; spf=fail ((; dkim=pass) ; dmarc=pass) x",
	    "fail none none" },
	{ " mx.a.test; spf=fail (\\); dkim=pass) x", "fail none none" },
	{ " mx.a.test; spf=fail smtp.mailfrom=\"x; dkim=pass\"@b.test",
	    "fail none none" },
	{ " mx.a.test; spf=fail smtp.mailfrom=\"x\\\"; dkim=pass\"@b.test",
	    "fail none none" },
	{ " mx.a.test; spf=fail (never ended; dkim=pass", "fail none none" },
	{ " mx.a.test; spf=fail \"never ended; dkim=pass", "fail none none" },
	{ " mx.a.test; spf=fail \\; dkim=pass", "fail pass none" },
	/* --- words that are none */
	{ " mx.a.test; spf=; dkim=pass", "none pass none" },
	{ " mx.a.test; spf; dkim pass; dmarc=pass", "none none pass" },
	{ " mx.a.test; spf=pa*s; dkim==pass; dmarc=\"\"", "none none none" },
	{ " mx.a.test; spf=extraordinarily; x-dkim=pass",
	    "extraordina none none" },
	{ " mx.a.test; spf=pass;", "pass none none" },
	{ " mx.a.test;;; spf=pass", "pass none none" },
	/* --- others */
	{ " mx.b.test; spf=pass", NULL },
	{ " mx.a.test.; spf=pass", NULL },
	{ " xmx.a.test; spf=pass", NULL },
	{ " mx.a.test 2; spf=pass", NULL },
	{ " mx.a.test 1 1; spf=pass", NULL },
	{ " mx.a.test mx.b.test; spf=pass", NULL },
	{ " mx.a.test=; spf=pass", NULL },
	{ " spf=pass smtp.mailfrom=mx.a.test; mx.a.test", NULL },
	{ " (mx.a.test); spf=pass", NULL },
	{ " \"mx.a.test; spf=pass", NULL },
	{ "", NULL },
	{ " ", NULL },
	{ ";", NULL },
	{ NULL, NULL },
};

static void
test_results(void **state)
{
	for (const struct results_case *c = *state; c->value != NULL; c++) {
		struct arrival arrival = { .spf = "old", .dkim = "older" };
		const char *expected = c->words != NULL ? c->words :
							  "old older ";
		char words[64];

		auth_results_read(slice_of(c->value), "mx.a.test", &arrival);
		(void)snprintf(words, sizeof(words), "%s %s %s", arrival.spf,
		    arrival.dkim, arrival.dmarc);
		if (strcmp(words, expected) != 0)
			fail_msg("\"%s\" says \"%s\", not \"%s\"", c->value,
			    words, expected);
	}
}

static void
test_bounded(void **state)
{
	static char deep[200000];
	struct arrival arrival = { .spf = "" };

	(void)state;
	memset(deep, '(', sizeof(deep));
	memcpy(deep, "mx.a.test; spf=fail ", 20);
	auth_results_read(
	    (struct slice){ deep, sizeof(deep) }, "mx.a.test", &arrival);
	assert_string_equal(arrival.spf, "fail");
	memset(deep, 'a', sizeof(deep));
	auth_results_read(
	    (struct slice){ deep, sizeof(deep) }, "mx.a.test", &arrival);
	memcpy(deep, "mx.a.test; spf=\"\0\"; dkim=pass; dmarc=fail", 41);
	arrival = (struct arrival){ .serial = 0 };
	auth_results_read((struct slice){ deep, 41 }, "mx.a.test", &arrival);
	assert_string_equal(arrival.spf, "none");
	assert_string_equal(arrival.dkim, "none");
}

int
main(void)
{
	const struct CMUnitTest tests[] = {
		TABLE_TEST("what a field says, if it is of that server",
		    test_results, results_cases),
		TEST("comments nest deep, words are long, bytes are NUL",
		    test_bounded),
	};

	return (cmocka_run_group_tests(tests, NULL, NULL));
}
