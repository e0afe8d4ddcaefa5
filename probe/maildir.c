/*
 * All Maildirs, in one process that sleeps until something happens in one of
 * them.  What arrives comes before what is found by looking, and a Maildir with
 * ever so many files holds up no other: looks take turns.
 */
#include <sys/inotify.h>
#include <sys/random.h>

#include <poll.h>
#include <stdlib.h>
#include <unistd.h>

#include "lib/util/clock.h"
#include "probe/maildir_look.h"
#include "probe/maildir_take.h"
#include "probe/seen.h"

enum {
	SEEN_MOST = 1 << 19, /* names, for 16 MiB at the most */
	LOOKS_MOST = 64,     /* under way, each with a directory open */
	EVENTS_SIZE = 8192,  /* bytes: 256 events at most */
	LONGEST = 60000,     /* milliseconds asleep */
	/* Mails that the daemon has not answered for, beyond which nothing is
	   looked for, and nothing is told. */
	WAITING_FOR_LOOKS = 32,
	WAITING = 64
};

/* --- the beginning ------------------------------------------------------- */

static size_t
boxes_of(const struct place *place)
{
	if (place->imap != NULL)
		return (0);
	return (place->delivery->spam != NULL ? 2 : 1);
}

static void
add_box(struct maildirs *all, const struct place *place, bool spam)
{
	const struct config_delivery *delivery = place->delivery;

	all->boxes[all->count++] = (struct box){ .place = place,
		.path = spam ? delivery->spam : delivery->maildir,
		.spam = spam,
		.mail = { -1, -1 },
		.base = -1,
		.parent = -1 };
}

static struct maildirs *
maildirs_new(const struct place *places, unsigned count)
{
	struct maildirs *all = calloc(1, sizeof(*all));
	size_t boxes = 0;

	for (unsigned i = 0; i < count; i++)
		boxes += boxes_of(&places[i]);
	if (all == NULL)
		return (NULL);
	all->boxes = calloc(boxes + 1, sizeof(*all->boxes));
	all->seen = seen_new(SEEN_MOST);
	if (all->boxes == NULL || all->seen == NULL ||
	    getrandom(&all->seen_key, sizeof(all->seen_key), 0) !=
		(ssize_t)sizeof(all->seen_key))
		return (NULL);
	for (unsigned i = 0; i < count; i++)
		for (size_t box = 0; box < boxes_of(&places[i]); box++)
			add_box(all, &places[i], box == 1);
	all->inotify = inotify_init1(IN_NONBLOCK | IN_CLOEXEC);
	return (all);
}

/* --- what has happened --------------------------------------------------- */

static void
take_event(struct maildirs *all, const struct inotify_event *event)
{
	for (size_t i = 0; i < all->count; i++) {
		struct box *box = &all->boxes[i];
		unsigned directory = 0;
		enum box_event what = (event->mask & IN_Q_OVERFLOW) != 0 ?
		    BOX_CHANGED :
		    box_event(box, event, &directory);

		if (what == BOX_CHANGED)
			box_look_at(box, 0);
		else if (what == BOX_FILE)
			maildir_arrival(all, box, directory, event->name,
			    (event->mask & IN_CLOSE_WRITE) != 0);
	}
}

static void
take_events(struct maildirs *all)
{
	_Alignas(struct inotify_event) char events[EVENTS_SIZE];
	ssize_t got = read(all->inotify, events, sizeof(events));

	for (ssize_t at = 0; at < got;) {
		const struct inotify_event *event = (const void *)(events + at);

		take_event(all, event);
		at += (ssize_t)(sizeof(*event) + event->len);
	}
}

static void
take_answers(struct maildirs *all)
{
	struct counted counted;
	int taken;

	while ((taken = watcher_counted(all->socket, &counted)) == 1)
		maildir_counted(all, &counted);
	if (taken == -1)
		_exit(0);
}

/* --- whose turn it is ---------------------------------------------------- */

static bool
is_due(const struct maildirs *all, const struct box *box, int64_t now)
{
	return (
	    box->open != NULL || (box->due <= now && all->looks < LOOKS_MOST));
}

/* The next box with something to do; NULL: none. */
static struct box *
next_due(struct maildirs *all, int64_t now)
{
	for (size_t i = 0; i < all->count; i++) {
		struct box *box = &all->boxes[(all->next + i) % all->count];

		if (is_due(all, box, now)) {
			all->next = (size_t)(box - all->boxes) + 1;
			return (box);
		}
	}
	return (NULL);
}

static int
until_due(const struct maildirs *all, int64_t now)
{
	int64_t first = now + LONGEST;

	for (size_t i = 0; i < all->count; i++)
		if (all->boxes[i].open != NULL)
			return (0);
		else if (all->boxes[i].due < first)
			first = all->boxes[i].due;
	return (first > now ? (int)(first - now) : 0);
}

/* Take what there is, and then go on with looks as long as there is nothing. */
static void
turn(struct maildirs *all)
{
	int64_t now = clock_milliseconds();
	unsigned waiting = maildir_told_waiting(&all->told, now);
	struct pollfd fds[] = {
		{ all->socket, POLLIN, 0 },
		{ waiting < WAITING ? all->inotify : -1, POLLIN, 0 },
	};
	struct box *box = waiting < WAITING_FOR_LOOKS ? next_due(all, now) :
							NULL;

	if (poll(fds, COUNT(fds), box != NULL ? 0 : until_due(all, now)) == -1)
		return;
	if (fds[0].revents != 0)
		take_answers(all);
	if (fds[1].revents != 0)
		take_events(all);
	else if (box != NULL)
		maildir_look(all, box);
}

_Noreturn void
maildirs_watch(int socket, const struct secret_key *key,
    const struct place *places, unsigned count)
{
	struct maildirs *all = maildirs_new(places, count);

	if (all == NULL)
		_exit(1);
	all->socket = socket;
	all->key = key;
	for (;;)
		turn(all);
}
