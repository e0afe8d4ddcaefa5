/*
 * Rules of the configuration and reasons, from YAML to keys.
 */
#include "lib/config/config.h"
#include "tailer/patterns.h"
#include "tests/unit/unit.h"

static char config_path[128];

/* Counters with what a configuration says; `patterns_r` and `config_r` are to be
   freed.  NULL text: what is shipped alone. */
struct ruled {
	struct tally tally;
	struct config *config;
	struct patterns *patterns;
};

static int
ruled_open(struct ruled *ruled, const char *yaml, const char **error_r)
{
	const char *dir = scratch_make();
	FILE *file;
	int rc;

	(void)snprintf(config_path, sizeof(config_path), "%s/test.yml", dir);
	file = fopen(config_path, "we");
	assert_non_null(file);
	fputs(yaml, file);
	fclose(file);
	rc = config_load(config_path, &ruled->config, error_r);
	if (rc == 0) {
		rc = patterns_open(ruled->config, &ruled->patterns, error_r);
		if (rc == -1)
			config_free(ruled->config);
	}
	scratch_remove(dir);
	return (rc);
}

static struct ruled
ruled_new(const char *yaml)
{
	struct ruled ruled;
	const char *error;

	if (ruled_open(&ruled, yaml, &error) == -1)
		fail_msg("%s", error);
	ruled.tally = tally_new(4096);
	line_rules(ruled.tally.lines, patterns_rules(ruled.patterns),
	    patterns_reasons(ruled.patterns));
	return (ruled);
}

static void
ruled_free(struct ruled *ruled)
{
	tally_free(&ruled->tally);
	patterns_free(ruled->patterns);
	config_free(ruled->config);
}

static void
assert_value(struct ruled *ruled, const char *key, uint64_t wanted)
{
	uint64_t value = value_of(ruled->tally.counters, key);

	if (value != wanted)
		fail_msg("%s is %" PRId64 ", not %" PRId64, key, (int64_t)value,
		    (int64_t)wanted);
}

/* --- rules ---------------------------------------------------------------- */

static void
test_counts(void **state)
{
	struct ruled r = ruled_new(
	    "rules:\n"
	    "  - name: lost\n"
	    "    daemon: smtpd, postscreen\n"
	    "    pattern: '^lost connection after (?<stage>\\S+)'\n"
	    "    label: stage\n"
	    "  - name: any\n"
	    "    pattern: 'x'\n"
	    "  - name: sub\n"
	    "    service: submission\n"
	    "    daemon: smtpd\n"
	    "    pattern: 'lost'\n"
	    "  - name: never\n"
	    "    daemon: qmgr\n"
	    "    pattern: 'x'\n");

	(void)state;
	assert_value(&r, "rule:lost", 0);
	assert_value(&r, "rule:never", 0);
	assert_value(&r, "rule:lost:NONE", ABSENT);
	for (int i = 0; i < 3; i++)
		tally_text(&r.tally,
		    "postfix/smtpd[1]: lost connection after RCPT from x[::1]");
	tally_text(&r.tally,
	    "postfix/submission/smtpd[1]: lost connection after a:b from y");
	tally_text(&r.tally, "postfix/smtp[1]: lost connection after RCPT");
	tally_text(&r.tally, "postfix/smtp[1]: not known: x");
	tally_text(&r.tally, "cron[1]: lost connection after RCPT x");
	tally_text(&r.tally,
	    "postfix/smtpd[1]: message repeated 5 times: [ lost connection "
	    "after DATA]");
	assert_value(&r, "rule:lost", 9);
	assert_value(&r, "rule:lost:RCPT", 3);
	assert_value(&r, "rule:lost:a%3Ab", 1);
	assert_value(&r, "rule:lost:DATA", 5);
	assert_value(&r, "rule:any", 4);
	assert_value(&r, "rule:any:NONE", 4);
	assert_value(&r, "rule:sub", 1);
	assert_value(&r, "rule:never", 0);
	assert_value(&r, "rule_value:lost:sum", ABSENT);
	/* A rule knows it. */
	assert_value(&r, "lines:unrecognised:smtp", 1);
	ruled_free(&r);
}

