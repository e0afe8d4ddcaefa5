/*
 * The reader of the store.  The first byte says how the rest becomes a file:
 * bit 0, padded and sealed, so that Berkeley DB gets to see it; bit 1, to the
 * size that a store of the least capacity has.
 *
 * With a seal of its own the bytes are a forger's, not damage: whoever can
 * write them can also write false numbers, and Berkeley DB is known not to
 * stand them all.  So the page checksums stay as they are.
 */
#include <err.h>
#include <fcntl.h>
#include <stdio.h>
#include <unistd.h>

#include "lib/stats/pages.h"
#include "lib/stats/store.h"
#include "tests/fuzz/fuzz.h"

enum { LEAST = STORE_CAPACITY_MIN * STORE_BYTES_PER_KEY };

static const char *
file_name(void)
{
	static char name[64];

	if (name[0] == '\0')
		(void)snprintf(name, sizeof(name), "%s/fuzz-store.%d",
		    access("/dev/shm", W_OK) == 0 ? "/dev/shm" : "/tmp",
		    (int)getpid());
	return (name);
}

/* Berkeley DB leaks its handle, memory and descriptor, when a page's checksum
   is wrong; behind an honest seal none is. */
const char *__lsan_default_suppressions(void);
const char *
__lsan_default_suppressions(void)
{
	return ("leak:libdb-5.3.so");
}

/* A leaked descriptor less; without this Berkeley DB soon waits for one. */
static void
close_leaked(void)
{
	static int first = -1;
	int fd = open("/dev/null", O_RDONLY | O_CLOEXEC);

	if (first == -1)
		first = fd;
	(void)close_range((unsigned)first, ~0u, 0);
}

int
LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
	const char *path = file_name(), *error = NULL;
	struct snapshot *snapshot;
	off_t used, whole;
	int fd;

	if (size < 1)
		return (0);
	close_leaked();
	fd = open(path, O_RDWR | O_CREAT | O_TRUNC | O_CLOEXEC, 0600);
	if (fd == -1 || write(fd, data + 1, size - 1) != (ssize_t)size - 1)
		err(1, "%s", path);
	used = (off_t)(size - 1) / STORE_PAGE_SIZE * STORE_PAGE_SIZE;
	whole = used + 4 * STORE_PAGE_SIZE;
	if ((data[0] & 2) && whole <= LEAST)
		whole = LEAST;
	if (data[0] & 1)
		PROMISE(pages_seal(fd, used, whole) == 0);
	close(fd);
	if (store_read(path, &snapshot, &error) == STORE_OK) {
		for (size_t i = 0; i < snapshot->number_count; i++)
			PROMISE(snapshot->numbers[i].key_len <= KEY_MAX);
		snapshot_free(snapshot);
	} else
		PROMISE(error != NULL && strchr(error, '\n') == NULL);
	(void)unlink(path);
	return (0);
}
