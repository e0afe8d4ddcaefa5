/*
 * Verifying a certificate by all that can be wrong with it: OpenSSL is told at
 * each fault to go on, and the faults are kept.  Authorities are looked up by
 * name in the system's directory; the one file that has them all is read only if
 * an authority is not there.
 */
#include <openssl/err.h>
#include <openssl/ssl.h>
#include <openssl/x509v3.h>
#include <stdlib.h>
#include <string.h>

#include "lib/util/slice.h"
#include "probe/tls_parts.h"

enum { FAULTS_MAX = 12, NAME_MAX_LEN = 253 };

/* What hangs on a session. */
struct verification {
	char name[NAME_MAX_LEN + 1];
	unsigned count;
	struct fault {
		int code;
		int depth; /* 0: the server's own certificate */
	} faults[FAULTS_MAX];
};

static const struct {
	int code;
	const char *own;   /* of the server's own certificate */
	const char *above; /* of those above it */
} words[] = {
	{ X509_V_ERR_CERT_HAS_EXPIRED, "certificate has expired",
	    "a certificate above it has expired" },
	{ X509_V_ERR_CERT_NOT_YET_VALID, "certificate is not yet valid",
	    "a certificate above it is not yet valid" },
	{ X509_V_ERR_DEPTH_ZERO_SELF_SIGNED_CERT, "self-signed certificate",
	    "unknown CA" },
	{ X509_V_ERR_SELF_SIGNED_CERT_IN_CHAIN, "unknown CA", "unknown CA" },
	{ X509_V_ERR_UNABLE_TO_GET_ISSUER_CERT, "unknown CA", "unknown CA" },
	{ X509_V_ERR_UNABLE_TO_GET_ISSUER_CERT_LOCALLY, "unknown CA",
	    "unknown CA" },
	/* comes behind the one before, of the same certificate */
	{ X509_V_ERR_UNABLE_TO_VERIFY_LEAF_SIGNATURE, "unknown CA",
	    "unknown CA" },
	{ X509_V_ERR_CERT_UNTRUSTED, "unknown CA", "unknown CA" },
};

static void
verification_free(void *parent, void *verification, CRYPTO_EX_DATA *data,
    int place, long number, void *more)
{
	(void)parent, (void)data, (void)place, (void)number, (void)more;
	OPENSSL_free(verification);
}

/* Where it hangs; -1: no memory. */
static int
place(void)
{
	static int number = -1;

	if (number < 0)
		number = SSL_get_ex_new_index(
		    0, NULL, NULL, NULL, verification_free);
	return (number);
}

static struct verification *
verification_of(const X509_STORE_CTX *chain)
{
	const SSL *ssl = X509_STORE_CTX_get_ex_data(
	    chain, SSL_get_ex_data_X509_STORE_CTX_idx());

	return (SSL_get_ex_data(ssl, place()));
}

static void
keep(struct verification *verification, int code, int depth)
{
	if (verification->count < FAULTS_MAX)
		verification->faults[verification->count++] = (struct fault){
			code, depth
		};
}

static int
note(int is_good, X509_STORE_CTX *chain)
{
	if (!is_good)
		keep(verification_of(chain), X509_STORE_CTX_get_error(chain),
		    X509_STORE_CTX_get_error_depth(chain));
	return (1);
}

static void
verify_chain(X509_STORE_CTX *chain, struct verification *verification)
{
	verification->count = 0;
	X509_STORE_CTX_set_verify_cb(chain, note);
	if (X509_verify_cert(chain) <= 0 && verification->count == 0)
		keep(verification, X509_STORE_CTX_get_error(chain), 0);
}

static bool
is_unknown(const struct verification *verification)
{
	for (unsigned i = 0; i < verification->count; i++)
		switch (verification->faults[i].code) {
		case X509_V_ERR_DEPTH_ZERO_SELF_SIGNED_CERT:
		case X509_V_ERR_SELF_SIGNED_CERT_IN_CHAIN:
		case X509_V_ERR_UNABLE_TO_GET_ISSUER_CERT:
		case X509_V_ERR_UNABLE_TO_GET_ISSUER_CERT_LOCALLY:
		case X509_V_ERR_CERT_SIGNATURE_FAILURE:
			return (true);
		}
	return (false);
}