static void
test_values(void **state)
{
	struct ruled r = ruled_new(
	    "rules:\n"
	    "  - { name: ms, daemon: x, pattern: 't=(\\S*)(?: by (\\w+))?',\n"
	    "      value: 1, label: 2, scale: 1000, histogram: yes }\n"
	    "  - { name: n, daemon: x, pattern: 'n=(\\S*)', value: 1 }\n");

	(void)state;
	tally_text(&r.tally, "postfix/x[1]: t=0.0019 by me");
	tally_text(&r.tally, "postfix/x[1]: t=2.5 by me");
	tally_text(&r.tally, "postfix/x[1]: t=7");
	tally_text(&r.tally, "postfix/x[1]: t=-7");
	tally_text(&r.tally, "postfix/x[1]: t=1e5");
	tally_text(&r.tally, "postfix/x[1]: t=1.");
	tally_text(&r.tally, "postfix/x[1]: t=");
	tally_text(&r.tally, "postfix/x[1]: t=1234567890123");
	tally_text(&r.tally, "postfix/x[1]: n=12.9");
	tally_text(&r.tally, "postfix/x[1]: n=30");
	assert_value(&r, "rule:ms", 8);
	assert_value(&r, "rule:ms:me", 2);
	assert_value(&r, "rule:ms:NONE", 6);
	assert_value(&r, "rule_value:ms:sum", 9501);
	assert_value(&r, "rule_value:ms:count", 3);
	assert_value(&r, "rule_value:ms:me:sum", 2501);
	assert_value(&r, "rule_value:ms:NONE:sum", 7000);
	assert_value(&r, "rule_value:ms:le:1", 1);
	assert_value(&r, "rule_value:ms:le:1000", 1);
	assert_value(&r, "rule_value:ms:le:10000", 3);
	assert_value(&r, "rule_value:ms:le:1000000000", 3);
	assert_value(&r, "rule_value:n:sum", 42);
	assert_value(&r, "rule_value:n:count", 2);
	assert_value(&r, "rule_value:n:NONE:sum", 42);
	assert_value(&r, "rule_value:n:le:1", ABSENT);
	ruled_free(&r);
}

/* A label that catches anything does not make the store grow. */
static void
test_overflow(void **state)
{
	struct ruled r = ruled_new("rules:\n  - { name: a, daemon: x, "
				   "pattern: '^(.*)$', label: 1 }\n");
	uint64_t others;

	(void)state;
	for (unsigned i = 0; i < 200; i++) {
		char text[64];

		(void)snprintf(text, sizeof(text), "postfix/x[1]: %u", i % 100);
		tally_text(&r.tally, text);
	}
	tally_text(&r.tally, "postfix/x[1]: 123456789012345678901234567890123");
	assert_value(&r, "rule:a", 201);
	assert_value(&r, "rule:a:0", 2);
	others = value_of(r.tally.counters, "rule:a:other");
	assert_true(others > 2 && others < 100);
	assert_value(&r, "tailer:overflow", others);
	ruled_free(&r);
}

static void
test_off(void **state)
{
	struct ruled r = ruled_new("rules:\n"
				   "  - { name: dear, pattern: '(a+)+$' }\n"
				   "  - { name: a, pattern: 'a' }\n");
	char text[256] = "postfix/x[1]: ";

	(void)state;
	assert_int_equal(patterns_tell(r.patterns), 0);
	memset(text + strlen(text), 'a', 200);
	tally_text(&r.tally, text);
	assert_value(&r, "rule:dear", 1);
	text[strlen(text)] = '!';
	tally_text(&r.tally, text);
	assert_int_equal(patterns_tell(r.patterns), 1);
	text[strlen(text) - 1] = '\0';
	tally_text(&r.tally, text);
	assert_value(&r, "rule:dear", 1);
	assert_value(&r, "rule:a", 3);
	assert_int_equal(patterns_tell(r.patterns), 1);
	ruled_free(&r);
}

