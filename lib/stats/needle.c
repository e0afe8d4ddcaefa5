/*
 * Reading literals off a pattern.  All that is optional, repeated or in
 * brackets ends one; all that could change what a plain byte means ends the
 * reading.
 */
#include "lib/stats/needle.h"

enum { START_MIN = 4 };

struct reader {
	struct slice rest;
	struct needle run;  /* that is being read */
	struct needle best; /* of this alternative */
	bool fresh;         /* nothing but ^ was read of it */
};

unsigned
needle_byte_rank(char byte)
{
	/* counted in logs, from the rarest; what is not here is rarer still */
	static const char common[] =
	    "%*^`{}~|&$#\\!+'?\";JYZVWKUIGQXH_OwjRMLPNkFTqBD)(SCzAE@g][h<>bv/"
	    "-fy8769ux,:453picdr=m1ln2sot0a. e";
	const char *at = memchr(common, byte, sizeof(common) - 1);

	return (at == NULL ? 0 : (unsigned)(at - common) + 1);
}

/* --- reading ------------------------------------------------------------ */

/* Which of two literals is quicker to look for: one that can stand in one place
   only, or the longer one. */
static bool
is_better(const struct needle *a, const struct needle *b)
{
	bool a_starts = a->at_start && a->len >= START_MIN;
	bool b_starts = b->at_start && b->len >= START_MIN;

	return (a_starts != b_starts ? a_starts : a->len > b->len);
}

static void
run_end(struct reader *reader)
{
	if (is_better(&reader->run, &reader->best))
		reader->best = reader->run;
	reader->run.len = 0;
	reader->run.at_start = false;
	reader->fresh = false;
}

static void
run_add(struct reader *reader, char byte)
{
	if (reader->run.len == NEEDLE_MAX)
		run_end(reader);
	reader->run.text[reader->run.len++] = byte;
	reader->fresh = false;
}

/* What was read last is optional. */
static void
run_shorten(struct reader *reader)
{
	if (reader->run.len > 0)
		reader->run.len--;
	run_end(reader);
}

/* Behind "\": false if what follows is not known. */
static bool
read_escape(struct reader *reader)
{
	char byte;

	if (reader->rest.len == 0)
		return (false);
	byte = *reader->rest.at;
	reader->rest = slice_from(reader->rest, 1);
	if (!byte_is_letter(byte) && !byte_is_digit(byte)) {
		run_add(reader, byte);
		return (true);
	}
	run_end(reader);
	/* Each of these is complete; \x, \p, \Q and so on are not. */
	return (strchr("dDsSwWbBhHvVRAzZGtnrfae", byte) != NULL);
}

/* Step over the name of a class such as "[:digit:]" behind its first "["; what
   only begins like one is none. */
static void
skip_class_name(struct slice *rest)
{
	struct slice name = *rest;

	if (!slice_skip(&name, ":"))
		return;
	(void)slice_skip(&name, "^");
	while (name.len > 0 && byte_is_letter(*name.at))
		name = slice_from(name, 1);
	if (slice_skip(&name, ":]"))
		*rest = name;
}

/* Step over a class behind its "[". */
static bool
skip_class(struct slice *rest)
{
	(void)slice_skip(rest, "^");
	(void)slice_skip(rest, "]");
	while (rest->len > 0) {
		char byte = *rest->at;

		*rest = slice_from(*rest, 1);
		if (byte == ']')
			return (true);
		if (byte == '[')
			skip_class_name(rest);
		if (byte != '\\')
			continue;
		if (rest->len == 0 || *rest->at == 'Q' || *rest->at == 'E')
			return (false);
		*rest = slice_from(*rest, 1);
	}
	return (false);
}

/* Whether "(" begins a group that changes nothing outside of itself; options
   such as (?i), verbs, comments, conditions and recursion may. */
static bool
skip_group_start(struct slice *rest)
{
	if (slice_starts(*rest, "*"))
		return (false);
	return (!slice_skip(rest, "?") || slice_skip(rest, ":") ||
	    slice_skip(rest, "=") || slice_skip(rest, "!") ||
	    slice_skip(rest, ">") || slice_skip(rest, "|") ||
	    slice_skip(rest, "<") || slice_skip(rest, "P<") ||
	    slice_skip(rest, "'"));
}

