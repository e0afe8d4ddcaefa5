/*
 * Sockets that listen: at an address, at a path, or handed over by who started
 * the program.
 */
#ifndef EXPORTER_LISTEN_H
#define EXPORTER_LISTEN_H

#include <sys/stat.h>
#include <sys/un.h>

enum { LISTEN_MAX = 8 };

struct listener {
	int fd;
	struct sockaddr_un path; /* empty: none that is ours to remove */
	struct stat made;        /* the file there */
};

/* All zero: none. */
struct listeners {
	struct listener one[LISTEN_MAX];
	unsigned count;
};

/* Whether `address` can be one, ADDR:PORT in numbers or unix:/PATH: 0, or -1
   and *error_r. */
int listen_check(const char *address, const char **error_r);

/* Take those that systemd opened (sd_listen_fds(3)), if there are any, so that
   no child has them.  To be called before the process is another one.  0, or -1
   and *error_r. */
int listeners_take(struct listeners *listeners, const char **error_r);

/* Listen at one more address, of at most LISTEN_MAX.  A socket file that nobody
   listens at is replaced.  0, or -1 and *error_r. */
int listeners_open(
    struct listeners *listeners, const char *address, const char **error_r);

/* Socket files that were made go as well. */
void listeners_close(struct listeners *listeners);

#endif
