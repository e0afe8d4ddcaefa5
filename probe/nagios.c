/*
 * What probes found out, as monitoring plugins say it: a line in words, and
 * behind a bar figures for graphs.  So there is no other bar.
 *
 * Of several probes, the first line sums up; each has a line of its own; and all
 * figures stand at the end, as the plugin guidelines want it of output in lines.
 */
#include <stdio.h>
#include <string.h>

#include "probe/once.h"

enum { DAY = 86400 };

static const char *const words[] = { "OK", "WARNING", "CRITICAL", "UNKNOWN" };

/* --- verdicts ------------------------------------------------------------- */

static bool
is_expiring(const struct tried *tried)
{
	const struct certificate *certificate = &tried->outcome.certificate;

	return (certificate->present && tried->warn_days > 0 &&
	    certificate->end - (int64_t)tried->ended <
		(int64_t)tried->warn_days * DAY);
}

/* Of a mail that was taken. */
static enum verdict
judge_mail(const struct tried *tried)
{
	if (tried->config->delivery == NULL)
		return (VERDICT_OK);
	switch (tried->mail.result) {
	case MAIL_ARRIVED:
		return (VERDICT_OK);
	case MAIL_LATE:
	case MAIL_SPAM:
		return (VERDICT_WARNING);
	case MAIL_UNSEEN:
		return (VERDICT_UNKNOWN);
	default:
		return (VERDICT_CRITICAL);
	}
}

enum verdict
nagios_judge(const struct tried *tried)
{
	enum verdict mail = judge_mail(tried);

	switch (tried->outcome.result) {
	case RESULT_OK:
		if (mail != VERDICT_OK)
			return (mail);
		return (is_expiring(tried) ? VERDICT_WARNING : VERDICT_OK);
	case RESULT_DEFERRED:
	case RESULT_UNCERTAIN:
		return (VERDICT_WARNING);
	case RESULT_NONE:
	case RESULT_ERROR:
		return (VERDICT_UNKNOWN);
	default:
		return (VERDICT_CRITICAL);
	}
}

/* A failure outweighs a warning, and that what nobody knows. */
enum verdict
nagios_worst(const struct tried *tried, unsigned count)
{
	static const unsigned weight[] = { [VERDICT_OK] = 0,
		[VERDICT_UNKNOWN] = 1,
		[VERDICT_WARNING] = 2,
		[VERDICT_CRITICAL] = 3 };
	enum verdict worst = VERDICT_OK;

	for (unsigned i = 0; i < count; i++)
		if (weight[nagios_judge(&tried[i])] > weight[worst])
			worst = nagios_judge(&tried[i]);
	return (worst);
}

/* --- words ---------------------------------------------------------------- */

static void
put(const char *text)
{
	for (; *text != '\0'; text++)
		putchar(*text == '|' ? '?' : *text);
}

static void
put_reply(const struct reply *reply)
{
	printf(" %u", reply->code);
	if (reply->enhanced[0] != '\0') {
		putchar(' ');
		put(reply->enhanced);
	}
	if (reply->text[0] != '\0') {
		putchar(' ');
		put(reply->text);
	}
}

/* The last reply before QUIT's. */
static const struct reply *
last_reply(const struct outcome *outcome)
{
	const struct reply *reply = NULL;

	for (unsigned p = 0; p < PHASE_QUIT; p++)
		if (outcome->phase[p].reply.code > 0)
			reply = &outcome->phase[p].reply;
	return (reply);
}

/* What came of the mail, if it was sent. */
static void
put_mail(const struct tried *tried)
{
	const struct mail_story *mail = &tried->mail;
	const char *why = mail->trail.words;

	if (mail->result == MAIL_NONE || mail->result == MAIL_UNSENT)
		return;
	if (mail->result == MAIL_UNSEEN)
		why = mail->mailbox;
	printf(", mail ");
	if (!mail->has_arrived)
		printf("%s%s", mail_result_name(mail->result),
		    why[0] != '\0' ? ": " : "");
	put(why);
}

static void
put_words(const struct tried *tried)
{
	const struct outcome *outcome = &tried->outcome;
	const struct reply *reply = last_reply(outcome);
	char result[RESULT_TEXT];

	printf("%s:", tried->config->name);
	if (outcome->result != RESULT_OK) {
		printf(" %s", outcome_result(outcome, result));
		printf("%s", outcome->reason[0] != '\0' ? ": " : "");
		put(outcome->reason);
	} else if (reply != NULL)
		put_reply(reply);
	printf(" in %.3f s", (double)outcome->microseconds / 1e6);
	put_mail(tried);
	if (is_expiring(tried))
		printf(", the certificate ends in %.1f days",
		    (double)(outcome->certificate.end - (int64_t)tried->ended) /
			DAY);
}

/* --- figures -------------------------------------------------------------- */

static void
put_figure(const char *name, const char *key, uint64_t microseconds)
{
	printf(" %s%s%s=%.3fms;;;0", name != NULL ? name : "",
	    name != NULL ? "." : "", key, (double)microseconds / 1000);
}

/* `name` is NULL if there is only one probe. */
static void
put_figures(const struct tried *tried, const char *name)
{
	const struct outcome *outcome = &tried->outcome;
	const struct certificate *certificate = &outcome->certificate;

	for (unsigned p = 0; p < PHASE_COUNT; p++) {
		char key[32];

		(void)snprintf(
		    key, sizeof(key), "%s_time", phase_name((enum phase)p));
		if (outcome->phase[p].done)
			put_figure(
			    name, key, once_phase_time(tried, (enum phase)p));
	}
	put_figure(name, "duration", outcome->microseconds);
	if (tried->mail.has_arrived)
		put_figure(name, "deliver_time", tried->mail.way);
	if (certificate->present)
		printf(" %s%scert_end_in=%llds", name != NULL ? name : "",
		    name != NULL ? "." : "",
		    (long long)(certificate->end - (int64_t)tried->ended));
}

/* --- all ------------------------------------------------------------------ */

static void
print_one(const struct tried *tried)
{
	printf("SMTP %s - ", words[nagios_judge(tried)]);
	put_words(tried);
	printf(" |");
	put_figures(tried, NULL);
	putchar('\n');
}

static void
print_sum(const struct tried *tried, unsigned count)
{
	const char *before = ": ";
	unsigned good = 0;

	for (unsigned i = 0; i < count; i++)
		good += nagios_judge(&tried[i]) == VERDICT_OK;
	printf("SMTP %s - %u of %u probes are well",
	    words[nagios_worst(tried, count)], good, count);
	if (good < count)
		printf("; not");
	for (unsigned i = 0; i < count; i++) {
		if (nagios_judge(&tried[i]) == VERDICT_OK)
			continue;
		printf("%s%s", before, tried[i].config->name);
		before = ", ";
	}
	putchar('\n');
}

enum verdict
nagios_print(const struct tried *tried, unsigned count)
{
	if (count == 1) {
		print_one(tried);
		return (nagios_judge(tried));
	}
	print_sum(tried, count);
	for (unsigned i = 0; i < count; i++) {
		printf("SMTP %s - ", words[nagios_judge(&tried[i])]);
		put_words(&tried[i]);
		if (i + 1 < count)
			putchar('\n');
	}
	printf(" |");
	for (unsigned i = 0; i < count; i++) {
		put_figures(&tried[i], tried[i].config->name);
		putchar('\n');
	}
	return (nagios_worst(tried, count));
}

enum verdict
nagios_unknown(const char *why)
{
	printf("SMTP UNKNOWN - ");
	put(why);
	putchar('\n');
	return (VERDICT_UNKNOWN);
}
