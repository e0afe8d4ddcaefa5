/*
 * The lines that are written, and what they must count.  The table is written
 * by hand from docs/metrics.md and shares no code with the parser.
 */
#include <inttypes.h>
#include <stdlib.h>
#include <string.h>

#include "lib/util/slice.h"
#include "tests/torture/lines.h"

#define DELAYS "delay=0.5, delays=0.1/0.01/0.2/0.19, "
#define ID     "4Cx0000001zXbz9: "
#define ACTIVE "from=<u%s@example.com>, size=%z, nrcpt=%n (queue active)"

enum { NAMED, TAKEN_UP, RETRIED, ORDINARY /* from here on */ };

/* %s is the mark and number; %i, %z and %n are the queue id, the size and the
   number of recipients of a message. */
const struct kind line_kinds[] = {
	[NAMED] = { "postfix/cleanup[4717]: %i: message-id=<%s@example.com>",
	    { "lines:postfix", "cleanup:messages" } },
	[TAKEN_UP] = { "postfix/qmgr[4718]: %i: " ACTIVE,
	    { "lines:postfix", "queue_in:messages", "queue_in:bytes",
		"queue_in:recipients", "queue_in_size:*",
		"queue_in_recipients:*" } },
	[RETRIED] = { "postfix/qmgr[4718]: %i: " ACTIVE, { "lines:postfix" } },
	{ "postfix/smtp[4711]: " ID "to=<u%s@example.com>, "
	  "relay=mx.example.com[192.0.2.1]:25, " DELAYS
	  "dsn=2.0.0, status=sent (250 2.0.0 Ok: queued as 4Cx1yG1zXbz9rxJ)",
	    { "lines:postfix", "delivery:smtp:sent", "sent:smtp",
		"delivery_dsn:smtp:2.0.0", "delay:smtp:*" } },
	{ "postfix/smtp[4711]: " ID "to=<u%s@example.com>, "
	  "relay=mx.example.com[192.0.2.1]:25, " DELAYS
	  "dsn=4.2.0, status=deferred (host mx.example.com[192.0.2.1] said: "
	  "450 4.2.0 try later (in reply to RCPT TO command))",
	    { "lines:postfix", "delivery:smtp:deferred", "reply:smtp:4xx",
		"smtp:4xx", "delivery_dsn:smtp:4.2.0",
		"fail_reason:smtp:other" } },
	{ "postfix/smtp[4711]: " ID "to=<u%s@example.com>, relay=none, " DELAYS
	  "dsn=4.4.3, status=deferred (Host or domain name not found. Name "
	  "service error for name=example.com type=MX: Host not found, try "
	  "again)",
	    { "lines:postfix", "delivery:smtp:deferred",
		"delivery_dsn:smtp:4.4.3", "connect_failure:smtp:dns",
		"fail_reason:smtp:dns" } },
	{ "postfix/smtp[4711]: connect to n%s.example.com[192.0.2.1]:25: "
	  "Connection refused",
	    { "lines:postfix", "connect_failure:smtp:refused" } },
	{ "postfix/lmtp[4712]: " ID "to=<u%s@example.com>, "
	  "relay=mx[private/dovecot-lmtp], " DELAYS
	  "dsn=2.0.0, status=sent (250 2.0.0 Ok)",
	    { "lines:postfix", "delivery:lmtp:sent", "sent:lmtp",
		"delivery_dsn:lmtp:2.0.0", "delay:lmtp:*" } },
	{ "postfix/local[4713]: " ID
	  "to=<u%s@example.com>, relay=local, " DELAYS
	  "dsn=5.1.1, status=bounced (unknown user: \"u\")",
	    { "lines:postfix", "delivery:local:bounced",
		"delivery_dsn:local:5.1.1", "delay:local:*",
		"fail_reason:local:user_unknown" } },
	{ "postfix/smtpd[4714]: connect from n%s[192.0.2.7]",
	    { "lines:postfix", "smtpd_connect:smtpd" } },
	{ "postfix/smtpd[4714]: " ID "client=c.example.com[192.0.2.7], "
	  "sasl_method=PLAIN, sasl_username=u%s",
	    { "lines:postfix", "receive:smtpd:PLAIN", "recv:smtp" } },
	{ "postfix/smtpd[4714]: disconnect from n%s[192.0.2.7] ehlo=1 quit=1 "
	  "commands=2",
	    { "lines:postfix", "smtpd_disconnect:smtpd",
		"smtpd_command:smtpd:ehlo:ok",
		"smtpd_command:smtpd:quit:ok" } },
	{ "postfix/smtpd[4714]: warning: hostname n%s does not resolve",
	    { "lines:postfix", "log:smtpd:warning" } },
	{ "postfix/pickup[4715]: " ID "uid=1000 from=<u%s>",
	    { "lines:postfix", "receive:pickup:NONE", "recv:local" } },
	{ "postfix/smtpd[4714]: NOQUEUE: reject: RCPT from "
	  "unknown[192.0.2.9]: 554 5.7.1 <c@d.example>: Relay access denied; "
	  "from=<a@b.example> to=<c@d.example> proto=ESMTP helo=<h%s>",
	    { "lines:postfix", "reject:smtpd:5xx:*", "smtpd:5xx",
		"reject_service:smtpd:5xx", "reject_code:554",
		"reject_stage:RCPT", "smtpd_code:554" } },
	{ "postfix/bounce[4719]: " ID "sender non-delivery notification: "
	  "4Cx%s",
	    { "lines:postfix", "queue_out:bounce_sent" } },
	{ "CRON[4716]: (root) CMD (run %s)", { "lines:foreign" } },
	{ "postfix/smtp[4711]: what Postfix may say one day %s",
	    { "lines:postfix", "lines:unrecognised",
		"lines:unrecognised:smtp" } },
	{ NULL, { "lines:malformed" } },
};
const size_t line_kind_count = COUNT(line_kinds);

