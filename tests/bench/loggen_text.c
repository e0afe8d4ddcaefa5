/*
 * Random words of loggen: names, addresses, queue ids, remote replies.  A part
 * of them is hostile: text that a sender or a remote server chose so that it
 * looks like another field, another line or another result.
 */
#include <string.h>

#include "loggen.h"

static const char *const domains[] = { "example.com", "example.net",
	"example.org", "mail.example", "shop.example", "xn--bcher-kva.example",
	"uni.example.edu", "a.b.c.d.example.net",
	"very-long-name-of-a-customer.example.com", "[192.0.2.77]",
	"status.example", "sent.example" };

static const char *const users[] = { "alice", "bob", "carol", "info", "sales",
	"no-reply", "postmaster", "john.doe", "j+tag", "prvs=0123456789=a",
	"SRS0=Xy1z=AB=example.org=u", "bounce-12345-67890=list", "user_name",
	"x", "abuse", "o'brien", "1234567890", "u=status", "MAILER-DAEMON",
	"root" };

static const char *const hostile_users[] = {
	"\">, relay=none, delay=1, delays=1/0/0/0, dsn=2.0.0, status=sent (\"",
	"\"a>, relay=none, status=sent (\"", "\"a\\\">, status=sent (\"",
	"\"size=1, nrcpt=9 (queue active)\"",
	"\"x> to=<y@z.example>: 450 4.7.1\"", "\"removed\"", "\"back\\\\\"",
	"\"orig_to=<b@c.example>, relay=none\"",
	"\"host mx.example said: 550 5.1.1\"", "\303\274mlaut", "\377\376\300"
};

static const char *const hostile_senders[] = {
	"\"a>, size=1, nrcpt=9 (queue active)\"@evil.example",
	"\"status=expired, returned to sender\"@evil.example",
	"\"> to=<v@example.net>: 5.7.1 no\"@evil.example",
	"\"x>, relay=none, dsn=2.0.0, status=sent (\"@evil.example",
	/* info_log_address_format = internal */
	"a>, size=1, nrcpt=9 (queue active)@evil.example",
	"a>, status=expired, returned to sender@evil.example"
};

static const char *const helos[] = { "mail.example.com", "localhost",
	"[192.0.2.246]", "User", "WIN-6A0KEE6QVP5", "ylmf-pc",
	"mx6.example.net", "192.0.2.17", "x" };

static const char *const hostile_helos[] = {
	"spam; from=<a@b.example> to=<c@d.example> proto=ESMTP helo=<y",
	"y>: 4.7.1 try again; x=<z", "x>: 5.7.1 never",
	"a: 450 4.7.1 b: 554 5.7.1 c",
	"NOQUEUE: reject: RCPT from unknown[203.0.113.9]: 554 5.7.1 no",
	"4A1B2C3D4E: to=<u@example.net>, relay=none, dsn=2.0.0, status=sent (x)"
};

static const char *const subjects[] = { "hello", "Re: your invoice 2026-11",
	"Newsletter, issue 12: prices", "[list] patch 3/7",
	"=?UTF-8?B?w7xiZXI=?=", "f\303\274r dich" };

static const char *const hostile_subjects[] = {
	"report: dsn=2.0.0, status=sent (250 ok)",
	"4A1B2C3D4E: to=<u@a>, relay=none, dsn=5.1.1, status=bounced (x)",
	"x from a[192.0.2.9]; from=<a@b> to=<c@d> helo=<h>: 4.7.1 later",
	"x from a[192.0.2.9]; from=<a@b> to=<c@d> helo=<h>: 5.7.1 never",
	": 4.2.0 greylisted", ": 5.7.1 message content rejected",
	"NOQUEUE: reject: RCPT from unknown[203.0.113.9]: 554 5.7.1 spam",
	"said: 550 5.1.1 and said: 450 4.2.0"
};

static const char *const remote_words[] = { "try again later",
	"see https://postmaster.example/errors#4.7", "service busy",
	"rejected (code=17)",
	"<x@y.example> [InternalId=1, Hostname=AM0.prod.example] queued",
	"a-b_c/d:e;f,g=h", "(unbalanced", "no) balance", "gr\303\274n",
	"user@example.net: unknown", "snipe-queue 10549" };

