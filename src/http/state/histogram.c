#include "http/state/histogram.h"

#include <assert.h>
#include <string.h>

void
histogram_init(struct histogram *h, int64_t unit, size_t spans)
{
	assert(unit > 0 && spans > 0 && spans <= HISTOGRAM_MAX);
	memset(h, 0, sizeof(*h));
	h->unit = unit;
	h->spans = spans;
}

void
histogram_add(
	struct histogram *h, enum change_kind kind, int64_t time, int64_t now)
{
	int64_t n = (time > now ? now : time) / h->unit;
	size_t at;

	if (n <= 0)
		return;
	at = (size_t)(n % (int64_t)h->spans);
	if (h->number[at] > n)
		return; /* fallen out of the ring */
	if (h->number[at] < n) {
		h->number[at] = n;
		memset(&h->counts[at], 0, sizeof(h->counts[at]));
	}
	switch (kind) {
	case CHANGE_INSERTED:
		h->counts[at].inserted++;
		break;
	case CHANGE_UPDATED:
		h->counts[at].updated++;
		break;
	case CHANGE_REMOVED:
		h->counts[at].removed++;
		break;
	}
}

int64_t
histogram_start(const struct histogram *h, size_t back, int64_t now)
{
	return (now / h->unit - (int64_t)back) * h->unit;
}

struct tally
histogram_get(const struct histogram *h, size_t back, int64_t now)
{
	int64_t n = now / h->unit - (int64_t)back;
	struct tally none = {0, 0, 0};
	size_t at;

	if (n <= 0 || back >= h->spans)
		return none;
	at = (size_t)(n % (int64_t)h->spans);
	return h->number[at] == n ? h->counts[at] : none;
}

size_t
histogram_known(const struct histogram *h, int64_t since, int64_t now)
{
	int64_t n = now / h->unit - since / h->unit + 1;

	if (n < 1)
		return 1;
	return n > (int64_t)h->spans ? h->spans : (size_t)n;
}

struct tally
histogram_sum(const struct histogram *h, size_t spans, int64_t now)
{
	struct tally sum = {0, 0, 0};

	for (size_t i = 0; i < spans; i++) {
		struct tally t = histogram_get(h, i, now);

		sum.inserted += t.inserted;
		sum.updated += t.updated;
		sum.removed += t.removed;
	}
	return sum;
}

int64_t
tally_total(const struct tally *t)
{
	return t->inserted + t->updated + t->removed;
}
