/*
 * signature.h - signature packets: type, issuer, times, algorithms
 *
 * Memory:  views borrow the packet's body.
 * Threads: pure.
 * Errors:  MALFORMED: kept at level sks, never shown.
 * Source:  RFC 9580 section 5.2; spec openpgp section 4.
 */
#ifndef KEYPOST_PGP_SIGNATURE_H
#define KEYPOST_PGP_SIGNATURE_H

#include "pgp/fingerprint.h"
#include "pgp/packet.h"
#include "pgp/verdict.h"

enum signature_type {
	SIG_BINARY = 0x00,
	SIG_TEXT = 0x01,
	SIG_GENERIC_CERT = 0x10,
	SIG_PERSONA_CERT = 0x11,
	SIG_CASUAL_CERT = 0x12,
	SIG_POSITIVE_CERT = 0x13,
	SIG_APPROVAL = 0x16,
	SIG_SUBKEY_BINDING = 0x18,
	SIG_PRIMARY_BINDING = 0x19,
	SIG_DIRECT_KEY = 0x1F,
	SIG_KEY_REVOCATION = 0x20,
	SIG_SUBKEY_REVOCATION = 0x28,
	SIG_CERT_REVOCATION = 0x30
};

/* Why something is revoked, where a program has to know. */
enum revocation_reason { REASON_NONE = 0, REASON_COMPROMISED = 2 };

/* What a look at the octets tells; times are seconds since 1970. */
struct signature_info {
	uint8_t version;
	uint8_t type;
	uint8_t pk_algorithm;
	uint8_t hash_algorithm;
	uint8_t left[2];
	bool has_issuer;   /* a key ID is known */
	bool many_issuers; /* more than one of a kind: see verify_is_self */
	bool has_issuer_fpr;
	bool exportable; /* false only if it says so */
	bool primary_user_id;
	bool has_key_expiry;
	bool has_flags;
	bool has_reason;
	uint8_t flags;  /* first octet of key flags */
	uint8_t reason; /* of a revocation */
	uint32_t created;
	uint32_t expires_after;     /* seconds after created; 0: never */
	uint32_t key_expires_after; /* seconds after the key's creation; 0:
				       never */
	uint64_t issuer;
	struct fingerprint issuer_fpr;
	struct bytes reason_text;
	struct bytes embedded; /* body of an embedded signature, or empty */
	struct bytes salt;     /* v6 */
	struct bytes
		hashed_part; /* octets from version to the hashed area's end */
	struct bytes hashed; /* the areas, for subpacket_next */
	struct bytes unhashed;
	struct bytes material;
};

MUST_CHECK enum status signature_parse(
	struct bytes body, struct signature_info *info, struct err *err);

/* L11: its notations are short, and what it embeds embeds nothing. One that
 * is not in these limits is well-formed, and no level but sks keeps it. */
bool signature_in_limits(const struct signature_info *info);

/* The salt's octets that a v6 signature needs, or -1: unknown hash. */
int signature_salt_len(uint8_t hash_algorithm);

#endif
