/*
 * The configuration file, and mailexporter's.
 */
#include <err.h>
#include <fcntl.h>
#include <stdio.h>
#include <unistd.h>

#include "lib/config/config.h"
#include "lib/config/config_mailexporter.h"
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

static void
judge_delivery(const struct config_delivery *delivery)
{
	PROMISE((delivery->maildir != NULL) != (delivery->imap != NULL));
	PROMISE(delivery->maildir == NULL || delivery->maildir[0] == '/');
	PROMISE(delivery->imap == NULL ||
	    (delivery->mailbox != NULL && delivery->imap->sasl_user != NULL &&
		delivery->imap->port > 0 && delivery->imap->deadline > 0));
	PROMISE(delivery->timeout >= 1 && delivery->poll >= 1 &&
	    delivery->lost_after >= delivery->timeout);
}

static void
judge_probes(const struct config *config)
{
	PROMISE(config->probing != NULL && config->probing->under_way > 0 &&
	    config->probing->capacity > 0);
	for (unsigned i = 0; i < config->probes_count; i++) {
		PROMISE(config->probes[i].name[0] != '\0' &&
		    config->probes[i].to != NULL && config->probes[i].port > 0);
		PROMISE(config->probes[i].interval >= 1 &&
		    config->probes[i].deadline > 0);
		PROMISE(config_item_line(config, "probes", i, "name") > 0);
		if (config->probes[i].delivery != NULL)
			judge_delivery(config->probes[i].delivery);
	}
}

/* A text that goes into a log. */
static void
judge_text(const char *text)
{
	PROMISE(text != NULL && strchr(text, '\n') == NULL &&
	    strstr(text, file_name()) != NULL);
}

static void
load_mailexporter(const char *path)
{
	const char *error = NULL;
	struct config *config;

	if (config_load_mailexporter(path, &config, judge_text, &error) == -1) {
		judge_text(error);
		return;
	}
	judge_probes(config);
	for (unsigned i = 0; i < config->probes_count; i++)
		PROMISE(config->probes[i].delivery != NULL &&
		    config->probes[i].starttls_if_offered);
	config_free(config);
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
		judge_probes(config);
		config_free(config);
	} else
		judge_text(error);
	load_mailexporter(path);
	(void)unlink(path);
	return (0);
}
