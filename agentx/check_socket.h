/*
 * Whether the AgentX socket lets us in and, if not, what bars the way.
 */
#ifndef AGENTX_CHECK_SOCKET_H
#define AGENTX_CHECK_SOCKET_H

#include <limits.h>
#include <stdbool.h>

enum { NAME_TEXT_MAX = 64 };

/* The way to snmpd for subagents, as this process sees it. */
struct socket_facts {
	const char *path;
	int error;                     /* errno; 0: it takes connections */
	char barrier[PATH_MAX];        /* what is missing or closed */
	char owner[3 * NAME_TEXT_MAX]; /* and whose that is, with its mode */
	bool barrier_is_directory;
	char user[NAME_TEXT_MAX], group[NAME_TEXT_MAX]; /* ours */
	bool root;
};

/* Fills in all but the path. */
void check_socket(struct socket_facts *socket);

#endif
