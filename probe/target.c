#include <netdb.h>
#include <stdlib.h>
#include <string.h>
#include <sys/socket.h>
#include <unistd.h>

#include "lib/util/secret.h"
#include "lib/util/slice.h"
#include "probe/password.h"
#include "probe/target.h"

enum { HOST_NAME = 256 };

/* What the resolver makes of a name without a domain. */
static void
canonical(const char *host, char name_r[HOST_NAME])
{
	const struct addrinfo hints = { .ai_flags = AI_CANONNAME,
		.ai_socktype = SOCK_STREAM };
	struct addrinfo *found;
	size_t len;

	name_r[0] = '\0';
	if (getaddrinfo(host, NULL, &hints, &found) != 0)
		return;
	len = found->ai_canonname != NULL ? strlen(found->ai_canonname) : 0;
	if (len > 0 && len < HOST_NAME &&
	    strchr(found->ai_canonname, '.') != NULL)
		memcpy(name_r, found->ai_canonname, len + 1);
	freeaddrinfo(found);
}

/* This host's name, asked for once in all probes as long as it stays the same;
   NULL: it has none that a server would take. */
static const char *
host_name(void)
{
	static char host[HOST_NAME], name[HOST_NAME];
	char now[HOST_NAME] = "";

	if (gethostname(now, sizeof(now) - 1) < 0)
		return (NULL);
	if (strcmp(now, host) != 0) {
		memcpy(host, now, sizeof(host));
		if (strchr(host, '.') != NULL)
			memcpy(name, host, sizeof(name));
		else
			canonical(host, name);
	}
	return (name[0] != '\0' ? name : NULL);
}

/* What a server would have to prove without a name, and what AUTH wants. */
static int
check(const struct target *target, const char **key_r, const char **error_r)
{
	const struct config_probe *config = target->config;

	if (target->tls != NULL && config->verify && config->tls_name == NULL &&
	    config->server[0] == '/') {
		*key_r = "tls_name";
		*error_r = "needed: the server is a socket, which no "
			   "certificate names";
		return (-1);
	}
	if (config->sasl_authentication == SASL_OFF)
		return (0);
	*key_r = config->sasl_user == NULL ? "sasl_user" : "sasl_password";
	*error_r = "needed for sasl_authentication";
	return (config->sasl_user != NULL && target->password != NULL ? 0 : -1);
}

/* The server that is asked for the mail is one more target. */
static int
imap_new(const struct config_probe *config, struct target *target,
    const char **key_r, const char **error_r)
{
	if (config->delivery == NULL || config->delivery->imap == NULL ||
	    target_new(config->delivery->imap, &target->imap, key_r, error_r) ==
		0)
		return (0);
	*key_r = config_imap_key(*key_r);
	return (-1);
}

int
target_new(const struct config_probe *config, struct target **target_r,
    const char **key_r, const char **error_r)
{
	struct target *target = calloc(1, sizeof(*target));

	*key_r = "name";
	*error_r = "no memory for the probe";
	if (target == NULL)
		return (-1);
	target->config = config;
	target->ehlo = config->ehlo != NULL ? config->ehlo : host_name();
	if (((!config->starttls && !config->implicit_tls &&
		 !config->starttls_if_offered) ||
		tls_new(config, &target->tls, key_r, error_r) == 0) &&
	    password_get(config, &target->password, &target->is_password_open,
		key_r, error_r) == 0 &&
	    check(target, key_r, error_r) == 0 &&
	    imap_new(config, target, key_r, error_r) == 0) {
		*target_r = target;
		return (0);
	}
	target_free(target);
	return (-1);
}

void
target_free(struct target *target)
{
	if (target == NULL)
		return;
	target_free(target->imap);
	tls_free(target->tls);
	secret_free(target->password);
	free(target);
}

/* Whether who listens on the way, or on this host, could have the password. */
static bool
is_clear(const struct target *target, bool is_imap)
{
	enum config_sasl sasl = target->config->sasl_authentication;

	return (target->tls == NULL && target->config->server[0] != '/' &&
	    (sasl == SASL_PLAIN || sasl == SASL_LOGIN ||
		(is_imap && sasl == SASL_OFF)));
}

const char *
target_warning(const struct target *target, unsigned number)
{
	const struct target *imap = target->imap;
	const struct {
		bool holds;
		const char *text;
	} warnings[] = {
		{ is_clear(target, false),
		    "the password is sent without TLS: neither starttls nor "
		    "implicit_tls is set" },
		{ target->is_password_open,
		    "everyone may read sasl_password_file" },
		{ imap != NULL && is_clear(imap, true),
		    "the password of imap is sent without TLS" },
		{ imap != NULL && imap->is_password_open,
		    "everyone may read password_file of imap" },
	};

	for (size_t i = 0; i < COUNT(warnings); i++)
		if (warnings[i].holds && number-- == 0)
			return (warnings[i].text);
	return (NULL);
}
