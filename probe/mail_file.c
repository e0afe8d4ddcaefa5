/*
 * Opening a file without being led to another one, held up by it, or seen to
 * have been there: the owner of the directory may be anybody.
 */
#include <sys/stat.h>

#include <errno.h>
#include <fcntl.h>
#include <unistd.h>

#include "probe/mail_file.h"
#include "probe/mail_read.h"

static uint64_t
written(const struct stat *stat)
{
	if (stat->st_mtim.tv_sec < 0)
		return (0);
	return ((uint64_t)stat->st_mtim.tv_sec * 1000000 +
	    (uint64_t)stat->st_mtim.tv_nsec / 1000);
}

static bool
is_same(const struct stat *stat, const struct mail_file *file)
{
	return (S_ISREG(stat->st_mode) && stat->st_dev == file->device &&
	    stat->st_ino == file->inode);
}

/* Without leaving a time of access behind, which only its owner may do. */
static int
open_file(int fd, const char *name)
{
	int flags = O_RDONLY | O_NOFOLLOW | O_NONBLOCK | O_CLOEXEC | O_NOCTTY;
	int file = openat(fd, name, flags | O_NOATIME);

	return (file != -1 || errno != EPERM ? file : openat(fd, name, flags));
}

/* Returns how many bytes there are, at most what is looked at; -1: errno. */
static ssize_t
read_all(int fd, char message_r[MAIL_READ_MAX])
{
	size_t len = 0;

	while (len < MAIL_READ_MAX) {
		ssize_t got = read(fd, message_r + len, MAIL_READ_MAX - len);

		if (got == -1 && errno == EINTR)
			continue;
		if (got == -1)
			return (-1);
		if (got == 0)
			break;
		len += (size_t)got;
	}
	return ((ssize_t)len);
}

/* Gone, or another file by now: what happened to it is told, or seen at the
   next look. */
static enum mail_file_is
not_opened(void)
{
	return (errno == ENOENT || errno == ELOOP || errno == ENXIO ||
		    errno == ESTALE ?
		MAIL_FILE_NONE :
		MAIL_FILE_FAULT);
}

static enum mail_file_is
read_file(int fd, struct mail_file *file)
{
	static char message[MAIL_READ_MAX];
	struct stat stat;
	ssize_t len;

	if (fstat(fd, &stat) == -1)
		return (MAIL_FILE_FAULT);
	if (!is_same(&stat, file))
		return (MAIL_FILE_NONE);
	file->written = written(&stat);
	len = read_all(fd, message);
	if (len == -1)
		return (not_opened());
	file->message = (struct slice){ message, (size_t)len };
	return (MAIL_FILE_READ);
}

enum mail_file_is
mail_file_read(
    int fd, const char *name, uint64_t oldest, struct mail_file *file_r)
{
	enum mail_file_is result;
	struct stat stat;
	int file;

	if (fstatat(fd, name, &stat, AT_SYMLINK_NOFOLLOW) == -1)
		return (not_opened());
	if (!S_ISREG(stat.st_mode) || stat.st_size == 0)
		return (MAIL_FILE_NONE);
	if (stat.st_size > MAIL_READ_MAX || written(&stat) < oldest)
		return (MAIL_FILE_FOREIGN);
	*file_r = (struct mail_file){ .device = stat.st_dev,
		.inode = stat.st_ino };
	file = open_file(fd, name);
	if (file == -1)
		return (not_opened());
	result = read_file(file, file_r);
	(void)close(file);
	return (result);
}

int
mail_file_remove(int fd, const char *name, const struct mail_file *file)
{
	struct stat stat;

	if (fstatat(fd, name, &stat, AT_SYMLINK_NOFOLLOW) == -1)
		return (errno == ENOENT ? 0 : -1);
	if (!is_same(&stat, file) || unlinkat(fd, name, 0) == 0)
		return (1);
	return (errno == ENOENT ? 0 : -1);
}
