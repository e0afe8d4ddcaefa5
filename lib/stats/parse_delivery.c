/*
 * The line that every delivery agent writes once per recipient and attempt
 * (Postfix's log_adhoc.c):
 *
 *	to=<address>[, orig_to=<address>], relay=.., [conn_use=..,] delay=..,
 *	    delays=a/b/c/d, [tls=..,] dsn=x.y.z, status=word (text)
 */
#include "lib/stats/delay.h"
#include "lib/stats/parse.h"
#include "lib/stats/parse_parts.h"
#include "lib/util/block.h"

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

	if (*at != '"')
		end = block_find(at, last, '>');
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
	if (slice_skip(&text, "SASL ")) {
		(void)slice_skip(&text, "[CACHED] ");
		if (!slice_skip(&text, "authentication failed; server "))
			return (0);
	} else if (!slice_skip(&text, "host "))
		return (0);
	if (!skip_speaker(&text))
		return (0);
	if (text.len < 3 || !byte_is_digit(text.at[1]) ||
	    !byte_is_digit(text.at[2]))
		return (0);
	return (text.at[0] == '4' ? TRAIT_IS_4XX :
		text.at[0] == '5' ? TRAIT_IS_5XX :
				    0);
}

/* The number of a status code x.y.z (RFC 3463); 0 if it is none. */
__attribute__((noinline)) static uint64_t
odd_code(struct slice dsn)
{
	static const unsigned first[] = { 2, 0, 0 }, last[] = { 5, 999, 999 };
	uint64_t code = 0;

	for (size_t i = 0; i < COUNT(first); i++) {
		struct slice part = dsn;
		uint64_t number;

		if (i + 1 < COUNT(first) && !slice_cut(&dsn, '.', &part))
			return (0);
		if ((part.len > 1 && part.at[0] == '0') ||
		    !slice_number(part, &number) || number < first[i] ||
		    number > last[i])
			return (0);
		code = code << 10 | number;
	}
	return (code);
}

/* The value at `at`, whose ", " ends at `end`. */
static inline struct slice
between(const char *at, const char *end)
{
	return ((struct slice){ at, (size_t)(end - at) - strlen(", ") });
}

/* What a delivery line says, besides to whom. */
struct result {
	const char *behind_address; /* and ">, " */
	struct slice relay;
	struct slice text; /* from the status word on */
};

/* "dsn=" as it rarely is: another length, no code, no field. */
__attribute__((noinline)) static const char *
read_odd_code(const char *at, const char *last, struct event *event_r)
{
	const char *end = skip_field(at, "dsn=", last);
	struct slice *dsn = &event_r->label[LABEL_DSN];

	event_r->code = 0;
	*dsn = (struct slice){ at, 0 };
	if (end == at)
		return (at);
	*dsn = between(at + strlen("dsn="), end);
	event_r->code = odd_code(*dsn);
	return (end);
}

/*
 * Behind the field "dsn=", if it is at `at`; what stands for it goes to the
 * event's code, 0 if it is none.  Most are like 5.1.1: then the bytes of that and
 * of the ", " behind it do.  Each byte may be so
 * much more than in "2.0.0, " that with the rest of 0x7f it does not reach the
 * highest bit.
 */
static inline const char *
read_code(const char *at, const char *last, struct event *event_r)
{
	const uint64_t least = 0x202c302e302e32u, rest = 0x7f7f767f767f7cu;
	uint64_t bytes = bytes_load(at + strlen("dsn=")) & 0xffffffffffffffu;
	uint64_t more = bytes - least;

	if (!begins(at, "dsn=") || at + strlen("dsn=2.0.0") > last ||
	    (((more + rest) | more) & BYTES_HIGH) != 0)
		return (read_odd_code(at, last, event_r));
	event_r->label[LABEL_DSN] = (struct slice){ at + strlen("dsn="),
		strlen("2.0.0") };
	event_r->code = bytes;
	return (at + strlen("dsn=2.0.0, "));
}

/* Step over one of the times of "delays=". */
__attribute__((always_inline)) static inline bool
skip_delay(const char **at, const char *last, char end, uint64_t *delay_r)
{
	*at = delay_read(*at, last, end, delay_r);
	return (*at != NULL && *at <= last);
}

/*
 * Behind the fields "delay=" and "delays=", of which the second was not there
 * before Postfix 2.3; NULL if they are not what Postfix writes.
 */
