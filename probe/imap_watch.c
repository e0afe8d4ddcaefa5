/*
 * A watcher of one account: look, wait, look again; and connect again when that
 * comes to nothing.
 */
#include <errno.h>
#include <inttypes.h>
#include <poll.h>
#include <stdio.h>
#include <string.h>
#include <time.h>
#include <unistd.h>

#include "lib/util/clock.h"
#include "lib/util/hash.h"
#include "probe/imap_session.h"
#include "probe/mail_read.h"
#include "probe/watcher.h"
#include "probe/wire.h"

enum {
	MAILBOXES = 2, /* that for mail, and that for spam */
	/* Looked at in one go, and not answered for: the daemon can't say more
	   than there is room for while we do not listen. */
	UIDS = 64,
	FOUND_MAX = 2 * UIDS,
	PATIENCE = 5000,    /* milliseconds, for answers: some mail has none */
	PAUSE_LEAST = 1000, /* milliseconds, doubled each time */
	PAUSE_MOST = 60000,
	IDLE_MOST = 240, /* seconds: what lies between forgets the connection */
	DAY = 86400
};

/* A mail that was reported, until it is counted. */
struct found {
	uint64_t file; /* 0: free */
	uint64_t uid, validity;
	unsigned mailbox;
};

struct mailbox {
	const char *name; /* NULL: none */
	uint64_t validity;
	uint64_t last;  /* UID that was looked at */
	bool is_looked; /* once, in this session */
};

struct watch {
	int socket;
	const struct secret_key *key;
	const struct place *place;
	struct imap *imap;
	struct mailbox mailbox[MAILBOXES];
	struct found found[FOUND_MAX];
	unsigned next;     /* place in `found` */
	unsigned selected; /* number of the mailbox */
	char said[256];    /* the last fault that was reported; empty: none */
};

/* --- reports -------------------------------------------------------------- */

/* Nobody listens: our work is done. */
static void
send_report(const struct watch *watch, const struct report *report)
{
	if (watcher_report(watch->socket, report) == -1)
		_exit(0);
}

static void
report_fault(struct watch *watch, const char *words)
{
	struct report report = { .kind = REPORT_FAULT,
		.place = watch->place->number };

	if (strcmp(watch->said, words) == 0)
		return;
	(void)snprintf(watch->said, sizeof(watch->said), "%s", words);
	(void)snprintf(report.words, sizeof(report.words), "%s", words);
	send_report(watch, &report);
}

static void
report_looked(struct watch *watch)
{
	const struct report report = { .kind = REPORT_LOOKED,
		.place = watch->place->number };

	watch->said[0] = '\0';
	send_report(watch, &report);
}

/* What a message is called, over sessions. */
static uint64_t
file_of(const struct mailbox *mailbox, uint64_t uid)
{
	char text[320];
	int len = snprintf(text, sizeof(text), "%" PRIu64 ".%" PRIu64 ".%s",
	    mailbox->validity, uid, mailbox->name);

	return (hash_bytes(text, (size_t)len) | 1);
}

/* The probe of a name, if this mailbox is its. */
static const struct config_probe *
probe_of(const struct watch *watch, const char *name)
{
	for (unsigned i = 0; i < watch->place->probes_count; i++)
		if (strcmp(watch->place->probes[i]->name, name) == 0)
			return (watch->place->probes[i]);
	return (NULL);
}

static void
report_mail(struct watch *watch, unsigned number,
    const struct imap_message *message, struct slice bytes)
{
	const struct mailbox *mailbox = &watch->mailbox[number];
	struct report report = { .kind = REPORT_ARRIVAL,
		.place = watch->place->number };
	struct arrival *arrival = &report.arrival;
	const struct config_probe *probe;

	if (!mail_read(bytes, watch->key, NULL, arrival) ||
	    (probe = probe_of(watch, arrival->probe)) == NULL)
		return;
	(void)mail_read(
	    bytes, watch->key, probe->delivery->authserv_id, arrival);
	arrival->file = file_of(mailbox, message->uid);
	arrival->found = wire_now();
	arrival->arrived = message->date != 0 ? message->date * 1000000 :
						clock_wall();
	arrival->fresh = mailbox->is_looked && number == 0 &&
	    imap_offers(watch->imap, "IDLE");
	arrival->spam = number > 0;
	watch->found[watch->next++ % FOUND_MAX] = (struct found){
		.file = arrival->file,
		.uid = message->uid,
		.validity = mailbox->validity,
		.mailbox = number,
	};
	send_report(watch, &report);
}

