/*
 * A probe's records in the store.  What the last attempt did not come to has no
 * record, so that nothing of an attempt before it is left.
 */
#include <stdio.h>

#include "lib/stats/key.h"
#include "probe/results_parts.h"

struct slice
known_key(enum metric_id metric, const struct known *known, const char *second,
    struct known_key *key)
{
	struct slice value[METRIC_LABELS] = { slice_of(known->config->name) };

	if (second != NULL)
		value[1] = slice_of(second);
	key->len = key_make(metric, value, (struct slice){ NULL, 0 }, key->at);
	return ((struct slice){ key->at, key->len });
}

struct slice
known_text_key(enum text_column_id column, const struct known *known,
    const char *second, struct known_key *key)
{
	int len = snprintf(key->at, sizeof(key->at), "=%s:%s%s%s",
	    text_columns[column].record, known->config->name,
	    second != NULL ? ":" : "", second != NULL ? second : "");

	key->len = (size_t)len;
	return ((struct slice){ key->at, key->len });
}

static void
save(struct snapshot *snapshot, enum metric_id metric,
    const struct known *known, const char *second, uint64_t value)
{
	struct known_key key;

	snapshot_add_number(
	    snapshot, known_key(metric, known, second, &key), value);
}

static void
save_text(struct snapshot *snapshot, enum text_column_id column,
    const struct known *known, const char *second, const char *text)
{
	struct known_key key;

	if (text[0] != '\0')
		snapshot_add_text(snapshot,
		    known_text_key(column, known, second, &key),
		    slice_of(text));
}

static void
save_phases(const struct known *known, struct snapshot *snapshot)
{
	for (unsigned p = 0; p < PHASE_COUNT; p++) {
		const struct phase_outcome *phase = &known->last->phase[p];
		const struct reply *reply = &phase->reply;
		const char *name = phase_name(p);
		char text[sizeof(reply->enhanced) + sizeof(reply->text)];

		if (!phase->done)
			continue;
		save(snapshot, METRIC_PROBE_PHASE_DURATION, known, name,
		    phase->microseconds);
		if (reply->code == 0)
			continue;
		save(snapshot, METRIC_PROBE_PHASE_CODE, known, name,
		    reply->code);
		(void)snprintf(text, sizeof(text), "%s%s%s", reply->enhanced,
		    reply->enhanced[0] != '\0' && reply->text[0] != '\0' ? " " :
									   "",
		    reply->text);
		save_text(snapshot, TEXT_PROBE_REPLY, known, name, text);
	}
}

static void
save_certificate(const struct known *known, struct snapshot *snapshot)
{
	const struct certificate *certificate = &known->last->certificate;

	if (!certificate->present)
		return;
	save(snapshot, METRIC_PROBE_CERT_START, known, NULL,
	    (uint64_t)certificate->start);
	save(snapshot, METRIC_PROBE_CERT_END, known, NULL,
	    (uint64_t)certificate->end);
	save(snapshot, METRIC_PROBE_CERT_VERIFIED, known, NULL,
	    certificate->error[0] == '\0');
	save_text(snapshot, TEXT_PROBE_CERT_SUBJECT, known, NULL,
	    certificate->subject);
	save_text(
	    snapshot, TEXT_PROBE_CERT_ISSUER, known, NULL, certificate->issuer);
	save_text(
	    snapshot, TEXT_PROBE_CERT_NAMES, known, NULL, certificate->names);
	save_text(
	    snapshot, TEXT_PROBE_CERT_ERROR, known, NULL, certificate->error);
}

static void
save_texts(const struct known *known, struct snapshot *snapshot)
{
	const struct outcome *last = known->last;
	char result[RESULT_TEXT];
	char tls[sizeof(last->tls_version) + sizeof(last->tls_cipher)];

	(void)snprintf(tls, sizeof(tls), "%s%s%s", last->tls_version,
	    last->tls_cipher[0] != '\0' ? " " : "", last->tls_cipher);
	save_text(snapshot, TEXT_PROBE_RESULT, known, NULL,
	    outcome_result(last, result));
	save_text(snapshot, TEXT_PROBE_REASON, known, NULL, last->reason);
	save_text(snapshot, TEXT_PROBE_QUEUE_ID, known, NULL, last->queue_id);
	save_text(snapshot, TEXT_PROBE_ADDRESS, known, NULL, last->address);
	save_text(snapshot, TEXT_PROBE_TLS, known, NULL, tls);
	save_text(snapshot, TEXT_PROBE_EHLO, known, NULL, last->ehlo);
}

static void
save_last(const struct known *known, struct snapshot *snapshot)
{
	const struct outcome *last = known->last;

	if (known->success != SUCCESS_UNKNOWN)
		save(snapshot, METRIC_PROBE_SUCCESS, known, NULL,
		    known->success == SUCCESS_YES);
	save(snapshot, METRIC_PROBE_RESULT, known, NULL, last->result);
	save(snapshot, METRIC_PROBE_ENDED, known, NULL,
	    (uint64_t)last->ended + 1);
	save(snapshot, METRIC_PROBE_DURATION, known, NULL, last->microseconds);
	save(snapshot, METRIC_PROBE_LAST_ATTEMPT, known, NULL, last->began);
	save_texts(known, snapshot);
	save_phases(known, snapshot);
	save_certificate(known, snapshot);
}

void
known_save(const struct known *known, struct snapshot *snapshot)
{
	save(snapshot, METRIC_PROBE_INTERVAL, known, NULL,
	    (uint64_t)known->config->interval);
	save(snapshot, METRIC_PROBE_ATTEMPTS, known, NULL, known->attempts);
	save(snapshot, METRIC_PROBE_FAILURES, known, NULL, known->failures);
	save(snapshot, METRIC_PROBE_LAST_SUCCESS, known, NULL,
	    known->last_success);
	for (unsigned r = RESULT_NONE + 1; r < RESULT_COUNT; r++)
		save(snapshot, METRIC_PROBE_RESULTS, known, result_name(r),
		    known->results[r]);
	if (known->last != NULL)
		save_last(known, snapshot);
}
