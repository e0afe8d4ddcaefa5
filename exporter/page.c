/*
 * The page as a whole: what it begins with, the verdict, the main figures.
 */
#include <limits.h>
#include <unistd.h>

#include "exporter/page.h"
#include "exporter/page_parts.h"
#include "exporter/verdict.h"
#include "lib/util/version.h"

enum { ROWS_SHOWN = 10 };

static const struct {
	const char *name, *word;
} moods[] = {
	[MOOD_GOOD] = { "good", "Good" },
	[MOOD_NOTICE] = { "notice", "Notice" },
	[MOOD_PROBLEM] = { "problem", "Problem" },
};

uint64_t
page_number(const struct page *page, const char *key)
{
	uint64_t value = 0;

	(void)snapshot_number(page->source.snapshot, slice_of(key), &value);
	return (value);
}

double
page_rate(const struct page *page, const struct tally_sum *tally)
{
	int64_t age = past_age(
	    page->source.past, PAST_MINUTES, page->source.now);

	/* A few seconds are no pace. */
	return ((double)tally->lately[PAST_MINUTES] * 60 /
	    (double)(age > 60 ? age : 60));
}

/* --- tables ------------------------------------------------------------ */

void
page_card(struct page *page, const char *kind, const char *title)
{
	fprintf(page->out, "<section class=\"card %s\">\n<h2>%s</h2>\n", kind,
	    title);
}

void
page_card_end(struct page *page)
{
	fputs("</section>\n", page->out);
}

void
page_table(struct page *page, const char *caption, const char *const *titles)
{
	fprintf(
	    page->out, "<table>\n<caption>%s</caption>\n<thead><tr>", caption);
	for (; *titles != NULL; titles++)
		fprintf(page->out, "<th scope=\"col\">%s</th>", *titles);
	fputs("</tr></thead>\n<tbody>\n", page->out);
}

void
page_table_end(struct page *page)
{
	fputs("</tbody>\n</table>\n", page->out);
}

static double
shown(const struct page *page, const struct tally_row *row,
    const struct column *column)
{
	const struct tally_sum *tally = &row->column[column->column];

	switch (column->show) {
	case SHOW_MINUTE:
		return (page_rate(page, tally));
	case SHOW_DAY:
		return ((double)tally->lately[PAST_DAY]);
	default:
		return ((double)tally->all);
	}
}

static double
highest_of(const struct page *page, const struct tally_rows *rows,
    const struct column *column)
{
	double highest = 0;

	for (unsigned i = 0; i < rows->count; i++) {
		double its = shown(page, &rows->at[i], column);

		highest = its > highest ? its : highest;
	}
	return (highest);
}

static void
print_row(struct page *page, const struct tally_row *row,
    const struct column *columns, unsigned count, unsigned bar, double highest)
{
	FILE *out = page->out;

	fputs("<tr><th scope=\"row\"><span class=\"name\">", out);
	html_label(out, row->name);
	fputs("</span>", out);
	html_bar(out, shown(page, row, &columns[bar]), highest);
	fputs("</th>", out);
	for (unsigned c = 0; c < count; c++) {
		fputs("<td>", out);
		if (columns[c].show == SHOW_MINUTE)
			html_decimal(out, shown(page, row, &columns[c]));
		else
			html_count(
			    out, (uint64_t)shown(page, row, &columns[c]));
		fputs("</td>", out);
	}
	fputs("</tr>\n", out);
}

void
page_rows(struct page *page, const char *caption, const char *what,
    struct tally_rows *rows, const struct column *columns, unsigned count)
{
	const char *titles[2 + 2 * TALLY_COLUMNS] = { what };
	unsigned bar = 0;
	double highest;

	tally_sort(rows);
	if (rows->count == 0) {
		fprintf(page->out,
		    "<h3>%s</h3>\n<p class=\"none\">None so far.</p>\n",
		    caption);
		return;
	}
	for (unsigned c = count; c-- > 0;) {
		titles[c + 1] = columns[c].title;
		if (columns[c].show == SHOW_DAY)
			bar = c;
	}
	highest = highest_of(page, rows, &columns[bar]);
	if (highest <= 0) {
		bar = count - 1;
		highest = highest_of(page, rows, &columns[bar]);
	}
	page_table(page, caption, titles);
	for (unsigned i = 0; i < rows->count && i < ROWS_SHOWN; i++)
		print_row(page, &rows->at[i], columns, count, bar, highest);
	page_table_end(page);
	if (rows->count > ROWS_SHOWN)
		fprintf(page->out,
		    "<p class=\"more\">%u more are not shown.</p>\n",
		    rows->count - ROWS_SHOWN);
}

