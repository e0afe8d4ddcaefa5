/*
 * Messages that anybody could have put into a mailbox: none is ours without a
 * token, and what is read off one is a word.
 */
#include "probe/auth_results.h"
#include "probe/mail_read.h"
#include "tests/fuzz/fuzz.h"

static const struct secret_key key = { "the key" };

/* Returns whether it is empty. */
static bool
check_word(const char word[ARRIVAL_WORD])
{
	size_t len = strnlen(word, ARRIVAL_WORD);

	PROMISE(len < ARRIVAL_WORD);
	for (size_t i = 0; i < len; i++)
		PROMISE(byte_is_digit(word[i]) || word[i] == '-' ||
		    (word[i] >= 'a' && word[i] <= 'z'));
	return (len == 0);
}

/* All are set, or none. */
static bool
check_words(const struct arrival *arrival)
{
	bool none = check_word(arrival->spf);

	PROMISE(check_word(arrival->dkim) == none);
	PROMISE(check_word(arrival->dmarc) == none);
	return (none);
}

/* The token stands in the message as we would have written it, but for its MAC,
   of which letters may be capitals. */
static void
check_token(struct slice message, const struct arrival *arrival)
{
	struct probe_token token = { slice_of(arrival->probe), arrival->serial,
		arrival->sent };
	char text[PROBE_TOKEN_MAX + 1];

	PROMISE(token.name.len > 0 && token.name.len < ARRIVAL_NAME);
	probe_token_write(&key, &token, text);
	*strrchr(text, '.') = '\0';
	PROMISE(slice_find(message, text) >= 0);
}

static void
check_message(struct slice message)
{
	struct arrival arrival = { .spf = "x" }, again = { .spf = "y" };
	bool ours = mail_read(message, &key, "mx.a.test", &arrival);

	PROMISE(mail_read(message, &key, NULL, &again) == ours);
	if (!ours)
		return;
	(void)check_words(&arrival);
	PROMISE(check_words(&again));
	check_token(message, &arrival);
	PROMISE(strcmp(arrival.probe, again.probe) == 0);
	PROMISE(arrival.serial == again.serial && arrival.sent == again.sent);
	PROMISE(arrival.file == 0 && arrival.found == 0);
}

static void
check_value(struct slice value)
{
	struct arrival arrival = { .serial = 0 };

	auth_results_read(value, "mx.a.test", &arrival);
	(void)check_words(&arrival);
}

int
LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
	char *copy = fuzz_copy(data, size);

	check_message((struct slice){ copy, size });
	check_value((struct slice){ copy, size });
	free(copy);
	return (0);
}
