/*
 * Certificates of all kinds, made as a test needs them, and a server that shows
 * one.
 */
#ifndef TESTS_TLS_UNIT_H
#define TESTS_TLS_UNIT_H

#include "tests/unit/unit.h"

#include <openssl/err.h>
#include <openssl/pem.h>
#include <openssl/ssl.h>
#include <openssl/x509v3.h>
#include <signal.h>
#include <sys/socket.h>
#include <sys/wait.h>
#include <time.h>

#include "probe/tls.h"

#define DAY 86400L

/* A certificate and its key. */
struct paper {
	X509 *x509;
	EVP_PKEY *key;
};

/* What is to stand in one; times in days from now. */
struct wanted {
	const char *subject; /* the common name */
	const char *names;   /* "DNS:a.example,IP:192.0.2.1"; NULL: none */
	const char *purpose; /* extended key usage; NULL: any */
	long begins, ends;   /* 0, 0: since yesterday until tomorrow */
	bool is_authority;
	unsigned rsa; /* bits; 0: a curve */
};

static inline void
paper_extend(X509 *x509, X509 *issuer, int kind, const char *value)
{
	X509V3_CTX context;
	X509_EXTENSION *extension;

	X509V3_set_ctx(&context, issuer, x509, NULL, NULL, 0);
	extension = X509V3_EXT_conf_nid(NULL, &context, kind, value);
	assert_non_null(extension);
	assert_int_equal(X509_add_ext(x509, extension, -1), 1);
	X509_EXTENSION_free(extension);
}

static inline void
paper_subject(X509 *x509, const char *subject)
{
	X509_NAME *name = X509_get_subject_name(x509);

	assert_int_equal(
	    X509_NAME_add_entry_by_txt(name, "O", MBSTRING_UTF8,
		(const unsigned char *)"Ex\xc3\xa4mple", -1, -1, 0),
	    1);
	assert_int_equal(X509_NAME_add_entry_by_txt(name, "CN", MBSTRING_UTF8,
			     (const unsigned char *)subject, -1, -1, 0),
	    1);
}

/* By `issuer`; NULL: by itself. */
static inline struct paper
paper_make(const struct wanted *wanted, const struct paper *issuer)
{
	static long serial;
	struct paper paper = { X509_new(),
		wanted->rsa ? EVP_RSA_gen(wanted->rsa) : EVP_EC_gen("P-256") };
	X509 *x509 = paper.x509, *above = issuer ? issuer->x509 : x509;
	bool is_set = wanted->begins != 0 || wanted->ends != 0;

	assert_non_null(paper.key);
	X509_set_version(x509, X509_VERSION_3);
	ASN1_INTEGER_set(X509_get_serialNumber(x509), ++serial);
	X509_gmtime_adj(
	    X509_getm_notBefore(x509), DAY * (is_set ? wanted->begins : -1));
	X509_gmtime_adj(
	    X509_getm_notAfter(x509), DAY * (is_set ? wanted->ends : 1));
	X509_set_pubkey(x509, paper.key);
	paper_subject(x509, wanted->subject);
	X509_set_issuer_name(x509, X509_get_subject_name(above));
	paper_extend(
	    x509, x509, NID_subject_key_identifier, (const char *)"hash");
	paper_extend(x509, above, NID_authority_key_identifier, "keyid");
	if (wanted->is_authority)
		paper_extend(
		    x509, above, NID_basic_constraints, "critical,CA:TRUE");
	if (wanted->names != NULL)
		paper_extend(x509, above, NID_subject_alt_name, wanted->names);
	if (wanted->purpose != NULL)
		paper_extend(x509, above, NID_ext_key_usage, wanted->purpose);
	assert_true(X509_sign(x509, issuer ? issuer->key : paper.key,
			EVP_sha256()) > 0);
	return (paper);
}

static inline void
paper_free(struct paper *paper)
{
	X509_free(paper->x509);
	EVP_PKEY_free(paper->key);
}

