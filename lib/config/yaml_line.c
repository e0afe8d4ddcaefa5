/*
 * libcyaml tells of an unknown key only where the one before it ended, and of
 * a broken file nothing; so libyaml is asked.
 */
#include <stdbool.h>
#include <stdio.h>
#include <string.h>

#include <yaml.h>

#include "lib/config/yaml_line.h"
#include "lib/util/slice.h"

enum { DEPTH_MAX = 32 };

/* Which of the containers around an event are mappings, and whether the next
   scalar in one is a key. */
struct nesting {
	int depth;
	bool mapping[DEPTH_MAX], key_next[DEPTH_MAX];
};

static bool
is_key(const struct nesting *nesting)
{
	return (nesting->depth > 0 && nesting->depth <= DEPTH_MAX &&
	    nesting->mapping[nesting->depth - 1] &&
	    nesting->key_next[nesting->depth - 1]);
}

/* A node has ended: in a mapping, keys and values take turns. */
static void
take_turn(struct nesting *nesting)
{
	if (nesting->depth > 0 && nesting->depth <= DEPTH_MAX)
		nesting->key_next[nesting->depth - 1] ^= true;
}

static void
follow(struct nesting *nesting, yaml_event_type_t type)
{
	switch (type) {
	case YAML_MAPPING_START_EVENT:
	case YAML_SEQUENCE_START_EVENT:
		if (nesting->depth < DEPTH_MAX) {
			nesting->mapping[nesting->depth] = type ==
			    YAML_MAPPING_START_EVENT;
			nesting->key_next[nesting->depth] = true;
		}
		nesting->depth++;
		break;
	case YAML_MAPPING_END_EVENT:
	case YAML_SEQUENCE_END_EVENT:
		nesting->depth--;
		take_turn(nesting);
		break;
	case YAML_SCALAR_EVENT:
	case YAML_ALIAS_EVENT:
		take_turn(nesting);
		break;
	default:
		break;
	}
}

static bool
is_after(const yaml_mark_t *mark, struct yaml_place place)
{
	return (mark->line + 1 > place.line ||
	    (mark->line + 1 == place.line && mark->column + 1 > place.column));
}

/* An empty document is a scalar that is not there. */
static bool
has_content(const yaml_event_t *event)
{
	return (event->type == YAML_MAPPING_START_EVENT ||
	    event->type == YAML_SEQUENCE_START_EVENT ||
	    event->type == YAML_ALIAS_EVENT ||
	    (event->type == YAML_SCALAR_EVENT &&
		(event->data.scalar.length > 0 ||
		    !event->data.scalar.plain_implicit)));
}

/* Go through the file up to `key` (NULL: to the end).  Returns its line, or
   0; -1 if the file is broken. */
static int
scan(yaml_parser_t *parser, const char *key, struct yaml_place after,
    bool *content_r)
{
	struct nesting nesting = { .depth = 0 };
	bool done = false;
	int line = 0;

	while (!done) {
		yaml_event_t event;

		if (!yaml_parser_parse(parser, &event))
			return (-1);
		if (key != NULL && event.type == YAML_SCALAR_EVENT &&
		    is_key(&nesting) && is_after(&event.start_mark, after) &&
		    strcmp((char *)event.data.scalar.value, key) == 0)
			line = (int)event.start_mark.line + 1;
		*content_r |= has_content(&event);
		follow(&nesting, event.type);
		done = line != 0 || event.type == YAML_STREAM_END_EVENT;
		yaml_event_delete(&event);
	}
	return (line);
}

static int
scan_file(const char *path, const char *key, struct yaml_place after,
    struct yaml_place *fault_r, const char **problem_r, bool *content_r)
{
	FILE *file = fopen(path, "re");
	yaml_parser_t parser;
	int line;

	if (file == NULL || !yaml_parser_initialize(&parser)) {
		if (file != NULL)
			fclose(file);
		*problem_r = "it can't be read";
		return (-1);
	}
	yaml_parser_set_input_file(&parser, file);
	line = scan(&parser, key, after, content_r);
	if (line == -1) {
		fault_r->line = (unsigned)parser.problem_mark.line + 1;
		*problem_r = parser.problem != NULL ? parser.problem :
						      "it is no YAML";
	}
	yaml_parser_delete(&parser);
	fclose(file);
	return (line);
}

