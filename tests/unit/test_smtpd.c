/*
 * What smtpd(8) says of sessions: how they end, who may not log in, whose name
 * is wrong, and text that only looks like it.
 */
#include "tests/unit/unit.h"

#define SMTPD          "postfix/smtpd[1]: "
#define CLIENT         "a.example[1.2.3.4]"
#define UNKNOWN        "lines:unrecognised lines:unrecognised:smtpd"
#define WARNING        "log:smtpd:warning"
#define FAILED(method) WARNING " sasl:smtpd:" method ":failed"
#define END \
	{ \
		NULL, NULL \
	}

static const struct line_case ends[] = {
	{ SMTPD "lost connection after RCPT from " CLIENT,
	    "smtpd_lost:smtpd:RCPT" },
	{ SMTPD "NOQUEUE: lost connection after CONNECT from unknown[::1]",
	    "smtpd_lost:smtpd:CONNECT" },
	{ SMTPD "4A1B2C3D4E: lost connection after MAIL from " CLIENT,
	    "smtpd_lost:smtpd:MAIL" },
	{ SMTPD "4gZ1Yx3QhCz9sWb: lost connection after DATA (12 bytes) from "
		"unknown[1.2.3.4]:2525",
	    "smtpd_lost:smtpd:DATA" },
	{ SMTPD "lost connection after BDAT (0 bytes) from " CLIENT,
	    "smtpd_lost:smtpd:BDAT" },
	{ SMTPD "timeout after DATA (99 bytes) from " CLIENT,
	    "smtpd_timeout:smtpd:DATA" },
	{ SMTPD "timeout after END-OF-MESSAGE from " CLIENT,
	    "smtpd_timeout:smtpd:END-OF-MESSAGE" },
	{ "postfix/submission/smtpd[1]: NOQUEUE: timeout after AUTH from "
	  "unknown[1.2.3.4]",
	    "smtpd_timeout:submission:AUTH" },
	{ SMTPD "too many errors after RCPT from " CLIENT,
	    "smtpd_error_limit:smtpd:RCPT" },
	{ SMTPD "NOQUEUE: too many errors after UNKNOWN from " CLIENT,
	    "smtpd_error_limit:smtpd:UNKNOWN" },
	{ SMTPD "lost connection after XYZZY from " CLIENT,
	    "smtpd_lost:smtpd:other" },
	{ SMTPD "improper command pipelining after EHLO from " CLIENT,
	    "smtpd_pipelining:smtpd" },
	{ SMTPD "improper command pipelining after DATA from " CLIENT
		": QUIT\\r\\nlost connection after RCPT from a[1.2.3.4]",
	    "smtpd_pipelining:smtpd" },
	{ SMTPD "lost connection after RCPT", UNKNOWN },
	{ SMTPD "lost connection after  from " CLIENT, UNKNOWN },
	{ SMTPD "lost connection after RCPT from ", UNKNOWN },
	{ SMTPD "lost connection after RCPT from a.example", UNKNOWN },
	{ SMTPD "lost connection after RCPT from " CLIENT " status=sent",
	    UNKNOWN },
	{ SMTPD "lost connection after DATA (x bytes) from " CLIENT, UNKNOWN },
	{ SMTPD "lost connection before RCPT from " CLIENT, UNKNOWN },
	{ SMTPD "improper command pipelining after RCPT from " CLIENT " QUIT",
	    UNKNOWN },
	{ SMTPD "improper command pipelining from " CLIENT, UNKNOWN },
	{ "postfix/qmgr[1]: lost connection after RCPT from " CLIENT,
	    "lines:unrecognised lines:unrecognised:qmgr" },
	END
};

