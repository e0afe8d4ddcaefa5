/*
 * What cleanup, postscreen and the smaller programs of Postfix say, one line
 * at a time: in the forms of 2.10 up to 3.11, and with text that a client has
 * chosen.
 */
#include "tests/unit/unit.h"

#define END \
	{ \
		NULL, NULL \
	}
#define UNKNOWN(daemon) "lines:unrecognised lines:unrecognised:" daemon
#define ID              ": 4A1B2C3D4E: "
#define LONG_ID         ": 4jXf9H3Hltz1c3Xr: "
#define CLEANUP         "postfix/cleanup[1]" ID
#define FROM            " from a[192.0.2.1]; from=<a@b> to=<c@d> proto=ESMTP helo=<h>"
#define STAGE           "END-OF-MESSAGE from a[192.0.2.1]: "

static const struct line_case cleanup[] = { { CLEANUP "message-id=<x@y>",
						"cleanup:messages" },
	{ CLEANUP "message-id=", "cleanup:messages" },
	{ CLEANUP "resent-message-id=<x@y>", "" },
	{ CLEANUP "warning: header Subject: x" FROM, "cleanup:warn" },
	{ CLEANUP "warning: header Subject: status=bounced; from=<a@b> to=<c> "
		  "from x[192.0.2.9]" FROM ": reject: header",
	    "cleanup:warn" },
	{ CLEANUP "warning: body warning: header Subject: x" FROM,
	    "cleanup:warn" },
	{ CLEANUP "info: header Subject: hold: header x from local; "
		  "from=<a@b> to=<c@d>: note",
	    "cleanup:info" },
	{ "postfix/cleanup[1]" LONG_ID "hold: header Subject: x from local; "
	  "from=<a@b> to=<c@d>: held",
	    "cleanup:hold" },
	{ CLEANUP "hold: body x" FROM, "cleanup:hold" },
	{ CLEANUP "discard: header Subject: x" FROM, "cleanup:discard" },
	{ CLEANUP "redirect: header Subject: x" FROM ": x@y",
	    "cleanup:redirect" },
	{ CLEANUP "filter: header Subject: x" FROM ": smtp:[::1]",
	    "cleanup:filter" },
	{ CLEANUP "prepend: header Subject: x" FROM ": X: y",
	    "cleanup:prepend" },
	{ CLEANUP "replace: body x" FROM ": y", "cleanup:replace" },
	{ CLEANUP "strip: header X: y" FROM, "cleanup:strip" },
	{ CLEANUP "bcc: header X: y" FROM ": a@b", "cleanup:bcc" },
	{ CLEANUP "pass: header X: y" FROM, "cleanup:pass" },
	{ CLEANUP "reject: header X: y" FROM ": 5.7.1 no",
	    "cleanup:reject reject:cleanup:5xx:content" },
	{ CLEANUP "reject: mime-error nesting: x" FROM,
	    "cleanup:reject reject:cleanup:5xx:content" },
	{ CLEANUP "milter-header-reject: header X: y" FROM ": 4.7.1 later",
	    "cleanup:reject reject:cleanup:4xx:content" },
	{ CLEANUP "milter-header-warning: header X: y" FROM, "cleanup:warn" },
	{ CLEANUP "milter-header-discard: header X: y" FROM,
	    "cleanup:discard" },
	{ CLEANUP "milter-body-hold: body X: y" FROM, "cleanup:hold" },
	{ CLEANUP "milter-header-add: header X: y" FROM, UNKNOWN("cleanup") },
	{ CLEANUP "milter-reject: " STAGE "5.7.1 no",
	    "cleanup:milter_reject reject:cleanup:5xx:milter "
	    "reject_stage:END-OF-MESSAGE" },
	{ CLEANUP "milter-hold: " STAGE "milter triggers HOLD action;",
	    "cleanup:milter_hold" },
	{ CLEANUP "milter-hold: " STAGE "milter triggers HOLD action: "
		  "reject: spam;",
	    "cleanup:milter_hold" },
	{ CLEANUP "milter-hold: nowhere", UNKNOWN("cleanup") },
	{ CLEANUP "milter-discard: " STAGE "milter triggers DISCARD action;",
	    "cleanup:milter_discard" },
	{ CLEANUP "removed (canceled)", "cleanup:canceled" },
	{ CLEANUP "removed (discarded)", "" },
	{ CLEANUP "removed (canceled) x", UNKNOWN("cleanup") },
	{ CLEANUP "hold: subject x", UNKNOWN("cleanup") },
	{ CLEANUP "hold:header x", UNKNOWN("cleanup") },
	{ CLEANUP "bounce: header x", UNKNOWN("cleanup") },
	{ "postfix/cleanup[1]: hold: header x" FROM, UNKNOWN("cleanup") },
	{ "postfix/cleanup[1]: warning: header x", "log:cleanup:warning" },
	{ "postfix/qmgr[1]" ID "hold: header x" FROM, UNKNOWN("qmgr") }, END };

