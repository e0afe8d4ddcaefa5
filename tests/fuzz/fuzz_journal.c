/*
 * Entries of the journal on their way to the counters: each is counted once,
 * and none that the journal itself does not say is Postfix's.
 *
 * The functions of libsystemd that are called are replaced by ours.  The
 * journal that they read is the data: lines NAME=VALUE, and an empty line
 * between two entries.  A value may hold any bytes; 0x1e stands for a newline.
 *
 *	NAME		a field that is damaged
 *	NAME=~COUNT	one of that many bytes
 *	__CURSOR=TEXT	a part of the entry's cursor
 *	!CALL=ERRNO	that call fails, once, where this entry is the current
 *			or the next one; for a field the call is its name
 *	!restart=1	the tailer is started again behind the entry
 *	!vacuum=1	when the entry is looked for by its cursor, it is gone
 */
#include <errno.h>
#include <stdio.h>

#include "lib/stats/line.h"
#include "tailer/journal.h"
#include "tests/fuzz/totals.h"

enum { ENTRIES_MAX = 64, BIG_MAX = 1 << 17, CURSOR_MAX = 300 };

struct sd_journal {
	size_t next; /* number of the entry that comes next */
	char *data;  /* lent last */
};

static struct {
	char *text;
	struct slice entries[ENTRIES_MAX];
	size_t count;
	uint64_t vacuums;
} fake;

/* --- the data as a journal --------------------------------------------- */

static void
cut_into_entries(struct slice rest)
{
	ptrdiff_t end;

	fake.count = 0;
	while (fake.count < ENTRIES_MAX && rest.len > 0) {
		end = slice_find(rest, "\n\n");
		fake.entries[fake.count++] = (struct slice){ rest.at,
			end == -1 ? rest.len : (size_t)end };
		rest = slice_from(rest, end == -1 ? rest.len : (size_t)end + 2);
	}
}

/* The value in the entry's first line of that name, and the line; false and
   NULL if there is none, false and the line if it is the name alone. */
static bool
find_line(
    size_t entry, const char *name, struct slice *value_r, struct slice *line_r)
{
	struct slice rest, line;

	*line_r = (struct slice){ NULL, 0 };
	if (entry >= fake.count)
		return (false);
	rest = fake.entries[entry];
	while (line_r->at == NULL && rest.len > 0) {
		line = slice_until(rest, '\n');
		rest = slice_from(rest, line.len);
		(void)slice_skip(&rest, "\n");
		*value_r = line;
		if (slice_skip(value_r, name) &&
		    (value_r->len == 0 || value_r->at[0] == '='))
			*line_r = line;
	}
	return (line_r->at != NULL && slice_skip(value_r, "="));
}

/* What the data tell a call at this entry to return: 0 for success.  It is
   told once, by striking it out.  ENOENT would be no fault but an answer. */
static int
fault(size_t entry, const char *call)
{
	struct slice line, value;
	uint64_t number;
	char name[32];

	(void)snprintf(name, sizeof(name), "!%s", call);
	if (!find_line(entry, name, &value, &line) ||
	    !slice_number(value, &number))
		return (0);
	fake.text[line.at - fake.text] = '#';
	number %= 128;
	return (number == ENOENT ? -EIO : -(int)number);
}

/* --- libsystemd -------------------------------------------------------- */

static size_t
current(const sd_journal *j)
{
	return (j->next > 0 ? j->next - 1 : 0);
}

int
sd_journal_open(sd_journal **ret, int flags)
{
	int rc = fault(0, "open");

	(void)flags;
	if (rc == 0)
		*ret = calloc(1, sizeof(**ret));
	PROMISE(rc < 0 || *ret != NULL);
	return (rc);
}

void
sd_journal_close(sd_journal *j)
{
	if (j != NULL)
		free(j->data);
	free(j);
}

int
sd_journal_get_fd(sd_journal *j)
{
	(void)j;
	return (fault(0, "get_fd"));
}

int
sd_journal_set_data_threshold(sd_journal *j, size_t size)
{
	(void)j;
	PROMISE(size > LINE_LEN_MAX);
	return (0);
}

int
sd_journal_get_usage(sd_journal *j, uint64_t *bytes)
{
	(void)j;
	*bytes = 1;
	return (0);
}

int
sd_journal_process(sd_journal *j)
{
	return (fault(current(j), "process"));
}

/* What was lent before is gone, here as there. */
int
sd_journal_next(sd_journal *j)
{
	int rc = fault(j->next, "next");

	free(j->data);
	j->data = NULL;
	if (rc < 0 || j->next == fake.count)
		return (rc);
	j->next++;
	return (1);
}

int
sd_journal_seek_head(sd_journal *j)
{
	j->next = 0;
	return (fault(0, "seek_head"));
}

static void
cursor_of(size_t entry, char cursor_r[JOURNAL_CURSOR_SIZE])
{
	struct slice line, text;

	if (!find_line(entry, "__CURSOR", &text, &line))
		text = SLICE("");
	(void)snprintf(cursor_r, JOURNAL_CURSOR_SIZE, "s=%.*s;entry=%zu",
	    (int)(text.len < CURSOR_MAX ? text.len : CURSOR_MAX), text.at,
	    entry);
}

int
sd_journal_get_cursor(sd_journal *j, char **cursor)
{
	char text[JOURNAL_CURSOR_SIZE];
	int rc = fault(current(j), "get_cursor");

	PROMISE(j->next > 0);
	cursor_of(current(j), text);
	if (rc == 0)
		*cursor = strdup(text);
	return (rc);
}

int
sd_journal_test_cursor(sd_journal *j, const char *cursor)
{
	char text[JOURNAL_CURSOR_SIZE];
	int rc = fault(current(j), "test_cursor");

	cursor_of(current(j), text);
	return (rc < 0 ? rc : strcmp(text, cursor) == 0);
}

