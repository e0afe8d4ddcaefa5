/*
 * Trying the rules of a line's daemon, one after the other: each may match.
 */
#include <stdlib.h>

#include "lib/stats/user_rules.h"
#include "lib/util/bytes.h"

enum { DIGITS_MAX = 12 };

/* What was counted of a rule and not passed on yet. */
struct tally {
	uint64_t matches; /* without a label */
	uint64_t values;
	struct observations observed; /* sum, and a histogram's steps */
};

struct user_rules {
	unsigned count;
	struct user_rule at[USER_RULES_MAX];
	struct pattern_start starts[USER_RULES_MAX];
	struct tally tallies[USER_RULES_MAX];
	bool told[USER_RULES_MAX]; /* that it is off */
	struct event event;        /* what is counted */
};

struct user_rules *
user_rules_new(void)
{
	struct user_rules *rules = calloc(1, sizeof(*rules));

	if (rules != NULL) /* no event of these depends on a tag */
		rules->event.serial = 1;
	return (rules);
}

void
user_rules_free(struct user_rules *rules)
{
	if (rules == NULL)
		return;
	for (unsigned i = 0; i < rules->count; i++)
		pattern_free(rules->at[i].pattern);
	free(rules);
}

bool
user_rules_add(struct user_rules *rules, const struct user_rule *rule)
{
	if (rules->count == USER_RULES_MAX)
		return (false);
	pattern_hasten(rule->pattern);
	rules->starts[rules->count] = pattern_start(rule->pattern);
	rules->at[rules->count++] = *rule;
	return (true);
}

/* --- which ---------------------------------------------------------------- */

/* Whether `word` is in a list of words, separated by blanks or commas. */
static bool
is_listed(const char *list, struct slice word)
{
	static const char blanks[] = " \t\r\n,";

	while (list != NULL && *list != '\0') {
		size_t len;

		list += strspn(list, blanks);
		len = strcspn(list, blanks);
		if (len > 0 && slice_same((struct slice){ list, len }, word))
			return (true);
		list += len;
	}
	return (false);
}

uint64_t
user_rules_for(const struct user_rules *rules, const struct tag *tag)
{
	uint64_t which = 0;

	for (unsigned i = 0; rules != NULL && i < rules->count; i++) {
		const struct user_rule *rule = &rules->at[i];

		if ((rule->daemon == NULL ||
			is_listed(rule->daemon, tag->daemon)) &&
		    (rule->service == NULL ||
			is_listed(rule->service, tag->service)))
			which |= UINT64_C(1) << i;
	}
	return (which);
}

/* --- counting ------------------------------------------------------------- */

/* Begin an event of rule `i`. */
static struct event *
rule_event(struct user_rules *rules, enum event_type type, unsigned i)
{
	struct event *event = &rules->event;
	struct slice name = slice_of(rules->at[i].name);

	event->type = type;
	event->traits = 0;
	event->varies = LABEL_NONE;
	event->code = i + 1;
	event->label[LABEL_RULE] = name;
	event->label[LABEL_VALUE_RULE] = name;
	return (event);
}

bool
user_rules_value(struct slice text, unsigned scale, uint64_t *value_r)
{
	struct slice whole = slice_until(text, '.'), part = { NULL, 0 };
	uint64_t number, fraction = 0, unit = 1;

	if (whole.len < text.len)
		part = slice_from(text, whole.len + 1);
	if (whole.len + part.len > DIGITS_MAX || !slice_number(whole, &number))
		return (false);
	if (whole.len < text.len && !slice_number(part, &fraction))
		return (false);
	for (size_t i = 0; i < part.len; i++)
		unit *= 10;
	*value_r = (number * unit + fraction) * scale / unit;
	return (true);
}

/* Have `event` count for what the rule's label has caught. */
static void
name_capture(struct event *event, struct slice caught)
{
	event->varies = LABEL_CAPTURE;
	event->label[LABEL_CAPTURE] = caught.len > 0 ? caught : SLICE("NONE");
}

static void
note_value(struct user_rules *rules, unsigned i, uint64_t value, uint64_t times)
{
	struct tally *tally = &rules->tallies[i];

	tally->values += times;
	tally->observed.sum += value * times;
	if (rules->at[i].histogram)
		tally->observed.times[histogram_step(
		    &histograms[HISTOGRAM_RULE_VALUE], value)] += times;
}

