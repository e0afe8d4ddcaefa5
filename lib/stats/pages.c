/*
 * A look at the bare pages of a store file, before Berkeley DB sees them.
 */
#include <errno.h>
#include <stdbool.h>
#include <stdint.h>
#include <string.h>
#include <unistd.h>

#include "lib/stats/pages.h"

enum {
	HASH_MAGIC = 0x061561,
	/* Offsets in every page, and in the meta page (db_page.h). */
	PAGE_NUMBER_AT = 8,
	META_MAGIC_AT = 12,
	META_PAGE_SIZE_AT = 20,
	META_LAST_PAGE_AT = 32
};

static uint32_t
word_at(const unsigned char *page, size_t offset)
{
	uint32_t word;

	memcpy(&word, page + offset, sizeof(word));
	return (word);
}

static bool
page_is_zero(const unsigned char *page)
{
	static const unsigned char zero[STORE_PAGE_SIZE];

	return (memcmp(page, zero, STORE_PAGE_SIZE) == 0);
}

static bool
read_page(int fd, unsigned char page[STORE_PAGE_SIZE], off_t number)
{
	ssize_t got;

	do
		got = pread(fd, page, STORE_PAGE_SIZE, number * STORE_PAGE_SIZE);
	while (got == -1 && errno == EINTR);
	return (got == STORE_PAGE_SIZE);
}

const char *
pages_check(int fd, off_t size)
{
	unsigned char page[STORE_PAGE_SIZE];
	uint32_t last;

	if (size == 0 || size % STORE_PAGE_SIZE != 0 || !read_page(fd, page, 0))
		return ("its size is no store's");
	last = word_at(page, META_LAST_PAGE_AT);
	if (word_at(page, META_MAGIC_AT) != HASH_MAGIC ||
	    word_at(page, META_PAGE_SIZE_AT) != STORE_PAGE_SIZE ||
	    last >= size / STORE_PAGE_SIZE)
		return ("its first page is no store's");
	for (off_t number = 0; number < size / STORE_PAGE_SIZE; number++) {
		if (!read_page(fd, page, number))
			return ("a page can't be read");
		if (number <= last &&
		    word_at(page, PAGE_NUMBER_AT) == number)
			continue;
		if (!page_is_zero(page))
			return ("a page is out of place");
	}
	return (NULL);
}
