/*
 * Mail that passes a content filter counts once, whichever way it goes there
 * and comes back.
 */
#include "tests/unit/unit.h"

#define ID     "4A1B2C3D4E: "
#define BACK   "5A1B2C3D4E: "
#define CLIENT "postfix/smtpd[1]: " ID "client=mx[192.0.2.1]"
#define ACTIVE "from=<a@b>, size=1000, nrcpt=1 (queue active)"
#define IN(id) \
	"postfix/cleanup[1]: " id "message-id=<x@y>", \
	    "postfix/qmgr[1]: " id ACTIVE
#define TO(relay, status) \
	"to=<c@d>, relay=" relay ", delay=1, delays=1/0/0/0, dsn=2.0.0, " \
	"status=" status " (x)"
#define OUT(id) \
	"postfix/smtp[1]: " id TO("mx.d[192.0.2.9]:25", "sent"), \
	    "postfix/qmgr[1]: " id "removed"
#define HERE "relay=127.0.0.1[127.0.0.1]:10024"

/* What one message moves in the queue, and, with a filter, besides. */
#define QUEUED "queue_in:bytes=1000 queue_in:messages queue_in:recipients "
#define ONCE(recv, service) \
	"cleanup:messages=2 delivery:smtp:sent filter:bytes=1000 filter:handed_over " \
	"filter:messages filter:received filter:recipients filter:removed " QUEUED \
	"queue_out:removed receive:" service ":NONE recv:" recv " "

enum { LINES_MAX = 16 };

struct scene {
	const char *name;
	const char *ways[FILTER_WAYS];
	const char *lines[LINES_MAX];
	const char *moved;
};