struct fault {
	const char *yaml, *wanted; /* behind the file's name */
};

static void
test_faults(void **state)
{
	static const struct fault faults[] = {
		{ "rules:\n  - name: a\n    pattern: '('\n",
		    ":3: pattern: missing closing parenthesis at byte 2" },
		{ "journal: no\nrules:\n  - {name: a, pattern: a}\n"
		  "  - name: b\n    daemon: smtp\n    pattern: a[\n",
		    ":6: pattern: missing terminating ] for character class "
		    "at byte 3" },
		{ "rules:\n  - pattern: a\n    name: a\n    label: 1\n",
		    ":4: label: the pattern has no group \"1\"" },
		{ "rules:\n  - pattern: (a)\n    name: a\n    value: x\n",
		    ":4: value: the pattern has no group \"x\"" },
		{ "rules: [{name: a, pattern: a}, {name: b,\n  pattern: +}]\n",
		    ":2: pattern: quantifier does not follow a repeatable item "
		    "at byte 1" },
		{ "reasons:\n  - reason: rbl\n    for: failure\n"
		  "    pattern: a\n",
		    ":2: reason: must be one of user_unknown" },
		{ "reasons:\n  - reason: rbl\n    for: reject\n"
		  "    pattern: (\n",
		    ":4: pattern: missing closing parenthesis" },
	};

	(void)state;
	for (size_t i = 0; i < COUNT(faults); i++) {
		struct ruled ruled;
		const char *error = "no error";

		if (ruled_open(&ruled, faults[i].yaml, &error) == 0 ||
		    strncmp(error, config_path, strlen(config_path)) != 0 ||
		    strncmp(error + strlen(config_path), faults[i].wanted,
			strlen(faults[i].wanted)) != 0)
			fail_msg("\"%s\": %s", faults[i].yaml, error);
	}
}

/* --- reasons -------------------------------------------------------------- */

struct reason_case {
	const char *said, *reason;
};

