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

#include "lib/util/error.h"
#include "lib/util/slice.h"
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

static const struct {
	const char *name;
	int number;
} versions[] = {
	{ "TLSv1", TLS1_VERSION },
	{ "TLSv1.1", TLS1_1_VERSION },
	{ "TLSv1.2", TLS1_2_VERSION },
	{ "TLSv1.3", TLS1_3_VERSION },
};

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

/* What is too old for RFC 8996 is spoken only if somebody asks for it, here or
   in OpenSSL's own configuration.  Versions before 1.2 sign by SHA-1, which OpenSSL has at its level 0 only. */
static int
set_version(SSL_CTX *context, const char *least)
{
	for (size_t i = 0; i < COUNT(versions); i++) {
		if (strcmp(versions[i].name, least) != 0)
			continue;
		if (versions[i].number < TLS1_2_VERSION) {
			SSL_CTX_set_security_level(context, 0);
			(void)SSL_CTX_set_options(
			    context, SSL_OP_LEGACY_SERVER_CONNECT);
		}
		return (SSL_CTX_set_min_proto_version(
			    context, versions[i].number) == 1 ?
			0 :
			-1);
	}
	return (-1);
}

/* OpenSSL would ask for it at the terminal. */
static int
no_passphrase(char *text_r, int size, int writing, void *more)
{
	(void)text_r, (void)size, (void)writing, (void)more;
	return (-1);
}

static int
set_certificate(SSL_CTX *context, const struct config_probe *probe,
    const char **key_r, const char **error_r)
{
	const char *key_file = probe->key_file != NULL ?
	    probe->key_file :
	    probe->certificate_file;

	SSL_CTX_set_default_passwd_cb(context, no_passphrase);
	*key_r = "certificate_file";
	if (SSL_CTX_use_certificate_chain_file(
		context, probe->certificate_file) != 1) {
		*error_r = error_text(
		    "%s: %s", probe->certificate_file, tls_words());
		return (-1);
	}
	*key_r = probe->key_file != NULL ? "key_file" : "certificate_file";
	if (SSL_CTX_use_PrivateKey_file(context, key_file, SSL_FILETYPE_PEM) !=
		1 ||
	    SSL_CTX_check_private_key(context) != 1) {
		*error_r = error_text("%s: %s", key_file, tls_words());
		return (-1);
	}
	return (0);
}

/* Those of another context, or afresh.  What is not configured is looked up
   when it is needed, but for a file that the environment names. */
static int
set_authorities(SSL_CTX *context, const struct tls *tls, const char *file)
{
	for (const struct tls *other = all; other; other = other->next)
		if (strcmp(other->authorities, tls->authorities) == 0) {
			SSL_CTX_set1_cert_store(
			    context, SSL_CTX_get_cert_store(other->context));
			return (0);
		}
	if (file != NULL)
		return (SSL_CTX_load_verify_file(context, file) == 1 ? 0 : -1);
	if (SSL_CTX_set_default_verify_dir(context) != 1)
		return (-1);
	if (getenv(X509_get_default_cert_file_env()) != NULL)
		(void)SSL_CTX_set_default_verify_file(context);
	ERR_clear_error();
	return (0);
}

static int
set_all(struct tls *tls, const struct config_probe *probe, const char **key_r,
    const char **error_r)
{
	SSL_CTX *context = tls->context;

	*key_r = "tls_least";
	if (probe->tls_least == NULL) {
		if (SSL_CTX_get_min_proto_version(context) == 0)
			(void)SSL_CTX_set_min_proto_version(
			    context, TLS1_2_VERSION);
	} else if (set_version(context, probe->tls_least) < 0) {
		*error_r = "not a version of TLS that OpenSSL has";
		return (-1);
	}
	*key_r = "ciphers";
	if (probe->ciphers != NULL &&
	    SSL_CTX_set_cipher_list(context, probe->ciphers) != 1) {
		*error_r = tls_words();
		return (-1);
	}
	*key_r = "ca_file";
	if (set_authorities(context, tls, probe->ca_file) < 0) {
		*error_r = error_text("%s: %s",
		    probe->ca_file != NULL ? probe->ca_file : "(none)",
		    tls_words());
		return (-1);
	}
	*key_r = "key_file";
	if (probe->certificate_file != NULL)
		return (set_certificate(context, probe, key_r, error_r));
	if (probe->key_file == NULL)
		return (0);
	*error_r = "of no use without certificate_file";
	return (-1);
}

static int
context_new(struct tls *tls, const struct config_probe *probe,
    const char **key_r, const char **error_r)
{
	*key_r = "starttls";
	*error_r = "no memory for TLS";
	if (tls->wanted == NULL || tls->authorities == NULL)
		return (-1);
	tls->context = SSL_CTX_new(TLS_client_method());
	if (tls->context == NULL ||
	    tls_verify_by(tls->context, probe->ca_file == NULL) < 0) {
		*error_r = tls_words();
		return (-1);
	}
	(void)SSL_CTX_set_session_cache_mode(tls->context, SSL_SESS_CACHE_OFF);
	/* Replies tell their own end: who closes without a word of TLS has
	   closed. */
	(void)SSL_CTX_set_options(tls->context, SSL_OP_IGNORE_UNEXPECTED_EOF);
	(void)SSL_CTX_set_mode(tls->context,
	    SSL_MODE_ENABLE_PARTIAL_WRITE |
		SSL_MODE_ACCEPT_MOVING_WRITE_BUFFER);
	return (set_all(tls, probe, key_r, error_r));
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
	if (context_new(tls, probe, key_r, error_r) < 0) {
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
