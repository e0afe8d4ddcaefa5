/*
 * The table of routes.
 */
#include <string.h>

#include "exporter/json.h"
#include "exporter/page.h"
#include "exporter/routes.h"
#include "exporter/style.h"
#include "lib/util/slice.h"

/* No scripts, nothing from elsewhere, in no frame. */
#define POLICY_END \
	"; base-uri 'none'; form-action 'none'; frame-ancestors 'none'"
#define POLICY_DATA "default-src 'none'" POLICY_END
#define POLICY_IMAGE \
	"default-src 'none'; style-src 'unsafe-inline'" POLICY_END /* cairo's */
#define POLICY_PAGE \
	"default-src 'none'; style-src 'self'; img-src 'self'" POLICY_END

static int
render_graph(struct site *site, const char *rest, FILE *out)
{
	return (graphs_draw(site->graphs, rest, out));
}

static int
render_style(struct site *site, const char *rest, FILE *out)
{
	(void)site, (void)rest;
	(void)fwrite(style_css, 1, (size_t)(style_css_end - style_css), out);
	return (1);
}

/* An envelope. */
static int
render_icon(struct site *site, const char *rest, FILE *out)
{
	(void)site, (void)rest;
	fputs("<svg xmlns=\"http://www.w3.org/2000/svg\" viewBox=\"0 0 16 16\">"
	      "<rect y=\"2\" width=\"16\" height=\"12\" rx=\"2\" "
	      "fill=\"#1c6f70\"/><path d=\"M2 5l6 4.5L14 5\" fill=\"none\" "
	      "stroke=\"#fff\" stroke-width=\"1.6\"/></svg>\n",
	    out);
	return (1);
}

static const struct route routes[] = {
	{ "/", "text/html; charset=utf-8", POLICY_PAGE, page_render },
	{ "/style.css", "text/css; charset=utf-8", POLICY_DATA, render_style },
	{ "/icon.svg", "image/svg+xml", POLICY_IMAGE, render_icon },
	{ "/graphs/", "image/svg+xml", POLICY_IMAGE, render_graph },
	{ "/api/v1/stats.json", "application/json", POLICY_DATA, json_render },
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
