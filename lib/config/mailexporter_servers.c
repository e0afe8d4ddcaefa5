/*
 * The list of servers: a probe each.
 */
#include <arpa/inet.h>

#include <netdb.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "lib/config/mailexporter_parts.h"
#include "lib/util/error.h"
#include "lib/util/slice.h"

/* What there is of a server. */
enum {
	KEY_NAME,
	KEY_SERVER,
	KEY_PORT,
	KEY_LOGIN,
	KEY_PASSPHRASE,
	KEY_FROM,
	KEY_TO,
	KEY_DETECTIONDIR,
	KEY_COUNT
};

static const char *const server_keys[KEY_COUNT + 1] = { "name", "server",
	"port", "login", "passphrase", "from", "to", "detectiondir" };

const char *
mailexporter_key(const char *key)
{
	static const struct {
		const char *ours, *theirs;
	} keys[] = {
		{ "sasl_authentication", "passphrase" },
		{ "sasl_password", "passphrase" },
		{ "sasl_user", "login" },
		{ "delivery", "detectiondir" },
		{ "delivery/maildir", "detectiondir" },
	};

	for (size_t i = 0; i < COUNT(keys); i++)
		if (strcmp(key, keys[i].ours) == 0)
			return (keys[i].theirs);
	return (key);
}

unsigned
mailexporter_line(struct mailexporter *file, unsigned item, const char *key)
{
	const struct reader reader = { .file = file };

	return (reader_line(&reader, file->entries[item].node, key));
}

/* A port may be a service's name there. */
static char *
port_of(struct entry *entry, char *text)
{
	const struct servent *service = getservbyname(text, "tcp");

	if (service == NULL)
		return (text);
	(void)snprintf(entry->port, sizeof(entry->port), "%u",
	    (unsigned)ntohs((uint16_t)service->s_port));
	return (entry->port);
}

static void
fill(struct mailexporter *file, unsigned i, char *const value[KEY_COUNT])
{
	static char none[] = "0", plain[] = "plain", no[] = "no";
	struct entry *entry = &file->entries[i];
	bool logs_in = value[KEY_LOGIN] != NULL ||
	    value[KEY_PASSPHRASE] != NULL;

	entry->delivery = (struct raw_delivery){
		.maildir = value[KEY_DETECTIONDIR],
		.flat = true,
		.timeout = file->timeout,
		.remove = file->keeps ? no : NULL,
	};
	/* A refusal for now is a failure, which the next interval tries. */
	file->probes[i] = (struct raw_probe){
		.name = value[KEY_NAME],
		.server = value[KEY_SERVER],
		.port = port_of(entry, value[KEY_PORT]),
		.from = value[KEY_FROM],
		.to = value[KEY_TO],
		.starttls_if_offered = true,
		.sasl_authentication = logs_in ? plain : NULL,
		.sasl_user = value[KEY_LOGIN],
		.sasl_password = value[KEY_PASSPHRASE],
		.interval = file->interval,
		.jitter = none,
		.retry_interval = file->interval,
		.retry_deadline = none,
		.delivery = &entry->delivery,
	};
}

static int
take_server(const struct reader *reader, const yaml_node_t *server, unsigned i,
    const char **error_r)
{
	char *value[KEY_COUNT];

	if (server->type != YAML_MAPPING_NODE) {
		*error_r = error_text("%s:%u: a server must be a mapping",
		    reader->path, yaml_node_line(server));
		return (-1);
	}
	reader_look(reader, server, server_keys);
	for (unsigned k = 0; k < KEY_COUNT; k++) {
		if (reader_text(reader, server, server_keys[k], &value[k],
			error_r) == -1)
			return (-1);
		if (value[k] != NULL || k == KEY_LOGIN || k == KEY_PASSPHRASE ||
		    k == KEY_FROM)
			continue;
		*error_r = error_text("%s:%u: %s is missing", reader->path,
		    reader_line(reader, server, server_keys[k]),
		    server_keys[k]);
		return (-1);
	}
	if ((value[KEY_LOGIN] == NULL) != (value[KEY_PASSPHRASE] == NULL)) {
		*error_r = error_text("%s:%u: login and passphrase must both "
				      "be there, or neither",
		    reader->path, yaml_node_line(server));
		return (-1);
	}
	if (strlen(value[KEY_NAME]) > CONFIG_NAME_MAX) {
		*error_r = error_text("%s:%u: name must be %d bytes at most",
		    reader->path, reader_line(reader, server, "name"),
		    CONFIG_NAME_MAX);
		return (-1);
	}
	reader->file->entries[i].node = server;
	fill(reader->file, i, value);
	return (0);
}

int
mailexporter_servers(
    const struct reader *reader, const yaml_node_t *top, const char **error_r)
{
	struct mailexporter *file = reader->file;
	const yaml_node_t *list = yaml_map_get(
	    &file->document, top, MAILEXPORTER_LIST);
	const yaml_node_item_t *items;
	size_t count;

	if (list == NULL || list->type != YAML_SEQUENCE_NODE) {
		*error_r = error_text("%s:%u: there is no list of servers",
		    reader->path, reader_line(reader, top, MAILEXPORTER_LIST));
		return (-1);
	}
	items = list->data.sequence.items.start;
	count = (size_t)(list->data.sequence.items.top - items);
	if (count > CONFIG_PROBES_MAX) {
		*error_r = error_text("%s:%u: there are more than %d servers",
		    reader->path, yaml_node_line(list), CONFIG_PROBES_MAX);
		return (-1);
	}
	file->probes = calloc(count + 1, sizeof(*file->probes));
	file->entries = calloc(count + 1, sizeof(*file->entries));
	*error_r = "no memory for the probes";
	if (file->probes == NULL || file->entries == NULL)
		return (-1);
	for (; file->count < count; file->count++)
		if (take_server(reader,
			yaml_document_get_node(
			    &file->document, items[file->count]),
			file->count, error_r) == -1)
			return (-1);
	return (0);
}