/* --- items of a list ------------------------------------------------------ */

/* Depths of what surrounds: a key of the file, an item, a key of an item; then
   come those of mappings that this has. */
enum { DEPTH_TOP = 1, DEPTH_ITEM = 2, DEPTH_ITEM_KEY = 3, KEYS_MAX = 3 };

struct hunt {
	struct slice list, keys[KEYS_MAX]; /* each one within that before it */
	int keys_count;
	unsigned item; /* to find */
	bool inside;   /* of the list */
	int within;    /* so many keys */
	unsigned next; /* item */
	unsigned line; /* found so far */
};

static struct hunt
hunt_begin(const char *list, unsigned item, const char *key)
{
	struct hunt hunt = { .list = slice_of(list), .item = item };
	struct slice rest = slice_of(key);

	while (hunt.keys_count < KEYS_MAX - 1 &&
	    slice_cut(&rest, '/', &hunt.keys[hunt.keys_count]))
		hunt.keys_count++;
	hunt.keys[hunt.keys_count++] = rest;
	return (hunt);
}

static bool
is_scalar(const yaml_event_t *event, struct slice text)
{
	return (event->type == YAML_SCALAR_EVENT &&
	    slice_equal(text, (char *)event->data.scalar.value));
}

static bool
begins_node(const yaml_event_t *event)
{
	return (event->type == YAML_MAPPING_START_EVENT ||
	    event->type == YAML_SCALAR_EVENT ||
	    event->type == YAML_ALIAS_EVENT);
}

/* Look at a key of the item, or of what is within one.  Returns whether that was
   the last one that matters. */
static bool
hunt_key(
    struct hunt *hunt, const struct nesting *nesting, const yaml_event_t *event)
{
	int level = nesting->depth - DEPTH_ITEM_KEY;

	if (level < hunt->within)
		return (true);
	if (level > hunt->within || !is_scalar(event, hunt->keys[level]))
		return (false);
	hunt->line = (unsigned)event->start_mark.line + 1;
	return (++hunt->within == hunt->keys_count);
}

/* Look at an event that `nesting` surrounds.  Returns whether all is found. */
static bool
hunt_on(
    struct hunt *hunt, const struct nesting *nesting, const yaml_event_t *event)
{
	if (nesting->depth == DEPTH_TOP && is_key(nesting)) {
		if (hunt->inside)
			return (true);
		hunt->inside = is_scalar(event, hunt->list);
	} else if (hunt->inside && nesting->depth == DEPTH_ITEM &&
	    begins_node(event)) {
		if (hunt->next++ == hunt->item)
			hunt->line = (unsigned)event->start_mark.line + 1;
	} else if (hunt->inside && hunt->next == hunt->item + 1 &&
	    is_key(nesting))
		return (hunt_key(hunt, nesting, event));
	return (false);
}

unsigned
yaml_item_line(
    const char *path, const char *list, unsigned item, const char *key)
{
	struct hunt hunt = hunt_begin(list, item, key);
	struct nesting nesting = { .depth = 0 };
	FILE *file = fopen(path, "re");
	yaml_parser_t parser;
	yaml_event_t event;
	bool done = false;

	if (file == NULL || !yaml_parser_initialize(&parser)) {
		if (file != NULL)
			fclose(file);
		return (0);
	}
	yaml_parser_set_input_file(&parser, file);
	while (!done && yaml_parser_parse(&parser, &event)) {
		done = hunt_on(&hunt, &nesting, &event) ||
		    event.type == YAML_STREAM_END_EVENT;
		follow(&nesting, event.type);
		yaml_event_delete(&event);
	}
	yaml_parser_delete(&parser);
	fclose(file);
	return (hunt.line);
}

unsigned
yaml_key_line(const char *path, const char *key, struct yaml_place after)
{
	struct yaml_place fault;
	const char *problem;
	bool content = false;
	int line = scan_file(path, key, after, &fault, &problem, &content);

	return (line > 0 ? (unsigned)line : 0);
}

int
yaml_check(const char *path, unsigned *line_r, const char **problem_r)
{
	struct yaml_place fault = { 1, 1 };
	bool content = false;

	if (scan_file(path, NULL, fault, &fault, problem_r, &content) == 0)
		return (content ? 1 : 0);
	*line_r = fault.line;
	return (-1);
}
