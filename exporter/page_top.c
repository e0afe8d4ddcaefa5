/*
 * The card of the most frequent names.
 */
#include "exporter/page_parts.h"
#include "lib/stats/top_walk.h"

static const char *
title_of(struct slice dimension)
{
	static const struct {
		const char *name, *title;
	} titles[] = {
		{ "rcpt_domain", "Domains of recipients" },
		{ "sender_domain", "Domains of senders" },
		{ "relay_host", "Servers delivered to" },
		{ "sasl_user", "Users logged in" },
		{ "client", "Clients" },
	};

	for (size_t i = 0; i < COUNT(titles); i++)
		if (slice_equal(dimension, titles[i].name))
			return (titles[i].title);
	return ("Others");
}

static void
top_begin(struct page *page, struct slice dimension)
{
	static const char *const parts[] = { "name", "attempts", "deferred",
		"bounced", NULL };
	static const char *const counts[] = { "name", "messages", NULL };

	page_table(page, title_of(dimension),
	    top_has_parts(dimension) ? parts : counts);
}

/* What is known to be the name's own, and what it may be at most. */
static void
top_row(struct page *page, const struct top_walk *walk, uint64_t highest)
{
	const struct top_item *item = &walk->item;
	FILE *out = page->out;

	fputs("<tr><th scope=\"row\"><span class=\"name\">", out);
	html_text(out, (struct slice){ item->name, item->len });
	fputs("</span>", out);
	html_bar(out, (double)item->count, (double)highest);
	fputs("</th><td>", out);
	if (item->error > 0) {
		html_count(out, item->count - item->error);
		fputs("\xe2\x80\x93", out);
	}
	html_count(out, item->count);
	if (top_has_parts(walk->dimension)) {
		fputs("</td><td>", out);
		html_count(out, item->deferred);
		fputs("</td><td>", out);
		html_count(out, item->bounced);
	}
	fputs("</td></tr>\n", out);
}

/* Most of the count may be other names'. */
static bool
is_guess(const struct top_item *item)
{
	return (item->error > item->count / 2);
}

void
page_top(struct page *page)
{
	struct top_walk walk = { .snapshot = page->source.snapshot };
	struct slice shown = { NULL, 0 };
	uint64_t highest = 0;
	bool any = false;

	page_card(page, "", "Most frequent names");
	while (top_walk_next(&walk)) {
		any = true;
		if (walk.rank > TOP_SHOWN || is_guess(&walk.item))
			continue;
		if (shown.at == NULL || !slice_same(shown, walk.dimension)) {
			if (shown.at != NULL)
				page_table_end(page);
			top_begin(page, walk.dimension);
			shown = walk.dimension;
			highest = walk.item.count;
		}
		top_row(page, &walk, highest);
	}
	if (shown.at != NULL)
		page_table_end(page);
	if (any)
		fputs("<p class=\"more\">Since the counting began. Names that "
		      "are too rare to be told for sure are left out.</p>\n",
		    page->out);
	else
		fputs("<p class=\"none\">They are not kept; <code>top</code> "
		      "in postfix-stats.yml names the kinds that are.</p>\n",
		    page->out);
	page_card_end(page);
}
