/*
 * Words of SMTP that are values of labels, each list once: for the table,
 * where it ends with `other`, and for the parsers.
 */
#ifndef STATS_WORDS_H
#define STATS_WORDS_H

#include <strings.h>

#include "lib/util/slice.h"

/* Stages of a session, as smtpd(8) and postscreen(8) write them; those that
   are frequent first. */
#define STAGES(WORD) \
	WORD("RCPT") \
	WORD("CONNECT") \
	WORD("END-OF-MESSAGE") \
	WORD("MAIL") \
	WORD("EHLO") \
	WORD("HELO") \
	WORD("DATA") \
	WORD("AUTH") \
	WORD("STARTTLS") \
	WORD("BDAT") \
	WORD("RSET") \
	WORD("NOOP") \
	WORD("QUIT") \
	WORD("VRFY") \
	WORD("ETRN") \
	WORD("HELP") \
	WORD("XCLIENT") \
	WORD("XFORWARD") \
	WORD("UNKNOWN")

/* Replies that turn a client away: those of RFC 5321, of its extensions that
   Postfix has, and of Postfix's own settings. */
#define REPLY_CODES(NUMBER) \
	NUMBER(421) \
	NUMBER(450) \
	NUMBER(451) \
	NUMBER(452) \
	NUMBER(454) \
	NUMBER(455) \
	NUMBER(458) \
	NUMBER(459) \
	NUMBER(500) \
	NUMBER(501) \
	NUMBER(502) \
	NUMBER(503) \
	NUMBER(504) \
	NUMBER(521) \
	NUMBER(523) \
	NUMBER(530) \
	NUMBER(534) \
	NUMBER(535) \
	NUMBER(538) \
	NUMBER(550) \
	NUMBER(551) \
	NUMBER(552) \
	NUMBER(553) \
	NUMBER(554) \
	NUMBER(555) \
	NUMBER(556)

/* SASL mechanisms.  A client may name any, so what else it says is other. */
#define METHODS(WORD) \
	WORD("LOGIN") \
	WORD("PLAIN") \
	WORD("CRAM-MD5") \
	WORD("DIGEST-MD5") \
	WORD("NTLM") \
	WORD("GSSAPI") \
	WORD("GS2-KRB5") \
	WORD("GSS-SPNEGO") \
	WORD("EXTERNAL") \
	WORD("ANONYMOUS") \
	WORD("OTP") \
	WORD("SCRAM-SHA-1") \
	WORD("SCRAM-SHA-1-PLUS") \
	WORD("SCRAM-SHA-256") \
	WORD("SCRAM-SHA-256-PLUS") \
	WORD("XOAUTH2") \
	WORD("OAUTHBEARER")

/* Commands, as the statistics of smtpd(8) have them; `unknown` is its word. */
#define COMMANDS(WORD) \
	WORD("helo") \
	WORD("ehlo") \
	WORD("xclient") \
	WORD("xforward") \
	WORD("starttls") \
	WORD("auth") \
	WORD("mail") \
	WORD("rcpt") \
	WORD("data") \
	WORD("bdat") \
	WORD("rset") \
	WORD("noop") \
	WORD("vrfy") \
	WORD("etrn") \
	WORD("quit") \
	WORD("help") \
	WORD("unknown")

/* Versions of TLS. */
#define PROTOCOLS(WORD) \
	WORD("TLSv1.3") \
	WORD("TLSv1.2") \
	WORD("TLSv1.1") \
	WORD("TLSv1") \
	WORD("SSLv3") \
	WORD("SSLv2")

/* Such a list as the table has it, */
#define WORD_VALUE(text)     text " "
#define NUMBER_VALUE(number) #number " "
#define STAGE_VALUES         STAGES(WORD_VALUE) "other"
#define REPLY_CODE_VALUES    REPLY_CODES(NUMBER_VALUE) "other"
#define METHOD_VALUES        METHODS(WORD_VALUE) "other"
#define COMMAND_VALUES       COMMANDS(WORD_VALUE) "other"
#define PROTOCOL_VALUES      PROTOCOLS(WORD_VALUE) "other"

/* and as a parser has it. */
#define WORD_SLICE(text) SLICE(text),

/* Find a word, without regard to case.  Returns its number and the word as the
   list has it, or `count` and `other`. */
static inline unsigned
words_find(const struct slice *words, unsigned count, struct slice word,
    struct slice *word_r)
{
	for (unsigned i = 0; i < count; i++)
		if (words[i].len == word.len && word.len > 0 &&
		    ((words[i].at[0] ^ word.at[0]) & ~0x20) == 0 &&
		    strncasecmp(words[i].at, word.at, word.len) == 0) {
			*word_r = words[i];
			return (i);
		}
	*word_r = SLICE("other");
	return (count);
}

#endif
