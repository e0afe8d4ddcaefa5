/*
 * Mail that is followed, into a snapshot and out of one.  Beside the mails'
 * records `=trail' has lines "INSTANCE ID" of ids that were put on hold and
 * have no name yet.
 */
#include <inttypes.h>
#include <stdio.h>
#include <stdlib.h>

#include "lib/stats/counters_layout.h"
#include "lib/stats/trails_table.h"

#define HELD_KEY "=trail"

static void
save_mail(const struct followed *mail, struct snapshot *snapshot)
{
	char key[KEY_MAX + 1], text[TEXT_MAX];
	size_t len = trail_write(mail->hops, mail->hop_count, text);

	(void)snprintf(key, sizeof(key), TRAIL_KEY "%.*s:%" PRIx64,
	    (int)mail->name_len, mail->name, mail->serial);
	snapshot_add_text(snapshot, slice_of(key), (struct slice){ text, len });
}

static void
save_held(const struct trails *trails, struct snapshot *snapshot)
{
	char text[HELD_MAX * (TRAIL_ID_MAX + 5)];
	size_t len = 0;

	for (size_t i = 0; i < HELD_MAX; i++) {
		const struct held *held =
		    &trails->held[(trails->held_next + i) % HELD_MAX];

		if (held->len > 0)
			len += (size_t)snprintf(text + len, sizeof(text) - len,
			    "%u %.*s\n", held->instance, (int)held->len,
			    held->id);
	}
	if (len > 0)
		snapshot_add_text(
		    snapshot, SLICE(HELD_KEY), (struct slice){ text, len });
}

_Static_assert(HELD_MAX *(TRAIL_ID_MAX + 4) <= TEXT_MAX,
    "a record has room for all that are held");

/* Records for which a snapshot has room beside those that others will add. */
static size_t
room_in(const struct snapshot *snapshot)
{
	size_t taken = snapshot->number_count + TEXTS_RESERVED + 1;

	return (snapshot->capacity > taken ? snapshot->capacity - taken : 0);
}

void
trails_save(const struct trails *trails, struct snapshot *snapshot)
{
	size_t room = room_in(snapshot);

	for (unsigned i = 0; i < TRAILS_MAX; i++) {
		const struct followed *mail = &trails->mail[i];

		/* Without room for all, the youngest. */
		if (mail->order != 0 &&
		    (room >= TRAILS_MAX || mail->order + room > trails->order))
			save_mail(mail, snapshot);
	}
	save_held(trails, snapshot);
}

/* --- taking over ------------------------------------------------------- */

static void
load_held(struct trails *trails, struct slice text)
{
	struct slice number, id;
	uint64_t instance;

	while (slice_cut(&text, ' ', &number) && slice_cut(&text, '\n', &id))
		if (slice_number(number, &instance) &&
		    instance < INSTANCE_MAX && id.len <= TRAIL_ID_MAX)
			trails_hold(trails, (unsigned)instance, id);
}

/* Read a record, of which `key` is what is behind TRAIL_KEY, into a free
   place. */
static void
load_mail(struct followed *mail, struct slice key, struct slice record)
{
	struct slice name, said;
	char serial[20];

	if (!slice_cut(&key, ':', &name) || name.len > PROBE_NAME_MAX ||
	    key.len == 0 || key.len > 16)
		return;
	memcpy(serial, key.at, key.len);
	serial[key.len] = '\0';
	mail->serial = strtoull(serial, NULL, 16);
	mail->name_len = (uint8_t)name.len;
	memcpy(mail->name, name.at, name.len);
	mail->hop_count = trail_read_hops(record, mail->hops);
	for (unsigned i = 0; i < mail->hop_count; i++)
		if (trail_read_said(record, i, &said)) {
			mail->hops[i].said_len = (uint16_t)(said.len <
				    TRAIL_SAID_MAX ?
				said.len :
				TRAIL_SAID_MAX);
			memcpy(mail->hops[i].said, said.at,
			    mail->hops[i].said_len);
		}
	mail->order = mail->hop_count > 0;
}

/* Whether a mail came before another one. */
static bool
is_before(const struct followed *mail, const struct followed *other)
{
	uint64_t since = mail->hops[0].since, others = other->hops[0].since;

	return (since != others ? since < others : mail < other);
}

/* Number mails by their age. */
static void
put_in_order(struct trails *trails, unsigned count)
{
	for (unsigned i = 0; i < count; i++) {
		uint64_t order = 1;

		for (unsigned j = 0; j < count; j++)
			order += is_before(&trails->mail[j], &trails->mail[i]);
		trails->mail[i].order = order;
	}
	trails->order = count;
}

void
trails_load(struct trails *trails, const struct snapshot *snapshot)
{
	unsigned count = 0;

	for (size_t i = 0; i < snapshot->text_count; i++) {
		const struct text *text = &snapshot->texts[i];
		struct slice key = { text->key, text->key_len };
		struct slice record = { text->text,
			strnlen(text->text, TEXT_MAX) };

		if (slice_equal(key, HELD_KEY))
			load_held(trails, record);
		else if (slice_skip(&key, TRAIL_KEY) && count < TRAILS_MAX) {
			load_mail(&trails->mail[count], key, record);
			if (trails->mail[count].order != 0)
				trails_enter(trails, &trails->mail[count++]);
		}
	}
	put_in_order(trails, count);
}
