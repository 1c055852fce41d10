/*
 * user_id.h - the text of a user ID, its e-mail address, its search words
 *
 * Memory:  views into the input, or the arena.
 * Threads: pure.
 * Errors:  NOT_FOUND when there is no address; LIMIT for a full arena.
 * Source:  spec openpgp section 12, spec hkp section 2.
 */
#ifndef KEYPOST_PGP_USER_ID_H
#define KEYPOST_PGP_USER_ID_H

#include "base/arena.h"

enum { USER_ID_WORDS_MAX = 64, USER_ID_WORD_OCTETS = 64 };

/* Valid UTF-8 passes; else every octet is taken as Latin-1. */
MUST_CHECK enum status user_id_text(
	struct arena *arena, struct bytes user_id, struct bytes *utf8);
bool user_id_is_utf8(struct bytes b);
/* Lower-cased A-Z only: what the index and the query compare. */
MUST_CHECK enum status user_id_email(
	struct arena *arena, struct bytes user_id, struct bytes *email);
/*
 * The form in which two addresses are compared: the domain by its A-label,
 * where it has one. `email` is what user_id_email gave. The same of a domain.
 */
MUST_CHECK enum status user_id_email_key(
	struct arena *arena, struct bytes email, struct bytes *key);
MUST_CHECK enum status user_id_domain_key(
	struct arena *arena, struct bytes domain, struct bytes *key);
/* Does it hold two plausible addresses? Then it is found by neither. */
bool user_id_is_ambiguous(struct bytes text);
/*
 * Splits at every ASCII octet that is not alphanumeric, folds case (Unicode
 * simple folding), leaves out words of one character; unique, sorted, at most
 * USER_ID_WORDS_MAX of at most USER_ID_WORD_OCTETS octets each. One rule for
 * the index and for queries.
 */
MUST_CHECK enum status user_id_words(struct arena *arena, struct bytes text,
	struct bytes **words, size_t *count);

#endif
