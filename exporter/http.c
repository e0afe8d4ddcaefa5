/*
 * HTTP, by libmicrohttpd, in the caller's one thread.
 */
#include <sys/epoll.h>
#include <sys/socket.h>

#include <errno.h>
#include <microhttpd.h>
#include <stdbool.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "exporter/http.h"
#include "exporter/http_answer.h"
#include "lib/util/clock.h"

enum {
	CONNECTIONS = 64,
	HEADER_BYTES = 8192,
	DEADLINE = 5000, /* milliseconds, of a connection */
	PAUSE = 500      /* milliseconds, if no more can be accepted */
};

/* A connection and when it is over, however busy its client is: the library's
   own time limit begins again with each byte.  It does not see, either, that a
   client ends behind a part of a request, if both come at once. */
struct deadline {
	int socket; /* -1: none */
	int64_t at;
	bool answered;
};

struct http {
	struct MHD_Daemon *daemon;
	struct site *site;
	struct scrape_cache scrapes;
	const struct listeners *listeners;
	int epoll; /* of the library's own and the listeners */
	bool listening;
	int64_t paused; /* accept nothing until then */
	struct deadline deadlines[CONNECTIONS];
};

/* -1: a free one.  NULL: there is none. */
static struct deadline *
deadline_of(struct http *http, int socket)
{
	for (size_t i = 0; i < CONNECTIONS; i++)
		if (http->deadlines[i].socket == socket)
			return (&http->deadlines[i]);
	return (NULL);
}

static enum MHD_Result
answer_request(void *context, struct MHD_Connection *connection,
    const char *url, const char *method, const char *version,
    const char *upload, size_t *upload_size, void **request)
{
	struct http *http = context;
	struct deadline *deadline = deadline_of(http,
	    MHD_get_connection_info(
		connection, MHD_CONNECTION_INFO_CONNECTION_FD)
		->connect_fd);

	(void)version, (void)upload, (void)upload_size, (void)request;
	if (deadline != NULL)
		deadline->answered = true;
	return (
	    http_answer(connection, method, url, http->site, &http->scrapes));
}

/* The end of what the client sends wakes us, too. */
static void
note_connection(void *context, struct MHD_Connection *connection,
    void **socket_context, enum MHD_ConnectionNotificationCode what)
{
	struct http *http = context;
	int socket = MHD_get_connection_info(
	    connection, MHD_CONNECTION_INFO_CONNECTION_FD)
			 ->connect_fd;
	struct epoll_event event = { .events = EPOLLRDHUP | EPOLLONESHOT,
		.data.fd = socket };
	bool begins = what == MHD_CONNECTION_NOTIFY_STARTED;
	struct deadline *deadline = deadline_of(http, begins ? -1 : socket);

	(void)socket_context;
	if (deadline == NULL)
		return;
	deadline->socket = begins ? socket : -1;
	deadline->at = clock_milliseconds() + DEADLINE;
	deadline->answered = false;
	(void)epoll_ctl(http->epoll, begins ? EPOLL_CTL_ADD : EPOLL_CTL_DEL,
	    socket, &event);
}

/* Whether listeners wake us. */
static void
listen_for(struct http *http, bool listening)
{
	if (http->listening == listening)
		return;
	http->listening = listening;
	for (unsigned i = 0; i < http->listeners->count; i++) {
		int fd = http->listeners->one[i].fd;
		struct epoll_event event = { .events = EPOLLIN, .data.fd = fd };

		(void)epoll_ctl(http->epoll,
		    listening ? EPOLL_CTL_ADD : EPOLL_CTL_DEL, fd, &event);
	}
}

/* One epoll descriptor for all.  -1 and errno. */
static int
watch(struct http *http)
{
	int own = MHD_get_daemon_info(http->daemon, MHD_DAEMON_INFO_EPOLL_FD)
		      ->epoll_fd;
	struct epoll_event event = { .events = EPOLLIN, .data.fd = own };

	http->epoll = epoll_create1(EPOLL_CLOEXEC);
	if (http->epoll == -1 ||
	    epoll_ctl(http->epoll, EPOLL_CTL_ADD, own, &event) == -1)
		return (-1);
	listen_for(http, true);
	return (0);
}

