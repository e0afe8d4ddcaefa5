/*
 * Servers with WHM, as YAML has them.
 */
#include <ctype.h>
#include <string.h>

#include "lib/config/config.h"
#include "lib/config/config_read.h"
#include "lib/config/config_whm_raw.h"
#include "lib/util/slice.h"

enum {
	STRING_MAX = 255,
	/* a text takes as much of the store as so many numbers */
	KEYS_OF_TEXT = 3,
	KEYS_OF_SERVER = 208,
	KEYS_OF_USER = 14 + 3 * KEYS_OF_TEXT,
	KEYS_OF_LOG = 4 * KEYS_OF_TEXT,
	REMEMBERED_OF_TEXT = 15,
	CAPACITY_MAX = 1 << 20
};

/* clang-format off */
#define FIELD(in, member) \
	CYAML_FIELD_STRING_PTR(#member, \
	    CYAML_FLAG_POINTER | CYAML_FLAG_OPTIONAL, in, member, 1, STRING_MAX)
#define WHM(member)    FIELD(struct raw_whm, member)
#define SERVER(member) FIELD(struct raw_whm_server, member)
#define REQUIRED(member, most) \
	CYAML_FIELD_STRING_PTR(#member, CYAML_FLAG_POINTER, \
	    struct raw_whm_server, member, 1, most)

const cyaml_schema_field_t config_whm_fields[] = {
	WHM(capacity), WHM(publish_interval), WHM(intervals), WHM(events),
	WHM(hash_addresses), WHM(email_logs_series),
	CYAML_FIELD_END
};

static const cyaml_schema_field_t server_fields[] = {
	REQUIRED(name, CONFIG_WHM_NAME_MAX),
	REQUIRED(url, STRING_MAX),
	REQUIRED(token_file, STRING_MAX),
	SERVER(user), SERVER(ca_file), SERVER(interval), SERVER(timeout),
	SERVER(max_bytes), SERVER(page_size), SERVER(window), SERVER(users),
	SERVER(search), SERVER(backfill), SERVER(overlap), SERVER(remembered),
	SERVER(clock_skew),
	CYAML_FIELD_END
};
/* clang-format on */

const cyaml_schema_value_t config_whm_server_schema = { CYAML_VALUE_MAPPING(
    CYAML_FLAG_DEFAULT, struct raw_whm_server, server_fields) };

/* "https://HOST[:PORT]": what else a URL may have would be sent elsewhere, or
   is a secret. */
static bool
is_url(const char *text)
{
	struct slice rest = slice_of(text);
	size_t len = 0;

	if (!slice_skip(&rest, "https://") || rest.len == 0)
		return (false);
	while (len < rest.len &&
	    (isalnum((unsigned char)rest.at[len]) ||
		strchr(".-:[]", rest.at[len]) != NULL))
		len++;
	return (len == rest.len && rest.at[len - 1] != ':');
}

static bool
is_user(const char *text)
{
	return (config_is_sendable(text, " :"));
}

static const char *
take_times(const struct raw_whm_server *raw, struct config_whm_server *server,
    const char **wanted_r)
{
	*wanted_r = "1 to 86400 seconds";
	if (!config_read_seconds(raw->interval, 1, 86400, &server->interval))
		return ("interval");
	*wanted_r = "0.1 to 3600 seconds";
	if (!config_read_seconds(raw->timeout, 0.1, 3600, &server->timeout))
		return ("timeout");
	*wanted_r = "0 to 2592000 seconds";
	if (!config_read_unsigned(raw->window, 0, 2592000, &server->window))
		return ("window");
	if (!config_read_unsigned(raw->backfill, 0, 2592000, &server->backfill))
		return ("backfill");
	*wanted_r = "0 to 86400 seconds";
	if (!config_read_unsigned(raw->overlap, 0, 86400, &server->overlap))
		return ("overlap");
	if (!config_read_unsigned(
		raw->clock_skew, 0, 86400, &server->clock_skew))
		return ("clock_skew");
	return (NULL);
}

static const char *
take_bounds(const struct raw_whm_server *raw, struct config_whm_server *server,
    const char **wanted_r)
{
	*wanted_r = "4096 to 67108864 bytes";
	if (!config_read_unsigned(
		raw->max_bytes, 4096, 64 << 20, &server->max_bytes))
		return ("max_bytes");
	*wanted_r = "1 to 20000 messages";
	if (!config_read_unsigned(raw->page_size, 1, 20000, &server->page_size))
		return ("page_size");
	*wanted_r = "0 to 20000 rows";
	if (!config_read_unsigned(raw->users, 0, 20000, &server->users))
		return ("users");
	*wanted_r = "256 to 1000000 messages";
	if (!config_read_unsigned(
		raw->remembered, 256, 1000000, &server->remembered))
		return ("remembered");
	return (NULL);
}

