/*
 * What snmpd could ask the subagent: several OIDs at a time, of any length and
 * with arcs wider than SNMP's, in every mode, while snapshots are swapped.
 * The handler is called without the library's own before it, which would let
 * no SET come so far.  All snapshots are the same here, so the right answer is
 * found by reading the newest from its beginning.
 *
 * The input is bytes.  One says what comes next: a publication, a pause, or a
 * request and its mode; behind that stand how many OIDs it has, and for each
 * a kind, how many arcs, and the arcs.
 */
#include <net-snmp/net-snmp-config.h>
#include <net-snmp/net-snmp-includes.h>
#include <net-snmp/agent/net-snmp-agent-includes.h>

#include "agentx/handler.h"
#include "tests/fuzz/hostile_view.h"

enum { REQUESTS_MAX = 8, NAME_MAX_ARCS = 255 };

/* Kinds of an OID; the others are flags. */
enum { ABSOLUTE, BELOW_BASE, AFTER_ANSWER, WIDE, KINDS };
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
	for (size_t i = 0; kind == BELOW_BASE && i < view.base.count; i++)
		add_arc(&name, view.base.arc[i]);
	while (more-- > 0)
		add_arc(&name,
		    take_arc(input,
			kind == ABSOLUTE ? 4 :
			    kind == WIDE ? sizeof(oid) :
					   1));
	return (name);
}

/* Where the first cell is that stands behind `name` or, if `inclusive`, at
   it; the number of cells if there is none. */
static size_t
find_cell(const struct cells *cells, const struct name *name, bool inclusive)
{
	for (size_t i = 0; i < cells_count(cells); i++) {
		const struct cell *cell = cells_at(cells, i);
		struct name here = { .count = 0 };
		int order;

		for (size_t n = 0; n < cell->arc_count; n++)
			add_arc(&here, cell->arc[n]);
		order = snmp_oid_compare(
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
	default: /* only the IETF's tables have others */
		abort();
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
	size_t at = find_cell(cells, &question->name, inclusive);
	const struct cell *cell;

	if (at == cells_count(cells)) {
		check_name(var, &question->name);
		PROMISE(var->type == ASN_NULL);
		return;
	}
	cell = cells_at(cells, at);
	question->answer.count = 0;
	for (size_t i = 0; i < cell->arc_count; i++)
		add_arc(&question->answer, cell->arc[i]);
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

/* Once; its root is the base of every view. */
static netsnmp_handler_registration *
registered(void)
{
	static netsnmp_handler_registration *registration;
	const netsnmp_subtree *tree;
	oid root[OID_MAX];

	if (registration != NULL)
		return (registration);
	PROMISE(handler_register(&view.base, false, &view) == 0);
	for (size_t i = 0; i < view.base.count; i++)
		root[i] = view.base.arc[i];
	tree = netsnmp_subtree_find(root, view.base.count, NULL, "");
	PROMISE(tree != NULL && tree->reginfo != NULL);
	registration = tree->reginfo;
	return (registration);
}

/* To our own handler, the last one of the registration. */
static void
call(netsnmp_agent_request_info *info)
{
	netsnmp_handler_registration *registration = registered();
	netsnmp_mib_handler *handler = registration->handler;

	while (handler->next != NULL)
		handler = handler->next;
	PROMISE(handler->access_method(handler, registration, info, requests) ==
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

	view_begin(&view, 0);
	memset(asked, 0, sizeof(asked));
	while (input.left > 0) {
		unsigned what = take_byte(&input);

		if (what < COUNT(modes)) {
			ask(&input, modes[what]);
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
