/*
 * The language that snmpd's pass_persist speaks with a program: lines of
 * text, a request and its answer.  Everything is answered from a view, and
 * nothing can be set.  No input or output happens in here, and what comes in
 * is trusted no more than the log is.
 *
 *	PING				PONG
 *	get OID, getnext OID		OID TYPE VALUE, or NONE
 *	set OID TYPE-and-VALUE		not-writable
 *
 * where each word is a line of its own.
 */
#ifndef AGENTX_PASS_H
#define AGENTX_PASS_H

#include "agentx/view.h"

enum {
	PASS_LINE_MAX = 4096, /* bytes of a line either way, newline included:
	                         snmpd reads no more at once */
	PASS_ANSWER_MAX = 3 * PASS_LINE_MAX
};

/* What the next line is. */
enum pass_next { PASS_REQUEST, PASS_GET, PASS_GETNEXT, PASS_SET, PASS_VALUE };

/* A conversation; begin with all zero but the view. */
struct pass {
	struct view *view;
	enum pass_next next;
	char line[PASS_LINE_MAX]; /* as far as it has come */
	size_t len;
};

/* Take lines off the front of `input` until one calls for an answer.  Returns
   the answer's length, or 0 when all of `input` is taken. */
size_t pass_take(
    struct pass *pass, struct slice *input, char answer_r[PASS_ANSWER_MAX]);

#endif
