/*
 * The table's names for Prometheus, and the text that it reads.
 */
#include "tests/unit/unit.h"

#include "lib/stats/families.h"
#include "lib/stats/key.h"
#include "lib/stats/render_prometheus.h"

static bool
ends(const char *name, const char *end)
{
	size_t name_len = strlen(name), len = strlen(end);

	return (name_len > len && strcmp(name + name_len - len, end) == 0);
}

/* Letters, digits and low lines, and no unit but the base ones. */
static void
names_are_well_formed(void **state)
{
	static const char *const others[] = { "_milliseconds", "_minutes",
		"_hours", "_days", "_kilobytes", "_megabytes", "_percent",
		"_ms", "_ratio_percent" };

	(void)state;
	for (enum metric_id i = 0; i < METRIC_COUNT; i++) {
		const char *name = metrics[i].prometheus;

		if ((strncmp(name, "postfix_", 8) != 0 &&
			strncmp(name, "smtp_probe_", 11) != 0 &&
			strncmp(name, "mail_", 5) != 0 &&
			strncmp(name, "email_", 6) != 0 &&
			strncmp(name, "cpanel_", 7) != 0) ||
		    strspn(name, "abcdefghijklmnopqrstuvwxyz_0123456789") !=
			strlen(name))
			fail_msg("%s is no name", name);
		for (size_t o = 0; o < COUNT(others); o++)
			if (strstr(name, others[o]) != NULL)
				fail_msg("%s is not in a base unit", name);
	}
}

static void
names_end_as_their_type(void **state)
{
	(void)state;
	for (enum metric_id i = 0; i < METRIC_COUNT; i++) {
		const char *name = metrics[i].prometheus;

		if (family_role(i) != ROLE_PLAIN)
			continue;
		if (metric_is_counter(&metrics[i]) != ends(name, "_total"))
			fail_msg("%s: _total is what counters end in", name);
		if (ends(name, "_count") || ends(name, "_sum") ||
		    ends(name, "_bucket"))
			fail_msg("%s ends like a histogram", name);
		if (metrics[i].kind == KIND_DURATION)
			fail_msg("%s: a duration is a histogram's sum", name);
	}
}

/* One TYPE and one HELP for rows of one name. */
static void
rows_of_a_family_agree(void **state)
{
	(void)state;
	for (enum metric_id i = 0; i < METRIC_COUNT; i++) {
		const struct family *family = family_at(family_of(i));
		bool worded = false;

		for (size_t f = 0; f < FAMILY_COUNT; f++)
			worded |= slice_equal(
			    family->name, family_helps[f].name);
		if ((family->rows > 1) != worded)
			fail_msg("%s: FAMILY is for names of several rows, "
				 "and all of them",
			    metrics[i].prometheus);
		if ((family->type == FAMILY_HISTOGRAM) !=
			(family_role(i) != ROLE_PLAIN) ||
		    (family->type == FAMILY_COUNTER &&
			!metric_is_counter(&metrics[i])) ||
		    (family->type == FAMILY_GAUGE &&
			metric_is_counter(&metrics[i])))
			fail_msg(
			    "%s: rows of other types", metrics[i].prometheus);
		if (family->type == FAMILY_HISTOGRAM && family->rows != 3)
			fail_msg(
			    "%s is no whole histogram", metrics[i].prometheus);
	}
}

static void
every_family_is_a_name(void **state)
{
	(void)state;
	for (size_t f = 0; f < FAMILY_COUNT; f++) {
		bool found = false;

		for (enum metric_id i = 0; i < METRIC_COUNT; i++)
			found |= slice_equal(family_at(family_of(i))->name,
			    family_helps[f].name);
		if (!found)
			fail_msg("no row is of %s", family_helps[f].name);
	}
}

/* The labels of a row as text, those that are open with a star. */
static const char *
label_text(enum metric_id metric, char text[256])
{
	struct slice rest = slice_of(metrics[metric].key), name, value;
	size_t len = 0;

	text[0] = '\0';
	while (family_label_next(metric, &rest, &name, &value))
		len += (size_t)snprintf(text + len, 256 - len, "%.*s=%.*s,",
		    (int)name.len, name.at, value.len > 0 ? (int)value.len : 1,
		    value.len > 0 ? value.at : "*");
	return (text);
}

