/*
 * A probe's mail from records (mails_save.c).  Nothing of them is believed but
 * numbers in their ranges; a line that is none ends its list.
 */
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "lib/stats/key.h"
#include "lib/stats/probe_token.h"
#include "probe/mails_parts.h"

/* --- what readers have, too ----------------------------------------------- */

static bool
load(const struct snapshot *snapshot, enum metric_id metric,
    const struct mailing *mailing, struct slice second, uint64_t *value_r)
{
	struct slice value[METRIC_LABELS] = { slice_of(mailing->config->name),
		second };
	char key[KEY_MAX + 1];
	size_t len = key_make(metric, value, (struct slice){ NULL, 0 }, key);

	*value_r = 0;
	return (snapshot_number(snapshot, (struct slice){ key, len }, value_r));
}

static uint64_t
load_one(const struct snapshot *snapshot, enum metric_id metric,
    const struct mailing *mailing)
{
	uint64_t value;

	(void)load(
	    snapshot, metric, mailing, (struct slice){ NULL, 0 }, &value);
	return (value);
}

static void
load_text(const struct snapshot *snapshot, enum text_column_id column,
    const struct mailing *mailing, char *text_r, size_t size)
{
	struct slice text = { "", 0 };
	char key[KEY_MAX + 1];
	int len = snprintf(key, sizeof(key), "=%s:%s",
	    text_columns[column].record, mailing->config->name);

	(void)snapshot_text(
	    snapshot, (struct slice){ key, (size_t)len }, &text);
	outcome_text(text_r, size, text.at, text.len);
}

static void
load_tallies(struct mailing *mailing, const struct snapshot *snapshot)
{
	mailing->tallies = (struct tallies){
		.sent = load_one(snapshot, METRIC_MAIL_SENT, mailing),
		.send_fails = load_one(
		    snapshot, METRIC_MAIL_SEND_FAILS, mailing),
		.arrived = load_one(snapshot, METRIC_MAIL_ARRIVED, mailing),
		.late = load_one(snapshot, METRIC_MAIL_LATE, mailing),
		.spam = load_one(snapshot, METRIC_MAIL_SPAM, mailing),
		.lost = load_one(snapshot, METRIC_MAIL_LOST, mailing),
		.duplicates = load_one(
		    snapshot, METRIC_MAIL_DUPLICATES, mailing),
		.uncertain = load_one(snapshot, METRIC_MAIL_UNCERTAIN, mailing),
	};
}

static void
load_times(struct mailing *mailing, const struct snapshot *snapshot)
{
	struct slice name = slice_of(mailing->config->name);

	spread_load(&mailing->sends, &spread_sends, name, snapshot);
	spread_load(&mailing->deliveries, &spread_deliveries, name, snapshot);
	mailing->has_send = load(snapshot, METRIC_MAIL_SEND_DURATION, mailing,
	    (struct slice){ NULL, 0 }, &mailing->send_duration);
	mailing->sent_time = load_one(snapshot, METRIC_MAIL_SENT_TIME, mailing);
	mailing->has_delivery = load(snapshot, METRIC_MAIL_DELIVER_DURATION,
	    mailing, (struct slice){ NULL, 0 }, &mailing->deliver_duration);
	mailing->deliver_time = load_one(
	    snapshot, METRIC_MAIL_DELIVER_TIME, mailing);
}

static void
load_authentication(struct mailing *mailing, const struct snapshot *snapshot)
{
	struct arrival *arrival = &mailing->arrival;
	char text[3 * ARRIVAL_WORD + 4];

	load_text(snapshot, TEXT_MAIL_AUTH, mailing, text, sizeof(text));
	if (sscanf(text, "%11s %11s %11s", arrival->spf, arrival->dkim,
		arrival->dmarc) != 3)
		arrival->spf[0] = arrival->dkim[0] = arrival->dmarc[0] = '\0';
}

static void
load_trail(struct mailing *mailing, const struct snapshot *snapshot)
{
	struct mail_trail *trail = &mailing->trail;
	uint64_t where = load_one(snapshot, METRIC_MAIL_WHERE, mailing);

	if (where < WHERE_UNKNOWN || where > WHERE_SPAM)
		return;
	trail->where = (enum where)where;
	load_text(snapshot, TEXT_MAIL_TRAIL, mailing, trail->words,
	    sizeof(trail->words));
	load_text(
	    snapshot, TEXT_MAIL_ID, mailing, trail->id, sizeof(trail->id));
	load_text(snapshot, TEXT_MAIL_NEXT, mailing, trail->next,
	    sizeof(trail->next));
	trail->has_delays = true;
	for (unsigned i = 0; i < TRAIL_DELAYS; i++)
		trail->has_delays &= load(snapshot, METRIC_MAIL_DELAY, mailing,
		    slice_of(trail_stages[i]), &trail->delay[i]);
	mailing->focus = mailing_focus(mailing);
}

