/*
 * YAML into struct config, by libcyaml.  Numbers are taken as text and read
 * here: libcyaml would take 4096k for 4096.
 */
#include <sys/stat.h>

#include <errno.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include <cyaml/cyaml.h>

#include "lib/config/config.h"
#include "lib/config/config_foreign.h"
#include "lib/config/config_probes.h"
#include "lib/config/config_read.h"
#include "lib/config/config_rules.h"
#include "lib/config/config_whm_raw.h"
#include "lib/config/shipped.h"
#include "lib/config/yaml_line.h"
#include "lib/util/error.h"
#include "lib/util/slice.h"

enum { LOGS_MAX = 16, NAMES_MAX = 16, STRING_MAX = 255, NAME_LEN_MAX = 32 };

/* The file as libcyaml fills it in; what is left out is NULL. */
struct raw_notifications {
	char *enabled;
	char *silent_after;
	char *behind_after;
	char *deferral_high;
	char *deferral_low;
	char *deferral_attempts;
	char *queue_high;
	char *queue_low;
	char *queue_old;
	char *queue_fresh;
	char *certificate_days;
};

struct raw_snmp {
	char *base_oid;
	char *agentx_socket;
	char *ping_interval;
	struct raw_notifications *notifications;
	char *ietf_tables;
};

struct raw_queue {
	char *sample;
	char *interval;
	char *deadline;
	struct config_socket *sockets;
	unsigned sockets_count;
};

struct raw {
	struct config_log *logs;
	unsigned logs_count;
	char *journal;
	char *state_directory;
	char *publish_interval;
	char *capacity;
	char **syslog_names;
	unsigned syslog_names_count;
	struct raw_snmp *snmp;
	struct raw_queue *queue;
	struct config_reinjection *reinjection;
	char *group_by;
	char **top;
	unsigned top_count;
	struct config_rule *rules;
	unsigned rules_count;
	struct config_reason *reasons;
	unsigned reasons_count;
	char *shipped_reasons;
	char *rrd;
	struct raw_probing *probing;
	struct raw_probe *probes;
	unsigned probes_count;
	char *probes_apart;
	struct raw_whm *whm;
	struct raw_whm_server *whm_servers;
	unsigned whm_servers_count;
};

struct loaded {
	struct config config; /* first: what the caller sees */
	struct config_snmp snmp;
	struct config_queue queue;
	struct config_probing probing;
	struct config_probe *probes;
	struct config_whm whm;
	struct config_whm_server *whm_servers;
	struct mailexporter *mailexporter; /* what its file holds, or NULL */
	struct raw none;
	struct raw *raw; /* libcyaml's, or `none` */
};

/* clang-format off */
#define OPTIONAL_STRING(name, in, member) \
	CYAML_FIELD_STRING_PTR(name, \
	    CYAML_FLAG_POINTER | CYAML_FLAG_OPTIONAL, in, member, 1, STRING_MAX)

static const cyaml_schema_field_t log_fields[] = {
	CYAML_FIELD_STRING_PTR("path", CYAML_FLAG_POINTER,
	    struct config_log, path, 1, STRING_MAX),
	CYAML_FIELD_STRING_PTR("instance",
	    CYAML_FLAG_POINTER | CYAML_FLAG_OPTIONAL,
	    struct config_log, instance, 1, NAME_LEN_MAX),
	CYAML_FIELD_END
};

static const cyaml_schema_value_t log_schema = {
	CYAML_VALUE_MAPPING(CYAML_FLAG_DEFAULT, struct config_log, log_fields)
};

static const cyaml_schema_value_t name_schema = {
	CYAML_VALUE_STRING(CYAML_FLAG_POINTER, char *, 1, NAME_LEN_MAX)
};

