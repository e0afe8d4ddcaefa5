/*
 * postfix_up: what the tailer reads, by the texts =source:N and =showq:N.
 */
#include "lib/stats/render_prometheus.h"

static const char name[] = "postfix_up";

static void
print_up(FILE *out, struct slice path, bool up)
{
	fputs(name, out);
	render_text_label(out, "{", "path", path);
	fprintf(out, "} %d\n", up);
}

/* The store has only how many logs can't be read: one of several does not make
   the others down. */
static void
print_log(FILE *out, const struct snapshot *snapshot, struct slice text,
    unsigned logs, bool alive)
{
	uint64_t unreadable = 0;
	struct slice path;

	(void)snapshot_number(
	    snapshot, SLICE("tailer:unreadable"), &unreadable);
	if (slice_cut(&text, '\n', &path))
		print_up(out, path, alive && unreadable < logs);
}

static void
print_sockets(FILE *out, struct slice text, bool alive)
{
	struct slice path, state;

	while (slice_cut(&text, '\n', &path))
		if (slice_cut(&path, ' ', &state))
			print_up(out, path, alive && slice_equal(state, "up"));
}

static bool
is_text(const struct text *text, const char *family)
{
	return (
	    slice_starts((struct slice){ text->key, text->key_len }, family));
}

void
render_sources(FILE *out, enum prometheus_format format,
    const struct snapshot *snapshot, bool alive)
{
	unsigned logs = 0;

	render_family(out, format, name, FAMILY_GAUGE,
	    "Whether the tailer can read this log, and whether this socket of "
	    "showq(8) has answered it.");
	for (size_t i = 0; i < snapshot->text_count; i++)
		logs += is_text(&snapshot->texts[i], "=source:");
	for (size_t i = 0; i < snapshot->text_count; i++) {
		const struct text *text = &snapshot->texts[i];
		struct slice lines = { text->text,
			strnlen(text->text, TEXT_MAX) };

		if (is_text(text, "=source:"))
			print_log(out, snapshot, lines, logs, alive);
		else if (is_text(text, "=showq:"))
			print_sockets(out, lines, alive);
	}
}
