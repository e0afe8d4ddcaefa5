#include <stdio.h>
#include <stdlib.h>

#include "lib/stats/key.h"
#include "lib/stats/whm_rows.h"
#include "whm/users.h"

void
users_free(struct users *users)
{
	free(users->at);
	*users = (struct users){ .at = NULL };
}

static void
copy(char *to, size_t size, struct slice text)
{
	if (text.len >= size)
		text.len = size - 1;
	memcpy(to, text.at, text.len);
	to[text.len] = '\0';
}

static struct user *
new_user(struct users *users)
{
	if (users->count == users->room) {
		size_t room = 2 * users->room + 64;
		struct user *more = realloc(users->at, room * sizeof(*more));

		if (more == NULL)
			return (NULL);
		users->at = more;
		users->room = room;
	}
	return (&users->at[users->count++]);
}

int
users_add(struct users *users, const struct user_row *row)
{
	struct user *user = new_user(users);
	char label[LABEL_MAX];
	size_t len;

	if (user == NULL)
		return (-1);
	*user = (struct user){ .max_emails = row->max_emails,
		.max_defer_fail = row->max_defer_fail };
	len = whm_label(LABEL_WHM_USER, row->user, label);
	memcpy(user->name, label, len);
	user->name_len = (uint8_t)len;
	user->domain_len = (uint8_t)whm_label(
	    LABEL_WHM_DOMAIN, row->domain, user->domain);
	copy(user->full_domain, sizeof(user->full_domain), row->domain);
	copy(user->primary, sizeof(user->primary), row->primary_domain);
	copy(user->owner, sizeof(user->owner), row->owner);
	memcpy(user->stat, row->stat, sizeof(user->stat));
	users->rows++;
	return (0);
}

/* --- bringing them together ------------------------------------------------- */

static int
by_name(const void *a, const void *b)
{
	const struct user *one = a, *other = b;
	int order = one->name_len - other->name_len;

	if (order == 0)
		order = memcmp(one->name, other->name, one->name_len);
	if (order == 0)
		order = one->domain_len - other->domain_len;
	return (order != 0 ?
		order :
		memcmp(one->domain, other->domain, one->domain_len));
}

/* Messages sent and attempts to deliver them. */
static uint64_t
business(const struct user *user)
{
	return (user->stat[0] + user->stat[1] + user->stat[2] + user->stat[3]);
}

static int
by_business(const void *a, const void *b)
{
	uint64_t one = business(a), other = business(b);

	return (one != other ? (one < other ? 1 : -1) : by_name(a, b));
}

static void
add_up(struct user *sum, const struct user *more)
{
	for (unsigned i = 0; i < USER_STATS; i++)
		sum->stat[i] += more->stat[i];
	sum->max_emails |= more->max_emails;
	sum->max_defer_fail |= more->max_defer_fail;
}

void
users_fold(struct users *users, size_t most)
{
	struct user other = {
		.name = "other", .name_len = 5, .domain = "-", .domain_len = 1
	};
	size_t kept = 0;

	if (users->count == 0)
		return;
	qsort(users->at, users->count, sizeof(*users->at), by_name);
	for (size_t i = 0; i < users->count; i++)
		if (kept > 0 &&
		    by_name(&users->at[kept - 1], &users->at[i]) == 0)
			add_up(&users->at[kept - 1], &users->at[i]);
		else
			users->at[kept++] = users->at[i];
	users->count = kept;
	if (kept <= most)
		return;
	qsort(users->at, users->count, sizeof(*users->at), by_business);
	users->folded = kept - most;
	for (size_t i = most; i < kept; i++)
		add_up(&other, &users->at[i]);
	/* somebody can have that name */
	for (size_t i = 0; i < most; i++)
		if (by_name(&users->at[i], &other) == 0) {
			add_up(&users->at[i], &other);
			users->count = most;
			return;
		}
	users->at[most] = other;
	users->count = most + 1;
}

/* --- publishing ------------------------------------------------------------- */

static void
save_number(struct snapshot *snapshot, enum metric_id metric,
    const struct slice value[METRIC_LABELS], uint64_t number)
{
	char key[KEY_MAX + 1];
	size_t len = key_make(metric, value, (struct slice){ NULL, 0 }, key);

	snapshot_add_number(snapshot, (struct slice){ key, len }, number);
}

static void
save_text(struct snapshot *snapshot, enum text_column_id column,
    const struct slice value[3], const char *text)
{
	char key[KEY_MAX + 1];
	int len = snprintf(key, sizeof(key), "=%s:%.*s:%.*s:%.*s",
	    text_columns[column].record, (int)value[0].len, value[0].at,
	    (int)value[1].len, value[1].at, (int)value[2].len, value[2].at);

	if (len < (int)sizeof(key) && text[0] != '\0')
		snapshot_add_text(snapshot, slice_of(key), slice_of(text));
}

void
users_save(const struct users *users, const char *server, bool window,
    struct snapshot *snapshot)
{
	enum metric_id first = window ? METRIC_WINDOW_SENT : METRIC_USER_SENT;

	for (size_t i = 0; i < users->count; i++) {
		const struct user *user = &users->at[i];
		const struct slice value[METRIC_LABELS] = { slice_of(server),
			{ user->name, user->name_len },
			{ user->domain, user->domain_len } };

		for (unsigned s = 0; s < USER_STATS; s++)
			save_number(snapshot, first + s, value, user->stat[s]);
		if (window)
			continue;
		save_number(
		    snapshot, METRIC_USER_MAX_EMAILS, value, user->max_emails);
		save_number(snapshot, METRIC_USER_MAX_DEFER_FAIL, value,
		    user->max_defer_fail);
		save_text(snapshot, TEXT_USER_DOMAIN, value, user->full_domain);
		save_text(snapshot, TEXT_USER_PRIMARY, value, user->primary);
		save_text(snapshot, TEXT_USER_OWNER, value, user->owner);
	}
}