static const cyaml_schema_field_t notification_fields[] = {
	OPTIONAL_STRING("enabled", struct raw_notifications, enabled),
	OPTIONAL_STRING("silent_after", struct raw_notifications,
	    silent_after),
	OPTIONAL_STRING("behind_after", struct raw_notifications,
	    behind_after),
	OPTIONAL_STRING("deferral_high", struct raw_notifications,
	    deferral_high),
	OPTIONAL_STRING("deferral_low", struct raw_notifications,
	    deferral_low),
	OPTIONAL_STRING("deferral_attempts", struct raw_notifications,
	    deferral_attempts),
	OPTIONAL_STRING("queue_high", struct raw_notifications, queue_high),
	OPTIONAL_STRING("queue_low", struct raw_notifications, queue_low),
	OPTIONAL_STRING("queue_old", struct raw_notifications, queue_old),
	OPTIONAL_STRING("queue_fresh", struct raw_notifications, queue_fresh),
	OPTIONAL_STRING("certificate_days", struct raw_notifications,
	    certificate_days),
	CYAML_FIELD_END
};

static const cyaml_schema_field_t snmp_fields[] = {
	OPTIONAL_STRING("base_oid", struct raw_snmp, base_oid),
	OPTIONAL_STRING("agentx_socket", struct raw_snmp, agentx_socket),
	OPTIONAL_STRING("ping_interval", struct raw_snmp, ping_interval),
	CYAML_FIELD_MAPPING_PTR("notifications",
	    CYAML_FLAG_POINTER | CYAML_FLAG_OPTIONAL,
	    struct raw_snmp, notifications, notification_fields),
	OPTIONAL_STRING("ietf_tables", struct raw_snmp, ietf_tables),
	CYAML_FIELD_END
};

static const cyaml_schema_field_t socket_fields[] = {
	CYAML_FIELD_STRING_PTR("path", CYAML_FLAG_POINTER,
	    struct config_socket, path, 1, SOCKET_PATH_MAX),
	CYAML_FIELD_STRING_PTR("instance",
	    CYAML_FLAG_POINTER | CYAML_FLAG_OPTIONAL,
	    struct config_socket, instance, 1, NAME_LEN_MAX),
	CYAML_FIELD_END
};

static const cyaml_schema_value_t socket_schema = {
	CYAML_VALUE_MAPPING(
	    CYAML_FLAG_DEFAULT, struct config_socket, socket_fields)
};

static const cyaml_schema_field_t queue_fields[] = {
	OPTIONAL_STRING("sample", struct raw_queue, sample),
	OPTIONAL_STRING("interval", struct raw_queue, interval),
	OPTIONAL_STRING("deadline", struct raw_queue, deadline),
	CYAML_FIELD_SEQUENCE("sockets",
	    CYAML_FLAG_POINTER | CYAML_FLAG_OPTIONAL,
	    struct raw_queue, sockets, &socket_schema, 0, CONFIG_SOCKETS_MAX),
	CYAML_FIELD_END
};

static const cyaml_schema_field_t reinjection_fields[] = {
	OPTIONAL_STRING("transport", struct config_reinjection, transport),
	OPTIONAL_STRING("relay", struct config_reinjection, relay),
	OPTIONAL_STRING("service", struct config_reinjection, service),
	OPTIONAL_STRING("client", struct config_reinjection, client),
	OPTIONAL_STRING("pickup_uid", struct config_reinjection, pickup_uid),
	CYAML_FIELD_END
};

