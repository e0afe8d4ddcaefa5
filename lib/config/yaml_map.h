/*
 * A YAML file as a tree, for files that are not ours: what is not known in them
 * is no fault.
 */
#ifndef CONFIG_YAML_MAP_H
#define CONFIG_YAML_MAP_H

#include <stdbool.h>

#include <yaml.h>

/* Read the first document of a file; to be ended by yaml_document_delete().
   Returns 0, or -1 and *error_r. */
int yaml_map_read(
    const char *path, yaml_document_t *document_r, const char **error_r);

/* The value of a key, that of a merged mapping ("<<") too; NULL: there is none,
   or `map` is no mapping. */
yaml_node_t *yaml_map_get(
    yaml_document_t *document, const yaml_node_t *map, const char *key);

/* The line a node begins at, from 1. */
unsigned yaml_node_line(const yaml_node_t *node);

/* A scalar's text, borrowed; NULL if it is empty, a null or not there.  Returns
   false if it is no text. */
bool yaml_node_text(const yaml_node_t *node, char **text_r);

#endif
