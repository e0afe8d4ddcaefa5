/*
 * The configuration's rules and reasons, and the reasons that are shipped, made
 * ready to be used.
 */
#ifndef TAILER_PATTERNS_H
#define TAILER_PATTERNS_H

#include "lib/config/config.h"
#include "lib/stats/reason_rules.h"
#include "lib/stats/user_rules.h"

struct patterns;

/* Compile all.  `config` must outlive them.  Returns 0, or -1 and *error_r,
   which names file, line and what is wrong. */
int patterns_open(const struct config *config, struct patterns **patterns_r,
    const char **error_r);
void patterns_free(struct patterns *patterns);

struct user_rules *patterns_rules(struct patterns *patterns);
struct reason_rules *patterns_reasons(struct patterns *patterns);

/* Log which patterns were switched off since the last call.  Returns how many
   are off. */
unsigned patterns_tell(struct patterns *patterns);

#endif
