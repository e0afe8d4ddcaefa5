/*
 * Names of other exporters: the table's rows, and what they sum up.
 */
#include "tests/unit/unit.h"

#include "lib/stats/ciphers.h"
#include "lib/stats/key.h"
#include "lib/stats/render_prometheus.h"
#include "lib/stats/series.h"

/* --- the table ---------------------------------------------------------- */

static const struct family *
peer_family(unsigned id)
{
	return (family_at(family_of_peer((enum peer_family_id)id)));
}

static bool
ends(struct slice name, const char *end)
{
	return (name.len > strlen(end) &&
	    slice_equal(slice_from(name, name.len - strlen(end)), end));
}

static void
names_are_like_the_others(void **state)
{
	(void)state;
	for (unsigned i = 0; i < PEER_FAMILY_COUNT; i++) {
		const struct family *family = peer_family(i);

		if (!slice_starts(family->name, "postfix_") ||
		    strspn(family->name.at, "abcdefghijklmnopqrstuvwxyz_") !=
			family->name.len)
			fail_msg("%s is no name", family->name.at);
		if ((family->type == FAMILY_COUNTER) !=
		    ends(family->name, "_total"))
			fail_msg("%s: _total is what counters end in",
			    family->name.at);
	}
}

static void
names_are_there_once(void **state)
{
	unsigned own = family_of_peer(0);

	(void)state;
	for (unsigned i = 0; i < own + PEER_FAMILY_COUNT; i++)
		for (unsigned o = 0; o < i; o++)
			if (slice_same(family_at(i)->name, family_at(o)->name))
				fail_msg("%s means two things",
				    family_at(i)->name.at);
}

static void
check_labels(const struct peer *peer)
{
	const struct key_labels *open = key_labels(peer->metric);
	const char *key = metrics[peer->metric].key;

	assert_in_range(peer->label_count, 0, PEER_LABELS - 1);
	assert_in_range(peer->condition_count, 0, PEER_CONDITIONS);
	for (unsigned i = 0; i < peer->label_count; i++) {
		const struct peer_label *label = &peer->label[i];

		if (label->source != PEER_FIXED && label->at >= open->count)
			fail_msg("%s has no label for %.*s", key,
			    (int)label->name.len, label->name.at);
		if (slice_equal(label->name, "le") ||
		    slice_equal(label->name, "instance") ||
		    slice_equal(label->name, "postfix_instance"))
			fail_msg("%s: a reserved label", key);
	}
	for (unsigned i = 0; i < peer->condition_count; i++) {
		const struct peer_condition *condition = &peer->condition[i];

		if (condition->at >= open->count)
			fail_msg("%s: a condition of no label", key);
		if (condition->test == PEER_IS_OF &&
		    mtagroups_daemon(ROWS_KINDS, condition->value) ==
			IETF_DAEMON_COUNT)
			fail_msg("%s: no daemon is %.*s", key,
			    (int)condition->value.len, condition->value.at);
	}
}

/* One set of labels and one type in a family, and histograms whole. */
static void
rows_of_a_family_agree(void **state)
{
	const struct peer *first[PEER_FAMILY_COUNT] = { NULL };
	unsigned roles[PEER_FAMILY_COUNT] = { 0 };

	(void)state;
	for (enum metric_id m = 0; m < METRIC_COUNT; m++)
		for (const struct peer *peer = peers_of(m); peer != NULL;
		     peer = peer->next) {
			unsigned f = peer->family - family_of_peer(0);
			const struct family *family = peer_family(f);

			check_labels(peer);
			roles[f] |= 1u << family_role(m);
			if (first[f] == NULL)
				first[f] = peer;
			assert_int_equal(
			    first[f]->label_count, peer->label_count);
			for (unsigned i = 0; i < peer->label_count; i++)
				assert_true(slice_same(first[f]->label[i].name,
				    peer->label[i].name));
			if (family->type == FAMILY_COUNTER &&
			    !metric_is_counter(&metrics[m]))
				fail_msg("%s is no counter", metrics[m].key);
		}
	for (unsigned f = 0; f < PEER_FAMILY_COUNT; f++)
		assert_int_equal(roles[f],
		    peer_family(f)->type == FAMILY_HISTOGRAM ?
			1u << ROLE_BUCKET | 1u << ROLE_SUM | 1u << ROLE_COUNT :
			1u << ROLE_PLAIN);
}

