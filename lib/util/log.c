/*
 * One line to standard error or to syslog.
 */
#include <errno.h>
#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <syslog.h>

#include "log.h"

static const char *log_program = "postfix-stats";
static enum log_target log_target;

void
log_init(const char *program, enum log_target target)
{
	log_program = program;
	log_target = target;
	if (target == LOG_TO_SYSLOG)
		openlog(program, LOG_PID, LOG_DAEMON);
}

static void log_line(int priority, int error, const char *format, va_list args)
    __attribute__((format(printf, 3, 0)));

static void
log_line(int priority, int error, const char *format, va_list args)
{
	char text[1024];

	(void)vsnprintf(text, sizeof(text), format, args);
	if (log_target == LOG_TO_SYSLOG)
		syslog(priority, "%s%s%s", text, error ? ": " : "",
		    error ? strerror(error) : "");
	else
		fprintf(stderr, "%s: %s%s%s\n", log_program, text,
		    error ? ": " : "", error ? strerror(error) : "");
}

void
log_info(const char *format, ...)
{
	va_list args;

	va_start(args, format);
	log_line(LOG_INFO, 0, format, args);
	va_end(args);
}

void
log_warn(const char *format, ...)
{
	int error = errno;
	va_list args;

	va_start(args, format);
	log_line(LOG_WARNING, error, format, args);
	va_end(args);
}

void
log_warnx(const char *format, ...)
{
	va_list args;

	va_start(args, format);
	log_line(LOG_WARNING, 0, format, args);
	va_end(args);
}

void
log_fatal(int code, const char *format, ...)
{
	va_list args;

	va_start(args, format);
	log_line(LOG_ERR, 0, format, args);
	va_end(args);
	exit(code);
}