static const struct scene scenes[] = {
	{ "pipe, and back through sendmail",
	    { [FILTER_TRANSPORT] = "legal", [FILTER_PICKUP_UID] = "7, 65" },
	    { CLIENT, IN(ID), "postfix/pipe[1]: " ID TO("legal", "sent"),
		"postfix/pickup[1]: " BACK "uid=65 from=<a@b>",
		"postfix/qmgr[1]: " ID "removed", IN(BACK), OUT(BACK) },
	    ONCE("smtp", "smtpd") "sent:legal sent:smtp" },
	{ "back to a service that refuses one recipient",
	    { [FILTER_TRANSPORT] = "amavis", [FILTER_SERVICE] = "reinject" },
	    { CLIENT, IN(ID),
		"postfix/amavis/smtp[1]: " ID TO(
		    "127.0.0.1[127.0.0.1]:10024", "sent"),
		"postfix/reinject/smtpd[1]: " BACK "client=a[127.0.0.1]",
		"postfix/reinject/smtpd[1]: " BACK "reject: RCPT from "
		"a[127.0.0.1]: 550 5.1.1 <x@y>: Recipient address rejected: "
		"no; from=<a@b> to=<x@y> proto=ESMTP helo=<a>",
		IN(BACK), "postfix/qmgr[1]: " ID "removed", OUT(BACK) },
	    ONCE("smtp",
		"smtpd") "reject:smtpd:5xx:other reject_code:550 "
			 "reject_service:reinject:5xx reject_stage:RCPT sent:smtp smtpd:5xx smtpd_code:550" },
	{ "SMTP by a transport's name, and back to a service",
	    { [FILTER_TRANSPORT] = "x amavis", [FILTER_SERVICE] = "reinject" },
	    { CLIENT, IN(ID),
		"postfix/reinject/smtpd[1]: " BACK "client=a[127.0.0.1]",
		"postfix/cleanup[1]: " BACK "message-id=<x@y>",
		"postfix/amavis/smtp[1]: " ID TO(
		    "127.0.0.1[127.0.0.1]:10024", "sent"),
		"postfix/qmgr[1]: " BACK ACTIVE,
		"postfix/qmgr[1]: " ID "removed", OUT(BACK) },
	    ONCE("smtp", "smtpd") "sent:smtp" },
	{ "LMTP to an address and port, and back from an address",
	    { [FILTER_RELAY] = "127.0.0.1:10024",
		[FILTER_CLIENT] = "127.0.0.1:10025" },
	    { "postfix/pickup[1]: " ID "uid=0 from=<a@b>", IN(ID),
		"postfix/lmtp[1]: " ID TO("127.0.0.1[127.0.0.1]:10024", "sent"),
		"postfix/smtpd[1]: " BACK "client=localhost[127.0.0.1]:4711, "
		"orig_queue_id=4A1B2C3D4E, orig_client=mx[192.0.2.1]",
		IN(BACK), "postfix/qmgr[1]: " ID "removed", OUT(BACK) },
	    ONCE("local", "pickup") "sent:smtp" },
	{ "IPv6, and a service of one instance",
	    { [FILTER_RELAY] = "[2001:db8::1]:10024",
		[FILTER_SERVICE] = "postfix/smtpd" },
	    { "postfix/submission/smtpd[1]: " ID "client=mx[192.0.2.1]", IN(ID),
		"postfix/smtp[1]: " ID TO("f[2001:db8::1]:10024", "sent"),
		"postfix/smtpd[1]: " BACK "client=f[2001:db8::1]", IN(BACK),
		"postfix/qmgr[1]: " ID "removed", OUT(BACK) },
	    ONCE("smtp", "submission") "sent:smtp" },
	{ "a socket, and IPv6 without brackets",
	    { [FILTER_RELAY] = "private/filter",
		[FILTER_CLIENT] = "2001:db8::1" },
	    { CLIENT, IN(ID),
		"postfix/lmtp[1]: " ID TO("mx[private/filter]", "sent"),
		"postfix/smtpd[1]: " BACK "client=f[2001:db8::1]", IN(BACK),
		"postfix/qmgr[1]: " ID "removed", OUT(BACK) },
	    ONCE("smtp", "smtpd") "sent:smtp" },
	{ "a filter that does not take it", { [FILTER_TRANSPORT] = "amavis" },
	    { CLIENT, IN(ID),
		"postfix/amavis/smtp[1]: " ID TO("none", "deferred"),
		"postfix/amavis/smtp[1]: " ID TO("none", "SOFTBOUNCE"),
		"postfix/amavis/smtp[1]: " ID TO("none", "bounced"),
		"postfix/qmgr[1]: " ID "removed" },
	    "cleanup:messages filter:bounced filter:deferred filter:softbounce " QUEUED
	    "queue_out:removed "
	    "receive:smtpd:NONE recv:smtp" },
	{ "a proxy before the queue", { [FILTER_SERVICE] = "reinject" },
	    { "postfix/smtpd[1]: NOQUEUE: client=mx[192.0.2.1]",
		"postfix/after/smtpd[1]: " ID "client=a[127.0.0.1]", IN(ID),
		OUT(ID) },
	    "cleanup:messages delivery:smtp:sent " QUEUED "queue_out:removed "
	    "receive:after:NONE recv:smtp "
	    "sent:smtp" },
	{ "what only looks like it",
	    { "legal amavis pipe", "127.0.0.1:10024", "reinject other/smtpd",
		"127.0.0.1 2001:db8::1", "65" },
	    { "postfix/smtp[1]: " ID "to=<\"a@b>, " HERE
	      ", \"@c>, relay=d[192.0.2.1]:10024, delay=1, dsn=2.0.0, status=sent (x)",
		"postfix/smtp[1]: " ID TO("a[127.0.0.1]:10025", "sent"),
		"postfix/local[1]: " ID TO("legal", "sent"),
		"postfix/pipe[1]: " ID TO("maildrop", "sent"),
		"postfix/smtpd[1]: " BACK "client=a[127.0.0.10]",
		"postfix/smtpd[1]: " BACK "client=127.0.0.1[192.0.2.1]",
		"postfix/smtpd[1]: " BACK
		"client=a[192.0.2.1], sasl_username=x[127.0.0.1]",
		"postfix/smtpd[1]: NOQUEUE: client=a[127.0.0.1]",
		"postfix/pickup[1]: " BACK "uid=6 from=<uid=65 >",
		"postfix/pickup[1]: " BACK "uid=650 from=<a@b>",
		"postfix/qmgr[1]: " BACK "removed" },
	    NULL },
};

static void
set_ways(struct tally *tally, const char *const *ways)
{
	for (unsigned i = 0; i < FILTER_WAYS; i++)
		if (ways[i] != NULL)
			assert_true(line_filter(tally->lines, i, ways[i]));
}