int
sd_journal_seek_cursor(sd_journal *j, const char *cursor)
{
	const char *number = strrchr(cursor, '=');

	PROMISE(number != NULL);
	j->next = strtoul(number + 1, NULL, 10);
	PROMISE(j->next < fake.count);
	if (fault(j->next, "vacuum") < 0) {
		fake.vacuums++;
		j->next++;
	}
	return (fault(j->next, "seek_cursor"));
}

/* What is lent ends where its memory ends, so that a read behind it is seen,
   and is gone with the next call. */
int
sd_journal_get_data(
    sd_journal *j, const char *field, const void **data, size_t *len)
{
	struct slice line, value;
	uint64_t more = 0;
	int rc = fault(current(j), field);

	PROMISE(j->next > 0);
	free(j->data);
	j->data = NULL;
	if (rc < 0)
		return (rc);
	if (find_line(current(j), field, &value, &line) &&
	    slice_skip(&value, "~") && slice_number(value, &more) &&
	    more <= BIG_MAX)
		line.len -= value.len + 1;
	else
		more = 0;
	if (line.at == NULL)
		return (-ENOENT);
	*len = line.len + more;
	j->data = malloc(*len);
	PROMISE(j->data != NULL);
	for (size_t i = 0; i < line.len; i++)
		j->data[i] = line.at[i] == 0x1e ? '\n' : line.at[i];
	memset(j->data + line.len, 'x', more);
	*data = j->data;
	return (0);
}

/* --- reading it -------------------------------------------------------- */

static struct source *
start(struct counters *counters, struct slice saved)
{
	const char *error;

	for (;;) {
		struct source *source = source_journal_new(NULL, counters);

		PROMISE(source != NULL);
		if (source->ops->start(
			source, saved, FROM_START, true, &error) == 0)
			return (source);
		PROMISE(strchr(error, '\n') == NULL);
		source->ops->free(source);
	}
}

static struct source *
start_again(struct counters *counters, struct source *source)
{
	char saved[TEXT_MAX];
	size_t len = source->ops->save(source, saved);

	source->ops->free(source);
	return (start(counters, (struct slice){ saved, len }));
}

/* An entry that was taken for Postfix's. */
static void
judge(size_t entry, const struct journal *journal, struct slice text)
{
	struct slice line, value;
	uint64_t uid;

	PROMISE(text.len <= LINE_LEN_MAX);
	PROMISE(journal->source.tag.len <= JOURNAL_TAG_MAX);
	PROMISE(find_line(entry, "_SYSTEMD_UNIT", &value, &line));
	PROMISE(slice_starts(value, "postfix"));
	if (find_line(entry, "_UID", &value, &line))
		PROMISE(slice_number(value, &uid) &&
		    (uid < 1000 || uid == journal->postfix));
}

static void
count_entry(struct line_counter *lines, const struct source *source,
    enum source_result result, struct slice text)
{
	static const enum metric_id skipped[] = {
		[SOURCE_OVERLONG] = METRIC_LINES_OVERLONG,
		[SOURCE_FOREIGN] = METRIC_LINES_FOREIGN,
		[SOURCE_MALFORMED] = METRIC_LINES_MALFORMED,
	};

	if (result == SOURCE_ENTRY) {
		line_count_parts(lines, source->tag, text, source->instance);
		return;
	}
	PROMISE(result == SOURCE_OVERLONG || result == SOURCE_FOREIGN ||
	    result == SOURCE_MALFORMED);
	counters_add(source->counters, METRIC_LINES_READ, 1);
	counters_add(source->counters, skipped[result], 1);
}

/* All entries, each once and in order. */
static void
read_entries(struct counters *counters, struct line_counter *lines)
{
	struct source *source = start(counters, (struct slice){ "", 0 });
	size_t read = 0;

	for (;;) {
		struct journal *journal = (struct journal *)source;
		struct slice text;
		enum source_result result = source->ops->next(source, &text);

		if (result == SOURCE_END) {
			if (source->ops->state(source) != SOURCE_BUSY)
				break;
			journal->retry_at = 0;
			continue;
		}
		PROMISE(current(journal->handle) == read);
		if (result == SOURCE_ENTRY)
			judge(read, journal, text);
		count_entry(lines, source, result, text);
		if (fault(read++, "restart") < 0)
			source = start_again(counters, source);
	}
	PROMISE(read == fake.count);
	source->ops->free(source);
}

static void
check(struct counters *counters, struct slice whole)
{
	struct snapshot *snapshot = totals(counters, whole, fake.count);

	PROMISE(total(snapshot, "tailer:gaps") <= fake.vacuums);
	if (slice_find(whole, "systemd-journald.service") == -1)
		PROMISE(total(snapshot, "tailer:suppressed") == 0);
	snapshot_free(snapshot);
}

/* The faults are told of on standard error; here they are the rule. */
static void
read_quietly(struct counters *counters, struct line_counter *lines)
{
	static FILE *nowhere;
	FILE *loud = stderr;

	if (nowhere == NULL)
		nowhere = fopen("/dev/null", "we");
	PROMISE(nowhere != NULL);
	stderr = nowhere;
	read_entries(counters, lines);
	stderr = loud;
}

int
LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
	struct counters *counters = counters_new(512);
	struct line_counter *lines = line_counter_new(counters);
	struct slice whole;

	PROMISE(counters != NULL && lines != NULL);
	fake.text = fuzz_copy(data, size);
	fake.vacuums = 0;
	whole = (struct slice){ fake.text, size };
	cut_into_entries(whole);
	read_quietly(counters, lines);
	check(counters, whole);
	line_counter_free(lines);
	counters_free(counters);
	free(fake.text);
	return (0);
}
