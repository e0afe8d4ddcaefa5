/*
 * The connection to snmpd, the AgentX master.  The library opens it and opens
 * it again; here is what it is told, and what the administrator is told.
 */
#ifndef AGENTX_MASTER_H
#define AGENTX_MASTER_H

#include <stdbool.h>
#include <stddef.h>

enum { MASTER_FDS_MAX = 4 };

/* Make an absolute unix:PATH of `address`, a path with or without `unix:`;
   the caller frees it.  NULL and *error_r if it is anything else: AgentX over
   TCP knows no authentication. */
char *master_address(const char *address, const char **error_r);

/* Set the library up: no files read, none written, its messages to our log.
   Objects can be registered from here on. */
void master_init(const char *address, unsigned ping_interval);

/* Connect.  If nobody is there that is logged, and tried again every
   `ping_interval` seconds. */
void master_connect(void);

/* For the next connection; the one that stands is not touched. */
void master_change(const char *address, unsigned ping_interval);

/* Serve requests until one of `fds` is readable or `seconds` have passed;
   readable_r[i] tells which.  A change of the connection is logged. */
void master_wait(const int *fds, size_t count, unsigned seconds,
    bool readable_r[MASTER_FDS_MAX]);

/* Whether there is a session with snmpd. */
bool master_connected(void);

/* Whether snmpd has refused our OIDs, because another subagent has them, since
   this was last asked. */
bool master_refused(void);

/* End the session in good order. */
void master_close(void);

#endif
