/*
 * Rejections by smtpd(8), postscreen(8) and cleanup(8), and text that only
 * looks like one.
 */
#include "lib/stats/key.h"
#include "tests/unit/unit.h"

#define FROM            " from a[1.2.3.4]: "
#define ADDRESSES       "; from=<a@b> to=<c@d> proto=ESMTP helo=<h>"
#define UNKNOWN(daemon) "lines:unrecognised lines:unrecognised:" daemon
#define REJECTED(daemon, class, reason, code, stage) \
	"reject:" daemon ":" class ":" reason " reject_code:" code \
				   " reject_service:" daemon \
				   ":" class " reject_stage:" stage
#define SMTPD_FOR(class, reason, code, stage) \
	REJECTED("smtpd", class, reason, code, stage) \
	" smtpd:" class " smtpd_code:" code
#define SMTPD(class, code, stage) SMTPD_FOR(class, "other", code, stage)
#define SCREEN(class, code, stage) \
	"postscreen_code:" code \
	" " REJECTED("postscreen", class, "other", code, stage)
#define CLEANUP(class) "cleanup:reject reject:cleanup:" class ":content"
#define MILTER(class)  "cleanup:milter_reject reject:cleanup:" class ":milter"
#define END \
	{ \
		NULL, NULL \
	}

static const struct line_case smtpd[] = {
	{ "postfix/smtpd[1]: NOQUEUE: reject: RCPT" FROM "554 5.7.1 <c@d>: "
	  "Relay access denied" ADDRESSES,
	    SMTPD("5xx", "554", "RCPT") },
	{ "postfix/smtpd[1]: NOQUEUE: reject: RCPT" FROM
	  "450 4.7.1 no" ADDRESSES,
	    SMTPD("4xx", "450", "RCPT") },
	{ "postfix/smtpd[1]: 4A1B2C3D4E: reject: END-OF-MESSAGE" FROM
	  "552 5.3.4 too big" ADDRESSES,
	    SMTPD("5xx", "552", "END-OF-MESSAGE") },
	{ "postfix/smtpd[1]: NOQUEUE: reject: CONNECT" FROM "421 4.7.0 no; "
	  "proto=SMTP",
	    SMTPD("4xx", "421", "CONNECT") },
	{ "postfix/smtpd[1]: NOQUEUE: reject: RCPT from unknown[::1]:99: "
	  "550 5.1.1 no",
	    SMTPD("5xx", "550", "RCPT") },
	{ "postfix/submission/smtpd[1]: NOQUEUE: reject: MAIL" FROM
	  "550 5.7.1 no",
	    "reject:smtpd:5xx:other reject_code:550 "
	    "reject_service:submission:5xx reject_stage:MAIL smtpd:5xx smtpd_code:550" },
	{ "postfix/smtpd[1]: NOQUEUE: milter-reject: CONNECT" FROM
	  "451 4.7.1 later; proto=SMTP",
	    SMTPD_FOR("4xx", "milter", "451", "CONNECT") },
	{ "postfix/smtpd[1]: 4A1B2C3D4E: milter-reject: DATA" FROM
	  "550 5.7.1 no" ADDRESSES,
	    SMTPD_FOR("5xx", "milter", "550", "DATA") },
	{ "postfix/smtpd[1]: proxy-reject: END-OF-MESSAGE: 554 5.7.1 no" ADDRESSES,
	    SMTPD_FOR("5xx", "content", "554", "END-OF-MESSAGE") },
	{ "postfix/smtpd[1]: NOQUEUE: proxy-reject: DATA: 451 4.3.0 no",
	    SMTPD_FOR("4xx", "content", "451", "DATA") },
	{ "postfix/smtpd[1]: 4A1B2C3D4E: reject: DATA content" FROM
	  "421 4.3.0 mx1 Server local data error",
	    SMTPD("4xx", "421", "DATA") },
	{ "postfix/smtpd[1]: 4A1B2C3D4E: reject: BDAT content" FROM
	  "421 4.3.0 mx1 Server local data error",
	    SMTPD("4xx", "421", "BDAT") },
	{ "postfix/smtpd[1]: NOQUEUE: reject: XYZ" FROM "571 5.7.1 no",
	    SMTPD("5xx", "other", "other") },
	{ "postfix/smtpd[1]: NOQUEUE: reject: VRFY" FROM "252 2.0.0 yes",
	    UNKNOWN("smtpd") },
	{ "postfix/smtpd[1]: NOQUEUE: reject: MAIL" FROM "bare <LF> received; "
	  "from=<a@b> proto=ESMTP helo=<h>",
	    "reject:smtpd:5xx:other reject_service:smtpd:5xx "
	    "reject_stage:MAIL smtpd:5xx" },
	{ "postfix/smtpd[1]: NOQUEUE: reject: : 554 5.7.1 no",
	    UNKNOWN("smtpd") },
	{ "postfix/smtpd[1]: reject: ETRN x.example... from a[1.2.3.4]",
	    UNKNOWN("smtpd") },
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
	    "" },
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
	    SCREEN("5xx", "550", "RCPT") },
	{ "postfix/postscreen[1]: NOQUEUE: reject: RCPT" PEER "450 4.3.2 no",
	    SCREEN("4xx", "450", "RCPT") },
	{ "postfix/postscreen[1]: NOQUEUE: reject: CONNECT" PEER
	  "too many connections",
	    SCREEN("4xx", "421", "CONNECT") },
	{ "postfix/postscreen[1]: NOQUEUE: reject: CONNECT" PEER
	  "all screening ports busy",
	    SCREEN("4xx", "421", "CONNECT") },
	{ "postfix/postscreen[1]: NOQUEUE: reject: CONNECT" PEER
	  "all server ports busy",
	    SCREEN("4xx", "421", "CONNECT") },
	{ "postfix/postscreen[1]: NOQUEUE: reject: CONNECT" PEER "no idea",
	    UNKNOWN("postscreen") },
	{ "postfix/postscreen[1]: PREGREET 9 after 0 from [1.2.3.4]:99: "
	  "NOQUEUE: reject: RCPT" PEER "550 no",
	    "postscreen:pregreet" },
	{ "postfix/postscreen[1]: reject: connect" PEER "all server ports busy",
	    SCREEN("4xx", "421", "CONNECT") },
	{ "postfix/in/postscreen[1]: NOQUEUE: reject: RCPT" PEER "550 no",
	    "postscreen_code:550 reject:postscreen:5xx:other reject_code:550 "
	    "reject_service:in:5xx reject_stage:RCPT" },
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
	    MILTER("5xx") " reject_stage:END-OF-MESSAGE" },
	{ "postfix/cleanup[1]: 4A1B2C3D4E: milter-reject: END-OF-MESSAGE" FROM
	  "4.7.1 later: 5.7.1 no" ADDRESSES,
	    MILTER("4xx") " reject_stage:END-OF-MESSAGE" },
	{ "postfix/cleanup[1]: 4A1B2C3D4E: warning: " HEADER ": 5.7.1 no",
	    "cleanup:warn" },
	{ "postfix/cleanup[1]: 4A1B2C3D4E: message-id=<reject: header: 5.7.1 "
	  "x>",
	    "cleanup:messages" },
	{ "postfix/cleanup[1]: 4A1B2C3D4E: milter-hold: END-OF-MESSAGE" FROM
	  "milter triggers HOLD action",
	    "cleanup:milter_hold" },
	{ "postfix/cleanup[1]: reject: " HEADER ": 5.7.1 no",
	    UNKNOWN("cleanup") },
	{ "postfix/cleanup[1]: NOQUEUE: reject: " HEADER ": 5.7.1 no",
	    UNKNOWN("cleanup") },
	{ "postfix/cleanup[1]: 4A1B2C3D4E: reject: " HEADER ": 5.7.1 see: "
	  "a.b.c",
	    CLEANUP("5xx") },
	END
};

