/*
 * Where events go, a line of JSON each: a file, standard output or syslog.  A
 * file is appended to, and opened again when another stands in its place.
 */
#ifndef WHM_SINK_H
#define WHM_SINK_H

#include "whm/buffer.h"
#include "whm/records.h"

struct sink;

/* `where` as the configuration has it; NULL: nowhere.  Returns 0, or -1 and
   *error_r. */
int sink_open(const char *where, struct sink **sink_r, const char **error_r);
void sink_close(struct sink *sink);

/* Hand over the next event of the answer at hand. */
void sink_add(
    struct sink *sink, const char *server, const struct message *message);

/* What was handed over is to be lasting when this returns 0; -1 and *error_r: it
   may be there in part, and is forgotten. */
int sink_write(struct sink *sink, const char **error_r);

/* Forget what was handed over. */
void sink_drop(struct sink *sink);

#endif
