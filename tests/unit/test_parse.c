/*
 * What one line of Postfix's counts: the keys that move by one, and no other.
 */
#include "tests/unit/unit.h"

#define TO               "4A1B2C3D4E: to=<u@example.net>, "
#define RELAY            "relay=mx.example.net[192.0.2.25]:25, "
#define TIMES            "delay=1.2, delays=0.1/0.01/0.5/0.59, dsn=4.0.0, "
#define SMTP(rest)       "postfix/smtp[12]: " TO RELAY TIMES rest
#define PIPE(name, rest) "postfix/pipe[12]: " TO "relay=" name ", " TIMES rest
#define UNKNOWN(daemon)  "lines:unrecognised lines:unrecognised:" daemon
#define SENT_SMTP        "delivery:smtp:sent sent:smtp"
#define DEFERRED_4XX     "delivery:smtp:deferred reply:smtp:4xx smtp:4xx"
#define DEFERRED_5XX     "delivery:smtp:deferred reply:smtp:5xx smtp:5xx"
#define BOUNCED_5XX      "delivery:smtp:bounced reply:smtp:5xx smtp:5xx"
#define END \
	{ \
		NULL, NULL \
	}

static const struct line_case statuses[] = { { SMTP("status=sent (250 ok)"),
						 SENT_SMTP },
	{ SMTP("status=deferred (timed out)"), "delivery:smtp:deferred" },
	{ SMTP("status=bounced (no such domain)"), "delivery:smtp:bounced" },
	{ SMTP("status=SOFTBOUNCE (host a[1.1.1.1] said: 550 no)"),
	    "delivery:smtp:softbounce" },
	{ SMTP("status=deliverable (250 ok)"), "" },
	{ SMTP("status=undeliverable (host a[1.1.1.1] said: 550 no)"), "" },
	{ SMTP("status=redirected (to the moon)"), UNKNOWN("smtp") },
	{ SMTP("status=Sent (250 ok)"), UNKNOWN("smtp") },
	{ SMTP("status=sent"), UNKNOWN("smtp") },
	{ SMTP("status=sent ("), SENT_SMTP },
	{ SMTP("status=sent ok"), UNKNOWN("smtp") },
	{ "postfix/smtp[1]: warning: " TO RELAY TIMES "status=sent (250 ok)",
	    "log:smtp:warning" },
	{ "postfix/smtp[1]: NOQUEUE: to=<u@a>, " RELAY TIMES
	  "status=sent (250 ok)",
	    UNKNOWN("smtp") },
	{ "postfix/smtp[1]: x4A1B2C3D4E: to=<u@a>, " RELAY TIMES
	  "status=sent (250 ok)",
	    UNKNOWN("smtp") },
	END };

static const struct line_case agents[] = {
	{ "postfix/relay/smtp[12]: " TO RELAY TIMES "status=sent (250 ok)",
	    "delivery:relay:sent sent:smtp" },
	{ "postfix/lmtp[12]: " TO "relay=mx[private/dovecot-lmtp], " TIMES
	  "status=sent (250 ok)",
	    "delivery:lmtp:sent sent:lmtp" },
	{ "postfix/local[12]: " TO "relay=local, " TIMES
	  "status=sent (delivered to mailbox)",
	    "delivery:local:sent sent:local" },
	{ "postfix/local[12]: " TO "relay=local, " TIMES
	  "status=sent (forwarded as 5A1B2C3D4E)",
	    "delivery:local:forwarded delivery:local:sent sent:local" },
	{ "postfix/local[12]: " TO "relay=local, " TIMES
	  "status=deferred (forwarded as 5A1B2C3D4E)",
	    "delivery:local:deferred" },
	{ "postfix/virtual[12]: " TO "relay=virtual, " TIMES
	  "status=sent (delivered to maildir)",
	    "delivery:virtual:sent sent:virtual" },
	{ "postfix/discard[12]: " TO "relay=none, " TIMES "status=sent (x)",
	    "delivery:discard:sent sent:discard" },
	{ "postfix/error[12]: " TO "relay=none, " TIMES "status=bounced (x)",
	    "delivery:error:bounced" },
	{ "postfix/retry/error[12]: " TO "relay=none, " TIMES
	  "status=deferred (x)",
	    "delivery:retry:deferred" },
	{ PIPE("legal", "status=sent (delivered via legal service)"),
	    "delivery:legal:sent sent:legal" },
	{ PIPE("a b", "status=sent (x)"), "delivery:a%20b:sent sent:a%20b" },
	{ "postfix/mail/pipe[12]: " TO "relay=legal, " TIMES
	  "status=bounced (x)",
	    "delivery:legal:bounced" },
	{ "postfix/lmtp[1]: " TO RELAY TIMES
	  "status=deferred (host a[1.1.1.1] said: 450 no)",
	    "delivery:lmtp:deferred reply:lmtp:4xx" },
	{ "postfix/cleanup[1]: " TO "relay=none, " TIMES "status=bounced (x)",
	    "delivery:cleanup:bounced" },
	{ "postfix/smtp[1]: 4gZ1Yx3QhCz9sWb: to=<u@a>, " RELAY TIMES
	  "status=sent (x)",
	    SENT_SMTP },
	END
};

