/*
 * A password or a token: one line of a file, or of a credential that systemd
 * hands over.  It is never part of an error's text.
 */
#ifndef UTIL_SECRET_H
#define UTIL_SECRET_H

#include <stdbool.h>
#include <stddef.h>

/* The secret in the file `named`, or without a slash in the credential of that
   name; to be ended by secret_free().  *is_open_r: everyone may read the file.
   NULL: *error_r. */
char *secret_read(const char *named, bool *is_open_r, const char **error_r);

/* The one line that `bytes` are, without its end.  NULL: *error_r. */
char *secret_line(const char *bytes, size_t len, const char **error_r);

void secret_free(char *secret);

#endif
