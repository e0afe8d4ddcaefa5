/*
 * Replies of SMTP and LMTP (RFC 5321, 4.2), from bytes as they come in.  Knows
 * no sockets.  A reply is bounded: so many bytes, lines of so many.
 */
#ifndef PROBE_REPLY_H
#define PROBE_REPLY_H

#include "lib/util/slice.h"
#include "probe/outcome.h"

enum {
	REPLY_LINE_MAX = 2048, /* RFC 5321 has 512; some send more */
	REPLY_LINES_MAX = 256
};

/* What is read of a reply so far.  Begin with reply_begin(). */
struct reply_reader {
	struct reply reply;
	unsigned lines;
	char ehlo[OUTCOME_TEXT]; /* what stands on each line, '\n' between; from
	                            the second line on: EHLO's keywords */
	char line[REPLY_LINE_MAX];
	struct slice last; /* the last line behind its code, as it came */
	size_t line_len;
	size_t text_len;
	const char *fault; /* in words, when reply_read() returned -1 */
};

void reply_begin(struct reply_reader *reader);

/*
 * Take bytes.  Returns 1 when the reply is complete, and in *used_r how many
 * bytes are of it; 0 if it wants more (all bytes were taken); -1 if this is no
 * reply: reader->fault.
 */
int reply_read(struct reply_reader *reader, struct slice bytes, size_t *used_r);

/* Whether EHLO offers `keyword`, and what stands behind it; any case. */
bool reply_offers(
    const char *ehlo, const char *keyword, struct slice *parameters_r);

/* The queue id that the reply to the dot names ("queued as ABC"; Postfix,
   and LMTP of Dovecot: "Saved" has none).  Empty if it names none. */
void reply_queue_id(const struct reply *reply, char id_r[QUEUE_ID_TEXT]);

#endif
