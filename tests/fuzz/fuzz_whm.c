/*
 * What a server with WHM could answer: it is refused with a reason, or each of its
 * rows is; what is told of a message is JSON that says the same; and rows add up to
 * the same however few are kept.
 */
#include "tests/fuzz/fuzz.h"
#include "whm/answer.h"
#include "whm/buffer.h"
#include "whm/logs.h"
#include "whm/pseudonym.h"
#include "whm/users.h"

static void
check_fault(enum reason reason, const struct fault *fault)
{
	PROMISE(reason < REASON_COUNT && fault->reason == reason);
	PROMISE(reason_name(reason)[0] != '\0');
	for (const char *at = fault->text; *at != '\0'; at++)
		PROMISE((unsigned char)*at >= ' ' && (unsigned char)*at < 0x7f);
}

/* A string of JSON is read as what it was made of. */
static void
check_string(struct slice text)
{
	struct buffer buffer = { .at = NULL };
	json_t *value;

	buffer_add_string(&buffer, text);
	value = json_loadb(buffer.at, buffer.len, JSON_DECODE_ANY, NULL);
	PROMISE(json_is_string(value));
	PROMISE(slice_same(text,
	    (struct slice){
		json_string_value(value), json_string_length(value) }));
	json_decref(value);
	buffer_free(&buffer);
}

static void
check_message(const json_t *record, struct logs *logs)
{
	static const struct secret_key key;
	struct buffer scratch = { .at = NULL };
	struct fault fault;
	struct message message;
	enum reason reason = message_read(record, &message, &fault);

	if (reason != REASON_NONE) {
		check_fault(reason, &fault);
		return;
	}
	PROMISE(
	    message.sum.type < MESSAGE_TYPES && message.sum.action_time > 0);
	for (unsigned i = 0; i < MESSAGE_TEXTS; i++)
		check_string(message.text[i]);
	(void)logs_add(logs, 0, &message);
	PROMISE(pseudonym_apply(&key, &scratch, &message));
	for (unsigned i = 0; i < MESSAGE_TEXTS; i++)
		check_string(message.text[i]);
	buffer_free(&scratch);
}

static uint64_t
sum_of(const struct users *users)
{
	uint64_t sum = 0;

	for (size_t i = 0; i < users->count; i++)
		for (unsigned s = 0; s < USER_STATS; s++)
			sum += users->at[i].stat[s];
	return (sum);
}

static void
check_users(const json_t *records)
{
	struct users users = { .at = NULL };
	const json_t *record;
	uint64_t sum;
	size_t i;

	json_array_foreach(records, i, record)
	{
		struct fault fault;
		struct user_row row;
		uint64_t total[TOTAL_STATS];
		enum reason reason = user_read(record, &row, &fault);

		if (reason != REASON_NONE)
			check_fault(reason, &fault);
		else
			PROMISE(users_add(&users, &row) == 0);
		reason = total_read(record, total, &fault);
		if (reason != REASON_NONE)
			check_fault(reason, &fault);
	}
	sum = sum_of(&users);
	users_fold(&users, 2);
	PROMISE(users.count <= 3 && sum_of(&users) == sum);
	for (i = 0; i < users.count; i++)
		PROMISE(users.at[i].name_len > 0 &&
		    users.at[i].name_len <= LABEL_SHORT &&
		    users.at[i].domain_len > 0 &&
		    users.at[i].domain_len <= LABEL_MAX);
	users_free(&users);
}

static void
check_logs(const struct logs *logs)
{
	struct snapshot *snapshot = snapshot_new();
	struct logs *again = logs_new(4);

	logs_save(logs, 0, "a", snapshot);
	snapshot_sort(snapshot);
	logs_load(again, 0, "a", snapshot);
	logs_free(again);
	snapshot_free(snapshot);
}

int
LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
	static bool begun;
	struct fault fault = { .reason = REASON_NONE };
	struct answer answer;
	struct logs *logs;
	const json_t *record;
	enum reason reason;
	size_t i;

	if (!begun)
		answer_begin();
	begun = true;
	reason = answer_read((const char *)data, size, &answer, &fault);
	if (reason != REASON_NONE) {
		check_fault(reason, &fault);
		return (0);
	}
	logs = logs_new(4);
	json_array_foreach(answer.records, i, record)
	{
		check_message(record, logs);
	}
	check_users(answer.records);
	check_logs(logs);
	logs_free(logs);
	answer_end(&answer);
	return (0);
}
