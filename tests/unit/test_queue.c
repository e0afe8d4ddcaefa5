/*
 * What Postfix says besides deliveries and rejections: the queue,
 * connections, warnings; and messages that are between cleanup and qmgr.
 */
#include "tests/unit/unit.h"
#include "lib/stats/counters_layout.h"
#include "lib/stats/mta.h"
#include "lib/stats/pending.h"

#define UNKNOWN(daemon) "lines:unrecognised lines:unrecognised:" daemon
#define ID              ": 4A1B2C3D4E: "
#define QMGR            "postfix/qmgr[1]" ID
#define SMTP            "postfix/smtp[1]: "
#define REFUSED         "connect_failure:smtp:refused"

static const struct line_case lines[] = { { QMGR "removed",
					      "queue_out:removed" },
	{ QMGR "removed (canceled)", UNKNOWN("qmgr") },
	{ QMGR "from=<a@b>, status=expired, returned to sender",
	    "queue_out:expired" },
	{ QMGR "from=<a@b>, status=force-expired, returned to sender",
	    "queue_out:force_expired" },
	{ QMGR "from=<a>, status=expired, returned to sender@b>, size=1, "
	       "nrcpt=1 (queue active)",
	    "" },
	{ QMGR "from=<\"a>, status=expired, returned to sender\"@b>, size=1, "
	       "nrcpt=1 (queue active)",
	    "" },
	{ QMGR "from=<a@b>, size=1, nrcpt=1", UNKNOWN("qmgr") },
	{ QMGR "from=<a@b>, size=x, nrcpt=1 (queue active)", UNKNOWN("qmgr") },
	{ "postfix/bounce[1]" ID "sender non-delivery notification: 5A1B2C3D4E",
	    "queue_out:bounce_sent" },
	{ "postfix/smtpd[1]: connect from a[1.2.3.4]", "smtpd_connect:smtpd" },
	{ "postfix/submission/smtpd[1]: connect from unknown[::1]",
	    "smtpd_connect:submission" },
	{ "postfix/smtpd[1]: connect from a", UNKNOWN("smtpd") },
	{ "postfix/smtpd[1]: disconnect from a[::1] ehlo=1 quit=1 commands=2",
	    "smtpd_command:smtpd:ehlo:ok smtpd_command:smtpd:quit:ok "
	    "smtpd_disconnect:smtpd" },
	{ "postfix/smtpd[1]: disconnect from a[::1]",
	    "smtpd_disconnect:smtpd" },
	{ "postfix/tlsproxy[1]: connect from a[1.2.3.4]", UNKNOWN("tlsproxy") },
	{ SMTP "connect to a[1.2.3.4]:25: Connection refused", REFUSED },
	{ SMTP "connect to a[::1]:25: Connection timed out",
	    "connect_failure:smtp:timeout" },
	{ SMTP "connect to a[::1]:25: Network is unreachable",
	    "connect_failure:smtp:unreachable" },
	{ SMTP "connect to a[::1]:25: No route to host",
	    "connect_failure:smtp:unreachable" },
	{ SMTP "connect to a[::1]:25: Connection refused by x",
	    "connect_failure:smtp:other" },
	{ SMTP "connect to nowhere", UNKNOWN("smtp") },
	{ "postfix/relay/smtp[1]: SSL_connect error to a[1.2.3.4]:25: -1",
	    "connect_failure:relay:tls" },
	{ "postfix/lmtp[1]: connect to a[private/x]: No such file or directory",
	    "connect_failure:lmtp:other" },
	{ SMTP "4A1B2C3D4E: lost connection with a[1.2.3.4] while receiving "
	       "the initial server greeting",
	    "connect_failure:smtp:lost" },
	{ SMTP "4A1B2C3D4E: conversation with a[1.2.3.4] timed out while "
	       "performing the EHLO handshake",
	    "connect_failure:smtp:timeout" },
	{ SMTP "4A1B2C3D4E: lost connection with a[1.2.3.4] while sending "
	       "message body",
	    "" },
	{ SMTP "4A1B2C3D4E: to=<a@b>, relay=none, delay=1, delays=1/0/0/0, "
	       "dsn=4.4.3, status=deferred (Host or domain name not found. "
	       "Name service error for name=b type=MX: Host not found, try "
	       "again)",
	    "connect_failure:smtp:dns delivery:smtp:deferred "
	    "fail_reason:smtp:dns" },
	{ SMTP "4A1B2C3D4E: to=<a@b>, relay=none, delay=1, delays=1/0/0/0, "
	       "dsn=4.4.3, status=deferred (unable to look up host mx.b: "
	       "Temporary failure in name resolution)",
	    "connect_failure:smtp:dns delivery:smtp:deferred "
	    "fail_reason:smtp:dns" },
	{ "postfix/cleanup[1]" ID "message-id=<a@b>", "cleanup:messages" },
	{ "postfix/smtpd[1]: warning: x", "log:smtpd:warning" },
	{ "postfix/smtpd[1]: error: x", "log:smtpd:error" },
	{ "postfix/master[1]: fatal: x", "log:master:fatal" },
	{ "postfix/qmgr[1]: panic: x", "log:qmgr:panic" },
	{ "postfix/oqmgr[1]: 4A1B2C3D4E: removed", "queue_out:removed" },
	{ "postfix/smtpd[1]: NOQUEUE: warning: x", UNKNOWN("smtpd") },
	{ NULL, NULL } };

