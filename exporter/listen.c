/*
 * Addresses, paths and descriptors.
 */
#include <sys/socket.h>

#include <errno.h>
#include <fcntl.h>
#include <netdb.h>
#include <stdbool.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "exporter/listen.h"
#include "lib/util/error.h"
#include "lib/util/slice.h"

enum {
	BACKLOG = 128,
	HANDED_FIRST = 3, /* descriptor */
	PATH_MODE = 0660
};

static const char unix_word[] = "unix:";

/* The path of "unix:/PATH".  False: it is none. */
static bool
path_read(const char *address, struct sockaddr_un *path_r)
{
	struct slice path = slice_of(address);

	*path_r = (struct sockaddr_un){ .sun_family = AF_UNIX };
	if (!slice_skip(&path, unix_word) || !slice_starts(path, "/") ||
	    path.len >= sizeof(path_r->sun_path))
		return (false);
	memcpy(path_r->sun_path, path.at, path.len);
	return (true);
}

/* ADDR:PORT or [ADDR]:PORT.  False, or what freeaddrinfo() frees. */
static bool
address_read(const char *address, struct addrinfo **found_r)
{
	const struct addrinfo hints = { .ai_flags = AI_NUMERICHOST |
		    AI_NUMERICSERV | AI_PASSIVE,
		.ai_socktype = SOCK_STREAM };
	struct slice host = { address, 0 };
	const char *colon = strrchr(address, ':');
	char text[128];
	uint64_t port;

	host.len = colon != NULL ? (size_t)(colon - address) : 0;
	if (host.len > 2 && host.at[0] == '[' && host.at[host.len - 1] == ']')
		host = (struct slice){ host.at + 1, host.len - 2 };
	else if (memchr(host.at, ':', host.len) != NULL)
		host.len = 0;
	(void)snprintf(text, sizeof(text), "%.*s", (int)host.len, host.at);
	return (host.len > 0 && slice_number(slice_of(colon + 1), &port) &&
	    port >= 1 && port <= UINT16_MAX &&
	    getaddrinfo(text, colon + 1, &hints, found_r) == 0);
}

int
listen_check(const char *address, const char **error_r)
{
	struct sockaddr_un path;
	struct addrinfo *found;

	if (path_read(address, &path))
		return (0);
	if (slice_starts(slice_of(address), unix_word)) {
		*error_r = error_text("--listen takes unix:/PATH of at most "
				      "%zu bytes, not \"%s\"",
		    sizeof(path.sun_path) - 1, address);
		return (-1);
	}
	if (address_read(address, &found)) {
		freeaddrinfo(found);
		return (0);
	}
	*error_r = error_text(
	    "--listen takes ADDR:PORT, in numbers, not \"%s\"", address);
	return (-1);
}

/* -1 and errno. */
static int
socket_at(int family, const struct sockaddr *at, socklen_t len)
{
	int on = 1, error;
	int fd = socket(family, SOCK_STREAM | SOCK_CLOEXEC | SOCK_NONBLOCK, 0);

	if (fd == -1)
		return (-1);
	if (family != AF_UNIX)
		(void)setsockopt(fd, SOL_SOCKET, SO_REUSEADDR, &on, sizeof(on));
	if (bind(fd, at, len) == 0 && listen(fd, BACKLOG) == 0)
		return (fd);
	error = errno;
	close(fd);
	errno = error;
	return (-1);
}

static int
open_address(struct listener *listener, const char *address)
{
	struct addrinfo *found;

	errno = EINVAL;
	if (!address_read(address, &found))
		return (-1);
	listener->fd = socket_at(
	    found->ai_family, found->ai_addr, found->ai_addrlen);
	freeaddrinfo(found);
	return (listener->fd == -1 ? -1 : 0);
}

/* Remove a socket file that was left.  -1 and errno: it is in use, or no
   socket. */
