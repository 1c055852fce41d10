#include "mail/offers.h"

#include <string.h>

#include "base/reader.h"

enum {
	FIRST_S = 12 * 3600,
	TIMES_MAX = 7, /* 64 days */
	OFFER_OCTETS = 17
};

static int64_t
wait_of(unsigned int times)
{
	return (int64_t)FIRST_S << times;
}

/* Its place, or the one in its row that is needed least. */
static struct offered *
find(struct offers *o, uint64_t id)
{
	struct offered *row =
		&o->list[id % (OFFERS_MAX / OFFERS_WAY) * OFFERS_WAY];
	struct offered *best = row;

	for (size_t i = 0; i < OFFERS_WAY; i++) {
		if (row[i].next != 0 && row[i].id == id)
			return &row[i];
		if (row[i].next < best->next)
			best = &row[i];
	}
	memset(best, 0, sizeof(*best));
	return best;
}

bool
offers_take(struct offers *o, uint64_t id, int64_t now)
{
	struct offered *f = find(o, id);

	/* A clock that was set back must not forbid it for ever. */
	if (f->next != 0 && f->next > now && f->next - now <= wait_of(f->times))
		return false;
	f->times = f->next == 0 || f->times >= TIMES_MAX
			   ? (uint8_t)(f->next == 0 ? 0 : TIMES_MAX)
			   : (uint8_t)(f->times + 1);
	f->id = id;
	f->next = now + wait_of(f->times);
	o->changed = true;
	return true;
}

enum status
offers_write(const struct offers *o, struct buf *out)
{
	enum status st = STATUS_OK;

	for (size_t i = 0; st == STATUS_OK && i < OFFERS_MAX; i++) {
		const struct offered *f = &o->list[i];

		if (f->next == 0)
			continue;
		st = buf_put_be64(out, f->id);
		if (st == STATUS_OK)
			st = buf_put_be64(out, (uint64_t)f->next);
		if (st == STATUS_OK)
			st = buf_put_u8(out, f->times);
	}
	return st;
}

void
offers_read(struct offers *o, struct bytes note)
{
	struct reader r = reader_of(note);

	memset(o, 0, sizeof(*o));
	while (reader_left(&r) >= OFFER_OCTETS) {
		struct offered f = {.id = reader_be64(&r)};

		f.next = (int64_t)reader_be64(&r);
		f.times = reader_u8(&r);
		if (f.next > 0 && f.times <= TIMES_MAX)
			*find(o, f.id) = f;
	}
}