/* --- sums ---------------------------------------------------------------- */

/* Transports and services, and which daemons they are. */
static const char group_lines[] =
    "1 smtp 1 smtp\n2 smtp 1 relay\n3 lmtp 1 lmtp\n"
    "4 pipe 1 legal\n5 pipe 1 qmgr\n6 smtpd 1 smtpd\n"
    "7 smtpd 1 submission\n8 pickup 1 pickup\n";

/* A tailer's snapshot with these keys and values. */
static struct snapshot *
snapshot_with(const char *const *pairs)
{
	struct snapshot *snapshot = snapshot_new();

	assert_non_null(snapshot);
	snapshot_add_number(snapshot, SLICE("tailer:started"), 1);
	for (; *pairs != NULL; pairs++) {
		struct slice value = slice_of(*pairs), key;
		uint64_t number = 0;

		assert_true(slice_cut(&value, ' ', &key));
		assert_true(slice_number(value, &number));
		snapshot_add_number(snapshot, key, number);
	}
	snapshot_add_text(snapshot, SLICE("=group:00"), SLICE(group_lines));
	snapshot_sort(snapshot);
	return (snapshot);
}

/* The lines of `text` that begin with `name`, valid until the next call. */
static const char *
lines_of(char *text, const char *name)
{
	static char kept[16384];
	struct slice rest = slice_of(text), line;
	size_t at = 0;

	while (slice_cut(&rest, '\n', &line)) {
		if (line.len < strlen(name) ||
		    memcmp(line.at, name, strlen(name)) != 0)
			continue;
		assert_true(at + line.len + 2 < sizeof(kept));
		memcpy(kept + at, line.at, line.len);
		at += line.len;
		kept[at++] = '\n';
	}
	kept[at] = '\0';
	free(text);
	return (kept);
}

static char *
rendered(const struct snapshot *const *snapshots, size_t count)
{
	char *text = NULL;
	size_t len;
	FILE *out = open_memstream(&text, &len);

	assert_non_null(out);
	assert_int_equal(
	    render_prometheus(out, PROMETHEUS_TEXT, snapshots, count), 0);
	assert_int_equal(fclose(out), 0);
	return (text);
}

/* The series that begin with `name`, of a snapshot with these keys. */
static const char *
series_of(const char *const *pairs, const char *name)
{
	struct snapshot *snapshot = snapshot_with(pairs);
	const struct snapshot *one = snapshot;
	char *text = rendered(&one, 1);

	snapshot_free(snapshot);
	return (lines_of(text, name));
}

static void
transports_of_a_daemon_are_summed(void **state)
{
	static const char *const keys[] = { "delivery:smtp:sent 1",
		"delivery:relay:sent 2", "delivery:lmtp:sent 4",
		"delivery:legal:sent 8", "delivery:smtp:deferred 16",
		"delivery:relay:bounced 32", "delivery:relay:softbounce 64",
		"delivery:unknown:sent 128", NULL };

	(void)state;
	assert_string_equal(
	    series_of(keys, "postfix_smtp_messages_processed_total"),
	    "postfix_smtp_messages_processed_total{status=\"SOFTBOUNCE\"} 64\n"
	    "postfix_smtp_messages_processed_total{status=\"bounced\"} 32\n"
	    "postfix_smtp_messages_processed_total{status=\"deferred\"} 16\n"
	    "postfix_smtp_messages_processed_total{status=\"sent\"} 3\n");
	assert_string_equal(series_of(keys,
				"postfix_lmtp_messages_processed_total{status="
				"\"sent\"}"),
	    "postfix_lmtp_messages_processed_total{status=\"sent\"} 4\n");
	assert_string_equal(series_of(keys, "postfix_smtp_status_deferred"),
	    "postfix_smtp_status_deferred 16\n");
	assert_string_equal(series_of(keys, "# TYPE postfix_smtp_status_def"),
	    "# TYPE postfix_smtp_status_deferred untyped\n");
	assert_string_equal(
	    series_of(keys, "postfix_smtp_deferred_messages_total"),
	    "postfix_smtp_deferred_messages_total 16\n");
}

