/*
 * The preloaded library's second half: it writes down what was done to the
 * files of one directory, in order.
 */
#ifndef TESTS_FAULTS_JOURNAL_H
#define TESTS_FAULTS_JOURNAL_H

#include <sys/types.h>

#include "tests/torture/faults.h"

void journal_begin(void);
void journal_open(int fd, const char *path, int flags);
void journal_write(int fd, const void *data, size_t len, off_t offset);
void journal_sync(int fd);
void journal_truncate(int fd, off_t size);
void journal_names(enum journal_kind kind, const char *from, const char *to);

#endif
