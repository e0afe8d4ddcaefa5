/*
 * From a server's name to a connection.
 */
#include <sys/socket.h>
#include <sys/time.h>
#include <sys/un.h>

#include <arpa/inet.h>
#include <netdb.h>
#include <netinet/in.h>
#include <signal.h>
#include <stdio.h>
#include <string.h>
#include <unistd.h>

#include "probe/talk.h"

/* The resolver has no deadline of its own that we could set: a signal ends this
   process while it waits, with a result. */
static struct outcome *volatile looking;

static void
give_up(int number)
{
	static const char reason[] = "no answer in time";

	(void)number;
	memcpy(looking->reason, reason, sizeof(reason));
	looking->ended = PHASE_LOOKUP;
	looking->result = RESULT_DNS;
	_exit(0);
}

static void
set_timer(uint64_t microseconds)
{
	struct itimerval timer = {
		.it_value = { (time_t)(microseconds / 1000000),
		    (suseconds_t)(microseconds % 1000000) }
	};

	(void)setitimer(ITIMER_REAL, &timer, NULL);
}

static int
look_up(struct talk *talk, struct addrinfo **list_r)
{
	static const int families[] = {
		[IP_ANY] = AF_UNSPEC, [IP_V4] = AF_INET, [IP_V6] = AF_INET6
	};
	const struct config_probe *config = talk->config;
	struct addrinfo hints = { .ai_family = families[config->family],
		.ai_socktype = SOCK_STREAM,
		.ai_flags = AI_NUMERICSERV };
	char port[16];
	int error;

	(void)snprintf(port, sizeof(port), "%u", config->port);
	looking = talk->outcome;
	(void)signal(SIGALRM, give_up);
	set_timer(talk_deadline(talk) - talk->phase_began);
	error = getaddrinfo(config->server, port, &hints, list_r);
	set_timer(0);
	return (error);
}

/* "[2001:db8::1]:25" */
static void
note_address(struct outcome *outcome, const struct addrinfo *address)
{
	char host[NI_MAXHOST] = "", port[NI_MAXSERV] = "";
	bool six = address->ai_family == AF_INET6;
	char text[sizeof(host) + sizeof(port) + 4];

	(void)getnameinfo(address->ai_addr, address->ai_addrlen, host,
	    sizeof(host), port, sizeof(port), NI_NUMERICHOST | NI_NUMERICSERV);
	(void)snprintf(text, sizeof(text), "%s%s%s:%s", six ? "[" : "", host,
	    six ? "]" : "", port);
	outcome_text(
	    outcome->address, sizeof(outcome->address), text, strlen(text));
}

/* The configured source as an address of this family; false if it is none. */
static bool
source_of(const char *text, int family, struct sockaddr_storage *at_r,
    struct wire_address *source_r)
{
	struct sockaddr_in *four = (struct sockaddr_in *)at_r;
	struct sockaddr_in6 *six = (struct sockaddr_in6 *)at_r;

	memset(at_r, 0, sizeof(*at_r));
	at_r->ss_family = (sa_family_t)family;
	*source_r = (struct wire_address){ (struct sockaddr *)at_r,
		family == AF_INET6 ? sizeof(*six) : sizeof(*four) };
	return (inet_pton(family, text,
		    family == AF_INET6 ? (void *)&six->sin6_addr :
					 (void *)&four->sin_addr) == 1);
}

static enum wire_result
try_address(
    struct talk *talk, const struct addrinfo *address, const char **error_r)
{
	const struct wire_address server = { address->ai_addr,
		address->ai_addrlen };
	const char *text = talk->config->source_address;
	struct sockaddr_storage at;
	struct wire_address source;

	if (text != NULL &&
	    !source_of(text, address->ai_family, &at, &source)) {
		*error_r = "no address of source_address's family";
		return (WIRE_REFUSED);
	}
	note_address(talk->outcome, address);
	return (wire_connect(&server, text != NULL ? &source : NULL,
	    talk_deadline(talk), &talk->wire, error_r));
}

/* What it comes to that there is no connection. */
static bool
unconnected(struct talk *talk, enum wire_result result, const char *error)
{
	static const enum result results[] = { RESULT_ERROR, RESULT_REFUSED,
		RESULT_TIMEOUT };

	talk_done(talk, PHASE_CONNECT);
	return (talk_end(
	    talk, results[result - WIRE_FAULT], PHASE_CONNECT, "%s", error));
}

/* One after the other, until one connects. */
static bool
connect_any(struct talk *talk, const struct addrinfo *list)
{
	enum wire_result result = WIRE_REFUSED;
	const char *error = "no address";

	talk_begin(talk, PHASE_CONNECT);
	for (; list != NULL; list = list->ai_next) {
		result = try_address(talk, list, &error);
		if (result == WIRE_OK) {
			talk_done(talk, PHASE_CONNECT);
			return (true);
		}
		if (result == WIRE_TIMEOUT)
			break;
	}
	return (unconnected(talk, result, error));
}

static bool
connect_path(struct talk *talk)
{
	const char *path = talk->config->server, *error;
	struct sockaddr_un at = { .sun_family = AF_UNIX };
	const struct wire_address server = { (struct sockaddr *)&at,
		sizeof(at) };
	enum wire_result result;

	(void)snprintf(at.sun_path, sizeof(at.sun_path), "%s", path);
	outcome_text(talk->outcome->address, sizeof(talk->outcome->address),
	    path, strlen(path));
	talk_begin(talk, PHASE_CONNECT);
	result = wire_connect(
	    &server, NULL, talk_deadline(talk), &talk->wire, &error);
	if (result != WIRE_OK)
		return (unconnected(talk, result, error));
	talk_done(talk, PHASE_CONNECT);
	return (true);
}

bool
talk_connect(struct talk *talk)
{
	struct addrinfo *list = NULL;
	bool connected;
	int error;

	if (talk->config->server[0] == '/')
		return (connect_path(talk));
	talk_begin(talk, PHASE_LOOKUP);
	error = look_up(talk, &list);
	talk_done(talk, PHASE_LOOKUP);
	if (error != 0)
		return (talk_end(talk, RESULT_DNS, PHASE_LOOKUP, "%s: %s",
		    talk->config->server, gai_strerror(error)));
	connected = connect_any(talk, list);
	freeaddrinfo(list);
	return (connected);
}
