/*
 * The way of a line: head, tag, event, counters.
 */
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "lib/stats/line.h"
#include "lib/stats/parse.h"
#include "lib/stats/tags.h"

enum {
	REPEATS_MAX = 1000000, /* that are believed of one line */
	RECENT = 32 /* at least SAMPLE_COUNT, and quick to divide by */
};

struct sample {
	size_t len;
	char text[TEXT_MAX];
};

struct line_counter {
	struct counters *counters;
	struct sample samples[SAMPLE_COUNT];
	size_t sample_next; /* counts on; modulo is the place */
	struct tags tags;
	/* of the lines that go by: */
	struct slice instance; /* empty: the tags' own */
	int given;             /* its number; -1: not asked for yet */
	uint64_t foreign, malformed, overlong; /* not passed on yet */
};

struct line_counter *
line_counter_new(struct counters *counters)
{
	struct line_counter *counter = calloc(1, sizeof(*counter));

	if (counter != NULL)
		counter->counters = counters;
	return (counter);
}

void
line_counter_free(struct line_counter *counter)
{
	free(counter);
}

bool
line_syslog_name(struct line_counter *counter, const char *name)
{
	struct tags *tags = &counter->tags;

	if (tags->syslog_name_count == SYSLOG_NAMES_MAX)
		return (false);
	tags->syslog_names[tags->syslog_name_count++] = name;
	tags_forget(tags);
	return (true);
}

/* The number of the instance that a line of a known tag belongs to. */
static inline unsigned
instance_of(struct line_counter *counter, struct known_tag *known)
{
	struct slice given = counter->instance;
	int *number = given.len > 0 ? &counter->given : &known->instance;

	if (*number == -1)
		*number = (int)counters_instance(counter->counters,
		    given.len > 0 ? given : known->tag.instance);
	return ((unsigned)*number);
}

static void
keep_sample(struct line_counter *counter, struct slice line)
{
	struct sample *sample =
	    &counter->samples[counter->sample_next++ % SAMPLE_COUNT];

	sample->len = line.len < TEXT_MAX ? line.len : TEXT_MAX;
	memcpy(sample->text, line.at, sample->len);
}

/* "message repeated 3 times: [ text]" is what rsyslog makes of as many lines.
   Nothing is unpacked twice. */
static bool
unpack_repeat(struct slice *text, uint64_t *times_r)
{
	struct slice rest = *text, number;

	if (!slice_skip(&rest, "message repeated ") ||
	    !slice_cut(&rest, ' ', &number) || !slice_number(number, times_r) ||
	    *times_r < 1 || *times_r > REPEATS_MAX ||
	    !slice_skip(&rest, "times: [") || rest.len == 0 ||
	    rest.at[rest.len - 1] != ']')
		return (false);
	rest.len--;
	(void)slice_skip(&rest, " ");
	*text = rest;
	return (true);
}

/* Count a text that is not understood, unless it stands for several that are.
   Returns whether it does. */
static bool
count_strange(
    struct line_counter *counter, struct known_tag *known, struct slice text)
{
	struct event event;
	uint64_t times;
	bool repeated = unpack_repeat(&text, &times);

	event.type = EVENT_NONE;
	event.traits = 0;
	if (!repeated || parse_text(&known->tag, text, &event) == 0) {
		repeated = false;
		event.type = EVENT_UNRECOGNISED;
		event.traits = 0;
		event.serial = known->tag.serial;
		event.label[LABEL_DAEMON] = known->tag.daemon;
		times = 1;
	}
	counters_event(
	    counter->counters, instance_of(counter, known), &event, times);
	return (repeated);
}

/* Count what the program of a known tag said.  Returns false if that is not
   understood, and counted as such. */
static inline bool
count_text(
    struct line_counter *counter, struct known_tag *known, struct slice text)
{
	struct event event;

	if (!known->postfix) {
		counter->foreign++;
		return (true);
	}
	event.type = EVENT_NONE;
	event.traits = 0;
	if (parse_text(&known->tag, text, &event) == 0)
		return (count_strange(counter, known, text));
	if (event.type != EVENT_NONE)
		counters_event(
		    counter->counters, instance_of(counter, known), &event, 1);
	return (true);
}

