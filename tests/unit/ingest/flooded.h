/*
 * flooded.h - a certificate that costs as many verifications as one asks for
 */
#ifndef KEYPOST_UNIT_INGEST_FLOODED_H
#define KEYPOST_UNIT_INGEST_FLOODED_H

#include "base/bytes.h"

enum { FLOODED_BORN = 1000000000 };

/* Its owner's signature and n that look like it. */
void make_flooded(uint64_t seed, uint32_t n, struct buf *out);

#endif
