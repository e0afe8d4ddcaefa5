/*
 * contrib/reasons.yml as it was when the program was built, so that it works
 * without installation.
 */
#ifndef CONFIG_SHIPPED_H
#define CONFIG_SHIPPED_H

extern const char shipped_reasons[] __attribute__((visibility("hidden")));
extern const char shipped_reasons_end[] __attribute__((visibility("hidden")));

#endif
