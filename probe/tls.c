/*
 * Contexts of OpenSSL are large: probes that want the same share one, and those
 * that trust the same authorities share these.
 */
#include <openssl/err.h>
#include <openssl/ssl.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>

#include "probe/tls.h"
#include "probe/tls_parts.h"

struct tls {
	struct tls *next;
	unsigned uses;
	SSL_CTX *context;
	char *wanted;      /* wanted_text() */
	char *authorities; /* the part of it that is about ca_file */
};

static struct tls *all;

/* Put down a text so that no two are taken for one. */
static void
put(FILE *paper, const char *text)
{
	(void)fprintf(paper, "%zu:%s,", text != NULL ? strlen(text) : 0,
	    text != NULL ? text : "");
}

/* A file by its name and by what tells whether it is still the same. */
static void
put_file(FILE *paper, const char *name)
{
	struct stat now;

	put(paper, name);
	if (name != NULL && stat(name, &now) == 0)
		(void)fprintf(paper, "%ju:%ju:%jd:%jd.%09ld,",
		    (uintmax_t)now.st_dev, (uintmax_t)now.st_ino,
		    (intmax_t)now.st_size, (intmax_t)now.st_mtim.tv_sec,
		    now.st_mtim.tv_nsec);
}

/* All that is wanted, as one text.  NULL: no memory. */
static char *
wanted_text(const struct config_probe *probe, bool authorities_only)
{
	char *text = NULL;
	size_t len;
	FILE *paper = open_memstream(&text, &len);

	if (paper == NULL)
		return (NULL);
	put_file(paper, probe->ca_file);
	if (!authorities_only) {
		put_file(paper, probe->certificate_file);
		put_file(paper, probe->key_file);
		put(paper, probe->ciphers);
		put(paper, probe->tls_least);
	}
	if (fclose(paper) == 0)
		return (text);
	free(text);
	return (NULL);
}

/* The context of another that trusts the same; NULL: nobody does. */
static SSL_CTX *
same_authorities(const struct tls *tls)
{
	for (const struct tls *other = all; other; other = other->next)
		if (strcmp(other->authorities, tls->authorities) == 0)
			return (other->context);
	return (NULL);
}

static void
destroy(struct tls *tls)
{
	SSL_CTX_free(tls->context);
	free(tls->wanted);
	free(tls->authorities);
	free(tls);
}

int
tls_new(const struct config_probe *probe, struct tls **tls_r,
    const char **key_r, const char **error_r)
{
	struct tls *tls = calloc(1, sizeof(*tls));

	*key_r = "starttls";
	*error_r = "no memory for TLS";
	if (tls == NULL)
		return (-1);
	tls->uses = 1;
	tls->wanted = wanted_text(probe, false);
	tls->authorities = wanted_text(probe, true);
	for (struct tls *other = all; other && tls->wanted; other = other->next)
		if (strcmp(other->wanted, tls->wanted) == 0) {
			destroy(tls);
			other->uses++;
			*tls_r = other;
			return (0);
		}
	if (tls->wanted == NULL || tls->authorities == NULL ||
	    tls_context_new(probe, same_authorities(tls), &tls->context, key_r,
		error_r) < 0) {
		destroy(tls);
		return (-1);
	}
	tls->next = all;
	all = tls;
	*tls_r = tls;
	return (0);
}

void
tls_free(struct tls *tls)
{
	struct tls **at = &all;

	if (tls == NULL || --tls->uses > 0)
		return;
	while (*at != tls)
		at = &(*at)->next;
	*at = tls->next;
	destroy(tls);
}

/* A name without the dot of the root, an address without its interface. */
static void
plain_name(const char *name, char name_r[256])
{
	size_t len = strcspn(name, "%");

	if (len > 1 && name[len - 1] == '.')
		len--;
	(void)snprintf(name_r, 256, "%.*s", (int)len, name);
}

struct ssl_st *
tls_session(const struct tls *tls, const char *name)
{
	SSL *ssl = SSL_new(tls->context);
	char plain[256];

	plain_name(name, plain);
	if (ssl != NULL && tls_verify_for(ssl, plain) == 0)
		return (ssl);
	SSL_free(ssl);
	ERR_clear_error();
	return (NULL);
}