static const char *
take_server(const struct raw_whm_server *raw, struct config_whm_server *server,
    const char **wanted_r)
{
	*server = (struct config_whm_server){
		.name = raw->name,
		.url = raw->url,
		.user = raw->user != NULL ? raw->user : "root",
		.token_file = raw->token_file,
		.ca_file = raw->ca_file,
		.interval = 300,
		.timeout = 60,
		.max_bytes = 64 << 20,
		.page_size = 2000,
		.window = 86400,
		.users = 500,
		.search = true,
		.overlap = 300,
		.remembered = 8192,
		.clock_skew = 300,
	};
	*wanted_r = "letters, digits, _, - and . (and not other)";
	if (!config_is_name(raw->name))
		return ("name");
	*wanted_r = "https://HOST:PORT, without a path or a user";
	if (!is_url(raw->url))
		return ("url");
	*wanted_r = "without blanks, colons and controls";
	if (!is_user(server->user))
		return ("user");
	*wanted_r = "an absolute path or the name of a credential";
	if (raw->token_file[0] != '/' && strchr(raw->token_file, '/') != NULL)
		return ("token_file");
	*wanted_r = "absolute";
	if (raw->ca_file != NULL && raw->ca_file[0] != '/')
		return ("ca_file");
	*wanted_r = "yes or no";
	if (!config_read_yes(raw->search, &server->search))
		return ("search");
	return (NULL);
}

const char *
config_take_whm_servers(const struct raw_whm_server *raw, unsigned count,
    struct config_whm_server *servers_r, unsigned *item_r,
    const char **wanted_r)
{
	const char *key;

	for (unsigned i = 0; i < count; i++) {
		*item_r = i;
		if ((key = take_server(&raw[i], &servers_r[i], wanted_r)) !=
			NULL ||
		    (key = take_times(&raw[i], &servers_r[i], wanted_r)) !=
			NULL ||
		    (key = take_bounds(&raw[i], &servers_r[i], wanted_r)) !=
			NULL)
			return (key);
		*wanted_r = "of no other server";
		for (unsigned j = 0; j < i; j++)
			if (strcmp(raw[i].name, raw[j].name) == 0)
				return ("name");
	}
	return (NULL);
}

/* How many keys all of it takes at most. */
static uint64_t
keys_of(const struct config_whm_server *servers, unsigned count, unsigned logs)
{
	uint64_t keys = (uint64_t)logs * KEYS_OF_LOG;

	for (unsigned i = 0; i < count; i++)
		keys += KEYS_OF_SERVER +
		    (uint64_t)(servers[i].users + 1) * KEYS_OF_USER +
		    (uint64_t)servers[i].remembered / REMEMBERED_OF_TEXT *
			KEYS_OF_TEXT;
	return ((keys + 7) / 8 * 8);
}

static const char *
take_events(
    const struct raw_whm *raw, struct config_whm *whm, const char **wanted_r)
{
	whm->events = raw->events;
	*wanted_r = "an absolute path, stdout or syslog";
	if (whm->events != NULL && whm->events[0] != '/' &&
	    strcmp(whm->events, "stdout") != 0 &&
	    strcmp(whm->events, "syslog") != 0)
		return ("whm/events");
	*wanted_r = "yes or no";
	if (!config_read_yes(raw->hash_addresses, &whm->hash_addresses))
		return ("whm/hash_addresses");
	*wanted_r = "0 to 20000 messages";
	if (!config_read_unsigned(
		raw->email_logs_series, 0, 20000, &whm->email_logs_series))
		return ("whm/email_logs_series");
	return (NULL);
}

const char *
config_take_whm(const struct raw_whm *raw,
    const struct config_whm_server *servers, unsigned count,
    struct config_whm *whm_r, const char **wanted_r)
{
	static const struct raw_whm none;
	const char *key;
	uint64_t keys;

	if (raw == NULL)
		raw = &none;
	*whm_r = (struct config_whm){ .publish_interval = 1, .intervals = 3 };
	if ((key = take_events(raw, whm_r, wanted_r)) != NULL)
		return (key);
	keys = keys_of(servers, count, whm_r->email_logs_series);
	if (keys < 4096)
		keys = 4096;
	whm_r->capacity = keys > CAPACITY_MAX ? CAPACITY_MAX : (uint32_t)keys;
	*wanted_r = "512 to 1048576 keys, a multiple of 8";
	if (!config_read_unsigned(
		raw->capacity, 512, CAPACITY_MAX, &whm_r->capacity) ||
	    whm_r->capacity % 8 != 0)
		return ("whm/capacity");
	*wanted_r = "0.05 to 3600 seconds";
	if (!config_read_seconds(
		raw->publish_interval, 0.05, 3600, &whm_r->publish_interval))
		return ("whm/publish_interval");
	*wanted_r = "1 to 1000";
	if (!config_read_unsigned(raw->intervals, 1, 1000, &whm_r->intervals))
		return ("whm/intervals");
	return (NULL);
}
