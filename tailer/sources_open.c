/*
 * Which sources there are.
 */
#include <errno.h>
#include <stdio.h>
#include <string.h>
#include <unistd.h>

#include "lib/util/error.h"
#include "tailer/sources.h"

/* What it takes to open a source. */
struct opening {
	struct sources *sources;
	const struct options *options;
	const struct snapshot *snapshot;
	struct counters *counters;
	bool by_host;
};

/* The position saved for the log of that name; empty if there is none.  A
   `=source:N` text is the name, a newline, and what the source wrote. */
static struct slice
saved_position(const struct snapshot *snapshot, const char *name)
{
	for (unsigned i = 0; snapshot != NULL && i < SOURCES_MAX; i++) {
		struct slice saved, owner;
		char key[24];

		(void)snprintf(key, sizeof(key), "=source:%u", i);
		if (snapshot_text(snapshot, slice_of(key), &saved) &&
		    slice_cut(&saved, '\n', &owner) && slice_equal(owner, name))
			return (saved);
	}
	return ((struct slice){ "", 0 });
}

/* Have `source` begin; NULL stands for no memory. */
static int
add(const struct opening *opening, struct source *source, const char **error_r)
{
	const struct options *options = opening->options;
	enum source_from from = options->once && opening->snapshot == NULL &&
		options->from == FROM_END ?
	    FROM_START :
	    options->from;

	if (source == NULL) {
		*error_r = strerror(ENOMEM);
		return (-1);
	}
	source->by_host = opening->by_host;
	opening->sources->at[opening->sources->count++] = source;
	return (source->ops->start(source,
	    saved_position(opening->snapshot, source->name), from,
	    !options->once, error_r));
}

static int
check_path(const char *path, const char **error_r)
{
	if (strlen(path) <= SOURCE_PATH_MAX)
		return (0);
	*error_r = error_text(
	    "log %s: the path is longer than %d bytes", path, SOURCE_PATH_MAX);
	return (-1);
}

static int
add_log(const struct opening *opening, const struct option_log *log,
    const char **error_r)
{
	if (check_path(log->path, error_r) == -1)
		return (-1);
	return (add(opening,
	    source_file_new(log->path, log->instance, opening->counters),
	    error_r));
}

static int
add_journal(
    const struct opening *opening, const char *directory, const char **error_r)
{
	if (directory != NULL && check_path(directory, error_r) == -1)
		return (-1);
	return (add(opening, source_journal_new(directory, opening->counters),
	    error_r));
}

static int
add_named(const struct opening *opening, const char **error_r)
{
	const struct options *options = opening->options;

	for (unsigned i = 0; i < options->log_count; i++)
		if (add_log(opening, &options->logs[i], error_r) == -1)
			return (-1);
	if (options->journal &&
	    add_journal(opening, options->journal_directory, error_r) == -1)
		return (-1);
	return (options->read_stdin ?
		add(opening, source_stdin_new(), error_r) :
		0);
}

static int
add_configured(const struct opening *opening, const struct config *config,
    const char **error_r)
{
	for (unsigned i = 0; i < config->logs_count; i++) {
		const char *instance = config->logs[i].instance;
		struct option_log log = { .path = config->logs[i].path };

		if (instance != NULL)
			log.instance = slice_of(instance);
		if (add_log(opening, &log, error_r) == -1)
			return (-1);
	}
	return (config->journal == CHOICE_YES ?
		add_journal(opening, NULL, error_r) :
		0);
}

/* The system's own: the first log that can be read, else the journal. */
static int
add_usual(const struct opening *opening, const struct config *config,
    const char **error_r)
{
	static const char *const usual[] = { "/var/log/mail.log",
		"/var/log/maillog" };
	const char *error = "journal: not wanted";

	for (size_t i = 0; i < COUNT(usual); i++) {
		struct option_log log = { .path = usual[i] };

		if (access(usual[i], R_OK) == 0)
			return (add_log(opening, &log, error_r));
	}
	if (config->journal != CHOICE_NO &&
	    add_journal(opening, NULL, &error) == 0)
		return (0);
	*error_r = error_text("no log to follow: neither %s nor %s can be "
			      "read (%s); name one with --log",
	    usual[0], usual[1], error);
	return (-1);
}

int
sources_open(struct sources *sources, const struct options *options,
    const struct config *config, const struct snapshot *snapshot,
    struct counters *counters, const char **error_r)
{
	struct opening opening = { sources, options, snapshot, counters,
		config->by_host };

	if (add_named(&opening, error_r) == -1)
		return (-1);
	if (sources->count == 0 &&
	    add_configured(&opening, config, error_r) == -1)
		return (-1);
	return (sources->count > 0 ? 0 : add_usual(&opening, config, error_r));
}
