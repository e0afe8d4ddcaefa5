/*
 * A probe's mail is followed through the log, and no other.
 */
#include "lib/stats/probe_trail.h"
#include "lib/stats/trails.h"
#include "tests/unit/unit.h"

static const struct secret_key key = { "a key of 32 bytes for the tests" };
static const struct secret_key other_key = {
	"another of 32 bytes, not theirs"
};

static struct tally
tally_with_key(void)
{
	struct tally tally = tally_new(4096);

	assert_true(line_probe_key(tally.lines, &key));
	return (tally);
}

static const char *
token_of(const struct secret_key *by, const char *name, uint64_t serial)
{
	static char text[PROBE_TOKEN_MAX + 1];
	struct probe_token token = { slice_of(name), serial, 1763881262000000 };

	probe_token_write(by, &token, text);
	return (text);
}

static void
name_mail(struct tally *tally, const char *id, const char *token)
{
	char text[512];

	(void)snprintf(text, sizeof(text),
	    "postfix/cleanup[1]: %s: message-id=<%s@probe.test>", id, token);
	tally_text(tally, text);
}

/* All that is kept, as a publication has it. */
static struct snapshot *
kept_by(struct tally *tally)
{
	struct snapshot *snapshot = snapshot_new();

	assert_non_null(snapshot);
	snapshot->capacity = 4096;
	line_mark(tally->lines, 1700000000, 1700000000);
	counters_save(tally->counters, snapshot);
	line_save(tally->lines, snapshot);
	assert_false(snapshot->failed);
	snapshot_sort(snapshot);
	return (snapshot);
}

/* "WHERE ID TRANSPORT RELAY NEXT REASON", or "none". */
static const char *
trail_in(const struct snapshot *snapshot, const char *name, uint64_t serial)
{
	static char text[1024];
	struct trail_found found;

	if (!trail_find(snapshot, slice_of(name), serial, &found))
		return ("none");
	(void)snprintf(text, sizeof(text), "%s %.*s %.*s %.*s %.*s %.*s",
	    where_name(found.where), (int)found.id.len, found.id.at,
	    (int)found.transport.len, found.transport.at, (int)found.relay.len,
	    found.relay.at, (int)found.next.len, found.next.at,
	    (int)found.reason.len, found.reason.at);
	return (text);
}

static const char *
trail_of(struct tally *tally, const char *name, uint64_t serial)
{
	struct snapshot *snapshot = kept_by(tally);
	const char *text = trail_in(snapshot, name, serial);

	snapshot_free(snapshot);
	return (text);
}

/* The same tailer after a restart. */
static void
restart(struct tally *tally)
{
	struct snapshot *snapshot = kept_by(tally);

	tally_free(tally);
	*tally = tally_with_key();
	counters_load(tally->counters, snapshot);
	line_load(tally->lines, snapshot);
	snapshot_free(snapshot);
}

#define ID     "4A1B2C3D4E"
#define QMGR   "postfix/qmgr[1]: " ID ": "
#define ACTIVE QMGR "from=<a@b>, size=1000, nrcpt=1 (queue active)"
#define TO(agent, relay, status) \
	"postfix/" agent "[1]: " ID ": to=<c@d>, relay=" relay \
	", delay=1.75, delays=0.5/0.25/0.4/0.6, dsn=2.0.0, status=" status
#define GREYLISTED \
	"host mx.d[192.0.2.9] said: 450 4.2.0 <c@d>: Greylisted (in reply " \
	"to RCPT TO command)"

enum { STEPS_MAX = 8 };

/* A mail's way: lines, each with what is known after it; NULL: as before. */
struct way {
	const char *name;
	struct {
		const char *line, *known;
	} step[STEPS_MAX];
};

