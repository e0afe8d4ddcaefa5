/*
 * What the smaller programs say of themselves and of what they did.
 *
 *	anvil	statistics: max connection rate 3/60s for (smtp:192.0.2.1) at
 *		    Nov 22 08:00:01
 *	scache	statistics: address lookup hits=2 miss=1 success=66%
 *	verify	cache btree:/var/lib/postfix/verify_cache full cleanup:
 *		    retained=1 dropped=0 entries
 *	tlsproxy	CONNECT from [address]:port
 *	postsuper	Deleted: 3 messages
 */
#include "lib/stats/parse.h"
#include "lib/stats/parse_parts.h"

/* A number with `before` in front of it. */
static bool
skip_number(struct slice *text, const char *before, uint64_t *number_r)
{
	struct slice number;

	if (!slice_skip(text, before))
		return (false);
	number = *text;
	if (!skip_digits(text))
		return (false);
	number.len -= text->len;
	return (slice_number(number, number_r));
}

/* --- anvil ------------------------------------------------------------- */

static const struct highest {
	struct slice what;
	enum metric_id metric;
	bool rate, client;
} highest[] = {
	{ { "connection rate ", 16 }, METRIC_ANVIL_CONNECTION_RATE, true,
	    true },
	{ { "connection count ", 17 }, METRIC_ANVIL_CONNECTION_COUNT, false,
	    true },
	{ { "message rate ", 13 }, METRIC_ANVIL_MESSAGE_RATE, true, true },
	{ { "recipient rate ", 15 }, METRIC_ANVIL_RECIPIENT_RATE, true, true },
	{ { "newtls rate ", 12 }, METRIC_ANVIL_NEWTLS_RATE, true, true },
	{ { "auth rate ", 10 }, METRIC_ANVIL_AUTH_RATE, true, true },
	{ { "cache size ", 11 }, METRIC_ANVIL_CACHE_SIZE, false, false },
};

/* "/60s for (service:address) at Nov 22 08:00:01", "/60s" of rates, the client
   of all but the cache. */
static bool
is_when(struct slice text, const struct highest *what)
{
	uint64_t seconds;

	if (what->rate &&
	    (!skip_number(&text, "/", &seconds) || !slice_skip(&text, "s")))
		return (false);
	if (what->client) {
		ptrdiff_t end = slice_find(text, ") at ");

		if (!slice_starts(text, " for (") || end < 0)
			return (false);
		text = slice_from(text, (size_t)end + 1);
	}
	return (slice_skip(&text, " at ") && text.len == 15);
}

int
parse_anvil(const struct tag *tag, struct slice text, struct event *event_r)
{
	uint64_t number;

	(void)tag;
	if (!slice_skip(&text, "statistics: max "))
		return (0);
	for (size_t i = 0; i < COUNT(highest); i++) {
		struct slice what = highest[i].what;

		if (text.len < what.len ||
		    memcmp(text.at, what.at, what.len) != 0)
			continue;
		text = slice_from(text, what.len);
		if (!skip_number(&text, "", &number) ||
		    !is_when(text, &highest[i]))
			return (0);
		event_move(event_r, highest[i].metric, number);
		return (1);
	}
	return (0);
}

/* --- scache and caches of others --------------------------------------- */

/* "hits=2 miss=1 success=66%" */
static int
looked_up(struct slice text, enum metric_id hits, enum metric_id misses,
    struct event *event_r)
{
	uint64_t hit, miss, percent;

	if (!skip_number(&text, "hits=", &hit) ||
	    !skip_number(&text, " miss=", &miss) ||
	    !skip_number(&text, " success=", &percent) ||
	    !slice_equal(text, "%"))
		return (0);
	event_move(event_r, hits, hit);
	event_r->moves[event_r->move_count++] = (struct move){ misses, miss };
	return (1);
}