static void
count_match(struct user_rules *rules, unsigned i, struct slice text,
    struct counters *counters, uint64_t times)
{
	const struct user_rule *rule = &rules->at[i];
	struct slice caught = { NULL, 0 };
	struct event *event;
	uint64_t value = 0;
	bool has_value = rule->value > 0 &&
	    user_rules_value(pattern_caught(rule->pattern, text, rule->value),
		rule->scale, &value);

	if (has_value)
		note_value(rules, i, value, times);
	if (rule->label == 0) {
		rules->tallies[i].matches += times;
		return;
	}
	caught = pattern_caught(rule->pattern, text, rule->label);
	event = rule_event(rules, EVENT_RULE, i);
	event->traits = TRAIT_IS_CAUGHT;
	name_capture(event, caught);
	counters_event(counters, 0, event, times);
	if (!has_value)
		return;
	event = rule_event(rules, EVENT_RULE_BY, i);
	name_capture(event, caught);
	counters_event(counters, 0, event, value * times);
}

/* Count the values of rule `i` that were noted. */
static void
pass_on_values(struct user_rules *rules, unsigned i, struct counters *counters)
{
	struct tally *tally = &rules->tallies[i];
	struct event *event;

	if (rules->at[i].label == 0) {
		event = rule_event(rules, EVENT_RULE_BY, i);
		name_capture(event, SLICE("NONE"));
		counters_event(counters, 0, event, tally->observed.sum);
	}
	event = rule_event(rules, EVENT_RULE_SUM, i);
	if (rules->at[i].histogram) {
		unsigned number = counters_label_number(
		    counters, LABEL_VALUE_RULE, event->label[LABEL_VALUE_RULE]);

		(void)counters_observe_all(counters, HISTOGRAM_RULE_VALUE, 0,
		    &number, &tally->observed);
		return;
	}
	counters_event(counters, 0, event, tally->observed.sum);
	event->type = EVENT_RULE_VALUE;
	counters_event(counters, 0, event, tally->values);
}

void
user_rules_pass_on(struct user_rules *rules, struct counters *counters)
{
	for (unsigned i = 0; i < rules->count; i++) {
		struct tally *tally = &rules->tallies[i];

		if (tally->matches > 0) {
			struct event *event = rule_event(rules, EVENT_RULE, i);

			event->traits = TRAIT_IS_CAUGHT;
			name_capture(event, SLICE("NONE"));
			counters_event(counters, 0, event, tally->matches);
		}
		if (tally->values > 0)
			pass_on_values(rules, i, counters);
		*tally = (struct tally){ .matches = 0 };
	}
}

bool
user_rules_count(struct user_rules *rules, uint64_t which, struct slice text,
    struct counters *counters, uint64_t times)
{
	char start[8] = { 0 };
	uint64_t bytes;
	bool any = false;

	if (text.len < sizeof(start))
		memcpy(start, text.at, text.len);
	bytes = bytes_load(text.len < sizeof(start) ? start : text.at);
	for (; which != 0; which &= which - 1) {
		unsigned i = (unsigned)__builtin_ctzll(which);

		if (((bytes ^ rules->starts[i].bytes) &
			rules->starts[i].mask) != 0 ||
		    !pattern_match(rules->at[i].pattern, text))
			continue;
		count_match(rules, i, text, counters, times);
		any = true;
	}
	return (any);
}

void
user_rules_begin(const struct user_rules *rules, struct counters *counters)
{
	for (unsigned i = 0; i < rules->count; i++) {
		struct event event = { .type = EVENT_RULE,
			.varies = LABEL_NONE,
			.label[LABEL_RULE] = slice_of(rules->at[i].name) };

		counters_event(counters, 0, &event, 0);
	}
}

bool
user_rules_fault(struct user_rules *rules, unsigned *which_r)
{
	for (unsigned i = 0; i < rules->count; i++) {
		if (rules->told[i] || !pattern_is_off(rules->at[i].pattern))
			continue;
		rules->told[i] = true;
		*which_r = i;
		return (true);
	}
	return (false);
}
