/*
 * The truth of what needs a configuration, that of tests/bench/configured.yml,
 * and of what depends on when is published: here once, at the end of the log.
 *
 * A message may pass a filter: transport amavis or the pipe spamd, and back to
 * service reinject or by pickup(8) from uid 165.
 */
#include <err.h>
#include <stdlib.h>
#include <string.h>

#include "loggen.h"

#define KEY_SIZE       128
#define MAX_NAMES      64 /* as many as are told apart exactly */
#define MAX_TRANSPORTS 64
#define SHOWN          10

struct name {
	char text[KEY_SIZE];
	uint64_t count, sent, deferred, bounced;
};

struct ranking {
	const char *dimension;
	bool parts;
	struct name names[MAX_NAMES];
	size_t count;
};

/* How long the deliveries of a transport took, in milliseconds. */
struct delays {
	const char *transport;
	uint64_t *took;
	size_t count, room;
};

static struct ranking domains = { .dimension = "rcpt_domain", .parts = true };
static struct ranking relays = { .dimension = "relay_host", .parts = true };
static struct ranking senders = { .dimension = "sender_domain" };
static struct delays delays[MAX_TRANSPORTS];

static bool
same(const char *a, const char *b)
{
	return (a != NULL && strcmp(a, b) == 0);
}

/* Put the beginning of a key together. */
static void
join(char key[KEY_SIZE], const char *front, const char *end)
{
	if (snprintf(key, KEY_SIZE, "%s%s", front, end) >= KEY_SIZE)
		errx(1, "truth: key too long: %s%s", front, end);
}

/* Add `n` to the key that `front` and `end` make up. */
static void
add(struct truth *truth, const char *front, const char *end, uint64_t n)
{
	char key[KEY_SIZE];

	join(key, front, end);
	truth_add(truth, key, n);
}

/* --- rules ---------------------------------------------------------------- */

static void
add_size(struct truth *truth, uint64_t size)
{
	uint64_t bound = 1;
	char end[KEY_SIZE];

	add(truth, "rule:size", "", 1);
	add(truth, "rule:size:NONE", "", 1);
	add(truth, "rule_value:size:", "count", 1);
	add(truth, "rule_value:size:", "sum", size);
	add(truth, "rule_value:size:", "NONE:sum", size);
	for (int i = 0; i < 10; i++, bound *= 10) {
		snprintf(
		    end, sizeof(end), "le:%llu", (unsigned long long)bound);
		add(truth, "rule_value:size:", end, size <= bound);
	}
}

static void
add_rules(struct truth *truth, const struct shape *shape,
    const struct context *context, const char *service)
{
	if (shape->kind == KIND_ABORT && same(shape->label, "smtpd_lost")) {
		add(truth, "rule:lost", "", 1);
		add(truth, "rule:lost:", shape->cause, 1);
	}
	if (shape->kind == KIND_CLIENT && same(service, "submission") &&
	    !same(shape->label, "NONE")) {
		add(truth, "rule:login", "", 1);
		add(truth, "rule:login:", shape->label, 1);
	}
	if (same(shape->daemon, "qmgr") &&
	    strstr(shape->text, "(queue active)") != NULL)
		add_size(truth, context->size);
}

/* --- the names met most often --------------------------------------------- */

static struct name *
name_get(struct ranking *ranking, const char *text, size_t length)
{
	struct name *name;

	for (size_t i = 0; i < ranking->count; i++) {
		name = &ranking->names[i];
		if (strlen(name->text) == length &&
		    memcmp(name->text, text, length) == 0)
			return (name);
	}
	if (ranking->count == MAX_NAMES || length >= KEY_SIZE)
		errx(1, "truth: too many names, or one too long");
	name = &ranking->names[ranking->count++];
	memcpy(name->text, text, length);
	return (name);
}

static void
rank_part(struct name *name, const char *status)
{
	name->count++;
	name->deferred += same(status, "deferred");
	name->bounced += same(status, "bounced");
	name->sent += same(status, "sent") || same(status, "forwarded");
}

static void
rank_delivery(const struct shape *shape, const struct context *context)
{
	const char *relay = strstr(shape->text, "relay=");
	size_t length;

	if (same(shape->label, "softbounce"))
		return;
	rank_part(name_get(&domains, context->domain, strlen(context->domain)),
	    shape->label);
	relay += strlen("relay=");
	if (strncmp(relay, "%r", 2) == 0)
		relay = context->relay;
	length = strcspn(relay, "[,");
	if (relay[length] == '[')
		rank_part(name_get(&relays, relay, length), shape->label);
}

static void
rank_sender(const struct context *context)
{
	const char *at = strrchr(context->sender, '@');
	const char *domain = *context->sender == '\0' ? "<>" : at + 1;

	name_get(&senders, domain, strlen(domain))->count++;
}

static int
name_compare(const void *a, const void *b)
{
	const struct name *left = a, *right = b;

	return (left->count < right->count ? 1 :
		left->count > right->count ? -1 :
					     0);
}

static void
add_ranking(struct truth *truth, struct ranking *ranking)
{
	qsort(ranking->names, ranking->count, sizeof(ranking->names[0]),
	    name_compare);
	for (size_t i = 0; i < ranking->count && i < SHOWN; i++) {
		const struct name *name = &ranking->names[i];
		char front[KEY_SIZE];

		snprintf(front, sizeof(front),
		    "top:%s:%zu:", ranking->dimension, i + 1);
		add(truth, front, "count", name->count);
		add(truth, front, "error", 0);
		add(truth, front, "sent", name->sent);
		add(truth, front, "deferred", name->deferred);
		add(truth, front, "bounced", name->bounced);
	}
}

