/*
 * From one file of a log to the next.
 */
#include <errno.h>

#include "tailer/take.h"
#include "tailer/trail.h"

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

/* The end of the last whole line.  Returns 0, or -1 with errno. */
static int
seek_end(struct logfile *file)
{
	off_t size = logfile_size(file);
	enum logfile_result result;
	struct slice lines;

	if (logfile_seek(file, size > LINE_LEN_MAX ? size - LINE_LEN_MAX : 0) ==
	    -1)
		return (-1);
	do
		result = logfile_next(file, SIZE_MAX, &lines);
	while (result > 0);
	return (result == LOGFILE_ERROR ? -1 : 0);
}

/* Nothing of the log that there is now is to be counted. */
static bool
begin_at_end(struct chain *chain)
{
	struct link *link = &chain->link[0];

	if (chain->count > 0 && seek_end(link->file) == -1)
		chain_fault(chain, errno, chain->source.name);
	if (chain->fault != 0)
		return (false);
	if (chain->count > 0)
		link->verified = logfile_offset(link->file) > 0;
	return (true);
}

bool
trail_begin(struct chain *chain, enum source_from from)
{
	struct siblings siblings;
	int at;

	if (!search_list(chain, &siblings))
		return (chain->fault == 0);
	do {
		take_after(chain, &siblings,
		    from == FROM_OLDEST ? -1 : search_before_log(&siblings));
		at = chain->count == 0 ? SEARCH_NOWHERE : 0;
	} while (search_again(chain, &siblings, &at));
	if (from == FROM_OLDEST) {
		chain->last = search_first;
		chain->has_last = true;
	} else
		remember_newest(chain, &siblings);
	siblings_free(&siblings);
	return (from != FROM_END || begin_at_end(chain));
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

/* The file `at` reads as place `wanted`; if it reads as another one more surely,
   or can't be read, it is let go of.  Returns where `wanted` is then. */
static int
ask_again(struct chain *chain, const struct siblings *siblings, int at,
    int wanted, struct logfile **file)
{
	int found = take_place(chain, *file);

	if (found == wanted)
		return (at);
	if (found == TAKE_FAILED)
		chain_fault(chain, errno, siblings->list[at].path);
	logfile_close(*file);
	*file = NULL;
	return (found == TAKE_FAILED ? SEARCH_FAILED : SEARCH_NOWHERE);
}

/*
 * Begin with the oldest of the places that can be found.  If one can't be, the
 * next will do only if something was read there, since what comes before was
 * at its end then, or if nothing was to be read in the first.  Returns where in
 * the list it is.
 */
static int
begin_oldest(struct chain *chain, struct siblings *siblings)
{
	const struct position *places = chain->places;
	int at = SEARCH_NOWHERE;

	for (int i = 0; i < chain->known && at == SEARCH_NOWHERE; i++) {
		struct logfile *file = NULL;
		bool origin = search_origin(&places[i]);

		if (i > 0 && places[i].offset == 0 && !places[i - 1].done)
			continue;
		at = origin ? SEARCH_ORIGIN :
			      search_place(chain, siblings, &places[i], &file);
		if (at >= 0)
			at = ask_again(chain, siblings, at, i, &file);
		if (at >= SEARCH_ORIGIN) {
			begin_at(chain, siblings, at, &places[i], file);
			chain_forget(chain, 0, i + 1);
		} else if (search_again(chain, siblings, &at))
			i = -1;
	}
	return (at);
}

void
trail_resume(struct chain *chain)
{
	struct siblings siblings;
	int at;

	if (!search_list(chain, &siblings))
		return;
	at = begin_oldest(chain, &siblings);
	if (at == SEARCH_NOWHERE) {
		chain->known = 0;
		take_gap(chain, "the place where reading stopped is gone");
		remember_newest(chain, &siblings);
		at = search_before_log(&siblings);
	}
	if (at != SEARCH_FAILED)
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

	if (chain->count == 0 && chain->known > 0 && !chain->has_last) {
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
		    search_open(chain, &siblings, newest) :
		    chain->has_last ?
		    search_copy(chain, &siblings, &chain->last) :
		    SEARCH_NOWHERE;
	while (search_again(chain, &siblings, &at));
	/* It may also be what the log was before it was cut off, or a copy that
	   has replaced it. */
	if (at == SEARCH_NOWHERE || at > search_before_log(&siblings))
		at = search_before_log(&siblings);
	if (at != SEARCH_FAILED)
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
static bool
recover_newest(struct chain *chain, struct siblings *siblings)
{
	struct link *newest = chain_newest(chain);
	struct logfile *copy;
	struct position place;
	int at;

	logfile_mark(newest->file, &place);
	do
		at = place.offset > 0 ?
		    search_place(chain, siblings, &place, &copy) :
		    SEARCH_NOWHERE;
	while (search_again(chain, siblings, &at));
	if (at == SEARCH_FAILED)
		return (false);
	if (at != SEARCH_NOWHERE)
		replace_newest(chain, siblings, at, copy);
	else {
		take_gap(chain, "it was cut off and no copy is found");
		give_up(chain, chain->count - 1);
		at = search_before_log(siblings);
	}
	take_after(chain, siblings, at);
	return (true);
}

bool
trail_recover(struct chain *chain, int at)
{
	struct siblings siblings;
	bool done;

	if (at < chain->count - 1 || logfile_packed(chain->link[at].file) ||
	    chain->count == CHAIN_MAX) {
		take_gap(chain, "a rotated file is damaged");
		give_up(chain, at);
		return (true);
	}
	if (!search_list(chain, &siblings))
		return (false);
	done = recover_newest(chain, &siblings);
	siblings_free(&siblings);
	return (done);
}

bool
trail_verify(struct chain *chain, int at)
{
	struct link *link = &chain->link[at];
	struct siblings siblings;
	struct taking taking = { .siblings = &siblings, .again = true };
	int before, here;
	bool ok = true;

	if (at == 0 && !chain->has_last)
		return (true);
	if (!search_list(chain, &siblings))
		return (false);
	do {
		here = search_open(chain, &siblings, link);
		before = at > 0 ? search_open(chain, &siblings, link - 1) :
				  search_copy(chain, &siblings, &chain->last);
	} while (
	    here != SEARCH_FAILED && search_again(chain, &siblings, &before));
	if (here == SEARCH_FAILED || before == SEARCH_FAILED)
		ok = false;
	else if (before != SEARCH_NOWHERE && here > before + 1)
		ok = take_range(chain, &taking, before + 1, here, at);
	siblings_free(&siblings);
	return (ok);
}