static const struct {
	const char *dsn, *key; /* NULL: none */
} codes[] = {
	{ "2.0.0", "delivery_dsn:smtp:2.0.0" },
	{ "4.4.1", "delivery_dsn:smtp:4.4.1" },
	{ "5.1.1", "delivery_dsn:smtp:5.1.1" },
	{ "5.999.999", "delivery_dsn:smtp:5.999.999" },
	{ "4.9.9", "delivery_dsn:smtp:4.9.9" },
	{ "5.7.26", "delivery_dsn:smtp:5.7.26" },
	{ "5.72.6", "delivery_dsn:smtp:5.72.6" },
	{ "1.1.1", NULL },
	{ "5.01.1", NULL },
	{ "5/1.1", NULL },
	{ "5.1:1", NULL },
	{ "5.1./", NULL },
	{ "5.:.1", NULL },
	{ "5.1.:", NULL },
	{ "\262.0.0", NULL },
	{ "5.1.\260", NULL },
	{ "6.1.1", NULL },
	{ "5.1", NULL },
	{ "5.1.1.1", NULL },
	{ "5..1", NULL },
	{ "5.1.1000", NULL },
	{ "x", NULL },
};

/* Also when tags and codes are known already. */
static void
test_codes(void **state)
{
	struct tally tally = tally_new(4096);
	struct snapshot *all;
	size_t wanted = 0, found = 0;

	(void)state;
	for (int again = 0; again < 3; again++)
		for (size_t i = 0; i < COUNT(codes); i++) {
			char text[256];

			(void)snprintf(text, sizeof(text),
			    SMTP "4A1B2C3D4E: to=<a@b>, relay=c, delay=1, "
				 "dsn=%s, status=deferred (x)",
			    codes[i].dsn);
			tally_text(&tally, text);
		}
	all = snapshot_of(tally.counters);
	for (size_t i = 0; i < COUNT(codes); i++) {
		if (codes[i].key == NULL)
			continue;
		wanted++;
		if (value_in(all, codes[i].key) != 3)
			fail_msg("%s is not 3", codes[i].key);
	}
	for (size_t i = 0; i < all->number_count; i++)
		found += strncmp(all->numbers[i].key, "delivery_dsn:", 13) == 0;
	assert_int_equal(found, wanted);
	assert_int_equal(
	    value_in(all, "delivery:smtp:deferred"), 3 * COUNT(codes));
	snapshot_free(all);
	tally_free(&tally);
}

/* Events that differ in their code only are summed up each by itself. */
static void
test_many_codes(void **state)
{
	struct tally tally = tally_new(8192);
	struct snapshot *all;

	(void)state;
	for (int i = 0; i < 2 * 20 * 60; i++) {
		char text[256];

		(void)snprintf(text, sizeof(text),
		    "postfix/s%d/smtp[1]: 4A1B2C3D4E: to=<a@b>, relay=c, "
		    "delay=1, dsn=5.%d.%d, status=bounced (x)",
		    i / 60 % 20, i % 60 / 10, i % 10);
		tally_text(&tally, text);
	}
	all = snapshot_of(tally.counters);
	for (int i = 0; i < 20 * 60; i++) {
		char key[64];

		(void)snprintf(key, sizeof(key), "delivery_dsn:s%d:5.%d.%d",
		    i / 60, i % 60 / 10, i % 10);
		if (value_in(all, key) != 2)
			fail_msg("%s is not 2", key);
	}
	snapshot_free(all);
	tally_free(&tally);
}

#define ACTIVE "from=<a@b>, size=1000, nrcpt=2 (queue active)"