#define SCREEN "postfix/postscreen[1]: "
#define PEER   "[192.0.2.1]:4242"
#define PEER6  "[2001:db8::9]:4242"

static const struct line_case postscreen[] = { { SCREEN "CONNECT from " PEER
							" to [192.0.2.2]:25",
						   "postscreen:connect" },
	{ SCREEN "CONNECT from " PEER6 " to [::1]:25", "postscreen:connect" },
	{ SCREEN "CONNECT from " PEER, "postscreen:connect" },
	{ SCREEN "CONNECT from " PEER " to nowhere", UNKNOWN("postscreen") },
	{ SCREEN "CONNECT from 192.0.2.1", UNKNOWN("postscreen") },
	{ "postfix/in/postscreen[1]: PASS NEW " PEER, "postscreen:pass_new" },
	{ SCREEN "PASS OLD " PEER6, "postscreen:pass_old" },
	{ SCREEN "PASS OLD " PEER " PASS NEW " PEER, UNKNOWN("postscreen") },
	{ SCREEN "PASS BY " PEER, UNKNOWN("postscreen") },
	{ SCREEN "DISCONNECT " PEER, "postscreen:disconnect" },
	{ SCREEN "ALLOWLISTED " PEER, "postscreen:allow" },
	{ SCREEN "WHITELISTED " PEER, "postscreen:allow" },
	{ SCREEN "DENYLISTED " PEER, "postscreen:deny" },
	{ SCREEN "BLACKLISTED " PEER, "postscreen:deny" },
	{ SCREEN "ALLOWLIST VETO " PEER, "postscreen:allow_veto" },
	{ SCREEN "WHITELIST VETO " PEER, "postscreen:allow_veto" },
	{ SCREEN "DNSBL rank 16 for " PEER,
	    "postscreen:dnsbl postscreen_rank:count postscreen_rank:le:20 "
	    "postscreen_rank:sum=16" },
	{ SCREEN "DNSBL rank 21 for " PEER6,
	    "postscreen:dnsbl postscreen_rank:count postscreen_rank:sum=21" },
	{ SCREEN "DNSBL rank 3 for nobody", UNKNOWN("postscreen") },
	{ SCREEN "DNSBL rank x for " PEER, UNKNOWN("postscreen") },
	{ SCREEN "PREGREET 14 after 0.18 from " PEER ": EHLO x\\r\\n",
	    "postscreen:pregreet" },
	{ SCREEN "PREGREET 40 after 0 from " PEER
		 ": EHLO x\\r\\nPASS NEW " PEER,
	    "postscreen:pregreet" },
	{ SCREEN "PREGREET 14 after 0.18", UNKNOWN("postscreen") },
	{ SCREEN "HANGUP after 2.5 from " PEER " in tests after SMTP handshake",
	    "postscreen:hangup" },
	{ SCREEN "HANGUP after 0 from " PEER " in tests before SMTP handshake",
	    "postscreen:hangup" },
	{ SCREEN "HANGUP after 0 from " PEER " in anger",
	    UNKNOWN("postscreen") },
	{ SCREEN "BARE NEWLINE from " PEER " after MAIL FROM:<a@b>",
	    "postscreen:bare_newline" },
	{ SCREEN "NON-SMTP COMMAND from " PEER " after EHLO: GET / HTTP/1.0",
	    "postscreen:non_smtp_command" },
	{ SCREEN "COMMAND PIPELINING from " PEER " after EHLO: PASS NEW\\r\\n",
	    "postscreen:command_pipelining" },
	{ SCREEN "COMMAND TIME LIMIT from " PEER " after CONNECT",
	    "postscreen:command_time_limit" },
	{ SCREEN "COMMAND LENGTH LIMIT from " PEER " after CONNECT",
	    "postscreen:command_length_limit" },
	{ SCREEN "COMMAND COUNT LIMIT from " PEER " after RSET",
	    "postscreen:command_count_limit" },
	{ SCREEN "COMMAND COUNT LIMIT from " PEER, UNKNOWN("postscreen") },
	{ SCREEN "DATA without valid RCPT from " PEER,
	    "postscreen:no_recipient" },
	{ SCREEN "BDAT without valid RCPT from " PEER,
	    "postscreen:no_recipient" },
	{ SCREEN "entering STRESS mode with 90 connections",
	    "postscreen:stress" },
	{ SCREEN "leaving STRESS mode with 70 connections", "" },
	{ SCREEN "entering STRESS mode", UNKNOWN("postscreen") },
	{ SCREEN "cache btree:/var/lib/postfix/postscreen_cache full cleanup: "
		 "retained=7 dropped=3 entries",
	    "postscreen_cache:dropped=3 postscreen_cache:retained=7" },
	{ SCREEN "table static:x has changed - finishing in the background",
	    "" },
	{ SCREEN "warning: dnsblog reply timeout 10s for a.example",
	    "log:postscreen:warning" },
	{ "postfix/smtpd[1]: PASS NEW " PEER, UNKNOWN("smtpd") }, END };

