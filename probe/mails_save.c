/*
 * A probe's mail as records.  What is for readers has keys of the table; what
 * only the next start of this program wants is in texts of its own:
 *
 *	=mails:NAME:NN	lines; the first has serials, and what the mails of these
 *			came to; then one for each mail that is awaited
 *	=found:NAME:NN	a line for each of those that were settled
 */
#include <inttypes.h>
#include <stdarg.h>
#include <stdio.h>
#include <string.h>

#include "lib/stats/key.h"
#include "probe/mails_parts.h"

struct record_key {
	char at[KEY_MAX + 1];
};

static struct slice
number_key(enum metric_id metric, const struct mailing *mailing,
    struct slice second, struct record_key *key)
{
	struct slice value[METRIC_LABELS] = { slice_of(mailing->config->name),
		second };
	size_t len = key_make(
	    metric, value, (struct slice){ NULL, 0 }, key->at);

	return ((struct slice){ key->at, len });
}

static void
save(struct snapshot *snapshot, enum metric_id metric,
    const struct mailing *mailing, uint64_t value)
{
	struct record_key key;

	snapshot_add_number(snapshot,
	    number_key(metric, mailing, (struct slice){ NULL, 0 }, &key),
	    value);
}

static void
save_text(struct snapshot *snapshot, enum text_column_id column,
    const struct mailing *mailing, const char *text)
{
	struct record_key key;
	int len = snprintf(key.at, sizeof(key.at), "=%s:%s",
	    text_columns[column].record, mailing->config->name);

	if (text[0] != '\0')
		snapshot_add_text(snapshot,
		    (struct slice){ key.at, (size_t)len }, slice_of(text));
}

/* --- for readers ---------------------------------------------------------- */

static void
save_tallies(const struct mailing *mailing, struct snapshot *snapshot)
{
	const struct tallies *tallies = &mailing->tallies;
	uint64_t outstanding = 0;

	for (unsigned i = 0; i < mailing->awaited_count; i++)
		outstanding += mailing->awaited[i].state == AWAITED_SENT;
	save(snapshot, METRIC_MAIL_SENT, mailing, tallies->sent);
	save(snapshot, METRIC_MAIL_SEND_FAILS, mailing, tallies->send_fails);
	save(snapshot, METRIC_MAIL_ARRIVED, mailing, tallies->arrived);
	save(snapshot, METRIC_MAIL_LATE, mailing, tallies->late);
	save(snapshot, METRIC_MAIL_SPAM, mailing, tallies->spam);
	save(snapshot, METRIC_MAIL_LOST, mailing, tallies->lost);
	save(snapshot, METRIC_MAIL_DUPLICATES, mailing, tallies->duplicates);
	save(snapshot, METRIC_MAIL_UNCERTAIN, mailing, tallies->uncertain);
	save(snapshot, METRIC_MAIL_OUTSTANDING, mailing, outstanding);
	save(snapshot, METRIC_MAIL_WATCHED, mailing, mailing->looked);
}

static void
save_times(const struct mailing *mailing, struct snapshot *snapshot)
{
	struct slice name = slice_of(mailing->config->name);

	spread_save(&mailing->sends, &spread_sends, name, snapshot);
	spread_save(&mailing->deliveries, &spread_deliveries, name, snapshot);
	if (mailing->has_send) {
		save(snapshot, METRIC_MAIL_SEND_DURATION, mailing,
		    mailing->send_duration);
		save(snapshot, METRIC_MAIL_SENT_TIME, mailing,
		    mailing->sent_time);
	}
	if (mailing->has_delivery) {
		save(snapshot, METRIC_MAIL_DELIVER_DURATION, mailing,
		    mailing->deliver_duration);
		save(snapshot, METRIC_MAIL_DELIVER_TIME, mailing,
		    mailing->deliver_time);
	}
}

const char *
mail_result_name(enum mail_result result)
{
	static const char *const names[MAIL_RESULT_COUNT] = { "", "waiting",
		"overdue", "arrived", "late", "spam", "lost", "unsent",
		"uncertain", "unseen" };

	return (names[result]);
}

/* What Authentication-Results said; each word is there, or none. */
static void
save_authentication(const struct mailing *mailing, struct snapshot *snapshot)
{
	const struct arrival *arrival = &mailing->arrival;
	char text[3 * ARRIVAL_WORD + 4];

	if (arrival->spf[0] == '\0' && arrival->dkim[0] == '\0' &&
	    arrival->dmarc[0] == '\0')
		return;
	(void)snprintf(text, sizeof(text), "%s %s %s",
	    arrival->spf[0] != '\0' ? arrival->spf : "none",
	    arrival->dkim[0] != '\0' ? arrival->dkim : "none",
	    arrival->dmarc[0] != '\0' ? arrival->dmarc : "none");
	save_text(snapshot, TEXT_MAIL_AUTH, mailing, text);
}

