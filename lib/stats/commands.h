/*
 * Commands of SMTP sessions, from the statistics that smtpd(8) appends to its
 * disconnect lines: " ehlo=1 rcpt=1/2 quit=1 commands=3/4".  Most sessions
 * end with one of a few such texts, so each is read once and from then on
 * only counted.
 */
#ifndef STATS_COMMANDS_H
#define STATS_COMMANDS_H

#include "lib/stats/counters.h"
#include "lib/stats/words.h"

enum {
	COMMANDS_KEPT = 256, /* texts */
	COMMANDS_TEXT = 88,  /* bytes of each */
#define COMMAND_ONE(text) +1
	COMMAND_OTHER = COMMANDS(COMMAND_ONE),
	COMMAND_COUNT
};

/* How many commands of each kind were obeyed, and were not. */
struct command_tally {
	uint32_t ok[COMMAND_COUNT];
	uint32_t failed[COMMAND_COUNT];
};

struct commands_text {
	uint32_t serial; /* of the tag; 0: none */
	unsigned instance;
	uint64_t times; /* not passed on yet */
	struct slice service;
	size_t len;
	char text[COMMANDS_TEXT];
	struct command_tally tally;
};

struct commands {
	unsigned waiting; /* texts that are not passed on yet */
	struct commands_text at[COMMANDS_KEPT];
};

/*
 * Count the end of `times` sessions: an EVENT_DISCONNECT, whose `said` is the
 * statistics.  Its service is borrowed until commands_settle().  Returns false
 * if they are not understood; then nothing is counted.
 */
bool commands_note(struct commands *commands, struct counters *counters,
    unsigned instance, const struct event *event, uint64_t times);

/* Pass on all that was noted. */
void commands_settle(struct commands *commands, struct counters *counters);

#endif
