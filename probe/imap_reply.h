/*
 * Responses of an IMAP server (RFC 3501, 7), taken in as they come.  Knows no
 * connection.  A response is one line; where a literal stands in it, "{N}" is left,
 * and the literal's bytes are beside it.  There is room for one: the last.
 */
#ifndef PROBE_IMAP_REPLY_H
#define PROBE_IMAP_REPLY_H

#include <stdbool.h>
#include <stdint.h>

#include "lib/util/slice.h"

enum {
	IMAP_LINE_MAX = 128 << 10,
	/* What is asked of a message, and something more. */
	IMAP_LITERAL_MAX = 65536 + 512,
	IMAP_WORDS = 160
};

struct imap_reader {
	size_t line_len, literal_len;
	uint64_t literal_left;
	char fault[IMAP_WORDS]; /* why imap_read() gave up */
	char line[IMAP_LINE_MAX];
	char literal[IMAP_LITERAL_MAX];
};

void imap_begin(struct imap_reader *reader);

/* Take bytes.  Returns 1 if a response is complete, 0 if more has to come, -1 if it
   is none that can be taken; `fault` says why.  *used_r of them are done with. */
int imap_read(struct imap_reader *reader, struct slice bytes, size_t *used_r);

/* The response that is complete. */
struct slice imap_line(const struct imap_reader *reader);
struct slice imap_literal(const struct imap_reader *reader);

/* What a line is. */
enum imap_kind {
	IMAP_OTHER,    /* untagged: data */
	IMAP_CONTINUE, /* "+": it waits for us */
	IMAP_OK, /* the command with that tag has ended, or untagged with */
	IMAP_NO, /* `tagged` false: a word beside, or a greeting */
	IMAP_BAD,
	IMAP_PREAUTH,
	IMAP_BYE
};

struct imap_status {
	enum imap_kind kind;
	bool tagged;       /* with the tag that is asked for */
	struct slice code; /* "UIDVALIDITY 3": what is in [] (7.1) */
	struct slice rest; /* what is behind tag, word and code */
};

struct imap_status imap_status(struct slice line, struct slice tag);

/* Take the next word, or the next number, off a line. */
bool imap_word(struct slice *line, struct slice *word_r);
bool imap_number(struct slice *line, uint64_t *number_r);

/* Whether the words, with blanks between, have this one, in any case. */
bool imap_has_word(struct slice words, const char *word);

/* What a FETCH response says of a message. */
struct imap_message {
	uint64_t uid;
	uint64_t date; /* INTERNALDATE in seconds since 1970; 0: none */
	bool has_body; /* the literal is it */
};
bool imap_fetched(struct slice line, struct imap_message *message_r);

#endif
