/*
 * In view.c's place: walks over snapshots with names that no good tailer would
 * write, and no store.  The target says when there is a publication and how
 * late it is.
 */
#ifndef TESTS_FUZZ_HOSTILE_VIEW_H
#define TESTS_FUZZ_HOSTILE_VIEW_H

#include <stdio.h>

#include "agentx/view.h"
#include "agentx/walks.h"
#include "tests/fuzz/fuzz.h"

#define SECOND INT64_C(1000000000)

/* More would test the same, more slowly. */
enum { PUBLICATIONS_MAX = 2 * LAYOUTS_MAX };

struct view {
	struct walks *walks;
	struct oid base;
	unsigned parts;
	int64_t now;
	unsigned publications;
};

static inline struct snapshot *
hostile_snapshot(void)
{
	static const char *const keys[] = { "delivery:%00%0A%FF:sent",
		"delivery:%zz:sent", "delivery::sent", "delivery:smtp:sent",
		"delivery:smtp:sent@a", "delivery_dsn:smtp:5.4.6",
		"last_connect:smtpd", "last_sent:smtp", "lines:read",
		"queue:hold:bytes",
		"receive:0123456789abcdef0123456789abcdef:NONE", "sent:smtp" };
	static const char *const names[] = { "", "NONE", "a\nb", "\x01\xff\x7f",
		"0123456789abcdef0123456789abcdef", " " };
	struct snapshot *snapshot = snapshot_new();

	PROMISE(snapshot != NULL);
	for (size_t i = 0; i < COUNT(keys); i++)
		snapshot_add_number(
		    snapshot, slice_of(keys[i]), UINT64_MAX - i);
	for (size_t i = 0; i < COUNT(names); i++) {
		char key[32];

		(void)snprintf(key, sizeof(key), "=instance:%zu", i + 2);
		snapshot_add_text(snapshot, slice_of(key), slice_of(names[i]));
	}
	snapshot_add_text(snapshot, SLICE("=group:00"),
	    SLICE("1 smtp 1 smtp\n2 smtpd 0 %zz\n3 pipe 9 a\n"
		  "4 smtpd 7 smtpd\n5 showq 7 hold\n"));
	snapshot_add_text(
	    snapshot, SLICE("=application:1"), SLICE("3.7.1 1 up 9999999999"));
	snapshot_add_text(
	    snapshot, SLICE("=queue:1"), SLICE("hold \x01\xff 5\n"));
	snapshot_add_text(
	    snapshot, SLICE("=reasons:00"), SLICE("1 a\nNONE\xff\n2 b\xff\n"));
	snapshot_sort(snapshot);
	return (snapshot);
}

static inline struct snapshot *
hostile_probes(void)
{
	struct snapshot *snapshot = snapshot_new();
	char longest[TEXT_MAX];

	PROMISE(snapshot != NULL);
	memset(longest, 0xfe, sizeof(longest));
	snapshot_add_number(
	    snapshot, SLICE("probe:%00%0A:success"), UINT64_MAX);
	snapshot_add_number(snapshot, SLICE("probe::attempts"), 1);
	snapshot_add_number(
	    snapshot, SLICE("probe_phase:%00%0A:quit:code"), UINT64_MAX);
	snapshot_add_number(snapshot, SLICE("probe_phase:a:no:code"), 1);
	snapshot_add_number(snapshot, SLICE("probe_cert:a:end"), 0);
	snapshot_add_text(
	    snapshot, SLICE("=probe_ehlo:%00%0A"), SLICE("a\nNONE\n"));
	snapshot_add_text(snapshot, SLICE("=probe_reply:%00%0A:quit"),
	    (struct slice){ longest, sizeof(longest) });
	snapshot_sort(snapshot);
	return (snapshot);
}

static inline void
publish(struct view *view)
{
	static struct joined joined;
	struct cells *cells;
	const char *error;

	if (view->publications == PUBLICATIONS_MAX)
		return;
	view->publications++;
	if (joined.of[JOINED_LOG] == NULL)
		joined = (struct joined){ { hostile_snapshot(),
		    hostile_probes() } };
	PROMISE(cells_build(
		    &joined, &view->base, view->parts, &cells, &error) == 0);
	PROMISE(cells_add(cells, AGENT_OBJECT_STORE_STATE, CELL_INTEGER, 1,
		    SLICE("")) == 0);
	PROMISE(walks_add(view->walks, cells, 1, view->now) == 0);
}

static inline void
view_begin(struct view *view, unsigned parts)
{
	const char *error;

	*view = (struct view){ .walks = walks_new(), .now = 1, .parts = parts };
	PROMISE(view->walks != NULL);
	PROMISE(oid_parse(
		    "1.3.6.1.4.1.8072.9999.9999.25", &view->base, &error) == 0);
	publish(view);
}

/* What the last request asked for, and what it got. */
static struct {
	bool next;
	struct oid asked;
	const struct cell *got;
} last;

const struct oid *
view_base(const struct view *view)
{
	return (&view->base);
}

const struct cells *
view_cells(struct view *view)
{
	last.next = false;
	return (walks_newest(view->walks)->cells);
}

const struct cell *
view_next(struct view *view, const struct oid *asked, bool inclusive,
    const struct oid *root)
{
	struct layout *layout = walks_find(
	    view->walks, asked, inclusive, root, ++view->now);

	last.next = true;
	last.asked = *asked;
	last.got = walks_take(layout, asked, inclusive, root, view->now);
	return (last.got);
}

#endif
