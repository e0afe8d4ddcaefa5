/*
 * Watchers, mails and the log's store, brought together.
 */
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <time.h>

#include "lib/stats/follow.h"
#include "lib/util/clock.h"
#include "lib/util/log.h"
#include "probe/delivery.h"
#include "probe/mail.h"
#include "probe/watchers.h"

enum {
	ANSWERS_MAX = 256, /* that wait for a publication */
	LOG_LOOKS = 1000 /* milliseconds from one look at the log to the next */
};

struct delivery {
	const char *directory;
	bool once;
	struct secret_key key;
	bool is_known; /* the key, to the tailer */
	struct plan *plan;
	struct watchers *watchers; /* NULL: no mail has to arrive */
	bool *faulty;              /* by place: that was logged */
	struct counted answers[ANSWERS_MAX];
	unsigned answers_count;
	unsigned published; /* answers that may be given */
	struct follow log;
	int64_t log_due;
};

struct delivery *
delivery_new(const char *directory, bool once)
{
	struct delivery *delivery = calloc(1, sizeof(*delivery));

	if (delivery == NULL)
		return (NULL);
	delivery->directory = directory;
	delivery->once = once;
	follow_begin(&delivery->log, directory, &joined_files[JOINED_LOG]);
	return (delivery);
}

void
delivery_free(struct delivery *delivery)
{
	if (delivery == NULL)
		return;
	watchers_free(delivery->watchers);
	follow_end(&delivery->log);
	explicit_bzero(&delivery->key, sizeof(delivery->key));
	free(delivery->faulty);
	free(delivery);
}

/* Who only tries a probe may not be allowed to read the key: nobody else then
   knows whose that mail is. */
static int
take_key(struct delivery *delivery, const char **error_r)
{
	if (!delivery->once) {
		delivery->is_known = true;
		return (secret_key_keep(delivery->directory, PROBE_KEY_NAME,
		    &delivery->key, error_r));
	}
	delivery->is_known = secret_key_load(delivery->directory,
				 PROBE_KEY_NAME, &delivery->key, error_r) == 1;
	return (delivery->is_known ?
		0 :
		secret_key_random(&delivery->key, error_r));
}

int
delivery_watch(
    struct delivery *delivery, struct plan *plan, const char **error_r)
{
	unsigned count = plan->places->count;

	watchers_free(delivery->watchers);
	free(delivery->faulty);
	delivery->watchers = NULL;
	delivery->faulty = NULL;
	delivery->plan = plan;
	delivery->answers_count = delivery->published = 0;
	if (count == 0)
		return (0);
	delivery->faulty = calloc(count, sizeof(*delivery->faulty));
	*error_r = "no memory for mailboxes";
	return (delivery->faulty != NULL && take_key(delivery, error_r) == 0 &&
		    watchers_new(plan->places, &delivery->key,
			&delivery->watchers, error_r) == 0 ?
		0 :
		-1);
}

char *
delivery_mail(const struct delivery *delivery, unsigned probe, uint64_t serial,
    size_t *len_r)
{
	const struct target *target = delivery->plan->targets->at[probe];
	const struct config_probe *config = target->config;
	uint64_t now = clock_wall();
	const struct probe_token token = { slice_of(config->name), serial,
		now };
	char text[PROBE_TOKEN_MAX + 1];

	probe_token_write(&delivery->key, &token, text);
	return (mail_compose(
	    config, text, target->ehlo, (time_t)(now / 1000000), len_r));
}

/* --- reports -------------------------------------------------------------- */

/* The place is the probe's own, or the report is a lie. */
static void
take_arrival(struct delivery *delivery, const struct report *report)
{
	struct plan *plan = delivery->plan;
	const struct arrival *arrival = &report->arrival;
	int probe = plan_find(plan, arrival->probe);
	const struct config_probe *config;

	if (probe == -1 || plan->places->of_probe[probe] != report->place ||
	    !mails_found(plan->mails, (unsigned)probe, arrival, plan_now()))
		return;
	config = &plan->config->probes[probe];
	delivery->answers[delivery->answers_count++] = (struct counted){
		.place = report->place,
		.file = arrival->file,
		.remove = config->delivery->remove,
	};
}

