/*
 * Fingerprints of a place in a file.
 */
#include <sys/stat.h>

#include <errno.h>
#include <inttypes.h>
#include <stdio.h>
#include <unistd.h>

#include "lib/util/hash.h"
#include "tailer/position.h"

enum { HEAD_LEN = 256, TAIL_LEN = 64, WORDS = 6 };

static int
hash_at(int fd, off_t offset, size_t len, uint64_t *hash_r)
{
	char bytes[HEAD_LEN];
	size_t have = 0;

	while (have < len) {
		ssize_t got = pread(
		    fd, bytes + have, len - have, offset + (off_t)have);

		if (got == -1 && errno == EINTR)
			continue;
		if (got <= 0)
			return (-1);
		have += (size_t)got;
	}
	*hash_r = hash_bytes(bytes, len);
	return (0);
}

static size_t
tail_len(off_t offset)
{
	return (offset < TAIL_LEN ? (size_t)offset : TAIL_LEN);
}

int
position_take(int fd, off_t offset, struct position *position_r)
{
	size_t tail = tail_len(offset);
	struct stat st;

	if (fstat(fd, &st) == -1)
		return (-1);
	position_r->device = st.st_dev;
	position_r->inode = st.st_ino;
	position_r->offset = offset;
	position_r->head_len = offset < HEAD_LEN ? (uint32_t)offset : HEAD_LEN;
	if (hash_at(fd, 0, position_r->head_len, &position_r->head) == -1 ||
	    hash_at(fd, offset - (off_t)tail, tail, &position_r->tail) == -1)
		return (-1);
	return (0);
}

bool
position_fits(int fd, const struct position *position, bool *same_inode_r)
{
	size_t tail = tail_len(position->offset);
	uint64_t head_hash, tail_hash;
	struct stat st;

	*same_inode_r = false;
	if (fstat(fd, &st) == -1 || st.st_size < position->offset)
		return (false);
	*same_inode_r = st.st_dev == position->device &&
	    st.st_ino == position->inode;
	/* Nothing read yet: there is only the inode to go by. */
	if (position->offset == 0)
		return (*same_inode_r);
	return (hash_at(fd, 0, position->head_len, &head_hash) == 0 &&
	    hash_at(fd, position->offset - (off_t)tail, tail, &tail_hash) ==
		0 &&
	    head_hash == position->head && tail_hash == position->tail);
}

size_t
position_format(const struct position *position, char text_r[POSITION_TEXT_MAX])
{
	return ((size_t)snprintf(text_r, POSITION_TEXT_MAX,
	    "%ju %ju %jd %" PRIu32 " %" PRIx64 " %" PRIx64 " ",
	    (uintmax_t)position->device, (uintmax_t)position->inode,
	    (intmax_t)position->offset, position->head_len, position->head,
	    position->tail));
}

static bool
hex_number(struct slice word, uint64_t *number_r)
{
	static const char digits[] = "0123456789abcdef";
	uint64_t number = 0;

	if (word.len == 0 || word.len > 16)
		return (false);
	for (size_t i = 0; i < word.len; i++) {
		const char *digit = memchr(digits, word.at[i], 16);

		if (digit == NULL)
			return (false);
		number = number << 4 | (uint64_t)(digit - digits);
	}
	*number_r = number;
	return (true);
}

bool
position_parse(struct slice *text, struct position *position_r)
{
	struct slice rest = *text, word;
	uint64_t number[WORDS];

	for (int i = 0; i < WORDS; i++)
		if (!slice_cut(&rest, ' ', &word) ||
		    !(i < 4 ? slice_number(word, &number[i]) :
			      hex_number(word, &number[i])))
			return (false);
	if (number[2] > INT64_MAX || number[3] > HEAD_LEN)
		return (false);
	position_r->device = (dev_t)number[0];
	position_r->inode = (ino_t)number[1];
	position_r->offset = (off_t)number[2];
	position_r->head_len = (uint32_t)number[3];
	position_r->head = number[4];
	position_r->tail = number[5];
	*text = rest;
	return (true);
}
