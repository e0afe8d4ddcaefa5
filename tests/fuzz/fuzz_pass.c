/*
 * What snmpd could say to the pass_persist program, and what may happen
 * meanwhile: behind a byte 1 the store is published anew, behind a byte 2 a
 * second passes, behind a 3 a minute.
 */
#include "agentx/pass.h"
#include "lib/stats/ietf.h"
#include "tests/fuzz/hostile_view.h"

static bool
is_of(struct slice text, const char *bytes)
{
	for (size_t i = 0; i < text.len; i++)
		if (text.at[i] == '\0' || strchr(bytes, text.at[i]) == NULL)
			return (false);
	return (true);
}

/* TYPE and VALUE of an answer. */
static void
check_value(struct slice type, struct slice value)
{
	if (slice_equal(type, "string")) {
		for (size_t i = 0; i < value.len; i++)
			PROMISE(value.at[i] >= ' ' && value.at[i] <= '~');
	} else if (slice_equal(type, "octet"))
		PROMISE(
		    is_of(value, "0123456789abcdef ") && value.len % 3 == 2);
	else if (slice_equal(type, "objectid"))
		PROMISE(value.len > 1 && is_of(value, "0123456789."));
	else
		PROMISE((slice_equal(type, "integer") ||
			    slice_equal(type, "counter") ||
			    slice_equal(type, "counter64") ||
			    slice_equal(type, "gauge")) &&
		    value.len > 0 && is_of(value, "-0123456789"));
}

static void
check_answer(const struct view *view, struct slice answer)
{
	struct slice line[3];
	struct oid oid;

	for (size_t i = 0; i < answer.len; i++)
		PROMISE(answer.at[i] != '\0');
	if (slice_equal(answer, "PONG\n") || slice_equal(answer, "NONE\n") ||
	    slice_equal(answer, "not-writable\n"))
		return;
	for (size_t i = 0; i < COUNT(line); i++) {
		PROMISE(slice_cut(&answer, '\n', &line[i]));
		PROMISE(line[i].len < PASS_LINE_MAX);
	}
	PROMISE(answer.len == 0);
	PROMISE(oid_read(line[0], &oid) && oid.count > view->base.count);
	PROMISE(oid_compare(oid.arc, view->base.count, view->base.arc,
		    view->base.count) == 0 ||
	    ietf_knows(oid.arc, oid.count));
	if (last.next)
		PROMISE(oid_compare(oid.arc, oid.count, last.asked.arc,
			    last.asked.count) > 0);
	check_value(line[1], line[2]);
}

static struct {
	char *text;
	size_t size;
	FILE *file;
} heard;

static void
say(struct pass *pass, struct slice input)
{
	char answer[PASS_ANSWER_MAX];
	size_t len;

	while ((len = pass_take(pass, &input, answer)) > 0) {
		check_answer(pass->view, (struct slice){ answer, len });
		(void)fwrite(answer, 1, len, heard.file);
	}
	PROMISE(input.len == 0);
}

/* All of `input`, `step` bytes at a time; returns all that was answered. */
static char *
converse(const char *input, size_t size, size_t step)
{
	static struct pass pass;
	struct view view;

	view_begin(&view, CELLS_IETF);
	memset(&pass, 0, sizeof(pass));
	pass.view = &view;
	heard.file = open_memstream(&heard.text, &heard.size);
	PROMISE(heard.file != NULL);
	for (size_t at = 0, len; at < size; at += len) {
		for (len = 0; len < step && at + len < size &&
		     (input[at + len] < 1 || input[at + len] > 3);
		     len++)
			;
		say(&pass, (struct slice){ input + at, len });
		if (len > 0)
			continue;
		len = 1;
		if (input[at] == 1)
			publish(&view);
		else
			view.now += (input[at] == 2 ? 1 : 60) * SECOND;
		walks_tidy(view.walks, view.now);
	}
	PROMISE(fclose(heard.file) == 0);
	walks_free(view.walks);
	return (heard.text);
}

int
LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
	char *copy = fuzz_copy(data, size);
	char *whole = converse(copy, size, SIZE_MAX);
	char *bytes = converse(copy, size, 1);

	PROMISE(strcmp(whole, bytes) == 0);
	free(whole);
	free(bytes);
	free(copy);
	return (0);
}