static const struct line_case warnings[] = {
	{ SMTPD "warning: " CLIENT ": SASL LOGIN authentication failed: "
		"UGFzc3dvcmQ6",
	    FAILED("LOGIN") },
	{ SMTPD "warning: unknown[1.2.3.4]:99: SASL login authentication "
		"failed: UGFzc3dvcmQ6",
	    FAILED("LOGIN") },
	{ "postfix/submission/smtpd[1]: warning: unknown[::1]: SASL PLAIN "
	  "authentication failed:",
	    WARNING " sasl:submission:PLAIN:failed" },
	{ SMTPD "warning: unknown[1.2.3.4]: SASL PLAIN authentication failed: "
		"SASL LOGIN authentication failed: x, sasl_username=a, "
		"sasl_method=CRAM-MD5",
	    FAILED("PLAIN") },
	{ SMTPD "warning: unknown[1.2.3.4]: SASL SCRAM-SHA-256-PLUS "
		"authentication failed: (reason unavailable), sasl_username=x",
	    FAILED("SCRAM-SHA-256-PLUS") },
	{ SMTPD "warning: unknown[1.2.3.4]: SASL XYZZY authentication failed: "
		"Invalid authentication mechanism",
	    FAILED("other") },
	{ SMTPD "warning: unknown[1.2.3.4]: SASL LOGIN authentication aborted",
	    FAILED("LOGIN") },
	{ SMTPD "warning: SASL authentication failure: Password verification "
		"failed",
	    WARNING },
	{ SMTPD "warning: non-SMTP command from " CLIENT ": b[1.2.3.4]: SASL "
		"LOGIN authentication failed: x",
	    WARNING },
	{ SMTPD "warning: hostname a.example does not resolve to address "
		"1.2.3.4: Name or service not known",
	    WARNING " smtpd_fcrdns_error:smtpd" },
	{ SMTPD "warning: hostname a.example does not resolve to address ::1",
	    WARNING " smtpd_fcrdns_error:smtpd" },
	{ SMTPD "warning: 1.2.3.4: hostname a.example verification failed: "
		"Temporary failure in name resolution",
	    WARNING " smtpd_fcrdns_error:smtpd" },
	{ SMTPD "warning: 1.2.3.4: address not listed for hostname a.example",
	    WARNING " smtpd_fcrdns_error:smtpd" },
	{ SMTPD "warning: hostname a.example is odd", WARNING },
	{ SMTPD "warning: Illegal address syntax from " CLIENT " in RCPT "
		"command: <hostname a does not resolve to address 1.2.3.4>",
	    WARNING },
	{ "postfix/smtp[1]: warning: hostname a.example does not resolve to "
	  "address 1.2.3.4",
	    "log:smtp:warning" },
	{ SMTPD "fatal: hostname a.example does not resolve to address 1.2.3.4",
	    "log:smtpd:fatal" },
	END
};

static const struct line_case known[] = {
	{ SMTPD "NOQUEUE: reject_warning: RCPT from " CLIENT ": 554 5.7.1 no",
	    "" },
	{ SMTPD "4A1B2C3D4E: hold: RCPT from " CLIENT ": <a@b>: Recipient "
		"address triggers HOLD action; from=<c@d> to=<a@b>",
	    "" },
	{ SMTPD "NOQUEUE: discard: RCPT from " CLIENT ": reject: RCPT from "
		"a[1.2.3.4]: 554 5.7.1 no",
	    "" },
	{ SMTPD "4A1B2C3D4E: milter-hold: END-OF-MESSAGE from " CLIENT
		": milter triggers HOLD action; from=<c@d>",
	    "" },
	{ SMTPD "NOQUEUE: warn: CONNECT from " CLIENT ": x", "" },
	{ SMTPD "proxy-accept: END-OF-MESSAGE: 250 2.0.0 Ok; from=<a@b>", "" },
	{ SMTPD "NOQUEUE: abort: TLS from " CLIENT
		": No client certificate presented",
	    "" },
	{ SMTPD "NOQUEUE: obey: RCPT from " CLIENT ": x", UNKNOWN },
	{ SMTPD "NOQUEUE: hold: RCPT by " CLIENT ": x", UNKNOWN },
	{ SMTPD "NOQUEUE: hold", UNKNOWN },
	{ SMTPD "NOQUEUE: abort: TLS from a: x", UNKNOWN },
	{ SMTPD "proxy-accept: ", UNKNOWN },
	{ SMTPD "hold: RCPT from " CLIENT ": x", UNKNOWN }, END
};

