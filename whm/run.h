#ifndef WHM_RUN_H
#define WHM_RUN_H

#include "whm/options.h"

/* Poll until TERM or INT, or with --once until each server was.  HUP reads the
   configuration again.  Returns the exit code; ends the program if it can't
   start. */
int run(const struct options *options);

#endif
