/*
 * Rejections by smtpd(8), postscreen(8) and cleanup(8), and text that only
 * looks like one.
 */
#include "tests/unit/unit.h"

struct line_case {
	const char *text;
	const char *moved;
};

#define FROM            " from a[1.2.3.4]: "
#define ADDRESSES       "; from=<a@b> to=<c@d> proto=ESMTP helo=<h>"
#define UNKNOWN(daemon) "lines:unrecognised lines:unrecognised:" daemon
#define SMTPD(class) \
	"reject:smtpd:" class ":other " \
			      "reject_service:smtpd:" class " smtpd:" class
#define SCREEN(class) \
	"reject:postscreen:" class ":other " \
				   "reject_service:postscreen:" class
#define CLEANUP(class) "reject:cleanup:" class ":other"
#define END \
	{ \
		NULL, NULL \
	}

static const struct line_case smtpd[] = {
	{ "postfix/smtpd[1]: NOQUEUE: reject: RCPT" FROM "554 5.7.1 <c@d>: "
	  "Relay access denied" ADDRESSES,
	    SMTPD("5xx") },
	{ "postfix/smtpd[1]: NOQUEUE: reject: RCPT" FROM
	  "450 4.7.1 no" ADDRESSES,
	    SMTPD("4xx") },
	{ "postfix/smtpd[1]: 4A1B2C3D4E: reject: END-OF-MESSAGE" FROM
	  "552 5.3.4 too big" ADDRESSES,
	    SMTPD("5xx") },
	{ "postfix/smtpd[1]: NOQUEUE: reject: CONNECT" FROM "421 4.7.0 no; "
	  "proto=SMTP",
	    SMTPD("4xx") },
	{ "postfix/smtpd[1]: NOQUEUE: reject: RCPT from unknown[::1]:99: "
	  "550 5.1.1 no",
	    SMTPD("5xx") },
	{ "postfix/submission/smtpd[1]: NOQUEUE: reject: MAIL" FROM
	  "550 5.7.1 no",
	    "reject:smtpd:5xx:other "
	    "reject_service:submission:5xx smtpd:5xx" },
	{ "postfix/smtpd[1]: NOQUEUE: milter-reject: CONNECT" FROM
	  "451 4.7.1 later; proto=SMTP",
	    SMTPD("4xx") },
	{ "postfix/smtpd[1]: 4A1B2C3D4E: milter-reject: DATA" FROM
	  "550 5.7.1 no" ADDRESSES,
	    SMTPD("5xx") },
	{ "postfix/smtpd[1]: proxy-reject: END-OF-MESSAGE: 554 5.7.1 no" ADDRESSES,
	    SMTPD("5xx") },
	{ "postfix/smtpd[1]: NOQUEUE: proxy-reject: DATA: 451 4.3.0 no",
	    SMTPD("4xx") },
	{ "postfix/smtpd[1]: NOQUEUE: reject_warning: RCPT" FROM
	  "554 5.7.1 reject: RCPT" FROM "554 no",
	    "" },
	{ "postfix/smtpd[1]: 4A1B2C3D4E: reject_warning: RCPT" FROM
	  "450 4.7.1 no",
	    "" },
	{ "postfix/smtpd[1]: NOQUEUE: reject: RCPT" FROM "250 2.0.0 yes",
	    UNKNOWN("smtpd") },
	{ "postfix/smtpd[1]: NOQUEUE: reject: RCPT" FROM "no",
	    UNKNOWN("smtpd") },
	{ "postfix/smtpd[1]: NOQUEUE: reject: RCPT by a[1.2.3.4]: 554 no",
	    UNKNOWN("smtpd") },
	{ "postfix/smtpd[1]: NOQUEUE: reject: RCPT from a b: 554 no",
	    UNKNOWN("smtpd") },
	{ "postfix/smtpd[1]: reject: RCPT" FROM "554 5.7.1 no",
	    UNKNOWN("smtpd") },
	{ "postfix/smtpd[1]: 4A1B2C3D4E: discard: RCPT" FROM "<c@d>: reject: "
	  "554 5.7.1 no",
	    UNKNOWN("smtpd") },
	{ "postfix/smtpd[1]: warning: reject: RCPT" FROM "554 5.7.1 no",
	    "log:smtpd:warning" },
	{ "postfix/qmgr[1]: NOQUEUE: reject: RCPT" FROM "554 5.7.1 no",
	    UNKNOWN("qmgr") },
	END
};

#define PEER " from [1.2.3.4]:99: "

