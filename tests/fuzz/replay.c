/*
 * replay DIR: the seeds of a fuzz target, once each, as a test.
 */
#include <dirent.h>
#include <err.h>
#include <limits.h>
#include <stdio.h>

#include "tests/fuzz/fuzz.h"

enum { SEED_MAX = 1 << 20 };

static int
is_seed(const struct dirent *entry)
{
	return (entry->d_name[0] != '.');
}

static void
replay(const char *dir, const char *name)
{
	static uint8_t bytes[SEED_MAX];
	char path[PATH_MAX];
	size_t size;
	FILE *file;

	(void)snprintf(path, sizeof(path), "%s/%s", dir, name);
	file = fopen(path, "re");
	if (file == NULL)
		err(1, "%s", path);
	size = fread(bytes, 1, sizeof(bytes), file);
	fclose(file);
	/* All of it, and cut off: a line may end anywhere. */
	(void)LLVMFuzzerTestOneInput(bytes, size);
	for (size_t cut = 1; cut < size && cut < 64; cut++)
		(void)LLVMFuzzerTestOneInput(bytes, size - cut);
}

int
main(int argc, char **argv)
{
	struct dirent **seeds;
	int count;

	if (argc != 2)
		errx(64, "usage: replay DIR");
	count = scandir(argv[1], &seeds, is_seed, alphasort);
	if (count <= 0)
		errx(1, "%s: no seeds", argv[1]);
	printf("1..%d\n", count);
	for (int i = 0; i < count; i++) {
		printf("# %s\n", seeds[i]->d_name);
		fflush(stdout);
		replay(argv[1], seeds[i]->d_name);
		printf("ok %d - %s\n", i + 1, seeds[i]->d_name);
		free(seeds[i]);
	}
	free(seeds);
	return (0);
}