/* --- delays --------------------------------------------------------------- */

static void
note_delay(const char *transport, uint64_t milliseconds)
{
	struct delays *list = delays;

	while (list->transport != NULL && !same(list->transport, transport))
		if (++list == delays + MAX_TRANSPORTS)
			errx(1, "truth: too many transports");
	list->transport = transport;
	if (list->count == list->room) {
		list->room = list->room * 2 + 64;
		list->took = realloc(
		    list->took, list->room * sizeof(*list->took));
		if (list->took == NULL)
			err(1, "truth");
	}
	list->took[list->count++] = milliseconds;
}

static int
number_compare(const void *a, const void *b)
{
	const uint64_t *left = a, *right = b;

	return (*left < *right ? -1 : *left > *right);
}

/* What is known of a delay: to the millisecond below 32, else the middle of its
   sixteenth of a doubling. */
static uint64_t
known_delay(uint64_t milliseconds)
{
	uint64_t width = 1;

	if (milliseconds < 32)
		return (milliseconds);
	while (milliseconds / width >= 32)
		width *= 2;
	return (milliseconds / width * width + width / 2);
}

static const char *const percents[] = { ":p50", ":p95", ":p99" };

static void
add_quantiles(struct truth *truth, const struct delays *list)
{
	static const unsigned parts[] = { 50, 95, 99 };
	char front[KEY_SIZE];

	qsort(list->took, list->count, sizeof(*list->took), number_compare);
	join(front, "delay_5m:", list->transport);
	for (size_t i = 0; i < COUNT(parts); i++) {
		size_t nth = (list->count * parts[i] + 99) / 100;

		add(truth, front, percents[i],
		    known_delay(list->took[nth - 1]));
	}
}

/* Keys of the same transport come to exist together. */
static void
quantiles_seen(struct truth *truth, const char *transport)
{
	char front[KEY_SIZE];

	join(front, "delay_5m:", transport);
	for (size_t i = 0; i < COUNT(percents); i++)
		add(truth, front, percents[i], 0);
}

/* --- the filter ----------------------------------------------------------- */

/* What happens to a message on its way to the filter or back.  Returns false if
   that counts as anywhere else. */
static bool
add_filter(struct truth *truth, const struct shape *shape,
    const struct context *context, const char *instance, const char *service)
{
	if (shape->kind == KIND_DELIVERY &&
	    (same(service, "amavis") || same(shape->agent, "spamd"))) {
		add(truth, "filter:",
		    same(shape->label, "sent") ? "handed_over" : shape->label,
		    1);
		if (shape->agent != NULL && same(shape->label, "sent"))
			truth_add_sent(truth, instance, shape->agent);
		return (true);
	}
	if (!context->filtered)
		return (false);
	if (shape->kind == KIND_CLIENT || shape->kind == KIND_PICKUP) {
		if (!context->second)
			return (false);
		add(truth, "filter:", "received", 1);
	} else if (shape->kind == KIND_QUEUE_IN) {
		if (!context->second)
			return (false);
		add(truth, "filter:", "messages", 1);
		add(truth, "filter:", "bytes", context->size);
		add(truth, "filter:", "recipients", context->recipients);
	} else if (shape->kind == KIND_QUEUE_OUT) {
		if (context->second)
			return (false);
		add(truth, "filter:", "removed", 1);
	} else
		return (false);
	return (true);
}

/* --- all of it ------------------------------------------------------------ */

bool
configured_line(struct truth *truth, const struct shape *shape,
    const struct context *context, const char *instance, const char *service)
{
	const char *transport = shape->agent != NULL ? shape->agent : service;

	add_rules(truth, shape, context, service);
	if (add_filter(truth, shape, context, instance, service))
		return (true);
	if (shape->kind == KIND_QUEUE_IN)
		rank_sender(context);
	if (shape->kind != KIND_DELIVERY)
		return (false);
	rank_delivery(shape, context);
	if (context->delays > 0 && !same(shape->label, "deferred") &&
	    !same(shape->label, "softbounce"))
		note_delay(transport, context->delay[DELAYS - 1] / 1000);
	return (false);
}

/* What comes of a key: when what it counts was last, which is at the end if it was
   at all. */
static void
add_of_key(struct truth *truth, const char *key, uint64_t value, uint64_t end)
{
	char label[KEY_SIZE], *rest;
	const char *at = strchr(key, '@');

	join(label, strchr(key, ':') + 1, "");
	rest = strchr(label, ':');
	if (strncmp(key, "delivery:", 9) == 0) {
		bool sent = strncmp(rest, ":sent", 5) == 0;

		snprintf(rest, sizeof(label) - (size_t)(rest - label), "%s",
		    at != NULL ? at : "");
		truth_raise(
		    truth, "last_sent:", label, sent && value > 0 ? end : 0);
		truth_raise(
		    truth, "last_delivery:", label, value > 0 ? end : 0);
	} else if (strncmp(key, "connect_failure:", 16) == 0) {
		*rest = '\0';
		quantiles_seen(truth, label);
	} else if (strncmp(key, "smtpd_connect:", 14) == 0 ||
	    strncmp(key, "receive:", 8) == 0) {
		if (rest != NULL)
			*rest = '\0';
		truth_raise(truth, "last_connect:", label, value > 0 ? end : 0);
	}
}

void
configured_end(struct truth *truth, uint64_t end)
{
	add_ranking(truth, &domains);
	add_ranking(truth, &relays);
	add_ranking(truth, &senders);
	for (size_t i = 0; i < MAX_TRANSPORTS && delays[i].count > 0; i++)
		add_quantiles(truth, &delays[i]);
	truth_each(truth, add_of_key, end);
}
