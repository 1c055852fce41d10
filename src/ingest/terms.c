#include "ingest/terms.h"

#include <stdlib.h>
#include <string.h>

#include "pgp/cert.h"
#include "pgp/user_id.h"
#include "pgp/verify.h"

enum {
	FLAG_SIGN = 0x02,
	/* Cost (pk.h) of the back-signatures of one certificate, fifty of the
	 * dearest curve; further subkeys are not found by their ID. Whoever
	 * floods a key must not make the next submission to it too dear. */
	TERMS_BACK_MAX = 512
};

struct terms {
	struct bytes *list;
	size_t count;
	size_t cap;
	size_t max;
};

static int
terms_compare(const void *a, const void *b)
{
	return bytes_cmp(*(const struct bytes *)a, *(const struct bytes *)b);
}

static enum status
terms_add(struct arena *arena, struct terms *t, struct bytes term)
{
	void *list = t->list;
	enum status st;

	if (t->count >= t->max || term.len == 0)
		return STATUS_OK;
	st = arena_grow(arena, &list, &t->cap, t->count + 1, sizeof(*t->list));
	if (st != STATUS_OK)
		return st;
	t->list = list;
	t->list[t->count++] = term;
	return STATUS_OK;
}

static void
terms_sort(struct terms *t)
{
	size_t i, n = 0;

	if (t->count < 2)
		return;
	qsort(t->list, t->count, sizeof(*t->list), terms_compare);
	for (i = 1; i < t->count; i++)
		if (!bytes_eq(t->list[i], t->list[n]))
			t->list[++n] = t->list[i];
	t->count = n + 1;
}

/* Work on one certificate. */
struct collecting {
	const struct cert *cert;
	const struct terms_rules *rules;
	size_t work; /* at level sks, see verify.h */
	struct verify_budget back;
	bool spent;
};

/* Does the primary vouch for it, as far as a look tells? Newest first. Above
 * level sks a look at whose it is suffices: what was false is gone. */
static bool
terms_is_held(struct collecting *c, const struct component *user_id)
{
	const struct signature *sig;
	size_t i;

	for (i = user_id->sig_count; i > 0; i--) {
		sig = &user_id->sigs[i - 1];
		if (!sig->malformed && sig->info.exportable &&
			sig->info.type >= SIG_GENERIC_CERT &&
			sig->info.type <= SIG_POSITIVE_CERT &&
			verify_is_self(c->cert, sig) &&
			(c->rules->level != LEVEL_SKS ||
				verify_is_plausible(
					c->cert, user_id, sig, &c->work)))
			return true;
	}
	return false;
}

static enum status
terms_add_words(struct arena *arena, struct terms *words, struct bytes text)
{
	struct bytes *list;
	size_t i, n;
	enum status st;

	if (words->count >= words->max)
		return STATUS_OK;
	st = user_id_words(arena, text, &list, &n);
	for (i = 0; st == STATUS_OK && i < n; i++)
		st = terms_add(arena, words, list[i]);
	return st;
}

static enum status
terms_add_user_id(struct arena *arena, struct bytes user_id,
	struct terms *words, struct terms *emails, struct terms *domains)
{
	struct bytes text, email;
	const uint8_t *at;
	enum status st;

	st = user_id_text(arena, user_id, &text);
	if (st == STATUS_OK)
		st = terms_add_words(arena, words, text);
	if (st != STATUS_OK)
		return st;
	st = user_id_email(arena, text, &email);
	if (st == STATUS_NOT_FOUND)
		return STATUS_OK;
	if (st != STATUS_OK || user_id_is_ambiguous(text))
		return st;
	st = user_id_email_key(arena, email, &email);
	if (st == STATUS_OK)
		st = terms_add(arena, emails, email);
	at = memchr(email.data, '@', email.len);
	if (st != STATUS_OK || at == NULL)
		return st;
	at++;
	return terms_add(arena, domains,
		bytes_make(at, (size_t)(email.data + email.len - at)));
}

/* A subkey that signs must say itself that it belongs here. */
static bool
terms_is_bound(struct collecting *c, const struct component *sub)
{
	const struct signature_info *info;
	enum verify_result r;
	size_t i;

	if (c->rules->level == LEVEL_SKS)
		return verify_is_bound(c->cert, sub, &c->work);
	for (i = sub->sig_count; i > 0 && !c->spent; i--) {
		info = &sub->sigs[i - 1].info;
		if (sub->sigs[i - 1].malformed ||
			info->type != SIG_SUBKEY_BINDING)
			continue;
		if (!info->has_flags || !(info->flags & FLAG_SIGN))
			return true;
		r = verify_back_signature(
			c->cert, sub, &sub->sigs[i - 1], &c->back);
		c->spent = r == VERIFY_SPENT;
		if (r == VERIFY_GOOD || r == VERIFY_CANNOT)
			return true;
	}
	return false;
}

