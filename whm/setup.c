#include <stdlib.h>
#include <time.h>

#include "whm/pseudonym.h"
#include "whm/setup.h"

static int
make(struct setup *setup, const char **error_r)
{
	const struct config *config = setup->config;

	setup->servers = calloc(
	    config->whm_servers_count + 1, sizeof(*setup->servers));
	setup->parts.logs = logs_new(config->whm->email_logs_series);
	setup->parts.servers = setup->servers;
	setup->parts.intervals = config->whm->intervals;
	*error_r = "no memory";
	if (setup->servers == NULL || setup->parts.logs == NULL)
		return (-1);
	for (unsigned i = 0; i < config->whm_servers_count; i++) {
		setup->count = i + 1;
		if (server_init(&setup->servers[i], &config->whm_servers[i], i,
			error_r) == -1)
			return (-1);
	}
	if (setup->count > 0)
		return (0);
	*error_r = "the configuration names no whm_servers";
	return (-1);
}

int
setup_open(const char *path, struct setup **setup_r, const char **error_r)
{
	struct setup *setup = calloc(1, sizeof(*setup));

	*error_r = "no memory";
	if (setup == NULL)
		return (-1);
	if (config_load(path, &setup->config, error_r) == -1) {
		free(setup);
		return (-1);
	}
	if (make(setup, error_r) == 0) {
		*setup_r = setup;
		return (0);
	}
	setup_close(setup);
	return (-1);
}

int
setup_start(struct setup *setup, const char *directory, struct fetches *fetches,
    const char **error_r)
{
	const struct config_whm *whm = setup->config->whm;

	setup->parts.fetches = fetches;
	if (whm->hash_addresses) {
		if (secret_key_keep(directory, PSEUDONYM_KEY_NAME, &setup->key,
			error_r) == -1)
			return (-1);
		setup->parts.key = &setup->key;
	}
	return (sink_open(whm->events, &setup->parts.sink, error_r));
}

void
setup_close(struct setup *setup)
{
	if (setup == NULL)
		return;
	for (unsigned i = 0; i < setup->count; i++)
		server_end(&setup->servers[i]);
	free(setup->servers);
	logs_free(setup->parts.logs);
	sink_close(setup->parts.sink);
	buffer_free(&setup->parts.scratch);
	config_free(setup->config);
	free(setup);
}

/* What the search said is dropped with the rest of it when it is too old. */
void
setup_save(void *context, struct snapshot *snapshot)
{
	const struct setup *setup = context;
	uint64_t now = (uint64_t)time(NULL);

	for (unsigned i = 0; i < setup->count; i++) {
		const struct server *server = &setup->servers[i];

		server_save(server, now, snapshot);
		logs_save(setup->parts.logs, i, server->config->name, snapshot);
	}
}

int
setup_load(void *context, const struct snapshot *snapshot, const char **error_r)
{
	struct setup *setup = context;

	(void)error_r;
	for (unsigned i = 0; i < setup->count; i++) {
		server_load(&setup->servers[i], snapshot);
		logs_load(setup->parts.logs, i, setup->servers[i].config->name,
		    snapshot);
	}
	return (0);
}
