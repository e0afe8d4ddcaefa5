/*
 * The lines that are written, and what they must count.  The table is written
 * by hand from docs/metrics.md and shares no code with the parser.
 */
#include <dirent.h>
#include <err.h>
#include <inttypes.h>
#include <limits.h>
#include <stdlib.h>
#include <string.h>

#include "lib/stats/snapshot.h"
#include "tests/torture/torture.h"

#define MARK   "~n" /* ten digits follow: the number of the line */
#define DELAYS "delay=0.5, delays=0.1/0.01/0.2/0.19, "

enum { KEYS_MAX = 6, LINES_MAX = 1 << 24 };

struct kind {
	const char *text; /* behind the head; %s is the mark and number */
	const char *keys[KEYS_MAX];
};

static const struct kind kinds[] = {
	{ "postfix/smtp[4711]: 4Cx0000001zXbz9: to=<u%s@example.com>, "
	  "relay=mx.example.com[192.0.2.1]:25, " DELAYS
	  "dsn=2.0.0, status=sent (250 2.0.0 Ok: queued as 4Cx1yG1zXbz9rxJ)",
	    { "lines:postfix", "delivery:smtp:sent", "sent:smtp" } },
	{ "postfix/smtp[4711]: 4Cx0000001zXbz9: to=<u%s@example.com>, "
	  "relay=mx.example.com[192.0.2.1]:25, " DELAYS
	  "dsn=4.2.0, status=deferred (host mx.example.com[192.0.2.1] said: "
	  "450 4.2.0 try later (in reply to RCPT TO command))",
	    { "lines:postfix", "delivery:smtp:deferred", "reply:smtp:4xx",
		"smtp:4xx" } },
	{ "postfix/lmtp[4712]: 4Cx0000001zXbz9: to=<u%s@example.com>, "
	  "relay=mx[private/dovecot-lmtp], " DELAYS
	  "dsn=2.0.0, status=sent (250 2.0.0 Ok)",
	    { "lines:postfix", "delivery:lmtp:sent", "sent:lmtp" } },
	{ "postfix/local[4713]: 4Cx0000001zXbz9: to=<u%s@example.com>, "
	  "relay=local, " DELAYS
	  "dsn=5.1.1, status=bounced (unknown user: \"u\")",
	    { "lines:postfix", "delivery:local:bounced" } },
	{ "postfix/smtpd[4714]: 4Cx0000001zXbz9: client=c.example.com"
	  "[192.0.2.7], sasl_method=PLAIN, sasl_username=u%s",
	    { "lines:postfix", "receive:smtpd:PLAIN", "recv:smtp" } },
	{ "postfix/pickup[4715]: 4Cx0000001zXbz9: uid=1000 from=<u%s>",
	    { "lines:postfix", "receive:pickup:NONE", "recv:local" } },
	{ "postfix/smtpd[4714]: NOQUEUE: reject: RCPT from "
	  "unknown[192.0.2.9]: 554 5.7.1 <c@d.example>: Relay access denied; "
	  "from=<a@b.example> to=<c@d.example> proto=ESMTP helo=<h%s>",
	    { "lines:postfix", "reject:smtpd:5xx:*", "smtpd:5xx",
		"reject_service:smtpd:5xx" } },
	{ "CRON[4716]: (root) CMD (run %s)", { "lines:foreign" } },
	{ "postfix/smtp[4711]: what Postfix may say one day %s",
	    { "lines:postfix", "lines:unrecognised",
		"lines:unrecognised:smtp" } },
	{ NULL, { "lines:malformed" } },
};

/* Whole families; every key of these is compared. */
static const char *const families[] = { "lines:", "sent:", "recv:", "delivery:",
	"receive:", "reject:", "reject_service:", "reply:", "smtp:", "smtpd:" };

static const struct kind *
kind_of(uint64_t seed, uint64_t number)
{
	struct random random = { seed ^ number * 0xd1342543de82ef95u };

	return (&kinds[random_below(&random, COUNT(kinds))]);
}

size_t
line_make(uint64_t seed, uint64_t number, char line_r[LINE_SIZE])
{
	const struct kind *kind = kind_of(seed, number);
	char mark[16];
	int len = 0;

	(void)snprintf(mark, sizeof(mark), MARK "%010" PRIu64, number);
	if (kind->text == NULL)
		return ((size_t)snprintf(
		    line_r, LINE_SIZE, "no head at all %s\n", mark));
	len = snprintf(line_r, LINE_SIZE, "%s mx ",
	    seed % 2 ? "Nov 22 08:00:01" : "2026-11-22T08:00:01.123456+01:00");
	for (const char *at = kind->text; *at != '\0'; at++)
		if (at[0] == '%' && at[1] == 's') {
			len += snprintf(
			    line_r + len, LINE_SIZE - (size_t)len, "%s", mark);
			at++;
		} else
			line_r[len++] = *at;
	line_r[len++] = '\n';
	return ((size_t)len);
}

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
	bool counts[COUNT(kinds)] = { false };
	uint64_t sum = 0;

	if (strcmp(key, "lines:read") == 0)
		return (truth->lines);
	for (size_t k = 0; k < COUNT(kinds); k++)
		for (size_t i = 0; i < KEYS_MAX && kinds[k].keys[i]; i++)
			if (stands_for(kinds[k].keys[i], key))
				counts[k] = true;
	for (uint64_t n = 1; n < truth->room; n++)
		if (truth->seen[n] && counts[kind_of(truth->seed, n) - kinds])
			sum++;
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

static bool
is_ours(const char *key)
{
	for (size_t i = 0; i < COUNT(families); i++)
		if (strncmp(key, families[i], strlen(families[i])) == 0)
			return (true);
	return (false);
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
		else if (strcmp(number->key, "tailer:gaps") == 0)
			wrong += differ(label, number->key, number->value, 0);
	}
	for (size_t k = 0; k < COUNT(kinds); k++)
		for (size_t i = 0; i < KEYS_MAX && kinds[k].keys[i]; i++) {
			const char *key = kinds[k].keys[i];

			if (key[strlen(key) - 1] != '*' &&
			    !snapshot_number(snapshot, slice_of(key), &got))
				wrong += differ(
				    label, key, 0, truth_count(truth, key));
		}
	return (wrong);
}
