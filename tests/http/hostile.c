/*
 * hostile: a client that means no good, for the tests of the exporter.
 *
 *	hostile [--count N] [--seed N] ADDR:PORT
 *
 * Each request is one connection and one of the ways to break the rules of
 * HTTP below, made from the seed and the request's number.  An answer may be
 * anything that HTTP has but 500; no answer is right, too.  Prints how many
 * got what.  Exits 1 and shows the request if the server hangs, is not there,
 * or answers what is no HTTP.
 */
#include <sys/socket.h>
#include <sys/time.h>

#include <arpa/inet.h>
#include <errno.h>
#include <getopt.h>
#include <netinet/in.h>
#include <stdarg.h>
#include <stdbool.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "lib/util/slice.h"

enum { PATIENCE = 20, MOST = 1 << 16 };

static struct {
	char at[MOST];
	size_t len;
} request;

static uint64_t chaos;

/* 0 to `below` - 1, by xorshift. */
static unsigned
any(unsigned below)
{
	chaos ^= chaos << 13;
	chaos ^= chaos >> 7;
	chaos ^= chaos << 17;
	return ((unsigned)(chaos >> 32) % below);
}

static void
add_byte(int byte)
{
	if (request.len < MOST)
		request.at[request.len++] = (char)byte;
}

static void
add(const char *text)
{
	for (; *text != '\0'; text++)
		add_byte(*text);
}

static void
add_many(const char *text, unsigned times)
{
	while (times-- > 0)
		add(text);
}

static void
add_noise(unsigned most)
{
	for (unsigned len = any(most); len > 0; len--)
		add_byte((int)any(256));
}

#define ONE_OF(list) ((list)[any(COUNT(list))])

static const char *
any_path(void)
{
	static const char *const paths[] = { "/", "/metrics", "/metrics",
		"/style.css", "/icon.svg", "/graphs/", "/graphs/mail-day.svg",
		"/graphs/../../etc/passwd", "/api/v1/stats.json", "/nothing" };

	return (ONE_OF(paths));
}

static void
add_start(const char *method, const char *path, const char *version)
{
	add(method);
	add(" ");
	add(path);
	add(" ");
	add(version);
	add("\r\n");
}

static void
add_get(void)
{
	add_start("GET", any_path(), "HTTP/1.1");
	add("Host: x\r\n");
}

static void
add_good(void)
{
	add_get();
	add("Accept: application/openmetrics-text;version=1.0.0,*/*;q=0.1\r\n"
	    "Accept-Encoding: gzip\r\nUser-Agent: x/1.0\r\n\r\n");
}

/* --- the ways ------------------------------------------------------------ */

static void
noise(void)
{
	add_noise(600);
	if (any(2) == 0)
		add("\r\n\r\n");
}

static void
cut(void)
{
	add_good();
	request.len = any((unsigned)request.len);
}

static void
changed(void)
{
	add_good();
	for (unsigned times = 1 + any(4); times > 0; times--)
		request.at[any((unsigned)request.len)] = (char)any(256);
}

static void
huge_header(void)
{
	add_get();
	add(any(2) == 0 ? "Accept: " : "X: ");
	add_many("a", any(20000));
	add("\r\n\r\n");
}

static void
huge_url(void)
{
	add("GET /metrics?");
	add_many("a=b&", any(5000));
	add(" HTTP/1.1\r\nHost: x\r\n\r\n");
}

static void
many_headers(void)
{
	add_get();
	add_many(any(2) == 0 ? "A:b\r\n" : "Accept-Encoding: gzip;q=0.1\r\n",
	    any(2000));
	add("\r\n");
}

static void
bad_method(void)
{
	static const char *const methods[] = { "", "get", "G E T", "PRI",
		"POST", "CONNECT", "OPTIONS", "TRACE", "DELETE", "GET\t",
		"\"GET\"", "GETGETGETGETGETGETGETGETGETGETGETGET", "\x7f",
		"\xff\xfe" };

	add_start(ONE_OF(methods), any_path(), "HTTP/1.1");
	add("Host: x\r\n\r\n");
}

