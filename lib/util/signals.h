/*
 * Signals that end or reload a daemon, read like any other input.
 */
#ifndef UTIL_SIGNALS_H
#define UTIL_SIGNALS_H

/* From now on TERM, INT and HUP are for signals_read(), PIPE is ignored.  A
   process that has not ended `end_seconds` after TERM or INT is ended then, with
   status 0 (0: it takes its time).  Ends the program if that can't be. */
void signals_catch(unsigned end_seconds);

/* What gets readable when one has come. */
int signals_fd(void);

/* Returns the number of a signal that came, or 0; does not wait. */
int signals_read(void);

#endif
