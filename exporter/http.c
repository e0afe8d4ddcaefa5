/*
 * HTTP, by libmicrohttpd, in the caller's one thread.
 */
#include <sys/socket.h>

#include <errno.h>
#include <microhttpd.h>
#include <netdb.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "exporter/http.h"
#include "exporter/http_answer.h"
#include "lib/util/clock.h"
#include "lib/util/error.h"
#include "lib/util/slice.h"

enum {
	CONNECTIONS = 64,
	HEADER_BYTES = 8192,
	DEADLINE = 5000, /* milliseconds, of a connection */
	BACKLOG = 128
};

/* A connection and when it is over, however busy its client is: the library's
   own time limit begins again with each byte. */
struct deadline {
	int socket; /* -1: none */
	int64_t at;
};

struct http {
	struct MHD_Daemon *daemon;
	struct site *site;
	struct scrape_cache scrapes;
	struct deadline deadlines[CONNECTIONS];
};

static enum MHD_Result
answer_request(void *context, struct MHD_Connection *connection,
    const char *url, const char *method, const char *version,
    const char *upload, size_t *upload_size, void **request)
{
	struct http *http = context;

	(void)version, (void)upload, (void)upload_size, (void)request;
	return (
	    http_answer(connection, method, url, http->site, &http->scrapes));
}

static void
note_connection(void *context, struct MHD_Connection *connection,
    void **socket_context, enum MHD_ConnectionNotificationCode what)
{
	struct http *http = context;
	const union MHD_ConnectionInfo *info = MHD_get_connection_info(
	    connection, MHD_CONNECTION_INFO_CONNECTION_FD);
	int from = what == MHD_CONNECTION_NOTIFY_STARTED ? -1 :
							   info->connect_fd;

	(void)socket_context;
	for (size_t i = 0; i < CONNECTIONS; i++) {
		struct deadline *deadline = &http->deadlines[i];

		if (deadline->socket != from)
			continue;
		deadline->socket = from == -1 ? info->connect_fd : -1;
		deadline->at = clock_milliseconds() + DEADLINE;
		return;
	}
}

/* "ADDR:PORT" or "[ADDR]:PORT".  Returns 0 and what freeaddrinfo() frees, or -1
   and *error_r. */
static int
address_read(
    const char *address, struct addrinfo **found_r, const char **error_r)
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
	if (host.len > 0 && slice_number(slice_of(colon + 1), &port) &&
	    port >= 1 && port <= UINT16_MAX &&
	    getaddrinfo(text, colon + 1, &hints, found_r) == 0)
		return (0);
	*error_r = error_text(
	    "--listen takes ADDR:PORT, in numbers, not \"%s\"", address);
	return (-1);
}

int
http_check(const char *address, const char **error_r)
{
	struct addrinfo *found;

	if (address_read(address, &found, error_r) == -1)
		return (-1);
	freeaddrinfo(found);
	return (0);
}

/* Returns a socket that listens, or -1 and *error_r. */
static int
listen_at(const char *address, const char **error_r)
{
	struct addrinfo *found;
	int fd, on = 1;

	if (address_read(address, &found, error_r) == -1)
		return (-1);
	fd = socket(
	    found->ai_family, SOCK_STREAM | SOCK_CLOEXEC | SOCK_NONBLOCK, 0);
	if (fd != -1)
		(void)setsockopt(fd, SOL_SOCKET, SO_REUSEADDR, &on, sizeof(on));
	if (fd == -1 || bind(fd, found->ai_addr, found->ai_addrlen) == -1 ||
	    listen(fd, BACKLOG) == -1) {
		*error_r = error_text(
		    "cannot listen at %s: %s", address, strerror(errno));
		if (fd != -1)
			close(fd);
		fd = -1;
	}
	freeaddrinfo(found);
	return (fd);
}

struct http *
http_open(const char *address, struct site *site, const char **error_r)
{
	struct http *http = calloc(1, sizeof(*http));
	int fd;

	*error_r = strerror(ENOMEM);
	if (http == NULL)
		return (NULL);
	http->site = site;
	for (size_t i = 0; i < CONNECTIONS; i++)
		http->deadlines[i].socket = -1;
	fd = listen_at(address, error_r);
	if (fd != -1) {
		http->daemon = MHD_start_daemon(MHD_USE_EPOLL, 0, NULL, NULL,
		    answer_request, http, MHD_OPTION_LISTEN_SOCKET, fd,
		    MHD_OPTION_CONNECTION_LIMIT, (unsigned)CONNECTIONS,
		    MHD_OPTION_CONNECTION_MEMORY_LIMIT, (size_t)HEADER_BYTES,
		    MHD_OPTION_CONNECTION_TIMEOUT, (unsigned)DEADLINE / 1000,
		    MHD_OPTION_NOTIFY_CONNECTION, note_connection, http,
		    MHD_OPTION_END);
		if (http->daemon == NULL) {
			close(fd);
			*error_r = error_text(
			    "cannot answer at %s: libmicrohttpd does not start",
			    address);
		}
	}
	if (http->daemon == NULL) {
		free(http);
		return (NULL);
	}
	return (http);
}

void
http_close(struct http *http)
{
	MHD_stop_daemon(http->daemon);
	scrape_forget(&http->scrapes);
	free(http);
}

int
http_fd(const struct http *http)
{
	return (MHD_get_daemon_info(http->daemon, MHD_DAEMON_INFO_EPOLL_FD)
		    ->epoll_fd);
}

/* Also ends the connections whose time is over. */
int
http_patience(struct http *http)
{
	int64_t now = clock_milliseconds(), least = DEADLINE;
	MHD_UNSIGNED_LONG_LONG own;

	if (MHD_get_timeout(http->daemon, &own) == MHD_YES && own < DEADLINE)
		least = (int64_t)own;
	for (size_t i = 0; i < CONNECTIONS; i++) {
		const struct deadline *deadline = &http->deadlines[i];
		int64_t left = deadline->at - now;

		if (deadline->socket == -1)
			continue;
		if (left <= 0) {
			(void)shutdown(deadline->socket, SHUT_RDWR);
			left = DEADLINE;
		}
		if (left < least)
			least = left;
	}
	return ((int)least);
}

static unsigned
connections(const struct http *http)
{
	return (MHD_get_daemon_info(
	    http->daemon, MHD_DAEMON_INFO_CURRENT_CONNECTIONS)
		    ->num_connections);
}

/* At its limit the library listens no more, and again only in a run that begins
   below it: so there is one more after those that end connections. */
void
http_run(struct http *http)
{
	unsigned before;

	do {
		before = connections(http);
		(void)MHD_run(http->daemon);
	} while (connections(http) < before);
}
