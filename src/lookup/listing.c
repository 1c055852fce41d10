#include "lookup/listing.h"

#include "lookup/redact.h"
#include "lookup/revokers.h"

/* Without a session the listing is still good: what cannot be judged now has
 * no effect, as if the revoker were not here. */
static enum status
apply_revokers(struct store *store, struct index_cert *certs, size_t count,
	struct arena *arena)
{
	struct store_session *s;
	struct err err;
	enum status st;

	if (!revokers_are_needed(certs, count) ||
		session_borrow(store, &s, &err) != STATUS_OK)
		return STATUS_OK;
	st = revokers_apply(s, certs, count, arena);
	session_return(store, s);
	return st;
}

enum status
listing_make(struct store *store, const struct cert_rows *rows,
	const struct listing_wish *wish, struct arena *arena,
	struct index_cert **certs, struct err *err)
{
	struct index_cert *list =
		arena_array(arena, rows->count, sizeof(*list));
	enum status st = STATUS_OK;
	size_t i;

	if (list == NULL)
		return STATUS_LIMIT;
	for (i = 0; st == STATUS_OK && i < rows->count; i++)
		st = index_describe(arena, &rows->list[i], wish->now,
			wish->signatures, &list[i], err);
	if (st == STATUS_MALFORMED) /* a damaged row is no fault of theirs */
		st = STATUS_IO;
	if (st == STATUS_OK)
		st = apply_revokers(store, list, rows->count, arena);
	for (i = 0; st == STATUS_OK && wish->redact && i < rows->count; i++)
		st = redact_listing(arena, &list[i], err);
	if (st == STATUS_OK)
		*certs = list;
	return st;
}