static const cyaml_schema_field_t fields[] = {
	CYAML_FIELD_SEQUENCE("logs",
	    CYAML_FLAG_POINTER | CYAML_FLAG_OPTIONAL,
	    struct raw, logs, &log_schema, 0, LOGS_MAX),
	OPTIONAL_STRING("journal", struct raw, journal),
	OPTIONAL_STRING("state_directory", struct raw, state_directory),
	OPTIONAL_STRING("publish_interval", struct raw, publish_interval),
	OPTIONAL_STRING("capacity", struct raw, capacity),
	CYAML_FIELD_SEQUENCE("syslog_names",
	    CYAML_FLAG_POINTER | CYAML_FLAG_OPTIONAL,
	    struct raw, syslog_names, &name_schema, 0, NAMES_MAX),
	CYAML_FIELD_MAPPING_PTR("snmp",
	    CYAML_FLAG_POINTER | CYAML_FLAG_OPTIONAL,
	    struct raw, snmp, snmp_fields),
	CYAML_FIELD_MAPPING_PTR("queue",
	    CYAML_FLAG_POINTER | CYAML_FLAG_OPTIONAL,
	    struct raw, queue, queue_fields),
	CYAML_FIELD_MAPPING_PTR("reinjection",
	    CYAML_FLAG_POINTER | CYAML_FLAG_OPTIONAL,
	    struct raw, reinjection, reinjection_fields),
	OPTIONAL_STRING("group_by", struct raw, group_by),
	CYAML_FIELD_SEQUENCE("top",
	    CYAML_FLAG_POINTER | CYAML_FLAG_OPTIONAL,
	    struct raw, top, &name_schema, 0, NAMES_MAX),
	CYAML_FIELD_SEQUENCE("rules",
	    CYAML_FLAG_POINTER | CYAML_FLAG_OPTIONAL,
	    struct raw, rules, &config_rule_schema, 0, CONFIG_RULES_MAX),
	CYAML_FIELD_SEQUENCE("reasons",
	    CYAML_FLAG_POINTER | CYAML_FLAG_OPTIONAL,
	    struct raw, reasons, &config_reason_schema, 0,
	    CONFIG_REASONS_MAX),
	OPTIONAL_STRING("shipped_reasons", struct raw, shipped_reasons),
	OPTIONAL_STRING("rrd", struct raw, rrd),
	CYAML_FIELD_MAPPING_PTR("probing",
	    CYAML_FLAG_POINTER | CYAML_FLAG_OPTIONAL,
	    struct raw, probing, config_probing_fields),
	CYAML_FIELD_SEQUENCE("probes",
	    CYAML_FLAG_POINTER | CYAML_FLAG_OPTIONAL,
	    struct raw, probes, &config_probe_schema, 0, CONFIG_PROBES_MAX),
	OPTIONAL_STRING("probes_apart", struct raw, probes_apart),
	CYAML_FIELD_MAPPING_PTR("whm",
	    CYAML_FLAG_POINTER | CYAML_FLAG_OPTIONAL,
	    struct raw, whm, config_whm_fields),
	CYAML_FIELD_SEQUENCE("whm_servers",
	    CYAML_FLAG_POINTER | CYAML_FLAG_OPTIONAL,
	    struct raw, whm_servers, &config_whm_server_schema, 0,
	    CONFIG_WHM_SERVERS_MAX),
	CYAML_FIELD_END
};

static const cyaml_schema_value_t schema = {
	CYAML_VALUE_MAPPING(CYAML_FLAG_POINTER, struct raw, fields)
};
/* clang-format on */

/* --- what libcyaml complains of ----------------------------------------- */

struct complaint {
	char text[256];
	struct yaml_place place;
};

/* Of a value that is too long or too short, cyaml tells all: it may be a
   password, and it may look like a place. */
static void
forget_value(char *text)
{
	char *value = NULL;

	if (strncmp(text, "Load: STRING length", 19) == 0)
		value = strpbrk(text + 19, "<>");
	if (value != NULL && (value = strstr(value, ": ")) != NULL)
		*value = '\0';
}

static void hear(cyaml_log_t level, void *context, const char *format,
    va_list args) __attribute__((format(printf, 3, 0)));

static void
hear(cyaml_log_t level, void *context, const char *format, va_list args)
{
	struct complaint *complaint = context;
	char text[256];
	const char *place;

	if (level < CYAML_LOG_ERROR)
		return;
	(void)vsnprintf(text, sizeof(text), format, args);
	text[strcspn(text, "\n")] = '\0';
	forget_value(text);
	place = strstr(text, "(line: ");
	if (place != NULL && complaint->place.line == 0)
		(void)sscanf(place, "(line: %u, column: %u",
		    &complaint->place.line, &complaint->place.column);
	if (complaint->text[0] == '\0')
		(void)snprintf(complaint->text, sizeof(complaint->text), "%s",
		    strncmp(text, "Load: ", 6) == 0 ? text + 6 : text);
}

static cyaml_config_t
cyaml_settings(struct complaint *complaint)
{
	return ((cyaml_config_t){ .log_fn = hear,
	    .log_ctx = complaint,
	    .log_level = CYAML_LOG_ERROR,
	    .mem_fn = cyaml_mem,
	    .flags = CYAML_CFG_DEFAULT });
}

