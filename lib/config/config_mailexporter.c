/*
 * From mailexporter's names to ours.  Where that program goes on with a value
 * that can't be meant (no interval: mail without a pause), this one says so.
 */
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "lib/config/config_mailexporter.h"
#include "lib/config/config_read.h"
#include "lib/config/mailexporter_parts.h"
#include "lib/util/error.h"
#include "lib/util/slice.h"

enum { STRING_MAX = 255 };

static const char *const top_keys[] = { "monitoringinterval",
	"mailchecktimeout", "disablefiledeletion", MAILEXPORTER_LIST, NULL };

void
mailexporter_free(struct mailexporter *file)
{
	if (file == NULL)
		return;
	yaml_document_delete(&file->document);
	free(file->probes);
	free(file->entries);
	free(file);
}

/* --- the file ------------------------------------------------------------- */

static bool
is_known(const char *key, const char *const *known)
{
	for (; *known != NULL; known++)
		if (strcmp(key, *known) == 0)
			return (true);
	return (strcmp(key, "<<") == 0);
}

void
reader_look(const struct reader *reader, const yaml_node_t *map,
    const char *const *known)
{
	for (const yaml_node_pair_t *pair = map->data.mapping.pairs.start;
	     pair < map->data.mapping.pairs.top; pair++) {
		const yaml_node_t *node = yaml_document_get_node(
		    &reader->file->document, pair->key);
		char *text;
		const char *key;

		key = yaml_node_text(node, &text) && text != NULL &&
			config_is_sendable(text, "") ?
		    text :
		    "";
		if (!is_known(key, known))
			reader->warn(error_text("%s:%u: key \"%.64s\" is not "
						"known, and ignored",
			    reader->path, yaml_node_line(node), key));
	}
}

unsigned
reader_line(
    const struct reader *reader, const yaml_node_t *map, const char *key)
{
	const yaml_node_t *value = yaml_map_get(
	    &reader->file->document, map, key);

	return (yaml_node_line(value != NULL ? value : map));
}

int
reader_text(const struct reader *reader, const yaml_node_t *map,
    const char *key, char **text_r, const char **error_r)
{
	const yaml_node_t *value = yaml_map_get(
	    &reader->file->document, map, key);

	if (yaml_node_text(value, text_r) &&
	    (*text_r == NULL || strlen(*text_r) <= STRING_MAX))
		return (0);
	*error_r = error_text("%s:%u: %s must be text of %d bytes at most",
	    reader->path, yaml_node_line(value), key, STRING_MAX);
	return (-1);
}

/* --- times ---------------------------------------------------------------- */

static int
take_duration(const struct reader *reader, const yaml_node_t *top,
    const char *key, const char *without, char seconds_r[NUMBER_MAX],
    const char **error_r)
{
	double seconds = 0;
	char *text;

	if (reader_text(reader, top, key, &text, error_r) == -1)
		return (-1);
	if (text == NULL || strcmp(text, "0") == 0) {
		*error_r = error_text("%s:%u: %s is missing or 0: %s",
		    reader->path, reader_line(reader, top, key), key, without);
		return (-1);
	}
	if (!config_read_duration(text, 1, 86400, &seconds)) {
		*error_r = error_text(
		    "%s:%u: %s must be 1s to 24h, with its unit", reader->path,
		    reader_line(reader, top, key), key);
		return (-1);
	}
	(void)snprintf(seconds_r, NUMBER_MAX, "%.6f", seconds);
	return (0);
}

/* As YAML 1.1 has booleans. */
static bool
read_bool(const char *text, bool *yes_r)
{
	static const char *const words[] = { "n", "y", "N", "Y", "no", "yes",
		"No", "Yes", "NO", "YES", "false", "true", "False", "True",
		"FALSE", "TRUE", "off", "on", "Off", "On", "OFF", "ON", NULL };
	unsigned word = 0;

	if (!config_read_word(text, words, &word))
		return (false);
	*yes_r = word % 2 == 1;
	return (true);
}

static int
take_top(
    const struct reader *reader, const yaml_node_t *top, const char **error_r)
{
	struct mailexporter *file = reader->file;
	char *keep;

	if (take_duration(reader, top, "monitoringinterval",
		"mail would be sent without a pause", file->interval,
		error_r) == -1 ||
	    take_duration(reader, top, "mailchecktimeout",
		"no mail would be in time", file->timeout, error_r) == -1 ||
	    reader_text(reader, top, "disablefiledeletion", &keep, error_r) ==
		-1)
		return (-1);
	if (read_bool(keep, &file->keeps))
		return (0);
	*error_r = error_text("%s:%u: disablefiledeletion must be true or "
			      "false",
	    reader->path, reader_line(reader, top, "disablefiledeletion"));
	return (-1);
}

/* --- all ------------------------------------------------------------------ */

static int
take_file(const struct reader *reader, const char **error_r)
{
	const yaml_node_t *top = yaml_document_get_root_node(
	    &reader->file->document);

	if (top == NULL || top->type != YAML_MAPPING_NODE) {
		*error_r = error_text(
		    "%s:1: there are no servers in it", reader->path);
		return (-1);
	}
	reader_look(reader, top, top_keys);
	if (take_top(reader, top, error_r) == -1)
		return (-1);
	return (mailexporter_servers(reader, top, error_r));
}

int
config_load_mailexporter(const char *path, struct config **config_r,
    config_warn_fn *warn, const char **error_r)
{
	struct mailexporter *file = calloc(1, sizeof(*file));
	const struct reader reader = { path, warn, file };
	struct config *config;

	*error_r = "no memory for the configuration";
	if (file == NULL)
		return (-1);
	if (yaml_map_read(path, &file->document, error_r) == -1) {
		free(file);
		return (-1);
	}
	if (take_file(&reader, error_r) == -1) {
		mailexporter_free(file);
		return (-1);
	}
	config = config_adopt(path, file, file->probes, file->count, error_r);
	if (config == NULL)
		return (-1);
	*config_r = config;
	return (0);
}
