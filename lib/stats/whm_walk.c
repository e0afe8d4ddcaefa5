#include <stdio.h>

#include "lib/stats/key.h"
#include "lib/stats/whm_rows.h"
#include "lib/stats/whm_walk.h"

static bool
find(const struct snapshot *snapshot, enum metric_id metric,
    const struct slice *value, uint64_t *number_r)
{
	char key[KEY_MAX + 1];
	size_t len = key_make(metric, value, (struct slice){ NULL, 0 }, key);

	*number_r = 0;
	return (
	    snapshot_number(snapshot, (struct slice){ key, len }, number_r));
}

static uint64_t
number_of(const struct snapshot *snapshot, enum metric_id metric,
    const struct slice *value)
{
	uint64_t number;

	(void)find(snapshot, metric, value, &number);
	return (number);
}

static void
read_poll(const struct snapshot *snapshot, struct slice server,
    struct slice endpoint, struct whm_poll *poll_r)
{
	const struct slice value[METRIC_LABELS] = { server, endpoint };
	char key[KEY_MAX + 1];
	uint64_t up;

	*poll_r = (struct whm_poll){ .endpoint = endpoint, .fault = SLICE("") };
	poll_r->tried = find(snapshot, METRIC_WHM_UP, value, &up);
	poll_r->up = up > 0;
	poll_r->last_success = number_of(
	    snapshot, METRIC_WHM_LAST_SUCCESS, value);
	(void)snprintf(key, sizeof(key), "=%s:%.*s:%.*s",
	    text_columns[TEXT_WHM_FAULT].record, (int)server.len, server.at,
	    (int)endpoint.len, endpoint.at);
	(void)snapshot_text(snapshot, slice_of(key), &poll_r->fault);
}

static void
read_server(const struct snapshot *snapshot, struct slice name,
    struct whm_server_row *row_r)
{
	struct slice rest = slice_of(labels[LABEL_WHM_ENDPOINT].values);
	struct slice endpoint;

	*row_r = (struct whm_server_row){ .name = name, .up = true };
	for (unsigned i = 0;
	     i < WHM_POLLS && label_value_next(&rest, &endpoint); i++) {
		read_poll(snapshot, name, endpoint, &row_r->poll[i]);
		if (row_r->poll[i].tried && !row_r->poll[i].up)
			row_r->up = false;
	}
	for (unsigned i = 0; i < WHM_TOTALS; i++)
		row_r->has_total = find(snapshot, METRIC_WHM_TOTAL_SENT + i,
		    &name, &row_r->total[i]);
	row_r->backing_off = number_of(snapshot, METRIC_WHM_BACKOFF, &name) > 0;
}

/* The next key of `metric`, and its labels. */
static bool
next_of(const struct snapshot *snapshot, enum metric_id metric, size_t *at,
    struct slice value_r[METRIC_LABELS])
{
	struct slice instance;

	while (*at < snapshot->number_count) {
		const struct number *number = &snapshot->numbers[(*at)++];
		struct slice key = { number->key, number->key_len };

		if (key_match(metric, key, value_r, &instance))
			return (true);
	}
	return (false);
}

bool
whm_server_next(
    const struct snapshot *snapshot, size_t *at, struct whm_server_row *row_r)
{
	struct slice value[METRIC_LABELS];

	if (!next_of(snapshot, METRIC_WHM_ALIVE, at, value))
		return (false);
	read_server(snapshot, value[0], row_r);
	return (true);
}

bool
whm_user_next(
    const struct snapshot *snapshot, size_t *at, struct whm_user_row *row_r)
{
	struct slice value[METRIC_LABELS];
	struct whm_names names;

	if (!next_of(snapshot, METRIC_USER_SENT, at, value))
		return (false);
	whm_names(snapshot, value, &names);
	*row_r = (struct whm_user_row){
		.server = value[0],
		.user = value[1],
		.domain = names.domain,
		.sent = number_of(snapshot, METRIC_USER_SENT, value),
		.success = number_of(snapshot, METRIC_USER_SUCCESS, value),
		.fail = number_of(snapshot, METRIC_USER_FAIL, value),
		.defer = number_of(snapshot, METRIC_USER_DEFER, value),
		.bytes = number_of(snapshot, METRIC_USER_BYTES, value),
		.limited = number_of(snapshot, METRIC_USER_MAX_EMAILS, value) >
			0 ||
		    number_of(snapshot, METRIC_USER_MAX_DEFER_FAIL, value) > 0,
	};
	return (true);
}
