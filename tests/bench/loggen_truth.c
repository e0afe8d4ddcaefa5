/*
 * The ground truth of loggen: what each shape does to the counters, and the
 * list of keys that must be there with 0.  It shares no code with the product
 * on purpose: two independent readings of one rule must agree.
 */
#include <err.h>
#include <stdarg.h>
#include <stdlib.h>
#include <string.h>

#include "loggen.h"

#define KEY_SIZE      96
#define TABLE_SIZE    16384 /* a power of two, some times the keys */
#define LAST_SIZE     256
#define MAX_INSTANCES 8

struct entry {
	char key[KEY_SIZE];
	uint64_t value;
};

struct truth {
	struct entry table[TABLE_SIZE];
	size_t entries;
	const char *instances[MAX_INSTANCES];
	size_t instance_count;
	struct entry *last[LAST_SIZE]; /* moved by the last line */
	size_t last_count;
	bool configured;
};

static const char *const statuses[] = { "sent", "deferred", "bounced",
	"softbounce", "forwarded" };
static const char *const classes[] = { "4xx", "5xx" };
static const char *const causes[] = { "timeout", "refused", "unreachable",
	"dns", "tls", "lost", "other" };
static const char *const levels[] = { "warning", "error", "fatal", "panic" };
static const char *const aborts[] = { "smtpd_lost", "smtpd_timeout",
	"smtpd_error_limit" };
static const char *const service_keys[] = { "smtpd_connect", "smtpd_disconnect",
	"smtpd_fcrdns_error", "smtpd_pipelining", "smtpd_tls",
	"smtpd_tls_failure" };
static const char *const line_kinds[] = { "read", "postfix", "foreign",
	"unrecognised", "malformed", "overlong", "incomplete" };
static const char *const total_keys[][2] = { { "sent", "smtp" },
	{ "sent", "local" }, { "sent", "virtual" }, { "sent", "lmtp" },
	{ "sent", "discard" }, { "recv", "smtp" }, { "recv", "local" },
	{ "smtp", "4xx" }, { "smtp", "5xx" }, { "smtpd", "4xx" },
	{ "smtpd", "5xx" }, { "queue_in", "messages" }, { "queue_in", "bytes" },
	{ "queue_in", "recipients" }, { "queue_out", "removed" },
	{ "queue_out", "expired" }, { "queue_out", "force_expired" },
	{ "queue_out", "bounce_sent" } };

/* Those of which there are none by instance. */
static const char *const single_keys[][2] = { { "volume", "missed" },
	{ "queue_in_size", "sum" }, { "queue_in_size", "count" },
	{ "queue_in_recipients", "sum" }, { "queue_in_recipients", "count" },
	{ "probe_mail", "received" }, { "probe_mail", "messages" },
	{ "probe_mail", "bytes" }, { "probe_mail", "recipients" },
	{ "probe_mail", "sent" }, { "probe_mail", "deferred" },
	{ "probe_mail", "bounced" }, { "probe_mail", "softbounce" },
	{ "probe_mail", "expired" }, { "probe_mail", "removed" },
	{ "probe_mail", "notified" }, { "filter", "handed_over" },
	{ "filter", "deferred" }, { "filter", "bounced" },
	{ "filter", "softbounce" }, { "filter", "received" },
	{ "filter", "messages" }, { "filter", "bytes" },
	{ "filter", "recipients" }, { "filter", "removed" },
	{ "postscreen_rank", "sum" }, { "postscreen_rank", "count" } };

static const char *const size_bounds[] = { "1000", "10000", "100000", "1000000",
	"10000000", "100000000", "1000000000", NULL };
static const char *const rank_bounds[] = { "1", "2", "3", "4", "5", "6", "8",
	"10", "15", "20", NULL };
static const char *const recipient_bounds[] = { "1", "2", "4", "8", "16", "32",
	"64", "128", NULL };

static const char *const stages[DELAYS] = { "before_queue_manager",
	"queue_manager", "connection_setup", "transmission", "total" };
static const struct {
	const char *text;
	uint64_t microseconds;
} delay_bounds[] = { { "0.001", 1000 }, { "0.01", 10000 }, { "0.1", 100000 },
	{ "0.5", 500000 }, { "1", 1000000 }, { "5", 5000000 },
	{ "10", 10000000 }, { "60", 60000000 }, { "300", 300000000 },
	{ "3600", 3600000000 }, { "86400", 86400000000 },
	{ "172800", 172800000000 } };
