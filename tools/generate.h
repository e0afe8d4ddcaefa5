/*
 * What the generators of single files share.
 */
#ifndef TOOLS_GENERATE_H
#define TOOLS_GENERATE_H

#include "lib/stats/metrics.h"

#define BASE_DEFAULT "1.3.6.1.4.1.8072.9999.9999.25"
#define MADE_BY      "Made by `make generate' from lib/stats/metrics.def"

/* A metric's key as one reads it: `delivery:<transport>:sent`.  Valid until
   the next call. */
const char *readable_key(const struct metric *metric);

/* The SNMP type of a metric's object. */
const char *type_name(const struct metric *metric);

/* Write the MIB with its objects below `base_text`. */
void generate_mib(const char *base_text);

/* Parts of it.  `key` and `units` may be NULL. */
void describe(const char *text, const char *key);
void object_type(const char *name, const char *syntax, const char *units,
    const char *access);

/* What belongs to notifications: objects that only they carry, themselves,
   and their conformance group. */
void mib_notify_objects(void);
void mib_notifications(void);
void mib_notification_group(void);

/* Write docs/metrics.md. */
void generate_metrics(void);
void metrics_notifications(void);

#endif
