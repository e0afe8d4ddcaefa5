/*
 * Answers over HTTP: GET and HEAD of what routes.h has.  One answer to a
 * connection.
 */
#ifndef EXPORTER_HTTP_H
#define EXPORTER_HTTP_H

#include "exporter/listen.h"
#include "exporter/site.h"

struct http;

/* Answer at `listeners`, which stay the caller's; `site` is asked at each
   request.  NULL, and *error_r in one line, if that can't be. */
struct http *http_open(
    const struct listeners *listeners, struct site *site, const char **error_r);
void http_close(struct http *http);

/* The descriptor that gets readable when there is something to do, and for how
   many milliseconds to wait for it at most. */
int http_fd(const struct http *http);
int http_patience(struct http *http);

/* Do what there is to do; never waits. */
void http_run(struct http *http);

#endif
