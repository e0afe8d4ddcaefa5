/*
 * Groups and applications.
 */
#include <inttypes.h>
#include <stdio.h>

#include "lib/stats/counters_layout.h"
#include "lib/stats/mta.h"

/* A time that the next mta_mark() sets. */
#define AT_MARK UINT64_MAX

/* --- master(8) --------------------------------------------------------- */

static void
set_version(struct mta_application *application, struct slice version)
{
	if (version.len == 0 || version.len > MTA_VERSION_MAX)
		return;
	for (size_t i = 0; i < version.len; i++)
		if (version.at[i] <= ' ' || version.at[i] > '~')
			return;
	memcpy(application->version, version.at, version.len);
	application->version[version.len] = '\0';
}

void
mta_master(struct mta *mta, unsigned instance, unsigned traits,
    struct slice version, uint64_t stamp)
{
	struct mta_application *application = &mta->applications[instance];
	int state = traits & TRAIT_IS_ENDED ? MTA_DOWN : MTA_UP;

	if (stamp == 0)
		stamp = AT_MARK;
	set_version(application, version);
	if (traits & TRAIT_IS_STARTED)
		application->started = stamp;
	if ((int)application->state != state || traits & TRAIT_IS_STARTED)
		application->changed = stamp;
	application->state = traits & TRAIT_IS_ENDED ? MTA_DOWN : MTA_UP;
}

static void
mark_application(struct mta_application *application, uint64_t newest)
{
	if (application->started == AT_MARK)
		application->started = newest;
	if (application->changed == AT_MARK)
		application->changed = newest;
}

/* All instances together: up if any is, and as the last one started. */
static struct mta_application
all_together(const struct mta *mta)
{
	struct mta_application all = { .started = 0 };

	for (unsigned i = 0; i < INSTANCE_MAX; i++) {
		const struct mta_application *one = &mta->applications[i];

		if (one->version[0] != '\0' &&
		    (all.version[0] == '\0' || one->started > all.started))
			memcpy(all.version, one->version, sizeof(all.version));
		if (one->started > all.started)
			all.started = one->started;
		if (one->changed > all.changed)
			all.changed = one->changed;
		if (one->state == MTA_UP || all.state == MTA_UNKNOWN)
			all.state = one->state;
	}
	return (all);
}

static const char *
time_text(uint64_t time, char text_r[24])
{
	(void)snprintf(text_r, 24, time != 0 ? "%" PRIu64 : "-", time);
	return (text_r);
}

static void
save_application(struct snapshot *snapshot, unsigned number,
    const struct mta_application *application)
{
	static const char *const states[] = { "-", "up", "down" };
	char key[24], text[128], started[24], changed[24];

	if (application->state == MTA_UNKNOWN)
		return;
	(void)snprintf(key, sizeof(key), "=application:%u", number);
	(void)snprintf(text, sizeof(text), "%s %s %s %s",
	    application->version[0] != '\0' ? application->version : "-",
	    time_text(application->started, started),
	    states[application->state],
	    time_text(application->changed, changed));
	snapshot_add_text(snapshot, slice_of(key), slice_of(text));
}

static void
load_application(struct mta_application *application, struct slice text)
{
	struct slice version, started, state;

	if (!slice_cut(&text, ' ', &version) ||
	    !slice_cut(&text, ' ', &started) || !slice_cut(&text, ' ', &state))
		return;
	if (!slice_equal(version, "-"))
		set_version(application, version);
	(void)slice_number(started, &application->started);
	(void)slice_number(text, &application->changed);
	application->state = slice_equal(state, "up") ? MTA_UP :
	    slice_equal(state, "down")                ? MTA_DOWN :
							MTA_UNKNOWN;
}

/* --- groups ------------------------------------------------------------ */

/* The daemon that logs with a name; if its tag is forgotten, what it most
   likely is. */
static enum ietf_daemon_id
daemon_of(const struct tags *tags, enum ietf_rows kind, struct slice name)
{
	if (kind == ROWS_QUEUE)
		return (IETF_DAEMON_showq);
	for (size_t i = 0; i < COUNT(tags->known); i++) {
		const struct known_tag *known = &tags->known[i];
		char escaped[LABEL_MAX];
		enum ietf_daemon_id daemon;
		size_t len;

		if (known->len == 0 || !known->postfix)
			continue;
		len = label_escape(known->tag.service, escaped);
		if (!slice_same((struct slice){ escaped, len }, name))
			continue;
		daemon = mtagroups_daemon(kind, known->tag.daemon);
		if (daemon != IETF_DAEMON_COUNT)
			return (daemon);
	}
	return (kind == ROWS_SERVICE ? IETF_DAEMON_smtpd : IETF_DAEMON_pipe);
}

static void
mark_groups(struct mta *mta, const struct counters *counters,
    const struct tags *tags, enum ietf_rows kind, enum label_id label,
    uint64_t newest)
{
	struct slice name;

	for (unsigned i = 0; counters_label(counters, label, i, &name); i++)
		if (mtagroups_find(&mta->groups, kind, name) == NULL &&
		    counters_label_counts(counters, label, i))
			mtagroups_add(&mta->groups, daemon_of(tags, kind, name),
			    name, newest);
}

void
mta_mark(struct mta *mta, const struct counters *counters,
    const struct tags *tags, uint64_t newest)
{
	mark_groups(
	    mta, counters, tags, ROWS_TRANSPORT, LABEL_TRANSPORT, newest);
	mark_groups(mta, counters, tags, ROWS_SERVICE, LABEL_SERVICE, newest);
	mark_groups(mta, counters, tags, ROWS_QUEUE, LABEL_QUEUE, newest);
	reasons_mark(&mta->reasons, &mta->groups);
	for (unsigned i = 0; i < INSTANCE_MAX; i++)
		mark_application(&mta->applications[i], newest);
}

/* --- snapshots --------------------------------------------------------- */

void
mta_save(const struct mta *mta, struct snapshot *snapshot)
{
	struct mta_application all = all_together(mta);

	mtagroups_save(&mta->groups, snapshot);
	save_application(snapshot, 1, &all);
	for (unsigned i = 0; i < INSTANCE_MAX; i++)
		save_application(
		    snapshot, i + INSTANCE_INDEX_FIRST, &mta->applications[i]);
	reasons_save(&mta->reasons, snapshot);
}

void
mta_load(struct mta *mta, const struct snapshot *snapshot)
{
	mtagroups_load(snapshot, &mta->groups);
	reasons_load(&mta->reasons, snapshot, &mta->groups);
	for (size_t i = 0; i < snapshot->text_count; i++) {
		const struct text *text = &snapshot->texts[i];
		struct slice key = { text->key, text->key_len };
		struct slice said = { text->text,
			strnlen(text->text, TEXT_MAX) };
		uint64_t number;

		if (slice_skip(&key, "=application:") &&
		    slice_number(key, &number) &&
		    number >= INSTANCE_INDEX_FIRST &&
		    number < INSTANCE_INDEX_FIRST + INSTANCE_MAX)
			load_application(
			    &mta->applications[number - INSTANCE_INDEX_FIRST],
			    said);
	}
}
