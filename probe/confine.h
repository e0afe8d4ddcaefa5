/*
 * What a process that deals with strangers may do: little.
 */
#ifndef PROBE_CONFINE_H
#define PROBE_CONFINE_H

#include <sys/types.h>

#include <stdbool.h>

struct confinement {
	const char *name;     /* as ps(1) shows it */
	size_t memory;        /* bytes that it may take beside what it has */
	unsigned cpu_seconds; /* 0: no limit */
	unsigned descriptors;
	int keep; /* a descriptor beside the first three; -1: none */
};

/* To be called in a fresh process, which then ends with `parent`; it writes no
   files, dumps no core and takes no signal of a terminal.  False, and errno, if
   a limit can't be set. */
bool confine(pid_t parent, const struct confinement *confinement);

#endif