static const struct line_case replies[] = {
	{ SMTP("status=deferred (host a[1.1.1.1] said: 450 4.2.0 later "
	       "(in reply to RCPT TO command))"),
	    DEFERRED_4XX },
	{ SMTP("status=bounced (host a[1.1.1.1]:25 said: 550-5.1.1 no)"),
	    BOUNCED_5XX },
	{ SMTP("status=bounced (host a[1.1.1.1] refused to talk to me: "
	       "554 5.7.1 no)"),
	    BOUNCED_5XX },
	{ SMTP("status=deferred (host a[1.1.1.1] refused to talk to me: "
	       "421 busy)"),
	    DEFERRED_4XX },
	{ SMTP("status=deferred (host a[1.1.1.1] said: 554 soft)"),
	    DEFERRED_5XX },
	{ SMTP("status=sent (host a[1.1.1.1] said: 450 no)"), SENT_SMTP },
	{ SMTP("status=deferred (lost x: host a said: 450 no)"),
	    "delivery:smtp:deferred" },
	{ SMTP("status=deferred (host a b said: 450 no)"),
	    "delivery:smtp:deferred" },
	{ SMTP("status=deferred (host a[1.1.1.1] said: 250 no)"),
	    "delivery:smtp:deferred" },
	{ SMTP("status=deferred (host a[1.1.1.1] said: 4 no)"),
	    "delivery:smtp:deferred" },
	{ SMTP("status=deferred (host a[1.1.1.1] said: hello)"),
	    "delivery:smtp:deferred" },
	{ "postfix/relay/smtp[1]: " TO RELAY TIMES
	  "status=bounced (host a[1.1.1.1] said: 550 no)",
	    "delivery:relay:bounced reply:relay:5xx smtp:5xx" },
	END
};

