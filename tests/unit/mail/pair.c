#include "pair.h"

#include <stdlib.h>
#include <string.h>

#include "base/frame.h"

static uint64_t
next_random(uint64_t *state)
{
	uint64_t x = *state += 0x9e3779b97f4a7c15U;

	x = (x ^ x >> 30) * 0xbf58476d1ce4e5b9U;
	x = (x ^ x >> 27) * 0x94d049bb133111ebU;
	return x ^ x >> 31;
}

static int
compare(const void *a, const void *b)
{
	uint64_t x = *(const uint64_t *)a, y = *(const uint64_t *)b;

	return x < y ? -1 : x > y;
}

static void
sort(struct pair_set *s)
{
	size_t n = 0;

	qsort(s->list, s->count, sizeof(*s->list), compare);
	for (size_t i = 0; i < s->count; i++) {
		if (n == 0 || s->list[n - 1] != s->list[i])
			s->list[n++] = s->list[i];
	}
	s->count = n;
}

void
pair_fill(struct pair_set *s, size_t count, uint64_t seed)
{
	memset(s, 0, sizeof(*s));
	s->list = xcalloc(count, sizeof(*s->list));
	s->count = count;
	for (size_t i = 0; i < count; i++)
		s->list[i] = next_random(&seed);
	sort(s);
}

void
pair_drop(struct pair_set *s, size_t n)
{
	size_t kept = 0, step = n == 0 ? 0 : s->count / n, dropped = 0;

	for (size_t i = 0; i < s->count; i++) {
		if (dropped < n && i % step == step / 2)
			dropped++;
		else
			s->list[kept++] = s->list[i];
	}
	s->count = kept;
}

void
pair_free(struct pair_set *s)
{
	free(s->list);
	free(s->cache);
}

bool
pair_equal(const struct pair_set *a, const struct pair_set *b)
{
	return a->count == b->count &&
	       memcmp(a->list, b->list, a->count * sizeof(*a->list)) == 0;
}

static enum status
list(void *ctx, enum store_ids by, uint64_t from, uint64_t *out, size_t max,
	size_t *count, struct err *err)
{
	struct pair_set *s = ctx;
	size_t low = 0, high = s->count, n = 0;

	(void)by;
	(void)err;
	while (low < high) {
		size_t middle = low + (high - low) / 2;

		if (s->list[middle] < from)
			low = middle + 1;
		else
			high = middle;
	}
	while (n < max && low + n < s->count) {
		out[n] = s->list[low + n];
		n++;
	}
	*count = n;
	return STATUS_OK;
}

static struct summary *
open_summary(struct pair_set *s)
{
	const struct summary_source source = {
		.list = list, .ctx = s, .cache = {s->cache, NULL}};

	return summary_new(&source, 7);
}

/* What the one sends, the other has. */
static void
take_in(struct pair_set *s, const uint64_t *ids, size_t n)
{
	if (n == 0)
		return;
	s->list = xrealloc(s->list, (s->count + n) * sizeof(*s->list));
	memcpy(s->list + s->count, ids, n * sizeof(*ids));
	s->count += n;
	sort(s);
}

/* `s` reads a letter of `other`, and writes the answer over it. */
static void
answer(struct pair_set *s, struct pair_set *other, struct buf *letter,
	struct pair_cost *cost)
{
	struct summary *sum = open_summary(s);
	struct reader r = reader_of(buf_view(letter));
	struct err err = {{0}};
	enum store_ids by;
	struct bytes value;
	const uint64_t *ids;
	uint8_t name;
	size_t n;
	bool cut;

	while (frame_next_field(&r, &name, &value)) {
		if (summary_take(sum, name, value, &err) != STATUS_OK)
			abort();
	}
	buf_clear(letter);
	if (summary_answer(sum, letter, &err) != STATUS_OK)
		abort();
	ids = summary_send(sum, &by, &n);
	take_in(other, ids, n);
	cost->sent += n;
	(void)summary_differences(sum, &cut);
	cost->cut = cost->cut || cut;
	summary_free(sum);
}

void
pair_exchange(struct pair_set *a, struct pair_set *b, size_t lost,
	struct pair_cost *cost)
{
	struct summary *first = open_summary(a);
	struct buf letter = {0};
	struct err err = {{0}};

	memset(cost, 0, sizeof(*cost));
	if (summary_begin(first, IDS_DIGEST, &letter, &err) != STATUS_OK)
		abort();
	summary_free(first);
	for (size_t i = 0; letter.len > 0; i++) {
		cost->letters++;
		cost->octets += letter.len;
		if (i + 1 == lost)
			break;
		answer(i % 2 == 0 ? b : a, i % 2 == 0 ? a : b, &letter, cost);
	}
	buf_done(&letter);
}
