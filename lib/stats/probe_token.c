/*
 * Tokens, written and read strictly.
 */
#include <inttypes.h>
#include <nettle/hmac.h>
#include <nettle/memops.h>
#include <stdio.h>
#include <string.h>

#include "lib/stats/probe_token.h"

#define MARK "pfs1."

enum { MAC_SIZE = 16, MAC_DIGITS = 2 * MAC_SIZE };

/* --- tokens -------------------------------------------------------------- */

static void
mac_of(const struct secret_key *key, struct slice text,
    unsigned char mac_r[MAC_SIZE])
{
	struct hmac_sha256_ctx context;

	hmac_sha256_set_key(&context, SECRET_KEY_SIZE, key->bytes);
	hmac_sha256_update(&context, text.len, (const uint8_t *)text.at);
	hmac_sha256_digest(&context, MAC_SIZE, mac_r);
}

void
probe_token_write(const struct secret_key *key, const struct probe_token *token,
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
probe_token_read(const struct secret_key *key, struct slice text,
    struct probe_token *token_r)
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
probe_token_find(const struct secret_key *key, struct slice text,
    struct probe_token *token_r)
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