/* A server that refuses our password, now or from the cache. */
static const struct line_case logins[] = {
	{ SMTP("status=deferred (SASL authentication failed; server "
	       "mx[1.2.3.4] said: 535 5.7.8 Error)"),
	    DEFERRED_5XX },
	{ SMTP("status=deferred (SASL [CACHED] authentication failed; server "
	       "mx[1.2.3.4] said: 535 5.7.8 Error)"),
	    DEFERRED_5XX },
	{ SMTP("status=deferred (SASL authentication failed; server "
	       "mx[1.2.3.4] said: 454 4.7.0 Temporary failure)"),
	    DEFERRED_4XX },
	{ SMTP("status=bounced (SASL authentication failed; server "
	       "mx[1.2.3.4] said: 535 5.7.8 Error)"),
	    BOUNCED_5XX },
	{ "postfix/relay/smtp[1]: " TO RELAY TIMES
	  "status=deferred (SASL authentication failed; server mx[1.2.3.4] "
	  "said: 535 5.7.8 Error)",
	    "delivery:relay:deferred reply:relay:5xx smtp:5xx" },
	{ "postfix/lmtp[1]: " TO RELAY TIMES
	  "status=deferred (SASL authentication failed; server mx[1.2.3.4] "
	  "said: 535 5.7.8 Error)",
	    "delivery:lmtp:deferred reply:lmtp:5xx" },
	{ SMTP("status=deferred (SASL authentication failed; server "
	       "mx[1.2.3.4] said: 334 VXNlcm5hbWU6)"),
	    "delivery:smtp:deferred" },
	{ SMTP("status=deferred (SASL authentication failed; cannot "
	       "authenticate to server mx[1.2.3.4]: no mechanism available)"),
	    "delivery:smtp:deferred" },
	{ SMTP("status=deferred (SASL [OTHER] authentication failed; server "
	       "mx[1.2.3.4] said: 535 5.7.8 Error)"),
	    "delivery:smtp:deferred" },
	{ SMTP("status=deferred (host mx[1.2.3.4] said: 450 4.2.0 SASL "
	       "authentication failed; server mx[1.2.3.4] said: 535 5.7.8 "
	       "Error)"),
	    DEFERRED_4XX },
	{ SMTP("status=deferred (host mx[1.2.3.4] said: 250 ok SASL [CACHED] "
	       "authentication failed; server mx[1.2.3.4] said: 535 Error)"),
	    "delivery:smtp:deferred" },
	{ SMTP("status=deferred (lost connection with mx[1.2.3.4]: SASL "
	       "authentication failed; server mx[1.2.3.4] said: 535 Error)"),
	    "delivery:smtp:deferred" },
	{ SMTP("status=sent (SASL authentication failed; server mx[1.2.3.4] "
	       "said: 535 5.7.8 Error)"),
	    SENT_SMTP },
	{ "postfix/smtp[1]: 4A1B2C3D4E: SASL authentication failed; server "
	  "mx[1.2.3.4] said: 535 5.7.8 Error",
	    "" },
	END
};

static const struct line_case fields[] = {
	{ "postfix/smtp[1]: 4A1B2C3D4E: to=<a@b>, orig_to=<c@d>, " RELAY
	  "conn_use=2, delay=1, delays=1/0/0/0, tls=dane, dsn=2.0.0, "
	  "status=sent (x)",
	    SENT_SMTP },
	{ "postfix/smtp[1]: " TO RELAY "delay=1, status=sent (x)", SENT_SMTP },
	{ "postfix/smtp[1]: 4A1B2C3D4E: to=<>, " RELAY TIMES "status=sent (x)",
	    SENT_SMTP },
	{ "postfix/smtp[1]: " TO "delay=1, " RELAY "status=sent (x)",
	    UNKNOWN("smtp") },
	{ "postfix/smtp[1]: " TO RELAY "status=sent (x)", UNKNOWN("smtp") },
	{ "postfix/smtp[1]: 4A1B2C3D4E: to=u@example.net, " RELAY TIMES
	  "status=sent (x)",
	    UNKNOWN("smtp") },
	{ "postfix/smtp[1]: 4A1B2C3D4E: to=<u@example.net", UNKNOWN("smtp") },
	{ "postfix/smtp[1]: " TO "orig_to=<c@d", UNKNOWN("smtp") },
	{ "postfix/smtp[1]: " TO "orig_to=c@d, " RELAY TIMES "status=sent (x)",
	    UNKNOWN("smtp") },
	{ "postfix/smtp[1]: " TO "relay=mx.example.net[192.0.2.25]:25",
	    UNKNOWN("smtp") },
	{ "postfix/smtp[1]: " TO "relay=mx.example.net[192.0.2.25]:25,delay=1",
	    UNKNOWN("smtp") },
	{ "postfix/smtp[1]: 4A1B2C3D4E:to=<a@b>, " RELAY TIMES
	  "status=sent (x)",
	    UNKNOWN("smtp") },
	{ "postfix/smtp[1]: ABCD: to=<a@b>, " RELAY TIMES "status=sent (x)",
	    UNKNOWN("smtp") },
	{ "postfix/smtp[1]: 4gZ1Yx3QhCz9sWb4gZ1Yx3QhC: to=<a@b>, " RELAY TIMES
	  "status=sent (x)",
	    UNKNOWN("smtp") },
	{ "postfix/smtp[1]: 4gZ1Yx3QhCz9sWb4gZ1Yx3Qh: to=<a@b>, " RELAY TIMES
	  "status=sent (x)",
	    SENT_SMTP },
	{ "postfix/smtp[1]: BCDFGHJKL: to=<a@b>, " RELAY TIMES
	  "status=sent (x)",
	    UNKNOWN("smtp") },
	{ "postfix/smtp[1]: BCDFGHJKLM: to=<a@b>, " RELAY TIMES
	  "status=sent (x)",
	    SENT_SMTP },
	{ "postfix/smtp[1]: ABCDEFGHIJ: to=<a@b>, " RELAY TIMES
	  "status=sent (x)",
	    UNKNOWN("smtp") },
	END
};

