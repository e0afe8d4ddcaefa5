/*
 * Keys of whm.db, by server and endpoint.
 */
#include <inttypes.h>
#include <stdio.h>
#include <stdlib.h>

#include "lib/stats/key.h"
#include "lib/stats/whm_rows.h"
#include "lib/util/hash.h"

const char *const whm_log_labels[WHM_LOG_LABELS] = { "time", "actionunixtime",
	"delivered_to", "delivery_domain", "delivery_user", "domain", "host",
	"ip", "message", "msg_id", "recipient", "router", "sender",
	"sender_auth", "sender_host", "sender_ip", "sendunixtime", "size",
	"transport", "transport_is_remote", "type", "user" };

/* What expires with what: records of SERVER behind these, or of SERVER:ENDPOINT
   if they end in whm:. */
struct bond {
	const char *endpoint; /* NULL: the server */
	const char *family;
};

static const struct bond bonds[] = {
	{ "user_stats", "mail_user:" },
	{ "user_stats", "mail_limit:" },
	{ "user_stats", "=mail_domain:" },
	{ "user_stats", "=mail_primary:" },
	{ "user_stats", "=mail_owner:" },
	{ "user_window", "mail_window:" },
	{ "stats", "whm_total:" },
	{ "search", "=email_log:" },
};

/* Of the server itself, when it is not polled any more. */
static bool
is_state(struct slice rest)
{
	struct slice endpoint;

	return (slice_cut(&rest, ':', &endpoint) &&
	    (slice_equal(rest, "up") || slice_equal(rest, "duration")));
}

/* How many rows there are. */
static bool
is_of_rows(struct slice what)
{
	return (slice_equal(what, "users") || slice_equal(what, "folded"));
}

/* What is so for a while only. */
static bool
is_passing(struct slice what)
{
	return (is_of_rows(what) || slice_equal(what, "backing_off") ||
	    slice_equal(what, "clock_skew"));
}

/* When the record `key` expires; WHM_NEVER: it does not. */
static uint64_t
expiry_of(const struct snapshot *snapshot, struct slice key)
{
	struct slice rest = key, server;
	const char *endpoint = NULL;
	char name[KEY_MAX + 1];
	uint64_t when;
	bool bound = false;
	int len;

	if (slice_skip(&rest, "whm:"))
		bound = slice_cut(&rest, ':', &server) && is_state(rest);
	else if (slice_skip(&rest, "=whm_fault:"))
		bound = slice_cut(&rest, ':', &server);
	else if (slice_skip(&rest, "whm_server:")) {
		bound = slice_cut(&rest, ':', &server) && is_passing(rest);
		endpoint = is_of_rows(rest) ? "user_stats" : NULL;
	} else
		for (size_t i = 0; i < COUNT(bonds) && !bound; i++)
			if (slice_skip(&rest, bonds[i].family)) {
				endpoint = bonds[i].endpoint;
				bound = slice_cut(&rest, ':', &server);
			}
	if (!bound)
		return (WHM_NEVER);
	len = endpoint == NULL ?
	    snprintf(name, sizeof(name), "whm_server:%.*s:expires",
		(int)server.len, server.at) :
	    snprintf(name, sizeof(name), "whm:%.*s:%s:expires", (int)server.len,
		server.at, endpoint);
	if (len >= (int)sizeof(name) ||
	    !snapshot_number(snapshot, slice_of(name), &when))
		return (WHM_NEVER);
	return (when);
}

/* Whether a record stays; if so *next_r is when it goes, if that is sooner. */
static bool
stays(const struct snapshot *snapshot, const char *key, size_t len,
    uint64_t now, uint64_t *next_r)
{
	uint64_t when;

	if (key[0] != 'm' && key[0] != 'w' && key[0] != '=')
		return (true);
	when = expiry_of(snapshot, (struct slice){ key, len });
	if (when <= now)
		return (false);
	if (when < *next_r)
		*next_r = when;
	return (true);
}

/* Expiries are looked up in it, so nothing is taken out before all is judged. */
uint64_t
whm_expire(struct snapshot *snapshot, uint64_t now, bool *dropped_r)
{
	size_t numbers = snapshot->number_count, texts = snapshot->text_count;
	bool *goes = calloc(numbers + texts + 1, sizeof(*goes));
	uint64_t next = WHM_NEVER;

	if (goes == NULL)
		return (now + 1);
	for (size_t i = 0; i < numbers; i++)
		goes[i] = !stays(snapshot, snapshot->numbers[i].key,
		    snapshot->numbers[i].key_len, now, &next);
	for (size_t i = 0; i < texts; i++)
		goes[numbers + i] = !stays(snapshot, snapshot->texts[i].key,
		    snapshot->texts[i].key_len, now, &next);
	snapshot->number_count = snapshot->text_count = 0;
	for (size_t i = 0; i < numbers; i++)
		if (!goes[i])
			snapshot->numbers[snapshot->number_count++] =
			    snapshot->numbers[i];
	for (size_t i = 0; i < texts; i++)
		if (!goes[numbers + i])
			snapshot->texts[snapshot->text_count++] =
			    snapshot->texts[i];
	*dropped_r |= snapshot->number_count < numbers ||
	    snapshot->text_count < texts;
	free(goes);
	return (next);
}

bool
whm_has_several(const struct snapshot *snapshot)
{
	struct slice value[METRIC_LABELS], instance;
	unsigned count = 0;

	for (size_t i = 0; i < snapshot->number_count && count < 2; i++) {
		const struct number *number = &snapshot->numbers[i];
		struct slice key = { number->key, number->key_len };

		count += slice_starts(key, "whm_server:") &&
		    key_match(METRIC_WHM_ALIVE, key, value, &instance);
	}
	return (count > 1);
}

size_t
whm_label(enum label_id label, struct slice name, char value_r[LABEL_MAX])
{
	enum { HASH = 9 /* "~" and eight digits */ };
	size_t most = label_longest(label), len;
	struct slice start;
	char hash[HASH + 1];

	if (name.len == 0)
		name = SLICE("-");
	len = label_escape(name, value_r);
	if (len > 0 && len <= most)
		return (len);
	start = (struct slice){ name.at, most - HASH };
	if (start.len > name.len)
		start.len = name.len;
	while ((len = label_escape(start, value_r)) == 0 || len > most - HASH)
		start.len--;
	(void)snprintf(hash, sizeof(hash), "~%08" PRIx32,
	    (uint32_t)(hash_bytes(name.at, name.len) >> 32));
	memcpy(value_r + len, hash, HASH);
	return (len + HASH);
}

static struct slice
text_of(const struct snapshot *snapshot, const char *record,
    const struct slice value[3])
{
	struct slice text = SLICE("");
	char key[KEY_MAX + 1];
	int len = snprintf(key, sizeof(key), "=%s:%.*s:%.*s:%.*s", record,
	    (int)value[0].len, value[0].at, (int)value[1].len, value[1].at,
	    (int)value[2].len, value[2].at);

	if (len < (int)sizeof(key))
		(void)snapshot_text(snapshot, slice_of(key), &text);
	return (text);
}

void
whm_names(const struct snapshot *snapshot, const struct slice value[3],
    struct whm_names *names_r)
{
	*names_r = (struct whm_names){
		.domain = text_of(snapshot, "mail_domain", value),
		.primary_domain = text_of(snapshot, "mail_primary", value),
		.owner = text_of(snapshot, "mail_owner", value),
	};
}
