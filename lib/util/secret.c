/*
 * Files and credentials.
 */
#include <sys/stat.h>

#include <errno.h>
#include <fcntl.h>
#include <limits.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "lib/util/error.h"
#include "lib/util/secret.h"

enum { SECRET_MAX = 4096 };

/* Where it stands; without a slash it is a credential's name. */
static int
find(const char *named, char path_r[PATH_MAX], const char **error_r)
{
	const char *dir = getenv("CREDENTIALS_DIRECTORY");
	int len;

	if (strchr(named, '/') != NULL)
		len = snprintf(path_r, PATH_MAX, "%s", named);
	else if (dir != NULL)
		len = snprintf(path_r, PATH_MAX, "%s/%s", dir, named);
	else {
		*error_r = error_text("%s: there is no $CREDENTIALS_DIRECTORY "
				      "(a file needs its path)",
		    named);
		return (-1);
	}
	if (len < PATH_MAX)
		return (0);
	*error_r = "the path is too long";
	return (-1);
}

/* All of the file; one byte more than may be shows that it is too long. */
static int
read_all(int fd, char *bytes_r, size_t room, size_t *len_r)
{
	ssize_t got;

	for (*len_r = 0; *len_r < room; *len_r += (size_t)got) {
		got = read(fd, bytes_r + *len_r, room - *len_r);
		if (got < 0)
			return (-1);
		if (got == 0)
			break;
	}
	return (0);
}

/* An end may be CRLF, too. */
char *
secret_line(const char *bytes, size_t len, const char **error_r)
{
	char *line;

	*error_r = NULL;
	if (len > SECRET_MAX) {
		*error_r = "too long";
		return (NULL);
	}
	if (len > 0 && bytes[len - 1] == '\n')
		len -= len > 1 && bytes[len - 2] == '\r' ? 2 : 1;
	if (len == 0)
		*error_r = "empty";
	else if (memchr(bytes, '\0', len) != NULL)
		*error_r = "holds a NUL";
	else if (memchr(bytes, '\n', len) || memchr(bytes, '\r', len))
		*error_r = "must be one line";
	if (*error_r != NULL)
		return (NULL);
	line = strndup(bytes, len);
	if (line == NULL)
		*error_r = strerror(errno);
	return (line);
}

/* A pipe or a terminal would keep us waiting. */
static char *
read_file(const char *path, bool *is_open_r, const char **fault_r)
{
	char bytes[SECRET_MAX + 1];
	size_t len;
	struct stat file;
	char *line = NULL;
	int fd = open(path, O_RDONLY | O_CLOEXEC | O_NOCTTY | O_NONBLOCK);

	*fault_r = strerror(errno);
	if (fd < 0)
		return (NULL);
	if (fstat(fd, &file) < 0)
		*fault_r = strerror(errno);
	else if (!S_ISREG(file.st_mode))
		*fault_r = "not a plain file";
	else if (read_all(fd, bytes, sizeof(bytes), &len) < 0)
		*fault_r = strerror(errno);
	else {
		*is_open_r = (file.st_mode & S_IROTH) != 0;
		line = secret_line(bytes, len, fault_r);
		explicit_bzero(bytes, sizeof(bytes));
	}
	(void)close(fd);
	return (line);
}

char *
secret_read(const char *named, bool *is_open_r, const char **error_r)
{
	char path[PATH_MAX];
	const char *fault;
	char *secret;

	*is_open_r = false;
	if (find(named, path, error_r) < 0)
		return (NULL);
	secret = read_file(path, is_open_r, &fault);
	if (secret == NULL)
		*error_r = error_text("%s: %s", path, fault);
	return (secret);
}

void
secret_free(char *secret)
{
	if (secret == NULL)
		return;
	explicit_bzero(secret, strlen(secret));
	free(secret);
}