static const char *const moved_keys[] = { "cleanup:messages", "cleanup:reject",
	"cleanup:hold", "cleanup:discard", "cleanup:redirect", "cleanup:filter",
	"cleanup:bcc", "cleanup:prepend", "cleanup:replace", "cleanup:strip",
	"cleanup:pass", "cleanup:info", "cleanup:warn", "cleanup:canceled",
	"cleanup:milter_reject", "cleanup:milter_hold",
	"cleanup:milter_discard", "postscreen:connect", "postscreen:disconnect",
	"postscreen:pass_new", "postscreen:pass_old", "postscreen:allow",
	"postscreen:deny", "postscreen:allow_veto", "postscreen:dnsbl",
	"postscreen:pregreet", "postscreen:hangup", "postscreen:bare_newline",
	"postscreen:non_smtp_command", "postscreen:command_pipelining",
	"postscreen:command_time_limit", "postscreen:command_length_limit",
	"postscreen:command_count_limit", "postscreen:no_recipient",
	"postscreen:stress", "anvil:max_connection_rate",
	"anvil:max_connection_count", "anvil:max_message_rate",
	"anvil:max_recipient_rate", "anvil:max_newtls_rate",
	"anvil:max_auth_rate", "anvil:max_cache_size", "scache:domain_hits",
	"scache:domain_misses", "scache:address_hits", "scache:address_misses",
	"scache:max_domains", "scache:max_addresses", "scache:max_connections",
	"verify:cache_retained", "verify:cache_dropped",
	"postscreen_cache:retained", "postscreen_cache:dropped",
	"tlsproxy:connect", "tlsproxy:disconnect", "tlsproxy:handshake_failed",
	"postsuper:deleted", "postsuper:held", "postsuper:released",
	"postsuper:requeued", "postsuper:expired", "postsuper:renamed" };

struct truth *
truth_new(void)
{
	struct truth *truth = calloc(1, sizeof(*truth));

	if (truth == NULL)
		err(1, "truth");
	return (truth);
}

void
truth_free(struct truth *truth)
{
	free(truth);
}

/* The counter of this key; a new one starts at 0. */
static struct entry *
entry_get(struct truth *truth, const char *key, size_t length)
{
	uint32_t hash = 2166136261u;
	struct entry *entry;

	for (size_t i = 0; i < length; i++)
		hash = (hash ^ (unsigned char)key[i]) * 16777619u;
	for (size_t i = hash;; i++) {
		entry = &truth->table[i % TABLE_SIZE];
		if (entry->key[0] == '\0')
			break;
		if (memcmp(entry->key, key, length + 1) == 0)
			return (entry);
	}
	if (++truth->entries > TABLE_SIZE / 2)
		errx(1, "truth: too many keys");
	memcpy(entry->key, key, length + 1);
	return (entry);
}

static void
entry_add(struct truth *truth, const char *key, size_t length, uint64_t n)
{
	struct entry *entry = entry_get(truth, key, length);

	entry->value += n;
	if (n > 0 && truth->last_count < LAST_SIZE)
		truth->last[truth->last_count++] = entry;
}

static size_t
key_append(char *key, size_t length, char separator, const char *label)
{
	size_t size = strlen(label);

	if (length + 1 + size >= KEY_SIZE)
		errx(1, "truth: key too long: %s", label);
	if (length > 0)
		key[length++] = separator;
	memcpy(key + length, label, size + 1);
	return (length + size);
}

/* Add `n` to the key of these labels (NULL ends the list) and, for a family
   that is split, to the key of the instance. */
static void
add(struct truth *truth, uint64_t n, const char *instance, ...)
{
	char key[KEY_SIZE];
	size_t length = 0;
	const char *label;
	va_list labels;

	va_start(labels, instance);
	while ((label = va_arg(labels, const char *)) != NULL)
		length = key_append(key, length, ':', label);
	va_end(labels);
	entry_add(truth, key, length, n);
	if (instance != NULL) {
		length = key_append(key, length, '@', instance);
		entry_add(truth, key, length, n);
	}
}

/* Keys of the same service, or daemon, come to exist together. */
static void
service_seen(struct truth *truth, const char *service)
{
	for (size_t i = 0; i < COUNT(classes); i++)
		add(truth, 0, NULL, "reject_service", service, classes[i],
		    NULL);
	for (size_t i = 0; i < COUNT(service_keys); i++)
		add(truth, 0, NULL, service_keys[i], service, NULL);
	add(truth, 0, NULL, "sasl", service, "ANY", "ok", NULL);
}

