/*
 * Keys in files, and tokens.
 */
#include <sys/random.h>
#include <sys/stat.h>

#include <errno.h>
#include <fcntl.h>
#include <inttypes.h>
#include <limits.h>
#include <nettle/hmac.h>
#include <nettle/memops.h>
#include <stdio.h>
#include <string.h>
#include <unistd.h>

#include "lib/stats/probe_token.h"
#include "lib/util/error.h"

#define MARK "pfs1."

enum { MAC_SIZE = 16, MAC_DIGITS = 2 * MAC_SIZE };

/* --- keys ---------------------------------------------------------------- */

static int
read_key(
    int fd, const char *path, struct probe_key *key_r, const char **error_r)
{
	struct stat file;

	if (fstat(fd, &file) == -1) {
		*error_r = error_text("%s: %s", path, strerror(errno));
		return (-1);
	}
	if (!S_ISREG(file.st_mode) || file.st_size != PROBE_KEY_SIZE) {
		*error_r = error_text("%s: is not a key of %d bytes; remove it "
				      "to have a new one",
		    path, PROBE_KEY_SIZE);
		return (-1);
	}
	if ((file.st_mode & (S_IRWXG | S_IRWXO)) != 0) {
		*error_r = error_text(
		    "%s: others than its owner may use it (chmod 600)", path);
		return (-1);
	}
	if (read(fd, key_r->bytes, PROBE_KEY_SIZE) == PROBE_KEY_SIZE)
		return (1);
	*error_r = error_text("%s: cannot be read", path);
	return (-1);
}

static bool
path_of(const char *directory, const char *end, char path_r[PATH_MAX],
    const char **error_r)
{
	int len = snprintf(
	    path_r, PATH_MAX, "%s/" PROBE_KEY_NAME "%s", directory, end);

	*error_r = "the path of the state directory is too long";
	return (len > 0 && len < PATH_MAX);
}

int
probe_key_load(
    const char *directory, struct probe_key *key_r, const char **error_r)
{
	char path[PATH_MAX];
	int fd, result;

	if (!path_of(directory, "", path, error_r))
		return (-1);
	fd = open(path, O_RDONLY | O_CLOEXEC | O_NOFOLLOW | O_NONBLOCK);
	if (fd == -1 && errno == ENOENT)
		return (0);
	if (fd == -1) {
		*error_r = error_text("%s: %s", path, strerror(errno));
		return (-1);
	}
	result = read_key(fd, path, key_r, error_r);
	(void)close(fd);
	return (result);
}

int
probe_key_random(struct probe_key *key_r, const char **error_r)
{
	if (getrandom(key_r->bytes, PROBE_KEY_SIZE, 0) == PROBE_KEY_SIZE)
		return (0);
	*error_r = error_text("no random bytes: %s", strerror(errno));
	return (-1);
}

/* A file that is whole when it gets its name. */
static int
write_key(const char *new, const char *path, const struct probe_key *key)
{
	int fd = open(
	    new, O_WRONLY | O_CREAT | O_TRUNC | O_NOFOLLOW | O_CLOEXEC, 0600);
	bool written;

	if (fd == -1)
		return (-1);
	written = write(fd, key->bytes, PROBE_KEY_SIZE) == PROBE_KEY_SIZE &&
	    fsync(fd) == 0;
	if (close(fd) == 0 && written && rename(new, path) == 0)
		return (0);
	(void)unlink(new);
	return (-1);
}

int
probe_key_keep(
    const char *directory, struct probe_key *key_r, const char **error_r)
{
	char new[PATH_MAX], path[PATH_MAX];
	int loaded = probe_key_load(directory, key_r, error_r);

	if (loaded != 0)
		return (loaded == 1 ? 0 : -1);
	if (!path_of(directory, ".new", new, error_r) ||
	    !path_of(directory, "", path, error_r) ||
	    probe_key_random(key_r, error_r) == -1)
		return (-1);
	if (write_key(new, path, key_r) == 0)
		return (0);
	*error_r = error_text("%s: %s", path, strerror(errno));
	return (-1);
}

/* --- tokens -------------------------------------------------------------- */

