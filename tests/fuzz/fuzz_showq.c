/*
 * What a socket in the place of showq(8)'s could say, whole and byte by byte.
 */
#include "lib/stats/showq.h"
#include "tests/fuzz/fuzz.h"

static void
read_by(struct showq *showq, const char *bytes, size_t size, size_t step)
{
	showq_begin(showq, 1800000000);
	for (size_t at = 0; at < size; at += step)
		(void)showq_read(showq,
		    (struct slice){
			bytes + at, size - at < step ? size - at : step });
	(void)showq_end(showq);
}

static void
check_queue(const struct queue_figures *queue)
{
	PROMISE(memchr(queue->oldest_id, '\0', sizeof(queue->oldest_id)));
	PROMISE((queue->messages == 0) == (queue->oldest_id[0] == '\0'));
	for (unsigned i = 0; i < AGE_STEPS; i++)
		PROMISE(queue->age[i] <=
		    (i + 1 < AGE_STEPS ? queue->age[i + 1] : queue->messages));
	for (unsigned i = 0; i < SIZE_STEPS; i++)
		PROMISE(
		    queue->size[i] <= (i + 1 < SIZE_STEPS ? queue->size[i + 1] :
							    queue->messages));
}

int
LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
	static struct showq whole, single;
	char *copy = fuzz_copy(data, size);

	read_by(&whole, copy, size, size + 1);
	read_by(&single, copy, size, 1);
	PROMISE(whole.result != SHOWQ_MORE && whole.result == single.result);
	PROMISE(whole.fault == single.fault);
	PROMISE((whole.result == SHOWQ_FAULT) == (whole.fault != NULL));
	PROMISE(
	    memcmp(&whole.sample, &single.sample, sizeof(whole.sample)) == 0);
	for (unsigned q = 0; q < QUEUES; q++)
		check_queue(&whole.sample.queue[q]);
	free(copy);
	return (0);
}
