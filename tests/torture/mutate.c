/*
 * Making two publications, and damage.
 */
#include <sys/stat.h>

#include <err.h>
#include <fcntl.h>
#include <inttypes.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "lib/stats/pages.h"
#include "tests/torture/mutants.h"

enum {
	PAGE = STORE_PAGE_SIZE,
	SECTOR = 512,
	KEYS = 840,
	TEXTS = 60,
	CAPACITY = 2048, /* the least that may be configured */
	PAGE_HEADER = 32,
	LAST_PAGE_AT = 32,
	FIRST = 512
};

/* --- two publications ---------------------------------------------------- */

static struct snapshot *
sample(uint32_t generation)
{
	struct snapshot *snapshot = snapshot_new();
	char key[KEY_MAX + 1], text[TEXT_MAX + 1];

	if (snapshot == NULL)
		err(1, "snapshot");
	snapshot->capacity = CAPACITY;
	snapshot->generation = generation;
	snapshot->epoch = 1700000000;
	snapshot->published = 1700000000 + generation;
	/* A key that the table has, so that it survives the tailer. */
	snapshot_add_number(snapshot, SLICE("sent:smtp"), generation * 1000);
	for (unsigned i = 0; i < KEYS; i++) {
		(void)snprintf(
		    key, sizeof(key), "key:%0*u", (int)(i * 7 % 80) + 1, i);
		snapshot_add_number(
		    snapshot, slice_of(key), i * 1000003u + generation);
	}
	for (unsigned i = 0; i < TEXTS; i++) {
		(void)snprintf(key, sizeof(key), "=text:%u", i);
		(void)snprintf(text, sizeof(text), "%0*" PRIu32,
		    (int)(i * 31 % TEXT_MAX) + 1, generation);
		snapshot_add_text(snapshot, slice_of(key), slice_of(text));
	}
	snapshot_sort(snapshot);
	return (snapshot);
}

static void
write_file(const char *path, const unsigned char *bytes, size_t size)
{
	int fd = open(path, O_WRONLY | O_CREAT | O_TRUNC | O_CLOEXEC, 0640);

	if (fd == -1 || write(fd, bytes, size) != (ssize_t)size)
		err(1, "%s", path);
	close(fd);
}

static unsigned char *
read_file(const char *path, size_t *size_r)
{
	int fd = open(path, O_RDONLY | O_CLOEXEC);
	unsigned char *bytes;
	struct stat st;

	if (fd == -1 || fstat(fd, &st) == -1 ||
	    (bytes = malloc((size_t)st.st_size)) == NULL ||
	    read(fd, bytes, (size_t)st.st_size) != st.st_size)
		err(1, "%s", path);
	close(fd);
	*size_r = (size_t)st.st_size;
	return (bytes);
}

void
patient_make(struct patient *patient)
{
	char path[NAME_SIZE + 64];
	const char *error;
	uint32_t last;
	FILE *file;

	directory_make(patient->dir, "mutants");
	(void)snprintf(patient->state_dir, sizeof(patient->state_dir),
	    "%s/state", patient->dir);
	(void)snprintf(patient->config, sizeof(patient->config), "%s/config",
	    patient->dir);
	file = fopen(patient->config, "we");
	if (file == NULL || mkdir(patient->state_dir, 0750) == -1)
		err(1, "%s", patient->dir);
	fprintf(file, "capacity: %d\n", CAPACITY);
	fclose(file);
	(void)snprintf(
	    patient->log, sizeof(patient->log), "%s/log", patient->dir);
	write_file(patient->log, NULL, 0);
	(void)snprintf(
	    path, sizeof(path), "%s/%s", patient->state_dir, STORE_NAME);
	for (int i = 0; i < 2; i++) {
		patient->state[i] = sample(41 + (uint32_t)i);
		if (store_publish(patient->state_dir, STORE_NAME,
			patient->state[i], &error) == -1)
			errx(1, "%s", error);
		patient->bytes[i] = read_file(path, &patient->size);
	}
	memcpy(&last, patient->bytes[1] + LAST_PAGE_AT, sizeof(last));
	patient->used = (last + 1) * (size_t)PAGE;
	patient->mutant = malloc(patient->size);
	if (patient->mutant == NULL)
		err(1, "malloc");
}

/* --- damage --------------------------------------------------------------- */

static void
flip(struct patient *patient, struct random *random, size_t limit)
{
	patient->mutant[random_below(random, limit)] ^= (unsigned char)(1
	    << random_below(random, 8));
}

