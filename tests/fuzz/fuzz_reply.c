/*
 * What a server could say: read whole and byte by byte it is the same, ends
 * where it ends, and all that is kept of it can be shown.
 */
#include "lib/util/utf8.h"
#include "probe/reply.h"
#include "tests/fuzz/fuzz.h"

static int
read_by(struct reply_reader *reader, struct slice bytes, size_t step,
    size_t *used_r)
{
	int result = 0;
	size_t used;

	reply_begin(reader);
	*used_r = 0;
	while (result == 0 && bytes.len > 0) {
		struct slice piece = { bytes.at,
			bytes.len < step ? bytes.len : step };

		result = reply_read(reader, piece, &used);
		PROMISE(used > 0 && used <= piece.len);
		PROMISE(result != 0 || used == piece.len);
		*used_r += used;
		bytes = slice_from(bytes, used);
	}
	return (result);
}

static void
check_shown(const char *text, size_t size, bool lines)
{
	struct slice rest = { text, strnlen(text, size) };

	PROMISE(rest.len < size);
	while (rest.len > 0) {
		size_t shown = utf8_shown(rest);

		if (lines && *rest.at == '\n')
			shown = 1;
		PROMISE(shown > 0);
		rest = slice_from(rest, shown);
	}
}

static void
check_reply(const struct reply_reader *reader, int result)
{
	char id[QUEUE_ID_TEXT];
	struct slice words;

	PROMISE((result == -1) == (reader->fault != NULL));
	if (result == 0)
		return;
	PROMISE(result == -1 ||
	    (reader->reply.code >= 200 && reader->reply.code < 600));
	check_shown(reader->reply.text, sizeof(reader->reply.text), false);
	check_shown(
	    reader->reply.enhanced, sizeof(reader->reply.enhanced), false);
	check_shown(reader->ehlo, sizeof(reader->ehlo), true);
	reply_queue_id(&reader->reply, id);
	for (const char *at = id; *at != '\0'; at++)
		PROMISE(byte_is_letter(*at) || byte_is_digit(*at));
	if (reply_offers(reader->ehlo, "AUTH", &words) && words.len > 0)
		PROMISE(words.at >= reader->ehlo &&
		    words.at + words.len <=
			reader->ehlo + strlen(reader->ehlo));
}

int
LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
	static struct reply_reader whole, single;
	char *copy = fuzz_copy(data, size);
	struct slice bytes = { copy, size };

	/* Replies stand behind each other, as in a conversation. */
	while (bytes.len > 0) {
		size_t used, again;
		int result = read_by(&whole, bytes, bytes.len, &used);

		PROMISE(read_by(&single, bytes, 1, &again) == result);
		PROMISE(again == used);
		PROMISE(whole.fault == single.fault);
		PROMISE(result == 0 ||
		    memcmp(&whole.reply, &single.reply, sizeof(whole.reply)) ==
			0);
		check_reply(&whole, result);
		if (result != 1)
			break;
		bytes = slice_from(bytes, used);
	}
	free(copy);
	return (0);
}
