/*
 * `delivery` of a probe: where its mail has to arrive.
 */
#ifndef CONFIG_CONFIG_DELIVERY_H
#define CONFIG_CONFIG_DELIVERY_H

#include "lib/config/config_probe.h"

/* As libcyaml fills them in; what is left out is NULL. */
struct raw_imap {
	char *server, *port, *family, *starttls, *implicit_tls, *verify,
	    *tls_name, *ca_file, *ciphers, *tls_least, *sasl_authentication,
	    *user, *password, *password_file, *phase_deadline, *deadline;
};

struct raw_delivery {
	char *maildir;
	struct raw_imap *imap;
	char *mailbox, *spam, *poll, *timeout, *lost_after, *remove,
	    *authserv_id;
	bool flat; /* not in our file: a directory that does not end in new or
	              cur is no Maildir, mail is in it */
};

struct raw_probe;

/* Check it, if there is one, and set probe->delivery; all else of the probe is
   taken already.  Returns NULL, or the key at fault and what it should be; in
   either case probe->delivery is to be freed. */
const char *config_take_delivery(const struct raw_probe *raw,
    struct config_probe *probe, const char **wanted_r);

#endif
