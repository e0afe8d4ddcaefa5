/*
 * JSON by jansson.  Few bytes of it can ask for much memory, so what one answer
 * may take is limited by its length.
 */
#include <malloc.h>
#include <stdbool.h>
#include <stdint.h>
#include <stdlib.h>
#include <string.h>

#include "whm/answer.h"

enum {
	MEMORY_PER_BYTE = 16, /* of an honest answer it is about six */
	MEMORY_LEAST = 1 << 20,
	MEMORY_MOST = 512 << 20,
	MEMORY_KEPT = 32 << 20 /* for the next: to give it back takes longer
	                          than to read a page */
};

static size_t taken, limit = SIZE_MAX;
static bool refused; /* memory, in this answer */

static void *
take_memory(size_t size)
{
	void *memory;

	if (size > limit - taken || (memory = malloc(size)) == NULL) {
		refused = true;
		return (NULL);
	}
	taken += malloc_usable_size(memory);
	if (taken > limit)
		taken = limit;
	return (memory);
}

static void
give_back(void *memory)
{
	size_t size = memory != NULL ? malloc_usable_size(memory) : 0;

	taken -= size < taken ? size : taken;
	free(memory);
}

void
answer_begin(void)
{
	json_set_alloc_funcs(take_memory, give_back);
	(void)mallopt(M_TRIM_THRESHOLD, MEMORY_KEPT);
}

/* What jansson stumbled over. */
static enum reason
judge(const json_error_t *error, struct fault *fault)
{
	static const struct {
		enum json_error_code code;
		enum reason reason;
	} known[] = {
		{ json_error_stack_overflow, REASON_NESTING },
		{ json_error_invalid_utf8, REASON_ENCODING },
		{ json_error_premature_end_of_input, REASON_TRUNCATED },
		{ json_error_duplicate_key, REASON_DUPLICATE_KEY },
		{ json_error_numeric_overflow, REASON_NUMBER },
	};
	enum reason reason = REASON_JSON;

	/* jansson itself does not say so everywhere */
	if (refused)
		return (fault_set(fault, REASON_MEMORY,
		    "it wants too much memory for its length"));

	for (size_t i = 0; i < sizeof(known) / sizeof(known[0]); i++)
		if (known[i].code == json_error_code(error))
			reason = known[i].reason;
	return (fault_set(fault, reason, "line %d, column %d: %s", error->line,
	    error->column, error->text));
}

static bool
is_number(const json_t *value, json_int_t number)
{
	if (json_is_string(value))
		return (strtol(json_string_value(value), NULL, 10) == number);
	return (json_is_integer(value) && json_integer_value(value) == number);
}

static enum reason
check_metadata(const json_t *all, struct fault *fault)
{
	const json_t *metadata = json_object_get(all, "metadata");
	const char *said = json_string_value(
	    json_object_get(metadata, "reason"));

	if (!json_is_object(metadata))
		return (fault_set(fault, REASON_SHAPE, "there is no metadata"));
	if (!is_number(json_object_get(metadata, "result"), 1))
		return (fault_set(fault, REASON_API, "%s",
		    said != NULL ? said : "metadata.result is not 1"));
	if (is_number(json_object_get(metadata, "overflowed"), 1))
		return (fault_set(fault, REASON_OVERFLOWED,
		    "WHM has left out rows (metadata.overflowed)"));
	return (REASON_NONE);
}

static enum reason
check(struct answer *answer, struct fault *fault)
{
	const json_t *record;
	enum reason reason;
	size_t i;

	if (!json_is_object(answer->all))
		return (fault_set(fault, REASON_SHAPE, "it is no object"));
	reason = check_metadata(answer->all, fault);
	if (reason != REASON_NONE)
		return (reason);
	answer->records = json_object_get(
	    json_object_get(answer->all, "data"), "records");
	if (!json_is_array(answer->records))
		return (
		    fault_set(fault, REASON_SHAPE, "data.records is no array"));
	json_array_foreach(answer->records, i, record)
	{
		if (!json_is_object(record))
			return (fault_set(fault, REASON_SHAPE,
			    "record %zu is no object", i + 1));
	}
	return (REASON_NONE);
}

/* What is no JSON at all, by its first byte. */
static enum reason
sniff(const char *bytes, size_t len, struct fault *fault)
{
	size_t blank = 0;

	while (blank < len && strchr(" \t\r\n", bytes[blank]) != NULL &&
	    bytes[blank] != '\0')
		blank++;
	if (blank == len)
		return (fault_set(fault, REASON_EMPTY, "the answer is empty"));
	if (bytes[blank] == '<')
		return (fault_set(fault, REASON_HTML,
		    "a page instead of JSON: is this WHM's port?"));
	return (REASON_NONE);
}

enum reason
answer_read(
    const char *bytes, size_t len, struct answer *answer_r, struct fault *fault)
{
	json_error_t error;
	enum reason reason = sniff(bytes, len, fault);

	*answer_r = (struct answer){ .all = NULL };
	if (reason != REASON_NONE)
		return (reason);
	taken = 0;
	refused = false;
	limit = len > MEMORY_MOST / MEMORY_PER_BYTE ? MEMORY_MOST :
						      len * MEMORY_PER_BYTE;
	limit += MEMORY_LEAST;
	answer_r->all = json_loadb(bytes, len, JSON_REJECT_DUPLICATES, &error);
	limit = SIZE_MAX;
	reason = answer_r->all == NULL ? judge(&error, fault) :
					 check(answer_r, fault);
	if (reason != REASON_NONE)
		answer_end(answer_r);
	return (reason);
}

void
answer_end(struct answer *answer)
{
	json_decref(answer->all);
	*answer = (struct answer){ .all = NULL };
}
