/*
 * The tags that were seen, each taken apart once: tags are few and lines are
 * many.  And a quick way to the tag of a line that begins as most do.
 */
#ifndef STATS_TAGS_H
#define STATS_TAGS_H

#include "lib/stats/head.h"

enum {
	TAG_WORDS = 5,   /* of a tag that is kept */
	PREFIX_MAX = 80, /* of stamp and host */
	TAGS_BITS = 10,
	SYSLOG_NAMES_MAX = 16
};

/* What is special about lines of a tag; other bits are the caller's. */
enum { WATCH_FOREIGN = 1, WATCH_UNASKED = 2 };

struct known_tag {
	char text[TAG_WORDS * 8 + 8]; /* and a "[" */
	uint32_t len;                 /* 0: none yet */
	uint16_t watch; /* 0: nothing; at first one of the two above */
	bool postfix;   /* whether it is Postfix's; then: */
	struct tag tag; /* borrows from `text` */
	/* for the caller: */
	struct known_tag *next;
	unsigned strange; /* 0 at first */
	int instance;     /* -1 at first */
	int transport;    /* -1 at first */
	uint64_t rules;   /* if `watch` says so */
};

struct tags {
	const char *syslog_names[SYSLOG_NAMES_MAX]; /* besides postfix */
	size_t syslog_name_count;
	uint32_t serial; /* of the last tag learnt */
	/* Stamp and host of the last line: the next one mostly begins with the
	   same. */
	char prefix[PREFIX_MAX];
	size_t varies;          /* from the third word up to here; 0: nothing */
	size_t host_at;         /* and the blank before it */
	size_t last_word;       /* of the prefix */
	size_t tag_at;          /* behind the prefix; 0: none yet */
	bool by_host;           /* whether to tell lines apart by their host */
	struct slice host;      /* of the last line that had no such prefix */
	struct known_tag spare; /* what is not kept */
	bool crowded;           /* something was not, for want of room */
	struct known_tag known[1 << TAGS_BITS];
};

/* Forget all tags, so that they are judged anew or there is room again. */
void tags_forget(struct tags *tags);

/* What is known of a tag.  Valid until tags_forget(), but if it is `spare` until
   the next call. */
struct known_tag *tags_learn(struct tags *tags, struct slice tag);

/*
 * The host of the lines that tags_quick() knows and of the line that was read
 * last, if lines are told apart by their host: then tags_quick() knows no line
 * of another one.  Empty: none yet.  Valid until the next call.
 */
struct slice tags_host(const struct tags *tags);

/* By the quick way (tags_quick.h). */
struct tagged {
	struct known_tag *known; /* NULL: the line does not begin as most do */
	const char *text;        /* or what of the line is not read yet */
};

/*
 * What is known of the tag of `line`, as head_parse() reads it, and the text
 * behind it.  Of the line `rest`, without line end, is what tags_quick() has
 * not read.  NULL if the line is malformed.
 */
struct known_tag *tags_read(struct tags *tags, struct slice line,
    struct slice rest, struct slice *text_r);

#endif
