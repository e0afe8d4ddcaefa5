/*
 * gzip, xz and zstd behind one read(2).
 *
 * Each decoder takes what is in `in`, from `at` to `len`, and writes to `out`;
 * it returns 1, 0 at the end of a part (a file may be several packed files
 * behind each other), or -1 with errno.
 */
#include <errno.h>
#include <lzma.h>
#include <stdint.h>
#include <stdlib.h>
#include <unistd.h>
#include <zlib.h>
#include <zstd.h>

#include "tailer/unpack.h"

enum { MEMORY_MAX_LOG = 27, MEMORY_MAX = 1 << MEMORY_MAX_LOG };

struct unpack {
	int fd;
	enum packing packing;
	bool between; /* parts: the file may end here */
	bool done;
	off_t used;
	z_stream gzip;
	lzma_stream xz;
	ZSTD_DStream *zstd;
	size_t at, len; /* of what was read and not yet unpacked */
	unsigned char in[64 << 10];
};

enum packing
unpack_kind(struct slice name, struct slice *plain_r)
{
	static const struct {
		const char *text;
		enum packing packing;
	} suffixes[] = {
		{ ".gz", PACKED_GZIP },
		{ ".xz", PACKED_XZ },
		{ ".zst", PACKED_ZSTD },
		{ ".bz2", PACKED_OTHERWISE },
		{ ".lz4", PACKED_OTHERWISE },
		{ ".lzma", PACKED_OTHERWISE },
		{ ".Z", PACKED_OTHERWISE },
		{ ".zip", PACKED_OTHERWISE },
	};

	*plain_r = name;
	for (size_t i = 0; i < COUNT(suffixes); i++) {
		struct slice suffix = slice_of(suffixes[i].text);

		if (name.len > suffix.len &&
		    slice_same(
			slice_from(name, name.len - suffix.len), suffix)) {
			plain_r->len -= suffix.len;
			return (suffixes[i].packing);
		}
	}
	return (PACKED_NOT);
}

static bool
start(struct unpack *unpack)
{
	switch (unpack->packing) {
	case PACKED_GZIP:
		return (inflateInit2(&unpack->gzip, 16 + MAX_WBITS) == Z_OK);
	case PACKED_XZ:
		return (lzma_stream_decoder(&unpack->xz, MEMORY_MAX,
			    LZMA_CONCATENATED) == LZMA_OK);
	case PACKED_ZSTD:
		unpack->zstd = ZSTD_createDStream();
		return (unpack->zstd != NULL &&
		    !ZSTD_isError(ZSTD_DCtx_setParameter(
			unpack->zstd, ZSTD_d_windowLogMax, MEMORY_MAX_LOG)));
	default:
		return (false);
	}
}

struct unpack *
unpack_new(int fd, enum packing packing)
{
	struct unpack *unpack;

	if (packing == PACKED_OTHERWISE) {
		errno = ENOTSUP;
		return (NULL);
	}
	unpack = calloc(1, sizeof(*unpack));
	if (unpack == NULL)
		return (NULL);
	unpack->fd = fd;
	unpack->packing = packing;
	unpack->xz = (lzma_stream)LZMA_STREAM_INIT;
	if (!start(unpack)) {
		unpack_free(unpack);
		errno = ENOMEM;
		return (NULL);
	}
	return (unpack);
}

void
unpack_free(struct unpack *unpack)
{
	if (unpack == NULL)
		return;
	if (unpack->packing == PACKED_GZIP)
		(void)inflateEnd(&unpack->gzip);
	lzma_end(&unpack->xz);
	(void)ZSTD_freeDStream(unpack->zstd);
	free(unpack);
}

static int
damaged(void)
{
	errno = EBADMSG;
	return (-1);
}

