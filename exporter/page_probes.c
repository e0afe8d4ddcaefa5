/*
 * The cards about probes: what a sender sees, and what becomes of the mail of
 * those that look for it.  They are there as soon as such a probe was tried.
 */
#include <time.h>

#include "exporter/page_parts.h"
#include "lib/stats/key.h"
#include "lib/stats/probe_rows.h"
#include "lib/stats/store.h"

enum { PROBES_SHOWN = 100 };

static const char *const titles[] = { "probe", "took", "tried", "certificate",
	NULL };
static const char *const mail_titles[] = { "probe", "took", "sent", "late",
	"spam", "lost", NULL };

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

/* "SPF pass, DKIM fail, DMARC none" */
static void
print_authentication(struct page *page, struct slice words)
{
	static const char *const names[] = { "SPF", "DKIM", "DMARC" };
	struct slice word;

	for (size_t i = 0; i < COUNT(names); i++) {
		if (!label_value_next(&words, &word))
			word = SLICE("none");
		fprintf(page->out, "%s%s ", i > 0 ? ", " : "", names[i]);
		html_text(page->out, word);
	}
}

static void
print_state(struct page *page, const struct mail_row *mail)
{
	const char *mood = !mail->judged ? "notice" :
	    mail->success                ? "good" :
					   "problem";

	fprintf(page->out, " <strong class=\"%s\">", mood);
	html_text(page->out,
	    mail->result.len > 0 ? mail->result : SLICE("not sent yet"));
	fputs(mail->note, page->out);
	fputs("</strong>", page->out);
}

/* What needs the width of the table.  Where a mail is matters while it is not
   there, or was found where it should not be. */
static void
print_words(struct page *page, const struct mail_row *mail)
{
	bool tells = mail->judged && !mail->success && mail->trail.len > 0;
	const char *before = "";

	if (!tells && mail->fault.len == 0 && mail->authentication.len == 0)
		return;
	fputs("<tr><td class=\"words\" colspan=\"6\">", page->out);
	if (tells) {
		html_text(page->out, mail->trail);
		before = "<br>";
	}
	if (mail->fault.len > 0) {
		fprintf(page->out,
		    "%s<strong class=\"problem\">mailbox not watched</strong>: ",
		    before);
		html_text(page->out, mail->fault);
		before = "<br>";
	}
	if (mail->authentication.len > 0) {
		fputs(before, page->out);
		print_authentication(page, mail->authentication);
	}
	fputs("</td></tr>\n", page->out);
}

static void
print_count(struct page *page, uint64_t count)
{
	fputs("</td><td>", page->out);
	html_count(page->out, count);
}

static void
print_mail(
    struct page *page, const struct probe_row *row, const struct mail_row *mail)
{
	FILE *out = page->out;

	fputs("<tr><th scope=\"row\"><span class=\"name\">", out);
	html_label(out, row->name);
	fputs("</span>", out);
	print_state(page, mail);
	fputs("</th><td>", out);
	if (mail->has_arrival) {
		html_decimal(out, (double)mail->duration / MICROSECONDS);
		fputs(" s", out);
	} else
		fputs("\xe2\x80\x93", out);
	fputs("</td><td>", out);
	if (mail->last_sent > 0) {
		html_span(out, (int64_t)time(NULL) - (int64_t)mail->last_sent);
		fputs(" ago", out);
	} else
		fputs("\xe2\x80\x93", out);
	print_count(page, mail->late);
	print_count(page, mail->spam);
	print_count(page, mail->lost);
	fputs("</td></tr>\n", out);
	print_words(page, mail);
}

static void
print_more(struct page *page, unsigned count)
{
	if (count > PROBES_SHOWN)
		fprintf(page->out,
		    "<p class=\"more\">%u more are not shown.</p>\n",
		    count - PROBES_SHOWN);
}

static bool
mail_is_well(const struct mail_row *mail)
{
	return ((!mail->judged || mail->success) && mail->fault.len == 0);
}

/* Those whose mail does not arrive first. */
static void
print_mails(struct page *page, const struct snapshot *snapshot)
{
	struct probe_row row;
	struct mail_row mail;
	unsigned count = 0;

	for (int well = 0; well <= 1; well++)
		for (size_t at = 0; probes_next(snapshot, &at, &row);) {
			if (!probes_mail(snapshot, &row, &mail) ||
			    mail_is_well(&mail) != (well != 0))
				continue;
			if (count == 0) {
				page_card(page, "", "Mail of probes");
				page_table(page,
				    "What becomes of mail that probes send",
				    mail_titles);
			}
			if (count++ < PROBES_SHOWN)
				print_mail(page, &row, &mail);
		}
	if (count == 0)
		return;
	page_table_end(page);
	print_more(page, count);
	page_card_end(page);
}

/* Those that fail first. */
static void
print_probes(struct page *page, const struct snapshot *snapshot)
{
	struct probe_row row;
	unsigned count = 0;

	page_card(page, "", "Probes");
	page_table(page, "What a sender sees", titles);
	for (int success = 0; success <= 1; success++)
		for (size_t at = 0; probes_next(snapshot, &at, &row);)
			if (row.success == (success != 0) &&
			    count++ < PROBES_SHOWN)
				print_probe(page, &row);
	page_table_end(page);
	print_more(page, count);
	page_card_end(page);
}

void
page_probes(struct page *page)
{
	struct store_view store;
	struct probe_row row;
	size_t at = 0;

	if (!stores_find(page->site->stores, PROBE_STORE_NAME, &store) ||
	    !probes_next(store.snapshot, &at, &row))
		return;
	fputs("<div class=\"cards\">\n", page->out);
	print_probes(page, store.snapshot);
	print_mails(page, store.snapshot);
	fputs("</div>\n", page->out);
}
