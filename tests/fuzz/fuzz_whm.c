/*
 * What a server with WHM could answer: it is refused with a reason, or each of its
 * rows is; what is told of a message is JSON that says the same; and rows add up to
 * the same however few are kept.
 */
#include <sys/mman.h>

#include <stdio.h>
#include <unistd.h>

#include "lib/stats/whm_rows.h"
#include "tests/fuzz/fuzz.h"
#include "whm/answer.h"
#include "whm/logs.h"
#include "whm/pseudonym.h"
#include "whm/sink.h"
#include "whm/users.h"

static void
check_fault(enum reason reason, const struct fault *fault)
{
	PROMISE(reason < REASON_COUNT && fault->reason == reason);
	PROMISE(reason_name(reason)[0] != '\0');
	for (const char *at = fault->text; *at != '\0'; at++)
		PROMISE((unsigned char)*at >= ' ' && (unsigned char)*at < 0x7f);
}

/* --- events ----------------------------------------------------------------- */

static int events = -1; /* a file in memory */
static struct sink *sink;

static void
open_sink(void)
{
	static char path[64];
	const char *error;

	events = memfd_create("events", MFD_CLOEXEC);
	(void)snprintf(path, sizeof(path), "/proc/self/fd/%d", events);
	PROMISE(events >= 0 && sink_open(path, &sink, &error) == 0);
}

static bool
is_number(unsigned text)
{
	return (text == TEXT_ACTION_TIME || text == TEXT_SEND_TIME ||
	    text == TEXT_SIZE || text == TEXT_REMOTE);
}

/* The line that is written is JSON that says what the message does. */
static void
check_line(const struct message *message)
{
	const char *error;
	char *bytes;
	off_t len;
	json_t *json;

	PROMISE(ftruncate(events, 0) == 0);
	sink_add(sink, "server", message);
	PROMISE(sink_write(sink, &error) == 0);
	len = lseek(events, 0, SEEK_END);
	PROMISE(len > 0 && (bytes = malloc((size_t)len)) != NULL);
	PROMISE(pread(events, bytes, (size_t)len, 0) == len);
	PROMISE(memchr(bytes, '\n', (size_t)len) == bytes + len - 1);
	json = json_loadb(bytes, (size_t)len,
	    JSON_REJECT_DUPLICATES | JSON_DECODE_INT_AS_REAL, NULL);
	PROMISE(json_object_size(json) == WHM_LOG_LABELS + 3);
	for (unsigned i = 0; i < WHM_LOG_LABELS; i++) {
		const json_t *value = json_object_get(json, whm_log_labels[i]);

		if (is_number(i))
			PROMISE(json_is_number(value));
		else if (message->text[i].len == 0)
			PROMISE(json_is_null(value));
		else
			PROMISE(slice_same(message->text[i],
			    (struct slice){ json_string_value(value),
				json_string_length(value) }));
	}
	json_decref(json);
	free(bytes);
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
	check_line(&message);
	(void)logs_add(logs, 0, &message);
	PROMISE(pseudonym_apply(&key, &scratch, &message));
	check_line(&message);
	buffer_free(&scratch);
}

/* --- users ------------------------------------------------------------------ */

static uint64_t
sum_of(const struct users *users)
{
	uint64_t sum = 0;

	for (size_t i = 0; i < users->count; i++)
		for (unsigned s = 0; s < USER_STATS; s++)
			sum += users->at[i].stat[s];
	return (sum);
}

/* No key is there twice. */
static void
check_keys(struct snapshot *snapshot)
{
	PROMISE(!snapshot->failed);
	snapshot_sort(snapshot);
	for (size_t i = 1; i < snapshot->number_count; i++)
		PROMISE(strcmp(snapshot->numbers[i].key,
			    snapshot->numbers[i - 1].key) != 0);
	for (size_t i = 1; i < snapshot->text_count; i++)
		PROMISE(strcmp(snapshot->texts[i].key,
			    snapshot->texts[i - 1].key) != 0);
}

static void
check_users(const json_t *records)
{
	struct users users = { .at = NULL };
	struct snapshot *snapshot = snapshot_new();
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
	users_save(&users, "server", false, snapshot);
	users_save(&users, "server", true, snapshot);
	check_keys(snapshot);
	snapshot_free(snapshot);
	users_free(&users);
}

/* --- logs ------------------------------------------------------------------- */

/* What is saved is loaded, all of it. */
static void
check_logs(const struct logs *logs)
{
	struct snapshot *one = snapshot_new(), *other = snapshot_new();
	struct logs *again = logs_new(4);

	logs_save(logs, 0, "a", one);
	check_keys(one);
	logs_load(again, 0, "a", one);
	logs_save(again, 0, "a", other);
	PROMISE(one->text_count == other->text_count);
	logs_free(again);
	snapshot_free(one);
	snapshot_free(other);
}

int
LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
	struct fault fault = { .reason = REASON_NONE };
	struct answer answer;
	struct logs *logs;
	const json_t *record;
	enum reason reason;
	size_t i;

	if (sink == NULL) {
		answer_begin();
		open_sink();
	}
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
