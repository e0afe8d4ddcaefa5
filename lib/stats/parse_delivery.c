/*
 * The line that every delivery agent writes once per recipient and attempt
 * (Postfix's log_adhoc.c):
 *
 *	to=<address>[, orig_to=<address>], relay=.., [conn_use=..,] delay=..,
 *	    delays=a/b/c/d, [tls=..,] dsn=x.y.z, status=word (text)
 */
#include "lib/stats/parse.h"
#include "lib/util/bytes.h"

/* What may follow an address; a comma alone may be part of it. */
static bool
address_ends(struct slice rest)
{
	return (slice_starts(rest, ">, relay=") ||
	    slice_starts(rest, ">, orig_to=<"));
}

/* The length of a quoted string (RFC 5321 4.1.2) at the start of `text`; 0 if
   there is none. */
static size_t
quoted_len(struct slice text)
{
	if (text.len == 0 || text.at[0] != '"')
		return (0);
	for (size_t i = 1; i < text.len; i++) {
		if (text.at[i] == '\\')
			i++;
		else if (text.at[i] == '"')
			return (i + 1);
	}
	return (0);
}

/*
 * Step over an address up to its `>, `.  A local part that needs quotes is
 * quoted as a whole (info_log_address_format = external), so only quotes at
 * the start are heeded; any others belong to text that somebody has chosen.
 */
static bool
skip_address(struct slice *text)
{
	struct slice rest = slice_from(*text, quoted_len(*text));
	const char *end;

	while (rest.len > 0 && (end = memchr(rest.at, '>', rest.len)) != NULL) {
		rest = slice_from(rest, (size_t)(end - rest.at));
		if (address_ends(rest)) {
			*text = slice_from(rest, strlen(">, "));
			return (true);
		}
		rest = slice_from(rest, 1);
	}
	return (false);
}

/* The part of `text` before a comma that is near; as slice_until(). */
static inline struct slice
until_comma(struct slice text)
{
	uint64_t found;

	for (size_t at = 0; at + 8 <= text.len && at < 24; at += 8)
		if ((found = bytes_equal(bytes_load(text.at + at), ',')) != 0)
			return ((struct slice){
			    text.at, at + bytes_before(found) });
	return (slice_until(text, ','));
}

/* "name=value, ": step over it if it is there.  Always inline: the names'
   lengths are then constants. */
__attribute__((always_inline)) static inline bool
take_field(struct slice *text, const char *name, struct slice *value_r)
{
	struct slice rest = *text, value;

	if (!slice_skip(&rest, name))
		return (false);
	value = until_comma(rest);
	if (value.len + 2 > rest.len || rest.at[value.len + 1] != ' ')
		return (false);
	*text = slice_from(rest, value.len + 2);
	*value_r = value;
	return (true);
}

/* Traits of "word (text"; false for a word of a newer Postfix. */
static bool
read_status(struct slice *text, unsigned *traits_r)
{
	*traits_r = 0;
	if (slice_skip(text, "sent ("))
		*traits_r = TRAIT_IS_SENT;
	else if (slice_skip(text, "deferred ("))
		*traits_r = TRAIT_IS_DEFERRED;
	else if (slice_skip(text, "bounced ("))
		*traits_r = TRAIT_IS_BOUNCED;
	else if (slice_skip(text, "SOFTBOUNCE ("))
		*traits_r = TRAIT_IS_SOFTBOUNCE;
	else /* address verification, not mail */
		return (slice_skip(text, "deliverable (") ||
		    slice_skip(text, "undeliverable ("));
	return (true);
}

/*
 * The class of a remote server's answer: "host name[address] said: 450 .." or
 * "host name[address] refused to talk to me: 554 ..".  Whatever follows is
 * the server's own text.
 */
static unsigned
reply_class(struct slice text)
{
	struct slice host;

	if (!slice_skip(&text, "host ") &&
	    !slice_skip(&text, "SASL authentication failed; server ") &&
	    !slice_skip(&text, "SASL [CACHED] authentication failed; server "))
		return (0);
	if (!slice_cut(&text, ' ', &host) ||
	    (!slice_skip(&text, "said: ") &&
		!slice_skip(&text, "refused to talk to me: ")))
		return (0);
	if (text.len < 3 || !byte_is_digit(text.at[1]) ||
	    !byte_is_digit(text.at[2]))
		return (0);
	return (text.at[0] == '4' ? TRAIT_IS_4XX :
		text.at[0] == '5' ? TRAIT_IS_5XX :
				    0);
}

int
parse_delivery(const struct tag *tag, struct slice text, struct event *event_r)
{
	struct slice relay, value;
	unsigned traits;

	if (!slice_skip(&text, "to=<") || !skip_address(&text))
		return (0);
	if (slice_skip(&text, "orig_to=<") && !skip_address(&text))
		return (0);
	if (!take_field(&text, "relay=", &relay))
		return (0);
	(void)take_field(&text, "conn_use=", &value);
	if (!take_field(&text, "delay=", &value))
		return (0);
	(void)take_field(&text, "delays=", &value);
	(void)take_field(&text, "tls=", &value);
	(void)take_field(&text, "dsn=", &value);
	if (!slice_skip(&text, "status=") || !read_status(&text, &traits))
		return (0);
	if (traits == 0) {
		event_r->type = EVENT_NONE;
		return (1);
	}
	if (traits & (TRAIT_IS_DEFERRED | TRAIT_IS_BOUNCED))
		traits |= reply_class(text);
	if (traits & TRAIT_IS_SENT && slice_starts(text, "forwarded as "))
		traits |= TRAIT_IS_FORWARDED;

	event_r->type = EVENT_DELIVERY;
	event_r->label[LABEL_TRANSPORT] = tag->service;
	event_r->label[LABEL_AGENT] = tag->daemon;
	event_r->traits = traits | tag->agent;
	event_r->serial = tag->serial;
	if (tag->kind == DAEMON_PIPE) {
		event_r->label[LABEL_TRANSPORT] = relay;
		event_r->label[LABEL_AGENT] = relay;
		event_r->traits = traits | agent_trait(relay);
		event_r->serial = 0;
	}
	return (1);
}