/* Every stage and code of the table comes under its own name, apart from others
   of the same session. */
static void
test_words(void **state)
{
	struct tally tally = tally_new(4096);
	struct slice stages = slice_of(labels[LABEL_STAGE].values), stage;
	struct slice codes = slice_of(labels[LABEL_REPLY_CODE].values), code;
	struct slice rest = stages;
	char text[256], key[KEY_MAX];

	(void)state;
	while (label_value_next(&rest, &stage)) {
		(void)snprintf(text, sizeof(text),
		    "postfix/smtpd[1]: NOQUEUE: reject: %.*s" FROM "599 x",
		    (int)stage.len, stage.at);
		tally_text(&tally, text);
	}
	while (label_value_next(&codes, &code)) {
		(void)snprintf(text, sizeof(text),
		    "postfix/smtpd[1]: NOQUEUE: reject: RCPT" FROM "%.*s x",
		    (int)code.len, code.at);
		if (!slice_equal(code, "other"))
			tally_text(&tally, text);
	}
	for (rest = stages; label_value_next(&rest, &stage);) {
		(void)snprintf(key, sizeof(key), "reject_stage:%.*s",
		    (int)stage.len, stage.at);
		if (!slice_equal(stage, "RCPT"))
			assert_int_equal(value_of(tally.counters, key), 1);
	}
	codes = slice_of(labels[LABEL_REPLY_CODE].values);
	while (label_value_next(&codes, &code)) {
		(void)snprintf(key, sizeof(key), "reject_code:%.*s",
		    (int)code.len, code.at);
		if (!slice_equal(code, "other"))
			assert_int_equal(value_of(tally.counters, key), 1);
	}
	assert_int_equal(value_of(tally.counters, "reject_code:other"), 20);
	assert_int_equal(value_of(tally.counters, "reject_stage:RCPT"), 27);
	assert_int_equal(value_of(tally.counters, "tailer:overflow"), 0);
	tally_free(&tally);
}

int
main(void)
{
	const struct CMUnitTest tests[] = {
		TABLE_TEST("smtpd's rejections count at every stage, its "
			   "warnings never",
		    test_moves, smtpd),
		TABLE_TEST("postscreen's rejections count, with a code or "
			   "without",
		    test_moves, postscreen),
		TABLE_TEST("cleanup's rejections count by the enhanced code",
		    test_moves, cleanup),
		TEST("every stage and code of the table is told apart",
		    test_words),
	};

	return (cmocka_run_group_tests(tests, NULL, NULL));
}
