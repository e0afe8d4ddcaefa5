/*
 * Commands of SMTP sessions.
 */
#include "lib/stats/commands.h"
#include "lib/util/bytes.h"

enum { LIMIT = 1000000000 }; /* of a number that is believed */

static const struct slice words[] = { COMMANDS(WORD_SLICE) };

_Static_assert(COUNT(words) == COMMAND_OTHER, "other is the last");

/* "3" or "3/4": three of four. */
static bool
read_share(struct slice text, uint64_t *ok_r, uint64_t *all_r)
{
	struct slice ok;

	if (!slice_cut(&text, '/', &ok))
		ok = text;
	return (slice_number(ok, ok_r) && slice_number(text, all_r) &&
	    *ok_r <= *all_r && *all_r <= LIMIT);
}

/* Whether this is behind the commands: nothing, or the notes of Postfix 3.9. */
static bool
is_end(struct slice text)
{
	return (text.len == 0 ||
	    (slice_skip(&text, " notes=") && text.len > 0 &&
		memchr(text.at, ' ', text.len) == NULL));
}

static bool
is_word(struct slice text)
{
	for (size_t i = 0; i < text.len; i++)
		if (!byte_is_letter(text.at[i]))
			return (false);
	return (text.len > 0);
}

static bool
read_tally(struct slice text, struct command_tally *tally_r)
{
	struct slice name, share, word;
	uint64_t ok, all;

	memset(tally_r, 0, sizeof(*tally_r));
	while (slice_skip(&text, " ") && slice_cut(&text, '=', &name)) {
		unsigned command;

		share = slice_until(text, ' ');
		text = slice_from(text, share.len);
		if (!is_word(name) || !read_share(share, &ok, &all))
			return (false);
		if (slice_equal(name, "commands"))
			return (is_end(text));
		command = words_find(words, COUNT(words), name, &word);
		tally_r->ok[command] += (uint32_t)ok;
		tally_r->failed[command] += (uint32_t)(all - ok);
	}
	return (false);
}

static void
count_command(struct counters *counters, unsigned instance, struct event *event,
    unsigned traits, uint64_t times)
{
	if (times == 0)
		return;
	event->traits = traits;
	if (slice_equal(event->label[LABEL_COMMAND], "auth"))
		event->traits |= TRAIT_IN_LOGIN;
	counters_event(counters, instance, event, times);
}

/* Count the sessions that ended with a text. */
static void
count_sessions(struct counters *counters, const struct commands_text *text)
{
	const struct command_tally *tally = &text->tally;
	struct event event = { .type = EVENT_DISCONNECT,
		.serial = text->serial,
		.varies = LABEL_NONE,
		.label[LABEL_SERVICE] = text->service };

	counters_event(counters, text->instance, &event, text->times);
	event.type = EVENT_COMMAND;
	for (unsigned i = 0; i < COMMAND_COUNT; i++) {
		if (tally->ok[i] + tally->failed[i] == 0)
			continue;
		event.code = i;
		event.label[LABEL_COMMAND] = i < COMMAND_OTHER ? words[i] :
								 SLICE("other");
		count_command(counters, text->instance, &event, TRAIT_IS_OK,
		    text->times * tally->ok[i]);
		count_command(counters, text->instance, &event, TRAIT_IS_FAILED,
		    text->times * tally->failed[i]);
	}
}

static void
settle(struct commands *commands, struct counters *counters,
    struct commands_text *text)
{
	if (text->times == 0)
		return;
	count_sessions(counters, text);
	text->times = 0;
	commands->waiting--;
}

void
commands_settle(struct commands *commands, struct counters *counters)
{
	for (unsigned i = 0; commands->waiting > 0; i++)
		settle(commands, counters, &commands->at[i]);
}

/* Where a text is kept.  Few that differ have all of length, middle and end in
   common. */
static struct commands_text *
place_of(struct commands *commands, struct slice text, uint32_t serial)
{
	uint64_t middle = bytes_load(text.at + (text.len - 8) / 2);
	uint64_t end = bytes_load(text.at + text.len - 8);
	uint64_t hash = (middle ^ end << 9 ^ (uint64_t)serial << 20 ^
			    text.len) *
	    0x9e3779b97f4a7c15u;

	return (&commands->at[(hash >> 32) % COMMANDS_KEPT]);
}

static bool
is_same(const struct commands_text *text, unsigned instance,
    const struct event *event)
{
	return (text->serial == event->serial && text->instance == instance &&
	    text->len == event->said.len &&
	    memcmp(text->text, event->said.at, text->len) == 0);
}

/* Keep a text in the place of another one. */
static bool
keep(struct commands *commands, struct counters *counters,
    struct commands_text *text, unsigned instance, const struct event *event)
{
	struct command_tally tally;

	if (!read_tally(event->said, &tally))
		return (false);
	settle(commands, counters, text);
	text->serial = event->serial;
	text->instance = instance;
	text->len = event->said.len;
	memcpy(text->text, event->said.at, text->len);
	text->tally = tally;
	return (true);
}

/* Count a text that can't be kept. */
static bool
count_alone(struct counters *counters, unsigned instance,
    const struct event *event, uint64_t times)
{
	struct commands_text text = { .instance = instance,
		.times = times,
		.service = event->label[LABEL_SERVICE] };

	if (!read_tally(event->said, &text.tally))
		return (false);
	count_sessions(counters, &text);
	return (true);
}

bool
commands_note(struct commands *commands, struct counters *counters,
    unsigned instance, const struct event *event, uint64_t times)
{
	struct commands_text *text;

	if (event->serial == 0 || event->said.len < 8 ||
	    event->said.len > COMMANDS_TEXT)
		return (count_alone(counters, instance, event, times));
	text = place_of(commands, event->said, event->serial);
	if (!is_same(text, instance, event) &&
	    !keep(commands, counters, text, instance, event))
		return (false);
	if (text->times == 0)
		commands->waiting++;
	text->times += times;
	text->service = event->label[LABEL_SERVICE];
	return (true);
}
