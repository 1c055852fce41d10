/*
 * tombstone.h - what an administrator does not want stored, and why
 *
 * A tombstone says it of a key, of user IDs, of a signature or of a packet. It
 * holds no name of it but an HMAC under the server's secret: who only has the
 * file learns nothing. The table is the file `tombstones` in the data folder
 * (tombstone_file.h), in memory while running: a sorted array, replaced whole
 * when an administrator changes it, with a new generation. What was judged
 * under an older one is judged again (gate.h).
 *
 * Every function but the first takes NULL for a table without tombstones.
 *
 * Memory:  the table owns its entries; what tombstones_each shows is borrowed.
 * Threads: any; one changes it at a time.
 * Source:  spec openpgp section 10.
 */
#ifndef KEYPOST_INGEST_TOMBSTONE_H
#define KEYPOST_INGEST_TOMBSTONE_H

#include "base/arena.h"
#include "pgp/fingerprint.h"

struct tombstones;

enum tombstone_kind {
	TOMBSTONE_BLOCK,   /* a key: nothing but its own revocation */
	TOMBSTONE_ERASE,   /* a key: nothing at all */
	TOMBSTONE_UID,     /* user IDs with this e-mail address */
	TOMBSTONE_UIDHASH, /* this user ID */
	TOMBSTONE_SIG,     /* a signature, whatever its unhashed area */
	TOMBSTONE_PKT,     /* a packet */
	TOMBSTONE_KINDS
};

enum {
	TOMBSTONES_MAX = 4000000,
	TOMBSTONE_REASON_MAX = 500, /* octets */
	TOMBSTONE_TICKET_MAX = 100,
	TOMBSTONE_BY_MAX = 100
};

struct tombstone {
	struct digest id;
	enum tombstone_kind kind;
	int64_t created; /* seconds since 1970 */
	const char *reason;
	const char *ticket;
	const char *by;
	uint32_t order; /* the table's: of equal ids the last one counts */
};

const char *tombstone_word(enum tombstone_kind k);
/* NOT_FOUND for another word. */
MUST_CHECK enum status tombstone_parse_kind(
	struct bytes word, enum tombstone_kind *kind);

/*
 * The tombstones of this data folder; none, if there is no such file. IO or
 * MALFORMED with the file and line that cannot be read: whoever cannot tell
 * what is blocked must not start.
 */
MUST_CHECK enum status tombstones_open(
	const char *folder, struct tombstones **t, struct err *err);
void tombstones_free(struct tombstones *t);

size_t tombstones_count(const struct tombstones *t);
/* Are there some of these kinds? */
bool tombstones_have_keys(const struct tombstones *t);
bool tombstones_have_parts(const struct tombstones *t);
/* Another number after each change; 0 of an empty table at start. */
uint64_t tombstones_generation(const struct tombstones *t);
/* A digest of what is in it, whatever the order: equal tables have it equal.
 * All zeros when empty. */
struct digest tombstones_mark(const struct tombstones *t);

/* What they are known by. A version's class follows from the length: a 3 for
 * 16 octets, 4 for 20, 6 for 32. */
struct digest tombstone_key_id(
	const struct tombstones *t, struct bytes fingerprint);
/* Of an address as user_id_email_key gives it. */
struct digest tombstone_email_id(
	const struct tombstones *t, struct bytes email_key);
/* Of a user ID's body. */
struct digest tombstone_user_id_id(
	const struct tombstones *t, struct bytes user_id);
/* Of a signature hash, of a packet id. */
struct digest tombstone_sig_id(
	const struct tombstones *t, const struct digest *hash);
struct digest tombstone_packet_id(
	const struct tombstones *t, const struct digest *id);

bool tombstones_find(const struct tombstones *t, const struct digest *id,
	enum tombstone_kind *kind);
/* In the order of their ids, until `visit` returns something but OK. */
MUST_CHECK enum status tombstones_each(const struct tombstones *t,
	enum status (*visit)(void *ctx, const struct tombstone *t), void *ctx);

/* Makes the secret if there is none yet: before ids are asked for that are to
 * be added. */
MUST_CHECK enum status tombstones_prepare(
	struct tombstones *t, struct err *err);
/*
 * Adds (or replaces, by id) and takes away: on disk when it returns OK, and in
 * effect at once. LIMIT for too many. Nothing changed after a failure.
 */
MUST_CHECK enum status tombstones_add(struct tombstones *t,
	const struct tombstone *list, size_t count, struct err *err);
MUST_CHECK enum status tombstones_remove(struct tombstones *t,
	const struct digest *ids, size_t count, struct err *err);

#endif
