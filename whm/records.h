/*
 * The rows of answers.  Numbers may be integers, strings of digits or null; texts
 * may be null, or numbers.  Slices are borrowed from the JSON, or from the row.
 */
#ifndef WHM_RECORDS_H
#define WHM_RECORDS_H

#include <jansson.h>

#include "lib/util/slice.h"
#include "whm/reason.h"

/* In the order of the table's rows USER_SENT and so on. */
enum { USER_STATS = 6, TOTAL_STATS = 7 };

/* Of emailtrack_user_stats. */
struct user_row {
	struct slice user, domain, primary_domain, owner;
	uint64_t stat[USER_STATS];
	bool max_emails, max_defer_fail; /* reached */
};

enum reason user_read(
    const json_t *record, struct user_row *row_r, struct fault *fault);

/* Of emailtrack_stats, in the order of WHM_TOTAL_SENT and so on. */
enum reason total_read(
    const json_t *record, uint64_t stat_r[TOTAL_STATS], struct fault *fault);

enum message_type {
	MESSAGE_SUCCESS,
	MESSAGE_DEFER,
	MESSAGE_FAILURE,
	MESSAGE_IN_PROGRESS,
	MESSAGE_OTHER,
	MESSAGE_TYPES
};

/* What an event has besides its numbers, in the order of the labels of
   email_logs (whm_rows.h), and two more. */
enum message_text {
	TEXT_TIME,
	TEXT_ACTION_TIME,
	TEXT_DELIVERED_TO,
	TEXT_DELIVERY_DOMAIN,
	TEXT_DELIVERY_USER,
	TEXT_DOMAIN,
	TEXT_HOST,
	TEXT_IP,
	TEXT_MESSAGE,
	TEXT_MESSAGE_ID,
	TEXT_RECIPIENT,
	TEXT_ROUTER,
	TEXT_SENDER,
	TEXT_SENDER_AUTH,
	TEXT_SENDER_HOST,
	TEXT_SENDER_IP,
	TEXT_SEND_TIME,
	TEXT_SIZE,
	TEXT_TRANSPORT,
	TEXT_REMOTE,
	TEXT_TYPE,
	TEXT_USER,
	TEXT_SPAM_SCORE,
	TEXT_EMAIL,
	MESSAGE_TEXTS
};

enum { MESSAGE_NUMBERS = 16 };

/* What is counted of a message. */
struct message_sum {
	enum message_type type;
	bool remote;
	uint64_t action_time, send_time; /* seconds since 1970; 0: none */
	uint64_t size;                   /* bytes */
};

/* Of emailtrack_search: what became of one recipient. */
struct message {
	struct slice text[MESSAGE_TEXTS];
	struct message_sum sum;
	/* texts of what were numbers */
	char number[MESSAGE_NUMBERS][24];
	unsigned numbers;
};

enum reason message_read(
    const json_t *record, struct message *message_r, struct fault *fault);

#endif
