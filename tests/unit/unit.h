/*
 * What the unit tests share: cmocka's headers in the order that it wants
 * them, counters fed by single lines, and a directory to write in.
 */
#ifndef TESTS_UNIT_H
#define TESTS_UNIT_H

#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>

#include <dirent.h>
#include <inttypes.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "lib/stats/counters.h"
#include "lib/stats/line.h"

/* A test by its sentence; TABLE_TEST hands it a table that ends with NULLs. */
#define TEST(sentence, function) \
	{ \
		sentence, function, NULL, NULL, NULL \
	}
#define TABLE_TEST(sentence, function, table) \
	{ \
		sentence, function, NULL, NULL, (void *)(uintptr_t)(table) \
	}

#define ABSENT      UINT64_MAX
#define NO_INSTANCE ((struct slice){ NULL, 0 })

/* --- counters that lines are fed to ------------------------------------ */

struct tally {
	struct counters *counters;
	struct line_counter *lines;
};

static inline struct tally
tally_new(uint32_t capacity)
{
	struct tally tally;

	tally.counters = counters_new(capacity);
	assert_non_null(tally.counters);
	tally.lines = line_counter_new(tally.counters);
	assert_non_null(tally.lines);
	return (tally);
}

static inline void
tally_free(struct tally *tally)
{
	line_counter_free(tally->lines);
	counters_free(tally->counters);
}

static inline void
tally_line(struct tally *tally, const char *line)
{
	line_count(tally->lines, slice_of(line), NO_INSTANCE);
}

/* A line without its head: "postfix/smtp[1]: ...". */
static inline void
tally_text(struct tally *tally, const char *text)
{
	char line[4096];

	(void)snprintf(line, sizeof(line), "Feb 24 16:18:40 mx1 %s", text);
	tally_line(tally, line);
}

static inline struct snapshot *
snapshot_of(struct counters *counters)
{
	struct snapshot *snapshot = snapshot_new();

	assert_non_null(snapshot);
	counters_save(counters, snapshot);
	assert_false(snapshot->failed);
	snapshot_sort(snapshot);
	return (snapshot);
}

static inline uint64_t
value_in(const struct snapshot *snapshot, const char *key)
{
	uint64_t value;

	return (
	    snapshot_number(snapshot, slice_of(key), &value) ? value : ABSENT);
}

/* The same with what is only summed up yet. */
static inline struct snapshot *
settled(struct tally *tally)
{
	line_settle(tally->lines);
	return (snapshot_of(tally->counters));
}

/* The value of `key`, ABSENT if there is no such key. */
static inline uint64_t
value_of(struct counters *counters, const char *key)
{
	struct snapshot *snapshot = snapshot_of(counters);
	uint64_t value = value_in(snapshot, key);

	snapshot_free(snapshot);
	return (value);
}

/* Whether moved() leaves out a key: what each line moves, each delivery of
   delivery_dsn, a failure for no known reason, and histograms. */
static inline bool
is_left_out(const char *key)
{
	static const char *const families[] = { "delivery_dsn:",
		"queue_in_size:", "queue_in_recipients:", "delay:", "delay_5m:",
		"delivery_volume:", "volume:" };

	for (size_t i = 0; i < COUNT(families); i++)
		if (strncmp(key, families[i], strlen(families[i])) == 0)
			return (true);
	if (strncmp(key, "fail_reason:", 12) == 0)
		return (strcmp(strrchr(key, ':'), ":other") == 0);
	return (strcmp(key, "lines:read") == 0 ||
	    strcmp(key, "lines:postfix") == 0);
}

/* All other keys that are not 0, in order: "sent:smtp recv:smtp=2". */
static inline const char *
moved(struct counters *counters)
{
	static char text[16384];
	struct snapshot *snapshot = snapshot_of(counters);
	size_t len = 0;

	text[0] = '\0';
	for (size_t i = 0; i < snapshot->number_count; i++) {
		const struct number *number = &snapshot->numbers[i];

		if (number->value == 0 || is_left_out(number->key))
			continue;
		len += (size_t)snprintf(text + len, sizeof(text) - len, "%s%s",
		    len > 0 ? " " : "", number->key);
		assert_true(len < sizeof(text));
		if (number->value == 1)
			continue;
		len += (size_t)snprintf(
		    text + len, sizeof(text) - len, "=%" PRIu64, number->value);
		assert_true(len < sizeof(text));
	}
	snapshot_free(snapshot);
	return (text);
}

/* A line behind its head, and what moved() says of it alone. */
struct line_case {
	const char *text;
	const char *moved;
};

/* For TABLE_TEST: each line of a table moves what it is said to. */
static inline void
test_moves(void **state)
{
	for (const struct line_case *c = *state; c->text != NULL; c++) {
		struct tally tally = tally_new(4096);
		const char *got;

		tally_text(&tally, c->text);
		got = moved(tally.counters);
		if (strcmp(got, c->moved) != 0)
			fail_msg("\"%s\" moves \"%s\", not \"%s\"", c->text,
			    got, c->moved);
		tally_free(&tally);
	}
}

/* Both hold the same keys, values and texts. */
static inline bool
snapshots_same(const struct snapshot *a, const struct snapshot *b)
{
	if (a->number_count != b->number_count ||
	    a->text_count != b->text_count)
		return (false);
	for (size_t i = 0; i < a->number_count; i++)
		if (strcmp(a->numbers[i].key, b->numbers[i].key) != 0 ||
		    a->numbers[i].value != b->numbers[i].value)
			return (false);
	for (size_t i = 0; i < a->text_count; i++)
		if (strcmp(a->texts[i].key, b->texts[i].key) != 0 ||
		    memcmp(a->texts[i].text, b->texts[i].text, TEXT_MAX) != 0)
			return (false);
	return (true);
}

/* --- a directory of the test's own -------------------------------------- */

static inline const char *
scratch_make(void)
{
	static char dir[64];

	(void)snprintf(dir, sizeof(dir), "/tmp/postfix-stats-test.XXXXXX");
	assert_non_null(mkdtemp(dir));
	return (dir);
}

/* Remove `dir`, which holds files only. */
static inline void
scratch_remove(const char *dir)
{
	char path[512];
	struct dirent *entry;
	DIR *open = opendir(dir);

	assert_non_null(open);
	while ((entry = readdir(open)) != NULL) {
		(void)snprintf(path, sizeof(path), "%s/%s", dir, entry->d_name);
		if (entry->d_name[0] != '.')
			assert_int_equal(unlink(path), 0);
	}
	closedir(open);
	assert_int_equal(rmdir(dir), 0);
}

/* Pseudo-random numbers, the same in each run. */
static inline uint32_t
random_next(uint32_t *state)
{
	*state ^= *state << 13;
	*state ^= *state >> 17;
	*state ^= *state << 5;
	return (*state);
}

#endif
