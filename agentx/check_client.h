/*
 * SNMP questions as an NMS asks them, with version 2c.
 */
#ifndef AGENTX_CHECK_CLIENT_H
#define AGENTX_CHECK_CLIENT_H

#include "agentx/check_judge.h"

struct client;

struct reply {
	enum answer answer;
	struct oid name;
	uint64_t number;          /* of a number */
	char text[NAME_TEXT_MAX]; /* of a string, cut if need be */
};

/* `address` is HOST:PORT in numbers.  The SNMP library must have been set up.
   Returns NULL and *error_r if it will not. */
struct client *client_open(
    const char *address, const char *community, const char **error_r);
void client_close(struct client *client);

/* Wait `seconds` for an answer, three times, from now on. */
void client_wait(struct client *client, unsigned seconds);

void client_get(
    struct client *client, const struct oid *name, struct reply *reply_r);
void client_next(
    struct client *client, const struct oid *name, struct reply *reply_r);

/*
 * GETBULK from `name` on: `see` is called with each name that comes, in the
 * order of coming, until it returns false or there are no more.
 */
typedef bool client_see(void *context, const struct oid *name);
void client_walk(struct client *client, const struct oid *name, client_see *see,
    void *context);

#endif
