/*
 * What smtpd(8) says of sessions, apart from connections and rejections.
 */
#include <strings.h>

#include "lib/stats/parse.h"
#include "lib/stats/words.h"

#define STAGE_SLICE(text) SLICE(text),
static const struct slice stages[] = { STAGES(STAGE_SLICE) };

/* The number of a stage; COUNT(stages) if there is no such. */
static unsigned
stage_number(struct slice word)
{
	unsigned stage = 0;

	/* An old postscreen(8) writes `connect`. */
	while (stage < COUNT(stages) &&
	    (stages[stage].len != word.len ||
		strncasecmp(stages[stage].at, word.at, word.len) != 0))
		stage++;
	return (stage);
}

unsigned
parse_stage(struct slice *text, struct slice *stage_r)
{
	struct slice word = { text->at, 0 };
	unsigned stage = 0;

	if (slice_starts(*text, "RCPT ")) /* mostly */
		word.len = strlen("RCPT");
	else {
		while (word.len < text->len &&
		    (byte_is_letter(text->at[word.len]) ||
			text->at[word.len] == '-'))
			word.len++;
		if (word.len == 0)
			return (0);
		stage = stage_number(word);
	}
	*text = slice_from(*text, word.len);
	/* Inside a message: Postfix 3.4 and later. */
	if (slice_starts(*text, " content "))
		*text = slice_from(*text, strlen(" content"));
	*stage_r = stage < COUNT(stages) ? stages[stage] : SLICE("other");
	return (stage + 1);
}
