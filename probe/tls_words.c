/*
 * OpenSSL's reasons in words that tell who refused what.  Its own stand behind
 * them, as people look for these.
 */
#include <openssl/err.h>
#include <openssl/ssl.h>
#include <string.h>

#include "lib/util/error.h"
#include "lib/util/slice.h"
#include "probe/tls.h"

static const struct {
	int library, reason;
	const char *words;
} known[] = {
	{ ERR_LIB_SSL, SSL_R_UNSUPPORTED_PROTOCOL,
	    "the server's version of TLS is too old" },
	{ ERR_LIB_SSL, SSL_R_TLSV1_ALERT_PROTOCOL_VERSION,
	    "the server refuses our versions of TLS" },
	{ ERR_LIB_SSL, SSL_R_SSLV3_ALERT_HANDSHAKE_FAILURE,
	    "the server refuses our versions of TLS or our ciphers" },
	{ ERR_LIB_SSL, SSL_R_TLSV1_ALERT_INSUFFICIENT_SECURITY,
	    "the server refuses our ciphers" },
	{ ERR_LIB_SSL, SSL_R_WRONG_VERSION_NUMBER,
	    "what the server answers is not TLS" },
	{ ERR_LIB_SSL, SSL_R_TLSV13_ALERT_CERTIFICATE_REQUIRED,
	    "the server wants a certificate of ours" },
	{ ERR_LIB_SSL, SSL_R_TLSV1_ALERT_UNKNOWN_CA,
	    "the server does not know who signed our certificate" },
	/* of a private key: nobody is there to be asked */
	{ ERR_LIB_CRYPTO, ERR_R_INTERRUPTED_OR_CANCELLED,
	    "it is locked by a passphrase" },
	/* of a private key: it is none of all the kinds that OpenSSL tried */
	{ ERR_LIB_OSSL_DECODER, ERR_R_UNSUPPORTED,
	    "there is no private key in it" },
};

const char *
tls_words(void)
{
	unsigned long code = ERR_peek_error();
	const char *own = ERR_reason_error_string(code);

	ERR_clear_error();
	if (ERR_SYSTEM_ERROR(code))
		return (strerror(ERR_GET_REASON(code)));
	if (own == NULL)
		return ("TLS failed");
	for (size_t i = 0; i < COUNT(known); i++)
		if (ERR_GET_LIB(code) == known[i].library &&
		    ERR_GET_REASON(code) == known[i].reason)
			return (error_text("%s (%s)", known[i].words, own));
	return (own);
}
