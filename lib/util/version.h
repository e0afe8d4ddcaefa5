/*
 * The version of all programs; NEWS.md has what changed.
 */
#ifndef UTIL_VERSION_H
#define UTIL_VERSION_H

#define VERSION "0.1.0"

#endif
