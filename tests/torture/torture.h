/*
 * Torture of the tailer: a writer that rotates its log, a killer, and a truth
 * that is taken from what stands on disk in the end.
 *
 * All that an episode does follows from its seed, but for the scheduling of
 * the processes.  It works in a directory of its own and ends, by pid, every
 * process that it started.
 */
#ifndef TESTS_TORTURE_H
#define TESTS_TORTURE_H

#include <sys/types.h>

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>

struct snapshot;

enum { NAME_SIZE = 256, LINE_SIZE = 512, EPISODE_KILLS = 25 };

enum mode {
	MODE_NONE,
	MODE_RENAME,   /* rename, create, reopen at once */
	MODE_LATE,     /* the old file is written to for up to 300 ms more */
	MODE_DOUBLE,   /* two renames in a row */
	MODE_TRUNCATE, /* copied and truncated between two lines */
	MODE_GZIP,     /* dated names, compressed at once */
	MODE_COUNT
};

extern const char *const mode_names[MODE_COUNT];

/* --- random numbers (process.c) ----------------------------------------- */

struct random {
	uint64_t state;
};

uint64_t random_next(struct random *random);
uint64_t random_below(struct random *random, uint64_t limit);

/* --- processes and time (process.c) ------------------------------------- */

int64_t now_ms(void);
void sleep_us(uint64_t us);

/* As fork(2), but the child dies with us. */
pid_t process_fork(void);

/* Start argv[0] with standard output and error appended to the file
   `output`; `environment` (NULL-terminated) is added to ours.  It dies with
   us. */
pid_t process_start(
    const char *const argv[], const char *output, char *const environment[]);

/* Wait for its end; after `ms` it is killed.  Returns the status of waitpid,
   -1 if it had to be killed. */
int process_wait(pid_t pid, int64_t ms);
void process_kill(pid_t pid);

/* A fresh directory, in memory if possible; removed with all in it. */
void directory_make(char dir_r[NAME_SIZE], const char *purpose);
void directory_remove(const char *dir);

/* --- what is written, and what it counts (lines.c, truth.c) ------------- */

/* Line `number` of `seed`, with its newline.  Returns the length. */
size_t line_make(uint64_t seed, uint64_t number, char line_r[LINE_SIZE]);

struct truth {
	uint64_t seed;
	unsigned char *seen; /* by line number */
	uint64_t room;
	uint64_t lines;
};

void truth_free(struct truth *truth);

/* Take in every file beside `log` and itself, each line once however many
   copies there are.  Returns -1 after a message if a file holds what was
   never written. */
int truth_read(struct truth *truth, const char *log);

/* Compare every counter; prints each difference with `label` before it.
   Returns how many there are. */
unsigned truth_compare(const struct truth *truth,
    const struct snapshot *snapshot, const char *label);

/* The lines that a counter of ours stands for, for peers. */
uint64_t truth_sent(const struct truth *truth);

/* --- the writer (writer.c) ---------------------------------------------- */

/* Shared between the writer and who watches it. */
struct board {
	volatile uint64_t written; /* whole lines */
	volatile uint64_t rotations;
	volatile int may_rotate;
	volatile int stop;
};

struct writer_plan {
	enum mode mode;
	uint64_t seed;
	const char *log;
	bool halves;        /* now and then half a line first */
	unsigned rate;      /* lines per second */
	unsigned rotate_ms; /* mean time between rotations */
	struct board *board;
};

/* The process that writes; returns its pid. */
pid_t writer_start(const struct writer_plan *plan);
struct board *board_new(void);
void board_free(struct board *board);

/* --- the tailer under test (tailer.c) ----------------------------------- */

struct bench {
	char dir[NAME_SIZE]; /* holds all of the following */
	char log[NAME_SIZE + 16], state[NAME_SIZE + 16];
	char config[NAME_SIZE + 16], store[NAME_SIZE + 32];
	char output[NAME_SIZE + 16];
	const char *bin;
};

/* Make the directories and the configuration. */
void bench_make(struct bench *bench, const char *bin, const char *purpose,
    const char *interval, unsigned capacity);

/* Start it; `once` adds --once; `environment` may be NULL. */
pid_t bench_start(
    const struct bench *bench, bool once, char *const environment[]);

/* Read the store; NULL if there is none or, with *wrong_r set, a bad one. */
struct snapshot *bench_read(const struct bench *bench, const char **wrong_r);

/* lines:read as published; 0 if there is nothing. */
uint64_t bench_lines(const struct bench *bench);

/* Until there is a later generation. */
bool bench_wait_ready(
    const struct bench *bench, uint32_t generation, int64_t ms);

/* Until lines:read reaches `lines` or nothing has moved for `ms`. */
bool bench_wait(const struct bench *bench, uint64_t lines, int64_t ms);

/* --- what can be run ---------------------------------------------------- */

struct tally {
	volatile uint64_t episodes, kills, stops, lines, rotations;
	volatile uint64_t failed; /* episodes */
	volatile uint64_t peer_counted, peer_truth;
};

struct setting {
	const char *bin;    /* directory of the programs */
	const char *peer;   /* NULL: our own tailer */
	const char *faults; /* the library to preload */
	bool keep;          /* what failed stays on disk */
};

/* One episode of `kills` kills.  Returns 0 if all is exact. */
int episode_run(const struct setting *setting, enum mode mode, uint64_t seed,
    unsigned kills, struct tally *tally);
int peer_run(const struct setting *setting, enum mode mode, uint64_t seed,
    unsigned kills, struct tally *tally);

/* Every fault at every `stride`th call, `only` names one call or is NULL.
   Returns how many went wrong. */
unsigned walk_run(const struct setting *setting, uint64_t seed, unsigned stride,
    const char *only, unsigned jobs);

/* `states` states of the power-cut model.  Returns how many went wrong. */
unsigned powercut_run(
    const struct setting *setting, uint64_t seed, unsigned states);

/* A file system without room.  Returns 0, 1 if wrong, -1 if not possible. */
int full_run(const struct setting *setting, uint64_t seed);

#endif
