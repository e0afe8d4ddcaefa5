/*
 * What is wrong with a certificate, told in words, after a handshake with a
 * server that shows it.
 */
#include "tests/unit/tls_unit.h"

#define NAME       "mx.example.com"
#define WRONG_NAME "wrong name: it is not for "

static const char *dir;
static char ca_file[128], other_file[128];
static struct paper root, other, middle, old_middle;

static const struct wanted good = { .subject = NAME, .names = "DNS:" NAME };

/* By which authority, and what else the server shows. */
static const struct {
	const char *what;
	struct wanted wanted;
	const struct paper *issuer, *above;
	const char *name, *error;
} cases[] = {
	{ "good", { .subject = "x", .names = "DNS:" NAME }, &root, NULL, NAME,
	    "" },
	{ "good, by its common name", { .subject = NAME }, &root, NULL, NAME,
	    "" },
	{ "good, with the dot of the root",
	    { .subject = "x", .names = "DNS:" NAME }, &root, NULL, NAME ".",
	    "" },
	{ "good, by an asterisk",
	    { .subject = "x", .names = "DNS:*.example.com" }, &root, NULL, NAME,
	    "" },
	{ "an asterisk is all of a part",
	    { .subject = "x", .names = "DNS:m*.example.com" }, &root, NULL,
	    NAME, WRONG_NAME NAME },
	{ "good, an address", { .subject = "x", .names = "IP:192.0.2.1" },
	    &root, NULL, "192.0.2.1", "" },
	{ "good, an address of IPv6",
	    { .subject = "x", .names = "IP:2001:db8::1" }, &root, NULL,
	    "2001:db8:0::1", "" },
	{ "good, an address with its interface",
	    { .subject = "x", .names = "IP:fe80::1" }, &root, NULL,
	    "fe80::1%eth0", "" },
	{ "another address", { .subject = "x", .names = "IP:192.0.2.1" }, &root,
	    NULL, "192.0.2.2", WRONG_NAME "192.0.2.2" },
	{ "an address is no name",
	    { .subject = "192.0.2.1", .names = "DNS:192.0.2.1" }, &root, NULL,
	    "192.0.2.1", WRONG_NAME "192.0.2.1" },
	{ "good, by one between", { .subject = NAME }, &middle, &middle, NAME,
	    "" },
	{ "expired", { .subject = NAME, .begins = -10, .ends = -1 }, &root,
	    NULL, NAME, "certificate has expired" },
	{ "not yet valid", { .subject = NAME, .begins = 1, .ends = 10 }, &root,
	    NULL, NAME, "certificate is not yet valid" },
	{ "self-signed", { .subject = NAME }, NULL, NULL, NAME,
	    "self-signed certificate" },
	{ "another name", { .subject = "other.example" }, &root, NULL, NAME,
	    WRONG_NAME NAME },
	{ "an alternative name counts alone",
	    { .subject = NAME, .names = "DNS:other.example" }, &root, NULL,
	    NAME, WRONG_NAME NAME },
	{ "another authority", { .subject = NAME }, &other, NULL, NAME,
	    "unknown CA" },
	{ "another authority, which is shown", { .subject = NAME }, &other,
	    &other, NAME, "unknown CA" },
	{ "the one between is missing", { .subject = NAME }, &middle, NULL,
	    NAME, "unknown CA" },
	{ "the one between has expired", { .subject = NAME }, &old_middle,
	    &old_middle, NAME, "a certificate above it has expired" },
	{ "two faults", { .subject = "x", .begins = -10, .ends = -1 }, &root,
	    NULL, NAME, "certificate has expired; " WRONG_NAME NAME },
	{ "three faults", { .subject = "x", .begins = 1, .ends = 10 }, NULL,
	    NULL, NAME,
	    "self-signed certificate; certificate is not yet valid; " WRONG_NAME
		NAME },
	{ "for clients only", { .subject = NAME, .purpose = "clientAuth" },
	    &root, NULL, NAME, "unsuitable certificate purpose" },
	{ "a short key", { .subject = NAME, .rsa = 1024 }, &root, NULL, NAME,
	    "EE certificate key too weak" },
};

