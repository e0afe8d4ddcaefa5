/*
 * Net-SNMP's client.
 */
#include <net-snmp/net-snmp-config.h>
#include <net-snmp/net-snmp-includes.h>

#include "agentx/check_client.h"
#include "lib/util/error.h"

enum { SECOND = 1000000 /* us */, RETRIES = 2, AT_ONCE = 40 };

struct client {
	void *session;
};

struct client *
client_open(const char *address, const char *community, const char **error_r)
{
	struct client *client = calloc(1, sizeof(*client));
	netsnmp_session wanted;
	char peer[INET_TEXT_MAX + 8];

	*error_r = "no memory for an SNMP session";
	if (client == NULL)
		return (NULL);
	(void)snprintf(peer, sizeof(peer), "%s:%s",
	    address[0] == '[' ? "udp6" : "udp", address);
	snmp_sess_init(&wanted);
	wanted.version = SNMP_VERSION_2c;
	wanted.peername = peer;
	wanted.community = (u_char *)(uintptr_t)community;
	wanted.community_len = strlen(community);
	wanted.timeout = SECOND;
	wanted.retries = RETRIES;
	client->session = snmp_sess_open(&wanted);
	if (client->session != NULL)
		return (client);
	*error_r = error_text(
	    "SNMP to %s: %s", peer, snmp_api_errstring(wanted.s_snmp_errno));
	free(client);
	return (NULL);
}

void
client_close(struct client *client)
{
	if (client == NULL)
		return;
	(void)snmp_sess_close(client->session);
	free(client);
}

void
client_wait(struct client *client, unsigned seconds)
{
	snmp_sess_session(client->session)->timeout = (long)seconds * SECOND;
}

static void
read_name(const netsnmp_variable_list *var, struct oid *name_r)
{
	name_r->count = var->name_length < OID_MAX ? var->name_length : OID_MAX;
	for (size_t i = 0; i < name_r->count; i++)
		name_r->arc[i] = (uint32_t)var->name[i];
}

/* A text from the network may hold anything. */
static void
read_text(const netsnmp_variable_list *var, char text_r[NAME_TEXT_MAX])
{
	size_t len = var->val_len < NAME_TEXT_MAX ? var->val_len :
						    NAME_TEXT_MAX - 1;

	for (size_t i = 0; i < len; i++) {
		u_char byte = var->val.string[i];

		text_r[i] = byte >= ' ' && byte < 0x7f ? (char)byte : '?';
	}
	text_r[len] = '\0';
}

static void
read_reply(const netsnmp_variable_list *var, struct reply *reply_r)
{
	reply_r->answer = ANSWER_VALUE;
	read_name(var, &reply_r->name);
	switch (var->type) {
	case SNMP_NOSUCHOBJECT:
	case SNMP_NOSUCHINSTANCE:
	case SNMP_ENDOFMIBVIEW:
		reply_r->answer = ANSWER_NOTHING;
		break;
	case ASN_OCTET_STR:
		read_text(var, reply_r->text);
		break;
	case ASN_COUNTER64:
		reply_r->number = (uint64_t)var->val.counter64->high << 32 |
		    var->val.counter64->low;
		break;
	case ASN_INTEGER:
	case ASN_COUNTER:
	case ASN_GAUGE:
	case ASN_TIMETICKS:
		reply_r->number = (uint64_t)*var->val.integer;
		break;
	default:
		break;
	}
}

static netsnmp_pdu *
make(int command, const struct oid *name)
{
	netsnmp_pdu *pdu = snmp_pdu_create(command);
	oid wide[OID_MAX];

	if (pdu == NULL)
		return (NULL);
	for (size_t i = 0; i < name->count; i++)
		wide[i] = name->arc[i];
	(void)snmp_add_null_var(pdu, wide, name->count);
	return (pdu);
}

/* Send `pdu`, which is gone then.  Returns an answer's PDU, to be freed by the
   caller, or NULL and *answer_r. */
static netsnmp_pdu *
ask(struct client *client, netsnmp_pdu *pdu, enum answer *answer_r)
{
	netsnmp_pdu *response = NULL;

	*answer_r = ANSWER_LATE;
	if (pdu == NULL ||
	    snmp_sess_synch_response(client->session, pdu, &response) !=
		STAT_SUCCESS ||
	    response == NULL)
		return (NULL);
	if (response->errstat == SNMP_ERR_NOERROR &&
	    response->variables != NULL)
		return (response);
	*answer_r = response->errstat == SNMP_ERR_GENERR ? ANSWER_FAULT :
							   ANSWER_NOTHING;
	snmp_free_pdu(response);
	return (NULL);
}

static void
ask_one(struct client *client, int command, const struct oid *name,
    struct reply *reply_r)
{
	netsnmp_pdu *response;

	*reply_r = (struct reply){ .answer = ANSWER_NOT_ASKED };
	response = ask(client, make(command, name), &reply_r->answer);
	if (response == NULL)
		return;
	read_reply(response->variables, reply_r);
	snmp_free_pdu(response);
}

void
client_get(struct client *client, const struct oid *name, struct reply *reply_r)
{
	ask_one(client, SNMP_MSG_GET, name, reply_r);
}

void
client_next(
    struct client *client, const struct oid *name, struct reply *reply_r)
{
	ask_one(client, SNMP_MSG_GETNEXT, name, reply_r);
}

void
client_walk(struct client *client, const struct oid *name, client_see *see,
    void *context)
{
	struct oid at = *name;
	netsnmp_pdu *pdu, *response;
	enum answer answer;
	bool more = true;

	while (more && (pdu = make(SNMP_MSG_GETBULK, &at)) != NULL) {
		pdu->non_repeaters = 0;
		pdu->max_repetitions = AT_ONCE;
		response = ask(client, pdu, &answer);
		if (response == NULL)
			return;
		for (netsnmp_variable_list *var = response->variables;
		     more && var != NULL; var = var->next_variable) {
			read_name(var, &at);
			more = var->type != SNMP_ENDOFMIBVIEW &&
			    see(context, &at);
		}
		snmp_free_pdu(response);
	}
}
