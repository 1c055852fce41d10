#include "mail/canary_find.h"

#include "pgp/armor.h"
#include "pgp/cert.h"
#include "pgp/verify.h"

enum {
	ARENA_MAX = 128 * 1024 * 1024,
	/* What a peer can make us compute: a second, at one look. */
	WORK_OCTETS = 16 * 1024 * 1024,
	WORK_OPERATIONS = 2000
};

static uint32_t
newest_below(const struct cert *c, const struct component *id, uint32_t from,
	struct verify_budget *budget)
{
	uint32_t best = 0;

	for (size_t i = 0; i < id->sig_count; i++) {
		const struct signature *s = &id->sigs[i];

		if (s->malformed || s->info.type != SIG_POSITIVE_CERT ||
			s->info.created < from || s->info.created <= best ||
			!verify_is_self(c, s))
			continue;
		if (verify_signature(c, id, &s->info, &c->primary.key,
			    budget) == VERIFY_GOOD)
			best = s->info.created;
	}
	return best;
}

static uint32_t
newest_of(const struct cert_list *list, const struct fingerprint *fpr,
	uint32_t from)
{
	struct verify_budget budget = {WORK_OCTETS, WORK_OPERATIONS};
	uint32_t best = 0, t;

	for (size_t i = 0; i < list->count; i++) {
		const struct cert *c = list->list[i];

		if (!fingerprint_eq(&c->id.fpr, fpr))
			continue;
		for (size_t k = 0; k < c->user_id_count; k++) {
			t = newest_below(c, &c->user_ids[k], from, &budget);
			best = t > best ? t : best;
		}
	}
	return best;
}

uint32_t
canary_find(struct bytes answer, const struct fingerprint *fpr, uint32_t from)
{
	struct arena *arena = arena_new(ARENA_MAX);
	struct armor_blocks blocks = {0};
	struct cert_list list = {0};
	struct err err = {{0}};
	enum status st;
	uint32_t found = 0;

	st = armor_read(arena, answer, ARMOR_LENIENT, &blocks, &err);
	for (size_t i = 0; st == STATUS_OK && i < blocks.count; i++)
		if (blocks.list[i].status == STATUS_OK)
			st = cert_read(arena, blocks.list[i].octets,
				&cert_limits_default, &list, &err);
	if (st == STATUS_OK)
		found = newest_of(&list, fpr, from);
	arena_free(arena);
	return found;
}
