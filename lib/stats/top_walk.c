/*
 * Texts are in key order: all of a dimension, by their numbers.
 */
#include "lib/stats/top_walk.h"

/* Go to the next text of a dimension. */
static bool
next_text(struct top_walk *walk)
{
	const struct snapshot *snapshot = walk->snapshot;

	while (walk->next < snapshot->text_count) {
		const struct text *text = &snapshot->texts[walk->next++];
		struct slice key = { text->key, text->key_len }, dimension;

		if (!slice_skip(&key, "=top:") ||
		    !slice_cut(&key, ':', &dimension))
			continue;
		if (!slice_same(dimension, walk->dimension))
			walk->rank = 0;
		walk->dimension = dimension;
		walk->rest = (struct slice){ text->text,
			strnlen(text->text, TEXT_MAX) };
		return (true);
	}
	return (false);
}

bool
top_walk_next(struct top_walk *walk)
{
	struct slice line;

	do {
		while (slice_cut(&walk->rest, '\n', &line)) {
			if (!top_read(line, &walk->item))
				continue;
			walk->rank++;
			return (true);
		}
	} while (next_text(walk));
	return (false);
}
