#include "mail/ranges.h"

#include <inttypes.h>
#include <string.h>

bool
range_is_sound(int64_t first, int64_t last)
{
	return first >= 1 && first <= last && last < INT64_MAX;
}

/* Decimal digits and nothing else, at least one, no overflow. */
static bool
parse_number(struct bytes text, int64_t *out)
{
	int64_t n = 0;

	if (text.len == 0)
		return false;
	for (size_t i = 0; i < text.len; i++) {
		uint8_t c = text.data[i];

		if (c < '0' || c > '9' || __builtin_mul_overflow(n, 10, &n) ||
			__builtin_add_overflow(n, c - '0', &n))
			return false;
	}
	*out = n;
	return true;
}

bool
range_parse(struct bytes text, struct range *out)
{
	struct range r;
	size_t at = 0;

	while (at < text.len && text.data[at] != '-')
		at++;
	if (at == text.len ||
		!parse_number(bytes_make(text.data, at), &r.first) ||
		!parse_number(bytes_make(text.data + at + 1, text.len - at - 1),
			&r.last) ||
		!range_is_sound(r.first, r.last))
		return false;
	*out = r;
	return true;
}

/* The first interval that ends at or after `seq`. */
static size_t
find(const struct ranges *r, int64_t seq)
{
	size_t low = 0, high = r->count;

	while (low < high) {
		size_t middle = low + (high - low) / 2;

		if (r->list[middle].last < seq)
			low = middle + 1;
		else
			high = middle;
	}
	return low;
}

static void
remove_at(struct ranges *r, size_t at, size_t n)
{
	memmove(&r->list[at], &r->list[at + n],
		(r->count - at - n) * sizeof(r->list[0]));
	r->count -= n;
}

void
ranges_add(struct ranges *r, int64_t first, int64_t last)
{
	size_t at = find(r, first - 1), n = 0;
	struct range one = {first, last};

	if (!range_is_sound(first, last))
		return;
	/* All that it touches become one with it. */
	while (at + n < r->count && r->list[at + n].first <= last + 1) {
		if (r->list[at + n].first < one.first)
			one.first = r->list[at + n].first;
		if (r->list[at + n].last > one.last)
			one.last = r->list[at + n].last;
		n++;
	}
	remove_at(r, at, n);
	if (r->count == RANGES_MAX) {
		r->closed++;
		/* One below them all: the gap behind it is the lowest. */
		if (at == 0) {
			r->list[0].first = one.first;
			return;
		}
		r->list[1].first = r->list[0].first;
		remove_at(r, 0, 1);
		at--;
		/* It was to stand between the two. */
		if (at == 0 && one.last < r->list[0].last)
			return;
	}
	memmove(&r->list[at + 1], &r->list[at],
		(r->count - at) * sizeof(r->list[0]));
	r->list[at] = one;
	r->count++;
}

bool
ranges_gap(const struct ranges *r, size_t i, struct range *gap)
{
	if (i + 1 >= r->count)
		return false;
	gap->first = r->list[i].last + 1;
	gap->last = r->list[i + 1].first - 1;
	return true;
}

enum status
ranges_write(const struct ranges *r, struct buf *out)
{
	enum status st = STATUS_OK;

	for (size_t i = 0; st == STATUS_OK && i < r->count; i++)
		st = buf_printf(out, " %" PRId64 "-%" PRId64, r->list[i].first,
			r->list[i].last);
	return st;
}
