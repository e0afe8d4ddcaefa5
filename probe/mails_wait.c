/*
 * What time brings about: mail that is overdue, and mail that is lost.
 */
#include <stdio.h>

#include "probe/mails_parts.h"

enum { MILLISECOND = 1000 }; /* in microseconds */

void
mails_mailbox(
    struct mails *mails, unsigned probe, const char *fault, struct moment now)
{
	struct mailing *mailing = mails->of[probe];

	if (mailing == NULL)
		return;
	(void)snprintf(mailing->mailbox, sizeof(mailing->mailbox), "%s",
	    fault != NULL ? fault : "");
	if (fault == NULL && !mailing->looked)
		mailing->looked_since = now.steady;
	mailing->looked = fault == NULL;
	if (mailing->looked && mailing->result == MAIL_UNSEEN)
		mailing_judge(mailing, mailing->last, MAIL_OVERDUE);
}

static uint64_t
time_of(const struct mailing *mailing, const struct awaited *awaited)
{
	const struct config_delivery *delivery = mailing->config->delivery;

	return (awaited->took +
	    mailing_microseconds(
		awaited->overdue ? delivery->lost_after : delivery->timeout));
}

static void
become_overdue(struct mailing *mailing, struct awaited *awaited)
{
	awaited->overdue = true;
	if (awaited->state != AWAITED_SENT)
		mailing_judge(mailing, awaited->serial, MAIL_UNCERTAIN);
	else
		mailing_judge(mailing, awaited->serial,
		    mailing->looked ? MAIL_OVERDUE : MAIL_UNSEEN);
}

/* Nothing is lost as long as nobody can look for it. */
static bool
tick(struct mailing *mailing, struct moment now)
{
	bool changed = false;

	for (unsigned i = 0; i < mailing->awaited_count;) {
		struct awaited *awaited = &mailing->awaited[i];

		if (awaited->under_way ||
		    mailing_age_of(awaited, now) < time_of(mailing, awaited) ||
		    (awaited->overdue && !mailing->looked)) {
			i++;
			continue;
		}
		changed = true;
		if (awaited->overdue)
			mailing_give_up(mailing, awaited);
		else
			become_overdue(mailing, awaited);
	}
	return (changed);
}

bool
mails_tick(struct mails *mails, struct moment now)
{
	bool changed = false;

	for (unsigned i = 0; i < mails->count; i++)
		if (mails->of[i] != NULL)
			changed |= tick(mails->of[i], now);
	return (changed);
}

/* -1: never */
static int64_t
wait_of(const struct mailing *mailing, struct moment now)
{
	int64_t first = -1;

	for (unsigned i = 0; i < mailing->awaited_count; i++) {
		const struct awaited *awaited = &mailing->awaited[i];
		int64_t left = (int64_t)(mailing_since(
					     mailing_age_of(awaited, now),
					     time_of(mailing, awaited)) /
				   MILLISECOND) +
		    1;

		if (!awaited->under_way &&
		    (!awaited->overdue || mailing->looked) &&
		    (first == -1 || left < first))
			first = left;
	}
	return (first);
}

int64_t
mails_wait(const struct mails *mails, struct moment now)
{
	int64_t first = -1;

	for (unsigned i = 0; i < mails->count; i++) {
		int64_t left = mails->of[i] != NULL ?
		    wait_of(mails->of[i], now) :
		    -1;

		if (left != -1 && (first == -1 || left < first))
			first = left;
	}
	return (first);
}
