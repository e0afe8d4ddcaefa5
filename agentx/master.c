/*
 * Net-SNMP's subagent.
 */
#include <net-snmp/net-snmp-config.h>
#include <net-snmp/net-snmp-includes.h>
#include <net-snmp/agent/net-snmp-agent-includes.h>
#include <net-snmp/agent/agent_callbacks.h>
#include <net-snmp/library/large_fd_set.h>

#include <sys/socket.h>
#include <sys/un.h>

#include <errno.h>
#include <limits.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "agentx/master.h"
#include "lib/util/error.h"
#include "lib/util/log.h"

#define APPLICATION "postfix-stats-agentx"
#define UNIX        "unix:"
#define PATH_SIZE   sizeof(((struct sockaddr_un *)NULL)->sun_path)

enum { ANSWER_SECONDS = 6 }; /* then snmpd counts as gone */

/* What was logged last of the connection. */
enum { NOTHING_LOGGED = -1, CONNECTED_LOGGED = -2 };

static struct {
	struct sockaddr_un socket;
	unsigned ping_interval;
	bool connected;
	bool refused;  /* our OIDs are another's */
	bool doubtful; /* lost, but nothing was logged yet */
	bool ending;   /* the library may grumble */
	int logged;    /* its errno, or as above */
	time_t tried;  /* of the last attempt */
} master = { .logged = NOTHING_LOGGED };

char *
master_address(const char *address, const char **error_r)
{
	const char *path = address;
	char here[PATH_MAX] = "", *absolute;

	if (strncmp(path, UNIX, strlen(UNIX)) == 0)
		path += strlen(UNIX);
	else if (strchr(path, ':') != NULL) {
		*error_r = error_text(
		    "AgentX socket %s: only a path or "
		    "unix:PATH will do; other transports let anybody in",
		    address);
		return (NULL);
	}
	if (path[0] != '/' && getcwd(here, sizeof(here)) == NULL) {
		*error_r = error_text("current directory: %s", strerror(errno));
		return (NULL);
	}
	if (path[0] == '\0' || strlen(here) + 1 + strlen(path) >= PATH_SIZE) {
		*error_r = error_text("AgentX socket %s: the path must have "
				      "1 to %zu bytes",
		    address, PATH_SIZE - 1);
		return (NULL);
	}
	if (asprintf(&absolute, UNIX "%s%s%s", here, here[0] ? "/" : "",
		path) == -1) {
		*error_r = strerror(ENOMEM);
		return (NULL);
	}
	return (absolute);
}

/* Why there is no connection: an own attempt tells what the library keeps to
   itself.  0: somebody listens. */
static int
try_socket(void)
{
	int fd, error;

	fd = socket(AF_UNIX, SOCK_STREAM | SOCK_CLOEXEC | SOCK_NONBLOCK, 0);
	if (fd == -1)
		return (errno);
	error = connect(fd, (struct sockaddr *)&master.socket,
		    sizeof(master.socket)) == -1 ?
	    errno :
	    0;
	close(fd);
	return (error);
}

static void
log_lost(int error)
{
	log_warnx("no connection to snmpd at %s: %s; trying again every "
		  "%u s",
	    master.socket.sun_path,
	    error != 0 ? strerror(error) :
			 "it listens but has no session with us",
	    master.ping_interval);
	master.logged = error;
}

static void
log_connected(void)
{
	if (master.doubtful)
		log_lost(0);
	master.doubtful = false;
	if (master.logged != CONNECTED_LOGGED)
		log_info("connected to snmpd at %s", master.socket.sun_path);
	master.logged = CONNECTED_LOGGED;
}

/* Log the connection if it is not as the last line about it said.  That
   snmpd listens again is no news: the next attempt is due.  That it still does
   when the connection is lost may change at once, if it is ending: what to say
   of it waits for the next attempt. */
static void
log_connection(void)
{
	time_t now = time(NULL);
	int error;

	if (master.connected) {
		log_connected();
		return;
	}
	if ((master.logged >= 0 || master.doubtful) &&
	    now < master.tried + (time_t)master.ping_interval &&
	    now >= master.tried)
		return;
	master.tried = now;
	error = try_socket();
	if (error == 0 && master.logged < 0 && !master.doubtful) {
		master.doubtful = true;
		return;
	}
	master.doubtful = false;
	if (master.logged == error || (error == 0 && master.logged >= 0))
		return;
	log_lost(error);
}

/* The library would send again what snmpd has not answered within a second, up
   to five times, although the socket loses nothing; and snmpd would pass a
   notification on as often.  So it waits as long, and asks once. */
static int
note_connected(int major, int minor, void *server, void *client)
{
	netsnmp_session *session = server;

	(void)major;
	(void)minor;
	(void)client;
	session->retries = 0;
	session->timeout = ANSWER_SECONDS * 1000000L;
	master.connected = true;
	return (SNMP_ERR_NOERROR);
}

static int
note_disconnected(int major, int minor, void *server, void *client)
{
	(void)major;
	(void)minor;
	(void)server;
	(void)client;
	master.connected = false;
	return (SNMP_ERR_NOERROR);
}

static bool
begins(const char *text, const char *beginning)
{
	return (strncmp(text, beginning, strlen(beginning)) == 0);
}

/* The library's messages, most of them a line with its newline.  That a base is
   taken, or that snmpd hangs, is only to be known from one; that what was
   refused can't be given back is no news. */
