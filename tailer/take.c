/*
 * Opening rotated files, each once.
 */
#include <errno.h>
#include <string.h>

#include "lib/util/log.h"
#include "tailer/take.h"

void
take_gap(struct chain *chain, const char *why)
{
	source_gap(&chain->source);
	log_warnx("log %s: %s; lines may be missing", chain->source.name, why);
}

static bool
same_head(const char *head, ssize_t len, const char *other, ssize_t other_len)
{
	ssize_t common = len < other_len ? len : other_len;

	return (common > 0 && memcmp(head, other, (size_t)common) == 0);
}

/* The first bytes of the log itself: how many, 0 without one, or -1 with
   errno. */
static ssize_t
head_of_log(const struct siblings *siblings, char head_r[POSITION_HEAD])
{
	const struct sibling *newest = &siblings->list[siblings->count - 1];
	struct logfile *log;
	ssize_t len;
	int error;

	if (newest->name != SIBLING_LOG)
		return (0);
	log = logfile_open(newest->path, newest->packing);
	if (log == NULL)
		return (-1);
	len = logfile_head(log, head_r);
	error = errno;
	logfile_close(log);
	errno = error;
	return (len);
}

/*
 * Whether a rotated file is to be left out: it is empty, or a copy of one that
 * is read anyway.  While a log is copied, to be cut off then, both are there.
 * Returns 1, 0, or -1 with errno.
 */
static int
is_double(
    struct chain *chain, struct taking *taking, const struct logfile *file)
{
	char head[POSITION_HEAD], other[POSITION_HEAD];
	ssize_t len = logfile_head(file, head), other_len;
	bool twice;

	if (len < 0)
		/* What is damaged shows when it is read. */
		return (errno == EBADMSG ? 0 : -1);
	if (len == 0)
		return (1);
	other_len = head_of_log(taking->siblings, other);
	if (other_len < 0)
		return (-1);
	twice = same_head(head, len, other, other_len) ||
	    same_head(head, len, taking->head, (ssize_t)taking->head_len) ||
	    chain_begins(chain, (struct slice){ head, (size_t)len });
	memcpy(taking->head, head, (size_t)len);
	taking->head_len = (size_t)len;
	return (twice);
}

int
take_place(const struct chain *chain, struct logfile *file)
{
	for (int pass = 0; pass < 2; pass++)
		for (int i = 0; i < chain->known; i++) {
			int found = 0;

			if ((chain->places[i].offset > 0) == (pass == 0))
				found = logfile_resume(file, &chain->places[i]);
			if (found != 0)
				return (found == 1 ? i : TAKE_FAILED);
		}
	return (TAKE_NONE);
}

/* Whether a file is one of the places known; it stands there then.  Returns
   1, 0, or -1 with errno. */
static int
is_known(
    struct chain *chain, const struct sibling *sibling, struct logfile *file)
{
	int at = take_place(chain, file), found = 0;
	struct position place;

	if (at == TAKE_FAILED)
		return (-1);
	if (at != TAKE_NONE) {
		chain_forget(chain, at, 1);
		return (1);
	}
	/* A log that was replaced by a copy of itself, or by the file that was
	   the log before. */
	if (sibling->name == SIBLING_LOG && chain->count > 0) {
		logfile_mark(chain_newest(chain)->file, &place);
		if (place.offset > 0)
			found = logfile_resume(file, &place);
		if (found == 0 && chain->last.offset > 0)
			found = logfile_resume(file, &chain->last);
	}
	if (found == 0)
		(void)logfile_seek(file, 0);
	return (found);
}

/* A file could not be opened.  Returns whether to go on with the next. */
static bool
pass_over(struct chain *chain, const struct taking *taking,
    const struct sibling *sibling, int error)
{
	switch (error) {
	case ENOTSUP:
		if (!taking->again)
			take_gap(chain,
			    "a rotated file is packed in an unknown way");
		return (true);
	case ENOENT: /* renamed or removed meanwhile */
		chain->more = true;
		return (false);
	default:
		chain_fault(chain, error, sibling->path);
		return (false);
	}
}

/* The same for an open file, which is closed. */
static bool
close_and_pass_over(struct chain *chain, const struct taking *taking,
    const struct sibling *sibling, struct logfile *file)
{
	int error = errno;

	logfile_close(file);
	return (pass_over(chain, taking, sibling, error));
}

/* Open one file of the list and put it into the chain at *at.  Returns
   whether to go on with the next. */
static bool
take_one(struct chain *chain, struct taking *taking, int i, int *at)
{
	const struct sibling *sibling = &taking->siblings->list[i];
	struct logfile *file;
	int twice, known;

	if (sibling->name == SIBLING_OTHER ||
	    chain_has(chain, sibling->device, sibling->inode))
		return (true);
	if (chain->count == CHAIN_MAX) {
		chain->more = true;
		return (false);
	}
	file = logfile_open(sibling->path, sibling->packing);
	if (file == NULL)
		return (pass_over(chain, taking, sibling, errno));
	if (!logfile_is(file, sibling->device, sibling->inode)) {
		errno = ENOENT;
		return (close_and_pass_over(chain, taking, sibling, file));
	}
	twice = sibling->name != SIBLING_LOG ? is_double(chain, taking, file) :
					       0;
	if (twice == 1) {
		logfile_close(file);
		return (true);
	}
	known = twice == 0 ? is_known(chain, sibling, file) : -1;
	if (known == -1)
		return (close_and_pass_over(chain, taking, sibling, file));
	if (known == 0 &&
	    (chain->count > 0 ? !chain_newest(chain)->cut : chain->has_last))
		counters_add(
		    chain->source.counters, METRIC_TAILER_ROTATIONS, 1);
	(void)chain_insert(chain, (*at)++, file);
	return (true);
}

bool
take_range(struct chain *chain, struct taking *taking, int from, int to, int at)
{
	chain->more = false;
	for (int i = from; i < to; i++)
		if (!take_one(chain, taking, i, &at))
			return (false);
	/* Only the log itself is copied and cut off. */
	for (int i = 0; i < chain->count - 1; i++)
		chain->link[i].verified = true;
	if (to == taking->siblings->count) {
		chain_fault(chain, 0, chain->source.name);
		chain->known = 0;
	}
	return (true);
}

void
take_after(struct chain *chain, const struct siblings *siblings, int at)
{
	struct taking taking = { .siblings = siblings };

	(void)take_range(chain, &taking, at + 1, siblings->count, chain->count);
}