/* A retry is no new message, and a restart in between changes nothing. */
static void
test_queue_in(void **state)
{
	struct tally tally = tally_new(4096), next = tally_new(4096);
	struct snapshot *saved;

	(void)state;
	tally_text(&tally, "postfix/cleanup[1]" ID "message-id=<x>");
	tally_text(&tally, "postfix/cleanup[1]" ID "resent-message-id=<y>");
	tally_text(&tally, "postfix/cleanup[1]: 5555555555: message-id=<x>");
	tally_text(&tally, "postfix-b/cleanup[1]" ID "message-id=<x>");
	tally_text(&tally, QMGR ACTIVE);
	tally_text(&tally, QMGR ACTIVE);
	tally_text(&tally, "postfix/qmgr[1]: 6666666666: " ACTIVE);
	assert_string_equal(moved(tally.counters),
	    "cleanup:messages=3 "
	    "queue_in:bytes=1000 queue_in:bytes@postfix=1000 "
	    "queue_in:messages queue_in:messages@postfix "
	    "queue_in:recipients=2 queue_in:recipients@postfix=2");
	saved = snapshot_of(tally.counters);
	line_save(tally.lines, saved);
	snapshot_sort(saved);
	counters_load(next.counters, saved);
	line_load(next.lines, saved);
	snapshot_free(saved);
	tally_text(&next, QMGR ACTIVE);
	tally_text(&next, "postfix/qmgr[1]: 5555555555: " ACTIVE);
	tally_text(&next, "postfix-b/qmgr[1]" ID ACTIVE);
	tally_text(&next, "postfix-b/qmgr[1]" ID ACTIVE);
	assert_int_equal(value_of(next.counters, "queue_in:messages"), 3);
	assert_int_equal(
	    value_of(next.counters, "queue_in:messages@postfix-b"), 1);
	tally_free(&next);
	tally_free(&tally);
}

#define CLEANUP "postfix/cleanup[1]" ID
#define FROM    " from a[1.2.3.4]"

/* Whatever turns a message away after it was named. */
static void
test_gone(void **state)
{
	static const char *const ends[] = {
		CLEANUP "reject: header Subject: x" FROM "; from=<a>: 5.7.1 x",
		CLEANUP "reject: mime-error x: y" FROM "; from=<a>",
		CLEANUP "milter-reject: END-OF-MESSAGE" FROM ": 4.7.1 x",
		CLEANUP "discard: header Subject: x" FROM "; from=<a>: x",
		CLEANUP "milter-discard: END-OF-MESSAGE" FROM ": x",
		"postfix/smtpd[1]" ID "reject: END-OF-MESSAGE" FROM
		": 550 5.7.1 x",
	};

	(void)state;
	for (size_t i = 0; i < COUNT(ends); i++) {
		struct tally tally = tally_new(4096);

		tally_text(&tally, CLEANUP "message-id=<x>");
		tally_text(&tally, ends[i]);
		tally_text(&tally, QMGR ACTIVE);
		if (value_of(tally.counters, "queue_in:messages") != 0 ||
		    value_of(tally.counters, "lines:unrecognised") != 0)
			fail_msg("after \"%s\"", ends[i]);
		tally_text(&tally, CLEANUP "message-id=<x>");
		tally_text(&tally,
		    "postfix/smtpd[1]: NOQUEUE: reject: RCPT" FROM
		    ": 550 5.7.1 x");
		tally_text(&tally, QMGR ACTIVE);
		assert_int_equal(
		    value_of(tally.counters, "queue_in:messages"), 1);
		tally_free(&tally);
	}
}

static struct slice
id_of(unsigned n)
{
	static char text[PENDING_ID_MAX + 1];

	(void)snprintf(text, sizeof(text), "%024X", n);
	return (slice_of(text));
}

/* However many there are, the records have room for them, and the youngest are
   kept, before a restart as well as after it. */
static void
test_many(void **state)
{
	struct pending *pending = calloc(1, sizeof(*pending));
	struct pending *next = calloc(1, sizeof(*next));
	struct snapshot *saved = snapshot_new();
	unsigned left = 0, same = 0;

	(void)state;
	assert_true(pending != NULL && next != NULL && saved != NULL);
	for (unsigned n = 0; n < 5000; n++)
		(void)pending_add(pending, 15, id_of(n), PENDING_NAMED);
	assert_false(pending_take(pending, 14, id_of(4999), PENDING_NAMED));
	pending_save(pending, saved);
	assert_in_range(saved->text_count, 1, PENDING_TEXTS);
	assert_true(
	    1 + 16 + 16 + 16 + SAMPLE_COUNT + PENDING_TEXTS + MTA_TEXTS <=
	    TEXTS_RESERVED);
	snapshot_sort(saved);
	pending_load(next, saved);
	for (unsigned n = 5000; n < 5200; n++) {
		(void)pending_add(pending, 15, id_of(n), PENDING_NAMED);
		(void)pending_add(next, 15, id_of(n), PENDING_NAMED);
	}
	for (unsigned n = 0; n < 5200; n++) {
		bool there = pending_take(pending, 15, id_of(n), PENDING_NAMED);

		left += there;
		same += there ==
		    pending_take(next, 15, id_of(n), PENDING_NAMED);
		assert_false(
		    pending_take(pending, 15, id_of(n), PENDING_NAMED));
	}
	assert_int_equal(left, PENDING_IDS);
	assert_int_equal(same, 5200);
	snapshot_free(saved);
	free(next);
	free(pending);
}

