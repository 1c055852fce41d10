#include "ingest/gate.h"

#include "ingest/tombstone_rules.h"

enum { GATE_ARENA_MAX = 16 * 1024 * 1024 };

bool
gate_is_current(const struct tombstones *t, uint64_t generation)
{
	return tombstones_generation(t) == generation;
}

/* Is the row no more than a blocked key may have? Rarely asked. */
static bool
is_reduced(const struct cert_row *row)
{
	struct arena *arena = arena_new(GATE_ARENA_MAX);
	struct cert *cert = NULL;
	bool bare = false;

	if (cert_read_stored(arena, row->octets, &cert, NULL) == STATUS_OK)
		bare = cert->user_id_count + cert->attribute_count +
			       cert->subkey_count ==
		       0;
	arena_free(arena);
	return bare;
}

enum status
gate_put_cert(struct store_session *w, const struct tombstones *t,
	uint64_t generation, const struct cert_row *row,
	const struct cert_search *search, struct err *err)
{
	enum tombstone_rule worst = RULE_NONE, one;
	const struct fingerprint *f;

	for (size_t i = 0; tombstones_have_keys(t) && i < search->key_count;
		i++) {
		f = &search->keys[i].fpr;
		one = tombstones_of_key(t, bytes_make(f->octets, f->len));
		worst = one > worst ? one : worst;
	}
	if (!gate_is_current(t, generation)) {
		err_set(err, "the tombstones changed meanwhile");
		return STATUS_BUSY;
	}
	if (worst == RULE_ERASE || (worst == RULE_BLOCK && !is_reduced(row))) {
		err_set(err, "not accepted here");
		return STATUS_REJECTED;
	}
	return store_put_cert(w, row, search, err);
}
