/*
 * The part of docs/metrics.md about names of other exporters.
 */
#include <stdio.h>

#include "lib/stats/key.h"
#include "lib/stats/peers.h"
#include "tools/generate.h"

static const char introduction[] =
    "\n## Names of other exporters\n\n"
    "Prometheus is also told these sums, under the names and labels that\n"
    "kumina's and Hsn723's postfix_exporter made known, so that dashboards and\n"
    "alerts written for those go on working; [exporters.md](exporters.md) tells\n"
    "the differences. Where a key above means just what one of their names does,\n"
    "it bears that name there. Labels of the key that are not named are summed\n"
    "up. With several instances of Postfix a sum has `postfix_instance` if its\n"
    "keys exist for each of them.\n\n"
    "| Prometheus name | kind | labels | sum of | meaning |\n"
    "|---|---|---|---|---|\n";

static const char *const type_names[FAMILY_TYPES] = {
	[FAMILY_COUNTER] = "counter",
	[FAMILY_GAUGE] = "gauge",
	[FAMILY_HISTOGRAM] = "histogram",
	[FAMILY_UNTYPED] = "untyped",
};

static void
print_names(const struct family *family)
{
	const char *name = family->name.at; /* a whole string */

	if (family->type == FAMILY_HISTOGRAM)
		printf("`%s_bucket` `%s_sum` `%s_count`", name, name, name);
	else
		printf("`%s`", name);
}

static void
print_condition(const struct peer *peer, const struct peer_condition *condition)
{
	static const char *const words[] = {
		[PEER_IS] = " ",
		[PEER_IS_NOT] = " not ",
		[PEER_BEGINS] = " from ",
		[PEER_IS_OF] = " of ",
	};
	enum label_id label = key_labels(peer->metric)->id[condition->at];

	printf(", %s%s%.*s%s", labels[label].name, words[condition->test],
	    (int)condition->value.len, condition->value.at,
	    condition->test == PEER_IS_OF ? "(8)" : "");
}

/* A key that is a part of the family, as what, and when. */
static void
print_part(const struct peer *peer)
{
	printf("`%s`", readable_key(&metrics[peer->metric]));
	for (unsigned i = 0; i < peer->label_count; i++)
		if (peer->label[i].source == PEER_FIXED &&
		    peer->label[i].value.len > 0)
			printf(" as %.*s", (int)peer->label[i].value.len,
			    peer->label[i].value.at);
	for (unsigned i = 0; i < peer->condition_count; i++)
		print_condition(peer, &peer->condition[i]);
}

static void
print_labels(const struct peer *peer)
{
	for (unsigned i = 0; i < peer->label_count; i++)
		printf("%s`%.*s`", i > 0 ? ", " : "",
		    (int)peer->label[i].name.len, peer->label[i].name.at);
}

/* Parts, those of a histogram told by its count. */
static void
print_parts(unsigned number, bool with_labels)
{
	const char *before = "";

	for (enum metric_id m = 0; m < METRIC_COUNT; m++)
		for (const struct peer *peer = peers_of(m); peer != NULL;
		     peer = peer->next) {
			if (peer->family != number ||
			    family_role(m) == ROLE_BUCKET ||
			    family_role(m) == ROLE_SUM)
				continue;
			if (with_labels) {
				print_labels(peer);
				return;
			}
			printf("%s", before);
			print_part(peer);
			before = "; ";
		}
}

void
metrics_peers(void)
{
	fputs(introduction, stdout);
	for (unsigned i = 0; i < PEER_FAMILY_COUNT; i++) {
		unsigned number = family_of_peer((enum peer_family_id)i);
		const struct family *family = family_at(number);

		printf("| ");
		print_names(family);
		printf(" | %s | ", type_names[family->type]);
		print_parts(number, true);
		printf(" | ");
		print_parts(number, false);
		printf(" | %s |\n", family->help);
	}
}
