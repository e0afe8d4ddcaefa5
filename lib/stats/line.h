/*
 * One line of the log, from its bytes to the counters.
 */
#ifndef STATS_LINE_H
#define STATS_LINE_H

#include <time.h>

#include "lib/stats/counters.h"
#include "lib/stats/filter.h"
#include "lib/stats/probe_token.h"
#include "lib/stats/reason_rules.h"
#include "lib/stats/top.h"
#include "lib/stats/user_rules.h"

enum {
	LINE_LEN_MAX = 64 << 10, /* longer ones are not read */
	SAMPLE_COUNT = 20,       /* unrecognised lines that are kept */
};

struct line_counter;

/* `counters` must outlive it.  NULL: no memory. */
struct line_counter *line_counter_new(struct counters *counters);
void line_counter_free(struct line_counter *counter);

/*
 * Also take lines for Postfix's whose tag begins with NAME/ (without this:
 * with postfix).  `name` must stay valid.  Returns false if there are
 * SYSLOG_NAMES_MAX already.
 */
bool line_syslog_name(struct line_counter *counter, const char *name);

/* Lines are of the instance that their host's name is, instead of what their
   tags name; and that name of a host that somebody else knows. */
void line_by_host(struct line_counter *counter);
struct slice line_host(struct slice host);

/* Mail passes a content filter that way (filter_add).  `names` must stay valid.
   Returns false if there are too many. */
bool line_filter(
    struct line_counter *counter, enum filter_way way, const char *names);

/* Also count the names that are met most often in a dimension (top.h).  Returns
   false if there is no such. */
bool line_top(struct line_counter *counter, const char *dimension);

/* Follow mail whose token was made with this key (trails.h).  Returns false if
   there is no memory. */
bool line_probe_key(struct line_counter *counter, const struct secret_key *key);

/* Count that mail under keys of its own and nowhere else.  Returns false if there
   is no memory. */
bool line_apart(struct line_counter *counter);

/* Use these from the next line on; NULL: none.  Both must outlive it. */
void line_rules(struct line_counter *counter, struct user_rules *rules,
    struct reason_rules *reasons);

/*
 * Count lines, each ended by a newline but perhaps the last; those of more
 * than LINE_LEN_MAX bytes as overlong, and one that rsyslog says was repeated as
 * many times.  A non-empty `instance` stands for those that the lines' tags
 * name.  Returns how many lines there were.  `lines` is not NULL.
 */
size_t line_count(
    struct line_counter *counter, struct slice lines, struct slice instance);

/*
 * Count an entry that comes in parts instead of with a head: its tag, without
 * a process id, and its text.  One of several lines is malformed: Postfix
 * never writes such.
 */
void line_count_parts(struct line_counter *counter, struct slice tag,
    struct slice text, struct slice instance);

/* When the last line with a head was written, as it says (stamp.h); 0: not
   known. */
time_t line_newest(const struct line_counter *counter, time_t now);

/* Count what was only summed up while lines went by, such as delays. */
void line_settle(struct line_counter *counter);

/* Before a snapshot is made: do so, and say when the newest line was written, as what is
   new since the last time is of then; and how late it is.  Both are in seconds
   since 1970. */
void line_mark(struct line_counter *counter, uint64_t newest, uint64_t now);

/* When a gauge will be too old as it was marked, though no line may come until
   then; 0: never. */
uint64_t line_expires(const struct line_counter *counter);

/* Add to `snapshot` what is kept between lines, and take it over from one: the
   last unrecognised lines as `=sample:NN`, oldest first, the messages that the
   queue manager has not seen yet (pending.h), what is known of the mail server
   (mta.h), where probes' mail is (trail_record.h), and receipts that are not counted yet
   (waiting.h). */
void line_save(const struct line_counter *counter, struct snapshot *snapshot);
void line_load(struct line_counter *counter, const struct snapshot *snapshot);

#endif
