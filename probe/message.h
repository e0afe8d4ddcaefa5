/*
 * A message on the wire.
 */
#ifndef PROBE_MESSAGE_H
#define PROBE_MESSAGE_H

#include "lib/util/slice.h"

/* What follows DATA: lines end by CRLF, a dot at the beginning of one is doubled
   (RFC 5321, 4.5.2), and the line that is a dot alone stands at the end.  To be
   freed; NULL: no memory. */
char *message_wire(struct slice message, size_t *len_r);

#endif
