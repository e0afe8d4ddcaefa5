/*
 * A Maildir or a mailbox of an IMAP server.  The latter's server is a probe of
 * its own, so that what is checked of one is checked of the other.
 */
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "lib/config/config_delivery.h"
#include "lib/config/config_probes.h"
#include "lib/config/config_read.h"
#include "lib/util/slice.h"

enum { STRING_MAX = 255, PAYLOAD_MAX = 32768 };

/* A delivery, and what it points to. */
struct kept {
	struct config_delivery delivery; /* first: what others see */
	struct config_probe imap;
	char maildir[STRING_MAX + 1], spam[2 * STRING_MAX + 2];
};

/* clang-format off */
#define FIELD(key, in, member) \
	CYAML_FIELD_STRING_PTR(key, \
	    CYAML_FLAG_POINTER | CYAML_FLAG_OPTIONAL, in, member, 1, STRING_MAX)
#define IMAP(member)     FIELD(#member, struct raw_imap, member)
#define DELIVERY(member) FIELD(#member, struct raw_delivery, member)

static const cyaml_schema_field_t imap_fields[] = {
	IMAP(server), IMAP(port), IMAP(family),
	IMAP(starttls), IMAP(implicit_tls), IMAP(verify), IMAP(tls_name),
	IMAP(ca_file), IMAP(ciphers), IMAP(tls_least),
	IMAP(sasl_authentication), IMAP(user), IMAP(password),
	IMAP(password_file), IMAP(phase_deadline), IMAP(deadline),
	CYAML_FIELD_END
};

const cyaml_schema_field_t config_delivery_fields[] = {
	DELIVERY(maildir),
	CYAML_FIELD_MAPPING_PTR("imap",
	    CYAML_FLAG_POINTER | CYAML_FLAG_OPTIONAL,
	    struct raw_delivery, imap, imap_fields),
	DELIVERY(mailbox), DELIVERY(spam), DELIVERY(poll), DELIVERY(timeout),
	DELIVERY(lost_after),
	FIELD("delete", struct raw_delivery, remove),
	DELIVERY(authserv_id),
	CYAML_FIELD_END
};
/* clang-format on */

/* --- the mail ------------------------------------------------------------- */

/* Whether each code lets the conversation go on to the end of the mail. */
static bool
go_on(const struct config_codes *codes, unsigned class)
{
	for (const unsigned *code = codes->code; *code != 0; code++) {
		unsigned first = *code;

		while (first >= 10)
			first /= 10;
		if (first != class)
			return (false);
	}
	return (true);
}

static const char *
check_expect(const struct config_expect *expect)
{
	const struct {
		const char *key;
		const struct config_codes *codes;
		unsigned class;
	} phases[] = {
		{ "expect/banner", &expect->banner, 2 },
		{ "expect/ehlo", &expect->ehlo, 2 },
		{ "expect/starttls", &expect->starttls, 2 },
		{ "expect/ehlo_tls", &expect->ehlo_tls, 2 },
		{ "expect/sasl_auth", &expect->sasl_auth, 2 },
		{ "expect/mailfrom", &expect->mailfrom, 2 },
		{ "expect/rcptto", &expect->rcptto, 2 },
		{ "expect/data", &expect->data, 3 },
		{ "expect/body", &expect->body, 2 },
	};

	for (size_t i = 0; i < COUNT(phases); i++)
		if (!go_on(phases[i].codes, phases[i].class))
			return (phases[i].key);
	return (NULL);
}

/* That there is a mail which can arrive. */
static const char *
take_mail(const struct raw_probe *raw, struct config_probe *probe,
    const char **wanted_r)
{
	*wanted_r = "body, with delivery";
	if (strcmp(probe->until, "body") != 0)
		return ("until");
	*wanted_r = "32768 bytes at most, with delivery";
	if (raw->payload == NULL)
		probe->payload = "";
	if (strlen(probe->payload) > PAYLOAD_MAX)
		return ("payload");
	*wanted_r = "codes of success, with delivery";
	return (check_expect(&probe->expect));
}

/* --- where it arrives ----------------------------------------------------- */

