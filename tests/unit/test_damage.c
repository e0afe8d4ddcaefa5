/*
 * Damaged stores: whatever was done to the file, a reader refuses it or reads
 * exactly what one publication wrote.
 */
#include "tests/unit/store_unit.h"

#include <errno.h>

enum { PAGE = 4096, SECTOR = 512, HANG_SECONDS = 300 };

/* Two generations of one store, as bytes, and a file to try mutants in. */
struct patient {
	const char *dir, *path;
	unsigned char *old_bytes, *new_bytes, *mutant;
	size_t size, used; /* all of it, and without padding */
	struct snapshot *old_state, *new_state;
	unsigned refused, accepted;
	bool seal; /* mutants get a seal of their own */
};

static uint32_t
word(const unsigned char *at)
{
	uint32_t value;

	memcpy(&value, at, sizeof(value));
	return (value);
}

static struct patient
patient_make(void)
{
	struct patient p = { .dir = scratch_make() };
	size_t size;

	p.path = path_in(p.dir, STORE_NAME);
	p.old_state = sample_snapshot(512, 420, 30, 41);
	p.new_state = sample_snapshot(512, 420, 30, 42);
	publish(p.dir, p.old_state);
	p.old_bytes = file_read(p.path, &p.size);
	publish(p.dir, p.new_state);
	p.new_bytes = file_read(p.path, &size);
	assert_int_equal(size, p.size);
	p.used = (word(p.new_bytes + 32) + 1) * PAGE;
	assert_true(p.used > 4 * PAGE && p.used < p.size);
	p.mutant = malloc(p.size);
	assert_non_null(p.mutant);
	memcpy(p.mutant, p.new_bytes, p.size);
	return (p);
}

static void
patient_free(struct patient *p)
{
	free(p->old_bytes);
	free(p->new_bytes);
	free(p->mutant);
	snapshot_free(p->old_state);
	snapshot_free(p->new_state);
	scratch_remove(p->dir);
}

/* Read the mutant, of `size` bytes; then make it whole again. */
static void
try_mutant(struct patient *p, size_t size, const char *what, size_t where)
{
	struct snapshot *read = NULL;
	const char *error = NULL;
	const struct snapshot *whole;

	file_write(p->path, p->mutant, size);
	if (p->seal)
		file_seal(p->path);
	switch (store_read(p->path, &read, &error)) {
	case STORE_OK:
		p->accepted++;
		whole = read->generation == p->new_state->generation ?
		    p->new_state :
		    p->old_state;
		if (!snapshots_same(read, whole) ||
		    read->generation != whole->generation ||
		    read->published != whole->published)
			fail_msg("%s at %zu is taken for good", what, where);
		snapshot_free(read);
		break;
	case STORE_DAMAGED:
		p->refused++;
		assert_non_null(strstr(error, p->path));
		assert_null(strchr(error, '\n'));
		break;
	default:
		fail_msg("%s at %zu: %s", what, where, error);
	}
	memcpy(p->mutant, p->new_bytes, p->size);
}

static void
test_bits(void **state)
{
	struct patient p = patient_make();
	uint32_t seed = 1;

	(void)state;
	for (unsigned n = 0; n < 1500; n++) {
		size_t at = n < 512 ? n : random_next(&seed) % p.used;

		p.mutant[at] ^= (unsigned char)(1 << random_next(&seed) % 8);
		try_mutant(&p, p.size, "a bit", at);
	}
	assert_int_equal(p.accepted, 0);
	patient_free(&p);
}

static void
test_bytes(void **state)
{
	struct patient p = patient_make();
	uint32_t seed = 2;

	(void)state;
	for (unsigned n = 0; n < 800; n++) {
		size_t at = random_next(&seed) % p.size;

		/* Page headers as often as anything else. */
		if (n % 2 == 0)
			at = at / PAGE * PAGE + at % 26;
		p.mutant[at] = (unsigned char)random_next(&seed);
		try_mutant(&p, p.size, "a byte", at);
	}
	assert_true(p.refused > 700);
	patient_free(&p);
}

static void
test_truncation(void **state)
{
	struct patient p = patient_make();
	uint32_t seed = 3;

	(void)state;
	for (size_t size = 0; size < p.size; size += PAGE)
		try_mutant(&p, size, "a cut", size);
	for (unsigned n = 0; n < 200; n++) {
		size_t size = random_next(&seed) % p.size;

		try_mutant(&p, size, "a cut", size);
	}
	assert_int_equal(p.accepted, 0);
	p.mutant = realloc(p.mutant, p.size + PAGE);
	assert_non_null(p.mutant);
	memset(p.mutant + p.size, 0, PAGE);
	try_mutant(&p, p.size + PAGE, "a page more", p.size);
	assert_int_equal(p.accepted, 0);
	patient_free(&p);
}

