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

/* Write docs/metrics.md. */
void generate_metrics(void);

#endif
