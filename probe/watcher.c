/*
 * Reports and their answers, a datagram each.
 */
#include <sys/socket.h>

#include <errno.h>
#include <string.h>

#include "probe/watcher.h"

int
watcher_report(int socket, const struct report *report)
{
	ssize_t sent;

	do
		sent = send(socket, report, sizeof(*report), MSG_NOSIGNAL);
	while (sent == -1 && errno == EINTR);
	return (sent == (ssize_t)sizeof(*report) ? 0 : -1);
}

int
watcher_counted(int socket, struct counted *counted_r)
{
	ssize_t got = recv(socket, counted_r, sizeof(*counted_r), MSG_DONTWAIT);

	if (got == (ssize_t)sizeof(*counted_r))
		return (1);
	return (got == -1 && (errno == EAGAIN || errno == EINTR) ? 0 : -1);
}
