/*
 * The card about postfix-stats itself, and that about Postfix's complaints.
 */
#include <time.h>

#include "exporter/page_parts.h"

void
page_complaints(struct page *page)
{
	const struct column columns[] = {
		{ "warnings", 0, SHOW_DAY },
		{ "errors", 1, SHOW_DAY },
		{ "fatal", 2, SHOW_DAY },
		{ "panics", 3, SHOW_DAY },
	};
	struct tally_rows rows = { .count = 0 };
	char caption[64];

	tally_add(&rows, &page->source, METRIC_LOG_WARNING, 0, 0);
	tally_add(&rows, &page->source, METRIC_LOG_ERROR, 0, 1);
	tally_add(&rows, &page->source, METRIC_LOG_FATAL, 0, 2);
	tally_add(&rows, &page->source, METRIC_LOG_PANIC, 0, 3);
	page_card(page, "", "Warnings and errors");
	(void)snprintf(
	    caption, sizeof(caption), "What Postfix logged in %s", page->day);
	page_rows(page, caption, "daemon", &rows, columns, COUNT(columns));
	page_card_end(page);
}

static void
print_store(struct page *page, const struct store_view *view)
{
	FILE *out = page->out;

	fprintf(out, "<dt>Store %s</dt>\n<dd><strong class=\"%s\">%s</strong>",
	    view->name, view->up ? "good" : "problem", view->state);
	if (view->snapshot != NULL) {
		fputs(", ", out);
		html_span(out, view->age);
		fputs(" old", out);
	}
	if (!view->up) {
		fputs("; ", out);
		html_text(out, slice_of(view->reason));
	}
	fputs("</dd>\n", out);
}

static void
print_number(struct page *page, const char *title, const char *key)
{
	fprintf(page->out, "<dt>%s</dt>\n<dd>", title);
	html_count(page->out, page_number(page, key));
	fputs("</dd>\n", page->out);
}

static void
print_unrecognised(struct page *page)
{
	uint64_t lines = page_number(page, "lines:postfix");
	uint64_t unknown = page_number(page, "lines:unrecognised");
	FILE *out = page->out;

	fputs("<dt>Lines of Postfix</dt>\n<dd>", out);
	html_count(out, lines);
	fputs(", ", out);
	html_decimal(
	    out, lines > 0 ? (double)unknown * 100 / (double)lines : 0);
	fputs(" % not recognised</dd>\n", out);
}

static void
print_graphs(struct page *page)
{
	const char *error = graphs_error(page->site->graphs);
	FILE *out = page->out;

	fputs("<dt>Graphs</dt>\n<dd>", out);
	if (!graphs_wanted(page->site->graphs))
		fputs("off", out);
	else if (error == NULL)
		fputs("<strong class=\"good\">ok</strong>", out);
	else {
		fputs("<strong class=\"problem\">failing</strong>; ", out);
		html_text(out, slice_of(error));
	}
	fputs("</dd>\n", out);
}

void
page_health(struct page *page)
{
	struct store_view view;
	FILE *out = page->out;

	page_card(page, "", "Health of postfix-stats");
	fputs("<dl class=\"health\">\n", out);
	for (size_t i = 0; stores_view(page->site->stores, i, &view); i++)
		if (view.state != NULL)
			print_store(page, &view);
	fputs("<dt>The tailer is behind by</dt>\n<dd>", out);
	html_span(out, (int64_t)page_number(page, "tailer:seconds_behind"));
	fputs(", ", out);
	html_bytes(out, page_number(page, "tailer:backlog_bytes"));
	fputs("</dd>\n", out);
	print_unrecognised(page);
	print_number(
	    page, "Logs that can\xe2\x80\x99t be read", "tailer:unreadable");
	print_number(page, "Gaps in the log", "tailer:gaps");
	print_number(page, "Errors of the store", "tailer:store_errors");
	print_number(
	    page, "Samples of the queue that failed", "queue_sample:errors");
	print_number(page, "Events counted as other", "tailer:overflow");
	print_graphs(page);
	fputs("</dl>\n", out);
	page_card_end(page);
}
