/*
 * What clients accept.
 */
#include "tests/unit/unit.h"

#include "exporter/negotiate.h"

static const struct {
	const char *accept;
	bool openmetrics;
} accept_cases[] = {
	/* nothing said, or no matter */
	{ "", false },
	{ "*/*", false },
	{ "text/plain", false },
	{ "text/*, application/*;q=0.9", false },
	{ "text/html,application/xhtml+xml,*/*;q=0.8", false },
	{ "application/json", false },
	/* Prometheus 2.42, 3.0, and one that was told to take text */
	{ "application/openmetrics-text;version=1.0.0,"
	  "application/openmetrics-text;version=0.0.1;q=0.75,"
	  "text/plain;version=0.0.4;q=0.5,*/*;q=0.1",
	    true },
	{ "application/openmetrics-text;version=1.0.0;escaping=allow-utf-8;"
	  "q=0.5,text/plain;version=1.0.0;q=0.4,*/*;q=0.1",
	    true },
	{ "text/plain;version=0.0.4;q=1,*/*;q=0.1", false },
	/* forms */
	{ "application/openmetrics-text", true },
	{ "Application/OpenMetrics-Text ; Version=\"1.0.0\"", true },
	{ "application/openmetrics-text;charset=utf-8;version=1.0.0", true },
	{ "\t application/openmetrics-text\t,", true },
	{ "application/*", true },
	{ "a/b;c=\"x,application/openmetrics-text;q=1\"", false },
	{ "a/b;c=\"\\\"\", application/openmetrics-text", true },
	/* a version that is not had */
	{ "application/openmetrics-text;version=0.0.1", false },
	{ "application/openmetrics-text;version=2.0.0,text/plain", false },
	/* weights */
	{ "application/openmetrics-text;q=0", false },
	{ "application/openmetrics-text;q=0.000", false },
	{ "application/openmetrics-text;q=0.001", true },
	{ "application/openmetrics-text;q=0.5,text/plain;q=0.4", true },
	{ "application/openmetrics-text;q=0.4,text/plain;q=0.5", false },
	{ "application/openmetrics-text;q=0.5,text/plain;q=0.5", false },
	{ "*/*;q=1,text/plain;q=0.1", true },
	{ "*/*;q=0.9,application/openmetrics-text;q=0", false },
	{ "text/*;q=0.2,application/*;q=0.3", true },
	/* no weights */
	{ "application/openmetrics-text;q=2", false },
	{ "application/openmetrics-text;q=-1", false },
	{ "application/openmetrics-text;q=", false },
	{ "application/openmetrics-text;q=1.0001", false },
	{ "application/openmetrics-text;q=0.99999999999999999999", false },
	{ "application/openmetrics-text;q=1e3", false },
	/* nothing that makes sense */
	{ ",,;,;;=,\"", false },
	{ "application", false },
	{ "/", false },
	{ ";q=1", false },
	{ "\\\"", false },
};

static void
a_format_is_chosen(void **state)
{
	(void)state;
	for (size_t i = 0; i < COUNT(accept_cases); i++) {
		struct wishes wishes = { { 0 }, { 0 } };

		wishes_accept(&wishes, accept_cases[i].accept);
		if (wishes_openmetrics(&wishes) != accept_cases[i].openmetrics)
			fail_msg("%s", accept_cases[i].accept);
	}
}

static const struct {
	const char *accept;
	bool gzip;
} encoding_cases[] = {
	{ "", false },
	{ "gzip", true },
	{ "GZip", true },
	{ "x-gzip", true },
	{ "gzip, deflate, br", true },
	{ "deflate, br", false },
	{ "*", true },
	{ "*;q=0", false },
	{ "gzip;q=0", false },
	{ "gzip;q=0.0, *", false },
	{ "gzip;q=0.1, *;q=0", true },
	{ "identity", false },
	{ "identity;q=0", false },
	{ "gzip;q=0.5, identity", false },
	{ "gzip, identity;q=0.5", true },
	{ "gzip;q=0.5, identity;q=0.5", true },
	{ "gzip;q=1.0;x=y", true },
	{ "gzipped", false },
	{ "gzip=1", false },
};

static void
an_encoding_is_chosen(void **state)
{
	(void)state;
	for (size_t i = 0; i < COUNT(encoding_cases); i++) {
		struct wishes wishes = { { 0 }, { 0 } };

		wishes_accept_encoding(&wishes, encoding_cases[i].accept);
		if (wishes_gzip(&wishes) != encoding_cases[i].gzip)
			fail_msg("%s", encoding_cases[i].accept);
	}
}

/* As one list (RFC 9110, 5.3). */
static void
headers_that_come_twice_are_joined(void **state)
{
	struct wishes wishes = { { 0 }, { 0 } };

	(void)state;
	wishes_accept(&wishes, "text/plain;q=0.5");
	wishes_accept(&wishes, "application/openmetrics-text");
	assert_true(wishes_openmetrics(&wishes));
	wishes_accept_encoding(&wishes, "identity;q=0.5");
	wishes_accept_encoding(&wishes, "gzip");
	assert_true(wishes_gzip(&wishes));
}

int
main(void)
{
	const struct CMUnitTest tests[] = {
		TEST("a format is chosen", a_format_is_chosen),
		TEST("an encoding is chosen", an_encoding_is_chosen),
		TEST("headers that come twice are joined",
		    headers_that_come_twice_are_joined),
	};

	return (cmocka_run_group_tests(tests, NULL, NULL));
}
