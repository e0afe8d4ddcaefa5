/*
 * Values as the file has them, read strictly.  What is left out (NULL) changes
 * nothing and is no fault.  All return false if the value is none.
 */
#ifndef CONFIG_CONFIG_READ_H
#define CONFIG_CONFIG_READ_H

#include <stdbool.h>

bool config_read_unsigned(
    const char *text, unsigned least, unsigned most, unsigned *value);
bool config_read_seconds(
    const char *text, double least, double most, double *value);

/* As programs in Go have them: "1h30m", "1.5s", "300ms". */
bool config_read_duration(
    const char *text, double least, double most, double *seconds);

/* "yes" or "no"; what writes YAML by itself has true and false for it, and on
   and off are taken as well. */
bool config_read_yes(const char *text, bool *yes);

/* One of `names`, which ends with NULL, as its number. */
bool config_read_word(
    const char *text, const char *const *names, unsigned *value);

/* Letters, digits, "_", "-" and ".", and not "other": part of keys, of OIDs and
   of labels elsewhere, so nothing in it needs to be escaped. */
bool config_is_name(const char *text);

/* Whether it can be sent in a command: no byte of `but`, no control. */
bool config_is_sendable(const char *text, const char *but);

#endif
