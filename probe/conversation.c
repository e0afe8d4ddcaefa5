/*
 * The phases in their order.  Each returns true if the next one may come; else
 * the result is set, and only QUIT follows, where the server waits for a
 * command.
 */
#include <signal.h>
#include <stdlib.h>
#include <string.h>
#include <time.h>

#include "probe/expect.h"
#include "probe/message.h"
#include "probe/proxy.h"
#include "probe/talk.h"

/* --- up to EHLO ---------------------------------------------------------- */

static bool
say_proxy(struct talk *talk)
{
	struct proxy_end own, server;
	char header[PROXY_HEADER_MAX];
	const char *error;
	size_t len;

	if (talk->config->proxy_protocol == PROXY_NONE)
		return (true);
	talk_begin(talk, PHASE_PROXY);
	proxy_ends(wire_fd(talk->wire), &own, &server);
	if (proxy_header(talk->config, &own, &server, header, &len, &error) ==
	    -1)
		return (talk_end(talk, RESULT_ERROR, PHASE_PROXY, "%s", error));
	if (!talk_write(talk, PHASE_PROXY, (struct slice){ header, len }))
		return (false);
	talk_done(talk, PHASE_PROXY);
	return (true);
}

static const char *
tls_name(const struct config_probe *config)
{
	return (config->tls_name != NULL ? config->tls_name : config->server);
}

static bool
handshake(struct talk *talk)
{
	struct outcome *outcome = talk->outcome;
	enum wire_result result;
	const char *error;

	talk_begin(talk, PHASE_TLS);
	result = wire_start_tls(talk->wire, talk->target->tls,
	    tls_name(talk->config), talk_deadline(talk), &error);
	talk_done(talk, PHASE_TLS);
	if (wire_ssl(talk->wire) != NULL)
		tls_outcome(wire_ssl(talk->wire), outcome);
	if (result != WIRE_OK) {
		talk->speaks = false;
		return (talk_end(talk,
		    result == WIRE_TIMEOUT ? RESULT_TIMEOUT : RESULT_TLS,
		    PHASE_TLS, "%s", error));
	}
	if (talk->config->verify && outcome->certificate.error[0] != '\0')
		return (talk_end(talk, RESULT_CERT, PHASE_TLS, "%s",
		    outcome->certificate.error));
	return (true);
}

static bool
hear_banner(struct talk *talk)
{
	talk_begin(talk, PHASE_BANNER);
	if (!talk_read(talk, PHASE_BANNER))
		return (false);
	talk->speaks = true;
	return (talk_judge(talk, PHASE_BANNER));
}

/* That what has to be offered is, and nothing that must not be. */
static bool
check_offers(struct talk *talk, enum phase phase, const char *requires,
    const char *forbids)
{
	const char *ehlo = talk->outcome->ehlo;
	char word[32];

	if (expect_word(requires, ehlo, false, word))
		return (talk_end(
		    talk, RESULT_CODE, phase, "%s is not offered", word));
	if (expect_word(forbids, ehlo, true, word))
		return (
		    talk_end(talk, RESULT_CODE, phase, "%s is offered", word));
	return (true);
}

static bool
say_ehlo(struct talk *talk, enum phase phase)
{
	const struct config_probe *config = talk->config;
	struct outcome *outcome = talk->outcome;
	const char *name = talk->target->ehlo;
	struct proxy_end own, server;

	proxy_ends(wire_fd(talk->wire), &own, &server);
	if (name == NULL && own.address[0] == '\0')
		name = "localhost";
	if (!talk_command(talk, phase, "%s %s%s%s%s",
		config->protocol == SPEAK_LMTP ? "LHLO" : "EHLO",
		name != NULL ? name : "[",
		name != NULL || strchr(own.address, ':') == NULL ? "" : "IPv6:",
		name != NULL ? "" : own.address, name != NULL ? "" : "]"))
		return (false);
	memcpy(outcome->ehlo, talk->reader.ehlo, sizeof(outcome->ehlo));
	return (phase == PHASE_EHLO ?
		check_offers(
		    talk, phase, config->ehlo_requires, config->ehlo_forbids) :
		check_offers(talk, phase, config->ehlo_tls_requires,
		    config->ehlo_tls_forbids));
}

