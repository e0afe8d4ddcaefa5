/*
 * Mail of probes counts apart, and all other mail as without.
 */
#include "lib/stats/probe_token.h"
#include "lib/stats/waiting.h"
#include "tests/unit/unit.h"

static const struct secret_key key = { "a key of 32 bytes for the tests" };

#define OWN        "4A1B2C3D4E: "
#define THEIRS     "5A1B2C3D4E: "
#define NAME       "postfix/cleanup[1]: "
#define CLIENT(id) "postfix/smtpd[1]: " id "client=mx[192.0.2.1]"
#define TAKEN(id) \
	"postfix/qmgr[1]: " id "from=<a@b>, size=1000, nrcpt=1 (queue active)"
#define TO(id, status) \
	"postfix/smtp[1]: " id \
	"to=<c@d>, relay=mx.d[192.0.2.9]:25, delay=1, delays=1/0/0/0, " \
	"dsn=2.0.0, status=" status " (x)"
#define GONE(id)   "postfix/qmgr[1]: " id "removed"

#define THEIR_NAME NAME THEIRS "message-id=<x@y>"
#define OWN_NAME   NULL /* a token is written in */

#define ORDINARY \
	"cleanup:messages delivery:smtp:sent queue_in:bytes=1000 " \
	"queue_in:messages queue_in:recipients queue_out:removed " \
	"receive:smtpd:NONE recv:smtp sent:smtp "
#define APART \
	"probe_mail:bytes=1000 probe_mail:messages probe_mail:received " \
	"probe_mail:recipients "

static struct tally
tally_apart(void)
{
	struct tally tally = tally_new(4096);

	assert_true(line_probe_key(tally.lines, &key));
	assert_true(line_apart(tally.lines));
	return (tally);
}

static void
tell(struct tally *tally, const char *text)
{
	static const struct probe_token token = { { "mx", 2 }, 5,
		1763881262000000 };
	char name[512], written[PROBE_TOKEN_MAX + 1];

	if (text == OWN_NAME) {
		probe_token_write(&key, &token, written);
		(void)snprintf(name, sizeof(name),
		    NAME OWN "message-id=<%s@mx.test>", written);
		text = name;
	}
	tally_text(tally, text);
}

static struct snapshot *
published(struct tally *tally, uint64_t newest)
{
	struct snapshot *snapshot = snapshot_new();

	assert_non_null(snapshot);
	snapshot->capacity = 4096;
	line_mark(tally->lines, newest, newest);
	counters_save(tally->counters, snapshot);
	line_save(tally->lines, snapshot);
	snapshot_sort(snapshot);
	return (snapshot);
}

/* As if it were killed after a publication. */
static void
restart(struct tally *tally, struct tally fresh)
{
	struct snapshot *snapshot = published(tally, 1700000000);

	tally_free(tally);
	*tally = fresh;
	counters_load(tally->counters, snapshot);
	line_load(tally->lines, snapshot);
	snapshot_free(snapshot);
}

/* All that moved, a blank behind each, but what a publication sets. */
static const char *
counted(struct tally *tally)
{
	static char text[16384];
	struct slice rest = slice_of(moved(tally->counters)), word;
	size_t len = 0;

	while (rest.len > 0) {
		if (!slice_cut(&rest, ' ', &word)) {
			word = rest;
			rest.len = 0;
		}
		if (!slice_starts(word, "last_"))
			len += (size_t)snprintf(text + len, sizeof(text) - len,
			    "%.*s ", (int)word.len, word.at);
	}
	text[len] = '\0';
	return (text);
}

enum { LINES_MAX = 10 };

