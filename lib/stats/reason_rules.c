/*
 * Finding a reason, in three steps: texts that were seen lately are
 * remembered; four bytes of each literal that an alternative of a pattern needs
 * tell which of them can match at all; these are tried in their order.  An
 * alternative is compiled when it is first tried.
 */
#include <sys/random.h>

#include <stdlib.h>

#include "lib/stats/key.h"
#include "lib/stats/needle.h"
#include "lib/stats/reason_rules.h"
#include "lib/stats/rules.h"
#include "lib/util/hash.h"

enum {
	PARTS_MAX = 512,
	MASK_WORDS = PARTS_MAX / 64,
	GRAM_BITS = 12,
	GRAM = 4, /* bytes */
	SEEN_PLACES = 2048,
	NUMBER_MASK = 0xff
};

struct mask {
	uint64_t word[MASK_WORDS];
};

/* An alternative of a pattern, or the whole of one that is not plain. */
struct part {
	char *text;
	struct pattern *pattern; /* NULL: not tried yet */
	struct needle needle;    /* in small letters; none: length 0 */
	uint8_t gram;            /* offset in it of the bytes to find it by */
	uint16_t next;           /* part with the same ones, from 1; 0: none */
	bool plain;              /* it is all there is */
	unsigned number;         /* the reason's place in the label's list */
	bool told;               /* that it is off */
};

struct list {
	unsigned reason_count, count;
	struct part at[PARTS_MAX];
	struct mask always; /* parts without literals */
	/* The first part that has a literal with these four bytes, from 1. */
	uint16_t gram[1 << GRAM_BITS];
};

/* A text by its hash, with the number of its reason in the lowest bits. */
struct seen {
	uint64_t low, high;
};

struct reason_rules {
	struct list lists[ABOUT_COUNT];
	struct slice names[ABOUT_COUNT][64];
	unsigned others[ABOUT_COUNT]; /* number of `other` */
	struct hash_pair key;         /* of this process alone */
	struct seen seen[ABOUT_COUNT][SEEN_PLACES];
};

enum label_id
reason_label(enum reason_about about)
{
	return (about == ABOUT_REJECT ? LABEL_REASON : LABEL_FAIL_REASON);
}

bool
reason_is_known(enum reason_about about, struct slice reason)
{
	struct slice rest = slice_of(labels[reason_label(about)].values);
	struct slice known;

	while (label_value_next(&rest, &known))
		if (slice_same(known, reason))
			return (true);
	return (false);
}

struct reason_rules *
reason_rules_new(void)
{
	struct reason_rules *reasons = calloc(1, sizeof(*reasons));

	if (reasons == NULL)
		return (NULL);
	if (getrandom(&reasons->key, sizeof(reasons->key), 0) == -1)
		reasons->key.low = (uintptr_t)reasons; /* better than none */
	for (enum reason_about about = 0; about < ABOUT_COUNT; about++) {
		struct slice rest = slice_of(
		    labels[reason_label(about)].values);
		unsigned count = 0;

		while (label_value_next(&rest, &reasons->names[about][count]))
			count++;
		reasons->others[about] = count - 1;
	}
	return (reasons);
}

void
reason_rules_free(struct reason_rules *reasons)
{
	if (reasons == NULL)
		return;
	for (enum reason_about about = 0; about < ABOUT_COUNT; about++)
		for (unsigned i = 0; i < reasons->lists[about].count; i++) {
			pattern_free(reasons->lists[about].at[i].pattern);
			free(reasons->lists[about].at[i].text);
		}
	free(reasons);
}

/* --- adding --------------------------------------------------------------- */

/* Letters of either case have the same place. */
static inline size_t
gram_place(uint32_t bytes)
{
	return ((bytes | 0x20202020u) * 0x9e3779b1u >> (32 - GRAM_BITS));
}

static inline uint32_t
gram_load(const char *at)
{
	uint32_t bytes;

	memcpy(&bytes, at, sizeof(bytes));
	return (bytes);
}

static inline char
small(char byte)
{
	return (byte >= 'A' && byte <= 'Z' ? (char)(byte | 0x20) : byte);
}

/* Where in a literal those four bytes are that logs have least often. */
static uint8_t
rarest_gram(const struct needle *needle)
{
	unsigned least = UINT32_MAX;
	uint8_t at = 0;

	for (uint8_t i = 0; i + GRAM <= needle->len; i++) {
		unsigned rank = 0;

		for (uint8_t j = i; j < i + GRAM; j++)
			rank += needle_byte_rank(needle->text[j]);
		if (rank < least) {
			least = rank;
			at = i;
		}
	}
	return (at);
}

/* Note what part `which` needs. */
static void
needle_add(struct list *list, const struct needle *needle, unsigned which)
{
	struct part *part = &list->at[which];
	uint16_t *place;

	part->needle = *needle;
	part->plain = needle->of.len ==
	    (size_t)needle->len + (needle->at_start ? 1 : 0);
	for (uint8_t i = 0; i < needle->len; i++)
		part->needle.text[i] = small(needle->text[i]);
	part->gram = rarest_gram(&part->needle);
	place =
	    &list->gram[gram_place(gram_load(part->needle.text + part->gram))];

	part->next = *place;
	*place = (uint16_t)(which + 1);
}

/* `needle` may be NULL. */
static bool
part_add(struct list *list, struct slice text, unsigned number,
    const struct needle *needle)
{
	unsigned which = list->count;
	struct part *part = &list->at[which];

	part->text = strndup(text.at, text.len);
	if (part->text == NULL)
		return (false);
	part->number = number;
	list->count++;
	if (needle != NULL)
		needle_add(list, needle, which);
	else
		list->always.word[which / 64] |= UINT64_C(1) << which % 64;
	return (true);
}

