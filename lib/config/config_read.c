/*
 * Numbers, words and names.
 */
#include <stdlib.h>
#include <string.h>

#include "lib/config/config_read.h"
#include "lib/util/slice.h"

bool
config_read_unsigned(
    const char *text, unsigned least, unsigned most, unsigned *value)
{
	uint64_t number;

	if (text == NULL)
		return (true);
	if (!slice_number(slice_of(text), &number) || number < least ||
	    number > most)
		return (false);
	*value = (unsigned)number;
	return (true);
}

bool
config_read_seconds(const char *text, double least, double most, double *value)
{
	char *end;

	if (text == NULL)
		return (true);
	if (strspn(text, "0123456789.") != strlen(text))
		return (false);
	*value = strtod(text, &end);
	return (
	    *end == '\0' && end != text && *value >= least && *value <= most);
}

/* A number with its unit at the front of *text, which goes on behind them. */
static bool
read_part(const char **text, double *seconds_r)
{
	static const struct {
		const char *name;
		double seconds;
	} units[] = {
		{ "ns", 1e-9 },
		{ "us", 1e-6 },
		{ "\xc2\xb5s", 1e-6 }, /* micro, and the letter mu */
		{ "\xce\xbcs", 1e-6 },
		{ "ms", 1e-3 },
		{ "s", 1 },
		{ "m", 60 },
		{ "h", 3600 },
	};
	size_t digits = strspn(*text, "0123456789.");
	size_t len = strcspn(*text + digits, "0123456789.");
	const char *unit = *text + digits;
	char *end;

	*seconds_r = strtod(*text, &end);
	if (digits == 0 || end != unit)
		return (false);
	*text = unit + len;
	for (size_t i = 0; i < COUNT(units); i++)
		if (strlen(units[i].name) == len &&
		    memcmp(unit, units[i].name, len) == 0) {
			*seconds_r *= units[i].seconds;
			return (true);
		}
	return (false);
}

bool
config_read_duration(
    const char *text, double least, double most, double *seconds)
{
	double all = 0, part;

	if (text == NULL)
		return (true);
	do {
		if (!read_part(&text, &part))
			return (false);
		all += part;
	} while (*text != '\0');
	*seconds = all;
	return (all >= least && all <= most);
}

bool
config_read_yes(const char *text, bool *yes)
{
	static const char *const words[] = { "no", "yes", "false", "true",
		"off", "on", NULL };
	unsigned word = *yes;

	if (!config_read_word(text, words, &word))
		return (false);
	*yes = word % 2 == 1;
	return (true);
}

bool
config_read_word(const char *text, const char *const *names, unsigned *value)
{
	if (text == NULL)
		return (true);
	for (unsigned i = 0; names[i] != NULL; i++)
		if (strcmp(text, names[i]) == 0) {
			*value = i;
			return (true);
		}
	return (false);
}

bool
config_is_name(const char *text)
{
	for (const char *at = text; *at != '\0'; at++)
		if (!byte_is_letter(*at) && !byte_is_digit(*at) && *at != '_' &&
		    *at != '-' && *at != '.')
			return (false);
	return (strcmp(text, "other") != 0);
}

bool
config_is_sendable(const char *text, const char *but)
{
	for (const char *at = text; at != NULL && *at != '\0'; at++)
		if ((unsigned char)*at < ' ' || *at == 0x7f ||
		    strchr(but, *at) != NULL)
			return (false);
	return (true);
}