static const struct way ways[] = {
	{ "delivered",
	    { { ACTIVE, "active " ID "    " },
		{ TO("smtp", "mx.d[192.0.2.9]:25",
		      "sent (250 2.0.0 Ok: queued as 4jX1bZ0s2Nz3)"),
		    "sent " ID
		    " smtp mx.d[192.0.2.9]:25 4jX1bZ0s2Nz3 250 2.0.0 Ok: "
		    "queued as 4jX1bZ0s2Nz3" },
		{ QMGR "removed", NULL } } },
	{ "put off, and then delivered to a mailbox",
	    { { ACTIVE, "active " ID "    " },
		{ TO("relay/smtp", "mx.d[192.0.2.9]:25",
		      "deferred (" GREYLISTED ")"),
		    "deferred " ID " relay mx.d[192.0.2.9]:25  " GREYLISTED },
		{ ACTIVE,
		    "active " ID " relay mx.d[192.0.2.9]:25  " GREYLISTED },
		{ TO("local", "local", "sent (delivered to mailbox)"),
		    "sent " ID " local local  delivered to mailbox" } } },
	{ "held in the queue, and let go",
	    { { "postfix/postsuper[1]: " ID ": placed on hold",
		  "held " ID "    " },
		{ "postfix/postsuper[1]: " ID ": released from hold",
		    "received " ID "    " },
		{ ACTIVE, "active " ID "    " } } },
	{ "held by a milter, deleted",
	    { { "postfix/cleanup[1]: " ID ": milter-hold: END-OF-MESSAGE from "
		"a[192.0.2.1]: milter triggers HOLD action; from=<a@b>",
		  "held " ID "    " },
		{ "postfix/postsuper[1]: " ID ": removed",
		    "discarded " ID " postsuper   removed" } } },
	{ "bounced, whatever the other recipient got",
	    { { ACTIVE, NULL },
		{ TO("virtual", "virtual", "bounced (unknown user: \"c@d\")"),
		    "bounced " ID " virtual virtual  unknown user: \"c@d\"" },
		{ TO("virtual", "virtual", "sent (delivered to maildir)"),
		    NULL },
		{ QMGR "removed", NULL } } },
	{ "expired",
	    { { TO("smtp", "none", "deferred (connect to x: timed out)"),
		  "deferred " ID " smtp none  connect to x: timed out" },
		{ QMGR "from=<a@b>, status=expired, returned to sender",
		    "expired " ID " smtp none  connect to x: timed out" },
		{ QMGR "removed", NULL } } },
	{ "thrown away by discard(8)",
	    { { TO("discard", "none", "sent (silently)"),
		"discarded " ID " discard none  silently" } } },
	{ "thrown away by a check",
	    { { "postfix/cleanup[1]: " ID
		": discard: body x from a[192.0.2.1]; "
		"from=<a@b> to=<c@d>: no",
		"discarded " ID " cleanup   discard: body x from a[192.0.2.1]; "
		"from=<a@b> to=<c@d>: no" } } },
	{ "rejected after the dot",
	    { { "postfix/cleanup[1]: " ID
		": milter-reject: END-OF-MESSAGE from "
		"a[192.0.2.1]: 5.7.1 no; from=<a@b> to=<c@d> proto=ESMTP",
		"discarded " ID " cleanup   milter-reject: END-OF-MESSAGE from "
		"a[192.0.2.1]: 5.7.1 no; from=<a@b> to=<c@d> proto=ESMTP" } } },
	{ "its id used again for another mail",
	    { { QMGR "removed", "received " ID "    " },
		{ "postfix/cleanup[1]: " ID ": message-id=<x@y>", NULL },
		{ ACTIVE, NULL } } },
	{ "its id used again, the end not seen",
	    { { "postfix/cleanup[1]: " ID ": message-id=<x@y>",
		  "received " ID "    " },
		{ ACTIVE, NULL } } },
	{ "an id that is like it",
	    { { "postfix/qmgr[1]: 4A1B2C3D4F: from=<a@b>, size=1, nrcpt=1 "
		"(queue active)",
		  "received " ID "    " },
		{ "postfix-out/qmgr[1]: " ID ": from=<a@b>, size=1, nrcpt=1 "
		  "(queue active)",
		    NULL },
		{ "postfix/smtpd[1]: connect from a[192.0.2.1]", NULL } } },
};

