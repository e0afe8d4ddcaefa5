/*
 * The walk over every fault at every call: one life of the tailer for each.
 */
#ifndef TESTS_WALK_H
#define TESTS_WALK_H

#include "tests/torture/faults.h"
#include "tests/torture/torture.h"

struct fault {
	enum fault_call call;
	const char *how;
	uint64_t nth;
	unsigned times; /* 0: for ever */
};

struct row {
	volatile uint64_t calls, runs, hits, ended, crashed, leaks, wrong;
};

struct walk {
	const struct setting *setting;
	uint64_t seed;
	struct row *rows;    /* shared, one for each call */
	unsigned open_files; /* of a life without faults */
};

extern const char *const call_names[CALL_COUNT];

/* One life with `fault`, or without if it is NULL, and the truth after it.
   Returns 0, or 1 after saying what was wrong. */
unsigned walk_one(struct walk *walk, const struct fault *fault,
    struct fault_counts *counts_r);

#endif
