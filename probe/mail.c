/*
 * Header and body.
 */
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "probe/mail.h"
#include "probe/mail_read.h"

/* strftime() would take the names of a locale. */
static const char *const days[] = { "Sun", "Mon", "Tue", "Wed", "Thu", "Fri",
	"Sat" };
static const char *const months[] = { "Jan", "Feb", "Mar", "Apr", "May", "Jun",
	"Jul", "Aug", "Sep", "Oct", "Nov", "Dec" };

static void
put_date(FILE *out, time_t now)
{
	struct tm tm;

	if (gmtime_r(&now, &tm) == NULL)
		return;
	fprintf(out, "Date: %s, %d %s %d %02d:%02d:%02d +0000\n",
	    days[tm.tm_wday], tm.tm_mday, months[tm.tm_mon], 1900 + tm.tm_year,
	    tm.tm_hour, tm.tm_min, tm.tm_sec);
}

static void
put_header(FILE *out, const struct config_probe *config, const char *token,
    const char *host)
{
	const char *at = strrchr(config->from, '@');
	const char *domain = at != NULL && at[1] != '\0' ? at + 1 : host;

	if (config->from[0] != '\0')
		fprintf(out, "From: <%s>\n", config->from);
	else
		fprintf(out, "From: <postfix-stats-probe@%s>\n", host);
	fprintf(out, "To: <%s>\n", config->to);
	fprintf(out, "Subject: postfix-stats probe %s\n", config->name);
	/* RFC 3834: nobody is to answer */
	fputs("Auto-Submitted: auto-generated\n", out);
	fprintf(out, "Message-ID: <%s@%s>\n", token, domain);
	fprintf(out, MAIL_TOKEN_FIELD ": %s\n", token);
	fputs("MIME-Version: 1.0\n"
	      "Content-Type: text/plain; charset=utf-8\n"
	      "Content-Transfer-Encoding: 8bit\n\n",
	    out);
}

char *
mail_compose(const struct config_probe *config, const char *token,
    const char *host, time_t now, size_t *len_r)
{
	char *mail = NULL;
	FILE *out = open_memstream(&mail, len_r);

	if (out == NULL)
		return (NULL);
	put_date(out, now);
	put_header(
	    out, config, token, host != NULL ? host : "localhost.invalid");
	fprintf(out,
	    "This mail was sent by postfix-stats-probe, which looks whether it "
	    "arrives.\nIt can be deleted.\n\n%s\n",
	    token);
	if (config->payload[0] != '\0')
		fprintf(out, "\n%s\n", config->payload);
	if (fclose(out) == EOF) {
		free(mail);
		return (NULL);
	}
	return (mail);
}