/* `between` restarts after each line. */
static void
follow(const struct way *way, bool between)
{
	struct tally tally = tally_with_key();
	const char *known = "received " ID "    ";

	print_message("# %s\n", way->name);
	name_mail(&tally, ID, token_of(&key, "mx", 0x1a2b));
	for (int i = 0; i < STEPS_MAX && way->step[i].line != NULL; i++) {
		assert_string_equal(trail_of(&tally, "mx", 0x1a2b), known);
		if (between)
			restart(&tally);
		tally_text(&tally, way->step[i].line);
		if (way->step[i].known != NULL)
			known = way->step[i].known;
		else if (i == 0)
			known = trail_of(&tally, "mx", 0x1a2b);
	}
	assert_string_equal(trail_of(&tally, "mx", 0x1a2b), known);
	tally_free(&tally);
}

static void
each_way_is_known(void **state)
{
	(void)state;
	for (size_t i = 0; i < COUNT(ways); i++)
		follow(&ways[i], false);
}

static void
each_way_is_known_over_restarts(void **state)
{
	(void)state;
	for (size_t i = 0; i < COUNT(ways); i++)
		follow(&ways[i], true);
}

static void
only_our_tokens_count(void **state)
{
	struct tally tally = tally_with_key();
	char forged[PROBE_TOKEN_MAX + 1];

	(void)state;
	name_mail(&tally, ID, token_of(&other_key, "mx", 1));
	assert_string_equal(trail_of(&tally, "mx", 1), "none");
	(void)snprintf(forged, sizeof(forged), "%s", token_of(&key, "mx", 1));
	forged[5]++; /* of the name */
	name_mail(&tally, ID, forged);
	assert_string_equal(trail_of(&tally, "nx", 1), "none");
	assert_string_equal(trail_of(&tally, "mx", 1), "none");
	name_mail(&tally, ID, "pfs1.");
	tally_free(&tally);
}

/* A message that a filter gives back, or that another instance takes in. */
static void
a_mail_has_many_ids(void **state)
{
	struct tally tally = tally_with_key();
	char token[PROBE_TOKEN_MAX + 1];

	(void)state;
	(void)snprintf(token, sizeof(token), "%s", token_of(&key, "mx", 7));
	name_mail(&tally, ID, token);
	tally_text(&tally, ACTIVE);
	name_mail(&tally, "5A1B2C3D4E", token);
	assert_string_equal(
	    trail_of(&tally, "mx", 7), "received 5A1B2C3D4E    ");
	tally_text(&tally,
	    TO("smtp", "127.0.0.1[127.0.0.1]:10024",
		"deferred (connect to 127.0.0.1: refused)"));
	assert_string_equal(
	    trail_of(&tally, "mx", 7), "received 5A1B2C3D4E    ");
	tally_text(&tally,
	    "postfix/local[1]: 5A1B2C3D4E: to=<c@d>, relay=local, delay=1, "
	    "delays=1/0/0/0, dsn=2.0.0, status=sent (delivered)");
	restart(&tally);
	assert_string_equal(trail_of(&tally, "mx", 7),
	    "deferred " ID " smtp 127.0.0.1[127.0.0.1]:10024  connect to "
	    "127.0.0.1: refused");
	tally_text(&tally, ACTIVE);
	tally_text(&tally,
	    TO("smtp", "127.0.0.1[127.0.0.1]:10024",
		"sent (250 2.0.0 Ok: queued as 5A1B2C3D4E)"));
	assert_string_equal(trail_of(&tally, "mx", 7),
	    "sent 5A1B2C3D4E local local  delivered");
	tally_free(&tally);
}

