/*
 * libyaml's documents.
 */
#include <errno.h>
#include <stdio.h>
#include <string.h>

#include "lib/config/yaml_map.h"
#include "lib/util/error.h"
#include "lib/util/slice.h"

enum { MERGES_MAX = 8 }; /* one within another */

static int
load(yaml_parser_t *parser, const char *path, yaml_document_t *document_r,
    const char **error_r)
{
	if (yaml_parser_load(parser, document_r))
		return (0);
	*error_r = error_text("%s:%zu: %s", path, parser->problem_mark.line + 1,
	    parser->problem != NULL ? parser->problem : "it is no YAML");
	return (-1);
}

int
yaml_map_read(
    const char *path, yaml_document_t *document_r, const char **error_r)
{
	FILE *file = fopen(path, "re");
	yaml_parser_t parser;
	int rc;

	if (file == NULL || !yaml_parser_initialize(&parser)) {
		*error_r = error_text(
		    "cannot read %s: %s", path, strerror(errno));
		if (file != NULL)
			fclose(file);
		return (-1);
	}
	yaml_parser_set_input_file(&parser, file);
	rc = load(&parser, path, document_r, error_r);
	yaml_parser_delete(&parser);
	fclose(file);
	return (rc);
}

static bool
is_key(const yaml_node_t *node, const char *key)
{
	return (node->type == YAML_SCALAR_NODE &&
	    strcmp((const char *)node->data.scalar.value, key) == 0);
}

/* The mapping's own: the last one, if there are several. */
static yaml_node_t *
get_own(yaml_document_t *document, const yaml_node_t *map, const char *key)
{
	yaml_node_t *found = NULL;

	for (const yaml_node_pair_t *pair = map->data.mapping.pairs.start;
	     pair < map->data.mapping.pairs.top; pair++)
		if (is_key(yaml_document_get_node(document, pair->key), key))
			found = yaml_document_get_node(document, pair->value);
	return (found);
}

yaml_node_t *
yaml_map_get(yaml_document_t *document, const yaml_node_t *map, const char *key)
{
	yaml_node_t *found = NULL;

	for (unsigned i = 0; found == NULL && i < MERGES_MAX; i++) {
		if (map == NULL || map->type != YAML_MAPPING_NODE)
			return (NULL);
		found = get_own(document, map, key);
		map = get_own(document, map, "<<");
	}
	return (found);
}

unsigned
yaml_node_line(const yaml_node_t *node)
{
	return ((unsigned)node->start_mark.line + 1);
}

/* What stands for nothing, if it is not in quotes. */
static bool
is_null(const yaml_node_t *node)
{
	static const char *const nulls[] = { "~", "null", "Null", "NULL" };
	const char *text = (const char *)node->data.scalar.value;

	for (size_t i = 0; i < COUNT(nulls); i++)
		if (node->data.scalar.style == YAML_PLAIN_SCALAR_STYLE &&
		    strcmp(text, nulls[i]) == 0)
			return (true);
	return (text[0] == '\0');
}

bool
yaml_node_text(const yaml_node_t *node, char **text_r)
{
	*text_r = NULL;
	if (node == NULL)
		return (true);
	if (node->type != YAML_SCALAR_NODE ||
	    memchr(node->data.scalar.value, '\0', node->data.scalar.length) !=
		NULL)
		return (false);
	if (!is_null(node))
		*text_r = (char *)node->data.scalar.value;
	return (true);
}
