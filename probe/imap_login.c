/*
 * Greeting, TLS and the login.  A password is in no words: what a server says to
 * one is not repeated, but for its code.
 */
#include <stdio.h>
#include <string.h>

#include "probe/imap_parts.h"
#include "probe/sasl.h"
#include "probe/talk.h"

enum { ROUNDS = 8 };

/* --- connection ----------------------------------------------------------- */

/* Connecting is what a conversation of SMTP begins with, too. */
static bool
connect_to(struct imap *imap)
{
	static struct outcome outcome;
	static struct talk talk;

	outcome = (struct outcome){ .result = RESULT_NONE };
	talk = (struct talk){ .target = imap->target,
		.config = imap->target->config,
		.outcome = &outcome,
		.began = wire_now() };
	talk.end = talk.began + (uint64_t)(talk.config->deadline * 1e6);
	if (!talk_connect(&talk))
		return (imap_break(
		    imap, "%s: %s", phase_name(outcome.ended), outcome.reason));
	imap->wire = talk.wire;
	return (true);
}

static bool
handshake(struct imap *imap)
{
	static struct outcome outcome;
	const struct config_probe *config = imap->target->config;
	const char *name = config->tls_name != NULL ? config->tls_name :
						      config->server;
	const char *error;

	outcome = (struct outcome){ .result = RESULT_NONE };
	if (wire_start_tls(imap->wire, imap->target->tls, name,
		wire_now() + (uint64_t)(config->phase_deadline * 1e6),
		&error) != WIRE_OK)
		return (imap_break(imap, "TLS: %s", error));
	tls_outcome(wire_ssl(imap->wire), &outcome);
	if (config->verify && outcome.certificate.error[0] != '\0')
		return (imap_break(
		    imap, "certificate: %s", outcome.certificate.error));
	return (true);
}

/* --- capabilities --------------------------------------------------------- */

static void
take_capabilities(struct imap *imap, struct slice line, void *own)
{
	struct slice word;

	(void)own;
	if (imap_word(&line, &word) && slice_equal(word, "*") &&
	    imap_word(&line, &word) && slice_equal(word, "CAPABILITY"))
		(void)snprintf(imap->capabilities, sizeof(imap->capabilities),
		    "%.*s", (int)line.len, line.at);
}

static bool
ask_capabilities(struct imap *imap)
{
	struct imap_status status;

	imap->capabilities[0] = '\0';
	return (imap_command(imap, "CAPABILITY", take_capabilities, NULL,
	    &status, "CAPABILITY"));
}

static bool
start_tls(struct imap *imap)
{
	struct imap_status status;

	if (!imap_offers(imap, "STARTTLS"))
		return (imap_break(imap, "STARTTLS is not offered"));
	if (!imap_command(imap, "STARTTLS", NULL, NULL, &status, "STARTTLS"))
		return (false);
	if (status.kind != IMAP_OK)
		return (imap_break(imap, "STARTTLS: %.*s", (int)status.rest.len,
		    status.rest.at));
	/* Somebody on the way could have put them there (CVE-2011-0411). */
	if (wire_unread(imap->wire))
		return (imap_break(
		    imap, "bytes in clear behind the response to STARTTLS"));
	return (handshake(imap) && ask_capabilities(imap));
}

/* --- login ---------------------------------------------------------------- */

static bool
judge_login(
    struct imap *imap, const struct imap_status *status, bool *refused_r)
{
	if (status->kind == IMAP_OK)
		return (true);
	*refused_r = true;
	return (imap_break(imap, "login refused%s%.*s%s",
	    status->code.len > 0 ? " [" : "", (int)status->code.len,
	    status->code.at, status->code.len > 0 ? "]" : ""));
}

static bool
say_login(struct imap *imap, bool *refused_r)
{
	const struct target *target = imap->target;
	char user[600], password[1200];
	struct imap_status status;
	bool said;

	if (imap_offers(imap, "LOGINDISABLED"))
		return (imap_break(imap, "LOGIN is not offered here"));
	if (!imap_quote(target->config->sasl_user, user, sizeof(user)) ||
	    !imap_quote(target->password, password, sizeof(password)))
		return (imap_break(imap,
		    "LOGIN can't say that user or password: set "
		    "sasl_authentication"));
	said = imap_command(
	    imap, "LOGIN", NULL, NULL, &status, "LOGIN %s %s", user, password);
	explicit_bzero(password, sizeof(password));
	return (said && judge_login(imap, &status, refused_r));
}

