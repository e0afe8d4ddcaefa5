/*
 * The way of a line: head, tag, event, counters.
 */
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "lib/stats/head.h"
#include "lib/stats/line.h"
#include "lib/stats/parse.h"

enum { KNOWN_TAGS = 64, KNOWN_TAG_MAX = 64 };

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

/* What is known of a tag.  Few are too long to be kept; `spare` is for
   those. */
static struct known_tag *
find_tag(
    struct line_counter *counter, struct slice tag, struct known_tag *spare)
{
	struct known_tag *known;
	size_t place;

	if (tag.len == 0 || tag.len > KNOWN_TAG_MAX) {
		read_tag(counter, tag, spare);
		return (spare);
	}
	place = tag.len + (unsigned char)tag.at[tag.len - 1] * 3u +
	    (unsigned char)tag.at[tag.len / 2] * 5u;
	known = &counter->known[place % KNOWN_TAGS];
	if (known->len != tag.len ||
	    memcmp(known->text, tag.at, tag.len) != 0) {
		known->len = tag.len;
		memcpy(known->text, tag.at, tag.len);
		tag.at = known->text;
		read_tag(counter, tag, known);
	}
	return (known);
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

void
line_count(
    struct line_counter *counter, struct slice line, struct slice instance)
{
	struct counters *counters = counter->counters;
	struct known_tag *known, spare;
	struct head head;
	struct event event;

	counters_add(counters, METRIC_LINES_READ, 1);
	if (!head_parse(line, &head)) {
		counters_add(counters, METRIC_LINES_MALFORMED, 1);
		return;
	}
	known = find_tag(counter, head.tag, &spare);
	if (!known->postfix) {
		counters_add(counters, METRIC_LINES_FOREIGN, 1);
		return;
	}
	counters_add(counters, METRIC_LINES_POSTFIX, 1);
	event.traits = 0;
	if (parse_text(&known->tag, head.text, &event) == 0) {
		event.type = EVENT_UNRECOGNISED;
		event.label[LABEL_DAEMON] = known->tag.daemon;
		keep_sample(counter, line);
	}
	counters_event(counters, instance_of(counter, known, instance), &event);
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