#define ENDED         "smtpd_disconnect:smtpd"
#define OK(command)   "smtpd_command:smtpd:" command ":ok"
#define FAIL(command) "smtpd_command:smtpd:" command ":failed"
#define BYE           SMTPD "disconnect from " CLIENT

static const struct line_case commands[] = { { BYE, ENDED },
	{ BYE " ehlo=1 auth=0/1 mail=1 rcpt=1/3 data=1 quit=1 commands=5/8",
	    FAIL("auth") " " OK("data") " " OK("ehlo") " " OK("mail") " " OK(
		"quit") " " FAIL("rcpt") "=2 " OK("rcpt") " " ENDED },
	{ BYE " ehlo=2 starttls=1 auth=1 quit=1 commands=5",
	    "sasl:smtpd:ANY:ok " OK("auth") " " OK("ehlo") "=2 " OK(
		"quit") " " OK("starttls") " " ENDED },
	{ BYE " helo=1 xyzzy=2/3 abc=1 unknown=0/4 commands=4/9",
	    OK("helo") " " FAIL("other") " " OK("other") "=3 " FAIL(
		"unknown") "=4 " ENDED },
	{ BYE " commands=0/0", ENDED },
	{ BYE " quit=1 commands=1 notes=bare_lf", OK("quit") " " ENDED },
	{ SMTPD "disconnect from unknown[1.2.3.4]:99 quit=1 commands=1",
	    OK("quit") " " ENDED },
	{ "postfix/smtpd[1]: message repeated 3 times: [ disconnect from "
	  "a[1.2.3.4] quit=1 commands=1]",
	    OK("quit") "=3 " ENDED "=3" },
	{ BYE " helo=1 ehlo=1 xclient=1 xforward=1 starttls=1 auth=1 mail=1 "
	      "rcpt=1 data=1 bdat=1 rset=1 noop=1 vrfy=1 etrn=1 quit=1 help=1 "
	      "unknown=0/1 commands=16/17",
	    "sasl:smtpd:ANY:ok " OK("auth") " " OK("bdat") " " OK("data") " " OK("ehlo") " " OK("etrn") " " OK("helo") " " OK("help") " " OK("mail") " " OK(
		"noop") " " OK("quit") " " OK("rcpt") " " OK("rset") " " OK("starttls") " " FAIL("unknown") " " OK("vrfy") " " OK("xclient") " " OK("xforward") " " ENDED },
	{ BYE " quit=1", UNKNOWN }, { BYE " ", UNKNOWN }, { BYE " q", UNKNOWN },
	{ BYE " quit=1 commands=", UNKNOWN },
	{ BYE " quit= commands=1", UNKNOWN },
	{ BYE " quit=x commands=1", UNKNOWN },
	{ BYE " quit=2/1 commands=1", UNKNOWN },
	{ BYE " quit=1/ commands=1", UNKNOWN },
	{ BYE " =1 commands=1", UNKNOWN },
	{ BYE " quit=9999999999 commands=1", UNKNOWN },
	{ BYE "  quit=1 commands=1", UNKNOWN },
	{ BYE " quit=1 commands=1 status=sent (250 x)", UNKNOWN },
	{ BYE " quit=1 commands=1 notes=", UNKNOWN },
	{ BYE " quit=1 commands=1 notes=a b", UNKNOWN },
	{ BYE " status=sent (250 ok)", UNKNOWN },
	{ SMTPD "disconnect from a quit=1 commands=1", UNKNOWN },
	{ SMTPD "disconnect from  quit=1 commands=1", UNKNOWN }, END };