static bool
start_tls(struct talk *talk)
{
	struct slice parameters;

	talk_begin(talk, PHASE_STARTTLS);
	if (!reply_offers(talk->outcome->ehlo, "STARTTLS", &parameters))
		return (talk_end(talk, RESULT_TLS, PHASE_STARTTLS,
		    "STARTTLS is not offered"));
	if (!talk_command(talk, PHASE_STARTTLS, "STARTTLS"))
		return (false);
	/* Somebody on the way could have put them there (CVE-2011-0411). */
	if (wire_unread(talk->wire)) {
		talk->speaks = false;
		return (talk_end(talk, RESULT_TLS, PHASE_STARTTLS,
		    "bytes in clear behind the reply to STARTTLS"));
	}
	return (handshake(talk));
}

/* --- the mail ------------------------------------------------------------ */

static bool
say_message(struct talk *talk, struct slice message)
{
	struct outcome *outcome = talk->outcome;
	size_t len;
	char *bytes = message_wire(message, &len);
	bool sent;

	talk_begin(talk, PHASE_BODY);
	if (bytes == NULL)
		return (talk_end(talk, RESULT_ERROR, PHASE_BODY, "no memory"));
	sent = talk_write(talk, PHASE_BODY, (struct slice){ bytes, len });
	free(bytes);
	talk->dot_sent = sent;
	if (!sent || !talk_read(talk, PHASE_BODY))
		return (false);
	talk->dot_sent = false;
	talk->speaks = true;
	if (outcome->phase[PHASE_BODY].reply.code / 100 == 2)
		reply_queue_id(
		    &outcome->phase[PHASE_BODY].reply, outcome->queue_id);
	return (talk_judge(talk, PHASE_BODY));
}

/* A phase, and whether it is the last that is wanted. */
static bool
is_last(const struct talk *talk, enum phase phase)
{
	return (strcmp(talk->config->until, phase_name(phase)) == 0);
}

/* Whether TLS is to begin behind EHLO. */
static bool
wants_tls(const struct talk *talk)
{
	struct slice parameters;

	return (talk->config->starttls ||
	    (talk->config->starttls_if_offered &&
		reply_offers(talk->outcome->ehlo, "STARTTLS", &parameters)));
}

/* Through all phases, or as far as is wanted. */
static bool
go_through(struct talk *talk, struct slice message)
{
	const struct config_probe *config = talk->config;

	if (!talk_connect(talk) || !say_proxy(talk) ||
	    (config->implicit_tls && !handshake(talk)) || !hear_banner(talk))
		return (false);
	if (is_last(talk, PHASE_BANNER))
		return (true);
	if (!say_ehlo(talk, PHASE_EHLO))
		return (false);
	if (is_last(talk, PHASE_EHLO))
		return (true);
	if (wants_tls(talk) &&
	    (!start_tls(talk) || !say_ehlo(talk, PHASE_EHLO_TLS)))
		return (false);
	if (is_last(talk, PHASE_EHLO_TLS))
		return (true);
	if (config->sasl_authentication != SASL_OFF && !talk_login(talk))
		return (false);
	if (is_last(talk, PHASE_SASL_AUTH))
		return (true);
	if (!talk_command(talk, PHASE_MAILFROM, "MAIL FROM:<%s>", config->from))
		return (false);
	if (is_last(talk, PHASE_MAILFROM))
		return (true);
	if (!talk_command(talk, PHASE_RCPTTO, "RCPT TO:<%s>", config->to))
		return (false);
	if (is_last(talk, PHASE_RCPTTO))
		return (true);
	return (talk_command(talk, PHASE_DATA, "DATA") &&
	    say_message(talk, message));
}

/* --- all ----------------------------------------------------------------- */

/* Whatever comes of it, the result stays. */
static void
say_quit(struct talk *talk)
{
	struct outcome *outcome = talk->outcome;
	enum result result = outcome->result;
	enum phase ended = outcome->ended;
	char reason[REPLY_TEXT];

	memcpy(reason, outcome->reason, sizeof(reason));
	(void)talk_command(talk, PHASE_QUIT, "QUIT");
	outcome->result = result;
	outcome->ended = ended;
	memcpy(outcome->reason, reason, sizeof(reason));
}

void
conversation_run(
    const struct target *target, struct slice message, struct outcome *outcome)
{
	struct talk talk = { .target = target,
		.config = target->config,
		.outcome = outcome,
		.began = wire_now() };

	*outcome = (struct outcome){ .began = (uint64_t)time(NULL) };
	(void)signal(SIGPIPE, SIG_IGN);
	talk.end = talk.began + (uint64_t)(talk.config->deadline * 1e6);
	if (go_through(&talk, message))
		(void)talk_end(&talk, RESULT_OK, outcome->ended, "%s", "");
	if (talk.speaks)
		say_quit(&talk);
	wire_close(talk.wire);
	outcome->microseconds = wire_now() - talk.began;
}
