/*
 * The reasons that the shapes' texts give, in the words of the table's labels.
 * Words of remote servers that are put in give none.
 */
#include <string.h>

#include "loggen.h"

struct mark {
	const char *text; /* that the shape has */
	const char *reason;
};

static const struct mark rejections[] = {
	{ "milter-reject: ", "milter" },
	{ "proxy-reject: ", "content" },
	{ "blocked using", "rbl" },
	{ "Relay access denied", "relay_denied" },
	{ "Greylisted", "greylisted" },
	{ "Service currently unavailable", "greylisted" },
	{ "User unknown", "unknown_user" },
	{ "Helo command rejected", "helo" },
	{ "Sender address rejected", "sender" },
	{ "cannot find your hostname", "client_hostname" },
	{ "exceeds fixed limit", "size" },
	{ "too many connections", "rate_limit" },
	{ "ports busy", "rate_limit" },
	{ "Access denied", "policy" },
	{ "Multi-recipient bounce", "policy" },
	{ "bare <LF>", "syntax" },
};

static const struct mark failures[] = {
	{ "(Host or domain name not found", "dns" },
	{ "suspended: Host or domain name not found", "dns" },
	{ "(unable to look up host", "dns" },
	{ "certificate not trusted", "tls" },
	{ "exceeds size limit", "size" },
	{ "mailbox for user is full", "mailbox_full" },
	{ "(unknown user: ", "user_unknown" },
	{ "User doesn't exist", "user_unknown" },
	{ "domain not accepted", "user_unknown" },
	{ "said: 550 5.1.1 ", "user_unknown" },
	{ "said: 450 4.1.1 ", "user_unknown" },
	{ "content rejected", "policy" },
	{ "said: 550-5.7.1 ", "policy" },
	{ "said: 554 5.7.1 ", "policy" },
	{ "to me: 550 5.7.1 ", "policy" },
};

static const char *
find(const struct mark *marks, size_t count, const char *text)
{
	for (size_t i = 0; i < count; i++)
		if (strstr(text, marks[i].text) != NULL)
			return (marks[i].reason);
	return ("other");
}

const char *
shape_reason(const struct shape *shape)
{
	if (shape->kind != KIND_REJECT)
		return (find(failures, COUNT(failures), shape->text));
	if (strcmp(shape->daemon, "cleanup") == 0)
		return (strstr(shape->text, "milter-reject: ") != NULL ?
			"milter" :
			"content");
	return (find(rejections, COUNT(rejections), shape->text));
}