/* A run of bytes zeroed, or left as in the generation before. */
static void
test_sectors(void **state)
{
	static const size_t runs[] = { SECTOR, PAGE, 3 * SECTOR, 4 * PAGE };
	struct patient p = patient_make();

	(void)state;
	for (size_t r = 0; r < COUNT(runs); r++) {
		for (size_t at = 0; at < p.used; at += SECTOR) {
			memset(p.mutant + at, 0, runs[r]);
			try_mutant(&p, p.size, "zeroes", at);
			memcpy(p.mutant + at, p.old_bytes + at, runs[r]);
			try_mutant(&p, p.size, "an older part", at);
		}
	}
	assert_true(p.refused > 300);
	patient_free(&p);
}

static void
exchange_pages(bool seal)
{
	struct patient p = patient_make();
	size_t pages = p.used / PAGE;

	p.seal = seal;
	/* A seal of its own needs the first page. */
	for (size_t to = seal; to < pages; to++) {
		for (size_t from = seal; from < pages; from++) {
			memcpy(p.mutant + to * PAGE, p.new_bytes + from * PAGE,
			    PAGE);
			if (to % 2 == 0)
				memcpy(p.mutant + from * PAGE,
				    p.new_bytes + to * PAGE, PAGE);
			try_mutant(
			    &p, p.size, "a page exchanged", to * 1000 + from);
		}
	}
	patient_free(&p);
}

static void
test_pages(void **state)
{
	(void)state;
	exchange_pages(false);
	exchange_pages(true);
}

static void
mix_generations(bool seal)
{
	struct patient p = patient_make();
	uint32_t seed = 4;

	p.seal = seal;
	for (unsigned n = 0; n < 400; n++) {
		for (size_t at = 0; at < p.used; at += PAGE)
			if (random_next(&seed) % 8 < 1 + n % 7)
				memcpy(p.mutant + at, p.old_bytes + at, PAGE);
		if (memcmp(p.mutant, p.old_bytes, p.size) == 0) {
			memcpy(p.mutant, p.new_bytes, p.size);
			continue;
		}
		try_mutant(&p, p.size, "generations", n);
	}
	assert_true(p.refused > 250);
	patient_free(&p);
}

static void
test_generations(void **state)
{
	(void)state;
	mix_generations(false);
	mix_generations(true);
}

static void
test_garbage(void **state)
{
	struct patient p = patient_make();
	uint32_t seed = 5;

	(void)state;
	for (unsigned n = 0; n < 60; n++) {
		size_t from = n % 3 == 0 ? 0 : n % 3 == 1 ? 72 : PAGE;

		for (size_t at = from; at < p.size; at++)
			p.mutant[at] = (unsigned char)random_next(&seed);
		try_mutant(&p, p.size, "garbage", from);
	}
	memset(p.mutant, 0, p.size);
	try_mutant(&p, p.size, "nothing but zeroes", 0);
	memset(p.mutant, 0xff, p.size);
	try_mutant(&p, p.size, "nothing but ones", 0);
	assert_int_equal(p.accepted, 0);
	patient_free(&p);
}

/* A seal that says what no publication does. */
static void
test_seals(void **state)
{
	static const char *const used[] = { "", "-4096", "0", "4095", "4097",
		"258048", "262144", "9223372036854775807" };
	struct patient p = patient_make();
	const char *error;
	int fd;

	(void)state;
	for (size_t i = 0; i < COUNT(used); i++) {
		(void)snprintf((char *)p.mutant + p.size - 64, 64,
		    "\npostfix-stats seal %s 00000000\n", used[i]);
		try_mutant(&p, p.size, "a seal", i);
	}
	assert_int_equal(p.refused, COUNT(used));
	/* No file at all. */
	fd = open(p.dir, O_RDONLY);
	assert_int_equal(pages_check(fd, (off_t)p.size, &error), EISDIR);
	assert_string_equal(error, strerror(EISDIR));
	close(fd);
	patient_free(&p);
}

/* No page is ever this far in a store: the size alone must refuse it. */
static void
test_huge(void **state)
{
	struct patient p = patient_make();
	struct snapshot *read;
	const char *error;

	(void)state;
	assert_int_equal(truncate(p.path, (off_t)1 << 40), 0);
	(void)alarm(10);
	assert_int_equal(store_read(p.path, &read, &error), STORE_DAMAGED);
	(void)alarm(HANG_SECONDS);
	patient_free(&p);
}

int
main(void)
{
	const struct CMUnitTest tests[] = {
		TEST("a flipped bit is noticed wherever it is", test_bits),
		TEST(
		    "a changed byte is noticed or changes nothing", test_bytes),
		TEST("a file cut short or grown is refused", test_truncation),
		TEST("zeroed and stale sectors never make a wrong number",
		    test_sectors),
		TEST("exchanged pages never make a wrong number", test_pages),
		TEST("two generations mixed never make a wrong number",
		    test_generations),
		TEST("garbage is refused", test_garbage),
		TEST("so is a seal that can't be", test_seals),
		TEST("a file of absurd size is refused at once", test_huge),
	};

	/* A reader that hangs is a fault too. */
	(void)alarm(HANG_SECONDS);
	return (cmocka_run_group_tests(tests, NULL, NULL));
}
