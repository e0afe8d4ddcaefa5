/*
 * Keys, labels and the table of metrics: what holds for every row.
 */
#include "tests/unit/unit.h"
#include "lib/stats/key.h"

static const char longest[] = "0123456789abcdef0123456789abcdef";

/* Values for the labels that a row's key leaves open. */
static void
fill(enum metric_id metric, struct slice open, struct slice *value_r)
{
	const struct key_labels *key = key_labels(metric);

	for (unsigned l = 0; l < key->count; l++) {
		struct slice rest = slice_of(labels[key->id[l]].values), value;

		value_r[l] = open;
		if (open.len > label_longest(key->id[l]))
			value_r[l].len = label_longest(key->id[l]);
		if (!label_is_closed(key->id[l]))
			continue;
		value_r[l].len = 0;
		while (label_value_next(&rest, &value))
			if (value.len > value_r[l].len)
				value_r[l] = value;
	}
}

static void
test_longest(void **state)
{
	struct slice value[METRIC_LABELS];
	char key[KEY_MAX + 1];

	(void)state;
	assert_int_equal(strlen(longest), LABEL_MAX);
	for (unsigned i = 0; i < METRIC_COUNT; i++) {
		bool split = metrics[i].split == SPLIT_PER_INSTANCE;
		struct slice instance = { longest, split ? LABEL_MAX : 0 };
		struct slice back[METRIC_LABELS], of;
		size_t len;

		fill(i, slice_of(longest), value);
		len = key_make(i, value, instance, key);
		if (len >= KEY_MAX || key[len] != '\0' ||
		    !key_match(i, (struct slice){ key, len }, back, &of) ||
		    of.len != instance.len)
			fail_msg("key \"%s\" is not its row's", key);
		for (unsigned l = 0; l < key_labels(i)->count; l++)
			assert_true(slice_same(value[l], back[l]));
	}
}

/* sent:{agent} never meets an agent that has a row of its own: those are told
   apart by their trait. */
static void
test_rows_differ(void **state)
{
	struct slice value[METRIC_LABELS], of;
	char key[KEY_MAX + 1];

	(void)state;
	for (unsigned i = 0; i < METRIC_COUNT; i++) {
		fill(i, SLICE("value"), value);
		(void)key_make(i, value, NO_INSTANCE, key);
		for (unsigned j = 0; j < METRIC_COUNT; j++)
			if (i != j && key_match(j, slice_of(key), value, &of) &&
			    strcmp(metrics[j].key, "sent:{agent}") != 0)
				fail_msg("%s is a key of two rows", key);
	}
}

static void
test_objects_differ(void **state)
{
	(void)state;
	for (unsigned i = 0; i < METRIC_COUNT; i++) {
		const struct object *a = &metrics[i].object;

		if (a->place == OBJECT_NONE)
			continue;
		if (a->place == OBJECT_COLUMN)
			assert_true(a->number >= 3);
		for (unsigned j = i + 1; j < METRIC_COUNT; j++) {
			const struct object *b = &metrics[j].object;

			if (b->place == OBJECT_NONE)
				continue;
			if (strcmp(a->name, b->name) == 0 ||
			    (a->place == b->place && a->home == b->home &&
				a->number == b->number))
				fail_msg("%s and %s are one object", a->name,
				    b->name);
		}
		for (unsigned j = 0; j < AGENT_OBJECT_COUNT; j++)
			assert_false(a->place == OBJECT_SCALAR &&
			    a->home == GROUP_AGENT_STATE &&
			    a->number == agent_objects[j].number);
	}
	for (unsigned t = 0; t < TABLE_COUNT; t++) {
		for (unsigned j = t + 1; j < TABLE_COUNT; j++)
			assert_int_not_equal(tables[t].arc, tables[j].arc);
		for (unsigned j = 0; j < GROUP_COUNT; j++)
			assert_int_not_equal(tables[t].arc, groups[j].arc);
	}
}

static const struct {
	const char *key;
	const char *row; /* NULL: no row's */
	const char *value, *instance;
} match_cases[] = {
	{ "sent:smtp", "sent:{agent=smtp}", NULL, "" },
	{ "sent:smtp@postfix", "sent:{agent=smtp}", NULL, "postfix" },
	{ "delivery:relay:deferred@a", "delivery:{transport}:{status=deferred}",
	    "relay", "a" },
	{ "lines:unrecognised", "lines:{what=unrecognised}", NULL, "" },
	{ "lines:unrecognised:qmgr", "lines:{what=unrecognised}:{daemon}",
	    "qmgr", "" },
	{ "receive:smtpd:NONE", "receive:{service}:{sasl_method}", "smtpd",
	    "" },
	{ "reject:smtpd:4xx:other", "reject:{reject_daemon}:{class}:{reason}",
	    "smtpd", "" },
	{ "sent", NULL, NULL, NULL },
	{ "sent:", NULL, NULL, NULL },
	{ "", NULL, NULL, NULL },
	{ "sent:smtp@", NULL, NULL, NULL },
	{ "sent:a:b", NULL, NULL, NULL },
	{ "Sent:smtp", NULL, NULL, NULL },
	{ "delivery:relay", NULL, NULL, NULL },
	{ "delivery::sent", NULL, NULL, NULL },
	{ "delivery:relay:lost", NULL, NULL, NULL },
	{ "reject:qmgr:4xx:other", NULL, NULL, NULL },
	{ "reject:smtpd:3xx:other", NULL, NULL, NULL },
	{ "lines:read@postfix", NULL, NULL, NULL },
	{ "receive:smtpd:NONE@postfix", NULL, NULL, NULL },
	{ "sent:0123456789abcdef0123456789abcdefX", NULL, NULL, NULL },
};

