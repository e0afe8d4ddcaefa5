/*
 * What snmpd could ask the subagent: several OIDs at a time, of any length and
 * with arcs wider than SNMP's, in every mode and each subtree that is
 * registered, those of the IETF's columns too, while snapshots are swapped.
 * The handler is called without the library's own before it, which would let
 * no SET come so far.  All snapshots are the same here, so the right answer is
 * found by reading the newest from its beginning.
 *
 * The input is bytes.  One says what comes next: a publication, a pause,
 * another subtree, with its number behind it, or a request and its mode; behind
 * that stand how many OIDs it has, and for each a kind, how many arcs, and the
 * arcs.
 */
#include <net-snmp/net-snmp-config.h>
#include <net-snmp/net-snmp-includes.h>
#include <net-snmp/agent/net-snmp-agent-includes.h>

#include "agentx/handler.h"
#include "lib/stats/ietf.h"
#include "tests/fuzz/hostile_view.h"

enum { REQUESTS_MAX = 8, NAME_MAX_ARCS = 255 };

/* Kinds of an OID; the others are flags. */
enum { ABSOLUTE, BELOW_ROOT, AFTER_ANSWER, WIDE, KINDS };
enum { INCLUSIVE = 4, PROCESSED = 8 };

struct input {
	const uint8_t *at;
	size_t left;
};

struct name {
	size_t count;
	oid arc[NAME_MAX_ARCS];
};

/* One OID of a request, what it was, and what came last in its place. */
struct asked {
	netsnmp_variable_list *var;
	struct name name;
	struct name answer;
};

static struct asked asked[REQUESTS_MAX];
static netsnmp_request_info requests[REQUESTS_MAX];
static struct view view;

/* The subtree that is asked, and when, in seconds since 1970. */
static netsnmp_handler_registration *subtree;
static struct name root;
static uint64_t asked_at;

static unsigned
take_byte(struct input *input)
{
	if (input->left == 0)
		return (0);
	input->left--;
	return (*input->at++);
}

static oid
take_arc(struct input *input, unsigned bytes)
{
	oid arc = 0;

	while (bytes-- > 0)
		arc = arc << 8 | take_byte(input);
	return (arc);
}

static void
add_arc(struct name *name, oid arc)
{
	if (name->count < NAME_MAX_ARCS)
		name->arc[name->count++] = arc;
}

static struct name
take_name(struct input *input, unsigned kind, const struct name *answer)
{
	struct name name = { .count = 0 };
	unsigned more = take_byte(input);

	if (kind == AFTER_ANSWER)
		name = *answer;
	if (kind == BELOW_ROOT)
		name = root;
	while (more-- > 0)
		add_arc(&name,
		    take_arc(input,
			kind == ABSOLUTE ? 4 :
			    kind == WIDE ? sizeof(oid) :
					   1));
	return (name);
}

static struct name
name_of(const struct cell *cell)
{
	struct name name = { .count = 0 };

	for (size_t i = 0; i < cell->arc_count; i++)
		add_arc(&name, cell->arc[i]);
	return (name);
}

/* Whether a cell belongs to the subtree that is asked; none does not. */
static bool
is_below_root(const struct cells *cells, size_t at)
{
	struct name name;

	if (at == cells_count(cells))
		return (false);
	name = name_of(cells_at(cells, at));
	return (name.count >= root.count &&
	    snmp_oid_compare(name.arc, root.count, root.arc, root.count) == 0);
}

/* Where the first cell is that stands behind `name` or, if `inclusive`, at
   it; the number of cells if there is none. */
static size_t
find_cell(const struct cells *cells, const struct name *name, bool inclusive)
{
	for (size_t i = 0; i < cells_count(cells); i++) {
		struct name here = name_of(cells_at(cells, i));
		int order = snmp_oid_compare(
		    here.arc, here.count, name->arc, name->count);

		if (order > 0 || (inclusive && order == 0))
			return (i);
	}
	return (cells_count(cells));
}

