/*
 * What the daemon is told of a Maildir.
 */
#include <stdio.h>

#include "probe/maildir_tell.h"

void
maildir_tell(
    const struct maildirs *all, const struct box *box, struct report *report)
{
	report->place = box->place->number;
	(void)watcher_report(all->socket, report);
}

void
maildir_tell_fault(
    const struct maildirs *all, const struct box *box, const char *words)
{
	struct report report = { .kind = REPORT_FAULT };

	(void)snprintf(report.words, sizeof(report.words), "%s", words);
	maildir_tell(all, box, &report);
}

void
maildir_tell_change(const struct maildirs *all, struct box *box)
{
	if (strcmp(box->fault, box->told) == 0)
		return;
	memcpy(box->told, box->fault, sizeof(box->told));
	if (*box->fault != '\0')
		maildir_tell_fault(all, box, box->fault);
}

void
maildir_tell_looked(const struct maildirs *all, const struct box *box)
{
	struct report report = { .kind = REPORT_LOOKED };

	for (size_t i = 0; i < all->count; i++)
		if (all->boxes[i].place == box->place && !all->boxes[i].well)
			return;
	maildir_tell(all, box, &report);
}
