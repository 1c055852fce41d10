#include "mail/span.h"

#include <stdlib.h>
#include <string.h>

#include "pgp/crypto.h"

/* ---- sums ------------------------------------------------------------- */

/* Finalizer of SplitMix64: every bit of the result hangs from every bit. */
static uint64_t
mix(uint64_t x)
{
	x = (x ^ x >> 30) * 0xbf58476d1ce4e5b9U;
	x = (x ^ x >> 27) * 0x94d049bb133111ebU;
	return x ^ x >> 31;
}

void
sum_add(struct sum *s, uint64_t id)
{
	s->a += mix(id + 0x9e3779b97f4a7c15U);
	s->b += mix(id ^ 0xd1b54a32d192ed03U);
	s->count++;
}

void
sum_drop(struct sum *s, uint64_t id)
{
	s->a -= mix(id + 0x9e3779b97f4a7c15U);
	s->b -= mix(id ^ 0xd1b54a32d192ed03U);
	s->count--;
}

void
span_put_number(uint8_t *out, uint64_t n, size_t octets)
{
	for (size_t i = octets; i > 0; i--) {
		out[i - 1] = (uint8_t)n;
		n >>= 8;
	}
}

void
span_write_sum(const struct sum *s, uint32_t salt, uint8_t out[SUM_OCTETS])
{
	uint8_t octets[28];
	struct bytes part = {octets, sizeof(octets)};
	struct digest d;

	span_put_number(octets, salt, 4);
	span_put_number(octets + 4, s->a, 8);
	span_put_number(octets + 12, s->b, 8);
	span_put_number(octets + 20, s->count, 8);
	crypto_sha256(&part, 1, &d);
	memcpy(out, d.octets, SUM_OCTETS);
}

/* ---- spans ------------------------------------------------------------ */

uint64_t
span_last(const struct span *s)
{
	return s->bits == 0
		       ? UINT64_MAX
		       : s->prefix |
				 (s->bits >= ID_BITS ? 0
						     : UINT64_MAX >> s->bits);
}

struct span
span_part(const struct span *s, unsigned int fan, size_t i)
{
	struct span part = *s;

	part.bits = (uint8_t)(s->bits + fan);
	part.prefix |= (uint64_t)i << (ID_BITS - part.bits);
	part.count = 0;
	return part;
}

static size_t
part_index(const struct span *s, unsigned int fan, uint64_t id)
{
	return (size_t)(id << s->bits >> (ID_BITS - fan));
}

enum status
span_walk(struct span_reader *r, const struct span *span, take_id *take,
	void *ctx, struct err *err)
{
	uint64_t from = span->prefix, last = span_last(span), before = 0;
	bool any = false;

	for (;;) {
		size_t n;
		enum status st = r->source->list(r->source->ctx, span->by, from,
			r->ids, SPAN_IDS_AT_ONCE, &n, err);

		if (st != STATUS_OK)
			return st;
		for (size_t i = 0; i < n; i++) {
			if (r->ids[i] > last)
				return STATUS_OK;
			if (any && r->ids[i] == before)
				continue;
			take(ctx, r->ids[i]);
			before = r->ids[i];
			any = true;
		}
		if (n < SPAN_IDS_AT_ONCE || r->ids[n - 1] == UINT64_MAX)
			return STATUS_OK;
		from = r->ids[n - 1] + 1;
	}
}

struct adding {
	const struct span *span;
	unsigned int fan;
	struct sum *sums;
};

static void
add_to_part(void *ctx, uint64_t id)
{
	struct adding *a = ctx;

	sum_add(&a->sums[part_index(a->span, a->fan, id)], id);
}

/* Sums of the parts out of those that are kept. */
static bool
sum_cached(const struct span_reader *r, const struct span *span,
	unsigned int fan, struct sum *sums)
{
	const struct sum *cache = r->source->cache[span->by];
	unsigned int bits = span->bits + fan, below;
	size_t at;

	if (cache == NULL || bits > SUMMARY_CACHE_BITS)
		return false;
	below = SUMMARY_CACHE_BITS - bits;
	at = (size_t)(span->prefix >> (ID_BITS - SUMMARY_CACHE_BITS));
	for (size_t i = 0; i < (size_t)1 << fan; i++) {
		for (size_t k = 0; k < (size_t)1 << below; k++) {
			const struct sum *c = &cache[at + (i << below) + k];

			sums[i].a += c->a;
			sums[i].b += c->b;
			sums[i].count += c->count;
		}
	}
	return true;
}

enum status
span_sums(struct span_reader *r, const struct span *span, unsigned int fan,
	struct sum *sums, struct err *err)
{
	struct adding a = {span, fan, sums};

	memset(sums, 0, sizeof(*sums) << fan);
	if (sum_cached(r, span, fan, sums))
		return STATUS_OK;
	return span_walk(r, span, add_to_part, &a, err);
}

enum status
summary_fill_cache(const struct summary_source *source, enum store_ids by,
	struct sum *cache, struct err *err)
{
	struct span_reader *r = xcalloc(1, sizeof(*r));
	struct span all = {.by = by};
	struct adding a = {&all, SUMMARY_CACHE_BITS, cache};
	enum status st;

	memset(cache, 0, sizeof(*cache) << SUMMARY_CACHE_BITS);
	r->source = source;
	st = span_walk(r, &all, add_to_part, &a, err);
	free(r);
	return st;
}
