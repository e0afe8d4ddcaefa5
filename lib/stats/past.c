/*
 * Moments, each an array of values.  Which key has which place in them never
 * changes: a key that is new gets the next one.
 */
#include <stdlib.h>
#include <string.h>

#include "lib/stats/past.h"
#include "lib/util/slice.h"

enum { MINUTE = 60, HOUR = 3600, MINUTES = 7, HOURS = 26 };

const int64_t past_seconds[PAST_SPANS] = {
	[PAST_MINUTES] = 5 * MINUTE,
	[PAST_HOUR] = HOUR,
	[PAST_DAY] = 24 * HOUR,
};

struct moment {
	int64_t at;
	size_t count; /* 0: not taken */
	uint64_t *values;
};

/* The last moments, each so far from the one before. */
struct ring {
	int64_t apart;
	size_t size, newest;
	struct moment moment[HOURS];
};

struct past {
	uint64_t epoch;
	struct snapshot *places; /* keys; a value is a place in moments */
	struct ring minutes, hours;
};

struct past *
past_new(void)
{
	struct past *past = calloc(1, sizeof(*past));

	if (past == NULL)
		return (NULL);
	past->places = snapshot_new();
	past->minutes.apart = MINUTE;
	past->minutes.size = MINUTES;
	past->hours.apart = HOUR;
	past->hours.size = HOURS;
	if (past->places != NULL)
		return (past);
	free(past);
	return (NULL);
}

static void
forget(struct ring *ring)
{
	for (size_t i = 0; i < ring->size; i++) {
		free(ring->moment[i].values);
		ring->moment[i] = (struct moment){ 0, 0, NULL };
	}
}

void
past_free(struct past *past)
{
	if (past == NULL)
		return;
	forget(&past->minutes);
	forget(&past->hours);
	snapshot_free(past->places);
	free(past);
}

/* Give every key a place.  Both are in key order, up to what is added here. */
static bool
find_places(struct past *past, const struct snapshot *snapshot)
{
	struct snapshot *places = past->places;
	size_t before = places->number_count, at = 0;

	for (size_t i = 0; i < snapshot->number_count; i++) {
		const struct number *number = &snapshot->numbers[i];
		int order = -1;

		while (at < before &&
		    (order = strcmp(places->numbers[at].key, number->key)) < 0)
			at++;
		if (at == before || order != 0)
			snapshot_add_number(places,
			    (struct slice){ number->key, number->key_len },
			    places->number_count);
	}
	snapshot_sort(places);
	return (!places->failed);
}

static int
take(struct past *past, struct ring *ring, const struct snapshot *snapshot,
    int64_t now)
{
	struct moment *moment = &ring->moment[ring->newest];
	uint64_t *values;
	size_t count = past->places->number_count;

	if (moment->count > 0 && now - moment->at < ring->apart)
		return (0);
	values = calloc(count, sizeof(*values));
	if (values == NULL)
		return (-1);
	for (size_t i = 0; i < snapshot->number_count; i++) {
		const struct number *number = &snapshot->numbers[i];
		uint64_t place;

		if (snapshot_number(past->places,
			(struct slice){ number->key, number->key_len }, &place))
			values[place] = number->value;
	}
	ring->newest = (ring->newest + 1) % ring->size;
	moment = &ring->moment[ring->newest];
	free(moment->values);
	*moment = (struct moment){ now, count, values };
	return (0);
}

static void
begin_anew(struct past *past, uint64_t epoch)
{
	forget(&past->minutes);
	forget(&past->hours);
	snapshot_clear(past->places);
	past->epoch = epoch;
}

int
past_note(struct past *past, const struct snapshot *snapshot, int64_t now)
{
	if (snapshot->epoch != past->epoch || past->places->failed)
		begin_anew(past, snapshot->epoch);
	if (snapshot->number_count == 0)
		return (0);
	if (!find_places(past, snapshot) ||
	    take(past, &past->minutes, snapshot, now) == -1 ||
	    take(past, &past->hours, snapshot, now) == -1)
		return (-1);
	return (0);
}

/* The youngest moment that is old enough, or the oldest; NULL: none. */
static const struct moment *
moment_of(const struct past *past, enum past_span span, int64_t now)
{
	const struct ring *ring = span == PAST_MINUTES ? &past->minutes :
							 &past->hours;
	const struct moment *found = NULL;

	for (size_t i = 0; i < ring->size; i++) {
		const struct moment *moment =
		    &ring->moment[(ring->newest + ring->size - i) % ring->size];

		if (moment->count == 0)
			break;
		found = moment;
		if (now - moment->at >= past_seconds[span])
			break;
	}
	return (found);
}

int64_t
past_age(const struct past *past, enum past_span span, int64_t now)
{
	const struct moment *moment = moment_of(past, span, now);

	return (moment != NULL ? now - moment->at : 0);
}

uint64_t
past_value(
    const struct past *past, enum past_span span, int64_t now, struct slice key)
{
	const struct moment *moment = moment_of(past, span, now);
	uint64_t place;

	if (moment == NULL || !snapshot_number(past->places, key, &place) ||
	    place >= moment->count)
		return (0);
	return (moment->values[place]);
}
