/*
 * What probes have to say to it: that a server does not take mail, or that what
 * it took does not arrive.
 */
#include "exporter/verdict.h"
#include "lib/stats/key.h"
#include "lib/stats/probe_rows.h"

/* A probe's name as the configuration has it. */
static int
name_of(const struct probe_row *row, char raw_r[LABEL_MAX])
{
	return ((int)label_unescape(row->name, raw_r));
}

/* How many probes' mail is not where it should be, and one of them.  One that was
   not sent is no such mail: the probe itself has failed. */
static void
judge_arrivals(struct verdict *verdict, const struct snapshot *snapshot)
{
	unsigned count = 0, missing = 0;
	struct probe_row row, first;
	struct mail_row mail, missed;
	char raw[LABEL_MAX];

	for (size_t at = 0; probes_next(snapshot, &at, &row);) {
		if (!probes_mail(snapshot, &row, &mail))
			continue;
		count++;
		if (!mail.judged || mail.success ||
		    slice_equal(mail.result, "unsent") || missing++ > 0)
			continue;
		first = row;
		missed = mail;
	}
	if (missing > 0)
		verdict_add(verdict, MOOD_PROBLEM,
		    missing == 1 ?
			"Mail of a probe does not arrive as it should" :
			"Mail of probes does not arrive as it should",
		    "%.*s: %.*s%s%s%.*s (%u of %u)", name_of(&first, raw), raw,
		    (int)missed.result.len, missed.result.at, missed.note,
		    missed.trail.len > 0 ? ", " : "", (int)missed.trail.len,
		    missed.trail.at, missing, count);
}

/* Without a look into the mailbox nobody knows. */
static void
judge_mailboxes(struct verdict *verdict, const struct snapshot *snapshot)
{
	struct probe_row row;
	struct mail_row mail;
	char raw[LABEL_MAX];

	for (size_t at = 0; probes_next(snapshot, &at, &row);) {
		if (!probes_mail(snapshot, &row, &mail) || mail.fault.len == 0)
			continue;
		verdict_add(verdict, MOOD_NOTICE,
		    "A mailbox cannot be looked at",
		    "%.*s: %.*s. Whether the probe's mail arrives is not known "
		    "until it can.",
		    name_of(&row, raw), raw, (int)mail.fault.len,
		    mail.fault.at);
		return;
	}
}

/* How many probes fail, and one of them. */
bool
verdict_probes(struct verdict *verdict, const struct snapshot *snapshot)
{
	unsigned count = 0, failing = 0;
	struct probe_row row, failed;
	char raw[LABEL_MAX];

	for (size_t at = 0; probes_next(snapshot, &at, &row); count++)
		if (!row.success && failing++ == 0)
			failed = row;
	if (failing > 0)
		verdict_add(verdict, MOOD_PROBLEM,
		    failing == 1 ? "A probe fails" : "Probes fail",
		    "%.*s: %.*s%s%.*s (%u of %u)", name_of(&failed, raw), raw,
		    (int)failed.result.len, failed.result.at,
		    failed.reason.len > 0 ? ", " : "", (int)failed.reason.len,
		    failed.reason.at, failing, count);
	judge_arrivals(verdict, snapshot);
	judge_mailboxes(verdict, snapshot);
	if (verdict->count == 0 && count > 0)
		verdict_add(verdict, MOOD_GOOD, "Probes find no fault",
		    "%u were tried; no log is followed here.", count);
	return (count > 0);
}