static void
services_of_a_daemon_are_summed(void **state)
{
	static const char *const keys[] = { "receive:smtpd:NONE 1",
		"receive:submission:PLAIN 2", "receive:smtpd:PLAIN 4",
		"receive:pickup:NONE 8", "smtpd_connect:smtpd 16",
		"smtpd_connect:submission 32", NULL };

	(void)state;
	assert_string_equal(
	    series_of(keys, "postfix_smtpd_messages_processed_total"),
	    "postfix_smtpd_messages_processed_total{sasl_method=\"NONE\"} 1\n"
	    "postfix_smtpd_messages_processed_total{sasl_method=\"PLAIN\"} "
	    "6\n");
	assert_string_equal(series_of(keys, "postfix_smtpd_connects_total"),
	    "postfix_smtpd_connects_total 48\n");
}

static void
histograms_are_summed(void **state)
{
	static const char *const keys[] = { "delay:smtp:transmission:le:0.5 1",
		"delay:relay:transmission:le:0.5 2",
		"delay:smtp:transmission:sum 1500000",
		"delay:relay:transmission:sum 1000000",
		"delay:smtp:transmission:count 3",
		"delay:relay:transmission:count 4",
		"delay:smtp:total:le:0.5 100",
		"delay:legal:queue_manager:le:0.5 5",
		"delay:qmgr:queue_manager:le:0.5 7", NULL };
	const char *text = series_of(keys, "postfix_smtp_delivery_delay");

	(void)state;
	assert_non_null(strstr(text,
	    "_bucket{stage=\"transmission\",le=\"0.1\"} 0\n"
	    "postfix_smtp_delivery_delay_seconds_bucket{stage=\"transmission\","
	    "le=\"0.5\"} 3\n"));
	assert_non_null(strstr(text,
	    "_bucket{stage=\"transmission\",le=\"+Inf\"} 7\n"
	    "postfix_smtp_delivery_delay_seconds_count{stage=\"transmission\"} "
	    "7\n"
	    "postfix_smtp_delivery_delay_seconds_sum{stage=\"transmission\"} "
	    "2.500000\n"));
	assert_null(strstr(text, "total"));
	assert_string_equal(series_of(keys, "postfix_pipe_delivery_delay"),
	    "postfix_pipe_delivery_delay_seconds_bucket{relay=\"legal\","
	    "stage=\"queue_manager\",le=\"0.5\"} 5\n");
}

static void
status_codes_are_told_by_class(void **state)
{
	static const char *const keys[] = { "delivery_dsn:smtp:2.0.0 1",
		"delivery_dsn:smtp:4.2.0 2", "delivery_dsn:relay:4.2.0 4",
		"delivery_dsn:smtp:5.1.1 8", "delivery_dsn:smtp:other 16",
		"delivery_dsn:lmtp:4.2.0 32", NULL };

	(void)state;
	assert_string_equal(
	    series_of(keys, "postfix_smtp_deferred_messages_by_dsn_total"),
	    "postfix_smtp_deferred_messages_by_dsn_total{dsn=\"4.2.0\"} 6\n");
	assert_string_equal(
	    series_of(keys, "postfix_smtp_bounced_messages_by_dsn_total"),
	    "postfix_smtp_bounced_messages_by_dsn_total{dsn=\"5.1.1\"} 8\n");
}

