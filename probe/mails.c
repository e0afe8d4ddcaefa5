/*
 * From noted to sent to found, late or lost.
 */
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "lib/stats/probe_token.h"
#include "probe/mails_parts.h"

enum { SECOND = 1000000, MILLISECOND = 1000 }; /* in microseconds */

/* --- begin and end -------------------------------------------------------- */

struct mails *
mails_new(const struct config_probe *probes, unsigned count, uint64_t first)
{
	struct mails *mails = calloc(
	    1, sizeof(*mails) + count * sizeof(mails->of[0]));

	if (mails == NULL)
		return (NULL);
	mails->count = count;
	for (unsigned i = 0; i < count; i++) {
		if (probes[i].delivery == NULL)
			continue;
		mails->of[i] = calloc(1, sizeof(*mails->of[i]));
		if (mails->of[i] == NULL) {
			mails_free(mails);
			return (NULL);
		}
		mails->of[i]->config = &probes[i];
		mails->of[i]->next = mails->of[i]->known = first;
	}
	return (mails);
}

void
mails_free(struct mails *mails)
{
	if (mails == NULL)
		return;
	for (unsigned i = 0; i < mails->count; i++)
		free(mails->of[i]);
	free(mails);
}

void
mails_inherit(
    struct mails *mails, unsigned probe, struct mails *old, unsigned old_probe)
{
	struct mailing *mailing = mails->of[probe];
	struct mailing *before = old->of[old_probe];
	const struct config_probe *config;

	if (mailing == NULL || before == NULL)
		return;
	config = mailing->config;
	*mailing = *before;
	mailing->config = config;
	mailing->looked = false; /* its watcher is a new one */
	mailing->mailbox[0] = '\0';
}

/* --- parts ---------------------------------------------------------------- */

uint64_t
mailing_since(uint64_t then, uint64_t now)
{
	return (now > then ? now - then : 0);
}

uint64_t
mailing_microseconds(double seconds)
{
	return ((uint64_t)(seconds * SECOND));
}

uint64_t
mailing_age_of(const struct awaited *awaited, struct moment now)
{
	return (awaited->steady != 0 ?
		mailing_since(awaited->steady, now.steady) :
		mailing_since(awaited->sent, now.wall));
}

static struct awaited *
find_awaited(struct mailing *mailing, uint64_t serial)
{
	for (unsigned i = 0; i < mailing->awaited_count; i++)
		if (mailing->awaited[i].serial == serial)
			return (&mailing->awaited[i]);
	return (NULL);
}

static void
forget(struct mailing *mailing, struct awaited *awaited)
{
	struct awaited *end = mailing->awaited + mailing->awaited_count--;

	memmove(awaited, awaited + 1,
	    (size_t)(end - (awaited + 1)) * sizeof(*awaited));
}

static void
settle(struct mailing *mailing, uint64_t serial, uint64_t file)
{
	if (mailing->settled_count == SETTLED_MAX) {
		if (mailing->known <= mailing->settled[0].serial)
			mailing->known = mailing->settled[0].serial + 1;
		mailing->settled_count--;
		memmove(mailing->settled, mailing->settled + 1,
		    mailing->settled_count * sizeof(mailing->settled[0]));
	}
	mailing->settled[mailing->settled_count++] = (struct settled){ serial,
		file };
}

/* What a mail has come to: success is that of the youngest that was judged. */
void
mailing_judge(struct mailing *mailing, uint64_t serial, enum mail_result result)
{
	if (serial >= mailing->judged_serial) {
		mailing->judged_serial = serial;
		mailing->judged = result;
	}
	if (serial >= mailing->last) {
		mailing->last = serial;
		mailing->result = result;
	}
}

/* Nobody waits for it any more. */
void
mailing_give_up(struct mailing *mailing, struct awaited *awaited)
{
	bool sent = awaited->state == AWAITED_SENT;

	if (sent)
		mailing->tallies.lost++;
	else
		mailing->tallies.uncertain++;
	settle(mailing, awaited->serial, 0);
	mailing_judge(
	    mailing, awaited->serial, sent ? MAIL_LOST : MAIL_UNCERTAIN);
	forget(mailing, awaited);
}