static const char *
complain(const char *path, struct complaint *complaint, cyaml_err_t error)
{
	static const char unexpected[] = "Unexpected key: ";
	unsigned line = complaint->place.line ? complaint->place.line : 1;

	if (strncmp(complaint->text, unexpected, strlen(unexpected)) == 0) {
		unsigned own = yaml_key_line(path,
		    complaint->text + strlen(unexpected), complaint->place);

		line = own ? own : line;
	}
	return (error_text("%s:%u: %s", path, line,
	    complaint->text[0] ? complaint->text : cyaml_strerror(error)));
}

/* --- values ------------------------------------------------------------- */

static bool
read_choice(const char *text, enum config_choice *choice)
{
	bool yes = false;

	if (!config_read_yes(text, &yes))
		return (false);
	if (text != NULL)
		*choice = yes ? CHOICE_YES : CHOICE_NO;
	return (true);
}

static bool
paths_are_absolute(const struct config *config)
{
	for (unsigned i = 0; i < config->logs_count; i++)
		if (config->logs[i].path[0] != '/')
			return (false);
	return (true);
}

static bool
is_oid(const char *text)
{
	return (strspn(text, ".0123456789") == strlen(text));
}

/* As take_notifications(), of samples of the queue and of certificates. */
static const char *
take_queue_limits(const struct raw_notifications *raw,
    struct config_notifications *taken, const char **wanted_r)
{
	*wanted_r = "0 to 1000000000 messages";
	if (!config_read_unsigned(
		raw->queue_high, 0, 1000000000, &taken->queue_high))
		return ("queue_high");
	taken->queue_low = taken->queue_high - taken->queue_high / 2;
	*wanted_r = "1 to 1000000000 messages, and queue_high at most";
	if (!config_read_unsigned(
		raw->queue_low, 1, 1000000000, &taken->queue_low) ||
	    (taken->queue_high > 0 && taken->queue_low > taken->queue_high))
		return ("queue_low");
	*wanted_r = "0 to 31536000 seconds";
	if (!config_read_unsigned(
		raw->queue_old, 0, 31536000, &taken->queue_old))
		return ("queue_old");
	taken->queue_fresh = taken->queue_old - taken->queue_old / 2;
	*wanted_r = "1 to 31536000 seconds, and queue_old at most";
	if (!config_read_unsigned(
		raw->queue_fresh, 1, 31536000, &taken->queue_fresh) ||
	    (taken->queue_old > 0 && taken->queue_fresh > taken->queue_old))
		return ("queue_fresh");
	*wanted_r = "0 to 3650 days";
	if (!config_read_unsigned(
		raw->certificate_days, 0, 3650, &taken->certificate_days))
		return ("certificate_days");
	return (NULL);
}

/* As take().  Without deferral_low it is half of deferral_high, so that who
   sets one of them need not set both. */
static const char *
take_notifications(const struct raw_notifications *raw,
    struct config_notifications *taken, const char **wanted_r)
{
	*wanted_r = "yes or no";
	if (!config_read_yes(raw->enabled, &taken->enabled))
		return ("enabled");
	*wanted_r = "0 to 604800 seconds";
	if (!config_read_unsigned(
		raw->silent_after, 0, 604800, &taken->silent_after))
		return ("silent_after");
	if (!config_read_unsigned(
		raw->behind_after, 0, 604800, &taken->behind_after))
		return ("behind_after");
	*wanted_r = "0 to 100 percent";
	if (!config_read_unsigned(
		raw->deferral_high, 0, 100, &taken->deferral_high))
		return ("deferral_high");
	taken->deferral_low = (taken->deferral_high + 1) / 2;
	*wanted_r = "1 to 100 percent, and deferral_high at most";
	if (!config_read_unsigned(
		raw->deferral_low, 1, 100, &taken->deferral_low) ||
	    (taken->deferral_high > 0 &&
		taken->deferral_low > taken->deferral_high))
		return ("deferral_low");
	*wanted_r = "1 to 1000000";
	if (!config_read_unsigned(
		raw->deferral_attempts, 1, 1000000, &taken->deferral_attempts))
		return ("deferral_attempts");
	return (take_queue_limits(raw, taken, wanted_r));
}

