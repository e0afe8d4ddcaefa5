/*
 * A walk, and what of it is ours.
 */
#include "agentx/check_walk.h"
#include "lib/stats/ietf.h"

struct walk {
	const struct oid *root;
	const struct cells *cells; /* to compare with, or NULL */
	size_t at;                 /* the next of them */
	struct oid last;
	struct walk_facts *facts;
};

bool
oid_is_below(const struct oid *root, const uint32_t *arc, size_t count)
{
	return (count > root->count &&
	    oid_compare(arc, root->count, root->arc, root->count) == 0);
}

/* IETF_COLUMN_COUNT: it is in none. */
static enum ietf_column_id
column_of(const uint32_t *arc, size_t count)
{
	unsigned c = 0;

	for (; c < IETF_COLUMN_COUNT; c++) {
		struct oid column;

		ietf_column_oid((enum ietf_column_id)c, &column);
		if (oid_is_below(&column, arc, count))
			break;
	}
	return ((enum ietf_column_id)c);
}

/* The columns that snmpd's module for sendmail has, and serves whether there
   is a sendmail or not. */
static bool
is_sendmail(enum ietf_column_id column)
{
	switch (column) {
	case IETF_mtaReceivedMessages:
	case IETF_mtaStoredMessages:
	case IETF_mtaTransmittedMessages:
	case IETF_mtaReceivedVolume:
	case IETF_mtaStoredVolume:
	case IETF_mtaTransmittedVolume:
	case IETF_mtaGroupReceivedMessages:
	case IETF_mtaGroupRejectedMessages:
	case IETF_mtaGroupStoredMessages:
	case IETF_mtaGroupTransmittedMessages:
	case IETF_mtaGroupReceivedVolume:
	case IETF_mtaGroupStoredVolume:
	case IETF_mtaGroupTransmittedVolume:
	case IETF_mtaGroupName:
	case IETF_mtaGroupHierarchy:
		return (true);
	default:
		return (false);
	}
}

/* Only the subagent has TimeStamp objects. */
static bool
is_stamp(enum ietf_column_id column)
{
	return (column != IETF_COLUMN_COUNT &&
	    ietf_columns[column].type == CELL_STAMP);
}

/* Cells up to `name`, or all that are left, were not shown. */
static void
note_missing(struct walk *walk, const struct oid *name)
{
	struct walk_facts *facts = walk->facts;

	for (; walk->cells != NULL && walk->at < cells_count(walk->cells);
	     walk->at++) {
		const struct cell *cell = cells_at(walk->cells, walk->at);
		int order = name == NULL ?
		    -1 :
		    oid_compare(
			cell->arc, cell->arc_count, name->arc, name->count);

		if (order > 0)
			return;
		if (order == 0 ||
		    !oid_is_below(walk->root, cell->arc, cell->arc_count))
			continue;
		if (facts->missing++ == 0)
			(void)oid_format(
			    cell->arc, cell->arc_count, facts->missing_name);
		facts->missing_elsewhere += !is_sendmail(
		    column_of(cell->arc, cell->arc_count));
	}
}

static void
note_shown(struct walk *walk, const struct oid *name)
{
	struct walk_facts *facts = walk->facts;
	enum ietf_column_id column = column_of(name->arc, name->count);

	facts->shown++;
	facts->shown_elsewhere += !is_sendmail(column);
	if (walk->cells == NULL || is_stamp(column) ||
	    cells_get(walk->cells, name->arc, name->count) != NULL)
		return;
	if (facts->foreign++ == 0)
		(void)oid_format(name->arc, name->count, facts->foreign_name);
}

static bool
see(void *context, const struct oid *name)
{
	struct walk *walk = context;

	if (walk->facts->shown > 0 &&
	    oid_compare(name->arc, name->count, walk->last.arc,
		walk->last.count) <= 0) {
		walk->facts->goes_back = true;
		return (false);
	}
	if (!oid_is_below(walk->root, name->arc, name->count))
		return (false);
	walk->last = *name;
	note_shown(walk, name);
	note_missing(walk, name);
	return (true);
}

void
check_walk(struct client *client, const struct oid *root,
    const struct oid *from, const struct cells *cells,
    struct walk_facts *facts_r)
{
	struct walk walk = { .root = root, .cells = cells, .facts = facts_r };

	*facts_r = (struct walk_facts){ .shown = 0 };
	client_walk(client, from, see, &walk);
	if (!facts_r->goes_back)
		note_missing(&walk, NULL);
}
