/*
 * A look at all that is in a Maildir, directory after directory.
 */
#include <errno.h>
#include <time.h>
#include <unistd.h>

#include "lib/util/clock.h"
#include "probe/maildir_look.h"
#include "probe/maildir_take.h"
#include "probe/maildir_tell.h"

/* Of a slice. */
enum { ENTRIES = 256, OPENS = 64 };

enum { DAY = 86400 };

/* What was written before is none that could be awaited. */
static uint64_t
oldest_awaited(const struct place *place)
{
	double awaited = 0, now = (double)time(NULL);

	for (unsigned i = 0; i < place->probes_count; i++)
		if (place->probes[i]->delivery->lost_after > awaited)
			awaited = place->probes[i]->delivery->lost_after;
	awaited += DAY;
	return (now > awaited ? (uint64_t)((now - awaited) * 1e6) : 0);
}

static void
begin(struct maildirs *all, struct box *box)
{
	box->began = clock_milliseconds();
	box->oldest = oldest_awaited(box->place);
	box->directory = 0;
	box->changed = box->missing = false;
	box->fault[0] = '\0';
	box_watch(all, box);
}

/* Open the next directory that can be; false: none is left. */
static bool
open_next(struct maildirs *all, struct box *box)
{
	while (box->directory < box_directories(box)) {
		int fd = box_open(box, box->directory);

		box->open = fd != -1 ? fdopendir(fd) : NULL;
		if (box->open != NULL) {
			all->looks++;
			return (true);
		}
		if (fd != -1)
			(void)close(fd);
		box->missing = true;
		box->directory++;
	}
	return (false);
}

static void
close_directory(struct maildirs *all, struct box *box)
{
	(void)closedir(box->open);
	box->open = NULL;
	box->directory++;
	all->looks--;
}

static bool
may_be_file(const struct dirent *entry)
{
	return (*entry->d_name != '.' &&
	    (entry->d_type == DT_REG || entry->d_type == DT_UNKNOWN));
}

/* Read entries of the directory; false: it is at its end. */
static bool
read_entries(struct maildirs *all, struct box *box)
{
	int fd = dirfd(box->open);
	unsigned opens = 0;

	for (unsigned i = 0; i < ENTRIES && opens < OPENS; i++) {
		const struct dirent *entry;

		errno = 0;
		entry = readdir(box->open);
		if (entry == NULL) {
			if (errno != 0 && errno != ENOENT)
				box_fault(box, box->directory, NULL);
			return (false);
		}
		if (may_be_file(entry))
			opens += maildir_take(
			    all, box, fd, box->directory, entry->d_name);
	}
	return (true);
}

/* Mail that was to be removed before the look began and was not met: somebody
   else has removed it. */
static void
forget_removed(struct maildirs *all, const struct box *box)
{
	for (unsigned i = 0; i < MAILDIR_TOLD_MAX; i++) {
		struct told_mail *mail = &all->told.mails[i];

		if (mail->box == box && mail->remove &&
		    mail->since < box->began)
			maildir_told_forget(&all->told, mail);
	}
}

/* Where nothing tells of a change, the next look comes sooner. */
static void
end(struct maildirs *all, struct box *box)
{
	int64_t wait = box_wait(box);

	box->well = *box->fault == '\0';
	box->looked = true;
	if (!box->missing)
		forget_removed(all, box);
	maildir_tell_change(all, box);
	if (box->well)
		maildir_tell_looked(all, box);
	if (box->well && !box->blind)
		wait *= 6;
	box->due = box->changed ? 0 : clock_milliseconds() + wait;
}

void
maildir_look(struct maildirs *all, struct box *box)
{
	if (box->open == NULL)
		begin(all, box);
	else if (read_entries(all, box))
		return;
	else
		close_directory(all, box);
	if (!open_next(all, box))
		end(all, box);
}