/* As files of OpenSSL: either may be NULL. */
static inline void
paper_write(const char *path, X509 *x509, EVP_PKEY *key)
{
	FILE *file = fopen(path, "w");

	assert_non_null(file);
	if (x509 != NULL)
		assert_int_equal(PEM_write_X509(file, x509), 1);
	if (key != NULL)
		assert_int_equal(
		    PEM_write_PrivateKey(file, key, NULL, NULL, 0, NULL, NULL),
		    1);
	assert_int_equal(fclose(file), 0);
}

/* What the other side does. */
struct server {
	const struct paper *own, *above; /* what it shows; NULL: nothing */
	const struct paper *asks_for;    /* a client's, of this authority */
	int most;                        /* version; 0: any */
	const char *ciphers;
	const char *name; /* that it wants to be asked for; "": none; NULL:
	                     it does not care */
};

static inline void
server_set(SSL_CTX *context, const struct server *server)
{
	SSL_CTX_set_security_level(context, 0);
	SSL_CTX_set_min_proto_version(context, TLS1_VERSION);
	SSL_CTX_set_max_proto_version(context, server->most);
	if (server->ciphers != NULL)
		SSL_CTX_set_cipher_list(context, server->ciphers);
	if (server->own != NULL) {
		SSL_CTX_use_certificate(context, server->own->x509);
		SSL_CTX_use_PrivateKey(context, server->own->key);
	}
	if (server->above != NULL)
		SSL_CTX_add1_chain_cert(context, server->above->x509);
	if (server->asks_for != NULL) {
		SSL_CTX_set_verify(context,
		    SSL_VERIFY_PEER | SSL_VERIFY_FAIL_IF_NO_PEER_CERT, NULL);
		X509_STORE_add_cert(
		    SSL_CTX_get_cert_store(context), server->asks_for->x509);
	}
}

/* Exits with 0 if all went as it wants. */
static inline _Noreturn void
server_run(int fd, const struct server *server)
{
	SSL_CTX *context = SSL_CTX_new(TLS_server_method());
	SSL *ssl;
	const char *asked;
	char byte;

	alarm(20);
	server_set(context, server);
	ssl = SSL_new(context);
	SSL_set_fd(ssl, fd);
	if (SSL_accept(ssl) != 1)
		_exit(1);
	asked = SSL_get_servername(ssl, TLSEXT_NAMETYPE_host_name);
	if (server->name != NULL &&
	    strcmp(server->name, asked != NULL ? asked : "") != 0)
		_exit(2);
	/* until the client has ended, or it would be killed by SIGPIPE */
	(void)SSL_read(ssl, &byte, 1);
	_exit(0);
}

/* Shake hands.  Returns whether both could; *outcome_r is what the client made
   of it, *exit_r the server's end. */
static inline bool
shake_hands(const struct tls *tls, const char *name,
    const struct server *server, struct outcome *outcome_r, int *exit_r)
{
	int ends[2], status = 0;
	bool is_good;
	SSL *ssl = tls_session(tls, name);
	pid_t pid;

	assert_non_null(ssl);
	assert_int_equal(socketpair(AF_UNIX, SOCK_STREAM, 0, ends), 0);
	pid = fork();
	assert_true(pid >= 0);
	if (pid == 0) {
		close(ends[0]);
		server_run(ends[1], server);
	}
	close(ends[1]);
	SSL_set_fd(ssl, ends[0]);
	is_good = SSL_connect(ssl) == 1;
	*outcome_r = (struct outcome){ 0 };
	tls_outcome(ssl, outcome_r);
	/* with TLS 1.3 the server's opinion of us comes behind */
	(void)SSL_shutdown(ssl);
	SSL_free(ssl);
	close(ends[0]);
	assert_int_equal(waitpid(pid, &status, 0), pid);
	*exit_r = WIFEXITED(status) ? WEXITSTATUS(status) : -1;
	ERR_clear_error();
	return (is_good);
}

static inline struct tls *
tls_of(const struct config_probe *probe)
{
	struct tls *tls;
	const char *key = "", *error = "";

	if (tls_new(probe, &tls, &key, &error) != 0)
		fail_msg("%s: %s", key, error);
	return (tls);
}

#endif
