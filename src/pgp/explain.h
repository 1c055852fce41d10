/*
 * explain.h - every packet of an input, and what a level makes of it
 *
 * For people who ask why: this reads one decoded block, or a stored
 * certificate, as submissions are read, applies a level, and tells of each
 * packet in the order of the input which rule it met. Nothing is merged with
 * what is stored.
 *
 * Memory:  the arena; packets are copies in one framing.
 * Threads: pure.
 * Errors:  REJECTED: secret material, of which nothing is told. LIMIT: the
 *          arena is full. What cannot be read is told, no error.
 * Source:  spec openpgp sections 1, 2 and 8.
 */
#ifndef KEYPOST_PGP_EXPLAIN_H
#define KEYPOST_PGP_EXPLAIN_H

#include "pgp/level.h"

#define EXPLAIN_NONE SIZE_MAX

/* One packet as it came. Others are named by their index in the list. */
struct explained {
	struct packet packet; /* tag 0: what follows is no packet */
	enum verdict verdict;
	size_t cert;  /* EXPLAIN_NONE: belongs to none */
	size_t under; /* the component it stands below; none: is one */
	size_t home;  /* where it belongs, if elsewhere */
	size_t into;  /* folded: the packet that stays */
	const char *limit;
	size_t limit_max;
	bool is_key; /* and `key` holds it */
	bool is_sig; /* and `sig` holds it; false when malformed */
	bool self;   /* in the key's name */
	bool weak;   /* the key's own, over MD5 or SHA-1 */
	struct public_key key;
	struct signature_info sig;
};

struct explained_cert {
	const struct cert *cert; /* as it came */
	const struct cert *kept; /* NULL: refused, and why: */
	enum verdict refused;
};

struct explanation {
	struct explained *list;
	size_t count;
	struct explained_cert *certs;
	size_t cert_count;
};

/* `rules->explain` is implied. */
MUST_CHECK enum status explain_block(struct arena *arena, struct bytes octets,
	const struct level_rules *rules, struct explanation *out,
	struct err *err);

/* "signature", "user ID", ...; NULL: a tag that is no part of a certificate. */
const char *explain_kind(uint8_t tag);
/* "certification", "binding of a subkey", ...; NULL: a type we do not know. */
const char *explain_type(uint8_t type);
/* "SHA-256", ...; NULL: a hash we do not know. */
const char *explain_hash(uint8_t hash);

#endif
