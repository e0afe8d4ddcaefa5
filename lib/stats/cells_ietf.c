/*
 * Rows of applTable, mtaTable, mtaGroupTable and mtaGroupErrorTable.
 *
 * Row 1 is all instances together and has every column that is known.  Other
 * instances have what is counted by instance; a column of which there is no key
 * with their name is left out, which SNMP says as noSuchInstance.
 */
#include <stdlib.h>

#include "lib/stats/cells_array.h"
#include "lib/stats/cells_ietf.h"
#include "lib/stats/key.h"
#include "lib/stats/reasons.h"

enum { STATE_UP = 1, STATE_DOWN = 2 };
enum {
	HIERARCHY_TRANSPORTS = -1,
	HIERARCHY_SERVICES = -2,
	HIERARCHY_QUEUES = -3
};
enum { KOCTET = 1024 };

struct sum {
	uint64_t value;
	bool seen;
};

/* What master(8) said of an instance; 0 and an empty version: nothing. */
struct application {
	struct slice version;
	uint64_t started, state, changed;
};

struct cells_ietf {
	const struct snapshot *snapshot;
	const struct instances *instances;
	struct cells *cells;
	bool stamps;
	bool wanted[METRIC_COUNT];
	struct mtagroups groups;
	struct application applications[INSTANCE_MAX + 1];
	struct sum *sums; /* by instance, group (0: none) and column */
};

/* A row that is being laid out. */
struct row {
	size_t instance;              /* of instances->at */
	const struct mtagroup *group; /* NULL: a row of an instance */
};

static struct sum *
sum_at(const struct cells_ietf *ietf, const struct row *row,
    enum ietf_column_id column)
{
	size_t group = row->group == NULL ?
	    0 :
	    1 + (size_t)(row->group - ietf->groups.at);

	return (&ietf->sums[(row->instance * (ietf->groups.count + 1) + group) *
		IETF_COLUMN_COUNT +
	    column]);
}

static bool
has_groups(enum ietf_table_id table)
{
	return (table == IETF_GROUP || table == IETF_ERROR);
}

/* --- what the texts say ------------------------------------------------- */

/* The text KEY:NUMBER; empty if there is none. */
static struct slice
numbered_text(
    const struct snapshot *snapshot, struct slice key, uint32_t number)
{
	struct slice found = { "", 0 };

	for (size_t i = 0; i < snapshot->text_count; i++) {
		const struct text *text = &snapshot->texts[i];
		struct slice rest = { text->key, text->key_len };
		uint64_t its;

		if (rest.len > key.len &&
		    memcmp(rest.at, key.at, key.len) == 0 &&
		    slice_number(slice_from(rest, key.len), &its) &&
		    its == number)
			found = (struct slice){ text->text,
				strnlen(text->text, TEXT_MAX) };
	}
	return (found);
}

/* =application:N is VERSION STARTED STATE CHANGED, `-' for what is not
   known. */
static void
read_application(struct slice text, struct application *application_r)
{
	struct slice version, started, state;

	*application_r = (struct application){ .version = { "", 0 } };
	if (!slice_cut(&text, ' ', &version) ||
	    !slice_cut(&text, ' ', &started) || !slice_cut(&text, ' ', &state))
		return;
	if (!slice_equal(version, "-"))
		application_r->version = version;
	if (!slice_number(started, &application_r->started))
		application_r->started = 0;
	if (slice_equal(state, "up"))
		application_r->state = STATE_UP;
	else if (slice_equal(state, "down"))
		application_r->state = STATE_DOWN;
	if (!slice_number(text, &application_r->changed))
		application_r->changed = 0;
}

static void
read_applications(struct cells_ietf *ietf)
{
	for (size_t i = 0; i < ietf->instances->count; i++) {
		struct application *application = &ietf->applications[i];
		uint64_t lines;

		read_application(
		    numbered_text(ietf->snapshot, SLICE("=application:"),
			ietf->instances->at[i].number),
		    application);
		/* Who writes lines is up. */
		if (application->state == 0 &&
		    (i > 0 ||
			(snapshot_number(
			     ietf->snapshot, SLICE("lines:postfix"), &lines) &&
			    lines > 0)))
			application->state = STATE_UP;
	}
}

/* --- taking keys -------------------------------------------------------- */

