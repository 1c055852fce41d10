#include "bench_sample.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

static uint64_t rng = 1;

uint64_t
bench_random(void)
{
	uint64_t z = (rng += 0x9E3779B97F4A7C15u);

	z = (z ^ (z >> 30)) * 0xBF58476D1CE4E5B9u;
	z = (z ^ (z >> 27)) * 0x94D049BB133111EBu;
	return z ^ (z >> 31);
}

static void
fill(uint8_t *out, size_t len)
{
	uint64_t r;
	size_t i;

	for (i = 0; i < len; i += 8) {
		r = bench_random();
		memcpy(out + i, &r, len - i < 8 ? len - i : 8);
	}
}

/* Few values often, many seldom: as names and domains are. */
unsigned
bench_skewed(unsigned n)
{
	uint64_t a = bench_random() % n, b = bench_random() % n;

	return (unsigned)(a < b ? a * a / n : b * b / n);
}

uint64_t
bench_key_id(const struct fingerprint *f)
{
	uint64_t v = 0;
	int i;

	for (i = 12; i < 20; i++)
		v = v << 8 | f->octets[i];
	return v;
}

static int
by_text(const void *a, const void *b)
{
	return bytes_cmp(*(const struct bytes *)a, *(const struct bytes *)b);
}

static size_t
sort_unique(struct bytes *list, size_t n)
{
	size_t i, kept = 0;

	qsort(list, n, sizeof(*list), by_text);
	for (i = 0; i < n; i++)
		if (kept == 0 || !bytes_eq(list[kept - 1], list[i]))
			list[kept++] = list[i];
	return kept;
}

static void
make_names(struct sample *s)
{
	size_t uids = bench_random() % 10 < 3 ? 2 : 1, i, w = 0;
	unsigned given = bench_skewed(3000), family = bench_skewed(60000), site;

	(void)snprintf(s->word[w++], 24, "given%u", given);
	(void)snprintf(s->word[w++], 24, "family%u", family);
	for (i = 0; i < uids; i++) {
		site = bench_skewed(5000);
		(void)snprintf(s->domain[i], 40, "site%u.example", site);
		(void)snprintf(s->email[i], 80, "g%uf%u@%s", given, family,
			s->domain[i]);
		(void)snprintf(s->word[w++], 24, "site%u", site);
		(void)snprintf(s->word[w++], 24, "g%uf%u", given, family);
		s->emails[i] = bytes_of(s->email[i]);
		s->domains[i] = bytes_of(s->domain[i]);
	}
	(void)snprintf(s->word[w++], 24, "example");
	for (i = 0; i < w; i++)
		s->words[i] = bytes_of(s->word[i]);
	s->search.words = s->words;
	s->search.word_count = sort_unique(s->words, w);
	s->search.emails = s->emails;
	s->search.email_count = sort_unique(s->emails, uids);
	s->search.domains = s->domains;
	s->search.domain_count = sort_unique(s->domains, uids);
}

void
bench_sample(struct sample *s)
{
	size_t i;

	memset(&s->row, 0, sizeof(s->row));
	for (i = 0; i < 2; i++) {
		s->keys[i].fpr.version = 4;
		s->keys[i].fpr.len = 20;
		fill(s->keys[i].fpr.octets, 20);
		s->keys[i].key_id = bench_key_id(&s->keys[i].fpr);
		s->keys[i].primary = i == 0;
		s->keys[i].bound = true;
	}
	s->row.id.fpr = s->keys[0].fpr;
	s->row.key_id = s->keys[0].key_id;
	fill(s->row.sks_digest.octets, 16);
	fill(s->digests, DIGESTS);
	fill(s->octets, 64); /* the rest does not matter */
	s->row.updated = 1700000000;
	s->row.octets = bytes_make(s->octets, OCTETS);
	s->search.keys = s->keys;
	s->search.key_count = 2;
	make_names(s);
}
