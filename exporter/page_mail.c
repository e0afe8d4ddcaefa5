/*
 * Cards about mail: how it leaves, what does not, what waits.
 */
#include <time.h>

#include "exporter/page_parts.h"

static void
print_delay(FILE *out, uint64_t milliseconds)
{
	if (milliseconds >= 60000) {
		html_span(out, (int64_t)(milliseconds / 1000));
		return;
	}
	html_decimal(out, (double)milliseconds / 1000);
	fputs(" s", out);
}

/* Transports have a table of their own: their delays are no counts. */
static void
print_transport(struct page *page, const struct tally_row *row, double highest)
{
	static const char *const percentiles[] = { "p50", "p95" };
	FILE *out = page->out;

	fputs("<tr><th scope=\"row\"><span class=\"name\">", out);
	html_label(out, row->name);
	fputs("</span>", out);
	html_bar(out, (double)row->column[0].lately[PAST_DAY], highest);
	fputs("</th><td>", out);
	html_decimal(out, page_rate(page, &row->column[0]));
	for (unsigned c = 0; c < 3; c++) {
		fputs("</td><td>", out);
		html_count(out, row->column[c].lately[PAST_DAY]);
	}
	for (size_t i = 0; i < COUNT(percentiles); i++) {
		char key[KEY_MAX + 1];

		(void)snprintf(key, sizeof(key), "delay_5m:%.*s:%s",
		    (int)row->name.len, row->name.at, percentiles[i]);
		fputs("</td><td>", out);
		print_delay(out, page_number(page, key));
	}
	fputs("</td></tr>\n", out);
}

static void
card_transports(struct page *page)
{
	const char *const titles[] = { "transport", "a minute", page->in_day,
		"deferred", "bounced", "half within", "95 % within", NULL };
	struct tally_rows rows = { .count = 0 };
	double highest = 0;

	tally_add(&rows, &page->source, METRIC_DELIVERY_SENT, 0, 0);
	tally_add(&rows, &page->source, METRIC_DELIVERY_DEFERRED, 0, 1);
	tally_add(&rows, &page->source, METRIC_DELIVERY_BOUNCED, 0, 2);
	tally_sort(&rows);
	page_card(page, "", "Delivered, by transport");
	for (unsigned i = 0; i < rows.count; i++) {
		double its = (double)rows.at[i].column[0].lately[PAST_DAY];

		highest = its > highest ? its : highest;
	}
	if (rows.count > 0) {
		fputs("<p class=\"more\">Recipients delivered, put off and "
		      "given up, and how long mail of the last five minutes "
		      "took.</p>\n"
		      "<div class=\"scroll\" role=\"region\" tabindex=\"0\" "
		      "aria-label=\"Table of transports\">\n",
		    page->out);
		page_table(page, "Delivery by transport", titles);
		for (unsigned i = 0; i < rows.count; i++)
			print_transport(page, &rows.at[i], highest);
		page_table_end(page);
		fputs("</div>\n", page->out);
	} else
		fputs("<p class=\"none\">None so far.</p>\n", page->out);
	page_card_end(page);
}

static void
add_causes(struct tally_rows *rows, const struct tally_source *source)
{
	static const struct {
		enum metric_id metric;
		const char *name;
	} causes[] = {
		{ METRIC_CONNECT_TIMEOUT, "timeout" },
		{ METRIC_CONNECT_REFUSED, "refused" },
		{ METRIC_CONNECT_UNREACHABLE, "unreachable" },
		{ METRIC_CONNECT_DNS, "dns" },
		{ METRIC_CONNECT_TLS, "tls" },
		{ METRIC_CONNECT_LOST, "lost" },
		{ METRIC_CONNECT_OTHER, "other" },
	};

	for (size_t i = 0; i < COUNT(causes); i++)
		tally_add_named(rows, source, causes[i].metric,
		    slice_of(causes[i].name), 0);
}

static void
card_failures(struct page *page)
{
	struct tally_rows reasons = { .count = 0 }, causes = { .count = 0 };

	tally_add(&reasons, &page->source, METRIC_FAIL_REASON, 1, 0);
	add_causes(&causes, &page->source);
	page_card(page, "", "Deferred and bounced, and why");
	page_rows(page, "What the other side said", "reason", &reasons,
	    page->counts, COUNT(page->counts));
	page_rows(page, "Connections that failed", "cause", &causes,
	    page->counts, COUNT(page->counts));
	page_card_end(page);
}

static void
print_queue(struct page *page, const char *queue, uint64_t sampled)
{
	static const char *const what[] = { "messages", "bytes",
		"oldest_seconds" };
	FILE *out = page->out;
	uint64_t value[COUNT(what)];

	for (size_t i = 0; i < COUNT(what); i++) {
		char key[KEY_MAX + 1];

		(void)snprintf(key, sizeof(key), "queue:%s:%s", queue, what[i]);
		value[i] = page_number(page, key);
	}
	fprintf(out, "<tr><th scope=\"row\">%s</th><td>", queue);
	html_count(out, value[0]);
	fputs("</td><td>", out);
	html_bytes(out, value[1]);
	fputs("</td><td>", out);
	if (value[0] > 0)
		html_span(out,
		    (int64_t)value[2] + (int64_t)time(NULL) - (int64_t)sampled);
	else
		fputs("\xe2\x80\x93", out);
	fputs("</td></tr>\n", out);
}

static void
card_queue(struct page *page)
{
	static const char *const queues[] = { "incoming", "active", "deferred",
		"hold", "maildrop" };
	static const char *const titles[] = { "queue", "messages", "size",
		"oldest", NULL };
	uint64_t sampled = page_number(page, "queue_sample:taken");
	int64_t age = past_age(page->source.past, PAST_HOUR, page->source.now);

	page_card(page, "", "Queue");
	if (sampled == 0) {
		fputs("<p class=\"none\">It is not sampled: the configuration "
		      "of postfix-statsd says so, or it is not in group "
		      "postdrop.</p>\n",
		    page->out);
		page_card_end(page);
		return;
	}
	page_table(page, "What lies in Postfix\xe2\x80\x99s queues", titles);
	for (size_t i = 0; i < COUNT(queues); i++)
		print_queue(page, queues[i], sampled);
	page_table_end(page);
	fputs("<p class=\"more\">Looked at ", page->out);
	html_span(page->out, (int64_t)time(NULL) - (int64_t)sampled);
	fputs(" ago.", page->out);
	if (age > 0) {
		fputs(
		    " In incoming, active and deferred there were ", page->out);
		html_count(page->out, tally_waited(&page->source, PAST_HOUR));
		fputs(" messages ", page->out);
		html_span(page->out, age);
		fputs(" ago.", page->out);
	}
	fputs("</p>\n", page->out);
	page_card_end(page);
}

static void
card_received(struct page *page)
{
	struct tally_rows rows = { .count = 0 };

	tally_add(&rows, &page->source, METRIC_RECEIVED, 0, 0);
	page_card(page, "", "Received");
	page_rows(page, "Messages taken in, by service", "service", &rows,
	    page->counts, COUNT(page->counts));
	page_card_end(page);
}

void
page_first(struct page *page)
{
	card_transports(page);
	fputs("<div>\n", page->out);
	card_queue(page);
	page_health(page);
	fputs("</div>\n", page->out);
}

void
page_mail(struct page *page)
{
	card_failures(page);
	card_received(page);
	page_top(page);
}