/* Pages of the older publication among those of the newer, 1 to all but one. */
static void
mix(struct patient *patient, struct random *random)
{
	size_t pages = patient->used / PAGE;
	size_t count = 1 + random_below(random, pages - 1);
	unsigned char *mutant = patient->mutant;

	while (count-- > 0) {
		size_t at = random_below(random, pages) * PAGE;

		memcpy(mutant + at, patient->bytes[0] + at, PAGE);
	}
}

static size_t
damage(struct patient *patient, enum mutant_kind kind, struct random *random)
{
	size_t pages = patient->used / PAGE, at;
	unsigned char *mutant = patient->mutant;

	switch (kind) {
	case KIND_BIT:
		flip(patient, random, patient->used);
		break;
	case KIND_BYTE:
		mutant[random_below(random, patient->size)] = (unsigned char)
		    random_next(random);
		break;
	case KIND_HEADER:
		at = random_below(random, pages) * PAGE;
		mutant[at + random_below(random, PAGE_HEADER)] = (unsigned char)
		    random_next(random);
		break;
	case KIND_FIRST_PAGE:
		flip(patient, random, FIRST);
		break;
	case KIND_TRUNCATION:
		return (random_below(random, patient->size));
	case KIND_SECTOR:
		at = random_below(random, patient->used / SECTOR) * SECTOR;
		memset(mutant + at, 0, SECTOR);
		break;
	case KIND_PAGE:
		at = random_below(random, pages) * PAGE;
		memcpy(mutant + at,
		    patient->bytes[1] + random_below(random, pages) * PAGE,
		    PAGE);
		break;
	default:
		mix(patient, random);
		break;
	}
	return (patient->size);
}

static void
seal(const char *path, size_t used, size_t size)
{
	int fd = open(path, O_RDWR | O_CLOEXEC);

	if (fd == -1 || pages_seal(fd, (off_t)used, (off_t)size) != 0)
		err(1, "%s", path);
	close(fd);
}

void
mutant_make(struct patient *patient, enum mutant_kind kind, bool sealed,
    uint64_t seed, const char *path)
{
	struct random random = { seed };
	size_t size, used = patient->used;

	memcpy(patient->mutant, patient->bytes[1], patient->size);
	size = damage(patient, kind, &random);
	write_file(path, patient->mutant, size);
	if (!sealed)
		return;
	/* A cut file gets its length back, with what is left of it. */
	seal(path, used < size ? used : size / PAGE * PAGE, patient->size);
}

/* --- as a store ------------------------------------------------------------ */

void
patient_place(const struct patient *patient, const char *path)
{
	char to[NAME_SIZE + 64];
	unsigned char *bytes;
	size_t size;

	(void)snprintf(
	    to, sizeof(to), "%s/%s.1", patient->state_dir, STORE_NAME);
	(void)unlink(to);
	write_file(to, patient->bytes[0], patient->size);
	(void)snprintf(to, sizeof(to), "%s/%s", patient->state_dir, STORE_NAME);
	(void)unlink(to);
	bytes = read_file(path, &size);
	write_file(to, bytes, size);
	free(bytes);
}

bool
patient_recovered(const struct patient *patient, bool was_good)
{
	char path[NAME_SIZE + 64];
	struct snapshot *snapshot;
	const char *error;
	uint64_t sent = 0;

	(void)snprintf(
	    path, sizeof(path), "%s/%s", patient->state_dir, STORE_NAME);
	if (store_read(path, &snapshot, &error) != STORE_OK)
		return (false);
	(void)snapshot_number(snapshot, SLICE("sent:smtp"), &sent);
	snapshot_free(snapshot);
	/* A good mutant of two generations may read as either. */
	return (sent == 42000 || (sent == 41000 && !was_good));
}

bool
snapshots_same(const struct snapshot *a, const struct snapshot *b)
{
	if (a->generation != b->generation || a->epoch != b->epoch ||
	    a->published != b->published || a->capacity != b->capacity ||
	    a->number_count != b->number_count ||
	    a->text_count != b->text_count)
		return (false);
	for (size_t i = 0; i < a->number_count; i++)
		if (strcmp(a->numbers[i].key, b->numbers[i].key) != 0 ||
		    a->numbers[i].value != b->numbers[i].value)
			return (false);
	for (size_t i = 0; i < a->text_count; i++)
		if (strcmp(a->texts[i].key, b->texts[i].key) != 0 ||
		    memcmp(a->texts[i].text, b->texts[i].text, TEXT_MAX) != 0)
			return (false);
	return (true);
}
