/*
 * pack.h - what of the writing of a row needs no database
 *
 * There is one thread that writes. Whatever else a row costs is done before, by
 * those who make rows.
 *
 * Memory:  the arena, until the row is put.
 * Threads: any.
 * Errors:  LIMIT: too much to be found by, or the arena is full.
 */
#ifndef KEYPOST_STORE_PACK_H
#define KEYPOST_STORE_PACK_H

#include "store/store.h"

/*
 * For store_put_cert, which else does it itself. Neither the row's octets nor
 * what it is found by may change afterwards.
 */
MUST_CHECK enum status store_pack_cert(struct store_session *s,
	struct arena *arena, const struct cert_row *row,
	struct cert_search *search, struct err *err);

#endif
