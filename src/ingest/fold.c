#include "ingest/fold.h"

#include <string.h>

#include "pgp/merge.h"

/* A hash table of what was seen: 1 + index in the list; 0 is empty. */
struct fold_table {
	size_t *slots;
	size_t mask;
};

static enum status
fold_make_table(struct arena *arena, size_t count, struct fold_table *t)
{
	size_t n = 16;

	while (n < count * 2)
		n *= 2;
	t->slots = arena_array(arena, n, sizeof(*t->slots));
	t->mask = n - 1;
	return t->slots == NULL ? STATUS_LIMIT : STATUS_OK;
}

/* Where it is, or where it belongs: the slot holds 0 then. */
static size_t *
fold_slot(const struct fold_table *t, const struct folded *out,
	const struct cert_id *id)
{
	size_t h;

	/* A fingerprint is a digest: its octets need no mixing. Whoever makes
	 * many that begin alike slows down one bounded submission. */
	memcpy(&h, id->fpr.octets, sizeof(h));
	for (h &= t->mask; t->slots[h] != 0; h = (h + 1) & t->mask)
		if (cert_id_eq(&out->list[t->slots[h] - 1]->id, id))
			break;
	return &t->slots[h];
}

enum status
fold_certs(struct arena *arena, const struct cert_list *in, struct folded *out)
{
	struct folded f = {0};
	struct fold_table t;
	struct delta delta;
	enum status st;
	size_t i, *slot;

	f.list = arena_array(arena, in->count, sizeof(*f.list));
	f.where = arena_array(arena, in->count, sizeof(*f.where));
	if (f.list == NULL || f.where == NULL)
		return STATUS_LIMIT;
	st = fold_make_table(arena, in->count, &t);
	for (i = 0; st == STATUS_OK && i < in->count; i++) {
		slot = fold_slot(&t, &f, &in->list[i]->id);
		if (*slot == 0) {
			f.list[f.count++] = in->list[i];
			*slot = f.count;
		} else {
			st = merge_certs(arena, f.list[*slot - 1], in->list[i],
				&f.list[*slot - 1], &delta);
		}
		f.where[i] = *slot - 1;
	}
	if (st == STATUS_OK)
		*out = f;
	return st;
}