static void
rows_of_a_family_differ_in_labels(void **state)
{
	char a[256], b[256];

	(void)state;
	for (enum metric_id i = 0; i < METRIC_COUNT; i++)
		for (enum metric_id o = 0; o < i; o++)
			if (strcmp(metrics[i].prometheus,
				metrics[o].prometheus) == 0 &&
			    strcmp(label_text(i, a), label_text(o, b)) == 0)
				fail_msg("%s and %s are the same series",
				    metrics[i].key, metrics[o].key);
}

/* Labels that mean something to Prometheus. */
static void
labels_are_not_reserved(void **state)
{
	(void)state;
	for (enum metric_id i = 0; i < METRIC_COUNT; i++) {
		struct slice rest = slice_of(metrics[i].key), name, value;

		while (family_label_next(i, &rest, &name, &value))
			if (slice_equal(name, "quantile") ||
			    slice_equal(name, "postfix_instance") ||
			    slice_equal(name, "job") ||
			    slice_equal(name, "instance") ||
			    slice_equal(name, "le") !=
				(family_role(i) == ROLE_BUCKET &&
				    rest.len == 0))
				fail_msg("%s: label %.*s", metrics[i].key,
				    (int)name.len, name.at);
	}
}

/* --- text --------------------------------------------------------------- */

static struct snapshot *
snapshot_with(const char *const *keys)
{
	struct snapshot *snapshot = snapshot_new();

	assert_non_null(snapshot);
	for (uint64_t value = 1; *keys != NULL; keys++)
		snapshot_add_number(snapshot, slice_of(*keys), value++);
	snapshot_sort(snapshot);
	return (snapshot);
}

/* The text without its HELP lines, valid until the next call. */
static const char *
format_of(enum prometheus_format format,
    const struct snapshot *const *snapshots, size_t count)
{
	static char kept[8192];
	struct slice rest, line;
	char *text = NULL;
	size_t len, at = 0;
	FILE *out = open_memstream(&text, &len);

	assert_non_null(out);
	assert_int_equal(render_prometheus(out, format, snapshots, count), 0);
	assert_int_equal(fclose(out), 0);
	rest = (struct slice){ text, len };
	while (slice_cut(&rest, '\n', &line)) {
		if (slice_starts(line, "# HELP "))
			continue;
		assert_true(at + line.len + 2 < sizeof(kept));
		memcpy(kept + at, line.at, line.len);
		at += line.len;
		kept[at++] = '\n';
	}
	assert_int_equal(rest.len, 0);
	kept[at] = '\0';
	free(text);
	return (kept);
}

static const char *
text_of(const struct snapshot *const *snapshots, size_t count)
{
	return (format_of(PROMETHEUS_TEXT, snapshots, count));
}

/* Of one snapshot with the keys 1, 2 and so on. */
static const char *
text_of_keys(const char *const *keys)
{
	struct snapshot *snapshot = snapshot_with(keys);
	const struct snapshot *one = snapshot;
	const char *text = text_of(&one, 1);

	snapshot_free(snapshot);
	return (text);
}

static void
fixed_labels_tell_rows_apart(void **state)
{
	static const char *const keys[] = { "queue_in:messages", "sent:smtp",
		"sent:local", "sent:legal", "delivery:smtp:forwarded",
		"no_such:key", NULL };

	(void)state;
	assert_string_equal(text_of_keys(keys),
	    "# TYPE postfix_sent_total counter\n"
	    "postfix_sent_total{agent=\"smtp\"} 2\n"
	    "postfix_sent_total{agent=\"local\"} 3\n"
	    "postfix_sent_total{agent=\"legal\"} 4\n"
	    "# TYPE postfix_delivery_forwarded_total counter\n"
	    "postfix_delivery_forwarded_total{transport=\"smtp\"} 5\n"
	    "# TYPE postfix_queue_in_messages_total counter\n"
	    "postfix_queue_in_messages_total 1\n");
}

