/*
 * From one file of a log to the next.
 */
#include "tailer/take.h"
#include "tailer/trail.h"

enum { NOWHERE = -2 };

/* --- beginning -------------------------------------------------------- */

/* Remember the newest rotated file, of which nothing is to be read: what
   turns up after it is new. */
static void
remember_newest(struct chain *chain, const struct siblings *siblings)
{
	struct logfile *file = NULL;
	char head[POSITION_HEAD];
	ssize_t len;
	int i = siblings->count - 1;

	chain->last = search_first;
	while (i >= 0 &&
	    (siblings->list[i].name == SIBLING_LOG ||
		siblings->list[i].name == SIBLING_OTHER ||
		siblings->list[i].size == 0))
		i--;
	if (i >= 0)
		file = logfile_open(
		    siblings->list[i].path, siblings->list[i].packing);
	len = file != NULL ? logfile_head(file, head) : -1;
	if (len > 0 && logfile_seek(file, len) == 0)
		logfile_mark(file, &chain->last);
	chain->last.done = true;
	chain->has_last = i < 0 || len > 0;
	logfile_close(file);
}

/* The end of the last whole line. */
static void
seek_end(struct logfile *file)
{
	off_t size = logfile_size(file);
	struct slice lines;

	(void)logfile_seek(file, size > LINE_LEN_MAX ? size - LINE_LEN_MAX : 0);
	while (logfile_next(file, SIZE_MAX, &lines) > 0)
		continue;
}

void
trail_begin(struct chain *chain, enum source_from from)
{
	struct siblings siblings;

	if (!search_list(chain, &siblings))
		return;
	do
		take_after(chain, &siblings,
		    from == FROM_OLDEST ? -1 : search_before_log(&siblings));
	while (chain->count == 0 && search_again(chain, &siblings));
	if (from == FROM_OLDEST) {
		chain->last = search_first;
		chain->has_last = true;
	} else
		remember_newest(chain, &siblings);
	if (from == FROM_END && chain->count > 0) {
		struct link *link = &chain->link[0];

		seek_end(link->file);
		link->verified = logfile_offset(link->file) > 0;
	}
	siblings_free(&siblings);
}

/* Begin with `file`, found at `at`, which is that of `place`. */
static void
begin_at(struct chain *chain, const struct siblings *siblings, int at,
    const struct position *place, struct logfile *file)
{
	struct link *link;

	if (place->done) {
		chain->last = *place;
		chain->has_last = true;
		logfile_close(file);
		return;
	}
	link = chain_insert(chain, 0, file);
	if (siblings->list[at].name != SIBLING_LOG &&
	    !logfile_is(file, place->device, place->inode))
		link->done = true;
}

/*
 * Begin with the oldest of the places that can be found.  If one can't be, the
 * next will do only if something was read there, since what comes before was
 * at its end then, or if nothing was to be read in the first.  Returns whether
 * there was one, and where in the list it is.
 */
static bool
begin_oldest(struct chain *chain, struct siblings *siblings, int *at_r)
{
	const struct position *places = chain->places;

	for (int i = 0; i < chain->known; i++) {
		struct logfile *file = NULL;
		bool origin = search_origin(&places[i]);

		if (i > 0 && places[i].offset == 0 && !places[i - 1].done)
			continue;
		*at_r = origin ? -1 : search_place(siblings, &places[i], &file);
		if (*at_r != -1 || origin) {
			begin_at(chain, siblings, *at_r, &places[i], file);
			chain_forget(chain, 0, i + 1);
			return (true);
		}
		if (search_again(chain, siblings))
			i = -1;
	}
	return (false);
}

void
trail_resume(struct chain *chain)
{
	struct siblings siblings;
	int at = -1;

	if (!search_list(chain, &siblings))
		return;
	if (!begin_oldest(chain, &siblings, &at)) {
		chain->known = 0;
		take_gap(chain, "the place where reading stopped is gone");
		remember_newest(chain, &siblings);
		at = search_before_log(&siblings);
	}
	take_after(chain, &siblings, at);
	siblings_free(&siblings);
}

/* --- following -------------------------------------------------------- */

void
trail_follow(struct chain *chain)
{
	struct siblings siblings;
	struct link *newest = NULL;
	int at;

	if (chain->count == 0 && chain->known > 0) {
		trail_resume(chain);
		return;
	}
	if (chain->count > 0 && !chain_newest(chain)->verified &&
	    !trail_verify(chain, chain->count - 1))
		return;
	if (!search_list(chain, &siblings))
		return;
	if (chain->count > 0)
		newest = chain_newest(chain);
	do
		at = newest != NULL ?
		    search_open(&siblings, newest, NOWHERE) :
		    chain->has_last ?
		    search_copy(&siblings, &chain->last, NOWHERE) :
		    NOWHERE;
	while (at == NOWHERE && search_again(chain, &siblings));
	/* It may also be what the log was before it was cut off, or a copy that
	   has replaced it. */
	if (at == NOWHERE || at > search_before_log(&siblings))
		at = search_before_log(&siblings);
	take_after(chain, &siblings, at);
	siblings_free(&siblings);
}

static void
give_up(struct chain *chain, int at)
{
	struct link *link = &chain->link[at];

	logfile_freeze(link->file);
	link->done = true;
	link->cut = true;
}

/* Put the copy of the newest file, found at `at`, in its place. */
static void
replace_newest(struct chain *chain, const struct siblings *siblings, int at,
    struct logfile *copy)
{
	struct link *link = chain_insert(chain, chain->count - 1, copy);

	link->done = siblings->list[at].name != SIBLING_LOG;
	link->verified = true;
	chain_remove(chain, chain->count - 1);
}

/* Go on in the copy that was made of a log before it was cut off, then in all
   that came after.  Without one, what was read already is all there is. */
static void
recover_newest(struct chain *chain, struct siblings *siblings)
{
	struct link *newest = chain_newest(chain);
	struct logfile *copy;
	struct position place;
	int at = -1;

	logfile_mark(newest->file, &place);
	do
		if (place.offset > 0)
			at = search_place(siblings, &place, &copy);
	while (at == -1 && search_again(chain, siblings));
	if (at != -1)
		replace_newest(chain, siblings, at, copy);
	else {
		take_gap(chain, "it was cut off and no copy is found");
		give_up(chain, chain->count - 1);
		at = search_before_log(siblings);
	}
	take_after(chain, siblings, at);
}

bool
trail_recover(struct chain *chain, int at)
{
	struct siblings siblings;

	if (at < chain->count - 1 || logfile_packed(chain->link[at].file) ||
	    chain->count == CHAIN_MAX) {
		take_gap(chain, "a rotated file is damaged");
		give_up(chain, at);
		return (true);
	}
	if (!search_list(chain, &siblings))
		return (false);
	recover_newest(chain, &siblings);
	siblings_free(&siblings);
	return (true);
}

bool
trail_verify(struct chain *chain, int at)
{
	struct link *link = &chain->link[at];
	struct siblings siblings;
	struct taking taking = { .siblings = &siblings };
	int before, here;
	bool ok = true;

	if (at == 0 && !chain->has_last)
		return (true);
	if (!search_list(chain, &siblings))
		return (false);
	do {
		here = search_open(&siblings, link, NOWHERE);
		before = at > 0 ? search_open(&siblings, link - 1, NOWHERE) :
				  search_copy(&siblings, &chain->last, NOWHERE);
	} while (before == NOWHERE && search_again(chain, &siblings));
	if (before != NOWHERE && here > before + 1)
		ok = take_range(chain, &taking, before + 1, here, at);
	siblings_free(&siblings);
	return (ok);
}
