/*
 * URLs of WHM API 1.
 */
#ifndef WHM_REQUEST_H
#define WHM_REQUEST_H

#include <stdint.h>

enum { REQUEST_MAX = 1024 /* bytes of a URL, NUL too */ };

/* What is asked for, in the order of the label WHM_ENDPOINT. */
enum endpoint {
	ENDPOINT_USER_STATS,  /* since midnight */
	ENDPOINT_USER_WINDOW, /* within the window */
	ENDPOINT_STATS,       /* of the server */
	ENDPOINT_SEARCH,      /* messages */
	ENDPOINT_COUNT
};

const char *endpoint_name(enum endpoint endpoint);

/* Counts from `start` to `end`, in seconds since 1970. */
void request_stats(const char *base, enum endpoint endpoint, uint64_t start,
    uint64_t end, char url_r[REQUEST_MAX]);

/* `rows` messages from row `first` (from 1) of those that something became of at
   `since` or later, in that order. */
void request_search(const char *base, uint64_t since, uint64_t first,
    unsigned rows, char url_r[REQUEST_MAX]);

#endif
