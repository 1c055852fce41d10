#include "talks.h"

#include <stdlib.h>
#include <string.h>

const struct talk_settings talks_settings = {
	.filters = "yminsky.dedup,yminsky.merge",
	.version = "1.1.6",
	.http_port = 11371,
	.limits = {.learned = 100000,
		.requests = 10000,
		.elements = 1000000,
		.replies = 8 * 1024 * 1024,
		.outstanding = 100,
		.bad_elements = 100,
		.full_reply = 10000,
		.solve_ms = 60000},
};

/* ---- sets -------------------------------------------------------------- */

/* Of Steele, Lea and Flood: splitmix64. */
static uint64_t
next(uint64_t *state)
{
	uint64_t z = *state += 0x9e3779b97f4a7c15u;

	z = (z ^ z >> 30) * 0xbf58476d1ce4e5b9u;
	z = (z ^ z >> 27) * 0x94d049bb133111ebu;
	return z ^ z >> 31;
}

static void
fill(uint64_t *state, struct sks_digest *list, size_t count)
{
	size_t i;

	for (i = 0; i < count; i++) {
		uint64_t half[2] = {next(state), next(state)};

		memcpy(list[i].octets, half, sizeof(half));
	}
}

static int
digest_order(const void *a, const void *b)
{
	return memcmp(a, b, sizeof(struct sks_digest));
}

struct set
set_of(const struct sks_digest *list, size_t count)
{
	struct set s = {
		xcalloc(count + 1, sizeof(*list)), count, prefix_tree_new()};

	if (count) {
		memcpy(s.list, list, count * sizeof(*list));
		qsort(s.list, count, sizeof(*list), digest_order);
	}
	if (prefix_tree_build(s.tree, s.list, s.count) != STATUS_OK)
		abort();
	return s;
}

struct set
set_ground(unsigned int from, unsigned int to)
{
	struct sks_digest list[256];
	unsigned int i;

	memset(list, 0x5a, sizeof(list));
	for (i = from; i < to; i++)
		list[i - from].octets[15] = (uint8_t)i;
	return set_of(list, to - from);
}

void
set_free(struct set *s)
{
	free(s->list);
	prefix_tree_free(s->tree);
}

void
sets_make(uint32_t seed, size_t common, size_t only_a, size_t only_b,
	struct set *a, struct set *b)
{
	size_t all = only_a + common + only_b;
	struct sks_digest *list = xcalloc(all + 1, sizeof(*list));
	uint64_t state = seed;

	fill(&state, list, all);
	*a = set_of(list, only_a + common);
	*b = set_of(list + only_a, common + only_b);
	free(list);
}

static bool
set_has(const struct set *s, const struct sks_digest *d)
{
	return s->count &&
	       bsearch(d, s->list, s->count, sizeof(*d), digest_order);
}

bool
learned_exactly(struct talk *talk, const struct set *a, const struct set *b)
{
	size_t i, count, want = 0;
	const struct sks_digest *learned = talk_learned(talk, &count);

	for (i = 0; i < count; i++) {
		if (!set_has(b, &learned[i]) || set_has(a, &learned[i]))
			return false;
		if (i && digest_order(&learned[i - 1], &learned[i]) >= 0)
			return false;
	}
	for (i = 0; i < b->count; i++)
		want += !set_has(a, &b->list[i]);
	return count == want;
}

/* ---- pairs ------------------------------------------------------------- */

void
pair_init(struct pair *p, const struct set *asking, const struct set *answering)
{
	p->asker = talk_new(TALK_ASKER, &talks_settings, asking->tree);
	p->answerer = talk_new(TALK_ANSWERER, &talks_settings, answering->tree);
}

void
pair_done(struct pair *p)
{
	talk_free(p->asker);
	talk_free(p->answerer);
}

size_t
chunk_one(size_t n)
{
	(void)n;
	return 1;
}

size_t
chunk_odd(size_t n)
{
	static const size_t sizes[] = {3, 1, 1021, 17, 4, 5, 70001, 2, 129};

	return sizes[n % (sizeof(sizes) / sizeof(sizes[0]))];
}

size_t
chunk_whole(size_t n)
{
	(void)n;
	return SIZE_MAX;
}

size_t
pair_move(struct talk *from, struct talk *to, size_t most)
{
	struct bytes out = talk_out(from);
	size_t room = talk_room(to);
	uint8_t *copy;

	/* Who ended drops what comes. */
	if (talk_state(to) >= TALK_DONE)
		room = out.len;
	if (out.len > room)
		out.len = room;
	if (out.len > most)
		out.len = most;
	if (!out.len)
		return 0;
	/* Exactly so long, for a sanitizer. */
	copy = xmalloc(out.len);
	memcpy(copy, out.data, out.len);
	talk_take(to, bytes_make(copy, out.len));
	free(copy);
	talk_said(from, out.len);
	return out.len;
}

size_t
pair_run(struct pair *p, pair_chunk chunk)
{
	size_t n = 0, moved;

	do {
		moved = pair_move(p->asker, p->answerer, chunk(2 * n));
		moved += pair_move(p->answerer, p->asker, chunk(2 * n + 1));
		n++;
	} while (moved);
	return n - 1;
}
