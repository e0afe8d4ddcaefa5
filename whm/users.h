/*
 * The rows of emailtrack_user_stats: so many as the configuration allows, the
 * busiest, and one for all others.
 */
#ifndef WHM_USERS_H
#define WHM_USERS_H

#include "lib/stats/metrics.h"
#include "lib/stats/snapshot.h"
#include "whm/records.h"

enum { DOMAIN_MAX = 253, OWNER_MAX = 64 };

struct user {
	char name[LABEL_SHORT], domain[LABEL_MAX]; /* as keys write them */
	uint8_t name_len, domain_len;
	char full_domain[DOMAIN_MAX + 1], primary[DOMAIN_MAX + 1];
	char owner[OWNER_MAX + 1];
	uint64_t stat[USER_STATS];
	bool max_emails, max_defer_fail;
};

struct users {
	struct user *at;
	size_t count, room;
	size_t rows, folded; /* that WHM had; that are in "other" */
};

void users_free(struct users *users);

/* Take a row.  Returns 0, or -1: no memory. */
int users_add(struct users *users, const struct user_row *row);

/* When all were taken: bring them together, `most` and "other". */
void users_fold(struct users *users, size_t most);

/* Publish them, as those of `server`: with their names and limits since midnight,
   or within the window. */
void users_save(const struct users *users, const char *server, bool window,
    struct snapshot *snapshot);

#endif
