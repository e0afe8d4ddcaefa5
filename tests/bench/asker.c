/*
 * asker: what requests cost that snmpd answers with the help of a subagent, by
 * turns with the same of something else.  For each turn one line: CPU of the
 * servers and time by the clock, both in microseconds, of the first and of the
 * second kind.
 *
 *	asker get PORT TURNS TIMES OID PIDS OID PIDS
 *	asker walk PORT TURNS CELLS OID PIDS OID PIDS
 *
 * `get` asks TIMES in a turn for one OID; the figures are those of one GET.
 * `walk` asks by GETBULK, 50 at a time, from the OID on until CELLS have come;
 * the figures are those of the walk.  PIDS are processes, with commas between,
 * whose CPU counts.
 */
#include <net-snmp/net-snmp-config.h>
#include <net-snmp/net-snmp-includes.h>

#include <err.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <time.h>

enum { REPETITIONS = 50, PIDS_MAX = 4, KINDS = 2 };

struct kind {
	oid name[MAX_OID_LEN];
	size_t len;
	clockid_t clock[PIDS_MAX];
	size_t clocks;
};

static netsnmp_session *session;

static double
read_clock(clockid_t clock)
{
	struct timespec now;

	if (clock_gettime(clock, &now) == -1)
		err(1, "clock");
	return ((double)now.tv_sec * 1e6 + (double)now.tv_nsec / 1e3);
}

/* CPU of the servers so far. */
static double
used(const struct kind *kind)
{
	double sum = 0;

	for (size_t i = 0; i < kind->clocks; i++)
		sum += read_clock(kind->clock[i]);
	return (sum);
}

static struct kind
kind_from(const char *name, char *pids)
{
	struct kind kind = { .len = MAX_OID_LEN };
	char *rest = NULL;

	if (!read_objid(name, kind.name, &kind.len))
		errx(64, "not an OID: %s", name);
	for (char *pid = strtok_r(pids, ",", &rest);
	     pid != NULL && kind.clocks < PIDS_MAX;
	     pid = strtok_r(NULL, ",", &rest))
		if (clock_getcpuclockid((pid_t)strtol(pid, NULL, 10),
			&kind.clock[kind.clocks++]))
			errx(1, "no process %s", pid);
	return (kind);
}

static netsnmp_pdu *
ask(int command, const oid *name, size_t len)
{
	netsnmp_pdu *question = snmp_pdu_create(command), *answer = NULL;

	if (command == SNMP_MSG_GETBULK) {
		question->non_repeaters = 0;
		question->max_repetitions = REPETITIONS;
	}
	(void)snmp_add_null_var(question, name, len);
	if (snmp_synch_response(session, question, &answer) != STAT_SUCCESS ||
	    answer->errstat != SNMP_ERR_NOERROR || answer->variables == NULL)
		errx(1, "no answer");
	return (answer);
}

static void
get(const struct kind *kind, unsigned long times)
{
	while (times-- > 0) {
		netsnmp_pdu *answer = ask(SNMP_MSG_GET, kind->name, kind->len);

		if (answer->variables->type == SNMP_NOSUCHOBJECT ||
		    answer->variables->type == SNMP_NOSUCHINSTANCE)
			errx(1, "no such object");
		snmp_free_pdu(answer);
	}
}

static void
walk(const struct kind *kind, unsigned long cells)
{
	oid at[MAX_OID_LEN];
	size_t len = kind->len;

	memcpy(at, kind->name, len * sizeof(oid));
	while (cells > 0) {
		netsnmp_pdu *answer = ask(SNMP_MSG_GETBULK, at, len);

		for (netsnmp_variable_list *var = answer->variables;
		     var != NULL && cells > 0; var = var->next_variable) {
			if (netsnmp_oid_is_subtree(kind->name, kind->len,
				var->name, var->name_length) != 0)
				errx(1, "too few cells: %lu less", cells);
			len = var->name_length;
			memcpy(at, var->name, len * sizeof(oid));
			cells--;
		}
		snmp_free_pdu(answer);
	}
}

static void
connect_to(const char *port)
{
	netsnmp_session wanted;
	char peer[64];

	(void)setenv("MIBS", "", 1);
	netsnmp_ds_set_boolean(
	    NETSNMP_DS_LIBRARY_ID, NETSNMP_DS_LIB_DONT_READ_CONFIGS, 1);
	netsnmp_ds_set_boolean(
	    NETSNMP_DS_LIBRARY_ID, NETSNMP_DS_LIB_DONT_PERSIST_STATE, 1);
	init_snmp("asker");
	(void)snprintf(peer, sizeof(peer), "udp:127.0.0.1:%s", port);
	snmp_sess_init(&wanted);
	wanted.version = SNMP_VERSION_2c;
	wanted.peername = peer;
	wanted.community = (unsigned char *)strdup("public");
	wanted.community_len = strlen("public");
	wanted.timeout = 5000000;
	session = snmp_open(&wanted);
	if (session == NULL)
		errx(1, "no session with port %s", port);
}

int
main(int argc, char **argv)
{
	struct kind kind[KINDS];
	unsigned long turns, times;
	void (*run)(const struct kind *, unsigned long) = get;

	if (argc != 9)
		errx(64,
		    "usage: asker get|walk PORT TURNS TIMES OID PIDS OID PIDS");
	connect_to(argv[2]);
	if (strcmp(argv[1], "walk") == 0)
		run = walk;
	turns = strtoul(argv[3], NULL, 10);
	times = strtoul(argv[4], NULL, 10);
	for (int i = 0; i < KINDS; i++)
		kind[i] = kind_from(argv[5 + 2 * i], argv[6 + 2 * i]);
	while (turns-- > 0) {
		double per = run == get ? (double)times : 1;

		for (int i = 0; i < KINDS; i++) {
			double cpu = used(&kind[i]);
			double began = read_clock(CLOCK_MONOTONIC);

			run(&kind[i], times);
			printf("%.2f %.2f%c", (used(&kind[i]) - cpu) / per,
			    (read_clock(CLOCK_MONOTONIC) - began) / per,
			    i + 1 < KINDS ? ' ' : '\n');
		}
	}
	return (0);
}
