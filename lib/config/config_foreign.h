/*
 * Between config.c and config_mailexporter.c: a configuration from another
 * program's file.
 */
#ifndef CONFIG_CONFIG_FOREIGN_H
#define CONFIG_CONFIG_FOREIGN_H

#include "lib/config/config_probes.h"

struct mailexporter; /* the file, read */

void mailexporter_free(struct mailexporter *mailexporter);

/* What that file calls a key of ours, or of ours in it already. */
const char *mailexporter_key(const char *key);

/* The line where that key of a probe stands, or else the probe. */
unsigned mailexporter_line(
    struct mailexporter *mailexporter, unsigned item, const char *key);

/* A configuration of these probes and nothing else, checked as those of our own
   file are.  It takes over `mailexporter`, which `probes` may borrow from; so it
   does if it fails.  NULL: *error_r. */
struct config *config_adopt(const char *path, struct mailexporter *mailexporter,
    struct raw_probe *probes, unsigned count, const char **error_r);

#endif