/* One challenge, and the response. */
static bool
respond(
    struct imap *imap, struct sasl *sasl, struct slice challenge, bool *proved)
{
	char line[RESPONSE_MAX];
	const char *response, *error;
	int more;
	bool said;

	while (challenge.len > 0 && challenge.at[0] == ' ')
		challenge = slice_from(challenge, 1);
	more = sasl_step(sasl, challenge, &response, &error);
	if (more == -1)
		return (imap_break(imap, "login: %s", error));
	*proved = more == 0;
	if (snprintf(line, sizeof(line), "%s\r\n", response) >=
	    (int)sizeof(line))
		return (imap_break(imap, "login: a response too long"));
	said = imap_say(imap, "AUTHENTICATE", line);
	explicit_bzero(line, sizeof(line));
	return (said);
}

static bool
converse(struct imap *imap, struct sasl *sasl, const char *mechanism,
    bool *refused_r)
{
	bool proved = false;
	char line[64];

	(void)snprintf(
	    imap->tag_text, sizeof(imap->tag_text), "p%u", ++imap->tag);
	(void)snprintf(line, sizeof(line), "%s AUTHENTICATE %s\r\n",
	    imap->tag_text, mechanism);
	if (!imap_say(imap, "AUTHENTICATE", line))
		return (false);
	for (unsigned round = 0; round < ROUNDS;) {
		struct imap_status status;

		if (!imap_response(imap, "AUTHENTICATE"))
			return (false);
		status = imap_status(
		    imap_line(&imap->reader), slice_of(imap->tag_text));
		if (status.tagged && status.kind == IMAP_OK && !proved)
			return (imap_break(imap,
			    "login: the server did not prove that it knows "
			    "the password"));
		if (status.tagged)
			return (judge_login(imap, &status, refused_r));
		round++;
		if (status.kind == IMAP_CONTINUE &&
		    !respond(imap, sasl, status.rest, &proved))
			return (false);
	}
	return (imap_break(imap, "login: challenges without an end"));
}

static bool
authenticate(struct imap *imap, bool *refused_r)
{
	const struct config_probe *config = imap->target->config;
	const char *mechanism = sasl_name(config->sasl_authentication), *error;
	struct sasl *sasl;
	char offer[64];
	bool done;

	(void)snprintf(offer, sizeof(offer), "AUTH=%s", mechanism);
	if (!imap_offers(imap, offer))
		return (imap_break(imap, "%s is not offered", offer));
	if (sasl_begin(config->sasl_authentication, config->sasl_user,
		imap->target->password, config->sasl_auth_id, config->server,
		&sasl, &error) == -1)
		return (imap_break(imap, "login: %s", error));
	done = converse(imap, sasl, mechanism, refused_r);
	sasl_end(sasl);
	return (done);
}

/* --- all ------------------------------------------------------------------ */

static bool
hear_greeting(struct imap *imap, bool *is_logged_in)
{
	struct imap_status status;

	if (!imap_response(imap, "greeting"))
		return (false);
	status = imap_status(imap_line(&imap->reader), SLICE("*"));
	*is_logged_in = status.kind == IMAP_PREAUTH;
	if (status.tagged &&
	    (status.kind == IMAP_OK || status.kind == IMAP_PREAUTH))
		return (true);
	return (imap_break(
	    imap, "greeting: %.*s", (int)status.rest.len, status.rest.at));
}

bool
imap_greet(struct imap *imap, bool *refused_r)
{
	const struct config_probe *config = imap->target->config;
	bool is_logged_in;

	if (!connect_to(imap) || (config->implicit_tls && !handshake(imap)) ||
	    !hear_greeting(imap, &is_logged_in) || !ask_capabilities(imap) ||
	    (config->starttls && !start_tls(imap)))
		return (false);
	if (is_logged_in)
		return (true);
	return ((config->sasl_authentication == SASL_OFF ?
			say_login(imap, refused_r) :
			authenticate(imap, refused_r)) &&
	    ask_capabilities(imap));
}