/* Behind the last part there may be padding, which is left alone. */
static int
gunzip(struct unpack *unpack, unsigned char *out, size_t len, size_t *got_r)
{
	z_stream *gzip = &unpack->gzip;
	int rc;

	if (unpack->between && unpack->used > 0) {
		if (unpack->in[unpack->at] != 0x1f) {
			unpack->done = true;
			return (0);
		}
		(void)inflateReset(gzip);
	}
	gzip->next_in = unpack->in + unpack->at;
	gzip->avail_in = (uInt)(unpack->len - unpack->at);
	gzip->next_out = out;
	gzip->avail_out = (uInt)len;
	rc = inflate(gzip, Z_NO_FLUSH);
	unpack->at = unpack->len - gzip->avail_in;
	*got_r = len - gzip->avail_out;
	if (rc == Z_MEM_ERROR)
		errno = ENOMEM;
	else if (rc != Z_OK && rc != Z_STREAM_END && rc != Z_BUF_ERROR)
		return (damaged());
	return (rc == Z_MEM_ERROR ? -1 : rc != Z_STREAM_END);
}

static int
unxz(struct unpack *unpack, unsigned char *out, size_t len, size_t *got_r)
{
	lzma_stream *xz = &unpack->xz;
	bool last = unpack->at == unpack->len;
	lzma_ret rc;

	xz->next_in = unpack->in + unpack->at;
	xz->avail_in = unpack->len - unpack->at;
	xz->next_out = out;
	xz->avail_out = len;
	rc = lzma_code(xz, last ? LZMA_FINISH : LZMA_RUN);
	unpack->at = unpack->len - xz->avail_in;
	*got_r = len - xz->avail_out;
	unpack->done = rc == LZMA_STREAM_END;
	if (rc == LZMA_MEM_ERROR) {
		errno = ENOMEM;
		return (-1);
	}
	if (rc == LZMA_BUF_ERROR && !last)
		return (1);
	return (rc == LZMA_OK ? 1 : rc == LZMA_STREAM_END ? 0 : damaged());
}

static int
unzstd(struct unpack *unpack, unsigned char *out, size_t len, size_t *got_r)
{
	ZSTD_inBuffer from = { unpack->in, unpack->len, unpack->at };
	ZSTD_outBuffer to = { out, len, 0 };
	size_t rc = ZSTD_decompressStream(unpack->zstd, &to, &from);

	unpack->at = from.pos;
	*got_r = to.pos;
	if (ZSTD_isError(rc))
		return (damaged());
	return (rc != 0);
}

/* More of the packed file.  Returns as read(2). */
static ssize_t
refill(struct unpack *unpack)
{
	ssize_t got;

	do
		got = pread(
		    unpack->fd, unpack->in, sizeof(unpack->in), unpack->used);
	while (got == -1 && errno == EINTR);
	if (got < 0)
		return (got);
	unpack->at = 0;
	unpack->len = (size_t)got;
	return (got);
}

ssize_t
unpack_read(struct unpack *unpack, void *bytes_r, size_t len)
{
	static int (*const decoders[])(struct unpack * unpack,
	    unsigned char *out, size_t size, size_t *got_r) = {
		[PACKED_GZIP] = gunzip,
		[PACKED_XZ] = unxz,
		[PACKED_ZSTD] = unzstd,
	};

	while (!unpack->done) {
		size_t got = 0, before;
		bool at_end = false;
		int rc;

		if (unpack->at == unpack->len) {
			ssize_t more = refill(unpack);

			if (more < 0)
				return (-1);
			at_end = more == 0;
		}
		if (at_end && unpack->between) {
			unpack->done = true;
			break;
		}
		before = unpack->at;
		rc = decoders[unpack->packing](unpack, bytes_r, len, &got);
		unpack->used += (off_t)(unpack->at - before);
		if (got > 0) {
			unpack->between = rc == 0;
			return ((ssize_t)got);
		}
		if (rc < 0)
			return (-1);
		if (at_end && rc != 0)
			return (damaged());
		unpack->between = rc == 0;
	}
	return (0);
}

off_t
unpack_used(const struct unpack *unpack)
{
	return (unpack->used);
}
