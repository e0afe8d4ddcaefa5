/*
 * What a probe wants of TLS: checked when it is loaded, and shared.
 */
#include "tests/unit/tls_unit.h"

static const char *dir;

/* A path in the directory of the test; many at a time. */
static const char *
in_dir(const char *name)
{
	static char paths[16][160];
	static unsigned turn;
	char *path = paths[turn++ % COUNT(paths)];

	(void)snprintf(path, sizeof(paths[0]), "%s/%s", dir, name);
	return (path);
}

static void
write_text(const char *path, const char *text)
{
	FILE *file = fopen(path, "w");

	assert_non_null(file);
	assert_true(fputs(text, file) >= 0);
	assert_int_equal(fclose(file), 0);
}

/* "key: error", or "": it is good. */
static const char *
said_of(const struct config_probe *probe)
{
	static char said[600];
	struct tls *tls;
	const char *key = "?", *error = "?";

	said[0] = '\0';
	if (tls_new(probe, &tls, &key, &error) == 0)
		tls_free(tls);
	else
		(void)snprintf(said, sizeof(said), "%s: %s", key, error);
	return (said);
}

static void
assert_said(const struct config_probe *probe, const char *key, const char *part)
{
	const char *said = said_of(probe);
	size_t len = strlen(key);

	if (strncmp(said, key, len) != 0 || said[len] != ':' ||
	    strstr(said, part) == NULL)
		fail_msg("\"%s\", not \"%s: ... %s\"", said, key, part);
	assert_int_equal(ERR_peek_error(), 0);
}

static void
what_is_wrong_is_said_with_its_key(void **state)
{
	const char *own = in_dir("own"), *key = in_dir("key"),
		   *other = in_dir("other"), *locked = in_dir("locked"),
		   *both = in_dir("both");

	(void)state;
	assert_said(&(struct config_probe){ .ca_file = in_dir("none") },
	    "ca_file", "/none: No such file or directory");
	assert_said(&(struct config_probe){ .ca_file = in_dir("text") },
	    "ca_file", "/text: no certificate or crl found");
	assert_said(&(struct config_probe){ .ca_file = dir }, "ca_file", dir);
	assert_said(
	    &(struct config_probe){ .certificate_file = in_dir("none") },
	    "certificate_file", "/none: No such file or directory");
	assert_said(&(struct config_probe){ .certificate_file = in_dir("text"),
			.key_file = key },
	    "certificate_file", "/text: no start line");
	assert_said(&(struct config_probe){ .certificate_file = own,
			.key_file = in_dir("none") },
	    "key_file", "/none: No such file or directory");
	assert_said(&(struct config_probe){ .certificate_file = own,
			.key_file = other },
	    "key_file", "/other: key values mismatch");
	assert_said(&(struct config_probe){ .certificate_file = own,
			.key_file = locked },
	    "key_file", "/locked: it is locked by a passphrase");
	assert_said(&(struct config_probe){ .certificate_file = own },
	    "certificate_file", "/own: there is no private key in it");
	assert_said(&(struct config_probe){ .key_file = key }, "key_file",
	    "of no use without certificate_file");
	assert_said(&(struct config_probe){ .ciphers = "nonsense" }, "ciphers",
	    "no cipher match");
	assert_said(&(struct config_probe){ .tls_least = "SSLv3" }, "tls_least",
	    "not a version");
	assert_string_equal(said_of(&(struct config_probe){
				.certificate_file = own, .key_file = key }),
	    "");
	assert_string_equal(
	    said_of(&(struct config_probe){ .certificate_file = both }), "");
	assert_string_equal(
	    said_of(&(struct config_probe){
		.ciphers = "HIGH:!aNULL", .tls_least = "TLSv1.3" }),
	    "");
}

static void
equal_ones_share_a_context(void **state)
{
	const struct config_probe same[] = { { .server = "a" },
		{ .server = "b", .tls_name = "c", .verify = true } };
	const struct config_probe differing[] = { { .ciphers = "HIGH" },
		{ .tls_least = "TLSv1.2" }, { .ciphers = "ALL" },
		{ .ca_file = in_dir("own") }, { .ca_file = in_dir("both") },
		{ .certificate_file = in_dir("both") } };
	struct tls *tls = tls_of(&same[0]), *others[COUNT(differing)];

	(void)state;
	assert_ptr_equal(tls_of(&same[1]), tls);
	for (size_t i = 0; i < COUNT(differing); i++) {
		others[i] = tls_of(&differing[i]);
		assert_ptr_not_equal(others[i], tls);
		for (size_t j = 0; j < i; j++)
			assert_ptr_not_equal(others[i], others[j]);
	}
	tls_free(tls);
	/* it is used yet */
	assert_ptr_equal(tls_of(&same[0]), tls);
	tls_free(tls);
	tls_free(tls);
	for (size_t i = 0; i < COUNT(differing); i++)
		tls_free(others[i]);
	tls_free(NULL);
}

