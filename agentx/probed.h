/*
 * What an administrator wants to hear of probes: that one fails or does well
 * again, that its mail does not arrive or does so again, and that the certificate
 * it was shown ends soon or was renewed.  What was heard is kept by the probe's name, whatever becomes of the connection to
 * snmpd.
 */
#ifndef AGENTX_PROBED_H
#define AGENTX_PROBED_H

#include "lib/config/config.h"
#include "lib/stats/snapshot.h"

enum {
	PROBED_DUE = 8,     /* told of at a time; the rest has to wait */
	PROBED_RESULT = 32, /* bytes of a result in words, NUL too */
	PROBED_WHERE = 256, /* bytes of where a mail is, NUL too */
	DAY_SECONDS = 86400
};

struct probe_notice {
	enum notification_id id;
	char probe[LABEL_MAX + 1]; /* as keys write it */
	char result[PROBED_RESULT];
	char mail[PROBED_RESULT]; /* what became of it; empty: none */
	char where[PROBED_WHERE];
	uint32_t days; /* that the certificate is good for */
};

struct probed_one;

/* All zero at first. */
struct probed {
	struct probed_one *at; /* by name */
	size_t count;
};

void probed_free(struct probed *probed);

/*
 * Judge the probes' snapshot (NULL: there is none, and all stays as it is) at
 * `now`, in seconds since 1970.  Writes what is due and returns how many; if
 * that is PROBED_DUE there may be more, for the next call.  Probes that are not
 * in the snapshot any more are forgotten; if notifications are not enabled, all
 * are.
 */
size_t probed_judge(struct probed *probed,
    const struct config_notifications *limits, const struct snapshot *snapshot,
    uint64_t now, struct probe_notice due_r[PROBED_DUE]);

#endif
