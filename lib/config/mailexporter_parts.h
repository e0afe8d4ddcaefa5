/*
 * What the readers of mailexporter's file share, and nobody else wants.
 */
#ifndef CONFIG_MAILEXPORTER_PARTS_H
#define CONFIG_MAILEXPORTER_PARTS_H

#include "lib/config/config_foreign.h"
#include "lib/config/config_mailexporter.h"
#include "lib/config/yaml_map.h"

enum { NUMBER_MAX = 24 };

#define MAILEXPORTER_LIST "servers" /* where probes stand */

/* A probe, before it is checked, and texts that are not in the file. */
struct entry {
	const yaml_node_t *node; /* in the document */
	struct raw_delivery delivery;
	char port[NUMBER_MAX];
};

struct mailexporter {
	yaml_document_t document; /* owns all texts of the file */
	char interval[NUMBER_MAX], timeout[NUMBER_MAX];
	bool keeps; /* disablefiledeletion */
	unsigned count;
	struct raw_probe *probes;
	struct entry *entries; /* as many */
};

struct reader {
	const char *path;
	config_warn_fn *warn;
	struct mailexporter *file;
};

/* Warn of keys of `map` that are not `known`, which ends with NULL. */
void reader_look(const struct reader *reader, const yaml_node_t *map,
    const char *const *known);

/* Where a key of `map` stands, or else that. */
unsigned reader_line(
    const struct reader *reader, const yaml_node_t *map, const char *key);

/* A key's text; NULL: there is none.  Returns 0, or -1 and *error_r. */
int reader_text(const struct reader *reader, const yaml_node_t *map,
    const char *key, char **text_r, const char **error_r);

/* Fill in the probes, from the servers in the file.  The same. */
int mailexporter_servers(
    const struct reader *reader, const yaml_node_t *top, const char **error_r);

#endif
