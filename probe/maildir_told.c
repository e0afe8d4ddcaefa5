/*
 * A table of constant size, small enough to be searched from end to end.
 */
#include "probe/maildir_told.h"

enum { LATELY = 60000 /* milliseconds */ };

static struct told_mail *
oldest(struct maildir_told *told)
{
	struct told_mail *oldest = &told->mails[0];

	for (unsigned i = 0; i < MAILDIR_TOLD_MAX; i++) {
		struct told_mail *mail = &told->mails[i];

		if (mail->box == NULL)
			return (mail);
		if (mail->since < oldest->since)
			oldest = mail;
	}
	return (oldest);
}

void
maildir_told_forget(struct maildir_told *told, struct told_mail *mail)
{
	told->to_remove -= mail->remove;
	mail->remove = false;
	mail->box = NULL;
}

void
maildir_told_add(struct maildir_told *told, const struct told_mail *mail)
{
	struct told_mail *place = maildir_told_find(told, mail->box, mail->id);

	if (place == NULL)
		place = oldest(told);
	maildir_told_forget(told, place);
	*place = *mail;
}

void
maildir_told_remove(
    struct maildir_told *told, struct told_mail *mail, int64_t now)
{
	told->to_remove += !mail->remove;
	mail->remove = true;
	mail->since = now;
}

struct told_mail *
maildir_told_find(struct maildir_told *told, const struct box *box, uint64_t id)
{
	for (unsigned i = 0; i < MAILDIR_TOLD_MAX; i++) {
		struct told_mail *mail = &told->mails[i];

		if (mail->box == box && mail->id == id)
			return (mail);
	}
	return (NULL);
}

unsigned
maildir_told_waiting(const struct maildir_told *told, int64_t now)
{
	unsigned waiting = 0;

	for (unsigned i = 0; i < MAILDIR_TOLD_MAX; i++) {
		const struct told_mail *mail = &told->mails[i];

		waiting += mail->box != NULL && !mail->remove &&
		    now - mail->since < LATELY;
	}
	return (waiting);
}
