/*
 * Names of files.
 */
#ifndef UTIL_PATH_H
#define UTIL_PATH_H

/* The absolute path of what need not be there yet, to be freed: a daemon leaves
   the working directory.  NULL: errno says why. */
char *path_absolute(const char *path);

#endif
