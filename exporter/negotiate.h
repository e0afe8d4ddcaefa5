/*
 * What a client wants: its Accept and Accept-Encoding headers (RFC 9110).
 */
#ifndef EXPORTER_NEGOTIATE_H
#define EXPORTER_NEGOTIATE_H

#include <stdbool.h>

enum offer {
	OFFER_TEXT,
	OFFER_OPENMETRICS,
	OFFER_GZIP,
	OFFER_IDENTITY,
	OFFER_COUNT
};

/* How much each is wanted, in thousandths, by the most precise word on it. */
struct wishes {
	unsigned quality[OFFER_COUNT];
	unsigned precision[OFFER_COUNT]; /* 0: no word yet */
};

/* Take in a header's value; `wishes` is zero before the first. */
void wishes_accept(struct wishes *wishes, const char *value);
void wishes_accept_encoding(struct wishes *wishes, const char *value);

/* Text is what is sent to clients that do not care, or want neither. */
bool wishes_openmetrics(const struct wishes *wishes);
bool wishes_gzip(const struct wishes *wishes);

#endif
