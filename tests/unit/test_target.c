/*
 * Passwords, names and warnings: what is made of a probe before it is run.
 */
#include "tests/unit/unit.h"

#include <sys/stat.h>

#include "lib/util/secret.h"
#include "probe/password.h"
#include "probe/target.h"

static const char *dir;

static const char *
in_dir(const char *name)
{
	static char path[160];

	(void)snprintf(path, sizeof(path), "%s/%s", dir, name);
	return (path);
}

/* Write a password's file; `len` bytes. */
static const char *
file_with(const char *bytes, size_t len, mode_t mode)
{
	const char *path = in_dir("password");
	FILE *file = fopen(path, "w");

	assert_non_null(file);
	assert_int_equal(fwrite(bytes, 1, len, file), len);
	assert_int_equal(fclose(file), 0);
	assert_int_equal(chmod(path, mode), 0);
	return (path);
}

/* The password, or "key: error" without where the test has its files. */
static const char *
got(const struct config_probe *probe)
{
	static char said[5000];
	const char *key = "?", *error = "?", *path;
	char *password;
	bool is_open;

	if (password_get(probe, &password, &is_open, &key, &error) == 0) {
		(void)snprintf(said, sizeof(said), "%s",
		    password != NULL ? password : "(none)");
		secret_free(password);
	} else {
		path = strstr(error, dir);
		(void)snprintf(said, sizeof(said), "%s: %s", key,
		    path == NULL ? error : path + strlen(dir) + 1);
	}
	return (said);
}

static const char *
got_of_file(const char *bytes, size_t len)
{
	return (got(&(struct config_probe){
	    .sasl_password_file = file_with(bytes, len, 0600) }));
}

static void
a_password_is_one_line(void **state)
{
	static const struct {
		struct slice bytes;
		const char *got;
	} files[] = {
		{ { "secret", 6 }, "secret" },
		{ { "secret\n", 7 }, "secret" },
		{ { "secret\r\n", 8 }, "secret" },
		{ { " se cret \t\n", 11 }, " se cret \t" },
		{ { "s\xc3\xa9\xff\n", 5 }, "s\xc3\xa9\xff" },
		{ { "secret\n\n", 8 },
		    "sasl_password_file: password: must be one line" },
		{ { "sec\nret", 7 },
		    "sasl_password_file: password: must be one line" },
		{ { "secret\r", 7 },
		    "sasl_password_file: password: must be one line" },
		{ { "sec\0ret", 7 },
		    "sasl_password_file: password: holds a NUL" },
		{ { "", 0 }, "sasl_password_file: password: empty" },
		{ { "\n", 1 }, "sasl_password_file: password: empty" },
		{ { "\r\n", 2 }, "sasl_password_file: password: empty" },
	};

	(void)state;
	for (size_t i = 0; i < COUNT(files); i++)
		assert_string_equal(
		    got_of_file(files[i].bytes.at, files[i].bytes.len),
		    files[i].got);
}

static void
a_password_is_not_endless(void **state)
{
	char bytes[4200];

	(void)state;
	memset(bytes, 'x', sizeof(bytes));
	assert_int_equal(strlen(got_of_file(bytes, 4096)), 4096);
	assert_string_equal(
	    got_of_file(bytes, 4097), "sasl_password_file: password: too long");
	assert_string_equal(got_of_file(bytes, sizeof(bytes)),
	    "sasl_password_file: password: too long");
}

static void
what_is_no_file_is_refused(void **state)
{
	struct config_probe probe = { .sasl_password_file = in_dir("none") };

	(void)state;
	assert_string_equal(
	    got(&probe), "sasl_password_file: none: No such file or directory");
	probe.sasl_password_file = "/dev/zero";
	assert_string_equal(
	    got(&probe), "sasl_password_file: /dev/zero: not a plain file");
	assert_int_equal(mkfifo(in_dir("pipe"), 0600), 0);
	probe.sasl_password_file = in_dir("pipe");
	assert_string_equal(
	    got(&probe), "sasl_password_file: pipe: not a plain file");
	if (geteuid() == 0)
		return;
	probe.sasl_password_file = file_with("secret", 6, 0);
	assert_string_equal(
	    got(&probe), "sasl_password_file: password: Permission denied");
}

static void
a_name_is_a_credential(void **state)
{
	const struct config_probe probe = { .sasl_password_file = "password" };

	(void)state;
	(void)file_with("of systemd\n", 11, 0400);
	unsetenv("CREDENTIALS_DIRECTORY");
	assert_string_equal(got(&probe),
	    "sasl_password_file: password: there is no $CREDENTIALS_DIRECTORY "
	    "(a file needs its path)");
	setenv("CREDENTIALS_DIRECTORY", dir, 1);
	assert_string_equal(got(&probe), "of systemd");
	setenv("CREDENTIALS_DIRECTORY", "/none", 1);
	assert_string_equal(got(&probe),
	    "sasl_password_file: /none/password: No such file or directory");
	unsetenv("CREDENTIALS_DIRECTORY");
}

static void
one_can_stand_in_the_configuration(void **state)
{
	(void)state;
	assert_string_equal(got(&(struct config_probe){ 0 }), "(none)");
	assert_string_equal(
	    got(&(struct config_probe){ .sasl_password = "inline" }), "inline");
	assert_string_equal(got(&(struct config_probe){ .sasl_password = "" }),
	    "sasl_password: empty");
}

static struct target *
target_of(const struct config_probe *config)
{
	struct target *target;
	const char *key = "", *error = "";

	if (target_new(config, &target, &key, &error) != 0)
		fail_msg("%s: %s", key, error);
	return (target);
}