/* Once more, with what was read since. */
static void
verify_again(X509_STORE_CTX *first, SSL *ssl, struct verification *verification)
{
	X509_STORE *store = SSL_CTX_get_cert_store(SSL_get_SSL_CTX(ssl));
	X509_STORE_CTX *chain = X509_STORE_CTX_new();

	if (chain != NULL &&
	    X509_STORE_CTX_init(chain, store, X509_STORE_CTX_get0_cert(first),
		X509_STORE_CTX_get0_untrusted(first)) == 1 &&
	    X509_STORE_CTX_set_ex_data(
		chain, SSL_get_ex_data_X509_STORE_CTX_idx(), ssl) == 1 &&
	    X509_VERIFY_PARAM_set1(X509_STORE_CTX_get0_param(chain),
		X509_STORE_CTX_get0_param(first)) == 1)
		verify_chain(chain, verification);
	X509_STORE_CTX_free(chain);
}

/* The file that has all authorities, as OpenSSL finds it. */
static const char *
bundle(void)
{
	const char *named = getenv(X509_get_default_cert_file_env());

	return (named != NULL ? named : X509_get_default_cert_file());
}

static int
verify(X509_STORE_CTX *chain, void *has_defaults)
{
	SSL *ssl = X509_STORE_CTX_get_ex_data(
	    chain, SSL_get_ex_data_X509_STORE_CTX_idx());
	struct verification *verification = verification_of(chain);

	verify_chain(chain, verification);
	if (has_defaults != NULL && is_unknown(verification) &&
	    X509_STORE_load_file(
		SSL_CTX_get_cert_store(SSL_get_SSL_CTX(ssl)), bundle()) == 1)
		verify_again(chain, ssl, verification);
	ERR_clear_error();
	return (1);
}

int
tls_verify_by(SSL_CTX *context, bool has_defaults)
{
	static int yes;

	SSL_CTX_set_verify(context, SSL_VERIFY_PEER, NULL);
	SSL_CTX_set_cert_verify_callback(
	    context, verify, has_defaults ? &yes : NULL);
	return (place() < 0 ? -1 : 0);
}

int
tls_verify_for(SSL *ssl, const char *name)
{
	struct verification *verification = OPENSSL_zalloc(
	    sizeof(*verification));
	X509_VERIFY_PARAM *wanted = SSL_get0_param(ssl);

	if (verification == NULL)
		return (-1);
	if (SSL_set_ex_data(ssl, place(), verification) != 1) {
		OPENSSL_free(verification);
		return (-1);
	}
	(void)snprintf(
	    verification->name, sizeof(verification->name), "%s", name);
	X509_VERIFY_PARAM_set_hostflags(
	    wanted, X509_CHECK_FLAG_NO_PARTIAL_WILDCARDS);
	if (X509_VERIFY_PARAM_set1_ip_asc(wanted, name) == 1)
		return (0);
	ERR_clear_error();
	if (SSL_set1_host(ssl, name) != 1)
		return (-1);
	/* a socket's path is no name that a server could look for */
	return (name[0] == '/' ||
		    SSL_set_tlsext_host_name(ssl, verification->name) == 1 ?
		0 :
		-1);
}

static bool
is_name(const struct fault *fault)
{
	return (fault->code == X509_V_ERR_HOSTNAME_MISMATCH ||
	    fault->code == X509_V_ERR_IP_ADDRESS_MISMATCH);
}

static const char *
fault_words(const struct fault *fault)
{
	for (size_t i = 0; i < COUNT(words); i++)
		if (words[i].code == fault->code)
			return (
			    fault->depth > 0 ? words[i].above : words[i].own);
	return (X509_verify_cert_error_string(fault->code));
}

/* Each once. */
static void
add(char *text, size_t size, const char *fault, const char *name)
{
	size_t len = strlen(text);

	if (strstr(text, fault) == NULL)
		(void)snprintf(text + len, size - len, "%s%s%s",
		    len > 0 ? "; " : "", fault, name);
}

/* The name comes last: it may be long, and cut. */
void
tls_verify_faults(SSL *ssl, char *text_r, size_t size)
{
	const struct verification *verification = SSL_get_ex_data(ssl, place());

	text_r[0] = '\0';
	for (unsigned i = 0; i < verification->count; i++)
		if (!is_name(&verification->faults[i]))
			add(text_r, size, fault_words(&verification->faults[i]),
			    "");
	for (unsigned i = 0; i < verification->count; i++)
		if (is_name(&verification->faults[i]))
			add(text_r, size, "wrong name: it is not for ",
			    verification->name);
}
