/*
 * The configuration file: YAML, read once into one checked structure.  Every
 * key is optional; an unknown one, or a value out of range, is an error that
 * names file and line.
 */
#ifndef CONFIG_CONFIG_H
#define CONFIG_CONFIG_H

#include <stdbool.h>
#include <stdint.h>

#include "lib/config/config_probe.h"
#include "lib/config/config_whm.h"

#define CONFIG_FILE  "/etc/postfix-stats.yml"
#define SHOWQ_SOCKET "/var/spool/postfix/public/showq"

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
	unsigned queue_high;        /* messages; 0: never */
	unsigned queue_low;         /* messages, queue_high at most */
	unsigned queue_old;         /* seconds; 0: never */
	unsigned queue_fresh;       /* seconds, queue_old at most */
	unsigned certificate_days;  /* 0: never */
};

struct config_snmp {
	const char *base_oid;
	const char *agentx_socket;
	unsigned ping_interval; /* seconds */
	struct config_notifications notifications;
	bool ietf_tables;
};

/* AUTO: the program looks what there is. */
enum config_choice { CHOICE_AUTO, CHOICE_YES, CHOICE_NO };

/* A socket of showq(8). */
struct config_socket {
	const char *path;     /* absolute, SOCKET_PATH_MAX bytes at most */
	const char *instance; /* NULL: there is only one */
};

enum { SOCKET_PATH_MAX = 107, CONFIG_SOCKETS_MAX = 15 };

struct config_queue {
	enum config_choice sample; /* AUTO: if Postfix is here */
	const struct config_socket *sockets;
	unsigned sockets_count; /* one at least, CONFIG_SOCKETS_MAX at most */
	double interval;        /* seconds from one sample to the next */
	double deadline;        /* seconds that one may take */
};

enum { REINJECTION_NAMES_MAX = 16 };

/* How mail passes a content filter: names, blanks or commas between them; NULL:
   none. */
struct config_reinjection {
	const char *transport, *relay;             /* there */
	const char *service, *client, *pickup_uid; /* and back */
};

/* Names in these lists are separated by blanks or commas. */
struct config_rule {
	const char *name;   /* CONFIG_NAME_MAX bytes at most, no two the same */
	const char *daemon; /* list; NULL: any */
	const char *service; /* list; NULL: any */
	const char *pattern;
	const char *label; /* group, by name or number; NULL: none */
	const char *value; /* the same */
	const char *scale_text;
	unsigned scale; /* that values are multiplied by */
	int histogram;  /* of values: 1 or 0 */
};

enum config_reason_for { REASON_FOR_REJECT, REASON_FOR_FAILURE };

struct config_reason {
	const char *reason;
	enum config_reason_for about;
	const char *pattern;
};

enum { CONFIG_NAME_MAX = 32, CONFIG_RULES_MAX = 32, CONFIG_REASONS_MAX = 64 };

struct config {
	const char *file; /* for messages; NULL: none was read */
	const struct config_log *logs;
	unsigned logs_count;
	enum config_choice journal; /* AUTO: if there is no log */
	const char *state_directory;
	double publish_interval; /* seconds */
	uint32_t capacity;       /* keys */
	char *const *syslog_names;
	unsigned syslog_names_count;
	const struct config_snmp *snmp;               /* never NULL */
	const struct config_queue *queue;             /* never NULL */
	const struct config_reinjection *reinjection; /* NULL: no filter */
	bool by_host;                                 /* instances are hosts */
	char *const *top;                             /* dimensions */
	unsigned top_count;
	const struct config_rule *rules;
	unsigned rules_count;
	const struct config_reason *reasons;
	unsigned reasons_count;
	bool shipped_reasons;                 /* whether they count, too */
	const struct config_probing *probing; /* never NULL */
	const struct config_probe *probes;
	unsigned probes_count;
	bool probes_apart; /* their mail counts under keys of its own */
	const char *rrd;   /* directory of the graphs' files; NULL: none */
	const struct config_whm *whm; /* never NULL */
	const struct config_whm_server *whm_servers;
	unsigned whm_servers_count;
};

/*
 * Read `path`; NULL means CONFIG_FILE if there is one, else the defaults.
 * What the file leaves out has its default.  The caller frees *config_r with
 * config_free().  Returns 0, or -1 and *error_r.
 */
int config_load(
    const char *path, struct config **config_r, const char **error_r);
void config_free(struct config *config);

/* The same of contrib/reasons.yml, which is part of the program: it has reasons
   and nothing else. */
int config_shipped_reasons(struct config **config_r, const char **error_r);

/* The line in config->file where `key` of an item of `list`, "rules" or
   "reasons", stands. */
unsigned config_item_line(const struct config *config, const char *list,
    unsigned item, const char *key);

#endif
