/*
 * What a probe wants of TLS, told to OpenSSL.
 */
#include <openssl/err.h>
#include <openssl/ssl.h>
#include <stdlib.h>
#include <string.h>

#include "lib/util/error.h"
#include "lib/util/slice.h"
#include "probe/tls.h"
#include "probe/tls_parts.h"

static const struct {
	const char *name;
	int number;
} versions[] = {
	{ "TLSv1", TLS1_VERSION },
	{ "TLSv1.1", TLS1_1_VERSION },
	{ "TLSv1.2", TLS1_2_VERSION },
	{ "TLSv1.3", TLS1_3_VERSION },
};

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
set_authorities(SSL_CTX *context, SSL_CTX *like, const char *file)
{
	if (like != NULL) {
		SSL_CTX_set1_cert_store(context, SSL_CTX_get_cert_store(like));
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
set_all(SSL_CTX *context, const struct config_probe *probe, SSL_CTX *like,
    const char **key_r, const char **error_r)
{
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
	if (set_authorities(context, like, probe->ca_file) < 0) {
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

/* What holds for all. */
static void
set_modes(SSL_CTX *context)
{
	(void)SSL_CTX_set_session_cache_mode(context, SSL_SESS_CACHE_OFF);
	/* Replies tell their own end: who closes without a word of TLS has
	   closed. */
	(void)SSL_CTX_set_options(context, SSL_OP_IGNORE_UNEXPECTED_EOF);
	(void)SSL_CTX_set_mode(context,
	    SSL_MODE_ENABLE_PARTIAL_WRITE |
		SSL_MODE_ACCEPT_MOVING_WRITE_BUFFER);
}

int
tls_context_new(const struct config_probe *probe, SSL_CTX *like,
    SSL_CTX **context_r, const char **key_r, const char **error_r)
{
	SSL_CTX *context = SSL_CTX_new(TLS_client_method());

	*key_r = "starttls";
	if (context == NULL ||
	    tls_verify_by(context, probe->ca_file == NULL) < 0) {
		*error_r = tls_words();
		SSL_CTX_free(context);
		return (-1);
	}
	set_modes(context);
	if (set_all(context, probe, like, key_r, error_r) < 0) {
		SSL_CTX_free(context);
		return (-1);
	}
	*context_r = context;
	return (0);
}
