/*
 * gzip (RFC 1952) of a text, or of one in two parts, of which the second was
 * compressed before and serves for many: their bytes in a row are one stream.
 */
#ifndef EXPORTER_SQUEEZE_H
#define EXPORTER_SQUEEZE_H

#include <stddef.h>

enum { SQUEEZE_TRAILER = 8 };

/* A part, compressed. */
struct squeezed {
	char *bytes; /* to be freed */
	size_t len;
	unsigned long crc; /* of the text, */
	size_t text_len;   /* and its length */
};

/* Compress what stands first, with the header, and what stands last.  0, or -1:
   no memory. */
int squeeze_first(const char *text, size_t len, struct squeezed *first_r);
int squeeze_last(const char *text, size_t len, struct squeezed *last_r);

/* All of a text, with header and trailer. */
int squeeze_whole(const char *text, size_t len, struct squeezed *whole_r);

/* Back to the text of squeeze_whole(), whose length is `text_len`.  0, or -1: it
   is none of that. */
int squeeze_undo(const char *bytes, size_t len, char *text_r, size_t text_len);

/* What stands behind both. */
void squeeze_trailer(const struct squeezed *first, const struct squeezed *last,
    char trailer_r[SQUEEZE_TRAILER]);

#endif
