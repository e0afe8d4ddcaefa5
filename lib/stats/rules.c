/*
 * PCRE2, and what each pattern can't match without (needle.h).
 */
#define PCRE2_CODE_UNIT_WIDTH 8
#include <pcre2.h>

#include <stdlib.h>

#include "lib/stats/needle.h"
#include "lib/stats/rules.h"
#include "lib/util/bytes.h"
#include "lib/util/error.h"

enum {
	MATCH_LIMIT = 1000000, /* steps back: some milliseconds */
	HEAP_LIMIT = 4096,     /* KiB, if there is no machine code */
	STACK_FIRST = 32 << 10,
	STACK_MOST = 512 << 10
};

struct pattern {
	pcre2_code *code;
	pcre2_match_data *data;
	struct needles *needles; /* NULL: it ignores case */
	bool fast;
	bool off;
};

/* What all patterns share; there is one thread. */
static struct {
	unsigned users;
	pcre2_match_context *context;
	pcre2_jit_stack *stack;
} machine;

static bool
machine_take(void)
{
	if (machine.users == 0) {
		machine.context = pcre2_match_context_create(NULL);
		if (machine.context == NULL)
			return (false);
		machine.stack = pcre2_jit_stack_create(
		    STACK_FIRST, STACK_MOST, NULL);
		pcre2_jit_stack_assign(machine.context, NULL, machine.stack);
		(void)pcre2_set_match_limit(machine.context, MATCH_LIMIT);
		(void)pcre2_set_depth_limit(machine.context, MATCH_LIMIT);
		(void)pcre2_set_heap_limit(machine.context, HEAP_LIMIT);
	}
	machine.users++;
	return (true);
}

static void
machine_leave(void)
{
	if (--machine.users > 0)
		return;
	pcre2_match_context_free(machine.context);
	pcre2_jit_stack_free(machine.stack);
}

static const char *
message(int code)
{
	PCRE2_UCHAR text[160];

	(void)pcre2_get_error_message(code, text, sizeof(text));
	return (error_text("%s", (char *)text));
}

int
pattern_new(const char *text, enum pattern_case letters,
    struct pattern **pattern_r, size_t *offset_r, const char **error_r)
{
	struct pattern *pattern = calloc(1, sizeof(*pattern));
	uint32_t options = PCRE2_NEVER_UTF | PCRE2_NEVER_UCP |
	    (letters == PATTERN_ANY_CASE ? PCRE2_CASELESS : 0);
	int code = PCRE2_ERROR_NOMEMORY;

	*offset_r = 0;
	if (pattern == NULL || !machine_take()) {
		free(pattern);
		*error_r = message(code);
		return (-1);
	}
	pattern->code = pcre2_compile((PCRE2_SPTR)text, PCRE2_ZERO_TERMINATED,
	    options, &code, offset_r, NULL);
	if (pattern->code != NULL)
		pattern->data = pcre2_match_data_create_from_pattern(
		    pattern->code, NULL);
	if (letters == PATTERN_EXACT)
		pattern->needles = malloc(sizeof(*pattern->needles));
	if (pattern->data == NULL ||
	    (letters == PATTERN_EXACT && pattern->needles == NULL)) {
		*error_r = message(code);
		pattern_free(pattern);
		return (-1);
	}
	if (pattern->needles != NULL)
		needles_read(slice_of(text), pattern->needles);
	*pattern_r = pattern;
	return (0);
}

void
pattern_hasten(struct pattern *pattern)
{
	pattern->fast = pcre2_jit_compile(pattern->code, PCRE2_JIT_COMPLETE) ==
	    0;
}

void
pattern_free(struct pattern *pattern)
{
	if (pattern == NULL)
		return;
	pcre2_match_data_free(pattern->data);
	pcre2_code_free(pattern->code);
	free(pattern->needles);
	free(pattern);
	machine_leave();
}

int
pattern_group(const struct pattern *pattern, const char *group)
{
	uint32_t count = 0;
	uint64_t number;
	int named;

	(void)pcre2_pattern_info(
	    pattern->code, PCRE2_INFO_CAPTURECOUNT, &count);
	if (slice_number(slice_of(group), &number))
		return (number <= count ? (int)number : -1);
	named = pcre2_substring_number_from_name(
	    pattern->code, (PCRE2_SPTR)group);
	return (named > 0 ? named : -1);
}

struct pattern_start
pattern_start(const struct pattern *pattern)
{
	const struct needles *needles = pattern->needles;
	char first[8] = { 0 }, mask[8] = { 0 };

	if (needles != NULL && needles->count == 1 && needles->at[0].at_start) {
		size_t len = needles->at[0].len < sizeof(first) ?
		    needles->at[0].len :
		    sizeof(first);

		memcpy(first, needles->at[0].text, len);
		memset(mask, 0xff, len);
	}
	return ((struct pattern_start){ bytes_load(first), bytes_load(mask) });
}

bool
pattern_match(struct pattern *pattern, struct slice text)
{
	PCRE2_SPTR at = (PCRE2_SPTR)text.at;
	int found;

	if (pattern->off ||
	    (pattern->needles != NULL &&
		!needles_occur(pattern->needles, text)))
		return (false);
	found = pattern->fast ? pcre2_jit_match(pattern->code, at, text.len, 0,
				    0, pattern->data, machine.context) :
				pcre2_match(pattern->code, at, text.len, 0, 0,
				    pattern->data, machine.context);
	/* With a group for each, none is left out of the data. */
	if (found < 0 && found != PCRE2_ERROR_NOMATCH)
		pattern->off = true;
	return (found > 0);
}

struct slice
pattern_caught(const struct pattern *pattern, struct slice text, unsigned group)
{
	const PCRE2_SIZE *pair = pcre2_get_ovector_pointer(pattern->data) +
	    2 * (size_t)group;

	if (pair[0] == PCRE2_UNSET || pair[0] > pair[1])
		return ((struct slice){ text.at, 0 });
	return ((struct slice){ text.at + pair[0], pair[1] - pair[0] });
}

bool
pattern_is_off(const struct pattern *pattern)
{
	return (pattern->off);
}
