/*
 * The tags that were seen, each taken apart once: tags are few and lines are
 * many.  And a quick way to the tag of a line that begins as most do.
 */
#ifndef STATS_TAGS_H
#define STATS_TAGS_H

#include "lib/stats/head.h"

enum {
	TAG_WORDS =
	    4, /* shorter ones than a word, and longer ones, are not kept */
	HOST_WORDS = 4, /* the same of hosts */
	TAGS_BITS = 10,
	SYSLOG_NAMES_MAX = 16
};

struct known_tag {
	uint64_t words[TAG_WORDS];
	size_t len;     /* 0: none yet */
	bool postfix;   /* whether it is Postfix's; then: */
	struct tag tag; /* borrows from `text` */
	int instance;   /* for the caller; -1 at first */
	char text[TAG_WORDS * 8];
};

struct tags {
	const char *syslog_names[SYSLOG_NAMES_MAX]; /* besides postfix */
	size_t syslog_name_count;
	uint32_t serial; /* of the last tag learnt */
	/* what the last line began with: the next mostly does too */
	uint64_t stamp[2];
	size_t stamp_len; /* 0: none yet */
	size_t host_len;  /* with the blank behind it; 0: none yet */
	uint64_t host[HOST_WORDS], host_mask[HOST_WORDS];
	struct known_tag spare; /* what is not kept */
	struct known_tag known[1 << TAGS_BITS];
};

/* Forget all tags, so that they are judged anew. */
void tags_forget(struct tags *tags);

/* What is known of a tag; valid until the next call. */
struct known_tag *tags_learn(struct tags *tags, struct slice tag);

/*
 * What is known of the tag of `line`, as head_parse() reads it, and the text
 * behind it.  Bytes up to `limit`, which is not before the line's end, may be
 * looked at.  NULL if the line is malformed.
 */
struct known_tag *tags_read(struct tags *tags, struct slice line,
    const char *limit, struct slice *text_r);

#endif