static void
add_service(struct truth *truth, const char *key, const char *service)
{
	service_seen(truth, service);
	add(truth, 1, NULL, key, service, NULL);
}

/* `commands` is "ehlo+1 rcpt-2", or NULL. */
static void
add_disconnect(struct truth *truth, const char *commands, const char *service)
{
	char command[16];
	unsigned times;
	char sign;

	add_service(truth, "smtpd_disconnect", service);
	while (commands != NULL && *commands != '\0') {
		int end;

		if (sscanf(commands, "%15[a-z]%c%u %n", command, &sign, &times,
			&end) != 3)
			errx(1, "truth: commands: %s", commands);
		add(truth, sign == '+' ? times : 0, NULL, "smtpd_command",
		    service, command, "ok", NULL);
		add(truth, sign == '+' ? 0 : times, NULL, "smtpd_command",
		    service, command, "failed", NULL);
		if (strcmp(command, "auth") == 0 && sign == '+')
			add(truth, times, NULL, "sasl", service, "ANY", "ok",
			    NULL);
		commands += end;
	}
}

static void
add_abort(struct truth *truth, const struct shape *shape, const char *service)
{
	for (size_t i = 0; i < COUNT(aborts); i++)
		add(truth, 0, NULL, aborts[i], service, shape->cause, NULL);
	add(truth, 1, NULL, shape->label, service, shape->cause, NULL);
}

static void
add_tls(struct truth *truth, const struct shape *shape, const char *service)
{
	add(truth, 1, NULL, "tls", shape->dsn, shape->label, shape->reply,
	    shape->cause, NULL);
	if (strcmp(shape->daemon, "smtpd") == 0)
		add_service(truth, "smtpd_tls", service);
}

static void
daemon_seen(struct truth *truth, const char *daemon)
{
	for (size_t i = 0; i < COUNT(levels); i++)
		add(truth, 0, NULL, "log", daemon, levels[i], NULL);
	add(truth, 0, NULL, "lines", "unrecognised", daemon, NULL);
}

static void
add_level(struct truth *truth, const char *daemon, const char *level)
{
	daemon_seen(truth, daemon);
	add(truth, 1, NULL, "log", daemon, level, NULL);
}

static void
add_connect_failure(
    struct truth *truth, const char *transport, const char *cause)
{
	for (size_t i = 0; i < COUNT(causes); i++)
		add(truth, 0, NULL, "connect_failure", transport, causes[i],
		    NULL);
	add(truth, 1, NULL, "connect_failure", transport, cause, NULL);
}

static void
add_delay(struct truth *truth, const char *transport, const char *stage,
    uint64_t delay)
{
	for (size_t i = 0; i < COUNT(delay_bounds); i++)
		add(truth, delay <= delay_bounds[i].microseconds, NULL, "delay",
		    transport, stage, "le", delay_bounds[i].text, NULL);
	add(truth, delay, NULL, "delay", transport, stage, "sum", NULL);
	add(truth, 1, NULL, "delay", transport, stage, "count", NULL);
}

/* What a result that is final adds to the delays. */
static void
add_delays(
    struct truth *truth, const char *transport, const struct context *context)
{
	/* Keys of delay_5m come with it, and these with them. */
	for (size_t i = 0; i < COUNT(causes); i++)
		add(truth, 0, NULL, "connect_failure", transport, causes[i],
		    NULL);
	for (size_t i = 0; i < DELAYS; i++)
		if (i >= DELAYS - context->delays)
			add_delay(
			    truth, transport, stages[i], context->delay[i]);
}

/* The first recipient of a message that a transport delivers. */
static void
add_volume(struct truth *truth, const char *transport, const char *instance,
    struct context *context)
{
	for (size_t i = 0; i < context->delivered_count; i++)
		if (strcmp(context->delivered[i], transport) == 0)
			return;
	if (context->delivered_count == MAX_DELIVERED)
		errx(1, "truth: too many transports of one message");
	context->delivered[context->delivered_count++] = transport;
	add(truth, context->size, instance, "delivery_volume", transport,
	    "bytes", NULL);
	add(truth, 1, instance, "delivery_volume", transport, "messages", NULL);
}

static void
add_delivery(struct truth *truth, const struct shape *shape,
    struct context *context, const char *instance, const char *service)
{
	const char *transport = service, *agent = shape->daemon;
	const char *status = shape->label;
	bool forwarded = strcmp(status, "forwarded") == 0;

