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
search_again(struct chain *chain, struct siblings *siblings)
{
	struct siblings fresh;
	bool same;

	if (!search_list(chain, &fresh))
		return (false);
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

static struct logfile *
open_at(const struct sibling *sibling, const struct position *place)
{
	struct logfile *file = logfile_open(sibling->path, sibling->packing);

	if (file == NULL || logfile_resume(file, place))
		return (file);
	logfile_close(file);
	return (NULL);
}

int
search_place(const struct siblings *siblings, const struct position *place,
    struct logfile **file_r)
{
	for (int pass = 0; pass < 3; pass++)
		for (int i = siblings->count - 1; i >= 0; i--) {
			const struct sibling *sibling = &siblings->list[i];
			bool same = sibling->device == place->device &&
			    sibling->inode == place->inode;
			int rank = same                    ? 0 :
			    sibling->name == SIBLING_OTHER ? 2 :
							     1;

			if (rank != pass)
				continue;
			*file_r = open_at(sibling, place);
			if (*file_r != NULL)
				return (i);
		}
	return (-1);
}

int
search_copy(
    const struct siblings *siblings, const struct position *place, int none)
{
	struct logfile *file;
	int at;

	if (search_origin(place))
		return (-1);
	at = search_place(siblings, place, &file);
	if (at == -1)
		return (none);
	logfile_close(file);
	return (at);
}

int
search_open(const struct siblings *siblings, const struct link *link, int none)
{
	struct position place;

	for (int i = siblings->count - 1; i >= 0; i--)
		if (logfile_is(link->file, siblings->list[i].device,
			siblings->list[i].inode))
			return (i);
	logfile_mark(link->file, &place);
	return (place.offset > 0 ? search_copy(siblings, &place, none) : none);
}