/* A mailbox is well, or it is not; watchers say it once. */
static void
take_state(struct delivery *delivery, const struct report *report)
{
	const struct plan *plan = delivery->plan;
	const char *fault = report->kind == REPORT_FAULT ? report->words : NULL;
	const struct place *place = &plan->places->place[report->place];
	const char *name = place->imap != NULL ? place->imap->config->server :
						 place->delivery->maildir;
	char words[sizeof(report->words)];

	if (fault != NULL) {
		outcome_text(words, sizeof(words), fault, strlen(fault));
		fault = words;
	}
	for (unsigned i = 0; i < plan->config->probes_count; i++)
		if (plan->places->of_probe[i] == report->place)
			mails_mailbox(plan->mails, i, fault, plan_now());
	if (fault != NULL)
		log_warnx("mailbox %s: %s", name, fault);
	else if (fault == NULL && delivery->faulty[report->place])
		log_info("mailbox %s can be looked at again", name);
	delivery->faulty[report->place] = fault != NULL;
}

/* As many as can be answered. */
static bool
take_reports(struct delivery *delivery)
{
	struct report report;
	bool changed = false;

	while (delivery->answers_count < ANSWERS_MAX &&
	    watchers_take(delivery->watchers, &report)) {
		if (report.kind == REPORT_ARRIVAL)
			take_arrival(delivery, &report);
		else
			take_state(delivery, &report);
		changed = true;
	}
	return (changed);
}

/* --- the log -------------------------------------------------------------- */

static bool
look_at_log(struct delivery *delivery, int64_t now)
{
	const struct mails *mails = delivery->plan->mails;
	const char *error;
	bool fresh = false;

	if (now < delivery->log_due || !mails_follows(mails, plan_now()))
		return (false);
	delivery->log_due = now + LOG_LOOKS;
	(void)follow_look(&delivery->log, &fresh, &error);
	return (mails_follow(delivery->plan->mails, delivery->log.snapshot));
}

/* --- all ------------------------------------------------------------------ */

static void
answer(struct delivery *delivery)
{
	unsigned given = 0;

	while (given < delivery->published &&
	    watchers_answer(delivery->watchers, &delivery->answers[given]) != 1)
		given++;
	delivery->published -= given;
	delivery->answers_count -= given;
	memmove(delivery->answers, delivery->answers + given,
	    delivery->answers_count * sizeof(delivery->answers[0]));
}

bool
delivery_look(struct delivery *delivery)
{
	int64_t now = clock_milliseconds();
	bool changed;

	if (delivery->watchers == NULL)
		return (false);
	watchers_start(delivery->watchers, now);
	answer(delivery);
	changed = take_reports(delivery);
	changed |= mails_tick(delivery->plan->mails, plan_now());
	if (changed) /* where it is changes with it, whatever the log says */
		(void)mails_follow(
		    delivery->plan->mails, delivery->log.snapshot);
	changed |= look_at_log(delivery, now);
	return (changed);
}

void
delivery_published(struct delivery *delivery)
{
	delivery->published = delivery->answers_count;
	if (delivery->watchers != NULL)
		answer(delivery);
}

/* Nothing is listened to that could not be answered. */
static bool
is_listening(const struct delivery *delivery)
{
	return (delivery->watchers != NULL &&
	    delivery->answers_count < ANSWERS_MAX);
}

int
delivery_fd(const struct delivery *delivery)
{
	return (is_listening(delivery) ? watchers_fd(delivery->watchers) : -1);
}

bool
delivery_has_log(const struct delivery *delivery)
{
	return (delivery->is_known && delivery->log.snapshot != NULL);
}

int64_t
delivery_wait(const struct delivery *delivery, int64_t now)
{
	const struct mails *mails;
	int64_t wait;

	if (delivery->watchers == NULL)
		return (-1);
	mails = delivery->plan->mails;
	wait = mails_wait(mails, plan_now());
	if (is_listening(delivery))
		wait = clock_shorter(
		    wait, watchers_wait(delivery->watchers, now));
	if (mails_follows(mails, plan_now()))
		wait = clock_shorter(wait,
		    delivery->log_due > now ? delivery->log_due - now : 0);
	if (delivery->published > 0)
		wait = clock_shorter(wait, 10); /* a watcher that is behind */
	return (wait);
}