/* --- answers -------------------------------------------------------------- */

static bool
turn_to(struct watch *watch, unsigned number, struct imap_mailbox *selected_r)
{
	struct mailbox *mailbox = &watch->mailbox[number];

	if (!imap_select(watch->imap, mailbox->name, selected_r))
		return (false);
	watch->selected = number;
	if (selected_r->validity != mailbox->validity)
		mailbox->last = 0;
	mailbox->validity = selected_r->validity;
	return (true);
}

/* A UID is of that mailbox, and of no other that has its name by now. */
static bool
remove_mail(struct watch *watch, const struct found *found)
{
	struct imap_mailbox selected;

	if (watch->selected != found->mailbox &&
	    !turn_to(watch, found->mailbox, &selected))
		return (false);
	return (found->validity != watch->mailbox[found->mailbox].validity ||
	    imap_remove(watch->imap, found->uid));
}

/* Those that there are.  -1: the daemon is gone, and so are we. */
static bool
take_answers(struct watch *watch)
{
	struct counted counted;
	int taken;

	while ((taken = watcher_counted(watch->socket, &counted)) == 1)
		for (unsigned i = 0; i < FOUND_MAX; i++) {
			struct found *found = &watch->found[i];

			if (found->file != counted.file || found->file == 0)
				continue;
			if (counted.remove && !remove_mail(watch, found))
				return (false);
			found->file = 0;
		}
	if (taken == -1)
		_exit(0);
	return (true);
}

/* Until the daemon says something, or the server does (`fd`, -1: it is not heard),
   or the time is over. */
static void
wait_for_any(const struct watch *watch, int fd, int64_t until)
{
	struct pollfd fds[] = { { watch->socket, POLLIN, 0 },
		{ fd, POLLIN, 0 } };
	int64_t left = until - clock_milliseconds();

	if (left > 0)
		(void)poll(fds, COUNT(fds), (int)left);
}

/* Before many more are reported. */
static bool
await_answers(struct watch *watch)
{
	int64_t until = clock_milliseconds() + PATIENCE;
	unsigned waiting = 1;

	while (waiting > 0 && clock_milliseconds() < until) {
		wait_for_any(watch, -1, until);
		if (!take_answers(watch))
			return (false);
		waiting = 0;
		for (unsigned i = 0; i < FOUND_MAX; i++)
			waiting += watch->found[i].file != 0;
	}
	memset(watch->found, 0, sizeof(watch->found));
	return (true);
}

/* --- looking -------------------------------------------------------------- */

/* The day of the oldest mail that may be awaited. */
static uint64_t
oldest_day(const struct watch *watch)
{
	double most = 0;

	for (unsigned i = 0; i < watch->place->probes_count; i++) {
		const struct config_delivery *delivery =
		    watch->place->probes[i]->delivery;

		if (delivery->lost_after > most)
			most = delivery->lost_after;
	}
	return ((uint64_t)time(NULL) - (uint64_t)most - DAY);
}

static bool
fetch_all(
    struct watch *watch, unsigned number, const uint64_t *uids, unsigned count)
{
	for (unsigned i = 0; i < count; i++) {
		struct imap_message message;
		struct slice bytes;

		if (!imap_fetch(watch->imap, uids[i], &message, &bytes))
			return (false);
		if (message.uid != 0)
			report_mail(watch, number, &message, bytes);
		if (uids[i] > watch->mailbox[number].last)
			watch->mailbox[number].last = uids[i];
	}
	return (true);
}