static int
pass_on(int major, int minor, void *server, void *client)
{
	const struct snmp_log_message *message = server;
	size_t len = strcspn(message->msg, "\n");

	(void)major;
	(void)minor;
	(void)client;
	if (begins(message->msg, "registering pdu failed: 263"))
		master.refused = true;
	else if (len == 0 || message->priority > LOG_WARNING || master.ending)
		return (SNMP_ERR_NOERROR);
	else if (begins(message->msg, "AgentX master agent failed to respond"))
		log_lost(ETIMEDOUT);
	else if (!begins(message->msg, "unregistering pdu failed"))
		log_warnx("snmp: %.*s", (int)len, message->msg);
	return (SNMP_ERR_NOERROR);
}

bool
master_connected(void)
{
	return (master.connected);
}

bool
master_refused(void)
{
	bool refused = master.refused;

	master.refused = false;
	return (refused);
}

void
master_change(const char *address, unsigned ping_interval)
{
	const char *path = address + strlen(UNIX);

	master.socket = (struct sockaddr_un){ .sun_family = AF_UNIX };
	memcpy(master.socket.sun_path, path, strnlen(path, PATH_SIZE - 1));
	master.ping_interval = ping_interval;
	netsnmp_ds_set_string(
	    NETSNMP_DS_APPLICATION_ID, NETSNMP_DS_AGENT_X_SOCKET, address);
	netsnmp_ds_set_int(NETSNMP_DS_APPLICATION_ID,
	    NETSNMP_DS_AGENT_AGENTX_PING_INTERVAL, (int)ping_interval);
}

/* The library would read MIB files and configurations, and write state; below
   a device not even root could make it a directory. */
static void
keep_from_files(void)
{
	static const int no[] = { NETSNMP_DS_LIB_DONT_READ_CONFIGS,
		NETSNMP_DS_LIB_DONT_PERSIST_STATE,
		NETSNMP_DS_LIB_DISABLE_PERSISTENT_LOAD,
		NETSNMP_DS_LIB_DISABLE_PERSISTENT_SAVE };

	(void)setenv("MIBS", "", 1);
	(void)setenv("SNMPCONFPATH", "/dev/null/none", 1);
	(void)setenv("SNMP_PERSISTENT_DIR", "/dev/null/none", 1);
	for (size_t i = 0; i < sizeof(no) / sizeof(no[0]); i++)
		netsnmp_ds_set_boolean(NETSNMP_DS_LIBRARY_ID, no[i], 1);
}

void
master_init(const char *address, unsigned ping_interval)
{
	keep_from_files();
	snmp_disable_stderrlog();
	snmp_enable_calllog();
	(void)snmp_register_callback(
	    SNMP_CALLBACK_LIBRARY, SNMP_CALLBACK_LOGGING, pass_on, NULL);
	netsnmp_ds_set_boolean(
	    NETSNMP_DS_APPLICATION_ID, NETSNMP_DS_AGENT_ROLE, 1);
	netsnmp_ds_set_boolean(NETSNMP_DS_APPLICATION_ID,
	    NETSNMP_DS_AGENT_NO_CONNECTION_WARNINGS, 1);
	netsnmp_ds_set_boolean(
	    NETSNMP_DS_LIBRARY_ID, NETSNMP_DS_LIB_ALARM_DONT_USE_SIG, 1);
	(void)init_agent(APPLICATION);
	/* init_agent sets a ping interval of its own. */
	master_change(address, ping_interval);
	(void)snmp_register_callback(SNMP_CALLBACK_APPLICATION,
	    SNMPD_CALLBACK_INDEX_START, note_connected, NULL);
	(void)snmp_register_callback(SNMP_CALLBACK_APPLICATION,
	    SNMPD_CALLBACK_INDEX_STOP, note_disconnected, NULL);
}

void
master_connect(void)
{
	init_snmp(APPLICATION);
	log_connection();
}

void
master_wait(const int *fds, size_t count, unsigned seconds,
    bool readable_r[MASTER_FDS_MAX])
{
	struct timeval timeout = { .tv_sec = (time_t)seconds };
	netsnmp_large_fd_set set;
	int highest = 0, block = 0, ready;

	netsnmp_large_fd_set_init(&set, FD_SETSIZE);
	NETSNMP_LARGE_FD_ZERO(&set);
	(void)snmp_select_info2(&highest, &set, &timeout, &block);
	if (block || timeout.tv_sec >= (time_t)seconds)
		timeout = (struct timeval){ .tv_sec = (time_t)seconds };
	for (size_t i = 0; i < count; i++) {
		if (fds[i] == -1)
			continue;
		NETSNMP_LARGE_FD_SET(fds[i], &set);
		if (fds[i] >= highest)
			highest = fds[i] + 1;
	}
	ready = netsnmp_large_fd_set_select(
	    highest, &set, NULL, NULL, &timeout);
	for (size_t i = 0; i < count; i++)
		readable_r[i] = ready > 0 && fds[i] != -1 &&
		    NETSNMP_LARGE_FD_ISSET(fds[i], &set);
	if (ready > 0)
		snmp_read2(&set);
	else if (ready == 0)
		snmp_timeout();
	netsnmp_large_fd_set_cleanup(&set);
	run_alarms();
	netsnmp_check_outstanding_agent_requests();
	log_connection();
}

void
master_close(void)
{
	master.ending = true;
	/* Only this: shutdown_agent() before it crashes in 5.9.3. */
	snmp_shutdown(APPLICATION);
}
