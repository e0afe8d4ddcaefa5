/*
 * Lists of names by their counts.  Nothing depends on where an item stands, so
 * a list that was saved and loaded goes on as it would have.
 */
#include <inttypes.h>
#include <stdio.h>
#include <stdlib.h>

#include "lib/stats/top.h"
#include "lib/util/bytes.h"

static const char *const names[TOP_DIMENSIONS] = {
	[TOP_RCPT_DOMAIN] = "rcpt_domain",
	[TOP_SENDER_DOMAIN] = "sender_domain",
	[TOP_RELAY_HOST] = "relay_host",
	[TOP_SASL_USER] = "sasl_user",
	[TOP_CLIENT] = "client",
};

bool
top_want(struct top *top, struct slice dimension)
{
	for (unsigned d = 0; d < TOP_DIMENSIONS; d++)
		if (slice_equal(dimension, names[d])) {
			top->list[d].wanted = true;
			return (true);
		}
	return (false);
}

bool
top_watches(const struct top *top, const struct tag *tag)
{
	bool wanted = false;

	for (unsigned d = 0; d < TOP_DIMENSIONS; d++)
		wanted |= top->list[d].wanted;
	return (
	    wanted && tag->kind != DAEMON_BOUNCE && tag->kind != DAEMON_MASTER);
}

/* --- names -------------------------------------------------------------- */

static uint64_t
load(const char *at, size_t len)
{
	uint64_t word = 0;

	memcpy(&word, at, len);
	return (word);
}

/* Whether none of eight bytes is a capital letter, a blank, a control or not
   ASCII.  Some punctuation that no name has is taken for capitals. */
static inline bool
is_clean(uint64_t word)
{
	return ((bytes_lack(word, 0x20) | bytes_less(word, '!') |
		    ((word | (word + BYTES_OF(1))) & BYTES_HIGH)) == 0);
}

/* As names are kept. */
static struct slice
clean(struct slice name, char clean_r[TOP_NAME_MAX])
{
	for (size_t i = 0; i < name.len; i++) {
		char byte = name.at[i];

		if (byte >= 'A' && byte <= 'Z')
			byte = (char)(byte | 0x20);
		else if ((unsigned char)byte <= ' ' ||
		    (unsigned char)byte >= 0x7f)
			byte = '?';
		clean_r[i] = byte;
	}
	return ((struct slice){ clean_r, name.len });
}

/* Returns false if a name is not clean. */
static inline bool
hash_of(struct slice name, uint64_t *hash_r)
{
	const uint64_t blank = 0x2121212121212121u;
	uint64_t hash = name.len, word;
	size_t at = 0;

	for (; at + 8 <= name.len; at += 8) {
		word = bytes_load(name.at + at);
		if (!is_clean(word))
			return (false);
		hash = (hash ^ word) * 0x9e3779b97f4a7c15u;
		hash ^= hash >> 32;
	}
	word = load(name.at + at, name.len - at);
	if (!is_clean(
		at == name.len ? blank : word | blank << (name.len - at) * 8))
		return (false);
	hash = (hash ^ word) * 0x9e3779b97f4a7c15u;
	*hash_r = hash ^ hash >> 32;
	return (true);
}

/* The hash of a name that was cleaned, by its bytes if there are such as
   hash_of() takes for unclean still. */
static uint64_t
hash_odd(struct slice name)
{
	uint64_t hash = 0;

	if (hash_of(name, &hash))
		return (hash);
	for (size_t i = 0; i < name.len; i++)
		hash = (hash ^ (unsigned char)name.at[i]) * 0x9e3779b97f4a7c15u;
	return (hash ^ hash >> 32);
}

/* --- lists -------------------------------------------------------------- */

static inline uint8_t *
place_of(struct top_list *list, uint64_t hash)
{
	return (&list->first[hash % COUNT(list->first)]);
}

static inline struct top_item *
find(struct top_list *list, struct slice name, uint64_t hash)
{
	unsigned number = *place_of(list, hash);

	while (number != 0) {
		struct top_item *item = &list->item[number - 1];

		if (item->hash == hash && item->len == name.len &&
		    memcmp(item->name, name.at, name.len) == 0)
			return (item);
		number = item->next;
	}
	return (NULL);
}

/* The item that has to go: of the lowest count, and of these, so that it does
   not matter where they stand, that of the highest hash. */
static struct top_item *
lowest(struct top_list *list)
{
	struct top_item *low = &list->item[0];

	for (unsigned i = 1; i < TOP_TRACKED; i++) {
		struct top_item *item = &list->item[i];

		if (item->count < low->count ||
		    (item->count == low->count && item->hash > low->hash))
			low = item;
	}
	return (low);
}

static void
unlink_item(struct top_list *list, const struct top_item *item)
{
	uint8_t number = (uint8_t)(item - list->item + 1);
	uint8_t *at = place_of(list, item->hash);

	while (*at != number)
		at = &list->item[*at - 1].next;
	*at = item->next;
}

