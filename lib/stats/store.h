/*
 * The store: one Berkeley DB hash file of fixed size, published whole.  It
 * has one writer.  A publication is a fresh file, synced and renamed into
 * place, so a reader sees the old state or the new one and can neither block
 * the writer nor read half a state.  No existing file is ever updated.
 */
#ifndef STATS_STORE_H
#define STATS_STORE_H

#include "lib/stats/snapshot.h"

enum {
	STORE_SCHEMA = 1,
	STORE_CAPACITY = 4096, /* keys, unless configured */
	STORE_CAPACITY_MIN =
	    512, /* of the format; a configuration needs 1,024 */
	STORE_CAPACITY_MAX = 1 << 20,
	STORE_BYTES_PER_KEY = 512 /* file size = capacity times this */
};

/* Names of the tailer's store in the state directory, and of the lock file that
   it holds while it lives. */
#define STORE_NAME "postfix-stats.db"
#define STORE_LOCK "postfix-statsd.lock"

/* The same of postfix-stats-probe. */
#define PROBE_STORE_NAME "probe.db"
#define PROBE_STORE_LOCK "postfix-stats-probe.lock"

/* The same of postfix-stats-whm. */
#define WHM_STORE_NAME "whm.db"
#define WHM_STORE_LOCK "postfix-stats-whm.lock"

/*
 * Publish `snapshot` (sorted) as DIR/NAME; its generation, epoch, published
 * and capacity go into the `=meta` record.  What stood there becomes
 * DIR/NAME.1.  Returns 0, or -1 and *error_r; the file of before is then
 * still in place.
 */
int store_publish(const char *dir, const char *name,
    const struct snapshot *snapshot, const char **error_r);

enum store_result {
	STORE_OK = 1,
	STORE_MISSING = 0,
	STORE_UNREADABLE = -1, /* can't be opened, or of a newer schema */
	STORE_DAMAGED = -2
};

/*
 * Read the store file at `path` and trust nothing of it: size, page numbers,
 * page and record checksums, one generation, the count.  STORE_OK gives a
 * sorted snapshot that the caller frees; every other result *error_r.
 */
enum store_result store_read(
    const char *path, struct snapshot **snapshot_r, const char **error_r);

/*
 * For the writer's start: read DIR/NAME, or the generation before it if that
 * is damaged or gone.  A damaged file is moved aside to NAME.corrupt.TIME;
 * the last three are kept.  *notice_r is NULL or says what was wrong and what
 * was done.  STORE_MISSING means to begin at zero, STORE_UNREADABLE (and
 * *error_r) a fault that must not be started over.
 */
enum store_result store_recover(const char *dir, const char *name,
    struct snapshot **snapshot_r, const char **notice_r, const char **error_r);

#endif
