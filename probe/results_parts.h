/*
 * Between results.c and the parts that write and read a store.
 */
#ifndef PROBE_RESULTS_PARTS_H
#define PROBE_RESULTS_PARTS_H

#include "probe/results.h"

enum success { SUCCESS_NO, SUCCESS_YES, SUCCESS_UNKNOWN };

struct known {
	const struct config_probe *config;
	enum success success;
	uint64_t attempts, failures, last_success;
	uint64_t results[RESULT_COUNT];
	struct outcome *last; /* NULL: there was none */
};

struct results {
	unsigned count;
	struct known known[];
};

struct known_key {
	char at[KEY_MAX + 1];
	size_t len;
};

/* Keys of a number and of a text ("=probe_reply:NAME:rcptto").  `second` is of
   the second label; NULL: there is none. */
struct slice known_key(enum metric_id metric, const struct known *known,
    const char *second, struct known_key *key);
struct slice known_text_key(enum text_column_id column,
    const struct known *known, const char *second, struct known_key *key);

/* One probe, to and from a snapshot. */
void known_save(const struct known *known, struct snapshot *snapshot);
int known_load(struct known *known, const struct snapshot *snapshot);

#endif
