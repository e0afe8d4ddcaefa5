/*
 * `whm` and `whm_servers` of the configuration: what postfix-stats-whm does.
 * All is checked but what needs the network or a file's contents.
 */
#ifndef CONFIG_CONFIG_WHM_H
#define CONFIG_CONFIG_WHM_H

#include <stdbool.h>
#include <stdint.h>

enum { CONFIG_WHM_SERVERS_MAX = 256, CONFIG_WHM_NAME_MAX = 16 };

/* Common to all servers. */
struct config_whm {
	uint32_t capacity;          /* keys of whm.db */
	double publish_interval;    /* seconds */
	unsigned intervals;         /* after so many, what is old is dropped */
	const char *events;         /* file, "stdout", "syslog"; NULL: none */
	bool hash_addresses;        /* in events and email_logs */
	unsigned email_logs_series; /* newest messages that are series */
};

struct config_whm_server {
	const char
	    *name; /* CONFIG_WHM_NAME_MAX bytes at most, no two the same */
	const char *url;        /* "https://HOST[:PORT]", without a path */
	const char *user;       /* "root" */
	const char *token_file; /* a path, or without a slash the name of a
	                           credential of systemd */
	const char *ca_file;    /* NULL: OpenSSL's defaults */
	double interval;        /* seconds from poll to poll */
	double timeout;         /* seconds that an answer may take */
	unsigned max_bytes;     /* of an answer */
	unsigned page_size;     /* messages of an answer */
	unsigned window;        /* seconds; 0: only since midnight */
	unsigned users;         /* rows, besides "other" */
	bool search;            /* whether messages are asked for */
	unsigned backfill;      /* seconds before the first start */
	unsigned overlap;       /* seconds that are asked for again */
	unsigned remembered;    /* messages, at most, that are known again */
	unsigned clock_skew;    /* seconds; 0: any */
};

#endif
