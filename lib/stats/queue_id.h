/*
 * Queue ids as words: three hold the bytes of any, and overlap unless it has 16
 * or 24.
 */
#ifndef STATS_QUEUE_ID_H
#define STATS_QUEUE_ID_H

#include "lib/util/bytes.h"
#include "lib/util/slice.h"

/* All of an id that has less than eight bytes, as mostly none has. */
__attribute__((noinline, unused)) static uint64_t
queue_id_short(struct slice id)
{
	uint64_t word = 0;

	for (size_t i = id.len; i-- > 0;)
		word = word << 8 | (unsigned char)id.at[i];
	return (word);
}

static inline uint64_t
queue_id_first(struct slice id)
{
	return (id.len < 8 ? queue_id_short(id) : bytes_load(id.at));
}

static inline uint64_t
queue_id_middle(struct slice id)
{
	return (id.len > 16 ? bytes_load(id.at + 8) : 0);
}

static inline uint64_t
queue_id_last(struct slice id)
{
	return (id.len < 8 ? 0 : bytes_load(id.at + id.len - 8));
}

#endif
