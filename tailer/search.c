/*
 * Looking for a place among rotated files.
 */
#include <errno.h>

#include "tailer/search.h"

const struct position search_first = { .done = true };

bool
search_origin(const struct position *place)
{
	return (place->done && place->inode == 0 && place->offset == 0);
}

bool
search_list(struct chain *chain, struct siblings *siblings_r)
{
	if (siblings_list(chain->source.name, siblings_r) == 0)
		return (true);
	if (errno != ENOENT)
		chain_fault(chain, errno, chain->source.name);
	return (false);
}

bool
search_again(struct chain *chain, struct siblings *siblings, int *at)
{
	struct siblings fresh;
	bool same;

	if (*at != SEARCH_NOWHERE)
		return (false);
	if (!search_list(chain, &fresh)) {
		*at = SEARCH_FAILED;
		return (false);
	}
	same = siblings_same(siblings, &fresh);
	siblings_free(siblings);
	*siblings = fresh;
	return (!same);
}

int
search_before_log(const struct siblings *siblings)
{
	int last = siblings->count - 1;

	return (last >= 0 && siblings->list[last].name == SIBLING_LOG ?
		last - 1 :
		last);
}

/* Open a file at `place`.  Returns 1, 0 if it is another, or -1 with errno. */
static int
open_at(const struct sibling *sibling, const struct position *place,
    struct logfile **file_r)
{
	struct logfile *file = logfile_open(sibling->path, sibling->packing);
	int found, error;

	/* If it was renamed the next list will tell. */
	if (file == NULL)
		return (errno == ENOENT || errno == ENOTSUP ? 0 : -1);
	found = logfile_resume(file, place);
	if (found == 1)
		*file_r = file;
	else {
		error = errno;
		logfile_close(file);
		errno = error;
	}
	return (found);
}

enum { OWN, ROTATED, OTHER, RANKS };

static int
rank(const struct sibling *sibling, const struct position *place)
{
	if (sibling->device == place->device && sibling->inode == place->inode)
		return (OWN);
	return (sibling->name == SIBLING_OTHER ? OTHER : ROTATED);
}

int
search_place(struct chain *chain, const struct siblings *siblings,
    const struct position *place, struct logfile **file_r)
{
	for (int pass = OWN; pass < RANKS; pass++) {
		const struct sibling *closed = NULL;
		int error = 0;

		for (int i = siblings->count - 1; i >= 0; i--) {
			const struct sibling *sibling = &siblings->list[i];
			int found;

			if (rank(sibling, place) != pass)
				continue;
			found = open_at(sibling, place, file_r);
			if (found == 1)
				return (i);
			/* A file that is no log may be closed to us for good.
			 */
			if (found == -1 && (pass != OTHER || errno != EACCES)) {
				closed = sibling;
				error = errno;
			}
		}
		if (closed != NULL) {
			chain_fault(chain, error, closed->path);
			return (SEARCH_FAILED);
		}
	}
	return (SEARCH_NOWHERE);
}

int
search_copy(struct chain *chain, const struct siblings *siblings,
    const struct position *place)
{
	struct logfile *file;
	int at;

	if (search_origin(place))
		return (SEARCH_ORIGIN);
	at = search_place(chain, siblings, place, &file);
	if (at >= 0)
		logfile_close(file);
	return (at);
}

int
search_open(struct chain *chain, const struct siblings *siblings,
    const struct link *link)
{
	struct position place;

	for (int i = siblings->count - 1; i >= 0; i--)
		if (logfile_is(link->file, siblings->list[i].device,
			siblings->list[i].inode))
			return (i);
	logfile_mark(link->file, &place);
	return (place.offset > 0 ? search_copy(chain, siblings, &place) :
				   SEARCH_NOWHERE);
}
