/*
 * Turns that a log seldom takes: each line is counted once, and what can't be
 * found is a gap.
 */
#include <sys/stat.h>

#include "tailer/chain.h"
#include "tests/unit/unit.h"

enum { LINES_MAX = 1000, LATER_MS = 70000 };

static struct {
	char dir[200], log[SOURCE_PATH_MAX];
	struct counters *counters;
	struct source *source;
	int64_t now;
	int written;
	int seen[LINES_MAX];
} life;

/* --- the log ------------------------------------------------------------ */

static const char *
beside(const char *suffix)
{
	static char path[2][SOURCE_PATH_MAX + 32];
	static unsigned turn;
	char *at = path[turn++ % 2];

	(void)snprintf(at, sizeof(path[0]), "%s%s", life.log, suffix);
	return (at);
}

/* Append lines, no two the same. */
static void
add(const char *suffix, int count)
{
	FILE *file = fopen(beside(suffix), "ae");

	assert_non_null(file);
	for (int i = 0; i < count; i++)
		fprintf(file, "line %d of a log that is not any longer\n",
		    life.written++);
	assert_int_equal(fclose(file), 0);
	assert_true(life.written <= LINES_MAX);
}

static void
move(const char *from, const char *to)
{
	assert_int_equal(rename(beside(from), beside(to)), 0);
}

static void
copy(const char *from, const char *to)
{
	char bytes[LINES_MAX * 50];
	FILE *source = fopen(beside(from), "re"),
	     *file = fopen(beside(to), "we");
	size_t len;

	assert_non_null(source);
	assert_non_null(file);
	len = fread(bytes, 1, sizeof(bytes), source);
	assert_int_equal(fwrite(bytes, 1, len, file), len);
	fclose(source);
	assert_int_equal(fclose(file), 0);
}

static void
put(const char *suffix, const char *bytes)
{
	FILE *file = fopen(beside(suffix), "we");

	assert_non_null(file);
	fputs(bytes, file);
	assert_int_equal(fclose(file), 0);
}

static void
drop(const char *suffix)
{
	assert_int_equal(unlink(beside(suffix)), 0);
}

/* --- following it ------------------------------------------------------- */

static void
read_all(void)
{
	struct slice lines, line;
	enum source_result result;

	while ((result = life.source->ops->next(life.source, &lines)) !=
	    SOURCE_END) {
		uint64_t number;

		assert_int_equal(result, SOURCE_LINES);
		while (slice_cut(&lines, '\n', &line)) {
			assert_true(slice_skip(&line, "line "));
			assert_true(
			    slice_number(slice_until(line, ' '), &number));
			assert_true(number < LINES_MAX);
			life.seen[number]++;
		}
		assert_int_equal(lines.len, 0);
	}
}

/* Look often enough for all to be read, in order. */
static void
follow(void)
{
	for (int i = 0; i < 3; i++) {
		life.source->ops->check(life.source);
		read_all();
		(void)life.source->ops->settle(life.source, life.now);
		read_all();
		life.now += 100;
	}
	(void)life.source->ops->backlog(life.source);
}

/* Long enough for files to be let go of. */
static void
later(void)
{
	life.now += LATER_MS;
	follow();
}

static void
start_from(struct slice saved, enum source_from from)
{
	const char *error;

	life.source = source_file_new(life.log, NO_INSTANCE, life.counters);
	assert_non_null(life.source);
	assert_int_equal(
	    life.source->ops->start(life.source, saved, from, true, &error), 0);
}

static void
start(struct slice saved)
{
	start_from(saved, FROM_START);
}

/* The tailer ends, `meanwhile` is done, another goes on. */
static void
restart(void (*meanwhile)(void))
{
	char saved[TEXT_MAX];
	size_t len = life.source->ops->save(life.source, saved);

	life.source->ops->free(life.source);
	meanwhile();
	start((struct slice){ saved, len });
	follow();
}

static int
set_up(void **state)
{
	(void)state;
	memset(&life, 0, sizeof(life));
	(void)snprintf(life.dir, sizeof(life.dir), "%s", scratch_make());
	(void)snprintf(life.log, sizeof(life.log), "%s/log", life.dir);
	life.counters = counters_new(512);
	assert_non_null(life.counters);
	life.now = 1000;
	return (0);
}

static int
tear_down(void **state)
{
	(void)state;
	life.source->ops->free(life.source);
	counters_free(life.counters);
	scratch_remove(life.dir);
	return (0);
}

/* All that was written was seen once, but for `lost` lines from `from` on. */
static void
exact(uint64_t gaps, int from, int lost)
{
	for (int i = 0; i < life.written; i++)
		if (life.seen[i] != (i < from || i >= from + lost))
			fail_msg("line %d counts %d times", i, life.seen[i]);
	assert_int_equal(value_of(life.counters, "tailer:gaps"), gaps);
}

/* --- what happens to it ------------------------------------------------- */