static void
each_fault_is_named(void **state)
{
	struct tls *tls = tls_of(
	    &(struct config_probe){ .server = NAME, .ca_file = ca_file });

	(void)state;
	for (size_t i = 0; i < COUNT(cases); i++) {
		struct paper own = paper_make(
		    &cases[i].wanted, cases[i].issuer);
		struct server server = { .own = &own, .above = cases[i].above };
		struct outcome outcome;
		int end;

		if (!shake_hands(tls, cases[i].name, &server, &outcome, &end))
			fail_msg("%s: no handshake", cases[i].what);
		assert_true(outcome.certificate.present);
		if (strcmp(outcome.certificate.error, cases[i].error) != 0)
			fail_msg("%s: \"%s\", not \"%s\"", cases[i].what,
			    outcome.certificate.error, cases[i].error);
		paper_free(&own);
	}
	tls_free(tls);
}

static const char *
error_with(const struct config_probe *probe, const struct server *server)
{
	static struct outcome outcome;
	struct tls *tls = tls_of(probe);
	int end;

	assert_true(shake_hands(tls, NAME, server, &outcome, &end));
	tls_free(tls);
	return (outcome.certificate.error);
}

/* One that signed itself is good if it is what is trusted. */
static void
a_certificate_can_be_trusted_by_itself(void **state)
{
	char path[128];
	struct paper own = paper_make(&good, NULL);

	(void)state;
	(void)snprintf(path, sizeof(path), "%s/own.pem", dir);
	paper_write(path, own.x509, NULL);
	assert_string_equal(
	    error_with(&(struct config_probe){ .ca_file = path },
		&(struct server){ .own = &own }),
	    "");
	paper_free(&own);
}

/* As OpenSSL itself finds them; its own file is looked into at last. */
static void
authorities_are_those_of_the_system(void **state)
{
	const struct config_probe probe = { .server = NAME };
	struct paper own = paper_make(&good, &root);
	struct paper strange = paper_make(
	    &(struct wanted){ .subject = "other.example" }, &root);
	const struct server server = { .own = &own },
			    stranger = { .own = &strange };
	char path[192];

	(void)state;
	setenv("SSL_CERT_FILE", ca_file, 1);
	assert_string_equal(error_with(&probe, &server), "");
	setenv("SSL_CERT_FILE", other_file, 1);
	assert_string_equal(error_with(&probe, &server), "unknown CA");
	unsetenv("SSL_CERT_FILE");
	assert_string_equal(error_with(&probe, &server), "unknown CA");
	assert_string_equal(
	    error_with(&probe, &stranger), "unknown CA; " WRONG_NAME NAME);
	setenv("SSL_CERT_DIR", dir, 1);
	assert_string_equal(error_with(&probe, &server), "unknown CA");
	(void)snprintf(path, sizeof(path), "%s/%08lx.0", dir,
	    X509_NAME_hash_ex(
		X509_get_subject_name(root.x509), NULL, NULL, NULL));
	paper_write(path, root.x509, NULL);
	assert_string_equal(error_with(&probe, &server), "");
	unsetenv("SSL_CERT_DIR");
	paper_free(&own);
	paper_free(&strange);
}

static void
the_bundle_is_read_only_if_need_be(void **state)
{
	struct tls *tls;
	struct outcome outcome;
	struct paper own = paper_make(&good, &root);
	const struct server server = { .own = &own };
	X509_STORE *store;
	SSL *ssl;
	int end;

	(void)state;
	if (access(X509_get_default_cert_file(), R_OK) != 0)
		skip();
	setenv("SSL_CERT_DIR", dir, 1);
	tls = tls_of(&(struct config_probe){ .server = NAME });
	ssl = tls_session(tls, NAME);
	store = SSL_CTX_get_cert_store(SSL_get_SSL_CTX(ssl));
	assert_int_equal(sk_X509_OBJECT_num(X509_STORE_get0_objects(store)), 0);
	assert_true(shake_hands(tls, NAME, &server, &outcome, &end));
	assert_int_equal(sk_X509_OBJECT_num(X509_STORE_get0_objects(store)), 1);
	paper_free(&own);
	own = paper_make(&good, &other);
	assert_true(shake_hands(tls, NAME, &server, &outcome, &end));
	assert_true(sk_X509_OBJECT_num(X509_STORE_get0_objects(store)) > 50);
	SSL_free(ssl);
	tls_free(tls);
	unsetenv("SSL_CERT_DIR");
	paper_free(&own);
}

