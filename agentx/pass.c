/*
 * Requests of pass_persist, line by line.
 */
#include <inttypes.h>
#include <stdio.h>
#include <time.h>

#include "agentx/pass.h"
#include "lib/stats/ietf.h"

enum word { WORD_OTHER, WORD_PING, WORD_GET, WORD_GETNEXT, WORD_SET };

/* Each byte of a text may need three in hex. */
enum { TEXT_CUT = (PASS_LINE_MAX - 1) / 3 };

static size_t
say(char answer_r[PASS_ANSWER_MAX], const char *text)
{
	size_t len = strlen(text);

	memcpy(answer_r, text, len);
	return (len);
}

static bool
is_printable(struct slice text)
{
	for (size_t i = 0; i < text.len; i++)
		if (text.at[i] < ' ' || text.at[i] > '~')
			return (false);
	return (true);
}

/* A text as it is or, if a line can't hold it so, in hex.  Returns the length
   of what was written. */
static size_t
put_text(char *at, size_t room, struct slice text)
{
	size_t len = 0;

	if (text.len > TEXT_CUT)
		text.len = TEXT_CUT; /* no object has that much */
	if (is_printable(text))
		return ((size_t)snprintf(at, room, "string\n%.*s\n",
		    (int)text.len, text.len > 0 ? text.at : ""));
	len = (size_t)snprintf(at, room, "octet\n");
	for (size_t i = 0; i < text.len; i++)
		len += (size_t)snprintf(at + len, room - len, "%s%02x",
		    i > 0 ? " " : "", (unsigned char)text.at[i]);
	len += (size_t)snprintf(at + len, room - len, "\n");
	return (len);
}

static size_t
put_number(char *at, size_t room, const struct cell *cell)
{
	static const char *const types[] = {
		[CELL_INTEGER] = "integer",
		[CELL_COUNTER32] = "counter",
		[CELL_COUNTER64] = "counter64",
		[CELL_GAUGE32] = "gauge",
		[CELL_UNSIGNED32] = "unsigned",
		[CELL_PROTOCOL] = "objectid",
		[CELL_INTERVAL] = "integer",
		[CELL_STAMP] = "timeticks", /* never: no sysUpTime here */
	};
	size_t len = (size_t)snprintf(at, room, "%s\n", types[cell->type]);
	char text[OID_TEXT_MAX];
	struct oid oid;
	int64_t number = (int64_t)cell->number;

	at += len;
	room -= len;
	if (cell->type == CELL_PROTOCOL) {
		cell_protocol(cell, &oid);
		return (len +
		    (size_t)snprintf(at, room, "%s\n",
			oid_format(oid.arc, oid.count, text)));
	}
	if (cell->type == CELL_INTERVAL)
		number = cell_interval(cell, (uint64_t)time(NULL));
	if (cell->type == CELL_INTEGER || cell->type == CELL_INTERVAL)
		return (
		    len + (size_t)snprintf(at, room, "%" PRId64 "\n", number));
	return (
	    len + (size_t)snprintf(at, room, "%" PRIu64 "\n", cell->number));
}

static size_t
say_cell(char answer_r[PASS_ANSWER_MAX], const struct cell *cell)
{
	char oid[OID_TEXT_MAX];
	size_t len;

	if (cell == NULL)
		return (say(answer_r, "NONE\n"));
	len = (size_t)snprintf(answer_r, PASS_ANSWER_MAX, "%s\n",
	    oid_format(cell->arc, cell->arc_count, oid));
	return (len +
	    (cell->type == CELL_STRING ?
		    put_text(
			answer_r + len, PASS_ANSWER_MAX - len, cell->text) :
		    put_number(answer_r + len, PASS_ANSWER_MAX - len, cell)));
}

static size_t
answer_get(struct view *view, struct slice line, char answer_r[PASS_ANSWER_MAX])
{
	struct oid asked;

	return (say_cell(answer_r,
	    oid_read(line, &asked) ?
		cells_get(view_cells(view), asked.arc, asked.count) :
		NULL));
}

/* snmpd does not say which subtree it asks for: it is the MIB that the OID is
   in, or else what is below the base. */
static size_t
answer_next(
    struct view *view, struct slice line, char answer_r[PASS_ANSWER_MAX])
{
	struct oid asked, root = *view_base(view);

	if (!oid_read(line, &asked))
		return (say(answer_r, "NONE\n"));
	(void)ietf_mib(&asked, &root);
	return (say_cell(answer_r, view_next(view, &asked, false, &root)));
}

static enum word
word_of(struct slice line)
{
	static const char *const words[] = { [WORD_PING] = "PING",
		[WORD_GET] = "get",
		[WORD_GETNEXT] = "getnext",
		[WORD_SET] = "set" };

	for (enum word word = WORD_PING; word < COUNT(words); word++)
		if (slice_equal(line, words[word]))
			return (word);
	return (WORD_OTHER);
}

/*
 * The first line of a request.  One that is unknown is answered all the same:
 * without an answer snmpd would wait, and serve nobody, for ever.  But an
 * empty line is no request: some versions send one after each set.
 */
static size_t
begin(struct pass *pass, struct slice line, char answer_r[PASS_ANSWER_MAX])
{
	switch (word_of(line)) {
	case WORD_PING:
		return (say(answer_r, "PONG\n"));
	case WORD_GET:
		pass->next = PASS_GET;
		return (0);
	case WORD_GETNEXT:
		pass->next = PASS_GETNEXT;
		return (0);
	case WORD_SET:
		pass->next = PASS_SET;
		return (0);
	case WORD_OTHER:
		break;
	}
	return (line.len > 0 ? say(answer_r, "NONE\n") : 0);
}

static size_t
take_line(struct pass *pass, struct slice line, char answer_r[PASS_ANSWER_MAX])
{
	enum pass_next what = pass->next;

	pass->next = PASS_REQUEST;
	switch (what) {
	case PASS_REQUEST:
		break;
	case PASS_GET:
		return (answer_get(pass->view, line, answer_r));
	case PASS_GETNEXT:
		return (answer_next(pass->view, line, answer_r));
	case PASS_SET:
		/* Not to wait for a value: for some types none is sent. */
		pass->next = PASS_VALUE;
		return (say(answer_r, "not-writable\n"));
	case PASS_VALUE:
		if (word_of(line) == WORD_OTHER)
			return (0);
		break;
	}
	return (begin(pass, line, answer_r));
}

/* Keep the beginning of a line.  What goes beyond the limit is dropped: no
   request is as long as that. */
static void
keep(struct pass *pass, struct slice part)
{
	size_t room = sizeof(pass->line) - pass->len;
	size_t len = part.len < room ? part.len : room;

	if (len > 0)
		memcpy(pass->line + pass->len, part.at, len);
	pass->len += len;
}

size_t
pass_take(
    struct pass *pass, struct slice *input, char answer_r[PASS_ANSWER_MAX])
{
	struct slice part;

	while (slice_cut(input, '\n', &part)) {
		size_t len;

		keep(pass, part);
		len = take_line(
		    pass, (struct slice){ pass->line, pass->len }, answer_r);
		pass->len = 0;
		if (len > 0)
			return (len);
	}
	keep(pass, *input);
	*input = slice_from(*input, input->len);
	return (0);
}
