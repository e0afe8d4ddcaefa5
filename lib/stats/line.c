/*
 * The way of a line: head, tag, event, counters.
 */
#include <stdio.h>
#include <string.h>

#include "lib/stats/line_parts.h"
#include "lib/stats/parse.h"
#include "lib/stats/tags_quick.h"
#include "lib/util/newlines.h"

enum { REPEATS_MAX = 1000000 }; /* that are believed of one line */

/* Bits of a tag's watch, beside those of filter.h. */
enum {
	WATCH_TOP = 4,
	WATCH_APART = 1 << 13,
	WATCH_TRAIL = 1 << 14,
	WATCH_RULES = 1 << 15
};

/* What only looks on. */
enum { WATCH_ASIDE = WATCH_APART | WATCH_TRAIL | WATCH_RULES };

/* Count for the host of the line that goes by. */
static void
take_host(struct line_counter *counter)
{
	counter->instance = line_host(tags_host(&counter->tags));
	counter->given = -1;
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

/* Count what a parser has made of a line.  Returns false if it is not
   understood after all. */
static inline bool
count_event(
    struct line_counter *counter, struct known_tag *known, uint64_t times)
{
	unsigned instance = instance_of(counter, known);

	if (counter->event.type >= EVENT_DELIVERY)
		return (count_rest(counter, known, instance, times));
	counters_event(counter->counters, instance, &counter->event, times);
	return (true);
}

/* Count an event of a tag that somebody else wants to know of.  Returns false
   if it is to be counted as all others. */
static bool
count_apart(struct line_counter *counter, struct known_tag *known,
    struct slice text, uint64_t times)
{
	struct filter_line line = { &known->tag, known->watch,
		instance_of(counter, known), text, times };

	if (known->watch & WATCH_APART) {
		if (count_own(counter, known, text, times))
			return (true);
	} else if (known->watch & WATCH_TRAIL)
		note_trail(counter, known, text);
	if (counter->event.type == EVENT_ACTIVE) {
		count_active(counter, known, text);
		return (true);
	}
	if ((known->watch & ~WATCH_ASIDE) >= 1 << FILTER_BIT &&
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
__attribute__((noinline)) static void
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
	if (counter->trails != NULL && trails_watches(&known->tag))
		watch |= counter->waiting != NULL ? WATCH_APART | WATCH_TRAIL :
						    WATCH_TRAIL;
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

/* Count what was said under a tag whose lines are only looked on for probes'
   mail. */
static inline void
count_looked_on(struct line_counter *counter, struct known_tag *known,
    const char *line, struct slice text)
{
	if (parse_text(&known->tag, text, &counter->event) == 0) {
		count_unknown(counter, known, line, text, false);
		return;
	}
	if (trails_may_concern(counter->trails, counter->event.type))
		note_trail(counter, known, text);
	if (!count_event(counter, known, 1))
		count_unknown(counter, known, line, text, false);
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
	if (known->watch == WATCH_TRAIL) {
		count_looked_on(counter, known, line, text);
		return;
	}
	if (known->watch & WATCH_RULES)
		matched = count_rules(counter, known, text);
	if (parse_text(&known->tag, text, &counter->event) == 0 ||
	    !((is_watched(known) && count_apart(counter, known, text, 1)) ||
		count_event(counter, known, 1)))
		count_unknown(counter, known, line, text, matched);
}

/* Count what the program of a known tag said in a line. */
__attribute__((always_inline)) static inline void
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
	count_queue_in(counter);
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
	struct slice head = line_head(
	    counter, end > counter->run ? end - 1 : end);

	head.len = (size_t)(end - head.at);
	counter->last_len = head.len < HEAD_KEPT ? head.len : HEAD_KEPT;
	memcpy(counter->last, head.at, counter->last_len);
}

/* Count the lines, from `line` on, that end in the part of the text that is
   looked through next.  Returns what is behind them. */
static const char *
count_part(struct line_counter *counter, const char *line, const char *part,
    const char *end, size_t *count)
{
	uint16_t newline[NEWLINES_MAX];
	size_t left = (size_t)(end - part), found;

	found = newlines_find(
	    part, left < NEWLINES_MAX ? left : NEWLINES_MAX, newline);
	for (size_t i = 0; i < found; i++) {
		const char *line_end = part + newline[i];

		count_line(counter, line, line_end,
		    tags_quick(&counter->tags, line, end));
		line = line_end + 1;
	}
	*count += found;
	return (line);
}

size_t
line_count(
    struct line_counter *counter, struct slice lines, struct slice instance)
{
	const char *at = lines.at, *end = at + lines.len;
	size_t count = 0;

	begin_run(counter, at, instance);
	for (const char *part = at; part < end; part += NEWLINES_MAX)
		at = count_part(counter, at, part, end, &count);
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