static const struct reason_case rejects[] = {
	{ "554 5.7.1 <c@d>: Relay access denied; from=<a@b> to=<c@d>",
	    "relay_denied" },
	{ "454 4.7.1 <c@d>: Relay access denied; from=<a@b>", "relay_denied" },
	{ "550 5.1.1 <c@d>: Recipient address rejected: User unknown in local "
	  "recipient table; from=<a@b>",
	    "unknown_user" },
	{ "550 5.1.1 <c@d>: Recipient address rejected: undeliverable address: "
	  "host x said: no; from=<a@b>",
	    "unknown_user" },
	{ "450 4.1.2 <c@d>: Recipient address rejected: Domain not found; "
	  "from=<a@b>",
	    "unknown_user" },
	{ "450 4.1.8 <a@b>: Sender address rejected: Domain not found; "
	  "from=<a@b>",
	    "sender" },
	{ "554 5.7.1 Service unavailable; Client host [192.0.2.1] blocked "
	  "using zen.spamhaus.org; see https://x/192.0.2.1; from=<a@b>",
	    "rbl" },
	{ "550 5.7.1 Service unavailable; client [192.0.2.1] blocked using "
	  "zen.spamhaus.org; from=<a@b>, to=<c@d>, proto=ESMTP, helo=<h>",
	    "rbl" },
	{ "450 4.7.1 <h>: Helo command rejected: Host not found; from=<a@b>",
	    "helo" },
	{ "504 5.5.2 <h>: Helo command rejected: need fully-qualified "
	  "hostname; proto=SMTP helo=<h>",
	    "helo" },
	{ "450 4.7.25 Client host rejected: cannot find your hostname, "
	  "[192.0.2.1]; from=<a@b>",
	    "client_hostname" },
	{ "450 4.7.1 Client host rejected: cannot find your reverse hostname, "
	  "[192.0.2.1]; from=<a@b>",
	    "client_hostname" },
	{ "554 5.7.1 <x[192.0.2.1]>: Client host rejected: Access denied; "
	  "from=<a@b>",
	    "policy" },
	{ "450 4.2.0 <c@d>: Recipient address rejected: Greylisted, see "
	  "http://postgrey.schweikert.ch/help/d.html; from=<a@b>",
	    "greylisted" },
	{ "450 4.3.2 Service currently unavailable; from=<a@b>, to=<c@d>",
	    "greylisted" },
	{ "550 5.7.23 <c@d>: Recipient address rejected: Message rejected due "
	  "to: SPF fail - not authorized. Please see x; from=<a@b>",
	    "policy" },
	{ "552 5.3.4 Message size exceeds fixed limit; proto=ESMTP", "size" },
	{ "452 4.5.3 Error: too many recipients; from=<a@b>", "rate_limit" },
	{ "450 4.7.1 Error: too many connections from 192.0.2.1; proto=SMTP",
	    "rate_limit" },
	{ "all server ports busy", "rate_limit" },
	{ "530 5.7.0 Must issue a STARTTLS command first; proto=ESMTP", "tls" },
	{ "503 5.5.0 <DATA>: Data command rejected: Improper use of SMTP "
	  "command pipelining; from=<a@b>",
	    "syntax" },
	{ "501 5.1.7 Bad sender address syntax; from=<a@b>", "syntax" },
	{ "bare <LF> received; from=<a@b>", "syntax" },
	{ "450 4.3.0 Temporary lookup failure; from=<a@b>", "other" },
	/* what a client says gives no reason */
	{ "450 4.3.0 Temporary lookup failure; from=<greylisted@b> "
	  "to=<user.unknown@d> proto=ESMTP helo=<Relay access denied>",
	    "other" },
	{ "554 5.7.1 <\"x>: Greylisted z\"@d>: Relay access denied; from=<a@b>",
	    "relay_denied" },
	{ "554 5.7.1 <Relay access denied>: Helo command rejected: no; "
	  "from=<a@b> helo=<Relay access denied>",
	    "helo" },
	{ "450 4.7.1 <a>: Greylisted; from=<a@b>: x>: Helo command rejected: "
	  "Host not found; from=<c@d> helo=<a>: Greylisted; from=<a@b>: x>",
	    "helo" },
	/* an address is not quoted in a reply */
	{ "554 5.7.1 <a>: greylisted x@b.example>: Relay access denied; "
	  "from=<a@b> to=<\"a>: greylisted x\"@b.example> proto=SMTP helo=<h>",
	    "relay_denied" },
	{ "554 5.7.1 <a>: blocked using x >: Recipient address rejected: "
	  "Access denied; to=<a>: blocked using x > proto=SMTP",
	    "policy" },
	{ "553 5.7.1 <a>: Relay access denied x@y>: Sender address rejected: "
	  "not logged in; from=<\"a>: Relay access denied x\"@y> proto=SMTP",
	    "sender" },
	{ "553 5.7.1 <a>: Relay access denied; to=<x@y>: Sender address "
	  "rejected: not logged in; from=<\"a>: Relay access denied; "
	  "to=<x\"@y> proto=SMTP",
	    "sender" },
	{ "553 5.7.1 <a>: Recipient address rejected: Greylisted \"\\x@y>: "
	  "Sender address rejected: no; from=<\"a>: Recipient address "
	  "rejected: Greylisted \\\"\\\\x\"@y> proto=SMTP",
	    "sender" },
	{ "553 5.7.1 <a@b>: Sender address rejected: no; from=<a@b> "
	  "proto=SMTP helo=<x>: Recipient address rejected: Greylisted>",
	    "sender" },
	/* which of both is not to be told */
	{ "553 5.7.1 <a>: Relay access denied; to=<a> x@y>: Sender address "
	  "rejected: not logged in; from=<\"a>: Relay access denied; to=<a> "
	  "x\"@y> proto=SMTP",
	    "other" },
	{ "554 5.7.1 <h[192.0.2.1]>: Client host rejected: Access denied; "
	  "from=<a@b> proto=SMTP helo=<>: Client host rejected: Greylisted>",
	    "other" },
	{ "554 5.7.1 <a>: greylisted; from=<b>", "other" },
	{ "450 4.7.1 <a>: greylisted >: Helo command rejected: Access denied; "
	  "from=<b@c> proto=ESMTP helo=<a>: greylisted > sasl_method=PLAIN "
	  "sasl_username=<bob>",
	    "helo" },
	{ "451 4.3.0 <a>: greylisted x@y>: Temporary lookup failure; from=<> "
	  "to=<\"a>: greylisted x\"@y> proto=SMTP",
	    "other" },
	{ "554 5.7.1 Service unavailable; Sender address [a greylisted b@c] "
	  "blocked using dbl.example; greylisted; from=<b@c> proto=SMTP",
	    "rbl" },
	{ "553 5.7.1 <a@b>: Sender address rejected: not owned by user "
	  "greylisted; from=<a@b>",
	    "sender" },
	/* nor does what another server says */
	{ "550 5.1.7 <x@y>: Sender address rejected: undeliverable address: "
	  "host h[192.0.2.1] said: 550 greylisted; from=<x@y> proto=SMTP",
	    "sender" },
	{ "550 5.1.7 <x@y>: Sender address rejected: undeliverable address: "
	  "host h[192.0.2.1] said: 550 <x@y>: Recipient address rejected: "
	  "Greylisted; from=<x@y> to=<c@d> proto=SMTP",
	    "sender" },
	{ "550 5.1.1 <c@d>: Recipient address rejected: undeliverable "
	  "address: host h[192.0.2.1] said: 552 Quota exceeded; from=<a@b> "
	  "to=<c@d> proto=SMTP",
	    "unknown_user" },
	{ "450 4.1.1 <c@d>: Recipient address rejected: unverified address: "
	  "Address verification in progress; from=<a@b>",
	    "policy" },
	{ "552 5.2.2 <c@d>: Recipient address rejected: Quota exceeded "
	  "(mailbox for user is full); from=<a@b>",
	    "policy" },
	{ "552 5.3.4 Chunk exceeds message size limit; from=<a@b>", "size" },
	{ "556 5.1.10 <c@d>: Recipient address rejected: Domain greylisted "
	  "does not accept mail (nullMX); from=<a@b>",
	    "unknown_user" },
	{ "556 5.1.10 <a@b>: Sender address rejected: Domain b does not "
	  "accept mail (nullMX); from=<a@b>",
	    "sender" },
	{ "421 4.3.0 <c@d> Server local data error; from=<a@b> helo=<x>: "
	  "Greylisted>",
	    "other" },
};

