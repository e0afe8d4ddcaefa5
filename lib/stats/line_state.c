/*
 * What the way of a line depends on, and what is kept between lines.
 */
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "lib/stats/line_parts.h"
#include "lib/stats/stamp.h"

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
	if (counter != NULL) {
		trails_free(counter->trails);
		free(counter->waiting);
	}
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

bool
line_filter(
    struct line_counter *counter, enum filter_way way, const char *names)
{
	tags_forget(&counter->tags);
	return (filter_add(&counter->filter, way, slice_of(names)));
}

bool
line_top(struct line_counter *counter, const char *dimension)
{
	if (!top_want(&counter->top, slice_of(dimension)))
		return (false);
	counters_set_aside(counter->counters, TOP_TEXTS);
	tags_forget(&counter->tags);
	return (true);
}

bool
line_probe_key(struct line_counter *counter, const struct secret_key *key)
{
	if (counter->trails != NULL) {
		trails_set_key(counter->trails, key);
		return (true);
	}
	counter->trails = trails_new(key);
	if (counter->trails == NULL)
		return (false);
	counters_set_aside(counter->counters, TRAILS_TEXTS);
	tags_forget(&counter->tags);
	return (true);
}

void
line_by_host(struct line_counter *counter)
{
	counter->tags.by_host = true;
}

/* A name that is too long for an instance is that of the host alone. */
struct slice
line_host(struct slice host)
{
	return (host.len > LABEL_MAX ? slice_until(host, '.') : host);
}

void
line_rules(struct line_counter *counter, struct user_rules *rules,
    struct reason_rules *reasons)
{
	counter->rules = rules;
	counter->reasons = reasons;
	tags_forget(&counter->tags);
	if (rules != NULL)
		user_rules_begin(rules, counter->counters);
}

void
keep_sample(struct line_counter *counter, struct slice line)
{
	struct sample *sample =
	    &counter->samples[counter->sample_next++ % SAMPLE_COUNT];

	sample->len = line.len < TEXT_MAX ? line.len : TEXT_MAX;
	memcpy(sample->text, line.at, sample->len);
}

time_t
line_newest(const struct line_counter *counter, time_t now)
{
	return (stamp_read(
	    (struct slice){ counter->last, counter->last_len }, now));
}

void
line_settle(struct line_counter *counter)
{
	deliveries_count(&counter->deliveries, counter->counters);
}

void
line_mark(struct line_counter *counter, uint64_t newest, uint64_t now)
{
	if (counter->waiting != NULL)
		mark_waiting(counter, newest);
	line_settle(counter);
	deliveries_mark(&counter->deliveries, counter->counters, newest, now);
	counters_mark(counter->counters, newest);
	mta_mark(&counter->mta, counter->counters, &counter->tags, newest);
	top_put(&counter->top, counter->counters);
	if (counter->trails != NULL)
		trails_mark(counter->trails, newest);
}

uint64_t
line_expires(const struct line_counter *counter)
{
	return (window_expires(&counter->deliveries.window));
}

void
line_save(const struct line_counter *counter, struct snapshot *snapshot)
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
	pending_save(&counter->pending, snapshot);
	mta_save(&counter->mta, snapshot);
	top_save(&counter->top, snapshot);
	if (counter->trails != NULL)
		trails_save(counter->trails, snapshot);
	if (counter->waiting != NULL)
		waiting_save(counter->waiting, snapshot);
}

void
line_load(struct line_counter *counter, const struct snapshot *snapshot)
{
	pending_load(&counter->pending, snapshot);
	mta_load(&counter->mta, snapshot);
	top_load(&counter->top, counter->counters, snapshot);
	if (counter->trails != NULL)
		trails_load(counter->trails, snapshot);
	load_waiting(counter, snapshot);
	for (size_t i = 0; i < snapshot->text_count; i++) {
		const struct text *text = &snapshot->texts[i];

		if (strncmp(text->key, "=sample:", 8) == 0)
			keep_sample(counter,
			    (struct slice){
				text->text, strnlen(text->text, TEXT_MAX) });
	}
}
