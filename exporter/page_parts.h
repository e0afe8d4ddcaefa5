/*
 * What the parts of the page share.
 */
#ifndef EXPORTER_PAGE_PARTS_H
#define EXPORTER_PAGE_PARTS_H

#include "exporter/html.h"
#include "exporter/site.h"
#include "lib/stats/tally.h"

/* What a column of a table shows of a tally. */
enum show { SHOW_MINUTE, SHOW_DAY, SHOW_ALL };

struct column {
	const char *title;
	unsigned column; /* of the rows */
	enum show show;
};

struct page {
	FILE *out;
	struct site *site;
	struct store_view store;    /* the first; it has a snapshot */
	struct tally_source source; /* of that */
	char day[32];    /* how long the last day is, in words: less at first */
	char in_day[40]; /* the title of its columns */
	struct column counts[3]; /* of most tables: one tally three times */
};

/* A card: a heading and what stands under it.  `kind` is a class of the style
   sheet. */
void page_card(struct page *page, const char *kind, const char *title);
void page_card_end(struct page *page);

/* A table of rows, the highest first, with bars that compare the first column
   that shows a day, or the last if that day had nothing.  Without a row, a word
   instead. */
void page_rows(struct page *page, const char *caption, const char *what,
    struct tally_rows *rows, const struct column *columns, unsigned count);

/* The head of a table; further titles are of columns of numbers.  NULL ends
   them. */
void page_table(
    struct page *page, const char *caption, const char *const *titles);
void page_table_end(struct page *page);

/* How many a minute came in the last minutes. */
double page_rate(const struct page *page, const struct tally_sum *tally);

uint64_t page_number(const struct page *page, const char *key);

/* The cards, in groups. */
void page_first(struct page *page);
void page_mail(struct page *page);
void page_top(struct page *page);
void page_clients(struct page *page);
void page_probes(struct page *page);
void page_whm(struct page *page);
void page_health(struct page *page);
void page_complaints(struct page *page);
void page_words(struct page *page);
void page_graphs(struct page *page);

#endif