static void
sides_of_tls_are_two_families(void **state)
{
	static const char *const keys[] = {
		"tls:in:Anonymous:TLSv1.3:TLS_AES_256_GCM_SHA384 1",
		"tls:out:Trusted:TLSv1.2:ECDHE-RSA-AES128-SHA256 2",
		"tls:out:Trusted:TLSv1.2:other 4", NULL
	};

	(void)state;
	assert_string_equal(series_of(keys, "postfix_smtpd_tls_conn"),
	    "postfix_smtpd_tls_connections_total{trust=\"Anonymous\","
	    "protocol=\"TLSv1.3\",cipher=\"TLS_AES_256_GCM_SHA384\","
	    "secret_bits=\"256\",algorithm_bits=\"256\"} 1\n");
	assert_string_equal(series_of(keys, "postfix_smtp_tls_conn"),
	    "postfix_smtp_tls_connections_total{trust=\"Trusted\","
	    "protocol=\"TLSv1.2\",cipher=\"ECDHE-RSA-AES128-SHA256\","
	    "secret_bits=\"128\",algorithm_bits=\"128\"} 2\n"
	    "postfix_smtp_tls_connections_total{trust=\"Trusted\","
	    "protocol=\"TLSv1.2\",cipher=\"other\"} 4\n");
}

static void
an_empty_label_is_none(void **state)
{
	static const char *const keys[] = { "lines:unrecognised:smtpd 1",
		"log:smtpd:warning 2", "log:smtpd:fatal 3", NULL };

	(void)state;
	assert_string_equal(series_of(keys, "postfix_unsupported"),
	    "postfix_unsupported_log_entries_total{service=\"smtpd\"} 1\n"
	    "postfix_unsupported_log_entries_total{service=\"smtpd\","
	    "level=\"fatal\"} 3\n"
	    "postfix_unsupported_log_entries_total{service=\"smtpd\","
	    "level=\"warning\"} 2\n");
}

static void
instances_stay_apart(void **state)
{
	static const char *const keys[] = { "delivery:smtp:sent@a 1",
		"delivery:relay:sent@a 2", "delivery:smtp:sent@b 4",
		"delivery:smtp:sent 5", "delivery:relay:sent 2", NULL };

	(void)state;
	assert_string_equal(
	    series_of(
		keys, "postfix_smtp_messages_processed_total{status=\"sent"),
	    "postfix_smtp_messages_processed_total{status=\"sent\","
	    "postfix_instance=\"a\"} 3\n"
	    "postfix_smtp_messages_processed_total{status=\"sent\","
	    "postfix_instance=\"b\"} 4\n");
}

static void
a_key_of_two_stores_counts_once(void **state)
{
	static const char *const keys[] = { "smtpd_connect:smtpd 3", NULL };
	struct snapshot *one = snapshot_with(keys),
			*other = snapshot_with(keys);
	const struct snapshot *both[] = { one, NULL, other };

	(void)state;
	assert_string_equal(
	    lines_of(rendered(both, 3), "postfix_smtpd_connects_total"),
	    "postfix_smtpd_connects_total 3\n");
	snapshot_free(one);
	snapshot_free(other);
}

/* --- zeros --------------------------------------------------------------- */

static unsigned
lines_in(const char *text)
{
	unsigned count = 0;

	for (; *text != '\0'; text++)
		count += *text == '\n';
	return (count);
}

static void
known_values_are_zero_before_they_are_seen(void **state)
{
	static const char *const keys[] = { "lines:read 1", NULL };

	(void)state;
	assert_string_equal(series_of(keys, "postfix_showq_queue_depth"),
	    "postfix_showq_queue_depth{queue=\"active\"} 0\n"
	    "postfix_showq_queue_depth{queue=\"deferred\"} 0\n"
	    "postfix_showq_queue_depth{queue=\"hold\"} 0\n"
	    "postfix_showq_queue_depth{queue=\"incoming\"} 0\n"
	    "postfix_showq_queue_depth{queue=\"maildrop\"} 0\n");
	/* of each queue 8 bounds, that of all, count and sum */
	assert_int_equal(
	    lines_in(series_of(keys, "postfix_showq_message_age_seconds")), 55);
	assert_int_equal(
	    lines_in(series_of(keys, "postfix_smtp_delivery_delay_seconds")),
	    4 * 15);
	assert_string_equal(
	    series_of(keys, "postfix_lmtp_messages_processed_total{status=\"s"),
	    "postfix_lmtp_messages_processed_total{status=\"sent\"} 0\n");
	assert_string_equal(series_of(keys, "postfix_pipe_delivery"), "");
}

