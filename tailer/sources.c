/*
 * What is asked of all sources.
 */
#include <stdio.h>

#include "tailer/sources.h"

void
sources_close(struct sources *sources)
{
	for (unsigned i = 0; i < sources->count; i++)
		sources->at[i]->ops->free(sources->at[i]);
	sources->count = 0;
}

int
sources_watch(struct sources *sources, int inotify_fd, const char **error_r)
{
	for (unsigned i = 0; i < sources->count; i++) {
		struct source *source = sources->at[i];

		if (source->ops->watch != NULL &&
		    source->ops->watch(source, inotify_fd, error_r) == -1)
			return (-1);
	}
	return (0);
}

void
sources_unwatch(struct sources *sources)
{
	for (unsigned i = 0; i < sources->count; i++)
		if (sources->at[i]->ops->unwatch != NULL)
			sources->at[i]->ops->unwatch(sources->at[i]);
}

int64_t
sources_settle(struct sources *sources, int64_t now)
{
	int64_t first = 0;

	for (unsigned i = 0; i < sources->count; i++) {
		struct source *source = sources->at[i];
		int64_t when = source->ops->settle != NULL ?
		    source->ops->settle(source, now) :
		    0;

		if (when != 0 && (first == 0 || when < first))
			first = when;
	}
	return (first);
}

unsigned
sources_descriptors(
    const struct sources *sources, struct pollfd set_r[SOURCES_MAX])
{
	unsigned count = 0;

	for (unsigned i = 0; i < sources->count; i++) {
		const struct source *source = sources->at[i];
		int fd = source->ops->descriptor != NULL ?
		    source->ops->descriptor(source) :
		    -1;

		if (fd != -1)
			set_r[count++] = (struct pollfd){ fd, POLLIN, 0 };
	}
	return (count);
}

enum source_state
sources_state(const struct sources *sources)
{
	enum source_state all = SOURCE_ENDED;

	for (unsigned i = 0; i < sources->count; i++) {
		const struct source *source = sources->at[i];
		enum source_state state = source->ops->state != NULL ?
		    source->ops->state(source) :
		    SOURCE_FOLLOWS;

		if (state == SOURCE_BUSY)
			return (SOURCE_BUSY);
		if (state == SOURCE_FOLLOWS)
			all = SOURCE_FOLLOWS;
	}
	return (all);
}

uint64_t
sources_save(const struct sources *sources, struct snapshot *snapshot)
{
	uint64_t backlog = 0;

	for (unsigned i = 0; i < sources->count; i++) {
		const struct source *source = sources->at[i];
		char key[24], position[TEXT_MAX], text[2 * TEXT_MAX];
		size_t len = source->ops->save(source, position);
		int text_len = snprintf(text, sizeof(text), "%s\n%.*s",
		    source->name, (int)len, position);

		(void)snprintf(key, sizeof(key), "=source:%u", i);
		snapshot_add_text(snapshot, slice_of(key),
		    (struct slice){ text, (size_t)text_len });
		if (source->ops->backlog != NULL)
			backlog += source->ops->backlog(source);
	}
	return (backlog);
}

time_t
sources_oldest(const struct sources *sources, time_t now)
{
	time_t oldest = 0;

	for (unsigned i = 0; i < sources->count; i++) {
		const struct source *source = sources->at[i];
		time_t then = source->ops->oldest != NULL ?
		    source->ops->oldest(source, now) :
		    0;

		if (then != 0 && (oldest == 0 || then < oldest))
			oldest = then;
	}
	return (oldest);
}

time_t
sources_newest(const struct sources *sources)
{
	time_t newest = 0;

	for (unsigned i = 0; i < sources->count; i++) {
		const struct source *source = sources->at[i];
		time_t then = source->ops->newest != NULL ?
		    source->ops->newest(source) :
		    0;

		if (then > newest)
			newest = then;
	}
	return (newest);
}