_Static_assert(COUNT(line_kinds) <= KINDS_MAX, "there is room for all kinds");

/*
 * Messages are numbered as blocks of lines are.  Each is named in its own
 * block, and taken up there, in the next one or, some, half a second later; a
 * retry comes after that.  So no more than three wait at any time, fewer than
 * the tailer keeps whatever their ids are.
 */
enum {
	BLOCK = 16,
	LONG_EVERY = 64, /* blocks */
	LONG_WAIT = 60,
	AT_NAME = 2,
	AT_SAME = 6,
	AT_NEXT = 9,
	AT_LONG = 11,
	AT_RETRY = 14
};

/* How many blocks after its own message `number` is taken up. */
static uint64_t
message_wait(uint64_t seed, uint64_t number)
{
	struct random random = { seed ^ number * 0x9e6c63d0876a9a47u };

	if (number % LONG_EVERY == 0)
		return (LONG_WAIT);
	return (random_below(&random, 2));
}

/* What stands at a place that is set aside for messages; NULL if none is
   due. */
static const struct kind *
message_kind(uint64_t seed, uint64_t number, uint64_t *message_r)
{
	static const struct {
		uint64_t place, wait;
	} takes[] = { { AT_SAME, 0 }, { AT_NEXT, 1 }, { AT_LONG, LONG_WAIT } };
	uint64_t block = number / BLOCK, place = number % BLOCK;

	if (place == AT_NAME) {
		*message_r = block;
		return (&line_kinds[NAMED]);
	}
	if (place == AT_RETRY && block >= LONG_WAIT) {
		*message_r = block - LONG_WAIT;
		return (&line_kinds[RETRIED]);
	}
	for (size_t i = 0; i < COUNT(takes); i++) {
		if (place != takes[i].place || block < takes[i].wait)
			continue;
		*message_r = block - takes[i].wait;
		if (message_wait(seed, *message_r) == takes[i].wait)
			return (&line_kinds[TAKEN_UP]);
	}
	return (NULL);
}

