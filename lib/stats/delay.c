/*
 * Delays that were not read yet.
 */
#include "lib/stats/delay.h"
#include "lib/stats/histogram.h"
#include "lib/stats/window.h"

enum { DIGITS_MAX = 9 }; /* before the point: 31 years */

_Static_assert(WINDOW_STEPS <= 1 << DELAY_WINDOW_BITS &&
	HISTOGRAM_BOUNDS < 1 << (64 - DELAY_TIME_BITS - DELAY_WINDOW_BITS) &&
	(uint64_t)1000000000 * MICROSECONDS < (uint64_t)1 << DELAY_TIME_BITS,
    "a delay holds all parts");

/* No text is all ones, and the empty one is no delay. */
struct known_delay known_delays[1 << DELAY_KNOWN_BITS] = {
	[0] = { .text = UINT64_MAX },
	[1] = { .text = UINT64_MAX }
};

/* "12" or "0.34", as microseconds.  Digits behind the sixth say nothing. */
static bool
read_seconds(struct slice text, uint64_t *number_r)
{
	struct slice whole = slice_until(text, '.');
	uint64_t unit = MICROSECONDS;

	if (whole.len > DIGITS_MAX || !slice_number(whole, number_r))
		return (false);
	*number_r *= unit;
	if (whole.len < text.len && whole.len + 1 == text.len)
		return (false);
	for (size_t i = whole.len + 1; i < text.len; i++) {
		if (!byte_is_digit(text.at[i]))
			return (false);
		unit /= 10;
		*number_r += (unsigned)(text.at[i] - '0') * unit;
	}
	return (true);
}

static void
keep(struct slice text, uint64_t delay)
{
	char bytes[sizeof(uint64_t)] = { 0 };
	struct known_delay *known;

	if (text.len > DELAY_SHORT)
		return;
	memcpy(bytes, text.at, text.len);
	known = delay_places(bytes_load(bytes));
	known[1] = known[0];
	known[0] = (struct known_delay){ bytes_load(bytes), delay };
}

const char *
delay_learn(const char *at, const char *limit, char end, uint64_t *delay_r)
{
	struct slice text = { at, 0 };
	uint64_t number;

	while (at + text.len < limit && at[text.len] != end)
		text.len++;
	if (at + text.len == limit || !read_seconds(text, &number))
		return (NULL);
	histograms_read();
	*delay_r = number;
	*delay_r |= (uint64_t)window_step(number / (MICROSECONDS / 1000))
	    << DELAY_TIME_BITS;
	*delay_r |=
	    (uint64_t)histogram_step(&histograms[HISTOGRAM_DELAY], number)
	    << (DELAY_TIME_BITS + DELAY_WINDOW_BITS);
	keep(text, *delay_r);
	return (at + text.len + 1);
}
