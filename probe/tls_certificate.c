/*
 * What a server showed: version, cipher and its certificate.
 */
#include <arpa/inet.h>
#include <openssl/ssl.h>
#include <openssl/x509v3.h>
#include <string.h>
#include <time.h>

#include "probe/tls.h"
#include "probe/tls_parts.h"

static int64_t
seconds_of(const ASN1_TIME *stamp)
{
	struct tm parts;

	if (ASN1_TIME_to_tm(stamp, &parts) != 1)
		return (0);
	return ((int64_t)timegm(&parts));
}

/* Hand over what was written, and empty it. */
static void
take(BIO *written, char *text_r, size_t size)
{
	char *at;
	long len = BIO_get_mem_data(written, &at);

	outcome_text(text_r, size, at, len > 0 ? (size_t)len : 0);
	(void)BIO_reset(written);
}

/* UTF-8 is left as it is. */
static void
name_text(BIO *paper, const X509_NAME *name, char *text_r, size_t size)
{
	(void)X509_NAME_print_ex(paper, name, 0,
	    XN_FLAG_RFC2253 & ~(unsigned long)ASN1_STRFLGS_ESC_MSB);
	take(paper, text_r, size);
}

/* Kinds that are neither name nor address are of no use to a server of mail. */
static void
print_alternative(BIO *paper, const GENERAL_NAME *name)
{
	const char *comma = BIO_pending(paper) > 0 ? ", " : "";
	char address[INET6_ADDRSTRLEN];
	int type;
	const ASN1_STRING *value = GENERAL_NAME_get0_value(name, &type);
	int len = ASN1_STRING_length(value);

	if (type == GEN_DNS) {
		(void)BIO_puts(paper, comma);
		(void)BIO_write(paper, ASN1_STRING_get0_data(value), len);
	} else if (type == GEN_IPADD && (len == 4 || len == 16) &&
	    inet_ntop(len == 4 ? AF_INET : AF_INET6,
		ASN1_STRING_get0_data(value), address, sizeof(address)) != NULL)
		(void)BIO_printf(paper, "%s%s", comma, address);
}

static void
alternatives(BIO *paper, const X509 *x509, char *text_r, size_t size)
{
	GENERAL_NAMES *names = X509_get_ext_d2i(
	    x509, NID_subject_alt_name, NULL, NULL);

	for (int i = 0; i < sk_GENERAL_NAME_num(names); i++)
		print_alternative(paper, sk_GENERAL_NAME_value(names, i));
	take(paper, text_r, size);
	GENERAL_NAMES_free(names);
}

static void
certificate_outcome(const X509 *x509, struct certificate *certificate_r)
{
	BIO *paper = BIO_new(BIO_s_mem());

	certificate_r->present = true;
	certificate_r->start = seconds_of(X509_get0_notBefore(x509));
	certificate_r->end = seconds_of(X509_get0_notAfter(x509));
	if (paper == NULL)
		return;
	name_text(paper, X509_get_subject_name(x509), certificate_r->subject,
	    sizeof(certificate_r->subject));
	name_text(paper, X509_get_issuer_name(x509), certificate_r->issuer,
	    sizeof(certificate_r->issuer));
	alternatives(
	    paper, x509, certificate_r->names, sizeof(certificate_r->names));
	BIO_free(paper);
}

/* Nothing is told of a handshake that came to no certificate; one that came to
   its end without any is not a server's that can be verified. */
void
tls_outcome(struct ssl_st *ssl, struct outcome *outcome_r)
{
	const X509 *x509 = SSL_get0_peer_certificate(ssl);
	struct certificate *certificate = &outcome_r->certificate;
	char faults[512];

	if (SSL_is_init_finished(ssl)) {
		(void)snprintf(outcome_r->tls_version,
		    sizeof(outcome_r->tls_version), "%s", SSL_get_version(ssl));
		(void)snprintf(outcome_r->tls_cipher,
		    sizeof(outcome_r->tls_cipher), "%s", SSL_get_cipher(ssl));
	}
	tls_verify_faults(ssl, faults, sizeof(faults));
	if (x509 != NULL)
		certificate_outcome(x509, certificate);
	else if (SSL_is_init_finished(ssl))
		(void)snprintf(
		    faults, sizeof(faults), "the server has no certificate");
	outcome_text(certificate->error, sizeof(certificate->error), faults,
	    strlen(faults));
}
