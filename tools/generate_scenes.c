/*
 * docs/metrics.md, "What counts as what": small scenes, and the keys that move.
 */
#include <stdio.h>
#include <stdlib.h>

#include "lib/util/log.h"
#include "lib/util/slice.h"
#include "tools/generate.h"

#define SCENES "tests/golden/scenes"

static const char introduction[] =
    "\n## What counts as what\n\n"
    "Each of these was played on a real Postfix, and these keys moved by so much;\n"
    "of the same families no other did, but for bytes and times, nor did any of\n";

/* "sent recv smtp": these and no others were looked at in every scene. */
static void
scenes_families(struct slice names)
{
	struct slice name;
	const char *before = "";

	fputs(introduction, stdout);
	while (slice_cut(&names, ' ', &name)) {
		printf("%s`%.*s`", before, (int)name.len, name.at);
		before = ", ";
	}
	printf(" or `%.*s`.\n\n"
	       "| what happens | keys that move |\n|---|---|\n",
	    (int)names.len, names.at);
}

/* A scene's lines after its name: what happens, and "key number" each. */
static void
scene_line(struct slice line, const char **before)
{
	struct slice key;

	if (slice_skip(&line, "\t")) {
		printf("| %.*s | ", (int)line.len, line.at);
		*before = "";
	} else if (slice_cut(&line, ' ', &key)) {
		printf("%s`%.*s` %.*s", *before, (int)key.len, key.at,
		    (int)line.len, line.at);
		*before = ", ";
	}
}

void
metrics_scenes(void)
{
	FILE *file = fopen(SCENES, "re");
	const char *before = "";
	bool named = false;
	char *line = NULL;
	size_t room = 0;
	ssize_t len;

	if (file == NULL)
		log_fatal(EXIT_FAULT, "%s: cannot be opened here", SCENES);
	while ((len = getline(&line, &room, file)) > 0) {
		struct slice rest = { line, (size_t)len - 1 };

		if (slice_starts(rest, "#"))
			continue;
		if (slice_skip(&rest, "families "))
			scenes_families(rest);
		else if (named && rest.len == 0)
			printf(" |\n");
		else if (named)
			scene_line(rest, &before);
		named = rest.len > 0 &&
		    !slice_starts(slice_of(line), "families ");
	}
	if (named)
		printf(" |\n");
	free(line);
	fclose(file);
}