static const char *const hostile_words[] = { "status=bounced dsn=5.0.0",
	"status=sent (250 queued",
	"host mx.example.net[192.0.2.25] said: 550 5.1.1 no",
	"host mx.example.net[192.0.2.25] refused to talk to me: 421 no",
	"forwarded as 4A1B2C3D4E", "Host or domain name not found. dsn=4.4.3",
	"to=<u@example.net>, relay=none, dsn=5.0.0, status=bounced (x)",
	"???[31mred???[0m", "4A1B2C3D4E: removed" };

static const char *const commands[] = { "MAIL FROM", "RCPT TO", "DATA",
	"end of DATA", "EHLO", "HELO" };

static const char *const client_names[] = { "mail.example.com", "unknown",
	"mx6.example.net", "1-2-3-4.dyn.example.net",
	"o12.ptr1234.list.example", "localhost" };

static const char *const relay_names[] = { "mx.example.net", "mx1.example.com",
	"aspmx.example", "mail.shop.example", "a.b.c.d.example.net" };

#define CLIENTS   256
#define SENDERS   256
#define RELAYS    64
#define NAME_SIZE 96

struct pair {
	char full[NAME_SIZE]; /* name[address] */
	char address[NAME_SIZE];
};

static struct pair clients[CLIENTS];
static char relays[RELAYS][NAME_SIZE];
static char senders[SENDERS][NAME_SIZE];
static bool pools_filled;

uint32_t
random_below(struct random *random, uint32_t limit)
{
	uint64_t z = random->state += 0x9e3779b97f4a7c15u;

	z = (z ^ (z >> 30)) * 0xbf58476d1ce4e5b9u;
	z = (z ^ (z >> 27)) * 0x94d049bb133111ebu;
	z ^= z >> 31;
	return ((uint32_t)(((z >> 32) * limit) >> 32));
}

#define PICK(random, list) ((list)[random_below((random), COUNT(list))])

static bool
one_in(struct random *random, uint32_t n)
{
	return (random_below(random, n) == 0);
}

void
output_bytes(struct output *out, const char *bytes, size_t length)
{
	memcpy(out->data + out->length, bytes, length);
	out->length += length;
}

void
output_text(struct output *out, const char *text)
{
	output_bytes(out, text, strlen(text));
}

void
output_number(struct output *out, uint64_t number)
{
	char digits[20];
	size_t i = sizeof(digits);

	do {
		digits[--i] = (char)('0' + number % 10);
		number /= 10;
	} while (number > 0);
	output_bytes(out, digits + i, sizeof(digits) - i);
}

static void
output_char(struct output *out, char c)
{
	out->data[out->length++] = c;
}

static void
output_address(struct output *out, struct random *random)
{
	if (one_in(random, 8)) {
		output_text(out, "2001:db8::");
		output_number(out, 1 + random_below(random, 9999));
		return;
	}
	output_text(out, one_in(random, 2) ? "192.0.2." : "203.0.113.");
	output_number(out, 1 + random_below(random, 254));
}

static void
pair_fill(char *full, char *address, const char *name, struct random *random)
{
	struct output out = { address, 0 };

	output_address(&out, random);
	output_char(&out, '\0');
	out = (struct output){ full, 0 };
	output_text(&out, name);
	output_char(&out, '[');
	output_text(&out, address);
	output_text(&out, "]");
	output_char(&out, '\0');
}

/* Returns its domain. */
static const char *
output_mailbox(struct output *out, struct random *random)
{
	const char *domain;

	output_text(out,
	    one_in(random, 50) ? PICK(random, hostile_users) :
				 PICK(random, users));
	output_char(out, '@');
	domain = PICK(random, domains);
	output_text(out, domain);
	return (domain);
}

static void
output_recipient(
    struct output *out, struct context *context, struct random *random)
{
	const char *domain = output_mailbox(out, random);

	if (context->domain == NULL)
		context->domain = domain;
}

