/*
 * The way of a line: head, tag, event, counters.
 */
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "lib/stats/head.h"
#include "lib/stats/line.h"
#include "lib/stats/parse.h"

enum {
	KNOWN_TAGS = 256,
	KNOWN_TAG_MAX = 64,
	REPEATS_MAX = 1000000 /* that are believed of one line */
};

struct sample {
	size_t len;
	char text[TEXT_MAX];
};

/* A tag that was seen, taken apart.  Tags are few and lines are many. */
struct known_tag {
	char text[KNOWN_TAG_MAX];
	size_t len; /* 0: none yet */
	bool postfix;
	struct tag tag; /* borrows from `text` */
	int instance;   /* the tag's; -1: not asked for yet */
};

struct line_counter {
	struct counters *counters;
	const char *syslog_names[SYSLOG_NAMES_MAX];
	size_t syslog_name_count;
	struct sample samples[SAMPLE_COUNT];
	size_t sample_next; /* counts on; modulo is the place */
	struct known_tag known[KNOWN_TAGS];
	uint32_t serial; /* of the last tag learnt */
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
	if (counter->syslog_name_count == SYSLOG_NAMES_MAX)
		return (false);
	counter->syslog_names[counter->syslog_name_count++] = name;
	memset(counter->known, 0, sizeof(counter->known));
	return (true);
}

static bool
is_postfix(const struct line_counter *counter, const struct tag *tag)
{
	if (slice_starts(tag->instance, "postfix"))
		return (true);
	for (size_t i = 0; i < counter->syslog_name_count; i++)
		if (slice_equal(tag->instance, counter->syslog_names[i]))
			return (true);
	return (false);
}

static void
read_tag(const struct line_counter *counter, struct slice tag,
    struct known_tag *known)
{
	known->instance = -1;
	known->postfix = tag_parse(tag, &known->tag) &&
	    is_postfix(counter, &known->tag);
}

/* The place in which a tag is kept; NULL if it is of no length that is. */
static struct known_tag *
place_of(struct line_counter *counter, struct slice tag)
{
	uint64_t first, last;

	if (tag.len < sizeof(first) || tag.len > KNOWN_TAG_MAX)
		return (NULL);
	memcpy(&first, tag.at, sizeof(first));
	memcpy(&last, tag.at + tag.len - sizeof(last), sizeof(last));
	first = (first + tag.len) * 0x9e3779b97f4a7c15u ^
	    last * 0xc2b2ae3d27d4eb4fu;
	return (&counter->known[first >> 32 & (KNOWN_TAGS - 1)]);
}

static bool
is_known(const struct known_tag *known, struct slice tag)
{
	return (known != NULL && known->len == tag.len &&
	    memcmp(known->text, tag.at, tag.len) == 0);
}

/* What is known of a tag.  `spare` is for those that are not kept. */
static struct known_tag *
learn_tag(
    struct line_counter *counter, struct slice tag, struct known_tag *spare)
{
	struct known_tag *known = place_of(counter, tag);

	if (is_known(known, tag))
		return (known);
	if (known != NULL) {
		known->len = tag.len;
		memcpy(known->text, tag.at, tag.len);
		tag.at = known->text;
		read_tag(counter, tag, known);
		known->tag.serial = ++counter->serial;
	} else {
		known = spare;
		read_tag(counter, tag, known);
	}
	return (known);
}

/* What is known of a line's tag, and the text behind it; NULL if the line is
   malformed. */
static struct known_tag *
find_tag(struct line_counter *counter, struct slice line,
    struct known_tag *spare, struct slice *text_r)
{
	struct known_tag *known;
	struct slice tag;
	struct head head;

	if (head_guess(line, &tag, text_r) &&
	    is_known(known = place_of(counter, tag), tag))
		return (known);
	if (!head_parse(line, &head))
		return (NULL);
	*text_r = head.text;
	return (learn_tag(counter, head.tag, spare));
}

/* The number of the instance that a line belongs to. */
static unsigned
instance_of(
    struct line_counter *counter, struct known_tag *known, struct slice given)
{
	if (given.len > 0)
		return (counters_instance(counter->counters, given));
	if (known->instance == -1)
		known->instance = (int)counters_instance(
		    counter->counters, known->tag.instance);
	return ((unsigned)known->instance);
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

/* Count what the program of a known tag said.  Returns false if that is not
   understood, and counted as such. */
static bool
count_text(struct line_counter *counter, struct known_tag *known,
    struct slice text, struct slice instance)
{
	struct counters *counters = counter->counters;
	uint64_t times = 1;
	struct event event = { .type = EVENT_NONE };
	bool understood;

	if (!known->postfix) {
		counters_add(counters, METRIC_LINES_FOREIGN, 1);
		return (true);
	}
	counters_add(counters, METRIC_LINES_POSTFIX, 1);
	event.traits = 0;
	understood = parse_text(&known->tag, text, &event) != 0;
	if (!understood && unpack_repeat(&text, &times)) {
		event.traits = 0;
		understood = parse_text(&known->tag, text, &event) != 0;
	}
	if (!understood) {
		event.type = EVENT_UNRECOGNISED;
		event.serial = known->tag.serial;
		event.label[LABEL_DAEMON] = known->tag.daemon;
		times = 1;
	}
	counters_event(
	    counters, instance_of(counter, known, instance), &event, times);
	return (understood);
}

void
line_count(
    struct line_counter *counter, struct slice line, struct slice instance)
{
	struct known_tag *known, spare;
	struct slice text;

	counters_add(counter->counters, METRIC_LINES_READ, 1);
	known = find_tag(counter, line, &spare, &text);
	if (known == NULL)
		counters_add(counter->counters, METRIC_LINES_MALFORMED, 1);
	else if (!count_text(counter, known, text, instance))
		keep_sample(counter, line);
}

void
line_count_parts(struct line_counter *counter, struct slice tag,
    struct slice text, struct slice instance)
{
	struct known_tag spare;
	char line[TEXT_MAX];
	int len;

	counters_add(counter->counters, METRIC_LINES_READ, 1);
	if (text.len > 0 && text.at[text.len - 1] == '\n')
		text.len--;
	if (slice_until(text, '\n').len < text.len ||
	    slice_until(text, '\0').len < text.len) {
		counters_add(counter->counters, METRIC_LINES_MALFORMED, 1);
		return;
	}
	if (count_text(
		counter, learn_tag(counter, tag, &spare), text, instance))
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
