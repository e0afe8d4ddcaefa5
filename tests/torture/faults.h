/*
 * Between the preloaded library and who reads what it leaves behind.
 */
#ifndef TESTS_FAULTS_H
#define TESTS_FAULTS_H

#include <stdint.h>

/* The calls that are counted and can be broken. */
#define FAULT_CALLS(X) \
	X(open) \
	X(read) \
	X(pread) \
	X(write) \
	X(pwrite) \
	X(fsync) \
	X(ftruncate) \
	X(rename) \
	X(link) \
	X(unlink) \
	X(close) \
	X(malloc) \
	X(calloc) \
	X(realloc)

enum fault_call {
#define X(name) CALL_##name,
	FAULT_CALLS(X)
#undef X
	    CALL_COUNT
};

/* What FAULT_COUNTS names is mapped as this. */
struct fault_counts {
	volatile uint64_t calls[CALL_COUNT];
	volatile uint64_t hits; /* faults injected */
};

/* Records of what JOURNAL names; data or the second path follow. */
enum journal_kind {
	JOURNAL_CREATE = 1, /* path */
	JOURNAL_WRITE,      /* data */
	JOURNAL_TRUNCATE,
	JOURNAL_SYNC,
	JOURNAL_SYNC_DIR,
	JOURNAL_RENAME, /* path, and second path */
	JOURNAL_LINK,
	JOURNAL_UNLINK
};

struct journal_record {
	uint32_t kind;
	uint32_t length; /* of what follows */
	uint64_t inode;
	uint64_t offset; /* or size */
	char path[64];   /* without directory */
};

#endif
