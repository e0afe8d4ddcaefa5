/*
 * What showq(8) says, and what somebody else might: read whole and byte by
 * byte.  In the texts here a `|` stands for NUL.
 */
#include "tests/unit/unit.h"
#include "lib/stats/key.h"
#include "lib/stats/showq.h"

#define NOW   1000000
#define HELLO "protocol|mail_queue_list_protocol||"
#define MESSAGE(queue, id, time, size) \
	"queue_name|" queue "|queue_id|" id "|time|" time "|size|" size "|"
#define REST "forced_expire|0|sender|a@b|recipient|c@d|reason|not now|"

/* A million hostile bytes of a word. */
#define LONG_WORD "LONG"

struct showq_case {
	const char *said;
	const char *outcome; /* as in outcome(), or a part of the fault */
};

static const struct showq_case good[] = { { HELLO "|", "" }, { "|", "" },
	{ HELLO MESSAGE("deferred", "4jXZ1z4yHpz1c3JF", "999990", "239") REST
	    "||",
	    "deferred 1 239 1 10 4jXZ1z4yHpz1c3JF " },
	{ MESSAGE("hold", "4A1B", "999000", "1") "sender|a@b|"
						 "recipient|c|reason||"
						 "recipient|d|reason|x||"
						 "|",
	    "hold 1 1 2 1000 4A1B " },
	{ HELLO MESSAGE("active", "1A", "999999", "5") REST
	    "|" MESSAGE("active", "2A", "999900", "7") REST
	    "|" MESSAGE("active", "3A", "999990", "11") REST
	    "|" MESSAGE("incoming", "4A", "1", "0") "||",
	    "incoming 1 0 0 999999 4A active 3 23 3 100 2A " },
	{ HELLO MESSAGE("maildrop", "1A", "2000000", "1") REST "||",
	    "maildrop 1 1 1 0 1A " },
	{ HELLO "size|5|x|y|queue_id|1A|queue_name|hold|time|999999||z||"
		"|",
	    "message lacks" },
	{ HELLO "size|5|x|y|queue_id|1A|queue_name|hold|time|999999||"
		"|",
	    "hold 1 5 0 1 1A " },
	{ HELLO MESSAGE("later", "1A", "1", "1") REST "||", "" },
	{ HELLO MESSAGE("hold", "1A", "1000000", "18446744073709551615") REST
	    "|" MESSAGE("hold", "2A", "1000000", "18446744073709551615") REST
	    "||",
	    "hold 2 18446744073709551615 2 0 1A " },
	{ NULL, NULL } };

static const struct showq_case bad[] = { { "", "half way" },
	{ HELLO, "half way" }, { HELLO MESSAGE("hold", "1", "1", "1"), "half" },
	{ HELLO MESSAGE("hold", "1", "1", "1") REST "|", "half way" },
	{ "Mail queue is empty\n", "before 3.1" },
	{ "-Queue ID-  --Size-- ----Arrival Time----\n", "before 3.1" },
	{ "220 mx.test ESMTP\r\n", "half way" },
	{ HELLO "||", "behind the end" }, { HELLO "|x", "behind the end" },
	{ "protocol|mail_queue_list_protocol2||", "another protocol" },
	{ "protocol|||", "another protocol" },
	{ HELLO HELLO "|", "message lacks" },
	{ "protocol|mail_queue_list_protocol|protocol|"
	  "mail_queue_list_protocol||",
	    "twice" },
	{ HELLO MESSAGE("hold", "1", "1", "1") "size|2|||", "twice" },
	{ HELLO MESSAGE("hold", "1", "1", "1") HELLO, "message lacks" },
	{ HELLO "a|b|||", "message lacks" },
	{ HELLO "queue_name|hold|queue_id|1|time|1|||", "message lacks" },
	{ HELLO MESSAGE("hold", "", "1", "1") "||", "queue id" },
	{ HELLO MESSAGE("hold", "1/2", "1", "1") "||", "queue id" },
	{ HELLO MESSAGE(
	      "hold", "123456789012345678901234567890123", "1", "1") "||",
	    "queue id" },
	{ HELLO MESSAGE("hold", "1", "-1", "1") "||", "time" },
	{ HELLO MESSAGE("hold", "1", "", "1") "||", "time" },
	{ HELLO MESSAGE("hold", "1", "1", "1k") "||", "size" },
	{ HELLO MESSAGE("hold", "1", "1", "18446744073709551616") "||",
	    "size" },
	{ HELLO MESSAGE("hold", "1", "1",
	      "00000000000000000000000000000000000000000000000000000000000000"
	      "00000000000000000000000000000000000000000000000000000000") "||",
	    "longer" },
	{ LONG_WORD, "longer" }, { HELLO "reason|" LONG_WORD, "longer" },
	{ NULL, NULL } };