static void
bad_version(void)
{
	static const char *const versions[] = { "", "HTTP", "HTTP/", "HTTP/1",
		"HTTP/9.9", "HTTP/0.9", "HTTP/1.1.1", "HTP/1.1", "http/1.1",
		"HTTP/1.1 HTTP/1.1", "HTTP/-1.1", "HTTP/1.99999999999", "\r" };

	add_start("GET", any_path(), ONE_OF(versions));
	add("Host: x\r\n\r\n");
}

static void
in_a_row(void)
{
	for (unsigned times = 2 + any(30); times > 0; times--)
		if (any(4) == 0)
			bad_method();
		else
			add_good();
}

static void
chunked(void)
{
	static const char *const chunks[] = { "0\r\n\r\n", "5\r\nhello\r\n",
		"ffffffffffffffff\r\nx", "fffffffffffffffff\r\nx", "-1\r\n\r\n",
		"5;a=b\r\nhello\r\n", "zz\r\n", "\r\n\r\n", "5\r\nhel",
		"0x5\r\n", "1\nx\n",
		"00000000000000000000000000000005\r\nhello\r\n" };

	add_start(any(2) == 0 ? "GET" : "POST", any_path(), "HTTP/1.1");
	add("Host: x\r\nTransfer-Encoding: chunked\r\n\r\n");
	for (unsigned times = 1 + any(6); times > 0; times--)
		add(ONE_OF(chunks));
}

static void
bad_length(void)
{
	static const char *const lengths[] = { "-1", "99999999999999999999999",
		"18446744073709551615", "9223372036854775808", "1e3", "0x10",
		"", "5, 5", "5\r\nContent-Length: 6", "100000",
		"3\r\nTransfer-Encoding: chunked" };

	add_get();
	add("Content-Length: ");
	add(ONE_OF(lengths));
	add("\r\n\r\na=b");
}

static void
bad_target(void)
{
	static const char *const targets[] = { "", "*", "//", "/%00",
		"/metrics%00", "/%", "/%z", "/%zz", "/%2e%2e/%2e%2e/etc/passwd",
		"/..", "metrics", "http://x/metrics", "http://x:99999/metrics",
		"http:///metrics", "http://[::1/metrics", "x:9154",
		"/metrics#x", "/metrics?%00=%ff", "/graphs/%2f%2e%2e",
		"/\xff\xfe", "/\x01", "/metrics\x0b", "file:///etc/passwd",
		"/api/v1/stats.json/../../", "/;/metrics" };

	add_start("GET", ONE_OF(targets), "HTTP/1.1");
	add("Host: x\r\n\r\n");
}

static void
bad_header(void)
{
	static const char *const lines[] = { "no colon\r\n", ": no name\r\n",
		" folded\r\n", "\tfolded\r\n", "A : b\r\n", "A: b\n", "A: b\r",
		"A: \x01\x02\x7f\r\n", "A: \xff\xfe\r\n", "Host:\r\n",
		"Host: y\r\n", "Connection: keep-alive\r\n",
		"Connection: upgrade\r\nUpgrade: h2c\r\n",
		"Expect: 100-continue\r\n", "Expect: x\r\n",
		"Cookie: a=b;;;=;\r\n", "Accept: ,,;q=;;\"\r\n",
		"Accept: \"\\\r\n", "Accept: */*;q=\"1\r\n",
		"Accept-Encoding: gzip;q=1e9\r\n",
		"Accept-Encoding: ;;;,,,=\r\n", "Range: bytes=0-0,1-1\r\n",
		"Authorization: Basic ====\r\n" };

	add_get();
	for (unsigned times = 1 + any(6); times > 0; times--)
		if (any(8) == 0)
			add_byte(0);
		else
			add(ONE_OF(lines));
	add("\r\n");
}

static void (*const ways[])(void) = { noise, cut, changed, huge_header,
	huge_url, many_headers, bad_method, bad_version, in_a_row, chunked,
	bad_length, bad_target, bad_header };