/* --- what is this program's ----------------------------------------------- */

/* A number in hexadecimal, and the blank behind it. */
static bool
read_hex(char **at, uint64_t *value_r)
{
	char *end;

	if (strchr("0123456789abcdef", **at) == NULL || **at == '\0')
		return (false);
	*value_r = strtoull(*at, &end, 16);
	*at = end + (*end == ' ');
	return (true);
}

static bool
read_awaited(struct mailing *mailing, char *line)
{
	struct awaited mail = { .steady = 0 };

	if (mailing->awaited_count == AWAITED_MAX ||
	    !read_hex(&line, &mail.serial) || !read_hex(&line, &mail.sent) ||
	    !read_hex(&line, &mail.took))
		return (false);
	if (mail.serial == 0 || mail.serial >= PROBE_TOKEN_ONCE ||
	    (mailing->awaited_count > 0 &&
		mailing->awaited[mailing->awaited_count - 1].serial >=
		    mail.serial))
		return (false);
	/* Whoever was sending it is gone, and nobody saw the end of that. */
	mail.state = line[0] == AWAITED_SENT ? AWAITED_SENT : AWAITED_UNSURE;
	mail.overdue = line[0] != '\0' && line[1] == '!';
	mailing->awaited[mailing->awaited_count++] = mail;
	return (true);
}

static bool
read_settled(struct mailing *mailing, char *line)
{
	struct settled *settled = &mailing->settled[mailing->settled_count];

	if (mailing->settled_count == SETTLED_MAX ||
	    !read_hex(&line, &settled->serial) ||
	    !read_hex(&line, &settled->file))
		return (false);
	mailing->settled_count++;
	return (true);
}

static bool
read_state(struct mailing *mailing, char *line)
{
	uint64_t next, known, last, result, judged_serial, judged, arrived,
	    spam;

	if (!read_hex(&line, &next) || !read_hex(&line, &known) ||
	    !read_hex(&line, &last) || !read_hex(&line, &result) ||
	    !read_hex(&line, &judged_serial) || !read_hex(&line, &judged) ||
	    !read_hex(&line, &arrived) || !read_hex(&line, &spam) ||
	    next >= PROBE_TOKEN_ONCE || result >= MAIL_RESULT_COUNT ||
	    judged >= MAIL_RESULT_COUNT)
		return (false);
	/* A store can be older than the last mail that was sent. */
	if (next > mailing->next)
		mailing->next = next;
	mailing->known = known;
	mailing->last = last;
	mailing->result = (enum mail_result)result;
	mailing->judged_serial = judged_serial;
	mailing->judged = (enum mail_result)judged;
	mailing->arrival.serial = arrived;
	mailing->arrival.spam = spam != 0;
	return (true);
}

typedef bool read_line_fn(struct mailing *mailing, char *line);

/* Each line of the records =WHAT:NAME:NN, `first` for the very first. */
static void
read_lines(struct mailing *mailing, const struct snapshot *snapshot,
    const char *what, read_line_fn *first, read_line_fn *each)
{
	char key[KEY_MAX + 1], lines[TEXT_MAX + 1];
	struct slice text;

	for (unsigned i = 0; i < 100; i++) {
		int len = snprintf(key, sizeof(key), "=%s:%s:%02u", what,
		    mailing->config->name, i);
		char *rest = lines, *line;

		if (!snapshot_text(
			snapshot, (struct slice){ key, (size_t)len }, &text))
			return;
		(void)snprintf(
		    lines, sizeof(lines), "%.*s", (int)text.len, text.at);
		while (
		    (line = strsep(&rest, "\n")) != NULL && line[0] != '\0') {
			read_line_fn *read = first != NULL ? first : each;

			if (!read(mailing, line))
				return;
			first = NULL;
		}
	}
}

void
mailing_load(struct mailing *mailing, const struct snapshot *snapshot)
{
	load_tallies(mailing, snapshot);
	load_times(mailing, snapshot);
	load_authentication(mailing, snapshot);
	read_lines(mailing, snapshot, "mails", read_state, read_awaited);
	read_lines(mailing, snapshot, "found", NULL, read_settled);
	load_trail(mailing, snapshot);
}

void
mails_load(struct mails *mails, const struct snapshot *snapshot)
{
	for (unsigned i = 0; i < mails->count; i++)
		if (mails->of[i] != NULL)
			mailing_load(mails->of[i], snapshot);
}