/* Nothing is there at first, but for an older file. */
static void
test_late(void **state)
{
	(void)state;
	put(".1", "line 0 is of before\n");
	start((struct slice){ "", 0 });
	follow();
	put(".2", "");
	life.written = 1;
	add("", 3);
	follow();
	later();
	exact(0, 0, 1);
}

/* Not even the directory. */
static void
test_no_directory(void **state)
{
	char dir[SOURCE_PATH_MAX];

	(void)state;
	(void)snprintf(dir, sizeof(dir), "%s/later", life.dir);
	(void)snprintf(life.log, sizeof(life.log), "%s/later/log", life.dir);
	start((struct slice){ "", 0 });
	follow();
	assert_int_equal(mkdir(dir, 0700), 0);
	add("", 3);
	follow();
	exact(0, 0, 0);
	drop("");
	assert_int_equal(rmdir(dir), 0);
}

static void
test_from_end(void **state)
{
	(void)state;
	add(".1", 2);
	add("", 3);
	start_from((struct slice){ "", 0 }, FROM_END);
	follow();
	add("", 3);
	follow();
	exact(0, 0, 5);
}

static void
test_from_end_of_none(void **state)
{
	(void)state;
	add(".1", 2);
	start_from((struct slice){ "", 0 }, FROM_END);
	follow();
	add("", 3);
	follow();
	exact(0, 0, 2);
}

/* Of what there was before nothing can be told. */
static void
test_bad_before(void **state)
{
	(void)state;
	put(".2.gz", "no archive");
	put(".1", "");
	put(".old", "of another kind");
	put("", "");
	start((struct slice){ "", 0 });
	follow();
	add("", 3);
	follow();
	move("", ".0");
	add("", 3);
	follow();
	exact(0, 0, 0);
}

/* Rotated twice, and the log itself is not there yet. */
static void
rotate_twice(void)
{
	move("", ".2");
	add(".1", 4);
}

static void
test_not_yet(void **state)
{
	(void)state;
	add("", 5);
	start((struct slice){ "", 0 });
	follow();
	restart(rotate_twice);
	add("", 3);
	follow();
	later();
	exact(0, 0, 0);
}

/* The number of the line that comes next. */
static uint64_t
next_line(void)
{
	struct slice lines;
	uint64_t number;

	assert_int_equal(
	    life.source->ops->next(life.source, &lines), SOURCE_LINES);
	assert_true(slice_skip(&lines, "line "));
	assert_true(slice_number(slice_until(lines, ' '), &number));
	return (number);
}

/* The writer goes on with the renamed file, then reopens, while somebody reads
   between the two: what it wrote first is read first. */
static void
test_writer_reopens(void **state)
{
	(void)state;
	add("", 2);
	start((struct slice){ "", 0 });
	follow();
	move("", ".1");
	add("", 1);
	life.source->ops->check(life.source);
	assert_int_equal(next_line(), 2); /* of the new one, whose turn it is */
	add(".1", 1);
	add("", 1);
	assert_int_equal(next_line(), 3);
	assert_int_equal(next_line(), 4);
}

/* Somebody copies a file that is still read, before a line of the next is. */
static void
test_copied(void **state)
{
	(void)state;
	add("", 5);
	start((struct slice){ "", 0 });
	follow();
	move("", ".2");
	put("", "");
	follow();
	copy(".2", ".1");
	add("", 5);
	follow();
	later();
	exact(0, 0, 0);
}

/* The file that was read before comes back under the log's name. */
static void
test_back(void **state)
{
	(void)state;
	add("", 5);
	start((struct slice){ "", 0 });
	follow();
	move("", ".1");
	add("", 5);
	follow();
	move("", ".2");
	move(".1", "");
	add("", 5);
	follow();
	later();
	exact(0, 0, 0);
}

/* An editor, or an administrator, has put a copy in its place. */
static void
test_replaced(void **state)
{
	(void)state;
	add("", 5);
	start((struct slice){ "", 0 });
	follow();
	copy("", ".new");
	move(".new", "");
	add("", 5);
	follow();
	later();
	exact(0, 0, 0);
}

/* As many renames between two looks as a chain has no room for. */
static void
many_renames(void)
{
	char suffix[16];

	for (int i = 2 * CHAIN_MAX; i > 0; i--) {
		(void)snprintf(suffix, sizeof(suffix), ".%d", i);
		move("", suffix);
		add("", 3);
	}
}

static void
test_many(void **state)
{
	(void)state;
	add("", 5);
	start((struct slice){ "", 0 });
	follow();
	many_renames();
	for (int i = 0; i < 2 * CHAIN_MAX; i++)
		follow();
	later();
	exact(0, 0, 0);
}

static void
test_many_away(void **state)
{
	(void)state;
	add("", 5);
	start((struct slice){ "", 0 });
	follow();
	restart(many_renames);
	for (int i = 0; i < 2 * CHAIN_MAX; i++)
		follow();
	later();
	exact(0, 0, 0);
}

