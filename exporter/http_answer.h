/*
 * One request, one answer.
 */
#ifndef EXPORTER_HTTP_ANSWER_H
#define EXPORTER_HTTP_ANSWER_H

#include <microhttpd.h>

#include "exporter/scrape.h"
#include "exporter/site.h"

/* Queue the answer to a request.  As what libmicrohttpd's handler returns. */
enum MHD_Result http_answer(struct MHD_Connection *connection,
    const char *method, const char *url, struct site *site,
    struct scrape_cache *cache);

#endif