/* Go on in another process. */
static void
restart(struct tally *tally, const char *const *ways)
{
	struct snapshot *saved = snapshot_of(tally->counters);

	line_save(tally->lines, saved);
	snapshot_sort(saved);
	tally_free(tally);
	*tally = tally_new(4096);
	set_ways(tally, ways);
	counters_load(tally->counters, saved);
	line_load(tally->lines, saved);
	snapshot_free(saved);
}

static void
play(const struct scene *scene, bool restarts)
{
	struct tally tally = tally_new(4096);

	set_ways(&tally, scene->ways);
	for (unsigned i = 0; i < LINES_MAX && scene->lines[i] != NULL; i++) {
		tally_text(&tally, scene->lines[i]);
		if (restarts)
			restart(&tally, scene->ways);
	}
	if (scene->moved == NULL) {
		if (strstr(moved(tally.counters), "filter:") != NULL)
			fail_msg("%s moves \"%s\"", scene->name,
			    moved(tally.counters));
	} else if (strcmp(moved(tally.counters), scene->moved) != 0)
		fail_msg("%s moves \"%s\", not \"%s\"", scene->name,
		    moved(tally.counters), scene->moved);
	tally_free(&tally);
}

static void
test_once(void **state)
{
	(void)state;
	for (size_t i = 0; i < COUNT(scenes); i++) {
		play(&scenes[i], false);
		play(&scenes[i], true);
	}
}

/* rsyslog says what was said twice in one line. */
static void
test_repeated(void **state)
{
	struct tally tally = tally_new(4096);

	(void)state;
	assert_true(line_filter(tally.lines, FILTER_TRANSPORT, "legal"));
	tally_text(&tally,
	    "postfix/pipe[1]: message repeated 3 times: [ " ID TO(
		"legal", "sent") "]");
	assert_string_equal(
	    moved(tally.counters), "filter:handed_over=3 sent:legal=3");
	tally_free(&tally);
}

/* With too many ids between the filter and the queue manager the oldest count
   as removed from the queue; not one is lost. */
static void
test_many(void **state)
{
	struct tally tally = tally_new(4096);
	uint64_t removed, over;

	(void)state;
	assert_true(line_filter(tally.lines, FILTER_TRANSPORT, "legal"));
	for (unsigned pass = 0; pass < 2; pass++)
		for (unsigned n = 0; n < 1000; n++) {
			char text[256];

			(void)snprintf(text, sizeof(text),
			    pass == 0 ?
				"postfix/pipe[1]: %010X: " TO("legal", "sent") :
				"postfix/qmgr[1]: %010X: removed",
			    0x4a000000 + n * 7919);
			tally_text(&tally, text);
		}
	removed = value_of(tally.counters, "queue_out:removed");
	over = value_of(tally.counters, "filter:removed");
	assert_int_equal(removed + over, 1000);
	assert_in_range(over, PENDING_IDS * 3 / 4, PENDING_IDS);
	assert_true(value_of(tally.counters, "tailer:overflow") <= removed);
	tally_free(&tally);
}

/* A name is asked for again after a way was added; too many are refused. */
static void
test_names(void **state)
{
	struct tally tally = tally_new(4096);
	const char *line = "postfix/pipe[1]: " ID TO("legal", "sent");

	(void)state;
	tally_text(&tally, line);
	assert_true(line_filter(tally.lines, FILTER_TRANSPORT, ",, legal ,"));
	tally_text(&tally, line);
	assert_int_equal(value_of(tally.counters, "delivery:legal:sent"), 1);
	assert_int_equal(value_of(tally.counters, "filter:handed_over"), 1);
	assert_int_equal(value_of(tally.counters, "sent:legal"), 2);
	assert_true(line_filter(
	    tally.lines, FILTER_SERVICE, "1 2 3 4 5 6 7 8 9 0 1 2 3 4 5 6"));
	assert_false(line_filter(tally.lines, FILTER_SERVICE, "7"));
	tally_free(&tally);
}

int
main(void)
{
	const struct CMUnitTest tests[] = {
		TEST("a message that passes a filter counts once", test_once),
		TEST("a repeated line counts as often", test_repeated),
		TEST("too many ids at once lose no removal", test_many),
		TEST("names are blanks or commas apart", test_names),
	};

	return (cmocka_run_group_tests(tests, NULL, NULL));
}
