/*
 * Compressed logs, unpacked on the way: nothing is written to disk, and the
 * memory is bounded whatever the file says it needs.
 */
#ifndef TAILER_UNPACK_H
#define TAILER_UNPACK_H

#include <sys/types.h>

#include "lib/util/slice.h"

enum packing {
	PACKED_NOT,
	PACKED_GZIP,
	PACKED_XZ,
	PACKED_ZSTD,
	PACKED_OTHERWISE /* in a way that can't be read here */
};

/* How a file of this name is packed, and the name without that suffix. */
enum packing unpack_kind(struct slice name, struct slice *plain_r);

struct unpack;

/* Unpack the file open as `fd`, which must stay open, from its start.
   Returns NULL with errno. */
struct unpack *unpack_new(int fd, enum packing packing);
void unpack_free(struct unpack *unpack);

/* As read(2); EBADMSG if the file is damaged or ends too early. */
ssize_t unpack_read(struct unpack *unpack, void *bytes_r, size_t len);

/* Bytes of the packed file that were used so far. */
off_t unpack_used(const struct unpack *unpack);

#endif