static uint64_t
message_size(uint64_t message)
{
	return (1000 + message * 7919 % 1000000);
}

static uint64_t
message_recipients(uint64_t message)
{
	return (1 + message % 5);
}

const struct kind *
line_kind(uint64_t seed, uint64_t number, uint64_t *message_r)
{
	struct random random = { seed ^ number * 0xd1342543de82ef95u };
	const struct kind *kind = message_kind(seed, number, message_r);

	if (kind == NULL)
		kind = &line_kinds[ORDINARY +
		    random_below(&random, line_kind_count - ORDINARY)];
	return (kind);
}

/* What a value adds to a key of a histogram. */
static uint64_t
value_worth(uint64_t value, const char *key)
{
	const char *last = strrchr(key, ':');

	if (strcmp(last, ":sum") == 0)
		return (value);
	return (strcmp(last, ":count") == 0 ||
	    value <= strtoull(last + 1, NULL, 10));
}

/* What DELAYS adds to a key, in microseconds. */
static uint64_t
delay_worth(const char *key)
{
	static const struct {
		const char *stage;
		uint64_t microseconds;
	} delays[] = { { ":before_queue_manager:", 100000 },
		{ ":queue_manager:", 10000 }, { ":connection_setup:", 200000 },
		{ ":transmission:", 190000 }, { ":total:", 500000 } };
	const char *last = strrchr(key, ':');
	uint64_t delay = 0;

	for (size_t i = 0; i < COUNT(delays); i++)
		if (strstr(key, delays[i].stage) != NULL)
			delay = delays[i].microseconds;
	if (strcmp(last, ":sum") == 0)
		return (delay);
	return (strcmp(last, ":count") == 0 ||
	    (double)delay <= strtod(last + 1, NULL) * 1e6);
}

uint64_t
line_worth(uint64_t message, const char *key)
{
	if (strncmp(key, "delay:", 6) == 0)
		return (delay_worth(key));
	if (strcmp(key, "queue_in:bytes") == 0)
		return (message_size(message));
	if (strcmp(key, "queue_in:recipients") == 0)
		return (message_recipients(message));
	if (strncmp(key, "queue_in_size:", 14) == 0)
		return (value_worth(message_size(message), key));
	if (strncmp(key, "queue_in_recipients:", 20) == 0)
		return (value_worth(message_recipients(message), key));
	return (1);
}

/* --- writing ------------------------------------------------------------ */

static int
put(char *line, int room, char directive, uint64_t number, uint64_t message)
{
	size_t size = (size_t)room;

	switch (directive) {
	case 'i':
		return (snprintf(line, size, "4Cx%07" PRIu64 "zXbz9", message));
	case 'z':
		return (
		    snprintf(line, size, "%" PRIu64, message_size(message)));
	case 'n':
		return (snprintf(
		    line, size, "%" PRIu64, message_recipients(message)));
	default:
		return (snprintf(line, size, MARK "%010" PRIu64, number));
	}
}

size_t
line_make(uint64_t seed, uint64_t number, char line_r[LINE_SIZE])
{
	uint64_t message = 0;
	const struct kind *kind = line_kind(seed, number, &message);
	int len = 0;

	if (kind->text == NULL)
		return ((size_t)snprintf(line_r, LINE_SIZE,
		    "no head at all " MARK "%010" PRIu64 "\n", number));
	len = snprintf(line_r, LINE_SIZE, "%s mx ",
	    seed % 2 ? "Nov 22 08:00:01" : "2026-11-22T08:00:01.123456+01:00");
	for (const char *at = kind->text; *at != '\0'; at++)
		if (*at == '%')
			len += put(line_r + len, LINE_SIZE - len, *++at, number,
			    message);
		else
			line_r[len++] = *at;
	line_r[len++] = '\n';
	return ((size_t)len);
}
