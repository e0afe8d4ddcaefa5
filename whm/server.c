#include <stdlib.h>

#include "lib/stats/key.h"
#include "lib/util/error.h"
#include "lib/util/log.h"
#include "lib/util/secret.h"
#include "whm/server.h"

int
server_init(struct server *server, const struct config_whm_server *config,
    unsigned number, const char **error_r)
{
	bool is_open;
	const char *error;

	*server = (struct server){
		.config = config, .number = number, .asking = ENDPOINT_COUNT
	};
	server->token = secret_read(config->token_file, &is_open, &error);
	if (server->token == NULL) {
		*error_r = error_text(
		    "server %s: token_file: %s", config->name, error);
		return (-1);
	}
	if (is_open)
		log_warnx("server %s: everyone may read %s", config->name,
		    config->token_file);
	server->told = told_new(config->remembered);
	*error_r = "no memory";
	return (server->told != NULL ? 0 : -1);
}

void
server_end(struct server *server)
{
	secret_free(server->token);
	told_free(server->told);
	for (unsigned i = 0; i < COUNT(server->users); i++)
		users_free(&server->users[i]);
}

/* --- tallies ---------------------------------------------------------------- */

/* The bounds that a label lists, as numbers. */
static void
observe(enum label_id bounds, uint64_t *bucket, uint64_t value)
{
	struct slice rest = slice_of(labels[bounds].values), text;
	uint64_t bound;

	for (unsigned i = 0; label_value_next(&rest, &text); i++)
		if (slice_number(text, &bound) && value <= bound)
			bucket[i]++;
}

/* What is still under way has neither a delay nor a size that counts. */
void
tallies_add(struct tallies *tallies, const struct message_sum *message)
{
	uint64_t delay = 0;

	tallies->events[message->type][message->remote]++;
	if (message->type != MESSAGE_SUCCESS &&
	    message->type != MESSAGE_FAILURE)
		return;
	if (message->send_time > 0) {
		if (message->action_time > message->send_time)
			delay = message->action_time - message->send_time;
		observe(LABEL_WHM_DELAY_LE, tallies->delay, delay);
		tallies->delay_sum += delay * MICROSECONDS;
		tallies->delay_count++;
	}
	if (message->type != MESSAGE_SUCCESS)
		return;
	observe(LABEL_QUEUE_SIZE, tallies->size, message->size);
	tallies->size_sum += message->size;
	tallies->size_count++;
}
