/*
 * What `--check` has found, put into words.
 */
#ifndef AGENTX_CHECK_REPORT_H
#define AGENTX_CHECK_REPORT_H

#include "agentx/check_judge.h"

struct report {
	struct finding *finding;
	size_t count;
};

/* Something that was checked and is as it should be. */
void well(struct report *report, const char *format, ...)
    __attribute__((format(printf, 2, 3)));

/* Something that is wrong; to be followed by mend(). */
void fault(struct report *report, const char *format, ...)
    __attribute__((format(printf, 2, 3)));

/* How to mend the last fault. */
void mend(struct report *report, const char *format, ...)
    __attribute__((format(printf, 2, 3)));

#endif