int
parse_scache(const struct tag *tag, struct slice text, struct event *event_r)
{
	uint64_t domains, addresses, connections;

	(void)tag;
	if (!slice_skip(&text, "statistics: "))
		return (0);
	if (slice_skip(&text, "domain lookup "))
		return (looked_up(text, METRIC_SCACHE_DOMAIN_HITS,
		    METRIC_SCACHE_DOMAIN_MISSES, event_r));
	if (slice_skip(&text, "address lookup "))
		return (looked_up(text, METRIC_SCACHE_ADDRESS_HITS,
		    METRIC_SCACHE_ADDRESS_MISSES, event_r));
	if (slice_skip(&text, "start interval ")) {
		event_r->type = EVENT_NONE;
		return (text.len == 15);
	}
	if (!skip_number(&text, "max simultaneous domains=", &domains) ||
	    !skip_number(&text, " addresses=", &addresses) ||
	    !skip_number(&text, " connection=", &connections) || text.len > 0)
		return (0);
	event_move(event_r, METRIC_SCACHE_MAX_DOMAINS, domains);
	event_r->move_count = 3;
	event_r->moves[1] = (struct move){ METRIC_SCACHE_MAX_ADDRESSES,
		addresses };
	event_r->moves[2] = (struct move){ METRIC_SCACHE_MAX_CONNECTIONS,
		connections };
	return (1);
}

int
parse_cache(struct slice text, enum metric_id retained, enum metric_id dropped,
    struct event *event_r)
{
	ptrdiff_t end = slice_find(text, " cleanup: ");
	uint64_t kept, gone;

	if (!slice_starts(text, "cache ") || end < 0)
		return (0);
	text = slice_from(text, (size_t)end);
	if (!skip_number(&text, " cleanup: retained=", &kept) ||
	    !skip_number(&text, " dropped=", &gone) ||
	    !slice_equal(text, " entries"))
		return (0);
	event_move(event_r, retained, kept);
	event_r->moves[event_r->move_count++] = (struct move){ dropped, gone };
	return (1);
}

/* --- tlsproxy ------------------------------------------------------------ */

int
parse_tlsproxy(const struct tag *tag, struct slice text, struct event *event_r)
{
	(void)tag;
	if (slice_skip(&text, "TLS handshake failed for service=")) {
		event_move(event_r, METRIC_TLSPROXY_FAILED, 1);
		return (slice_find(text, " peer=") > 0);
	}
	if (slice_skip(&text, "CONNECT from ") ||
	    slice_skip(&text, "CONNECT to "))
		event_move(event_r, METRIC_TLSPROXY_CONNECT, 1);
	else if (slice_skip(&text, "DISCONNECT "))
		event_move(event_r, METRIC_TLSPROXY_DISCONNECT, 1);
	else
		return (0);
	return (skip_host(&text) && text.len == 0);
}

/* --- postsuper ----------------------------------------------------------- */

/* What it says of each message that was named to it; of ALL it gives the sum
   alone, so that is what counts. */
int
parse_postsuper_message(
    const struct tag *tag, struct slice text, struct event *event_r)
{
	(void)tag;
	event_r->type = EVENT_NONE;
	if (slice_equal(text, "removed") || slice_equal(text, "requeued")) {
		event_r->type = EVENT_GONE; /* or comes with another id */
		event_r->move_count = 0;
		return (1);
	}
	return (slice_equal(text, "placed on hold") ||
	    slice_equal(text, "released from hold") ||
	    slice_equal(text, "expired"));
}

static const struct {
	struct slice done;
	enum metric_id metric;
} sums[] = {
	{ { "Deleted: ", 9 }, METRIC_POSTSUPER_DELETED },
	{ { "Placed on hold: ", 16 }, METRIC_POSTSUPER_HELD },
	{ { "Released from hold: ", 20 }, METRIC_POSTSUPER_RELEASED },
	{ { "Requeued: ", 10 }, METRIC_POSTSUPER_REQUEUED },
	{ { "Force-expired: ", 15 }, METRIC_POSTSUPER_EXPIRED },
	{ { "Renamed to match inode number: ", 31 }, METRIC_POSTSUPER_RENAMED },
};

int
parse_postsuper(const struct tag *tag, struct slice text, struct event *event_r)
{
	uint64_t number;

	(void)tag;
	for (size_t i = 0; i < COUNT(sums); i++) {
		struct slice done = sums[i].done;

		if (text.len < done.len ||
		    memcmp(text.at, done.at, done.len) != 0)
			continue;
		text = slice_from(text, done.len);
		if (!skip_number(&text, "", &number) ||
		    (!slice_equal(text, " message") &&
			!slice_equal(text, " messages")))
			return (0);
		event_move(event_r, sums[i].metric, number);
		return (1);
	}
	return (0);
}
