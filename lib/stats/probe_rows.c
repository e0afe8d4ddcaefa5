/*
 * Records of the probes' store, one probe at a time.
 */
#include <stdio.h>

#include "lib/stats/key.h"
#include "lib/stats/probe_rows.h"

/* The key WHAT:NAME[:END], or none if that is too long. */
static struct slice
key_of(const char *what, struct slice name, const char *end,
    char key_r[KEY_MAX + 1])
{
	int len = snprintf(
	    key_r, KEY_MAX + 1, "%s:%.*s%s", what, (int)name.len, name.at, end);

	return ((struct slice){
	    key_r, len > 0 && len <= KEY_MAX ? (size_t)len : 0 });
}

static bool
find_number(const struct snapshot *snapshot, const char *what,
    struct slice name, const char *end, uint64_t *value_r)
{
	char key[KEY_MAX + 1];

	*value_r = 0;
	return (
	    snapshot_number(snapshot, key_of(what, name, end, key), value_r));
}

static uint64_t
number_of(const struct snapshot *snapshot, const char *what, struct slice name,
    const char *end)
{
	uint64_t value;

	(void)find_number(snapshot, what, name, end, &value);
	return (value);
}

static struct slice
text_of(const struct snapshot *snapshot, const char *what, struct slice name)
{
	char key[KEY_MAX + 1];
	struct slice text = SLICE("");

	(void)snapshot_text(snapshot, key_of(what, name, "", key), &text);
	return (text);
}

/* The name in probe:NAME:success; no longer than a writer of ours has it. */
static bool
is_probe(const struct number *number, struct slice *name_r)
{
	struct slice key = { number->key, number->key_len };

	return (slice_skip(&key, "probe:") && slice_cut(&key, ':', name_r) &&
	    slice_equal(key, "success") && name_r->len > 0 &&
	    name_r->len <= LABEL_MAX);
}

bool
probes_next(
    const struct snapshot *snapshot, size_t *at, struct probe_row *row_r)
{
	struct slice name;

	while (*at < snapshot->number_count &&
	    !is_probe(&snapshot->numbers[*at], &name))
		++*at;
	if (*at == snapshot->number_count)
		return (false);
	*row_r = (struct probe_row){
		.name = name,
		.success = snapshot->numbers[*at].value != 0,
		.result = text_of(snapshot, "=probe_result", name),
		.reason = text_of(snapshot, "=probe_reason", name),
		.duration = number_of(snapshot, "probe", name, ":duration"),
		.attempted = number_of(
		    snapshot, "probe", name, ":last_attempt"),
		.certificate_end = number_of(
		    snapshot, "probe_cert", name, ":end"),
		.certificate_error = text_of(
		    snapshot, "=probe_cert_error", name),
	};
	row_r->has_certificate = row_r->certificate_end != 0;
	++*at;
	return (true);
}

/* Phase number `at` in the order of the table. */
static bool
phase_name(unsigned at, struct slice *name_r)
{
	struct slice rest = slice_of(labels[LABEL_PROBE_PHASE].values);

	for (unsigned i = 0; label_value_next(&rest, name_r); i++)
		if (i == at)
			return (true);
	return (false);
}

bool
probes_phase(const struct snapshot *snapshot, const struct probe_row *row,
    unsigned *at, struct probe_phase *phase_r)
{
	struct slice name;

	while (phase_name((*at)++, &name)) {
		char of[LABEL_MAX * 2], key[KEY_MAX + 1];
		struct slice both = { of,
			(size_t)snprintf(of, sizeof(of), "%.*s:%.*s",
			    (int)row->name.len, row->name.at, (int)name.len,
			    name.at) };

		if (!snapshot_number(snapshot,
			key_of("probe_phase", both, ":duration", key),
			&phase_r->duration))
			continue;
		phase_r->name = name;
		phase_r->code = number_of(
		    snapshot, "probe_phase", both, ":code");
		phase_r->reply = text_of(snapshot, "=probe_reply", both);
		return (true);
	}
	return (false);
}

static void
take_tallies(
    const struct snapshot *snapshot, struct slice name, struct mail_row *mail)
{
	mail->send_fails = number_of(snapshot, "mail", name, ":send_fails");
	mail->arrived = number_of(snapshot, "mail", name, ":arrived");
	mail->late = number_of(snapshot, "mail", name, ":late");
	mail->spam = number_of(snapshot, "mail", name, ":spam");
	mail->lost = number_of(snapshot, "mail", name, ":lost");
	mail->duplicates = number_of(snapshot, "mail", name, ":duplicates");
	mail->uncertain = number_of(snapshot, "mail", name, ":uncertain");
	mail->outstanding = number_of(snapshot, "mail", name, ":outstanding");
}

bool
probes_mail(const struct snapshot *snapshot, const struct probe_row *row,
    struct mail_row *mail_r)
{
	struct slice name = row->name;
	uint64_t sent, success;

	if (!find_number(snapshot, "mail", name, ":sent", &sent))
		return (false);
	*mail_r = (struct mail_row){
		.judged = find_number(
		    snapshot, "mail", name, ":success", &success),
		.result = text_of(snapshot, "=mail_result", name),
		.where = text_of(snapshot, "=mail_where", name),
		.trail = text_of(snapshot, "=mail_trail", name),
		.queue_id = text_of(snapshot, "=mail_id", name),
		.next_id = text_of(snapshot, "=mail_next", name),
		.authentication = text_of(snapshot, "=mail_auth", name),
		.watched = number_of(snapshot, "mail", name, ":watched") != 0,
		.fault = text_of(snapshot, "=mail_mailbox", name),
		.sent = sent,
		.last_sent = number_of(snapshot, "mail", name, ":last_sent"),
		.duration = number_of(
		    snapshot, "mail", name, ":last_deliver_duration"),
		.arrival = number_of(
		    snapshot, "mail", name, ":last_deliver_time"),
	};
	mail_r->success = success != 0;
	mail_r->note = "";
	if (mail_r->judged && !mail_r->success &&
	    slice_equal(mail_r->result, "waiting"))
		mail_r->note = ", and the one before was not there in time";
	mail_r->has_arrival = mail_r->arrival != 0;
	take_tallies(snapshot, name, mail_r);
	return (true);
}