static size_t
without_slashes(const char *path, size_t len)
{
	while (len > 0 && path[len - 1] == '/')
		len--;
	return (len);
}

/* How long the path of a Maildir is without slashes at its end, new and cur. */
static size_t
maildir_len(const char *path)
{
	size_t len = without_slashes(path, strlen(path));

	if (len >= 4 &&
	    (memcmp(path + len - 4, "/new", 4) == 0 ||
		memcmp(path + len - 4, "/cur", 4) == 0))
		len = without_slashes(path, len - 4);
	return (len);
}

static const char *
take_maildir(
    const struct raw_delivery *raw, struct kept *kept, const char **wanted_r)
{
	size_t whole = without_slashes(raw->maildir, strlen(raw->maildir));
	size_t len = maildir_len(raw->maildir);
	const char *spam = raw->spam;

	*wanted_r = "the absolute path of a Maildir";
	if (raw->maildir[0] != '/' || len == 0)
		return ("delivery/maildir");
	(void)snprintf(kept->maildir, sizeof(kept->maildir), "%.*s", (int)len,
	    raw->maildir);
	kept->delivery.maildir = kept->maildir;
	kept->delivery.flat = raw->flat && len == whole;
	*wanted_r = "of imap";
	if (raw->mailbox != NULL)
		return ("delivery/mailbox");
	if (spam == NULL)
		return (NULL);
	*wanted_r = "a folder such as .Junk, or the absolute path of another "
		    "Maildir";
	if (spam[0] == '/')
		(void)snprintf(kept->spam, sizeof(kept->spam), "%.*s",
		    (int)maildir_len(spam), spam);
	else if (spam[0] == '.' && spam[strspn(spam, ".")] != '\0' &&
	    strchr(spam, '/') == NULL)
		(void)snprintf(kept->spam, sizeof(kept->spam), "%s/%s",
		    kept->maildir, spam);
	kept->delivery.spam = kept->spam;
	return (
	    kept->spam[0] != '\0' && strcmp(kept->spam, kept->maildir) != 0 ?
		NULL :
		"delivery/spam");
}

const char *
config_imap_key(const char *key)
{
	static const char *const same[] = { "delivery/imap/server",
		"delivery/imap/port", "delivery/imap/family",
		"delivery/imap/starttls", "delivery/imap/implicit_tls",
		"delivery/imap/verify", "delivery/imap/tls_name",
		"delivery/imap/ca_file", "delivery/imap/ciphers",
		"delivery/imap/tls_least", "delivery/imap/sasl_authentication",
		"delivery/imap/phase_deadline", "delivery/imap/deadline" };

	for (size_t i = 0; i < COUNT(same); i++)
		if (strcmp(strrchr(same[i], '/') + 1, key) == 0)
			return (same[i]);
	if (strcmp(key, "sasl_user") == 0)
		return ("delivery/imap/user");
	if (strcmp(key, "sasl_password") == 0)
		return ("delivery/imap/password");
	return (strcmp(key, "sasl_password_file") == 0 ?
		"delivery/imap/password_file" :
		"delivery/imap");
}

static const char *
take_server(const struct raw_imap *imap, const struct raw_probe *raw,
    struct kept *kept, const char **wanted_r)
{
	char *server = imap->server != NULL ? imap->server : raw->server;
	const struct raw_probe as_probe = { .name = raw->name,
		.server = server,
		.port = imap->port,
		.family = imap->family,
		.starttls = imap->starttls,
		.implicit_tls = imap->implicit_tls,
		.verify = imap->verify,
		.tls_name = imap->tls_name,
		.ca_file = imap->ca_file,
		.ciphers = imap->ciphers,
		.tls_least = imap->tls_least,
		.sasl_authentication = imap->sasl_authentication,
		.sasl_user = imap->user,
		.sasl_password = imap->password,
		.sasl_password_file = imap->password_file,
		.phase_deadline = imap->phase_deadline,
		.deadline = imap->deadline };
	const char *key = config_take_probe(&as_probe, &kept->imap, wanted_r);

