/*
 * What a record of followed mail says, and in words.
 */
#include <inttypes.h>
#include <stdio.h>
#include <time.h>

#include "lib/stats/trail_record.h"

const char *const trail_stages[TRAIL_DELAYS] = { "smtpd", "queue", "connection",
	"transmission" };

static const char *const names[] = {
	[WHERE_NONE] = "",
	[WHERE_UNKNOWN] = "unknown",
	[WHERE_RECEIVED] = "received",
	[WHERE_ACTIVE] = "active",
	[WHERE_DEFERRED] = "deferred",
	[WHERE_HELD] = "held",
	[WHERE_SENT] = "sent",
	[WHERE_BOUNCED] = "bounced",
	[WHERE_EXPIRED] = "expired",
	[WHERE_DISCARDED] = "discarded",
	[WHERE_ARRIVED] = "arrived",
	[WHERE_SPAM] = "spam",
};

const char *
where_name(enum where where)
{
	return (names[where]);
}

/* --- reading ----------------------------------------------------------- */

/* Take a word off the front; "-" is an empty one. */
static bool
cut_word(struct slice *text, struct slice *word_r)
{
	if (!slice_cut(text, ' ', word_r))
		return (false);
	if (slice_equal(*word_r, "-"))
		word_r->len = 0;
	return (true);
}

static bool
read_delays(struct slice text, uint64_t delay_r[TRAIL_DELAYS])
{
	for (int i = 0; i < TRAIL_DELAYS; i++) {
		struct slice word = text;

		if (i < TRAIL_DELAYS - 1 && !slice_cut(&text, '/', &word))
			return (false);
		if (i == TRAIL_DELAYS - 1)
			word = text;
		if (!slice_number(word, &delay_r[i]))
			return (false);
	}
	return (true);
}

/* What was said, but not if it was cut before the reason. */
static void
read_said(struct slice said, struct trail_found *found)
{
	struct slice next, transport, relay, delays;

	if (!cut_word(&said, &next) || !cut_word(&said, &transport) ||
	    !cut_word(&said, &relay) || !cut_word(&said, &delays))
		return;
	found->next = next;
	found->transport = transport;
	found->relay = relay;
	found->reason = said;
	found->has_delays = read_delays(delays, found->delay);
}

/* The queue id in a line h. */
static struct slice
id_in(struct slice record, unsigned number)
{
	struct slice line = record;

	for (unsigned i = 0; i <= number; i++)
		if (!slice_cut(&record, '\n', &line))
			return ((struct slice){ record.at, 0 });
	for (struct slice word; slice_cut(&line, ' ', &word);)
		;
	return (line);
}

bool
trail_find(const struct snapshot *log, struct slice name, uint64_t serial,
    struct trail_found *found_r)
{
	struct trail_hop hops[TRAIL_HOPS];
	const struct trail_hop *hop;
	struct slice record, said;
	char key[KEY_MAX + 1];
	unsigned count, last;
	int len = snprintf(key, sizeof(key), TRAIL_KEY "%.*s:%" PRIx64,
	    (int)name.len, name.at, serial);

	if (len > KEY_MAX || !snapshot_text(log, slice_of(key), &record))
		return (false);
	count = trail_read_hops(record, hops);
	if (count == 0)
		return (false);
	last = trail_last(hops, count);
	hop = &hops[last];
	*found_r = (struct trail_found){ .where = hop->where,
		.id = id_in(record, last),
		.since = hop->where == WHERE_DEFERRED && hop->put_off != 0 ?
		    hop->put_off :
		    hop->since };
	if (trail_read_said(record, last, &said))
		read_said(said, found_r);
	return (true);
}

/* --- in words ---------------------------------------------------------- */

/* How a state is told: what it is, whether an agent did it, and whether its
   time is a beginning. */
static const struct {
	const char *what;
	bool by, since;
	const char *reason;
} words[] = {
	[WHERE_NONE] = { "", false, false, "" },
	[WHERE_UNKNOWN] = { "the log says nothing of it", false, false, ": " },
	[WHERE_RECEIVED] = { "received", false, false, ": " },
	[WHERE_ACTIVE] = { "taken up by the queue manager", false, false,
	    "; before that: " },
	[WHERE_DEFERRED] = { "deferred", true, true, ": " },
	[WHERE_HELD] = { "on hold", false, true, ": " },
	[WHERE_SENT] = { "sent", true, false, ": " },
	[WHERE_BOUNCED] = { "bounced", true, false, ": " },
	[WHERE_EXPIRED] = { "expired", false, false, "; last: " },
	[WHERE_DISCARDED] = { "discarded", true, false, ": " },
	[WHERE_ARRIVED] = { "found in the mailbox", false, false, ": " },
	[WHERE_SPAM] = { "found in the spam folder", false, false, ": " },
};

/* "2026-11-23 07:01:02 UTC" behind `before`; empty if it is not known. */
static void
write_time(uint64_t seconds, const char *before, char *text_r, size_t text_size)
{
	time_t time = (time_t)seconds;
	struct tm tm;

	text_r[0] = '\0';
	if (seconds == 0 || gmtime_r(&time, &tm) == NULL)
		return;
	(void)snprintf(text_r, text_size, "%s%d-%02d-%02d %02d:%02d:%02d UTC",
	    before, tm.tm_year + 1900, tm.tm_mon + 1, tm.tm_mday, tm.tm_hour,
	    tm.tm_min, tm.tm_sec);
}

void
trail_words(const struct trail_found *found, char *text_r, size_t size)
{
	bool by = words[found->where].by && found->transport.len > 0;
	char when[64];

	write_time(found->since, words[found->where].since ? " since " : " at ",
	    when, sizeof(when));
	(void)snprintf(text_r, size, "%s%s%.*s%s%s%.*s",
	    words[found->where].what, by ? " by " : "",
	    by ? (int)found->transport.len : 0, found->transport.at, when,
	    found->reason.len > 0 ? words[found->where].reason : "",
	    (int)found->reason.len, found->reason.at);
}
