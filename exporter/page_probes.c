/*
 * The card about probes: what a sender sees.  It is there as soon as a probe was
 * tried.
 */
#include <time.h>

#include "exporter/page_parts.h"
#include "lib/stats/probe_rows.h"

enum { PROBES_SHOWN = 100 };

static const char *const titles[] = { "probe", "took", "tried", "certificate",
	NULL };

static void
print_certificate(struct page *page, const struct probe_row *row)
{
	int64_t left = (int64_t)row->certificate_end - (int64_t)time(NULL);

	if (!row->has_certificate)
		fputs("\xe2\x80\x93", page->out);
	else if (left <= 0)
		fputs(
		    "<strong class=\"problem\">has ended</strong>", page->out);
	else
		html_span(page->out, left);
}

/* What went wrong, in words. */
static void
print_why(struct page *page, struct slice text)
{
	if (text.len == 0)
		return;
	fputs(" <span class=\"why\">", page->out);
	html_text(page->out, text);
	fputs("</span>", page->out);
}

static void
print_probe(struct page *page, const struct probe_row *row)
{
	FILE *out = page->out;

	fputs("<tr><th scope=\"row\"><span class=\"name\">", out);
	html_label(out, row->name);
	fprintf(out, "</span> <strong class=\"%s\">",
	    row->success ? "good" : "problem");
	html_text(out, row->result);
	fputs("</strong>", out);
	if (!row->success)
		print_why(page, row->reason);
	print_why(page, row->certificate_error);
	fputs("</th><td>", out);
	html_decimal(out, (double)row->duration / 1000);
	fputs(" ms</td><td>", out);
	html_span(out, (int64_t)time(NULL) - (int64_t)row->attempted);
	fputs(" ago</td><td>", out);
	print_certificate(page, row);
	fputs("</td></tr>\n", out);
}

/* Those that fail first. */
void
page_probes(struct page *page)
{
	struct store_view store;
	struct probe_row row;
	unsigned count = 0;
	size_t at = 0;

	if (!stores_probes(page->site->stores, &store) ||
	    !probes_next(store.snapshot, &at, &row))
		return;
	fputs("<div class=\"cards\">\n", page->out);
	page_card(page, "", "Probes");
	page_table(page, "What a sender sees", titles);
	for (int success = 0; success <= 1; success++)
		for (at = 0; probes_next(store.snapshot, &at, &row);)
			if (row.success == (success != 0) &&
			    count++ < PROBES_SHOWN)
				print_probe(page, &row);
	page_table_end(page);
	if (count > PROBES_SHOWN)
		fprintf(page->out,
		    "<p class=\"more\">%u more are not shown.</p>\n",
		    count - PROBES_SHOWN);
	page_card_end(page);
	fputs("</div>\n", page->out);
}
