#include <stdio.h>
#include <stdlib.h>

#include "whm/buffer.h"

/* Whether there is room for `len` bytes more. */
static bool
make_room(struct buffer *buffer, size_t len)
{
	size_t room = buffer->room == 0 ? 65536 : buffer->room;
	char *at;

	if (buffer->failed || len <= buffer->room - buffer->len)
		return (!buffer->failed);
	while (room - buffer->len < len)
		room *= 2;
	if ((at = realloc(buffer->at, room)) == NULL) {
		buffer->failed = true;
		return (false);
	}
	buffer->at = at;
	buffer->room = room;
	return (true);
}

void
buffer_add(struct buffer *buffer, struct slice text)
{
	if (text.len == 0 || !make_room(buffer, text.len))
		return;
	memcpy(buffer->at + buffer->len, text.at, text.len);
	buffer->len += text.len;
}

/* Whether JSON has it as it is. */
static bool
is_plain(char byte)
{
	return ((unsigned char)byte >= ' ' && byte != '"' && byte != '\\' &&
	    byte != 0x7f);
}

void
buffer_add_string(struct buffer *buffer, struct slice text)
{
	buffer_add(buffer, SLICE("\""));
	while (text.len > 0) {
		size_t len = 0;
		char escape[8];

		while (len < text.len && is_plain(text.at[len]))
			len++;
		buffer_add(buffer, (struct slice){ text.at, len });
		text = slice_from(text, len);
		if (text.len == 0)
			break;
		if (text.at[0] == '"' || text.at[0] == '\\')
			(void)snprintf(
			    escape, sizeof(escape), "\\%c", text.at[0]);
		else
			(void)snprintf(escape, sizeof(escape), "\\u%04x",
			    (unsigned char)text.at[0]);
		buffer_add(buffer, slice_of(escape));
		text = slice_from(text, 1);
	}
	buffer_add(buffer, SLICE("\""));
}

void
buffer_free(struct buffer *buffer)
{
	free(buffer->at);
	*buffer = (struct buffer){ .at = NULL };
}
