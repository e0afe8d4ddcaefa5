/*
 * Names, and texts that are safe to show.
 */
#include <stdio.h>
#include <string.h>

#include "lib/util/utf8.h"
#include "probe/outcome.h"

static const char *const phase_names[PHASE_COUNT] = {
	[PHASE_LOOKUP] = "lookup",
	[PHASE_CONNECT] = "connect",
	[PHASE_PROXY] = "proxy",
	[PHASE_BANNER] = "banner",
	[PHASE_EHLO] = "ehlo",
	[PHASE_STARTTLS] = "starttls",
	[PHASE_TLS] = "tls",
	[PHASE_EHLO_TLS] = "ehlo_tls",
	[PHASE_SASL_AUTH] = "sasl_auth",
	[PHASE_MAILFROM] = "mailfrom",
	[PHASE_RCPTTO] = "rcptto",
	[PHASE_DATA] = "data",
	[PHASE_BODY] = "body",
	[PHASE_QUIT] = "quit",
};

static const char *const result_names[RESULT_COUNT] = {
	[RESULT_NONE] = "none",
	[RESULT_OK] = "ok",
	[RESULT_DNS] = "dns",
	[RESULT_REFUSED] = "refused",
	[RESULT_TIMEOUT] = "timeout",
	[RESULT_CODE] = "code",
	[RESULT_TLS] = "tls",
	[RESULT_CERT] = "cert",
	[RESULT_AUTH] = "auth",
	[RESULT_DEFERRED] = "deferred",
	[RESULT_REJECTED] = "rejected",
	[RESULT_UNCERTAIN] = "uncertain",
	[RESULT_ERROR] = "error",
};

const char *
phase_name(enum phase phase)
{
	return (phase_names[phase]);
}

const char *
result_name(enum result result)
{
	return (result_names[result]);
}

const char *
outcome_result(const struct outcome *outcome, char text_r[RESULT_TEXT])
{
	bool of_phase = outcome->result == RESULT_TIMEOUT ||
	    outcome->result == RESULT_CODE;

	(void)snprintf(text_r, RESULT_TEXT, "%s%s%s",
	    result_names[outcome->result], of_phase ? ":" : "",
	    of_phase ? phase_names[outcome->ended] : "");
	return (text_r);
}

void
outcome_text(char *text_r, size_t size, const char *said, size_t len)
{
	size_t at = 0;

	for (size_t i = 0; i < len && said[i] != '\0';) {
		size_t shown = utf8_shown((struct slice){ said + i, len - i });

		if (at + (shown > 0 ? shown : 1) >= size)
			break;
		if (shown > 0)
			memmove(text_r + at, said + i, shown);
		else
			text_r[at] = '?';
		at += shown > 0 ? shown : 1;
		i += shown > 0 ? shown : 1;
	}
	text_r[at] = '\0';
}

/* The same where it stands; `keep` is a byte that stays. */
static void
clean(char *text, size_t size, char keep)
{
	char *end;

	text[size - 1] = '\0';
	for (; (end = strchr(text, keep)) != NULL && keep != '\0';
	     text = end + 1) {
		*end = '\0';
		outcome_text(
		    text, (size_t)(end - text) + 1, text, (size_t)(end - text));
		memset(text + strlen(text), '?',
		    (size_t)(end - text) - strlen(text));
		*end = keep;
		size -= (size_t)(end + 1 - text);
	}
	outcome_text(text, size, text, strlen(text));
}

#define CLEAN(text) clean(text, sizeof(text), '\0')

static void
clean_reply(struct reply *reply)
{
	if (reply->code < 200 || reply->code > 599)
		reply->code = 0;
	CLEAN(reply->enhanced);
	CLEAN(reply->text);
}

static void
clean_certificate(struct certificate *certificate)
{
	if (certificate->start < 0)
		certificate->start = 0;
	if (certificate->end < 0)
		certificate->end = 0;
	CLEAN(certificate->subject);
	CLEAN(certificate->issuer);
	CLEAN(certificate->names);
	CLEAN(certificate->error);
}

/* A byte of a stranger's is no bool by itself. */
static bool
truth(const bool *value)
{
	unsigned char byte;

	memcpy(&byte, value, 1);
	return (byte != 0);
}

void
outcome_clean(struct outcome *outcome)
{
	if ((unsigned)outcome->result >= RESULT_COUNT)
		outcome->result = RESULT_ERROR;
	if ((unsigned)outcome->ended >= PHASE_COUNT)
		outcome->ended = PHASE_LOOKUP;
	for (unsigned p = 0; p < PHASE_COUNT; p++) {
		outcome->phase[p].done = truth(&outcome->phase[p].done);
		clean_reply(&outcome->phase[p].reply);
	}
	outcome->certificate.present = truth(&outcome->certificate.present);
	clean_certificate(&outcome->certificate);
	CLEAN(outcome->reason);
	CLEAN(outcome->tls_version);
	CLEAN(outcome->tls_cipher);
	CLEAN(outcome->queue_id);
	CLEAN(outcome->address);
	clean(outcome->ehlo, sizeof(outcome->ehlo), '\n');
}