struct http *
http_open(
    const struct listeners *listeners, struct site *site, const char **error_r)
{
	struct http *http = calloc(1, sizeof(*http));

	*error_r = strerror(ENOMEM);
	if (http == NULL)
		return (NULL);
	http->site = site;
	http->listeners = listeners;
	http->epoll = -1;
	for (size_t i = 0; i < CONNECTIONS; i++)
		http->deadlines[i].socket = -1;
	http->daemon = MHD_start_daemon(
	    MHD_USE_EPOLL | MHD_USE_NO_LISTEN_SOCKET, 0, NULL, NULL,
	    answer_request, http, MHD_OPTION_CONNECTION_LIMIT,
	    (unsigned)CONNECTIONS, MHD_OPTION_CONNECTION_MEMORY_LIMIT,
	    (size_t)HEADER_BYTES, MHD_OPTION_CONNECTION_TIMEOUT,
	    (unsigned)DEADLINE / 1000, MHD_OPTION_NOTIFY_CONNECTION,
	    note_connection, http, MHD_OPTION_END);
	if (http->daemon != NULL && watch(http) == 0)
		return (http);
	*error_r = "cannot answer: libmicrohttpd does not start";
	http_close(http);
	return (NULL);
}

void
http_close(struct http *http)
{
	if (http->daemon != NULL)
		MHD_stop_daemon(http->daemon);
	if (http->epoll != -1)
		close(http->epoll);
	scrape_forget(&http->scrapes);
	free(http);
}

int
http_fd(const struct http *http)
{
	return (http->epoll);
}

static unsigned
connections(const struct http *http)
{
	return (MHD_get_daemon_info(
	    http->daemon, MHD_DAEMON_INFO_CURRENT_CONNECTIONS)
		    ->num_connections);
}

/* How long until what waits at the listeners can be accepted. */
static int64_t
listener_patience(const struct http *http, int64_t now)
{
	if (http->listening || connections(http) == CONNECTIONS)
		return (DEADLINE);
	return (http->paused > now ? http->paused - now : 0);
}

/* Also ends the connections whose time is over. */
int
http_patience(struct http *http)
{
	int64_t now = clock_milliseconds(),
		least = listener_patience(http, now);
	MHD_UNSIGNED_LONG_LONG own;

	if (MHD_get_timeout(http->daemon, &own) == MHD_YES &&
	    (int64_t)own < least)
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

/* Give the library what waits at a listener, up to its limit.  False: it waits
   on. */
static bool
accept_at(struct http *http, int listener)
{
	while (connections(http) < CONNECTIONS) {
		struct sockaddr_storage from = { 0 };
		socklen_t len = sizeof(from);
		int fd = accept4(listener, (struct sockaddr *)&from, &len,
		    SOCK_NONBLOCK | SOCK_CLOEXEC);

		if (fd == -1 && (errno == EAGAIN || errno == EWOULDBLOCK))
			return (true);
		if (fd == -1 &&
		    (errno == EMFILE || errno == ENFILE || errno == ENOBUFS ||
			errno == ENOMEM)) {
			http->paused = clock_milliseconds() + PAUSE;
			return (false);
		}
		if (fd != -1)
			(void)MHD_add_connection(
			    http->daemon, fd, (struct sockaddr *)&from, len);
	}
	return (false);
}

/* End a connection whose client has ended before its request did.  What is not
   read yet may be the rest of it: look again. */
static void
end_part(const struct http *http, const struct deadline *deadline)
{
	struct epoll_event again = { .events = EPOLLRDHUP | EPOLLONESHOT,
		.data.fd = deadline->socket };
	char byte;

	if (deadline->answered)
		return;
	if (recv(deadline->socket, &byte, 1, MSG_PEEK | MSG_DONTWAIT) > 0)
		(void)epoll_ctl(
		    http->epoll, EPOLL_CTL_MOD, deadline->socket, &again);
	else
		(void)shutdown(deadline->socket, SHUT_RDWR);
}

static void
end_parts(struct http *http)
{
	struct epoll_event events[CONNECTIONS];
	int count = epoll_wait(http->epoll, events, CONNECTIONS, 0);

	for (int i = 0; i < count; i++) {
		const struct deadline *deadline = deadline_of(
		    http, events[i].data.fd);

		if ((events[i].events & EPOLLRDHUP) != 0 && deadline != NULL)
			end_part(http, deadline);
	}
}

void
http_run(struct http *http)
{
	bool all = clock_milliseconds() >= http->paused;

	for (unsigned i = 0; all && i < http->listeners->count; i++)
		all = accept_at(http, http->listeners->one[i].fd);
	listen_for(http, all);
	(void)MHD_run(http->daemon);
	end_parts(http);
}
