/*
 * The table of routes.
 */
#include <string.h>

#include "exporter/page.h"
#include "exporter/routes.h"
#include "lib/util/slice.h"

/* No scripts, nothing from elsewhere, in no frame. */
#define POLICY_END \
	"; base-uri 'none'; form-action 'none'; frame-ancestors 'none'"
#define POLICY_DATA "default-src 'none'" POLICY_END
#define POLICY_PAGE \
	"default-src 'none'; style-src 'self'; img-src 'self'" POLICY_END

static const struct route routes[] = {
	{ "/", "text/html; charset=utf-8", POLICY_PAGE, page_render },
	{ "/metrics", NULL, POLICY_DATA, NULL },
};

static bool
route_has(const struct route *route, const char *url)
{
	size_t len = strlen(route->path);

	if (len > 1 && route->path[len - 1] == '/')
		return (strncmp(url, route->path, len) == 0);
	return (strcmp(url, route->path) == 0);
}

const struct route *
route_find(const char *url, const char **rest_r)
{
	for (size_t i = 0; i < COUNT(routes); i++) {
		if (!route_has(&routes[i], url))
			continue;
		*rest_r = url + strlen(routes[i].path);
		return (&routes[i]);
	}
	return (NULL);
}
