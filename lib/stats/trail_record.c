/*
 * Writing and reading records of mail that is followed.
 */
#include <inttypes.h>
#include <stdio.h>

#include "lib/stats/trail_record.h"

enum {
	NAME_MAX_LEN = 32, /* of a transport */
	RELAY_MAX = 80,
	DELAYS_MAX = 4 * 20 + 4
};

/* --- writing ----------------------------------------------------------- */

/* Put a word of at most `most` bytes and a blank at `len`; returns where they
   end. */
static size_t
put_word(char *text, size_t len, struct slice word, size_t most)
{
	if (word.len > most)
		word.len = most;
	if (word.len == 0)
		word = SLICE("-");
	for (size_t i = 0; i < word.len; i++)
		text[len++] = word.at[i] > ' ' && word.at[i] <= '~' ?
		    word.at[i] :
		    '?';
	text[len++] = ' ';
	return (len);
}

static size_t
put_delays(char *text, size_t len, const uint64_t *delay)
{
	char words[DELAYS_MAX];
	int count;

	if (delay == NULL)
		return (put_word(text, len, SLICE("-"), 1));
	count = snprintf(words, sizeof(words),
	    "%" PRIu64 "/%" PRIu64 "/%" PRIu64 "/%" PRIu64, delay[0], delay[1],
	    delay[2], delay[3]);
	return (put_word(
	    text, len, (struct slice){ words, (size_t)count }, DELAYS_MAX));
}

_Static_assert(
    TRAIL_ID_MAX + NAME_MAX_LEN + RELAY_MAX + DELAYS_MAX + 4 < TRAIL_SAID_MAX,
    "there is room for a reason");

void
trail_say(struct trail_hop *hop, const struct trail_said *said)
{
	struct slice reason = said->reason;
	size_t len = 0;

	len = put_word(hop->said, len, said->next, TRAIL_ID_MAX);
	len = put_word(hop->said, len, said->transport, NAME_MAX_LEN);
	len = put_word(hop->said, len, said->relay, RELAY_MAX);
	len = put_delays(hop->said, len, said->delay);
	for (size_t i = 0; i < reason.len && len < TRAIL_SAID_MAX; i++)
		hop->said[len++] = reason.at[i] >= ' ' && reason.at[i] <= '~' ?
		    reason.at[i] :
		    '?';
	hop->said_len = (uint16_t)len;
}

/* Add a line t to a record of `len` bytes, cut to the room there is. */
static size_t
put_said(char *record, size_t len, const struct trail_hop *hop, unsigned number)
{
	size_t room = TEXT_MAX - len, more = hop->said_len;

	if (more == 0 || room < strlen("t 0 - - - - \n"))
		return (len);
	room -= strlen("t 0 \n");
	if (more > room)
		more = room;
	record[len++] = 't';
	record[len++] = ' ';
	record[len++] = (char)('0' + number);
	record[len++] = ' ';
	memcpy(record + len, hop->said, more);
	len += more;
	record[len++] = '\n';
	return (len);
}

enum { HOP_LINE_MAX = 2 + 3 + 3 + 2 + 2 + 21 + 21 + TRAIL_ID_MAX + 1 };

size_t
trail_write(
    const struct trail_hop *hops, unsigned count, char record_r[TEXT_MAX])
{
	unsigned last = trail_last(hops, count);
	size_t len = 0;

	for (unsigned i = 0; i < count; i++) {
		const struct trail_hop *hop = &hops[i];
		char line[HOP_LINE_MAX + 1];
		int more = snprintf(line, sizeof(line),
		    "h %u %u %u %u %" PRIu64 " %" PRIu64 " %.*s\n",
		    hop->instance, (unsigned)hop->where, (unsigned)hop->over,
		    (unsigned)hop->taken, hop->since, hop->put_off,
		    (int)hop->id_len, hop->id);

		if (len + (size_t)more > TEXT_MAX)
			break; /* no clock has such times */
		memcpy(record_r + len, line, (size_t)more);
		len += (size_t)more;
	}
	if (count > 0)
		len = put_said(record_r, len, &hops[last], last);
	for (unsigned i = count; i-- > 0;)
		if (i != last)
			len = put_said(record_r, len, &hops[i], i);
	return (len);
}

/* --- reading ----------------------------------------------------------- */

/* Take a number of at most `most` off the front. */
static bool
cut_number(struct slice *line, uint64_t most, uint64_t *number_r)
{
	struct slice word;

	return (slice_cut(line, ' ', &word) && slice_number(word, number_r) &&
	    *number_r <= most);
}

/* A line h, behind its letter. */
static bool
read_hop(struct slice line, struct trail_hop *hop_r)
{
	uint64_t instance, where, over, taken;

	if (!cut_number(&line, INSTANCE_MAX - 1, &instance) ||
	    !cut_number(&line, WHERE_DISCARDED, &where) ||
	    !cut_number(&line, 1, &over) || !cut_number(&line, 1, &taken) ||
	    !cut_number(&line, UINT64_MAX, &hop_r->since) ||
	    !cut_number(&line, UINT64_MAX, &hop_r->put_off) || line.len == 0 ||
	    line.len > TRAIL_ID_MAX)
		return (false);
	hop_r->instance = (uint8_t)instance;
	hop_r->where = where == WHERE_NONE ? WHERE_UNKNOWN : (enum where)where;
	hop_r->over = over != 0;
	hop_r->taken = taken != 0;
	hop_r->id_len = (uint8_t)line.len;
	memcpy(hop_r->id, line.at, line.len);
	hop_r->said_len = 0;
	return (true);
}

unsigned
trail_read_hops(struct slice record, struct trail_hop hops_r[TRAIL_HOPS])
{
	struct slice line;
	unsigned count = 0;

	while (count < TRAIL_HOPS && slice_cut(&record, '\n', &line) &&
	    slice_skip(&line, "h ") && read_hop(line, &hops_r[count]))
		count++;
	return (count);
}

bool
trail_read_said(struct slice record, unsigned number, struct slice *said_r)
{
	struct slice line;
	uint64_t of;

	while (slice_cut(&record, '\n', &line))
		if (slice_skip(&line, "t ") &&
		    cut_number(&line, TRAIL_HOPS - 1, &of) && of == number) {
			*said_r = line;
			return (true);
		}
	return (false);
}

unsigned
trail_last(const struct trail_hop *hops, unsigned count)
{
	for (unsigned i = count; i-- > 0;)
		if (hops[i].where != WHERE_SENT)
			return (i);
	return (count > 0 ? count - 1 : 0);
}
