/*
 * What an entry of the journal says.
 *
 * An entry is Postfix's if the journal itself says that Postfix's unit logged
 * it; the name that an entry gives itself anybody can choose.  This is judged
 * after reading.  A match would be quicker, but it compares whole values, and
 * the names of all units postfix@NAME.service are not known beforehand, nor
 * is the facility, which main.cf sets: it would lose entries.
 */
#include <errno.h>
#include <pwd.h>
#include <stdio.h>
#include <string.h>

#include "tailer/journal.h"

enum { SYSTEM_UID_MAX = 999 };

/* As systemd's sd-messages.h has it: entries were dropped by a rate limit. */
static const char dropped_id[] = "a596d6fe7bfa4994828e72309e95d61e";

/* Returns 1, 0 if the entry has no such field, or -1.  The value is valid
   until the next call. */
static int
get_field(struct journal *journal, const char *name, struct slice *value_r)
{
	const void *data;
	size_t len, skip = strlen(name) + 1;
	int rc = sd_journal_get_data(journal->handle, name, &data, &len);

	*value_r = (struct slice){ "", 0 };
	if (rc < 0 || len < skip)
		return (rc == -ENOENT ? 0 : -1);
	*value_r = slice_from((struct slice){ data, len }, skip);
	return (1);
}

static bool
is_postfix_unit(struct slice unit)
{
	struct slice end = SLICE(".service");

	if (slice_equal(unit, "postfix.service"))
		return (true);
	if (!slice_skip(&unit, "postfix@") || unit.len < end.len)
		return (false);
	return (slice_same(slice_from(unit, unit.len - end.len), end));
}

/* Commands that Postfix runs for users, from ~/.forward or by pipe(8), are in
   its unit, too, and could forge what they like. */
static bool
is_postfix_user(const struct journal *journal, struct slice uid)
{
	uint64_t number;

	return (slice_number(uid, &number) &&
	    (number <= SYSTEM_UID_MAX || number == journal->postfix));
}

/* Count what journald itself says that it dropped of Postfix's. */
static void
count_suppressed(struct journal *journal)
{
	struct slice value;
	uint64_t number;

	if (get_field(journal, "MESSAGE_ID", &value) > 0 &&
	    slice_equal(value, dropped_id) &&
	    get_field(journal, "OBJECT_SYSTEMD_UNIT", &value) > 0 &&
	    is_postfix_unit(value) &&
	    get_field(journal, "N_DROPPED", &value) > 0 &&
	    slice_number(value, &number) && number <= UINT32_MAX)
		counters_add(
		    journal->source.counters, METRIC_TAILER_SUPPRESSED, number);
}

/* Have the entry's host stand for the instance that its tag names. */
static void
take_host(struct journal *journal)
{
	struct slice value;

	journal->source.instance = (struct slice){ NULL, 0 };
	if (get_field(journal, "_HOSTNAME", &value) <= 0)
		return;
	value = line_host(value);
	if (value.len > sizeof(journal->host))
		value.len = sizeof(journal->host);
	memcpy(journal->host, value.at, value.len);
	journal->source.instance = (struct slice){ journal->host, value.len };
}

enum source_result
journal_read(struct journal *journal, struct slice *text_r)
{
	struct slice value;
	int unit, uid;

	unit = get_field(journal, "_SYSTEMD_UNIT", &value);
	if (unit > 0 && !is_postfix_unit(value)) {
		if (slice_equal(value, "systemd-journald.service"))
			count_suppressed(journal);
		unit = 0;
	}
	if (unit == 0)
		return (SOURCE_FOREIGN);
	uid = get_field(journal, "_UID", &value);
	if (uid > 0 && !is_postfix_user(journal, value))
		return (SOURCE_FOREIGN);
	if (unit < 0 || uid < 0 ||
	    get_field(journal, "SYSLOG_IDENTIFIER", &value) < 0)
		return (SOURCE_MALFORMED);
	if (value.len > sizeof(journal->tag))
		return (SOURCE_FOREIGN);
	memcpy(journal->tag, value.at, value.len);
	journal->source.tag = (struct slice){ journal->tag, value.len };
	if (journal->source.by_host)
		take_host(journal);
	if (get_field(journal, "MESSAGE", text_r) <= 0)
		return (SOURCE_MALFORMED);
	return (text_r->len > LINE_LEN_MAX ? SOURCE_OVERLONG : SOURCE_ENTRY);
}

/* By the file alone: no service is asked. */
uid_t
journal_find_postfix(void)
{
	FILE *file = fopen("/etc/passwd", "re");
	const struct passwd *entry;
	uid_t uid = 0;

	while (file != NULL && (entry = fgetpwent(file)) != NULL)
		if (strcmp(entry->pw_name, "postfix") == 0)
			uid = entry->pw_uid;
	if (file != NULL)
		fclose(file);
	return (uid);
}
