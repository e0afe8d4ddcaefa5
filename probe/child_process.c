/*
 * Limits, and then the conversation.  What a server does to it can take no more
 * than these: memory, time, descriptors; no file, and no trace of a password in
 * a core.
 */
#include <errno.h>
#include <stdio.h>
#include <string.h>
#include <unistd.h>

#include "probe/child_process.h"
#include "probe/confine.h"
#include "probe/conversation.h"

enum { MEMORY = 64 << 20, CPU_SECONDS = 10, DESCRIPTORS = 16 };

_Noreturn void
child_process(pid_t parent, const struct target *target, struct slice message,
    struct outcome *outcome)
{
	const struct confinement confinement = {
		.name = target->config->name,
		.memory = MEMORY,
		.cpu_seconds = CPU_SECONDS,
		.descriptors = DESCRIPTORS,
		.keep = -1,
	};

	if (confine(parent, &confinement))
		conversation_run(target, message, outcome);
	else {
		outcome->result = RESULT_ERROR;
		(void)snprintf(outcome->reason, sizeof(outcome->reason),
		    "cannot set limits: %s", strerror(errno));
	}
	_exit(0);
}
