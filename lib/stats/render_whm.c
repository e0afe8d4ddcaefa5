#include "lib/stats/key.h"
#include "lib/stats/render_whm.h"
#include "lib/stats/whm_rows.h"

enum { PARTS_ROOM = WHM_LOG_PARTS * TEXT_MAX };

bool
render_whm_is_user(enum metric_id metric)
{
	return (metrics[metric].object.place == OBJECT_COLUMN &&
	    metrics[metric].object.home == TABLE_MAIL_USERS);
}

static struct slice
shown(struct slice value)
{
	return (slice_equal(value, "-") ? SLICE("") : value);
}

const char *
render_whm_user(
    FILE *out, enum prometheus_format format, const struct series *s)
{
	struct slice rest = slice_of(metrics[s->metric].key), name, value;
	struct whm_names names;
	const char *before = "{";

	whm_names(s->from, s->label, &names);
	render_text_label(out, before, "domain", names.domain);
	render_text_label(out, ",", "primary_domain", names.primary_domain);
	before = render_label(
	    out, format, ",", SLICE("user"), shown(s->label[1]));
	render_text_label(out, before, "owner", names.owner);
	if (s->several)
		before = render_label(
		    out, format, ",", SLICE("server"), s->label[0]);
	while (family_label_next(s->metric, &rest, &name, &value))
		if (value.len > 0)
			before = render_label(out, format, before, name, value);
	return (before);
}

/* --- messages ---------------------------------------------------------------- */

/* Put the parts of the message that begins at *at together; *at is behind them
   then.  False: there is none. */
static bool
next_log(const struct snapshot *snapshot, size_t *at, struct slice *server_r,
    char text_r[PARTS_ROOM], size_t *len_r)
{
	struct slice first = SLICE("");

	*len_r = 0;
	for (; *at < snapshot->text_count; ++*at) {
		const struct text *text = &snapshot->texts[*at];
		struct slice key = { text->key, text->key_len }, rest = key;
		size_t len = strnlen(text->text, TEXT_MAX);

		if (!slice_skip(&rest, "=email_log:") ||
		    !slice_cut(&rest, ':', server_r) || rest.len < 2) {
			if (*len_r > 0)
				break;
			continue;
		}
		key.len--; /* the part's number */
		if (*len_r > 0 && !slice_same(key, first))
			break;
		if (*len_r + len > PARTS_ROOM)
			continue;
		first = key;
		memcpy(text_r + *len_r, text->text, len);
		*len_r += len;
	}
	if (*len_r > 0 && first.len > 0) {
		first = slice_from(first, strlen("=email_log:"));
		*server_r = slice_until(first, ':');
	}
	return (*len_r > 0);
}

static void
print_log(FILE *out, enum prometheus_format format, struct slice server,
    struct slice text, bool several)
{
	const char *before = "{";
	struct slice label;

	fputs("email_logs", out);
	for (unsigned i = 0; i < WHM_LOG_LABELS; i++) {
		label = slice_until(text, WHM_LOG_MARK);
		render_text_label(out, before, whm_log_labels[i], label);
		text = slice_from(
		    text, label.len + (label.len < text.len ? 1 : 0));
		before = ",";
	}
	if (several)
		(void)render_label(
		    out, format, before, SLICE("server"), server);
	fputs("} 1\n", out);
}

void
render_whm_logs(FILE *out, enum prometheus_format format,
    const struct snapshot *const *snapshots, size_t count)
{
	char text[PARTS_ROOM];
	struct slice server;
	bool begun = false;

	for (size_t i = 0; i < count; i++) {
		size_t at = 0, len;
		bool several;

		if (snapshots[i] == NULL)
			continue;
		several = whm_has_several(snapshots[i]);
		while (next_log(snapshots[i], &at, &server, text, &len)) {
			if (!begun)
				render_family(out, format, "email_logs",
				    FAMILY_GAUGE,
				    "The newest messages of servers with "
				    "cPanel, one series each.");
			begun = true;
			print_log(out, format, server,
			    (struct slice){ text, len }, several);
		}
	}
}
