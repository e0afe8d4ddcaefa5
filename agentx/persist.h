/*
 * The program as snmpd's pass_persist child: requests on standard input,
 * answers on standard output.
 */
#ifndef AGENTX_PERSIST_H
#define AGENTX_PERSIST_H

#include "agentx/view.h"

/* Log to syslog if standard error is the pipe that the answers go down, as
   snmpd makes it. */
void persist_log(const char *program);

/* Answer from `view` until snmpd closes its end.  `directory` is the view's.
   The store is looked at between requests only: all of snmpd waits for an
   answer. */
void persist_serve(struct view *view, const char *directory);

#endif
