#include "fragments.h"

#include "../unit.h"

#include <stdlib.h>

#include "pgp/packet.h"

static uint32_t seed = 1;

static uint32_t
random_below(uint32_t n)
{
	seed = seed * 1664525u + 1013904223u;
	return (seed >> 8) % n;
}

static void
put_old_header(struct buf *out, uint8_t tag, size_t len)
{
	assert_ok(buf_put_u8(out, (uint8_t)(0x80 | tag << 2 | 2)));
	assert_ok(buf_put_be32(out, (uint32_t)len));
}

static void
put_new_header(struct buf *out, uint8_t tag, size_t len)
{
	assert_ok(buf_put_u8(out, (uint8_t)(0xc0 | tag)));
	assert_ok(buf_put_u8(out, 0xff));
	assert_ok(buf_put_be32(out, (uint32_t)len));
}

/* A body in two chunks, the first of a power of two. */
static void
put_partial(struct buf *out, uint8_t tag, struct bytes body)
{
	uint8_t power = 0;

	while (((size_t)2 << power) <= body.len && power < 8)
		power++;
	assert_ok(buf_put_u8(out, (uint8_t)(0xc0 | tag)));
	assert_ok(buf_put_u8(out, (uint8_t)(0xe0 | power)));
	assert_ok(buf_put(out, bytes_make(body.data, (size_t)1 << power)));
	body.data += (size_t)1 << power;
	body.len -= (size_t)1 << power;
	assert_ok(buf_put_u8(out, 0xff));
	assert_ok(buf_put_be32(out, (uint32_t)body.len));
	assert_ok(buf_put(out, body));
}

static void
put_packet(struct buf *out, const struct packet *p)
{
	uint32_t form = random_below(p->tag < 16 ? 4 : 3);

	if (form == 0) {
		assert_ok(packet_write(out, p->tag, p->body, true));
		return;
	}
	if (form == 1 && p->body.len) {
		put_partial(out, p->tag, p->body);
		return;
	}
	if (form == 3)
		put_old_header(out, p->tag, p->body.len);
	else
		put_new_header(out, p->tag, p->body.len);
	assert_ok(buf_put(out, p->body));
}

/* Which fragments get a packet: at least one of the three. */
static unsigned
pick_fragments(void)
{
	return 1 + random_below((1u << FRAGMENTS) - 1);
}

static void
split_component(
	struct buf out[FRAGMENTS], const struct component *c, bool is_primary)
{
	unsigned all = (1u << FRAGMENTS) - 1;
	unsigned own = is_primary ? all : pick_fragments();
	unsigned used = own, *who;
	size_t i, k, n = c->sig_count;

	who = xcalloc(n + 1, sizeof(*who));
	for (i = 0; i < n; i++) {
		who[i] = pick_fragments();
		used |= who[i];
	}
	for (k = 0; k < FRAGMENTS; k++) {
		if (!(used & 1u << k))
			continue;
		put_packet(&out[k], &c->packet);
		/* Backwards, some twice: order and number are not kept. */
		for (i = n; i-- > 0;) {
			if (who[i] & 1u << k)
				put_packet(&out[k], &c->sigs[i].packet);
			if (who[i] & 1u << k && random_below(8) == 0)
				put_packet(&out[k], &c->sigs[i].packet);
		}
	}
	free(who);
}

static void
split_list(struct buf out[FRAGMENTS], const struct component *list, size_t n)
{
	size_t i;

	for (i = n; i-- > 0;) {
		split_component(out, &list[i], false);
		if (random_below(8) == 0)
			split_component(out, &list[i], false);
	}
}

void
fragments_split(struct buf out[FRAGMENTS], const struct cert *cert)
{
	split_component(out, &cert->primary, true);
	split_list(out, cert->subkeys, cert->subkey_count);
	split_list(out, cert->user_ids, cert->user_id_count);
	split_list(out, cert->attributes, cert->attribute_count);
}
