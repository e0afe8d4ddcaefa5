/*
 * The page layout of a store file, as far as it is checked by ourselves.
 */
#ifndef STATS_PAGES_H
#define STATS_PAGES_H

#include <sys/types.h>

enum { STORE_PAGE_SIZE = 4096 };

/*
 * Look for what Berkeley DB itself does not notice in an open file of `size`
 * bytes: a page that stands in another's place, zeroed sectors, a tail that
 * is not padding.  Returns NULL, or what is wrong.
 */
const char *pages_check(int fd, off_t size);

#endif
