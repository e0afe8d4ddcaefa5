/*
 * From the configuration to how lines are counted; rules and reasons apart
 * (patterns.h).
 */
#ifndef TAILER_SETTINGS_H
#define TAILER_SETTINGS_H

#include "lib/config/config.h"
#include "lib/stats/line.h"

/* `config` must outlive `lines`. */
void settings_apply(struct line_counter *lines, const struct config *config);

#endif
