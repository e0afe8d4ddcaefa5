/*
 * The user's rules: a pattern each, over the text of lines of certain daemons.
 * A match counts under the rule's name, and by what a group caught; what
 * another group caught can be added up.
 */
#ifndef STATS_USER_RULES_H
#define STATS_USER_RULES_H

#include "lib/stats/counters.h"
#include "lib/stats/rules.h"

enum { USER_RULES_MAX = 32 };

/* Strings must outlive the rules. */
struct user_rule {
	const char *name;    /* LABEL_MAX bytes at most, none to be escaped */
	const char *daemon;  /* words; NULL: any */
	const char *service; /* words; NULL: any */
	struct pattern *pattern;
	unsigned label, value; /* groups; 0: none */
	unsigned scale;        /* that values are multiplied by, up to 10^6 */
	bool histogram;        /* of values */
};

struct user_rules;

/* NULL: no memory. */
struct user_rules *user_rules_new(void);
void user_rules_free(struct user_rules *rules);

/* Add a rule, whose pattern is freed with the others.  False: there are
   USER_RULES_MAX. */
bool user_rules_add(struct user_rules *rules, const struct user_rule *rule);

/* The rules for lines of `tag`: a bit for each.  `rules` may be NULL. */
uint64_t user_rules_for(const struct user_rules *rules, const struct tag *tag);

/* Have the keys of each rule exist. */
void user_rules_begin(
    const struct user_rules *rules, struct counters *counters);

/* Try these rules on a text and count what matches, `times` times.  Returns
   whether any did.  A part is only noted, and counted by
   user_rules_pass_on(). */
bool user_rules_count(struct user_rules *rules, uint64_t which,
    struct slice text, struct counters *counters, uint64_t times);

void user_rules_pass_on(struct user_rules *rules, struct counters *counters);

/* A rule that was switched off since the last call, as its number in the order
   of user_rules_add(); false: no more. */
bool user_rules_fault(struct user_rules *rules, unsigned *which_r);

/* Read a decimal number such as "12.5", times `scale`, rounded down.  False if
   it is none, or has more than 12 digits. */
bool user_rules_value(struct slice text, unsigned scale, uint64_t *value_r);

#endif
