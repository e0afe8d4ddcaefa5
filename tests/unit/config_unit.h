/*
 * A configuration from a text, for tests of what is taken and refused.
 */
#ifndef TESTS_CONFIG_UNIT_H
#define TESTS_CONFIG_UNIT_H

#include "tests/unit/store_unit.h"

#include "lib/config/config.h"

/* Load `text`; NULL and *error_r if it is refused. */
static inline struct config *
load(const char *text, const char **error_r)
{
	const char *dir = scratch_make();
	const char *path = path_in(dir, "test.yml");
	struct config *config = NULL;

	file_write(path, (const unsigned char *)text, strlen(text));
	*error_r = NULL;
	if (config_load(path, &config, error_r) == -1) {
		assert_null(config);
		assert_non_null(*error_r);
	}
	scratch_remove(dir);
	return (config);
}

#endif
