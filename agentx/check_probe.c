/*
 * The UDP port.
 */
#include <errno.h>
#include <netdb.h>
#include <poll.h>
#include <stdio.h>
#include <string.h>
#include <unistd.h>

#include "agentx/check_probe.h"
#include "lib/util/error.h"

#define SNMP_PORT "161"

enum { PROBE_TRIES = 3, PROBE_WAIT = 1000 /* ms */ };

/*
 * SNMPv3's question for an engine's id, from nobody and unprotected.  Any
 * agent reports its id to anybody (RFC 3414, section 4).
 */
/* clang-format off */
static const unsigned char discovery[] = {
	0x30, 61, 0x02, 1, 3,				/* version 3 */
	0x30, 16, 0x02, 4, 0x12, 0x34, 0x56, 0x78,	/* message id */
	0x02, 2, 0x40, 0x00,				/* greatest size */
	0x04, 1, 0x04,					/* report, please */
	0x02, 1, 3, 0x04, 16, 0x30, 14,			/* user model */
	0x04, 0, 0x02, 1, 0, 0x02, 1, 0,		/* no engine */
	0x04, 0, 0x04, 0, 0x04, 0,			/* no user */
	0x30, 20, 0x04, 0, 0x04, 0,			/* no context */
	0xa0, 14, 0x02, 4, 0x12, 0x34, 0x56, 0x78,	/* GET */
	0x02, 1, 0, 0x02, 1, 0, 0x30, 0,		/* of nothing */
};
/* clang-format on */

/* HOST:PORT, or HOST alone if `port` is false; IPv6 with a port in
   brackets. */
static void
write_address(const struct sockaddr_storage *name, socklen_t length, bool port,
    char text_r[INET_TEXT_MAX])
{
	char host[INET_TEXT_MAX - 10] = "?", service[8] = "?";

	(void)getnameinfo((const struct sockaddr *)name, length, host,
	    sizeof(host), service, sizeof(service),
	    NI_NUMERICHOST | NI_NUMERICSERV);
	if (!port)
		(void)snprintf(text_r, INET_TEXT_MAX, "%s", host);
	else
		(void)snprintf(text_r, INET_TEXT_MAX,
		    name->ss_family == AF_INET6 ? "[%s]:%s" : "%s:%s", host,
		    service);
}

/* Take HOST and PORT apart.  More than one colon without brackets is a bare
   IPv6 address. */
static bool
split(const char *text, char *host_r, size_t size, const char **port_r)
{
	const char *end = strrchr(text, ':');
	size_t len = strlen(text);

	*port_r = SNMP_PORT;
	if (text[0] == '[') {
		end = strchr(++text, ']');
		if (end == NULL || (end[1] != '\0' && end[1] != ':'))
			return (false);
		len = (size_t)(end - text);
		end = end[1] == ':' ? end + 1 : NULL;
	} else if (end != NULL && end == strchr(text, ':')) {
		len = (size_t)(end - text);
	} else {
		end = NULL;
	}
	if (end != NULL)
		*port_r = end + 1;
	if (len == 0 || len >= size || **port_r == '\0')
		return (false);
	memcpy(host_r, text, len);
	host_r[len] = '\0';
	return (true);
}

int
probe_address(const char *text, struct address *address_r, const char **error_r)
{
	struct addrinfo hints = { .ai_socktype = SOCK_DGRAM }, *list;
	char host[256];
	const char *port;
	int error;

	if (!split(text, host, sizeof(host), &port)) {
		*error_r = error_text("--host takes HOST, HOST:PORT or "
				      "[HOST]:PORT, not \"%s\"",
		    text);
		return (-1);
	}
	error = getaddrinfo(host, port, &hints, &list);
	if (error != 0) {
		*error_r = error_text(
		    "--host %s: %s", text, gai_strerror(error));
		return (-1);
	}
	*address_r = (struct address){ .length = list->ai_addrlen };
	memcpy(&address_r->name, list->ai_addr, list->ai_addrlen);
	freeaddrinfo(list);
	write_address(
	    &address_r->name, address_r->length, true, address_r->text);
	return (0);
}

/* Ask once, on a connected socket, so that a closed port is told.  Returns 1
   with an answer, 0 without, -1 if nobody listens. */
static int
ask(int fd)
{
	struct pollfd wait = { .fd = fd, .events = POLLIN };
	unsigned char reply[512];

	if (send(fd, discovery, sizeof(discovery), 0) == -1)
		return (errno == ECONNREFUSED ? -1 : 0);
	if (poll(&wait, 1, PROBE_WAIT) != 1)
		return (0);
	if (recv(fd, reply, sizeof(reply), MSG_DONTWAIT) == -1)
		return (errno == ECONNREFUSED ? -1 : 0);
	return (1);
}

enum listener
probe_listener(const struct address *address, char source_r[INET_TEXT_MAX])
{
	struct sockaddr_storage own = { .ss_family = AF_UNSPEC };
	socklen_t length = sizeof(own);
	int fd, said = 0;

	(void)snprintf(source_r, INET_TEXT_MAX, "here");
	fd = socket(address->name.ss_family, SOCK_DGRAM | SOCK_CLOEXEC, 0);
	if (fd == -1)
		return (LISTENER_SILENT);
	if (connect(fd, (const struct sockaddr *)&address->name,
		address->length) == 0) {
		if (getsockname(fd, (struct sockaddr *)&own, &length) == 0)
			write_address(&own, length, false, source_r);
		for (int try = 0; said == 0 && try < PROBE_TRIES; try++)
			said = ask(fd);
	}
	close(fd);
	return (said > 0 ? LISTENER_SNMP :
		said < 0 ? LISTENER_NONE :
			   LISTENER_SILENT);
}
