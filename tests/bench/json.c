/*
 * json: the CPU that jansson takes to parse what comes in on standard input,
 * pages one behind the other, each behind its length in a line of its own.
 * Prints the seconds, user and system, and how many pages and bytes that was.
 */
#include <err.h>
#include <jansson.h>
#include <stdio.h>
#include <stdlib.h>
#include <time.h>

static double
cpu(void)
{
	struct timespec now;

	(void)clock_gettime(CLOCK_PROCESS_CPUTIME_ID, &now);
	return ((double)now.tv_sec + (double)now.tv_nsec / 1e9);
}

/* What it takes to read `page`, and to forget it. */
static double
parse(const char *page, size_t len)
{
	double before = cpu();
	json_error_t error;
	json_t *json = json_loadb(page, len, 0, &error);

	if (json == NULL)
		errx(1, "%s", error.text);
	json_decref(json);
	return (cpu() - before);
}

int
main(void)
{
	double spent = 0;
	size_t len, bytes = 0;
	unsigned pages = 0;

	while (scanf("%zu", &len) == 1 && getchar() == '\n') {
		char *page = malloc(len);

		if (page == NULL || fread(page, 1, len, stdin) != len)
			errx(1, "a page of %zu bytes can't be read", len);
		spent += parse(page, len);
		free(page);
		bytes += len;
		pages++;
	}
	printf("%.4f %u %zu\n", spent, pages, bytes);
	return (0);
}
