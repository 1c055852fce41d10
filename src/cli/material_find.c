/* Where key material begins, in octets that may be anything. */
#include <string.h>

#include "base/reader.h"
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

/* How many numbers the material of such a key is made of; 0: it is not made of
 * numbers alone, or makes no signatures, as a primary key must. */
static size_t
count_numbers(uint8_t algorithm)
{
	switch (algorithm) {
	case 1: /* RSA */
	case 2:
	case 3:
		return 2;
	case 17: /* DSA */
		return 4;
	case 20: /* ElGamal */
		return 3;
	case 19: /* ECDSA, EdDSA: behind the curve */
	case 22:
		return 1;
	default:
		return 0;
	}
}

/* As written: its first octet has its highest bit where the length says. */
static bool
take_number(struct reader *in)
{
	size_t bits = reader_be16(in);
	struct bytes n = reader_take(in, (bits + 7) / 8);

	return n.len > 0 && n.data[0] >> ((bits - 1) % 8) == 1;
}

/*
 * Among millions of octets behind damage some look like a key's beginning. What
 * is taken for one has the material of a known algorithm, to its last octet.
 */
static bool
is_sound(const struct public_key *key)
{
	struct reader in = reader_of(key->material);
	size_t n = count_numbers(key->algorithm);

	if (n == 0)
		return public_key_verifies(key) ||
		       (public_key_is_known(key) && key->algorithm >= 30);
	if (n == 1 && key->curve == NULL)
		return false;
	if (n == 1)
		reader_take(&in, reader_u8(&in));
	for (; n > 0; n--)
		if (!take_number(&in))
			return false;
	return !in.failed && in.pos == in.in.len;
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
		public_key_parse(p.body, &key, NULL) != STATUS_OK ||
		!is_sound(&key))
		return false;
	return r.pos == in.len || may_follow_key(packet_peek_tag(&r));
}

size_t
cutter_find_key_before(struct bytes in, size_t from, size_t upto)
{
	struct arena *none = arena_new(1);
	size_t i;

	for (i = from; i < upto; i++)
		if (may_begin_key(in.data[i]) && is_key_at(in, i, none))
			break;
	arena_free(none);
	return i < upto ? i : in.len;
}

size_t
cutter_find_key(struct bytes in, size_t from)
{
	return cutter_find_key_before(in, from, in.len);
}

size_t
cutter_find(struct bytes in, size_t from, size_t text)
{
	static const char begin[] = CUTTER_BEGIN;
	const uint8_t *hit = NULL;

	if (text < in.len)
		hit = memmem(in.data + text, in.len - text, begin,
			sizeof(begin) - 1);
	if (hit != NULL)
		in.len = (size_t)(hit - in.data);
	return cutter_find_key(in, from);
}