static inline const char *
read_delays(const char *at, const char *last, struct event *event_r)
{
	uint64_t *delay = event_r->delay;

	event_r->delays = 0;
	if (at > last || !begins(at, "delay="))
		return (NULL);
	at = delay_read(at + strlen("delay="), last, ',', &delay[DELAY_TOTAL]);
	if (at == NULL || at >= last || *at != ' ')
		return (NULL);
	at++;
	event_r->delays = 1;
	if (!begins(at, "delays="))
		return (at);
	at += strlen("delays=");
	if (!skip_delay(&at, last, '/', &delay[DELAY_BEFORE_QUEUE_MANAGER]) ||
	    !skip_delay(&at, last, '/', &delay[DELAY_QUEUE_MANAGER]) ||
	    !skip_delay(&at, last, '/', &delay[DELAY_CONNECTION_SETUP]) ||
	    !skip_delay(&at, last, ',', &delay[DELAY_TRANSMISSION]) ||
	    *at != ' ')
		return (NULL);
	event_r->delays = DELAY_STAGES;
	return (at + 1);
}

/* The same if they are not to be read: a newer Postfix may write them in another
   way. */
__attribute__((noinline)) static const char *
skip_delays(const char *at, const char *last)
{
	const char *end = skip_field(at, "delay=", last);

	return (end == at ? at : skip_field(end, "delays=", last));
}

/* Read the fields behind "to=<" and the address. */
static inline bool
read_fields(struct slice text, struct result *result_r, struct event *event_r)
{
	const char *at, *field, *last;

	if (text.len < strlen(rest_min))
		return (false);
	last = text.at + text.len - strlen(rest_min);
	at = skip_address(text.at, last);
	result_r->behind_address = at;
	if (at != NULL && begins(at, "orig_to=<"))
		at = skip_odd_address(at + strlen("orig_to=<"), last);
	if (at == NULL || !begins(at, "relay="))
		return (false);

	field = at + strlen("relay=");
	at = skip_long(field, last);
	if (at == NULL)
		return (false);
	result_r->relay = between(field, at);
	field = skip_field(at, "conn_use=", last);
	at = read_delays(field, last, event_r);
	if (at == NULL)
		at = skip_delays(field, last);
	if (at == field)
		return (false);
	at = skip_field(at, "tls=", last);
	at = read_code(at, last, event_r);
	if (!begins(at, "status="))
		return (false);
	at += strlen("status=");
	result_r->text = slice_from(text, (size_t)(at - text.at));
	return (true);
}

/* What more there is to say of a status, by the text behind it. */
static inline unsigned
more_traits(const struct tag *tag, unsigned status, struct slice text)
{
	if (status & (TRAIT_IS_DEFERRED | TRAIT_IS_BOUNCED)) {
		if (tag->kind == DAEMON_SMTP &&
		    (slice_starts(text, "Host or domain name not found.") ||
			slice_starts(text, "unable to look up host ")))
			return (TRAIT_IN_DNS);
		return (reply_class(text));
	}
	if (status & TRAIT_IS_SENT && slice_starts(text, "forwarded as"))
		return (TRAIT_IS_FORWARDED);
	return (0);
}

/* Fill in a delivery of a status and its traits. */
static inline void
delivered(const struct tag *tag, unsigned traits, const struct result *result,
    struct event *event_r)
{
	uint64_t code = event_r->code;

	if (code != 0)
		traits |= TRAIT_HAS_DSN;
	event_begin(event_r, EVENT_DELIVERY, traits | tag->agent, tag);
	event_r->code = code;
	event_r->relay = result->relay.at;
	event_r->address_end = result->behind_address - strlen(">, ");
	event_r->label[LABEL_TRANSPORT] = tag->service;
	event_r->label[LABEL_AGENT] = tag->daemon;
	event_r->said = result->text;
	if ((traits & (TRAIT_IS_DEFERRED | TRAIT_IS_BOUNCED)) == 0)
		event_r->said.len = 0;
	if ((traits & (TRAIT_IS_SENT | TRAIT_IS_BOUNCED)) == 0)
		event_r->delays = 0;
	if (tag->kind != DAEMON_PIPE)
		return;
	event_r->label[LABEL_TRANSPORT] = result->relay;
	event_r->label[LABEL_AGENT] = result->relay;
	event_r->traits = traits | agent_trait(result->relay);
	event_r->varies = LABEL_TRANSPORT;
}

int
parse_delivery(const struct tag *tag, struct slice text, struct event *event_r)
{
	struct result result;
	unsigned status;

	if (!read_fields(text, &result, event_r) ||
	    !read_status(&result.text, &status))
		return (0);
	if (status == 0)
		event_r->type = EVENT_NONE;
	else
		delivered(tag, status | more_traits(tag, status, result.text),
		    &result, event_r);
	return (1);
}
