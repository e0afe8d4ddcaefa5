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
	    strchr(".!#$%&'*+/=?^_`{|}~-", byte) != NULL);
}

/* A text with its addresses replaced.  One in quotes is taken from the last byte
   that can't be of one: what is before it stays. */
static void
add_replaced(
    const struct secret_key *key, struct buffer *out, struct slice text)
{
	while (text.len > 0) {
		const char *at = memchr(text.at, '@', text.len);
		size_t local, before, domain;

		if (at == NULL)
			break;
		before = local = (size_t)(at - text.at);
		while (local > 0 && text.at[local - 1] != '\0' &&
		    is_of_address(text.at[local - 1]))
			local--;
		/* a local part in quotes */
		if (local == before && before > 0 &&
		    text.at[before - 1] == '"') {
			local--;
			while (local > 0 && text.at[local - 1] != '"')
				local--;
			local -= local > 0;
		}
		for (domain = before + 1; domain < text.len &&
		     text.at[domain] != '\0' && is_of_address(text.at[domain]);
		     domain++)
			;
		buffer_add(out, (struct slice){ text.at, local });
		if (local < before)
			add_hash(key, out,
			    (struct slice){ text.at + local, domain - local });
		buffer_add(
		    out, (struct slice){ text.at + before, domain - before });
		text = slice_from(text, domain);
	}
	buffer_add(out, text);
}

/* One that is wholly whose it is, if it has no @: a login, or the path of a
   mailbox. */
static bool
is_bare(unsigned text)
{
	return (text == TEXT_DELIVERY_USER || text == TEXT_DELIVERED_TO ||
	    text == TEXT_RECIPIENT || text == TEXT_SENDER ||
	    text == TEXT_EMAIL);
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
		if (is_bare(theirs[i]) && text.len > 0 &&
		    memchr(text.at, '@', text.len) == NULL)
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
