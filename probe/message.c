/*
 * Lines and dots.
 */
#include <stdlib.h>
#include <string.h>

#include "probe/message.h"

/* How long the line break at the front is: LF, CRLF, or a lone CR, which
   would not be one for all. */
static size_t
skip_break(struct slice rest)
{
	return (
	    rest.len > 1 && rest.at[0] == '\r' && rest.at[1] == '\n' ? 2 : 1);
}

char *
message_wire(struct slice message, size_t *len_r)
{
	char *wire = malloc(2 * message.len + sizeof("\r\n.\r\n"));
	bool at_start = true;
	size_t len = 0;

	if (wire == NULL)
		return (NULL);
	while (message.len > 0) {
		char byte = *message.at;

		if (byte == '\n' || byte == '\r') {
			wire[len++] = '\r';
			wire[len++] = '\n';
			message = slice_from(message, skip_break(message));
			at_start = true;
			continue;
		}
		if (byte == '.' && at_start)
			wire[len++] = '.';
		wire[len++] = byte;
		at_start = false;
		message = slice_from(message, 1);
	}
	if (!at_start) {
		wire[len++] = '\r';
		wire[len++] = '\n';
	}
	memcpy(wire + len, ".\r\n", 3);
	*len_r = len + 3;
	return (wire);
}
