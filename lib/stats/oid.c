/*
 * OIDs in text and in order.
 */
#include <stdio.h>

#include "lib/stats/cells.h"
#include "lib/util/error.h"

bool
oid_read(struct slice text, struct oid *oid_r)
{
	bool more = true;

	(void)slice_skip(&text, ".");
	oid_r->count = 0;
	while (more) {
		struct slice word;
		uint64_t number;

		more = slice_cut(&text, '.', &word);
		if (!more)
			word = text;
		if (oid_r->count == OID_MAX || !slice_number(word, &number) ||
		    number > UINT32_MAX)
			return (false);
		oid_r->arc[oid_r->count++] = (uint32_t)number;
	}
	return (true);
}

int
oid_parse(const char *text, struct oid *oid_r, const char **error_r)
{
	if (!oid_read(slice_of(text), oid_r)) {
		*error_r = error_text("\"%s\" is no OID: it is made "
				      "of numbers below 4294967296 and dots",
		    text);
		return (-1);
	}
	if (oid_r->count > OID_BASE_MAX) {
		*error_r = error_text(
		    "OID %s is too long: a base has at most %d numbers", text,
		    OID_BASE_MAX);
		return (-1);
	}
	if (oid_r->count < 2 || oid_r->arc[0] > 2 ||
	    (oid_r->arc[0] < 2 && oid_r->arc[1] > 39)) {
		*error_r = error_text("\"%s\" is no OID: it begins with "
				      "0.0 to 0.39, 1.0 to 1.39 or 2",
		    text);
		return (-1);
	}
	return (0);
}

const char *
oid_format(const uint32_t *arc, size_t count, char text_r[OID_TEXT_MAX])
{
	size_t len = 0;

	text_r[0] = '\0';
	for (size_t i = 0; i < count && i < OID_MAX; i++)
		len += (size_t)snprintf(
		    text_r + len, OID_TEXT_MAX - len, ".%u", arc[i]);
	return (text_r);
}

int
oid_compare(
    const uint32_t *a, size_t a_count, const uint32_t *b, size_t b_count)
{
	size_t common = a_count < b_count ? a_count : b_count;

	for (size_t i = 0; i < common; i++)
		if (a[i] != b[i])
			return (a[i] < b[i] ? -1 : 1);
	return ((a_count > b_count) - (a_count < b_count));
}
