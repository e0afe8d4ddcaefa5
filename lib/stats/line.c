/*
 * The way of a line: head, tag, event, counters.
 */
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "lib/stats/commands.h"
#include "lib/stats/deliveries.h"
#include "lib/stats/line.h"
#include "lib/stats/mta.h"
#include "lib/stats/parse.h"
#include "lib/stats/pending.h"
#include "lib/stats/stamp.h"
#include "lib/stats/tags.h"

enum {
	REPEATS_MAX = 1000000, /* that are believed of one line */
	HEAD_KEPT = 64,        /* bytes that a stamp is in */
	RECENT = 32 /* at least SAMPLE_COUNT, and quick to divide by */
};

/* Bits of a tag's watch, beside those of filter.h. */
enum { WATCH_TOP = 4, WATCH_RULES = 1 << 15 };

struct sample {
	size_t len;
	char text[TEXT_MAX];
};

/* Messages that came into the queue. */
struct queue_in {
	uint64_t messages, bytes, recipients;
};

struct line_counter {
	struct event event; /* of the line that goes by */
	struct counters *counters;
	struct sample samples[SAMPLE_COUNT];
	size_t sample_next; /* counts on; modulo is the place */
	struct tags tags;
	struct pending pending;
	struct filter filter;
	struct top top;
	struct commands commands;
	struct mta mta;
	struct deliveries deliveries;
	struct user_rules *rules;     /* NULL: none */
	struct reason_rules *reasons; /* NULL: none */
	char last[HEAD_KEPT];         /* the last line's beginning */
	size_t last_len;
	/* of the lines that go by: */
	struct slice instance; /* empty: the tags' own */
	int given;             /* its number; -1: not asked for yet */
	bool by_host;          /* that is the line's host */
	uint64_t foreign, malformed, overlong; /* not passed on yet */
	struct queue_in in[INSTANCE_MAX];      /* neither */
	struct observations sizes, recipients; /* of these messages */
	uint32_t named;             /* ids of pending that are passed on */
	struct known_tag *strange;  /* tags with lines not understood */
	const char *recent[RECENT]; /* the last such lines */
	size_t recent_next;         /* counts on; modulo is the place */
	const char *run; /* where they begin; NULL: they have no heads */
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

/* Count for the host of the line that goes by. */
static void
take_host(struct line_counter *counter)
{
	counter->instance = line_host(tags_host(&counter->tags));
	counter->given = -1;
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

/* The number of the instance that a line of a known tag belongs to. */
static inline unsigned
instance_of(struct line_counter *counter, struct known_tag *known)
{
	bool given = counter->instance.len > 0;
	int *number = given ? &counter->given : &known->instance;

	if (*number == -1)
		*number = (int)counters_instance(counter->counters,
		    given ? counter->instance : known->tag.instance);
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

static inline void
note_value(struct observations *seen, enum histogram_id id, uint64_t value)
{
	seen->times[histogram_step(&histograms[id], value)]++;
}

/* Take note of a message that the queue manager has taken up the first time
   since cleanup(8) named it. */
static inline void
note_in(struct line_counter *counter, unsigned instance)
{
	struct queue_in *in = &counter->in[instance];

	in->messages++;
	in->bytes += counter->event.bytes;
	in->recipients += counter->event.recipients;
	note_value(
	    &counter->sizes, HISTOGRAM_QUEUE_IN_SIZE, counter->event.bytes);
	note_value(&counter->recipients, HISTOGRAM_QUEUE_IN_NRCPT,
	    counter->event.recipients);
}

static void
count_values(struct line_counter *counter, enum histogram_id id,
    struct observations *seen)
{
	(void)counters_observe_all(counter->counters, id, 0, NULL, seen);
	*seen = (struct observations){ .sum = 0 };
}

/* Count these messages. */
static void
count_in(struct line_counter *counter)
{
	bool any = false;

	for (unsigned i = 0; i < INSTANCE_MAX; i++) {
		struct queue_in *in = &counter->in[i];
		struct event event = { .varies = LABEL_NONE };

		if (in->messages == 0)
			continue;
		event.type = EVENT_QUEUE_IN;
		counters_event(counter->counters, i, &event, in->messages);
		event.type = EVENT_QUEUE_IN_BYTES;
		counters_event(counter->counters, i, &event, in->bytes);
		event.type = EVENT_QUEUE_IN_RECIPIENTS;
		counters_event(counter->counters, i, &event, in->recipients);
		counter->sizes.sum += in->bytes;
		counter->recipients.sum += in->recipients;
		*in = (struct queue_in){ 0, 0, 0 };
		any = true;
	}
	if (any) {
		count_values(counter, HISTOGRAM_QUEUE_IN_SIZE, &counter->sizes);
		count_values(
		    counter, HISTOGRAM_QUEUE_IN_NRCPT, &counter->recipients);
	}
}

/* The beginning of the line that `at` is in. */
static struct slice
head_of(const struct line_counter *counter, const char *at)
{
	const char *begin = counter->run;
	const char *newline = memrchr(begin, '\n', (size_t)(at - begin));

	if (newline != NULL)
		begin = newline + 1;
	return ((struct slice){ begin, (size_t)(at - begin) });
}

static void
count_master(struct line_counter *counter, unsigned instance)
{
	const struct event *event = &counter->event;
	time_t now = time(NULL), stamp = 0;

	if (counter->run != NULL)
		stamp = stamp_read(head_of(counter, event->said.at), now);
	mta_master(&counter->mta, instance, event->traits, event->said,
	    (uint64_t)(stamp < now ? stamp : now));
}

/* Move the rows that an event names itself. */
static void
count_moves(struct line_counter *counter, uint64_t times)
{
	const struct event *event = &counter->event;

	for (unsigned i = 0; i < event->move_count; i++) {
		enum metric_id metric = event->moves[i].metric;
		uint64_t value = event->moves[i].value;

		if (metrics[metric].kind == KIND_COUNTER)
			counters_add(counter->counters, metric, value * times);
		else
			counters_set(counter->counters, metric, value);
	}
}

/* The size of a message that the queue manager takes up, for its deliveries.
   `anew`: the first time. */
static void
note_size(struct line_counter *counter, unsigned instance, bool anew)
{
	volume_enter(&counter->deliveries.volume, instance,
	    counter->event.queue_id, counter->event.bytes, anew);
}

/* Count the end of a session.  Returns false if what its client did is not
   understood. */
__attribute__((noinline)) static bool
count_disconnect(
    struct line_counter *counter, unsigned instance, uint64_t times)
{
	const struct event *event = &counter->event;

	if (event->said.len > 0)
		return (commands_note(&counter->commands, counter->counters,
		    instance, event, times));
	counters_event(counter->counters, instance, event, times);
	return (true);
}

/* Fill in the reason that what was said gives. */
static void
find_reason(struct line_counter *counter, enum reason_about about)
{
	struct event *event = &counter->event;
	unsigned number;

	event->label[reason_label(about)] = reason_rules_find(
	    counter->reasons, about, event->said, &number);
	event->code |= (uint64_t)(number + 1) << CODE_REASON;
}

/* Count why a delivery failed. */
static void
count_failure(struct line_counter *counter, unsigned instance, uint64_t times)
{
	struct event *event = &counter->event;

	event->type = EVENT_FAILURE;
	event->code = 0;
	if (event->traits & TRAIT_IN_DNS) {
		event->label[LABEL_FAIL_REASON] = SLICE("dns");
		event->code = UINT64_MAX << CODE_REASON;
	} else
		find_reason(counter, ABOUT_FAILURE);
	event->traits = 0;
	counters_event(counter->counters, instance, event, times);
}

static void
count_reject(struct line_counter *counter, unsigned instance, uint64_t times)
{
	struct event *event = &counter->event;

	if (event->traits & TRAIT_BY_SERVER)
		reasons_note(&counter->mta.reasons, true,
		    event->label[LABEL_SERVICE], event->said);
	if (event->label[LABEL_REASON].len == 0)
		find_reason(counter, ABOUT_REJECT);
	counters_event(counter->counters, instance, event, times);
}

/* Count an event of which more is kept, such as the message that may wait for
   the queue manager. */
__attribute__((noinline)) static void
count_more(struct line_counter *counter, unsigned instance, uint64_t times)
{
	struct event *event = &counter->event;
	struct pending *pending = &counter->pending;

	if (event->type == EVENT_MOVES)
		count_moves(counter, times);
	else if (event->type == EVENT_RANKED) {
		count_moves(counter, times);
		counters_observe(counter->counters, HISTOGRAM_SCREEN_RANK,
		    instance, event, event->code, times);
	} else if (event->type == EVENT_MASTER)
		count_master(counter, instance);
	else if (event->type == EVENT_CONNECT_FAILURE) {
		reasons_note(&counter->mta.reasons, false,
		    event->label[LABEL_TRANSPORT], event->said);
		counters_event(counter->counters, instance, event, times);
	} else if (event->type == EVENT_NAMED) {
		if (!pending_add(
			pending, instance, event->queue_id, PENDING_NAMED))
			counters_add(
			    counter->counters, METRIC_TAILER_OVERFLOW, 1);
	} else if (event->type == EVENT_ACTIVE) {
		bool named = pending_take(pending, instance, event->queue_id,
				 PENDING_NAMED) != 0;

		if (named)
			note_in(counter, instance);
		note_size(counter, instance, named);
	} else {
		if (event->type == EVENT_REJECT)
			count_reject(counter, instance, times);
		count_moves(counter, times);
		if (event->queue_id.len > 0)
			(void)pending_take(pending, instance, event->queue_id,
			    PENDING_NAMED | PENDING_BACK);
	}
}

/* Take note of what is known of a delivery that is final. */
static void
note_final(struct line_counter *counter, struct known_tag *known,
    unsigned instance, uint64_t times)
{
	const struct event *event = &counter->event;
	unsigned transport;

	if (event->varies == LABEL_TRANSPORT)
		transport = counters_label_number(counter->counters,
		    LABEL_TRANSPORT, event->label[LABEL_TRANSPORT]);
	else {
		if (known->transport == -1)
			known->transport = (int)counters_label_number(
			    counter->counters, LABEL_TRANSPORT,
			    event->label[LABEL_TRANSPORT]);
		transport = (unsigned)known->transport;
	}
	deliveries_note(
	    &counter->deliveries, instance, transport, event, times);
}

/* Deliveries of which there is more to count: those that are final, and those
   that failed. */
enum { IS_FINAL = TRAIT_IS_SENT | TRAIT_IS_BOUNCED };

static inline bool
is_noted(const struct event *event)
{
	return (event->type == EVENT_DELIVERY &&
	    (event->traits & IS_FINAL || event->said.len > 0));
}

__attribute__((noinline)) static void
note_delivery(struct line_counter *counter, struct known_tag *known,
    unsigned instance, uint64_t times)
{
	if (counter->event.traits & IS_FINAL)
		note_final(counter, known, instance, times);
	if (counter->event.said.len > 0)
		count_failure(counter, instance, times);
}

/* Count an event that is more than a row of the table has of it.  Returns false
   if it is not understood. */
__attribute__((noinline)) static bool
count_rest(struct line_counter *counter, unsigned instance, uint64_t times)
{
	if (counter->event.type == EVENT_DISCONNECT)
		return (count_disconnect(counter, instance, times));
	count_more(counter, instance, times);
	return (true);
}

/* Count what a parser has made of a line.  Returns false if it is not
   understood after all. */
static inline bool
count_event(
    struct line_counter *counter, struct known_tag *known, uint64_t times)
{
	unsigned instance = instance_of(counter, known);

	if (counter->event.type >= EVENT_CONNECT_FAILURE)
		return (count_rest(counter, instance, times));
	counters_event(counter->counters, instance, &counter->event, times);
	if (is_noted(&counter->event))
		note_delivery(counter, known, instance, times);
	return (true);
}

/* The queue manager has taken up a message, perhaps one that came back. */
static void
count_active(
    struct line_counter *counter, struct known_tag *known, struct slice text)
{
	unsigned instance = instance_of(counter, known);
	unsigned state = pending_take(&counter->pending, instance,
	    counter->event.queue_id, PENDING_NAMED | PENDING_BACK);

	note_size(counter, instance, state != 0);
	if (state & PENDING_BACK)
		filter_count_active(
		    counter->counters, instance, &known->tag, &counter->event);
	else if (state != 0) {
		note_in(counter, instance);
		top_count_sender(&counter->top, text, &counter->event);
	}
}

/* Count an event of a tag that somebody else wants to know of.  Returns false
   if it is to be counted as all others. */
static bool
count_apart(struct line_counter *counter, struct known_tag *known,
    struct slice text, uint64_t times)
{
	struct filter_line line = { &known->tag, known->watch,
		instance_of(counter, known), text, times };

	if (counter->event.type == EVENT_ACTIVE) {
		count_active(counter, known, text);
		return (true);
	}
	if ((known->watch & ~WATCH_RULES) >= 1 << FILTER_BIT &&
	    filter_count(&counter->filter, &counter->pending, counter->counters,
		&line, &counter->event))
		return (true);
	if (known->watch & WATCH_TOP)
		top_count(&counter->top, text, &counter->event, times);
	return (false);
}

/* Whether somebody wants to know of a tag's events. */
static inline bool
is_watched(const struct known_tag *known)
{
	return ((known->watch & ~WATCH_RULES) != 0);
}

/* Count a text that is another one, repeated.  Returns false if it is not, or
   if the other one is not understood. */
__attribute__((noinline)) static bool
count_repeated(
    struct line_counter *counter, struct known_tag *known, struct slice text)
{
	uint64_t times;

	if (!unpack_repeat(&text, &times) ||
	    parse_text(&known->tag, text, &counter->event) == 0)
		return (false);
	return (
	    (is_watched(known) && count_apart(counter, known, text, times)) ||
	    count_event(counter, known, times));
}

/* Take note of a line that is not understood. */
static inline void
note_strange(
    struct line_counter *counter, struct known_tag *known, const char *line)
{
	counter->recent[counter->recent_next++ % RECENT] = line;
	if (known->strange++ > 0)
		return;
	known->next = counter->strange;
	counter->strange = known;
}

/* Count the lines that were not understood. */
static void
count_strange(struct line_counter *counter)
{
	struct known_tag *known = counter->strange;

	for (; known != NULL; known = known->next) {
		struct event event = { .type = EVENT_UNRECOGNISED,
			.serial = known->tag.serial,
			.varies = LABEL_NONE,
			.label[LABEL_DAEMON] = known->tag.daemon };

		counters_event(counter->counters, instance_of(counter, known),
		    &event, known->strange);
		known->strange = 0;
	}
	counter->strange = NULL;
}

/* Count a line that no parser knows, but perhaps a rule. */
static inline void
count_unknown(struct line_counter *counter, struct known_tag *known,
    const char *line, struct slice text, bool matched)
{
	if ((!slice_starts(text, "mess") ||
		!count_repeated(counter, known, text)) &&
	    !matched)
		note_strange(counter, known, line);
}

/* Find out who wants to know of a tag's events. */
static void
ask_who_watches(struct line_counter *counter, struct known_tag *known)
{
	unsigned watch = filter_watches(&counter->filter, &known->tag);

	if (top_watches(&counter->top, &known->tag))
		watch |= WATCH_TOP;
	known->rules = user_rules_for(counter->rules, &known->tag);
	if (known->rules != 0)
		watch |= WATCH_RULES;
	known->watch = (uint16_t)watch;
}

/* Try the rules for a tag on a text.  Returns whether one matched. */
static bool
count_rules(struct line_counter *counter, const struct known_tag *known,
    struct slice text)
{
	uint64_t times = 1;

	(void)unpack_repeat(&text, &times);
	return (user_rules_count(
	    counter->rules, known->rules, text, counter->counters, times));
}

/* Count what was said under a tag that is not Postfix's, or that somebody else
   wants to know of or may want to. */
__attribute__((noinline)) static void
count_special(struct line_counter *counter, struct known_tag *known,
    const char *line, struct slice text)
{
	bool matched = false;

	if (known->watch == WATCH_FOREIGN) {
		counter->foreign++;
		return;
	}
	if (known->watch == WATCH_UNASKED)
		ask_who_watches(counter, known);
	if (known->watch & WATCH_RULES)
		matched = count_rules(counter, known, text);
	if (parse_text(&known->tag, text, &counter->event) == 0 ||
	    !((is_watched(known) && count_apart(counter, known, text, 1)) ||
		count_event(counter, known, 1)))
		count_unknown(counter, known, line, text, matched);
}

/* Count what the program of a known tag said in a line. */
static inline void
count_text(struct line_counter *counter, struct known_tag *known,
    const char *line, struct slice text)
{
	if (known->watch != 0)
		count_special(counter, known, line, text);
	else if (parse_text(&known->tag, text, &counter->event) == 0 ||
	    !count_event(counter, known, 1))
		count_unknown(counter, known, line, text, false);
}

/* Whether a line is too long without a hole in front of it (head.c). */
static bool
is_overlong(struct slice line)
{
	while (line.len > LINE_LEN_MAX && *line.at == '\0')
		line = slice_from(line, 1);
	return (line.len > LINE_LEN_MAX);
}

/* What stands between `at` and the end of a line. */
static inline struct slice
up_to(const char *at, const char *end)
{
	return ((struct slice){ at, (size_t)(end - at) });
}

/* Count a line that does not begin as most do, or that may be too long; from
   `rest` on it is not read yet. */
static void
count_odd(struct line_counter *counter, struct slice line, const char *rest)
{
	const char *end = line.at + line.len;
	struct slice text;
	struct known_tag *known;

	if (line.len > LINE_LEN_MAX && is_overlong(line)) {
		counter->overlong++;
		if (counter->by_host)
			take_host(counter);
		return;
	}
	if (end > rest && end[-1] == '\r')
		end--;
	known = tags_read(&counter->tags, line, up_to(rest, end), &text);
	if (counter->by_host)
		take_host(counter);
	if (known == NULL) {
		counter->malformed++;
		return;
	}
	count_text(counter, known, line.at, text);
	if (known == &counter->tags.spare && known->postfix)
		count_strange(counter); /* it is known until the next line */
}

/* Count the line between `at` and its newline at `end`. */
static inline void
count_line(struct line_counter *counter, const char *at, const char *end,
    struct tagged tagged)
{
	if (tagged.known == NULL || end - at > LINE_LEN_MAX)
		count_odd(counter, up_to(at, end), tagged.text);
	else /* there is a head, so there is a byte before `end` */
		count_text(counter, tagged.known, at,
		    up_to(tagged.text, end - (end[-1] == '\r')));
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

/* `run` is where lines with heads begin, or NULL. */
static void
begin_run(struct line_counter *counter, const char *run, struct slice instance)
{
	counter->run = run;
	counter->instance = instance;
	counter->given = -1;
	counter->by_host = counter->tags.by_host && instance.len == 0 &&
	    run != NULL;
	if (counter->by_host) {
		counter->tags.host = (struct slice){ NULL, 0 };
		take_host(counter);
	}
	counter->recent_next = 0;
	counter->named = counter->pending.named;
}

/* Pass on what was taken note of while `lines` lines went by. */
static void
end_run(struct line_counter *counter, size_t lines)
{
	count_strange(counter);
	commands_settle(&counter->commands, counter->counters);
	if (counter->rules != NULL)
		user_rules_pass_on(counter->rules, counter->counters);
	count_in(counter);
	counters_add(counter->counters, METRIC_CLEANUP_MESSAGES,
	    counter->pending.named - counter->named);
	count_kinds(counter, lines);
	if (counter->tags.crowded)
		tags_forget(&counter->tags);
}

/* Keep the last lines, of those before `end`, that were not understood. */
static void
keep_recent(struct line_counter *counter, const char *end)
{
	size_t last = counter->recent_next;

	for (size_t i = last < RECENT ? 0 : last - RECENT; i < last; i++) {
		const char *at = counter->recent[i % RECENT];

		keep_sample(counter, slice_until(up_to(at, end), '\n'));
	}
}

/* Keep the beginning of the last line of those that end at `end`: its stamp is
   read when somebody asks for it. */
static void
keep_last(struct line_counter *counter, const char *end)
{
	struct slice head = head_of(
	    counter, end > counter->run ? end - 1 : end);

	head.len = (size_t)(end - head.at);
	counter->last_len = head.len < HEAD_KEPT ? head.len : HEAD_KEPT;
	memcpy(counter->last, head.at, counter->last_len);
}

size_t
line_count(
    struct line_counter *counter, struct slice lines, struct slice instance)
{
	const char *at = lines.at, *end = at + lines.len;
	size_t count = 0;

	begin_run(counter, at, instance);
	for (;; count++) {
		struct tagged tagged = tags_quick(&counter->tags, at, end);
		const char *newline = memchr(
		    tagged.text, '\n', (size_t)(end - tagged.text));

		if (newline == NULL)
			break;
		count_line(counter, at, newline, tagged);
		at = newline + 1;
	}
	if (at < end) { /* no newline */
		count_odd(counter, up_to(at, end), at);
		count++;
	}
	keep_recent(counter, end);
	keep_last(counter, end);
	end_run(counter, count);
	return (count);
}

void
line_count_parts(struct line_counter *counter, struct slice tag,
    struct slice text, struct slice instance)
{
	char line[TEXT_MAX];
	int len;

	begin_run(counter, NULL, instance);
	if (text.len > 0 && text.at[text.len - 1] == '\n')
		text.len--;
	if (slice_until(text, '\n').len < text.len ||
	    slice_until(text, '\0').len < text.len)
		counter->malformed++;
	else
		count_text(
		    counter, tags_learn(&counter->tags, tag), text.at, text);
	end_run(counter, 1);
	if (counter->recent_next == 0)
		return;
	len = snprintf(line, sizeof(line), "%.*s: %.*s",
	    (int)(tag.len < TEXT_MAX ? tag.len : TEXT_MAX), tag.at,
	    (int)(text.len < TEXT_MAX ? text.len : TEXT_MAX), text.at);
	keep_sample(counter,
	    (struct slice){ line,
		(size_t)len < sizeof(line) ? (size_t)len : sizeof(line) - 1 });
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
	line_settle(counter);
	deliveries_mark(&counter->deliveries, counter->counters, newest, now);
	counters_mark(counter->counters, newest);
	mta_mark(&counter->mta, counter->counters, &counter->tags, newest);
	top_put(&counter->top, counter->counters);
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
}

void
line_load(struct line_counter *counter, const struct snapshot *snapshot)
{
	pending_load(&counter->pending, snapshot);
	mta_load(&counter->mta, snapshot);
	top_load(&counter->top, counter->counters, snapshot);
	for (size_t i = 0; i < snapshot->text_count; i++) {
		const struct text *text = &snapshot->texts[i];

		if (strncmp(text->key, "=sample:", 8) == 0)
			keep_sample(counter,
			    (struct slice){
				text->text, strnlen(text->text, TEXT_MAX) });
	}
}