static void
a_mail_in_a_loop_is_bounded(void **state)
{
	struct tally tally = tally_with_key();
	char token[PROBE_TOKEN_MAX + 1], id[16], wanted[64];

	(void)state;
	(void)snprintf(token, sizeof(token), "%s", token_of(&key, "mx", 7));
	for (int i = 0; i < 50; i++) {
		(void)snprintf(id, sizeof(id), "4A1B2C3D%02X", i);
		name_mail(&tally, id, token);
		if (i % 7 == 0)
			restart(&tally);
	}
	(void)snprintf(wanted, sizeof(wanted), "received %s    ", id);
	assert_string_equal(trail_of(&tally, "mx", 7), wanted);
	tally_free(&tally);
}

static void
of_too_many_mails_those_that_are_over_go_first(void **state)
{
	struct tally tally = tally_with_key();
	struct snapshot *snapshot;
	char text[128], id[16];

	(void)state;
	for (unsigned i = 0; i < TRAILS_MAX; i++) {
		(void)snprintf(id, sizeof(id), "4A1B2C%04X", i);
		name_mail(&tally, id, token_of(&key, "mx", i + 1));
		if (i % 2 == 1)
			continue;
		(void)snprintf(
		    text, sizeof(text), "postfix/qmgr[1]: %s: removed", id);
		tally_text(&tally, text);
	}
	for (unsigned i = 0; i < TRAILS_MAX / 2 + 1; i++) {
		(void)snprintf(id, sizeof(id), "5A1B2C%04X", i);
		name_mail(&tally, id, token_of(&key, "mx", 1000 + i));
	}
	snapshot = kept_by(&tally);
	for (unsigned i = 0; i < TRAILS_MAX; i++)
		assert_int_equal(
		    strcmp(trail_in(snapshot, "mx", i + 1), "none") != 0,
		    i % 2 == 1 && i != 1);
	assert_string_not_equal(
	    trail_in(snapshot, "mx", 1000 + TRAILS_MAX / 2), "none");
	snapshot_free(snapshot);
	tally_free(&tally);
}

static void
a_full_store_keeps_the_youngest(void **state)
{
	struct tally tally = tally_with_key();
	struct snapshot *snapshot = snapshot_new();
	char id[16];

	(void)state;
	for (unsigned i = 0; i < 20; i++) {
		(void)snprintf(id, sizeof(id), "4A1B2C%04X", i);
		name_mail(&tally, id, token_of(&key, "mx", i + 1));
	}
	counters_save(tally.counters, snapshot);
	snapshot->capacity = (uint32_t)snapshot->number_count + 160 + 1 + 5;
	line_save(tally.lines, snapshot);
	snapshot_sort(snapshot);
	for (unsigned i = 0; i < 20; i++)
		assert_int_equal(
		    strcmp(trail_in(snapshot, "mx", i + 1), "none") != 0,
		    i >= 15);
	snapshot_free(snapshot);
	tally_free(&tally);
}

/* A header's check comes before the message's name if the header does. */
static void
a_hold_before_the_name_is_kept(void **state)
{
	struct tally tally = tally_with_key();

	(void)state;
	tally_text(&tally,
	    "postfix/cleanup[1]: " ID ": hold: header Subject: x from "
	    "a[192.0.2.1]; from=<a@b> to=<c@d>: look");
	restart(&tally);
	name_mail(&tally, ID, token_of(&key, "mx", 1));
	assert_string_equal(trail_of(&tally, "mx", 1), "held " ID "    ");
	name_mail(&tally, ID, token_of(&key, "mx", 2));
	assert_string_equal(trail_of(&tally, "mx", 2), "received " ID "    ");
	tally_free(&tally);
}

