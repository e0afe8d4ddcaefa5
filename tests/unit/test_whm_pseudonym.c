/*
 * Addresses in messages that nobody is to read.
 */
#include "tests/unit/unit.h"

#include "whm/pseudonym.h"

static const struct secret_key key = { { 1, 2, 3 } };
static struct buffer scratch;
static struct message message;

/* `text` as it is shown where `kind` is. */
static const char *
shown(enum message_text kind, const char *text)
{
	static char all[4][512];
	static unsigned turn;
	char *to = all[turn++ % 4];

	for (unsigned i = 0; i < MESSAGE_TEXTS; i++)
		message.text[i] = SLICE("");
	message.text[kind] = slice_of(text);
	assert_true(pseudonym_apply(&key, &scratch, &message));
	assert_true(message.text[kind].len < sizeof(all[0]));
	memcpy(to, message.text[kind].at, message.text[kind].len);
	to[message.text[kind].len] = '\0';
	return (to);
}

/* Each H stands for a hash. */
static void
is_shown(enum message_text kind, const char *text, const char *form)
{
	const char *got = shown(kind, text), *at = got;

	for (; *form != '\0'; form++) {
		size_t digits = strspn(at, "0123456789abcdef");

		if (*form == 'H' && digits < 16)
			fail_msg("%s is shown as %s", text, got);
		if (*form != 'H' && *form != *at)
			fail_msg("%s is shown as %s", text, got);
		at += *form == 'H' ? 16 : 1;
	}
	assert_string_equal(at, "");
}

static void
test_free_text(void **state)
{
	static const struct {
		const char *text, *form;
	} texts[] = { { "joe@x.test", "H@x.test" },
		{ "550 <joe@x.test>: no", "550 <H@x.test>: no" },
		{ "joe@x.test,ann@y.test", "H@x.test,H@y.test" },
		{ "joe.b+tag=1@x.test", "H@x.test" },
		{ "j\xc3\xb6@x.test!", "H@x.test!" },
		{ "joe@[192.0.2.1]", "H@[192.0.2.1]" },
		{ "mailto:joe@x.test", "mailto:H@x.test" }, { "@", "@" },
		{ "a@", "H@" }, { "no address", "no address" },
		{ "@x.test", "@x.test" }, { "@@", "H@" } };

	(void)state;
	for (size_t i = 0; i < COUNT(texts); i++)
		is_shown(TEXT_MESSAGE, texts[i].text, texts[i].form);
}

static void
test_quotes(void **state)
{
	(void)state;
	is_shown(TEXT_MESSAGE, "to \"joe b\"@x.test: no", "to H@x.test: no");
	is_shown(TEXT_MESSAGE, "to \"j\\\"o e\"@x.test", "to H@x.test");
	is_shown(TEXT_MESSAGE, "to \"j\\\\\"@x.test", "to H@x.test");
	is_shown(TEXT_MESSAGE, "open\"@x.test", "H@x.test");
	is_shown(TEXT_MESSAGE, "\"@x.test", "H@x.test");
	is_shown(TEXT_RECIPIENT, "\"joe@home\"@x.test", "H@x.test");
	is_shown(TEXT_MESSAGE, "to \"a@b c@d\"@x.test e@y.test",
	    "to H@x.test H@y.test");
	is_shown(TEXT_MESSAGE, "\"no a@x.test\" and b@y.test",
	    "\"no H@x.test\" and H@y.test");
	is_shown(
	    TEXT_MESSAGE, "\"no\" or \"a@b\"@x.test", "\"no\" or H@x.test");
	is_shown(TEXT_MESSAGE, "\"a@x.test, b@y.test", "\"H@x.test, H@y.test");
}

static void
test_several_ats(void **state)
{
	(void)state;
	is_shown(TEXT_MESSAGE, "x@joe@x.test", "H@x.test");
	is_shown(TEXT_MESSAGE, "<@joe@x.test>", "<H@x.test>");
	is_shown(TEXT_MESSAGE, "a@b@c@x.test d@e@y.test", "H@x.test H@y.test");
}

static void
test_fields(void **state)
{
	static const enum message_text hidden[] = { TEXT_DELIVERED_TO,
		TEXT_DELIVERY_USER, TEXT_MESSAGE, TEXT_RECIPIENT, TEXT_SENDER,
		TEXT_SENDER_AUTH, TEXT_EMAIL };

	(void)state;
	for (size_t i = 0; i < COUNT(hidden); i++)
		is_shown(hidden[i], "joe@x.test", "H@x.test");
	is_shown(TEXT_DELIVERY_USER, "joe", "H");
	is_shown(TEXT_DELIVERY_USER, "", "");
	is_shown(TEXT_DELIVERED_TO, "/home/u/mail/x.test/joe/new", "H");
	is_shown(TEXT_DELIVERED_TO, "blackhole", "blackhole");
	is_shown(TEXT_USER, "account", "account");
	is_shown(TEXT_SENDER_IP, "192.0.2.1", "192.0.2.1");
}

static void
test_same(void **state)
{
	const char *one = shown(TEXT_RECIPIENT, "joe@x.test");

	(void)state;
	assert_memory_equal(one, shown(TEXT_SENDER, "Joe@X.test"), 17);
	assert_string_not_equal(one, shown(TEXT_SENDER, "joe@y.test"));
	assert_string_not_equal(one, shown(TEXT_SENDER, "jo@ex.test"));
}

int
main(void)
{
	const struct CMUnitTest tests[] = {
		TEST("addresses within a text", test_free_text),
		TEST("what is in quotes", test_quotes),
		TEST("several @ in one", test_several_ats),
		TEST("fields that have addresses, and others", test_fields),
		TEST("the same address is the same", test_same),
	};
	int failed = cmocka_run_group_tests(tests, NULL, NULL);

	buffer_free(&scratch);
	return (failed);
}
