/*
 * Numbers of groups, and their texts.
 */
#include <inttypes.h>
#include <stdio.h>

#include "lib/stats/mtagroups.h"

enum { LINE_MAX_LEN = 80 }; /* two numbers, two words and a few blanks */

enum ietf_daemon_id
mtagroups_daemon(enum ietf_rows kind, struct slice word)
{
	for (unsigned d = 0; d < IETF_DAEMON_COUNT; d++)
		if (slice_equal(word, ietf_daemons[d].word) &&
		    (ietf_daemons[d].rows & kind) != 0)
			return ((enum ietf_daemon_id)d);
	return (IETF_DAEMON_COUNT);
}

const struct mtagroup *
mtagroups_find(
    const struct mtagroups *set, enum ietf_rows kind, struct slice name)
{
	for (unsigned i = 0; i < set->count; i++) {
		const struct mtagroup *group = &set->at[i];

		if (slice_same(mtagroup_name(group), name) &&
		    mtagroup_kind(group) == kind)
			return (group);
	}
	return (NULL);
}

static void
add(struct mtagroups *set, uint64_t number, enum ietf_daemon_id daemon,
    struct slice name, uint64_t created)
{
	struct mtagroup *group = &set->at[set->count];

	if (set->count == MTAGROUPS_MAX || number == 0 || number > INT32_MAX ||
	    name.len == 0 || name.len > LABEL_MAX ||
	    daemon == IETF_DAEMON_COUNT)
		return;
	*group = (struct mtagroup){ .number = (uint32_t)number,
		.daemon = daemon,
		.created = created,
		.name_len = (uint8_t)name.len };
	memcpy(group->name, name.at, name.len);
	set->count++;
}

void
mtagroups_add(struct mtagroups *set, enum ietf_daemon_id daemon,
    struct slice name, uint64_t created)
{
	uint64_t highest = 0;

	if (daemon == IETF_DAEMON_COUNT ||
	    mtagroups_find(set, ietf_kind(daemon), name) != NULL)
		return;
	for (unsigned i = 0; i < set->count; i++)
		if (set->at[i].number > highest)
			highest = set->at[i].number;
	add(set, highest + 1, daemon, name, created);
}

/* A daemon by its exact name. */
static enum ietf_daemon_id
read_daemon(struct slice word)
{
	unsigned d = 0;

	while (
	    d < IETF_DAEMON_COUNT && !slice_equal(word, ietf_daemons[d].word))
		d++;
	return ((enum ietf_daemon_id)d);
}

static bool
has(const struct mtagroups *set, uint64_t number, enum ietf_rows kind,
    struct slice name)
{
	for (unsigned i = 0; i < set->count; i++)
		if (set->at[i].number == number)
			return (true);
	return (mtagroups_find(set, kind, name) != NULL);
}

static void
load_line(struct mtagroups *set, struct slice line)
{
	struct slice number_word, daemon_word, created_word;
	enum ietf_daemon_id daemon;
	uint64_t number, created;

	if (!slice_cut(&line, ' ', &number_word) ||
	    !slice_cut(&line, ' ', &daemon_word) ||
	    !slice_cut(&line, ' ', &created_word) ||
	    !slice_number(number_word, &number) ||
	    !slice_number(created_word, &created) ||
	    (daemon = read_daemon(daemon_word)) == IETF_DAEMON_COUNT ||
	    has(set, number, ietf_kind(daemon), line))
		return;
	add(set, number, daemon, line, created);
}

void
mtagroups_load(const struct snapshot *snapshot, struct mtagroups *set_r)
{
	set_r->count = 0;
	for (size_t i = 0; i < snapshot->text_count; i++) {
		const struct text *text = &snapshot->texts[i];
		struct slice key = { text->key, text->key_len }, line;
		struct slice lines = { text->text,
			strnlen(text->text, TEXT_MAX) };

		if (!slice_starts(key, "=group:"))
			continue;
		while (slice_cut(&lines, '\n', &line))
			load_line(set_r, line);
	}
}

static void
save_text(
    struct snapshot *snapshot, unsigned *texts, const char *text, size_t len)
{
	char key[16];

	if (len == 0 || *texts == MTAGROUPS_TEXTS_MAX)
		return;
	(void)snprintf(key, sizeof(key), "=group:%02u", (*texts)++);
	snapshot_add_text(snapshot, slice_of(key), (struct slice){ text, len });
}

void
mtagroups_save(const struct mtagroups *set, struct snapshot *snapshot)
{
	char text[TEXT_MAX];
	unsigned texts = 0;
	size_t len = 0;

	for (unsigned i = 0; i < set->count; i++) {
		const struct mtagroup *group = &set->at[i];
		char line[LINE_MAX_LEN];
		int size = snprintf(line, sizeof(line),
		    "%u %s %" PRIu64 " %.*s\n", group->number,
		    ietf_daemons[group->daemon].word, group->created,
		    (int)group->name_len, group->name);

		if (len + (size_t)size > sizeof(text)) {
			save_text(snapshot, &texts, text, len);
			len = 0;
		}
		memcpy(text + len, line, (size_t)size);
		len += (size_t)size;
	}
	save_text(snapshot, &texts, text, len);
}

_Static_assert(MTAGROUPS_MAX <= MTAGROUPS_TEXTS_MAX * (TEXT_MAX / LINE_MAX_LEN),
    "the texts have room for all set");