	if (key != NULL && strcmp(key, "sasl_password_file") == 0)
		*wanted_r = "an absolute path or the name of a credential, "
			    "without password";
	if (key != NULL)
		return (config_imap_key(key));
	if (imap->implicit_tls == NULL)
		kept->imap.implicit_tls = !kept->imap.starttls;
	if (imap->port == NULL)
		kept->imap.port = kept->imap.implicit_tls ? 993 : 143;
	return (NULL);
}

static const char *
take_imap(const struct raw_delivery *raw, const struct raw_probe *probe,
    struct kept *kept, const char **wanted_r)
{
	const struct raw_imap *imap = raw->imap;
	const char *key;

	*wanted_r = "who logs in";
	if (imap->user == NULL)
		return ("delivery/imap/user");
	*wanted_r = "given, or password_file";
	if (imap->password == NULL && imap->password_file == NULL)
		return ("delivery/imap/password");
	key = take_server(imap, probe, kept, wanted_r);
	if (key != NULL)
		return (key);
	kept->delivery.imap = &kept->imap;
	kept->delivery.mailbox = raw->mailbox != NULL ? raw->mailbox : "INBOX";
	kept->delivery.spam = raw->spam;
	*wanted_r = "a mailbox, without control characters";
	if (!config_is_sendable(kept->delivery.mailbox, ""))
		return ("delivery/mailbox");
	*wanted_r = "another mailbox, without control characters";
	return (config_is_sendable(raw->spam, "") &&
		    (raw->spam == NULL ||
			strcmp(raw->spam, kept->delivery.mailbox) != 0) ?
		NULL :
		"delivery/spam");
}

static const char *
take_where(
    const struct raw_probe *raw, struct kept *kept, const char **wanted_r)
{
	const struct raw_delivery *delivery = raw->delivery;

	*wanted_r = "with maildir or imap";
	if (delivery->maildir == NULL && delivery->imap == NULL)
		return ("delivery");
	*wanted_r = "without maildir";
	if (delivery->maildir != NULL && delivery->imap != NULL)
		return ("delivery/imap");
	return (delivery->maildir != NULL ?
		take_maildir(delivery, kept, wanted_r) :
		take_imap(delivery, raw, kept, wanted_r));
}

/* --- until when ----------------------------------------------------------- */

static const char *
take_times(const struct raw_delivery *raw, struct config_delivery *delivery,
    const char **wanted_r)
{
	enum { DAY = 86400, WEEK = 7 * DAY };

	delivery->poll = 10;
	delivery->timeout = 180;
	delivery->lost_after = DAY;
	delivery->remove = true;
	delivery->authserv_id = raw->authserv_id;
	*wanted_r = "1 to 3600 seconds";
	if (!config_read_seconds(raw->poll, 1, 3600, &delivery->poll))
		return ("delivery/poll");
	*wanted_r = "1 to 86400 seconds";
	if (!config_read_seconds(raw->timeout, 1, DAY, &delivery->timeout))
		return ("delivery/timeout");
	*wanted_r = "1 to 604800 seconds, and not below timeout";
	if (!config_read_seconds(
		raw->lost_after, 1, WEEK, &delivery->lost_after) ||
	    delivery->lost_after < delivery->timeout)
		return ("delivery/lost_after");
	*wanted_r = "yes or no";
	if (!config_read_yes(raw->remove, &delivery->remove))
		return ("delivery/delete");
	*wanted_r = "a name, without blanks and semicolons";
	return (config_is_sendable(raw->authserv_id, " ;") ?
		NULL :
		"delivery/authserv_id");
}

/* --- all ------------------------------------------------------------------ */

const char *
config_take_delivery(const struct raw_probe *raw, struct config_probe *probe,
    const char **wanted_r)
{
	struct kept *kept;
	const char *key;

	if (raw->delivery == NULL)
		return (NULL);
	kept = calloc(1, sizeof(*kept));
	*wanted_r = "left out: there is no memory for it";
	if (kept == NULL)
		return ("delivery");
	probe->delivery = &kept->delivery;
	key = take_mail(raw, probe, wanted_r);
	if (key == NULL)
		key = take_where(raw, kept, wanted_r);
	if (key == NULL)
		key = take_times(raw->delivery, &kept->delivery, wanted_r);
	return (key);
}
