/* Where key material begins, in octets that may be anything. */
#include <string.h>

#include "cli/material_cutter.h"
#include "pgp/packet.h"
#include "pgp/public_key.h"

bool
cutter_is_key(struct bytes body)
{
	return body.len > 0 && body.data[0] >= 2 && body.data[0] <= 6;
}

/* An octet that a public key may begin with, in the form of any program. */
static bool
may_begin_key(uint8_t first)
{
	return first == 0x98 || first == 0x99 || first == 0x9a || first == 0xc6;
}

static bool
may_follow_key(uint8_t tag)
{
	switch (tag) {
	case PACKET_SIGNATURE:
	case PACKET_SECRET_KEY:
	case PACKET_PUBLIC_KEY:
	case PACKET_USER_ID:
	case PACKET_PUBLIC_SUBKEY:
	case PACKET_USER_ATTRIBUTE:
	case 12: /* trust, of a keyring that gpg writes */
		return true;
	default:
		return false;
	}
}

/* A chunked key is none: there is no memory to join it in. */
static bool
is_key_at(struct bytes in, size_t at, struct arena *none)
{
	struct packet_reader r = packet_reader_of(in, none);
	struct public_key key;
	struct packet p;

	r.pos = at;
	if (packet_next(&r, &p, NULL) != STATUS_OK || !cutter_is_key(p.body) ||
		public_key_parse(p.body, &key, NULL) != STATUS_OK)
		return false;
	return r.pos == in.len || may_follow_key(packet_peek_tag(&r));
}

size_t
cutter_find_key(struct bytes in, size_t from)
{
	struct arena *none = arena_new(1);
	size_t i;

	for (i = from; i < in.len; i++)
		if (may_begin_key(in.data[i]) && is_key_at(in, i, none))
			break;
	arena_free(none);
	return i < in.len ? i : in.len;
}

size_t
cutter_find(struct bytes in, size_t from, size_t text)
{
	static const char begin[] = "-----BEGIN PGP ";
	const uint8_t *hit = NULL;

	if (text < in.len)
		hit = memmem(in.data + text, in.len - text, begin,
			sizeof(begin) - 1);
	if (hit != NULL)
		in.len = (size_t)(hit - in.data);
	return cutter_find_key(in, from);
}
