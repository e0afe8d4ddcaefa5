/*
 * What the configuration says of lines: whose they are, which ways mail takes
 * through a content filter, and which names are ranked.
 */
#include "tailer/settings.h"

static void
set_filter(
    struct line_counter *lines, const struct config_reinjection *reinjection)
{
	const struct {
		enum filter_way way;
		const char *names;
	} ways[] = {
		{ FILTER_TRANSPORT, reinjection->transport },
		{ FILTER_RELAY, reinjection->relay },
		{ FILTER_SERVICE, reinjection->service },
		{ FILTER_CLIENT, reinjection->client },
		{ FILTER_PICKUP_UID, reinjection->pickup_uid },
	};

	for (size_t i = 0; i < COUNT(ways); i++)
		if (ways[i].names != NULL)
			(void)line_filter(lines, ways[i].way, ways[i].names);
}

void
settings_apply(struct line_counter *lines, const struct config *config)
{
	for (unsigned i = 0; i < config->syslog_names_count; i++)
		(void)line_syslog_name(lines, config->syslog_names[i]);
	if (config->by_host)
		line_by_host(lines);
	for (unsigned i = 0; i < config->top_count; i++)
		(void)line_top(lines, config->top[i]);
	if (config->reinjection != NULL)
		set_filter(lines, config->reinjection);
	if (config->probes_apart)
		(void)line_apart(lines);
}
