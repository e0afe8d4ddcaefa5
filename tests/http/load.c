/*
 * load: so many GETs a second for so long, or as fast as can be, one connection
 * each.
 *
 *	load PORT RATE SECONDS [HEADER]
 *	load PORT 0 GETS [HEADER]
 *
 * Prints how many were answered with 200, and the bytes of the last answer.
 */
#include <sys/socket.h>

#include <netinet/in.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <time.h>
#include <unistd.h>

static struct sockaddr_in server;

/* The bytes of an answer; 0: it is none, or not 200. */
static size_t
get(const char *request)
{
	static char answer[1 << 20];
	size_t len = 0;
	ssize_t got;
	int fd = socket(AF_INET, SOCK_STREAM, 0);

	if (connect(fd, (struct sockaddr *)&server, sizeof(server)) == -1 ||
	    send(fd, request, strlen(request), MSG_NOSIGNAL) == -1) {
		close(fd);
		return (0);
	}
	while (len < sizeof(answer) &&
	    (got = recv(fd, answer + len, sizeof(answer) - len, 0)) > 0)
		len += (size_t)got;
	close(fd);
	return (len > 12 && memcmp(answer + 8, " 200", 4) == 0 ? len : 0);
}

static int64_t
now(void)
{
	struct timespec t;

	(void)clock_gettime(CLOCK_MONOTONIC, &t);
	return ((int64_t)t.tv_sec * 1000000 + t.tv_nsec / 1000);
}

int
main(int argc, char **argv)
{
	long rate, count, good = 0;
	char request[512];
	size_t last = 0;
	int64_t began;

	if (argc < 4)
		return (64);
	server.sin_family = AF_INET;
	server.sin_port = htons((uint16_t)strtoul(argv[1], NULL, 10));
	server.sin_addr.s_addr = htonl(INADDR_LOOPBACK);
	rate = strtol(argv[2], NULL, 10);
	count = strtol(argv[3], NULL, 10) * (rate > 0 ? rate : 1);
	(void)snprintf(request, sizeof(request),
	    "GET /metrics HTTP/1.1\r\nHost: x\r\n"
	    "Connection: close\r\n%s%s\r\n",
	    argc > 4 ? argv[4] : "", argc > 4 ? "\r\n" : "");
	began = now();
	for (long i = 0; i < count; i++) {
		int64_t early = rate > 0 ? began + i * 1000000 / rate - now() :
					   0;
		size_t len;

		if (early > 0)
			(void)usleep((useconds_t)early);
		len = get(request);
		if (len > 0) {
			last = len;
			good++;
		}
	}
	printf("%ld of %ld answered, %zu bytes, in %.1f s\n", good, count, last,
	    (double)(now() - began) / 1e6);
	return (good == count ? 0 : 1);
}
