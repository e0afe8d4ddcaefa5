/*
 * The configuration file: YAML, read once into one checked structure.  Every
 * key is optional; an unknown one, or a value out of range, is an error that
 * names file and line.
 */
#ifndef CONFIG_CONFIG_H
#define CONFIG_CONFIG_H

#include <stdbool.h>
#include <stdint.h>

#define CONFIG_FILE "/etc/postfix-stats.yml"

struct config_log {
	char *path;     /* absolute */
	char *instance; /* NULL: what the log's tags say */
};

/* When the agent notifies; what it notifies of is in metrics.def. */
struct config_notifications {
	bool enabled;
	unsigned silent_after;      /* seconds; 0: never */
	unsigned behind_after;      /* seconds; 0: never */
	unsigned deferral_high;     /* percent; 0: never */
	unsigned deferral_low;      /* percent, deferral_high at most */
	unsigned deferral_attempts; /* that a ratio is judged by, at least */
};

struct config_snmp {
	const char *base_oid;
	const char *agentx_socket;
	unsigned ping_interval; /* seconds */
	struct config_notifications notifications;
	bool ietf_tables;
};

/* Whether to follow the journal; AUTO: if there is no log to follow. */
enum config_journal { JOURNAL_AUTO, JOURNAL_YES, JOURNAL_NO };

struct config {
	const struct config_log *logs;
	unsigned logs_count;
	enum config_journal journal;
	const char *state_directory;
	double publish_interval; /* seconds */
	uint32_t capacity;       /* keys */
	char *const *syslog_names;
	unsigned syslog_names_count;
	const struct config_snmp *snmp; /* never NULL */
};

/*
 * Read `path`; NULL means CONFIG_FILE if there is one, else the defaults.
 * What the file leaves out has its default.  The caller frees *config_r with
 * config_free().  Returns 0, or -1 and *error_r.
 */
int config_load(
    const char *path, struct config **config_r, const char **error_r);
void config_free(struct config *config);

#endif