/* Room for a new name, which takes over a count if there is none. */
static struct top_item *
add(struct top_list *list, struct slice name, uint64_t hash)
{
	struct top_item *item;
	uint64_t count = 0;
	uint8_t *place;

	if (list->count < TOP_TRACKED)
		item = &list->item[list->count++];
	else {
		item = lowest(list);
		unlink_item(list, item);
		count = item->count;
	}
	place = place_of(list, hash);
	*item = (struct top_item){ .count = count,
		.error = count,
		.hash = hash,
		.len = (uint8_t)name.len,
		.next = *place };
	memcpy(item->name, name.at, name.len);
	*place = (uint8_t)(item - list->item + 1);
	return (item);
}

/* The item of a name, which is new if need be; NULL for no name. */
static struct top_item *
item_of(struct top_list *list, struct slice name)
{
	char kept[TOP_NAME_MAX];
	struct top_item *item;
	uint64_t hash;

	if (name.len == 0)
		return (NULL);
	if (name.len > TOP_NAME_MAX)
		name = slice_from(name, name.len - TOP_NAME_MAX);
	if (!hash_of(name, &hash)) {
		name = clean(name, kept);
		hash = hash_odd(name);
	}
	item = find(list, name, hash);
	return (item != NULL ? item : add(list, name, hash));
}

/* --- counting ------------------------------------------------------------ */

/* What stands in an address behind its last `@`; empty: nothing. */
static struct slice
domain_of(const char *address, const char *end)
{
	const char *at = memrchr(address, '@', (size_t)(end - address));

	if (at == NULL)
		return ((struct slice){ end, 0 });
	return ((struct slice){ at + 1, (size_t)(end - at - 1) });
}

static void
count_part(
    struct top_list *list, struct slice name, unsigned traits, uint64_t times)
{
	struct top_item *item = item_of(list, name);

	if (item == NULL)
		return;
	item->count += times;
	if (traits & TRAIT_IS_DEFERRED)
		item->deferred += times;
	if (traits & TRAIT_IS_BOUNCED)
		item->bounced += times;
}

static void
count_delivery(struct top *top, struct slice text, const struct event *event,
    uint64_t times)
{
	const char *end = text.at + text.len;
	struct slice relay = { event->relay, (size_t)(end - event->relay) };
	struct slice host;

	if ((event->traits & TRAIT_IS_SOFTBOUNCE) != 0)
		return;
	if (top->list[TOP_RCPT_DOMAIN].wanted)
		count_part(&top->list[TOP_RCPT_DOMAIN],
		    domain_of(text.at, event->address_end), event->traits,
		    times);
	if (!top->list[TOP_RELAY_HOST].wanted)
		return;
	relay = slice_until(relay, ',');
	if (slice_cut(&relay, '[', &host)) /* else nobody else's */
		count_part(
		    &top->list[TOP_RELAY_HOST], host, event->traits, times);
}

/* "client=name[address], sasl_method=.., sasl_username=.., .." */
static void
count_receipt(struct top *top, struct slice text, uint64_t times)
{
	struct slice field, name;

	if (!slice_skip(&text, "client=") || !slice_cut(&text, '[', &name) ||
	    !slice_cut(&text, ']', &name))
		return;
	if (top->list[TOP_CLIENT].wanted)
		count_part(&top->list[TOP_CLIENT], name, 0, times);
	if (!top->list[TOP_SASL_USER].wanted)
		return;
	if (!slice_cut(&text, ',', &field) ||
	    !slice_skip(&text, " sasl_method=") ||
	    !slice_cut(&text, ',', &field) ||
	    !slice_skip(&text, " sasl_username="))
		return;
	count_part(&top->list[TOP_SASL_USER], slice_until(text, ','), 0, times);
}

void
top_count(struct top *top, struct slice text, const struct event *event,
    uint64_t times)
{
	if (event->type == EVENT_DELIVERY)
		count_delivery(top, text, event, times);
	else if (event->type == EVENT_RECEIVE)
		count_receipt(top,
		    slice_from(text, event->queue_id.len + strlen(": ")),
		    times);
}

void
top_count_sender(struct top *top, struct slice text, const struct event *event)
{
	const char *address = text.at + event->queue_id.len +
	    strlen(": from=<");
	struct slice name = domain_of(address, event->address_end);

	if (!top->list[TOP_SENDER_DOMAIN].wanted)
		return;
	if (address == event->address_end)
		name = SLICE("<>");
	count_part(&top->list[TOP_SENDER_DOMAIN], name, 0, 1);
}

bool
top_has_parts(struct slice dimension)
{
	return (slice_equal(dimension, names[TOP_RCPT_DOMAIN]) ||
	    slice_equal(dimension, names[TOP_RELAY_HOST]));
}

uint64_t
top_sent(const struct top_item *item)
{
	return (item->count - item->error - item->deferred - item->bounced);
}

/* --- keeping ------------------------------------------------------------- */

static int
item_order(const void *a, const void *b)
{
	const struct top_item *const *left = a, *const *right = b;
	uint64_t more = (*left)->count, less = (*right)->count;

	if (more != less)
		return (more > less ? -1 : 1);
	if ((*left)->hash != (*right)->hash)
		return ((*left)->hash < (*right)->hash ? -1 : 1);
	return (0);
}

