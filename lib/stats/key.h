/*
 * Keys: family[:label]...[@instance].  Inside a label the bytes `:` `@` `%`,
 * blanks, controls and whatever is not ASCII are written %XX, so that a key
 * can be taken apart again and is safe to print.
 */
#ifndef STATS_KEY_H
#define STATS_KEY_H

#include <stdbool.h>

#include "lib/stats/metrics.h"
#include "lib/util/slice.h"

/* The labels of a metric that its key leaves open, in the key's order. */
struct key_labels {
	unsigned count;
	enum label_id id[METRIC_LABELS];
};

const struct key_labels *key_labels(enum metric_id metric);

/* Write the key of `metric` with the (escaped) label values `value`, and of
   `instance` if that is not empty, to `key_r`; returns its length. */
size_t key_make(enum metric_id metric, const struct slice *value,
    struct slice instance, char key_r[KEY_MAX + 1]);

/* Whether `key` is one of `metric`'s; then its label values and instance
   (empty if it has none), still escaped and borrowed from `key`. */
bool key_match(enum metric_id metric, struct slice key,
    struct slice value_r[METRIC_LABELS], struct slice *instance_r);

/* The metric that `key` is one of, and the same; METRIC_COUNT if there is
   none. */
enum metric_id key_find(struct slice key, struct slice value_r[METRIC_LABELS],
    struct slice *instance_r);

/* Whether `key` is in the table with all its labels closed, and of no
   instance: such a key is 0 until it is seen. */
bool key_is_fixed(struct slice key);

/* Whether the value of `key` is a time that is kept in microseconds and shown in
   seconds. */
bool key_is_duration(struct slice key);

/* How many bytes a value of `label` may have, escaped: LABEL_MAX, but for those that
   stand in one key with others as long. */
size_t label_longest(enum label_id label);

/* Whether a label takes only the values that the table lists. */
bool label_is_closed(enum label_id label);

/* Step through the blank-separated values of a label; false at the end. */
bool label_value_next(struct slice *rest, struct slice *value_r);

/* Write `raw` as a label value to `escaped_r`.  Returns its length, or 0 if
   it is empty or would be longer than LABEL_MAX. */
size_t label_escape(struct slice raw, char escaped_r[LABEL_MAX]);

/* Take a label value back to what the log had; `raw_r` has room for as many
   bytes as `escaped` has.  Returns the length. */
size_t label_unescape(struct slice escaped, char *raw_r);

#endif