/* --- sending -------------------------------------------------------------- */

/* The oldest, but for those whose conversation is under way. */
static void
make_room(struct mailing *mailing)
{
	struct awaited *oldest = mailing->awaited;

	while (oldest->under_way &&
	    oldest + 1 < mailing->awaited + mailing->awaited_count)
		oldest++;
	mailing_give_up(mailing, oldest);
}

uint64_t
mails_begin(struct mails *mails, unsigned probe, struct moment now)
{
	struct mailing *mailing = mails->of[probe];

	if (mailing->awaited_count == AWAITED_MAX)
		make_room(mailing);
	mailing->awaited[mailing->awaited_count++] = (struct awaited){
		.serial = mailing->next,
		.sent = now.wall,
		.steady = now.steady,
		.state = AWAITED_SENDING,
		.under_way = true,
	};
	return (mailing->next++);
}

/* Publishing, between noted and spoken, takes as long as the disk does. */
void
mails_speak(
    struct mails *mails, unsigned probe, uint64_t serial, struct moment now)
{
	struct awaited *awaited = find_awaited(mails->of[probe], serial);

	if (awaited != NULL) {
		awaited->sent = now.wall;
		awaited->steady = now.steady;
	}
}

void
mails_drop(struct mails *mails, unsigned probe, uint64_t serial)
{
	struct mailing *mailing = mails->of[probe];
	struct awaited *awaited = NULL;

	if (mailing != NULL)
		awaited = find_awaited(mailing, serial);
	if (awaited != NULL)
		forget(mailing, awaited);
}

/* What became of the mail itself, whatever the conversation came to then. */
static enum awaited_state
state_after(const struct outcome *outcome)
{
	const struct reply *reply = &outcome->phase[PHASE_BODY].reply;

	if (reply->code / 100 == 2)
		return (AWAITED_SENT);
	if (reply->code == 0 && outcome->ended == PHASE_BODY)
		return (AWAITED_UNSURE);
	return (AWAITED_SENDING); /* so it was not sent */
}

static void
count_send(
    struct mailing *mailing, const struct outcome *outcome, struct moment now)
{
	mailing->has_send = true;
	mailing->send_duration = outcome->microseconds;
	mailing->sent_time = now.wall / SECOND;
	spread_observe(&mailing->sends, &spread_sends, outcome->microseconds);
}

static void
take_state(struct mailing *mailing, struct awaited *awaited,
    enum awaited_state state, bool counts)
{
	uint64_t serial = awaited->serial;

	if (state == AWAITED_SENDING) {
		forget(mailing, awaited);
		if (counts)
			mailing_judge(mailing, serial, MAIL_UNSENT);
		return;
	}
	awaited->state = state;
	awaited->under_way = false;
	if (state == AWAITED_SENT)
		mailing->tallies.sent++;
	if (serial >= mailing->last) {
		mailing->last = serial;
		mailing->result = MAIL_WAITING;
	}
}

/* It may be found before its conversation is over: then it is not awaited. */
void
mails_ended(struct mails *mails, unsigned probe, uint64_t serial,
    const struct outcome *outcome, bool counts, struct moment now)
{
	struct mailing *mailing = mails->of[probe];
	enum awaited_state state = state_after(outcome);
	struct awaited *awaited;

	if (mailing == NULL)
		return;
	if (state == AWAITED_SENT)
		count_send(mailing, outcome, now);
	else if (counts)
		mailing->tallies.send_fails++;
	awaited = find_awaited(mailing, serial);
	if (awaited == NULL)
		return;
	awaited->took = mailing_age_of(awaited, now);
	take_state(mailing, awaited, state, counts);
}

/* --- finding -------------------------------------------------------------- */

/* How long a mail was on its way.  Of one that was there before anybody looked
   the mailbox's word is taken, within reason. */
static uint64_t
way_of(const struct awaited *awaited, const struct arrival *arrival,
    struct moment now)
{
	uint64_t most = mailing_age_of(awaited, now);
	uint64_t way;

	if (arrival->fresh && awaited->steady != 0)
		way = mailing_since(awaited->steady, arrival->found);
	else
		way = mailing_since(awaited->sent, arrival->arrived);
	return (way < most ? way : most);
}

