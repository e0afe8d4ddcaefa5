/*
 * The status page.
 */
#include "exporter/page.h"

int
page_render(struct stores *stores, const char *rest, FILE *out)
{
	(void)stores, (void)rest;
	fputs("<!DOCTYPE html>\n<html lang=\"en\">\n<meta charset=\"utf-8\">\n"
	      "<title>postfix-stats</title>\n"
	      "<h1>postfix-stats</h1>\n"
	      "<p>For Prometheus: <a href=\"/metrics\">/metrics</a></p>\n",
	    out);
	return (1);
}
