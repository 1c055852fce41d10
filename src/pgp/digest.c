#include "pgp/digest.h"

#include <stdlib.h>
#include <string.h>

/* A packet in the order of the SKS digest: by tag, then body. */
struct item {
	uint64_t prefix; /* tag and the first seven octets: most compares end
			    here */
	struct bytes body;
	uint8_t head[8]; /* u32 tag, u32 length */
};

struct items {
	struct item *list;
	size_t count;
};

static void
digest_head(uint8_t out[8], uint8_t tag, size_t len)
{
	out[0] = out[1] = out[2] = 0;
	out[3] = tag;
	out[4] = (uint8_t)(len >> 24);
	out[5] = (uint8_t)(len >> 16);
	out[6] = (uint8_t)(len >> 8);
	out[7] = (uint8_t)len;
}

void
digest_packet(uint8_t tag, struct bytes body, struct digest *out)
{
	uint8_t head[8];
	struct bytes parts[2] = {{head + 3, 5}, body};

	digest_head(head, tag, body.len);
	crypto_sha256(parts, 2, out);
}

void
digest_placed(const struct digest *component, const struct digest *sig,
	struct digest *out)
{
	struct bytes parts[2] = {{component->octets, 32}, {sig->octets, 32}};

	crypto_sha256(parts, 2, out);
}

int
digest_sks_cmp(const void *a, const void *b)
{
	return memcmp(a, b, sizeof(struct sks_digest));
}

size_t
digest_sks_sort(struct sks_digest *list, size_t count)
{
	size_t i, kept = 0;

	if (count > 0)
		qsort(list, count, sizeof(*list), digest_sks_cmp);
	for (i = 0; i < count; i++)
		if (kept == 0 || digest_sks_cmp(&list[kept - 1], &list[i]))
			list[kept++] = list[i];
	return kept;
}

int
digest_cmp(const struct digest *a, const struct digest *b)
{
	return memcmp(a->octets, b->octets, sizeof(a->octets));
}

bool
digest_in(struct bytes sorted, const struct digest *d)
{
	size_t lo = 0, hi = sorted.len / sizeof(d->octets), mid;
	int c;

	while (lo < hi) {
		mid = lo + (hi - lo) / 2;
		c = memcmp(sorted.data + mid * sizeof(d->octets), d->octets,
			sizeof(d->octets));
		if (c == 0)
			return true;
		if (c < 0)
			lo = mid + 1;
		else
			hi = mid;
	}
	return false;
}

static uint64_t
digest_prefix(uint8_t tag, struct bytes body)
{
	uint64_t p = tag;
	size_t i;

	for (i = 0; i < 7; i++)
		p = p << 8 | (i < body.len ? body.data[i] : 0);
	return p;
}

/* Shorter bodies are padded with zeros in the prefix, which never reverses
 * an order that bytes_cmp decides. */
static int
digest_cmp_items(const void *a, const void *b)
{
	const struct item *x = a, *y = b;

	if (x->prefix != y->prefix)
		return x->prefix < y->prefix ? -1 : 1;
	return bytes_cmp(x->body, y->body);
}

static void
digest_add(struct items *items, const struct packet *p)
{
	struct item *it = &items->list[items->count++];

	it->prefix = digest_prefix(p->tag, p->body);
	it->body = p->body;
	digest_head(it->head, p->tag, p->body.len);
}

static void
digest_add_component(struct items *items, const struct component *c)
{
	size_t i;

	digest_add(items, &c->packet);
	for (i = 0; i < c->sig_count; i++)
		digest_add(items, &c->sigs[i].packet);
}

static void
digest_add_components(
	struct items *items, const struct component *list, size_t n)
{
	size_t i;

	for (i = 0; i < n; i++)
		digest_add_component(items, &list[i]);
}

/* Sorts them, whatever order they are in. */
static enum status
digest_items(struct arena *arena, struct items *items, struct sks_digest *out)
{
	struct bytes *parts;
	size_t i, twice;

	if (__builtin_mul_overflow(items->count, 2, &twice))
		return STATUS_LIMIT;
	parts = arena_array(arena, twice, sizeof(*parts));
	if (!parts)
		return STATUS_LIMIT;
	qsort(items->list, items->count, sizeof(*items->list),
		digest_cmp_items);
	for (i = 0; i < items->count; i++) {
		parts[2 * i] = bytes_make(items->list[i].head, 8);
		parts[2 * i + 1] = items->list[i].body;
	}
	crypto_md5(parts, twice, out->octets);
	return STATUS_OK;
}

enum status
digest_sks(struct arena *arena, const struct cert *cert, struct sks_digest *out)
{
	struct items items = {NULL, 0};

	items.list =
		arena_array(arena, cert->packet_count, sizeof(*items.list));
	if (!items.list)
		return STATUS_LIMIT;
	digest_add_component(&items, &cert->primary);
	digest_add_components(&items, cert->user_ids, cert->user_id_count);
	digest_add_components(&items, cert->attributes, cert->attribute_count);
	digest_add_components(&items, cert->subkeys, cert->subkey_count);
	return digest_items(arena, &items, out);
}

enum status
digest_sks_packets(
	struct arena *arena, struct bytes octets, struct sks_digest *out)
{
	struct packet_reader r = packet_reader_of(octets, arena);
	struct items items = {NULL, 0};
	struct packet p;
	void *list = NULL;
	enum status st;
	size_t cap = 0;

	while ((st = packet_next(&r, &p, NULL)) == STATUS_OK) {
		st = arena_grow(arena, &list, &cap, items.count + 1,
			sizeof(*items.list));
		if (st != STATUS_OK)
			return st;
		items.list = list;
		digest_add(&items, &p);
	}
	if (st == STATUS_LIMIT)
		return st;
	if (st != STATUS_NOT_FOUND || items.count == 0)
		return STATUS_MALFORMED;
	return digest_items(arena, &items, out);
}