static const struct reason_case failures[] = {
	{ "host mx[192.0.2.1] said: 550 5.1.1 <a@b>: Recipient address "
	  "rejected: User unknown in virtual mailbox table (in reply to RCPT "
	  "TO command))",
	    "user_unknown" },
	{ "host mx[192.0.2.1] said: 550-5.1.1 The email account that you tried "
	  "to reach does not exist. Please try (in reply to RCPT TO command))",
	    "user_unknown" },
	{ "unknown user: \"greylisted\")", "user_unknown" },
	{ "host mx[192.0.2.1] said: 452-4.2.2 The recipient's inbox is out of "
	  "storage space. (in reply to RCPT TO command))",
	    "mailbox_full" },
	{ "host mx[private/dovecot-lmtp] said: 452 4.2.2 <a@b> Quota exceeded "
	  "(mailbox for user is full) (in reply to end of DATA command))",
	    "mailbox_full" },
	{ "host mx[192.0.2.1] said: 450 4.2.0 <a@b>: Recipient address "
	  "rejected: Greylisted (in reply to RCPT TO command))",
	    "greylisted" },
	{ "host mx[192.0.2.1] said: 421-4.7.28 Gmail has detected an unusual "
	  "rate of mail (in reply to end of DATA command))",
	    "rate_limited" },
	{ "host mx[192.0.2.1] refused to talk to me: 421 4.7.0 [TSS04] Messages "
	  "from 192.0.2.1 temporarily deferred due to unexpected volume or "
	  "user complaints)",
	    "rate_limited" },
	{ "host mx[192.0.2.1] said: 550 5.7.1 Unfortunately, messages from "
	  "[192.0.2.1] weren't sent. Part of their network is on our block "
	  "list (S3140). (in reply to MAIL FROM command))",
	    "blocklisted" },
	{ "host mx[192.0.2.1] said: 554 5.7.1 Service unavailable; Client host "
	  "[192.0.2.1] blocked using zen.spamhaus.org (in reply to RCPT TO))",
	    "blocklisted" },
	{ "host mx[192.0.2.1] said: 550-5.7.26 This mail has been blocked "
	  "because the sender is unauthenticated. (in reply to end of DATA))",
	    "policy" },
	{ "host mx[192.0.2.1] said: 554 5.7.1 Spam message rejected (in reply "
	  "to end of DATA command))",
	    "policy" },
	{ "host mx[192.0.2.1] said: 554 5.7.1 <a@b>: Relay access denied (in "
	  "reply to RCPT TO command))",
	    "relay_denied" },
	{ "Server certificate not trusted)", "tls" },
	{ "TLS is required, but was not offered by host mx[192.0.2.1])",
	    "tls" },
	{ "Host or domain name not found. Name service error for name=b "
	  "type=MX: Host not found, try again)",
	    "dns" },
	{ "delivery temporarily suspended: Host or domain name not found. Name "
	  "service error for name=greylisted.example type=A: x)",
	    "dns" },
	{ "message size 99 exceeds size limit 9 of server mx[192.0.2.1])",
	    "size" },
	{ "connect to mx[192.0.2.1]:25: Connection refused)", "other" },
	{ "host mx[192.0.2.1] said: 451 4.3.0 Try later (in reply to RCPT TO))",
	    "other" },
	{ "cannot update mailbox /var/mail/a for user a. error writing "
	  "message: File too large)",
	    "mailbox_full" },
	{ "delivery failed to mailbox /var/mail/a: error writing message: "
	  "File too large)",
	    "mailbox_full" },
	{ "host mx[192.0.2.1] said: 552-5.7.0 This message was blocked because "
	  "its content presents a potential security issue. (in reply to end "
	  "of DATA command))",
	    "policy" },
	/* who sends chooses the address */
	{ "host mx[192.0.2.1] said: 451 4.3.0 <greylisted@b> <\"user unknown\"@b> "
	  "later (in reply to RCPT TO command))",
	    "other" },
};