static const char *
take_snmp(const struct raw_snmp *raw, struct config_snmp *taken,
    const char **wanted_r)
{
	if (raw->base_oid != NULL)
		taken->base_oid = raw->base_oid;
	if (raw->agentx_socket != NULL)
		taken->agentx_socket = raw->agentx_socket;
	*wanted_r = "1 to 3600 seconds";
	if (!config_read_unsigned(
		raw->ping_interval, 1, 3600, &taken->ping_interval))
		return ("ping_interval");
	*wanted_r = "numbers and dots";
	if (!is_oid(taken->base_oid))
		return ("base_oid");
	return (raw->notifications == NULL ?
		NULL :
		take_notifications(
		    raw->notifications, &taken->notifications, wanted_r));
}

/* Each socket has an instance of its own. */
static bool
instances_differ(const struct config_queue *queue)
{
	for (unsigned i = 0; i < queue->sockets_count; i++) {
		const char *instance = queue->sockets[i].instance;

		if (instance == NULL && queue->sockets_count > 1)
			return (false);
		for (unsigned j = 0; instance != NULL && j < i; j++)
			if (strcmp(instance, queue->sockets[j].instance) == 0)
				return (false);
	}
	return (true);
}

static const char *
take_queue(const struct raw_queue *raw, struct config_queue *queue,
    const char **wanted_r)
{
	if (raw == NULL)
		return (NULL);
	if (raw->sockets_count > 0) {
		queue->sockets = raw->sockets;
		queue->sockets_count = raw->sockets_count;
		queue->sample = CHOICE_YES;
	}
	*wanted_r = "yes or no";
	if (!read_choice(raw->sample, &queue->sample))
		return ("queue/sample");
	*wanted_r = "0.05 to 3600 seconds";
	if (!config_read_seconds(raw->interval, 0.05, 3600, &queue->interval))
		return ("queue/interval");
	if (!config_read_seconds(raw->deadline, 0.05, 3600, &queue->deadline))
		return ("queue/deadline");
	*wanted_r = "absolute";
	for (unsigned i = 0; i < queue->sockets_count; i++)
		if (queue->sockets[i].path[0] != '/')
			return ("sockets/path");
	*wanted_r = "of an instance each, and no two of the same";
	return (instances_differ(queue) ? NULL : "queue/sockets");
}

/* Whether there are 1 to REINJECTION_NAMES_MAX names, blanks or commas between
   them, and if they must be they are `numbers`. */
static bool
are_names(const char *names, bool numbers)
{
	unsigned count = 0;

	while (*names != '\0') {
		size_t len = strcspn(names, " ,");
		uint64_t number;

		if (numbers && len > 0 &&
		    (!slice_number((struct slice){ names, len }, &number) ||
			number > UINT32_MAX))
			return (false);
		count += len > 0;
		names += len + (names[len] != '\0');
	}
	return (count > 0 && count <= REINJECTION_NAMES_MAX);
}

static bool
read_grouping(const char *text, bool *by_host)
{
	if (text == NULL)
		return (true);
	*by_host = strcmp(text, "host") == 0;
	return (*by_host || strcmp(text, "syslog_name") == 0);
}

/* Whether these are what top.c knows, each once. */
static bool
are_dimensions(char *const *names, unsigned count)
{
	static const char *const known[] = { "rcpt_domain", "sender_domain",
		"relay_host", "sasl_user", "client" };

	for (unsigned i = 0; i < count; i++) {
		bool found = false;

		for (size_t k = 0; k < COUNT(known); k++)
			found |= strcmp(names[i], known[k]) == 0;
		for (unsigned j = 0; j < i; j++)
			found &= strcmp(names[i], names[j]) != 0;
		if (!found)
			return (false);
	}
	return (true);
}

static const char *
take_reinjection(
    const struct config_reinjection *reinjection, const char **wanted_r)
{
	const struct {
		const char *key, *names;
	} ways[] = {
		{ "reinjection/transport", reinjection->transport },
		{ "reinjection/relay", reinjection->relay },
		{ "reinjection/service", reinjection->service },
		{ "reinjection/client", reinjection->client },
	};

	*wanted_r = "1 to 16 names";
	for (size_t i = 0; i < COUNT(ways); i++)
		if (ways[i].names != NULL && !are_names(ways[i].names, false))
			return (ways[i].key);
	*wanted_r = "1 to 16 user ids";
	if (reinjection->pickup_uid != NULL &&
	    !are_names(reinjection->pickup_uid, true))
		return ("reinjection/pickup_uid");
	return (NULL);
}

