/*
 * Graphs with their numbers.
 */
#include "exporter/page_parts.h"

/* Two sizes and two sets of colours; the browser takes one. */
static void
print_picture(FILE *out, const char *graph, const char *period, const char *alt)
{
	static const struct {
		const char *media, *end;
	} sources[] = {
		{ "(max-width: 30rem) and (prefers-color-scheme: dark)",
		    "-small-dark" },
		{ "(max-width: 30rem)", "-small" },
		{ "(prefers-color-scheme: dark)", "-dark" },
	};

	fputs("<picture>\n", out);
	for (size_t i = 0; i < COUNT(sources); i++)
		fprintf(out,
		    "<source media=\"%s\" srcset=\"/graphs/%s-%s%s.svg\">\n",
		    sources[i].media, graph, period, sources[i].end);
	fprintf(out,
	    "<img src=\"/graphs/%s-%s.svg\" width=\"600\" height=\"200\" "
	    "loading=\"lazy\" alt=\"%s; the numbers are in the table\">\n"
	    "</picture>\n",
	    graph, period, alt);
}

/* How its line looks, beside its name. */
static void
print_swatch(FILE *out, unsigned series)
{
	fprintf(out,
	    "<svg class=\"swatch line%u\" viewBox=\"0 0 24 4\" "
	    "aria-hidden=\"true\" focusable=\"false\">"
	    "<path d=\"M0 2h24\"/></svg>",
	    series + 1);
}

static void
print_figures(FILE *out, const struct graph_figures *figures, unsigned series)
{
	fputs("<tr><th scope=\"row\">", out);
	print_swatch(out, series);
	fprintf(out, "%s</th><td>", figures->title);
	html_decimal(out, figures->average);
	fputs("</td><td>", out);
	html_decimal(out, figures->highest);
	fputs("</td><td>", out);
	if (figures->has_sum)
		html_decimal(out, figures->sum);
	else
		fputs("\xe2\x80\x93", out);
	fputs("</td></tr>\n", out);
}

static void
print_graph(struct page *page, enum graph_id graph, enum period_id period)
{
	const struct graph *its = &graph_table[graph];
	struct graph_figures figures[GRAPH_SERIES];
	unsigned count = graphs_figures(
	    page->site->graphs, graph, period, figures);
	const char *const titles[] = { its->unit, "average", "highest",
		"in all", NULL };
	char caption[128];

	fprintf(page->out, "<div class=\"graph\">\n<h3>%s</h3>\n", its->title);
	(void)snprintf(caption, sizeof(caption), "%s, %s", its->title,
	    period_table[period].title);
	print_picture(page->out, its->name, period_table[period].name, caption);
	page_table(page, caption, titles);
	for (unsigned i = 0; i < count; i++)
		print_figures(page->out, &figures[i], i);
	page_table_end(page);
	fputs("</div>\n", page->out);
}

static void
print_period(struct page *page, enum period_id period)
{
	fprintf(page->out,
	    "<details%s>\n<summary>%s</summary>\n"
	    "<div class=\"graphs\">\n",
	    period == PERIOD_DAY ? " open" : "", period_table[period].title);
	for (unsigned g = 0; g < GRAPHS; g++)
		print_graph(page, (enum graph_id)g, period);
	fputs("</div>\n</details>\n", page->out);
}

void
page_graphs(struct page *page)
{
	const char *error = graphs_error(page->site->graphs);

	if (!graphs_wanted(page->site->graphs))
		return;
	page_card(page, "history", "Graphs");
	if (error != NULL) {
		fputs("<p class=\"none\">They are not filled: ", page->out);
		html_text(page->out, slice_of(error));
		fputs("</p>\n", page->out);
	}
	for (unsigned p = 0; p < PERIODS; p++)
		print_period(page, (enum period_id)p);
	page_card_end(page);
}