static void
check_reasons(struct reason_rules *reasons, enum reason_about about,
    const struct reason_case *cases, size_t count)
{
	/* Twice: the second time it is remembered. */
	for (size_t i = 0; i < 2 * count; i++) {
		const struct reason_case *c = &cases[i % count];
		char *exact = strdup(c->said);
		unsigned number;
		struct slice reason;

		reason = reason_rules_find(
		    reasons, about, slice_of(exact), &number);
		if (!slice_equal(reason, c->reason))
			print_error("\"%s\": %.*s, not %s\n", c->said,
			    (int)reason.len, reason.at, c->reason);
		assert_true(slice_equal(reason, c->reason));
		free(exact);
	}
}

/* The end of such a line may be lost, with the name's second place. */
static void
test_long_reply(void **state)
{
	static const char start[] =
	    "553 5.7.1 <a>: Relay access denied; to=<a> ";
	struct ruled r = ruled_new("");
	char said[2 * SUBJECT_MAX];
	unsigned number;

	(void)state;
	memset(said, 'x', sizeof(said));
	memcpy(said, start, strlen(start));
	for (size_t len = 64; len <= sizeof(said); len += sizeof(said) - 64) {
		struct slice reason = reason_rules_find(
		    patterns_reasons(r.patterns), ABOUT_REJECT,
		    (struct slice){ said, len }, &number);

		assert_true(slice_equal(
		    reason, len > SUBJECT_MAX ? "other" : "relay_denied"));
	}
	ruled_free(&r);
}

