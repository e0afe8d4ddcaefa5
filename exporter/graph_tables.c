/*
 * Which graphs there are, of what.
 */
#include <string.h>

#include "exporter/graph_parts.h"
#include "lib/stats/tally.h"

static uint64_t
sum_of(const struct snapshot *snapshot, enum metric_id metric)
{
	struct tally_source source = { .snapshot = snapshot };

	return (tally_of(&source, metric).all);
}

static uint64_t
received(const struct snapshot *snapshot)
{
	return (sum_of(snapshot, METRIC_RECV_SMTP) +
	    sum_of(snapshot, METRIC_RECV_LOCAL));
}

static uint64_t
sent(const struct snapshot *snapshot)
{
	return (sum_of(snapshot, METRIC_DELIVERY_SENT));
}

static uint64_t
deferred(const struct snapshot *snapshot)
{
	return (sum_of(snapshot, METRIC_DELIVERY_DEFERRED));
}

static uint64_t
bounced(const struct snapshot *snapshot)
{
	return (sum_of(snapshot, METRIC_DELIVERY_BOUNCED));
}

static uint64_t
rejected(const struct snapshot *snapshot)
{
	return (sum_of(snapshot, METRIC_REJECTED));
}

static uint64_t
held(const struct snapshot *snapshot)
{
	uint64_t value = 0;

	(void)snapshot_number(snapshot, SLICE("queue:hold:messages"), &value);
	return (value);
}

static uint64_t
connects(const struct snapshot *snapshot)
{
	return (sum_of(snapshot, METRIC_SMTPD_CONNECT));
}

static uint64_t
with_tls(const struct snapshot *snapshot)
{
	return (sum_of(snapshot, METRIC_SMTPD_TLS));
}

static uint64_t
sasl_failed(const struct snapshot *snapshot)
{
	return (sum_of(snapshot, METRIC_SASL_FAILED));
}

const struct series series_table[SERIES_COUNT] = {
	[SERIES_RECEIVED] = { "received", "received", true, received,
	    { "2a7f8e", "5fc3d1" } },
	[SERIES_SENT] = { "sent", "delivered", true, sent,
	    { "a8481a", "f0965a" } },
	[SERIES_DEFERRED] = { "deferred", "deferred", true, deferred,
	    { "2a7f8e", "5fc3d1" } },
	[SERIES_BOUNCED] = { "bounced", "bounced", true, bounced,
	    { "a8481a", "f0965a" } },
	[SERIES_REJECTED] = { "rejected", "turned away", true, rejected,
	    { "6a4c9c", "b9a0ee" } },
	[SERIES_WAITING] = { "waiting", "waiting", false, tally_waiting,
	    { "2a7f8e", "5fc3d1" } },
	[SERIES_HELD] = { "held", "on hold", false, held,
	    { "a8481a", "f0965a" } },
	[SERIES_CONNECTS] = { "connects", "connections", true, connects,
	    { "2a7f8e", "5fc3d1" } },
	[SERIES_TLS] = { "tls", "with TLS", true, with_tls,
	    { "a8481a", "f0965a" } },
	[SERIES_SASL_FAILED] = { "sasl_failed", "failed logins", true,
	    sasl_failed, { "6a4c9c", "b9a0ee" } },
};

const struct graph graph_table[GRAPHS] = {
	[GRAPH_MAIL] = { "mail", "Mail", "a minute", { "received", "sent" } },
	[GRAPH_TROUBLE] = { "trouble", "Not delivered, not taken in",
	    "a minute", { "deferred", "bounced", "rejected" } },
	[GRAPH_QUEUE] = { "queue", "Queue", "messages", { "waiting", "held" } },
	[GRAPH_CLIENTS] = { "clients", "Clients", "a minute",
	    { "connects", "tls", "sasl_failed" } },
};

const struct period period_table[PERIODS] = {
	[PERIOD_DAY] = { "day", "Last 24 hours", 86400,
	    "HOUR:1:HOUR:6:HOUR:6:0:%H:%M" },
	[PERIOD_WEEK] = { "week", "Last 7 days", 7 * 86400,
	    "HOUR:6:DAY:1:DAY:1:86400:%a" },
	[PERIOD_MONTH] = { "month", "Last 31 days", 31 * 86400,
	    "DAY:1:WEEK:1:WEEK:1:0:%d %b" },
	[PERIOD_YEAR] = { "year", "Last 366 days", 366 * 86400,
	    "MONTH:1:MONTH:1:MONTH:2:0:%b" },
};

const struct series *
graph_series(enum graph_id graph, unsigned i)
{
	const char *name = i < GRAPH_SERIES ? graph_table[graph].series[i] :
					      NULL;

	for (unsigned s = 0; name != NULL && s < SERIES_COUNT; s++)
		if (strcmp(series_table[s].name, name) == 0)
			return (&series_table[s]);
	return (NULL);
}
