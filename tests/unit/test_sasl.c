/*
 * Logging in, against the server's side of libgsasl.
 */
#include <gsasl.h>

#include "tests/unit/unit.h"

#include "probe/sasl.h"

#define USER     "probe"
#define PASSWORD "se,cr=et"

/* How the server is to misbehave. */
enum trick { HONEST, OTHER_PASSWORD, FORGED_END };

static const enum config_sasl mechanisms[] = { SASL_LOGIN, SASL_PLAIN,
	SASL_CRAM_MD5, SASL_SCRAM_SHA_1, SASL_SCRAM_SHA_256 };

static const char *server_password;

static bool
is_same(const char *said, const char *right)
{
	return (said != NULL && strcmp(said, right) == 0);
}

static int
server_property(Gsasl *library, Gsasl_session *session, Gsasl_property property)
{
	(void)library;
	if (property == GSASL_PASSWORD)
		return (gsasl_property_set(
		    session, GSASL_PASSWORD, server_password));
	if (property != GSASL_VALIDATE_SIMPLE)
		return (GSASL_NO_CALLBACK);
	return (is_same(gsasl_property_fast(session, GSASL_AUTHID), USER) &&
		    is_same(gsasl_property_fast(session, GSASL_PASSWORD),
			server_password) ?
		GSASL_OK :
		GSASL_AUTHENTICATION_ERROR);
}

struct login {
	bool server_is_content, client_is_done;
	char error[128]; /* the client's */
};

/* The same signature but for a character: by somebody who does not know the
   password. */
static char *
forged(char *challenge)
{
	char *bytes, *text;
	size_t len;

	assert_int_equal(
	    gsasl_base64_from(challenge, strlen(challenge), &bytes, &len),
	    GSASL_OK);
	assert_memory_equal(bytes, "v=", 2);
	bytes[2] = bytes[2] == 'A' ? 'B' : 'A';
	assert_int_equal(gsasl_base64_to(bytes, len, &text, NULL), GSASL_OK);
	gsasl_free(bytes);
	gsasl_free(challenge);
	return (text);
}

/* Let both talk to each other, as AUTH's lines would carry it. */
static struct login
log_in(enum config_sasl mechanism, const char *auth_id, enum trick trick)
{
	struct login login = { 0 };
	struct sasl *sasl;
	const char *error = "", *response = "";
	Gsasl *library;
	Gsasl_session *server;
	char *challenge = NULL;
	int more = 1, code = GSASL_NEEDS_MORE;

	server_password = trick == OTHER_PASSWORD ? "another" : PASSWORD;
	assert_int_equal(gsasl_init(&library), GSASL_OK);
	gsasl_callback_set(library, server_property);
	assert_int_equal(
	    gsasl_server_start(library, sasl_name(mechanism), &server),
	    GSASL_OK);
	if (mechanism == SASL_CRAM_MD5 || mechanism == SASL_LOGIN)
		assert_false(sasl_speaks_first(mechanism));
	assert_int_equal(sasl_begin(mechanism, USER, PASSWORD, auth_id,
			     "mx.example.com", &sasl, &error),
	    0);
	if (sasl_speaks_first(mechanism))
		more = sasl_step(sasl, SLICE(""), &response, &error);
	for (int turn = 0; turn < 8 && code == GSASL_NEEDS_MORE && more >= 0;
	     turn++) {
		gsasl_free(challenge);
		challenge = NULL;
		code = gsasl_step64(server, response, &challenge);
		if (trick == FORGED_END && turn == 1)
			challenge = forged(challenge);
		if (code != GSASL_NEEDS_MORE &&
		    (code != GSASL_OK || challenge == NULL ||
			challenge[0] == '\0'))
			break;
		more = sasl_step(sasl, slice_of(challenge), &response, &error);
	}
	login.server_is_content = code == GSASL_OK;
	login.client_is_done = more == 0;
	(void)snprintf(
	    login.error, sizeof(login.error), "%s", more < 0 ? error : "");
	gsasl_free(challenge);
	gsasl_finish(server);
	gsasl_done(library);
	sasl_end(sasl);
	return (login);
}

static void
each_mechanism_logs_in(void **state)
{
	(void)state;
	for (size_t i = 0; i < COUNT(mechanisms); i++) {
		struct login login = log_in(mechanisms[i], NULL, HONEST);

		if (!login.server_is_content || !login.client_is_done)
			fail_msg("%s: server %d, client %d: %s",
			    sasl_name(mechanisms[i]), login.server_is_content,
			    login.client_is_done, login.error);
	}
}

static void
another_password_is_no_login(void **state)
{
	(void)state;
	for (size_t i = 0; i < COUNT(mechanisms); i++) {
		struct login login = log_in(
		    mechanisms[i], NULL, OTHER_PASSWORD);

		if (login.server_is_content)
			fail_msg("%s", sasl_name(mechanisms[i]));
	}
}

static void
a_server_proves_that_it_knows_the_password(void **state)
{
	(void)state;
	for (size_t i = 3; i < COUNT(mechanisms); i++) {
		struct login login = log_in(mechanisms[i], NULL, FORGED_END);

		assert_true(login.server_is_content);
		assert_false(login.client_is_done);
		assert_string_equal(
		    login.error, gsasl_strerror(GSASL_AUTHENTICATION_ERROR));
	}
}

