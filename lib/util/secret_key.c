/*
 * Keys in files.
 */
#include <sys/random.h>
#include <sys/stat.h>

#include <errno.h>
#include <fcntl.h>
#include <limits.h>
#include <stdbool.h>
#include <stdio.h>
#include <string.h>
#include <unistd.h>

#include "lib/util/error.h"
#include "lib/util/secret_key.h"

static int
read_key(
    int fd, const char *path, struct secret_key *key_r, const char **error_r)
{
	struct stat file;

	if (fstat(fd, &file) == -1) {
		*error_r = error_text("%s: %s", path, strerror(errno));
		return (-1);
	}
	if (!S_ISREG(file.st_mode) || file.st_size != SECRET_KEY_SIZE) {
		*error_r = error_text("%s: is not a key of %d bytes; remove it "
				      "to have a new one",
		    path, SECRET_KEY_SIZE);
		return (-1);
	}
	if ((file.st_mode & (S_IRWXG | S_IRWXO)) != 0) {
		*error_r = error_text(
		    "%s: others than its owner may use it (chmod 600)", path);
		return (-1);
	}
	if (read(fd, key_r->bytes, SECRET_KEY_SIZE) == SECRET_KEY_SIZE)
		return (1);
	*error_r = error_text("%s: cannot be read", path);
	return (-1);
}

static bool
path_of(const char *directory, const char *name, const char *end,
    char path_r[PATH_MAX], const char **error_r)
{
	int len = snprintf(path_r, PATH_MAX, "%s/%s%s", directory, name, end);

	*error_r = "the path of the state directory is too long";
	return (len > 0 && len < PATH_MAX);
}

int
secret_key_load(const char *directory, const char *name,
    struct secret_key *key_r, const char **error_r)
{
	char path[PATH_MAX];
	int fd, result;

	if (!path_of(directory, name, "", path, error_r))
		return (-1);
	fd = open(path, O_RDONLY | O_CLOEXEC | O_NOFOLLOW | O_NONBLOCK);
	if (fd == -1 && errno == ENOENT)
		return (0);
	if (fd == -1) {
		*error_r = error_text("%s: %s", path, strerror(errno));
		return (-1);
	}
	result = read_key(fd, path, key_r, error_r);
	(void)close(fd);
	return (result);
}

int
secret_key_random(struct secret_key *key_r, const char **error_r)
{
	if (getrandom(key_r->bytes, SECRET_KEY_SIZE, 0) == SECRET_KEY_SIZE)
		return (0);
	*error_r = error_text("no random bytes: %s", strerror(errno));
	return (-1);
}

/* A file that is whole when it gets its name. */
static int
write_key(const char *new, const char *path, const struct secret_key *key)
{
	int fd = open(
	    new, O_WRONLY | O_CREAT | O_TRUNC | O_NOFOLLOW | O_CLOEXEC, 0600);
	bool written;

	if (fd == -1)
		return (-1);
	written = write(fd, key->bytes, SECRET_KEY_SIZE) == SECRET_KEY_SIZE &&
	    fsync(fd) == 0;
	if (close(fd) == 0 && written && rename(new, path) == 0)
		return (0);
	(void)unlink(new);
	return (-1);
}

int
secret_key_keep(const char *directory, const char *name,
    struct secret_key *key_r, const char **error_r)
{
	char new[PATH_MAX], path[PATH_MAX];
	int loaded = secret_key_load(directory, name, key_r, error_r);

	if (loaded != 0)
		return (loaded == 1 ? 0 : -1);
	if (!path_of(directory, name, ".new", new, error_r) ||
	    !path_of(directory, name, "", path, error_r) ||
	    secret_key_random(key_r, error_r) == -1)
		return (-1);
	if (write_key(new, path, key_r) == 0)
		return (0);
	*error_r = error_text("%s: %s", path, strerror(errno));
	return (-1);
}
