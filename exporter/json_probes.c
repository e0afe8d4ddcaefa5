/*
 * The probes in /api/v1/stats.json.
 */
#include <inttypes.h>

#include "exporter/json.h"
#include "lib/stats/key.h"
#include "lib/stats/probe_rows.h"
#include "lib/stats/render_json.h"

static void
render_seconds(FILE *out, uint64_t microseconds)
{
	fprintf(out, "%" PRIu64 ".%06" PRIu64, microseconds / MICROSECONDS,
	    microseconds % MICROSECONDS);
}

static void
render_phases(
    FILE *out, const struct snapshot *snapshot, const struct probe_row *row)
{
	const char *before = "";
	struct probe_phase phase;

	for (unsigned at = 0; probes_phase(snapshot, row, &at, &phase);) {
		fprintf(out, "%s\n  \"%.*s\": { \"seconds\": ", before,
		    (int)phase.name.len, phase.name.at);
		render_seconds(out, phase.duration);
		if (phase.code > 0)
			fprintf(out, ", \"code\": %" PRIu64, phase.code);
		fputs(", \"reply\": ", out);
		render_json_string(out, phase.reply);
		fputs(" }", out);
		before = ",";
	}
}

/* null: it was shown none. */
static void
render_certificate(FILE *out, const struct probe_row *row)
{
	if (!row->has_certificate) {
		fputs("null", out);
		return;
	}
	fprintf(
	    out, "{ \"end\": %" PRIu64 ", \"error\": ", row->certificate_end);
	if (row->certificate_error.len > 0)
		render_json_string(out, row->certificate_error);
	else
		fputs("null", out);
	fputs(" }", out);
}

/* "NAME": a text, or null if it is empty. */
static void
render_text(FILE *out, const char *name, struct slice text)
{
	fprintf(out, ", \"%s\": ", name);
	if (text.len > 0)
		render_json_string(out, text);
	else
		fputs("null", out);
}

static void
render_tallies(FILE *out, const struct mail_row *mail)
{
	const struct {
		const char *name;
		uint64_t count;
	} tallies[] = {
		{ "sent", mail->sent },
		{ "send_fails", mail->send_fails },
		{ "arrived", mail->arrived },
		{ "late", mail->late },
		{ "spam", mail->spam },
		{ "lost", mail->lost },
		{ "duplicates", mail->duplicates },
		{ "uncertain", mail->uncertain },
		{ "outstanding", mail->outstanding },
	};

	for (size_t i = 0; i < COUNT(tallies); i++)
		fprintf(out, ", \"%s\": %" PRIu64, tallies[i].name,
		    tallies[i].count);
}

/* The words of SPF, DKIM and DMARC by name. */
static void
render_authentication(FILE *out, struct slice words)
{
	static const char *const names[] = { "spf", "dkim", "dmarc" };
	struct slice word;

	for (size_t i = 0; i < COUNT(names); i++) {
		if (!label_value_next(&words, &word))
			word = SLICE("");
		render_text(out, names[i], word);
	}
}

/* null: it does not look for any. */
static void
render_mail(
    FILE *out, const struct snapshot *snapshot, const struct probe_row *row)
{
	struct mail_row mail;
	const char *success = "null";

	if (!probes_mail(snapshot, row, &mail)) {
		fputs("null", out);
		return;
	}
	if (mail.judged)
		success = mail.success ? "true" : "false";
	fprintf(out, "{ \"success\": %s", success);
	render_text(out, "result", mail.result);
	render_text(out, "where", mail.where);
	render_text(out, "trail", mail.trail);
	render_text(out, "queue_id", mail.queue_id);
	render_text(out, "next_queue_id", mail.next_id);
	fprintf(out,
	    ",\n    \"last_sent\": %" PRIu64 ", \"seconds\": ", mail.last_sent);
	if (mail.has_arrival)
		render_seconds(out, mail.duration);
	else
		fputs("null", out);
	render_tallies(out, &mail);
	fprintf(out, ",\n    \"watched\": %s", mail.watched ? "true" : "false");
	render_text(out, "mailbox_error", mail.fault);
	render_authentication(out, mail.authentication);
	fputs(" }", out);
}

static void
render_probe(
    FILE *out, const struct snapshot *snapshot, const struct probe_row *row)
{
	char name[LABEL_MAX];

	fputs("{ \"name\": ", out);
	render_json_string(
	    out, (struct slice){ name, label_unescape(row->name, name) });
	fprintf(out,
	    ", \"success\": %s, \"result\": ", row->success ? "true" : "false");
	render_json_string(out, row->result);
	fputs(", \"reason\": ", out);
	render_json_string(out, row->reason);
	fprintf(out, ",\n  \"last_attempt\": %" PRIu64 ", \"seconds\": ",
	    row->attempted);
	render_seconds(out, row->duration);
	fputs(", \"certificate\": ", out);
	render_certificate(out, row);
	fputs(",\n  \"mail\": ", out);
	render_mail(out, snapshot, row);
	fputs(",\n  \"phases\": {", out);
	render_phases(out, snapshot, row);
	fputs(" } }", out);
}

void
json_probes(FILE *out, const struct snapshot *snapshot)
{
	const char *before = ",\"probes\": [\n";
	struct probe_row row;

	for (size_t at = 0; probes_next(snapshot, &at, &row);) {
		fputs(before, out);
		render_probe(out, snapshot, &row);
		before = ",\n";
	}
	if (before[1] == '\n')
		fputs("\n]\n", out);
}
