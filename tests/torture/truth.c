/*
 * What the lines that stand on disk must count, and whether a snapshot says so.
 */
#include <dirent.h>
#include <err.h>
#include <inttypes.h>
#include <limits.h>
#include <stdlib.h>
#include <string.h>

#include "lib/stats/snapshot.h"
#include "tests/torture/lines.h"

enum { LINES_MAX = 1 << 24 };

/* --- reading back ------------------------------------------------------- */

static int
take_line(struct truth *truth, const char *path, const char *line, size_t len)
{
	const char *mark = memmem(line, len, MARK, strlen(MARK));
	char wanted[LINE_SIZE];
	uint64_t number;

	number = mark != NULL ? strtoull(mark + strlen(MARK), NULL, 10) : 0;
	if (number == 0 || number >= LINES_MAX ||
	    line_make(truth->seed, number, wanted) != len ||
	    memcmp(wanted, line, len) != 0) {
		fprintf(stderr, "%s: holds a line that was not written: %.*s",
		    path, (int)len, line);
		return (-1);
	}
	if (truth->seen[number])
		return (0);
	truth->seen[number] = 1;
	truth->lines++;
	if (number >= truth->room)
		truth->room = number + 1;
	return (0);
}

static int
read_file(struct truth *truth, const char *path)
{
	char command[2 * PATH_MAX], *line = NULL;
	const char *end = path + strlen(path);
	size_t size = 0;
	ssize_t len;
	FILE *file;
	int rc = 0;
	bool packed = end - path > 3 && strcmp(end - 3, ".gz") == 0;

	(void)snprintf(command, sizeof(command), "exec gzip -dc '%s'", path);
	file = packed ? popen(command, "re") : fopen(path, "re");
	if (file == NULL)
		err(1, "%s", path);
	while (rc == 0 && (len = getline(&line, &size, file)) > 0)
		if (line[len - 1] == '\n')
			rc = take_line(truth, path, line, (size_t)len);
	free(line);
	if ((packed ? pclose(file) : fclose(file)) != 0)
		rc = -1;
	return (rc);
}

int
truth_read(struct truth *truth, const char *log)
{
	const char *base = strrchr(log, '/') + 1;
	char dir[PATH_MAX], path[PATH_MAX + NAME_MAX + 2];
	struct dirent *entry;
	DIR *stream;
	int rc = 0;

	truth->lines = 0;
	truth->seen = calloc(1, LINES_MAX);
	truth->room = 0;
	(void)snprintf(dir, sizeof(dir), "%.*s", (int)(base - log), log);
	if (truth->seen == NULL || (stream = opendir(dir)) == NULL)
		err(1, "%s", dir);
	while (rc == 0 && (entry = readdir(stream)) != NULL) {
		if (strncmp(entry->d_name, base, strlen(base)) != 0)
			continue;
		(void)snprintf(path, sizeof(path), "%s%s", dir, entry->d_name);
		rc = read_file(truth, path);
	}
	closedir(stream);
	return (rc);
}

void
truth_free(struct truth *truth)
{
	free(truth->seen);
	truth->seen = NULL;
}

/* --- comparing ---------------------------------------------------------- */

/* A key of the table stands for this one; a final * for the rest. */
static bool
stands_for(const char *pattern, const char *key)
{
	size_t len = strlen(pattern);

	return (pattern[len - 1] == '*' ? strncmp(pattern, key, len - 1) == 0 :
					  strcmp(pattern, key) == 0);
}

static uint64_t
truth_count(const struct truth *truth, const char *key)
{
	bool counts[KINDS_MAX] = { false };
	uint64_t sum = 0, message = 0;

	if (strcmp(key, "lines:read") == 0)
		return (truth->lines);
	for (size_t k = 0; k < line_kind_count; k++)
		for (size_t i = 0; i < KEYS_MAX && line_kinds[k].keys[i]; i++)
			if (stands_for(line_kinds[k].keys[i], key))
				counts[k] = true;
	for (uint64_t n = 1; n < truth->room; n++)
		if (truth->seen[n] &&
		    counts[line_kind(truth->seed, n, &message) - line_kinds])
			sum += line_worth(message, key);
	return (sum);
}

uint64_t
truth_sent(const struct truth *truth)
{
	return (truth_count(truth, "sent:lmtp"));
}

/* The first few are enough to see what is wrong. */
static unsigned
differ(const char *label, const char *key, uint64_t got, uint64_t wanted)
{
	static unsigned shown;

	if (got == wanted)
		return (0);
	if (strcmp(key, "lines:read") == 0 || strcmp(key, "tailer:gaps") == 0 ||
	    shown++ < 2)
		fprintf(stderr,
		    "%s: %s is %" PRIu64 ", should be %" PRIu64 "\n", label,
		    key, got, wanted);
	return (1);
}

/* All but times, the tailer's own figures, what is of the last five minutes
   only, and volume, which is not exact: a kill forgets the sizes. */
static bool
is_ours(const char *key)
{
	return (strncmp(key, "tailer:", strlen("tailer:")) != 0 &&
	    strncmp(key, "last_", strlen("last_")) != 0 &&
	    strncmp(key, "delay_5m:", strlen("delay_5m:")) != 0 &&
	    strncmp(key, "delivery_volume:", strlen("delivery_volume:")) != 0 &&
	    strncmp(key, "volume:", strlen("volume:")) != 0);
}

unsigned
truth_compare(const struct truth *truth, const struct snapshot *snapshot,
    const char *label)
{
	unsigned wrong = 0;
	uint64_t got;

	for (size_t i = 0; i < snapshot->number_count; i++) {
		const struct number *number = &snapshot->numbers[i];

		if (is_ours(number->key) && strchr(number->key, '@') == NULL)
			wrong += differ(label, number->key, number->value,
			    truth_count(truth, number->key));
		else if (strcmp(number->key, "tailer:gaps") == 0 ||
		    strcmp(number->key, "tailer:overflow") == 0)
			wrong += differ(label, number->key, number->value, 0);
	}
	for (size_t k = 0; k < line_kind_count; k++)
		for (size_t i = 0; i < KEYS_MAX && line_kinds[k].keys[i]; i++) {
			const char *key = line_kinds[k].keys[i];

			if (key[strlen(key) - 1] != '*' &&
			    !snapshot_number(snapshot, slice_of(key), &got))
				wrong += differ(
				    label, key, 0, truth_count(truth, key));
		}
	return (wrong);
}