#define DNSBLOG "postfix/dnsblog[1]: addr "
#define KEY     "0123456789abcdef0123456789abcdef"

static const struct line_case dnsblog[] = {
	{ DNSBLOG "192.0.2.1 listed by domain zen.example.com as 127.0.0.2",
	    "dnsblog:zen.example.com" },
	{ DNSBLOG "2001:db8::1 listed by domain a%b as 127.0.0.2",
	    "dnsblog:a%25b" },
	{ DNSBLOG "::1 listed by domain " KEY ".mail.example.com as 127.0.0.2",
	    "dnsblog:mail.example.com" },
	{ DNSBLOG "::1 listed by domain " KEY KEY " as 127.0.0.2",
	    "dnsblog:other tailer:overflow" },
	{ DNSBLOG "::1 listed by domain a as", UNKNOWN("dnsblog") },
	{ DNSBLOG "::1 listed by domain a as b c", UNKNOWN("dnsblog") },
	{ DNSBLOG "::1 not listed by domain a", UNKNOWN("dnsblog") }, END
};

#define ANVIL    "postfix/anvil[1]: statistics: max "
#define SCACHE   "postfix/scache[1]: statistics: "
#define AT       " at Nov 22 08:00:01"
#define VERIFY   "postfix/verify[1]: cache btree:/var/lib/postfix/verify "
#define TLSPROXY "postfix/tlsproxy[1]: "