static const struct line_case postscreen[] = {
	{ "postfix/postscreen[1]: NOQUEUE: reject: RCPT" PEER "550 5.7.1 no; "
	  "from=<a@b>, to=<c@d>, proto=ESMTP, helo=<h>",
	    SCREEN("5xx") },
	{ "postfix/postscreen[1]: NOQUEUE: reject: RCPT" PEER "450 4.3.2 no",
	    SCREEN("4xx") },
	{ "postfix/postscreen[1]: NOQUEUE: reject: CONNECT" PEER
	  "too many connections",
	    SCREEN("4xx") },
	{ "postfix/postscreen[1]: NOQUEUE: reject: CONNECT" PEER
	  "all screening ports busy",
	    SCREEN("4xx") },
	{ "postfix/postscreen[1]: NOQUEUE: reject: CONNECT" PEER
	  "all server ports busy",
	    SCREEN("4xx") },
	{ "postfix/postscreen[1]: NOQUEUE: reject: CONNECT" PEER "no idea",
	    UNKNOWN("postscreen") },
	{ "postfix/postscreen[1]: PREGREET 9 after 0 from [1.2.3.4]:99: "
	  "NOQUEUE: reject: RCPT" PEER "550 no",
	    UNKNOWN("postscreen") },
	{ "postfix/postscreen[1]: reject: connect" PEER "all server ports busy",
	    SCREEN("4xx") },
	{ "postfix/in/postscreen[1]: NOQUEUE: reject: RCPT" PEER "550 no",
	    "reject:postscreen:5xx:other reject_service:in:5xx" },
	END
};

#define HEADER "header Subject: : 4.7.1 x from a[1.2.3.4]" ADDRESSES

static const struct line_case cleanup[] = {
	{ "postfix/cleanup[1]: 4A1B2C3D4E: reject: " HEADER ": 5.7.1 no",
	    CLEANUP("5xx") },
	{ "postfix/cleanup[1]: 4A1B2C3D4E: reject: " HEADER ": 4.7.1 later",
	    CLEANUP("4xx") },
	{ "postfix/cleanup[1]: 4A1B2C3D4E: reject: body x: 4.7.1 from local" ADDRESSES
	  ": 5.7.1 see: us",
	    CLEANUP("5xx") },
	{ "postfix/cleanup[1]: 4A1B2C3D4E: reject: mime-error too deep: x "
	  "from a[1.2.3.4]" ADDRESSES,
	    CLEANUP("5xx") },
	{ "postfix/cleanup[1]: 4A1B2C3D4E: milter-reject: END-OF-MESSAGE" FROM
	  "5.7.1 status=sent" ADDRESSES,
	    CLEANUP("5xx") },
	{ "postfix/cleanup[1]: 4A1B2C3D4E: milter-reject: END-OF-MESSAGE" FROM
	  "4.7.1 later: 5.7.1 no" ADDRESSES,
	    CLEANUP("4xx") },
	{ "postfix/cleanup[1]: 4A1B2C3D4E: warning: " HEADER ": 5.7.1 no",
	    UNKNOWN("cleanup") },
	{ "postfix/cleanup[1]: 4A1B2C3D4E: message-id=<reject: header: 5.7.1 "
	  "x>",
	    "" },
	{ "postfix/cleanup[1]: 4A1B2C3D4E: milter-hold: END-OF-MESSAGE" FROM
	  "milter triggers HOLD action",
	    UNKNOWN("cleanup") },
	{ "postfix/cleanup[1]: reject: " HEADER ": 5.7.1 no",
	    UNKNOWN("cleanup") },
	{ "postfix/cleanup[1]: NOQUEUE: reject: " HEADER ": 5.7.1 no",
	    UNKNOWN("cleanup") },
	{ "postfix/cleanup[1]: 4A1B2C3D4E: reject: " HEADER ": 5.7.1 see: "
	  "a.b.c",
	    CLEANUP("5xx") },
	END
};

static void
test_lines(void **state)
{
	const struct line_case *c;

	for (c = *state; c->text != NULL; c++) {
		struct tally tally = tally_new(4096);
		const char *got;

		tally_text(&tally, c->text);
		got = moved(tally.counters);
		if (strcmp(got, c->moved) != 0)
			fail_msg("\"%s\" moves \"%s\", not \"%s\"", c->text,
			    got, c->moved);
		tally_free(&tally);
	}
}

int
main(void)
{
	const struct CMUnitTest tests[] = {
		TABLE_TEST("smtpd's rejections count at every stage, its "
			   "warnings never",
		    test_lines, smtpd),
		TABLE_TEST("postscreen's rejections count, with a code or "
			   "without",
		    test_lines, postscreen),
		TABLE_TEST("cleanup's rejections count by the enhanced code",
		    test_lines, cleanup),
	};

	return (cmocka_run_group_tests(tests, NULL, NULL));
}
