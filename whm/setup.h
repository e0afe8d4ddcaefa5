/*
 * The configuration and all that is made of it.
 */
#ifndef WHM_SETUP_H
#define WHM_SETUP_H

#include "whm/poll.h"

struct setup {
	struct config *config;
	struct server *servers;
	unsigned count;
	struct poll_parts parts;
	struct secret_key key; /* of addresses, if they are hashed */
};

/* Read the configuration at `path` (NULL: the usual one); tokens, too.  Returns 0,
   or -1 and *error_r. */
int setup_open(const char *path, struct setup **setup_r, const char **error_r);

/* Open what it writes to.  Returns 0, or -1 and *error_r. */
int setup_start(struct setup *setup, const char *directory,
    struct fetches *fetches, const char **error_r);

void setup_close(struct setup *setup);

/* Publish, and take what was published (publisher.h). */
void setup_save(void *setup, struct snapshot *snapshot);
int setup_load(
    void *setup, const struct snapshot *snapshot, const char **error_r);

#endif