/* An id that is forgotten is a message not counted, unless nobody has asked for
   it in a long time: then it is one that came to nothing. */
static void
test_forgotten(void **state)
{
	struct pending *pending = calloc(1, sizeof(*pending));
	unsigned forgotten = 0, left = 0;

	(void)state;
	assert_non_null(pending);
	for (unsigned n = 0; n < PENDING_IDS; n++)
		forgotten += !pending_add(pending, 0, id_of(n), PENDING_NAMED);
	for (unsigned n = 0; n < PENDING_IDS; n++)
		left += pending_take(pending, 0, id_of(n), PENDING_NAMED);
	assert_in_range(forgotten, 1, PENDING_IDS / 4);
	assert_int_equal(left + forgotten, PENDING_IDS);
	for (unsigned n = 0; n < PENDING_IDS; n++)
		(void)pending_add(pending, 0, id_of(n), PENDING_NAMED);
	pending->serial += PENDING_IDS;
	for (unsigned n = 10000; n < 10000 + PENDING_SETS; n++)
		assert_true(pending_add(pending, 0, id_of(n), PENDING_NAMED));
	for (unsigned n = 0; n < PENDING_IDS; n++)
		left -= pending_take(pending, 0, id_of(n), PENDING_NAMED);
	assert_in_range(left, 1, PENDING_SETS); /* as many were forgotten */
	free(pending);
}

/* Each length waits for something else. */
static enum pending_state
state_of(size_t len)
{
	static const enum pending_state states[] = { PENDING_NAMED,
		PENDING_BACK, PENDING_HANDED, PENDING_BACK | PENDING_NAMED };

	return (states[len % COUNT(states)]);
}

/* Ids of every length, and such as differ in one byte or in their length. */
static void
test_ids(void **state)
{
	static const char text[] = "4A1B2C3D4E5F6A7B8C9D1E2F",
			  zeros[] = "000000000000000000000000";
	struct pending *pending = calloc(1, sizeof(*pending));
	struct pending *next = calloc(1, sizeof(*next));
	struct snapshot *saved = snapshot_new();

	(void)state;
	assert_true(pending != NULL && next != NULL && saved != NULL);
	for (size_t len = 5; len <= PENDING_ID_MAX; len++) {
		struct slice id = { text, len }, zero = { zeros, len & ~3u };

		assert_true(pending_add(pending, 1, id, PENDING_HANDED));
		assert_true(pending_add(pending, 1, id, state_of(len)));
		assert_true(pending_add(pending, 1, zero, PENDING_NAMED));
		for (size_t at = 0; at < len; at++) {
			char other[PENDING_ID_MAX];

			memcpy(other, text, len);
			other[at] = '0';
			assert_false(pending_take(
			    pending, 1, (struct slice){ other, len }, ~0u));
		}
	}
	pending_save(pending, saved);
	snapshot_sort(saved);
	pending_load(next, saved);
	for (size_t len = 5; len <= PENDING_ID_MAX; len++) {
		struct slice id = { text, len }, zero = { zeros, len };

		assert_false(pending_take(next, 2, id, ~0u));
		assert_false(pending_take(next, 1, id, ~state_of(len)));
		assert_int_equal(pending_take(next, 1, id, ~0u), state_of(len));
		assert_false(pending_take(next, 1, id, ~0u));
		assert_int_equal(pending_take(next, 1, zero, PENDING_NAMED),
		    len % 4 == 0 ? PENDING_NAMED : 0);
	}
	snapshot_free(saved);
	free(next);
	free(pending);
}

int
main(void)
{
	const struct CMUnitTest tests[] = {
		TABLE_TEST(
		    "lines count under what they say", test_moves, lines),
		TEST("results count by enhanced status code", test_codes),
		TEST("so many codes are told apart", test_many_codes),
		TEST("a message enters the queue once", test_queue_in),
		TEST("a message that is refused is not waited for", test_gone),
		TEST("of too many ids the oldest are forgotten", test_many),
		TEST("an id that came to nothing is no overflow",
		    test_forgotten),
		TEST("ids are told apart", test_ids),
	};

	return (cmocka_run_group_tests(tests, NULL, NULL));
}
