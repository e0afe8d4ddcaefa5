/*
 * One easy handle for each request; connections are kept between them.
 */
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <strings.h>
#include <time.h>

#include <curl/curl.h>

#include "lib/util/error.h"
#include "lib/util/version.h"
#include "whm/fetch.h"

struct fetches {
	CURLM *multi;
	struct request *first; /* under way */
	unsigned count;
};

struct request {
	struct request *next;
	CURL *easy;
	struct curl_slist *headers;
	void *owner;
	char *bytes;
	size_t len, room, most;
	bool too_large, no_memory;
	bool has_date;
	int64_t skew;
	char error[CURL_ERROR_SIZE];
};

int
fetches_new(struct fetches **fetches_r, const char **error_r)
{
	struct fetches *fetches = calloc(1, sizeof(*fetches));

	if (fetches != NULL && curl_global_init(CURL_GLOBAL_DEFAULT) == 0)
		fetches->multi = curl_multi_init();
	if (fetches != NULL && fetches->multi != NULL) {
		*fetches_r = fetches;
		return (0);
	}
	free(fetches);
	*error_r = "libcurl can't be initialised";
	return (-1);
}

/* --- one request ------------------------------------------------------------ */

static void
request_free(struct request *request)
{
	struct curl_slist *header;

	if (request == NULL)
		return;
	if (request->easy != NULL)
		curl_easy_cleanup(request->easy);
	for (header = request->headers; header != NULL; header = header->next)
		explicit_bzero(header->data, strlen(header->data));
	curl_slist_free_all(request->headers);
	free(request->bytes);
	free(request);
}

/* End one, whatever came of it. */
static void
forget(struct fetches *fetches, struct request *request)
{
	struct request **at = &fetches->first;

	while (*at != request)
		at = &(*at)->next;
	*at = request->next;
	fetches->count--;
	(void)curl_multi_remove_handle(fetches->multi, request->easy);
	request_free(request);
}

void
fetches_free(struct fetches *fetches)
{
	if (fetches == NULL)
		return;
	while (fetches->first != NULL)
		forget(fetches, fetches->first);
	(void)curl_multi_cleanup(fetches->multi);
	curl_global_cleanup();
	free(fetches);
}

/* Some of the body, decompressed. */
static size_t
take_body(char *bytes, size_t size, size_t count, void *context)
{
	struct request *request = context;
	size_t len = size * count, room = request->room;
	char *more;

	if (len > request->most - request->len) {
		request->too_large = true;
		return (0);
	}
	while (room - request->len < len)
		room = room == 0 ? 16384 : 2 * room;
	if (room > request->room) {
		if ((more = realloc(request->bytes, room)) == NULL) {
			request->no_memory = true;
			return (0);
		}
		request->bytes = more;
		request->room = room;
	}
	memcpy(request->bytes + request->len, bytes, len);
	request->len += len;
	return (len);
}

static size_t
take_header(char *bytes, size_t size, size_t count, void *context)
{
	struct request *request = context;
	size_t len = size * count;
	char date[64];
	time_t theirs;

	if (len > 6 && len - 6 < sizeof(date) &&
	    strncasecmp(bytes, "date: ", 6) == 0) {
		memcpy(date, bytes + 6, len - 6);
		date[len - 6] = '\0';
		theirs = curl_getdate(date, NULL);
		request->has_date = theirs >= 0;
		request->skew = (int64_t)theirs - (int64_t)time(NULL);
	}
	return (len);
}

static bool
add_header(struct request *request, const char *text)
{
	struct curl_slist *more = curl_slist_append(request->headers, text);

	if (more != NULL)
		request->headers = more;
	return (more != NULL);
}

static bool
add_token(struct request *request, const char *user, const char *token)
{
	char text[8192];
	bool added;
	int len = snprintf(
	    text, sizeof(text), "Authorization: whm %s:%s", user, token);

	added = len < (int)sizeof(text) && add_header(request, text);
	explicit_bzero(text, sizeof(text));
	return (added);
}

