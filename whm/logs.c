/*
 * A heap: the oldest is the first.
 */
#include <inttypes.h>
#include <stdio.h>
#include <stdlib.h>

#include "lib/stats/whm_rows.h"
#include "lib/util/hash.h"
#include "whm/logs.h"

enum {
	LOG_MAX = WHM_LOG_PARTS * TEXT_MAX, /* bytes of a message's labels */
	LABEL_SHARE = 128, /* bytes of a label that leave room for the others */
	NUMBER_DIGITS = 5
};

struct log {
	uint64_t time;
	unsigned server;
	size_t len;
	char *text;
};

struct logs {
	struct log *at;
	unsigned count, most;
};

struct logs *
logs_new(unsigned most)
{
	struct logs *logs = calloc(1, sizeof(*logs));

	if (logs == NULL)
		return (NULL);
	logs->most = most;
	logs->at = calloc(most + 1, sizeof(*logs->at));
	if (logs->at == NULL) {
		free(logs);
		return (NULL);
	}
	return (logs);
}

void
logs_free(struct logs *logs)
{
	if (logs == NULL)
		return;
	for (unsigned i = 0; i < logs->count; i++)
		free(logs->at[i].text);
	free(logs->at);
	free(logs);
}

static void
swap(struct log *a, struct log *b)
{
	struct log kept = *a;

	*a = *b;
	*b = kept;
}

/* Take over `text`.  Returns as logs_add(). */
static int
insert(struct logs *logs, const struct log *log)
{
	unsigned i = 0, child;
	int gone = -1;

	if (logs->count < logs->most) {
		i = logs->count++;
		logs->at[i] = *log;
		for (; i > 0 && logs->at[i].time < logs->at[(i - 1) / 2].time;
		     i = (i - 1) / 2)
			swap(&logs->at[i], &logs->at[(i - 1) / 2]);
		return (-1);
	}
	if (logs->most == 0 || log->time < logs->at[0].time) {
		free(log->text);
		return ((int)log->server);
	}
	gone = (int)logs->at[0].server;
	free(logs->at[0].text);
	logs->at[0] = *log;
	while ((child = 2 * i + 1) < logs->count) {
		if (child + 1 < logs->count &&
		    logs->at[child + 1].time < logs->at[child].time)
			child++;
		if (logs->at[i].time <= logs->at[child].time)
			break;
		swap(&logs->at[i], &logs->at[child]);
		i = child;
	}
	return (gone);
}

/* Add a label, `most` bytes of it at most.  What is not as it was has a hash of
   that at its end: two messages are never the same series. */
static size_t
add_label(char *to, struct slice text, size_t most)
{
	enum { HASH = 9 /* "~" and eight digits */ };
	bool whole = text.len <= most &&
	    (text.len == 0 || memchr(text.at, WHM_LOG_MARK, text.len) == NULL);
	size_t len = whole || text.len <= most - HASH ? text.len : most - HASH;
	char hash[HASH + 1];

	/* not within a character */
	while (len > 0 && len < text.len &&
	    ((unsigned char)text.at[len] & 0xc0) == 0x80)
		len--;
	for (size_t i = 0; i < len; i++)
		to[i] = text.at[i] == WHM_LOG_MARK ? ' ' : text.at[i];
	if (whole)
		return (len);
	(void)snprintf(hash, sizeof(hash), "~%08" PRIx32,
	    (uint32_t)(hash_bytes(text.at, text.len) >> 32));
	memcpy(to + len, hash, HASH);
	return (len + HASH);
}

/* The labels of a message, the marks between; what is too long is cut. */
static size_t
labels_of(const struct message *message, char text_r[LOG_MAX])
{
	size_t len = 0;

	for (unsigned i = 0; i < WHM_LOG_LABELS; i++) {
		struct slice text = message->text[i];
		size_t room = LOG_MAX - len -
		    (WHM_LOG_LABELS - i) * (i == TEXT_MESSAGE ? 64u : 32u);

		if (i != TEXT_MESSAGE && room > LABEL_SHARE)
			room = LABEL_SHARE;
		if (i > 0)
			text_r[len++] = WHM_LOG_MARK;
		len += add_label(text_r + len, text, room);
	}
	return (len);
}

bool
logs_wanted(const struct logs *logs)
{
	return (logs->most > 0);
}

int
logs_add(struct logs *logs, unsigned server, const struct message *message)
{
	char text[LOG_MAX];
	struct log log = { .time = message->sum.action_time, .server = server };

	log.len = labels_of(message, text);
	log.text = malloc(log.len);
	if (log.text == NULL)
		return ((int)server);
	memcpy(log.text, text, log.len);
	return (insert(logs, &log));
}

void
logs_save(const struct logs *logs, unsigned server, const char *name,
    struct snapshot *snapshot)
{
	for (unsigned i = 0; i < logs->count; i++) {
		struct slice rest = { logs->at[i].text, logs->at[i].len };

		if (logs->at[i].server != server)
			continue;
		for (unsigned p = 0; rest.len > 0 && p < WHM_LOG_PARTS; p++) {
			struct slice part = rest;
			char key[KEY_MAX + 1];

			if (part.len > TEXT_MAX)
				part.len = TEXT_MAX;
			(void)snprintf(key, sizeof(key),
			    "=email_log:%s:%0*u:%u", name, NUMBER_DIGITS, i, p);
			snapshot_add_text(snapshot, slice_of(key), part);
			rest = slice_from(rest, part.len);
		}
	}
}

/* The parts of a message stand one after the other. */
void
logs_load(struct logs *logs, unsigned server, const char *name,
    const struct snapshot *snapshot)
{
	char prefix[KEY_MAX + 1], text[LOG_MAX];
	size_t len = 0;

	(void)snprintf(prefix, sizeof(prefix), "=email_log:%s:", name);
	for (size_t i = 0; i < snapshot->text_count; i++) {
		const struct text *part = &snapshot->texts[i];
		struct slice key = { part->key, part->key_len }, mark, bytes;
		struct log log = { .server = server };
		bool last;

		if (!slice_skip(&key, prefix) || key.len < 2)
			continue;
		if (key.at[key.len - 1] == '0')
			len = 0;
		bytes = (struct slice){ part->text,
			strnlen(part->text, TEXT_MAX) };
		if (len + bytes.len > sizeof(text))
			continue;
		memcpy(text + len, bytes.at, bytes.len);
		len += bytes.len;
		last = i + 1 == snapshot->text_count ||
		    snapshot->texts[i + 1]
			    .key[snapshot->texts[i + 1].key_len - 1] == '0' ||
		    memcmp(snapshot->texts[i + 1].key, part->key,
			part->key_len - 1u) != 0;
		if (!last || logs->most == 0)
			continue;
		bytes = (struct slice){ text, len };
		if (!slice_cut(&bytes, WHM_LOG_MARK, &mark) ||
		    !slice_number(slice_until(bytes, WHM_LOG_MARK), &log.time))
			continue;
		log.len = len;
		if ((log.text = malloc(len)) == NULL)
			return;
		memcpy(log.text, text, len);
		(void)insert(logs, &log);
	}
}
