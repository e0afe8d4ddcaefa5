/*
 * Ids between cleanup(8) and qmgr(8), in sets of a few: an id has one set, in
 * which it replaces the oldest.  A record holds lines "INSTANCE ID", with b, B
 * or h before them if it is PENDING_BACK, that and PENDING_NAMED, or
 * PENDING_HANDED.
 */
#include <stdio.h>

#include "lib/stats/pending.h"
#include "lib/stats/queue_id.h"

static inline bool
is_id(const struct pending_id *place, unsigned instance, struct slice id)
{
	return (place->first == queue_id_first(id) &&
	    place->last == queue_id_last(id) &&
	    place->middle == queue_id_middle(id) && place->len == id.len &&
	    place->instance == instance);
}

static inline uint64_t
hash_of(struct slice id)
{
	return ((queue_id_first(id) + queue_id_last(id)) * 0x9e3779b97f4a7c15u);
}

static inline struct pending_set *
set_of(struct pending *pending, uint64_t hash)
{
	return (&pending->set[hash >> (64 - PENDING_SETS_BITS)]);
}

/* Other bits of the hash than the set, and never 0. */
static inline uint8_t
mark_of(uint64_t hash)
{
	return ((uint8_t)(hash >> (56 - PENDING_SETS_BITS)) | 1);
}

static inline void
put_mark(struct pending_set *set, size_t place, uint8_t mark)
{
	set->marks &= ~((uint64_t)0xff << place * 8);
	set->marks |= (uint64_t)mark << place * 8;
}

/* The place of an id in its set; PENDING_WAYS if it is not there.  Only ids of
   its mark are compared, and such as bytes_equal() lets through behind one. */
static inline size_t
place_of(const struct pending_set *set, unsigned instance, struct slice id,
    uint8_t mark)
{
	uint64_t found = bytes_equal(set->marks, (char)mark);

	for (; found != 0; found &= found - 1) {
		size_t place = bytes_before(found);

		if (is_id(&set->id[place], instance, id))
			return (place);
	}
	return (PENDING_WAYS);
}

static inline bool
can_be_id(struct slice id)
{
	return (id.len > 0 && id.len <= PENDING_ID_MAX);
}

static uint32_t
age_of(const struct pending *pending, const struct pending_id *id)
{
	return (pending->serial - id->serial);
}

/* The place of the oldest id of a set that is full. */
__attribute__((noinline)) static size_t
oldest_of(const struct pending *pending, const struct pending_set *set)
{
	size_t oldest = 0;

	for (size_t i = 1; i < PENDING_WAYS; i++)
		if (age_of(pending, &set->id[i]) >
		    age_of(pending, &set->id[oldest]))
			oldest = i;
	return (oldest);
}

/* What an id was before it is named again is over, but that it is back.
   Returns whether it was not named yet. */
static bool
note_again(struct pending_id *known, enum pending_state state)
{
	bool named = (known->state & PENDING_NAMED) != 0;

	if (state == PENDING_NAMED && (known->state & PENDING_BACK) != 0)
		known->state |= PENDING_NAMED;
	else
		known->state = (uint8_t)state;
	return (!named && state == PENDING_NAMED);
}

bool
pending_add(struct pending *pending, unsigned instance, struct slice id,
    enum pending_state state)
{
	uint64_t hash = hash_of(id), room;
	struct pending_set *set = set_of(pending, hash);
	size_t place = place_of(set, instance, id, mark_of(hash));
	bool spared = true;

	if (!can_be_id(id))
		return (true);
	if (place < PENDING_WAYS) {
		pending->named += note_again(&set->id[place], state);
		return (true);
	}
	pending->named += state & PENDING_NAMED;
	room = bytes_equal(set->marks, '\0');
	if (room != 0)
		place = bytes_before(room);
	else {
		place = oldest_of(pending, set);
		spared = age_of(pending, &set->id[place]) >= PENDING_IDS;
	}
	set->id[place] = (struct pending_id){ queue_id_first(id),
		queue_id_middle(id), queue_id_last(id), ++pending->serial,
		(uint8_t)instance, (uint8_t)id.len, (uint8_t)state };
	put_mark(set, place, mark_of(hash));
	return (spared);
}