#define TLS13     "TLSv1.3 with cipher TLS_AES_256_GCM_SHA384 (256/256 bits)"
#define DONE      " TLS connection established "
#define TLS13_KEY ":TLSv1.3:TLS_AES_256_GCM_SHA384"

static const struct line_case tls[] = {
	{ SMTPD "Anonymous" DONE "from " CLIENT ": " TLS13,
	    "smtpd_tls:smtpd tls:in:Anonymous" TLS13_KEY },
	{ "postfix/smtps/smtpd[1]: Trusted" DONE "from " CLIENT
	  " to sni.example: " TLS13 " key-exchange X25519 server-signature "
	  "RSA-PSS (2048 bits) server-digest SHA256",
	    "smtpd_tls:smtps tls:in:Trusted" TLS13_KEY },
	{ "postfix/tlsproxy[1]: Untrusted" DONE "from [::1]:99: TLSv1 with "
	  "cipher ECDHE-RSA-AES256-SHA (256/256 bits)",
	    "tls:in:Untrusted:TLSv1:ECDHE-RSA-AES256-SHA" },
	{ "postfix/smtp[1]: Verified" DONE "to mx.example[::1]:25: " TLS13,
	    "tls:out:Verified" TLS13_KEY },
	{ "postfix/lmtp[1]: Untrusted" DONE "to mx.example[::1]:24: SSLv9 "
	  "with cipher X (40/128 bits)",
	    "tls:out:Untrusted:other:X" },
	{ "postfix/smtp[1]: Verified TLS connection reused to mx[::1]:25: " TLS13,
	    "" },
	{ "postfix/tlsproxy[1]: Verified" DONE "to mx.example[::1]:25: " TLS13,
	    "" },
	{ SMTPD "SSL_accept error from " CLIENT ": lost connection",
	    "smtpd_tls_failure:smtpd" },
	{ SMTPD "SSL_accept error from " CLIENT ": -1",
	    "smtpd_tls_failure:smtpd" },
	{ "postfix/tlsproxy[1]: SSL_accept error from [1.2.3.4]:99: -1", "" },
	{ SMTPD "warning: TLS library problem: error:1408F10B:SSL routines:"
		"ssl3_get_record:wrong version number:x.c:332:",
	    WARNING },
	{ "postfix/smtp[1]: certificate verification failed for mx[::1]:25: "
	  "untrusted issuer /CN=Anonymous" DONE "from " CLIENT ": " TLS13,
	    "" },
	{ "postfix/smtp[1]: setting up TLS connection to mx[::1]:25", "" },
	{ SMTPD "setting up TLS connection from " CLIENT, "" },
	{ SMTPD CLIENT ": subject_CN=a, issuer_CN=b, fingerprint=c", "" },
	{ SMTPD "initializing the server-side TLS engine", "" },
	{ SMTPD "SSL_accept:SSLv3/TLS read client hello", "" },
	{ SMTPD "SSL_accept:error in error", "" },
	{ "postfix/smtp[1]: SSL_connect:before/connect initialization", "" },
	{ SMTPD "SSL3 alert read:fatal:unknown CA", "" },
	{ SMTPD CLIENT ": TLS cipher list \"aNULL:-aNULL:HIGH\"", "" },
	{ SMTPD CLIENT ": looking up session 0A1B&s=smtp&l=1 in smtpd cache",
	    "" },
	{ SMTPD CLIENT ": save session 0A1B&s=smtp&l=1 to smtpd cache", "" },
	{ SMTPD CLIENT ": Reusing old session (RFC 5077 session ticket)", "" },
	{ SMTPD CLIENT ": Decrypting session ticket, key expiration: 1", "" },
	{ "postfix/smtp[1]: reloaded session a&[b]&c from smtp cache", "" },
	{ "postfix/smtp[1]: save session a&[b]&c to smtp cache", "" },
	{ "postfix/smtp[1]: mx[::1]:25: depth=1 verify=0 subject=/CN=a", "" },
	{ "postfix/smtp[1]: mx[::1]:25: certificate verification depth=0 "
	  "verify=1 subject=/CN=a",
	    "" },
	{ "postfix/smtp[1]: mx[::1]:25: depth=0 matched end entity public-key "
	  "sha256 digest=0A:0B",
	    "" },
	{ "postfix/smtp[1]: mx[::1]:25: depth=1 matched=0 trust anchor "
	  "certificate sha256 digest 0A:0B",
	    "" },
	{ "postfix/tlsproxy[1]: [::1]:25: TLS cipher list \"a\"", "" },
	{ SMTPD
	    "table hash:/etc/a b(0,lock|fold_fix) has changed -- restarting",
	    "" },
	{ SMTPD "using backwards-compatible default setting relay_domains="
		"$mydestination to accept mail for domain \"a\"",
	    "" },
	{ SMTPD "Doubtful" DONE "from " CLIENT ": " TLS13, UNKNOWN },
	{ SMTPD "Anonymous" DONE "for " CLIENT ": " TLS13, UNKNOWN },
	{ SMTPD "Anonymous" DONE "from a: " TLS13, UNKNOWN },
	{ SMTPD "Anonymous" DONE "from " CLIENT " to : " TLS13, UNKNOWN },
	{ SMTPD "Anonymous" DONE "from " CLIENT " for a: " TLS13, UNKNOWN },
	{ SMTPD "Anonymous" DONE "from " CLIENT ": TLSv1.3 with cipher  (1/1 "
		"bits)",
	    UNKNOWN },
	{ SMTPD "Anonymous" DONE "from " CLIENT ": TLSv1.3 with cipher X (1/x "
		"bits)",
	    UNKNOWN },
	{ SMTPD "Anonymous" DONE "from " CLIENT ": TLSv1.3 with cipher X (1/1 "
		"bits)x",
	    UNKNOWN },
	{ SMTPD "Anonymous TLS connection lost from " CLIENT ": " TLS13,
	    UNKNOWN },
	{ SMTPD "SSL_accept error from " CLIENT, UNKNOWN },
	{ SMTPD "SSL_accept error from a: b", UNKNOWN },
	{ SMTPD "setting up TLS connection from a b", UNKNOWN },
	{ SMTPD CLIENT ": subject=a", UNKNOWN },
	{ SMTPD "initializing the other TLS engine", UNKNOWN },
	{ SMTPD "SSL_accept:status=sent (x)", UNKNOWN },
	{ SMTPD "SSL_accept:", UNKNOWN },
	{ SMTPD "SSL3 alert read:fatal:", UNKNOWN },
	{ SMTPD "SSL3 alert seen:fatal:x", UNKNOWN },
	{ SMTPD CLIENT ": TLS cipher list \"a", UNKNOWN },
	{ SMTPD CLIENT ": save session a b to smtpd cache", UNKNOWN },
	{ SMTPD CLIENT ": save session a to smtpd cache, too", UNKNOWN },
	{ SMTPD CLIENT ": depth=x verify=0 subject=/CN=a", UNKNOWN },
	{ SMTPD CLIENT ": depth=1 matched=x trust anchor certificate a",
	    UNKNOWN },
	{ SMTPD CLIENT ": Issuing session ticket, key expiration: x", UNKNOWN },
	{ SMTPD CLIENT ": Reusing old sessions", UNKNOWN },
	{ SMTPD "a: save session a to smtpd cache", UNKNOWN },
	{ SMTPD "table hash:/etc/a has changed", UNKNOWN }, END
};

