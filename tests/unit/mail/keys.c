#include "keys.h"

#include <stdio.h>
#include <string.h>

#include "../unit.h"
#include "base/hex.h"
#include "pgp/armor.h"
#include "pgp/crypto.h"

static void
fill(uint8_t *out, size_t n, unsigned int seed, const char *what)
{
	struct digest d;
	char text[64];

	for (size_t at = 0; at < n; at += sizeof(d.octets)) {
		size_t left =
			n - at < sizeof(d.octets) ? n - at : sizeof(d.octets);
		struct bytes b;

		(void)snprintf(text, sizeof(text), "%u %s %zu", seed, what, at);
		b = bytes_of(text);
		crypto_sha256(&b, 1, &d);
		memcpy(out + at, d.octets, left);
	}
}

static void
put(struct buf *b, const void *octets, size_t n)
{
	assert_ok(buf_put(b, bytes_make(octets, n)));
}

static void
put_packet(struct buf *out, unsigned int tag, const struct buf *body)
{
	uint8_t head[3] = {(uint8_t)(0x80 | tag << 2 | 1),
		(uint8_t)(body->len >> 8), (uint8_t)body->len};

	put(out, head, sizeof(head));
	put(out, body->data, body->len);
}

static void
key_body(struct buf *b, unsigned int seed, const char *what)
{
	static const uint8_t head[] = {4, 0x5f, 0, 0, 0, 22, 9, 0x2b, 6, 1, 4,
		1, 0xda, 0x47, 0x0f, 1, 0x01, 0x07, 0x40};
	uint8_t point[32];

	fill(point, sizeof(point), seed, what);
	put(b, head, sizeof(head));
	put(b, point, sizeof(point));
}

static void
fingerprint(const struct buf *body, uint8_t fpr[20])
{
	uint8_t head[3] = {0x99, (uint8_t)(body->len >> 8), (uint8_t)body->len};
	struct bytes parts[2] = {bytes_make(head, 3), buf_view(body)};

	crypto_sha1(parts, 2, fpr);
}

static void
put_sig(struct buf *out, unsigned int type, const uint8_t issuer[20],
	unsigned int seed, const char *what)
{
	uint8_t head[] = {
		4, (uint8_t)type, 22, 8, 0, 29, 5, 2, 0x60, 0, 0, 0, 22, 33, 4};
	uint8_t tail[] = {0, 10, 9, 16};
	uint8_t numbers[2 + 2 + 32 + 2 + 32];
	struct buf body = {0};

	fill(numbers, sizeof(numbers), seed, what);
	memcpy(numbers + 2, "\x01\x00", 2);
	numbers[4] |= 0x80;
	memcpy(numbers + 36, "\x01\x00", 2);
	numbers[38] |= 0x80;
	put(&body, head, sizeof(head));
	put(&body, issuer, 20);
	put(&body, tail, sizeof(tail));
	put(&body, issuer + 12, 8);
	put(&body, numbers, sizeof(numbers));
	put_packet(out, 2, &body);
	buf_done(&body);
}

/*
 * The self-signature again, with the right start of its digest: that is all
 * that plausible means (RFC 9580, 5.2.4).
 */
static void
put_found(struct buf *out, const struct buf *key, const uint8_t fpr[20],
	unsigned int seed)
{
	uint8_t head[3] = {0x99, (uint8_t)(key->len >> 8), (uint8_t)key->len};
	struct buf sig = {0}, id = {0};
	struct bytes parts[6];
	struct digest d;
	size_t hashed = 6 + 29;
	uint8_t tail[6] = {4, 0xff, 0, 0, 0, (uint8_t)hashed};
	uint8_t id_head[5] = {0xb4};

	assert_ok(buf_printf(&id, "Test %u <t%u@example.org>", seed, seed));
	id_head[4] = (uint8_t)id.len;
	put_sig(&sig, 0x13, fpr, seed, "self");
	parts[0] = bytes_make(head, sizeof(head));
	parts[1] = buf_view(key);
	parts[2] = bytes_make(id_head, sizeof(id_head));
	parts[3] = buf_view(&id);
	parts[4] = bytes_make(sig.data + 3, hashed);
	parts[5] = bytes_make(tail, sizeof(tail));
	crypto_sha256(parts, 6, &d);
	/* Behind the two areas, of 29 and 10 octets. */
	memcpy(sig.data + 3 + hashed + 2 + 10, d.octets, 2);
	put(out, sig.data, sig.len);
	buf_done(&sig);
	buf_done(&id);
}

static void
put_foreign(struct buf *out, unsigned int seed, const char *who)
{
	uint8_t issuer[20];

	fill(issuer, sizeof(issuer), seed, who);
	put_sig(out, 0x10, issuer, seed, who);
}

static void
put_user_id(struct buf *out, unsigned int seed, size_t more)
{
	struct buf body = {0};

	assert_ok(buf_printf(&body, "Test %u <t%u@example.org>", seed, seed));
	for (size_t i = 0; i < more; i++)
		assert_ok(buf_put_u8(&body, (uint8_t)('a' + i % 26)));
	put_packet(out, 13, &body);
	buf_done(&body);
}

static void
put_v6(struct buf *out, unsigned int seed)
{
	static const uint8_t head[] = {6, 0x5f, 0, 0, 0, 27, 0, 0, 0, 32};
	struct buf body = {0};
	uint8_t point[32];

	fill(point, sizeof(point), seed, "v6");
	put(&body, head, sizeof(head));
	put(&body, point, sizeof(point));
	put_packet(out, 6, &body);
	buf_done(&body);
	put_user_id(out, seed, 0);
	put_foreign(out, seed, "v6 signer");
}

void
key_write(struct buf *out, unsigned int seed, unsigned int parts)
{
	struct buf body = {0}, sub = {0};
	uint8_t fpr[20];

	if (parts & KEY_V6) {
		put_v6(out, seed);
		return;
	}
	key_body(&body, seed, "key");
	fingerprint(&body, fpr);
	put_packet(out, 6, &body);
	put_user_id(out, seed, 0);
	if (parts & KEY_SELF)
		put_sig(out, 0x13, fpr, seed, "self");
	if (parts & KEY_FOUND)
		put_found(out, &body, fpr, seed);
	if (parts & KEY_SIG_A)
		put_foreign(out, seed, "signer A");
	if (parts & KEY_SIG_B)
		put_foreign(out, seed, "signer B");
	if (parts & KEY_SIG_C)
		put_foreign(out, seed, "signer C");
	if (parts & KEY_BIG) {
		put_user_id(out, seed, 1900);
		put_sig(out, 0x13, fpr, seed, "big");
	}
	if (parts & KEY_SUBKEY) {
		key_body(&sub, seed, "subkey");
		put_packet(out, 14, &sub);
		put_sig(out, 0x18, fpr, seed, "binding");
	}
	buf_done(&body);
	buf_done(&sub);
}

void
key_armor(struct buf *out, unsigned int seed, unsigned int parts)
{
	struct buf binary = {0};
	struct bytes view;

	key_write(&binary, seed, parts);
	view = buf_view(&binary);
	assert_ok(armor_write(out, &view, 1, NULL, true));
	buf_done(&binary);
}

void
key_fpr(unsigned int seed, char out[41])
{
	struct buf body = {0};
	uint8_t fpr[20];

	key_body(&body, seed, "key");
	fingerprint(&body, fpr);
	hex_write_upper(bytes_make(fpr, sizeof(fpr)), out);
	buf_done(&body);
}