	if (shape->agent != NULL)
		transport = agent = shape->agent;
	for (size_t i = 0; i < COUNT(statuses); i++)
		add(truth, 0, instance, "delivery", transport, statuses[i],
		    NULL);
	for (size_t i = 0; i < COUNT(classes); i++)
		add(truth, 0, instance, "reply", transport, classes[i], NULL);
	add(truth, 0, instance, "delivery_volume", transport, "bytes", NULL);
	add(truth, 0, instance, "delivery_volume", transport, "messages", NULL);
	add(truth, 1, instance, "delivery", transport, status, NULL);
	if (forwarded)
		add(truth, 1, instance, "delivery", transport, "sent", NULL);
	if (forwarded || strcmp(status, "sent") == 0) {
		add(truth, 1, instance, "sent", agent, NULL);
		add_volume(truth, transport, instance, context);
	}
	if (shape->reply != NULL) {
		add(truth, 1, instance, "reply", transport, shape->reply, NULL);
		if (strcmp(shape->daemon, "smtp") == 0)
			add(truth, 1, instance, "smtp", shape->reply, NULL);
	}
	if (strcmp(status, "deferred") == 0 || strcmp(status, "bounced") == 0)
		add(truth, 1, NULL, "fail_reason", transport,
		    shape_reason(shape), NULL);
	if (shape->dsn != NULL)
		add(truth, 1, NULL, "delivery_dsn", transport, shape->dsn,
		    NULL);
	if (shape->cause != NULL)
		add_connect_failure(truth, transport, shape->cause);
	if (forwarded || strcmp(status, "sent") == 0 ||
	    strcmp(status, "bounced") == 0)
		add_delays(truth, transport, context);
}

static void
add_reject(struct truth *truth, const struct shape *shape, const char *instance,
    const char *service)
{
	bool smtpd = strcmp(shape->daemon, "smtpd") == 0;

	add(truth, 1, instance, "reject", shape->daemon, shape->label,
	    shape_reason(shape), NULL);
	if (shape->cause != NULL)
		add(truth, 1, NULL, "reject_stage", shape->cause, NULL);
	if (shape->reply != NULL) {
		add(truth, 1, NULL, "reject_code", shape->reply, NULL);
		add(truth, smtpd, NULL, "smtpd_code", shape->reply, NULL);
		add(truth, !smtpd, NULL, "postscreen_code", shape->reply, NULL);
	}
	if (strcmp(shape->daemon, "cleanup") == 0) {
		/* Only a milter's has a stage. */
		add(truth, 1, NULL, "cleanup",
		    shape->cause != NULL ? "milter_reject" : "reject", NULL);
		return;
	}
	if (smtpd)
		add(truth, 1, instance, "smtpd", shape->label, NULL);
	service_seen(truth, service);
	add(truth, 1, NULL, "reject_service", service, shape->label, NULL);
}

static void
add_receipt(struct truth *truth, const struct shape *shape,
    const char *instance, const char *service)
{
	service_seen(truth, service);
	add(truth, 1, NULL, "receive", service, shape->label, NULL);
	if (shape->kind == KIND_PICKUP)
		add(truth, 1, instance, "recv", "local", NULL);
	else if (strcmp(shape->daemon, "smtpd") == 0)
		add(truth, 1, instance, "recv", "smtp", NULL);
}

/* A value in a histogram with these bounds. */
static void
add_value(struct truth *truth, const char *family, const char *const *bounds,
    uint64_t value)
{
	for (; *bounds != NULL; bounds++)
		add(truth, value <= strtoull(*bounds, NULL, 10), NULL, family,
		    "le", *bounds, NULL);
	add(truth, value, NULL, family, "sum", NULL);
	add(truth, 1, NULL, family, "count", NULL);
}

static void
add_queued(
    struct truth *truth, const struct context *context, const char *instance)
{
	add(truth, 1, instance, "queue_in", "messages", NULL);
	add(truth, context->size, instance, "queue_in", "bytes", NULL);
	add(truth, context->recipients, instance, "queue_in", "recipients",
	    NULL);
	add_value(truth, "queue_in_size", size_bounds, context->size);
	add_value(truth, "queue_in_recipients", recipient_bounds,
	    context->recipients);
}

