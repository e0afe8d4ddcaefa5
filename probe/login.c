/*
 * AUTH (RFC 4954).
 */
#include <stdio.h>
#include <string.h>
#include <strings.h>

#include "probe/sasl.h"
#include "probe/talk.h"

enum { ROUNDS = 8 };

/* Whether the last EHLO offers the mechanism. */
static bool
is_offered(const struct talk *talk, const char *mechanism)
{
	struct slice words;

	if (!reply_offers(talk->outcome->ehlo, "AUTH", &words))
		return (false);
	while (words.len > 0) {
		struct slice word = slice_until(words, ' ');

		if (word.len == strlen(mechanism) &&
		    strncasecmp(word.at, mechanism, word.len) == 0)
			return (true);
		words = slice_from(
		    words, word.len + (word.len < words.len ? 1 : 0));
	}
	return (false);
}

/* Send a line.  An empty first response is "=", and no line is longer than
   RFC 4954 has them. */
static bool
say(struct talk *talk, const char *command, const char *response)
{
	char line[RESPONSE_MAX];
	int len = snprintf(line, sizeof(line), "%s%s\r\n", command, response);
	bool sent;

	if (len >= (int)sizeof(line))
		return (talk_end(talk, RESULT_AUTH, PHASE_SASL_AUTH,
		    "a response that is too long"));
	if (response[0] != '\0')
		(void)snprintf(
		    talk->response, sizeof(talk->response), "%s", response);
	sent = talk_write(
	    talk, PHASE_SASL_AUTH, (struct slice){ line, (size_t)len });
	explicit_bzero(line, sizeof(line));
	return (sent);
}

/* The first line: with a response if the client begins. */
static bool
say_first(struct talk *talk, struct sasl *sasl, bool *proved)
{
	enum config_sasl mechanism = talk->config->sasl_authentication;
	const char *response = "", *error;
	char command[64];
	int more = 1;

	if (sasl_speaks_first(mechanism)) {
		more = sasl_step(sasl, SLICE(""), &response, &error);
		if (more == -1)
			return (talk_end(
			    talk, RESULT_AUTH, PHASE_SASL_AUTH, "%s", error));
		if (response[0] == '\0')
			response = "=";
	}
	*proved = more == 0;
	(void)snprintf(command, sizeof(command), "AUTH %s%s",
	    sasl_name(mechanism), response[0] != '\0' ? " " : "");
	return (say(talk, command, response));
}

/* Give up in the middle. */
static bool
cancel(struct talk *talk, const char *error)
{
	char why[REPLY_TEXT];

	(void)snprintf(why, sizeof(why), "%s", error);
	if (say(talk, "*", ""))
		(void)talk_read(talk, PHASE_SASL_AUTH);
	return (talk_end(talk, RESULT_AUTH, PHASE_SASL_AUTH, "%s", why));
}

/* Challenges and responses, until the server has decided. */
static bool
converse(struct talk *talk, struct sasl *sasl)
{
	const struct reply *reply =
	    &talk->outcome->phase[PHASE_SASL_AUTH].reply;
	bool proved = false;

	if (!say_first(talk, sasl, &proved))
		return (false);
	for (unsigned round = 0; round < ROUNDS; round++) {
		const char *response, *error;
		int more;

		if (!talk_read(talk, PHASE_SASL_AUTH))
			return (false);
		if (reply->code == 235 && !proved)
			return (talk_end(talk, RESULT_AUTH, PHASE_SASL_AUTH,
			    "the server did not prove that it knows the "
			    "password"));
		if (reply->code != 334)
			return (talk_judge(talk, PHASE_SASL_AUTH));
		more = sasl_step(sasl, talk->reader.last, &response, &error);
		if (more == -1)
			return (cancel(talk, error));
		proved = more == 0;
		if (!say(talk, "", response))
			return (false);
	}
	return (cancel(talk, "challenges without an end"));
}

/* What goes in clear to a server with this name stays on this host, if names
   mean what they should. */
static bool
is_here(const char *server)
{
	return (server[0] == '/' || strcmp(server, "localhost") == 0 ||
	    strcmp(server, "127.0.0.1") == 0 || strcmp(server, "::1") == 0);
}

bool
talk_login(struct talk *talk)
{
	const struct config_probe *config = talk->config;
	const char *mechanism = sasl_name(config->sasl_authentication), *error;
	struct sasl *sasl;
	bool done;

	talk_begin(talk, PHASE_SASL_AUTH);
	if (config->starttls_if_offered && wire_ssl(talk->wire) == NULL &&
	    !is_here(config->server))
		return (talk_end(talk, RESULT_AUTH, PHASE_SASL_AUTH,
		    "STARTTLS is not offered, so the password is not sent"));
	if (!is_offered(talk, mechanism))
		return (talk_end(talk, RESULT_AUTH, PHASE_SASL_AUTH,
		    "%s is not offered", mechanism));
	if (sasl_begin(config->sasl_authentication, config->sasl_user,
		talk->target->password, config->sasl_auth_id, config->server,
		&sasl, &error) == -1)
		return (
		    talk_end(talk, RESULT_AUTH, PHASE_SASL_AUTH, "%s", error));
	done = converse(talk, sasl);
	talk_done(talk, PHASE_SASL_AUTH);
	sasl_end(sasl);
	return (done);
}
