/*
 * What an IMAP server could say: taken whole and byte by byte it is the same, ends
 * where it ends, and whatever is read from a line lies within it.
 */
#include "probe/imap_reply.h"
#include "tests/fuzz/fuzz.h"

static struct imap_reader whole, pieces;

static int
read_by(
    struct imap_reader *reader, struct slice bytes, size_t step, size_t *used_r)
{
	int result = 0;
	size_t used;

	imap_begin(reader);
	*used_r = 0;
	while (result == 0 && bytes.len > 0) {
		struct slice piece = { bytes.at,
			bytes.len < step ? bytes.len : step };

		result = imap_read(reader, piece, &used);
		PROMISE(used > 0 && used <= piece.len);
		PROMISE(result != 0 || used == piece.len);
		*used_r += used;
		bytes = slice_from(bytes, used);
	}
	return (result);
}

static void
check_within(struct slice part, struct slice line)
{
	PROMISE(part.len == 0 ||
	    (part.at >= line.at && part.at + part.len <= line.at + line.len));
}

static void
check_line(struct slice line)
{
	struct imap_status status = imap_status(line, SLICE("p1"));
	struct imap_message message;
	struct slice rest = line, word;
	uint64_t number;

	check_within(status.code, line);
	check_within(status.rest, line);
	while (imap_word(&rest, &word)) {
		check_within(word, line);
		PROMISE(word.len > 0);
	}
	rest = line;
	(void)imap_number(&rest, &number);
	check_within(rest, line);
	(void)imap_has_word(line, "IDLE");
	PROMISE(!imap_fetched(line, &message) || message.uid != 0);
}

int
LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
	struct slice bytes = { (const char *)data, size };

	while (bytes.len > 0) {
		size_t used, used_by_one;
		int result = read_by(&whole, bytes, bytes.len, &used);

		PROMISE(result == read_by(&pieces, bytes, 1, &used_by_one));
		PROMISE(result == -1 || used == used_by_one);
		if (result != 1)
			return (0);
		PROMISE(imap_literal(&whole).len <= IMAP_LITERAL_MAX);
		PROMISE(slice_same(imap_line(&whole), imap_line(&pieces)));
		PROMISE(
		    slice_same(imap_literal(&whole), imap_literal(&pieces)));
		check_line(imap_line(&whole));
		bytes = slice_from(bytes, used);
	}
	return (0);
}
