/*
 * One fault is one too many: a configuration with a part that can't work is
 * refused as a whole.
 */
#include <sys/stat.h>

#include <stdlib.h>
#include <string.h>

#include "lib/util/error.h"
#include "lib/util/log.h"
#include "probe/targets.h"

static const char *
last_part(const char *key)
{
	const char *slash = strrchr(key, '/');

	return (slash != NULL ? slash + 1 : key);
}

int
targets_new(const struct config *config, struct targets **targets_r,
    const char **error_r)
{
	unsigned count = config->probes_count;
	struct targets *targets = calloc(
	    1, sizeof(*targets) + count * sizeof(targets->at[0]));
	const char *key, *fault;

	if (targets == NULL) {
		*error_r = "no memory for the probes";
		return (-1);
	}
	for (; targets->count < count; targets->count++) {
		unsigned i = targets->count;

		if (target_new(
			&config->probes[i], &targets->at[i], &key, &fault) == 0)
			continue;
		*error_r = error_text("%s:%u: %s of probe %s: %s", config->file,
		    config_item_line(config, "probes", i, key), last_part(key),
		    config->probes[i].name, fault);
		targets_free(targets);
		return (-1);
	}
	*targets_r = targets;
	return (0);
}

void
targets_free(struct targets *targets)
{
	if (targets == NULL)
		return;
	for (unsigned i = 0; i < targets->count; i++)
		target_free(targets->at[i]);
	free(targets);
}

static bool
has_password(const struct config_probe *probe)
{
	return (probe->sasl_password != NULL ||
	    (probe->delivery != NULL && probe->delivery->imap != NULL &&
		probe->delivery->imap->sasl_password != NULL));
}

/* Whether everyone may read the passwords that stand in the configuration. */
static bool
is_open(const struct config *config)
{
	struct stat file;

	for (unsigned i = 0; i < config->probes_count; i++)
		if (has_password(&config->probes[i]))
			return (stat(config->file, &file) == 0 &&
			    (file.st_mode & S_IROTH) != 0);
	return (false);
}

void
targets_warn(const struct config *config, const struct targets *targets)
{
	const char *warning;

	if (is_open(config))
		log_warnx("%s: everyone may read it, and a password is in it",
		    config->file);
	for (unsigned i = 0; i < targets->count; i++)
		for (unsigned w = 0;
		     (warning = target_warning(targets->at[i], w)) != NULL; w++)
			log_warnx(
			    "probe %s: %s", config->probes[i].name, warning);
}
