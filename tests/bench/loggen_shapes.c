/*
 * The table of shapes: every kind of line that loggen knows, with its effect.
 * Most texts were taken from the log of a private Postfix 3.7; the rest (DNS
 * lists, milters, TLS, limits, 3.11's tls=) from the formats in its source.
 * A shape whose effect the rules leave open does not belong here.
 */
#include "loggen.h"

/* clang-format off */

#define LINE(group, weight, kind, service, daemon, label, text) \
	{ group, weight, kind, service, daemon, NULL, label, NULL, NULL, NULL, \
	text }
#define DELIVER(group, weight, service, daemon, agent, label, reply, cause, \
    relay, dsn, status, text) \
	{ group, weight, KIND_DELIVERY, service, daemon, agent, label, reply, \
	cause, dsn, "%q: to=<%t>%o, relay=" relay "%u, %d%T, dsn=" dsn \
	", status=" status " (" text ")" }
#define SENT(weight, service, daemon, relay, dsn, text) \
	DELIVER(GROUP_SENT, weight, service, daemon, NULL, "sent", NULL, NULL, \
	relay, dsn, "sent", text)
#define DEFERRED(weight, service, daemon, reply, relay, dsn, text) \
	DELIVER(GROUP_DEFERRED, weight, service, daemon, NULL, "deferred", \
	reply, NULL, relay, dsn, "deferred", text)
#define BOUNCED(weight, service, daemon, reply, relay, dsn, text) \
	DELIVER(GROUP_BOUNCED, weight, service, daemon, NULL, "bounced", \
	reply, NULL, relay, dsn, "bounced", text)
#define SOFTBOUNCE(weight, service, daemon, relay, dsn, text) \
	DELIVER(GROUP_DEFERRED, weight, service, daemon, NULL, "softbounce", \
	NULL, NULL, relay, dsn, "SOFTBOUNCE", text)
#define NAMELESS(group, weight, service, daemon, label, dsn, text) \
	DELIVER(group, weight, service, daemon, NULL, label, NULL, "dns", \
	"none", dsn, label, NO_NAME text)
#define PIPE(group, weight, agent, label, dsn, text) \
	DELIVER(group, weight, NULL, "pipe", agent, label, NULL, NULL, agent, \
	dsn, label, text)
/* before Postfix 2.3 */
#define OLD(weight, service, daemon, relay, text) \
	LINE(GROUP_SENT, weight, KIND_DELIVERY, service, daemon, "sent", \
	"%q: to=<%t>%o, relay=" relay ", %l, status=sent (" text ")")
#define PROBE(weight, daemon, relay, dsn, status, text) \
	LINE(GROUP_PROBE, weight, KIND_KNOWN, NULL, daemon, NULL, "%q: " \
	"to=<%t>, relay=" relay ", %d, dsn=" dsn ", status=" status " (" text \
	")")
#define FAILURE(weight, service, daemon, cause, text) \
	{ GROUP_SESSION_NOTE, weight, KIND_CONNECT_FAILURE, service, daemon, \
	NULL, NULL, NULL, cause, NULL, text }
#define TLS(group, weight, service, daemon, side, trust, verb, protocol, \
    cipher, text) \
	{ group, weight, KIND_TLS, service, daemon, NULL, trust, protocol, \
	cipher, side, trust " TLS connection established " verb ": " \
	protocol " with cipher " cipher " " text }
#define CLIENT(weight, service, daemon, method, text) \
	LINE(GROUP_CLIENT, weight, KIND_CLIENT, service, daemon, method, \
	"%q: client=" text)
#define REFUSE(group, weight, service, daemon, class, stage, code, text) \
	{ group, weight, KIND_REJECT, service, daemon, NULL, class, code, \
	stage, NULL, text }
#define REJECT(weight, verb, class, stage, code, text) \
	REFUSE(GROUP_SMTPD_REJECT, weight, "*", "smtpd", class, stage, code, \
	verb ": " stage " from %c: " code " " text)
#define PROXY_REJECT(weight, class, stage, code, text) \
	REFUSE(GROUP_SMTPD_REJECT, weight, "*", "smtpd", class, stage, code, \
	"proxy-reject: " stage ": " code " " text)
#define NOTE(weight, kind, text) \
	LINE(GROUP_SMTPD_NOTE, weight, kind, "*", "smtpd", NULL, text)
#define ABORT(weight, id, family, verb, stage, bytes) \
	{ GROUP_SMTPD_NOTE, weight, KIND_ABORT, "*", "smtpd", NULL, family, \
	NULL, stage, NULL, id verb " after " stage bytes " from %c" }
#define LOGIN(weight, method, text) \
	LINE(GROUP_SMTPD_NOTE, weight, KIND_LOGIN, "*", "smtpd", method, \
	"warning: %c: SASL " text)
#define WARNING(weight, text) \
	LINE(GROUP_SMTPD_NOTE, weight, KIND_LEVEL, "*", "smtpd", "warning", \
	"warning: " text)
#define LEVEL(weight, daemon, level, text) \
	LINE(GROUP_NOISE, weight, KIND_LEVEL, NULL, daemon, level, \
	level ": " text)
#define CLEANUP_REJECT(weight, class, stage, text) \
	REFUSE(GROUP_CLEANUP_REJECT, weight, NULL, "cleanup", class, stage, \
	NULL, text)
#define OUT(group, weight, daemon, label, text) \
	LINE(group, weight, KIND_QUEUE_OUT, NULL, daemon, label, text)
#define NAMED(weight, text) \
	LINE(GROUP_MESSAGE_ID, weight, KIND_NAMED, NULL, "cleanup", NULL, text)
#define MOVES(group, weight, daemon, moves, text) \
	LINE(group, weight, KIND_MOVES, NULL, daemon, moves, text)
#define NOTED(weight, moves, text) \
	MOVES(GROUP_CLEANUP_NOTE, weight, "cleanup", "cleanup:" moves, text)
#define SCREEN(group, weight, event, text) \
	MOVES(group, weight, "postscreen", "postscreen:" event, text)
#define RANKED(weight, rank) \
	LINE(GROUP_SCREEN_TEST, weight, KIND_RANKED, NULL, "postscreen", rank, \
	"DNSBL rank " rank " for [%a]:%P")
#define LISTED(weight, list, text) \
	LINE(GROUP_SCREEN_TEST, weight, KIND_LISTED, NULL, "dnsblog", list, \
	text)
#define KNOWN(group, weight, service, daemon, text) \
	LINE(group, weight, KIND_KNOWN, service, daemon, NULL, text)
#define OTHER(group, weight, service, daemon, text) \
	LINE(group, weight, KIND_OTHER, service, daemon, NULL, text)
#define SCREEN_REJECT(weight, class, stage, code, text) \
	REFUSE(GROUP_SCREEN_END, weight, NULL, "postscreen", class, stage, \
	code, "NOQUEUE: reject: " stage " from [%a]:%P: " text)
#define FOREIGN(weight, tag, text) \
	LINE(GROUP_FOREIGN, weight, KIND_FOREIGN, NULL, tag, NULL, text)
