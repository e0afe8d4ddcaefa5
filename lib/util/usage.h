/*
 * What all command lines do alike.
 */
#ifndef UTIL_USAGE_H
#define UTIL_USAGE_H

/* Option values that long options without a short form begin at. */
enum { OPTION_LONG = 256 };

/*
 * Say in one line what getopt_long(3) stumbled over, and exit with
 * EXIT_BAD_USAGE.  For `opterr = 0` and an option string that begins with a
 * colon; `option` is what it returned, `?` or `:`.
 */
_Noreturn void usage_fault(int option, char *const *argv);

#endif
