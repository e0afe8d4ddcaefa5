/*
 * Rows, field by field.
 */
#include <inttypes.h>
#include <stdio.h>
#include <string.h>

#include "whm/records.h"

/* --- numbers -------------------------------------------------------------- */

static enum reason
read_digits(
    const char *text, const char *name, uint64_t *value_r, struct fault *fault)
{
	if (text[0] == '-' && text[1] >= '0' && text[1] <= '9')
		return (
		    fault_set(fault, REASON_NEGATIVE, "%s is %s", name, text));
	if (slice_number(slice_of(text), value_r))
		return (REASON_NONE);
	return (
	    fault_set(fault, REASON_NUMBER, "%s is no number: %s", name, text));
}

/* `must`: it has to be there, if only as null. */
static enum reason
read_number(const json_t *record, const char *name, bool must,
    uint64_t *value_r, struct fault *fault)
{
	const json_t *value = json_object_get(record, name);

	*value_r = 0;
	if (value == NULL && must)
		return (fault_set(fault, REASON_SHAPE, "there is no %s", name));
	if (value == NULL || json_is_null(value))
		return (REASON_NONE);
	if (json_is_integer(value) && json_integer_value(value) < 0)
		return (fault_set(fault, REASON_NEGATIVE,
		    "%s is %" JSON_INTEGER_FORMAT, name,
		    json_integer_value(value)));
	if (json_is_integer(value)) {
		*value_r = (uint64_t)json_integer_value(value);
		return (REASON_NONE);
	}
	if (json_is_boolean(value)) {
		*value_r = json_is_true(value);
		return (REASON_NONE);
	}
	if (!json_is_string(value))
		return (fault_set(
		    fault, REASON_NUMBER, "%s is no whole number", name));
	if (json_string_length(value) == 0)
		return (REASON_NONE);
	return (read_digits(json_string_value(value), name, value_r, fault));
}

/* --- texts ---------------------------------------------------------------- */

static enum reason
refuse_text(const char *name, struct fault *fault)
{
	return (fault_set(fault, REASON_SHAPE, "%s is no text", name));
}

/* Of a field that is text; null and nothing are empty. */
static enum reason
read_text(const json_t *record, const char *name, struct slice *text_r,
    struct fault *fault)
{
	const json_t *value = json_object_get(record, name);

	*text_r = SLICE("");
	if (value == NULL || json_is_null(value))
		return (REASON_NONE);
	if (!json_is_string(value))
		return (refuse_text(name, fault));
	*text_r = (struct slice){ json_string_value(value),
		json_string_length(value) };
	return (REASON_NONE);
}

/* --- users ---------------------------------------------------------------- */

/* Up to the first byte that is no digit, blanks before it left out. */
static struct slice
digits_of(struct slice text)
{
	size_t start = 0, end;

	while (start < text.len && text.at[start] == ' ')
		start++;
	end = start;
	while (end < text.len && byte_is_digit(text.at[end]))
		end++;
	return ((struct slice){ text.at + start, end - start });
}

/* A limit: 0, 1, or how much of it is used up: "5/5 (100%)", "150/150".  What
   stands behind the slash may be a word, as "unlimited": that is not reached. */
static enum reason
read_limit(const json_t *record, const char *name, bool *reached_r,
    struct fault *fault)
{
	const json_t *value = json_object_get(record, name);
	const char *text = json_string_value(value);
	uint64_t used, most;
	struct slice rest, first;
	enum reason reason;

	*reached_r = false;
	if (text != NULL && strchr(text, '/') != NULL) {
		rest = slice_of(text);
		(void)slice_cut(&rest, '/', &first);
		if (!slice_number(digits_of(first), &used))
			return (fault_set(fault, REASON_NUMBER,
			    "%s is no limit: %s", name, text));
		*reached_r = slice_number(digits_of(rest), &most) &&
		    used >= most;
		return (REASON_NONE);
	}
	reason = read_number(record, name, false, &used, fault);
	*reached_r = used > 0;
	return (reason);
}

enum reason
user_read(const json_t *record, struct user_row *row_r, struct fault *fault)
{
	static const char *const stats[USER_STATS] = { "SENDCOUNT",
		"SUCCESSCOUNT", "FAILCOUNT", "DEFERCOUNT", "DEFERFAILCOUNT",
		"TOTALSIZE" };
	enum reason reason;

	if ((reason = read_text(record, "USER", &row_r->user, fault)) !=
		REASON_NONE ||
	    (reason = read_text(record, "DOMAIN", &row_r->domain, fault)) !=
		REASON_NONE ||
	    (reason = read_text(record, "PRIMARY_DOMAIN",
		 &row_r->primary_domain, fault)) != REASON_NONE ||
	    (reason = read_text(record, "OWNER", &row_r->owner, fault)) !=
		REASON_NONE ||
	    (reason = read_limit(record, "REACHED_MAXEMAILS",
		 &row_r->max_emails, fault)) != REASON_NONE ||
	    (reason = read_limit(record, "REACHED_MAXDEFERFAIL",
		 &row_r->max_defer_fail, fault)) != REASON_NONE)
		return (reason);
	if (row_r->user.len == 0)
		return (fault_set(
		    fault, REASON_SHAPE, "a row of users has no USER"));
	for (unsigned i = 0; i < USER_STATS && reason == REASON_NONE; i++)
		reason = read_number(
		    record, stats[i], true, &row_r->stat[i], fault);
	return (reason);
}

