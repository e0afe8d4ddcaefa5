/*
 * Faults of the journal: whatever libsystemd answers, each entry is counted
 * once.  Its functions are replaced by ours, which fail when told to.
 */
#include "tests/unit/unit.h"

#include <dlfcn.h>
#include <errno.h>
#include <poll.h>
#include <systemd/sd-journal.h>

#include "tailer/source.h"

#define REMOTE "/lib/systemd/systemd-journal-remote"

enum { ENTRIES = 50 };

/* Fail `faults` times, with `error`, from the call `fail_at` on. */
static struct {
	int calls, fail_at, faults, error;
	int heads, tails;
} next, cursor, process;

static int
fails(int *calls, int fail_at, int *faults)
{
	if (++*calls < fail_at || *faults == 0)
		return (0);
	--*faults;
	return (1);
}

#define REAL(type, name) ((type)(uintptr_t)dlsym(RTLD_NEXT, name))

int
sd_journal_next(sd_journal *j)
{
	if (fails(&next.calls, next.fail_at, &next.faults))
		return (-next.error);
	return (REAL(int (*)(sd_journal *), "sd_journal_next")(j));
}

int
sd_journal_get_cursor(sd_journal *j, char **text)
{
	if (fails(&cursor.calls, cursor.fail_at, &cursor.faults))
		return (-cursor.error);
	return (REAL(int (*)(sd_journal *, char **), "sd_journal_get_cursor")(
	    j, text));
}

int
sd_journal_process(sd_journal *j)
{
	if (fails(&process.calls, process.fail_at, &process.faults))
		return (-process.error);
	return (REAL(int (*)(sd_journal *), "sd_journal_process")(j));
}

int
sd_journal_seek_head(sd_journal *j)
{
	next.heads++;
	return (REAL(int (*)(sd_journal *), "sd_journal_seek_head")(j));
}

int
sd_journal_seek_tail(sd_journal *j)
{
	next.tails++;
	return (REAL(int (*)(sd_journal *), "sd_journal_seek_tail")(j));
}

static void
arrange(void)
{
	memset(&next, 0, sizeof(next));
	memset(&cursor, 0, sizeof(cursor));
	memset(&process, 0, sizeof(process));
}

/* Entries first + 1 to first + count, each with its number as text. */
static void
write_entries(const char *dir, int first, int count)
{
	char command[256];
	FILE *pipe;

	(void)snprintf(command, sizeof(command),
	    REMOTE " -o %s/system.journal - >/dev/null 2>&1", dir);
	pipe = popen(command, "w");
	assert_non_null(pipe);
	for (int n = first + 1; n <= first + count; n++)
		fprintf(pipe,
		    "__REALTIME_TIMESTAMP=%d000000\n"
		    "__MONOTONIC_TIMESTAMP=%d000000\n"
		    "_BOOT_ID=0123456789abcdef0123456789abcdef\n"
		    "_SYSTEMD_UNIT=postfix@-.service\n"
		    "SYSLOG_IDENTIFIER=postfix/smtp\nMESSAGE=%d\n\n",
		    1700000000 + n, n, n);
	assert_int_equal(pclose(pipe), 0);
}

/* Read up to `limit` entries, which are to be those from `first` on; waits
   for as long as the source wants it.  Returns the last one's number. */
static int
read_entries(struct source *source, int first, int limit)
{
	while (limit > 0) {
		struct slice text;
		uint64_t number;

		switch (source->ops->next(source, &text)) {
		case SOURCE_ENTRY:
			assert_true(slice_equal(source->tag, "postfix/smtp"));
			assert_true(slice_number(text, &number));
			assert_int_equal(number, ++first);
			limit--;
			break;
		case SOURCE_END:
			if (source->ops->state(source) != SOURCE_BUSY)
				return (first);
			assert_int_equal(source->ops->descriptor(source), -1);
			assert_true(source->ops->settle(source, 0) > 0);
			poll(NULL, 0, 20);
			break;
		default:
			fail();
		}
	}
	return (first);
}

struct place {
	const char *dir;
	struct counters *counters;
	struct source *source;
};