static const struct line_case statistics[] = {
	{ ANVIL "connection rate 3/60s for (smtp:192.0.2.1)" AT,
	    "anvil:max_connection_rate=3" },
	{ ANVIL "connection count 2 for (127.0.0.1:10025:2001:db8::1)" AT,
	    "anvil:max_connection_count=2" },
	{ ANVIL "message rate 4/60s for (smtp:::1) at Nov  2 08:00:01",
	    "anvil:max_message_rate=4" },
	{ ANVIL "recipient rate 5/3600s for (smtp:::1)" AT,
	    "anvil:max_recipient_rate=5" },
	{ ANVIL "newtls rate 6/60s for (smtp:::1)" AT,
	    "anvil:max_newtls_rate=6" },
	{ ANVIL "auth rate 7/60s for (smtp:::1)" AT, "anvil:max_auth_rate=7" },
	{ ANVIL "cache size 8" AT, "anvil:max_cache_size=8" },
	{ ANVIL "cache size 8/60s" AT, UNKNOWN("anvil") },
	{ ANVIL "connection rate 3 for (smtp:192.0.2.1)" AT, UNKNOWN("anvil") },
	{ ANVIL "connection rate 3/60s" AT, UNKNOWN("anvil") },
	{ ANVIL "connection rate 3/60s for (smtp:192.0.2.1)",
	    UNKNOWN("anvil") },
	{ ANVIL "hat size 8" AT, UNKNOWN("anvil") },
	{ SCACHE "start interval Nov 22 08:00:01", "" },
	{ SCACHE "domain lookup hits=2 miss=3 success=40%",
	    "scache:domain_hits=2 scache:domain_misses=3" },
	{ SCACHE "address lookup hits=0 miss=1 success=0%",
	    "scache:address_misses" },
	{ SCACHE "address lookup hits=0 miss=1", UNKNOWN("scache") },
	{ SCACHE "max simultaneous domains=1 addresses=2 connection=3",
	    "scache:max_addresses=2 scache:max_connections=3 "
	    "scache:max_domains" },
	{ VERIFY "full cleanup: retained=1 dropped=2 entries",
	    "verify:cache_dropped=2 verify:cache_retained" },
	{ VERIFY "partial cleanup: retained=0 dropped=0 entries", "" },
	{ VERIFY "full cleanup: retained=1 dropped=2", UNKNOWN("verify") },
	{ TLSPROXY "CONNECT from " PEER, "tlsproxy:connect" },
	{ TLSPROXY "CONNECT to mx.example[192.0.2.1]:25", "tlsproxy:connect" },
	{ TLSPROXY "DISCONNECT " PEER, "tlsproxy:disconnect" },
	{ TLSPROXY "CONNECT from " PEER " to x", UNKNOWN("tlsproxy") },
	{ TLSPROXY "TLS handshake failed for service=smtpd peer=" PEER,
	    "tlsproxy:handshake_failed" },
	END
};

#define SUPER "postfix/postsuper[1]: "

static const struct line_case postsuper[] = { { SUPER "Deleted: 1 message",
						  "postsuper:deleted" },
	{ SUPER "Deleted: 12 messages", "postsuper:deleted=12" },
	{ SUPER "Placed on hold: 2 messages", "postsuper:held=2" },
	{ SUPER "Released from hold: 3 messages", "postsuper:released=3" },
	{ SUPER "Requeued: 4 messages", "postsuper:requeued=4" },
	{ SUPER "Force-expired: 5 messages", "postsuper:expired=5" },
	{ SUPER "Force-expired: 0 messages", "" },
	{ SUPER "Renamed to match inode number: 6 messages",
	    "postsuper:renamed=6" },
	{ SUPER "Deleted: many messages", UNKNOWN("postsuper") },
	{ SUPER "Deleted: 12 files", UNKNOWN("postsuper") },
	{ "postfix/postsuper[1]" ID "removed", "" },
	{ "postfix/postsuper[1]" LONG_ID "placed on hold", "" },
	{ "postfix/postsuper[1]" ID "released from hold", "" },
	{ "postfix/postsuper[1]" ID "requeued", "" },
	{ "postfix/postsuper[1]" ID "expired", "" },
	{ "postfix/postsuper[1]" ID "admired", UNKNOWN("postsuper") }, END };

#define SMTP   "postfix/smtp[1]" ID
#define BOUNCE "postfix/bounce[1]" ID
#define SCRIPT "postfix/postfix-script[1]: "
#define REPORT(status) \
	"TLSRPT: status=" status ", domain=a.example, " \
	"receiving_mx=mx[192.0.2.1]"

