/*
 * Rules and reasons, as YAML has them.
 */
#include <string.h>

#include "lib/config/config_read.h"
#include "lib/config/config_rules.h"
#include "lib/util/slice.h"

enum { LIST_MAX = 255, PATTERN_MAX = 2000, GROUP_MAX = 32 };

/* clang-format off */
#define REQUIRED(name, in, member, most) \
	CYAML_FIELD_STRING_PTR(name, CYAML_FLAG_POINTER, in, member, 1, most)
#define OPTIONAL(name, in, member, most) \
	CYAML_FIELD_STRING_PTR(name, \
	    CYAML_FLAG_POINTER | CYAML_FLAG_OPTIONAL, in, member, 1, most)

static const cyaml_strval_t yes_no[] = { { "no", 0 }, { "yes", 1 },
	{ "false", 0 }, { "true", 1 }, { "off", 0 }, { "on", 1 } };

static const cyaml_strval_t kinds[] = {
	{ "reject", REASON_FOR_REJECT }, { "failure", REASON_FOR_FAILURE }
};

static const cyaml_schema_field_t rule_fields[] = {
	REQUIRED("name", struct config_rule, name, CONFIG_NAME_MAX),
	OPTIONAL("daemon", struct config_rule, daemon, LIST_MAX),
	OPTIONAL("service", struct config_rule, service, LIST_MAX),
	REQUIRED("pattern", struct config_rule, pattern, PATTERN_MAX),
	OPTIONAL("label", struct config_rule, label, GROUP_MAX),
	OPTIONAL("value", struct config_rule, value, GROUP_MAX),
	OPTIONAL("scale", struct config_rule, scale_text, GROUP_MAX),
	CYAML_FIELD_ENUM("histogram", CYAML_FLAG_STRICT | CYAML_FLAG_OPTIONAL,
	    struct config_rule, histogram, yes_no, COUNT(yes_no)),
	CYAML_FIELD_END
};

static const cyaml_schema_field_t reason_fields[] = {
	REQUIRED("reason", struct config_reason, reason, CONFIG_NAME_MAX),
	CYAML_FIELD_ENUM("for", CYAML_FLAG_STRICT,
	    struct config_reason, about, kinds, COUNT(kinds)),
	REQUIRED("pattern", struct config_reason, pattern, PATTERN_MAX),
	CYAML_FIELD_END
};
/* clang-format on */

const cyaml_schema_value_t config_rule_schema = { CYAML_VALUE_MAPPING(
    CYAML_FLAG_DEFAULT, struct config_rule, rule_fields) };

const cyaml_schema_value_t config_reason_schema = { CYAML_VALUE_MAPPING(
    CYAML_FLAG_DEFAULT, struct config_reason, reason_fields) };

static bool
is_new(const struct config_rule *rules, unsigned i)
{
	for (unsigned j = 0; j < i; j++)
		if (strcmp(rules[i].name, rules[j].name) == 0)
			return (false);
	return (true);
}

static bool
read_scale(struct config_rule *rule)
{
	uint64_t scale = 1;

	if (rule->scale_text != NULL &&
	    (!slice_number(slice_of(rule->scale_text), &scale) || scale < 1 ||
		scale > 1000000))
		return (false);
	rule->scale = (unsigned)scale;
	return (true);
}

const char *
config_take_rules(struct config_rule *rules, unsigned count, unsigned *item_r,
    const char **wanted_r)
{
	for (unsigned i = 0; i < count; i++) {
		*item_r = i;
		*wanted_r = "letters, digits, \"_\", \"-\" and \".\", and not "
			    "\"other\"";
		if (!config_is_name(rules[i].name))
			return ("name");
		*wanted_r = "of no other rule";
		if (!is_new(rules, i))
			return ("name");
		*wanted_r = "1 to 1000000, of a rule with a value";
		if (!read_scale(&rules[i]) ||
		    (rules[i].scale_text != NULL && rules[i].value == NULL))
			return ("scale");
		*wanted_r = "of a rule with a value";
		if (rules[i].histogram && rules[i].value == NULL)
			return ("histogram");
	}
	return (NULL);
}
