/*
 * Ciphers by words of OpenSSL's names for them.  Of those that are not here, and
 * of those of which OpenSSL's versions say different things (CCM8), nothing is
 * said.
 */
#include "lib/stats/ciphers.h"

static const struct cipher {
	struct slice word, secret, algorithm;
} ciphers[] = {
#define CIPHER(word, secret, algorithm) \
	{ \
		{ word, sizeof(word) - 1 }, { secret, sizeof(secret) - 1 }, \
		{ \
			algorithm, sizeof(algorithm) - 1 \
		} \
	}
	CIPHER("EXP", "", ""),
	CIPHER("CCM8", "", ""),
	CIPHER("CCM_8", "", ""),
	CIPHER("AES_256", "256", "256"),
	CIPHER("AES256", "256", "256"),
	CIPHER("CHACHA20", "256", "256"),
	CIPHER("AES_128", "128", "128"),
	CIPHER("AES128", "128", "128"),
	CIPHER("CAMELLIA256", "256", "256"),
	CIPHER("CAMELLIA128", "128", "128"),
	CIPHER("ARIA256", "256", "256"),
	CIPHER("ARIA128", "128", "128"),
	CIPHER("DES-CBC3", "112", "168"),
	CIPHER("SEED", "128", "128"),
	CIPHER("IDEA", "128", "128"),
	CIPHER("RC4", "128", "128"),
	CIPHER("NULL", "0", "0"),
};

static bool
has_word(struct slice name, struct slice word)
{
	return (memmem(name.at, name.len, word.at, word.len) != NULL);
}

static const struct cipher *
cipher_find(struct slice name)
{
	static const struct cipher unknown = { { "", 0 }, { "", 0 },
		{ "", 0 } };

	for (size_t i = 0; i < COUNT(ciphers); i++)
		if (has_word(name, ciphers[i].word))
			return (&ciphers[i]);
	return (&unknown);
}

struct slice
cipher_secret_bits(struct slice name)
{
	return (cipher_find(name)->secret);
}

struct slice
cipher_algorithm_bits(struct slice name)
{
	return (cipher_find(name)->algorithm);
}