static void
save_where(const struct mailing *mailing, struct snapshot *snapshot)
{
	const struct mail_trail *trail = &mailing->trail;
	struct record_key key;

	if (mailing->focus == 0)
		return;
	save(snapshot, METRIC_MAIL_WHERE, mailing, trail->where);
	save_text(snapshot, TEXT_MAIL_WHERE, mailing, where_name(trail->where));
	save_text(snapshot, TEXT_MAIL_TRAIL, mailing, trail->words);
	save_text(snapshot, TEXT_MAIL_ID, mailing, trail->id);
	save_text(snapshot, TEXT_MAIL_NEXT, mailing, trail->next);
	for (unsigned i = 0; trail->has_delays && i < TRAIL_DELAYS; i++)
		snapshot_add_number(snapshot,
		    number_key(METRIC_MAIL_DELAY, mailing,
			slice_of(trail_stages[i]), &key),
		    trail->delay[i]);
}

/* --- for the next start --------------------------------------------------- */

/* Lines that go into as many records as they need. */
struct lines {
	struct snapshot *snapshot;
	const char *what, *name;
	unsigned number;
	char text[TEXT_MAX];
	size_t len;
};

static void
lines_end(struct lines *lines)
{
	char key[KEY_MAX + 1];
	int len = snprintf(key, sizeof(key), "=%s:%s:%02u", lines->what,
	    lines->name, lines->number++);

	if (lines->len > 0)
		snapshot_add_text(lines->snapshot,
		    (struct slice){ key, (size_t)len },
		    (struct slice){ lines->text, lines->len });
	lines->len = 0;
}

__attribute__((format(printf, 2, 3))) static void
lines_add(struct lines *lines, const char *format, ...)
{
	char line[160];
	va_list arguments;
	int len;

	va_start(arguments, format);
	len = vsnprintf(line, sizeof(line), format, arguments);
	va_end(arguments);
	if (lines->len + (size_t)len > sizeof(lines->text))
		lines_end(lines);
	memcpy(lines->text + lines->len, line, (size_t)len);
	lines->len += (size_t)len;
}

static void
save_state(const struct mailing *mailing, struct snapshot *snapshot)
{
	struct lines awaited = { .snapshot = snapshot,
		.what = "mails",
		.name = mailing->config->name };
	struct lines settled = { .snapshot = snapshot,
		.what = "found",
		.name = mailing->config->name };

	lines_add(&awaited,
	    "%" PRIx64 " %" PRIx64 " %" PRIx64 " %x %" PRIx64 " %x %" PRIx64
	    " %x\n",
	    mailing->next, mailing->known, mailing->last,
	    (unsigned)mailing->result, mailing->judged_serial,
	    (unsigned)mailing->judged, mailing->arrival.serial,
	    (unsigned)mailing->arrival.spam);
	for (unsigned i = 0; i < mailing->awaited_count; i++) {
		const struct awaited *mail = &mailing->awaited[i];

		lines_add(&awaited,
		    "%" PRIx64 " %" PRIx64 " %" PRIx64 " %c%s\n", mail->serial,
		    mail->sent, mail->took, mail->state,
		    mail->overdue ? "!" : "");
	}
	lines_end(&awaited);
	for (unsigned i = 0; i < mailing->settled_count; i++)
		lines_add(&settled, "%" PRIx64 " %" PRIx64 "\n",
		    mailing->settled[i].serial, mailing->settled[i].file);
	lines_end(&settled);
}

void
mailing_save(const struct mailing *mailing, struct snapshot *snapshot)
{
	save_tallies(mailing, snapshot);
	save_times(mailing, snapshot);
	if (mailing->judged != MAIL_NONE)
		save(snapshot, METRIC_MAIL_SUCCESS, mailing,
		    mailing->judged == MAIL_ARRIVED);
	if (mailing->result != MAIL_NONE) {
		save(snapshot, METRIC_MAIL_RESULT, mailing, mailing->result);
		save_text(snapshot, TEXT_MAIL_RESULT, mailing,
		    mail_result_name(mailing->result));
	}
	save_text(snapshot, TEXT_MAIL_MAILBOX, mailing, mailing->mailbox);
	save_authentication(mailing, snapshot);
	save_where(mailing, snapshot);
	save_state(mailing, snapshot);
}

void
mails_save(const struct mails *mails, struct snapshot *snapshot)
{
	for (unsigned i = 0; i < mails->count; i++)
		if (mails->of[i] != NULL)
			mailing_save(mails->of[i], snapshot);
}