/* "key", "key+3", "key=3": these keys move. */
static void
add_moves(struct truth *truth, const char *moves)
{
	while (*moves != '\0') {
		size_t length = strcspn(moves, "+= ");
		char key[KEY_SIZE], *end;
		uint64_t n = 1;

		if (length >= KEY_SIZE)
			errx(1, "truth: key too long: %s", moves);
		memcpy(key, moves, length);
		key[length] = '\0';
		end = NULL;
		if (moves[length] == '+' || moves[length] == '=')
			n = strtoull(moves + length + 1, &end, 10);
		entry_add(truth, key, length, n);
		if (moves[length] == '=')
			entry_get(truth, key, length)->value = n;
		moves = end != NULL ? end : moves + length;
		moves += strspn(moves, " ");
	}
}

static void
instance_seen(struct truth *truth, const char *instance)
{
	for (size_t i = 0; i < truth->instance_count; i++)
		if (strcmp(truth->instances[i], instance) == 0)
			return;
	if (truth->instance_count == MAX_INSTANCES)
		errx(1, "truth: too many instances");
	truth->instances[truth->instance_count++] = instance;
}

/* What a line of Postfix moves beside lines:. */
static void
add_event(struct truth *truth, const struct shape *shape,
    struct context *context, const char *instance, const char *service)
{
	switch (shape->kind) {
	case KIND_DELIVERY:
		add_delivery(truth, shape, context, instance, service);
		break;
	case KIND_CONNECT_FAILURE:
		add_connect_failure(truth, service, shape->cause);
		break;
	case KIND_CLIENT:
	case KIND_PICKUP:
		add_receipt(truth, shape, instance, service);
		break;
	case KIND_REJECT:
		add_reject(truth, shape, instance, service);
		break;
	case KIND_CONNECT:
		add_service(truth, "smtpd_connect", service);
		break;
	case KIND_DISCONNECT:
		add_disconnect(truth, shape->label, service);
		break;
	case KIND_ABORT:
		add_abort(truth, shape, service);
		break;
	case KIND_PIPELINING:
		add_service(truth, "smtpd_pipelining", service);
		break;
	case KIND_TLS:
		add_tls(truth, shape, service);
		break;
	case KIND_TLS_FAILURE:
		add_service(truth, "smtpd_tls_failure", service);
		break;
	case KIND_LOGIN:
		add_level(truth, shape->daemon, "warning");
		add(truth, 1, NULL, "sasl", service, shape->label, "failed",
		    NULL);
		break;
	case KIND_NAME:
		add_level(truth, shape->daemon, "warning");
		add_service(truth, "smtpd_fcrdns_error", service);
		break;
	case KIND_QUEUE_IN:
		add_queued(truth, context, instance);
		break;
	case KIND_QUEUE_OUT:
		add(truth, 1, instance, "queue_out", shape->label, NULL);
		break;
	case KIND_LEVEL:
		add_level(truth, shape->daemon, shape->label);
		break;
	case KIND_NAMED:
		add(truth, 1, NULL, "cleanup", "messages", NULL);
		break;
	case KIND_MOVES:
		add_moves(truth, shape->label);
		break;
	case KIND_RANKED:
		add(truth, 1, NULL, "postscreen", "dnsbl", NULL);
		add_value(truth, "postscreen_rank", rank_bounds,
		    strtoull(shape->label, NULL, 10));
		break;
	case KIND_LISTED:
		add(truth, 1, NULL, "dnsblog", shape->label, NULL);
		break;
	case KIND_OTHER:
		daemon_seen(truth, shape->daemon);
		add(truth, 1, NULL, "lines", "unrecognised", NULL);
		add(truth, 1, NULL, "lines", "unrecognised", shape->daemon,
		    NULL);
		break;
	case KIND_KNOWN:
	case KIND_TOOL:
	case KIND_FOREIGN:
	case KIND_MALFORMED:
	case KIND_BADTAG:
	case KIND_OVERLONG:
		break;
	}
}

void
truth_line(struct truth *truth, const struct shape *shape,
    struct context *context, const char *instance, const char *service)
{
	truth->last_count = 0;
	add(truth, 1, NULL, "lines", "read", NULL);
	switch (shape->kind) {
	case KIND_MALFORMED:
	case KIND_BADTAG:
		add(truth, 1, NULL, "lines", "malformed", NULL);
		break;
	case KIND_OVERLONG:
		add(truth, 1, NULL, "lines", "overlong", NULL);
		break;
	case KIND_FOREIGN:
		add(truth, 1, NULL, "lines", "foreign", NULL);
		break;
	case KIND_TOOL:
		add(truth, 1, NULL, "lines", "postfix", NULL);
		instance_seen(truth, "postfix");
		break;
	default:
		add(truth, 1, NULL, "lines", "postfix", NULL);
		instance_seen(truth, instance);
		if (service == NULL)
			service = shape->daemon;
		if (!truth->configured ||
		    !configured_line(truth, shape, context, instance, service))
			add_event(truth, shape, context, instance, service);
		break;
	}
}