/* --- the top ------------------------------------------------------------- */

static void
print_finding(FILE *out, const struct finding *finding)
{
	fprintf(
	    out, "<span class=\"mood\">%s</span> ", moods[finding->mood].word);
	html_text(out, slice_of(finding->title));
}

static void
print_verdict(struct page *page)
{
	struct verdict verdict;
	FILE *out = page->out;

	verdict_find(page->site, &page->store, &page->source, &verdict);
	fprintf(out,
	    "<section class=\"verdict %s\" aria-labelledby=\"verdict\">\n"
	    "<h2 id=\"verdict\">",
	    moods[verdict.at[0].mood].name);
	print_finding(out, &verdict.at[0]);
	fputs("</h2>\n<p>", out);
	html_text(out, slice_of(verdict.at[0].why));
	fputs("</p>\n", out);
	if (verdict.count > 1)
		fputs("<ul>\n", out);
	for (unsigned i = 1; i < verdict.count; i++) {
		fprintf(out, "<li class=\"%s\"><strong>",
		    moods[verdict.at[i].mood].name);
		print_finding(out, &verdict.at[i]);
		fputs(".</strong> ", out);
		html_text(out, slice_of(verdict.at[i].why));
		fputs("</li>\n", out);
	}
	if (verdict.count > 1)
		fputs("</ul>\n", out);
	fputs("</section>\n", out);
}

static void
tile(struct page *page, const char *title, const struct tally_sum *tally)
{
	FILE *out = page->out;

	fprintf(out, "<li><span class=\"title\">%s</span> <strong>", title);
	html_decimal(out, page_rate(page, tally));
	fputs("</strong> <span class=\"unit\">a minute</span> "
	      "<span class=\"below\">",
	    out);
	html_count(out, tally->lately[PAST_DAY]);
	fprintf(out, " in %s</span></li>\n", page->day);
}

/* The age of the oldest is that of the sample and the time since. */
static void
tile_queue(struct page *page)
{
	static const char *const ages[] = { "queue:incoming:oldest_seconds",
		"queue:active:oldest_seconds",
		"queue:deferred:oldest_seconds" };
	uint64_t sampled = page_number(page, "queue_sample:taken"), oldest = 0;
	FILE *out = page->out;

	fputs("<li><span class=\"title\">Waiting</span> <strong>", out);
	if (sampled == 0) {
		fputs("\xe2\x80\x93</strong> <span class=\"unit\">messages"
		      "</span> <span class=\"below\">the queue is not sampled"
		      "</span></li>\n",
		    out);
		return;
	}
	for (size_t i = 0; i < COUNT(ages); i++) {
		uint64_t age = page_number(page, ages[i]);

		oldest = age > oldest ? age : oldest;
	}
	html_count(out, tally_waiting(page->source.snapshot));
	fputs("</strong> <span class=\"unit\">messages</span> "
	      "<span class=\"below\">",
	    out);
	if (oldest == 0)
		fputs("none is old", out);
	else {
		fputs("the oldest for ", out);
		html_span(out,
		    (int64_t)oldest + (int64_t)time(NULL) - (int64_t)sampled);
	}
	fputs("</span></li>\n", out);
}

static void
print_tiles(struct page *page)
{
	struct tally_sum received = tally_of(&page->source, METRIC_RECV_SMTP);
	struct tally_sum local = tally_of(&page->source, METRIC_RECV_LOCAL);
	struct tally_sum sent = tally_of(&page->source, METRIC_DELIVERY_SENT);
	struct tally_sum deferred = tally_of(
	    &page->source, METRIC_DELIVERY_DEFERRED);
	struct tally_sum bounced = tally_of(
	    &page->source, METRIC_DELIVERY_BOUNCED);
	struct tally_sum rejected = tally_of(&page->source, METRIC_REJECTED);

	received.lately[PAST_DAY] += local.lately[PAST_DAY];
	received.lately[PAST_MINUTES] += local.lately[PAST_MINUTES];
	fputs("<section aria-labelledby=\"now\">\n<h2 id=\"now\" "
	      "class=\"hidden\">Now</h2>\n<ul class=\"tiles\">\n",
	    page->out);
	tile(page, "Received", &received);
	tile(page, "Delivered", &sent);
	tile(page, "Deferred", &deferred);
	tile(page, "Bounced", &bounced);
	tile(page, "Turned away", &rejected);
	tile_queue(page);
	fputs("</ul>\n</section>\n", page->out);
}