static void
assert_warns(
    const struct config_probe *config, const char *first, const char *second)
{
	struct target *target = target_of(config);
	const char *texts[] = { first, second, NULL, NULL };

	for (unsigned i = 0; i < COUNT(texts); i++) {
		const char *warning = target_warning(target, i);

		if (texts[i] == NULL)
			assert_null(warning);
		else if (warning == NULL || !strstr(warning, texts[i]))
			fail_msg("\"%s\", not \"%s\"",
			    warning ? warning : "(none)", texts[i]);
		if (warning == NULL)
			break;
	}
	target_free(target);
}

static void
passwords_that_others_may_see_are_warned_of(void **state)
{
	struct config_probe config = { .server = "mx",
		.sasl_authentication = SASL_PLAIN,
		.sasl_user = "probe",
		.sasl_password_file = file_with("secret\n", 7, 0604) };
	char socket[] = "/run/lmtp";

	(void)state;
	assert_warns(&config, "without TLS", "everyone");
	config.sasl_authentication = SASL_LOGIN;
	assert_warns(&config, "without TLS", "everyone");
	config.starttls = true;
	assert_warns(&config, "everyone", NULL);
	(void)file_with("secret\n", 7, 0640);
	assert_warns(&config, NULL, NULL);
	config.starttls = false;
	config.sasl_authentication = SASL_CRAM_MD5;
	assert_warns(&config, NULL, NULL);
	config.sasl_authentication = SASL_LOGIN;
	assert_warns(&config, "without TLS", NULL);
	config.server = socket;
	assert_warns(&config, NULL, NULL);
}

/* Those of the account where mail arrives as well. */
static void
passwords_of_imap_are_warned_of(void **state)
{
	struct config_probe imap = { .server = "imap",
		.sasl_user = "probe",
		.sasl_password_file = file_with("secret\n", 7, 0604) };
	struct config_delivery delivery = { .imap = &imap };
	const struct config_probe config = { .server = "mx",
		.delivery = &delivery };

	(void)state;
	assert_warns(&config, "imap is sent without TLS", "file of imap");
	imap.sasl_authentication = SASL_CRAM_MD5;
	assert_warns(&config, "file of imap", NULL);
	imap.sasl_authentication = SASL_OFF;
	imap.implicit_tls = true;
	assert_warns(&config, "file of imap", NULL);
	(void)file_with("secret\n", 7, 0600);
	assert_warns(&config, NULL, NULL);
}

static void
assert_refused(const struct config_probe *config, const char *right_key)
{
	struct target *target;
	const char *key = "?", *error = "?";

	assert_int_equal(target_new(config, &target, &key, &error), -1);
	assert_string_equal(key, right_key);
	assert_null(strstr(error, "secret"));
}

static void
what_is_missing_is_said(void **state)
{
	struct config_probe config = { .server = "mx",
		.sasl_authentication = SASL_PLAIN,
		.sasl_password = "secret" };

	(void)state;
	assert_refused(&config, "sasl_user");
	config.sasl_user = "probe";
	target_free(target_of(&config));
	config.sasl_password = NULL;
	assert_refused(&config, "sasl_password");
	config.sasl_password_file = "/none";
	assert_refused(&config, "sasl_password_file");
	config = (struct config_probe){
		.server = "/run/lmtp", .verify = true, .starttls = true
	};
	assert_refused(&config, "tls_name");
	config.verify = false;
	target_free(target_of(&config));
	config.verify = true;
	config.tls_name = "mx";
	target_free(target_of(&config));
	config.ca_file = "/none";
	assert_refused(&config, "ca_file");
	config.starttls = false;
	target_free(target_of(&config));
}

/* By the names that the file has for it. */
static void
what_is_missing_of_imap_is_said(void **state)
{
	struct config_probe imap = { .server = "imap",
		.sasl_user = "probe",
		.sasl_password_file = "/none" };
	struct config_delivery delivery = { .imap = &imap };
	const struct config_probe config = { .server = "mx",
		.delivery = &delivery };

	(void)state;
	assert_refused(&config, "delivery/imap/password_file");
	imap.sasl_password_file = NULL;
	imap.sasl_password = "sec\nret";
	assert_refused(&config, "delivery/imap/password");
	imap.sasl_password = "secret";
	target_free(target_of(&config));
	imap.implicit_tls = true;
	imap.ca_file = "/none";
	assert_refused(&config, "delivery/imap/ca_file");
}

static void
a_probe_has_a_name_to_say(void **state)
{
	struct config_probe config = { .server = "mx", .ehlo = "me" };
	struct target *target = target_of(&config);

	(void)state;
	assert_string_equal(target->ehlo, "me");
	assert_null(target->tls);
	target_free(target);
	config.ehlo = NULL;
	target = target_of(&config);
	if (target->ehlo != NULL)
		assert_non_null(strchr(target->ehlo, '.'));
	target_free(target);
	target_free(NULL);
}

static int
setup(void **state)
{
	(void)state;
	dir = scratch_make();
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
		TEST("a password is one line", a_password_is_one_line),
		TEST("a password is not endless", a_password_is_not_endless),
		TEST("what is no file is refused", what_is_no_file_is_refused),
		TEST("a name is a credential", a_name_is_a_credential),
		TEST("one can stand in the configuration",
		    one_can_stand_in_the_configuration),
		TEST("passwords that others may see are warned of",
		    passwords_that_others_may_see_are_warned_of),
		TEST("passwords of imap are warned of",
		    passwords_of_imap_are_warned_of),
		TEST("what is missing is said", what_is_missing_is_said),
		TEST("what is missing of imap is said",
		    what_is_missing_of_imap_is_said),
		TEST("a probe has a name to say", a_probe_has_a_name_to_say),
	};

	return (cmocka_run_group_tests(tests, setup, teardown));
}