/* Step over a group behind its "(". */
static bool
skip_group(struct slice *rest)
{
	unsigned depth = 1;

	if (!skip_group_start(rest))
		return (false);
	while (rest->len > 0) {
		char byte = *rest->at;

		*rest = slice_from(*rest, 1);
		if (byte == ')' && --depth == 0)
			return (true);
		if (byte == '\\') {
			if (rest->len == 0 || *rest->at == 'Q')
				return (false);
			*rest = slice_from(*rest, 1);
		} else if (byte == '[') {
			if (!skip_class(rest))
				return (false);
		} else if (byte == '(') {
			depth++;
			if (!skip_group_start(rest))
				return (false);
		}
	}
	return (false);
}

/* Behind "{", which may be a quantifier or not. */
static bool
read_brace(struct reader *reader)
{
	struct slice inside;

	if (reader->rest.len == 0 ||
	    (!byte_is_digit(*reader->rest.at) && *reader->rest.at != ','))
		return (false);
	run_shorten(reader);
	return (slice_cut(&reader->rest, '}', &inside));
}

/* One element of the pattern, "|" aside; false: it is not plain enough. */
static bool
read_element(struct reader *reader, char byte)
{
	switch (byte) {
	case '\\':
		return (read_escape(reader));
	case '[':
		run_end(reader);
		return (skip_class(&reader->rest));
	case '(':
		run_end(reader);
		return (skip_group(&reader->rest));
	case ')':
		return (false);
	case '{':
		return (read_brace(reader));
	case '*':
	case '?':
		run_shorten(reader);
		return (true);
	case '^':
		reader->run.at_start = reader->fresh;
		if (!reader->fresh)
			run_end(reader);
		return (true);
	case '+':
	case '.':
	case '$':
		run_end(reader);
		return (true);
	default:
		run_add(reader, byte);
		return (true);
	}
}

/* Read an alternative up to its end; false: nothing is known. */
static bool
read_alternative(struct reader *reader, struct needle *needle_r)
{
	const char *start = reader->rest.at;

	reader->run = reader->best = (struct needle){ .len = 0 };
	reader->fresh = true;
	while (reader->rest.len > 0 && *reader->rest.at != '|') {
		char byte = *reader->rest.at;

		reader->rest = slice_from(reader->rest, 1);
		if (!read_element(reader, byte))
			return (false);
	}
	run_end(reader);
	*needle_r = reader->best;
	needle_r->of = (struct slice){ start,
		(size_t)(reader->rest.at - start) };
	for (uint8_t i = 1; i < needle_r->len; i++)
		if (needle_byte_rank(needle_r->text[i]) <
		    needle_byte_rank(needle_r->text[needle_r->rare]))
			needle_r->rare = i;
	return (needle_r->len > 0);
}

void
needles_read(struct slice pattern, struct needles *needles_r)
{
	struct reader reader = { .rest = pattern };
	unsigned count = 0;

	needles_r->count = 0;
	do {
		if (count == NEEDLES_MAX ||
		    !read_alternative(&reader, &needles_r->at[count++]))
			return;
	} while (slice_skip(&reader.rest, "|"));
	needles_r->count = count;
}

/* --- looking ------------------------------------------------------------ */

static bool
occurs(const struct needle *needle, struct slice text)
{
	const char *at, *last;

	if (text.len < needle->len)
		return (false);
	if (needle->at_start)
		return (memcmp(text.at, needle->text, needle->len) == 0);
	at = text.at + needle->rare;
	last = at + (text.len - needle->len);
	for (; at <= last; at++) {
		at = memchr(
		    at, needle->text[needle->rare], (size_t)(last - at) + 1);
		if (at == NULL)
			return (false);
		if (memcmp(at - needle->rare, needle->text, needle->len) == 0)
			return (true);
	}
	return (false);
}

bool
needles_occur(const struct needles *needles, struct slice text)
{
	for (unsigned i = 0; i < needles->count; i++)
		if (occurs(&needles->at[i], text))
			return (true);
	return (needles->count == 0);
}
