/*
 * From the table of routes to a response: in the format and the encoding that
 * the client likes best.
 */
#include <stdlib.h>
#include <string.h>

#include "exporter/http_answer.h"
#include "exporter/negotiate.h"
#include "exporter/routes.h"
#include "exporter/squeeze.h"
#include "lib/util/slice.h"

/* Below it a packet is not saved. */
enum { SQUEEZE_LEAST = 1024 };

struct header {
	const char *name, *value;
};

/* Of every answer. */
static const struct header headers[] = {
	{ "Connection", "close" },
	{ "Cache-Control", "no-store" },
	{ "X-Content-Type-Options", "nosniff" },
	{ "Referrer-Policy", "no-referrer" },
};

static enum MHD_Result
take_header(
    void *context, enum MHD_ValueKind kind, const char *name, const char *value)
{
	struct wishes *wishes = context;

	(void)kind;
	if (value == NULL)
		return (MHD_YES);
	if (strcasecmp(name, "Accept") == 0)
		wishes_accept(wishes, value);
	else if (strcasecmp(name, "Accept-Encoding") == 0)
		wishes_accept_encoding(wishes, value);
	return (MHD_YES);
}

static struct wishes
wishes_of(struct MHD_Connection *connection)
{
	struct wishes wishes = { { 0 }, { 0 } };

	(void)MHD_get_connection_values(
	    connection, MHD_HEADER_KIND, take_header, &wishes);
	return (wishes);
}

/* `own`: those of this answer, up to one without a name. */
static enum MHD_Result
queue(struct MHD_Connection *connection, unsigned status,
    struct MHD_Response *response, const struct header *own)
{
	enum MHD_Result result;

	for (; own->name != NULL; own++)
		if (own->value != NULL)
			(void)MHD_add_response_header(
			    response, own->name, own->value);
	for (size_t i = 0; i < COUNT(headers); i++)
		(void)MHD_add_response_header(
		    response, headers[i].name, headers[i].value);
	result = MHD_queue_response(connection, status, response);
	MHD_destroy_response(response);
	return (result);
}

/* Text of our own, in one line. */
static enum MHD_Result
answer_text(struct MHD_Connection *connection, unsigned status, char *text)
{
	struct header own[] = {
		{ "Content-Type", "text/plain; charset=utf-8" },
		{ "Content-Security-Policy", "default-src 'none'" },
		{ "Allow",
		    status == MHD_HTTP_METHOD_NOT_ALLOWED ? "GET, HEAD" :
							    NULL },
		{ NULL, NULL },
	};
	struct MHD_Response *response = MHD_create_response_from_buffer(
	    strlen(text), text, MHD_RESPMEM_PERSISTENT);

	return (response == NULL ? MHD_NO :
				   queue(connection, status, response, own));
}

static enum MHD_Result
answer_no_memory(struct MHD_Connection *connection)
{
	static char no_memory[] = "no memory\n";

	return (
	    answer_text(connection, MHD_HTTP_INTERNAL_SERVER_ERROR, no_memory));
}

static enum MHD_Result
answer_nothing(struct MHD_Connection *connection)
{
	static char nothing[] = "Nothing is here; metrics are at /metrics\n";

	return (answer_text(connection, MHD_HTTP_NOT_FOUND, nothing));
}

static void
free_scrape(void *scrape)
{
	scrape_free(scrape);
}

/* Its parts are sent from where they are. */
static enum MHD_Result
answer_scrape(struct MHD_Connection *connection, const struct route *route,
    const struct site *site, struct scrape_cache *cache)
{
	const struct wishes wishes = wishes_of(connection);
	enum prometheus_format format = wishes_openmetrics(&wishes) ?
	    PROMETHEUS_OPENMETRICS :
	    PROMETHEUS_TEXT;
	bool gzip = wishes_gzip(&wishes);
	struct scrape *scrape = scrape_new(
	    cache, site, format, gzip ? SCRAPE_GZIP : SCRAPE_PLAIN);
	struct header own[] = {
		{ "Content-Type", prometheus_media_types[format] },
		{ "Content-Encoding", gzip ? "gzip" : NULL },
		{ "Vary", "Accept, Accept-Encoding" },
		{ "Content-Security-Policy", route->policy },
		{ NULL, NULL },
	};
	struct MHD_IoVec parts[SCRAPE_PARTS];
	struct MHD_Response *response;
	unsigned count;

	if (scrape == NULL)
		return (answer_no_memory(connection));
	count = scrape_parts(scrape, parts);
	response = MHD_create_response_from_iovec(
	    parts, count, free_scrape, scrape);
	if (response == NULL) {
		scrape_free(scrape);
		return (MHD_NO);
	}
	return (queue(connection, MHD_HTTP_OK, response, own));
}

/* What a route renders; the caller frees it.  As route->render(). */
static int
render(const struct route *route, struct site *site, const char *rest,
    char **text_r, size_t *len_r)
{
	FILE *out;
	int done;

	*text_r = NULL;
	out = open_memstream(text_r, len_r);
	if (out == NULL)
		return (-1);
	done = route->render(site, rest, out);
	if (fclose(out) != 0)
		done = -1;
	if (done != 1)
		free(*text_r);
	return (done);
}

static enum MHD_Result
answer_rendered(struct MHD_Connection *connection, const struct route *route,
    char *text, size_t len)
{
	const struct wishes wishes = wishes_of(connection);
	bool gzip = len >= SQUEEZE_LEAST && wishes_gzip(&wishes);
	struct header own[] = {
		{ "Content-Type", route->type },
		{ "Content-Encoding", gzip ? "gzip" : NULL },
		{ "Vary", "Accept-Encoding" },
		{ "Content-Security-Policy", route->policy },
		{ NULL, NULL },
	};
	struct MHD_Response *response;

	if (gzip) {
		struct squeezed whole;
		int done = squeeze_whole(text, len, &whole);

		free(text);
		if (done == -1)
			return (answer_no_memory(connection));
		text = whole.bytes;
		len = whole.len;
	}
	response = MHD_create_response_from_buffer(
	    len, text, MHD_RESPMEM_MUST_FREE);
	if (response == NULL) {
		free(text);
		return (MHD_NO);
	}
	return (queue(connection, MHD_HTTP_OK, response, own));
}

enum MHD_Result
http_answer(struct MHD_Connection *connection, const char *method,
    const char *url, struct site *site, struct scrape_cache *cache)
{
	static char only[] = "GET and HEAD only\n";
	const struct route *route;
	const char *rest;
	char *text;
	size_t len;
	int done;

	if (strcmp(method, "GET") != 0 && strcmp(method, "HEAD") != 0)
		return (
		    answer_text(connection, MHD_HTTP_METHOD_NOT_ALLOWED, only));
	route = route_find(url, &rest);
	if (route == NULL)
		return (answer_nothing(connection));
	site_update(site);
	if (route->render == NULL)
		return (answer_scrape(connection, route, site, cache));
	done = render(route, site, rest, &text, &len);
	if (done == 0)
		return (answer_nothing(connection));
	if (done == -1)
		return (answer_no_memory(connection));
	return (answer_rendered(connection, route, text, len));
}
