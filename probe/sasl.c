/*
 * By libgsasl, with a context for each login: there is one in a process.
 */
#include <gsasl.h>
#include <stdlib.h>

#include "lib/util/error.h"
#include "probe/sasl.h"

enum {
	CHALLENGE_MAX = 8192,
	/* of SCRAM: a second or so on a slow machine; servers ask for 4,096 to
	   some 100,000 */
	ITERATIONS_MAX = 1000000
};

struct sasl {
	Gsasl *library;
	Gsasl_session *session;
	char *response; /* the last one */
	bool is_scram;
};

static const char *const names[] = {
	[SASL_OFF] = NULL,
	[SASL_LOGIN] = "LOGIN",
	[SASL_PLAIN] = "PLAIN",
	[SASL_CRAM_MD5] = "CRAM-MD5",
	[SASL_SCRAM_SHA_1] = "SCRAM-SHA-1",
	[SASL_SCRAM_SHA_256] = "SCRAM-SHA-256",
};

const char *
sasl_name(enum config_sasl mechanism)
{
	return ((size_t)mechanism < COUNT(names) ? names[mechanism] : NULL);
}

static bool
is_scram(enum config_sasl mechanism)
{
	return (
	    mechanism == SASL_SCRAM_SHA_1 || mechanism == SASL_SCRAM_SHA_256);
}

bool
sasl_speaks_first(enum config_sasl mechanism)
{
	return (mechanism == SASL_PLAIN || is_scram(mechanism));
}

/* What the mechanism may ask for.  An empty identity to act as is not the same
   as none: servers refuse it. */
static int
tell(Gsasl_session *session, const char *user, const char *password,
    const char *auth_id, const char *host)
{
	const struct {
		Gsasl_property property;
		const char *text;
	} told[] = {
		{ GSASL_AUTHID, user },
		{ GSASL_PASSWORD, password },
		{ GSASL_AUTHZID, auth_id },
		{ GSASL_SERVICE, "smtp" },
		{ GSASL_HOSTNAME, host },
	};
	int code = GSASL_OK;

	for (size_t i = 0; i < COUNT(told) && code == GSASL_OK; i++)
		if (told[i].text != NULL && told[i].text[0] != '\0')
			code = gsasl_property_set(
			    session, told[i].property, told[i].text);
	return (code);
}

int
sasl_begin(enum config_sasl mechanism, const char *user, const char *password,
    const char *auth_id, const char *host, struct sasl **sasl_r,
    const char **error_r)
{
	const char *name = sasl_name(mechanism);
	struct sasl *sasl = calloc(1, sizeof(*sasl));
	int code = GSASL_MALLOC_ERROR;

	if (sasl != NULL) {
		sasl->is_scram = is_scram(mechanism);
		code = gsasl_init(&sasl->library);
	}
	if (code == GSASL_OK)
		code = name == NULL ?
		    GSASL_UNKNOWN_MECHANISM :
		    gsasl_client_start(sasl->library, name, &sasl->session);
	if (code == GSASL_OK)
		code = tell(sasl->session, user, password, auth_id, host);
	if (code == GSASL_OK) {
		*sasl_r = sasl;
		return (0);
	}
	sasl_end(sasl);
	*error_r = gsasl_strerror(code);
	return (-1);
}

void
sasl_end(struct sasl *sasl)
{
	if (sasl == NULL)
		return;
	gsasl_free(sasl->response);
	if (sasl->session != NULL)
		gsasl_finish(sasl->session);
	if (sasl->library != NULL)
		gsasl_done(sasl->library);
	free(sasl);
}

/* Whether a challenge of SCRAM ("r=...,s=...,i=4096") asks for more work than
   anyone needs: no deadline ends it while it lasts. */
static bool
is_too_much(struct slice challenge)
{
	struct slice part;
	uint64_t count;

	while (challenge.len > 0) {
		if (!slice_cut(&challenge, ',', &part)) {
			part = challenge;
			challenge.len = 0;
		}
		if (slice_skip(&part, "i=") &&
		    (!slice_number(part, &count) || count > ITERATIONS_MAX))
			return (true);
	}
	return (false);
}

static const char *
challenge_fault(const struct sasl *sasl, struct slice challenge)
{
	char *bytes = NULL;
	size_t len = 0;
	const char *fault = NULL;

	if (challenge.len > CHALLENGE_MAX)
		return ("the challenge is too long");
	if (challenge.len == 0)
		return (NULL);
	if (gsasl_base64_from(challenge.at, challenge.len, &bytes, &len) !=
	    GSASL_OK)
		return ("the challenge is not base64");
	if (sasl->is_scram && is_too_much((struct slice){ bytes, len }))
		fault = "the challenge asks for too many iterations";
	gsasl_free(bytes);
	return (fault);
}

int
sasl_step(struct sasl *sasl, struct slice challenge, const char **response_r,
    const char **error_r)
{
	char text[CHALLENGE_MAX + 1];
	int code;

	*error_r = challenge_fault(sasl, challenge);
	if (*error_r != NULL)
		return (-1);
	(void)snprintf(text, sizeof(text), "%.*s", (int)challenge.len,
	    challenge.len > 0 ? challenge.at : "");
	gsasl_free(sasl->response);
	sasl->response = NULL;
	code = gsasl_step64(sasl->session, text, &sasl->response);
	if (code != GSASL_OK && code != GSASL_NEEDS_MORE) {
		*error_r = gsasl_strerror(code);
		return (-1);
	}
	*response_r = sasl->response != NULL ? sasl->response : "";
	return (code == GSASL_NEEDS_MORE);
}
