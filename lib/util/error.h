/*
 * Texts of errors on their way up.  A library neither logs nor exits: it
 * returns -1 and leaves a one-line text, naming file and cause, in
 * `*error_r`.  The text stays valid until the next error_text().
 */
#ifndef UTIL_ERROR_H
#define UTIL_ERROR_H

const char *error_text(const char *format, ...)
    __attribute__((format(printf, 1, 2)));

#endif