/* Whether a line is too long without a hole in front of it (head.c). */
static bool
is_overlong(struct slice line)
{
	while (line.len > LINE_LEN_MAX && *line.at == '\0')
		line = slice_from(line, 1);
	return (line.len > LINE_LEN_MAX);
}

/* Count one line; bytes up to `limit` may be looked at.  Returns false if it is
   Postfix's and not understood. */
static inline bool
count_line(struct line_counter *counter, struct slice line, const char *limit)
{
	struct known_tag *known;
	struct slice text;

	if (line.len > LINE_LEN_MAX && is_overlong(line)) {
		counter->overlong++;
		return (true);
	}
	known = tags_read(&counter->tags, line, limit, &text);
	if (known == NULL) {
		counter->malformed++;
		return (true);
	}
	return (count_text(counter, known, text));
}

/* Pass on what was counted of `lines` lines while they went by. */
static void
count_kinds(struct line_counter *counter, size_t lines)
{
	struct counters *counters = counter->counters;

	counters_add(counters, METRIC_LINES_READ, lines);
	counters_add(counters, METRIC_LINES_FOREIGN, counter->foreign);
	counters_add(counters, METRIC_LINES_MALFORMED, counter->malformed);
	counters_add(counters, METRIC_LINES_OVERLONG, counter->overlong);
	counters_add(counters, METRIC_LINES_POSTFIX,
	    lines - counter->foreign - counter->malformed - counter->overlong);
	counter->foreign = counter->malformed = counter->overlong = 0;
}

size_t
line_count(
    struct line_counter *counter, struct slice lines, struct slice instance)
{
	const char *at = lines.at, *end = at + lines.len;
	struct slice recent[RECENT];
	size_t count = 0, unknown = 0;

	counter->instance = instance;
	counter->given = -1;
	while (at < end) {
		const char *newline = memchr(at, '\n', (size_t)(end - at));
		const char *next = newline != NULL ? newline + 1 : end;
		struct slice line = { at,
			(size_t)((newline != NULL ? newline : end) - at) };

		if (!count_line(counter, line, end))
			recent[unknown++ % RECENT] = line;
		count++;
		at = next;
	}
	for (size_t i = unknown < RECENT ? 0 : unknown - RECENT; i < unknown;
	     i++)
		keep_sample(counter, recent[i % RECENT]);
	count_kinds(counter, count);
	return (count);
}

void
line_count_parts(struct line_counter *counter, struct slice tag,
    struct slice text, struct slice instance)
{
	char line[TEXT_MAX];
	int len;

	bool malformed, understood = true;

	counter->instance = instance;
	counter->given = -1;
	if (text.len > 0 && text.at[text.len - 1] == '\n')
		text.len--;
	malformed = slice_until(text, '\n').len < text.len ||
	    slice_until(text, '\0').len < text.len;
	if (malformed)
		counter->malformed++;
	else
		understood = count_text(
		    counter, tags_learn(&counter->tags, tag), text);
	count_kinds(counter, 1);
	if (understood)
		return;
	len = snprintf(line, sizeof(line), "%.*s: %.*s",
	    (int)(tag.len < TEXT_MAX ? tag.len : TEXT_MAX), tag.at,
	    (int)(text.len < TEXT_MAX ? text.len : TEXT_MAX), text.at);
	keep_sample(counter,
	    (struct slice){ line,
		(size_t)len < sizeof(line) ? (size_t)len : sizeof(line) - 1 });
}

void
line_save_samples(const struct line_counter *counter, struct snapshot *snapshot)
{
	size_t end = counter->sample_next;
	size_t count = end < SAMPLE_COUNT ? end : SAMPLE_COUNT;

	for (size_t i = 0; i < count; i++) {
		const struct sample *sample =
		    &counter->samples[(end - count + i) % SAMPLE_COUNT];
		char key[16];

		(void)snprintf(key, sizeof(key), "=sample:%02zu", i);
		snapshot_add_text(snapshot, slice_of(key),
		    (struct slice){ sample->text, sample->len });
	}
}

void
line_load_samples(struct line_counter *counter, const struct snapshot *snapshot)
{
	for (size_t i = 0; i < snapshot->text_count; i++) {
		const struct text *text = &snapshot->texts[i];

		if (strncmp(text->key, "=sample:", 8) == 0)
			keep_sample(counter,
			    (struct slice){
				text->text, strnlen(text->text, TEXT_MAX) });
	}
}