/* Take over what the file says.  Returns NULL, or the key at fault, behind the
   one that it stands under and a slash where others have that key, too, and
   what it should be. */
static const char *
take(struct loaded *loaded, const char **wanted_r)
{
	struct config *config = &loaded->config;
	const struct raw_snmp *snmp = loaded->raw->snmp;
	const char *key;

	config->logs = loaded->raw->logs;
	config->logs_count = loaded->raw->logs_count;
	config->syslog_names = loaded->raw->syslog_names;
	config->syslog_names_count = loaded->raw->syslog_names_count;
	if (loaded->raw->state_directory != NULL)
		config->state_directory = loaded->raw->state_directory;

	config->rules = loaded->raw->rules;
	config->rules_count = loaded->raw->rules_count;
	config->reasons = loaded->raw->reasons;
	config->reasons_count = loaded->raw->reasons_count;

	*wanted_r = "yes or no";
	if (!read_choice(loaded->raw->journal, &config->journal))
		return ("journal");
	if (!config_read_yes(
		loaded->raw->shipped_reasons, &config->shipped_reasons))
		return ("shipped_reasons");
	if (!config_read_yes(loaded->raw->probes_apart, &config->probes_apart))
		return ("probes_apart");
	if (snmp != NULL &&
	    !config_read_yes(snmp->ietf_tables, &loaded->snmp.ietf_tables))
		return ("ietf_tables");
	*wanted_r = "0.05 to 3600 seconds";
	if (!config_read_seconds(loaded->raw->publish_interval, 0.05, 3600,
		&config->publish_interval))
		return ("publish_interval");
	*wanted_r = "2048 to 1048576 keys, a multiple of 8";
	if (!config_read_unsigned(
		loaded->raw->capacity, 2048, 1 << 20, &config->capacity) ||
	    config->capacity % 8 != 0)
		return ("capacity");
	if (snmp != NULL &&
	    (key = take_snmp(snmp, &loaded->snmp, wanted_r)) != NULL)
		return (key);
	config->rrd = loaded->raw->rrd;
	*wanted_r = "absolute";
	if (config->rrd != NULL && config->rrd[0] != '/')
		return ("rrd");
	if (!paths_are_absolute(config))
		return ("logs/path");
	*wanted_r = "host or syslog_name";
	if (!read_grouping(loaded->raw->group_by, &config->by_host))
		return ("group_by");
	config->top = loaded->raw->top;
	config->top_count = loaded->raw->top_count;
	*wanted_r = "of rcpt_domain, sender_domain, relay_host, sasl_user and "
		    "client";
	if (!are_dimensions(config->top, config->top_count))
		return ("top");
	config->reinjection = loaded->raw->reinjection;
	if (config->reinjection != NULL &&
	    (key = take_reinjection(config->reinjection, wanted_r)) != NULL)
		return (key);
	return (take_queue(loaded->raw->queue, &loaded->queue, wanted_r));
}

/* --- files -------------------------------------------------------------- */

static int
load_file(const char *path, struct loaded *loaded, const char **error_r)
{
	struct complaint complaint = { .place = { 0, 0 } };
	cyaml_config_t settings = cyaml_settings(&complaint);
	const char *problem;
	cyaml_err_t error;
	struct stat st;
	unsigned line;

	if (stat(path, &st) == -1 ||
	    (!S_ISREG(st.st_mode) && (errno = EINVAL) != 0)) {
		*error_r = error_text(
		    "cannot read %s: %s", path, strerror(errno));
		return (-1);
	}
	switch (yaml_check(path, &line, &problem)) {
	case 0:
		return (0);
	case -1:
		*error_r = error_text("%s:%u: %s", path, line, problem);
		return (-1);
	}
	error = cyaml_load_file(
	    path, &settings, &schema, (cyaml_data_t **)&loaded->raw, NULL);
	if (error != CYAML_OK) {
		*error_r = complain(path, &complaint, error);
		return (-1);
	}
	return (0);
}