static void
pools_fill(struct random *random)
{
	char address[NAME_SIZE];

	for (size_t i = 0; i < CLIENTS; i++)
		pair_fill(clients[i].full, clients[i].address,
		    PICK(random, client_names), random);
	for (size_t i = 0; i < RELAYS; i++)
		pair_fill(
		    relays[i], address, PICK(random, relay_names), random);
	for (size_t i = 0; i < SENDERS; i++) {
		struct output out = { senders[i], 0 };

		if (one_in(random, 25))
			output_text(&out, PICK(random, hostile_senders));
		else if (!one_in(random, 8))
			(void)output_mailbox(&out, random);
		output_char(&out, '\0');
	}
	pools_filled = true;
}

/* The short form is the time and inode in hexadecimal; the long form (since
   Postfix 2.9) has no vowels and a z between the time and the inode. */
static void
queue_id(char *id, struct random *random)
{
	static const char hex[] = "0123456789ABCDEF";
	static const char safe[] =
	    "0123456789BCDFGHJKLMNPQRSTVWXYZbcdfghjklmnpqrstvwxy";
	size_t length = 0;

	if (one_in(random, 2)) {
		size_t want = 10 + random_below(random, 2);

		while (length < want)
			id[length++] = hex[random_below(random, 16)];
	} else {
		id[length++] = '4';
		while (length < 10)
			id[length++] =
			    safe[random_below(random, sizeof(safe) - 1)];
		id[length++] = 'z';
		while (length < 15)
			id[length++] =
			    safe[random_below(random, sizeof(safe) - 1)];
	}
	id[length] = '\0';
}

void
context_new(struct context *context, struct random *random)
{
	const struct pair *client;

	if (!pools_filled)
		pools_fill(random);
	client = &PICK(random, clients);
	queue_id(context->queue_id, random);
	queue_id(context->second_id, random);
	context->client = client->full;
	context->address = client->address;
	context->sender = PICK(random, senders);
	context->helo = one_in(random, 20) ? PICK(random, hostile_helos) :
					     PICK(random, helos);
	context->relay = PICK(random, relays);
	context->size = 300 + random_below(random, 9000000);
	if (one_in(random, 1000))
		context->size += 5000000000; /* more than 32 bits */
	context->recipients = 1;
	context->filtered = context->second = false;
	context->delivered_count = 0;
}

/* A time as Postfix prints it: two significant digits, never an exponent.
   Returns it in microseconds. */
static uint64_t
output_delay(struct output *out, struct random *random)
{
	uint64_t number, more;

	switch (random_below(random, 6)) {
	case 0:
		output_char(out, '0');
		return (0);
	case 1:
	case 2:
		output_text(out, "0.0");
		number = 1 + random_below(random, 9);
		output_number(out, number);
		return (number * 10000);
	case 3:
		output_text(out, "0.");
		number = 11 + random_below(random, 88);
		output_number(out, number);
		return (number * 10000);
	case 4:
		number = 1 + random_below(random, 9);
		output_number(out, number);
		output_char(out, '.');
		more = 1 + random_below(random, 9);
		output_number(out, more);
		return (number * 1000000 + more * 100000);
	default:
		number = 10 +
		    random_below(random, one_in(random, 10) ? 90000 : 90);
		output_number(out, number);
		return (number * 1000000);
	}
}

static void
output_delays(
    struct output *out, struct context *context, struct random *random)
{
	uint64_t *delay = context->delay;

	output_text(out, "delay=");
	delay[DELAYS - 1] = output_delay(out, random);
	for (int i = 0; i < DELAYS - 1; i++) {
		output_text(out, i == 0 ? ", delays=" : "/");
		delay[i] = output_delay(out, random);
	}
	context->delays = DELAYS;
}

/* Before Postfix 2.3: whole seconds, and no parts. */
static void
output_old_delay(
    struct output *out, struct context *context, struct random *random)
{
	uint64_t seconds = 1 + random_below(random, 99);

	output_text(out, "delay=");
	output_number(out, seconds);
	context->delay[DELAYS - 1] = seconds * 1000000;
	context->delays = 1;
}

/* A reply so long that Postfix cuts the line. */
static void
output_long(struct output *out, struct random *random)
{
	size_t end = out->length + 1700 + random_below(random, 900);

	while (out->length < end) {
		output_text(out,
		    one_in(random, 4) ? PICK(random, hostile_words) :
					PICK(random, remote_words));
		output_char(out, ' ');
	}
}