struct cells_ietf *
cells_ietf_new(const struct snapshot *snapshot,
    const struct instances *instances, struct cells *cells, bool stamps)
{
	struct cells_ietf *ietf = calloc(1, sizeof(*ietf));

	if (ietf == NULL)
		return (NULL);
	ietf->snapshot = snapshot;
	ietf->instances = instances;
	ietf->cells = cells;
	ietf->stamps = stamps;
	mtagroups_load(snapshot, &ietf->groups);
	ietf->sums = calloc(
	    instances->count * (ietf->groups.count + 1) * IETF_COLUMN_COUNT,
	    sizeof(*ietf->sums));
	if (ietf->sums == NULL) {
		free(ietf);
		return (NULL);
	}
	for (size_t s = 0; s < ietf_source_count; s++)
		ietf->wanted[ietf_sources[s].metric] = true;
	read_applications(ietf);
	return (ietf);
}

void
cells_ietf_free(struct cells_ietf *ietf)
{
	if (ietf == NULL)
		return;
	free(ietf->sums);
	free(ietf);
}

bool
cells_ietf_wants(const struct cells_ietf *ietf, enum metric_id metric)
{
	return (ietf->wanted[metric]);
}

/* The value of the open label `id`; empty if the metric has none. */
static struct slice
label_value(enum metric_id metric, const struct slice *value, enum label_id id)
{
	const struct key_labels *open = key_labels(metric);

	for (unsigned i = 0; i < open->count; i++)
		if (open->id[i] == id)
			return (value[i]);
	return ((struct slice){ "", 0 });
}

/* The group that a key belongs to; NULL: none, or one without a number. */
static const struct mtagroup *
group_of(const struct cells_ietf *ietf, enum metric_id metric,
    const struct slice *value)
{
	struct slice name = label_value(metric, value, LABEL_TRANSPORT);

	if (name.len > 0)
		return (mtagroups_find(&ietf->groups, ROWS_TRANSPORT, name));
	name = label_value(metric, value, LABEL_SERVICE);
	if (name.len > 0)
		return (mtagroups_find(&ietf->groups, ROWS_SERVICE, name));
	name = label_value(metric, value, LABEL_QUEUE);
	return (mtagroups_find(&ietf->groups, ROWS_QUEUE, name));
}

/* An enhanced status code as mtaStatusCode has it: 5.1.2 is 5001002.  0 if it
   is none, or no error. */
static uint32_t
status_code(struct slice dsn)
{
	struct slice word[2];
	uint64_t class, subject, detail;

	if (!slice_cut(&dsn, '.', &word[0]) ||
	    !slice_cut(&dsn, '.', &word[1]) || !slice_number(word[0], &class) ||
	    !slice_number(word[1], &subject) || !slice_number(dsn, &detail) ||
	    (class != 4 && class != 5) || subject > 999 || detail > 999)
		return (0);
	return ((uint32_t)((class * 1000 + subject) * 1000 + detail));
}

static bool
is_loop(uint32_t code)
{
	return (code % 1000000 == 4006);
}

static bool
append(const struct cells_ietf *ietf, const struct row *row,
    enum ietf_column_id column, uint32_t code, uint64_t number,
    struct slice text)
{
	struct oid oid;

	ietf_column_oid(column, &oid);
	oid.arc[oid.count++] = ietf->instances->at[row->instance].number;
	if (row->group != NULL)
		oid.arc[oid.count++] = row->group->number;
	if (code != 0)
		oid.arc[oid.count++] = code;
	return (cells_append_oid(
	    ietf->cells, &oid, ietf_columns[column].type, number, text));
}

/* What of a key's labels some columns ask for. */
struct aspect {
	uint32_t code; /* status code; 0: none */
	bool connect;  /* of the stage CONNECT */
};

/* Whether a sum has the keys of such an aspect in it; it is 0 by the others. */
static bool
is_summed(enum ietf_value value, const struct aspect *aspect)
{
	switch (value) {
	case VALUE_LOOPS:
		return (is_loop(aspect->code));
	case VALUE_CONNECT:
		return (aspect->connect);
	default:
		return (true);
	}
}

