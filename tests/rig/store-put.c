/*
 * A store out of lines "KEY VALUE" on standard input, for tests of what reads
 * it.  A key that begins with = is a text's, in which \n is a newline.
 *
 *	store-put [-c CAPACITY] [-g GENERATION] [-p PUBLISHED] DIR NAME
 */
#include <err.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <time.h>
#include <unistd.h>

#include "lib/stats/store.h"

/* Make newlines of all \n; returns the length. */
static size_t
break_lines(char *text)
{
	char *to = text;

	for (const char *from = text; *from != '\0'; from++)
		if (from[0] == '\\' && from[1] == 'n') {
			*to++ = '\n';
			from++;
		} else
			*to++ = *from;
	return ((size_t)(to - text));
}

static void
take_line(struct snapshot *snapshot, char *line)
{
	char *value = strchr(line, ' ');
	struct slice key;
	uint64_t number;

	if (value == NULL)
		errx(1, "no value: %s", line);
	*value++ = '\0';
	key = slice_of(line);
	if (line[0] == '=')
		snapshot_add_text(
		    snapshot, key, (struct slice){ value, break_lines(value) });
	else if (slice_number(slice_of(value), &number))
		snapshot_add_number(snapshot, key, number);
	else
		errx(1, "no number: %s %s", line, value);
}

static uint32_t
read_number(const char *text)
{
	return ((uint32_t)strtoul(text, NULL, 10));
}

int
main(int argc, char **argv)
{
	struct snapshot *snapshot = snapshot_new();
	const char *error;
	char *line = NULL;
	size_t room = 0;
	int option;

	if (snapshot == NULL)
		err(1, "snapshot");
	snapshot->capacity = STORE_CAPACITY;
	snapshot->generation = 1;
	snapshot->epoch = snapshot->published = (uint64_t)time(NULL);
	while ((option = getopt(argc, argv, "c:g:p:")) != -1)
		if (option == 'c')
			snapshot->capacity = read_number(optarg);
		else if (option == 'g')
			snapshot->generation = read_number(optarg);
		else if (option == 'p')
			snapshot->published = read_number(optarg);
		else
			return (64);
	if (argc - optind != 2)
		errx(64, "usage: store-put [-c N] [-g N] [-p TIME] DIR NAME");
	for (ssize_t len; (len = getline(&line, &room, stdin)) > 0;) {
		if (line[len - 1] == '\n')
			line[len - 1] = '\0';
		take_line(snapshot, line);
	}
	free(line);
	snapshot_sort(snapshot);
	if (store_publish(argv[optind], argv[optind + 1], snapshot, &error) ==
	    -1)
		errx(1, "%s", error);
	snapshot_free(snapshot);
	return (0);
}
