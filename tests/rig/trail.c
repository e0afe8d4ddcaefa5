/*
 * What a test of followed mail needs of the library:
 *
 *	trail token DIR NAME SERIAL	a token by the key in DIR, which is made
 *					if there is none
 *	trail where DIR NAME SERIAL	where the store in DIR says that the mail
 *					is: "WHERE ID NEXT", each "-" if it is not
 *					known, and in words
 */
#include <err.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <time.h>

#include "lib/stats/probe_token.h"
#include "lib/stats/probe_trail.h"
#include "lib/stats/store.h"

static void
print_token(const char *directory, struct slice name, uint64_t serial)
{
	const struct probe_token token = { name, serial,
		(uint64_t)time(NULL) * MICROSECONDS };
	char text[PROBE_TOKEN_MAX + 1];
	struct secret_key key;
	const char *error;

	if (secret_key_keep(directory, PROBE_KEY_NAME, &key, &error) == -1)
		errx(1, "%s", error);
	probe_token_write(&key, &token, text);
	puts(text);
}

static void
print_word(struct slice word)
{
	if (word.len == 0)
		word = SLICE("-");
	printf("%.*s ", (int)word.len, word.at);
}

static void
print_where(const char *directory, struct slice name, uint64_t serial)
{
	struct snapshot *snapshot;
	struct trail_found found;
	char path[4096], words[1024];
	const char *error;

	(void)snprintf(path, sizeof(path), "%s/" STORE_NAME, directory);
	if (store_read(path, &snapshot, &error) != STORE_OK)
		errx(1, "%s", error);
	if (!trail_find(snapshot, name, serial, &found))
		errx(1, "no such mail");
	trail_words(&found, words, sizeof(words));
	printf("%s ", where_name(found.where));
	print_word(found.id);
	print_word(found.next);
	puts(words);
	snapshot_free(snapshot);
}

int
main(int argc, char **argv)
{
	bool token = argc == 5 && strcmp(argv[1], "token") == 0;

	if (!token && (argc != 5 || strcmp(argv[1], "where") != 0))
		errx(64, "usage: trail token|where DIR NAME SERIAL");
	(token ? print_token : print_where)(
	    argv[2], slice_of(argv[3]), strtoull(argv[4], NULL, 10));
	return (0);
}
