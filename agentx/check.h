/*
 * postfix-stats-agentx --check: see what an NMS sees, and say what is wrong
 * and how to mend it.
 */
#ifndef AGENTX_CHECK_H
#define AGENTX_CHECK_H

#include "lib/stats/cells.h"

#define CHECK_HOST      "127.0.0.1"
#define CHECK_COMMUNITY "public"

struct check {
	const char *host; /* with or without a port */
	const char *community;
	const char *socket; /* of snmpd: unix:PATH */
	const char *directory;
	const struct oid *base;
	bool ietf;              /* the IETF's tables are to be served */
	unsigned ping_interval; /* how long an agent may take to come back */
};

/* Print what was found, one line for what is well, two for what is not.
   Returns the exit code. */
int check_run(const struct check *check);

#endif
