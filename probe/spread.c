/*
 * Bounds of some mails an hour are read each time they are wanted.
 */
#include <stdlib.h>

#include "lib/stats/key.h"
#include "probe/spread.h"

const struct spread_rows spread_sends = { METRIC_MAIL_SENDS_LE,
	METRIC_MAIL_SENDS_SUM, METRIC_MAIL_SENDS_COUNT, LABEL_MAIL_SEND_LE };
const struct spread_rows spread_deliveries = { METRIC_MAIL_DELIVERIES_LE,
	METRIC_MAIL_DELIVERIES_SUM, METRIC_MAIL_DELIVERIES_COUNT,
	LABEL_MAIL_DELIVER_LE };

void
spread_observe(struct spread *spread, const struct spread_rows *rows,
    uint64_t microseconds)
{
	struct slice rest = slice_of(labels[rows->label].values), bound;
	unsigned step = 0;

	while (label_value_next(&rest, &bound) &&
	    (double)microseconds > strtod(bound.at, NULL) * 1e6)
		step++;
	spread->times[step]++;
	spread->sum += microseconds;
	spread->count++;
}

static struct slice
key_of(enum metric_id metric, struct slice name, struct slice bound,
    char key_r[KEY_MAX + 1])
{
	struct slice value[METRIC_LABELS] = { name, bound };

	return ((struct slice){
	    key_r, key_make(metric, value, (struct slice){ NULL, 0 }, key_r) });
}

/* Values on a step are at most as high as its bound, and as all above it. */
void
spread_save(const struct spread *spread, const struct spread_rows *rows,
    struct slice name, struct snapshot *snapshot)
{
	struct slice rest = slice_of(labels[rows->label].values), bound;
	const struct slice none = { NULL, 0 };
	char key[KEY_MAX + 1];
	uint64_t sum = 0;

	for (unsigned i = 0; label_value_next(&rest, &bound); i++) {
		sum += spread->times[i];
		snapshot_add_number(
		    snapshot, key_of(rows->le, name, bound, key), sum);
	}
	snapshot_add_number(
	    snapshot, key_of(rows->sum, name, none, key), spread->sum);
	snapshot_add_number(
	    snapshot, key_of(rows->count, name, none, key), spread->count);
}

static uint64_t
number_of(const struct snapshot *snapshot, struct slice key)
{
	uint64_t value = 0;

	(void)snapshot_number(snapshot, key, &value);
	return (value);
}

void
spread_load(struct spread *spread_r, const struct spread_rows *rows,
    struct slice name, const struct snapshot *snapshot)
{
	struct slice rest = slice_of(labels[rows->label].values), bound;
	const struct slice none = { NULL, 0 };
	char key[KEY_MAX + 1];
	uint64_t sum = 0;
	unsigned i;

	*spread_r = (struct spread){
		.sum = number_of(snapshot, key_of(rows->sum, name, none, key)),
		.count = number_of(
		    snapshot, key_of(rows->count, name, none, key)),
	};
	for (i = 0; label_value_next(&rest, &bound); i++) {
		uint64_t value = number_of(
		    snapshot, key_of(rows->le, name, bound, key));

		spread_r->times[i] = value > sum ? value - sum : 0;
		sum += spread_r->times[i];
	}
	spread_r->times[i] = spread_r->count > sum ? spread_r->count - sum : 0;
}
