/*
 * A file that is not ours is opened once, and remembered by a hash of its name;
 * one that moves from new to cur keeps the name up to the colon.
 */
#include <errno.h>
#include <stdio.h>
#include <unistd.h>

#include "lib/util/clock.h"
#include "probe/mail_read.h"
#include "probe/maildir_take.h"
#include "probe/maildir_tell.h"
#include "probe/seen.h"
#include "probe/wire.h"

/* --- names --------------------------------------------------------------- */

static struct slice
unique_name(const char *name)
{
	return (slice_until(slice_of(name), ':'));
}

/* The same in each process, as the daemon keeps it. */
static uint64_t
id_of(const char *name)
{
	struct slice unique = unique_name(name);

	return (hash_bytes(unique.at, unique.len));
}

/* Strangers choose names, and none of theirs may pass for another. */
static uint64_t
seen_number(const struct maildirs *all, const struct box *box, const char *name)
{
	struct slice unique = unique_name(name);
	struct hash_pair key = all->seen_key;

	key.high ^= (uint64_t)(box - all->boxes);
	return (hash_keyed(&key, unique.at, unique.len).low);
}

/* --- files --------------------------------------------------------------- */

static const struct config_probe *
probe_of(const struct place *place, const char *name)
{
	for (unsigned i = 0; i < place->probes_count; i++)
		if (strcmp(place->probes[i]->name, name) == 0)
			return (place->probes[i]);
	return (NULL);
}

/* It is read again if there is a server whose words on it are believed: which
   one depends on the probe. */
static bool
is_ours(const struct maildirs *all, const struct box *box, struct slice message,
    struct arrival *arrival_r)
{
	const struct config_probe *probe;

	if (!mail_read(message, all->key, NULL, arrival_r))
		return (false);
	probe = probe_of(box->place, arrival_r->probe);
	if (probe == NULL)
		return (false);
	return (probe->delivery->authserv_id == NULL ||
	    mail_read(
		message, all->key, probe->delivery->authserv_id, arrival_r));
}

static void
tell_arrival(struct maildirs *all, struct box *box, unsigned directory,
    const char *name, const struct mail_file *file, struct report *report)
{
	struct told_mail mail = { .box = box,
		.id = id_of(name),
		.file = *file,
		.directory = directory,
		.since = clock_milliseconds() };

	(void)snprintf(mail.name, sizeof(mail.name), "%s", name);
	maildir_told_add(&all->told, &mail);
	report->kind = REPORT_ARRIVAL;
	report->arrival.file = mail.id;
	report->arrival.found = wire_now();
	report->arrival.arrived = file->written;
	report->arrival.spam = box->spam;
	maildir_tell(all, box, report);
}

/* Returns whether it was opened. */
static bool
take_file(struct maildirs *all, struct box *box, int fd, unsigned directory,
    const char *name, bool fresh)
{
	struct report report = { .arrival = { .fresh = fresh } };
	struct mail_file file;
	enum mail_file_is is = mail_file_read(
	    fd, name, fresh ? 0 : box->oldest, &file);

	if (is == MAIL_FILE_FAULT)
		box_fault(box, directory, name);
	if (is == MAIL_FILE_READ &&
	    is_ours(all, box, file.message, &report.arrival))
		tell_arrival(all, box, directory, name, &file, &report);
	if (is == MAIL_FILE_READ || is == MAIL_FILE_FOREIGN)
		seen_add(all->seen, seen_number(all, box, name));
	return (is == MAIL_FILE_READ || is == MAIL_FILE_FAULT);
}

/* --- removing ------------------------------------------------------------ */

/* It is no fault of the mailbox that the daemon could judge by, so that is told
   once, and then again that all is well. */
static void
not_removed(struct maildirs *all, struct told_mail *mail, struct box *box)
{
	char why[128], words[BOX_WORDS];

	(void)snprintf(
	    why, sizeof(why), "cannot be removed: %s", strerror(errno));
	box_words(box, mail->directory, mail->name, why, words);
	if (!box->keeps) {
		maildir_tell_fault(all, box, words);
		maildir_tell_looked(all, box);
	}
	box->keeps = true;
}

/* Returns whether there is nothing more to be done about it. */
static bool
remove_mail(
    struct maildirs *all, struct box *box, int fd, struct told_mail *mail)
{
	int removed = mail_file_remove(fd, mail->name, &mail->file);

	if (removed == 1)
		box->keeps = false;
	else if (removed == -1)
		not_removed(all, mail, box);
	return (removed != 0);
}

static struct told_mail *
told_of(struct maildirs *all, const struct counted *counted)
{
	for (size_t i = 0; i < all->count; i++) {
		struct told_mail *mail = NULL;

		if (all->boxes[i].place->number == counted->place)
			mail = maildir_told_find(
			    &all->told, &all->boxes[i], counted->file);
		if (mail != NULL)
			return (mail);
	}
	return (NULL);
}

/* If its name has changed, which we were not told of yet, a look finds it. */
static void
remove_counted(struct maildirs *all, struct told_mail *mail)
{
	struct box *box = &all->boxes[mail->box - all->boxes];
	int fd = box_open(box, mail->directory);
	bool done = fd != -1 && remove_mail(all, box, fd, mail);

	if (fd != -1)
		(void)close(fd);
	if (done) {
		maildir_told_forget(&all->told, mail);
		return;
	}
	maildir_told_remove(&all->told, mail, clock_milliseconds());
	box_look_at(box, 0);
}

void
maildir_counted(struct maildirs *all, const struct counted *counted)
{
	struct told_mail *mail = told_of(all, counted);

	if (mail != NULL && counted->remove)
		remove_counted(all, mail);
	else if (mail != NULL)
		maildir_told_forget(&all->told, mail);
}

/* --- what there is ------------------------------------------------------- */

/* A file that was read before; if it is one that the daemon knows of, it may
   have another name now. */
static void
take_again(
    struct maildirs *all, struct box *box, unsigned directory, const char *name)
{
	struct told_mail *mail = maildir_told_find(
	    &all->told, box, id_of(name));

	if (mail == NULL)
		return;
	mail->directory = directory;
	(void)snprintf(mail->name, sizeof(mail->name), "%s", name);
	if (mail->remove)
		remove_counted(all, mail);
}

bool
maildir_take(struct maildirs *all, struct box *box, int fd, unsigned directory,
    const char *name)
{
	if (!seen_has(all->seen, seen_number(all, box, name)))
		return (take_file(all, box, fd, directory, name, false));
	if (all->told.to_remove > 0)
		take_again(all, box, directory, name);
	return (false);
}

void
maildir_arrival(struct maildirs *all, struct box *box, unsigned directory,
    const char *name, bool closed)
{
	int fd;

	if (*name == '.')
		return;
	if (!closed && seen_has(all->seen, seen_number(all, box, name))) {
		take_again(all, box, directory, name);
		return;
	}
	fd = box_open(box, directory);
	if (fd != -1) {
		(void)take_file(all, box, fd, directory, name, box->looked);
		(void)close(fd);
	}
	if (*box->fault == '\0' || strcmp(box->fault, box->told) == 0)
		return;
	maildir_tell_change(all, box);
	box_look_at(box, clock_milliseconds() + box_wait(box));
}
