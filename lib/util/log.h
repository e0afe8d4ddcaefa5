/*
 * Messages for the administrator: to standard error in the foreground, to
 * syslog (LOG_DAEMON, never LOG_MAIL: the tailer would read itself) from a
 * daemon.  Only programs log; libraries hand their texts up.
 */
#ifndef UTIL_LOG_H
#define UTIL_LOG_H

enum log_target { LOG_TO_STDERR, LOG_TO_SYSLOG };

/* `program` must stay valid. */
void log_init(const char *program, enum log_target target);

void log_info(const char *format, ...) __attribute__((format(printf, 1, 2)));

/* As log_info, with errno's text appended. */
void log_warn(const char *format, ...) __attribute__((format(printf, 1, 2)));
void log_warnx(const char *format, ...) __attribute__((format(printf, 1, 2)));

/* Exit codes of all programs, besides 0. */
enum { EXIT_FAULT = 1, EXIT_STORE = 2, EXIT_BAD_USAGE = 64 };

/* log_warnx, then exit with `code`. */
_Noreturn void log_fatal(int code, const char *format, ...)
    __attribute__((format(printf, 2, 3)));

#endif