static const struct line_case uncounted[] = {
	{ "postfix/qmgr[1]" ID "skipped, still being delivered", "" },
	{ "postfix/qmgr[1]" ID "skipped", UNKNOWN("qmgr") },
	{ SMTP "host mx[192.0.2.1] said: 450 4.2.0 to=<u@b>, relay=none, "
	       "delay=0, delays=0/0/0/0, dsn=5.0.0, status=bounced (x)",
	    "" },
	{ SMTP "host mx[192.0.2.1] refused to talk to me: 421 no", "" },
	{ SMTP "host mx[192.0.2.1] sang: la", UNKNOWN("smtp") },
	{ SMTP "enabling PIX workarounds: disable_esmtp for mx[::1]:25", "" },
	{ SMTP "Cannot start TLS: handshake failure", "" },
	{ SMTP "Server certificate not trusted", "" },
	{ SMTP "replace: header Subject: x: Subject: y", "" },
	{ SMTP "warning: header Subject: status=sent (x)", "" },
	{ SMTP "hold: header Subject: x", UNKNOWN("smtp") },
	{ SMTP "breaking line > 998 bytes with <CR><LF>SPACE", "" },
	{ "postfix/smtp[1]: " REPORT("success"), "" },
	{ "postfix/smtp[1]: " REPORT("failure") ", failure_type="
						"starttls_not_supported",
	    "" },
	{ "postfix/tlsproxy[1]: " REPORT(
	      "failure") ", failure_type=validation, "
			 "failure_reason=x",
	    "" },
	{ "postfix/smtp[1]: " REPORT("unsure"), UNKNOWN("smtp") },
	{ "postfix/smtp[1]: " REPORT("failure"), UNKNOWN("smtp") },
	{ "postfix/smtp[1]: " REPORT("success") " x", UNKNOWN("smtp") },
	{ "postfix/qmgr[1]: " REPORT("success"), UNKNOWN("qmgr") },
	{ SMTP REPORT("success"), UNKNOWN("smtp") },
	{ "postfix/smtp[1]: Host offered STARTTLS: [mx.example]", "" },
	{ "postfix/smtp[1]: Host offered coffee: [mx.example]",
	    UNKNOWN("smtp") },
	{ "postfix/smtp[1]: certificate verification failed for "
	  "mx[192.0.2.1]:25: untrusted issuer /CN=x",
	    "" },
	{ "postfix/smtpd[1]: certificate verification failed",
	    UNKNOWN("smtpd") },
	{ BOUNCE "sender delay notification: 5A1B2C3D4E", "" },
	{ BOUNCE "sender delivery status notification: 5A1B2C3D4E", "" },
	{ BOUNCE "postmaster non-delivery notification: 5A1B2C3D4E", "" },
	{ BOUNCE "postmaster delay notification: 5A1B2C3D4E", "" },
	{ BOUNCE "postmaster delay notification: by pigeon",
	    UNKNOWN("bounce") },
	{ BOUNCE "sender notification failed to a@b: x", "" },
	{ BOUNCE "no trace file -- not sending a notification", "" },
	{ BOUNCE "a notification", UNKNOWN("bounce") },
	{ "postfix/trivial-rewrite[1]: table hash:/etc/postfix/x(0,lock) has "
	  "changed -- restarting",
	    "" },
	{ "postfix/local[1]: table talk", UNKNOWN("local") },
	{ "postfix/smtpd[1]: using backwards-compatible default setting "
	  "smtpd_relay_before_recipient_restrictions=no",
	    "" },
	{ SCRIPT "starting the Postfix mail system", "" },
	{ SCRIPT "refreshing the Postfix mail system", "" },
	{ SCRIPT "stopping the Postfix mail system", "" },
	{ SCRIPT "the Postfix mail system is running: PID:  123", "" },
	{ SCRIPT "painting the Postfix mail system",
	    UNKNOWN("postfix-script") },
	{ "postfix[1]: Postfix is running with backwards-compatible default "
	  "settings",
	    "" },
	{ "postfix/postfix[1]: Postfix is using backwards-compatible default "
	  "settings",
	    "" },
	{ "postfix[1]: See http://www.postfix.org/COMPATIBILITY_README.html for "
	  "details",
	    "" },
	{ "postfix[1]: See https://www.postfix.org/COMPATIBILITY_README.html for "
	  "details",
	    "" },
	{ "postfix[1]: To disable backwards compatibility use \"postconf "
	  "compatibility_level=2\" and \"postfix reload\"",
	    "" },
	{ "postfix[1]: starting the Postfix mail system", "" },
	{ "postfix/tlsmgr[1]: exiting to reopen external entropy source "
	  "dev:/dev/urandom",
	    "" },
	{ "postfix/tlsmgr[1]: open smtpd TLS cache btree:/var/lib/a", "" },
	{ "postfix/tlsmgr[1]: tlsmgr_cache_run_event: start TLS smtpd session "
	  "cache cleanup",
	    "" },
	{ "postfix/tlsmgr[1]: open the TLS door btree:/var/lib/a",
	    UNKNOWN("tlsmgr") },
	{ "postfix/smtpd[1]: open smtpd TLS cache btree:/var/lib/a",
	    UNKNOWN("smtpd") },
	{ "postfix/verify[1]: close database /var/lib/a.db: No such file or "
	  "directory (possible Berkeley DB bug)",
	    "" },
	{ "postfix/verify[1]: close database /var/lib/a.db",
	    UNKNOWN("verify") },
	{ "postfix/master[1]: reload configuration /etc/postfix", "" },
	{ "postfix/master[1]: reload everything", UNKNOWN("master") },
	{ "postfix/qmqpd[1]: connect from a[192.0.2.1]", "" },
	{ "postfix/qmqpd[1]: disconnect from a[192.0.2.1]", "" },
	{ "postfix/qmqpd[1]: disconnect from a", UNKNOWN("qmqpd") },
	{ "postfix[1]: fatal: chdir(/usr/lib/postfix): No such file or directory",
	    "log:postfix:fatal" },
	{ "postfix[1]: See elsewhere for details", UNKNOWN("postfix") },
	{ "postfix[1]:  * Starting Postfix Mail Transport Agent postfix",
	    UNKNOWN("postfix") },
	{ "postfix/smtp[1]: Postfix is using backwards-compatible default "
	  "settings",
	    UNKNOWN("smtp") },
	{ "postfix/smtpd[1]: starting the Postfix mail system",
	    UNKNOWN("smtpd") },
	END
};

