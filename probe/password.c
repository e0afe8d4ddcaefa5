#include <errno.h>
#include <fcntl.h>
#include <limits.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#include "lib/util/error.h"
#include "lib/util/slice.h"
#include "probe/password.h"

enum {
	PASSWORD_MAX = 4096,
	SECRET_LEAST = 4 /* bytes: less is in any text */
};

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

/* The line without its end, CRLF too.  NULL: *fault_r. */
static char *
only_line(const char *bytes, size_t len, const char **fault_r)
{
	char *line;

	*fault_r = NULL;
	if (len > PASSWORD_MAX) {
		*fault_r = "too long for a password";
		return (NULL);
	}
	if (len > 0 && bytes[len - 1] == '\n')
		len -= len > 1 && bytes[len - 2] == '\r' ? 2 : 1;
	if (len == 0)
		*fault_r = "empty";
	else if (memchr(bytes, '\0', len) != NULL)
		*fault_r = "holds a NUL";
	else if (memchr(bytes, '\n', len) || memchr(bytes, '\r', len))
		*fault_r = "must be one line";
	if (*fault_r != NULL)
		return (NULL);
	line = strndup(bytes, len);
	if (line == NULL)
		*fault_r = strerror(errno);
	return (line);
}

/* A pipe or a terminal would keep us waiting. */
static char *
read_file(const char *path, bool *is_open_r, const char **fault_r)
{
	char bytes[PASSWORD_MAX + 1];
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
		line = only_line(bytes, len, fault_r);
		explicit_bzero(bytes, sizeof(bytes));
	}
	(void)close(fd);
	return (line);
}

int
password_get(const struct config_probe *probe, char **password_r,
    bool *is_open_r, const char **key_r, const char **error_r)
{
	char path[PATH_MAX];
	const char *fault;

	*password_r = NULL;
	*is_open_r = false;
	if (probe->sasl_password != NULL) {
		*key_r = "sasl_password";
		*password_r = only_line(probe->sasl_password,
		    strlen(probe->sasl_password), error_r);
		return (*password_r != NULL ? 0 : -1);
	}
	if (probe->sasl_password_file == NULL)
		return (0);
	*key_r = "sasl_password_file";
	if (find(probe->sasl_password_file, path, error_r) < 0)
		return (-1);
	*password_r = read_file(path, is_open_r, &fault);
	if (*password_r != NULL)
		return (0);
	*error_r = error_text("%s: %s", path, fault);
	return (-1);
}

void
password_free(char *password)
{
	if (password == NULL)
		return;
	explicit_bzero(password, strlen(password));
	free(password);
}

void
password_hide(char *text, const char *secret)
{
	size_t len = secret != NULL ? strlen(secret) : 0;
	size_t rest = strlen(text);

	if (len < SECRET_LEAST)
		return;
	for (char *at = text; (at = strstr(at, secret)) != NULL; at += len)
		memset(at, '*', len);
	for (size_t part = len < rest ? len : rest; part >= SECRET_LEAST;
	     part--)
		if (memcmp(text + rest - part, secret, part) == 0)
			memset(text + rest - part, '*', part);
}
