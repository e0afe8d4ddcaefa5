/*
 * Pieces of HTML.  What strangers wrote goes through html_text() or
 * html_label(), and nothing of it gets out of them as markup.
 */
#ifndef EXPORTER_HTML_H
#define EXPORTER_HTML_H

#include <stdio.h>
#include <time.h>

#include "lib/util/slice.h"

/* Any bytes as text.  What is no character of UTF-8, or none to be shown, becomes
   U+FFFD and the byte in two hexadecimal digits. */
void html_text(FILE *out, struct slice text);

/* The same of a label's value as keys write it. */
void html_label(FILE *out, struct slice escaped);

/* 1,234,567 */
void html_count(FILE *out, uint64_t count);

/* With one digit behind the point if it is below 10; NAN: a dash. */
void html_decimal(FILE *out, double number);

/* 1.2 MB */
void html_bytes(FILE *out, uint64_t bytes);

/* 2 h 5 min */
void html_span(FILE *out, int64_t seconds);

/* Local, with its zone. */
void html_time(FILE *out, time_t at);

/* A thin bar that is `part` of `whole` long; people who can't see it miss
   nothing. */
void html_bar(FILE *out, double part, double whole);

#endif
