/*
 * Parts of lines that more than one parser steps over.
 */
#ifndef STATS_PARSE_PARTS_H
#define STATS_PARSE_PARTS_H

#include "lib/stats/event.h"

/* A line that no counter wants: what to return for one whose shape `is` that,
   and for one whose shape is not. */
static inline int
known(struct event *event_r, bool is)
{
	event_r->type = EVENT_NONE;
	return (is);
}

/* Step over digits; false if there are none. */
static inline bool
skip_digits(struct slice *text)
{
	size_t len = 0;

	while (len < text->len && byte_is_digit(text->at[len]))
		len++;
	*text = slice_from(*text, len);
	return (len > 0);
}

/* Step over a client or a server, "name[address]" or "name[address]:port",
   which has no blank, up to a blank or the end, but not over a comma or a
   colon there. */
static inline bool
skip_host(struct slice *text)
{
	struct slice host = slice_until(*text, ' ');

	if (host.len > 0 &&
	    (host.at[host.len - 1] == ':' || host.at[host.len - 1] == ','))
		host.len--;
	*text = slice_from(*text, host.len);
	return (host.len > 0 && memchr(host.at, '[', host.len) != NULL);
}

/* Step over "name[address] said: " or "name[address] refused to talk to me: ",
   or take nothing. */
static inline bool
skip_speaker(struct slice *text)
{
	struct slice rest = *text, host;

	if (!slice_cut(&rest, ' ', &host) || host.len == 0 ||
	    (!slice_skip(&rest, "said: ") &&
		!slice_skip(&rest, "refused to talk to me: ")))
		return (false);
	*text = rest;
	return (true);
}

/* Whether this is "[address]:port" with nothing behind it; not more is looked
   at than tells. */
static inline bool
is_peer(struct slice text)
{
	const char *end = text.at + text.len, *bracket;

	if (text.len < 5 || text.at[0] != '[' || !byte_is_digit(end[-1]))
		return (false);
	bracket = memchr(text.at, ']', text.len - 2);
	return (bracket != NULL && bracket[1] == ':' &&
	    end - bracket <= (ptrdiff_t)strlen("]:65535"));
}

#endif
