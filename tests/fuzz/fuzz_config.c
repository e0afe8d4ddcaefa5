/*
 * The configuration file.
 */
#include <err.h>
#include <fcntl.h>
#include <stdio.h>
#include <unistd.h>

#include "lib/config/config.h"
#include "tests/fuzz/fuzz.h"

static const char *
file_name(void)
{
	static char name[64];

	if (name[0] == '\0')
		(void)snprintf(name, sizeof(name), "%s/fuzz-config.%d",
		    access("/dev/shm", W_OK) == 0 ? "/dev/shm" : "/tmp",
		    (int)getpid());
	return (name);
}

int
LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
	const char *path = file_name(), *error = NULL;
	struct config *config;
	int fd = open(path, O_RDWR | O_CREAT | O_TRUNC | O_CLOEXEC, 0600);

	if (fd == -1 || write(fd, data, size) != (ssize_t)size)
		err(1, "%s", path);
	close(fd);
	if (config_load(path, &config, &error) == 0) {
		PROMISE(config->snmp != NULL && config->capacity > 0 &&
		    config->publish_interval > 0);
		PROMISE(config->queue != NULL &&
		    config->queue->sockets_count > 0 &&
		    config->queue->sockets[0].path[0] == '/' &&
		    config->queue->interval > 0 && config->queue->deadline > 0);
		for (unsigned i = 0; i < config->rules_count; i++)
			PROMISE(config->rules[i].name[0] != '\0' &&
			    config->rules[i].pattern[0] != '\0' &&
			    config->rules[i].scale > 0 &&
			    config_item_line(config, "rules", i, "pattern") >
				0);
		for (unsigned i = 0; i < config->reasons_count; i++)
			PROMISE(config_item_line(
				    config, "reasons", i, "reason") > 0);
		PROMISE(config->probing != NULL &&
		    config->probing->under_way > 0 &&
		    config->probing->capacity > 0);
		for (unsigned i = 0; i < config->probes_count; i++)
			PROMISE(config->probes[i].name[0] != '\0' &&
			    config->probes[i].to != NULL &&
			    config->probes[i].port > 0 &&
			    config->probes[i].interval >= 1 &&
			    config->probes[i].deadline > 0 &&
			    config_item_line(config, "probes", i, "name") > 0);
		config_free(config);
	} else
		PROMISE(error != NULL && strchr(error, '\n') == NULL &&
		    strstr(error, path) != NULL);
	(void)unlink(path);
	return (0);
}