static void
pack_unknown(void)
{
	add("", 2);
	move("", ".3");
	put(".2.bz2", "what only bzip2 can read");
	put("", "");
	add("", 5);
}

/* What is packed in a way that nobody here can read is lost, and said so. */
static void
test_unknown_packing(void **state)
{
	(void)state;
	add("", 5);
	start((struct slice){ "", 0 });
	follow();
	restart(pack_unknown);
	later();
	exact(1, 0, 0);
}

static void
pack_badly(void)
{
	pack_unknown();
	move(".2.bz2", ".2.gz");
}

static void
test_bad_packing(void **state)
{
	(void)state;
	add("", 5);
	start((struct slice){ "", 0 });
	follow();
	restart(pack_badly);
	later();
	exact(1, 0, 0);
}

/* The old file is gone, and of the new one nothing was read. */
static void
lose_old(void)
{
	drop(".1");
	add("", 4);
}

static void
test_lost(void **state)
{
	(void)state;
	add("", 5);
	start((struct slice){ "", 0 });
	follow();
	move("", ".1");
	put("", "");
	follow();
	add(".1", 2);
	restart(lose_old);
	later();
	exact(1, 5, 2);
}

/*
 * Of one file nothing was read, and it has gone; its number is now that of a
 * copy of another, which was read.  It is known by what is in it.
 */
static void
reuse_number(const char *before)
{
	char saved[TEXT_MAX + 2 * POSITION_TEXT_MAX], text[POSITION_TEXT_MAX];
	struct position unread = { .offset = 0 };
	struct stat st;
	size_t len;

	add("", 5);
	start((struct slice){ "", 0 });
	follow();
	copy("", ".1");
	assert_int_equal(stat(beside(".1"), &st), 0);
	unread.device = st.st_dev;
	unread.inode = st.st_ino;
	position_note(&unread, SLICE(""), SLICE(""));
	(void)position_format(&unread, text);
	len = (size_t)snprintf(saved, sizeof(saved), "%s%s", before, text);
	len += life.source->ops->save(life.source, saved + len);
	life.source->ops->free(life.source);
	assert_int_equal(truncate(life.log, 0), 0);
	add("", 3);
	start((struct slice){ saved, len });
	follow();
	exact(0, 0, 0);
}

static void
test_number(void **state)
{
	(void)state;
	reuse_number("");
}

static void
test_number_first(void **state)
{
	(void)state;
	reuse_number("=0 0 0 0 0 0 ");
}

/* An empty file is let go of like any other. */
static void
test_empty(void **state)
{
	(void)state;
	put("", "");
	start((struct slice){ "", 0 });
	follow();
	for (int i = 3; i > 0; i--) {
		char suffix[16];

		(void)snprintf(suffix, sizeof(suffix), ".%d", i);
		move("", suffix);
		put("", "");
		follow();
	}
	later();
	add("", 3);
	follow();
	exact(0, 0, 0);
}

static void
nothing(void)
{
}

/* A name so long that few positions fit into a record of the store. */
static void
test_long_name(void **state)
{
	size_t len = strlen(life.log);

	(void)state;
	memset(life.log + len, 'g', 220 - len);
	add("", 5);
	start((struct slice){ "", 0 });
	follow();
	many_renames();
	follow();
	restart(nothing);
	for (int i = 0; i < 2 * CHAIN_MAX; i++)
		restart(nothing);
	later();
	exact(0, 0, 0);
}

#define SCENE(sentence, function) \
	{ \
		sentence, function, set_up, tear_down, NULL \
	}

int
main(void)
{
	const struct CMUnitTest tests[] = {
		SCENE(
		    "a log that comes later is read from its start", test_late),
		SCENE(
		    "so is one whose directory comes later", test_no_directory),
		SCENE("--from end reads what comes then", test_from_end),
		SCENE("also of a log that is not there", test_from_end_of_none),
		SCENE("damage of before is no gap", test_bad_before),
		SCENE("a log that is rotated twice and not there yet",
		    test_not_yet),
		SCENE("a writer that reopens its log is read in order",
		    test_writer_reopens),
		SCENE("a copy of a file that is read is left out", test_copied),
		SCENE("a file that gets the log's name back is read on",
		    test_back),
		SCENE("so is a copy in the log's place", test_replaced),
		SCENE("more renames than files are open at once", test_many),
		SCENE("so many while nobody looks", test_many_away),
		SCENE("a packing that is not known is a gap",
		    test_unknown_packing),
		SCENE("so is an archive that is none", test_bad_packing),
		SCENE("and a file that was not read to its end", test_lost),
		SCENE("a file is known by its lines, not by a number that "
		      "another had",
		    test_number),
		SCENE("also where all is new", test_number_first),
		SCENE("empty files change nothing", test_empty),
		SCENE("nor does a name as long as can be", test_long_name),
	};

	return (cmocka_run_group_tests(tests, NULL, NULL));
}
