/*
 * Putting findings into words.
 */
#include <stdarg.h>
#include <stdio.h>

#include "agentx/check_report.h"

static void add(struct report *report, const char *format, va_list args)
    __attribute__((format(printf, 2, 0)));

static void
add(struct report *report, const char *format, va_list args)
{
	struct finding *finding = &report->finding[report->count++];

	(void)vsnprintf(finding->what, sizeof(finding->what), format, args);
	finding->mend[0] = '\0';
}

void
well(struct report *report, const char *format, ...)
{
	va_list args;

	va_start(args, format);
	add(report, format, args);
	va_end(args);
}

void
fault(struct report *report, const char *format, ...)
{
	va_list args;

	va_start(args, format);
	add(report, format, args);
	va_end(args);
}

void
mend(struct report *report, const char *format, ...)
{
	struct finding *finding = &report->finding[report->count - 1];
	va_list args;

	va_start(args, format);
	(void)vsnprintf(finding->mend, sizeof(finding->mend), format, args);
	va_end(args);
}
