/*
 * present.h - what of a row is given to whoever asks
 *
 * At level sks a row keeps every packet, so that its digest is SKS's. Local
 * (non-exportable) signatures and malformed ones are kept and not served: the
 * first are nobody else's business, the others make clients refuse the whole
 * certificate. A flag of the row says whether there are any: most rows are
 * served as they are, unparsed.
 *
 * Memory:  the row's own octets, or the arena.
 * Threads: pure.
 * Errors:  LIMIT; IO: the row is damaged.
 * Source:  spec hkp section 3.1, spec openpgp section 8.
 */
#ifndef KEYPOST_LOOKUP_PRESENT_H
#define KEYPOST_LOOKUP_PRESENT_H

#include "store/store.h"

/* `redact`: of a hard-revoked certificate only what redact.h says. */
MUST_CHECK enum status present_octets(struct arena *arena,
	const struct cert_row *row, bool redact, struct bytes *out,
	struct err *err);

#endif