static const struct line_case receipts[] = {
	{ "postfix/smtpd[1]: 4A1B2C3D4E: client=a[1.2.3.4]",
	    "receive:smtpd:NONE recv:smtp" },
	{ "postfix/smtpd[1]: 4A1B2C3D4E: client=a[1.2.3.4]:5555",
	    "receive:smtpd:NONE recv:smtp" },
	{ "postfix/submission/smtpd[1]: 4A1B2C3D4E: client=a[1.2.3.4], "
	  "sasl_method=PLAIN, sasl_username=u, sasl_method=X",
	    "receive:submission:PLAIN recv:smtp" },
	{ "postfix/smtpd[1]: 4A1B2C3D4E: client=a[::1], sasl_method=LOGIN",
	    "receive:smtpd:LOGIN recv:smtp" },
	{ "postfix/smtpd[1]: 4A1B2C3D4E: client=a[::1], "
	  "orig_queue_id=5A1B2C3D4E, orig_client=b[::2]",
	    "receive:smtpd:NONE recv:smtp" },
	{ "postfix/qmqpd[1]: 4A1B2C3D4E: client=a[1.2.3.4]",
	    "receive:qmqpd:NONE" },
	{ "postfix/otherd[1]: 4A1B2C3D4E: client=a[1.2.3.4]",
	    "receive:otherd:NONE" },
	{ "postfix/cleanup[1]: 4A1B2C3D4E: client=a[1.2.3.4]",
	    UNKNOWN("cleanup") },
	{ "postfix/smtpd[1]: NOQUEUE: client=a[1.2.3.4]", "" },
	{ "postfix/smtpd[1]: client=a[1.2.3.4]", UNKNOWN("smtpd") },
	{ "postfix/smtpd[1]: 4A1B2C3D4E: client=a", UNKNOWN("smtpd") },
	{ "postfix/pickup[1]: 4A1B2C3D4E: uid=0 from=<root>",
	    "receive:pickup:NONE recv:local" },
	{ "postfix/pickup[1]: 4A1B2C3D4E: uid=0 from=<root> orig_id=5A1B2C3D",
	    "receive:pickup:NONE recv:local" },
	{ "postfix/pickup[1]: 4A1B2C3D4E: uid=x from=<root>",
	    UNKNOWN("pickup") },
	{ "postfix/pickup[1]: 4A1B2C3D4E: uid=0 to=<root>", UNKNOWN("pickup") },
	{ "postfix/pickup[1]: 4A1B2C3D4E: uid=0", UNKNOWN("pickup") },
	{ "postfix/pickup[1]: 4A1B2C3D4E: removed", UNKNOWN("pickup") },
	{ "postfix/pickup[1]: NOQUEUE: uid=0 from=<root>", UNKNOWN("pickup") },
	{ "postfix/qmgr[1]: 4A1B2C3D4E: uid=0 from=<root>", UNKNOWN("qmgr") },
	END
};