static const struct scene {
	const char *name;
	size_t count;
	const char *lines[LINES_MAX];
	const char *moved;
} scenes[] = {
	{ "of a probe", 5,
	    { CLIENT(OWN), OWN_NAME, TAKEN(OWN), TO(OWN, "sent"), GONE(OWN) },
	    "probe_mail:bytes=1000 probe_mail:messages probe_mail:received "
	    "probe_mail:recipients probe_mail:removed probe_mail:sent " },
	{ "of somebody else", 5,
	    { CLIENT(THEIRS), THEIR_NAME, TAKEN(THEIRS), TO(THEIRS, "sent"),
		GONE(THEIRS) },
	    ORDINARY },
	{ "side by side", 10,
	    { CLIENT(OWN), CLIENT(THEIRS), THEIR_NAME, OWN_NAME, TAKEN(THEIRS),
		TAKEN(OWN), TO(OWN, "sent"), TO(THEIRS, "sent"), GONE(THEIRS),
		GONE(OWN) },
	    "cleanup:messages delivery:smtp:sent "
	    "probe_mail:bytes=1000 probe_mail:messages probe_mail:received "
	    "probe_mail:recipients probe_mail:removed probe_mail:sent "
	    "queue_in:bytes=1000 queue_in:messages queue_in:recipients "
	    "queue_out:removed receive:smtpd:NONE recv:smtp sent:smtp " },
	{ "put off, and taken up again", 6,
	    { CLIENT(OWN), OWN_NAME, TAKEN(OWN), TO(OWN, "deferred"),
		TAKEN(OWN), TO(OWN, "bounced") },
	    "probe_mail:bounced probe_mail:bytes=1000 probe_mail:deferred "
	    "probe_mail:messages probe_mail:received probe_mail:recipients " },
	{ "expired, with a notification", 6,
	    { CLIENT(OWN), OWN_NAME, TAKEN(OWN),
		"postfix/qmgr[1]: " OWN
		"from=<a@b>, status=expired, returned to sender",
		"postfix/bounce[1]: " OWN
		"sender non-delivery notification: 6A1B2C3D4E",
		GONE(OWN) },
	    "probe_mail:bytes=1000 probe_mail:expired probe_mail:messages "
	    "probe_mail:notified probe_mail:received probe_mail:recipients "
	    "probe_mail:removed " },
	{ "taken in locally", 3,
	    { "postfix/pickup[1]: " OWN "uid=0 from=<a@b>", OWN_NAME,
		TAKEN(OWN) },
	    APART },
	{ "its id used again by another", 6,
	    { CLIENT(OWN), OWN_NAME, GONE(OWN), CLIENT(OWN),
		NAME OWN "message-id=<x@y>", TAKEN(OWN) },
	    "cleanup:messages probe_mail:received probe_mail:removed "
	    "queue_in:bytes=1000 queue_in:messages queue_in:recipients "
	    "receive:smtpd:NONE recv:smtp " },
	{ "an id used again before it had a name", 3,
	    { CLIENT(THEIRS), CLIENT(THEIRS), THEIR_NAME },
	    "cleanup:messages receive:smtpd:NONE=2 recv:smtp=2 " },
	{ "never named", 1, { CLIENT(OWN) }, "" },
};

static void
each_counts_where_it_belongs(void **state)
{
	(void)state;
	for (size_t i = 0; i < COUNT(scenes); i++) {
		const struct scene *scene = &scenes[i];

		/* A restart after line `at`; at first none. */
		for (size_t at = 0; at <= scene->count; at++) {
			struct tally tally = tally_apart();

			print_message("# %s, %zu\n", scene->name, at);
			for (size_t l = 0; l < scene->count; l++) {
				tell(&tally, scene->lines[l]);
				if (l + 1 == at)
					restart(&tally, tally_apart());
			}
			assert_string_equal(counted(&tally), scene->moved);
			tally_free(&tally);
		}
	}
}

#define ONE_RECEIPT "receive:smtpd:NONE recv:smtp "

