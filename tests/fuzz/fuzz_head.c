/*
 * The head of a line, and the tag in it: parts lie inside the line.
 */
#include "lib/stats/tags_quick.h"
#include "tests/fuzz/fuzz.h"

static void
within(struct slice part, struct slice whole)
{
	PROMISE(part.len <= whole.len);
	if (part.len > 0)
		PROMISE(part.at >= whole.at &&
		    part.at + part.len <= whole.at + whole.len);
}

/* Tags are found as they are read, whatever stands behind the line. */
static void
quick_way(struct slice line)
{
	static struct tags tags;
	char after[512];
	struct slice copy = { after, 0 }, rest, text, quick_text;
	struct known_tag *known;
	struct tagged quick;

	line = slice_until(line, '\n');
	if (line.len > sizeof(after) / 2)
		return;
	memset(
	    after, line.len > 0 ? line.at[line.len / 2] : '1', sizeof(after));
	if (line.len > 0)
		memcpy(after, line.at, line.len);
	after[line.len] = '\n';
	copy.len = line.len;
	known = tags_read(&tags, line, line, &text);
	quick = tags_quick(&tags, after, after + sizeof(after));
	rest = slice_from(copy, (size_t)(quick.text - after));
	if (rest.len > 0 && rest.at[rest.len - 1] == '\r')
		rest.len--;
	quick_text = rest;
	if (quick.known == NULL)
		quick.known = tags_read(&tags, copy, rest, &quick_text);
	PROMISE(quick.known == known);
	if (known == NULL)
		return;
	PROMISE(quick_text.at - after == text.at - line.at);
	PROMISE(quick_text.len == text.len);
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
	quick_way(line);
	free(copy);
	return (0);
}