/* All items, the highest count first. */
static void
in_order(
    const struct top_list *list, const struct top_item *items_r[TOP_TRACKED])
{
	for (unsigned i = 0; i < list->count; i++)
		items_r[i] = &list->item[i];
	qsort(items_r, list->count, sizeof(items_r[0]), item_order);
}

void
top_put(const struct top *top, struct counters *counters)
{
	const struct top_item *items[TOP_TRACKED];

	for (unsigned d = 0; d < TOP_DIMENSIONS; d++) {
		const struct top_list *list = &top->list[d];
		bool parts = top_has_parts(slice_of(names[d]));

		in_order(list, items);
		for (unsigned i = 0; i < list->count && i < TOP_SHOWN; i++) {
			const struct top_item *item = items[i];
			char rank[12];
			struct slice label[] = { slice_of(names[d]),
				{ rank, 0 } };

			label[1].len = (size_t)snprintf(
			    rank, sizeof(rank), "%u", i + 1);
			counters_put(
			    counters, METRIC_TOP_COUNT, 0, label, item->count);
			counters_put(
			    counters, METRIC_TOP_ERROR, 0, label, item->error);
			if (!parts)
				continue;
			counters_put(counters, METRIC_TOP_SENT, 0, label,
			    top_sent(item));
			counters_put(counters, METRIC_TOP_DEFERRED, 0, label,
			    item->deferred);
			counters_put(counters, METRIC_TOP_BOUNCED, 0, label,
			    item->bounced);
		}
	}
}

static void
save_record(struct snapshot *snapshot, const char *dimension, unsigned number,
    struct slice text)
{
	char key[32];

	(void)snprintf(key, sizeof(key), "=top:%s:%02u", dimension, number);
	snapshot_add_text(snapshot, slice_of(key), text);
}

void
top_save(const struct top *top, struct snapshot *snapshot)
{
	const struct top_item *items[TOP_TRACKED];

	for (unsigned d = 0; d < TOP_DIMENSIONS; d++) {
		char text[TEXT_MAX + 1];
		unsigned records = 0;
		size_t len = 0;

		in_order(&top->list[d], items);
		for (unsigned i = 0; i < top->list[d].count; i++) {
			const struct top_item *item = items[i];

			if (len + TOP_LINE_MAX > TEXT_MAX) {
				save_record(snapshot, names[d], records++,
				    (struct slice){ text, len });
				len = 0;
			}
			len += (size_t)snprintf(text + len, sizeof(text) - len,
			    "%.*s %" PRIu64 " %" PRIu64 " %" PRIu64 " %" PRIu64
			    "\n",
			    (int)item->len, item->name, item->count,
			    item->error, item->deferred, item->bounced);
		}
		if (len > 0)
			save_record(snapshot, names[d], records,
			    (struct slice){ text, len });
	}
}

bool
top_read(struct slice line, struct top_item *item_r)
{
	struct slice name, part[3];

	if (!slice_cut(&line, ' ', &name) || name.len > TOP_NAME_MAX ||
	    !slice_cut(&line, ' ', &part[0]) ||
	    !slice_cut(&line, ' ', &part[1]) ||
	    !slice_cut(&line, ' ', &part[2]) ||
	    !slice_number(part[0], &item_r->count) ||
	    !slice_number(part[1], &item_r->error) ||
	    !slice_number(part[2], &item_r->deferred) ||
	    !slice_number(line, &item_r->bounced))
		return (false);
	item_r->len = (uint8_t)name.len;
	memcpy(item_r->name, name.at, name.len);
	return (true);
}

static void
load_line(struct top_list *list, struct slice line)
{
	struct top_item item, *place;

	if (list->count == TOP_TRACKED || !top_read(line, &item))
		return;
	place = item_of(list, (struct slice){ item.name, item.len });
	if (place == NULL)
		return;
	place->count = item.count;
	place->error = item.error;
	place->deferred = item.deferred;
	place->bounced = item.bounced;
}

void
top_load(
    struct top *top, struct counters *counters, const struct snapshot *snapshot)
{
	for (size_t i = 0; i < snapshot->text_count; i++) {
		const struct text *text = &snapshot->texts[i];
		struct slice key = { text->key, text->key_len }, line;
		struct slice rest = { text->text,
			strnlen(text->text, TEXT_MAX) };

		if (!slice_skip(&key, "=top:"))
			continue;
		for (unsigned d = 0; d < TOP_DIMENSIONS; d++)
			if (top->list[d].wanted &&
			    slice_equal(slice_until(key, ':'), names[d]))
				while (slice_cut(&rest, '\n', &line))
					load_line(&top->list[d], line);
	}
	counters_forget(counters, METRIC_TOP_COUNT, 0);
	counters_forget(counters, METRIC_TOP_ERROR, 0);
	counters_forget(counters, METRIC_TOP_SENT, 0);
	counters_forget(counters, METRIC_TOP_DEFERRED, 0);
	counters_forget(counters, METRIC_TOP_BOUNCED, 0);
}
