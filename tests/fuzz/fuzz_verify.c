/*
 * A certificate that its owner signed, with octets changed and packets added:
 * what is kept as the owner's word at level clean is what the owner signed,
 * octet for octet.
 *
 * Input: which certificate, how many octets change, for each its place (two
 * octets) and what it is XORed with; then octets that are added.
 */
#include <stdio.h>
#include <stdlib.h>

#include "fuzz_pgp.h"
#include "pgp/level.h"

enum { BASES = 2, SIGS_MAX = 64, CHANGES_MAX = 16 };

struct base {
	const char *file;
	struct buf octets;
	const struct cert *cert;
	const struct signature *sigs[SIGS_MAX];
	const struct component *under[SIGS_MAX];
	size_t count;
};

static struct base bases[BASES] = {
	{.file = "v4-rsa.pgp"}, {.file = "v4-ed25519-legacy.pgp"}};

static enum status
base_add(void *ctx, const struct packet *p, const struct component *under,
	const struct digest *placed)
{
	struct base *b = ctx;
	size_t i;

	(void)placed;
	for (i = 0; p->tag != PACKET_SIGNATURE && i < under->sig_count; i++) {
		assert(b->count < SIGS_MAX);
		b->under[b->count] = under;
		b->sigs[b->count++] = &under->sigs[i];
	}
	return STATUS_OK;
}

static void
base_open(struct base *b, struct arena *arena)
{
	const char *top = getenv("top_srcdir");
	char path[4096];
	enum status st;
	FILE *f;

	(void)snprintf(path, sizeof(path), "%s/tests/data/openpgp/%s",
		top ? top : ".", b->file);
	f = fopen(path, "rb");
	if (f == NULL) {
		perror(path);
		exit(1);
	}
	st = buf_reserve(&b->octets, 65536);
	assert(st == STATUS_OK);
	b->octets.len = fread(b->octets.data, 1, 65536, f);
	fclose(f);
	b->cert = fuzz_first(arena, buf_view(&b->octets));
	assert(b->cert != NULL);
	st = cert_walk(b->cert, base_add, b);
	assert(st == STATUS_OK && b->count > 0);
	(void)st;
}

/* Is this signature, at this place, one of the owner's? */
static bool
base_has(const struct base *b, const struct component *under,
	const struct signature *s)
{
	struct pk_plain x, y;
	size_t i, k, n, m;
	bool plain;

	n = pk_plain_material(&s->info, &x, &plain);
	for (i = 0; i < b->count; i++) {
		if (!bytes_eq(under->packet.body, b->under[i]->packet.body) ||
			!bytes_eq(s->info.hashed_part,
				b->sigs[i]->info.hashed_part))
			continue;
		m = pk_plain_material(&b->sigs[i]->info, &y, &plain);
		for (k = 0; k < n && k < m; k++)
			if (!bytes_eq(x.parts[k], y.parts[k]))
				break;
		if (k == n && n == m)
			return true;
	}
	return false;
}

struct looking {
	const struct base *base;
	const struct cert *cert;
};

static enum status
check_below(void *ctx, const struct packet *p, const struct component *under,
	const struct digest *placed)
{
	struct verify_budget all = {SIZE_MAX, SIZE_MAX};
	const struct looking *l = ctx;
	size_t i;

	(void)placed;
	for (i = 0; p->tag != PACKET_SIGNATURE && i < under->sig_count; i++) {
		if (base_has(l->base, under, &under->sigs[i]))
			continue;
		assert(!verify_is_self(l->cert, &under->sigs[i]));
		assert(verify_signature(l->cert, under, &under->sigs[i].info,
			       &l->cert->primary.key, &all) != VERIFY_GOOD);
	}
	return STATUS_OK;
}

static void
check(const struct base *b, struct arena *arena, struct bytes octets)
{
	struct cert *c = fuzz_first(arena, octets);
	struct level_rules rules = {
		.level = LEVEL_CLEAN, .limits = &cert_limits_default};
	struct looking l = {b, NULL};
	struct level_result r;
	enum status st;

	if (c == NULL ||
		!bytes_eq(c->primary.packet.body, b->cert->primary.packet.body))
		return;
	st = level_apply(arena, &rules, c, &r);
	assert(st == STATUS_OK);
	l.cert = r.cert;
	if (r.cert != NULL)
		st = cert_walk(r.cert, check_below, &l);
	(void)st;
}

int
LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
	static struct arena *kept;
	struct arena *arena = fuzz_arena();
	struct buf all = {0};
	struct base *b;
	enum status st;
	size_t i, n, at;

	if (kept == NULL) {
		kept = fuzz_arena();
		for (i = 0; i < BASES; i++)
			base_open(&bases[i], kept);
	}
	/* Most of them by RSA, which is quick. */
	b = &bases[size > 0 && data[0] > 250 ? 1 : 0];
	n = size > 1 ? data[1] % CHANGES_MAX : 0;
	st = buf_put(&all, buf_view(&b->octets));
	for (i = 0, at = 2; i < n && at + 3 <= size; i++, at += 3)
		all.data[((size_t)data[at] << 8 | data[at + 1]) % all.len] ^=
			data[at + 2];
	if (st == STATUS_OK && at < size)
		st = buf_put(&all, bytes_make(data + at, size - at));
	assert(st == STATUS_OK);
	check(b, arena, buf_view(&all));
	buf_done(&all);
	arena_free(arena);
	return 0;
}
