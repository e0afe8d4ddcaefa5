/*
 * Sockets that never block, and what poll(2) waits for them.
 */
#include <sys/socket.h>

#include <errno.h>
#include <netinet/in.h>
#include <netinet/tcp.h>
#include <openssl/err.h>
#include <openssl/ssl.h>
#include <poll.h>
#include <stdlib.h>
#include <string.h>
#include <time.h>
#include <unistd.h>

#include "lib/util/error.h"
#include "probe/tls.h"
#include "probe/wire.h"

enum { BUFFER = 16384 };

struct wire {
	int fd;
	SSL *ssl; /* NULL: in clear */
	size_t from, to;
	char bytes[BUFFER];
};

static const char closed_in_words[] = "the connection was closed";

uint64_t
wire_now(void)
{
	struct timespec now;

	(void)clock_gettime(CLOCK_MONOTONIC, &now);
	return ((uint64_t)now.tv_sec * 1000000 + (uint64_t)now.tv_nsec / 1000);
}

/* Wait until the socket is ready. */
static enum wire_result
wait_for(int fd, short events, uint64_t deadline, const char **error_r)
{
	struct pollfd ready = { fd, events, 0 };

	for (;;) {
		uint64_t now = wire_now(), left;
		struct timespec span;
		int count;

		if (now >= deadline) {
			*error_r = "no answer in time";
			return (WIRE_TIMEOUT);
		}
		left = deadline - now;
		span = (struct timespec){ (time_t)(left / 1000000),
			(long)(left % 1000000) * 1000 };
		count = ppoll(&ready, 1, &span, NULL);
		if (count == 1)
			return (WIRE_OK);
		if (count == -1 && errno != EINTR) {
			*error_r = strerror(errno);
			return (WIRE_FAULT);
		}
	}
}

/* What a system call that failed means. */
static enum wire_result
failed(int number, const char **error_r)
{
	*error_r = strerror(number);
	switch (number) {
	case ECONNRESET:
	case EPIPE:
		*error_r = "the connection was reset";
		return (WIRE_CLOSED);
	case ETIMEDOUT:
		return (WIRE_TIMEOUT);
	default:
		return (WIRE_FAULT);
	}
}

/* The same of connect(2): nearly all of it is that nobody is there. */
static enum wire_result
unconnected(int number, const char **error_r)
{
	*error_r = strerror(number);
	switch (number) {
	case ETIMEDOUT:
		return (WIRE_TIMEOUT);
	case ENOMEM:
	case ENOBUFS:
	case EMFILE:
		return (WIRE_FAULT);
	default:
		return (WIRE_REFUSED);
	}
}

static enum wire_result
finish_connect(int fd, uint64_t deadline, const char **error_r)
{
	enum wire_result result = wait_for(fd, POLLOUT, deadline, error_r);
	socklen_t len = sizeof(int);
	int number = 0;

	if (result != WIRE_OK)
		return (result);
	if (getsockopt(fd, SOL_SOCKET, SO_ERROR, &number, &len) == -1)
		number = errno;
	return (number == 0 ? WIRE_OK : unconnected(number, error_r));
}

static enum wire_result
connect_fd(int fd, const struct wire_address *server,
    const struct wire_address *source, uint64_t deadline, const char **error_r)
{
	int on = 1;

	if (server->at->sa_family != AF_UNIX)
		(void)setsockopt(fd, IPPROTO_TCP, TCP_NODELAY, &on, sizeof(on));
	if (source != NULL && bind(fd, source->at, source->len) == -1) {
		*error_r = error_text("source_address: %s", strerror(errno));
		return (WIRE_FAULT);
	}
	if (connect(fd, server->at, server->len) == 0)
		return (WIRE_OK);
	if (errno != EINPROGRESS)
		return (unconnected(errno, error_r));
	return (finish_connect(fd, deadline, error_r));
}

enum wire_result
wire_connect(const struct wire_address *server,
    const struct wire_address *source, uint64_t deadline, struct wire **wire_r,
    const char **error_r)
{
	struct wire *wire = malloc(sizeof(*wire));
	enum wire_result result;

	if (wire == NULL) {
		*error_r = strerror(ENOMEM);
		return (WIRE_FAULT);
	}
	wire->ssl = NULL;
	wire->from = wire->to = 0;
	wire->fd = socket(server->at->sa_family,
	    SOCK_STREAM | SOCK_NONBLOCK | SOCK_CLOEXEC, 0);
	if (wire->fd == -1)
		result = unconnected(errno, error_r);
	else
		result = connect_fd(
		    wire->fd, server, source, deadline, error_r);
	if (result == WIRE_OK)
		*wire_r = wire;
	else
		wire_close(wire);
	return (result);
}

void
wire_close(struct wire *wire)
{
	if (wire == NULL)
		return;
	SSL_free(wire->ssl);
	if (wire->fd != -1)
		close(wire->fd);
	free(wire);
}

int
wire_fd(const struct wire *wire)
{
	return (wire->fd);
}

struct ssl_st *
wire_ssl(const struct wire *wire)
{
	return (wire->ssl);
}

/* After a call of OpenSSL that did not succeed: WIRE_OK if it is to be called
   again, since the socket is ready for it. */
