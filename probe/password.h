/*
 * A probe's password: of the configuration, of a file, or a credential that
 * systemd hands over.  It is never part of an error's text.
 */
#ifndef PROBE_PASSWORD_H
#define PROBE_PASSWORD_H

#include "lib/config/config_probe.h"

/* *password_r is to be ended by secret_free(); NULL: the probe has none.
   *is_open_r: everyone may read the file.  Returns 0, or -1, the key at fault and
   *error_r. */
int password_get(const struct config_probe *probe, char **password_r,
    bool *is_open_r, const char **key_r, const char **error_r);

/* Hide `secret`, NULL: none, where a server has said it, and what stands of it at
   the end of a text that was cut. */
void password_hide(char *text, const char *secret);

#endif