/* Say what take() refused. */
static const char *
refuse(const char *file, const char *where, const char *wanted)
{
	struct yaml_place after = { 0, 0 };
	struct slice key = slice_of(where), above;
	char name[32];

	if (slice_cut(&key, '/', &above)) {
		(void)snprintf(
		    name, sizeof(name), "%.*s", (int)above.len, above.at);
		after.line = yaml_key_line(file, name, after);
	}
	return (error_text("%s:%u: %s must be %s", file,
	    yaml_key_line(file, key.at, after), key.at, wanted));
}

/* The same of an item of a list. */
static const char *
refuse_item(const struct loaded *loaded, const char *list, unsigned item,
    const char *key, const char *wanted)
{
	const char *inner;

	if (loaded->mailexporter != NULL)
		key = mailexporter_key(key);
	inner = strrchr(key, '/');
	return (error_text("%s:%u: %s must be %s", loaded->config.file,
	    config_item_line(&loaded->config, list, item, key),
	    inner != NULL ? inner + 1 : key, wanted));
}

/* NULL, or what is wrong with the probes. */
static const char *
check_probes(struct loaded *loaded)
{
	const struct raw *raw = loaded->raw;
	const char *key, *wanted;
	unsigned item;

	key = config_take_probing(raw->probing,
	    config_keys_of_probes(raw->probes, raw->probes_count),
	    &loaded->probing, &wanted);
	if (key != NULL)
		return (refuse(loaded->config.file, key, wanted));
	if (raw->probes_count == 0)
		return (NULL);
	loaded->probes = calloc(raw->probes_count, sizeof(*loaded->probes));
	if (loaded->probes == NULL)
		return (strerror(ENOMEM));
	loaded->config.probes = loaded->probes;
	loaded->config.probes_count = raw->probes_count;
	key = config_take_probes(
	    raw->probes, raw->probes_count, loaded->probes, &item, &wanted);
	return (key == NULL ? NULL :
			      refuse_item(loaded, "probes", item, key, wanted));
}

/* The same of servers with WHM. */
static const char *
check_whm(struct loaded *loaded)
{
	const struct raw *raw = loaded->raw;
	unsigned count = raw->whm_servers_count, item;
	const char *key, *wanted;

	loaded->whm_servers = calloc(count + 1, sizeof(*loaded->whm_servers));
	if (loaded->whm_servers == NULL)
		return (strerror(ENOMEM));
	loaded->config.whm_servers = loaded->whm_servers;
	loaded->config.whm_servers_count = count;
	key = config_take_whm_servers(
	    raw->whm_servers, count, loaded->whm_servers, &item, &wanted);
	if (key != NULL)
		return (refuse_item(loaded, "whm_servers", item, key, wanted));
	key = config_take_whm(
	    raw->whm, loaded->whm_servers, count, &loaded->whm, &wanted);
	return (key == NULL ? NULL : refuse(loaded->config.file, key, wanted));
}

/* The same of the rules. */
static const char *
check_rules(struct loaded *loaded)
{
	const char *key, *wanted;
	unsigned item;

	key = config_take_rules(
	    loaded->raw->rules, loaded->raw->rules_count, &item, &wanted);
	return (key == NULL ? NULL :
			      refuse_item(loaded, "rules", item, key, wanted));
}

static const struct config_queue queue_default = {
	.sockets = &(struct config_socket){ .path = SHOWQ_SOCKET },
	.sockets_count = 1,
	.interval = 30,
	.deadline = 60,
};

/* With everything at its default; NULL: no memory. */
static struct loaded *
loaded_new(void)
{
	struct loaded *loaded = calloc(1, sizeof(*loaded));

	if (loaded == NULL)
		return (NULL);
	loaded->snmp.base_oid = "1.3.6.1.4.1.8072.9999.9999.25";
	loaded->snmp.agentx_socket = "/var/agentx/master";
	loaded->snmp.ping_interval = 5;
	loaded->snmp.notifications = (struct config_notifications){
		.enabled = true,
		.silent_after = 3600,
		.behind_after = 60,
		.deferral_high = 50,
		.deferral_low = 25,
		.deferral_attempts = 20,
		.certificate_days = 14,
	};
	loaded->snmp.ietf_tables = true;
	loaded->config.snmp = &loaded->snmp;
	loaded->queue = queue_default;
	loaded->config.queue = &loaded->queue;
	loaded->config.state_directory = "/var/lib/postfix-stats";
	loaded->config.publish_interval = 1;
	loaded->config.capacity = 4096;
	loaded->config.shipped_reasons = true;
	loaded->config.probing = &loaded->probing;
	loaded->config.whm = &loaded->whm;
	return (loaded);
}