static X509_STORE *
authorities_of(const struct tls *tls)
{
	SSL *ssl = tls_session(tls, "mx.example.com");
	X509_STORE *store = SSL_CTX_get_cert_store(SSL_get_SSL_CTX(ssl));

	SSL_free(ssl);
	return (store);
}

/* A bundle is some megabytes. */
static void
equal_authorities_are_shared(void **state)
{
	struct config_probe probe = { .ca_file = in_dir("own") };
	struct tls *one = tls_of(&probe), *other, *third;

	(void)state;
	probe.ciphers = "HIGH";
	other = tls_of(&probe);
	assert_ptr_not_equal(one, other);
	assert_ptr_equal(authorities_of(one), authorities_of(other));
	/* whoever made them may be gone */
	tls_free(one);
	probe.ciphers = "ALL";
	third = tls_of(&probe);
	assert_ptr_equal(authorities_of(third), authorities_of(other));
	tls_free(other);
	tls_free(third);
}

/* After HUP the old probes are there as long as the new ones are made. */
static void
a_file_that_changed_is_read_again(void **state)
{
	const char *path = in_dir("renewed");
	const struct config_probe probe = { .ca_file = path };
	struct paper first = paper_make(
	    &(struct wanted){ .subject = "a", .is_authority = true }, NULL);
	struct paper second = paper_make(
	    &(struct wanted){ .subject = "abc", .is_authority = true }, NULL);
	struct paper own = paper_make(
	    &(struct wanted){ .subject = "mx" }, &second);
	const struct server server = { .own = &own };
	struct outcome outcome;
	struct tls *old, *new;
	int end;

	(void)state;
	paper_write(path, first.x509, NULL);
	old = tls_of(&probe);
	paper_write(path, second.x509, NULL);
	new = tls_of(&probe);
	assert_ptr_not_equal(old, new);
	assert_true(shake_hands(old, "mx", &server, &outcome, &end));
	assert_string_equal(outcome.certificate.error, "unknown CA");
	assert_true(shake_hands(new, "mx", &server, &outcome, &end));
	assert_string_equal(outcome.certificate.error, "");
	tls_free(old);
	tls_free(new);
	paper_free(&first);
	paper_free(&second);
	paper_free(&own);
}

static int
setup(void **state)
{
	struct paper own, other;
	FILE *file;

	(void)state;
	signal(SIGPIPE, SIG_IGN);
	dir = scratch_make();
	own = paper_make(&(struct wanted){ .subject = "own" }, NULL);
	other = paper_make(&(struct wanted){ .subject = "other" }, NULL);
	paper_write(in_dir("own"), own.x509, NULL);
	paper_write(in_dir("key"), NULL, own.key);
	paper_write(in_dir("both"), own.x509, own.key);
	paper_write(in_dir("other"), NULL, other.key);
	write_text(in_dir("text"), "nothing of the kind\n");
	file = fopen(in_dir("locked"), "w");
	assert_non_null(file);
	assert_int_equal(PEM_write_PrivateKey(file, own.key, EVP_aes_128_cbc(),
			     (const unsigned char *)"secret", 6, NULL, NULL),
	    1);
	assert_int_equal(fclose(file), 0);
	paper_free(&own);
	paper_free(&other);
	return (0);
}

static int
teardown(void **state)
{
	(void)state;
	scratch_remove(dir);
	return (0);
}

int
main(void)
{
	const struct CMUnitTest tests[] = {
		TEST("what is wrong is said with its key",
		    what_is_wrong_is_said_with_its_key),
		TEST("equal ones share a context", equal_ones_share_a_context),
		TEST("equal authorities are shared",
		    equal_authorities_are_shared),
		TEST("a file that changed is read again",
		    a_file_that_changed_is_read_again),
	};

	return (cmocka_run_group_tests(tests, setup, teardown));
}
