#include "forge.h"

#include <string.h>

#include "pgp/crypto.h"
#include "pgp/packet.h"
#include "pgp/signature.h"

enum { CREATED = 1000000000, SUB_CREATED = 2, SUB_ISSUER = 16, SUB_FPR = 33 };

static void
put(struct buf *b, const void *data, size_t len)
{
	gen_must(buf_put(b, bytes_make(data, len)));
}

static void
put_u8(struct buf *b, size_t v)
{
	gen_must(buf_put_u8(b, (uint8_t)v));
}

static void
put_be16(struct buf *b, size_t v)
{
	put_u8(b, v >> 8 & 0xff);
	put_u8(b, v & 0xff);
}

static void
put_key_blob(struct buf *b, const struct forge *f)
{
	put_u8(b, 0x99);
	put_be16(b, f->body.len);
	put(b, f->body.data, f->body.len);
}

void
forge_open(struct forge *f, uint64_t seed)
{
	struct gen_stream s = gen_stream_of(seed, 1, 1);
	struct buf blob = {0};
	struct bytes view;

	memset(f, 0, sizeof(*f));
	gen_ed25519(&f->key, &s);
	put_u8(&f->body, 4);
	gen_must(buf_put_be32(&f->body, CREATED));
	put_u8(&f->body, f->key.algorithm);
	put(&f->body, f->key.material.data, f->key.material.len);
	put_key_blob(&blob, f);
	view = buf_view(&blob);
	crypto_sha1(&view, 1, f->fpr);
	buf_done(&blob);
}

void
forge_close(struct forge *f)
{
	gen_key_done(&f->key);
	buf_done(&f->body);
}

void
forge_put(struct buf *out, uint8_t tag, struct bytes body)
{
	gen_must(packet_write(out, tag, body, false));
}

void
forge_put_subpacket(struct buf *area, uint8_t type, struct bytes body)
{
	put_u8(area, 255);
	gen_must(buf_put_be32(area, (uint32_t)body.len + 1));
	put_u8(area, type);
	put(area, body.data, body.len);
}

static void
put_hashed_part(struct buf *b, const struct forge_sig *s)
{
	const struct forge *names = s->names ? s->names : s->signer;
	uint8_t t[4] = {(uint8_t)(s->created >> 24),
		(uint8_t)(s->created >> 16), (uint8_t)(s->created >> 8),
		(uint8_t)s->created};
	uint8_t fpr[21] = {4};
	struct buf area = {0};

	put_u8(&area, 5);
	put_u8(&area, SUB_CREATED);
	put(&area, t, sizeof(t));
	if (s->names_hashed) {
		memcpy(fpr + 1, names->fpr, 20);
		put_u8(&area, 22);
		put_u8(&area, SUB_FPR);
		put(&area, fpr, sizeof(fpr));
	}
	put(&area, s->hashed.data, s->hashed.len);
	put_u8(b, 4);
	put_u8(b, s->type);
	put_u8(b, GEN_EDDSA);
	put_u8(b, 8);
	put_be16(b, area.len);
	put(b, area.data, area.len);
	buf_done(&area);
}

static void
put_over(struct buf *b, const struct forge *on, const struct forge_sig *s)
{
	put_key_blob(b, on);
	if (s->subkey != NULL)
		put_key_blob(b, s->subkey);
	if (s->user_id.data != NULL) {
		put_u8(b, 0xb4);
		gen_must(buf_put_be32(b, (uint32_t)s->user_id.len));
		put(b, s->user_id.data, s->user_id.len);
	}
}

static void
put_unhashed(struct buf *b, const struct forge_sig *s)
{
	const struct forge *names = s->names ? s->names : s->signer;
	uint8_t issuer[10] = {9, SUB_ISSUER};

	memcpy(issuer + 2, names->fpr + 12, 8);
	if (s->bare) {
		put_be16(b, 0);
	} else if (s->unhashed.data != NULL) {
		put_be16(b, s->unhashed.len);
		put(b, s->unhashed.data, s->unhashed.len);
	} else {
		put_be16(b, sizeof(issuer));
		put(b, issuer, sizeof(issuer));
	}
}

void
forge_sign(const struct forge *on, const struct forge_sig *s, struct buf *body)
{
	struct gen_stream nobody = gen_stream_of(s->created, 2, s->type);
	size_t start = body->len, hashed;
	struct bytes parts[3];
	uint8_t tail[6] = {4, 0xff};
	struct buf over = {0};
	struct digest d;

	put_over(&over, on, s);
	put_hashed_part(body, s);
	hashed = body->len - start;
	tail[4] = (uint8_t)(hashed >> 8);
	tail[5] = (uint8_t)hashed;
	parts[0] = buf_view(&over);
	parts[1] = bytes_make(body->data + start, hashed);
	parts[2] = bytes_make(tail, sizeof(tail));
	crypto_sha256(parts, 3, &d);
	put_unhashed(body, s);
	put(body, d.octets, 2);
	if (s->signer != NULL)
		gen_sign(&s->signer->key, d.octets, body);
	else
		gen_sign_nobody(GEN_EDDSA, &nobody, body);
	buf_done(&over);
}

void
forge_put_sig(
	const struct forge *on, const struct forge_sig *s, struct buf *out)
{
	struct buf body = {0};

	forge_sign(on, s, &body);
	forge_put(out, PACKET_SIGNATURE, buf_view(&body));
	buf_done(&body);
}

void
forge_put_cert(const struct forge *f, struct bytes user_id, uint32_t created,
	struct buf *out)
{
	struct forge_sig self = {.type = SIG_POSITIVE_CERT,
		.created = created,
		.signer = f,
		.names_hashed = true,
		.user_id = user_id};

	forge_put(out, PACKET_PUBLIC_KEY, buf_view(&f->body));
	forge_put(out, PACKET_USER_ID, user_id);
	forge_put_sig(f, &self, out);
}

void
forge_with_unhashed(struct bytes body, struct bytes unhashed, struct buf *out)
{
	size_t hashed = (size_t)body.data[4] << 8 | body.data[5],
	       at = 6 + hashed;
	size_t old = (size_t)body.data[at] << 8 | body.data[at + 1];

	put(out, body.data, at);
	put_be16(out, unhashed.len);
	put(out, unhashed.data, unhashed.len);
	at += 2 + old;
	put(out, body.data + at, body.len - at);
}