/* Read and check the file that `loaded` is of, if any. */
static int
load(struct loaded *loaded, const char **error_r)
{
	const char *file = loaded->config.file, *key, *wanted;

	if (file != NULL && load_file(file, loaded, error_r) == -1)
		return (-1);
	if (loaded->raw == NULL)
		loaded->raw = &loaded->none;
	key = take(loaded, &wanted);
	*error_r = key != NULL ? refuse(file, key, wanted) :
				 check_rules(loaded);
	if (*error_r == NULL)
		*error_r = check_probes(loaded);
	if (*error_r == NULL)
		*error_r = check_whm(loaded);
	return (*error_r == NULL ? 0 : -1);
}

int
config_load(const char *path, struct config **config_r, const char **error_r)
{
	struct loaded *loaded = loaded_new();
	struct stat st;

	if (loaded == NULL) {
		*error_r = strerror(ENOMEM);
		return (-1);
	}
	loaded->config.file = path;
	if (path == NULL && stat(CONFIG_FILE, &st) == 0)
		loaded->config.file = CONFIG_FILE;
	if (load(loaded, error_r) == -1) {
		config_free(&loaded->config);
		return (-1);
	}
	*config_r = &loaded->config;
	return (0);
}

struct config *
config_adopt(const char *path, struct mailexporter *mailexporter,
    struct raw_probe *probes, unsigned count, const char **error_r)
{
	struct loaded *loaded = loaded_new();

	if (loaded == NULL) {
		*error_r = strerror(ENOMEM);
		mailexporter_free(mailexporter);
		return (NULL);
	}
	loaded->config.file = path;
	loaded->mailexporter = mailexporter;
	loaded->none.probes = probes;
	loaded->none.probes_count = count;
	loaded->raw = &loaded->none;
	*error_r = check_probes(loaded);
	if (*error_r == NULL)
		return (&loaded->config);
	config_free(&loaded->config);
	return (NULL);
}

/* The file's text, between these (shipped.c). */
int
config_shipped_reasons(struct config **config_r, const char **error_r)
{
	struct complaint complaint = { .place = { 0, 0 } };
	cyaml_config_t settings = cyaml_settings(&complaint);
	struct loaded *loaded = loaded_new();
	cyaml_err_t error;

	if (loaded == NULL) {
		*error_r = strerror(ENOMEM);
		return (-1);
	}
	loaded->config.file = "contrib/reasons.yml";
	error = cyaml_load_data((const uint8_t *)shipped_reasons,
	    (size_t)(shipped_reasons_end - shipped_reasons), &settings, &schema,
	    (cyaml_data_t **)&loaded->raw, NULL);
	if (error != CYAML_OK) {
		*error_r = error_text("%s:%u: %s", loaded->config.file,
		    complaint.place.line, complaint.text);
		config_free(&loaded->config);
		return (-1);
	}
	loaded->config.reasons = loaded->raw->reasons;
	loaded->config.reasons_count = loaded->raw->reasons_count;
	*config_r = &loaded->config;
	return (0);
}

unsigned
config_item_line(const struct config *config, const char *list, unsigned item,
    const char *key)
{
	const struct loaded *loaded = (const struct loaded *)config;

	if (loaded->mailexporter != NULL)
		return (mailexporter_line(
		    loaded->mailexporter, item, mailexporter_key(key)));
	return (yaml_item_line(config->file, list, item, key));
}

void
config_free(struct config *config)
{
	struct complaint complaint = { .place = { 0, 0 } };
	cyaml_config_t settings = cyaml_settings(&complaint);
	struct loaded *loaded = (struct loaded *)config;

	if (config == NULL)
		return;
	if (loaded->raw != NULL && loaded->raw != &loaded->none)
		(void)cyaml_free(&settings, &schema, loaded->raw, 0);
	for (unsigned i = 0; i < config->probes_count; i++)
		free(loaded->probes[i].delivery);
	free(loaded->probes);
	free(loaded->whm_servers);
	mailexporter_free(loaded->mailexporter);
	free(loaded);
}
