/*
 * One walk, beside the cells that it should show.
 */
#ifndef AGENTX_CHECK_WALK_H
#define AGENTX_CHECK_WALK_H

#include "agentx/check_client.h"

/* Whether an OID is below another one. */
bool oid_is_below(const struct oid *root, const uint32_t *arc, size_t count);

/* Walk what comes after `from` and is below `root`.  Without `cells` nothing
   is missing, and nothing foreign. */
void check_walk(struct client *client, const struct oid *root,
    const struct oid *from, const struct cells *cells,
    struct walk_facts *facts_r);

#endif