/* smtpd(8) has no queue id when it looks at the first recipient. */
static void
a_hold_before_the_id_is_of_the_next_message(void **state)
{
#define HOLD \
	"NOQUEUE: hold: RCPT from a[192.0.2.1]: <c@d>: Recipient address to " \
	"look at; from=<a@b> to=<c@d> proto=ESMTP helo=<a>"
	static const struct {
		const char *first, *second, *where;
	} holds[] = {
		{ "postfix/smtpd[12]: " HOLD,
		    "postfix/smtpd[12]: " ID ": client=a[192.0.2.1]", "held" },
		{ "postfix/smtpd[12]: " HOLD,
		    "postfix/smtpd[2]: " ID ": client=a[192.0.2.1]",
		    "received" },
		{ "postfix/smtpd[12]: " HOLD "\nFeb 24 16:18:40 mx1 "
		  "postfix/smtpd[12]: disconnect from a[192.0.2.1] rcpt=1",
		    "postfix/smtpd[12]: " ID ": client=a[192.0.2.1]",
		    "received" },
		{ "postfix/smtpd: " HOLD,
		    "postfix/smtpd: " ID ": client=a[192.0.2.1]", "received" },
	};

	(void)state;
	for (size_t i = 0; i < COUNT(holds); i++) {
		struct tally tally = tally_with_key();
		char wanted[64];

		tally_text(&tally, holds[i].first);
		tally_text(&tally, holds[i].second);
		name_mail(&tally, ID, token_of(&key, "mx", 1));
		(void)snprintf(
		    wanted, sizeof(wanted), "%s " ID "    ", holds[i].where);
		assert_string_equal(trail_of(&tally, "mx", 1), wanted);
		tally_free(&tally);
	}
}

static void
what_servers_say_is_cut_and_made_printable(void **state)
{
	struct tally tally = tally_with_key();
	char line[2048], said[1500];
	struct snapshot *snapshot;
	struct trail_found found;

	(void)state;
	memset(said, 'x', sizeof(said) - 1);
	said[sizeof(said) - 1] = '\0';
	memcpy(said, "a\tb\x1b[2J\xff=trail:mx:1 t 0 ", 24);
	name_mail(&tally, ID, token_of(&key, "mx", 1));
	(void)snprintf(line, sizeof(line),
	    TO("smtp", "mx.d[192.0.2.9]:25", "deferred (%s)"), said);
	tally_text(&tally, line);
	restart(&tally);
	snapshot = kept_by(&tally);
	assert_true(trail_find(snapshot, SLICE("mx"), 1, &found));
	assert_in_range(found.reason.len, 250, TEXT_MAX);
	for (size_t i = 0; i < found.reason.len; i++)
		assert_in_range(found.reason.at[i], ' ', '~');
	assert_true(slice_starts(found.reason, "a?b?[2J?=trail:mx:1 t 0 x"));
	snapshot_free(snapshot);
	tally_free(&tally);
}

static void
times_and_delays_are_the_logs(void **state)
{
	struct tally tally = tally_with_key();
	struct snapshot *snapshot;
	struct trail_found found;
	char words[256];

	(void)state;
	(void)setenv("TZ", "UTC", 1);
	tzset();
	name_mail(&tally, ID, token_of(&key, "mx", 1));
	tally_line(&tally,
	    "2025-11-23T07:01:02.123456+00:00 mx " TO(
		"smtp", "none", "deferred (no)"));
	tally_line(&tally, "2025-11-23T08:01:02.123456+00:00 mx " ACTIVE);
	tally_line(&tally,
	    "2025-11-23T08:01:03.123456+00:00 mx " TO(
		"smtp", "none", "deferred (never)"));
	snapshot = kept_by(&tally);
	assert_true(trail_find(snapshot, SLICE("mx"), 1, &found));
	assert_int_equal(found.since, 1763881262);
	trail_words(&found, words, sizeof(words));
	assert_string_equal(
	    words, "deferred by smtp since 2025-11-23 07:01:02 UTC: never");
	assert_false(found.has_delays);
	snapshot_free(snapshot);

	tally_line(&tally,
	    "2025-11-23T09:01:02.123456+00:00 mx " TO(
		"smtp", "mx.d[192.0.2.9]:25", "sent (250 ok)"));
	tally_line(&tally, "2025-11-23T09:01:02.123456+00:00 mx " ACTIVE);
	tally_line(&tally,
	    "2025-11-23T09:01:02.123456+00:00 mx " TO(
		"smtp", "mx.d[192.0.2.9]:25", "sent (250 ok)"));
	snapshot = kept_by(&tally);
	assert_true(trail_find(snapshot, SLICE("mx"), 1, &found));
	trail_words(&found, words, sizeof(words));
	assert_string_equal(
	    words, "sent by smtp at 2025-11-23 09:01:02 UTC: 250 ok");
	assert_true(found.has_delays);
	assert_int_equal(found.delay[0], 500000);
	assert_int_equal(found.delay[3], 600000);
	snapshot_free(snapshot);
	tally_free(&tally);
}

