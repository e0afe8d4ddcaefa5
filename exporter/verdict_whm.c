/*
 * What servers with cPanel have to say to it: that they can't be asked.
 */
#include "exporter/verdict.h"
#include "lib/stats/key.h"
#include "lib/stats/whm_walk.h"

/* The first thing that went wrong. */
static const struct whm_poll *
fault_of(const struct whm_server_row *row)
{
	for (unsigned i = 0; i < WHM_POLLS; i++)
		if (row->poll[i].fault.len > 0)
			return (&row->poll[i]);
	return (NULL);
}

bool
verdict_whm(struct verdict *verdict, const struct snapshot *snapshot)
{
	const struct whm_poll *fault = NULL;
	struct whm_server_row row, failed;
	unsigned count = 0, failing = 0;
	char raw[LABEL_MAX];

	for (size_t at = 0; whm_server_next(snapshot, &at, &row); count++)
		if (!row.up && failing++ == 0)
			failed = row;
	if (failing > 0)
		fault = fault_of(&failed);
	if (fault != NULL)
		verdict_add(verdict, MOOD_NOTICE,
		    failing == 1 ? "A server with cPanel has no good answer" :
				   "Servers with cPanel have no good answer",
		    "%.*s: %.*s: %.*s (%u of %u)",
		    (int)label_unescape(failed.name, raw), raw,
		    (int)fault->endpoint.len, fault->endpoint.at,
		    (int)fault->fault.len, fault->fault.at, failing, count);
	if (verdict->count == 0 && count > 0)
		verdict_add(verdict, MOOD_GOOD, "Servers with cPanel answer",
		    "%u were asked; no log is followed here.", count);
	return (count > 0);
}