static void
check_name(const netsnmp_variable_list *var, const struct name *name)
{
	PROMISE(snmp_oid_compare(
		    var->name, var->name_length, name->arc, name->count) == 0);
}

static void
check_protocol(const netsnmp_variable_list *var, const struct cell *cell)
{
	struct name name = { .count = 0 };
	struct oid oid;

	cell_protocol(cell, &oid);
	for (size_t i = 0; i < oid.count; i++)
		add_arc(&name, oid.arc[i]);
	PROMISE(var->type == ASN_OBJECT_ID);
	PROMISE(
	    snmp_oid_compare(var->val.objid, var->val_len / sizeof(name.arc[0]),
		name.arc, name.count) == 0);
}

/* As it was when it was asked for, or is now. */
static void
check_interval(const netsnmp_variable_list *var, const struct cell *cell)
{
	uint64_t now = (uint64_t)time(NULL);

	PROMISE(var->type == ASN_INTEGER);
	PROMISE(*var->val.integer >= (long)cell_interval(cell, asked_at));
	PROMISE(*var->val.integer <= (long)cell_interval(cell, now));
}

static void
check_value(const netsnmp_variable_list *var, const struct cell *cell)
{
	switch (cell->type) {
	case CELL_STRING:
		PROMISE(var->type == ASN_OCTET_STR);
		PROMISE(var->val_len == cell->text.len);
		PROMISE(var->val_len == 0 ||
		    memcmp(var->val.string, cell->text.at, var->val_len) == 0);
		break;
	case CELL_COUNTER64:
		PROMISE(var->type == ASN_COUNTER64);
		PROMISE(var->val.counter64->high == cell->number >> 32);
		PROMISE(var->val.counter64->low == (cell->number & UINT32_MAX));
		break;
	case CELL_INTEGER:
		PROMISE(var->type == ASN_INTEGER);
		PROMISE((uint64_t)*var->val.integer == cell->number);
		break;
	case CELL_GAUGE32:
	case CELL_UNSIGNED32:
		PROMISE(var->type == ASN_GAUGE);
		PROMISE((uint64_t)*var->val.integer == cell->number);
		break;
	case CELL_COUNTER32:
		PROMISE(var->type == ASN_COUNTER);
		PROMISE(
		    (uint64_t)*var->val.integer == (cell->number & UINT32_MAX));
		break;
	case CELL_PROTOCOL:
		check_protocol(var, cell);
		break;
	case CELL_INTERVAL:
		check_interval(var, cell);
		break;
	case CELL_STAMP:
		PROMISE(var->type == ASN_TIMETICKS);
		PROMISE(*var->val.integer >= 0 &&
		    (u_long)*var->val.integer <= netsnmp_get_agent_uptime());
		break;
	}
}

static void
check_get(const netsnmp_variable_list *var, const struct name *name)
{
	const struct cells *cells = walks_newest(view.walks)->cells;
	size_t at = find_cell(cells, name, true);

	check_name(var, name);
	if (at < cells_count(cells) && at != find_cell(cells, name, false))
		check_value(var, cells_at(cells, at));
	else
		PROMISE(var->type == SNMP_NOSUCHOBJECT ||
		    var->type == SNMP_NOSUCHINSTANCE);
}

static void
check_next(
    const netsnmp_variable_list *var, struct asked *question, bool inclusive)
{
	const struct cells *cells = walks_newest(view.walks)->cells;
	bool before = snmp_oid_compare(question->name.arc, question->name.count,
			  root.arc, root.count) < 0;
	size_t at = before ? find_cell(cells, &root, true) :
			     find_cell(cells, &question->name, inclusive);
	const struct cell *cell;

	if (!is_below_root(cells, at)) {
		check_name(var, &question->name);
		PROMISE(var->type == ASN_NULL);
		return;
	}
	cell = cells_at(cells, at);
	question->answer = name_of(cell);
	check_name(var, &question->answer);
	check_value(var, cell);
}

