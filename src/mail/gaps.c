#include "mail/gaps.h"

#include <string.h>

#include "base/reader.h"

/* What was known of a gap that overlaps this one. */
static const struct gap *
find_old(const struct gap *list, size_t count, const struct range *r)
{
	for (size_t i = 0; i < count; i++) {
		if (list[i].range.first <= r->last &&
			list[i].range.last >= r->first)
			return &list[i];
	}
	return NULL;
}

/* The list of what is open follows from the ranges. */
static void
find_gaps(struct gaps_of *s, const struct gaps_pace *pace, int64_t now)
{
	struct gap list[RANGES_MAX];
	struct range r;
	size_t n = 0;

	for (size_t i = 0; ranges_gap(&s->got, i, &r); i++) {
		const struct gap *old = find_old(s->open, s->count, &r);

		if (old != NULL)
			list[n] = *old;
		else
			list[n] = (struct gap){
				.since = now, .next = now + pace->after_ms};
		list[n++].range = r;
	}
	memcpy(s->open, list, n * sizeof(list[0]));
	s->count = n;
}

/* The one with this name comes first, be it new. */
static struct gaps_of *
use_store(struct gaps *g, const char *store)
{
	struct gaps_of first;

	if (strcmp(g->stores[0].store, store) == 0)
		return &g->stores[0];
	first = g->stores[1];
	g->stores[1] = g->stores[0];
	if (strcmp(first.store, store) != 0) {
		memset(&first, 0, sizeof(first));
		memcpy(first.store, store, strlen(store) + 1);
	}
	g->stores[0] = first;
	return &g->stores[0];
}

bool
gaps_note(struct gaps *g, const struct gaps_pace *pace, const char *store,
	int64_t first, int64_t last, int64_t now)
{
	struct gaps_of *s;
	struct ranges before;

	if (!batch_is_store(bytes_of(store)) || !range_is_sound(first, last))
		return false;
	s = use_store(g, store);
	before = s->got;
	ranges_add(&s->got, first, last);
	g->given_up += s->got.closed;
	s->got.closed = 0;
	find_gaps(s, pace, now);
	return memcmp(&before, &s->got, sizeof(before)) != 0;
}

static void
ask(struct gap *gap, const struct gaps_pace *pace, int64_t now, uint32_t random)
{
	int64_t wait = pace->again_ms << gap->asked;

	wait += wait / 5 * (int64_t)(random % 201) / 100 - wait / 5;
	gap->asked++;
	gap->next = now + wait;
}

/* Takes what was asked for too often as if it had come. */
static void
give_up(struct gaps *g, struct gaps_of *s, const struct gaps_pace *pace,
	int64_t now)
{
	bool any = false;

	for (size_t i = 0; i < s->count; i++) {
		const struct gap *gap = &s->open[i];

		if (gap->asked < GAPS_ASKED_MAX || now < gap->next)
			continue;
		ranges_add(&s->got, gap->range.first, gap->range.last);
		g->given_up++;
		any = true;
	}
	if (any)
		find_gaps(s, pace, now);
}

size_t
gaps_due(struct gaps *g, const struct gaps_pace *pace, int64_t now,
	uint32_t random, struct range *list, size_t max, const char **store)
{
	size_t n = 0;

	for (size_t k = 0; k < GAPS_STORES && n == 0; k++) {
		struct gaps_of *s = &g->stores[k];

		give_up(g, s, pace, now);
		for (size_t i = 0; i < s->count && n < max; i++) {
			if (now < s->open[i].next)
				continue;
			ask(&s->open[i], pace, now, random);
			list[n++] = s->open[i].range;
		}
		*store = s->store;
	}
	return n;
}

int64_t
gaps_next(const struct gaps *g)
{
	int64_t when = INT64_MAX;

	for (size_t k = 0; k < GAPS_STORES; k++) {
		const struct gaps_of *s = &g->stores[k];

		for (size_t i = 0; i < s->count; i++) {
			if (s->open[i].next < when)
				when = s->open[i].next;
		}
	}
	return when;
}

size_t
gaps_open(const struct gaps *g, size_t *asked)
{
	size_t n = 0;

	*asked = 0;
	for (size_t k = 0; k < GAPS_STORES; k++) {
		n += g->stores[k].count;
		for (size_t i = 0; i < g->stores[k].count; i++)
			*asked += g->stores[k].open[i].asked > 0;
	}
	return n;
}

const char *
gaps_store(const struct gaps *g)
{
	return g->stores[0].store;
}

enum status
gaps_write(const struct gaps *g, struct buf *out)
{
	enum status st = STATUS_OK;

	for (size_t k = 0; st == STATUS_OK && k < GAPS_STORES; k++) {
		if (g->stores[k].store[0] == '\0')
			continue;
		st = buf_puts(out, g->stores[k].store);
		if (st == STATUS_OK)
			st = ranges_write(&g->stores[k].got, out);
		if (st == STATUS_OK)
			st = buf_puts(out, "\n");
	}
	return st;
}

/* The next word of a line; moves on. */
static struct bytes
next_word(struct bytes *line)
{
	struct bytes word;
	size_t n = 0;

	*line = bytes_trim(*line);
	while (n < line->len && line->data[n] != ' ')
		n++;
	word = bytes_make(line->data, n);
	line->data += n;
	line->len -= n;
	return word;
}

void
gaps_read(struct gaps *g, const struct gaps_pace *pace, struct bytes text,
	int64_t now)
{
	struct reader r = reader_of(text);
	struct bytes line, word;
	size_t k = 0;

	memset(g, 0, sizeof(*g));
	while (k < GAPS_STORES && reader_line(&r, &line)) {
		struct gaps_of *s = &g->stores[k];
		struct range range;

		word = next_word(&line);
		if (!batch_is_store(word))
			continue;
		memcpy(s->store, word.data, word.len);
		while ((word = next_word(&line)).len > 0) {
			if (range_parse(word, &range))
				ranges_add(&s->got, range.first, range.last);
		}
		find_gaps(s, pace, now);
		k++;
	}
}
