/*
 * Once a minute: the stores are read, their numbers remembered and drawn into
 * the graphs.
 */
#include <errno.h>
#include <stdlib.h>
#include <string.h>
#include <time.h>

#include "exporter/site.h"
#include "lib/util/clock.h"
#include "lib/util/log.h"
#include "lib/util/path.h"

enum { INTERVAL = 60000 };

static struct stores *
open_stores(const char *directory, const char **error_r)
{
	struct stores *stores = stores_new(directory);

	if (stores == NULL)
		*error_r = strerror(ENOMEM);
	return (stores);
}

struct site *
site_new(
    const struct config *config, const char *directory, const char **error_r)
{
	struct site *site = calloc(1, sizeof(*site));

	*error_r = strerror(ENOMEM);
	if (site == NULL)
		return (NULL);
	site->past = past_new();
	site->graphs = graphs_new();
	site->next = clock_milliseconds();
	if (site->past != NULL && site->graphs != NULL &&
	    site_change(site, config, directory, error_r) == 0)
		return (site);
	site_free(site);
	return (NULL);
}

/* Serve the stores of another directory; of the same one go on. */
static int
change_directory(struct site *site, const char *name, const char **error_r)
{
	char *directory = path_absolute(name);
	struct stores *stores;
	struct past *past;

	*error_r = strerror(ENOMEM);
	if (directory == NULL)
		return (-1);
	if (site->directory != NULL &&
	    strcmp(directory, site->directory) == 0) {
		free(directory);
		return (0);
	}
	stores = open_stores(directory, error_r);
	past = past_new();
	if (stores == NULL || past == NULL) {
		stores_free(stores);
		past_free(past);
		free(directory);
		return (-1);
	}
	stores_free(site->stores);
	past_free(site->past);
	free(site->directory);
	site->stores = stores;
	site->past = past;
	site->directory = directory;
	return (0);
}

int
site_change(struct site *site, const struct config *config,
    const char *directory, const char **error_r)
{
	if (change_directory(site,
		directory != NULL ? directory : config->state_directory,
		error_r) == -1)
		return (-1);
	graphs_open(site->graphs, config->rrd);
	site->next = clock_milliseconds();
	return (0);
}

void
site_free(struct site *site)
{
	if (site == NULL)
		return;
	stores_free(site->stores);
	past_free(site->past);
	graphs_free(site->graphs);
	free(site->directory);
	free(site);
}

int64_t
site_clock(void)
{
	return (clock_milliseconds() / 1000);
}

void
site_update(struct site *site)
{
	stores_update(site->stores);
}

int
site_render_states(
    FILE *out, enum prometheus_format format, const struct site *site)
{
	graphs_render_state(out, format, site->graphs);
	return (stores_render_states(out, format, site->stores));
}

int
site_render_series(
    FILE *out, enum prometheus_format format, const struct site *site)
{
	return (stores_render_series(out, format, site->stores));
}

static void
note(struct site *site)
{
	struct store_view view;

	site_update(site);
	if (!stores_view(site->stores, 0, &view) || view.snapshot == NULL)
		return;
	if (past_note(site->past, view.snapshot, site_clock()) == -1)
		log_warnx("no memory to remember the numbers of this minute");
	graphs_note(site->graphs, view.snapshot, view.up);
}

int
site_tick(struct site *site)
{
	int64_t now = clock_milliseconds();

	if (now >= site->next) {
		note(site);
		site->next = now + INTERVAL - now % INTERVAL;
	}
	return ((int)(site->next - clock_milliseconds()) + 1);
}