static struct source *
open_source(struct place *place, struct slice saved)
{
	const char *error;

	place->source = source_journal_new(place->dir, place->counters);
	assert_non_null(place->source);
	assert_int_equal(place->source->ops->start(
			     place->source, saved, FROM_START, true, &error),
	    0);
	return (place->source);
}

static int
set_up(void **state)
{
	static struct place place;

	arrange();
	place.dir = scratch_make();
	place.counters = counters_new(4096);
	write_entries(place.dir, 0, ENTRIES);
	*state = &place;
	return (0);
}

static int
tear_down(void **state)
{
	struct place *place = *state;

	counters_free(place->counters);
	scratch_remove(place->dir);
	return (0);
}

static void
test_faults(void **state)
{
	static const int errors[] = { EBADMSG, EADDRNOTAVAIL, EIDRM, EIO };
	struct place *place = *state;

	for (size_t i = 0; i < COUNT(errors); i++)
		for (int at = 1; at <= ENTRIES + 1; at += 25) {
			struct source *source;

			arrange();
			source = open_source(place, (struct slice){ "", 0 });
			next.fail_at = next.calls + at;
			next.faults = 2;
			next.error = errors[i];
			next.heads = 0;
			assert_int_equal(
			    read_entries(source, 0, INT32_MAX), ENTRIES);
			assert_int_equal(next.faults, 0);
			/* Only where nothing was read yet. */
			assert_int_equal(next.heads, at == 1 ? 2 : 0);
			assert_int_equal(next.tails, 0);
			source->ops->free(source);
		}
	assert_int_equal(value_of(place->counters, "tailer:gaps"), 0);
}

static void
test_other_faults(void **state)
{
	struct place *place = *state;
	struct source *source = open_source(place, (struct slice){ "", 0 });

	cursor.fail_at = cursor.calls + 5;
	cursor.faults = 1;
	cursor.error = EADDRNOTAVAIL;
	assert_int_equal(read_entries(source, 0, 20), 20);
	process.fail_at = 1;
	process.faults = 1;
	process.error = EIO;
	assert_int_equal(read_entries(source, 20, INT32_MAX), ENTRIES);
	assert_int_equal(cursor.faults + process.faults, 0);
	write_entries(place->dir, ENTRIES, 3);
	assert_int_equal(read_entries(source, ENTRIES, INT32_MAX), ENTRIES + 3);
	source->ops->free(source);
	assert_int_equal(value_of(place->counters, "tailer:gaps"), 0);
}

/* Stopped behind any entry, it goes on at the next. */
static void
test_resume(void **state)
{
	struct place *place = *state;

	for (int at = 0; at <= ENTRIES; at++) {
		struct source *source = open_source(
		    place, (struct slice){ "", 0 });
		char text[TEXT_MAX];
		size_t len;

		assert_int_equal(read_entries(source, 0, at), at);
		len = source->ops->save(source, text);
		source->ops->free(source);
		source = open_source(place, (struct slice){ text, len });
		assert_int_equal(read_entries(source, at, INT32_MAX), ENTRIES);
		source->ops->free(source);
	}
	assert_int_equal(value_of(place->counters, "tailer:gaps"), 0);
}

/* A saved text that is no cursor is refused, not taken for the start. */
static void
test_bad_cursor(void **state)
{
	struct place *place = *state;
	struct source *source = source_journal_new(place->dir, place->counters);
	const char *error = NULL;

	assert_int_equal(source->ops->start(source, SLICE("s=nonsense"),
			     FROM_START, true, &error),
	    -1);
	assert_non_null(error);
	source->ops->free(source);
}

int
main(void)
{
	const struct CMUnitTest tests[] = {
		{ "after a fault of next each entry comes once", test_faults,
		    set_up, tear_down, NULL },
		{ "and after faults elsewhere", test_other_faults, set_up,
		    tear_down, NULL },
		{ "it resumes behind any entry", test_resume, set_up, tear_down,
		    NULL },
		{ "a saved place that is none is an error", test_bad_cursor,
		    set_up, tear_down, NULL },
	};

	if (access(REMOTE, X_OK) != 0) {
		puts("1..0 # SKIP needs systemd-journal-remote");
		return (0);
	}
	return (cmocka_run_group_tests(tests, NULL, NULL));
}
