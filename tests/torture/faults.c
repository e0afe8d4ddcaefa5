/*
 * Preloaded into the program under test: counts its system calls and
 * allocations and breaks the nth of one kind.
 *
 *	FAULT_COUNTS=FILE	where the counts go (struct fault_counts)
 *	FAULT_CALL=NAME		the call to break
 *	FAULT_NTH=N		the first one that breaks
 *	FAULT_TIMES=N		how many in a row (1; 0: all from there on)
 *	FAULT_DO=WHAT		EIO, ENOSPC, EINTR, EMFILE, ENOMEM, short, kill;
 *				stop: SIGSTOP before the call, which is then made
 *
 * A close that fails has closed its descriptor all the same, as on Linux.
 * Calls that the C library makes by itself (stdio, opendir) are not seen;
 * its allocations are.
 */
#include <sys/mman.h>
#include <sys/syscall.h>

#include <errno.h>
#include <fcntl.h>
#include <signal.h>
#include <stdarg.h>
#include <stdbool.h>
#include <stddef.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "tests/torture/faults.h"
#include "tests/torture/faults_journal.h"

enum verdict { PASS, FAIL, SHORT };

static const char *const names[CALL_COUNT] = {
#define X(name) #name,
	FAULT_CALLS(X)
#undef X
};

static const struct {
	const char *name;
	int error;
} errors[] = { { "EIO", EIO }, { "ENOSPC", ENOSPC }, { "EINTR", EINTR },
	{ "EMFILE", EMFILE }, { "ENOMEM", ENOMEM }, { "short", 0 },
	{ "kill", -SIGKILL }, { "stop", -SIGSTOP } };

static struct fault_counts *counts;
static int broken_call = -1, broken_how;
static uint64_t broken_from, broken_to;

void *__libc_malloc(size_t size);
void *__libc_calloc(size_t count, size_t size);
void *__libc_realloc(void *old, size_t size);

static uint64_t
number(const char *name, uint64_t otherwise)
{
	const char *text = getenv(name);

	return (text ? strtoull(text, NULL, 10) : otherwise);
}

static void
read_order(const char *call, const char *how)
{
	uint64_t times = number("FAULT_TIMES", 1);

	for (int i = 0; i < CALL_COUNT; i++)
		if (strcmp(names[i], call) == 0)
			broken_call = i;
	for (size_t i = 0; i < sizeof(errors) / sizeof(errors[0]); i++)
		if (strcmp(errors[i].name, how) == 0)
			broken_how = errors[i].error;
	broken_from = number("FAULT_NTH", 1);
	broken_to = times == 0 ? UINT64_MAX : broken_from + times - 1;
}

__attribute__((constructor)) static void
begin(void)
{
	const char *path = getenv("FAULT_COUNTS"), *call = getenv("FAULT_CALL");
	const char *how = getenv("FAULT_DO");
	struct fault_counts *map;
	long fd;

	journal_begin();
	if (path == NULL)
		return;
	if (call != NULL && how != NULL)
		read_order(call, how);
	fd = syscall(SYS_openat, AT_FDCWD, path, O_RDWR | O_CLOEXEC);
	if (fd == -1)
		return;
	map = mmap(
	    NULL, sizeof(*map), PROT_READ | PROT_WRITE, MAP_SHARED, (int)fd, 0);
	(void)syscall(SYS_close, fd);
	if (map != MAP_FAILED)
		counts = map;
}

static enum verdict
judge(enum fault_call call)
{
	uint64_t nth;

	if (counts == NULL)
		return (PASS);
	nth = ++counts->calls[call];
	if ((int)call != broken_call || nth < broken_from || nth > broken_to)
		return (PASS);
	counts->hits++;
	if (broken_how < 0) {
		(void)syscall(SYS_kill, getpid(), -broken_how);
		return (PASS);
	}
	if (broken_how == 0)
		return (SHORT);
	errno = broken_how;
	return (FAIL);
}

static size_t
cut(enum verdict verdict, size_t len)
{
	return (verdict == SHORT && len > 1 ? len / 2 : len);
}

/* --- files -------------------------------------------------------------- */

