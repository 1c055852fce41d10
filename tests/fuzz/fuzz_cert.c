/*
 * The canonical form of whatever is read is a fixed point, with one digest,
 * and the fast way to read it back finds the same.
 */
#include "fuzz_pgp.h"
#include "pgp/delta.h"

static void
check_cut(struct arena *arena, const struct cert *cert)
{
	struct bytes digests;
	struct delta delta;
	struct cert *cut, *all;
	enum status st;

	st = cert_placed_digests(arena, cert, &digests);
	assert(st == STATUS_OK);
	assert(digests.len == 32 * cert->packet_count);
	st = delta_cut(arena, cert, digests, DELTA_PKSD, &cut);
	assert(st == STATUS_OK);
	st = merge_certs(arena, cert, cut, &all, &delta);
	assert(st == STATUS_OK && delta.new_count == 0);
	(void)st;
}

static void
check(struct arena *arena, const struct cert *cert)
{
	struct bytes octets = fuzz_write(arena, cert);
	struct cert *again = fuzz_first(arena, octets), *stored;
	enum status st;

	assert(again && fuzz_is(again, octets) &&
		fuzz_same_digest(cert, again));
	assert(again->packet_count == cert->packet_count);
	st = cert_read_stored(arena, octets, &stored, NULL);
	assert(st == STATUS_OK && cert_id_eq(&stored->id, &cert->id));
	st = cert_digest(arena, stored);
	assert(st == STATUS_OK && fuzz_is(stored, octets) &&
		fuzz_same_digest(cert, stored));
	(void)st;
	check_cut(arena, cert);
}

int
LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
	struct cert_limits limits = cert_limits_default;
	struct arena *arena = fuzz_arena();
	struct cert_list list = {0};
	struct cert *stored;
	struct err err;
	enum status st;
	size_t i;

	limits.secret = CERT_SECRET_SKIPS;
	st = cert_read(arena, bytes_make(data, size), &limits, &list, &err);
	assert(st == STATUS_OK || st == STATUS_LIMIT);
	for (i = 0; st == STATUS_OK && i < list.count; i++)
		check(arena, list.list[i]);
	/* Damage in the store is an error, not a crash. */
	st = cert_read_stored(arena, bytes_make(data, size), &stored, &err);
	if (st == STATUS_OK)
		st = cert_digest(arena, stored);
	arena_free(arena);
	return 0;
}