static void
what_waits_too_long_is_counted(void **state)
{
	struct tally tally = tally_apart();

	(void)state;
	tell(&tally, CLIENT(THEIRS));
	snapshot_free(published(&tally, 1700000000));
	snapshot_free(published(&tally, 1700000600));
	assert_string_equal(counted(&tally), "");
	snapshot_free(published(&tally, 1700000601));
	assert_string_equal(counted(&tally), ONE_RECEIPT);
	tell(&tally, THEIR_NAME);
	assert_string_equal(counted(&tally), "cleanup:messages " ONE_RECEIPT);
	tally_free(&tally);
}

static void
of_too_many_the_oldest_is_counted(void **state)
{
	struct tally tally = tally_apart();
	char text[128];

	(void)state;
	for (int i = 0; i < WAITING_MAX; i++) {
		(void)snprintf(text, sizeof(text),
		    "postfix/smtpd[1]: 4A1B2C3D%02X: client=mx[192.0.2.1]", i);
		tell(&tally, text);
	}
	assert_string_equal(counted(&tally), "");
	tell(&tally, CLIENT(THEIRS));
	assert_string_equal(counted(&tally), ONE_RECEIPT);
	restart(&tally, tally_apart());
	assert_string_equal(counted(&tally), ONE_RECEIPT);
	tell(&tally, CLIENT("7A1B2C3D4E: "));
	assert_string_equal(
	    counted(&tally), "receive:smtpd:NONE=2 recv:smtp=2 ");
	tally_free(&tally);
}

static void
what_waited_counts_when_it_is_not_apart_any_more(void **state)
{
	struct tally tally = tally_apart();

	(void)state;
	tell(&tally, CLIENT(OWN));
	restart(&tally, tally_new(4096));
	assert_string_equal(counted(&tally), ONE_RECEIPT);
	tell(&tally, OWN_NAME);
	tell(&tally, TAKEN(OWN));
	assert_string_equal(counted(&tally),
	    "cleanup:messages queue_in:bytes=1000 queue_in:messages "
	    "queue_in:recipients " ONE_RECEIPT);
	tally_free(&tally);
}

static void
a_line_that_is_too_long_does_not_wait(void **state)
{
	struct tally tally = tally_apart();
	char text[1024], host[WAITING_LINE_MAX];

	(void)state;
	memset(host, 'h', sizeof(host) - 1);
	host[sizeof(host) - 1] = '\0';
	(void)snprintf(text, sizeof(text),
	    "postfix/smtpd[1]: " THEIRS "client=%s[192.0.2.1]", host);
	tell(&tally, text);
	assert_string_equal(counted(&tally), ONE_RECEIPT);
	tally_free(&tally);
}

/* A filter's way back is known by the receipt; that waits, too. */
static void
a_content_filter_sees_what_waited(void **state)
{
	static const char *const lines[] = { CLIENT(THEIRS), THEIR_NAME,
		TAKEN(THEIRS), CLIENT(OWN), OWN_NAME, TAKEN(OWN) };
	struct tally tally = tally_apart();

	(void)state;
	assert_true(line_filter(tally.lines, FILTER_CLIENT, "192.0.2.1"));
	for (size_t i = 0; i < COUNT(lines); i++)
		tell(&tally, lines[i]);
	assert_string_equal(counted(&tally),
	    "cleanup:messages filter:bytes=1000 filter:messages "
	    "filter:received filter:recipients " APART);
	tally_free(&tally);
}

int
main(void)
{
	const struct CMUnitTest tests[] = {
		TEST("each counts where it belongs",
		    each_counts_where_it_belongs),
		TEST("what waits too long is counted",
		    what_waits_too_long_is_counted),
		TEST("of too many the oldest is counted",
		    of_too_many_the_oldest_is_counted),
		TEST("what waited counts when it is not apart any more",
		    what_waited_counts_when_it_is_not_apart_any_more),
		TEST("a line that is too long does not wait",
		    a_line_that_is_too_long_does_not_wait),
		TEST("a content filter sees what waited",
		    a_content_filter_sees_what_waited),
	};

	cmocka_set_message_output(CM_OUTPUT_TAP);
	return (cmocka_run_group_tests(tests, NULL, NULL));
}
