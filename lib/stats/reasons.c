/*
 * One text for each group.
 */
#include <stdio.h>

#include "lib/stats/key.h"
#include "lib/stats/reasons.h"

enum { NUMBER_MAX = 11 }; /* digits of a group and a blank */

#define OTHER_NAME SLICE("other")

static struct reason *
find(struct reasons *reasons, bool service, struct slice name)
{
	for (unsigned i = 0; i < reasons->count; i++) {
		struct reason *reason = &reasons->at[i];

		if (reason->service == service &&
		    slice_same(
			(struct slice){ reason->name, reason->name_len }, name))
			return (reason);
	}
	return (NULL);
}

static struct reason *
find_or_add(struct reasons *reasons, bool service, struct slice name)
{
	struct reason *reason = find(reasons, service, name);

	if (reason != NULL || reasons->count == REASONS_MAX)
		return (reason);
	reason = &reasons->at[reasons->count++];
	*reason = (struct reason){ .service = service,
		.name_len = (uint8_t)name.len };
	memcpy(reason->name, name.at, name.len);
	return (reason);
}

void
reasons_note(
    struct reasons *reasons, bool service, struct slice name, struct slice text)
{
	struct reason *reason;

	if (name.len == 0 || text.len == 0)
		return;
	reason = find_or_add(
	    reasons, service, name.len > LABEL_MAX ? OTHER_NAME : name);
	if (reason == NULL)
		reason = find(reasons, service, OTHER_NAME);
	if (reason == NULL)
		return;
	reason->len = (uint8_t)(text.len < REASON_MAX ? text.len : REASON_MAX);
	memcpy(reason->text, text.at, reason->len);
}

/* The number of the group of that name, as the log has it; 0: none. */
static uint32_t
group_of(const struct mtagroups *set, bool service, struct slice name)
{
	char escaped[LABEL_MAX];
	size_t len = label_escape(name, escaped);
	const struct mtagroup *group = mtagroups_find(set,
	    service ? ROWS_SERVICE : ROWS_TRANSPORT,
	    (struct slice){ escaped, len });

	return (group != NULL ? group->number : 0);
}

/* Move the text of one that has no group of its own, and its slot is free. */
static void
give_to_other(struct reasons *reasons, unsigned i, const struct mtagroups *set)
{
	struct reason lost = reasons->at[i], *other;

	reasons->count--;
	memmove(&reasons->at[i], &reasons->at[i + 1],
	    (reasons->count - i) * sizeof(lost));
	other = find_or_add(reasons, lost.service, OTHER_NAME);
	other->group = group_of(set, lost.service, OTHER_NAME);
	other->len = lost.len;
	memcpy(other->text, lost.text, lost.len);
}

void
reasons_mark(struct reasons *reasons, const struct mtagroups *set)
{
	for (unsigned i = 0; i < reasons->count;) {
		struct reason *reason = &reasons->at[i];
		struct slice name = { reason->name, reason->name_len };

		if (reason->group == 0)
			reason->group = group_of(set, reason->service, name);
		if (reason->group != 0 || slice_same(name, OTHER_NAME))
			i++;
		else
			give_to_other(reasons, i, set);
	}
}

static void
save_text(struct snapshot *snapshot, unsigned *texts, struct slice text)
{
	char key[16];

	if (text.len == 0)
		return;
	(void)snprintf(key, sizeof(key), "=reasons:%02u", (*texts)++);
	snapshot_add_text(snapshot, slice_of(key), text);
}

/* "GROUP TEXT\n". */
static size_t
write_line(const struct reason *reason, size_t most,
    char line_r[NUMBER_MAX + REASON_MAX + 1])
{
	size_t len = reason->len < most ? reason->len : most;
	size_t at = (size_t)snprintf(
	    line_r, NUMBER_MAX + 1, "%u ", reason->group);

	for (size_t i = 0; i < len; i++)
		line_r[at++] = reason->text[i] >= ' ' &&
			reason->text[i] <= '~' ?
		    reason->text[i] :
		    '?';
	line_r[at++] = '\n';
	return (at);
}

/* How many bytes of each text there is room for. */
static size_t
room_for(unsigned count)
{
	size_t lines = (count + REASONS_TEXTS_MAX - 1) / REASONS_TEXTS_MAX;

	return (lines <= 2 ? REASON_MAX : TEXT_MAX / lines - NUMBER_MAX - 1);
}

_Static_assert(
    2 * (NUMBER_MAX + REASON_MAX + 1) <= TEXT_MAX, "a record has room for two");

void
reasons_save(const struct reasons *reasons, struct snapshot *snapshot)
{
	size_t most = room_for(reasons->count);
	char text[TEXT_MAX];
	unsigned texts = 0;
	size_t len = 0;

	for (unsigned i = 0; i < reasons->count; i++) {
		char line[NUMBER_MAX + REASON_MAX + 1];
		size_t more;

		if (reasons->at[i].group == 0)
			continue;
		more = write_line(&reasons->at[i], most, line);
		if (len + more > sizeof(text)) {
			save_text(
			    snapshot, &texts, (struct slice){ text, len });
			len = 0;
		}
		memcpy(text + len, line, more);
		len += more;
	}
	save_text(snapshot, &texts, (struct slice){ text, len });
}

/* --- reading --------------------------------------------------------------- */

/* The lines of one record of a snapshot; empty if it is another one. */
static struct slice
lines_of(const struct text *text)
{
	if (!slice_starts(
		(struct slice){ text->key, text->key_len }, "=reasons:"))
		return ((struct slice){ "", 0 });
	return ((struct slice){ text->text, strnlen(text->text, TEXT_MAX) });
}

/* The next line, taken apart; false at the end.  A line that can't be read has
   group 0. */
static bool
next_line(struct slice *lines, uint64_t *group_r, struct slice *text_r)
{
	struct slice word;

	if (!slice_cut(lines, '\n', text_r))
		return (false);
	if (!slice_cut(text_r, ' ', &word) || !slice_number(word, group_r))
		*group_r = 0;
	return (true);
}

void
reasons_load(struct reasons *reasons, const struct snapshot *snapshot,
    const struct mtagroups *set)
{
	for (size_t i = 0; i < snapshot->text_count; i++) {
		struct slice lines = lines_of(&snapshot->texts[i]), text;
		uint64_t number;

		while (next_line(&lines, &number, &text))
			for (unsigned g = 0; g < set->count; g++) {
				const struct mtagroup *group = &set->at[g];
				char name[LABEL_MAX];

				if (group->number == number)
					reasons_note(reasons,
					    mtagroup_kind(group) ==
						ROWS_SERVICE,
					    (struct slice){ name,
						label_unescape(
						    mtagroup_name(group),
						    name) },
					    text);
			}
	}
	reasons_mark(reasons, set);
}

bool
reasons_find(
    const struct snapshot *snapshot, uint32_t group, struct slice *text_r)
{
	for (size_t i = 0; i < snapshot->text_count; i++) {
		struct slice lines = lines_of(&snapshot->texts[i]);
		uint64_t number;

		while (next_line(&lines, &number, text_r))
			if (number == group)
				return (true);
	}
	return (false);
}
