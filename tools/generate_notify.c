/*
 * Notifications, in the MIB and in docs/metrics.md.
 */
#include <stdio.h>

#include "lib/stats/key.h"
#include "tools/generate.h"

enum { GROUP_NUMBER = 100 }; /* behind those of base.1's arcs */

void
mib_notify_objects(void)
{
	for (size_t o = 0; o < NOTIFY_OBJECT_COUNT; o++) {
		object_type(notify_objects[o].object, notify_objects[o].syntax,
		    notify_objects[o].unit, "accessible-for-notify");
		describe_object(
		    notify_objects[o].object, notify_objects[o].help, "");
		printf("    ::= { %s %u }\n", groups[GROUP_AGENT_STATE].object,
		    notify_objects[o].number);
	}
}

/* The names in `objects`, each between `before` and `after`. */
static void
list_objects(const char *objects, const char *before, const char *after)
{
	struct slice rest = slice_of(objects), name;
	const char *comma = "";

	for (; label_value_next(&rest, &name); comma = ",")
		printf(
		    "%s%s%.*s%s", comma, before, (int)name.len, name.at, after);
}

void
mib_notifications(void)
{
	printf("\n--\n-- Notifications. What begins has an odd number, its "
	       "end the next one.\n--\n");
	for (size_t n = 0; n < NOTIFICATION_COUNT; n++) {
		const struct notification *notification = &notifications[n];

		printf("\n%s NOTIFICATION-TYPE\n    OBJECTS {",
		    notification->object);
		list_objects(notification->objects, "\n        ", "");
		printf("\n    }\n    STATUS      current\n");
		describe_object(notification->object, notification->help, "");
		printf(
		    "    ::= { pfsNotifications %u }\n", notification->number);
	}
}

void
mib_notification_group(void)
{
	printf("\npfsNotificationGroup NOTIFICATION-GROUP\n"
	       "    NOTIFICATIONS {");
	for (size_t n = 0; n < NOTIFICATION_COUNT; n++)
		printf("%s\n        %s", n ? "," : "", notifications[n].object);
	printf("\n    }\n    STATUS      current\n");
	describe("What the agent sends by itself: a notification when "
		 "something begins, and another one when it is over. "
		 "snmp.notifications.enabled in postfix-stats.yml(5) switches "
		 "them on and off.");
	printf("    ::= { pfsGroups %d }\n", GROUP_NUMBER);
}

void
metrics_notifications(void)
{
	printf("\n## Notifications\n\n"
	       "Sent by the agent when something begins and when it ends; "
	       "postfix-stats.yml(5)\nhas the limits.\n\n"
	       "| notification | objects | meaning |\n|---|---|---|\n");
	for (size_t n = 0; n < NOTIFICATION_COUNT; n++) {
		printf("| `%s` `.0.%u` |", notifications[n].object,
		    notifications[n].number);
		list_objects(notifications[n].objects, " `", "`");
		printf(" | %s |\n", notifications[n].help);
	}
	printf("\nObjects that only notifications carry:\n\n"
	       "| object | type | unit | meaning |\n|---|---|---|---|\n");
	for (size_t o = 0; o < NOTIFY_OBJECT_COUNT; o++)
		metrics_agent_object(&notify_objects[o]);
}
