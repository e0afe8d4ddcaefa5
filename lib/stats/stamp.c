/*
 * Reading the stamps of log lines.
 */
#include "lib/stats/stamp.h"

enum { MINUTE = 60, HOUR = 60 * MINUTE, DAY = 24 * HOUR };

/* `digits` digits, then `end`, unless that is NUL; both are stepped over. */
static bool
cut_number(struct slice *rest, size_t digits, char end, int *number_r)
{
	size_t len = digits + (end != '\0');
	uint64_t number;

	if (rest->len < len || (end != '\0' && rest->at[digits] != end) ||
	    !slice_number((struct slice){ rest->at, digits }, &number))
		return (false);
	*number_r = (int)number;
	*rest = slice_from(*rest, len);
	return (true);
}

static bool
cut_clock(struct slice *rest, struct tm *time_r)
{
	return (cut_number(rest, 2, ':', &time_r->tm_hour) &&
	    cut_number(rest, 2, ':', &time_r->tm_min) &&
	    cut_number(rest, 2, '\0', &time_r->tm_sec) &&
	    time_r->tm_hour < 24 && time_r->tm_min < 60 && time_r->tm_sec < 61);
}

/* Behind "Z", "+01:00" or "-0500": the seconds by which local time is ahead.
   False if there is no zone. */
static bool
cut_zone(struct slice *rest, int *ahead_r)
{
	int sign = slice_starts(*rest, "-") ? -1 : 1, hours, minutes;

	*ahead_r = 0;
	if (slice_skip(rest, "Z"))
		return (true);
	if ((!slice_skip(rest, "+") && !slice_skip(rest, "-")) ||
	    !cut_number(rest, 2, '\0', &hours))
		return (false);
	(void)slice_skip(rest, ":");
	if (!cut_number(rest, 2, '\0', &minutes))
		return (false);
	*ahead_r = sign * (hours * HOUR + minutes * MINUTE);
	return (true);
}

/* "2026-11-22T08:00:01.123456+00:00" */
static time_t
read_iso(struct slice rest)
{
	struct tm time = { .tm_isdst = -1 };
	int ahead;

	if (!cut_number(&rest, 4, '-', &time.tm_year) ||
	    !cut_number(&rest, 2, '-', &time.tm_mon) ||
	    !cut_number(&rest, 2, 'T', &time.tm_mday) ||
	    !cut_clock(&rest, &time))
		return (0);
	time.tm_year -= 1900;
	time.tm_mon--;
	if (slice_skip(&rest, "."))
		while (rest.len > 0 && byte_is_digit(*rest.at))
			rest = slice_from(rest, 1);
	return (
	    cut_zone(&rest, &ahead) ? timegm(&time) - ahead : mktime(&time));
}

/* "Nov 22 08:00:01"; the day may have one digit, and a blank before it. */
static time_t
read_bsd(struct slice rest, time_t now)
{
	static const char months[] = "JanFebMarAprMayJunJulAugSepOctNovDec";
	struct tm time = { .tm_isdst = -1 }, today, tried;
	ptrdiff_t month;
	time_t then;

	if (rest.len < 4 || rest.at[3] != ' ')
		return (0);
	month = slice_find(SLICE(months),
	    (char[]){ rest.at[0], rest.at[1], rest.at[2], '\0' });
	rest = slice_from(rest, 4);
	(void)slice_skip(&rest, " ");
	if (month < 0 || month % 3 != 0 ||
	    (!cut_number(&rest, 2, ' ', &time.tm_mday) &&
		!cut_number(&rest, 1, ' ', &time.tm_mday)) ||
	    !cut_clock(&rest, &time) || localtime_r(&now, &today) == NULL)
		return (0);
	time.tm_mon = (int)month / 3;
	time.tm_year = today.tm_year + 1;
	do {
		tried = time;
		then = mktime(&tried);
		time.tm_year--;
	} while (then > now + DAY && time.tm_year > today.tm_year - 2);
	return (then);
}

time_t
stamp_read(struct slice line, time_t now)
{
	time_t then;

	if (slice_skip(&line, "<")) {
		struct slice priority;

		if (!slice_cut(&line, '>', &priority))
			return (0);
	}
	if (slice_skip(&line, "1 ") ||
	    (line.len > 0 && byte_is_digit(*line.at)))
		then = read_iso(line);
	else
		then = read_bsd(line, now);
	return (then > 0 ? then : 0);
}
