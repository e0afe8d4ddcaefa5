/*
 * Reading what showq(8) says.
 */
#include "lib/stats/key.h"
#include "lib/stats/showq.h"

enum attribute {
	NAME, /* of the attribute that comes next */
	PROTOCOL,
	QUEUE_NAME,
	QUEUE_ID,
	TIME,
	SIZE,
	RECIPIENT,
	UNKNOWN /* skipped: newer versions of Postfix say more */
};

static const char *const attributes[] = {
	[PROTOCOL] = "protocol",
	[QUEUE_NAME] = "queue_name",
	[QUEUE_ID] = "queue_id",
	[TIME] = "time",
	[SIZE] = "size",
	[RECIPIENT] = "recipient",
};

enum {
	LIST_HAS_SOMETHING = 1 << NAME,
	MESSAGE = 1 << QUEUE_NAME | 1 << QUEUE_ID | 1 << TIME | 1 << SIZE
};

void
showq_begin(struct showq *showq, uint64_t now)
{
	*showq = (struct showq){ .now = now };
}

static bool
fault(struct showq *showq, const char *text)
{
	showq->result = SHOWQ_FAULT;
	showq->fault = text;
	return (false);
}

static bool
too_long(struct showq *showq)
{
	return (fault(showq, "a word is longer than those of showq"));
}

/* --- adding up -------------------------------------------------------- */

/* A sum stays at its highest value: sizes are only what somebody says. */
static void
add(uint64_t *sum, uint64_t more)
{
	*sum = *sum + more < more ? UINT64_MAX : *sum + more;
}

/* One more in each step that is not below `value`; each is ten times the one
   before it. */
static void
add_step(uint64_t *step, unsigned count, uint64_t limit, uint64_t value)
{
	for (unsigned i = 0; i < count; i++, limit *= 10)
		if (value <= limit)
			step[i]++;
}

/* By arrival: ages may be of samples that were not taken at one time. */
static void
keep_oldest(
    struct queue_figures *queue, uint64_t age, uint64_t arrival, const char *id)
{
	if (queue->oldest < age)
		queue->oldest = age;
	if (queue->oldest_id[0] != '\0' && queue->arrival <= arrival)
		return;
	queue->arrival = arrival;
	memcpy(queue->oldest_id, id, sizeof(queue->oldest_id));
}

static void
add_message(struct showq *showq)
{
	const struct showq_message *message = &showq->message;
	struct queue_figures *queue;
	uint64_t age;

	if (message->queue < 0)
		return;
	queue = &showq->sample.queue[message->queue];
	age = message->time < showq->now ? showq->now - message->time : 0;
	queue->messages++;
	add(&queue->bytes, message->size);
	queue->recipients += message->recipients;
	add(&queue->age_sum, age);
	keep_oldest(queue, age, message->time, message->id);
	add_step(queue->age, AGE_STEPS, 10, age);
	add_step(queue->size, SIZE_STEPS, 1000, message->size);
}

void
queue_sample_add(struct queue_sample *sum, const struct queue_sample *sample)
{
	for (unsigned q = 0; q < QUEUES; q++) {
		struct queue_figures *to = &sum->queue[q];
		const struct queue_figures *from = &sample->queue[q];

		to->messages += from->messages;
		add(&to->bytes, from->bytes);
		to->recipients += from->recipients;
		add(&to->age_sum, from->age_sum);
		for (unsigned i = 0; i < AGE_STEPS; i++)
			to->age[i] += from->age[i];
		for (unsigned i = 0; i < SIZE_STEPS; i++)
			to->size[i] += from->size[i];
		if (from->oldest_id[0] != '\0')
			keep_oldest(
			    to, from->oldest, from->arrival, from->oldest_id);
	}
}

/* --- words ------------------------------------------------------------ */

static struct slice
word(const struct showq *showq)
{
	return ((struct slice){ showq->word,
	    showq->len < sizeof(showq->word) ? showq->len :
					       sizeof(showq->word) });
}

static int
queue_number(struct slice name)
{
	struct slice rest = slice_of(labels[LABEL_QUEUE].values), known;

	for (int i = 0; label_value_next(&rest, &known); i++)
		if (slice_same(known, name))
			return (i);
	return (-1);
}

