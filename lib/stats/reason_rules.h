/*
 * Why mail was turned away or not delivered: patterns over what was said, the
 * first that matches gives the reason.
 *
 * They do not see all of it.  Left out are addresses, names of hosts with
 * their addresses, that is, all words with "@" or "[" in them, and what else a
 * client or a sender has chosen: so neither of them can say a reason, and the
 * same is said again and again, which is remembered.
 */
#ifndef STATS_REASON_RULES_H
#define STATS_REASON_RULES_H

#include "lib/stats/metrics.h"
#include "lib/util/slice.h"

enum reason_about { ABOUT_REJECT, ABOUT_FAILURE, ABOUT_COUNT };

enum { REASON_RULES_MAX = 192 }; /* of one kind */

struct reason_rules;

/* NULL: no memory. */
struct reason_rules *reason_rules_new(void);
void reason_rules_free(struct reason_rules *reasons);

/* The label that has the reasons of a kind, with `other` last. */
enum label_id reason_label(enum reason_about about);

/* Whether there is such a reason. */
bool reason_is_known(enum reason_about about, struct slice reason);

/*
 * Add a pattern for a known reason, to be tried after those that are there
 * already.  It is one that compiles with PATTERN_ANY_CASE.  Returns false if
 * there are REASON_RULES_MAX, or no memory.
 */
bool reason_rules_add(struct reason_rules *reasons, enum reason_about about,
    struct slice reason, const char *pattern);

/* The reason, and its number in the label's list; `reasons` may be NULL. */
struct slice reason_rules_find(struct reason_rules *reasons,
    enum reason_about about, struct slice said, unsigned *number_r);

/* What the patterns see of `said`: a part of it, or if they do not see all of
   that, written to `room`. */
enum { SUBJECT_MAX = 1024 };
struct slice reason_rules_subject(
    enum reason_about about, struct slice said, char room[SUBJECT_MAX]);

/* A pattern, or an alternative of one, that was switched off since the last
   call, and its reason; NULL: no more. */
const char *reason_rules_fault(
    struct reason_rules *reasons, struct slice *reason_r);

#endif