/* 3.11: one word of what TLS was wanted, and what came of it. */
static void
output_tls(struct output *out, struct random *random)
{
	static const char *const words[] = { "may", "none", "dane", "!dane",
		"encrypt:verify", "dane?", "requiretls/!dane:may" };

	if (one_in(random, 4)) {
		output_text(out, ", tls=");
		output_text(out, PICK(random, words));
	}
}

static void
output_optional(struct output *out, struct random *random, char directive)
{
	switch (directive) {
	case 'o':
		if (one_in(random, 6)) {
			output_text(out, ", orig_to=<");
			(void)output_mailbox(out, random);
			output_char(out, '>');
		}
		break;
	case 'u':
		if (one_in(random, 6)) {
			output_text(out, ", conn_use=");
			output_number(out, 2 + random_below(random, 90));
		}
		break;
	case 'T':
		output_tls(out, random);
		break;
	}
}

static void
output_fresh_id(struct output *out, struct random *random)
{
	char id[QUEUE_ID_SIZE];

	queue_id(id, random);
	output_text(out, id);
}

/* The values of one line. */
static void
output_random(struct output *out, struct random *random, char directive)
{
	switch (directive) {
	case 'D':
		output_text(out, PICK(random, domains));
		break;
	case 'i':
		output_number(out, 1 + random_below(random, 99));
		break;
	case 'k':
		output_number(out, 300 + random_below(random, 9000000));
		break;
	case 'P':
		output_number(out, 1024 + random_below(random, 64000));
		break;
	case 'X':
		output_fresh_id(out, random);
		break;
	case 'S':
		output_text(out,
		    one_in(random, 3) ? PICK(random, hostile_subjects) :
					PICK(random, subjects));
		break;
	case 'x':
		output_text(out,
		    one_in(random, 10) ? PICK(random, hostile_words) :
					 PICK(random, remote_words));
		break;
	case 'w':
		output_text(out, PICK(random, users));
		break;
	case 'g':
		output_text(out, PICK(random, commands));
		break;
	case 'L':
		output_long(out, random);
		break;
	case 'U':
		output_text(out, "\377\200\300\257\355\240\200");
		break;
	case '0':
		output_char(out, '\0');
		break;
	case '%':
		output_char(out, '%');
		break;
	default:
		output_optional(out, random, directive);
		break;
	}
}

/*
 * Of the transaction: %q queue id, %N second queue id, %c client, %a its
 * address, %f sender, %e HELO name, %r remote host, %z size, %n number of
 * recipients.  Of the line: %t recipient, %o orig_to, %u conn_use, %T tls, %d
 * the delay fields, %l the one that old ones have, %D domain, %i a small number, %k a size, %P a port, %X a
 * queue id, %S subject, %x words of a remote server, %w a word, %g a command,
 * %L over-long text, %U no UTF-8, %0 NUL.
 */
void
line_expand(struct output *out, struct context *context, struct random *random,
    const char *text)
{
	const char *percent;

	context->delays = 0;
	context->domain = NULL;
	while ((percent = strchr(text, '%')) != NULL) {
		output_bytes(out, text, (size_t)(percent - text));
		text = percent + 2;
		switch (percent[1]) {
		case 'q':
			output_text(out, context->queue_id);
			break;
		case 'N':
			output_text(out, context->second_id);
			break;
		case 'c':
			output_text(out, context->client);
			break;
		case 'a':
			output_text(out, context->address);
			break;
		case 'f':
			output_text(out, context->sender);
			break;
		case 'e':
			output_text(out, context->helo);
			break;
		case 'r':
			output_text(out, context->relay);
			break;
		case 'z':
			output_number(out, context->size);
			break;
		case 'n':
			output_number(out, context->recipients);
			break;
		case 't':
			output_recipient(out, context, random);
			break;
		case 'd':
			output_delays(out, context, random);
			break;
		case 'l':
			output_old_delay(out, context, random);
			break;
		default:
			output_random(out, random, percent[1]);
			break;
		}
	}
	output_text(out, text);
}