/* Every queue that has messages: name, messages, bytes, recipients, age and id
   of the oldest. */
static const char *
outcome(const struct showq *showq)
{
	static char text[512];
	struct slice rest = slice_of(labels[LABEL_QUEUE].values), name;
	size_t len = 0;

	if (showq->result == SHOWQ_FAULT)
		return (showq->fault);
	text[0] = '\0';
	for (unsigned q = 0; label_value_next(&rest, &name); q++) {
		const struct queue_figures *queue = &showq->sample.queue[q];

		if (queue->messages > 0)
			len += (size_t)snprintf(text + len, sizeof(text) - len,
			    "%.*s %" PRIu64 " %" PRIu64 " %" PRIu64 " %" PRIu64
			    " %s ",
			    (int)name.len, name.at, queue->messages,
			    queue->bytes, queue->recipients, queue->oldest,
			    queue->oldest_id);
	}
	return (text);
}

static void
read_by(struct showq *showq, const char *bytes, size_t len, size_t step)
{
	showq_begin(showq, NOW);
	for (size_t at = 0; at < len; at += step) {
		size_t part = len - at < step ? len - at : step;
		char *copy = malloc(part); /* a read behind it is seen */

		assert_non_null(copy);
		memcpy(copy, bytes + at, part);
		(void)showq_read(showq, (struct slice){ copy, part });
		free(copy);
	}
	(void)showq_end(showq);
}

static void
test_showq(void **state)
{
	static char bytes[2 << 20];
	static struct showq whole, single;
	unsigned wrong = 0;

	for (const struct showq_case *c = *state; c->said != NULL; c++) {
		const char *huge = strstr(c->said, LONG_WORD);
		size_t len = huge ? (size_t)(huge - c->said) : strlen(c->said);

		memcpy(bytes, c->said, len);
		for (size_t i = 0; i < len; i++)
			bytes[i] = bytes[i] == '|' ? '\0' : bytes[i];
		if (huge != NULL) {
			memset(bytes + len, 'x', 1 << 20);
			len += 1 << 20;
		}
		read_by(&whole, bytes, len, len + 1);
		read_by(&single, bytes, len, 1);
		if ((whole.result == SHOWQ_FAULT ?
			    strstr(outcome(&whole), c->outcome) == NULL :
			    strcmp(outcome(&whole), c->outcome) != 0) ||
		    whole.result != single.result ||
		    (whole.result == SHOWQ_FAULT ?
			    whole.fault != single.fault :
			    memcmp(&whole.sample, &single.sample,
				sizeof(whole.sample)) != 0)) {
			print_error("\"%s\": %s\n", c->said, outcome(&whole));
			wrong++;
		}
	}
	assert_int_equal(wrong, 0);
}

