/*
 * Names of other exporters: rows of the table, read once.
 */
#include <stdio.h>

#include "lib/stats/ciphers.h"
#include "lib/stats/key.h"
#include "lib/stats/peers.h"

static const struct peer_row {
	enum peer_family_id family;
	enum metric_id metric;
	const char *labels;
} rows[] = {
#define PEER_SERIES(family, metric, labels) \
	{ PEER_FAMILY_##family, METRIC_##metric, labels },
#include "lib/stats/metrics.def"
};

static struct peer peers[COUNT(rows)];
static const struct peer *first[METRIC_COUNT];
static bool ready;

/* Which of a metric's open labels has that name in Prometheus.  A test says
   that there is one. */
static unsigned
label_at(enum metric_id metric, struct slice name)
{
	const struct key_labels *open = key_labels(metric);
	unsigned at = 0;

	while (
	    at < open->count && !slice_equal(name, labels[open->id[at]].name))
		at++;
	return (at);
}

/* Step over a name, up to one of the `signs`; the sign, or NUL. */
static char
cut_name(struct slice *word, const char *signs, struct slice *name_r)
{
	size_t len = 0;
	char sign;

	while (len < word->len && strchr(signs, word->at[len]) == NULL)
		len++;
	*name_r = (struct slice){ word->at, len };
	sign = len < word->len ? word->at[len] : '\0';
	*word = slice_from(*word, len + (sign != '\0' ? 1 : 0));
	return (sign);
}

static struct peer_condition
read_condition(enum metric_id metric, struct slice word)
{
	struct peer_condition condition;
	struct slice name;

	switch (cut_name(&word, "=!^~", &name)) {
	case '!':
		condition.test = PEER_IS_NOT;
		break;
	case '^':
		condition.test = PEER_BEGINS;
		break;
	case '~':
		condition.test = PEER_IS_OF;
		break;
	default:
		condition.test = PEER_IS;
		break;
	}
	condition.at = label_at(metric, name);
	condition.value = word;
	return (condition);
}

static struct peer_label
read_label(enum metric_id metric, struct slice word)
{
	struct peer_label label = { .source = PEER_COPY };

	switch (cut_name(&word, "=<#", &label.name)) {
	case '=':
		label.source = PEER_FIXED;
		label.value = word;
		return (label);
	case '#':
		label.source = slice_equal(label.name, "secret_bits") ?
		    PEER_SECRET_BITS :
		    PEER_ALGORITHM_BITS;
		break;
	case '<':
		break;
	default:
		word = label.name;
		break;
	}
	label.at = label_at(metric, word);
	return (label);
}

static void
read_row(const struct peer_row *row, struct peer *peer_r)
{
	struct slice rest = slice_of(row->labels), word;

	peer_r->metric = row->metric;
	peer_r->family = family_of_peer(row->family);
	while (label_value_next(&rest, &word)) {
		if (slice_skip(&word, "?"))
			peer_r->condition[peer_r->condition_count++] =
			    read_condition(row->metric, word);
		else
			peer_r->label[peer_r->label_count++] = read_label(
			    row->metric, word);
	}
}

const struct peer *
peers_of(enum metric_id metric)
{
	for (size_t i = COUNT(rows); i-- > 0 && !ready;) {
		read_row(&rows[i], &peers[i]);
		peers[i].next = first[rows[i].metric];
		first[rows[i].metric] = &peers[i];
	}
	ready = true;
	return (first[metric]);
}

/* Whether a transport or service is of this daemon.  What delivers and is no
   agent that is known counts as pipe: there the names of those that only put
   off and give up, and of what had no room, are left out. */
static bool
is_of(const struct mtagroups *set, enum label_id label, struct slice name,
    struct slice daemon)
{
	const struct mtagroup *group = mtagroups_find(
	    set, label == LABEL_SERVICE ? ROWS_SERVICE : ROWS_TRANSPORT, name);

	if (group == NULL ||
	    !slice_equal(daemon, ietf_daemons[group->daemon].word))
		return (false);
	return (group->daemon != IETF_DAEMON_pipe ||
	    !(slice_equal(name, "qmgr") || slice_equal(name, "cleanup") ||
		slice_equal(name, "other")));
}

static bool
meets(const struct peer *peer, const struct peer_condition *condition,
    const struct mtagroups *set, struct slice value)
{
	const struct slice wanted = condition->value;

	if (value.len == 0)
		return (true);
	switch (condition->test) {
	case PEER_IS:
		return (slice_same(value, wanted));
	case PEER_IS_NOT:
		return (!slice_same(value, wanted));
	case PEER_BEGINS:
		return (value.len >= wanted.len &&
		    memcmp(value.at, wanted.at, wanted.len) == 0);
	default:
		return (is_of(set, key_labels(peer->metric)->id[condition->at],
		    value, wanted));
	}
}

bool
peer_takes(const struct peer *peer, const struct mtagroups *set,
    const struct slice *value, struct slice value_r[PEER_LABELS])
{
	for (unsigned i = 0; i < peer->condition_count; i++)
		if (!meets(peer, &peer->condition[i], set,
			value[peer->condition[i].at]))
			return (false);
	for (unsigned i = 0; i < peer->label_count; i++) {
		const struct peer_label *label = &peer->label[i];

		switch (label->source) {
		case PEER_COPY:
			value_r[i] = value[label->at];
			break;
		case PEER_FIXED:
			value_r[i] = label->value;
			break;
		case PEER_SECRET_BITS:
			value_r[i] = cipher_secret_bits(value[label->at]);
			break;
		case PEER_ALGORITHM_BITS:
			value_r[i] = cipher_algorithm_bits(value[label->at]);
			break;
		}
	}
	return (true);
}