static bool
look(struct watch *watch, unsigned number)
{
	struct mailbox *mailbox = &watch->mailbox[number];
	struct imap_mailbox selected;
	uint64_t uids[UIDS];
	unsigned count;

	if (mailbox->name == NULL)
		return (true);
	if (!turn_to(watch, number, &selected))
		return (false);
	do {
		if (!imap_search(watch->imap, mailbox->last + 1,
			oldest_day(watch), uids, UIDS, &count) ||
		    !fetch_all(watch, number, uids, count) ||
		    (count == UIDS && !await_answers(watch)))
			return (false);
	} while (count == UIDS);
	/* What was there before the search, and not in it, is not ours. */
	if (selected.next > mailbox->last + 1)
		mailbox->last = selected.next - 1;
	mailbox->is_looked = true;
	return (true);
}

/* Spam first: then the other is the one that is turned to. */
static bool
look_at_all(struct watch *watch)
{
	return (look(watch, 1) && look(watch, 0));
}

/* --- waiting -------------------------------------------------------------- */

static bool
has_answer(const struct watch *watch)
{
	struct pollfd answer = { watch->socket, POLLIN, 0 };

	return (poll(&answer, 1, 0) == 1);
}

static bool
wait_by_idle(struct watch *watch, int64_t until)
{
	struct imap_mailbox selected;
	bool new = false;

	if (watch->selected != 0 && !turn_to(watch, 0, &selected))
		return (false);
	if (!imap_idle(watch->imap))
		return (false);
	do {
		if (!imap_heard(watch->imap, &new))
			return (false);
		if (!new && !has_answer(watch))
			wait_for_any(watch, imap_fd(watch->imap), until);
	} while (!new && !has_answer(watch) && clock_milliseconds() < until);
	return (imap_wake(watch->imap));
}

/* Answers are dealt with while nothing else is to be done. */
static bool
wait_for_mail(struct watch *watch)
{
	double poll_interval = watch->place->delivery->poll;
	bool idles = imap_offers(watch->imap, "IDLE");
	double seconds = idles && watch->mailbox[1].name == NULL ?
	    IDLE_MOST :
	    poll_interval;
	int64_t until = clock_milliseconds() + (int64_t)(seconds * 1000);

	if (idles)
		return (wait_by_idle(watch, until) && take_answers(watch));
	while (clock_milliseconds() < until) {
		wait_for_any(watch, -1, until);
		if (!take_answers(watch))
			return (false);
	}
	return (imap_noop(watch->imap));
}

/* While there is no session, what is to be removed stays, and is found again. */
static void
pause_for(struct watch *watch, int64_t milliseconds)
{
	int64_t until = clock_milliseconds() + milliseconds;
	struct counted counted;

	while (clock_milliseconds() < until) {
		wait_for_any(watch, -1, until);
		while (watcher_counted(watch->socket, &counted) == 1)
			;
		if (watcher_counted(watch->socket, &counted) == -1)
			_exit(0);
	}
}

/* --- sessions ------------------------------------------------------------- */

/* A session, until it breaks. */
static void
use_session(struct watch *watch, int64_t *pause)
{
	for (unsigned i = 0; i < MAILBOXES; i++) {
		watch->mailbox[i].is_looked = false;
		watch->mailbox[i].last = 0;
	}
	memset(watch->found, 0, sizeof(watch->found));
	while (look_at_all(watch)) {
		report_looked(watch);
		*pause = PAUSE_LEAST;
		if (!take_answers(watch) || !wait_for_mail(watch))
			break;
	}
	report_fault(watch, imap_words(watch->imap));
	imap_close(watch->imap);
}

_Noreturn void
imap_watch(int socket, const struct secret_key *key, const struct place *place)
{
	static struct watch watch;
	int64_t pause = PAUSE_LEAST;

	watch = (struct watch){ .socket = socket, .key = key, .place = place };
	watch.mailbox[0].name = place->delivery->mailbox;
	watch.mailbox[1].name = place->delivery->spam;
	for (;;) {
		char words[IMAP_WORDS];
		bool refused;

		watch.imap = imap_open(place->imap, words, &refused);
		if (watch.imap != NULL)
			use_session(&watch, &pause);
		else
			report_fault(&watch, words);
		/* A password that is wrong again and again locks people out. */
		pause_for(&watch, refused ? PAUSE_MOST : pause);
		pause = 2 * pause < PAUSE_MOST ? 2 * pause : PAUSE_MOST;
	}
}