/* --- the wire ------------------------------------------------------------ */

static struct sockaddr_in server;
static unsigned long number;

static _Noreturn void
fault(const char *what)
{
	fprintf(stderr, "hostile: request %lu: %s; it was\n", number, what);
	for (size_t i = 0; i < request.len && i < 2000; i++)
		if (request.at[i] >= ' ' && request.at[i] < 0x7f)
			putc(request.at[i], stderr);
		else
			fprintf(
			    stderr, "\\x%02x", (unsigned char)request.at[i]);
	putc('\n', stderr);
	exit(1);
}

static int
connected(void)
{
	const struct timeval patience = { .tv_sec = PATIENCE };
	int fd = socket(AF_INET, SOCK_STREAM | SOCK_CLOEXEC, 0);

	(void)setsockopt(
	    fd, SOL_SOCKET, SO_RCVTIMEO, &patience, sizeof(patience));
	(void)setsockopt(
	    fd, SOL_SOCKET, SO_SNDTIMEO, &patience, sizeof(patience));
	if (connect(fd, (struct sockaddr *)&server, sizeof(server)) == -1)
		fault(strerror(errno));
	return (fd);
}

/* The status of the answer, read to its end; 0: none came.  A server may end
   the connection before all is sent. */
static unsigned
status_of(int fd)
{
	char head[16] = "", rest[65536];
	size_t len = 0;
	ssize_t got;

	while ((got = recv(fd, len < 12 ? head + len : rest,
		    len < 12 ? 12 - len : sizeof(rest), 0)) > 0)
		len += (size_t)got;
	if (got == -1 && (errno == EAGAIN || errno == EWOULDBLOCK))
		fault("the server hangs");
	if (len == 0)
		return (0);
	if (len < 12 || memcmp(head, "HTTP/1.", 7) != 0)
		fault("the answer is no HTTP");
	return ((unsigned)strtoul(head + 9, NULL, 10));
}

/* Some clients go before the answer. */
static unsigned
ask(void)
{
	const struct linger at_once = { .l_onoff = 1 };
	int fd = connected();
	unsigned status = 0, manner = any(20);

	(void)send(fd, request.at, request.len, MSG_NOSIGNAL);
	if (manner == 0)
		(void)setsockopt(
		    fd, SOL_SOCKET, SO_LINGER, &at_once, sizeof(at_once));
	if (manner > 1) {
		(void)shutdown(fd, SHUT_WR);
		status = status_of(fd);
	}
	close(fd);
	return (status);
}

int
main(int argc, char **argv)
{
	static const struct option options[] = { { "count", required_argument,
						     NULL, 'c' },
		{ "seed", required_argument, NULL, 's' }, { 0 } };
	unsigned long count = 1000, seed = 1, answers[6] = { 0 };
	char *colon;
	int option;

	while ((option = getopt_long(argc, argv, "", options, NULL)) != -1)
		if (option == 'c')
			count = strtoul(optarg, NULL, 10);
		else if (option == 's')
			seed = strtoul(optarg, NULL, 10);
		else
			return (64);
	if (optind + 1 != argc || (colon = strchr(argv[optind], ':')) == NULL)
		return (64);
	*colon = '\0';
	server.sin_family = AF_INET;
	server.sin_port = htons((uint16_t)strtoul(colon + 1, NULL, 10));
	if (inet_pton(AF_INET, argv[optind], &server.sin_addr) != 1)
		return (64);
	for (number = 0; number < count; number++) {
		unsigned status;

		chaos = (seed << 32 ^ number) * 0x9e3779b97f4a7c15u | 1;
		(void)any(2);
		request.len = 0;
		ways[number % COUNT(ways)]();
		status = ask();
		if (status == 500 || status >= 600)
			fault("the server has a fault");
		answers[status / 100]++;
	}
	printf("%lu requests: %lu without an answer, %lu 2xx, %lu 3xx, %lu "
	       "4xx, %lu 5xx\n",
	    count, answers[0], answers[2], answers[3], answers[4], answers[5]);
	return (0);
}
