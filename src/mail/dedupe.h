/*
 * dedupe.h - letters that came twice: same Message-ID and same material
 *
 * Only saves work: merging twice is harmless. A Message-ID alone says nothing
 * (somebody could burn another's), so what is kept is a digest of both.
 *
 * Memory:  1 MiB; forgotten at restart.
 * Threads: one thread at a time.
 * Source:  spec pks-mail section 8.5.
 */
#ifndef KEYPOST_MAIL_DEDUPE_H
#define KEYPOST_MAIL_DEDUPE_H

#include "mail/incoming.h"
#include "pgp/crypto.h"

enum { DEDUPE_ENTRIES = 65536 };

struct dedupe;

struct dedupe *dedupe_new(void);
void dedupe_free(struct dedupe *d);
/* False when the letter has no Message-ID: it cannot be recognised. */
bool dedupe_digest(const struct incoming *in, struct digest *out);
bool dedupe_has(const struct dedupe *d, const struct digest *letter);
void dedupe_add(struct dedupe *d, const struct digest *letter);

#endif