/* Whether a pattern can be taken apart into alternatives. */
static bool
comes_apart(const struct list *list, const struct needles *needles)
{
	for (unsigned i = 0; i < needles->count; i++)
		if (needles->at[i].len < GRAM)
			return (false);
	/* Each that is not taken apart must find room. */
	return (needles->count > 0 &&
	    list->count + needles->count + REASON_RULES_MAX <= PARTS_MAX);
}

bool
reason_rules_add(struct reason_rules *reasons, enum reason_about about,
    struct slice reason, const char *pattern)
{
	struct list *list = &reasons->lists[about];
	struct needles needles;
	unsigned number = 0;
	bool added = true;

	while (!slice_same(reasons->names[about][number], reason))
		number++;
	if (list->reason_count++ == REASON_RULES_MAX)
		return (false);
	needles_read(slice_of(pattern), &needles);
	if (!comes_apart(list, &needles))
		return (part_add(list, slice_of(pattern), number, NULL));
	for (unsigned i = 0; added && i < needles.count; i++)
		added = part_add(
		    list, needles.at[i].of, number, &needles.at[i]);
	return (added);
}

/* --- finding -------------------------------------------------------------- */

/* Whether the literal of `part` stands around the four bytes at `at`. */
static bool
is_there(const struct part *part, struct slice text, size_t at)
{
	const struct needle *needle = &part->needle;

	if (((gram_load(needle->text + part->gram) ^ gram_load(text.at + at)) &
		~0x20202020u) != 0 ||
	    at < part->gram || text.len - (at - part->gram) < needle->len)
		return (false);
	at -= part->gram;
	if (needle->at_start && at > 0)
		return (false);
	for (size_t i = 0; i < needle->len; i++)
		if (small(text.at[at + i]) != needle->text[i])
			return (false);
	return (true);
}

/* Add to `mask` what of the parts from `which` on, with the four bytes at `at`,
   has its literal there. */
__attribute__((noinline)) static void
add_candidates(const struct list *list, unsigned which, struct slice text,
    size_t at, struct mask *mask)
{
	for (; which != 0; which = list->at[which - 1].next)
		if (is_there(&list->at[which - 1], text, at))
			mask->word[(which - 1) / 64] |= UINT64_C(1)
			    << (which - 1) % 64;
}

/* The parts that may match. */
static struct mask
candidates(const struct list *list, struct slice text)
{
	struct mask mask = list->always;

	for (size_t i = 0; i + GRAM <= text.len; i++) {
		unsigned found = list->gram[gram_place(gram_load(text.at + i))];

		if (found != 0)
			add_candidates(list, found, text, i, &mask);
	}
	return (mask);
}

static bool
part_matches(struct part *part, struct slice text)
{
	const char *error;
	size_t offset;

	if (part->plain)
		return (true);
	if (part->pattern == NULL) {
		/* As a whole it did compile. */
		if (pattern_new(part->text, PATTERN_ANY_CASE, &part->pattern,
			&offset, &error) == -1)
			return (false);
		pattern_hasten(part->pattern);
	}
	return (pattern_match(part->pattern, text));
}

static unsigned
first_match(struct list *list, struct slice text, unsigned other)
{
	struct mask mask = candidates(list, text);

	for (unsigned w = 0; w < MASK_WORDS; w++)
		for (; mask.word[w] != 0; mask.word[w] &= mask.word[w] - 1) {
			unsigned i = w * 64 +
			    (unsigned)__builtin_ctzll(mask.word[w]);

			if (part_matches(&list->at[i], text))
				return (list->at[i].number);
		}
	return (other);
}

/* The same, by what was found before.  Of a pair of places the first has what
   was found last. */
static unsigned
find_seen(
    struct reason_rules *reasons, enum reason_about about, struct slice text)
{
	struct hash_pair hash = hash_keyed(&reasons->key, text.at, text.len);
	struct seen *seen =
	    &reasons->seen[about][hash.low % SEEN_PLACES & ~(uint64_t)1];

	hash.high &= ~(uint64_t)NUMBER_MASK;
	for (unsigned i = 0; i < 2; i++)
		if (seen[i].low == hash.low &&
		    (seen[i].high & ~(uint64_t)NUMBER_MASK) == hash.high)
			return ((unsigned)seen[i].high & NUMBER_MASK);
	seen[1] = seen[0];
	seen->low = hash.low;
	seen->high = hash.high |
	    first_match(&reasons->lists[about], text, reasons->others[about]);
	return ((unsigned)seen->high & NUMBER_MASK);
}

struct slice
reason_rules_find(struct reason_rules *reasons, enum reason_about about,
    struct slice said, unsigned *number_r)
{
	char room[SUBJECT_MAX];
	struct slice text;

	*number_r = 0;
	if (reasons == NULL)
		return (SLICE("other"));
	text = reason_rules_subject(about, said, room);
	*number_r = find_seen(reasons, about, text);
	return (reasons->names[about][*number_r]);
}

const char *
reason_rules_fault(struct reason_rules *reasons, struct slice *reason_r)
{
	for (enum reason_about about = 0; about < ABOUT_COUNT; about++)
		for (unsigned i = 0; i < reasons->lists[about].count; i++) {
			struct part *part = &reasons->lists[about].at[i];

			if (part->told || part->pattern == NULL ||
			    !pattern_is_off(part->pattern))
				continue;
			part->told = true;
			*reason_r = reasons->names[about][part->number];
			return (part->text);
		}
	return (NULL);
}
