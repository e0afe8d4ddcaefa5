/*
 * Probes and what was told of them, both in the order of their names.
 */
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "agentx/probed.h"

struct probed_one {
	char name[LABEL_MAX + 1];
	bool fails, ends_soon; /* and that was told */
};

void
probed_free(struct probed *probed)
{
	free(probed->at);
	*probed = (struct probed){ .count = 0 };
}

/* Step through the probes of a snapshot. */
static bool
next_probe(const struct snapshot *snapshot, size_t *at, struct slice *name_r,
    bool *fails_r)
{
	while (*at < snapshot->number_count) {
		const struct number *number = &snapshot->numbers[(*at)++];
		struct slice key = { number->key, number->key_len };

		if (slice_skip(&key, "probe:") &&
		    slice_cut(&key, ':', name_r) &&
		    slice_equal(key, "success") && name_r->len > 0 &&
		    name_r->len <= LABEL_MAX) {
			*fails_r = number->value == 0;
			return (true);
		}
	}
	return (false);
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

/* Have an entry for each probe that there is now, with what was told of it. */
static bool
renew(struct probed *probed, const struct snapshot *snapshot)
{
	struct probed_one *fresh, *before;
	size_t count = 0, at = 0;
	struct slice name;
	bool fails;

	while (next_probe(snapshot, &at, &name, &fails))
		count++;
	fresh = calloc(count > 0 ? count : 1, sizeof(*fresh));
	if (fresh == NULL)
		return (false);
	at = 0;
	for (size_t i = 0; next_probe(snapshot, &at, &name, &fails); i++) {
		fresh[i] = one_new(name);
		before = probed->count == 0 ?
		    NULL :
		    bsearch(&fresh[i], probed->at, probed->count,
			sizeof(*probed->at), one_order);
		if (before != NULL)
			fresh[i] = *before;
	}
	qsort(fresh, count, sizeof(*fresh), one_order);
	free(probed->at);
	probed->at = fresh;
	probed->count = count;
	return (true);
}

static bool
find_number(const struct snapshot *snapshot, const char *family,
    const char *name, const char *what, uint64_t *value_r)
{
	char key[KEY_MAX + 1];
	int len = snprintf(key, sizeof(key), "%s:%s:%s", family, name, what);

	return (len > 0 && len < (int)sizeof(key) &&
	    snapshot_number(snapshot, slice_of(key), value_r));
}

static void
take_result(const struct snapshot *snapshot, const char *name,
    char result_r[PROBED_RESULT])
{
	struct slice text = SLICE("");
	char key[KEY_MAX + 1];

	(void)snprintf(key, sizeof(key), "=probe_result:%s", name);
	(void)snapshot_text(snapshot, slice_of(key), &text);
	(void)snprintf(result_r, PROBED_RESULT, "%.*s", (int)text.len, text.at);
}

/* Tell that `*told` has become `is`, if there is room for it. */
static void
tell(bool *told, bool is, struct probe_notice *notice,
    enum notification_id begin, enum notification_id end, const char *name,
    struct probe_notice due_r[PROBED_DUE], size_t *count)
{
	if (*told == is || *count == PROBED_DUE)
		return;
	*told = is;
	notice->id = is ? begin : end;
	(void)snprintf(notice->probe, sizeof(notice->probe), "%s", name);
	due_r[(*count)++] = *notice;
}

static void
judge(struct probed_one *one, const struct config_notifications *limits,
    const struct snapshot *snapshot, uint64_t now,
    struct probe_notice due_r[PROBED_DUE], size_t *count)
{
	struct probe_notice notice = { .days = 0 };
	uint64_t success = 1, end = 0;

	take_result(snapshot, one->name, notice.result);
	(void)find_number(snapshot, "probe", one->name, "success", &success);
	tell(&one->fails, success == 0, &notice, NOTIFICATION_PROBE_FAILED,
	    NOTIFICATION_PROBE_RECOVERED, one->name, due_r, count);
	if (limits->certificate_days == 0)
		one->ends_soon = false;
	else if (find_number(snapshot, "probe_cert", one->name, "end", &end)) {
		uint64_t days = end > now ? (end - now) / DAY_SECONDS : 0;

		notice.days = days < UINT32_MAX ? (uint32_t)days : UINT32_MAX;
		tell(&one->ends_soon, days < limits->certificate_days, &notice,
		    NOTIFICATION_CERTIFICATE_EXPIRING,
		    NOTIFICATION_CERTIFICATE_RENEWED, one->name, due_r, count);
	}
}

size_t
probed_judge(struct probed *probed, const struct config_notifications *limits,
    const struct snapshot *snapshot, uint64_t now,
    struct probe_notice due_r[PROBED_DUE])
{
	size_t count = 0;

	if (!limits->enabled)
		probed->count = 0;
	if (!limits->enabled || snapshot == NULL || !renew(probed, snapshot))
		return (0);
	for (size_t i = 0; i < probed->count; i++)
		judge(&probed->at[i], limits, snapshot, now, due_r, &count);
	return (count);
}