/* Lines of one process that differ in a word only. */
static void
test_apart(void **state)
{
	struct tally tally = tally_new(4096);

	(void)state;
	for (unsigned i = 0; i < 3; i++) {
		tally_text(
		    &tally, SMTPD "lost connection after RCPT from " CLIENT);
		tally_text(
		    &tally, SMTPD "lost connection after AUTH from " CLIENT);
		tally_text(&tally,
		    SMTPD "warning: " CLIENT
			  ": SASL LOGIN authentication failed:");
		tally_text(&tally,
		    SMTPD "warning: " CLIENT
			  ": SASL PLAIN authentication failed:");
		tally_text(&tally, SMTPD "warning: something else");
		tally_text(
		    &tally, SMTPD "Trusted" DONE "from " CLIENT ": " TLS13);
		tally_text(
		    &tally, SMTPD "Verified" DONE "from " CLIENT ": " TLS13);
		tally_text(&tally,
		    SMTPD "Trusted" DONE "from " CLIENT ": TLSv1.2 with cipher "
			  "TLS_AES_256_GCM_SHA384 (256/256 bits)");
		tally_text(&tally,
		    SMTPD "Trusted" DONE "from " CLIENT ": TLSv1.2 with cipher "
			  "AES256-SHA (256/256 bits)");
	}
	assert_string_equal(moved(tally.counters),
	    "log:smtpd:warning=9 sasl:smtpd:LOGIN:failed=3 "
	    "sasl:smtpd:PLAIN:failed=3 smtpd_lost:smtpd:AUTH=3 "
	    "smtpd_lost:smtpd:RCPT=3 smtpd_tls:smtpd=12 "
	    "tls:in:Trusted:TLSv1.2:AES256-SHA=3 "
	    "tls:in:Trusted:TLSv1.2:TLS_AES_256_GCM_SHA384=3 "
	    "tls:in:Trusted" TLS13_KEY "=3 tls:in:Verified" TLS13_KEY "=3");
	tally_free(&tally);
}

