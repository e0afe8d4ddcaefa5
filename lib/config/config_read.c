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

bool
config_read_yes(const char *text, bool *yes)
{
	if (text == NULL)
		return (true);
	*yes = strcmp(text, "yes") == 0;
	return (*yes || strcmp(text, "no") == 0);
}

bool
config_read_switch(const char *text, bool *yes)
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
