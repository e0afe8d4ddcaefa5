/*
 * Where a mail is, as the log and the mailbox have it.
 */
#include <inttypes.h>
#include <stdio.h>
#include <string.h>

#include "probe/mails_parts.h"

enum { TELLS_FOR = 60 * 1000000 /* microseconds, of a mail that is settled */ };

uint64_t
mailing_focus(const struct mailing *mailing)
{
	for (unsigned i = 0; i < mailing->awaited_count; i++)
		if (mailing->awaited[i].overdue &&
		    mailing->awaited[i].state == AWAITED_SENT)
			return (mailing->awaited[i].serial);
	return (mailing->last);
}

static void
copy(char *text_r, size_t size, struct slice text)
{
	outcome_text(text_r, size, text.at, text.len);
}

static void
take_found(struct mail_trail *trailed, const struct trail_found *found)
{
	char words[TRAIL_WORDS];

	trailed->where = found->where;
	copy(trailed->id, sizeof(trailed->id), found->id);
	copy(trailed->next, sizeof(trailed->next), found->next);
	trail_words(found, words, sizeof(words));
	copy(trailed->words, sizeof(trailed->words), slice_of(words));
	trailed->has_delays = found->has_delays;
	memcpy(trailed->delay, found->delay, sizeof(trailed->delay));
}

/* The mailbox knows better than the log where a mail has come to. */
static void
take_arrival(const struct mailing *mailing, struct mail_trail *trailed)
{
	uint64_t way = mailing->deliver_duration;

	trailed->where = mailing->arrival.spam ? WHERE_SPAM : WHERE_ARRIVED;
	(void)snprintf(trailed->words, sizeof(trailed->words),
	    "arrived after %" PRIu64 ".%03" PRIu64 " s%s", way / 1000000,
	    way / 1000 % 1000,
	    mailing->arrival.spam ? ", in the folder for spam" : "");
}

/* The queue manager has it, so the server took it, whatever the conversation came
   to. */
static bool
is_proof(enum where where)
{
	return (where >= WHERE_ACTIVE && where < WHERE_ARRIVED);
}

static bool
find_sent(struct mailing *mailing, const struct snapshot *log)
{
	struct slice name = slice_of(mailing->config->name);
	bool changed = false;

	for (unsigned i = 0; i < mailing->awaited_count; i++) {
		struct awaited *awaited = &mailing->awaited[i];
		struct trail_found found;

		if (awaited->state == AWAITED_SENT || awaited->under_way ||
		    !trail_find(log, name, awaited->serial, &found) ||
		    !is_proof(found.where))
			continue;
		awaited->state = AWAITED_SENT;
		mailing->tallies.sent++;
		changed = true;
	}
	return (changed);
}

/* What of a mail was known before stays known when the log's table has lost it. */
static bool
follow(struct mailing *mailing, const struct snapshot *log)
{
	uint64_t focus = mailing_focus(mailing);
	struct mail_trail trailed = { .where = WHERE_UNKNOWN };
	struct trail_found found;
	bool changed = log != NULL && find_sent(mailing, log);

	if (focus == mailing->focus)
		trailed = mailing->trail;
	if (log != NULL &&
	    trail_find(log, slice_of(mailing->config->name), focus, &found))
		take_found(&trailed, &found);
	if (mailing->has_delivery && mailing->arrival.serial == focus)
		take_arrival(mailing, &trailed);
	if (focus == mailing->focus &&
	    memcmp(&trailed, &mailing->trail, sizeof(trailed)) == 0)
		return (changed);
	mailing->focus = focus;
	mailing->trail = trailed;
	return (true);
}

bool
mails_follow(struct mails *mails, const struct snapshot *log)
{
	bool changed = false;

	for (unsigned i = 0; i < mails->count; i++)
		if (mails->of[i] != NULL && mails->of[i]->last != 0)
			changed |= follow(mails->of[i], log);
	return (changed);
}

static bool
follows(const struct mailing *mailing, struct moment now)
{
	return (mailing->awaited_count > 0 ||
	    (mailing->has_delivery && !mailing->trail.has_delays &&
		now.wall < (mailing->deliver_time * 1000000) + TELLS_FOR));
}

bool
mails_follows(const struct mails *mails, struct moment now)
{
	for (unsigned i = 0; i < mails->count; i++)
		if (mails->of[i] != NULL && follows(mails->of[i], now))
			return (true);
	return (false);
}
