#include <stdarg.h>
#include <stdio.h>

#include "lib/stats/key.h"
#include "whm/reason.h"

/* As the table has them, one after the other. */
const char *
reason_name(enum reason reason)
{
	static char names[REASON_COUNT][LABEL_MAX + 1];

	if (names[0][0] == '\0') {
		struct slice rest = slice_of(labels[LABEL_WHM_REASON].values);
		struct slice name;

		for (unsigned i = 0;
		     i < REASON_COUNT && label_value_next(&rest, &name); i++)
			(void)snprintf(names[i], sizeof(names[i]), "%.*s",
			    (int)name.len, name.at);
	}
	return (reason < REASON_COUNT ? names[reason] : "none");
}

enum reason
fault_set(struct fault *fault, enum reason reason, const char *format, ...)
{
	va_list args;

	fault->reason = reason;
	va_start(args, format);
	(void)vsnprintf(fault->text, sizeof(fault->text), format, args);
	va_end(args);
	/* a stranger's words end up in a log and on a terminal */
	for (char *at = fault->text; *at != '\0'; at++)
		if ((unsigned char)*at < ' ' || (unsigned char)*at >= 0x7f)
			*at = '?';
	return (reason);
}
