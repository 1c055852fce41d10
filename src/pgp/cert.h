/*
 * cert.h - packets -> certificates -> canonical octets
 *
 * A certificate (transferable public key) has a primary key, components
 * (user IDs, user attributes, subkeys) and signatures; each is a packet.
 *
 * Memory:  everything lives in the arena; packet bodies are views into the
 *          input or the arena.
 * Threads: pure.
 * Units:   octets.
 * Errors:  as said at each function; a fault in one certificate never drops
 *          another one of the same input.
 * Source:  RFC 9580 section 10.1; spec openpgp sections 2, 5, 6.
 */
#ifndef KEYPOST_PGP_CERT_H
#define KEYPOST_PGP_CERT_H

#include "pgp/packet.h"
#include "pgp/public_key.h"
#include "pgp/signature.h"

struct signature {
	struct packet packet;
	struct digest digest; /* packet id */
	bool malformed;
	struct signature_info info; /* zero when malformed */
};

struct component {
	struct packet packet;
	struct digest digest; /* packet id */
	struct signature *sigs;
	size_t sig_count;
	struct public_key key; /* primary and subkeys only */
};

struct cert {
	struct cert_id id;
	struct component primary;
	struct component *user_ids;
	size_t user_id_count;
	struct component *attributes;
	size_t attribute_count;
	struct component *subkeys;
	size_t subkey_count;
	size_t packet_count; /* all of them, primary included */
	size_t octets;       /* of the canonical form, headers included */
	/*
	 * False after cert_read_stored: then every `digest` and `sks_digest`
	 * in here is zero until cert_digest fills them; and of what was read
	 * without packet ids, which has its `sks_digest` alone.
	 */
	bool digested;
	struct sks_digest sks_digest;
};

/* What was not kept while reading, and why. */
struct cert_note {
	enum verdict verdict;
	size_t cert;   /* index in list, or SIZE_MAX: before or between */
	size_t offset; /* in the input */
	uint8_t tag;   /* 0: no packet */
	struct bytes body; /* of the packet, if it could be read */
};

struct cert_list {
	struct cert **list; /* canonical: sorted, folded, digested */
	size_t count, cap;
	struct packet *standalone; /* 0x20 signatures before any key */
	size_t standalone_count, standalone_cap;
	/* At most 64, of packets that a certificate lost at most 32, or as
	 * many as max_notes says; more are counted only. */
	struct cert_note *notes;
	size_t max_notes; /* 0, or set before the first call */
	size_t note_count, note_cap;
	size_t notes_dropped;
	size_t refused; /* keys that were unusable, or secret and skipped */
	size_t packets; /* seen so far, of any kind */
};

enum {
	CERT_NOTES_MAX = 64,
	/*
	 * Packets of one certificate, lowest rank dropped as over max_total:
	 * of tiny ones the octets alone would allow millions, more than the
	 * work on one submission may hold, and nothing could be added then,
	 * not even a revocation.
	 */
	CERT_PACKETS_MAX = 100000
};

enum cert_secret {
	CERT_SECRET_REFUSES, /* submissions: REJECTED for all of it */
	CERT_SECRET_SKIPS    /* bulk load: that key block is dropped */
};

struct cert_limits {
	size_t max_certs;   /* L7; more are noted, not read */
	size_t max_packets; /* L8; over it: LIMIT for all of it */
	size_t max_user_id; /* L9, octets of one packet's body */
	size_t max_attribute;
	size_t max_signature;
	size_t max_key;
	size_t max_total; /* L12: of one certificate, with what its packets
			     and keys take beside; lowest rank dropped */
	enum cert_secret secret;
	bool no_packet_ids; /* hashing them is a quarter of reading */
	/* How many are kept at levels clean and strict, by rank (L12): */
	size_t max_user_ids;
	size_t max_attributes;
	size_t max_subkeys;
	size_t max_self_sigs;   /* below one component; revocations beside */
	size_t max_third_party; /* below one component */
};

/* The defaults of spec openpgp 8.1 for level sks. */
extern const struct cert_limits cert_limits_default;

/*
 * Reads one decoded block (or a keyring), in any order and framing. Equal
 * certificates in it are one. OK with an empty list when there was no usable
 * key; REJECTED for secret material; LIMIT over max_packets or a full arena.
 * `list` is added to: call it once for each armor block. What two calls find
 * of one certificate stays two, for merge_certs to unite.
 */
MUST_CHECK enum status cert_read(struct arena *arena, struct bytes octets,
	const struct cert_limits *limits, struct cert_list *list,
	struct err *err);

/*
 * Reads one certificate that cert_write wrote: trusts order and folding,
 * checks bounds, and hashes nothing but the keys (see `digested`). MALFORMED
 * means that the store is damaged.
 */
MUST_CHECK enum status cert_read_stored(struct arena *arena,
	struct bytes octets, struct cert **cert, struct err *err);

/* Fills the packet ids and the SKS digest, if they are not there yet. */
MUST_CHECK enum status cert_digest(struct arena *arena, struct cert *cert);

/* Appends the canonical octets: what the store keeps and a look-up copies. */
MUST_CHECK enum status cert_write(const struct cert *cert, struct buf *out);

/* Calls visit for each packet in canonical order with its placed digest. */
typedef enum status cert_visit(void *ctx, const struct packet *p,
	const struct component *under, const struct digest *placed);
MUST_CHECK enum status cert_walk(
	const struct cert *cert, cert_visit *visit, void *ctx);

/*
 * The placed digests of all packets, sorted, 32 octets each: the packet id,
 * for a signature SHA-256(component's packet id || its own).
 */
MUST_CHECK enum status cert_placed_digests(
	struct arena *arena, const struct cert *cert, struct bytes *sorted);

/* Bits for cert rows (architecture section 10, `flags`). */
enum cert_flag {
	CERT_HAS_V5_V6 = 1 << 0,  /* a version 5 or 6 primary or subkey */
	CERT_NOT_SKS = 1 << 1,    /* what SKS cannot hold */
	CERT_UNVERIFIED = 1 << 2, /* an algorithm we cannot verify */
	CERT_UNKNOWN_ALGORITHM = 1 << 3,
	/* Signatures that are kept and not served: local or malformed ones. */
	CERT_HAS_UNSERVED = 1 << 4
};
uint32_t cert_flags(const struct cert *cert);

#endif
