/*
 * A fuzz target: one function that takes any bytes and must return.  The same
 * function is driven by libFuzzer (`make fuzz TARGET=head`) and, over the
 * seeds, by replay.c in `make check`.
 */
#ifndef TESTS_FUZZ_H
#define TESTS_FUZZ_H

#include <stddef.h>
#include <stdint.h>
#include <stdlib.h>
#include <string.h>

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

/* A copy that ends where the data end, so that a read behind it is seen. */
static inline char *
fuzz_copy(const uint8_t *data, size_t size)
{
	char *copy = malloc(size ? size : 1);

	if (copy == NULL)
		abort();
	if (size > 0)
		memcpy(copy, data, size);
	return (copy);
}

/* Our own promises; a broken one is a finding. */
#define PROMISE(what) \
	do { \
		if (!(what)) \
			abort(); \
	} while (0)

#endif