static enum wire_result
ssl_again(
    struct wire *wire, int returned, uint64_t deadline, const char **error_r)
{
	int number = errno;

	switch (SSL_get_error(wire->ssl, returned)) {
	case SSL_ERROR_WANT_READ:
		return (wait_for(wire->fd, POLLIN, deadline, error_r));
	case SSL_ERROR_WANT_WRITE:
		return (wait_for(wire->fd, POLLOUT, deadline, error_r));
	case SSL_ERROR_ZERO_RETURN:
		*error_r = closed_in_words;
		return (WIRE_CLOSED);
	case SSL_ERROR_SYSCALL:
		if (number != 0)
			return (failed(number, error_r));
		*error_r = closed_in_words;
		return (WIRE_CLOSED);
	default:
		if (ERR_GET_REASON(ERR_peek_error()) ==
		    SSL_R_UNEXPECTED_EOF_WHILE_READING) {
			*error_r = closed_in_words;
			return (WIRE_CLOSED);
		}
		*error_r = tls_words();
		return (WIRE_FAULT);
	}
}

/* Write some; returns how many bytes, 0 if none, and then *result_r. */
static size_t
write_some(struct wire *wire, struct slice bytes, uint64_t deadline,
    enum wire_result *result_r, const char **error_r)
{
	ssize_t done;

	if (wire->ssl != NULL) {
		size_t put = 0;

		ERR_clear_error();
		errno = 0;
		if (SSL_write_ex(wire->ssl, bytes.at, bytes.len, &put) == 1)
			return (put);
		*result_r = ssl_again(wire, 0, deadline, error_r);
		return (0);
	}
	done = send(wire->fd, bytes.at, bytes.len, MSG_NOSIGNAL);
	if (done > 0)
		return ((size_t)done);
	*result_r = done == -1 && errno != EAGAIN && errno != EINTR ?
	    failed(errno, error_r) :
	    wait_for(wire->fd, POLLOUT, deadline, error_r);
	return (0);
}

enum wire_result
wire_write(struct wire *wire, struct slice bytes, uint64_t deadline,
    const char **error_r)
{
	while (bytes.len > 0) {
		enum wire_result result = WIRE_OK;
		size_t done = write_some(
		    wire, bytes, deadline, &result, error_r);

		if (result != WIRE_OK)
			return (result);
		bytes = slice_from(bytes, done);
	}
	return (WIRE_OK);
}

/* The same of reading. */
static size_t
read_some(struct wire *wire, uint64_t deadline, enum wire_result *result_r,
    const char **error_r)
{
	size_t room = BUFFER - wire->to, got = 0;
	ssize_t done;

	if (wire->ssl != NULL) {
		ERR_clear_error();
		errno = 0;
		if (SSL_read_ex(
			wire->ssl, wire->bytes + wire->to, room, &got) == 1)
			return (got);
		*result_r = ssl_again(wire, 0, deadline, error_r);
		return (0);
	}
	done = recv(wire->fd, wire->bytes + wire->to, room, 0);
	if (done > 0)
		return ((size_t)done);
	if (done == 0) {
		*error_r = closed_in_words;
		*result_r = WIRE_CLOSED;
	} else
		*result_r = errno != EAGAIN && errno != EINTR ?
		    failed(errno, error_r) :
		    wait_for(wire->fd, POLLIN, deadline, error_r);
	return (0);
}

enum wire_result
wire_read(struct wire *wire, uint64_t deadline, struct slice *bytes_r,
    const char **error_r)
{
	enum wire_result result = WIRE_OK;

	if (wire->from == wire->to)
		wire->from = wire->to = 0;
	while (wire->from == wire->to && result == WIRE_OK) {
		/* Who sends a byte now and then must not go on for ever. */
		if (wire_now() >= deadline) {
			*error_r = "no answer in time";
			return (WIRE_TIMEOUT);
		}
		wire->to += read_some(wire, deadline, &result, error_r);
	}
	*bytes_r = (struct slice){ wire->bytes + wire->from,
		wire->to - wire->from };
	return (result);
}

void
wire_used(struct wire *wire, size_t count)
{
	wire->from += count;
}

bool
wire_unread(struct wire *wire)
{
	char byte;

	if (wire->from < wire->to)
		return (true);
	if (wire->ssl != NULL)
		return (SSL_pending(wire->ssl) > 0);
	return (recv(wire->fd, &byte, 1, MSG_PEEK | MSG_DONTWAIT) > 0);
}

enum wire_result
wire_start_tls(struct wire *wire, const struct tls *tls, const char *name,
    uint64_t deadline, const char **error_r)
{
	enum wire_result result = WIRE_OK;

	if (wire_unread(wire)) {
		*error_r = "bytes in clear before the handshake";
		return (WIRE_FAULT);
	}
	wire->ssl = tls_session(tls, name);
	if (wire->ssl == NULL || SSL_set_fd(wire->ssl, wire->fd) != 1) {
		*error_r = strerror(ENOMEM);
		return (WIRE_FAULT);
	}
	while (result == WIRE_OK) {
		int done;

		ERR_clear_error();
		errno = 0;
		done = SSL_connect(wire->ssl);
		if (done == 1)
			return (WIRE_OK);
		result = ssl_again(wire, done, deadline, error_r);
	}
	return (result);
}
