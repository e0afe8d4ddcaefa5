/*
 * A page is read and handed over before any of it is counted, so that what could
 * not be written is asked for again.
 */
#include <inttypes.h>
#include <stdlib.h>
#include <time.h>

#include "whm/messages.h"
#include "whm/pseudonym.h"

uint64_t
messages_clock(const struct server *server)
{
	return ((uint64_t)((int64_t)time(NULL) + server->skew));
}

uint64_t
messages_from(struct server *server)
{
	uint64_t since;

	if (server->cursor == 0) {
		server->cursor = messages_clock(server) -
		    server->config->backfill;
		told_set_since(server->told, server->cursor);
	}
	since = server->cursor > server->config->overlap ?
	    server->cursor - server->config->overlap :
	    0;
	return (since > told_since(server->told) ? since :
						   told_since(server->told));
}

static struct told_item
identity(const struct message *message)
{
	const struct slice parts[] = { message->text[TEXT_MESSAGE_ID],
		message->text[TEXT_RECIPIENT], message->text[TEXT_TYPE] };

	return (told_item(parts, COUNT(parts), message->sum.action_time));
}

/* What is kept of a message until it is handed over and can be counted. */
struct row {
	struct told_item item;
	struct message_sum sum;
	bool is_new;
};

/* Whether it is among the rows of its second that stand above it on the page. */
static bool
is_above(const struct row *row, size_t above)
{
	for (size_t i = 1; i <= above && (row - i)->item.time == row->item.time;
	     i++)
		if (told_is_same(&(row - i)->item, &row->item))
			return (true);
	return (false);
}

/* Read and hand over one row, which must be what was asked for, in order; as
   many are above it. */
static enum reason
tell_one(struct poll_parts *parts, struct server *server, const json_t *record,
    uint64_t before, size_t rows_above, struct row *row, struct fault *fault)
{
	struct message message;
	enum reason reason = message_read(record, &message, fault);

	if (reason != REASON_NONE)
		return (reason);
	if (message.sum.action_time < before)
		return (fault_set(fault, REASON_ORDER,
		    "a message of %" PRIu64 " behind %" PRIu64,
		    message.sum.action_time, before));
	row->sum = message.sum;
	row->item = identity(&message);
	/* else it would come for ever */
	if (rows_above == 0 && server->page.first > 1 &&
	    told_is_same(&row->item, &server->page.head))
		return (fault_set(fault, REASON_ORDER,
		    "the page before once more, instead of row %" PRIu64,
		    server->page.first));
	row->is_new = !told_has(server->told, &row->item) &&
	    !is_above(row, rows_above);
	if (!row->is_new)
		return (REASON_NONE);
	if (parts->key != NULL &&
	    !pseudonym_apply(parts->key, &parts->scratch, &message))
		return (
		    fault_set(fault, REASON_MEMORY, "no memory for addresses"));
	sink_add(parts->sink, server->config->name, &message);
	return (REASON_NONE);
}

/* Hand over the messages of a page that are new, all of them or none. */
static enum reason
tell(struct poll_parts *parts, struct server *server,
    const struct answer *answer, struct row *rows, struct fault *fault)
{
	uint64_t before = server->page.since;
	enum reason reason = REASON_NONE;
	const json_t *record;
	const char *error;
	size_t i;

	json_array_foreach(answer->records, i, record)
	{
		reason = tell_one(
		    parts, server, record, before, i, &rows[i], fault);
		if (reason != REASON_NONE) {
			sink_drop(parts->sink);
			return (reason);
		}
		before = rows[i].sum.action_time;
	}
	if (sink_write(parts->sink, &error) == -1)
		return (fault_set(fault, REASON_EVENTS, "%s", error));
	return (REASON_NONE);
}

static void
keep_log(struct poll_parts *parts, struct server *server, const json_t *record)
{
	struct fault fault;
	struct message message;
	int gone;

	if (!logs_wanted(parts->logs) ||
	    message_read(record, &message, &fault) != REASON_NONE ||
	    (parts->key != NULL &&
		!pseudonym_apply(parts->key, &parts->scratch, &message)))
		return;
	gone = logs_add(parts->logs, server->number, &message);
	if (gone >= 0)
		parts->servers[gone].tallies.dropped++;
}

/* Count what was handed over. */
static void
count(struct poll_parts *parts, struct server *server,
    const struct answer *answer, const struct row *rows)
{
	const json_t *record;
	size_t i;

	json_array_foreach(answer->records, i, record)
	{
		const struct row *row = &rows[i];

		if (row->sum.action_time > server->newest)
			server->newest = row->sum.action_time;
		if (!row->is_new) {
			server->tallies.duplicates++;
			continue;
		}
		told_add(server->told, &row->item);
		tallies_add(&server->tallies, &row->sum);
		keep_log(parts, server, record);
	}
}

/* The next page begins with the last second of this one, whose messages may not
   all have been on it.  Within a second it goes on by rows, and so it does if not
   all of that second could be known again. */
static void
turn_page(struct server *server, size_t rows, const struct told_item *head)
{
	if (server->newest > server->page.since &&
	    told_since(server->told) <= server->newest)
		server->page = (struct page){ .since = server->newest,
			.first = 1 };
	else
		server->page.first += rows;
	server->page.head = *head;
}

/* A message of the future does not move the cursor there: others would never be
   asked for. */
static void
move_cursor(struct server *server)
{
	uint64_t now = messages_clock(server);
	uint64_t reached = server->newest < now ? server->newest : now;

	if (reached > server->cursor)
		server->cursor = reached;
	if (server->cursor > server->config->overlap)
		told_forget(
		    server->told, server->cursor - server->config->overlap);
}

enum reason
messages_take(struct poll_parts *parts, struct server *server,
    const struct answer *answer, bool *more_r, struct fault *fault)
{
	size_t count_of = json_array_size(answer->records);
	struct row *rows;
	enum reason reason;

	if (count_of > server->config->page_size)
		return (fault_set(fault, REASON_ORDER,
		    "more rows than were asked for (%zu)", count_of));
	rows = calloc(count_of + 1, sizeof(*rows));
	if (rows == NULL)
		return (
		    fault_set(fault, REASON_MEMORY, "no memory for a page"));
	reason = tell(parts, server, answer, rows, fault);
	if (reason == REASON_NONE) {
		count(parts, server, answer, rows);
		*more_r = count_of >= server->config->page_size;
		turn_page(server, count_of, &rows[0].item);
		move_cursor(server);
	}
	free(rows);
	return (reason);
}
