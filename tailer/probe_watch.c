/*
 * A look costs one open(2) that fails, as long as there are no probes.
 */
#include "tailer/probe_watch.h"

#include "lib/util/log.h"

enum {
	LOOK_MS = 100,        /* the first mail comes soon after the key */
	LOOK_AGAIN_MS = 60000 /* for another one */
};

static void
warn(struct probe_watch *watch, const char *error)
{
	if (!watch->warned)
		log_warnx("%s; mail of probes is not followed", error);
	watch->warned = true;
}

void
probe_watch_look(
    struct probe_watch *watch, struct line_counter *lines, int64_t now)
{
	struct secret_key key;
	const char *error;
	int found;

	if (now < watch->next)
		return;
	watch->next = now + (watch->has_key ? LOOK_AGAIN_MS : LOOK_MS);
	found = secret_key_load(watch->directory, PROBE_KEY_NAME, &key, &error);
	if (found == -1)
		warn(watch, error);
	if (found != 1 ||
	    (watch->has_key &&
		memcmp(key.bytes, watch->key.bytes, SECRET_KEY_SIZE) == 0))
		return;
	if (!line_probe_key(lines, &key)) {
		warn(watch, "no memory");
		return;
	}
	log_info(watch->has_key ? "mail of probes has another key now" :
				  "mail of probes is followed");
	watch->key = key;
	watch->has_key = true;
	watch->warned = false;
	watch->next = now + LOOK_AGAIN_MS;
}
