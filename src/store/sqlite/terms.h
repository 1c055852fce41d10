/*
 * terms.h - what the search tables hold of one certificate
 *
 * A key is found by its handle. For version 4 that is the fingerprint with
 * its octets reversed, so that the 64-bit key ID and the 32-bit one, its last
 * octets, are prefixes of it: one B-tree answers all three. Versions 5 and 6
 * keep their fingerprint as it is and are not found by key ID. Versions 2 and
 * 3, whose key ID is no part of the fingerprint, have two handles: the MD5
 * fingerprint and the reversed key ID.
 *
 * A user ID is found by terms: e-mail address, domain, word. The index holds a
 * token of each, a letter and 16 hexadecimal digits of a hash: so no text of a
 * stranger's becomes search syntax. Hashes may collide; the check below makes
 * that harmless.
 *
 * Both are kept packed in the certificate's row too, sorted, each entry
 *
 *     u8 kind, u8 role, u8 length, octets
 *
 * so that they can be taken out again when the row changes, and a hit can be
 * checked against what the certificate claims.
 *
 * Memory:  the arena.
 * Threads: pure.
 * Errors:  LIMIT for a full arena; MALFORMED for what is not packed so.
 */
#ifndef KEYPOST_STORE_SQLITE_TERMS_H
#define KEYPOST_STORE_SQLITE_TERMS_H

#include "store/store.h"

enum term_kind {
	TERM_DOMAIN = 'd',
	TERM_EMAIL = 'e',
	TERM_HANDLE = 'k',
	TERM_WORD = 'w'
};

enum term_role {
	ROLE_PRIMARY = 1 << 0,
	ROLE_BOUND = 1 << 1,
	ROLE_MODERN = 1 << 2 /* of a version 5 or 6 certificate */
};

enum {
	HANDLE_MAX = 32,
	HANDLE_KEY_ID = 8, /* octets of a key ID */
	TERM_MAX = 255,    /* kind included */
	TOKEN_SIZE = 18,   /* letter, 16 digits, NUL */
	/*
	 * Words of one certificate; more are not found. Ten thousand user IDs
	 * would otherwise hold the writer for seconds.
	 */
	TERM_WORDS_MAX = 4096
};

struct handle {
	uint8_t octets[HANDLE_MAX];
	size_t len;
};

struct term {
	uint8_t kind;
	uint8_t role;        /* of a handle, else 0 */
	struct bytes octets; /* as in its table: with the kind, but no handle */
};

/* The handle of this fingerprint. */
void handle_of(const struct fingerprint *fpr, struct handle *h);
/* Of a key ID by its lowest `len` octets (8 or 4): a prefix for version 4. */
void handle_of_key_id(uint64_t key_id, size_t len, struct handle *h);
/* What a query for a fingerprint or a 64-bit key ID asks for; false: neither.
 */
bool handle_of_query(const struct store_query *q, struct handle *h);

/* Packs all handles and terms of a certificate; its primary is added. */
MUST_CHECK enum status terms_pack(struct arena *arena,
	const struct cert_row *row, const struct cert_search *search,
	struct bytes *packed);
/* The entry at *pos, and moves on; NOT_FOUND at the end. */
MUST_CHECK enum status terms_next(
	struct bytes packed, size_t *pos, struct term *out);
/*
 * Does it hold this one? A prefix (of a handle) also counts when `prefix`.
 * `role` gets the roles of all that match.
 */
bool terms_have(struct bytes packed, const struct term *want, bool prefix,
	uint8_t *role);
/* The tokens of all its terms, a blank between, and a NUL; "" for none. */
MUST_CHECK enum status terms_text(
	struct arena *arena, struct bytes packed, const char **text);
/* The token of one term, and a NUL. */
void terms_token(const struct term *t, char out[TOKEN_SIZE]);
/* By kind, then octets; as they are sorted. */
int terms_cmp(const struct term *a, const struct term *b);

#endif
