/*
 * The head of a line, and the tag in it: parts lie inside the line.
 */
#include "lib/stats/head.h"
#include "tests/fuzz/fuzz.h"

static void
within(struct slice part, struct slice whole)
{
	PROMISE(part.len <= whole.len);
	if (part.len > 0)
		PROMISE(part.at >= whole.at &&
		    part.at + part.len <= whole.at + whole.len);
}

int
LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
	char *copy = fuzz_copy(data, size);
	struct slice line = { copy, size };
	struct head head;
	struct tag tag;

	if (head_parse(line, &head)) {
		within(head.host, line);
		within(head.tag, line);
		within(head.text, line);
		if (head.tag.len > 0 && tag_parse(head.tag, &tag)) {
			within(tag.instance, head.tag);
			within(tag.service, head.tag);
			within(tag.daemon, head.tag);
			PROMISE(tag.instance.len > 0 && tag.daemon.len > 0);
		}
	}
	free(copy);
	return (0);
}