/* Add a key's number to one column. */
static bool
take(struct cells_ietf *ietf, enum ietf_column_id id, const struct row *row,
    const struct aspect *aspect, uint64_t number)
{
	const struct ietf_column *column = &ietf_columns[id];
	struct row its = *row;
	struct sum *sum;

	if (column->rows != ROWS_ANY || has_groups(column->table))
		if (row->group == NULL ||
		    (ietf_daemons[row->group->daemon].rows & column->rows) == 0)
			return (true);
	if (column->value == VALUE_ERRORS)
		return (aspect->code == 0 ||
		    append(ietf, row, id, aspect->code, number,
			(struct slice){ NULL, 0 }));
	if (!has_groups(column->table))
		its.group = NULL;
	sum = sum_at(ietf, &its, id);
	sum->seen = true;
	if (column->value == VALUE_LATEST)
		sum->value = number > sum->value ? number : sum->value;
	else if (is_summed(column->value, aspect))
		sum->value += number;
	return (true);
}

bool
cells_ietf_take(struct cells_ietf *ietf, enum metric_id metric,
    const struct slice *value, const struct instance *instance, uint64_t number)
{
	struct row row = { (size_t)(instance - ietf->instances->at),
		group_of(ietf, metric, value) };
	const struct aspect aspect = { .code = status_code(label_value(
					   metric, value, LABEL_DSN)),
		.connect = slice_equal(
		    label_value(metric, value, LABEL_STAGE), "CONNECT") };

	for (size_t s = 0; s < ietf_source_count; s++)
		if (ietf_sources[s].metric == metric &&
		    !take(ietf, ietf_sources[s].column, &row, &aspect, number))
			return (false);
	return (true);
}

/* --- laying out --------------------------------------------------------- */

/* A number that is 0 as long as it is not known. */
static bool
known(uint64_t number, uint64_t *number_r)
{
	*number_r = number;
	return (number != 0);
}

static bool
known_text(struct slice text, struct slice *text_r)
{
	*text_r = text;
	return (text.len != 0);
}

static bool
value_of_sum(const struct cells_ietf *ietf, enum ietf_column_id column,
    const struct row *row, uint64_t *number_r)
{
	const struct sum *sum = sum_at(ietf, row, column);

	*number_r = sum->value;
	switch (ietf_columns[column].value) {
	case VALUE_LATEST:
		return (sum->value != 0);
	case VALUE_KOCTETS:
		*number_r = sum->value / KOCTET;
		break;
	default:
		break;
	}
	return (sum->seen ||
	    (row->instance == 0 &&
		ietf_columns[column].type == CELL_COUNTER32));
}

static bool
value_of_application(const struct cells_ietf *ietf, enum ietf_value value,
    size_t instance, uint64_t *number_r, struct slice *text_r)
{
	const struct application *application = &ietf->applications[instance];

	switch (value) {
	case VALUE_NAME:
		*text_r = instance == 0 ? SLICE("Postfix (all instances)") :
					  ietf->instances->at[instance].name;
		return (true);
	case VALUE_DESCRIPTION:
		*text_r = SLICE("Postfix mail transfer agent");
		return (true);
	case VALUE_URL:
		*text_r = SLICE("http://www.postfix.org/");
		return (true);
	case VALUE_VERSION:
		return (known_text(application->version, text_r));
	case VALUE_STARTED:
		return (known(application->started, number_r));
	case VALUE_STATE:
		return (known(application->state, number_r));
	case VALUE_CHANGED:
		return (known(application->changed, number_r));
	default:
		return (false);
	}
}

static uint32_t
port_of(const struct mtagroup *group)
{
	struct slice name = mtagroup_name(group);

	if (group->daemon == IETF_DAEMON_smtpd &&
	    slice_equal(name, "submission"))
		return (587);
	if (group->daemon == IETF_DAEMON_smtpd &&
	    (slice_equal(name, "submissions") || slice_equal(name, "smtps")))
		return (465);
	return (ietf_daemons[group->daemon].port);
}

static struct slice
reason_of(const struct cells_ietf *ietf, const struct row *row)
{
	struct slice reason;

	return (reasons_find(ietf->snapshot, row->group->number, &reason) ?
		reason :
		SLICE("never"));
}

static int
hierarchy_of(const struct mtagroup *group)
{
	switch (mtagroup_kind(group)) {
	case ROWS_TRANSPORT:
		return (HIERARCHY_TRANSPORTS);
	case ROWS_SERVICE:
		return (HIERARCHY_SERVICES);
	default:
		return (HIERARCHY_QUEUES);
	}
}

/* =queue:N has lines of a queue, and the id and arrival of its oldest message.
   False: there is none. */