static void
test_reasons(void **state)
{
	struct ruled r = ruled_new("");
	struct reason_rules *reasons = patterns_reasons(r.patterns);

	(void)state;
	check_reasons(reasons, ABOUT_REJECT, rejects, COUNT(rejects));
	check_reasons(reasons, ABOUT_FAILURE, failures, COUNT(failures));
	ruled_free(&r);
}

#define REJECT_LINE(text) \
	"postfix/smtpd[1]: NOQUEUE: reject: RCPT from a[::1]: 554 5.7.1 <c@d>: " text \
	"; from=<a@b> to=<c@d> proto=ESMTP helo=<h>"

/* Those of the configuration come first, or alone. */
static void
test_own_reasons(void **state)
{
	static const char own[] =
	    "reasons:\n"
	    "  - { reason: policy, for: reject, pattern: 'RELAY|(?i)zz' }\n";
	char alone[160];
	struct ruled r = ruled_new(own);

	(void)state;
	tally_text(&r.tally, REJECT_LINE("Relay access denied"));
	tally_text(
	    &r.tally, REJECT_LINE("Recipient address rejected: Greylisted"));
	assert_value(&r, "reject:smtpd:5xx:policy", 1);
	assert_value(&r, "reject:smtpd:5xx:greylisted", 1);
	ruled_free(&r);
	(void)snprintf(alone, sizeof(alone), "%sshipped_reasons: no\n", own);
	r = ruled_new(alone);
	tally_text(&r.tally, REJECT_LINE("Relay access denied"));
	tally_text(
	    &r.tally, REJECT_LINE("Recipient address rejected: Greylisted"));
	tally_text(&r.tally, REJECT_LINE("Recipient address rejected: xzz"));
	assert_value(&r, "reject:smtpd:5xx:policy", 2);
	assert_value(&r, "reject:smtpd:5xx:other", 1);
	ruled_free(&r);
}

/* Each failed delivery has one reason, by transport. */
static void
test_failures(void **state)
{
#define FAILED(daemon, status, text) \
	"postfix/" daemon "[1]: 4A1B2C3D4E: to=<a@b>, relay=x, delay=1, " \
	"delays=1/0/0/0, dsn=4.0.0, status=" status " (" text ")"
	struct ruled r = ruled_new("");

	(void)state;
	for (int i = 0; i < 3; i++) {
		tally_text(&r.tally, FAILED("smtp", "deferred", "greylisted"));
		tally_text(&r.tally, FAILED("smtp", "bounced", "x"));
		tally_text(&r.tally, FAILED("relay/smtp", "bounced", "x"));
		tally_text(&r.tally, FAILED("pipe", "deferred", "greylisted"));
		tally_text(&r.tally, FAILED("smtp", "sent", "greylisted"));
		tally_text(
		    &r.tally, FAILED("smtp", "SOFTBOUNCE", "greylisted"));
	}
	assert_value(&r, "fail_reason:smtp:greylisted", 3);
	assert_value(&r, "fail_reason:smtp:other", 3);
	assert_value(&r, "fail_reason:relay:other", 3);
	assert_value(&r, "fail_reason:x:greylisted", 3);
	assert_value(&r, "fail_reason:relay:greylisted", ABSENT);
	assert_value(&r, "delivery:smtp:deferred", 3);
	assert_value(&r, "delivery:smtp:bounced", 3);
	ruled_free(&r);
}

int
main(void)
{
	const struct CMUnitTest tests[] = {
		TEST("a rule counts its daemons' lines, by what it catches",
		    test_counts),
		TEST("values are added up", test_values),
		TEST("labels are bounded", test_overflow),
		TEST("a pattern that costs too much is switched off", test_off),
		TEST("what is wrong with a pattern is told with its line",
		    test_faults),
		TEST("the shipped reasons know real texts, and no names",
		    test_reasons),
		TEST("of a reply that may be cut off no reason is read",
		    test_long_reply),
		TEST("own reasons come first", test_own_reasons),
		TEST("a failed delivery has a reason", test_failures),
	};

	return (cmocka_run_group_tests(tests, NULL, NULL));
}
