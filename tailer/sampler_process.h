/*
 * The process that asks showq(8), and what it sends to the tailer.
 */
#ifndef TAILER_SAMPLER_PROCESS_H
#define TAILER_SAMPLER_PROCESS_H

#include "lib/config/config.h"
#include "lib/stats/showq.h"

/* One sample, or why there is none. */
struct sampler_report {
	uint32_t socket; /* number in the configuration */
	uint32_t milliseconds;
	uint64_t taken;  /* seconds since 1970; 0: it failed */
	char fault[128]; /* then; ended by NUL */
	struct queue_sample sample;
};

/*
 * Sample the sockets of `config` until the other end of `channel`, a socket
 * that keeps records apart, is closed.  Never returns.  To be called in a fresh
 * process: it closes all other descriptors.
 */
_Noreturn void sampler_process(const struct config_queue *config, int channel);

#endif
