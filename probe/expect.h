/*
 * What a phase has to end with: a configured list of codes, or what RFC 5321
 * says.
 */
#ifndef PROBE_EXPECT_H
#define PROBE_EXPECT_H

#include "lib/config/config_probe.h"
#include "lib/util/slice.h"
#include "probe/outcome.h"

enum expect_result {
	EXPECT_GO,   /* on with the next phase */
	EXPECT_STOP, /* as configured, but it is a refusal: no phase follows */
	EXPECT_NOT   /* another code than expected */
};

enum expect_result expect_code(
    const struct config_expect *expect, enum phase phase, unsigned code);

/* Whether the configuration has codes for the phase. */
bool expect_configured(const struct config_expect *expect, enum phase phase);

/* Codes as text: "554 55x 5xx", or the ordinary one. */
enum { EXPECT_TEXT = 96 };
const char *expect_text(const struct config_expect *expect, enum phase phase,
    char text_r[EXPECT_TEXT]);

/* The first word of `wanted` (blanks or commas between; NULL: none) that an EHLO
   offers, if `offered`, or does not offer.  False if there is none. */
bool expect_word(
    const char *wanted, const char *ehlo, bool offered, char word_r[32]);

#endif