static const struct line_case others[] = {
	{ "postfix/qmgr[1]: 4A1B2C3D4E: skipped, being read", UNKNOWN("qmgr") },
	{ "postfix/anvil[1]: statistics: x", UNKNOWN("anvil") },
	{ "postfix/smtp[1]:", UNKNOWN("smtp") },
	{ "postfix-out/smtp[1]: x", UNKNOWN("smtp") },
	{ "sshd[1]: x", "lines:foreign" },
	{ "postfix[1]: x", UNKNOWN("postfix") },
	{ "postfixed[1]: x", "lines:foreign" },
	{ "other/smtp[1]: " TO RELAY TIMES "status=sent (x)", "lines:foreign" },
	{ "not-postfix/smtp[1]: " TO RELAY TIMES "status=sent (x)",
	    "lines:foreign" },
	{ "mine/smtp[1]: " TO RELAY TIMES "status=sent (x)", SENT_SMTP },
	{ "mines/smtp[1]: " TO RELAY TIMES "status=sent (x)", "lines:foreign" },
	{ "postfix/smtp]x[1]: x", "lines:malformed" }, END
};

static void
test_lines(void **state)
{
	const struct line_case *c;

	for (c = *state; c->text != NULL; c++) {
		struct tally tally = tally_new(4096);
		const char *got;

		assert_true(line_syslog_name(tally.lines, "mine"));
		tally_text(&tally, c->text);
		got = moved(tally.counters);
		if (strcmp(got, c->moved) != 0)
			fail_msg("\"%s\" moves \"%s\", not \"%s\"", c->text,
			    got, c->moved);
		assert_int_equal(value_of(tally.counters, "lines:read"), 1);
		tally_free(&tally);
	}
}

/* Whether a delivery of a queue id is one. */
static bool
is_id(struct tally *tally, const char *id, size_t len)
{
	uint64_t before = value_of(tally->counters, "sent:smtp");
	char text[256];

	(void)snprintf(text, sizeof(text),
	    "postfix/smtp[1]: %.*s: to=<a@b>, " RELAY TIMES "status=sent (x)",
	    (int)len, id);
	tally_text(tally, text);
	return (value_of(tally->counters, "sent:smtp") > before);
}

/* Ids of every length, whole and with a byte that is in none. */
static void
test_ids(void **state)
{
	static const char hex[] = "0123456789ABCDEF0123456789ABCDEF";
	static const char longer[] = "4gZ1Yx3QhCz9sWbBDfGHjkMNpqRSTvwX";
	struct tally tally = tally_new(4096);

	(void)state;
	for (size_t len = 1; len < sizeof(hex); len++) {
		assert_int_equal(
		    is_id(&tally, hex, len), len >= 5 && len <= 24);
		assert_int_equal(
		    is_id(&tally, longer, len), len >= 10 && len <= 24);
		for (size_t at = 0; at < len; at++) {
			char wrong[sizeof(hex)];

			memcpy(wrong, hex, sizeof(hex));
			wrong[at] = 'a';
			assert_false(is_id(&tally, wrong, len));
			memcpy(wrong, longer, sizeof(longer));
			wrong[at] = 'E';
			assert_false(is_id(&tally, wrong, len));
		}
	}
	tally_free(&tally);
}

int
main(void)
{
	const struct CMUnitTest tests[] = {
		TABLE_TEST("a delivery counts under its status, a probe or an "
			   "unknown word nowhere",
		    test_lines, statuses),
		TABLE_TEST("a delivery counts under its transport and agent",
		    test_lines, agents),
		TABLE_TEST("a remote reply counts by the class that it begins "
			   "with",
		    test_lines, replies),
		TABLE_TEST("so does a reply to our login, but not text that "
			   "looks like one",
		    test_lines, logins),
		TABLE_TEST("fields are optional but in Postfix's order",
		    test_lines, fields),
		TEST("a queue id has 5 to 24 bytes of one kind", test_ids),
		TABLE_TEST("mail taken in counts by service and SASL method",
		    test_lines, receipts),
		TABLE_TEST("the rest of Postfix is unrecognised, of others "
			   "foreign",
		    test_lines, others),
	};

	return (cmocka_run_group_tests(tests, NULL, NULL));
}
