/*
 * The header of the PROXY protocol, version 1 or 2, as a proxy would send it
 * (haproxy's proxy-protocol.txt).
 */
#ifndef PROBE_PROXY_H
#define PROBE_PROXY_H

#include <stddef.h>

#include "lib/config/config_probe.h"

enum { PROXY_HEADER_MAX = 2048 };

/* An end of the connection, as text: what the configuration leaves out. */
struct proxy_end {
	char address[64];
	char port[8];
};

/* Write it to `header_r` and its length to *len_r.  Version 1 has the strings as
   they are configured, right or wrong.  Returns 0, or -1 and *error_r. */
int proxy_header(const struct config_probe *probe, const struct proxy_end *own,
    const struct proxy_end *server, char header_r[PROXY_HEADER_MAX],
    size_t *len_r, const char **error_r);

/* What both ends of a connected socket are; empty if it has no addresses. */
void proxy_ends(int fd, struct proxy_end *own_r, struct proxy_end *server_r);

#endif