/* More texts than are kept, in turns and in one run, and of two services. */
static void
test_many_texts(void **state)
{
	enum { SESSIONS = 500, LINE = 160 };
	struct tally tally = tally_new(4096);
	char *run = malloc(SESSIONS * LINE);
	size_t len = 0;

	(void)state;
	assert_non_null(run);
	for (unsigned i = 1; i <= SESSIONS; i++)
		len += (size_t)snprintf(run + len, LINE,
		    "Feb 24 16:18:40 mx1 postfix/%ssmtpd[1]: disconnect from " CLIENT
		    " rcpt=%u/%u noop=%u commands=%u/%u\n",
		    i % 2 ? "mx/" : "", i, i + 1, SESSIONS - i, SESSIONS,
		    SESSIONS + 1);
	for (unsigned turn = 0; turn < 3; turn++)
		line_count(
		    tally.lines, (struct slice){ run, len }, NO_INSTANCE);
	free(run);
	assert_string_equal(moved(tally.counters),
	    "smtpd_command:mx:noop:ok=187500 smtpd_command:mx:rcpt:failed=750 "
	    "smtpd_command:mx:rcpt:ok=187500 "
	    "smtpd_command:smtpd:noop:ok=186750 "
	    "smtpd_command:smtpd:rcpt:failed=750 "
	    "smtpd_command:smtpd:rcpt:ok=188250 smtpd_disconnect:mx=750 "
	    "smtpd_disconnect:smtpd=750");
	tally_free(&tally);
}

int
main(void)
{
	const struct CMUnitTest tests[] = {
		TABLE_TEST("sessions that are cut off count by the last "
			   "command",
		    test_moves, ends),
		TABLE_TEST("failed logins and wrong names are warnings that "
			   "count once more",
		    test_moves, warnings),
		TABLE_TEST("what else becomes of a message is known",
		    test_moves, known),
		TABLE_TEST("commands count by the statistics of a session",
		    test_moves, commands),
		TEST("statistics that are not kept count as well",
		    test_many_texts),
		TABLE_TEST("TLS connections count once, at both ends",
		    test_moves, tls),
		TEST("what differs in a word counts apart", test_apart),
	};

	return (cmocka_run_group_tests(tests, NULL, NULL));
}
