/*
 * Minutes of delays, in log-linear steps.
 */
#include "lib/stats/window.h"

enum { LINEAR_BITS = 5, PART_BITS = 4, MINUTE = 60 };

unsigned
window_step(uint64_t milliseconds)
{
	const uint64_t longest = ((uint64_t)1 << WINDOW_BITS) - 1;
	unsigned more;

	if (milliseconds < WINDOW_LINEAR)
		return ((unsigned)milliseconds);
	if (milliseconds > longest)
		milliseconds = longest;
	/* Doublings beyond the linear part, and what of these the part is. */
	more = 63 - LINEAR_BITS - (unsigned)__builtin_clzll(milliseconds);
	return (WINDOW_LINEAR + more * WINDOW_PARTS +
	    (unsigned)(milliseconds >> (more + 1)) - WINDOW_PARTS);
}

/* The middle of the step. */
uint32_t
window_delay(unsigned step)
{
	unsigned more, part;

	if (step < WINDOW_LINEAR)
		return (step);
	more = (step - WINDOW_LINEAR) / WINDOW_PARTS;
	part = (step - WINDOW_LINEAR) % WINDOW_PARTS;
	return (((uint32_t)(WINDOW_PARTS + part) << (more + 1)) +
	    ((uint32_t)1 << more));
}

static void
slot_clear(struct window_slot *slot)
{
	for (unsigned i = 0; i < NAMES_MAX; i++)
		if (slot->has[i])
			memset(slot->times[i], 0, sizeof(slot->times[i]));
	memset(slot->has, 0, sizeof(slot->has));
	slot->any = false;
}

static void
slot_add(struct window_slot *to, const struct window_slot *from)
{
	to->any = true;
	for (unsigned i = 0; i < NAMES_MAX; i++) {
		if (!from->has[i])
			continue;
		to->has[i] = true;
		for (unsigned s = 0; s < WINDOW_STEPS; s++)
			to->times[i][s] += from->times[i][s];
	}
}

/* A minute that has not come yet is no part of the window either: the clock was
   set back. */
static bool
is_over(const struct window_slot *slot, uint64_t minute)
{
	return (
	    slot->minute > minute || minute - slot->minute > WINDOW_MINUTES);
}

void
window_mark(struct window *window, uint64_t newest, uint64_t now)
{
	uint64_t minute = newest / MINUTE;
	struct window_slot *slot = &window->slot[minute % WINDOW_SLOTS];

	for (unsigned i = 0; i < WINDOW_SLOTS; i++)
		if (window->slot[i].any &&
		    is_over(&window->slot[i], now / MINUTE))
			slot_clear(&window->slot[i]);
	if (!window->fresh.any)
		return;
	if (!slot->any)
		slot->minute = minute;
	if (slot->minute == minute && !is_over(slot, now / MINUTE))
		slot_add(slot, &window->fresh);
	slot_clear(&window->fresh);
}

uint32_t
window_quantile(
    const struct window *window, unsigned transport, unsigned percent)
{
	uint64_t times[WINDOW_STEPS] = { 0 }, all = 0, below = 0;

	for (unsigned i = 0; i < WINDOW_SLOTS; i++) {
		const struct window_slot *slot = &window->slot[i];

		if (!slot->has[transport])
			continue;
		for (unsigned s = 0; s < WINDOW_STEPS; s++) {
			times[s] += slot->times[transport][s];
			all += slot->times[transport][s];
		}
	}
	for (unsigned s = 0; s < WINDOW_STEPS; s++) {
		below += times[s];
		if (below > 0 && below * 100 >= all * percent)
			return (window_delay(s));
	}
	return (0);
}

uint64_t
window_expires(const struct window *window)
{
	uint64_t first = UINT64_MAX;

	for (unsigned i = 0; i < WINDOW_SLOTS; i++)
		if (window->slot[i].any && window->slot[i].minute < first)
			first = window->slot[i].minute;
	return (first == UINT64_MAX ? 0 : (first + WINDOW_SLOTS) * MINUTE);
}
