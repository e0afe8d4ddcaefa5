/*
 * One file of a directory with mail, of which anybody may have written any.
 */
#ifndef PROBE_MAIL_FILE_H
#define PROBE_MAIL_FILE_H

#include <sys/types.h>

#include <stdint.h>

#include "lib/util/slice.h"

enum mail_file_is {
	MAIL_FILE_NONE,    /* not there, no regular file, or without a byte */
	MAIL_FILE_FOREIGN, /* too large to be ours, or too old */
	MAIL_FILE_READ,    /* *file_r */
	MAIL_FILE_FAULT    /* errno says which */
};

struct mail_file {
	dev_t device;
	ino_t inode;
	uint64_t written;     /* microseconds since 1970 */
	struct slice message; /* borrowed until the next call */
};

/* Read the file `name` of the directory `fd`; it is opened only if the result is
   MAIL_FILE_READ or MAIL_FILE_FAULT.  It is too old if it was written before
   `oldest`, in microseconds since 1970. */
enum mail_file_is mail_file_read(
    int fd, const char *name, uint64_t oldest, struct mail_file *file_r);

/* Remove it; another file that has its name by now stays.  Returns 1 if nothing
   more is to be done; 0 if nothing has that name; -1, errno says why. */
int mail_file_remove(int fd, const char *name, const struct mail_file *file);

#endif
