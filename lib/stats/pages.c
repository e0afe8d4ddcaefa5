/*
 * Sealing and checking of whole store files.
 */
#include <errno.h>
#include <inttypes.h>
#include <stdbool.h>
#include <stdio.h>
#include <string.h>
#include <unistd.h>

#include "lib/stats/pages.h"
#include "lib/util/crc32c.h"

enum {
	HASH_MAGIC = 0x061561,
	/* Offsets in every page, and in the meta page (db_page.h). */
	PAGE_NUMBER_AT = 8,
	META_MAGIC_AT = 12,
	META_PAGE_SIZE_AT = 20,
	META_KIND_AT = 24,
	META_LAST_PAGE_AT = 32,

	CHUNK = 16 * STORE_PAGE_SIZE,
	SEAL_SIZE = 64
};

#define SEAL_FORMAT "\npostfix-stats seal %020jd %08" PRIx32

/* Read `len` bytes at `offset`.  Returns 0, -1 if there are not as many, or
   an errno. */
static int
read_at(int fd, void *buffer, size_t len, off_t offset)
{
	char *at = buffer;

	while (len > 0) {
		ssize_t got = pread(fd, at, len, offset);

		if (got == -1 && errno == EINTR)
			continue;
		if (got <= 0)
			return (got == 0 ? -1 : errno);
		at += got;
		offset += got;
		len -= (size_t)got;
	}
	return (0);
}

static uint32_t
word_at(const unsigned char *page, size_t offset)
{
	uint32_t word;

	memcpy(&word, page + offset, sizeof(word));
	return (word);
}

/* Whether the bytes of a meta page that say how to read the others are those
   of a plain hash with checksums: without these Berkeley DB would believe
   every page. */
static bool
is_checked_hash(const unsigned char *page)
{
	static const unsigned char kind[] = { 0 /* not encrypted */,
		8 /* P_HASHMETA */, 1 /* DBMETA_CHKSUM */ };

	return (memcmp(page + META_KIND_AT, kind, sizeof(kind)) == 0);
}

static void
seal_write(char seal_r[SEAL_SIZE], off_t used, uint32_t crc)
{
	memset(seal_r, 0, SEAL_SIZE);
	(void)snprintf(
	    seal_r, SEAL_SIZE, SEAL_FORMAT "\n", (intmax_t)used, crc);
}

int
pages_seal(int fd, off_t used, off_t size)
{
	unsigned char chunk[CHUNK];
	char seal[SEAL_SIZE];
	uint32_t crc = 0;

	if (used > size - STORE_PAGE_SIZE)
		return (EFBIG);
	for (off_t at = 0; at < used;) {
		size_t len = used - at < CHUNK ? (size_t)(used - at) : CHUNK;

		if (read_at(fd, chunk, len, at) != 0)
			return (EIO);
		crc = crc32c(crc, chunk, len);
		at += (off_t)len;
	}
	seal_write(seal, used, crc);
	if (ftruncate(fd, size) == -1)
		return (errno);
	if (pwrite(fd, seal, SEAL_SIZE, size - SEAL_SIZE) != SEAL_SIZE)
		return (errno ? errno : ENOSPC);
	return (0);
}

/* The pages that begin at page `number` have it in themselves, or are empty
   (buckets that were never filled). */
static bool
pages_in_place(const unsigned char *pages, size_t len, off_t number)
{
	static const unsigned char empty[STORE_PAGE_SIZE];

	for (; len >= STORE_PAGE_SIZE; len -= STORE_PAGE_SIZE) {
		if (word_at(pages, PAGE_NUMBER_AT) != number &&
		    memcmp(pages, empty, STORE_PAGE_SIZE) != 0)
			return (false);
		pages += STORE_PAGE_SIZE;
		number++;
	}
	return (len == 0);
}

static bool
is_zero(const unsigned char *bytes, size_t len)
{
	return (bytes[0] == 0 && memcmp(bytes, bytes + 1, len - 1) == 0);
}

/* What is wrong with a part of the file; NULL if nothing is. */
static const char *
chunk_fault(const unsigned char *chunk, size_t len, off_t at, off_t used)
{
	if (at >= used)
		return (
		    is_zero(chunk, len) ? NULL : "its padding is not empty");
	if (at == 0 &&
	    (word_at(chunk, META_MAGIC_AT) != HASH_MAGIC ||
		word_at(chunk, META_PAGE_SIZE_AT) != STORE_PAGE_SIZE ||
		!is_checked_hash(chunk) ||
		word_at(chunk, META_LAST_PAGE_AT) >= used / STORE_PAGE_SIZE))
		return ("its first page is not a store's");
	return (pages_in_place(chunk, len, at / STORE_PAGE_SIZE) ?
		NULL :
		"a page is out of place");
}

/* Everything before the seal; returns as pages_check(). */
static int
check_body(
    int fd, off_t used, off_t body, uint32_t *crc_r, const char **wrong_r)
{
	unsigned char chunk[CHUNK];

	*crc_r = 0;
	for (off_t at = 0; at < body;) {
		off_t end = at < used ? used : body;
		size_t len = end - at < CHUNK ? (size_t)(end - at) : CHUNK;
		int error = read_at(fd, chunk, len, at);

		*wrong_r = error > 0 ? strerror(error) : "it is cut off";
		if (error != 0)
			return (error);
		*wrong_r = chunk_fault(chunk, len, at, used);
		if (*wrong_r != NULL)
			return (-1);
		if (at < used)
			*crc_r = crc32c(*crc_r, chunk, len);
		at += (off_t)len;
	}
	return (0);
}

int
pages_check(int fd, off_t size, const char **wrong_r)
{
	char seal[SEAL_SIZE], wanted[SEAL_SIZE];
	intmax_t used;
	uint32_t crc;
	int error;

	*wrong_r = "its size is not a store's";
	if (size < 2 * STORE_PAGE_SIZE || size % STORE_PAGE_SIZE != 0)
		return (-1);
	error = read_at(fd, seal, SEAL_SIZE, size - SEAL_SIZE);
	*wrong_r = error > 0 ? strerror(error) : "it is cut off";
	if (error != 0)
		return (error);
	seal[SEAL_SIZE - 1] = '\0';
	*wrong_r = "it has no seal";
	if (sscanf(seal, SEAL_FORMAT, &used, &crc) != 2 ||
	    used < STORE_PAGE_SIZE || used % STORE_PAGE_SIZE != 0 ||
	    used > size - STORE_PAGE_SIZE)
		return (-1);
	error = check_body(fd, (off_t)used, size - SEAL_SIZE, &crc, wrong_r);
	if (error != 0)
		return (error);
	seal_write(wanted, (off_t)used, crc);
	*wrong_r = "its seal is broken";
	return (memcmp(seal, wanted, SEAL_SIZE) == 0 ? 0 : -1);
}