void
truth_configure(struct truth *truth)
{
	truth->configured = true;
	truth_add(truth, "rule:lost", 0);
	truth_add(truth, "rule:login", 0);
	truth_add(truth, "rule:size", 0);
}

void
truth_end(struct truth *truth, uint64_t end)
{
	if (truth->configured)
		configured_end(truth, end);
}

void
truth_add(struct truth *truth, const char *key, uint64_t n)
{
	entry_add(truth, key, strlen(key), n);
}

void
truth_add_sent(struct truth *truth, const char *instance, const char *agent)
{
	add(truth, 1, instance, "sent", agent, NULL);
}

void
truth_raise(
    struct truth *truth, const char *front, const char *label, uint64_t value)
{
	char key[KEY_SIZE];
	struct entry *entry;

	if (snprintf(key, sizeof(key), "%s%s", front, label) >= KEY_SIZE)
		errx(1, "truth: key too long: %s", label);
	entry = entry_get(truth, key, strlen(key));
	if (entry->value < value)
		entry->value = value;
}

void
truth_each(struct truth *truth,
    void (*each)(struct truth *, const char *, uint64_t, uint64_t),
    uint64_t more)
{
	for (size_t i = 0; i < TABLE_SIZE; i++)
		if (truth->table[i].key[0] != '\0')
			each(truth, truth->table[i].key, truth->table[i].value,
			    more);
}

void
truth_print_last(const struct truth *truth, FILE *file)
{
	const char *blank = "";

	for (size_t i = 0; i < truth->last_count; i++) {
		if (strchr(truth->last[i]->key, '@') != NULL)
			continue;
		fprintf(file, "%s%s", blank, truth->last[i]->key);
		blank = " ";
	}
}

/* The keys without labels to fill in, which are there from the start. */
static void
add_fixed(struct truth *truth, const char *instance)
{
	for (size_t i = 0; i < COUNT(total_keys); i++)
		add(truth, 0, instance, total_keys[i][0], total_keys[i][1],
		    NULL);
	for (size_t i = 0; i < COUNT(single_keys); i++)
		add(truth, 0, NULL, single_keys[i][0], single_keys[i][1], NULL);
	for (size_t i = 0; i < COUNT(line_kinds); i++)
		add(truth, 0, NULL, "lines", line_kinds[i], NULL);
	for (size_t i = 0; i < COUNT(moved_keys); i++)
		entry_add(truth, moved_keys[i], strlen(moved_keys[i]), 0);
}

static int
entry_compare(const void *a, const void *b)
{
	const struct entry *const *left = a, *const *right = b;

	return (strcmp((*left)->key, (*right)->key));
}

/* Sums of delays are kept in microseconds and shown in seconds. */
static bool
is_seconds(const char *key)
{
	return (strncmp(key, "delay:", 6) == 0 &&
	    strcmp(strrchr(key, ':'), ":sum") == 0);
}

static int
print_entry(const struct entry *entry, FILE *file)
{
	unsigned long long value = entry->value;

	if (is_seconds(entry->key))
		return (fprintf(file, "%s %llu.%06llu\n", entry->key,
		    value / 1000000, value % 1000000));
	return (fprintf(file, "%s %llu\n", entry->key, value));
}

int
truth_print(struct truth *truth, FILE *file)
{
	const struct entry *sorted[TABLE_SIZE];
	size_t count = 0;

	add_fixed(truth, NULL);
	for (size_t i = 0; i < truth->instance_count; i++)
		add_fixed(truth, truth->instances[i]);
	for (size_t i = 0; i < TABLE_SIZE; i++) {
		const struct entry *entry = &truth->table[i];

		if (entry->key[0] == '\0' ||
		    (truth->instance_count < 2 &&
			strchr(entry->key, '@') != NULL))
			continue;
		sorted[count++] = entry;
	}
	qsort(sorted, count, sizeof(sorted[0]), entry_compare);
	for (size_t i = 0; i < count; i++)
		if (print_entry(sorted[i], file) < 0)
			return (-1);
	return (fflush(file) == 0 ? 0 : -1);
}