/* Messages of ages and sizes that stand at the steps. */
static void
test_steps(void **state)
{
	static const uint64_t at[] = { 0, 10, 11, 1000, 1001, 100000000,
		100000001 };
	static struct showq showq;
	const struct queue_figures *queue = &showq.sample.queue[0];
	uint64_t sum = 0;

	(void)state;
	showq_begin(&showq, 1000000000);
	for (size_t i = 0; i < COUNT(at); i++) {
		char text[200];
		int len = snprintf(text, sizeof(text),
		    "queue_name|maildrop|queue_id|1|time|%" PRIu64
		    "|size|%" PRIu64 "||",
		    1000000000 - at[i], at[i]);

		for (int k = 0; k < len; k++)
			text[k] = text[k] == '|' ? '\0' : text[k];
		assert_int_equal(
		    showq_read(&showq, (struct slice){ text, (size_t)len }),
		    SHOWQ_MORE);
		sum += at[i];
	}
	assert_int_equal(queue->messages, COUNT(at));
	assert_int_equal(queue->age_sum, sum);
	assert_int_equal(queue->bytes, sum);
	assert_int_equal(queue->age[0], 2); /* 10 s */
	assert_int_equal(queue->age[1], 3);
	assert_int_equal(queue->age[2], 4); /* 1,000 s */
	assert_int_equal(queue->age[3], 5);
	assert_int_equal(queue->age[7], 6);  /* 100,000,000 s */
	assert_int_equal(queue->size[0], 4); /* 1,000 bytes */
	assert_int_equal(queue->size[1], 5);
	assert_int_equal(queue->size[4], 5);
	assert_int_equal(queue->size[5], 6); /* 100,000,000 bytes */
	assert_int_equal(queue->size[6], 7);
}

/* The labels of metrics.def and the steps of showq.h are one. */
static void
test_labels(void **state)
{
	static const struct {
		enum label_id label;
		unsigned count;
		uint64_t first;
	} expected[] = { { LABEL_QUEUE, QUEUES, 0 },
		{ LABEL_QUEUE_AGE, AGE_STEPS, 10 },
		{ LABEL_QUEUE_SIZE, SIZE_STEPS, 1000 } };

	(void)state;
	for (size_t i = 0; i < COUNT(expected); i++) {
		struct slice rest = slice_of(labels[expected[i].label].values),
			     value;
		uint64_t number, limit = expected[i].first;
		unsigned count = 0;

		for (; label_value_next(&rest, &value); count++, limit *= 10) {
			if (limit == 0)
				continue;
			assert_true(slice_number(value, &number));
			assert_int_equal(number, limit);
		}
		assert_int_equal(count, expected[i].count);
	}
}

static void
test_add(void **state)
{
	static struct queue_sample sum, one, other;

	(void)state;
	one.queue[1] = (struct queue_figures){ .messages = 2,
		.bytes = 5,
		.recipients = 3,
		.oldest = 7,
		.oldest_id = "AA",
		.arrival = 93,
		.age = { 1, 2 },
		.size = { 2 } };
	other.queue[1] = (struct queue_figures){ .messages = 1,
		.bytes = UINT64_MAX,
		.recipients = 1,
		.oldest = 9,
		.oldest_id = "BB",
		.arrival = 91,
		.age = { 1, 1 } };
	queue_sample_add(&sum, &one);
	queue_sample_add(&sum, &other);
	assert_int_equal(sum.queue[1].messages, 3);
	assert_true(sum.queue[1].bytes == UINT64_MAX);
	assert_int_equal(sum.queue[1].recipients, 4);
	assert_int_equal(sum.queue[1].oldest, 9);
	assert_string_equal(sum.queue[1].oldest_id, "BB");
	assert_int_equal(sum.queue[1].age[1], 3);
	assert_int_equal(sum.queue[1].size[0], 2);
	assert_int_equal(sum.queue[1].arrival, 91);
	/* A sample of later: older, but came after that one. */
	one.queue[1].oldest = 10;
	queue_sample_add(&sum, &one);
	assert_int_equal(sum.queue[1].oldest, 10);
	assert_string_equal(sum.queue[1].oldest_id, "BB");
	assert_int_equal(sum.queue[0].messages, 0);
	assert_string_equal(sum.queue[0].oldest_id, "");
}

int
main(void)
{
	const struct CMUnitTest tests[] = {
		TABLE_TEST("what showq says is added up", test_showq, good),
		TABLE_TEST("what it never says is refused", test_showq, bad),
		TEST("ages and sizes count up to each step", test_steps),
		TEST("the steps are those of the table", test_labels),
		TEST("several instances are added up", test_add),
	};

	return (cmocka_run_group_tests(tests, NULL, NULL));
}