/* With what was in it, all is verified once more. */
static void
the_bundle_is_of_use(void **state)
{
	struct tls *tls = tls_of(&(struct config_probe){ .server = NAME });
	struct paper own = paper_make(&good, &root);
	struct paper strange = paper_make(
	    &(struct wanted){ .subject = "other.example" }, &root);
	const struct server server = { .own = &own };
	const struct server stranger = { .own = &strange };
	struct outcome outcome;
	int end;

	(void)state;
	assert_true(shake_hands(tls, NAME, &server, &outcome, &end));
	assert_string_equal(outcome.certificate.error, "unknown CA");
	setenv("SSL_CERT_FILE", ca_file, 1);
	assert_true(shake_hands(tls, NAME, &server, &outcome, &end));
	assert_string_equal(outcome.certificate.error, "");
	assert_true(shake_hands(tls, NAME, &stranger, &outcome, &end));
	assert_string_equal(outcome.certificate.error, WRONG_NAME NAME);
	unsetenv("SSL_CERT_FILE");
	tls_free(tls);
	paper_free(&own);
	paper_free(&strange);
}

static void
what_stands_in_it_is_told(void **state)
{
	const struct wanted wanted = { .subject = "a,b=\n\xc3\xa9",
		.begins = -1,
		.ends = 30,
		.names = "DNS:" NAME ",IP:192.0.2.1,"
			 "email:a@example.com,IP:2001:db8::1,"
			 "DNS:*.example.org" };
	struct paper own = paper_make(&wanted, &root);
	struct tls *tls = tls_of(&(struct config_probe){ .ca_file = ca_file });
	const struct server server = { .own = &own,
		.most = TLS1_2_VERSION,
		.ciphers = "ECDHE-ECDSA-AES256-GCM-SHA384" };
	struct outcome outcome;
	const struct certificate *told = &outcome.certificate;
	time_t now = time(NULL);
	int end;

	(void)state;
	assert_true(shake_hands(tls, NAME, &server, &outcome, &end));
	assert_string_equal(outcome.tls_version, "TLSv1.2");
	assert_string_equal(
	    outcome.tls_cipher, "ECDHE-ECDSA-AES256-GCM-SHA384");
	assert_string_equal(
	    told->subject, "CN=a\\,b=\\0A\xc3\xa9,O=Ex\xc3\xa4mple");
	assert_string_equal(told->issuer, "CN=root,O=Ex\xc3\xa4mple");
	assert_string_equal(
	    told->names, NAME ", 192.0.2.1, 2001:db8::1, *.example.org");
	assert_in_range(told->start, now - DAY - 60, now - DAY);
	assert_in_range(told->end, now + 30 * DAY - 60, now + 30 * DAY);
	tls_free(tls);
	paper_free(&own);
}

static void
a_name_is_asked_for_but_no_address(void **state)
{
	static const struct {
		const char *name, *asked;
	} names[] = { { NAME, NAME }, { NAME ".", NAME }, { "192.0.2.1", "" },
		{ "2001:db8::1", "" }, { "fe80::1%eth0", "" },
		{ "/run/lmtp", "" } };
	struct paper own = paper_make(&good, &root);
	struct tls *tls = tls_of(&(struct config_probe){ .ca_file = ca_file });

	(void)state;
	for (size_t i = 0; i < COUNT(names); i++) {
		const struct server server = { .own = &own,
			.name = names[i].asked };
		struct outcome outcome;
		int end;

		assert_true(
		    shake_hands(tls, names[i].name, &server, &outcome, &end));
		if (end != 0)
			fail_msg("%s: %d", names[i].name, end);
	}
	tls_free(tls);
	paper_free(&own);
}

/* Anonymous ciphers have none, so there is nothing that could be verified. */
static void
no_certificate_is_a_fault(void **state)
{
	const struct config_probe probe = { .ca_file = ca_file,
		.ciphers = "aNULL:@SECLEVEL=0" };
	const struct server server = { NULL, .most = TLS1_2_VERSION,
		.ciphers = "aNULL:@SECLEVEL=0" };

	(void)state;
	assert_string_equal(
	    error_with(&probe, &server), "the server has no certificate");
}

