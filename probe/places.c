/*
 * Probes with one mailbox share who watches it: two that looked into the same
 * would take each other's mail away.
 */
#include <stdlib.h>
#include <string.h>

#include "probe/places.h"

static bool
same_text(const char *a, const char *b)
{
	return (a == NULL || b == NULL ? a == b : strcmp(a, b) == 0);
}

static bool
same_account(const struct config_probe *a, const struct config_probe *b)
{
	return (strcmp(a->server, b->server) == 0 && a->port == b->port &&
	    same_text(a->sasl_user, b->sasl_user));
}

static bool
same_place(const struct config_delivery *a, const struct config_delivery *b)
{
	if ((a->imap != NULL) != (b->imap != NULL) ||
	    !same_text(a->spam, b->spam))
		return (false);
	return (a->imap != NULL ?
		same_account(a->imap, b->imap) &&
		    same_text(a->mailbox, b->mailbox) :
		strcmp(a->maildir, b->maildir) == 0 && a->flat == b->flat);
}

static unsigned
find_place(const struct places *places, const struct config_delivery *delivery)
{
	unsigned number = 0;

	while (number < places->count &&
	    !same_place(places->place[number].delivery, delivery))
		number++;
	return (number);
}

/* Which place each probe has. */
static void
find_places(struct places *places, const struct config *config,
    const struct targets *targets, const bool *wanted)
{
	for (unsigned i = 0; i < config->probes_count; i++) {
		const struct config_delivery *delivery =
		    config->probes[i].delivery;
		unsigned number;

		places->of_probe[i] = PLACE_NONE;
		if (delivery == NULL || (wanted != NULL && !wanted[i]))
			continue;
		number = find_place(places, delivery);
		if (number == places->count)
			places->place[places->count++] = (struct place){
				.delivery = delivery,
				.imap = targets->at[i]->imap,
				.number = number,
			};
		places->of_probe[i] = number;
		places->place[number].probes_count++;
	}
}

/* And which probes each place has. */
static void
find_probes(struct places *places, const struct config *config)
{
	unsigned next = 0;

	for (unsigned p = 0; p < places->count; p++) {
		places->place[p].probes = places->probes + next;
		for (unsigned i = 0; i < config->probes_count; i++)
			if (places->of_probe[i] == p)
				places->probes[next++] = &config->probes[i];
	}
}

struct places *
places_new(const struct config *config, const struct targets *targets,
    const bool *wanted)
{
	unsigned count = config->probes_count + 1; /* calloc() of 0 is NULL */
	struct places *places = calloc(1, sizeof(*places));

	if (places == NULL)
		return (NULL);
	places->place = calloc(count, sizeof(*places->place));
	places->of_probe = calloc(count, sizeof(*places->of_probe));
	places->probes = calloc(count, sizeof(struct config_probe *));
	if (places->place == NULL || places->of_probe == NULL ||
	    places->probes == NULL) {
		places_free(places);
		return (NULL);
	}
	find_places(places, config, targets, wanted);
	find_probes(places, config);
	return (places);
}

void
places_free(struct places *places)
{
	if (places == NULL)
		return;
	free(places->place);
	free(places->of_probe);
	free(places->probes);
	free(places);
}