static bool
oldest_of(const struct cells_ietf *ietf, const struct row *row,
    struct slice *id_r, uint64_t *arrival_r)
{
	struct slice rest = numbered_text(ietf->snapshot, SLICE("=queue:"),
	    ietf->instances->at[row->instance].number);
	struct slice line, name;

	while (slice_cut(&rest, '\n', &line))
		if (slice_cut(&line, ' ', &name) &&
		    slice_same(name, mtagroup_name(row->group)) &&
		    slice_cut(&line, ' ', id_r))
			return (slice_number(line, arrival_r));
	return (false);
}

static bool
value_of_group(const struct cells_ietf *ietf, enum ietf_value value,
    const struct row *row, uint64_t *number_r, struct slice *text_r)
{
	const struct ietf_daemon *daemon = &ietf_daemons[row->group->daemon];
	struct slice id;

	switch (value) {
	case VALUE_NAME:
		*text_r = mtagroup_name(row->group);
		return (true);
	case VALUE_DESCRIPTION:
		*text_r = slice_of(daemon->description);
		return (true);
	case VALUE_URL:
		*text_r = slice_of(daemon->url);
		return (true);
	case VALUE_HIERARCHY:
		*number_r = (uint64_t)hierarchy_of(row->group);
		return (true);
	case VALUE_CREATED:
		return (known(row->group->created, number_r));
	case VALUE_PROTOCOL:
		return (known(port_of(row->group), number_r));
	case VALUE_REASON:
		/* Nobody keeps them by instance. */
		*text_r = reason_of(ietf, row);
		return (row->instance == 0);
	case VALUE_OLDEST:
		return (oldest_of(ietf, row, &id, number_r) && *number_r != 0);
	case VALUE_OLDEST_ID:
		return (oldest_of(ietf, row, text_r, number_r));
	default:
		return (false);
	}
}

/* False: there is none. */
static bool
value_of(const struct cells_ietf *ietf, enum ietf_column_id column,
    const struct row *row, uint64_t *number_r, struct slice *text_r)
{
	enum ietf_value value = ietf_columns[column].value;

	switch (value) {
	case VALUE_ABSENT:
	case VALUE_ERRORS: /* appended as they were taken */
		return (false);
	case VALUE_EMPTY:
		return (true);
	case VALUE_SUM:
	case VALUE_KOCTETS:
	case VALUE_LATEST:
	case VALUE_LOOPS:
	case VALUE_CONNECT:
		return (value_of_sum(ietf, column, row, number_r));
	default:
		break;
	}
	if (row->group == NULL)
		return (value_of_application(
		    ietf, value, row->instance, number_r, text_r));
	return (value_of_group(ietf, value, row, number_r, text_r));
}

static bool
append_row(const struct cells_ietf *ietf, const struct row *row)
{
	for (unsigned c = 0; c < IETF_COLUMN_COUNT; c++) {
		const struct ietf_column *column = &ietf_columns[c];
		struct slice text = { "", 0 };
		uint64_t number = 0;

		if (has_groups(column->table) != (row->group != NULL) ||
		    (row->group != NULL &&
			(ietf_daemons[row->group->daemon].rows &
			    column->rows) == 0) ||
		    (column->type == CELL_STAMP && !ietf->stamps) ||
		    !value_of(ietf, c, row, &number, &text))
			continue;
		if (!append(ietf, row, c, 0, number, text))
			return (false);
	}
	return (true);
}

/* Whether an instance has a number of its own in a group: if it has none it
   does not use it.  All together use every group, but for queues that are not
   sampled any more. */
static bool
row_is_used(const struct cells_ietf *ietf, const struct row *row)
{
	for (unsigned c = 0; c < IETF_COLUMN_COUNT; c++)
		if (sum_at(ietf, row, c)->seen)
			return (true);
	return (row->instance == 0 && mtagroup_kind(row->group) != ROWS_QUEUE);
}

bool
cells_ietf_append(const struct cells_ietf *ietf)
{
	for (size_t i = 0; i < ietf->instances->count; i++) {
		struct row row = { i, NULL };

		if (!append_row(ietf, &row))
			return (false);
		for (unsigned g = 0; g < ietf->groups.count; g++) {
			row.group = &ietf->groups.at[g];
			if (row_is_used(ietf, &row) && !append_row(ietf, &row))
				return (false);
		}
	}
	return (true);
}
