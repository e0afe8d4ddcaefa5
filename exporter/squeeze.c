/*
 * By zlib.  A flush ends the first part at a whole byte, and the last is
 * compressed without a look at what stands before it.
 */
#define ZLIB_CONST
#include <stdlib.h>
#include <zlib.h>

#include "exporter/squeeze.h"

enum { FLUSH_BYTES = 16, GZIP = 16, LEVEL_FAST = 1, LEVEL = 4 };

/* How: the size of the window, of the tables, and where it ends. */
static int
squeeze(const char *text, size_t len, int level, int window, int memory,
    int flush, struct squeezed *squeezed_r)
{
	z_stream stream = { 0 };
	size_t room;
	int done = Z_MEM_ERROR;

	if (deflateInit2(&stream, level, Z_DEFLATED, window, memory,
		Z_DEFAULT_STRATEGY) != Z_OK)
		return (-1);
	room = deflateBound(&stream, len) + FLUSH_BYTES;
	*squeezed_r = (struct squeezed){ .bytes = malloc(room),
		.crc = crc32_z(0, (const Bytef *)text, len),
		.text_len = len };
	if (squeezed_r->bytes != NULL) {
		stream.next_in = (const Bytef *)text;
		stream.avail_in = (uInt)len;
		stream.next_out = (Bytef *)squeezed_r->bytes;
		stream.avail_out = (uInt)room;
		done = deflate(&stream, flush);
		squeezed_r->len = room - stream.avail_out;
	}
	(void)deflateEnd(&stream);
	if (stream.avail_in == 0 &&
	    done == (flush == Z_FINISH ? Z_STREAM_END : Z_OK))
		return (0);
	free(squeezed_r->bytes);
	return (-1);
}

/* It is short, and made at each scrape: with small tables. */
int
squeeze_first(const char *text, size_t len, struct squeezed *first_r)
{
	return (squeeze(
	    text, len, LEVEL_FAST, GZIP + 12, 5, Z_SYNC_FLUSH, first_r));
}

/* Without a header of its own. */
int
squeeze_last(const char *text, size_t len, struct squeezed *last_r)
{
	return (squeeze(
	    text, len, LEVEL, -MAX_WBITS, MAX_MEM_LEVEL, Z_FINISH, last_r));
}

int
squeeze_whole(const char *text, size_t len, struct squeezed *whole_r)
{
	return (squeeze(text, len, LEVEL, GZIP + MAX_WBITS, MAX_MEM_LEVEL,
	    Z_FINISH, whole_r));
}

int
squeeze_undo(const char *bytes, size_t len, char *text_r, size_t text_len)
{
	z_stream stream = { .next_in = (const Bytef *)bytes,
		.avail_in = (uInt)len,
		.next_out = (Bytef *)text_r,
		.avail_out = (uInt)text_len };
	int done;

	if (inflateInit2(&stream, GZIP + MAX_WBITS) != Z_OK)
		return (-1);
	done = inflate(&stream, Z_FINISH);
	(void)inflateEnd(&stream);
	return (done == Z_STREAM_END && stream.avail_out == 0 ? 0 : -1);
}

static void
put_word(char *at, unsigned long word)
{
	for (int i = 0; i < 4; i++)
		at[i] = (char)(word >> 8 * i & 0xff);
}

void
squeeze_trailer(const struct squeezed *first, const struct squeezed *last,
    char trailer_r[SQUEEZE_TRAILER])
{
	put_word(trailer_r,
	    crc32_combine(first->crc, last->crc, (z_off_t)last->text_len));
	put_word(trailer_r + 4, first->text_len + last->text_len);
}
