/*
 * A wall clock that is wrong: FAULT_CLOCK=FILE holds, as 64 bits, the seconds
 * by which it is ahead, and may be written to at any time.
 */
#include <sys/mman.h>
#include <sys/syscall.h>

#include <fcntl.h>
#include <stdint.h>
#include <stdlib.h>
#include <time.h>
#include <unistd.h>

static const volatile int64_t *ahead;

__attribute__((constructor)) static void
begin(void)
{
	const char *path = getenv("FAULT_CLOCK");
	void *map;
	long fd;

	if (path == NULL)
		return;
	fd = syscall(SYS_openat, AT_FDCWD, path, O_RDONLY | O_CLOEXEC);
	if (fd == -1)
		abort();
	map = mmap(NULL, sizeof(*ahead), PROT_READ, MAP_SHARED, (int)fd, 0);
	if (map == MAP_FAILED)
		abort();
	ahead = map;
	(void)syscall(SYS_close, fd);
}

int
clock_gettime(clockid_t clock, struct timespec *time_r)
{
	int rc = (int)syscall(SYS_clock_gettime, clock, time_r);

	if (rc == 0 && clock == CLOCK_REALTIME && ahead != NULL)
		time_r->tv_sec += *ahead;
	return (rc);
}

time_t
time(time_t *time_r)
{
	struct timespec now = { 0 };

	(void)clock_gettime(CLOCK_REALTIME, &now);
	if (time_r != NULL)
		*time_r = now.tv_sec;
	return (now.tv_sec);
}