enum reason
total_read(
    const json_t *record, uint64_t stat_r[TOTAL_STATS], struct fault *fault)
{
	static const char *const stats[TOTAL_STATS] = { "SENDCOUNT",
		"SUCCESSCOUNT", "FAILCOUNT", "DEFERCOUNT", "DEFERFAILCOUNT",
		"INPROGRESSCOUNT", "TOTALSIZE" };
	enum reason reason = REASON_NONE;

	for (unsigned i = 0; i < TOTAL_STATS && reason == REASON_NONE; i++)
		reason = read_number(record, stats[i], true, &stat_r[i], fault);
	return (reason);
}

/* --- messages ------------------------------------------------------------- */

static const char *const message_names[MESSAGE_TEXTS] = { "actiontime",
	"actionunixtime", "deliveredto", "deliverydomain", "deliveryuser",
	"domain", "host", "ip", "message", "msgid", "recipient", "router",
	"sender", "senderauth", "senderhost", "senderip", "sendunixtime",
	"size", "transport", "transport_is_remote", "type", "user", "spamscore",
	"email" };

/* A field of a message as text, whatever it is. */
static enum reason
read_message_text(const json_t *value, const char *name,
    struct message *message, struct slice *text_r, struct fault *fault)
{
	char *number = message->number[message->numbers];

	*text_r = SLICE("");
	if (value == NULL || json_is_null(value))
		return (REASON_NONE);
	if (json_is_string(value)) {
		*text_r = (struct slice){ json_string_value(value),
			json_string_length(value) };
		return (REASON_NONE);
	}
	if (json_is_boolean(value)) {
		*text_r = json_is_true(value) ? SLICE("1") : SLICE("0");
		return (REASON_NONE);
	}
	if (message->numbers == MESSAGE_NUMBERS || !json_is_number(value))
		return (refuse_text(name, fault));
	if (json_is_integer(value))
		(void)snprintf(number, sizeof(message->number[0]),
		    "%" JSON_INTEGER_FORMAT, json_integer_value(value));
	else
		(void)snprintf(number, sizeof(message->number[0]), "%.6g",
		    json_real_value(value));
	message->numbers++;
	*text_r = slice_of(number);
	return (REASON_NONE);
}

static enum message_type
type_of(struct slice text)
{
	static const char *const names[MESSAGE_TYPES] = { "success", "defer",
		"failure", "inprogress", "" };
	unsigned type = MESSAGE_SUCCESS;

	while (type < MESSAGE_OTHER && !slice_equal(text, names[type]))
		type++;
	return ((enum message_type)type);
}

static enum reason
check_message(struct message *message, struct fault *fault)
{
	static const enum message_text wanted[] = { TEXT_MESSAGE_ID,
		TEXT_RECIPIENT, TEXT_TYPE };

	for (size_t i = 0; i < COUNT(wanted); i++)
		if (message->text[wanted[i]].len == 0)
			return (fault_set(fault, REASON_SHAPE,
			    "a message has no %s", message_names[wanted[i]]));
	if (message->sum.action_time == 0)
		return (fault_set(
		    fault, REASON_SHAPE, "a message has no actionunixtime"));
	return (REASON_NONE);
}

enum reason
message_read(
    const json_t *record, struct message *message_r, struct fault *fault)
{
	uint64_t remote = 0;
	enum reason reason = REASON_NONE;

	message_r->numbers = 0;
	for (unsigned i = 0; i < MESSAGE_TEXTS && reason == REASON_NONE; i++)
		reason = read_message_text(
		    json_object_get(record, message_names[i]), message_names[i],
		    message_r, &message_r->text[i], fault);
	if (reason != REASON_NONE ||
	    (reason = read_number(record, "actionunixtime", true,
		 &message_r->sum.action_time, fault)) != REASON_NONE ||
	    (reason = read_number(record, "sendunixtime", false,
		 &message_r->sum.send_time, fault)) != REASON_NONE ||
	    (reason = read_number(record, "size", false, &message_r->sum.size,
		 fault)) != REASON_NONE ||
	    (reason = read_number(record, "transport_is_remote", false, &remote,
		 fault)) != REASON_NONE)
		return (reason);
	message_r->sum.remote = remote != 0;
	message_r->sum.type = type_of(message_r->text[TEXT_TYPE]);
	return (check_message(message_r, fault));
}