static bool
is_queue_id(struct slice id)
{
	for (size_t i = 0; i < id.len; i++)
		if (!byte_is_digit(id.at[i]) && !byte_is_letter(id.at[i]))
			return (false);
	return (id.len > 0 && id.len <= QUEUE_ID_MAX);
}

static bool
take_value(struct showq *showq)
{
	struct showq_message *message = &showq->message;
	enum attribute attribute = showq->attribute;
	struct slice value = word(showq);

	showq->attribute = NAME;
	if (attribute == RECIPIENT)
		message->recipients++;
	if (attribute == RECIPIENT || attribute == UNKNOWN)
		return (true);
	if (showq->len > sizeof(showq->word))
		return (too_long(showq));
	if (message->given & 1u << attribute)
		return (fault(showq, "it says the same twice of a message"));
	message->given |= 1u << attribute;
	switch (attribute) {
	case PROTOCOL:
		return (slice_equal(value, "mail_queue_list_protocol") ||
		    fault(showq, "it speaks another protocol than showq"));
	case QUEUE_NAME:
		message->queue = queue_number(value);
		return (true);
	case QUEUE_ID:
		if (!is_queue_id(value))
			return (fault(showq, "a queue id is none"));
		memcpy(message->id, value.at, value.len);
		return (true);
	case TIME:
		return (slice_number(value, &message->time) ||
		    fault(showq, "a time is no number"));
	default:
		return (slice_number(value, &message->size) ||
		    fault(showq, "a size is no number"));
	}
}

/* A list has ended; an empty one ends it all. */
static bool
take_list(struct showq *showq)
{
	unsigned given = showq->message.given;

	if (given == 0) {
		showq->result = SHOWQ_DONE;
		return (true);
	}
	given &= ~(unsigned)LIST_HAS_SOMETHING;
	if (given == MESSAGE)
		add_message(showq);
	else if (given != 1u << PROTOCOL || showq->lists > 0)
		return (fault(showq, "a message lacks what each one has"));
	showq->lists++;
	memset(&showq->message, 0, sizeof(showq->message));
	return (true);
}

static bool
take_name(struct showq *showq)
{
	struct slice name = word(showq);

	if (name.len == 0)
		return (take_list(showq));
	showq->message.given |= LIST_HAS_SOMETHING;
	showq->attribute = PROTOCOL;
	while (showq->attribute < UNKNOWN &&
	    !slice_equal(name, attributes[showq->attribute]))
		showq->attribute++;
	return (true);
}

/* --- bytes ------------------------------------------------------------ */

/* Keep what is looked at of a word, and how long it is. */
static bool
add_part(struct showq *showq, struct slice part)
{
	if (showq->len < sizeof(showq->word) && part.len > 0) {
		size_t room = sizeof(showq->word) - showq->len;

		memcpy(showq->word + showq->len, part.at,
		    part.len < room ? part.len : room);
	}
	showq->len += part.len;
	return (showq->len <= SHOWQ_VALUE_MAX || too_long(showq));
}

enum showq_result
showq_read(struct showq *showq, struct slice bytes)
{
	while (showq->result == SHOWQ_MORE && bytes.len > 0) {
		struct slice part = slice_until(bytes, '\0');
		bool whole = part.len < bytes.len;

		if (!add_part(showq, part) || !whole)
			break;
		bytes = slice_from(bytes, part.len + 1);
		if (showq->attribute == NAME ? take_name(showq) :
					       take_value(showq))
			showq->len = 0;
	}
	if (showq->result == SHOWQ_DONE && bytes.len > 0)
		(void)fault(showq, "it goes on behind the end");
	return (showq->result);
}

/* Postfix before 3.1 sent what mailq(1) prints. */
static bool
is_text(const struct showq *showq)
{
	struct slice text = word(showq);

	return (showq->lists == 0 && showq->message.given == 0 &&
	    (slice_starts(text, "-Queue ID-") ||
		slice_starts(text, "Mail queue is empty")));
}

enum showq_result
showq_end(struct showq *showq)
{
	if (showq->result == SHOWQ_MORE)
		(void)fault(showq, "it ended half way");
	if (showq->result == SHOWQ_FAULT && is_text(showq))
		(void)fault(showq,
		    "it is of a Postfix before 3.1, which is "
		    "not understood");
	return (showq->result);
}
