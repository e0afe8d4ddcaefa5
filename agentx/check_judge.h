/*
 * What `--check` found out, and what follows from it.  Judging does no input
 * or output.
 */
#ifndef AGENTX_CHECK_JUDGE_H
#define AGENTX_CHECK_JUDGE_H

#include "agentx/check_socket.h"
#include "agentx/view.h"
#include "lib/stats/store.h"

enum {
	INET_TEXT_MAX = 80, /* an address with its port */
	REASON_TEXT_MAX = 512
};

/* Who is at the address. */
enum listener {
	LISTENER_NONE,   /* the port is closed */
	LISTENER_SILENT, /* nothing comes back */
	LISTENER_SNMP
};

/* What came back for an SNMP request. */
enum answer {
	ANSWER_NOT_ASKED,
	ANSWER_VALUE,
	ANSWER_NOTHING, /* there is no such object for us */
	ANSWER_FAULT,   /* genErr: a subagent that does not answer snmpd */
	ANSWER_LATE
};

struct snmpd_facts {
	char address[INET_TEXT_MAX];
	char source[INET_TEXT_MAX]; /* where snmpd sees us */
	const char *community;
	enum listener listener;
	bool knows_community;
};

/* Whether the base OID was free for a moment's registration. */
enum claim { CLAIM_NOT_TRIED, CLAIM_FREE, CLAIM_TAKEN };

/* A walk of a subtree, beside the cells that it should show. */
struct walk_facts {
	size_t shown;
	size_t missing; /* cells that it does not show */
	char missing_name[OID_TEXT_MAX];
	size_t foreign; /* objects that are no cells */
	char foreign_name[OID_TEXT_MAX];
	bool goes_back; /* it does not end by itself */
	/* Those shown, and those missing, that are not in the columns of
	   snmpd's module for sendmail. */
	size_t shown_elsewhere, missing_elsewhere;
};

/* One of the IETF's MIBs. */
struct mib_facts {
	bool walked;
	char root[OID_TEXT_MAX];
	struct walk_facts walk;
};

enum { MIBS_MAX = 2 };

/* What an NMS gets for our objects. */
struct served_facts {
	char base[OID_TEXT_MAX];
	enum answer version, next; /* GET, and GETNEXT from before */
	char version_text[NAME_TEXT_MAX];
	char next_name[OID_TEXT_MAX];
	bool next_inside;                  /* it is below the base */
	bool next_known;                   /* it is an object of ours */
	uint64_t state, generation, epoch; /* 0: no answer */
	uint64_t probe_state;              /* the same */
	struct walk_facts walk;
	enum claim claim;
};

/* A store, as this process sees it. */
struct store_facts {
	const char *directory;
	char path[PATH_MAX];
	enum store_result result;
	char error[REASON_TEXT_MAX];
	uint64_t generation, epoch, age;
	bool tailer_lives; /* or what else writes it */
};

struct facts {
	struct socket_facts socket;
	struct snmpd_facts snmpd;
	struct served_facts served;
	struct mib_facts mibs[MIBS_MAX];
	struct store_facts store;  /* the tailer's */
	struct store_facts probes; /* of postfix-stats-probe */
};

enum { FINDINGS_MAX = 8, FINDING_TEXT_MAX = 2048 };

struct finding {
	char what[FINDING_TEXT_MAX];
	char mend[FINDING_TEXT_MAX]; /* empty: all is well with it */
};

/* Returns how many findings there are. */
size_t check_judge(
    const struct facts *facts, struct finding findings_r[FINDINGS_MAX]);

#endif