static void
a_version_can_be_refused(void **state)
{
	static const struct {
		int most;
		const char *least, *got;
	} versions[] = { { TLS1_2_VERSION, "TLSv1.2", "TLSv1.2" },
		{ TLS1_2_VERSION, "TLSv1.3", "" },
		{ TLS1_1_VERSION, "TLSv1.2", "" },
		{ TLS1_1_VERSION, "TLSv1.1", "TLSv1.1" },
		{ TLS1_1_VERSION, "TLSv1", "TLSv1.1" },
		{ TLS1_VERSION, "TLSv1", "TLSv1" },
		{ TLS1_VERSION, "TLSv1.1", "" }, { TLS1_VERSION, NULL, "" },
		{ 0, "TLSv1", "TLSv1.3" } };
	struct paper own = paper_make(&good, &root);

	(void)state;
	for (size_t i = 0; i < COUNT(versions); i++) {
		struct tls *tls = tls_of(&(struct config_probe){
		    .ca_file = ca_file, .tls_least = versions[i].least });
		const struct server server = { .own = &own,
			.most = versions[i].most };
		struct outcome outcome;
		int end;
		bool is_good = shake_hands(tls, NAME, &server, &outcome, &end);

		if (is_good != (versions[i].got[0] != '\0') ||
		    strcmp(outcome.tls_version, versions[i].got) != 0)
			fail_msg("case %zu: %s", i, outcome.tls_version);
		if (!is_good) {
			assert_string_equal(outcome.tls_cipher, "");
			assert_string_equal(outcome.certificate.error, "");
		}
		tls_free(tls);
	}
	paper_free(&own);
}

static void
we_can_show_one_of_our_own(void **state)
{
	struct paper own = paper_make(&good, &root), client = own;
	const struct server server = { .own = &own, .asks_for = &root };
	char certificate[128], key[128];
	struct config_probe probe = { .ca_file = ca_file };
	struct tls *tls = tls_of(&probe);
	struct outcome outcome;
	int end;

	(void)state;
	(void)shake_hands(tls, NAME, &server, &outcome, &end);
	assert_int_equal(end, 1);
	tls_free(tls);
	(void)snprintf(certificate, sizeof(certificate), "%s/client", dir);
	(void)snprintf(key, sizeof(key), "%s/client.key", dir);
	client = paper_make(&(struct wanted){ .subject = "us" }, &root);
	paper_write(certificate, client.x509, NULL);
	paper_write(key, NULL, client.key);
	probe.certificate_file = certificate;
	probe.key_file = key;
	tls = tls_of(&probe);
	assert_true(shake_hands(tls, NAME, &server, &outcome, &end));
	assert_int_equal(end, 0);
	tls_free(tls);
	paper_free(&client);
	paper_free(&own);
}

static int
setup(void **state)
{
	const struct wanted authority = { .subject = "root",
		.is_authority = true };

	(void)state;
	unsetenv("SSL_CERT_FILE");
	unsetenv("SSL_CERT_DIR");
	signal(SIGPIPE, SIG_IGN);
	dir = scratch_make();
	(void)snprintf(ca_file, sizeof(ca_file), "%s/ca.pem", dir);
	(void)snprintf(other_file, sizeof(other_file), "%s/other.pem", dir);
	root = paper_make(&authority, NULL);
	other = paper_make(
	    &(struct wanted){ .subject = "other root", .is_authority = true },
	    NULL);
	middle = paper_make(
	    &(struct wanted){ .subject = "middle", .is_authority = true },
	    &root);
	old_middle = paper_make(&(struct wanted){ .subject = "old middle",
				    .is_authority = true,
				    .begins = -9,
				    .ends = -1 },
	    &root);
	paper_write(ca_file, root.x509, NULL);
	paper_write(other_file, other.x509, NULL);
	return (0);
}

static int
teardown(void **state)
{
	(void)state;
	paper_free(&root);
	paper_free(&other);
	paper_free(&middle);
	paper_free(&old_middle);
	scratch_remove(dir);
	return (0);
}

int
main(void)
{
	const struct CMUnitTest tests[] = {
		TEST("each fault is named", each_fault_is_named),
		TEST("a certificate can be trusted by itself",
		    a_certificate_can_be_trusted_by_itself),
		TEST("authorities are those of the system",
		    authorities_are_those_of_the_system),
		TEST("the bundle is read only if need be",
		    the_bundle_is_read_only_if_need_be),
		TEST("the bundle is of use", the_bundle_is_of_use),
		TEST("what stands in it is told", what_stands_in_it_is_told),
		TEST("a name is asked for but no address",
		    a_name_is_asked_for_but_no_address),
		TEST("no certificate is a fault", no_certificate_is_a_fault),
		TEST("a version can be refused", a_version_can_be_refused),
		TEST("we can show one of our own", we_can_show_one_of_our_own),
	};

	return (cmocka_run_group_tests(tests, setup, teardown));
}
