/*
 * What was told of each probe, in the order of their names.
 */
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "agentx/probed.h"
#include "lib/stats/probe_rows.h"

struct probed_one {
	char name[LABEL_MAX + 1];
	bool fails, ends_soon, astray; /* and that was told */
};

void
probed_free(struct probed *probed)
{
	free(probed->at);
	*probed = (struct probed){ .count = 0 };
}

static int
one_order(const void *a, const void *b)
{
	const struct probed_one *left = a, *right = b;

	return (strcmp(left->name, right->name));
}

static struct probed_one
one_new(struct slice name)
{
	struct probed_one one = { .fails = false };

	memcpy(one.name, name.at, name.len);
	return (one);
}

static struct probed_one *
find(const struct probed *probed, struct slice name)
{
	struct probed_one wanted = one_new(name);

	return (probed->count == 0 ? NULL :
				     bsearch(&wanted, probed->at, probed->count,
					 sizeof(wanted), one_order));
}

/* Have an entry for each probe that there is now, with what was told of it. */
static bool
renew(struct probed *probed, const struct snapshot *snapshot)
{
	struct probed_one *fresh, *before;
	size_t count = 0, at = 0;
	struct probe_row row;

	while (probes_next(snapshot, &at, &row))
		count++;
	fresh = calloc(count > 0 ? count : 1, sizeof(*fresh));
	if (fresh == NULL)
		return (false);
	at = 0;
	for (size_t i = 0; probes_next(snapshot, &at, &row); i++) {
		before = find(probed, row.name);
		fresh[i] = before != NULL ? *before : one_new(row.name);
	}
	qsort(fresh, count, sizeof(*fresh), one_order);
	free(probed->at);
	probed->at = fresh;
	probed->count = count;
	return (true);
}

/* What was told, and what is due. */
struct telling {
	const struct probe_row *row;
	struct mail_row mail; /* no texts: it looks for none */
	uint32_t days;        /* that the certificate is good for */
	struct probe_notice *due;
	size_t count;
};

/* Tell that `*told` has become `is`, if there is room for it. */
static void
tell(struct telling *telling, bool *told, bool is, enum notification_id begin,
    enum notification_id end)
{
	const struct probe_row *row = telling->row;
	struct probe_notice *notice = &telling->due[telling->count];

	if (*told == is || telling->count == PROBED_DUE)
		return;
	telling->count++;
	*told = is;
	notice->id = is ? begin : end;
	notice->days = telling->days;
	(void)snprintf(notice->probe, sizeof(notice->probe), "%.*s",
	    (int)row->name.len, row->name.at);
	(void)snprintf(notice->result, sizeof(notice->result), "%.*s",
	    (int)row->result.len, row->result.at);
	(void)snprintf(notice->mail, sizeof(notice->mail), "%.*s",
	    (int)telling->mail.result.len, telling->mail.result.at);
	(void)snprintf(notice->where, sizeof(notice->where), "%.*s",
	    (int)telling->mail.trail.len, telling->mail.trail.at);
}

static uint32_t
days_left(uint64_t end, uint64_t now)
{
	uint64_t days = end > now ? (end - now) / DAY_SECONDS : 0;

	return (days < UINT32_MAX ? (uint32_t)days : UINT32_MAX);
}

/* Of mail that could not be sent the probe's own result tells. */
static bool
is_judged(const struct mail_row *mail)
{
	return (mail->judged &&
	    (mail->success || !slice_equal(mail->result, "unsent")));
}

static void
judge(struct telling *telling, struct probed_one *one,
    const struct config_notifications *limits)
{
	tell(telling, &one->fails, !telling->row->success,
	    NOTIFICATION_PROBE_FAILED, NOTIFICATION_PROBE_RECOVERED);
	if (is_judged(&telling->mail))
		tell(telling, &one->astray, !telling->mail.success,
		    NOTIFICATION_MAIL_OVERDUE, NOTIFICATION_MAIL_ARRIVES);
	if (limits->certificate_days == 0)
		one->ends_soon = false;
	else if (telling->row->has_certificate)
		tell(telling, &one->ends_soon,
		    telling->days < limits->certificate_days,
		    NOTIFICATION_CERTIFICATE_EXPIRING,
		    NOTIFICATION_CERTIFICATE_RENEWED);
}

size_t
probed_judge(struct probed *probed, const struct config_notifications *limits,
    const struct snapshot *snapshot, uint64_t now,
    struct probe_notice due_r[PROBED_DUE])
{
	struct telling telling = { .due = due_r };
	struct probe_row row;
	size_t at = 0;

	if (!limits->enabled)
		probed->count = 0;
	if (!limits->enabled || snapshot == NULL || !renew(probed, snapshot))
		return (0);
	telling.row = &row;
	while (probes_next(snapshot, &at, &row)) {
		telling.days = days_left(row.certificate_end, now);
		if (!probes_mail(snapshot, &row, &telling.mail))
			telling.mail = (struct mail_row){ .judged = false };
		judge(&telling, find(probed, row.name), limits);
	}
	return (telling.count);
}
