/*
 * index.h - what a listing shows of a certificate, and the two plain forms
 *
 * index_describe turns a stored row into facts at a moment in time; the
 * machine-readable listing, the HTML pages, JSON and the mail commands are
 * renderings of these facts.
 *
 * Memory:  the arena.
 * Threads: pure.
 * Units:   seconds since 1970, 64 bits; 0: none.
 * Errors:  MALFORMED: the row is damaged. LIMIT.
 * Source:  spec hkp sections 2 and 4.
 */
#ifndef KEYPOST_LOOKUP_INDEX_H
#define KEYPOST_LOOKUP_INDEX_H

#include "pgp/cert.h"
#include "store/store.h"

enum index_sig_kind {
	INDEX_SIG_SELF,
	INDEX_SIG_CERTIFICATION,
	INDEX_SIG_REVOCATION,
	INDEX_SIG_BINDING,
	INDEX_SIG_DIRECT,
	INDEX_SIG_OTHER
};

/* Signatures of one part that are described: the key's own, and others. */
enum { INDEX_SIGS_MAX = 500 };

struct index_sig {
	enum index_sig_kind kind;
	const struct signature *sig;
	bool self;
	bool plausible;
	int64_t created;
	int64_t expires;
};

/* A user ID, user attribute or subkey, and the primary itself. */
struct index_part {
	const struct component *component;
	struct bytes text; /* user ID octets, as stored */
	bool valid;        /* a plausible self-signature holds it */
	bool revoked;
	bool expired;
	bool primary;    /* the primary user ID */
	int64_t created; /* newest valid self-signature; keys: the key's */
	int64_t expires;
	bool has_flags;
	uint8_t flags;                      /* key flags of the binding */
	const struct signature *revocation; /* why `revoked`; else NULL */
	struct fingerprint revoker; /* len 0: its owner (see revokers.h) */
	struct index_sig *sigs;             /* oldest first */
	size_t sig_count;
	size_t sigs_left; /* more than INDEX_SIGS_MAX: only counted */
};

struct index_cert {
	const struct cert *cert;
	const struct cert_row *row;
	bool revoked;
	bool expired;
	int64_t created;
	int64_t expires;
	struct index_part key;       /* the primary's own signatures */
	struct index_part *user_ids; /* primary first, newest first */
	size_t user_id_count;
	struct index_part *attributes;
	size_t attribute_count;
	struct index_part *subkeys;
	size_t subkey_count;
};

/* `signatures` false leaves sigs empty: an index needs none. */
MUST_CHECK enum status index_describe(struct arena *arena,
	const struct cert_row *row, int64_t now, bool signatures,
	struct index_cert *out, struct err *err);

/* The machine-readable listing (spec hkp section 4), info line included. */
MUST_CHECK enum status index_write_mr(
	struct buf *out, const struct index_cert *certs, size_t count);
/* Plain text for people: mail and the command line. */
MUST_CHECK enum status index_write_plain(struct buf *out,
	const struct index_cert *certs, size_t count, bool signatures);
/* Percent-escapes as section 4 says; cuts at 1024 octets first. */
MUST_CHECK enum status index_escape(struct buf *out, struct bytes user_id);

#endif