unsigned
pending_take(struct pending *pending, unsigned instance, struct slice id,
    unsigned states)
{
	uint64_t hash = hash_of(id);
	struct pending_set *set = set_of(pending, hash);
	size_t place = place_of(set, instance, id, mark_of(hash));

	if (place == PENDING_WAYS || (set->id[place].state & states) == 0)
		return (0);
	put_mark(set, place, 0);
	set->id[place].len = 0;
	return (set->id[place].state);
}

static void
save_record(struct snapshot *snapshot, unsigned number, struct slice text)
{
	char key[24];

	(void)snprintf(key, sizeof(key), "=pending:%02u", number);
	snapshot_add_text(snapshot, slice_of(key), text);
}

/* The oldest of a set that is younger than `last`; of all if that is NULL. */
static const struct pending_id *
next_oldest(const struct pending *pending, const struct pending_set *set,
    const struct pending_id *last)
{
	const struct pending_id *next = NULL;

	for (size_t i = 0; i < PENDING_WAYS; i++) {
		const struct pending_id *id = &set->id[i];
		uint32_t age = age_of(pending, id);

		if (id->len > 0 &&
		    (last == NULL || age < age_of(pending, last)) &&
		    (next == NULL || age > age_of(pending, next)))
			next = id;
	}
	return (next);
}

static const char *
letter_of(unsigned state)
{
	return (state == (PENDING_BACK | PENDING_NAMED) ? "B" :
		state == PENDING_BACK                   ? "b" :
		state == PENDING_HANDED                 ? "h" :
							  "");
}

/* Returns the length. */
static size_t
write_id(char text[PENDING_ID_MAX + 6], const struct pending_id *id)
{
	char raw[PENDING_ID_MAX];

	bytes_store(raw, id->first);
	bytes_store(raw + 8, id->middle);
	if (id->len >= 8)
		bytes_store(raw + id->len - 8, id->last);
	return ((size_t)snprintf(text, PENDING_ID_MAX + 6, "%s%u %.*s\n",
	    letter_of(id->state), id->instance, (int)id->len, raw));
}

/* Oldest first, so that pending_load() has them in the same order. */
void
pending_save(const struct pending *pending, struct snapshot *snapshot)
{
	char text[TEXT_MAX + 1];
	unsigned records = 0;
	size_t len = 0;

	for (int i = 0; i < PENDING_SETS; i++) {
		const struct pending_set *set = &pending->set[i];
		const struct pending_id *id = NULL;

		while ((id = next_oldest(pending, set, id)) != NULL) {
			if (len + PENDING_ID_MAX + 5 > TEXT_MAX) {
				save_record(snapshot, records++,
				    (struct slice){ text, len });
				len = 0;
			}
			len += write_id(text + len, id);
		}
	}
	if (len > 0)
		save_record(snapshot, records, (struct slice){ text, len });
}

static enum pending_state
skip_letter(struct slice *text)
{
	return (slice_skip(text, "B") ? PENDING_BACK | PENDING_NAMED :
		slice_skip(text, "b") ? PENDING_BACK :
		slice_skip(text, "h") ? PENDING_HANDED :
					PENDING_NAMED);
}

void
pending_load(struct pending *pending, const struct snapshot *snapshot)
{
	for (size_t i = 0; i < snapshot->text_count; i++) {
		const struct text *text = &snapshot->texts[i];
		struct slice rest = { text->text,
			strnlen(text->text, TEXT_MAX) };
		struct slice number, id;
		uint64_t instance;

		if (strncmp(text->key, "=pending:", 9) != 0)
			continue;
		while (slice_cut(&rest, ' ', &number) &&
		    slice_cut(&rest, '\n', &id)) {
			enum pending_state state = skip_letter(&number);

			if (slice_number(number, &instance) &&
			    instance < INSTANCE_MAX)
				(void)pending_add(
				    pending, (unsigned)instance, id, state);
		}
	}
}
