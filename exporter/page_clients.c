/*
 * Cards about clients: whom Postfix turns away, who logs in, who has TLS.
 */
#include "exporter/page_parts.h"
#include "lib/stats/reasons.h"

static void
card_rejected(struct page *page)
{
	struct tally_rows reasons = { .count = 0 }, stages = { .count = 0 };

	tally_add(&reasons, &page->source, METRIC_REJECTED, 2, 0);
	tally_add(&stages, &page->source, METRIC_REJECT_STAGE, 0, 0);
	page_card(page, "", "Turned away");
	page_rows(page, "By reason", "reason", &reasons, page->counts,
	    COUNT(page->counts));
	page_rows(page, "By stage of the session", "stage", &stages,
	    page->counts, COUNT(page->counts));
	page_card_end(page);
}

/* A share of connections with a bar, as a sentence. */
static void
print_share(struct page *page, uint64_t part, uint64_t whole, const char *of)
{
	FILE *out = page->out;

	fputs("<p class=\"share\"><strong>", out);
	if (whole > 0) {
		double percent = (double)part * 100 / (double)whole;

		html_decimal(out, percent > 100 ? 100 : percent);
		fputs(" %", out);
	} else
		fputs("\xe2\x80\x93", out);
	fprintf(out, "</strong> %s in %s", of, page->day);
	html_bar(out, (double)part, (double)whole);
	fputs("</p>\n", out);
}

static void
card_tls(struct page *page)
{
	struct tally_sum connects = tally_of(
	    &page->source, METRIC_SMTPD_CONNECT);
	struct tally_sum with = tally_of(&page->source, METRIC_SMTPD_TLS);
	struct tally_sum failed = tally_of(
	    &page->source, METRIC_SMTPD_TLS_FAILURE);
	struct tally_rows protocols = { .count = 0 }, sides = { .count = 0 };

	tally_add(&protocols, &page->source, METRIC_TLS, 2, 0);
	tally_add(&sides, &page->source, METRIC_TLS, 0, 0);
	page_card(page, "", "TLS");
	print_share(page, with.lately[PAST_DAY], connects.lately[PAST_DAY],
	    "of clients\xe2\x80\x99 connections were encrypted");
	page_rows(page, "Connections with TLS, by protocol", "protocol",
	    &protocols, page->counts, COUNT(page->counts));
	page_rows(page, "By side: in from clients, out to servers", "side",
	    &sides, page->counts, COUNT(page->counts));
	fputs("<p class=\"more\">Handshakes with clients that failed: ",
	    page->out);
	html_count(page->out, failed.lately[PAST_DAY]);
	fprintf(page->out, " in %s.</p>\n", page->day);
	page_card_end(page);
}

static void
card_logins(struct page *page)
{
	char failed[64];
	const struct column services[] = {
		{ "succeeded", 0, SHOW_DAY },
		{ "failed", 1, SHOW_DAY },
		{ "failed in all", 1, SHOW_ALL },
	};
	struct tally_rows by_service = { .count = 0 },
			  by_method = { .count = 0 };

	tally_add(&by_service, &page->source, METRIC_SASL_OK, 0, 0);
	tally_add(&by_service, &page->source, METRIC_SASL_FAILED, 0, 1);
	tally_add(&by_method, &page->source, METRIC_SASL_FAILED, 1, 0);
	page_card(page, "", "Logins");
	(void)snprintf(
	    failed, sizeof(failed), "Attempts to log in, in %s", page->day);
	page_rows(
	    page, failed, "service", &by_service, services, COUNT(services));
	page_rows(page, "Failed, by method", "method", &by_method, page->counts,
	    COUNT(page->counts));
	page_card_end(page);
}

/* What strangers had a hand in. */
void
page_words(struct page *page)
{
	struct mtagroups set;
	FILE *out = page->out;
	bool any = false;

	mtagroups_load(page->source.snapshot, &set);
	page_card(page, "", "Last words");
	for (unsigned i = 0; i < set.count; i++) {
		const struct mtagroup *group = &set.at[i];
		struct slice text;

		if (!reasons_find(page->source.snapshot, group->number, &text))
			continue;
		fputs(any ? "<dt>" : "<dl class=\"words\">\n<dt>", out);
		html_label(out, mtagroup_name(group));
		fprintf(out, "%s</dt>\n<dd>",
		    mtagroup_kind(group) == ROWS_SERVICE ?
			" turned a client away" :
			" could not connect");
		html_text(out, text);
		fputs("</dd>\n", out);
		any = true;
	}
	fputs(any ? "</dl>\n" : "<p class=\"none\">None so far.</p>\n", out);
	page_card_end(page);
}

void
page_clients(struct page *page)
{
	card_rejected(page);
	card_tls(page);
	card_logins(page);
}
