/*
 * Between the daemon and the processes that watch mailboxes for it: one for all
 * Maildirs, and one for each account of an IMAP server.  A watcher has a socket
 * (SOCK_SEQPACKET) and says what it finds; the daemon says when that is counted
 * and published, and only then a watcher removes it.  Watchers end with their
 * socket.
 */
#ifndef PROBE_WATCHER_H
#define PROBE_WATCHER_H

#include "lib/config/config_probe.h"
#include "lib/stats/probe_token.h"
#include "probe/arrival.h"
#include "probe/target.h"

/* A mailbox: a Maildir, or a mailbox of an IMAP server, and its folder for
   spam.  Probes with the same one share it; all of delivery but what says where
   it is and its authserv_id may differ between them. */
struct place {
	const struct config_delivery *delivery;
	const struct target *imap; /* NULL: a Maildir */
	unsigned number;           /* as reports name it */
	unsigned probes_count;     /* whose mail is looked for there */
	const struct config_probe *const *probes;
};

enum report_kind {
	REPORT_ARRIVAL, /* a mail of ours */
	REPORT_LOOKED,  /* all that is there by now was looked at, and the
	                   mailbox is watched */
	REPORT_FAULT    /* it can't be; `words` say why */
};

struct report {
	enum report_kind kind;
	unsigned place;
	struct arrival arrival;
	char words[256]; /* printable UTF-8, ended by NUL */
};

/* Mail that was counted; `remove` if it is to go. */
struct counted {
	unsigned place;
	uint64_t file;
	bool remove;
};

/* watcher_report() waits for room and returns 0, or -1 if nobody listens any
   more; watcher_counted() does not wait and returns 1, 0 if there is none now,
   -1 if nobody speaks any more. */
int watcher_report(int socket, const struct report *report);
int watcher_counted(int socket, struct counted *counted_r);

/* Watch until the daemon is gone; the calling process is nothing else. */
_Noreturn void maildirs_watch(int socket, const struct secret_key *key,
    const struct place *places, unsigned count);
_Noreturn void imap_watch(
    int socket, const struct secret_key *key, const struct place *place);

#endif
