/*
 * The cards about servers with cPanel: how asking them goes, and their busiest
 * users.  They are there as soon as such a server was asked.
 */
#include <time.h>

#include "exporter/page_parts.h"
#include "lib/stats/store.h"
#include "lib/stats/whm_walk.h"

enum { SERVERS_SHOWN = 100, USERS_SHOWN = 10 };

static const char *const server_titles[] = { "server", "sent today",
	"delivered", "failed", "put off", "told", NULL };
static const char *const user_titles[] = { "user", "sent today", "delivered",
	"failed", "put off", "size", NULL };

static void
print_count(struct page *page, bool is_known, uint64_t count)
{
	fputs("</td><td>", page->out);
	if (is_known)
		html_count(page->out, count);
	else
		fputs("\xe2\x80\x93", page->out);
}

/* What went wrong, a line each. */
static void
print_faults(struct page *page, const struct whm_server_row *row)
{
	for (unsigned i = 0; i < WHM_POLLS; i++) {
		if (row->poll[i].fault.len == 0)
			continue;
		fputs(" <span class=\"why\">", page->out);
		html_text(page->out, row->poll[i].endpoint);
		fputs(": ", page->out);
		html_text(page->out, row->poll[i].fault);
		fputs("</span>", page->out);
	}
}

static uint64_t
last_success(const struct whm_server_row *row)
{
	uint64_t last = 0;

	for (unsigned i = 0; i < WHM_POLLS; i++)
		if (row->poll[i].last_success > last)
			last = row->poll[i].last_success;
	return (last);
}

static void
print_server(struct page *page, const struct whm_server_row *row)
{
	const char *word = row->backing_off ? "left alone for a while" :
	    row->up                         ? "answers" :
					      "no good answer";
	uint64_t last = last_success(row);
	FILE *out = page->out;

	fputs("<tr><th scope=\"row\"><span class=\"name\">", out);
	html_label(out, row->name);
	fprintf(out, "</span> <strong class=\"%s\">%s</strong>",
	    row->up && !row->backing_off ? "good" : "problem", word);
	print_faults(page, row);
	fputs("</th><td>", out);
	if (row->has_total)
		html_count(out, row->total[0]);
	else
		fputs("\xe2\x80\x93", out);
	for (unsigned i = 1; i <= 3; i++)
		print_count(page, row->has_total, row->total[i]);
	fputs("</td><td>", out);
	if (last > 0) {
		html_span(out, (int64_t)time(NULL) - (int64_t)last);
		fputs(" ago", out);
	} else
		fputs("never", out);
	fputs("</td></tr>\n", out);
}

/* Those that do not answer first. */
static void
print_servers(struct page *page, const struct snapshot *snapshot)
{
	struct whm_server_row row;
	unsigned count = 0;

	page_card(page, "", "Servers with cPanel");
	page_table(page, "What their WHM says", server_titles);
	for (int up = 0; up <= 1; up++)
		for (size_t at = 0; whm_server_next(snapshot, &at, &row);)
			if (row.up == (up != 0) && count++ < SERVERS_SHOWN)
				print_server(page, &row);
	page_table_end(page);
	if (count > SERVERS_SHOWN)
		fprintf(page->out,
		    "<p class=\"more\">%u more are not shown.</p>\n",
		    count - SERVERS_SHOWN);
	page_card_end(page);
}

/* --- users -------------------------------------------------------------------- */

static void
print_user(struct page *page, const struct whm_user_row *row, uint64_t most)
{
	FILE *out = page->out;

	fputs("<tr><th scope=\"row\"><span class=\"name\">", out);
	html_label(out, row->user);
	if (row->domain.len > 0) {
		fputs(" ", out);
		html_text(out, row->domain);
	}
	fputs("</span> <span class=\"why\">", out);
	html_label(out, row->server);
	fputs("</span>", out);
	if (row->limited)
		fputs(" <strong class=\"problem\">limit reached</strong>", out);
	html_bar(out, (double)row->sent, (double)most);
	fputs("</th><td>", out);
	html_count(out, row->sent);
	print_count(page, true, row->success);
	print_count(page, true, row->fail);
	print_count(page, true, row->defer);
	fputs("</td><td>", out);
	html_bytes(out, row->bytes);
	fputs("</td></tr>\n", out);
}

/* Put a row among the busiest, if it is of them. */
static void
place(struct whm_user_row busiest[USERS_SHOWN], unsigned *count,
    const struct whm_user_row *row)
{
	unsigned i = *count;

	if (i == USERS_SHOWN && busiest[i - 1].sent >= row->sent)
		return;
	if (i == USERS_SHOWN)
		i--;
	else
		++*count;
	for (; i > 0 && busiest[i - 1].sent < row->sent; i--)
		busiest[i] = busiest[i - 1];
	busiest[i] = *row;
}

static void
print_users(struct page *page, const struct snapshot *snapshot)
{
	struct whm_user_row busiest[USERS_SHOWN], row;
	unsigned count = 0, all = 0;

	for (size_t at = 0; whm_user_next(snapshot, &at, &row); all++)
		place(busiest, &count, &row);
	if (count == 0)
		return;
	page_card(page, "", "Users of cPanel");
	page_table(page, "Who sends most", user_titles);
	for (unsigned i = 0; i < count; i++)
		print_user(page, &busiest[i], busiest[0].sent);
	page_table_end(page);
	if (all > count)
		fprintf(page->out,
		    "<p class=\"more\">%u more are not shown.</p>\n",
		    all - count);
	page_card_end(page);
}

void
page_whm(struct page *page)
{
	struct store_view store;
	struct whm_server_row row;
	size_t at = 0;

	if (!stores_find(page->site->stores, WHM_STORE_NAME, &store) ||
	    !whm_server_next(store.snapshot, &at, &row))
		return;
	fputs("<div class=\"cards\">\n", page->out);
	print_servers(page, store.snapshot);
	print_users(page, store.snapshot);
	fputs("</div>\n", page->out);
}
