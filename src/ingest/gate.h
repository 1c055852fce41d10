/*
 * gate.h - the one way of a row into the store
 *
 * Whoever writes a certificate's row calls gate_put_cert, whatever the
 * material came from: so what is taken down stays so. A row is made on some
 * thread by what the tombstones said then; if they have changed since, it is
 * to be made again.
 *
 * Threads: the writer's.
 * Errors:  BUSY: made under older tombstones, nothing was written; REJECTED: it
 *          may not be stored; else as store_put_cert.
 * Source:  spec openpgp section 10.
 */
#ifndef KEYPOST_INGEST_GATE_H
#define KEYPOST_INGEST_GATE_H

#include "ingest/tombstone.h"
#include "store/store.h"

/* Still the tombstones of when the row was made? */
bool gate_is_current(const struct tombstones *t, uint64_t generation);
/* `generation`: of the tombstones, read before the row was made. */
MUST_CHECK enum status gate_put_cert(struct store_session *w,
	const struct tombstones *t, uint64_t generation,
	const struct cert_row *row, const struct cert_search *search,
	struct err *err);

#endif
