/*
 * What probes found out, as one JSON object.  Keys have the names and units of
 * the documentation; what was not reached is null.
 */
#include <jansson.h>

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "probe/once.h"

static json_t *
text_or_null(const char *text)
{
	return (text[0] != '\0' ? json_string(text) : json_null());
}

static json_t *
milliseconds(uint64_t microseconds)
{
	return (json_real((double)microseconds / 1000));
}

static json_t *
phase_time(const struct tried *tried, enum phase phase)
{
	return (tried->outcome.phase[phase].done ?
		milliseconds(once_phase_time(tried, phase)) :
		json_null());
}

static void
add_times(json_t *probe, const struct tried *tried)
{
	for (unsigned p = 0; p < PHASE_COUNT; p++) {
		char key[32];

		(void)snprintf(
		    key, sizeof(key), "%s_time", phase_name((enum phase)p));
		json_object_set_new(
		    probe, key, phase_time(tried, (enum phase)p));
	}
	json_object_set_new(
	    probe, "duration", milliseconds(tried->outcome.microseconds));
}

static void
add_certificate(json_t *probe, const struct tried *tried)
{
	const struct outcome *outcome = &tried->outcome;
	const struct certificate *certificate = &outcome->certificate;
	bool is = certificate->present;

	json_object_set_new(probe, "cert_start",
	    is ? json_integer(certificate->start) : json_null());
	json_object_set_new(probe, "cert_end",
	    is ? json_integer(certificate->end) : json_null());
	json_object_set_new(probe, "cert_end_in",
	    is ? json_integer(certificate->end - (int64_t)tried->ended) :
		 json_null());
	json_object_set_new(
	    probe, "cert_subject", text_or_null(certificate->subject));
	json_object_set_new(
	    probe, "cert_issuer", text_or_null(certificate->issuer));
	json_object_set_new(probe, "cert_subject_alternative_names",
	    text_or_null(certificate->names));
	json_object_set_new(
	    probe, "cert_error", text_or_null(certificate->error));
	json_object_set_new(
	    probe, "tls_version", text_or_null(outcome->tls_version));
	json_object_set_new(
	    probe, "tls_cipher", text_or_null(outcome->tls_cipher));
}

/* Keywords and what stands behind each; null: there was no EHLO. */
static json_t *
ehlo_of(const struct outcome *outcome)
{
	char lines[OUTCOME_TEXT], *rest = lines, *line;
	json_t *ehlo;

	if (!outcome->phase[PHASE_EHLO].done)
		return (json_null());
	ehlo = json_object();
	memcpy(lines, outcome->ehlo, sizeof(lines));
	while ((line = strsep(&rest, "\n")) != NULL) {
		char *keyword = strsep(&line, " =");

		if (keyword[0] != '\0')
			json_object_set_new(
			    ehlo, keyword, json_string(line ? line : ""));
	}
	return (ehlo);
}

static json_t *
phase_of(const struct phase_outcome *phase)
{
	const struct reply *reply = &phase->reply;
	json_t *of;

	if (!phase->done)
		return (json_null());
	of = json_object();
	json_object_set_new(of, "code",
	    reply->code > 0 ? json_integer(reply->code) : json_null());
	json_object_set_new(of, "enhanced", text_or_null(reply->enhanced));
	json_object_set_new(of, "text", text_or_null(reply->text));
	json_object_set_new(of, "time", milliseconds(phase->microseconds));
	return (of);
}

static json_t *
phases_of(const struct outcome *outcome)
{
	json_t *phases = json_object();

	for (unsigned p = 0; p < PHASE_COUNT; p++)
		json_object_set_new(phases, phase_name((enum phase)p),
		    phase_of(&outcome->phase[p]));
	return (phases);
}

/* null, if its arrival is not looked for */
static json_t *
mail_of(const struct tried *tried)
{
	const struct mail_story *mail = &tried->mail;
	const struct mail_trail *trail = &mail->trail;
	json_t *of, *delays = json_null();

	if (tried->config->delivery == NULL)
		return (json_null());
	of = json_object();
	json_object_set_new(
	    of, "result", text_or_null(mail_result_name(mail->result)));
	json_object_set_new(of, "deliver_time",
	    mail->has_arrived ? milliseconds(mail->way) : json_null());
	json_object_set_new(
	    of, "where", text_or_null(where_name(trail->where)));
	json_object_set_new(of, "trail", text_or_null(trail->words));
	json_object_set_new(of, "queue_id", text_or_null(trail->id));
	json_object_set_new(of, "next_queue_id", text_or_null(trail->next));
	if (trail->has_delays)
		delays = json_object();
	for (unsigned i = 0; trail->has_delays && i < TRAIL_DELAYS; i++)
		json_object_set_new(
		    delays, trail_stages[i], milliseconds(trail->delay[i]));
	json_object_set_new(of, "delays", delays);
	json_object_set_new(of, "spf", text_or_null(mail->spf));
	json_object_set_new(of, "dkim", text_or_null(mail->dkim));
	json_object_set_new(of, "dmarc", text_or_null(mail->dmarc));
	json_object_set_new(of, "mailbox_error", text_or_null(mail->mailbox));
	return (of);
}

static json_t *
probe_of(const struct tried *tried)
{
	const struct outcome *outcome = &tried->outcome;
	const struct config_probe *config = tried->config;
	bool is_socket = config->server[0] == '/';
	char result[RESULT_TEXT];
	json_t *probe = json_object();

	json_object_set_new(probe, "name", json_string(config->name));
	json_object_set_new(probe, "server", json_string(config->server));
	json_object_set_new(probe, "port",
	    is_socket ? json_null() : json_integer(config->port));
	json_object_set_new(
	    probe, "result", json_string(outcome_result(outcome, result)));
	json_object_set_new(probe, "reason", text_or_null(outcome->reason));
	json_object_set_new(
	    probe, "success", json_boolean(outcome->result == RESULT_OK));
	json_object_set_new(
	    probe, "started", json_integer((json_int_t)outcome->began));
	add_times(probe, tried);
	add_certificate(probe, tried);
	json_object_set_new(probe, "address", text_or_null(outcome->address));
	json_object_set_new(probe, "queue_id", text_or_null(outcome->queue_id));
	json_object_set_new(probe, "ehlo", ehlo_of(outcome));
	json_object_set_new(probe, "mail", mail_of(tried));
	json_object_set_new(probe, "phases", phases_of(outcome));
	return (probe);
}

int
once_json(const struct tried *tried, unsigned count)
{
	json_t *root = json_object(), *probes = json_array();
	char *text;

	for (unsigned i = 0; i < count; i++)
		json_array_append_new(probes, probe_of(&tried[i]));
	json_object_set_new(root, "probes", probes);
	text = json_dumps(root, JSON_INDENT(2) | JSON_REAL_PRECISION(9));
	json_decref(root);
	if (text == NULL)
		return (-1);
	puts(text);
	free(text);
	return (0);
}
