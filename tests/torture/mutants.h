/*
 * Stores, and what can happen to them.
 */
#ifndef TESTS_MUTANTS_H
#define TESTS_MUTANTS_H

#include "lib/stats/store.h"
#include "tests/torture/torture.h"

enum mutant_kind {
	KIND_BIT,
	KIND_BYTE,
	KIND_HEADER,     /* a byte of a page's header */
	KIND_FIRST_PAGE, /* a bit of the first page */
	KIND_TRUNCATION,
	KIND_SECTOR,
	KIND_PAGE,
	KIND_GENERATIONS,
	KIND_COUNT
};

/* Two publications of one store, as bytes and as they read. */
struct patient {
	char dir[NAME_SIZE];
	char state_dir[NAME_SIZE + 16], config[NAME_SIZE + 16],
	    log[NAME_SIZE + 16];
	unsigned char *bytes[2], *mutant;
	size_t size, used; /* used: without padding */
	struct snapshot *state[2];
};

void patient_make(struct patient *patient);

/* Write a mutant to `path`; one that is `sealed` has a seal of its own, so
   that only what is behind the seal can refuse it. */
void mutant_make(struct patient *patient, enum mutant_kind kind, bool sealed,
    uint64_t seed, const char *path);

/* Make the file at `path` the store, and the older publication its `.1`. */
void patient_place(const struct patient *patient, const char *path);

/* Whether the store holds what one publication held, after a start of the
   tailer; the newer one if the mutant was good. */
bool patient_recovered(const struct patient *patient, bool was_good);

/* Both hold the same keys, values and texts, as one publication. */
bool snapshots_same(const struct snapshot *a, const struct snapshot *b);

#endif
