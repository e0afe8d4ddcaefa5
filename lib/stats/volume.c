/*
 * Messages in sets of a few: an id has one set, in which it comes first and
 * pushes out the last.
 */
#include "lib/stats/queue_id.h"
#include "lib/stats/volume.h"

_Static_assert(NAMES_MAX <= 64, "each transport has a bit");

static inline uint64_t
hash_of(unsigned instance, struct slice id)
{
	const uint64_t odd = 0x9e3779b97f4a7c15u;
	uint64_t hash = (queue_id_first(id) + instance) * odd;

	hash ^= hash >> 32;
	if (id.len > 16)
		hash = (queue_id_middle(id) + hash) * odd;
	return ((queue_id_last(id) ^ hash) * odd);
}

/* Other bits of the hash than the set, and never 0. */
static inline uint64_t
mark_of(uint64_t hash)
{
	uint64_t mark = hash << VOLUME_SETS_BITS >> VOLUME_SIZE_BITS;

	return ((mark | 1) << VOLUME_SIZE_BITS);
}

static inline bool
is_marked(const struct volume_message *message, uint64_t mark)
{
	return ((message->mark_size ^ mark) >> VOLUME_SIZE_BITS == 0);
}

/* The place of a message in its set; the last one also if it is not there. */
static inline size_t
place_of(const struct volume_message set[VOLUME_WAYS], uint64_t mark)
{
	_Static_assert(VOLUME_WAYS == 4, "all places are looked at");
	return (is_marked(&set[0], mark) ? 0 :
		is_marked(&set[1], mark) ? 1 :
		is_marked(&set[2], mark) ? 2 :
					   3);
}

/* Make room in front of a set by giving up a place. */
static inline void
make_room(struct volume_message set[VOLUME_WAYS], size_t place)
{
	if (place == 3)
		set[3] = set[2];
	if (place >= 2)
		set[2] = set[1];
	if (place >= 1)
		set[1] = set[0];
}

static inline struct volume_message *
set_of(struct volume *volume, uint64_t hash)
{
	return (volume->message[hash >> (64 - VOLUME_SETS_BITS)]);
}

void
volume_expect(struct volume *volume, unsigned instance, struct slice id)
{
	struct volume_message *set = set_of(volume, hash_of(instance, id));

	__builtin_prefetch(set, 1);
	__builtin_prefetch(set + VOLUME_WAYS - 1, 1);
}

void
volume_enter(struct volume *volume, unsigned instance, struct slice id,
    uint64_t size, bool anew)
{
	const uint64_t most = ((uint64_t)1 << VOLUME_SIZE_BITS) - 1;
	uint64_t hash = hash_of(instance, id), mark = mark_of(hash);
	struct volume_message *set = set_of(volume, hash);
	size_t place = place_of(set, mark);
	uint64_t transports = 0;

	if (!anew && is_marked(&set[place], mark))
		transports = set[place].transports;
	make_room(set, place);
	set[0] = (struct volume_message){ mark | (size < most ? size : most),
		transports };
}

int
volume_take(struct volume *volume, unsigned instance, struct slice id,
    unsigned transport, uint64_t *size_r)
{
	uint64_t hash = hash_of(instance, id), mark = mark_of(hash);
	struct volume_message *set = set_of(volume, hash);
	struct volume_message *message = &set[place_of(set, mark)];
	uint64_t bit = (uint64_t)1 << transport;

	if (!is_marked(message, mark))
		return (-1);
	if (message->transports & bit)
		return (0);
	message->transports |= bit;
	*size_r = message->mark_size ^ mark;
	return (1);
}
