/*
 * Words of SMTP that are values of labels, each list once: for the table,
 * where it ends with `other`, and for the parsers.
 */
#ifndef STATS_WORDS_H
#define STATS_WORDS_H

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

/* Such a list as the table has it. */
#define WORD_VALUE(text)     text " "
#define NUMBER_VALUE(number) #number " "
#define STAGE_VALUES         STAGES(WORD_VALUE) "other"
#define REPLY_CODE_VALUES    REPLY_CODES(NUMBER_VALUE) "other"

#endif