static void
histograms_are_in_order(void **state)
{
	static const char *const keys[] = { "postscreen_rank:le:10",
		"postscreen_rank:le:2", "postscreen_rank:count",
		"postscreen_rank:sum", "delay:smtp:total:le:0.5",
		"delay:smtp:total:sum", "delay:smtp:total:count", NULL };

	(void)state;
	assert_string_equal(text_of_keys(keys),
	    "# TYPE postfix_delay_seconds histogram\n"
	    "postfix_delay_seconds_bucket{transport=\"smtp\",stage=\"total\","
	    "le=\"0.5\"} 5\n"
	    "postfix_delay_seconds_bucket{transport=\"smtp\",stage=\"total\","
	    "le=\"+Inf\"} 7\n"
	    "postfix_delay_seconds_count{transport=\"smtp\",stage=\"total\"} "
	    "7\n"
	    "postfix_delay_seconds_sum{transport=\"smtp\",stage=\"total\"} "
	    "0.000006\n"
	    "# TYPE postfix_postscreen_dnsbl_rank histogram\n"
	    "postfix_postscreen_dnsbl_rank_bucket{le=\"2\"} 2\n"
	    "postfix_postscreen_dnsbl_rank_bucket{le=\"10\"} 1\n"
	    "postfix_postscreen_dnsbl_rank_bucket{le=\"+Inf\"} 3\n"
	    "postfix_postscreen_dnsbl_rank_count 3\n"
	    "postfix_postscreen_dnsbl_rank_sum 4\n");
}

static void
milliseconds_become_seconds(void **state)
{
	static const char *const keys[] = { "delay_5m:smtp:p95", NULL };

	(void)state;
	assert_string_equal(text_of_keys(keys),
	    "# TYPE postfix_delay_5m_seconds gauge\n"
	    "postfix_delay_5m_seconds{transport=\"smtp\",percentile=\"p95\"} "
	    "0.001\n");
}

static void
several_instances_have_no_total(void **state)
{
	static const char *const keys[] = { "recv:smtp@a", "recv:smtp@b",
		"recv:smtp", "lines:read", NULL };

	(void)state;
	assert_string_equal(text_of_keys(keys),
	    "# TYPE postfix_recv_total counter\n"
	    "postfix_recv_total{via=\"smtp\",postfix_instance=\"a\"} 1\n"
	    "postfix_recv_total{via=\"smtp\",postfix_instance=\"b\"} 2\n"
	    "# TYPE postfix_log_lines_total counter\n"
	    "postfix_log_lines_total{what=\"read\"} 4\n");
}

static void
hostile_label_values_are_quoted(void **state)
{
	static const char *const keys[] = { "rule:a\"b\\", "rule:%0A%22",
		"rule:x%3Ay%40z%20%25%3A", "rule:%FF<script>", "rule:caf%C3%A9",
		"rule:%25FF", "rule:%EF%BF%BDFF", "rule:%C2%85%7F", NULL };

	(void)state;
	assert_string_equal(text_of_keys(keys),
	    "# TYPE postfix_rule_total counter\n"
	    "postfix_rule_total{rule=\"\xEF\xBF\xBD"
	    "0A\\\"\"} 2\n"
	    "postfix_rule_total{rule=\"%FF\"} 6\n"
	    "postfix_rule_total{rule=\"\xEF\xBF\xBD"
	    "C2\xEF\xBF\xBD"
	    "85\xEF\xBF\xBD"
	    "7F\"} 8\n"
	    "postfix_rule_total{rule=\"\xEF\xBF\xBD"
	    "EF\xEF\xBF\xBD"
	    "BF\xEF\xBF\xBD"
	    "BDFF\"} 7\n"
	    "postfix_rule_total{rule=\"\xEF\xBF\xBD"
	    "FF<script>\"} 4\n"
	    "postfix_rule_total{rule=\"a\\\"b\\\\\"} 1\n"
	    "postfix_rule_total{rule=\"caf\xC3\xA9\"} 5\n"
	    "postfix_rule_total{rule=\"x:y@z %:\"} 3\n");
}

static void
stores_are_joined(void **state)
{
	static const char *const first[] = { "sent:smtp", NULL };
	static const char *const third[] = { "recv:smtp", "sent:smtp",
		"sent:local", NULL };
	struct snapshot *one = snapshot_with(first);
	struct snapshot *other = snapshot_with(third);
	const struct snapshot *all[] = { one, NULL, other };

	(void)state;
	assert_string_equal(text_of(all, 3),
	    "# TYPE postfix_sent_total counter\n"
	    "postfix_sent_total{agent=\"smtp\"} 1\n"
	    "postfix_sent_total{agent=\"local\"} 3\n"
	    "# TYPE postfix_recv_total counter\n"
	    "postfix_recv_total{via=\"smtp\"} 1\n");
	snapshot_free(one);
	snapshot_free(other);
}

