/*
 * Who listens at an address: what can be learned without SNMP access.
 */
#ifndef AGENTX_CHECK_PROBE_H
#define AGENTX_CHECK_PROBE_H

#include <sys/socket.h>

#include "agentx/check_judge.h"

struct address {
	struct sockaddr_storage name;
	socklen_t length;
	char text[INET_TEXT_MAX]; /* 127.0.0.1:161, [::1]:161 */
};

/* Resolve HOST, HOST:PORT, or [HOST]:PORT for an IPv6 address; the port is 161
   if it is not given.  Returns 0, or -1 and *error_r. */
int probe_address(
    const char *text, struct address *address_r, const char **error_r);

/* Who is there?  Any SNMP agent answers this question, whatever communities
   it knows.  `source_r`: our own address as it sees it. */
enum listener probe_listener(
    const struct address *address, char source_r[INET_TEXT_MAX]);

#endif
