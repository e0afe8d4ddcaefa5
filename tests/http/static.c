/*
 * static: one file over HTTP, from memory, through libmicrohttpd: what the
 * exporter's scrapes are measured by.
 *
 *	static PORT FILE
 */
#include <microhttpd.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

static enum MHD_Result
answer(void *response, struct MHD_Connection *connection, const char *url,
    const char *method, const char *version, const char *upload,
    size_t *upload_size, void **request)
{
	(void)url, (void)method, (void)version, (void)upload;
	(void)upload_size, (void)request;
	return (MHD_queue_response(connection, MHD_HTTP_OK, response));
}

int
main(int argc, char **argv)
{
	struct MHD_Response *response;
	FILE *file = argc == 3 ? fopen(argv[2], "r") : NULL;
	char *text = malloc(1 << 24);
	size_t len;

	if (file == NULL || text == NULL)
		return (64);
	len = fread(text, 1, 1 << 24, file);
	response = MHD_create_response_from_buffer(
	    len, text, MHD_RESPMEM_PERSISTENT);
	(void)MHD_add_response_header(response, "Connection", "close");
	if (MHD_start_daemon(MHD_USE_EPOLL_INTERNAL_THREAD,
		(unsigned short)strtoul(argv[1], NULL, 10), NULL, NULL, answer,
		response, MHD_OPTION_END) == NULL)
		return (1);
	for (;;)
		(void)pause();
}