/* As text_of_keys(), of a store that began at 1700000000. */
static const char *
openmetrics_of_keys(const char *const *keys)
{
	struct snapshot *snapshot = snapshot_with(keys);
	const struct snapshot *one = snapshot;
	const char *text;

	snapshot->epoch = 1700000000;
	text = format_of(PROMETHEUS_OPENMETRICS, &one, 1);
	snapshot_free(snapshot);
	return (text);
}

static void
openmetrics_has_its_own_rules(void **state)
{
	static const char *const keys[] = { "sent:smtp",
		"delay:smtp:total:le:1", "delay:smtp:total:sum",
		"delay:smtp:total:count", "queue_size:hold:le:1000",
		"queue_size:hold:le:10000000", "queue_size:hold:sum",
		"queue_size:hold:count", NULL };

	(void)state;
	assert_string_equal(openmetrics_of_keys(keys),
	    "# TYPE postfix_sent counter\n"
	    "postfix_sent_total{agent=\"smtp\"} 1\n"
	    "postfix_sent_created{agent=\"smtp\"} 1700000000\n"
	    "# TYPE postfix_delay_seconds histogram\n"
	    "# UNIT postfix_delay_seconds seconds\n"
	    "postfix_delay_seconds_bucket{transport=\"smtp\",stage=\"total\","
	    "le=\"1.0\"} 2\n"
	    "postfix_delay_seconds_bucket{transport=\"smtp\",stage=\"total\","
	    "le=\"+Inf\"} 4\n"
	    "postfix_delay_seconds_count{transport=\"smtp\",stage=\"total\"} "
	    "4\n"
	    "postfix_delay_seconds_sum{transport=\"smtp\",stage=\"total\"} "
	    "0.000003\n"
	    "postfix_delay_seconds_created{transport=\"smtp\","
	    "stage=\"total\"} 1700000000\n"
	    "# TYPE postfix_showq_message_size_bytes histogram\n"
	    "# UNIT postfix_showq_message_size_bytes bytes\n"
	    "postfix_showq_message_size_bytes_bucket{queue=\"hold\","
	    "le=\"1000.0\"} 5\n"
	    "postfix_showq_message_size_bytes_bucket{queue=\"hold\","
	    "le=\"1e+07\"} 6\n"
	    "postfix_showq_message_size_bytes_bucket{queue=\"hold\","
	    "le=\"+Inf\"} 8\n"
	    "postfix_showq_message_size_bytes_count{queue=\"hold\"} 8\n"
	    "postfix_showq_message_size_bytes_sum{queue=\"hold\"} 7\n"
	    "# EOF\n");
}

/* What is not known to have begun has no such line. */
static void
no_birth_no_created(void **state)
{
	static const char *const keys[] = { "lines:read", NULL };
	struct snapshot *snapshot = snapshot_with(keys);
	const struct snapshot *one = snapshot;

	(void)state;
	assert_string_equal(format_of(PROMETHEUS_OPENMETRICS, &one, 1),
	    "# TYPE postfix_log_lines counter\n"
	    "postfix_log_lines_total{what=\"read\"} 1\n"
	    "# EOF\n");
	snapshot_free(snapshot);
}

static void
family_is(enum prometheus_format format, const char *name,
    enum family_type type, const char *help, const char *wanted)
{
	char *text = NULL;
	size_t len;
	FILE *out = open_memstream(&text, &len);

	assert_non_null(out);
	render_family(out, format, name, type, help);
	assert_int_equal(fclose(out), 0);
	assert_string_equal(text, wanted);
	free(text);
}

static void
help_is_one_line(void **state)
{
	(void)state;
	family_is(PROMETHEUS_TEXT, "a", FAMILY_GAUGE, "b\\c\nd\"",
	    "# HELP a b\\\\c\\nd\"\n# TYPE a gauge\n");
	family_is(PROMETHEUS_OPENMETRICS, "a", FAMILY_GAUGE, "b\\c\nd\"",
	    "# HELP a b\\\\c\\nd\\\"\n# TYPE a gauge\n");
}