static void
mac_of(const struct probe_key *key, struct slice text,
    unsigned char mac_r[MAC_SIZE])
{
	struct hmac_sha256_ctx context;

	hmac_sha256_set_key(&context, PROBE_KEY_SIZE, key->bytes);
	hmac_sha256_update(&context, text.len, (const uint8_t *)text.at);
	hmac_sha256_digest(&context, MAC_SIZE, mac_r);
}

void
probe_token_write(const struct probe_key *key, const struct probe_token *token,
    char text_r[PROBE_TOKEN_MAX + 1])
{
	unsigned char mac[MAC_SIZE];
	size_t len = (size_t)snprintf(text_r, PROBE_TOKEN_MAX + 1,
	    MARK "%.*s.%" PRIx64 ".%" PRIx64, (int)token->name.len,
	    token->name.at, token->serial, token->sent);

	mac_of(key, (struct slice){ text_r, len }, mac);
	text_r[len++] = '.';
	for (size_t i = 0; i < MAC_SIZE; i++)
		(void)snprintf(text_r + len + 2 * i, 3, "%02x", mac[i]);
}

/* The value of a hexadecimal digit as we write it; -1: it is none. */
static int
digit(char byte)
{
	if (byte >= '0' && byte <= '9')
		return (byte - '0');
	return (byte >= 'a' && byte <= 'f' ? byte - 'a' + 10 : -1);
}

static bool
read_hex(struct slice text, uint64_t *value_r)
{
	*value_r = 0;
	for (size_t i = 0; i < text.len; i++) {
		int value = digit(text.at[i]);

		if (value == -1)
			return (false);
		*value_r = *value_r << 4 | (unsigned)value;
	}
	return (text.len > 0 && text.len <= 16);
}

static bool
read_mac(struct slice text, unsigned char mac_r[MAC_SIZE])
{
	if (text.len != MAC_DIGITS)
		return (false);
	for (size_t i = 0; i < MAC_SIZE; i++) {
		int high = digit(text.at[2 * i]);
		int low = digit(text.at[2 * i + 1]);

		if (high == -1 || low == -1)
			return (false);
		mac_r[i] = (unsigned char)(high << 4 | low);
	}
	return (true);
}

/* Cut what is behind the last dot off. */
static bool
cut_last(struct slice *text, struct slice *last_r)
{
	for (size_t len = text->len; len-- > 0;)
		if (text->at[len] == '.') {
			*last_r = slice_from(*text, len + 1);
			text->len = len;
			return (true);
		}
	return (false);
}

/* Nothing of a token is believed but what its MAC is over: all before it. */
bool
probe_token_read(
    const struct probe_key *key, struct slice text, struct probe_token *token_r)
{
	unsigned char said[MAC_SIZE], right[MAC_SIZE];
	struct slice rest = text, mac, serial, sent, signed_text;

	if (text.len > PROBE_TOKEN_MAX || !slice_skip(&rest, MARK) ||
	    !cut_last(&rest, &mac) || !read_mac(mac, said))
		return (false);
	signed_text = (struct slice){ text.at,
		(size_t)(rest.at + rest.len - text.at) };
	if (!cut_last(&rest, &sent) || !read_hex(sent, &token_r->sent) ||
	    !cut_last(&rest, &serial) || !read_hex(serial, &token_r->serial) ||
	    rest.len == 0)
		return (false);
	token_r->name = rest;
	mac_of(key, signed_text, right);
	return (memeql_sec(said, right, MAC_SIZE) != 0);
}

static bool
is_of_token(char byte)
{
	return ((byte >= '0' && byte <= '9') || (byte >= 'a' && byte <= 'z') ||
	    (byte >= 'A' && byte <= 'Z') || byte == '.' || byte == '-' ||
	    byte == '_');
}

bool
probe_token_find(
    const struct probe_key *key, struct slice text, struct probe_token *token_r)
{
	const char *at;

	while ((at = memmem(text.at, text.len, MARK, strlen(MARK))) != NULL) {
		struct slice token;
		size_t len = 0;

		text = slice_from(text, (size_t)(at - text.at));
		while (len < text.len && is_of_token(text.at[len]))
			len++;
		token = (struct slice){ text.at, len };
		if (probe_token_read(key, token, token_r))
			return (true);
		text = slice_from(text, len);
	}
	return (false);
}
