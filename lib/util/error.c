/*
 * The buffer behind error_text().  Two halves in turn, so that a text may
 * quote the one before it.
 */
#include <stdarg.h>
#include <stdio.h>

#include "error.h"

const char *
error_text(const char *format, ...)
{
	static char texts[2][512];
	static unsigned turn;
	char *text = texts[turn++ % 2];
	va_list args;

	va_start(args, format);
	(void)vsnprintf(text, sizeof(texts[0]), format, args);
	va_end(args);
	return (text);
}
