/*
 * A body as WHM API 1 answers with it, taken apart.  Nothing of it is trusted:
 * it is bounded, and of another form it is refused with a reason of its own.
 */
#ifndef WHM_ANSWER_H
#define WHM_ANSWER_H

#include <jansson.h>

#include "whm/reason.h"

struct answer {
	json_t *all;     /* ours */
	json_t *records; /* of it: an array of objects */
};

/* Have jansson count what it takes.  Once, before anything else of it. */
void answer_begin(void);

/* Read `len` bytes.  REASON_NONE, and then it is to be ended by answer_end(); or
   what is wrong. */
enum reason answer_read(const char *bytes, size_t len, struct answer *answer_r,
    struct fault *fault);
void answer_end(struct answer *answer);

#endif
