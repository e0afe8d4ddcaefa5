/*
 * What a store has of a probe.  Nothing of it is believed more than what a child
 * says.
 */
#include <ctype.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "probe/results_parts.h"

/* 0 if there is none. */
static bool
load(const struct snapshot *snapshot, enum metric_id metric,
    const struct known *known, const char *second, uint64_t *value_r)
{
	struct known_key key;

	*value_r = 0;
	return (snapshot_number(
	    snapshot, known_key(metric, known, second, &key), value_r));
}

static uint64_t
load_number(const struct snapshot *snapshot, enum metric_id metric,
    const struct known *known, const char *second)
{
	uint64_t value;

	(void)load(snapshot, metric, known, second, &value);
	return (value);
}

/* Empty if there is none. */
static void
load_text(const struct snapshot *snapshot, enum text_column_id column,
    const struct known *known, const char *second, char *text_r, size_t size)
{
	struct slice text = { "", 0 };
	struct known_key key;

	(void)snapshot_text(
	    snapshot, known_text_key(column, known, second, &key), &text);
	(void)snprintf(text_r, size, "%.*s", (int)text.len, text.at);
}

/* Take the word before a blank off the beginning. */
static void
split(char *text, char *word_r, size_t size)
{
	size_t len = strcspn(text, " ");

	if (len >= size)
		len = size - 1;
	memcpy(word_r, text, len);
	word_r[len] = '\0';
	if (text[len] == ' ')
		len++;
	memmove(text, text + len, strlen(text + len) + 1);
}

/* "5.1.1" (RFC 3463) */
static bool
is_enhanced(const char *text)
{
	unsigned digits[2];
	int len = 0;

	return (strchr("245", text[0]) != NULL && text[0] != '\0' &&
	    sscanf(text + 1, ".%3u.%3u%n", &digits[0], &digits[1], &len) == 2 &&
	    (text[1 + len] == ' ' || text[1 + len] == '\0') &&
	    isdigit((unsigned char)text[2]));
}

static void
load_phases(const struct known *known, const struct snapshot *snapshot)
{
	for (unsigned p = 0; p < PHASE_COUNT; p++) {
		struct phase_outcome *phase = &known->last->phase[p];
		struct reply *reply = &phase->reply;
		const char *name = phase_name(p);
		char text[sizeof(reply->enhanced) + sizeof(reply->text)];

		phase->done = load(snapshot, METRIC_PROBE_PHASE_DURATION, known,
		    name, &phase->microseconds);
		reply->code = (unsigned)load_number(
		    snapshot, METRIC_PROBE_PHASE_CODE, known, name);
		load_text(snapshot, TEXT_PROBE_REPLY, known, name, text,
		    sizeof(text));
		if (is_enhanced(text))
			split(text, reply->enhanced, sizeof(reply->enhanced));
		outcome_text(
		    reply->text, sizeof(reply->text), text, strlen(text));
	}
}

static void
load_certificate(const struct known *known, const struct snapshot *snapshot)
{
	struct certificate *certificate = &known->last->certificate;
	uint64_t start;

	certificate->present = load(
	    snapshot, METRIC_PROBE_CERT_START, known, NULL, &start);
	certificate->start = (int64_t)start;
	certificate->end = (int64_t)load_number(
	    snapshot, METRIC_PROBE_CERT_END, known, NULL);
	load_text(snapshot, TEXT_PROBE_CERT_SUBJECT, known, NULL,
	    certificate->subject, sizeof(certificate->subject));
	load_text(snapshot, TEXT_PROBE_CERT_ISSUER, known, NULL,
	    certificate->issuer, sizeof(certificate->issuer));
	load_text(snapshot, TEXT_PROBE_CERT_NAMES, known, NULL,
	    certificate->names, sizeof(certificate->names));
	load_text(snapshot, TEXT_PROBE_CERT_ERROR, known, NULL,
	    certificate->error, sizeof(certificate->error));
}

static void
load_texts(const struct known *known, const struct snapshot *snapshot)
{
	struct outcome *last = known->last;
	char tls[sizeof(last->tls_version) + sizeof(last->tls_cipher)];

	load_text(snapshot, TEXT_PROBE_REASON, known, NULL, last->reason,
	    sizeof(last->reason));
	load_text(snapshot, TEXT_PROBE_QUEUE_ID, known, NULL, last->queue_id,
	    sizeof(last->queue_id));
	load_text(snapshot, TEXT_PROBE_ADDRESS, known, NULL, last->address,
	    sizeof(last->address));
	load_text(snapshot, TEXT_PROBE_EHLO, known, NULL, last->ehlo,
	    sizeof(last->ehlo));
	load_text(snapshot, TEXT_PROBE_TLS, known, NULL, tls, sizeof(tls));
	split(tls, last->tls_version, sizeof(last->tls_version));
	outcome_text(
	    last->tls_cipher, sizeof(last->tls_cipher), tls, strlen(tls));
}

/* Numbers are as bad as the file may be: outcome_clean() has the last word. */
static void
load_last(const struct known *known, const struct snapshot *snapshot)
{
	struct outcome *last = known->last;
	uint64_t result = load_number(
	    snapshot, METRIC_PROBE_RESULT, known, NULL);
	uint64_t ended = load_number(snapshot, METRIC_PROBE_ENDED, known, NULL);

	last->result = result < RESULT_COUNT ? (enum result)result :
					       RESULT_ERROR;
	last->ended = ended > 0 && ended <= PHASE_COUNT ?
	    (enum phase)(ended - 1) :
	    PHASE_LOOKUP;
	last->microseconds = load_number(
	    snapshot, METRIC_PROBE_DURATION, known, NULL);
	load_texts(known, snapshot);
	load_phases(known, snapshot);
	load_certificate(known, snapshot);
	outcome_clean(last);
}

int
known_load(struct known *known, const struct snapshot *snapshot)
{
	uint64_t success, began;

	known->attempts = load_number(
	    snapshot, METRIC_PROBE_ATTEMPTS, known, NULL);
	known->failures = load_number(
	    snapshot, METRIC_PROBE_FAILURES, known, NULL);
	known->last_success = load_number(
	    snapshot, METRIC_PROBE_LAST_SUCCESS, known, NULL);
	for (unsigned r = RESULT_NONE + 1; r < RESULT_COUNT; r++)
		known->results[r] = load_number(
		    snapshot, METRIC_PROBE_RESULTS, known, result_name(r));
	if (load(snapshot, METRIC_PROBE_SUCCESS, known, NULL, &success))
		known->success = success != 0 ? SUCCESS_YES : SUCCESS_NO;
	if (!load(snapshot, METRIC_PROBE_LAST_ATTEMPT, known, NULL, &began))
		return (0);
	known->last = calloc(1, sizeof(*known->last));
	if (known->last == NULL)
		return (-1);
	known->last->began = began;
	load_last(known, snapshot);
	return (0);
}
