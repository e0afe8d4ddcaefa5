/*
 * Text that grows.  If there is no memory `failed` is set and stays set.
 */
#ifndef WHM_BUFFER_H
#define WHM_BUFFER_H

#include "lib/util/slice.h"

struct buffer {
	char *at;
	size_t len, room;
	bool failed;
};

void buffer_add(struct buffer *buffer, struct slice text);

/* Add a string of JSON (RFC 8259), quotes around it.  `text` is UTF-8. */
void buffer_add_string(struct buffer *buffer, struct slice text);

void buffer_free(struct buffer *buffer);

#endif
