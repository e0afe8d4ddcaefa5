/*
 * What master(8) says of Postfix as a whole.
 *
 *	daemon started -- version 3.7.11, configuration /etc/postfix
 *	reload -- version 3.7.11, configuration /etc/postfix
 *	terminating on signal 15
 */
#include "lib/stats/parse.h"

int
parse_master(const struct tag *tag, struct slice text, struct event *event_r)
{
	unsigned what = 0;

	event_r->said = (struct slice){ text.at, 0 };
	if (slice_skip(&text, "daemon started -- version "))
		what = TRAIT_IS_STARTED;
	else if (slice_skip(&text, "reload -- version "))
		what = TRAIT_IS_RELOADED;
	else if (slice_starts(text, "terminating on signal "))
		what = TRAIT_IS_ENDED;
	if (what == 0)
		return (0);
	if (what != TRAIT_IS_ENDED)
		event_r->said = slice_until(text, ',');
	event_begin(event_r, EVENT_MASTER, what, tag);
	return (1);
}
