/*
 * An array, and a word for each id to find it by.
 */
#include <inttypes.h>
#include <stdio.h>

#include "lib/stats/queue_id.h"
#include "lib/stats/waiting.h"

static inline uint64_t
word_of(unsigned instance, struct slice id)
{
	return (
	    ((queue_id_first(id) + queue_id_last(id)) * 0x9e3779b97f4a7c15u +
		instance) |
	    1);
}

static struct slice
id_of(const struct waiting_line *line)
{
	return ((struct slice){ line->bytes + line->tag_len, line->id_len });
}

int
waiting_find(const struct waiting *waiting, unsigned instance, struct slice id)
{
	uint64_t word = word_of(instance, id);

	for (int i = 0; i < waiting->end; i++)
		if (waiting->id[i] == word &&
		    waiting->line[i].instance == instance &&
		    slice_same(id_of(&waiting->line[i]), id))
			return (i);
	return (-1);
}

/* The number of a free place; WAITING_MAX: none. */
static int
free_place(const struct waiting *waiting)
{
	int place = 0;

	while (place < waiting->end && waiting->id[place] != 0)
		place++;
	return (place);
}

/* The oldest line that is younger than `order`; -1: none. */
static int
next_line(const struct waiting *waiting, uint64_t order)
{
	int next = -1;

	for (int i = 0; i < waiting->end; i++)
		if (waiting->id[i] != 0 && waiting->line[i].order > order &&
		    (next == -1 ||
			waiting->line[i].order < waiting->line[next].order))
			next = i;
	return (next);
}

int
waiting_oldest(const struct waiting *waiting)
{
	return (
	    free_place(waiting) == WAITING_MAX ? next_line(waiting, 0) : -1);
}

bool
waiting_put(struct waiting *waiting, unsigned instance, struct slice tag,
    struct slice text, struct slice id)
{
	int place = free_place(waiting);
	struct waiting_line *line;

	/* What would not be the same behind a restart does not wait. */
	if (place == WAITING_MAX || tag.len + text.len > WAITING_LINE_MAX ||
	    memchr(text.at, '\0', text.len) != NULL ||
	    memchr(text.at, '\n', text.len) != NULL ||
	    memchr(tag.at, ' ', tag.len) != NULL ||
	    memchr(tag.at, '\0', tag.len) != NULL)
		return (false);
	if (place == waiting->end)
		waiting->end++;
	line = &waiting->line[place];
	line->order = ++waiting->order;
	line->since = 0;
	line->instance = (uint8_t)instance;
	line->id_len = (uint8_t)id.len;
	line->tag_len = (uint16_t)tag.len;
	line->len = (uint16_t)text.len;
	memcpy(line->bytes, tag.at, tag.len);
	memcpy(line->bytes + tag.len, text.at, text.len);
	waiting->id[place] = word_of(instance, id);
	return (true);
}

/* --- snapshots --------------------------------------------------------- */

enum { HEAD_MAX = 3 + 21 + 1 }; /* "INSTANCE SINCE " */

_Static_assert(HEAD_MAX + WAITING_LINE_MAX + 2 <= TEXT_MAX,
    "a record has room for any line");

static void
save_record(struct snapshot *snapshot, unsigned number, struct slice text)
{
	char key[24];

	(void)snprintf(key, sizeof(key), "=waiting:%03u", number);
	snapshot_add_text(snapshot, slice_of(key), text);
}

static size_t
write_line(const struct waiting_line *line, char text_r[TEXT_MAX + 1])
{
	return (
	    (size_t)snprintf(text_r, TEXT_MAX + 1, "%u %" PRIu64 " %.*s %.*s\n",
		line->instance, line->since, (int)line->tag_len, line->bytes,
		(int)line->len, line->bytes + line->tag_len));
}

void
waiting_save(const struct waiting *waiting, struct snapshot *snapshot)
{
	char record[TEXT_MAX], text[TEXT_MAX + 1];
	unsigned records = 0;
	size_t len = 0;
	int next = next_line(waiting, 0);

	for (; next != -1;
	     next = next_line(waiting, waiting->line[next].order)) {
		size_t more = write_line(&waiting->line[next], text);

		if (len + more > sizeof(record)) {
			save_record(
			    snapshot, records++, (struct slice){ record, len });
			len = 0;
		}
		memcpy(record + len, text, more);
		len += more;
	}
	if (len > 0)
		save_record(snapshot, records, (struct slice){ record, len });
}

static void
load_line(struct waiting *waiting, struct slice line)
{
	struct slice number, since, tag, id;
	uint64_t instance, seconds;

	if (!slice_cut(&line, ' ', &number) ||
	    !slice_number(number, &instance) || instance >= INSTANCE_MAX ||
	    !slice_cut(&line, ' ', &since) || !slice_number(since, &seconds) ||
	    !slice_cut(&line, ' ', &tag))
		return;
	id = slice_until(line, ':');
	if (id.len < line.len && id.len <= UINT8_MAX &&
	    waiting_put(waiting, (unsigned)instance, tag, line, id))
		waiting->line[waiting_find(waiting, (unsigned)instance, id)]
		    .since = seconds;
}

void
waiting_load(struct waiting *waiting, const struct snapshot *snapshot)
{
	for (size_t i = 0; i < snapshot->text_count; i++) {
		const struct text *text = &snapshot->texts[i];
		struct slice rest = { text->text,
			strnlen(text->text, TEXT_MAX) };
		struct slice line;

		if (!slice_starts((struct slice){ text->key, text->key_len },
			"=waiting:"))
			continue;
		while (slice_cut(&rest, '\n', &line))
			load_line(waiting, line);
	}
}
