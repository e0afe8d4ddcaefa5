/*
 * The bytes of a store file, as far as we look at them ourselves.
 *
 * Berkeley DB's page checksums do not notice a page that stands in another's
 * place, zeroed sectors or a cut tail, and once one fails the library leaks
 * its handle.  So the padding ends with a seal, a line of text that gives the
 * number of bytes used and their CRC-32C, and no damaged file reaches the
 * library at all.
 */
#ifndef STATS_PAGES_H
#define STATS_PAGES_H

#include <sys/types.h>

enum { STORE_PAGE_SIZE = 4096 };

/*
 * Pad an open file of `used` bytes to `size` and seal it.  The last page must
 * be padding.  Returns 0, or an errno.
 */
int pages_seal(int fd, off_t used, off_t size);

/*
 * Check seal, padding and the number that each page has in itself, of an open
 * file of `size` bytes.  Returns 0; -1 if it is damaged; an errno if it can't
 * be read.  *wrong_r says what is wrong.
 */
int pages_check(int fd, off_t size, const char **wrong_r);

#endif