int
open(const char *path, int flags, ...)
{
	va_list rest;
	int mode = 0, fd;

	if (flags & (O_CREAT | __O_TMPFILE)) {
		va_start(rest, flags);
		mode = va_arg(rest, int);
		va_end(rest);
	}
	if (judge(CALL_open) == FAIL)
		return (-1);
	fd = (int)syscall(SYS_openat, AT_FDCWD, path, flags, mode);
	if (fd != -1)
		journal_open(fd, path, flags);
	return (fd);
}

ssize_t
read(int fd, void *buffer, size_t len)
{
	enum verdict verdict = judge(CALL_read);

	return (verdict == FAIL ?
		-1 :
		syscall(SYS_read, fd, buffer, cut(verdict, len)));
}

ssize_t
pread(int fd, void *buffer, size_t len, off_t offset)
{
	enum verdict verdict = judge(CALL_pread);

	return (verdict == FAIL ?
		-1 :
		syscall(SYS_pread64, fd, buffer, cut(verdict, len), offset));
}

ssize_t
write(int fd, const void *buffer, size_t len)
{
	enum verdict verdict = judge(CALL_write);

	return (verdict == FAIL ?
		-1 :
		syscall(SYS_write, fd, buffer, cut(verdict, len)));
}

ssize_t
pwrite(int fd, const void *buffer, size_t len, off_t offset)
{
	enum verdict verdict = judge(CALL_pwrite);
	ssize_t done;

	if (verdict == FAIL)
		return (-1);
	done = syscall(SYS_pwrite64, fd, buffer, cut(verdict, len), offset);
	if (done > 0)
		journal_write(fd, buffer, (size_t)done, offset);
	return (done);
}

int
fsync(int fd)
{
	if (judge(CALL_fsync) == FAIL)
		return (-1);
	journal_sync(fd);
	return ((int)syscall(SYS_fsync, fd));
}

int
fdatasync(int fd)
{
	return (fsync(fd));
}

int
ftruncate(int fd, off_t size)
{
	if (judge(CALL_ftruncate) == FAIL)
		return (-1);
	journal_truncate(fd, size);
	return ((int)syscall(SYS_ftruncate, fd, size));
}

int
rename(const char *from, const char *to)
{
	int rc;

	if (judge(CALL_rename) == FAIL)
		return (-1);
	rc = (int)syscall(SYS_renameat, AT_FDCWD, from, AT_FDCWD, to);
	if (rc == 0)
		journal_names(JOURNAL_RENAME, from, to);
	return (rc);
}

int
link(const char *from, const char *to)
{
	int rc;

	if (judge(CALL_link) == FAIL)
		return (-1);
	rc = (int)syscall(SYS_linkat, AT_FDCWD, from, AT_FDCWD, to, 0);
	if (rc == 0)
		journal_names(JOURNAL_LINK, from, to);
	return (rc);
}

int
unlink(const char *path)
{
	int rc;

	if (judge(CALL_unlink) == FAIL)
		return (-1);
	rc = (int)syscall(SYS_unlinkat, AT_FDCWD, path, 0);
	if (rc == 0)
		journal_names(JOURNAL_UNLINK, path, "");
	return (rc);
}

int
close(int fd)
{
	enum verdict verdict = judge(CALL_close);
	int error = errno, rc = (int)syscall(SYS_close, fd);

	if (verdict != FAIL)
		return (rc);
	errno = error;
	return (-1);
}

/* --- memory ------------------------------------------------------------- */

void *
malloc(size_t size)
{
	return (judge(CALL_malloc) == FAIL ? NULL : __libc_malloc(size));
}

void *
calloc(size_t count, size_t size)
{
	return (judge(CALL_calloc) == FAIL ? NULL : __libc_calloc(count, size));
}

void *
realloc(void *old, size_t size)
{
	return (judge(CALL_realloc) == FAIL ? NULL : __libc_realloc(old, size));
}

void *
reallocarray(void *old, size_t count, size_t size)
{
	size_t bytes;

	if (__builtin_mul_overflow(count, size, &bytes)) {
		errno = ENOMEM;
		return (NULL);
	}
	return (realloc(old, bytes));
}