/* The certificate's share of what is left; false: that is not all of it. */
static bool
terms_open_budget(struct collecting *c)
{
	const struct verify_budget *b = c->rules->budget;

	c->back.octets = verify_work(c->cert);
	c->back.operations = TERMS_BACK_MAX;
	if (b == NULL || (b->octets >= c->back.octets &&
				 b->operations >= c->back.operations))
		return true;
	if (b->octets < c->back.octets)
		c->back.octets = b->octets;
	if (b->operations < c->back.operations)
		c->back.operations = b->operations;
	return false;
}

static void
terms_charge(struct collecting *c, const struct verify_budget *share)
{
	if (c->rules->budget == NULL)
		return;
	c->rules->budget->octets -= share->octets - c->back.octets;
	c->rules->budget->operations -= share->operations - c->back.operations;
}

static enum status
terms_collect_keys(
	struct arena *arena, struct collecting *c, struct cert_search *out)
{
	const struct cert *cert = c->cert;
	struct key_ref *keys =
		arena_array(arena, cert->subkey_count + 1, sizeof(*keys));
	size_t i;

	if (keys == NULL)
		return STATUS_LIMIT;
	keys[0].fpr = cert->primary.key.fpr;
	keys[0].key_id = cert->primary.key.key_id;
	keys[0].primary = true;
	keys[0].bound = true;
	for (i = 0; i < cert->subkey_count; i++) {
		keys[i + 1].fpr = cert->subkeys[i].key.fpr;
		keys[i + 1].key_id = cert->subkeys[i].key.key_id;
		keys[i + 1].bound = terms_is_bound(c, &cert->subkeys[i]);
	}
	out->keys = keys;
	out->key_count = cert->subkey_count + 1;
	return STATUS_OK;
}

/* By its own word: those of others are judged when serving. */
static bool
terms_is_hard_revoked(struct collecting *c)
{
	const struct component *p = &c->cert->primary;
	struct verify_budget own = {verify_work(c->cert), VERIFY_WHEN_SERVING};
	size_t i;

	for (i = 0; i < p->sig_count; i++) {
		const struct signature *s = &p->sigs[i];

		if (!s->malformed && s->info.type == SIG_KEY_REVOCATION &&
			s->info.exportable && verify_is_self(c->cert, s) &&
			verify_is_hard_revocation(&s->info) &&
			(c->rules->level != LEVEL_SKS ||
				verify_is_own(c->cert, p, &s->info, &own)))
			return true;
	}
	return false;
}

enum status
terms_collect(struct arena *arena, const struct cert *cert,
	const struct terms_rules *rules, struct cert_search *search,
	bool *spent)
{
	struct collecting c = {
		.cert = cert, .rules = rules, .work = verify_work(cert)};
	bool whole = terms_open_budget(&c);
	struct verify_budget share = c.back;
	struct terms words = {.max = TERMS_WORDS_MAX};
	struct terms emails = {.max = TERMS_EMAILS_MAX};
	struct terms domains = {.max = TERMS_EMAILS_MAX};
	struct cert_search out = {0};
	size_t i, count = cert->user_id_count;
	const struct component *uid;
	enum status st;

	st = terms_collect_keys(arena, &c, &out);
	if (rules->redact && terms_is_hard_revoked(&c))
		count = 0;
	for (i = 0; st == STATUS_OK && i < count; i++) {
		uid = &cert->user_ids[i];
		if (terms_is_held(&c, uid))
			st = terms_add_user_id(arena, uid->packet.body, &words,
				&emails, &domains);
	}
	if (st != STATUS_OK)
		return st;
	terms_sort(&words);
	terms_sort(&emails);
	terms_sort(&domains);
	out.words = words.list;
	out.word_count = words.count;
	out.emails = emails.list;
	out.email_count = emails.count;
	out.domains = domains.list;
	out.domain_count = domains.count;
	terms_charge(&c, &share);
	*search = out;
	*spent = c.spent && !whole;
	return STATUS_OK;
}
