/*
 * A key of random bytes, in a file of its owner's alone.
 */
#ifndef UTIL_SECRET_KEY_H
#define UTIL_SECRET_KEY_H

enum { SECRET_KEY_SIZE = 32 };

struct secret_key {
	unsigned char bytes[SECRET_KEY_SIZE];
};

/* Read the key DIRECTORY/NAME.  Returns 1; 0 if there is none; -1 and *error_r.
   One that others than its owner can read is refused. */
int secret_key_load(const char *directory, const char *name,
    struct secret_key *key_r, const char **error_r);

/* The same, but make a key if there is none (mode 0600).  Returns 0, or -1 and
   *error_r. */
int secret_key_keep(const char *directory, const char *name,
    struct secret_key *key_r, const char **error_r);

/* A key that is in no file.  Returns 0, or -1 and *error_r. */
int secret_key_random(struct secret_key *key_r, const char **error_r);

#endif