#define MALFORMED(weight, text) \
	LINE(GROUP_MALFORMED, weight, KIND_MALFORMED, NULL, NULL, NULL, text)

#define MX	"%r:25"
#define MAIL	"; from=<%f> to=<%t> proto=ESMTP helo=<%e>"
#define SAID	"host %r said: "
#define REFUSED	"host %r refused to talk to me: "
#define NO_NAME	"Host or domain name not found. Name service error for name=%D "
#define EARLY	" while receiving the initial server greeting"
#define LMTP	"mx.example.net[private/dovecot-lmtp]"
#define LMTP_SAID "host " LMTP " said: "
#define TRAP	"4A1B2C3D4E: to=<u@example.net>, relay=none, delay=1, " \
		"delays=1/0/0/0, dsn=2.0.0, status=sent (x)"

const struct shape shapes[] = {
	/* a client comes and hands over a message */
	LINE(GROUP_CONNECT, 1, KIND_CONNECT, "*", "smtpd", NULL,
	    "connect from %c"),
	TLS(GROUP_TLS_IN, 8, "*", "smtpd", "in", "Anonymous", "from %c",
	    "TLSv1.3", "TLS_AES_256_GCM_SHA384", "(256/256 bits) key-exchange "
	    "X25519 server-signature RSA-PSS (2048 bits) server-digest SHA256"),
	TLS(GROUP_TLS_IN, 2, "*", "smtpd", "in", "Untrusted",
	    "from %c to mx.example.net", "TLSv1.2",
	    "ECDHE-RSA-AES256-GCM-SHA384", "(256/256 bits)"),
	TLS(GROUP_TLS_IN, 1, NULL, "tlsproxy", "in", "Anonymous",
	    "from [%a]:%P", "TLSv1.1", "ECDHE-RSA-AES256-SHA",
	    "(256/256 bits)"),
	CLIENT(60, NULL, "smtpd", "NONE", "%c"),
	CLIENT(4, NULL, "smtpd", "NONE",
	    "localhost[127.0.0.1], orig_queue_id=%X, orig_client=%c"),
	CLIENT(12, "submission", "smtpd", "PLAIN",
	    "%c, sasl_method=PLAIN, sasl_username=%w@%D"),
	CLIENT(4, "submission", "smtpd", "LOGIN",
	    "%c, sasl_method=LOGIN, sasl_username=%w, sasl_sender=%f"),
	CLIENT(2, "submission", "smtpd", "NONE", "%c"),
	CLIENT(4, "smtps", "smtpd", "PLAIN",
	    "%c, sasl_method=PLAIN, sasl_username=%w@%D"),
	CLIENT(2, "smtps", "smtpd", "CRAM-MD5",
	    "%c, sasl_method=CRAM-MD5, sasl_username=%w"),
	CLIENT(1, "smtps", "smtpd", "XOAUTH2", "%c, sasl_method=XOAUTH2, "
	    "sasl_username=x, sasl_method=PLAIN, client=a[10.0.0.1]"),
	CLIENT(1, NULL, "qmqpd", "NONE", "%c"),
	LINE(GROUP_PICKUP, 9, KIND_PICKUP, NULL, "pickup", "NONE",
	    "%q: uid=%i from=<%w>"),
	LINE(GROUP_PICKUP, 1, KIND_PICKUP, NULL, "pickup", "NONE",
	    "%q: uid=0 from=<root> orig_id=%X"),
	NAMED(30, "%q: message-id=<2026%k.%i@%D>"),
	NAMED(1, "%q: message-id="),
	NAMED(1, "%q: message-id=<%k@%D>, "
	    "relay=none, dsn=2.0.0, status=sent (x)"),
	NAMED(1, "%q: message-id=<a> "
	    "reject: header Subject: x from local; from=<a>: 5.7.1 no"),
	KNOWN(GROUP_RESENT_ID, 1, NULL, "cleanup",
	    "%q: resent-message-id=<%k@%D>"),
	NOTED(6, "warn", "%q: warning: header Subject: %S from %c" MAIL),
	NOTED(1, "warn", "%q: warning: header Subject: reject: header %S from "
	    "%c" MAIL ": 5.7.1 only a warning"),
	NOTED(1, "info", "%q: info: header X-Spam: reject: %S from local; "
	    "from=<%f> to=<%t>"),
	NOTED(1, "hold", "%q: hold: header Subject: %S from %c" MAIL ": see"),
	NOTED(1, "hold", "%q: milter-header-hold: header X-Spam: yes from %c"
	    MAIL),
	NOTED(1, "redirect", "%q: redirect: header To: %S from local; "
	    "from=<%f> to=<%t>: x@example.net"),
	NOTED(1, "filter", "%q: filter: body %S from %c" MAIL ": smtp:[::1]"),
	NOTED(1, "prepend", "%q: prepend: header Subject: warning: header %S "
	    "from %c" MAIL ": X-Seen: discard: header"),
	NOTED(1, "replace", "%q: replace: header Subject: %S from %c" MAIL
	    ": Subject: x"),
	NOTED(1, "strip", "%q: strip: header X-Secret: %S from %c" MAIL),
	NOTED(1, "bcc", "%q: bcc: header Subject: %S from %c" MAIL ": a@b"),
	NOTED(1, "pass", "%q: pass: header Subject: %S from %c" MAIL),
	NOTED(1, "milter_hold", "%q: milter-hold: END-OF-MESSAGE from %c: "
	    "milter triggers HOLD action" MAIL),
	OTHER(GROUP_CLEANUP_NOTE, 1, NULL, "cleanup",
	    "%q: milter-header-add: header X-Flag: yes from %c" MAIL),
	OTHER(GROUP_CLEANUP_NOTE, 1, NULL, "cleanup",
	    "%q: hold: subject %S from %c" MAIL),
	CLEANUP_REJECT(8, "5xx", NULL, "%q: reject: header Subject: %S from "
	    "%c" MAIL ": 5.7.1 message content rejected"),
	CLEANUP_REJECT(3, "5xx", NULL, "%q: reject: header Subject: %S from "
	    "local; from=<root@mx.example.net> to=<%t>: 5.7.1 message content "
	    "rejected"),
	CLEANUP_REJECT(3, "4xx", NULL, "%q: reject: header Subject: %S from "
	    "%c" MAIL ": 4.7.1 later"),
	CLEANUP_REJECT(2, "5xx", NULL, "%q: reject: body buy %S now from %c"
	    MAIL ": 5.7.0 spam phrase"),
	CLEANUP_REJECT(3, "5xx", "END-OF-MESSAGE", "%q: milter-reject: "
	    "END-OF-MESSAGE from %c: 5.7.1 virus found: %x" MAIL),
	CLEANUP_REJECT(3, "4xx", "END-OF-MESSAGE", "%q: milter-reject: "
	    "END-OF-MESSAGE from %c: 4.7.1 Service unavailable - try again "
	    "later" MAIL),
	CLEANUP_REJECT(1, "5xx", NULL, "%q: reject: mime-error improper use "
	    "of 8-bit data in message header: Subject: %S ?? from %c; "
	    "from=<%f> to=<%t>"),
	MOVES(GROUP_CLEANUP_REJECT, 2, "cleanup", "cleanup:discard",
	    "%q: discard: header Subject: %S from %c" MAIL ": 5.7.1 spam"),
	MOVES(GROUP_CLEANUP_REJECT, 1, "cleanup", "cleanup:milter_discard",
	    "%q: milter-discard: END-OF-MESSAGE from %c: milter triggers "
	    "DISCARD action" MAIL),
	MOVES(GROUP_CLEANUP_REJECT, 1, "cleanup", "cleanup:canceled",
	    "%q: removed (canceled)"),
	KNOWN(GROUP_CLEANUP_REJECT, 1, NULL, "cleanup",
	    "%q: removed (discarded)"),

	/* a content filter, and back; configured.yml names it */
	DELIVER(GROUP_TO_FILTER, 3, "amavis", "smtp", NULL, "sent", NULL, NULL,
	    "127.0.0.1[127.0.0.1]:10024", "2.0.0", "sent",
	    "250 2.0.0 from MTA(smtp:[127.0.0.1]:10025): 250 2.0.0 Ok: queued "
	    "as %N"),
	PIPE(GROUP_TO_FILTER, 1, "spamd", "sent", "2.0.0",
	    "delivered via spamd service"),
	DELIVER(GROUP_FILTER_LATER, 3, "amavis", "smtp", NULL, "deferred", NULL,
	    NULL, "none", "4.4.1", "deferred",
	    "connect to 127.0.0.1[127.0.0.1]:10024: Connection refused"),
	DELIVER(GROUP_FILTER_LATER, 1, "amavis", "smtp", NULL, "softbounce",
	    NULL, NULL, "127.0.0.1[127.0.0.1]:10024", "5.7.1", "SOFTBOUNCE",
	    "host 127.0.0.1[127.0.0.1] said: 554 5.7.1 no (in reply to end of "
	    "DATA command)"),
	DELIVER(GROUP_FILTER_NEVER, 1, "amavis", "smtp", NULL, "bounced", "5xx",
	    NULL, "127.0.0.1[127.0.0.1]:10024", "5.7.1", "bounced",
	    "host 127.0.0.1[127.0.0.1] said: 554 5.7.1 no (in reply to end of "
	    "DATA command)"),
	PIPE(GROUP_FILTER_NEVER, 1, "spamd", "bounced", "5.3.0",
	    "Command died with status 1: \"/bin/false\""),
	LINE(GROUP_BACK, 3, KIND_CLIENT, "reinject", "smtpd", "NONE",
	    "%q: client=localhost[127.0.0.1]"),
	LINE(GROUP_BACK, 1, KIND_PICKUP, NULL, "pickup", "NONE",
	    "%q: uid=165 from=<%w>"),

	/* the queue manager and the delivery agents */
	LINE(GROUP_ACTIVE, 1, KIND_QUEUE_IN, NULL, "qmgr", NULL,
	    "%q: from=<%f>, size=%z, nrcpt=%n (queue active)"),
	KNOWN(GROUP_RETRY, 1, NULL, "qmgr",
	    "%q: from=<%f>, size=%z, nrcpt=%i (queue active)"),
	KNOWN(GROUP_SESSION_NOTE, 4, NULL, "smtp", "%q: " SAID
	    "450 4.2.0 %x (in reply to %g command)"),
	KNOWN(GROUP_SESSION_NOTE, 1, NULL, "smtp", "%q: " SAID "450 4.2.0 "
	    "to=<u@example.net>, relay=none, delay=0, delays=0/0/0/0, "
	    "dsn=5.0.0, status=bounced (x) (in reply to RCPT TO command)"),
	KNOWN(GROUP_SESSION_NOTE, 2, NULL, "smtp", "%q: " REFUSED
	    "421 4.7.0 %x"),
	KNOWN(GROUP_SESSION_NOTE, 1, NULL, "smtp", "%q: enabling PIX "
	    "workarounds: disable_esmtp delay_dotcrlf for %r:25"),
	KNOWN(GROUP_SESSION_NOTE, 1, NULL, "smtp",
	    "%q: Cannot start TLS: handshake failure"),
	KNOWN(GROUP_SESSION_NOTE, 1, NULL, "smtp", "Host offered STARTTLS: "
	    "[mx.example.net]"),
	KNOWN(GROUP_SESSION_NOTE, 1, NULL, "smtp", "certificate verification "
	    "failed for %r:25: untrusted issuer /CN=x"),
	KNOWN(GROUP_SESSION_NOTE, 1, NULL, "smtp", "SSL_connect:SSLv3/TLS write "
	    "client hello"),
	KNOWN(GROUP_SESSION_NOTE, 1, NULL, "smtp", "%r:25: depth=0 verify=1 "
	    "subject=/CN=Anonymous TLS connection established from x"),
	KNOWN(GROUP_SESSION_NOTE, 1, NULL, "smtp", "TLSRPT: status=success, "
	    "domain=example.net, receiving_mx=%r"),
	KNOWN(GROUP_SESSION_NOTE, 1, NULL, "smtp",
	    "%q: replace: header Subject: %S: Subject: x"),
	TLS(GROUP_SESSION_NOTE, 3, NULL, "smtp", "out", "Verified", "to %r:25",
	    "TLSv1.2", "ECDHE-RSA-AES256-GCM-SHA384", "(256/256 bits)"),
	TLS(GROUP_SESSION_NOTE, 1, "relay", "smtp", "out", "Trusted",
	    "to %r:587", "TLSv1.3", "TLS_AES_128_GCM_SHA256",
	    "(128/128 bits) key-exchange ECDHE (P-256)"),
	KNOWN(GROUP_SESSION_NOTE, 1, NULL, "tlsproxy", "Trusted TLS connection "
	    "established to %r:25: TLSv1.3 with cipher TLS_AES_128_GCM_SHA256 "
	    "(128/128 bits)"),
	KNOWN(GROUP_SESSION_NOTE, 1, NULL, "smtp", "Untrusted TLS connection "
	    "reused to %r:25: TLSv1.3 with cipher TLS_AES_128_GCM_SHA256 "
	    "(128/128 bits)"),
	KNOWN(GROUP_SESSION_NOTE, 1, NULL, "smtp", "certificate verification "
	    "failed for %r:25: untrusted issuer /CN=Anonymous TLS connection "
	    "established from a[1.2.3.4]: TLSv1 with cipher X (1/1 bits)"),
	OTHER(GROUP_SESSION_NOTE, 1, NULL, "smtp", "Doubtful TLS connection "
	    "established to %r:25: TLSv1.3 with cipher TLS_AES_128_GCM_SHA256 "
	    "(128/128 bits)"),
	KNOWN(GROUP_SESSION_NOTE, 2, NULL, "smtp",
	    "%q: lost connection with %r while sending %g"),
	KNOWN(GROUP_SESSION_NOTE, 1, "relay", "smtp",
	    "%q: conversation with %r timed out while sending %g"),
	FAILURE(3, NULL, "smtp", "timeout",
	    "connect to " MX ": Connection timed out"),
	FAILURE(1, "relay", "smtp", "timeout",
	    "connect to %r:587: Connection timed out"),
	FAILURE(1, NULL, "smtp", "timeout",
	    "%q: conversation with %r timed out" EARLY),
	FAILURE(2, NULL, "smtp", "refused",
	    "connect to " MX ": Connection refused"),
	FAILURE(1, NULL, "lmtp", "refused",
	    "connect to " LMTP ": Connection refused"),
	FAILURE(1, NULL, "smtp", "unreachable",
	    "connect to " MX ": No route to host"),
	FAILURE(1, "relay", "smtp", "unreachable",
	    "connect to %r:587: Network is unreachable"),
	FAILURE(1, NULL, "smtp", "tls",
	    "SSL_connect error to %r:25: lost connection"),
	FAILURE(1, "outbound", "smtp", "tls", "SSL_connect error to %r:25: -1"),
	FAILURE(1, NULL, "smtp", "lost", "%q: lost connection with %r" EARLY),
	FAILURE(1, "relay", "smtp", "lost", "%q: lost connection with %r while "
	    "performing the EHLO handshake"),
	FAILURE(1, NULL, "lmtp", "lost", "%q: lost connection with " LMTP
	    " while performing the LHLO handshake"),
	FAILURE(1, NULL, "lmtp", "other",
	    "connect to " LMTP ": No such file or directory"),

	SENT(60, NULL, "smtp", MX, "2.0.0", "250 2.0.0 Ok: queued as %X"),
	SENT(20, NULL, "smtp", MX, "2.6.0", "250 2.6.0 %x"),
	SENT(25, "relay", "smtp", "%r:587", "2.0.0",
	    "250 2.0.0 Ok: queued as %X"),
	SENT(2, NULL, "smtp", MX, "2.0.0", "250 ok status=bounced dsn=5.0.0"),
	SENT(2, NULL, "smtp", MX, "2.0.0", "250 " SAID "550 5.1.1 no"),
	SENT(1, NULL, "smtp", MX, "2.0.0", "250 2.0.0 %L"),
	OLD(2, NULL, "smtp", "%r", "250 Ok: queued as %X dsn=2.1.5, status=x"),
	SENT(20, NULL, "lmtp", LMTP, "2.0.0", "250 2.0.0 <%t> %X Saved"),
	SENT(15, NULL, "local", "local", "2.0.0", "delivered to mailbox"),
	SENT(5, NULL, "local", "local", "2.0.0",
	    "delivered to command: /usr/bin/procmail -a \"$EXTENSION\""),
	SENT(10, NULL, "virtual", "virtual", "2.0.0", "delivered to maildir"),
	SENT(4, NULL, "discard", "none", "2.0.0", "gone"),
	SENT(2, "silent", "discard", "none", "2.0.0", "no such mail wanted"),
	PIPE(GROUP_SENT, 10, "legal", "sent", "2.0.0",
	    "delivered via legal service"),
	PIPE(GROUP_SENT, 1, "legal", "sent", "2.0.0",
	    "delivered via legal service (forwarded as %X)"),
	PIPE(GROUP_SENT, 8, "dovecot", "sent", "2.0.0",
	    "delivered via dovecot service"),
	DELIVER(GROUP_FORWARDED, 3, NULL, "local", NULL, "forwarded", NULL,
	    NULL, "local", "2.0.0", "sent", "forwarded as %N"),

	DEFERRED(12, NULL, "smtp", "4xx", MX, "4.2.0",
	    SAID "450 4.2.0 <%t>: %x (in reply to %g command)"),
	DEFERRED(4, NULL, "smtp", "4xx", MX, "4.7.1",
	    SAID "451 4.7.1 status=sent (250 queued (in reply to %g command)"),
	DEFERRED(3, NULL, "smtp", "4xx", MX, "4.2.0",
	    SAID "451-4.2.0 first 550 5.1.1 451 4.2.0 %x "
	    "(in reply to %g command)"),
	DEFERRED(4, NULL, "smtp", "4xx", MX, "4.7.0", REFUSED
	    "421 4.7.0 %x"),
	DEFERRED(2, NULL, "smtp", "5xx", MX, "4.0.0", REFUSED
	    "554 %r ESMTP not accepting messages"),
	DEFERRED(1, NULL, "smtp", "4xx", MX, "4.0.0", SAID "450 %L"),
	DEFERRED(4, "relay", "smtp", "4xx", MX, "4.3.2",
	    SAID "452 4.3.2 %x (in reply to %g command)"),
	DEFERRED(5, NULL, "smtp", NULL, "none", "4.4.1",
	    "connect to " MX ": Connection timed out"),
	DEFERRED(3, "relay", "smtp", NULL, "none", "4.4.1",
	    "connect to %r:587: Connection refused"),
	NAMELESS(GROUP_DEFERRED, 2, NULL, "smtp", "deferred", "4.4.3",
	    "type=MX: Host not found, try again"),
	NAMELESS(GROUP_DEFERRED, 1, "relay", "smtp", "deferred", "4.4.3",
	    "type=A: Host not found, try again"),
	NAMELESS(GROUP_DEFERRED, 1, NULL, "lmtp", "deferred", "4.4.3",
	    "type=AAAA: Host not found, try again"),
	DEFERRED(2, NULL, "smtp", NULL, MX, "4.4.2",
	    "lost connection with %r while sending %g"),
	DEFERRED(2, NULL, "smtp", NULL, MX, "4.4.2",
	    "conversation with %r timed out while sending %g"),
	DEFERRED(1, NULL, "smtp", NULL, MX, "4.4.2", "lost connection: "
	    SAID "450 4.2.0 not at the start"),
	DEFERRED(1, NULL, "smtp", NULL, MX, "4.7.5",
	    "Server certificate not trusted"),
	DEFERRED(3, NULL, "lmtp", "4xx", LMTP, "4.2.2",
	    LMTP_SAID "452 4.2.2 <%t> Quota exceeded (mailbox for user is "
	    "full) (in reply to end of DATA command)"),
	DEFERRED(1, NULL, "lmtp", NULL, "none", "4.4.1",
	    "connect to " LMTP ": Connection refused"),
	DEFERRED(1, NULL, "local", NULL, "local", "4.2.0", "cannot update "
	    "mailbox /var/mail/root for user root. unable to lock for "
	    "exclusive access: Resource temporarily unavailable"),
	DEFERRED(1, NULL, "virtual", NULL, "virtual", "4.2.0",
	    "maildir delivery failed: create maildir file: Permission denied"),
	PIPE(GROUP_DEFERRED, 2, "legal", "deferred", "4.3.0",
	    "temporary failure. Command output: " SAID "451 4.7.1 %x"),
	PIPE(GROUP_DEFERRED, 1, "dovecot", "deferred", "4.3.0",
	    "temporary failure"),
	DEFERRED(4, NULL, "error", NULL, "none", "4.2.0",
	    "delivery temporarily suspended: " SAID "450 4.2.0 %x "
	    "(in reply to RCPT TO command)"),
	DEFERRED(2, NULL, "error", NULL, "none", "4.4.1",
	    "delivery temporarily suspended: connect to " MX
	    ": Connection refused"),
	DEFERRED(1, NULL, "error", NULL, "none", "4.4.3",
	    "delivery temporarily suspended: " NO_NAME "type=MX: Host not "
	    "found, try again"),
	DEFERRED(2, "retry", "error", NULL, "none", "4.4.1",
	    "delivery temporarily suspended: " REFUSED "421 4.7.0 %x"),
	DEFERRED(1, NULL, "qmgr", NULL, "none", "4.3.0",
	    "mail transport unavailable"),
	SOFTBOUNCE(2, NULL, "smtp", MX, "5.1.1",
	    SAID "550 5.1.1 <%t>: %x (in reply to RCPT TO command)"),
	SOFTBOUNCE(1, NULL, "local", "local", "5.1.1", "unknown user: \"%w\""),
	SOFTBOUNCE(1, NULL, "smtp", "none", "5.4.4",
	    NO_NAME "type=AAAA: Host not found"),

	BOUNCED(12, NULL, "smtp", "5xx", MX, "5.1.1",
	    SAID "550 5.1.1 <%t>: %x (in reply to %g command)"),
	BOUNCED(5, NULL, "smtp", "5xx", MX, "5.7.1",
	    SAID "550-5.7.1 [192.0.2.1] 421 550 5.7.1 %x (in reply to end of "
	    "DATA command)"),
	BOUNCED(2, NULL, "smtp", "4xx", MX, "5.0.0",
	    SAID "450 4.1.1 unverified (in reply to RCPT TO command)"),
	BOUNCED(4, "relay", "smtp", "5xx", MX, "5.7.1",
	    SAID "554 5.7.1 %x (in reply to %g command)"),
	BOUNCED(1, "relay", "smtp", "5xx", MX, "5.7.1", REFUSED
	    "550 5.7.1 %x"),
	DELIVER(GROUP_BOUNCED, 3, NULL, "smtp", NULL, "bounced", NULL, "dns",
	    "none", "5.4.4", "bounced",
	    "unable to look up host %D: Name or service not known"),
	NAMELESS(GROUP_BOUNCED, 2, NULL, "smtp", "bounced", "5.4.4",
	    "type=AAAA: Host not found"),
	BOUNCED(1, NULL, "smtp", NULL, MX, "5.3.4",
	    "message size %k exceeds size limit 10240000 of server %r"),
	BOUNCED(1, NULL, "smtp", NULL, "none", "5.6.7",
	    "SMTPUTF8 is required, but was not offered by host %r"),
	BOUNCED(2, NULL, "lmtp", "5xx", LMTP, "5.1.1",
	    LMTP_SAID "550 5.1.1 <%t> User doesn't exist: %w "
	    "(in reply to RCPT TO command)"),
	BOUNCED(3, NULL, "local", NULL, "local", "5.1.1",
	    "unknown user: \"%w\""),
	BOUNCED(3, NULL, "virtual", NULL, "virtual", "5.1.1",
	    "unknown user: \"%w@example.net\""),
	PIPE(GROUP_BOUNCED, 2, "legal", "bounced", "5.3.0",
	    "Command died with status 1: \"/bin/false\""),
	BOUNCED(3, NULL, "error", NULL, "none", "5.1.1",
	    "mail for this domain not accepted"),
	BOUNCED(1, NULL, "cleanup", NULL, "none", "5.7.1",
	    "message content rejected"),
	BOUNCED(1, NULL, "smtp", NULL, "none", "5.0.0",
	    "a%0b status=sent (250 ok)"),
	BOUNCED(1, NULL, "smtp", NULL, "none", "5.6.7", "%U is not UTF-8"),
	PROBE(3, "smtp", MX, "2.1.5", "deliverable", "250 2.1.5 Ok"),
	PROBE(2, "smtp", MX, "5.1.1", "undeliverable",
	    SAID "550 5.1.1 <%t>: %x (in reply to RCPT TO command)"),
	PROBE(1, "local", "local", "2.0.0", "deliverable",
	    "delivers to mailbox"),
	OUT(GROUP_NOTICE, 5, "bounce", "bounce_sent",
	    "%q: sender non-delivery notification: %N"),
	KNOWN(GROUP_NOTICE, 1, NULL, "bounce",
	    "%q: postmaster non-delivery notification: %N"),
	KNOWN(GROUP_NOTICE, 1, NULL, "bounce",
	    "%q: sender delivery status notification: %N"),
	OUT(GROUP_REMOVED, 1, "qmgr", "removed", "%q: removed"),
	OUT(GROUP_EXPIRED, 5, "qmgr", "expired",
	    "%q: from=<%f>, status=expired, returned to sender"),
	OUT(GROUP_EXPIRED, 1, "qmgr", "force_expired",
	    "%q: from=<%f>, status=force-expired, returned to sender"),

	/* what smtpd says no to */
	REJECT(8, "NOQUEUE: reject", "5xx", "RCPT", "554", "5.7.1 <%t>: Relay "
	    "access denied" MAIL),
	REJECT(8, "NOQUEUE: reject", "5xx", "RCPT", "550", "5.1.1 <%t>: "
	    "Recipient address rejected: User unknown in local recipient "
	    "table" MAIL),
	REJECT(8, "NOQUEUE: reject", "4xx", "RCPT", "450", "4.2.0 <%t>: "
	    "Recipient address rejected: Greylisted" MAIL),
	REJECT(6, "NOQUEUE: reject", "5xx", "RCPT", "554", "5.7.1 Service "
	    "unavailable; Client host [%a] blocked using zen.spamhaus.org; "
	    "https://www.spamhaus.org/query/ip/%a" MAIL),
	REJECT(4, "NOQUEUE: reject", "4xx", "RCPT", "450", "4.7.1 <%e>: Helo "
	    "command rejected: Host not found" MAIL),
	REJECT(3, "NOQUEUE: reject", "5xx", "EHLO", "504", "5.5.2 <%e>: Helo "
	    "command rejected: need fully-qualified hostname; proto=SMTP "
	    "helo=<%e>"),
	REJECT(3, "NOQUEUE: reject", "4xx", "CONNECT", "450", "4.7.25 Client "
	    "host rejected: cannot find your hostname, [%a]; proto=SMTP"),
	REJECT(2, "NOQUEUE: reject", "5xx", "MAIL", "552", "5.3.4 Message "
	    "size exceeds fixed limit; proto=ESMTP helo=<%e>"),
	REJECT(2, "NOQUEUE: reject", "4xx", "MAIL", "452", "4.3.1 "
	    "Insufficient system storage; from=<%f> proto=ESMTP helo=<%e>"),
	REJECT(2, "NOQUEUE: reject", "5xx", "VRFY", "550", "5.1.1 <%w>: "
	    "Recipient address rejected: User unknown; to=<%w> proto=SMTP "
	    "helo=<%e>"),
	REJECT(2, "NOQUEUE: reject", "5xx", "RCPT", "553", "5.7.1 <%f>: "
	    "Sender address rejected: not owned by user u status=sent (x" MAIL
	    " sasl_method=PLAIN sasl_username=u status=sent (x"),
	REJECT(1, "NOQUEUE: reject", "5xx", "RCPT", "521", "5.7.1 reject: "
	    "RCPT from a[192.0.2.1]: 450 4.7.1 x" MAIL),
	REJECT(1, "NOQUEUE: reject", "4xx", "RCPT", "451", "4.3.5 Server "
	    "configuration error" MAIL),
	REJECT(1, "NOQUEUE: reject", "4xx", "RCPT", "421", "4.3.0 <%t> Server "
	    "local data error" MAIL),
	REJECT(2, "%q: reject", "5xx", "RCPT", "554", "5.7.1 <%t>: Recipient "
	    "address rejected: Access denied" MAIL),
	REJECT(2, "%q: reject", "5xx", "DATA", "550", "5.5.3 <DATA>: Data "
	    "command rejected: Multi-recipient bounce" MAIL),
	REJECT(1, "%q: reject", "5xx", "BDAT", "550", "5.5.3 <BDAT>: Data "
	    "command rejected: Multi-recipient bounce" MAIL),
	REJECT(1, "%q: reject", "4xx", "END-OF-MESSAGE", "450", "4.7.1 <%e>: "
	    "End-of-data rejected: %x" MAIL),
	REJECT(2, "%q: milter-reject", "5xx", "RCPT", "550", "5.7.1 Command "
	    "rejected" MAIL),
	REJECT(1, "NOQUEUE: milter-reject", "4xx", "CONNECT", "451", "4.7.1 "
	    "Service unavailable - try again later; proto=SMTP"),
	REFUSE(GROUP_SMTPD_REJECT, 1, "*", "smtpd", "4xx", "DATA", "421",
	    "%q: reject: DATA content from %c: 421 4.3.0 mx1 Server local "
	    "data error"),
	REFUSE(GROUP_SMTPD_REJECT, 1, "*", "smtpd", "5xx", "RSET", NULL,
	    "NOQUEUE: reject: RSET from %c: bare <LF> received; proto=ESMTP "
	    "helo=<%e>"),
	REFUSE(GROUP_SMTPD_REJECT, 1, "*", "smtpd", "5xx", "RCPT", "other",
	    "NOQUEUE: reject: RCPT from %c: 571 5.7.1 %x" MAIL),
	PROXY_REJECT(1, "5xx", "END-OF-MESSAGE", "554", "5.7.1 Rejected, "
	    "id=%i; from=<%f> to=<%t> proto=ESMTP helo=<%e>"),
	PROXY_REJECT(1, "4xx", "END-OF-MESSAGE", "451", "4.3.0 Error: queue "
	    "file write error; from=<%f> to=<%t> proto=ESMTP helo=<%e>"),

	NOTE(4, KIND_KNOWN, "NOQUEUE: reject_warning: RCPT from %c: 554 5.7.1 "
	    "Service unavailable; Client host [%a] blocked using "
	    "zen.spamhaus.org; reject: RCPT from x[192.0.2.1]" MAIL),
	NOTE(1, KIND_KNOWN, "%q: reject_warning: DATA from %c: 450 4.7.1 <%e>: "
	    "Helo command rejected: Host not found" MAIL),
	NOTE(3, KIND_KNOWN, "NOQUEUE: client=%c"),
	ABORT(4, "", "smtpd_lost", "lost connection", "RCPT", ""),
	ABORT(2, "NOQUEUE: ", "smtpd_lost", "lost connection", "CONNECT", ""),
	ABORT(1, "%q: ", "smtpd_lost", "lost connection", "BDAT",
	    " (%k bytes)"),
	ABORT(2, "", "smtpd_timeout", "timeout", "DATA", " (%k bytes)"),
	ABORT(1, "NOQUEUE: ", "smtpd_timeout", "timeout", "END-OF-MESSAGE", ""),
	ABORT(1, "", "smtpd_error_limit", "too many errors", "RCPT", ""),
	ABORT(1, "%q: ", "smtpd_error_limit", "too many errors", "AUTH", ""),
	NOTE(1, KIND_PIPELINING, "improper command pipelining after AUTH from "
	    "%c: QUIT\\r\\nNOQUEUE: reject: RCPT from x[192.0.2.1]: 554 "
	    "5.7.1 x"),
	NOTE(1, KIND_TLS_FAILURE, "SSL_accept error from %c: lost connection"),
	NOTE(1, KIND_OTHER, "SSL_accept error"),
	NOTE(1, KIND_KNOWN, "NOQUEUE: discard: RCPT from %c: <%t>: Recipient "
	    "address reject: RCPT from x[192.0.2.1]: 554 5.7.1 x" MAIL),
	NOTE(1, KIND_KNOWN, "%q: hold: RCPT from %c: <%t>: Recipient address "
	    "triggers HOLD action" MAIL),
	NOTE(1, KIND_OTHER, "%q: hold: %c: lost connection after RCPT from "
	    "x[192.0.2.1]"),
	NOTE(1, KIND_KNOWN, "proxy-accept: END-OF-MESSAGE: 250 2.0.0 Ok: "
	    "queued as %X; from=<%f> to=<%t> proto=ESMTP helo=<%e>"),
	LOGIN(3, "LOGIN", "LOGIN authentication failed: UGFzc3dvcmQ6"),
	LOGIN(2, "PLAIN", "PLAIN authentication failed: (reason "
	    "unavailable), sasl_username=x, sasl_method=PLAIN, "
	    "client=trusted[10.0.0.1]"),
	LOGIN(1, "CRAM-MD5", "cram-md5 authentication aborted"),
	LOGIN(1, "other", "XYZZY authentication failed: SASL PLAIN "
	    "authentication failed: Invalid authentication mechanism"),
	NOTE(1, KIND_NAME, "warning: hostname %D does not resolve to address "
	    "%a: Name or service not known"),
	WARNING(1, "Connection rate limit exceeded: %i from %c for service "
	    "smtpd"),
	WARNING(1, "NOQUEUE: reject: RCPT from %c: 554 5.7.1 only a warning"
	    MAIL),
	WARNING(1, "non-SMTP command from %c: fatal: panic: GET / HTTP/1.1"),
	LINE(GROUP_DISCONNECT, 8, KIND_DISCONNECT, "*", "smtpd",
	    "ehlo+1 mail+1 rcpt+1 data+1 quit+1", "disconnect from %c "
	    "ehlo=1 mail=1 rcpt=1 data=1 quit=1 commands=5"),
	LINE(GROUP_DISCONNECT, 2, KIND_DISCONNECT, "*", "smtpd",
	    "ehlo+1 auth-3 rcpt-1",
	    "disconnect from %c ehlo=1 auth=0/3 rcpt=0/1 commands=1/5"),
	LINE(GROUP_DISCONNECT, 2, KIND_DISCONNECT, "*", "smtpd",
	    "ehlo+2 starttls+1 auth+1 mail+2 rcpt+3 rcpt-2 data+2 quit+1",
	    "disconnect from %c ehlo=2 starttls=1 auth=1 mail=2 rcpt=3/5 "
	    "data=2 quit=1 commands=12/14 notes=bare_lf"),
	LINE(GROUP_DISCONNECT, 1, KIND_DISCONNECT, "*", "smtpd",
	    "helo+1 unknown-4 other+1",
	    "disconnect from %c helo=1 xyzzy=1 unknown=0/4 commands=2/6"),
	LINE(GROUP_DISCONNECT, 1, KIND_DISCONNECT, "*", "smtpd", "",
	    "disconnect from %c commands=0/0"),
	LINE(GROUP_DISCONNECT, 1, KIND_OTHER, "*", "smtpd", NULL,
	    "disconnect from %c ehlo=1 status=sent (250 x) commands=1"),
	LINE(GROUP_DISCONNECT, 1, KIND_DISCONNECT, "*", "smtpd", NULL,
	    "disconnect from %c"),

	/* postscreen */
	SCREEN(GROUP_SCREEN_CONNECT, 9, "connect",
	    "CONNECT from [%a]:%P to [192.0.2.10]:25"),
	SCREEN(GROUP_SCREEN_CONNECT, 1, "connect", "CONNECT from [%a]:%P"),
	LISTED(3, "zen.spamhaus.org",
	    "addr %a listed by domain zen.spamhaus.org as 127.0.0.4"),
	LISTED(1, "mail.example.com", "addr 2001:db8::1 listed by domain "
	    "0123456789abcdef0123456789abcdef.mail.example.com as 127.0.0.2"),
	SCREEN(GROUP_SCREEN_TEST, 2, "pregreet",
	    "PREGREET %i after 0.08 from [%a]:%P: EHLO ylmf-pc\\r\\n"),
	SCREEN(GROUP_SCREEN_TEST, 1, "pregreet", "PREGREET %i after "
	    "0.05 from [%a]:%P: NOQUEUE: reject: RCPT from [192.0.2.1]:1: 550 "
	    "5.7.1"),
	RANKED(1, "1"),
	RANKED(1, "7"),
	RANKED(1, "21"),
	SCREEN(GROUP_SCREEN_TEST, 1, "hangup",
	    "HANGUP after 2.5 from [%a]:%P in tests after SMTP handshake"),
	SCREEN(GROUP_SCREEN_TEST, 1, "hangup",
	    "HANGUP after 0 from [%a]:%P in tests before SMTP handshake"),
	SCREEN(GROUP_SCREEN_TEST, 1, "bare_newline",
	    "BARE NEWLINE from [%a]:%P after MAIL FROM:<%f>"),
	SCREEN(GROUP_SCREEN_TEST, 1, "non_smtp_command", "NON-SMTP COMMAND "
	    "from [%a]:%P after CONNECT: GET / HTTP/1.1"),
	SCREEN(GROUP_SCREEN_TEST, 1, "command_pipelining", "COMMAND "
	    "PIPELINING from [%a]:%P after EHLO: PASS NEW [%a]:%P\\r\\n"),
	SCREEN(GROUP_SCREEN_TEST, 1, "command_count_limit",
	    "COMMAND COUNT LIMIT from [%a]:%P after RCPT"),
	SCREEN(GROUP_SCREEN_TEST, 1, "command_length_limit",
	    "COMMAND LENGTH LIMIT from [%a]:%P after CONNECT"),
	SCREEN(GROUP_SCREEN_TEST, 1, "no_recipient",
	    "DATA without valid RCPT from [%a]:%P"),
	OTHER(GROUP_SCREEN_TEST, 1, NULL, "postscreen",
	    "COMMAND FASHION LIMIT from [%a]:%P after CONNECT"),
	MOVES(GROUP_SCREEN_TEST, 1, "tlsproxy", "tlsproxy:connect",
	    "CONNECT from [%a]:%P"),
	MOVES(GROUP_SCREEN_TEST, 1, "tlsproxy", "tlsproxy:disconnect",
	    "DISCONNECT [%a]:%P"),
	MOVES(GROUP_SCREEN_TEST, 1, "tlsproxy", "tlsproxy:handshake_failed",
	    "TLS handshake failed for service=smtpd peer=[%a]:%P"),
	SCREEN(GROUP_SCREEN_END, 4, "pass_new", "PASS NEW [%a]:%P"),
	SCREEN(GROUP_SCREEN_END, 4, "pass_old", "PASS OLD [%a]:%P"),
	SCREEN(GROUP_SCREEN_END, 4, "disconnect", "DISCONNECT [%a]:%P"),
	SCREEN(GROUP_SCREEN_END, 1, "allow", "ALLOWLISTED [%a]:%P"),
	SCREEN(GROUP_SCREEN_END, 1, "allow", "WHITELISTED [%a]:%P"),
	SCREEN(GROUP_SCREEN_END, 1, "deny", "DENYLISTED [%a]:%P"),
	SCREEN(GROUP_SCREEN_END, 1, "deny", "BLACKLISTED [%a]:%P"),
	SCREEN(GROUP_SCREEN_END, 1, "allow_veto", "ALLOWLIST VETO [%a]:%P"),
	SCREEN(GROUP_SCREEN_END, 1, "command_time_limit",
	    "COMMAND TIME LIMIT from [%a]:%P after CONNECT"),
	SCREEN_REJECT(5, "5xx", "RCPT", "550", "550 5.7.1 Service "
	    "unavailable; client [%a] blocked using zen.spamhaus.org; "
	    "from=<%f>, to=<%t>, proto=ESMTP, helo=<%e>"),
	SCREEN_REJECT(3, "4xx", "RCPT", "450", "450 4.3.2 Service currently "
	    "unavailable; from=<%f>, to=<%t>, proto=ESMTP, helo=<%e>"),
	SCREEN_REJECT(1, "4xx", "CONNECT", "421", "too many connections"),
	SCREEN_REJECT(1, "4xx", "CONNECT", "421", "all screening ports busy"),
	SCREEN_REJECT(1, "4xx", "CONNECT", "421", "all server ports busy"),

	/* the rest of Postfix */
	MOVES(GROUP_NOISE, 6, "anvil", "anvil:max_connection_rate=7",
	    "statistics: max connection rate 7/60s for (smtp:%a) at Nov 30 "
	    "23:55:01"),
	MOVES(GROUP_NOISE, 1, "anvil", "anvil:max_connection_rate=12",
	    "statistics: max connection rate 12/60s for (submission:%a) at "
	    "Nov 30 23:55:01"),
	MOVES(GROUP_NOISE, 1, "anvil", "anvil:max_connection_count=3",
	    "statistics: max connection count 3 for (smtp:%a) at Nov 30 "
	    "23:55:01"),
	MOVES(GROUP_NOISE, 1, "anvil", "anvil:max_message_rate=4",
	    "statistics: max message rate 4/60s for (smtp:%a) at Nov 30 "
	    "23:55:01"),
	MOVES(GROUP_NOISE, 1, "anvil", "anvil:max_recipient_rate=5",
	    "statistics: max recipient rate 5/60s for (smtp:2001:db8::1) at "
	    "Nov 30 23:55:01"),
	MOVES(GROUP_NOISE, 1, "anvil", "anvil:max_newtls_rate=6",
	    "statistics: max newtls rate 6/60s for (smtp:%a) at Nov  3 "
	    "23:55:01"),
	MOVES(GROUP_NOISE, 1, "anvil", "anvil:max_auth_rate=2",
	    "statistics: max auth rate 2/60s for (smtps:%a) at Nov 30 "
	    "23:55:01"),
	MOVES(GROUP_NOISE, 2, "anvil", "anvil:max_cache_size=9",
	    "statistics: max cache size 9 at Nov 30 23:55:01"),
	KNOWN(GROUP_NOISE, 2, NULL, "scache", "statistics: start interval "
	    "Nov 30 23:50:00"),
	MOVES(GROUP_NOISE, 1, "scache",
	    "scache:domain_hits+2 scache:domain_misses+1",
	    "statistics: domain lookup hits=2 miss=1 success=66%%"),
	MOVES(GROUP_NOISE, 1, "scache",
	    "scache:address_hits+0 scache:address_misses+3",
	    "statistics: address lookup hits=0 miss=3 success=0%%"),
	MOVES(GROUP_NOISE, 1, "scache", "scache:max_domains=1 "
	    "scache:max_addresses=2 scache:max_connections=3",
	    "statistics: max simultaneous domains=1 addresses=2 connection=3"),
	MOVES(GROUP_NOISE, 2, "verify",
	    "verify:cache_retained=17 verify:cache_dropped+4",
	    "cache btree:/var/lib/postfix/verify_cache full cleanup: "
	    "retained=17 dropped=4 entries"),
	MOVES(GROUP_NOISE, 1, "postscreen",
	    "postscreen_cache:retained=8 postscreen_cache:dropped+5",
	    "cache lmdb:/var/lib/postfix/postscreen_cache partial cleanup: "
	    "retained=8 dropped=5 entries"),
	SCREEN(GROUP_NOISE, 1, "stress",
	    "entering STRESS mode with 90 connections"),
	KNOWN(GROUP_NOISE, 1, NULL, "postscreen",
	    "leaving STRESS mode with 70 connections"),
	KNOWN(GROUP_NOISE, 1, NULL, "postsuper", "%X: removed"),
	KNOWN(GROUP_NOISE, 1, NULL, "postsuper", "%X: placed on hold"),
	MOVES(GROUP_NOISE, 1, "postsuper", "postsuper:deleted",
	    "Deleted: 1 message"),
	MOVES(GROUP_NOISE, 1, "postsuper", "postsuper:held+3",
	    "Placed on hold: 3 messages"),
	MOVES(GROUP_NOISE, 1, "postsuper", "postsuper:released+2",
	    "Released from hold: 2 messages"),
	MOVES(GROUP_NOISE, 1, "postsuper", "postsuper:requeued+4",
	    "Requeued: 4 messages"),
	MOVES(GROUP_NOISE, 1, "postsuper", "postsuper:expired+5",
	    "Force-expired: 5 messages"),
	MOVES(GROUP_NOISE, 1, "postsuper", "postsuper:renamed+6",
	    "Renamed to match inode number: 6 messages"),
	KNOWN(GROUP_NOISE, 1, NULL, "master", "daemon started -- version "
	    "3.7.11, configuration /etc/postfix"),
	KNOWN(GROUP_NOISE, 1, NULL, "master",
	    "reload -- version 3.7.11, configuration /etc/postfix"),
	KNOWN(GROUP_NOISE, 1, NULL, "postfix-script",
	    "refreshing the Postfix mail system"),
	KNOWN(GROUP_NOISE, 1, NULL, "qmgr",
	    "%X: skipped, still being delivered"),
	/* in the queue since before the log began */
	KNOWN(GROUP_NOISE, 3, NULL, "qmgr",
	    "%X: from=<%f>, size=%z, nrcpt=%i (queue active)"),
	LEVEL(1, "master", "warning",
	    "process /usr/lib/postfix/sbin/smtpd pid %P exit status 1"),
	LEVEL(1, "qmgr", "warning", "please avoid flushing the whole queue "
	    "when you have lots of deferred mail"),
	LEVEL(1, "smtp", "warning", TRAP),
	LEVEL(1, "pickup", "warning",
	    "%X: message has been queued for 2 days"),
	LEVEL(1, "bounce", "warning",
	    "%X: undeliverable postmaster notification discarded"),
	LEVEL(1, "smtp", "error", "unsupported dictionary type: pcre"),
	LEVEL(1, "smtpd", "fatal", "no SASL authentication mechanisms"),
	LEVEL(1, "trivial-rewrite", "fatal", "open database "
	    "/etc/postfix/transport.db: No such file or directory"),
	LEVEL(1, "cleanup", "panic", "mymalloc: requested length 0"),
	KNOWN(GROUP_NOISE, 1, NULL, "trivial-rewrite",
	    "table btree:/etc/postfix/transport(0,lock|fold_fix) has changed "
	    "-- restarting"),

	/* other programs, and what is no line of a log */
	LINE(GROUP_FOREIGN, 2, KIND_TOOL, NULL, "postfix[77]: ", NULL, "Postfix "
	    "is using backwards-compatible default settings"),
	FOREIGN(20, "dovecot: ", "imap-login: Login: user=<%w>, method=PLAIN, "
	    "rip=%a, lip=192.0.2.10, mpid=%P, TLS, session=<x>"),
	FOREIGN(8, "dovecot: ", "lmtp(%w)<%P><x>: msgid=<%k@%D>: saved mail to "
	    "INBOX"),
	FOREIGN(6, "opendkim[812]: ",
	    "%X: DKIM-Signature field added (s=mail, d=%D)"),
	FOREIGN(4, "sshd[4711]: ", "Invalid user postfix/smtp[1]: " TRAP
	    " from 203.0.113.9 port %P"),
	FOREIGN(2, "sshd[4711]: ", "Failed password for root from %a port %P"),
	FOREIGN(2, "kernel: ", "[%k.123456] TCP: request_sock_TCP: Possible "
	    "SYN flooding on port 25. Sending cookies."),
	FOREIGN(2, "CRON[990]: ", "(root) CMD (command -v debian-sa1 > "
	    "/dev/null && debian-sa1 1 1)"),
	FOREIGN(2, "systemd[1]: ", "Started postfix.service - Postfix Mail "
	    "Transport Agent."),
	FOREIGN(2, "policyd-spf[1234]: ", "prepend Received-SPF: Pass "
	    "(mailfrom) client-ip=%a; " TRAP),
	FOREIGN(2, "amavis[555]: ", "(%i-%i) Passed CLEAN, [%a] <%f> -> <%t>, "
	    "Message-ID: <%k@%D>, status=sent"),
	FOREIGN(1, "last ", "message repeated %i times"),
	MALFORMED(3, "something went wrong here"),
	MALFORMED(1, ""),
	MALFORMED(1, "    continued from the line before, status=sent (x)"),
	MALFORMED(1, "x1 postfix/smtp[1234]: " TRAP),
	MALFORMED(1, "Nov 30 23:59:59"),
	MALFORMED(1, "%0%0%0%0%0%0%0%0%0%0%0%0%0%0%0%0"),
	LINE(GROUP_MALFORMED, 1, KIND_BADTAG, NULL, "postfix/smtpd]x[1234]: ",
	    NULL, "connect from %c"),
	LINE(GROUP_OVERLONG, 1, KIND_OVERLONG, NULL, "smtp", NULL, TRAP),
};

/* clang-format on */

const size_t shape_count = COUNT(shapes);