static bool
set(struct request *request, const struct config_whm_server *server,
    const char *url)
{
	CURL *easy = request->easy;
	long milliseconds = (long)(server->timeout * 1000);

#define SET(option, value) \
	(curl_easy_setopt(easy, CURLOPT_##option, value) == CURLE_OK)
	return (SET(URL, url) && SET(PROTOCOLS_STR, "https") &&
	    SET(FOLLOWLOCATION, 0L) && SET(NOSIGNAL, 1L) &&
	    SET(TIMEOUT_MS, milliseconds) &&
	    SET(CONNECTTIMEOUT_MS, milliseconds) && SET(SSL_VERIFYPEER, 1L) &&
	    SET(SSL_VERIFYHOST, 2L) &&
	    (server->ca_file == NULL ||
		(SET(CAINFO, server->ca_file) && SET(CAPATH, NULL))) &&
	    SET(USERAGENT, "postfix-stats-whm/" VERSION) &&
	    SET(ACCEPT_ENCODING, "gzip") && SET(HTTPHEADER, request->headers) &&
	    SET(ERRORBUFFER, request->error) && SET(PRIVATE, request) &&
	    SET(WRITEFUNCTION, take_body) && SET(WRITEDATA, request) &&
	    SET(HEADERFUNCTION, take_header) && SET(HEADERDATA, request));
#undef SET
}

int
fetch_start(struct fetches *fetches, const struct config_whm_server *server,
    const char *token, const char *url, void *owner, const char **error_r)
{
	struct request *request = calloc(1, sizeof(*request));

	*error_r = "no memory for a request";
	if (request == NULL)
		return (-1);
	request->easy = curl_easy_init();
	request->owner = owner;
	request->most = server->max_bytes;
	if (request->easy != NULL && add_token(request, server->user, token) &&
	    add_header(request, "Accept: application/json") &&
	    set(request, server, url) &&
	    curl_multi_add_handle(fetches->multi, request->easy) == CURLM_OK) {
		request->next = fetches->first;
		fetches->first = request;
		fetches->count++;
		return (0);
	}
	request_free(request);
	return (-1);
}

/* --- what came of it -------------------------------------------------------- */

static enum reason
reason_of(const struct request *request, CURLcode code)
{
	if (request->too_large)
		return (REASON_TOO_LARGE);
	if (request->no_memory)
		return (REASON_MEMORY);
	switch (code) {
	case CURLE_COULDNT_RESOLVE_HOST:
	case CURLE_COULDNT_RESOLVE_PROXY:
		return (REASON_DNS);
	case CURLE_COULDNT_CONNECT:
		return (REASON_CONNECT);
	case CURLE_OPERATION_TIMEDOUT:
		return (REASON_TIMEOUT);
	case CURLE_SSL_CONNECT_ERROR:
	case CURLE_PEER_FAILED_VERIFICATION:
	case CURLE_SSL_CACERT_BADFILE:
	case CURLE_SSL_CERTPROBLEM:
	case CURLE_SSL_CIPHER:
	case CURLE_SSL_ISSUER_ERROR:
		return (REASON_TLS);
	case CURLE_PARTIAL_FILE:
	case CURLE_BAD_CONTENT_ENCODING:
		return (REASON_TRUNCATED);
	case CURLE_OUT_OF_MEMORY:
		return (REASON_MEMORY);
	default:
		return (request->len > 0 ? REASON_TRUNCATED : REASON_CLOSED);
	}
}

static void
judge_status(long status, struct fault *fault)
{
	if (status == 200)
		fault->reason = REASON_NONE;
	else if (status == 401 || status == 403)
		(void)fault_set(fault, REASON_DENIED,
		    "the server said %ld: is the token right, and in time?",
		    status);
	else if (status == 429)
		(void)fault_set(fault, REASON_RATE_LIMITED,
		    "the server said 429: it is asked too often");
	else if (status >= 300 && status < 400)
		(void)fault_set(fault, REASON_REDIRECT,
		    "the server said %ld: is this WHM's port?", status);
	else
		(void)fault_set(
		    fault, REASON_HTTP, "the server said %ld", status);
}

static void
judge(struct request *request, CURLcode code, struct fetched *fetched)
{
	curl_off_t took = 0, after = 0;
	long status = 0;

	(void)curl_easy_getinfo(request->easy, CURLINFO_RESPONSE_CODE, &status);
	(void)curl_easy_getinfo(request->easy, CURLINFO_TOTAL_TIME_T, &took);
	(void)curl_easy_getinfo(request->easy, CURLINFO_RETRY_AFTER, &after);
	*fetched = (struct fetched){ .owner = request->owner,
		.bytes = request->bytes,
		.len = request->len,
		.microseconds = (uint64_t)took,
		.has_date = request->has_date,
		.skew = request->skew,
		.retry_after = after > 0 ? (int64_t)after : -1,
		.request = request };
	if (code != CURLE_OK)
		(void)fault_set(&fetched->fault, reason_of(request, code), "%s",
		    request->too_large ? "more bytes than max_bytes" :
			request->error[0] != '\0' ? request->error :
						    curl_easy_strerror(code));
	else
		judge_status(status, &fetched->fault);
}

void
fetches_wait(struct fetches *fetches, int fd, int milliseconds)
{
	struct curl_waitfd own = { .fd = fd, .events = CURL_WAIT_POLLIN };
	int running;

	(void)curl_multi_perform(fetches->multi, &running);
	if ((unsigned)running < fetches->count)
		return;
	(void)curl_multi_poll(fetches->multi, &own, 1, milliseconds, NULL);
	(void)curl_multi_perform(fetches->multi, &running);
}

bool
fetches_take(struct fetches *fetches, struct fetched *fetched_r)
{
	struct request *request;
	CURLMsg *message;
	int left;

	while ((message = curl_multi_info_read(fetches->multi, &left)) != NULL)
		if (message->msg == CURLMSG_DONE) {
			(void)curl_easy_getinfo(message->easy_handle,
			    CURLINFO_PRIVATE, (char **)&request);
			judge(request, message->data.result, fetched_r);
			return (true);
		}
	return (false);
}

void
fetch_end(struct fetches *fetches, struct fetched *fetched)
{
	forget(fetches, fetched->request);
}
