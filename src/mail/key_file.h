/*
 * key_file.h - a key that we sign with, in a file of the data folder
 *
 * Its first line says of what kind it is, two hold the key, and what else
 * belongs to it may follow.
 *
 * Memory:  of the secret nothing is left but in `key`.
 * Threads: any; who reads and writes one file keep apart themselves.
 * Errors:  NOT_FOUND: there is no such file; MALFORMED: it is another one; IO.
 */
#ifndef KEYPOST_MAIL_KEY_FILE_H
#define KEYPOST_MAIL_KEY_FILE_H

#include "pgp/sign.h"

enum { KEY_FILE_MAX = 1024 /* octets */ };

struct key_file {
	const char *name;
	const char *kind; /* its first line */
	const char *what; /* "the key of ...", for people */
};

/* What follows goes to `rest`; NULL: nothing may. Untouched on failure. */
MUST_CHECK enum status key_file_read(const struct key_file *f,
	const char *folder, struct sign_key *key, char rest[KEY_FILE_MAX],
	struct err *err);
MUST_CHECK enum status key_file_write(const struct key_file *f,
	const char *folder, const struct sign_key *key, const char *rest,
	struct err *err);
/* MALFORMED, and err says it: for what follows. */
MUST_CHECK enum status key_file_refuse(
	const struct key_file *f, const char *folder, struct err *err);

#endif
