/*
 * `probing` and `probes` of the configuration: what postfix-stats-probe does.
 * All are checked but what needs the network, OpenSSL or a file's contents.
 */
#ifndef CONFIG_CONFIG_PROBE_H
#define CONFIG_CONFIG_PROBE_H

#include <stdbool.h>
#include <stdint.h>

enum { CONFIG_PROBES_MAX = 1024, CONFIG_CODES_MAX = 16 };

/* Common to all probes. */
struct config_probing {
	uint32_t capacity;       /* keys of probe.db */
	double publish_interval; /* seconds */
	unsigned under_way;      /* children at a time, at most */
	double server_pause;     /* seconds between two mails to one server */
};

enum config_protocol { SPEAK_SMTP, SPEAK_LMTP };
enum config_family { IP_ANY, IP_V4, IP_V6 };
enum config_proxy { PROXY_NONE, PROXY_V1, PROXY_V2 };
enum config_sasl {
	SASL_OFF,
	SASL_LOGIN,
	SASL_PLAIN,
	SASL_CRAM_MD5,
	SASL_SCRAM_SHA_1,
	SASL_SCRAM_SHA_256
};

/* Codes that a phase may end with, instead of what it is without them; ends with
   the first 0.  5 stands for 500 to 599, 55 for 550 to 559. */
struct config_codes {
	unsigned code[CONFIG_CODES_MAX + 1];
};

/* Phases that codes can be expected of. */
struct config_expect {
	struct config_codes banner, ehlo, starttls, ehlo_tls, sasl_auth,
	    mailfrom, rcptto, data, body;
};

struct config_probe;

/* Where a probe's mail has to arrive, and until when. */
struct config_delivery {
	const char *maildir; /* absolute, without new or cur; NULL: imap */
	bool flat; /* of maildir: mail is in it, not in its new and cur */
	/* The server: only server, port, family, TLS, SASL and deadlines are
	   used of it; SASL_OFF is the command LOGIN.  NULL: maildir. */
	const struct config_probe *imap;
	const char *mailbox; /* of IMAP: "INBOX" */
	const char *spam;    /* an absolute path, or a mailbox; NULL: none */
	double poll;         /* seconds between two looks where nothing tells */
	double timeout;      /* seconds since it was sent: later is late */
	double lost_after; /* seconds, timeout at least: not awaited further */
	bool remove;       /* mail that was found and counted */
	const char *authserv_id; /* NULL: nobody is believed */
};

struct config_probe {
	const char *name;
	const char
	    *server;   /* a name, an address, or an absolute path: a socket */
	unsigned port; /* 25 */
	enum config_protocol protocol;
	enum config_family family;
	const char *source_address; /* NULL: the system's choice */
	const char *ehlo;           /* NULL: this host's name */
	const char *from;           /* empty: <> */
	const char *to;
	const char *payload; /* "Subject: Testing" */
	const char *until;   /* the last phase before QUIT, by name; "body" */

	bool starttls, implicit_tls; /* one of them at most */
	bool starttls_if_offered;    /* as mailexporter's; not with these */
	bool verify;                 /* a bad certificate is result cert */
	const char *tls_name; /* of the certificate and SNI; NULL: server */
	const char *ca_file;  /* NULL: OpenSSL's defaults */
	const char *certificate_file, *key_file; /* our own; NULL: none */
	const char *ciphers;                     /* NULL: OpenSSL's defaults */
	const char *tls_least; /* "TLSv1" .. "TLSv1.3"; NULL: TLSv1.2, but for
	                          what OpenSSL is configured to */

	enum config_sasl sasl_authentication;
	const char *sasl_user, *sasl_auth_id;
	const char *sasl_password;      /* one of the two, or neither */
	const char *sasl_password_file; /* a path, or without a slash the name
	                                   of a credential of systemd */

	enum config_proxy proxy_protocol;
	const char *proxy_family; /* "TCP4" or "TCP6" */
	const char *proxy_source_address, *proxy_dest_address; /* NULL: the */
	const char *proxy_source_port, *proxy_dest_port; /* connection's own */

	struct config_expect expect;
	/* Keywords of EHLO, blanks or commas between; NULL: any.  In clear: the
	   first EHLO. */
	const char *ehlo_requires, *ehlo_forbids;
	const char *ehlo_tls_requires, *ehlo_tls_forbids;

	double phase_deadline, deadline; /* seconds: of each phase, of all */
	double interval;                 /* seconds from start to start */
	double jitter;                   /* percent of the interval */
	double retry_interval;           /* seconds; after `deferred` */
	double retry_deadline;           /* seconds in which it may be that */

	struct config_delivery *delivery; /* its own; NULL: not looked for */
};

/* What a key of delivery->imap is called in the file, for config_item_line(). */
const char *config_imap_key(const char *key);

#endif