static void
test_match(void **state)
{
	(void)state;
	for (size_t i = 0; i < COUNT(match_cases); i++) {
		const char *row = NULL;
		struct slice value[METRIC_LABELS], of;

		for (unsigned m = 0; m < METRIC_COUNT && row == NULL; m++)
			if (key_match(
				m, slice_of(match_cases[i].key), value, &of))
				row = metrics[m].key;
		if ((row == NULL) != (match_cases[i].row == NULL) ||
		    (row && strcmp(row, match_cases[i].row) != 0))
			fail_msg("%s is taken for %s", match_cases[i].key,
			    row ? row : "no row's");
		if (row == NULL)
			continue;
		assert_true(slice_equal(of, match_cases[i].instance));
		if (match_cases[i].value)
			assert_true(
			    slice_equal(value[0], match_cases[i].value));
	}
}

/* What is 0 before it is seen. */
static void
test_fixed(void **state)
{
	(void)state;
	assert_true(key_is_fixed(SLICE("sent:smtp")));
	assert_true(key_is_fixed(SLICE("lines:read")));
	assert_false(key_is_fixed(SLICE("sent:smtp@postfix")));
	assert_false(key_is_fixed(SLICE("sent:relay")));
	assert_false(key_is_fixed(SLICE("delivery:relay:sent")));
	assert_false(key_is_fixed(SLICE("lines:unrecognised:qmgr")));
	assert_false(key_is_fixed(SLICE("lines")));
	assert_false(key_is_fixed(SLICE("")));
}

static const struct {
	struct slice raw;
	const char *escaped; /* NULL: no label value */
} escape_cases[] = {
	{ { "relay", 5 }, "relay" },
	{ { "a:b@c%d", 7 }, "a%3Ab%40c%25d" },
	{ { " \t\n\0", 4 }, "%20%09%0A%00" },
	{ { "\x7f\xc3\xa4\xff", 4 }, "%7F%C3%A4%FF" },
	{ { "a/b=c,d", 7 }, "a/b=c,d" },
	{ { "", 0 }, NULL },
	{ { "0123456789abcdef0123456789abcdef", 32 },
	    "0123456789abcdef0123456789abcdef" },
	{ { "0123456789abcdef0123456789abcdefX", 33 }, NULL },
	{ { ":::::::::::", 11 }, NULL },
	{ { "::::::::::ab", 12 }, "%3A%3A%3A%3A%3A%3A%3A%3A%3A%3Aab" },
	{ { "::::::::::abc", 13 }, NULL },
	{ { "0123456789abcdef0123456789abcde:", 32 }, NULL },
};

static void
test_escape(void **state)
{
	(void)state;
	for (size_t i = 0; i < COUNT(escape_cases); i++) {
		const char *wanted = escape_cases[i].escaped;
		char escaped[LABEL_MAX], raw[LABEL_MAX];
		size_t len = label_escape(escape_cases[i].raw, escaped);

		assert_int_equal(len, wanted ? strlen(wanted) : 0);
		if (wanted == NULL)
			continue;
		assert_memory_equal(escaped, wanted, len);
		len = label_unescape((struct slice){ escaped, len }, raw);
		assert_true(slice_same(
		    (struct slice){ raw, len }, escape_cases[i].raw));
	}
}

static const char *const unescape_cases[][2] = {
	{ "%3A", ":" },
	{ "%3", "%3" },
	{ "%", "%" },
	{ "a%", "a%" },
	{ "%zz", "%zz" },
	{ "%3a", "%3a" },
	{ "%%3A", "%:" },
	{ "%4%41", "%4A" },
	{ "", "" },
};

static void
test_unescape(void **state)
{
	(void)state;
	for (size_t i = 0; i < COUNT(unescape_cases); i++) {
		char raw[16];
		size_t len = label_unescape(
		    slice_of(unescape_cases[i][0]), raw);

		assert_true(slice_equal(
		    (struct slice){ raw, len }, unescape_cases[i][1]));
	}
}

int
main(void)
{
	const struct CMUnitTest tests[] = {
		TEST("every row's longest key fits and is taken apart again",
		    test_longest),
		TEST("no two rows of the table make the same key",
		    test_rows_differ),
		TEST("no two rows are the same SNMP object",
		    test_objects_differ),
		TEST("a key is found in its own row only", test_match),
		TEST("a key is fixed if it leaves nothing open", test_fixed),
		TEST("a label is escaped, and refused when empty or too long",
		    test_escape),
		TEST("escapes that are none are left as they are",
		    test_unescape),
	};

	return (cmocka_run_group_tests(tests, NULL, NULL));
}