static int
remove_left(const struct sockaddr_un *path)
{
	struct stat st;
	bool left;
	int fd;

	if (lstat(path->sun_path, &st) == -1)
		return (errno == ENOENT ? 0 : -1);
	errno = EEXIST;
	if (!S_ISSOCK(st.st_mode))
		return (-1);
	fd = socket(AF_UNIX, SOCK_STREAM | SOCK_CLOEXEC | SOCK_NONBLOCK, 0);
	if (fd == -1)
		return (-1);
	left = connect(fd, (const struct sockaddr *)path, sizeof(*path)) ==
		-1 &&
	    errno == ECONNREFUSED;
	close(fd);
	errno = EADDRINUSE;
	return (left ? unlink(path->sun_path) : -1);
}

/* Its group is that of the process or, if the directory has the bit for that,
   the directory's. */
static int
open_path(struct listener *listener, const struct sockaddr_un *path)
{
	mode_t mask;

	if (remove_left(path) == -1)
		return (-1);
	mask = umask(~(mode_t)PATH_MODE & 0777);
	listener->fd = socket_at(
	    AF_UNIX, (const struct sockaddr *)path, sizeof(*path));
	(void)umask(mask);
	if (listener->fd == -1)
		return (-1);
	if (stat(path->sun_path, &listener->made) == 0)
		listener->path = *path;
	return (0);
}

int
listeners_open(
    struct listeners *listeners, const char *address, const char **error_r)
{
	struct listener *listener = &listeners->one[listeners->count];
	struct sockaddr_un path;

	if (listeners->count == LISTEN_MAX) {
		*error_r = error_text("cannot listen at %s: %u are all",
		    address, (unsigned)LISTEN_MAX);
		return (-1);
	}
	*listener = (struct listener){ .fd = -1 };
	if ((path_read(address, &path) ?
		    open_path(listener, &path) :
		    open_address(listener, address)) == -1) {
		*error_r = error_text(
		    "cannot listen at %s: %s", address, strerror(errno));
		return (-1);
	}
	listeners->count++;
	return (0);
}

static bool
listens(int fd)
{
	int type = 0, accepts = 0;
	socklen_t len = sizeof(type);

	return (getsockopt(fd, SOL_SOCKET, SO_TYPE, &type, &len) == 0 &&
	    getsockopt(fd, SOL_SOCKET, SO_ACCEPTCONN, &accepts, &len) == 0 &&
	    type == SOCK_STREAM && accepts != 0);
}

/* 0: the environment names none, or those of another process. */
static unsigned
handed_over(void)
{
	const char *pid = getenv("LISTEN_PID"), *fds = getenv("LISTEN_FDS");
	uint64_t whose = 0, count = 0;

	if (pid == NULL || fds == NULL ||
	    !slice_number(slice_of(pid), &whose) ||
	    whose != (uint64_t)getpid() || !slice_number(slice_of(fds), &count))
		return (0);
	return (count > LISTEN_MAX ? LISTEN_MAX + 1 : (unsigned)count);
}

int
listeners_take(struct listeners *listeners, const char **error_r)
{
	unsigned count = handed_over();

	(void)unsetenv("LISTEN_PID");
	(void)unsetenv("LISTEN_FDS");
	(void)unsetenv("LISTEN_FDNAMES");
	if (count > LISTEN_MAX) {
		*error_r = error_text("more than %u sockets were handed over",
		    (unsigned)LISTEN_MAX);
		return (-1);
	}
	for (unsigned i = 0; i < count; i++) {
		int fd = HANDED_FIRST + (int)i;

		if (!listens(fd) || fcntl(fd, F_SETFD, FD_CLOEXEC) == -1 ||
		    fcntl(fd, F_SETFL, O_NONBLOCK) == -1) {
			*error_r = error_text("descriptor %d, handed over, is "
					      "no stream socket that listens",
			    fd);
			return (-1);
		}
		listeners->one[listeners->count++] = (struct listener){
			.fd = fd
		};
	}
	return (0);
}

void
listeners_close(struct listeners *listeners)
{
	while (listeners->count > 0) {
		struct listener *l = &listeners->one[--listeners->count];
		struct stat st;

		close(l->fd);
		if (l->path.sun_path[0] != '\0' &&
		    stat(l->path.sun_path, &st) == 0 &&
		    st.st_dev == l->made.st_dev && st.st_ino == l->made.st_ino)
			(void)unlink(l->path.sun_path);
	}
}