static void
types_are_those_of_the_format(void **state)
{
	(void)state;
	family_is(PROMETHEUS_TEXT, "a_bytes_total", FAMILY_COUNTER, "",
	    "# HELP a_bytes_total \n# TYPE a_bytes_total counter\n");
	family_is(PROMETHEUS_OPENMETRICS, "a_bytes_total", FAMILY_COUNTER, "",
	    "# HELP a_bytes \n# TYPE a_bytes counter\n"
	    "# UNIT a_bytes bytes\n");
	family_is(PROMETHEUS_TEXT, "a", FAMILY_UNTYPED, "",
	    "# HELP a \n# TYPE a untyped\n");
	family_is(PROMETHEUS_OPENMETRICS, "a", FAMILY_UNTYPED, "",
	    "# HELP a \n# TYPE a unknown\n");
}

/* A probe that was tried has all results, and its texts are labels.  Of two
   stores with texts of a family it is the first. */
static void
probes_have_all_results_and_texts(void **state)
{
	static const char *const keys[] = { "probe:a%40b:attempts",
		"probe_result:a%40b:dns", NULL };
	struct snapshot *probes = snapshot_with(keys);
	struct snapshot *other = snapshot_new();
	const struct snapshot *both[] = { NULL, probes, other };
	const char *text;

	(void)state;
	snapshot_add_text(
	    probes, SLICE("=probe_tls:a%40b"), SLICE("TLSv1.3 A B"));
	snapshot_add_text(probes, SLICE("=probe_tls:short"), SLICE("TLSv1.2"));
	snapshot_add_text(
	    probes, SLICE("=probe_subject:a%40b"), SLICE("CN=\"x\", O=y\\"));
	snapshot_add_text(
	    probes, SLICE("=probe_issuer:else"), SLICE("nobody's"));
	snapshot_sort(probes);
	snapshot_add_text(other, SLICE("=probe_tls:no"), SLICE("TLSv1 X"));
	snapshot_add_text(other, SLICE("=probe_result:o"), SLICE("ok"));
	snapshot_sort(other);
	text = format_of(PROMETHEUS_OPENMETRICS, both, COUNT(both));
	assert_non_null(strstr(text,
	    "smtp_probe_results_total{probe=\"a@b\",result=\"dns\"} 2\n"));
	assert_non_null(strstr(text,
	    "smtp_probe_results_total{probe=\"a@b\",result=\"error\"} 0\n"));
	assert_null(strstr(text, "result=\"dns\"} 0\n"));
	assert_non_null(strstr(text,
	    "# TYPE smtp_probe_result_info gauge\n"
	    "smtp_probe_result_info{probe=\"o\",result=\"ok\"} 1\n"
	    "# TYPE smtp_probe_tls_info gauge\n"
	    "smtp_probe_tls_info{probe=\"a@b\",version=\"TLSv1.3\","
	    "cipher=\"A B\"} 1\n"
	    "smtp_probe_tls_info{probe=\"short\",version=\"TLSv1.2\","
	    "cipher=\"\"} 1\n"
	    "# TYPE smtp_probe_cert_info gauge\n"
	    "smtp_probe_cert_info{probe=\"a@b\",subject=\"CN=\\\"x\\\", "
	    "O=y\\\\\",issuer=\"\"} 1\n"
	    "# EOF\n"));
	snapshot_free(probes);
	snapshot_free(other);
}

int
main(void)
{
	const struct CMUnitTest tests[] = {
		TEST("names are well formed", names_are_well_formed),
		TEST("names end as their type does", names_end_as_their_type),
		TEST("rows of a family agree", rows_of_a_family_agree),
		TEST("every FAMILY is a name", every_family_is_a_name),
		TEST("rows of a family differ in their labels",
		    rows_of_a_family_differ_in_labels),
		TEST("labels are not reserved ones", labels_are_not_reserved),
		TEST("fixed labels tell rows of a name apart",
		    fixed_labels_tell_rows_apart),
		TEST("histograms are in the order of their bounds",
		    histograms_are_in_order),
		TEST(
		    "milliseconds become seconds", milliseconds_become_seconds),
		TEST("several instances have no total",
		    several_instances_have_no_total),
		TEST("hostile label values are quoted",
		    hostile_label_values_are_quoted),
		TEST("stores are joined, each series once", stores_are_joined),
		TEST("OpenMetrics has its own rules",
		    openmetrics_has_its_own_rules),
		TEST("what has no birth says none", no_birth_no_created),
		TEST("HELP is one line", help_is_one_line),
		TEST("types are those of the format",
		    types_are_those_of_the_format),
		TEST("a probe has all results, and its texts are labels",
		    probes_have_all_results_and_texts),
	};

	return (cmocka_run_group_tests(tests, NULL, NULL));
}
