/*
 * The functions by their names.
 */
#include <dlfcn.h>
#include <stdbool.h>
#include <string.h>

#include "exporter/librrd.h"
#include "lib/util/error.h"

#define LIBRRD "librrd.so.8"

static struct librrd functions;

/* A pointer to a function is not one to data in C, but POSIX wants them alike. */
static bool
find(void *library, const char *name, void *function_r, size_t size)
{
	void *found = dlsym(library, name);

	memcpy(function_r, &found, size);
	return (found != NULL);
}

#define FIND(library, name, member) \
	find(library, name, &functions.member, sizeof(functions.member))

const struct librrd *
librrd_load(const char **error_r)
{
	static void *library;

	if (library != NULL)
		return (&functions);
	library = dlopen(LIBRRD, RTLD_NOW | RTLD_LOCAL);
	if (library == NULL) {
		*error_r = error_text("librrd can't be loaded: %s", dlerror());
		return (NULL);
	}
	if (FIND(library, "rrd_create_r", create) &&
	    FIND(library, "rrd_update_r", update) &&
	    FIND(library, "rrd_last_r", last) &&
	    FIND(library, "rrd_fetch_r", fetch) &&
	    FIND(library, "rrd_graph_v", graph) &&
	    FIND(library, "rrd_info_free", info_free) &&
	    FIND(library, "rrd_freemem", freemem) &&
	    FIND(library, "rrd_get_error", get_error) &&
	    FIND(library, "rrd_clear_error", clear_error))
		return (&functions);
	*error_r = error_text("librrd can't be used: %s", dlerror());
	(void)dlclose(library);
	library = NULL;
	return (NULL);
}
