/*
 * The words of the MIB: clauses DESCRIPTION and REFERENCE, with what the table
 * says of single objects.
 */
#include <stdio.h>
#include <string.h>

#include "lib/stats/key.h"
#include "lib/util/log.h"
#include "tools/generate.h"

enum { TEXT_WIDTH = 72 };

struct said {
	const char *object, *text;
	bool used;
};

static struct said descriptions[] = {
#define DESCRIPTION(object, text) { object, text, false },
#include "lib/stats/metrics.def"
	{ NULL, NULL, true }
};

static struct said references[] = {
#define REFERENCE(object, text) { object, text, false },
#include "lib/stats/metrics.def"
	{ NULL, NULL, true }
};

/* What `list` says of `object`; NULL: nothing. */
static const char *
said_of(struct said *list, const char *object)
{
	for (; list->object != NULL; list++)
		if (strcmp(list->object, object) == 0) {
			list->used = true;
			return (list->text);
		}
	return (NULL);
}

static void
check_used(const struct said *list, const char *clause)
{
	for (; list->object != NULL; list++)
		if (!list->used)
			log_fatal(EXIT_FAULT,
			    "metrics.def: %s of %s, which is no object or has "
			    "one already",
			    clause, list->object);
}

void
check_texts(void)
{
	check_used(descriptions, "DESCRIPTION");
	check_used(references, "REFERENCE");
}

void
wrap(const char *text, const char *prefix, int column)
{
	struct slice rest = slice_of(text), word;
	bool first = true;

	while (rest.len > 0) {
		if (!slice_cut(&rest, ' ', &word)) {
			word = rest;
			rest.len = 0;
		}
		if (!first && column + 1 + (int)word.len > TEXT_WIDTH) {
			printf("\n%s", prefix);
			column = (int)strlen(prefix);
		} else if (!first) {
			putchar(' ');
			column++;
		}
		printf("%.*s", (int)word.len, word.at);
		column += (int)word.len;
		first = false;
	}
}

static void
quoted_clause(const char *clause, const char *text, const char *more)
{
	char whole[2048];

	if (snprintf(whole, sizeof(whole), "\"%s%s\"", text, more) >=
	    (int)sizeof(whole))
		log_fatal(EXIT_FAULT, "too long for the MIB: %s", text);
	printf("    %s\n        ", clause);
	wrap(whole, "         ", 8);
	putchar('\n');
}

void
describe(const char *text)
{
	quoted_clause("DESCRIPTION", text, "");
}

void
describe_object(const char *object, const char *text, const char *more)
{
	const char *said = said_of(descriptions, object);
	const char *reference = said_of(references, object);

	quoted_clause("DESCRIPTION", said != NULL ? said : text, more);
	if (reference != NULL)
		quoted_clause("REFERENCE", reference, "");
}

/* Whether the metric's table has no rows for one of its labels, so that a cell
   is a sum. */
static bool
is_summed(const struct metric *metric)
{
	return (metric->object.place == OBJECT_COLUMN &&
	    key_labels((enum metric_id)(metric - metrics))->count >
		tables[metric->object.home].index.count);
}

const char *
key_text(const struct metric *metric)
{
	static char text[256];
	bool first_only = metric->object.place == OBJECT_COLUMN &&
	    metric->split == SPLIT_TOTAL_ONLY &&
	    tables[metric->object.home].split == SPLIT_PER_INSTANCE;

	(void)snprintf(text, sizeof(text), "%s %s: %s.",
	    first_only ? " Only rows of instance 1 have it." : "",
	    is_summed(metric) ? "Sum of the keys" : "Key",
	    readable_key(metric));
	return (text);
}
