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

/* Parts of it: a table, what was withdrawn below an arc, and the head of an
   object; `units` may be NULL or empty. */
void mib_table(enum table_id id);
void mib_retired(uint32_t arc);
void object_type(const char *name, const char *syntax, const char *units,
    const char *access);

/* Print `text` in lines as long as a MIB's.  All but the first begin with
   `prefix`; the first goes on at `column`. */
void wrap(const char *text, const char *prefix, int column);

/* Write a DESCRIPTION. */
void describe(const char *text);

/* Write the DESCRIPTION of an object, which the table may have other words
   for than `text`, with `more` behind it; and its REFERENCE, if it has one. */
void describe_object(const char *object, const char *text, const char *more);

/* End the program if the table has words for what is no object. */
void check_texts(void);

/* What a column's or scalar's DESCRIPTION ends with: where it is counted, and
   its key.  Valid until the next call. */
const char *key_text(const struct metric *metric);

/* What belongs to notifications: objects that only they carry, themselves,
   and their conformance group. */
void mib_notify_objects(void);
void mib_notifications(void);
void mib_notification_group(void);

/* The type of a column of text. */
const char *text_syntax(const struct text_column *text);

/* Whether the administrator has named a label's values. */
bool is_configured(size_t label);

/* Write the list of SNMP objects. */
void generate_objects(void);

/* Write docs/metrics.md. */
void generate_metrics(void);
void metrics_notifications(void);

/* Its part about names of other exporters. */
void metrics_peers(void);

/* Its table of scenes, from tests/golden/scenes below the working directory.
   That file says what is in it. */
void metrics_scenes(void);
void metrics_agent_object(const struct agent_object *object);

#endif