static void
arrive(struct mailing *mailing, struct awaited *awaited,
    const struct arrival *arrival, struct moment now)
{
	uint64_t way = way_of(awaited, arrival, now);
	uint64_t most = awaited->took +
	    mailing_microseconds(mailing->config->delivery->timeout);
	enum mail_result result = MAIL_ARRIVED;

	if (arrival->spam)
		result = MAIL_SPAM;
	else if (way > most && !awaited->under_way)
		result = MAIL_LATE;
	mailing->tallies.spam += result == MAIL_SPAM;
	mailing->tallies.late += result == MAIL_LATE;
	mailing->tallies.arrived += result == MAIL_ARRIVED;
	if (awaited->state != AWAITED_SENT)
		mailing->tallies.sent++;
	mailing->has_delivery = true;
	mailing->deliver_duration = way;
	mailing->deliver_time = (awaited->sent + way) / SECOND;
	mailing->arrival = *arrival;
	spread_observe(&mailing->deliveries, &spread_deliveries, way);
	mailing_judge(mailing, awaited->serial, result);
}

/* One that is in no list, and too young to be forgotten: the store is older than
   the mail is. */
static void
adopt(struct mailing *mailing, const struct arrival *arrival, struct moment now)
{
	struct awaited adopted = { .serial = arrival->serial,
		.sent = arrival->sent,
		.state = AWAITED_UNSURE };

	arrive(mailing, &adopted, arrival, now);
	settle(mailing, arrival->serial, arrival->file);
	if (arrival->serial >= mailing->next)
		mailing->next = arrival->serial + 1;
}

/* Whether the mail was counted before; as which file does not matter. */
static bool
was_settled(struct mailing *mailing, const struct arrival *arrival)
{
	bool settled = false, found = false;

	for (unsigned i = 0; i < mailing->settled_count; i++) {
		const struct settled *before = &mailing->settled[i];

		if (before->serial != arrival->serial)
			continue;
		if (before->file == arrival->file)
			return (true);
		settled = true;
		found |= before->file != 0;
	}
	if (!settled)
		return (arrival->serial < mailing->known);
	mailing->tallies.duplicates += found;
	settle(mailing, arrival->serial, arrival->file);
	return (true);
}

/* What the daemon sends is its, and what one run of --once sends is of that run. */
static bool
is_ours(const struct mailing *mailing, uint64_t serial)
{
	if (mailing->known < PROBE_TOKEN_ONCE)
		return (serial < PROBE_TOKEN_ONCE);
	return (serial >= mailing->known && serial < mailing->next);
}

bool
mails_found(struct mails *mails, unsigned probe, const struct arrival *arrival,
    struct moment now)
{
	struct mailing *mailing = mails->of[probe];
	struct awaited *awaited;

	if (mailing == NULL || !is_ours(mailing, arrival->serial))
		return (false);
	awaited = find_awaited(mailing, arrival->serial);
	if (awaited != NULL) {
		arrive(mailing, awaited, arrival, now);
		settle(mailing, arrival->serial, arrival->file);
		forget(mailing, awaited);
	} else if (!was_settled(mailing, arrival))
		adopt(mailing, arrival, now);
	return (true);
}

void
mails_tell(
    const struct mails *mails, unsigned probe, struct mail_story *story_r)
{
	const struct mailing *mailing = mails->of[probe];
	const struct arrival *arrival;

	*story_r = (struct mail_story){ .result = MAIL_NONE };
	if (mailing == NULL)
		return;
	arrival = &mailing->arrival;
	story_r->result = mailing->result;
	story_r->trail = mailing->trail;
	memcpy(story_r->mailbox, mailing->mailbox, sizeof(story_r->mailbox));
	story_r->has_arrived = mailing->has_delivery &&
	    arrival->serial == mailing->last;
	if (!story_r->has_arrived)
		return;
	story_r->way = mailing->deliver_duration;
	story_r->arrived = mailing->deliver_time;
	memcpy(story_r->spf, arrival->spf, sizeof(story_r->spf));
	memcpy(story_r->dkim, arrival->dkim, sizeof(story_r->dkim));
	memcpy(story_r->dmarc, arrival->dmarc, sizeof(story_r->dmarc));
}
