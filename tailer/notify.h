/*
 * Word to the service manager, where there is one.
 */
#ifndef TAILER_NOTIFY_H
#define TAILER_NOTIFY_H

void notify_ready(void);
void notify_reloading(void);
void notify_stopping(void);

#endif
