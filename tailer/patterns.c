/*
 * From the configuration to compiled patterns.
 */
#include <errno.h>
#include <stdlib.h>
#include <string.h>

#include "lib/util/error.h"
#include "lib/util/log.h"
#include "tailer/patterns.h"

struct patterns {
	struct user_rules *rules;
	struct reason_rules *reasons;
	const struct config *config;
	unsigned off; /* how many were switched off */
};

/* An item of a list, for messages. */
struct item {
	const struct config *config;
	const char *list;
	unsigned number;
};

static int
refuse(const struct item *item, const char *key, const char *what,
    const char **error_r)
{
	*error_r = error_text("%s:%u: %s: %s", item->config->file,
	    config_item_line(item->config, item->list, item->number, key), key,
	    what);
	return (-1);
}

static int
compile(const struct item *item, const char *text, enum pattern_case letters,
    struct pattern **pattern_r, const char **error_r)
{
	const char *what;
	size_t offset;

	if (pattern_new(text, letters, pattern_r, &offset, &what) == 0)
		return (0);
	return (refuse(item, "pattern",
	    error_text("%s at byte %zu", what, offset + 1), error_r));
}

/* --- rules ---------------------------------------------------------------- */

/* The number of a group that the pattern must have; 0 if none is wanted. */
static int
find_group(const struct item *item, const struct pattern *pattern,
    const char *key, const char *group, unsigned *number_r,
    const char **error_r)
{
	int number = group != NULL ? pattern_group(pattern, group) : 0;

	if (number < 0)
		return (refuse(item, key,
		    error_text("the pattern has no group \"%s\"", group),
		    error_r));
	*number_r = (unsigned)number;
	return (0);
}

static int
add_rule(struct user_rules *rules, const struct item *item,
    const struct config_rule *wanted, const char **error_r)
{
	struct user_rule rule = { .name = wanted->name,
		.daemon = wanted->daemon,
		.service = wanted->service,
		.scale = wanted->scale,
		.histogram = wanted->histogram };

	if (compile(item, wanted->pattern, PATTERN_EXACT, &rule.pattern,
		error_r) == -1)
		return (-1);
	if (find_group(item, rule.pattern, "label", wanted->label, &rule.label,
		error_r) == -1 ||
	    find_group(item, rule.pattern, "value", wanted->value, &rule.value,
		error_r) == -1) {
		pattern_free(rule.pattern);
		return (-1);
	}
	(void)user_rules_add(rules, &rule); /* there are not so many */
	return (0);
}

_Static_assert((int)CONFIG_RULES_MAX <= (int)USER_RULES_MAX &&
	(int)CONFIG_NAME_MAX <= (int)LABEL_MAX &&
	2 * (int)CONFIG_REASONS_MAX <= (int)REASON_RULES_MAX,
    "what the configuration may have finds room");

static int
add_rules(struct patterns *patterns, const char **error_r)
{
	const struct config *config = patterns->config;

	for (unsigned i = 0; i < config->rules_count; i++) {
		struct item item = { config, "rules", i };

		if (add_rule(patterns->rules, &item, &config->rules[i],
			error_r) == -1)
			return (-1);
	}
	return (0);
}

/* --- reasons -------------------------------------------------------------- */

static int
add_reason(struct reason_rules *reasons, const struct item *item,
    const struct config_reason *wanted, const char **error_r)
{
	enum reason_about about = wanted->about == REASON_FOR_REJECT ?
	    ABOUT_REJECT :
	    ABOUT_FAILURE;
	struct slice reason = slice_of(wanted->reason);
	struct pattern *pattern;

	if (!reason_is_known(about, reason))
		return (refuse(item, "reason",
		    error_text("must be one of %s",
			labels[reason_label(about)].values),
		    error_r));
	if (compile(item, wanted->pattern, PATTERN_ANY_CASE, &pattern,
		error_r) == -1)
		return (-1);
	pattern_free(pattern);
	if (reason_rules_add(reasons, about, reason, wanted->pattern))
		return (0);
	*error_r = strerror(ENOMEM);
	return (-1);
}

static int
add_reasons(struct reason_rules *reasons, const struct config *config,
    const char **error_r)
{
	for (unsigned i = 0; i < config->reasons_count; i++) {
		struct item item = { config, "reasons", i };

		if (add_reason(reasons, &item, &config->reasons[i], error_r) ==
		    -1)
			return (-1);
	}
	return (0);
}

static int
add_shipped(struct reason_rules *reasons, const char **error_r)
{
	struct config *shipped;
	int rc;

	if (config_shipped_reasons(&shipped, error_r) == -1)
		return (-1);
	rc = add_reasons(reasons, shipped, error_r);
	config_free(shipped);
	return (rc);
}

/* --- all ------------------------------------------------------------------ */

int
patterns_open(const struct config *config, struct patterns **patterns_r,
    const char **error_r)
{
	struct patterns *patterns = calloc(1, sizeof(*patterns));

	*error_r = strerror(ENOMEM);
	if (patterns == NULL)
		return (-1);
	patterns->config = config;
	patterns->rules = user_rules_new();
	patterns->reasons = reason_rules_new();
	if (patterns->rules == NULL || patterns->reasons == NULL ||
	    add_rules(patterns, error_r) == -1 ||
	    add_reasons(patterns->reasons, config, error_r) == -1 ||
	    (config->shipped_reasons &&
		add_shipped(patterns->reasons, error_r) == -1)) {
		patterns_free(patterns);
		return (-1);
	}
	*patterns_r = patterns;
	return (0);
}

void
patterns_free(struct patterns *patterns)
{
	if (patterns == NULL)
		return;
	user_rules_free(patterns->rules);
	reason_rules_free(patterns->reasons);
	free(patterns);
}

struct user_rules *
patterns_rules(struct patterns *patterns)
{
	return (patterns->rules);
}

struct reason_rules *
patterns_reasons(struct patterns *patterns)
{
	return (patterns->reasons);
}

unsigned
patterns_tell(struct patterns *patterns)
{
	static const char off[] = "took too long for a line; it is not tried "
				  "any more until the next reload or start";
	struct slice reason;
	const char *text;
	unsigned which;

	for (; user_rules_fault(patterns->rules, &which); patterns->off++)
		log_warnx("rule %s: its pattern %s",
		    patterns->config->rules[which].name, off);
	while (
	    (text = reason_rules_fault(patterns->reasons, &reason)) != NULL) {
		log_warnx("reason %.*s: the pattern \"%.80s\" %s",
		    (int)reason.len, reason.at, text, off);
		patterns->off++;
	}
	return (patterns->off);
}
