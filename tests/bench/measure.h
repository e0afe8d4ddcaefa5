/*
 * measure: what a program costs, for log.sh.  Each task prints one line.
 */
#ifndef MEASURE_H
#define MEASURE_H

#include <limits.h>
#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#define PATIENCE 10000000000 /* ns for anything to happen */

/* cpu FILE COMMAND...: run it with FILE as its standard output; user and
   system seconds, peak resident KiB. */
int measure_cpu(int argc, char **argv);

/* publish DIR TIMES: publications of a full store of the default capacity;
   median CPU milliseconds of one, and by that of a plain write of as many
   bytes. */
int measure_publish(int argc, char **argv);

/* counted PID LOG TIMES: from a line appended to LOG until PID sleeps again;
   microseconds, median and 99th percentile. */
int measure_counted(int argc, char **argv);

/* readable STATE LOG TIMES: from a line appended to an idle LOG until it is
   read in the store; milliseconds, median and most. */
int measure_readable(int argc, char **argv);

/* feed STATE LOG SOURCE RATE SECONDS: append SOURCE to LOG at RATE lines a
   second; milliseconds until they are read in the store, median and most. */
int measure_feed(int argc, char **argv);

/* found STATE MAILDIR PROBE TIMES: from a mail of PROBE that is moved into MAILDIR
   until it is counted in probe.db; milliseconds, median and most. */
int measure_found(int argc, char **argv);

/* scraped PORT MAILDIR NAME TIMES: the same of a mail as mailexporter's probe NAME
   sends them, until 127.0.0.1:PORT/metrics has it among the late ones. */
int measure_scraped(int argc, char **argv);

/* A store, and what tells of its publications. */
struct watched_store {
	char path[PATH_MAX];
	int inotify;
};

struct watched_store watch_store(const char *state, const char *name);
/* Wait up to `ns` for a publication.  Returns whether there was one. */
bool published(const struct watched_store *store, int64_t ns);

/* Monotonic time in nanoseconds. */
int64_t now_ns(void);
void sleep_ns(int64_t ns);

/* The value at `percent` of the sorted values; sorts them. */
double percentile(double *values, size_t count, unsigned percent);

/* A positive number, or an end with an error. */
unsigned long number_argument(const char *text);

#endif
