/*
 * HMAC-SHA-256 (RFC 2104), of which 64 bits are shown.
 */
#include <ctype.h>
#include <stdio.h>

#include <nettle/hmac.h>

#include "whm/pseudonym.h"

enum { SHOWN = 8 /* bytes */ };

static void
add_hash(const struct secret_key *key, struct buffer *out, struct slice text)
{
	struct hmac_sha256_ctx context;
	unsigned char mac[SHOWN];
	char hex[2 * SHOWN + 1];

	hmac_sha256_set_key(&context, SECRET_KEY_SIZE, key->bytes);
	for (size_t i = 0; i < text.len; i++) {
		uint8_t small = (uint8_t)tolower((unsigned char)text.at[i]);

		hmac_sha256_update(&context, 1, &small);
	}
	hmac_sha256_digest(&context, SHOWN, mac);
	for (size_t i = 0; i < SHOWN; i++)
		(void)snprintf(hex + 2 * i, 3, "%02x", mac[i]);
	buffer_add(out, slice_of(hex));
}

/* A byte that an address may have, outside of quotes. */
static bool
is_of_address(char byte)
{
	return (isalnum((unsigned char)byte) || (unsigned char)byte >= 0x80 ||
	    (byte != '\0' && strchr(".!#$%&'*+/=?^_`{|}~-", byte) != NULL));
}

/* Whether a quote stands at `at`, and none that is escaped. */
static bool
is_quote(struct slice text, size_t at)
{
	size_t escapes = 0;

	while (escapes < at && text.at[at - 1 - escapes] == '\\')
		escapes++;
	return (text.at[at] == '"' && escapes % 2 == 0);
}

/* Where the local part begins that ends before `end`. */
static size_t
local_start(struct slice text, size_t end)
{
	size_t start = end;

	while (start > 0 && is_of_address(text.at[start - 1]))
		start--;
	if (start < end || end == 0 || text.at[end - 1] != '"')
		return (start);
	start--;
	while (start > 0 && !is_quote(text, start - 1))
		start--;
	return (start > 0 ? start - 1 : 0);
}

/* Where the domain ends that begins at `start`. */
static size_t
domain_end(struct slice text, size_t start)
{
	while (start < text.len && is_of_address(text.at[start]))
		start++;
	return (start);
}

/* Find the @ of an address: the one behind a local part in quotes, which may have
   others within, else the first.  False: there is none. */
static bool
find_at(struct slice text, size_t *at_r)
{
	size_t none = text.len, opened = none, first = none;

	for (size_t i = 0; i < text.len; i++) {
		if (text.at[i] == '@' && first == none)
			first = i;
		if (first != none && opened == none)
			break;
		if (text.at[i] != '"' || !is_quote(text, i))
			continue;
		if (opened != none && i + 1 < text.len &&
		    text.at[i + 1] == '@') {
			first = i + 1;
			break;
		}
		if (first != none)
			break;
		opened = i;
	}
	*at_r = first;
	return (first != none);
}

/* A text with its addresses replaced; of several @ in one the last is before the
   domain. */
static void
add_replaced(
    const struct secret_key *key, struct buffer *out, struct slice text)
{
	size_t local, at, end;

	while (find_at(text, &at)) {
		local = local_start(text, at);
		end = domain_end(text, at + 1);
		while (end < text.len && text.at[end] == '@') {
			at = end;
			end = domain_end(text, at + 1);
		}
		buffer_add(out, (struct slice){ text.at, local });
		if (local < at)
			add_hash(key, out,
			    (struct slice){ text.at + local, end - local });
		buffer_add(out, (struct slice){ text.at + at, end - at });
		text = slice_from(text, end);
	}
	buffer_add(out, text);
}

/* One that is no address, but the part before the @ of one, or the path of its
   mailbox. */
static bool
is_bare(enum message_text kind, struct slice text)
{
	return (text.len > 0 && memchr(text.at, '@', text.len) == NULL &&
	    (kind == TEXT_DELIVERY_USER ||
		(kind == TEXT_DELIVERED_TO && text.at[0] == '/')));
}

bool
pseudonym_apply(const struct secret_key *key, struct buffer *scratch,
    struct message *message)
{
	static const enum message_text theirs[] = { TEXT_DELIVERED_TO,
		TEXT_DELIVERY_USER, TEXT_MESSAGE, TEXT_RECIPIENT, TEXT_SENDER,
		TEXT_SENDER_AUTH, TEXT_EMAIL };
	size_t start[COUNT(theirs) + 1];

	scratch->len = 0;
	for (size_t i = 0; i < COUNT(theirs); i++) {
		struct slice text = message->text[theirs[i]];

		start[i] = scratch->len;
		if (is_bare(theirs[i], text))
			add_hash(key, scratch, text);
		else
			add_replaced(key, scratch, text);
	}
	start[COUNT(theirs)] = scratch->len;
	/* it has moved while it grew */
	for (size_t i = 0; i < COUNT(theirs); i++)
		if (start[i] < start[i + 1])
			message->text[theirs[i]] = (struct slice){
				scratch->at + start[i], start[i + 1] - start[i]
			};
	return (!scratch->failed);
}
