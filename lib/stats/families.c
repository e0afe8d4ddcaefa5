/*
 * Families, from the names in the table.
 */
#include <strings.h>

#include "lib/stats/families.h"
#include "lib/stats/key.h"

const struct family_help family_helps[FAMILY_COUNT] = {
#define FAMILY(id, name, help) [FAMILY_##id] = { name, help },
#include "lib/stats/metrics.def"
};

/* What PEER_FAMILY says. */
static const struct peer_family {
	enum family_type type;
	const char *name;
	const char *help;
} peer_families[PEER_FAMILY_COUNT] = {
#define PEER_FAMILY(id, type, name, help) \
	[PEER_FAMILY_##id] = { FAMILY_##type, name, help },
#include "lib/stats/metrics.def"
};

static struct family families[METRIC_COUNT + PEER_FAMILY_COUNT];
static struct membership {
	unsigned family;
	enum family_role role;
} members[METRIC_COUNT];
static unsigned family_count;

static bool
slice_ends(struct slice name, struct slice end)
{
	return (name.len > end.len &&
	    slice_same(slice_from(name, name.len - end.len), end));
}

/* Whether the table has a row BASE_bucket. */
static bool
has_buckets(struct slice base)
{
	for (enum metric_id i = 0; i < METRIC_COUNT; i++) {
		struct slice name = slice_of(metrics[i].prometheus);

		if (name.len == base.len + strlen("_bucket") &&
		    slice_ends(name, SLICE("_bucket")) &&
		    memcmp(name.at, base.at, base.len) == 0)
			return (true);
	}
	return (false);
}

/* The role of a row by its name, of which the end is taken off. */
static enum family_role
role_of(struct slice *name)
{
	static const struct {
		struct slice end;
		enum family_role role;
	} ends[] = {
		{ { "_bucket", 7 }, ROLE_BUCKET },
		{ { "_sum", 4 }, ROLE_SUM },
		{ { "_count", 6 }, ROLE_COUNT },
	};

	for (size_t i = 0; i < COUNT(ends); i++) {
		struct slice base = *name;

		if (!slice_ends(*name, ends[i].end))
			continue;
		base.len -= ends[i].end.len;
		if (!has_buckets(base))
			continue;
		*name = base;
		return (ends[i].role);
	}
	return (ROLE_PLAIN);
}

static enum family_type
type_of(enum metric_id metric, enum family_role role)
{
	if (role != ROLE_PLAIN)
		return (FAMILY_HISTOGRAM);
	return (metric_is_counter(&metrics[metric]) ? FAMILY_COUNTER :
						      FAMILY_GAUGE);
}

static const char *
help_of(struct slice name, const char *help)
{
	for (size_t i = 0; i < FAMILY_COUNT; i++)
		if (slice_equal(name, family_helps[i].name))
			return (family_helps[i].help);
	return (help);
}

static void
families_read(void)
{
	for (enum metric_id i = 0; i < METRIC_COUNT; i++) {
		struct slice name = slice_of(metrics[i].prometheus);
		enum family_role role = role_of(&name);
		unsigned f = 0;

		while (f < family_count && !slice_same(families[f].name, name))
			f++;
		if (f == family_count)
			families[family_count++] = (struct family){ name,
				type_of(i, role),
				help_of(name, metrics[i].help), 0 };
		families[f].rows++;
		members[i] = (struct membership){ f, role };
	}
}

/* They follow those of the rows. */
static void
peer_families_read(void)
{
	for (unsigned i = 0; i < PEER_FAMILY_COUNT; i++) {
		const struct peer_family *family = &peer_families[i];

		families[family_count + i] = (struct family){
			slice_of(family->name), family->type, family->help, 0
		};
	}
}

static const struct membership *
member(enum metric_id metric)
{
	if (family_count == 0) {
		families_read();
		peer_families_read();
	}
	return (&members[metric]);
}

unsigned
family_of(enum metric_id metric)
{
	return (member(metric)->family);
}

unsigned
family_of_peer(enum peer_family_id id)
{
	(void)member(0);
	return (family_count + (unsigned)id);
}

const struct family *
family_at(unsigned number)
{
	(void)member(0);
	return (&families[number]);
}

enum family_role
family_role(enum metric_id metric)
{
	return (member(metric)->role);
}

static struct slice
label_name(struct slice id)
{
	for (size_t i = 0; i < LABEL_COUNT; i++)
		if (strlen(labels[i].id) == id.len &&
		    strncasecmp(labels[i].id, id.at, id.len) == 0)
			return (slice_of(labels[i].name));
	return (id);
}

bool
family_label_next(enum metric_id metric, struct slice *rest,
    struct slice *name_r, struct slice *value_r)
{
	const struct membership *is = member(metric);
	bool shown = is->role == ROLE_PLAIN && families[is->family].rows > 1;

	while (rest->len > 0) {
		struct slice word = slice_until(*rest, ':');

		*rest = slice_from(
		    *rest, word.len + (word.len < rest->len ? 1 : 0));
		if (!slice_skip(&word, "{"))
			continue;
		word.len--;
		if (!slice_cut(&word, '=', name_r)) {
			*name_r = label_name(word);
			*value_r = (struct slice){ NULL, 0 };
			return (true);
		}
		*value_r = word;
		if (shown)
			return (true);
	}
	return (false);
}
