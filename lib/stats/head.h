/*
 * The head of a log line: what stands before the text that a program wrote.
 * Formats: RFC 3164 and postlogd(8)'s own ("Nov 22 08:00:01 host tag[pid]:
 * text"), RFC 3339 stamps in its place (rsyslog on Debian 12), RFC 5424, each
 * with or without <PRI>.  The stamp is passed over, not read.
 */
#ifndef STATS_HEAD_H
#define STATS_HEAD_H

#include <stdbool.h>

#include "lib/util/slice.h"

struct head {
	struct slice host;
	struct slice tag;  /* empty: a line without one */
	struct slice text; /* without line end */
};

/* Returns false if the line has no readable head. */
bool head_parse(struct slice line, struct head *head_r);

/* Read tag and text only, from behind the host and its blank on; `rest` has no
   line end. */
bool head_parse_tag(struct slice rest, struct head *head_r);

/* Whether `at`, of as many bytes at least, begins with a stamp "Nov 22
   08:00:01 ", the day in two columns. */
enum { HEAD_STAMP_BSD = 16 };
bool head_stamp_bsd(const char *at);

/* Daemons whose lines are read in their own ways. */
enum daemon_kind {
	DAEMON_OTHER,
	DAEMON_ANVIL,
	DAEMON_BOUNCE,
	DAEMON_CLEANUP,
	DAEMON_DNSBLOG,
	DAEMON_MASTER,
	DAEMON_PICKUP,
	DAEMON_PIPE,
	DAEMON_POSTSCREEN,
	DAEMON_POSTSUPER,
	DAEMON_QMGR,
	DAEMON_SCACHE,
	DAEMON_SCRIPT, /* postfix(1) and its postfix-script */
	DAEMON_SMTP,   /* and lmtp */
	DAEMON_SMTPD,
	DAEMON_TLSMGR,
	DAEMON_TLSPROXY,
	DAEMON_VERIFY,
};

enum { SERIAL_MAX = (1 << 30) - 1 };

/* The parts of a Postfix tag, "postfix-out/submission/smtpd". */
struct tag {
	struct slice instance; /* postfix-out */
	struct slice service;  /* submission; else the daemon */
	struct slice daemon;   /* smtpd */
	enum daemon_kind kind;
	unsigned agent;  /* trait of deliveries by it (event.h) */
	uint32_t serial; /* of no other tag; 0: none */
};

/* The trait TRAIT_BY_... of deliveries by `agent`. */
unsigned agent_trait(struct slice agent);

/* Returns false if `tag` has no slash, or an empty part; "postfix" alone is
   read as "postfix/postfix". */
bool tag_parse(struct slice tag, struct tag *tag_r);

#endif