/* Without heads, as the journal has them, it is the newest line's time. */
static void
lines_without_a_time_have_the_newest(void **state)
{
	struct tally tally = tally_with_key();
	struct snapshot *snapshot;
	struct trail_found found;
	char text[256];

	(void)state;
	(void)snprintf(text, sizeof(text), ID ": message-id=<%s@x>",
	    token_of(&key, "mx", 1));
	line_count_parts(
	    tally.lines, SLICE("postfix/cleanup"), slice_of(text), NO_INSTANCE);
	snapshot = kept_by(&tally);
	assert_true(trail_find(snapshot, SLICE("mx"), 1, &found));
	assert_int_equal(found.since, 1700000000);
	snapshot_free(snapshot);
	tally_free(&tally);
}

static void
damaged_records_are_no_mail(void **state)
{
	static const char *const records[] = { "", "h", "h 0",
		"h 0 2 0 0 1 1 \n", "h 16 2 0 0 1 1 ABCDEF\n",
		"h 0 10 0 0 1 1 ABCDEF\n", "h 0 2 2 0 1 1 ABCDEF\n",
		"h 0 2 0 2 1 1 ABCDEF\n", "h 0 2 0 0 1 1 ABCDEF",
		"h 0 2 0 0 1 1 ABCDEFABCDEFABCDEFABCDEFABCDEF\n",
		"t 0 - - - - x\n" };

	(void)state;
	for (size_t i = 0; i < COUNT(records); i++) {
		struct snapshot *snapshot = snapshot_new();
		struct tally tally = tally_with_key();

		snapshot_add_text(
		    snapshot, SLICE("=trail:mx:1"), slice_of(records[i]));
		assert_string_equal(trail_in(snapshot, "mx", 1), "none");
		line_load(tally.lines, snapshot);
		assert_string_equal(trail_of(&tally, "mx", 1), "none");
		snapshot_free(snapshot);
		tally_free(&tally);
	}
}

int
main(void)
{
	const struct CMUnitTest tests[] = {
		TEST("each way is known", each_way_is_known),
		TEST("each way is known over restarts",
		    each_way_is_known_over_restarts),
		TEST("only tokens of our key count", only_our_tokens_count),
		TEST("a mail has many ids", a_mail_has_many_ids),
		TEST(
		    "a mail in a loop is bounded", a_mail_in_a_loop_is_bounded),
		TEST("of too many mails those that are over go first",
		    of_too_many_mails_those_that_are_over_go_first),
		TEST("a full store keeps the youngest",
		    a_full_store_keeps_the_youngest),
		TEST("a hold before the name is kept",
		    a_hold_before_the_name_is_kept),
		TEST("a hold before the id is of the next message",
		    a_hold_before_the_id_is_of_the_next_message),
		TEST("what servers say is cut and made printable",
		    what_servers_say_is_cut_and_made_printable),
		TEST("times and delays are the log's",
		    times_and_delays_are_the_logs),
		TEST("lines without a time have the newest",
		    lines_without_a_time_have_the_newest),
		TEST(
		    "damaged records are no mail", damaged_records_are_no_mail),
	};

	cmocka_set_message_output(CM_OUTPUT_TAP);
	return (cmocka_run_group_tests(tests, NULL, NULL));
}
