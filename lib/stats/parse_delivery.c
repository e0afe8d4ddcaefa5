/*
 * The line that every delivery agent writes once per recipient and attempt
 * (Postfix's log_adhoc.c):
 *
 *	to=<address>[, orig_to=<address>], relay=.., [conn_use=..,] delay=..,
 *	    delays=a/b/c/d, [tls=..,] dsn=x.y.z, status=word (text)
 */
#include "lib/stats/parse.h"
#include "lib/util/bytes.h"

/*
 * Every field is followed by this, or by more.  So fields are stepped over only
 * where it can begin: then there is room behind them to compare any name.
 */
static const char rest_min[] = ", status=sent (";

/* Whether `text` stands at `at`, which has room. */
static inline bool
begins(const char *at, const char *text)
{
	return (memcmp(at, text, strlen(text)) == 0);
}

/* The length of the quoted string (RFC 5321 4.1.2) at `text`; 0 if it does not
   end before `end`. */
static size_t
quoted_len(const char *text, const char *end)
{
	for (const char *at = text + 1; at < end; at++) {
		if (*at == '\\')
			at++;
		else if (*at == '"')
			return ((size_t)(at + 1 - text));
	}
	return (0);
}

/*
 * Behind the address at `at` and its `>, `; NULL if that is not before `last`.
 * A comma or `>` alone may be part of an address.  A local part that needs
 * quotes is quoted as a whole (info_log_address_format = external), so only
 * quotes at the start are heeded; any others belong to text that somebody has
 * chosen.
 */
__attribute__((noinline)) static const char *
skip_odd_address(const char *at, const char *last)
{
	if (*at == '"')
		at += quoted_len(at, last + strlen(rest_min));
	for (; at < last; at++) {
		at = memchr(at, '>', (size_t)(last - at));
		if (at == NULL)
			break;
		if (begins(at, ">, relay=") || begins(at, ">, orig_to=<"))
			return (at + strlen(">, "));
	}
	return (NULL);
}

static inline const char *
skip_address(const char *at, const char *last)
{
	const char *end = NULL;

	if (*at != '"' && at < last)
		end = memchr(at, '>', (size_t)(last - at));
	return (end != NULL && begins(end, ">, relay=") ?
		end + strlen(">, ") :
		skip_odd_address(at, last));
}

/* Behind the value at `at` and its ", "; NULL if that is not before `last`. */
static inline const char *
skip_long(const char *at, const char *last)
{
	if (at > last)
		return (NULL);
	at = memchr(at, ',', (size_t)(last - at) + 1);
	return (at != NULL && at[1] == ' ' ? at + 2 : NULL);
}

/* The same, quicker if the value is short. */
static inline const char *
skip_short(const char *at, const char *last)
{
	for (; at <= last; at += 8) {
		uint64_t found = bytes_equal(bytes_load(at), ',');

		if (found == 0)
			continue;
		at += bytes_before(found);
		return (at <= last && at[1] == ' ' ? at + 2 : NULL);
	}
	return (NULL);
}

/* Behind the field at `at` if it is `name`, which ends with "="; else, or if its
   value does not end before `last`, `at`. */
__attribute__((always_inline)) static inline const char *
skip_field(const char *at, const char *name, const char *last)
{
	const char *end;

	if (!begins(at, name))
		return (at);
	end = skip_short(at + strlen(name), last);
	return (end != NULL ? end : at);
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

	if (slice_skip(&text, "SASL ")) {
		(void)slice_skip(&text, "[CACHED] ");
		if (!slice_skip(&text, "authentication failed; server "))
			return (0);
	} else if (!slice_skip(&text, "host "))
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
	const char *at, *relay, *relay_end, *delay, *last;
	struct slice status;
	unsigned traits;

	if (text.len < strlen(rest_min))
		return (0);
	last = text.at + text.len - strlen(rest_min);
	at = skip_address(text.at, last);
	if (at != NULL && begins(at, "orig_to=<"))
		at = skip_odd_address(at + strlen("orig_to=<"), last);
	if (at == NULL)
		return (0);

	if (!begins(at, "relay="))
		return (0);
	relay = at + strlen("relay=");
	relay_end = skip_long(relay, last);
	if (relay_end == NULL)
		return (0);
	delay = skip_field(relay_end, "conn_use=", last);
	at = skip_field(delay, "delay=", last);
	if (at == delay)
		return (0);
	at = skip_field(at, "delays=", last);
	at = skip_field(at, "tls=", last);
	at = skip_field(at, "dsn=", last);
	if (!begins(at, "status="))
		return (0);
	at += strlen("status=");
	status = slice_from(text, (size_t)(at - text.at));
	if (!read_status(&status, &traits))
		return (0);
	if (traits == 0) {
		event_r->type = EVENT_NONE;
		return (1);
	}
	if (traits & (TRAIT_IS_DEFERRED | TRAIT_IS_BOUNCED))
		traits |= reply_class(status);
	if (traits & TRAIT_IS_SENT && slice_starts(status, "forwarded as"))
		traits |= TRAIT_IS_FORWARDED;

	event_r->type = EVENT_DELIVERY;
	event_r->label[LABEL_TRANSPORT] = tag->service;
	event_r->label[LABEL_AGENT] = tag->daemon;
	event_r->traits = traits | tag->agent;
	event_r->serial = tag->serial;
	event_r->varies = LABEL_NONE;
	if (tag->kind == DAEMON_PIPE) {
		struct slice name = { relay,
			(size_t)(relay_end - relay) - strlen(", ") };

		event_r->label[LABEL_TRANSPORT] = name;
		event_r->label[LABEL_AGENT] = name;
		event_r->traits = traits | agent_trait(name);
		event_r->varies = LABEL_TRANSPORT;
	}
	return (1);
}
