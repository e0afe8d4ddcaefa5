/*
 * Where events go: each is a line of JSON that says what it was made of, and a
 * line that a crash has torn is no line.
 */
#include <sys/stat.h>

#include "tests/unit/store_unit.h"
#include "whm/answer.h"
#include "whm/sink.h"

static struct message message;

static void
message_begin(void)
{
	for (unsigned i = 0; i < MESSAGE_TEXTS; i++)
		message.text[i] = SLICE("");
	message.sum = (struct message_sum){ .action_time = UINT64_MAX / 2,
		.send_time = 5,
		.size = 7,
		.remote = true };
}

static struct sink *
sink_at(const char *path)
{
	const char *error = "no error text";
	struct sink *sink = NULL;

	if (sink_open(path, &sink, &error) == -1)
		fail_msg("%s", error);
	return (sink);
}

static void
write_one(struct sink *sink)
{
	const char *error;

	sink_add(sink, "cp", &message);
	assert_int_equal(sink_write(sink, &error), 0);
}

/* The only line of the file. */
static json_t *
line_of(const char *path)
{
	size_t size;
	char *bytes = (char *)file_read(path, &size);
	json_t *json;

	assert_true(size > 0 && bytes[size - 1] == '\n');
	assert_ptr_equal(memchr(bytes, '\n', size), bytes + size - 1);
	json = json_loadb(bytes, size, JSON_REJECT_DUPLICATES, NULL);
	assert_true(json_is_object(json));
	free(bytes);
	return (json);
}

static void
test_strings(void **state)
{
	const char *dir = scratch_make(), *path = path_in(dir, "events");
	char text[6 * 128];
	size_t len = 0;
	struct sink *sink = sink_at(path);
	json_t *json;
	const json_t *value;

	(void)state;
	for (int byte = 1; byte < 128; byte++)
		text[len++] = (char)byte;
	memcpy(text + len, "\xc3\xa4\xe2\x82\xac\xf0\x9f\x93\xa7", 9);
	len += 9;
	message_begin();
	message.text[TEXT_MESSAGE] = (struct slice){ text, len };
	write_one(sink);
	json = line_of(path);
	value = json_object_get(json, "message");
	assert_int_equal(json_string_length(value), len);
	assert_memory_equal(json_string_value(value), text, len);
	assert_true(json_is_null(json_object_get(json, "host")));
	assert_int_equal(
	    json_integer_value(json_object_get(json, "actionunixtime")),
	    INT64_MAX);
	assert_int_equal(json_integer_value(json_object_get(json, "size")), 7);
	assert_string_equal(
	    json_string_value(json_object_get(json, "server")), "cp");
	json_decref(json);
	sink_close(sink);
	scratch_remove(dir);
}

/* Torn at lengths around what is read at once. */
static void
test_torn(void **state)
{
	static const size_t lengths[] = { 1, 100, 65535, 65536, 65537, 131072,
		200000 };

	(void)state;
	message_begin();
	for (size_t i = 0; i < COUNT(lengths) * 2; i++) {
		const char *dir = scratch_make(), *path = path_in(dir, "e");
		size_t len = lengths[i / 2], size;
		/* behind a line, or alone */
		size_t before = i % 2 == 0 ? 0 : 5;
		unsigned char *bytes = malloc(len + before);
		struct sink *sink;

		memset(bytes, 'x', len + before);
		if (before > 0)
			memcpy(bytes, "{\"1\"\n", before);
		file_write(path, bytes, len + before);
		free(bytes);
		sink = sink_at(path);
		bytes = file_read(path, &size);
		assert_int_equal(size, before);
		free(bytes);
		write_one(sink);
		bytes = file_read(path, &size);
		assert_memory_equal(bytes + before, "{\"server\"", 9);
		free(bytes);
		sink_close(sink);
		scratch_remove(dir);
	}
}

static void
test_dropped(void **state)
{
	const char *dir = scratch_make(), *path = path_in(dir, "events");
	struct sink *sink = sink_at(path);
	const char *error;
	struct stat st;

	(void)state;
	message_begin();
	sink_add(sink, "cp", &message);
	sink_drop(sink);
	assert_int_equal(sink_write(sink, &error), 0);
	assert_int_equal(stat(path, &st), 0);
	assert_int_equal(st.st_size, 0);
	assert_int_equal(st.st_mode & 07, 0);
	sink_close(sink);
	scratch_remove(dir);
}

static void
test_moved(void **state)
{
	const char *dir = scratch_make(), *path = path_in(dir, "events");
	const char *old = path_in(dir, "events.1");
	struct sink *sink = sink_at(path);

	(void)state;
	message_begin();
	write_one(sink);
	assert_int_equal(rename(path, old), 0);
	write_one(sink);
	json_decref(line_of(old));
	json_decref(line_of(path));
	sink_close(sink);
	scratch_remove(dir);
}

static void
test_no_place(void **state)
{
	const char *error;
	struct sink *sink;

	(void)state;
	assert_int_equal(sink_open("/dev/null/x", &sink, &error), -1);
	assert_non_null(strstr(error, "/dev/null/x"));
	sink = sink_at(NULL);
	message_begin();
	write_one(sink);
	sink_close(sink);
}

int
main(void)
{
	const struct CMUnitTest tests[] = {
		TEST("a line says what it was made of", test_strings),
		TEST("a torn line of any length is cut off", test_torn),
		TEST("what is dropped is not written", test_dropped),
		TEST("a file that was renamed is left alone", test_moved),
		TEST("a place that is none", test_no_place),
	};

	answer_begin();
	return (cmocka_run_group_tests(tests, NULL, NULL));
}
