/*
 * Lists of words with parameters, of which `q` is how much one is wanted.
 */
#include <strings.h>

#include "exporter/negotiate.h"
#include "lib/util/slice.h"

enum { QUALITY_MOST = 1000 };

enum { PRECISION_ANY = 1, PRECISION_HALF, PRECISION_FULL, PRECISION_VERSION };

static const struct {
	struct slice type, subtype, version;
} media[] = {
	[OFFER_TEXT] = { { "text", 4 }, { "plain", 5 }, { "0.0.4", 5 } },
	[OFFER_OPENMETRICS] = { { "application", 11 },
	    { "openmetrics-text", 16 }, { "1.0.0", 5 } },
};

/* Case does not matter. */
static bool
is_word(struct slice word, struct slice known)
{
	return (word.len == known.len &&
	    strncasecmp(word.at, known.at, known.len) == 0);
}

static struct slice
trimmed(struct slice s)
{
	while (s.len > 0 && (s.at[0] == ' ' || s.at[0] == '\t'))
		s = slice_from(s, 1);
	while (s.len > 0 && (s.at[s.len - 1] == ' ' || s.at[s.len - 1] == '\t'))
		s.len--;
	return (s);
}

/* Take what stands before the next `end` off the front, without the blanks
   around it; in quotes there is no end.  False: nothing is left. */
static bool
next(struct slice *rest, char end, struct slice *part_r)
{
	bool quoted = false;
	size_t len = 0;

	if (rest->len == 0)
		return (false);
	while (len < rest->len && (quoted || rest->at[len] != end)) {
		if (rest->at[len] == '"')
			quoted = !quoted;
		else if (quoted && rest->at[len] == '\\' && len + 1 < rest->len)
			len++;
		len++;
	}
	*part_r = trimmed((struct slice){ rest->at, len });
	*rest = slice_from(*rest, len < rest->len ? len + 1 : len);
	return (true);
}

/* "0.5" as 500.  What is no such number has no weight. */
static unsigned
quality_of(struct slice text)
{
	unsigned quality = 0, place = QUALITY_MOST;

	if (text.len == 0 || text.len > 5 ||
	    (text.len > 1 && text.at[1] != '.'))
		return (0);
	for (size_t i = 0; i < text.len; i++) {
		if (i == 1)
			continue;
		if (!byte_is_digit(text.at[i]))
			return (0);
		quality += (unsigned)(text.at[i] - '0') * place;
		place /= 10;
	}
	return (quality <= QUALITY_MOST ? quality : 0);
}

/* One of a list: its word, its q, and its version if it has one. */
struct item {
	struct slice word, version;
	unsigned quality;
};

static bool
item_next(struct slice *list, struct item *item_r)
{
	struct slice rest, parameter, name;

	if (!next(list, ',', &rest))
		return (false);
	*item_r = (struct item){ .quality = QUALITY_MOST };
	(void)next(&rest, ';', &item_r->word);
	while (next(&rest, ';', &parameter)) {
		if (!slice_cut(&parameter, '=', &name))
			continue;
		if (parameter.len > 1 && parameter.at[0] == '"')
			parameter = (struct slice){ parameter.at + 1,
				parameter.len - 2 };
		if (is_word(name, SLICE("q")))
			item_r->quality = quality_of(parameter);
		else if (is_word(name, SLICE("version")))
			item_r->version = parameter;
	}
	return (true);
}

/* Of words as precise the best counts. */
static void
note(struct wishes *wishes, enum offer offer, unsigned precision,
    unsigned quality)
{
	if (precision < wishes->precision[offer] || precision == 0 ||
	    (precision == wishes->precision[offer] &&
		quality <= wishes->quality[offer]))
		return;
	wishes->precision[offer] = precision;
	wishes->quality[offer] = quality;
}

/* How precisely an item means an offer; 0: it does not. */
static unsigned
media_precision(const struct item *item, enum offer offer)
{
	struct slice subtype = item->word, type;

	if (!slice_cut(&subtype, '/', &type))
		return (0);
	if (slice_equal(type, "*") && slice_equal(subtype, "*"))
		return (PRECISION_ANY);
	if (!is_word(type, media[offer].type))
		return (0);
	if (slice_equal(subtype, "*"))
		return (PRECISION_HALF);
	if (!is_word(subtype, media[offer].subtype))
		return (0);
	if (item->version.len == 0)
		return (PRECISION_FULL);
	return (slice_same(item->version, media[offer].version) ?
		PRECISION_VERSION :
		0);
}

void
wishes_accept(struct wishes *wishes, const char *value)
{
	struct slice list = slice_of(value);
	struct item item;

	while (item_next(&list, &item))
		for (enum offer o = OFFER_TEXT; o <= OFFER_OPENMETRICS; o++)
			note(
			    wishes, o, media_precision(&item, o), item.quality);
}

static unsigned
encoding_precision(struct slice word, enum offer offer)
{
	if (slice_equal(word, "*"))
		return (PRECISION_ANY);
	if (offer == OFFER_IDENTITY)
		return (is_word(word, SLICE("identity")) ? PRECISION_FULL : 0);
	return (is_word(word, SLICE("gzip")) || is_word(word, SLICE("x-gzip")) ?
		PRECISION_FULL :
		0);
}

void
wishes_accept_encoding(struct wishes *wishes, const char *value)
{
	struct slice list = slice_of(value);
	struct item item;

	while (item_next(&list, &item))
		for (enum offer o = OFFER_GZIP; o <= OFFER_IDENTITY; o++)
			note(wishes, o, encoding_precision(item.word, o),
			    item.quality);
}

bool
wishes_openmetrics(const struct wishes *wishes)
{
	return (
	    wishes->quality[OFFER_OPENMETRICS] > wishes->quality[OFFER_TEXT]);
}

/* A star says nothing of how well identity is liked beside gzip. */
bool
wishes_gzip(const struct wishes *wishes)
{
	unsigned gzip = wishes->quality[OFFER_GZIP];

	return (gzip > 0 &&
	    (wishes->precision[OFFER_IDENTITY] < PRECISION_FULL ||
		gzip >= wishes->quality[OFFER_IDENTITY]));
}
