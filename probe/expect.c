/*
 * Codes by phase.
 */
#include <stdio.h>
#include <string.h>

#include "probe/expect.h"
#include "probe/reply.h"

/* What RFC 5321 (4954 for AUTH, 3207 for STARTTLS) has as success. */
static const struct config_codes ordinary[PHASE_COUNT] = {
	[PHASE_BANNER] = { { 220 } },
	[PHASE_EHLO] = { { 250 } },
	[PHASE_STARTTLS] = { { 220 } },
	[PHASE_EHLO_TLS] = { { 250 } },
	[PHASE_SASL_AUTH] = { { 235 } },
	[PHASE_MAILFROM] = { { 250 } },
	[PHASE_RCPTTO] = { { 250, 251 } },
	[PHASE_DATA] = { { 354 } },
	[PHASE_BODY] = { { 250 } },
	[PHASE_QUIT] = { { 221 } },
};

/* NULL: that phase has none. */
static const struct config_codes *
configured(const struct config_expect *expect, enum phase phase)
{
	const struct config_codes *all[PHASE_COUNT] = {
		[PHASE_BANNER] = &expect->banner,
		[PHASE_EHLO] = &expect->ehlo,
		[PHASE_STARTTLS] = &expect->starttls,
		[PHASE_EHLO_TLS] = &expect->ehlo_tls,
		[PHASE_SASL_AUTH] = &expect->sasl_auth,
		[PHASE_MAILFROM] = &expect->mailfrom,
		[PHASE_RCPTTO] = &expect->rcptto,
		[PHASE_DATA] = &expect->data,
		[PHASE_BODY] = &expect->body,
	};

	return (all[phase]);
}

bool
expect_configured(const struct config_expect *expect, enum phase phase)
{
	const struct config_codes *codes = configured(expect, phase);

	return (codes != NULL && codes->code[0] != 0);
}

static const struct config_codes *
codes_of(const struct config_expect *expect, enum phase phase)
{
	return (expect_configured(expect, phase) ? configured(expect, phase) :
						   &ordinary[phase]);
}

/* 5 is all that begins with 5, 55 all that begins with 55. */
static bool
matches(unsigned wanted, unsigned code)
{
	if (wanted < 10)
		return (code / 100 == wanted);
	if (wanted < 100)
		return (code / 10 == wanted);
	return (code == wanted);
}

enum expect_result
expect_code(const struct config_expect *expect, enum phase phase, unsigned code)
{
	const unsigned *wanted = codes_of(expect, phase)->code;

	while (*wanted != 0 && !matches(*wanted, code))
		wanted++;
	if (*wanted == 0)
		return (EXPECT_NOT);
	return (code >= 400 ? EXPECT_STOP : EXPECT_GO);
}

const char *
expect_text(const struct config_expect *expect, enum phase phase,
    char text_r[EXPECT_TEXT])
{
	const unsigned *wanted = codes_of(expect, phase)->code;
	size_t len = 0;

	text_r[0] = '\0';
	for (; *wanted != 0 && len + 8 < EXPECT_TEXT; wanted++)
		len += (size_t)snprintf(text_r + len, EXPECT_TEXT - len,
		    "%s%u%s", len > 0 ? " " : "", *wanted,
		    *wanted < 10 ? "xx" : (*wanted < 100 ? "x" : ""));
	return (text_r);
}

bool
expect_word(const char *wanted, const char *ehlo, bool offered, char word_r[32])
{
	struct slice parameters;

	while (wanted != NULL && *wanted != '\0') {
		size_t len = strcspn(wanted, " ,");

		if (len > 0 && len < 32) {
			(void)snprintf(word_r, 32, "%.*s", (int)len, wanted);
			if (reply_offers(ehlo, word_r, &parameters) == offered)
				return (true);
		}
		wanted += len + (wanted[len] != '\0');
	}
	return (false);
}