/* --- the frame ------------------------------------------------------------ */

static void
print_head(struct page *page)
{
	char host[HOST_NAME_MAX + 1] = "this server";
	FILE *out = page->out;

	(void)gethostname(host, sizeof(host) - 1);
	fputs("<!DOCTYPE html>\n<html lang=\"en\">\n<head>\n"
	      "<meta charset=\"utf-8\">\n"
	      "<meta name=\"viewport\" content=\"width=device-width, "
	      "initial-scale=1\">\n"
	      "<meta name=\"color-scheme\" content=\"light dark\">\n"
	      "<title>Mail on ",
	    out);
	html_text(out, slice_of(host));
	fputs(
	    "</title>\n<link rel=\"icon\" href=\"/icon.svg\" "
	    "type=\"image/svg+xml\">\n<link rel=\"stylesheet\" href=\"/style.css\">\n"
	    "</head>\n<body>\n<a class=\"skip\" href=\"#main\">To the "
	    "numbers</a>\n<header>\n<h1>Mail on ",
	    out);
	html_text(out, slice_of(host));
	fputs("</h1>\n<p>as of ", out);
	html_time(out, time(NULL));
	if (page->store.snapshot != NULL) {
		fputs("<span class=\"since\">; counting since ", out);
		html_time(out, (time_t)page->store.snapshot->epoch);
		fputs("</span>", out);
	}
	fputs("</p>\n</header>\n<main id=\"main\">\n", out);
}

static void
print_foot(struct page *page)
{
	fputs("</main>\n<footer>\n<p>\xe2\x80\x9c"
	      "a minute\xe2\x80\x9d is the "
	      "pace of the last five minutes. Reload the page for newer "
	      "numbers.</p>\n<nav aria-label=\"The same numbers elsewhere\">"
	      "<a href=\"/metrics\">Prometheus</a> "
	      "<a href=\"/api/v1/stats.json\">JSON</a></nav>\n"
	      "<p>postfix-stats " VERSION "</p>\n</footer>\n</body>\n</html>\n",
	    page->out);
}

static void
name_day(struct page *page)
{
	int64_t age = past_age(page->source.past, PAST_DAY, page->source.now);
	FILE *out = fmemopen(page->day, sizeof(page->day), "w");

	if (out == NULL)
		return;
	/* Moments are an hour apart. */
	if (age >= past_seconds[PAST_DAY])
		fputs("24 h", out);
	else
		html_span(out, age);
	fclose(out);
	(void)snprintf(page->in_day, sizeof(page->in_day), "in %s", page->day);
	page->counts[0] = (struct column){ "a minute", 0, SHOW_MINUTE };
	page->counts[1] = (struct column){ page->in_day, 0, SHOW_DAY };
	page->counts[2] = (struct column){ "in all", 0, SHOW_ALL };
}

int
page_render(struct site *site, const char *rest, FILE *out)
{
	struct page page = { .out = out, .site = site };

	(void)rest;
	(void)stores_view(site->stores, 0, &page.store);
	page.source = (struct tally_source){ page.store.snapshot, site->past,
		site_clock() };
	name_day(&page);
	print_head(&page);
	print_verdict(&page);
	if (page.store.snapshot != NULL) {
		print_tiles(&page);
		fputs("<div class=\"first\">\n", out);
		page_first(&page);
		fputs("</div>\n<div class=\"cards\">\n", out);
		page_mail(&page);
		page_clients(&page);
		page_complaints(&page);
		fputs("</div>\n", out);
		page_words(&page);
	}
	page_probes(&page);
	page_whm(&page);
	page_graphs(&page);
	print_foot(&page);
	return (1);
}