static void
check_answers(int mode, size_t count)
{
	for (size_t i = 0; i < count; i++) {
		const netsnmp_variable_list *var = asked[i].var;

		if (requests[i].processed == PROCESSED) {
			check_name(var, &asked[i].name);
			PROMISE(var->type == ASN_NULL);
		} else if (mode == MODE_GET)
			check_get(var, &asked[i].name);
		else if (mode == MODE_GETNEXT)
			check_next(var, &asked[i], requests[i].inclusive != 0);
		else {
			check_name(var, &asked[i].name);
			PROMISE(requests[i].status == SNMP_ERR_NOTWRITABLE);
		}
	}
}

/* Subtree 0 is the base of every view, the others are the IETF's columns. */
static void
enter(unsigned number)
{
	static bool registered;
	const struct netsnmp_subtree_s *tree;
	struct oid oid = view.base;

	if (!registered)
		PROMISE(handler_register(&view.base, true, &view) == 0);
	registered = true;
	if (number > 0)
		ietf_column_oid((enum ietf_column_id)(number - 1), &oid);
	root.count = 0;
	for (size_t i = 0; i < oid.count; i++)
		add_arc(&root, oid.arc[i]);
	tree = netsnmp_subtree_find(root.arc, root.count, NULL, "");
	PROMISE(tree != NULL && tree->reginfo != NULL);
	subtree = tree->reginfo;
	PROMISE(snmp_oid_compare(subtree->rootoid, subtree->rootoid_len,
		    root.arc, root.count) == 0);
}

/* To our own handler, the last one of the registration. */
static void
call(netsnmp_agent_request_info *info)
{
	netsnmp_mib_handler *handler = subtree->handler;

	while (handler->next != NULL)
		handler = handler->next;
	asked_at = (uint64_t)time(NULL);
	PROMISE(handler->access_method(handler, subtree, info, requests) ==
	    SNMP_ERR_NOERROR);
}

static void
ask(struct input *input, int mode)
{
	size_t count = take_byte(input) % REQUESTS_MAX + 1;
	netsnmp_agent_request_info info = { .mode = mode };

	memset(requests, 0, sizeof(requests));
	for (size_t i = 0; i < count; i++) {
		unsigned kind = take_byte(input);

		asked[i].name = take_name(
		    input, kind % KINDS, &asked[i].answer);
		asked[i].var = calloc(1, sizeof(*asked[i].var));
		PROMISE(asked[i].var != NULL);
		PROMISE(snmp_set_var_objid(asked[i].var, asked[i].name.arc,
			    asked[i].name.count) == 0);
		asked[i].var->type = ASN_NULL;
		requests[i] = (netsnmp_request_info){ .requestvb = asked[i].var,
			.agent_req_info = &info,
			.inclusive = (kind & INCLUSIVE) != 0,
			.processed = kind & PROCESSED,
			.index = (int)i + 1,
			.next = i + 1 < count ? &requests[i + 1] : NULL,
			.prev = i > 0 ? &requests[i - 1] : NULL };
	}
	call(&info);
	check_answers(mode, count);
	for (size_t i = 0; i < count; i++)
		snmp_free_var(asked[i].var);
}

int
LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
	static const int modes[] = { MODE_GET, MODE_GETNEXT, MODE_SET_RESERVE1,
		MODE_SET_RESERVE2, MODE_SET_ACTION, MODE_SET_COMMIT,
		MODE_SET_FREE, MODE_SET_UNDO };
	struct input input = { data, size };

	view_begin(&view, CELLS_IETF | CELLS_STAMPS);
	enter(0);
	memset(asked, 0, sizeof(asked));
	while (input.left > 0) {
		unsigned what = take_byte(&input);

		if (what < COUNT(modes)) {
			ask(&input, modes[what]);
			continue;
		}
		if (what == 'r') {
			enter(take_byte(&input) % (1 + IETF_COLUMN_COUNT));
			continue;
		}
		if (what == 'p')
			publish(&view);
		else
			view.now += (what == 's' ? 1 : 60) * SECOND;
		walks_tidy(view.walks, view.now);
	}
	walks_free(view.walks);
	return (0);
}