/* A line that is repeated, and one that says anew what is now. */
static void
test_again(void **state)
{
	struct tally tally = tally_new(4096);

	(void)state;
	tally_text(&tally, "postfix/postsuper[1]: Deleted: 3 messages");
	tally_text(&tally,
	    "postfix/postsuper[1]: message repeated 2 times: "
	    "[ Deleted: 3 messages]");
	tally_text(&tally, ANVIL "cache size 8" AT);
	tally_text(&tally, ANVIL "cache size 5" AT);
	assert_string_equal(moved(tally.counters),
	    "anvil:max_cache_size=5 postsuper:deleted=9");
	tally_free(&tally);
}

/* Messages, not lines: a client may send many Message-ID headers. */
static void
test_messages(void **state)
{
	struct tally tally = tally_new(4096);

	(void)state;
	tally_text(&tally, CLEANUP "message-id=<a@b>");
	tally_text(&tally, CLEANUP "message-id=<c@d>");
	tally_text(&tally, "postfix/cleanup[1]: 5A1B2C3D4E: message-id=<>");
	tally_text(&tally, "postfix-out/cleanup[1]" ID "message-id=<a@b>");
	assert_int_equal(value_of(tally.counters, "cleanup:messages"), 3);
	tally_free(&tally);
}

/* What comes to nothing does not wait for the queue manager. */
static void
test_gone(void **state)
{
	static const char *const ends[] = { CLEANUP "removed (canceled)",
		CLEANUP "removed (discarded)", CLEANUP "discard: header x" FROM,
		"postfix/postsuper[1]" ID "removed",
		"postfix/postsuper[1]" ID "requeued" };

	(void)state;
	for (size_t i = 0; i < COUNT(ends); i++) {
		struct tally tally = tally_new(4096);

		tally_text(&tally, CLEANUP "message-id=<a@b>");
		tally_text(&tally, ends[i]);
		tally_text(&tally,
		    "postfix/qmgr[1]" ID "from=<a@b>, size=1, "
		    "nrcpt=1 (queue active)");
		assert_int_equal(
		    value_of(tally.counters, "queue_in:messages"), 0);
		tally_free(&tally);
	}
}

int
main(void)
{
	const struct CMUnitTest tests[] = {
		TABLE_TEST("cleanup's lines count by what was done", test_moves,
		    cleanup),
		TABLE_TEST("postscreen's lines count by what was found",
		    test_moves, postscreen),
		TABLE_TEST("dnsblog's lines count by the list, without the "
			   "key of who pays",
		    test_moves, dnsblog),
		TABLE_TEST("statistics of anvil, scache, caches and tlsproxy",
		    test_moves, statistics),
		TABLE_TEST("postsuper's sums count, its single messages do not",
		    test_moves, postsuper),
		TABLE_TEST("known lines that nothing counts are not "
			   "unrecognised, others are",
		    test_moves, uncounted),
		TEST("counters add up, gauges hold the last", test_again),
		TEST("a message is one, however often it is named",
		    test_messages),
		TEST("a message that came to nothing is not waited for",
		    test_gone),
	};

	return (cmocka_run_group_tests(tests, NULL, NULL));
}