/* Decoded, with '-' for NUL. */
static const char *
first_response(enum config_sasl mechanism, const char *auth_id)
{
	static char text[128];
	struct sasl *sasl;
	const char *response, *error;
	char *bytes;
	size_t len;

	assert_int_equal(
	    sasl_begin(mechanism, USER, PASSWORD, auth_id, "mx", &sasl, &error),
	    0);
	assert_true(sasl_step(sasl, SLICE(""), &response, &error) >= 0);
	assert_int_equal(
	    gsasl_base64_from(response, strlen(response), &bytes, &len),
	    GSASL_OK);
	assert_true(len < sizeof(text));
	for (size_t i = 0; i < len; i++)
		text[i] = bytes[i] == '\0' ? '-' : bytes[i];
	text[len] = '\0';
	gsasl_free(bytes);
	sasl_end(sasl);
	return (text);
}

static void
assert_begins(const char *text, const char *with)
{
	if (strncmp(text, with, strlen(with)) != 0)
		fail_msg("\"%s\" does not begin with \"%s\"", text, with);
}

static void
one_acts_as_another_only_if_told(void **state)
{
	(void)state;
	assert_string_equal(
	    first_response(SASL_PLAIN, NULL), "-probe-" PASSWORD);
	assert_string_equal(first_response(SASL_PLAIN, ""), "-probe-" PASSWORD);
	assert_string_equal(
	    first_response(SASL_PLAIN, "other"), "other-probe-" PASSWORD);
	assert_begins(first_response(SASL_SCRAM_SHA_1, NULL), "n,,n=probe,r=");
	assert_begins(first_response(SASL_SCRAM_SHA_1, ""), "n,,n=probe,r=");
	assert_begins(first_response(SASL_SCRAM_SHA_256, "other"),
	    "n,a=other,n=probe,r=");
	assert_true(
	    log_in(SASL_SCRAM_SHA_256, "other", HONEST).server_is_content);
}

static int
step_with(enum config_sasl mechanism, const char *bytes, const char **error_r)
{
	struct sasl *sasl;
	const char *response;
	char *challenge;
	int more;

	assert_int_equal(
	    sasl_begin(mechanism, USER, PASSWORD, NULL, "mx", &sasl, error_r),
	    0);
	assert_int_equal(
	    gsasl_base64_to(bytes, strlen(bytes), &challenge, NULL), GSASL_OK);
	if (sasl_speaks_first(mechanism))
		assert_int_equal(
		    sasl_step(sasl, SLICE(""), &response, error_r), 1);
	more = sasl_step(sasl, slice_of(challenge), &response, error_r);
	gsasl_free(challenge);
	sasl_end(sasl);
	return (more);
}

static void
no_server_keeps_us_busy(void **state)
{
	static const char *const many[] = {
		"r=x,s=QSXCR+Q6sek8bf92,i=1000001",
		"r=x,s=QSXCR+Q6sek8bf92,i=99999999999999999999",
		"i=-1",
		"r=x,s=QSXCR+Q6sek8bf92,i=",
	};
	const char *error;

	(void)state;
	for (size_t i = 0; i < COUNT(many); i++) {
		assert_int_equal(
		    step_with(SASL_SCRAM_SHA_256, many[i], &error), -1);
		assert_string_equal(
		    error, "the challenge asks for too many iterations");
	}
	/* the nonce is not ours */
	assert_int_equal(step_with(SASL_SCRAM_SHA_256,
			     "r=x,s=QSXCR+Q6sek8bf92,i=1000000", &error),
	    -1);
	assert_string_not_equal(
	    error, "the challenge asks for too many iterations");
}

static void
what_is_no_challenge_is_refused(void **state)
{
	struct sasl *sasl;
	const char *response, *error = "";
	char *overlong = calloc(1, 9000);

	(void)state;
	assert_int_equal(sasl_begin(SASL_CRAM_MD5, USER, PASSWORD, NULL, "mx",
			     &sasl, &error),
	    0);
	assert_int_equal(
	    sasl_step(sasl, SLICE("*not base64*"), &response, &error), -1);
	assert_string_equal(error, "the challenge is not base64");
	assert_int_equal(
	    sasl_step(sasl, SLICE("QUJD\0QUJD"), &response, &error), -1);
	assert_non_null(overlong);
	memset(overlong, 'A', 8996);
	assert_int_equal(
	    sasl_step(sasl, slice_of(overlong), &response, &error), -1);
	assert_string_equal(error, "the challenge is too long");
	free(overlong);
	sasl_end(sasl);
	assert_int_equal(
	    sasl_begin(SASL_OFF, USER, PASSWORD, NULL, "mx", &sasl, &error),
	    -1);
}

int
main(void)
{
	const struct CMUnitTest tests[] = {
		TEST("each mechanism logs in", each_mechanism_logs_in),
		TEST("another password is no login",
		    another_password_is_no_login),
		TEST("a server proves that it knows the password",
		    a_server_proves_that_it_knows_the_password),
		TEST("one acts as another only if told",
		    one_acts_as_another_only_if_told),
		TEST("no server keeps us busy", no_server_keeps_us_busy),
		TEST("what is no challenge is refused",
		    what_is_no_challenge_is_refused),
	};

	return (cmocka_run_group_tests(tests, NULL, NULL));
}