static void
instances_have_zeros_of_counters_only(void **state)
{
	static const char *const keys[] = { "recv:smtp@a 1", "recv:smtp@b 2",
		"queue:active:messages@a 3", NULL };

	(void)state;
	assert_string_equal(series_of(keys, "postfix_recv_total"),
	    "postfix_recv_total{via=\"smtp\",postfix_instance=\"a\"} 1\n"
	    "postfix_recv_total{via=\"smtp\",postfix_instance=\"b\"} 2\n"
	    "postfix_recv_total{via=\"local\",postfix_instance=\"a\"} 0\n"
	    "postfix_recv_total{via=\"local\",postfix_instance=\"b\"} 0\n");
	assert_string_equal(series_of(keys, "postfix_showq_queue_depth"),
	    "postfix_showq_queue_depth{queue=\"active\","
	    "postfix_instance=\"a\"} 3\n");
}

static void
no_tailer_no_zeros(void **state)
{
	struct snapshot *snapshot = snapshot_new();
	const struct snapshot *one = snapshot;

	(void)state;
	assert_non_null(snapshot);
	assert_string_equal(lines_of(rendered(&one, 1), ""), "");
	snapshot_free(snapshot);
	one = NULL;
	assert_string_equal(lines_of(rendered(&one, 1), ""), "");
}

/* --- ciphers -------------------------------------------------------------- */

/* As OpenSSL's SSL_CIPHER_get_bits() says them. */
static void
bits_are_those_of_the_cipher(void **state)
{
	static const struct {
		const char *name, *secret, *algorithm;
	} ciphers[] = {
		{ "TLS_AES_256_GCM_SHA384", "256", "256" },
		{ "TLS_AES_128_GCM_SHA256", "128", "128" },
		{ "TLS_CHACHA20_POLY1305_SHA256", "256", "256" },
		{ "ECDHE-RSA-AES256-GCM-SHA384", "256", "256" },
		{ "AES128-SHA256", "128", "128" },
		{ "ECDHE-ARIA256-GCM-SHA384", "256", "256" },
		{ "DHE-RSA-CAMELLIA128-SHA256", "128", "128" },
		{ "ADH-DES-CBC3-SHA", "112", "168" },
		{ "ECDHE-RSA-RC4-SHA", "128", "128" },
		{ "NULL-SHA256", "0", "0" },
		{ "ECDHE-ECDSA-AES128-CCM8", "", "" },
		{ "EXP-RC4-MD5", "", "" },
		{ "other", "", "" },
	};

	(void)state;
	for (size_t i = 0; i < COUNT(ciphers); i++) {
		struct slice name = slice_of(ciphers[i].name);

		assert_true(
		    slice_equal(cipher_secret_bits(name), ciphers[i].secret));
		assert_true(slice_equal(
		    cipher_algorithm_bits(name), ciphers[i].algorithm));
	}
}

int
main(void)
{
	const struct CMUnitTest tests[] = {
		TEST("names are like the others", names_are_like_the_others),
		TEST("names are there once", names_are_there_once),
		TEST("rows of a family agree", rows_of_a_family_agree),
		TEST("transports of a daemon are summed up",
		    transports_of_a_daemon_are_summed),
		TEST("services of a daemon are summed up",
		    services_of_a_daemon_are_summed),
		TEST("histograms are summed up", histograms_are_summed),
		TEST("status codes are told by class",
		    status_codes_are_told_by_class),
		TEST("sides of TLS are two families",
		    sides_of_tls_are_two_families),
		TEST("an empty label is none", an_empty_label_is_none),
		TEST("instances stay apart", instances_stay_apart),
		TEST("a key of two stores counts once",
		    a_key_of_two_stores_counts_once),
		TEST("known values are 0 before they are seen",
		    known_values_are_zero_before_they_are_seen),
		TEST("instances have zeros of counters only",
		    instances_have_zeros_of_counters_only),
		TEST("no tailer's store, no zeros", no_tailer_no_zeros),
		TEST("bits are those of the cipher",
		    bits_are_those_of_the_cipher),
	};

	return (cmocka_run_group_tests(tests, NULL, NULL));
}
