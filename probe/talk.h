/*
 * What the parts of a conversation share, and nobody else wants.
 */
#ifndef PROBE_TALK_H
#define PROBE_TALK_H

#include "probe/conversation.h"
#include "probe/reply.h"
#include "probe/wire.h"

enum { RESPONSE_MAX = 12288 }; /* as RFC 4954 has lines */

struct talk {
	const struct target *target;
	const struct config_probe *config;
	struct outcome *outcome;
	struct wire *wire;
	uint64_t began, end; /* all of it; as wire_now() has time */
	uint64_t phase_began;
	bool speaks;   /* the server waits for a command: QUIT makes sense */
	bool dot_sent; /* so the message may have been taken */
	/* The last response of a login, which may hold the password: not to be
	   shown. */
	char response[RESPONSE_MAX];
	struct reply_reader reader;
};

/* The address of the server, until its phase's deadline: a conversation's first
   two phases.  As all of these: true if it goes on, false if the result is
   set. */
bool talk_connect(struct talk *talk);

/* A phase begins and ends.  talk_deadline() is that of the phase under way. */
void talk_begin(struct talk *talk, enum phase phase);
void talk_done(struct talk *talk, enum phase phase);
uint64_t talk_deadline(const struct talk *talk);

/* Set the result of all; false. */
bool talk_end(struct talk *talk, enum result result, enum phase phase,
    const char *format, ...) __attribute__((format(printf, 4, 5)));

/* Write, or read one reply into talk->reader and the outcome. */
bool talk_write(struct talk *talk, enum phase phase, struct slice bytes);
bool talk_read(struct talk *talk, enum phase phase);

/* Judge the phase's reply by what is expected. */
bool talk_judge(struct talk *talk, enum phase phase);

/* A whole phase: a command without its CRLF, its reply, and the judgement. */
bool talk_command(struct talk *talk, enum phase phase, const char *format, ...)
    __attribute__((format(printf, 3, 4)));

/* PHASE_SASL_AUTH */
bool talk_login(struct talk *talk);

#endif
