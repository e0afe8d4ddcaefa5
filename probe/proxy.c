/*
 * Version 1 is a line of text, version 2 is bytes.
 */
#include <sys/socket.h>

#include <arpa/inet.h>
#include <netdb.h>
#include <stdio.h>
#include <string.h>

#include "lib/util/error.h"
#include "lib/util/slice.h"
#include "probe/proxy.h"

/* What both versions say. */
struct claim {
	const char *family;
	const char *source, *dest;
	const char *source_port, *dest_port;
};

static const char *
either(const char *configured, const char *own)
{
	return (configured != NULL ? configured : own);
}

static int
version_1(const struct claim *claim, char header_r[PROXY_HEADER_MAX],
    size_t *len_r, const char **error_r)
{
	int len = snprintf(header_r, PROXY_HEADER_MAX,
	    "PROXY %s %s %s %s %s\r\n", claim->family, claim->source,
	    claim->dest, claim->source_port, claim->dest_port);

	if (len < 0 || len >= PROXY_HEADER_MAX) {
		*error_r = "the PROXY header is too long";
		return (-1);
	}
	*len_r = (size_t)len;
	return (0);
}

/* Put a port in network order. */
static bool
put_port(const char *text, char *at)
{
	uint64_t port;

	if (!slice_number(slice_of(text), &port) || port > UINT16_MAX)
		return (false);
	at[0] = (char)(port >> 8);
	at[1] = (char)(port & 0xff);
	return (true);
}

static int
version_2(const struct claim *claim, char header_r[PROXY_HEADER_MAX],
    size_t *len_r, const char **error_r)
{
	static const char signature[] =
	    "\r\n\r\n\0\r\nQUIT\n"
	    "\x21"; /* version 2, for somebody else */
	bool six = strcmp(claim->family, "TCP6") == 0;
	int family = six ? AF_INET6 : AF_INET;
	size_t size = six ? 16 : 4;
	char *at = header_r + sizeof(signature) - 1;

	memcpy(header_r, signature, sizeof(signature) - 1);
	*at++ = six ? 0x21 : 0x11;
	*at++ = 0;
	*at++ = (char)(2 * size + 4);
	if (inet_pton(family, claim->source, at) != 1 ||
	    inet_pton(family, claim->dest, at + size) != 1 ||
	    !put_port(claim->source_port, at + 2 * size) ||
	    !put_port(claim->dest_port, at + 2 * size + 2)) {
		*error_r = error_text("no PROXY header of version 2 can say "
				      "%s %s %s %s %s",
		    claim->family, claim->source, claim->dest,
		    claim->source_port, claim->dest_port);
		return (-1);
	}
	*len_r = (size_t)(at - header_r) + 2 * size + 4;
	return (0);
}

int
proxy_header(const struct config_probe *probe, const struct proxy_end *own,
    const struct proxy_end *server, char header_r[PROXY_HEADER_MAX],
    size_t *len_r, const char **error_r)
{
	const struct claim claim = {
		.family = probe->proxy_family,
		.source = either(probe->proxy_source_address, own->address),
		.dest = either(probe->proxy_dest_address, server->address),
		.source_port = either(probe->proxy_source_port, own->port),
		.dest_port = either(probe->proxy_dest_port, server->port),
	};

	if (probe->proxy_protocol == PROXY_V2)
		return (version_2(&claim, header_r, len_r, error_r));
	return (version_1(&claim, header_r, len_r, error_r));
}

static void
read_end(
    const struct sockaddr_storage *at, socklen_t len, struct proxy_end *end_r)
{
	*end_r = (struct proxy_end){ .address = "" };
	if (at->ss_family == AF_INET || at->ss_family == AF_INET6)
		(void)getnameinfo((const struct sockaddr *)at, len,
		    end_r->address, sizeof(end_r->address), end_r->port,
		    sizeof(end_r->port), NI_NUMERICHOST | NI_NUMERICSERV);
}

void
proxy_ends(int fd, struct proxy_end *own_r, struct proxy_end *server_r)
{
	struct sockaddr_storage at = { .ss_family = AF_UNSPEC };
	socklen_t len = sizeof(at);

	(void)getsockname(fd, (struct sockaddr *)&at, &len);
	read_end(&at, len, own_r);
	at.ss_family = AF_UNSPEC;
	len = sizeof(at);
	(void)getpeername(fd, (struct sockaddr *)&at, &len);
	read_end(&at, len, server_r);
}
