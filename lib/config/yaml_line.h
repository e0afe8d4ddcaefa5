/*
 * Where in a YAML file something stands, for messages.
 */
#ifndef CONFIG_YAML_LINE_H
#define CONFIG_YAML_LINE_H

struct yaml_place {
	unsigned line, column; /* from 1; 0: unknown */
};

/*
 * The line of the first mapping key named `key` that comes after `after`; 0
 * if there is none.
 */
unsigned yaml_key_line(
    const char *path, const char *key, struct yaml_place after);

/*
 * The line of `key` in item `item`, from 0, of the list under the top key
 * `list`; that of the item if it has no such key, 0 if there is none.  A key
 * "a/b" is the key b of the mapping under a, or else a; "a/b/c" the same once
 * more.
 */
unsigned yaml_item_line(
    const char *path, const char *list, unsigned item, const char *key);

/*
 * Whether there is YAML in the file.  Returns 1; 0 if it is empty but for
 * comments; -1 with the line and what is wrong there (static text).
 */
int yaml_check(const char *path, unsigned *line_r, const char **problem_r);

#endif
