#include "tests/bench/gen_cert.h"

#include <stdio.h>
#include <string.h>

#include "pgp/crypto.h"
#include "pgp/packet.h"

enum {
	LABEL_CERT = 1,
	LABEL_MATERIAL = 2,
	CREATED_FIRST = 978307200, /* 2001-01-01 */
	CREATED_MASK = (1 << 29) - 1,
	DAY = 86400
};

static const char *const first_names[] = {"Ada", "Bruno", "Chen", "Dana",
	"Emil", "Fatima", "Goran", "Hanna", "Ines", "Jonas", "Keiko", "Lars",
	"Mira", "Nils", "Olga", "Pavel"};
static const char *const last_names[] = {"Abel", "Berg", "Castro", "Dietz",
	"Evans", "Fuchs", "Garcia", "Hoffmann", "Ivanov", "Jansen", "Kim",
	"Larsen", "Meyer", "Novak", "Okafor", "Peters"};
static const char *const domains[] = {"example.org", "example.net",
	"example.com", "mail.example", "uni.example", "lists.example"};

/* The one certificate under construction. */
struct maker {
	const struct gen_shape *shape;
	struct buf *out;
	struct gen_stream stream;
	const struct gen_key *key;
	uint32_t created;
	uint8_t fpr[20];
	struct buf primary; /* bodies */
	struct buf sub;
};

static void
put(struct buf *b, const void *data, size_t len)
{
	gen_must(buf_put(b, bytes_make(data, len)));
}

static void
put_u8(struct buf *b, unsigned v)
{
	gen_must(buf_put_u8(b, (uint8_t)v));
}

static void
put_packet(struct buf *out, uint8_t tag, struct bytes body)
{
	gen_must(packet_write(out, tag, body, false));
}

static void
put_key(struct buf *body, const struct gen_key *key, uint32_t created)
{
	put_u8(body, 4);
	gen_must(buf_put_be32(body, created));
	put_u8(body, key->algorithm);
	gen_must(buf_put(body, buf_view(&key->material)));
}

/* 0x99 || u16 length: what precedes a key when it is hashed. */
static void
put_keyblob(struct buf *b, struct bytes body)
{
	put_u8(b, 0x99);
	put_u8(b, (unsigned)(body.len >> 8));
	put_u8(b, (unsigned)body.len & 0xFF);
	gen_must(buf_put(b, body));
}

/* ---- signatures -------------------------------------------------------------
 */

struct recipe {
	uint8_t type;
	uint8_t algorithm;
	uint32_t created;
	const uint8_t *issuer_fpr; /* 20 octets */
	int flags;                 /* -1: none */
	uint32_t expires_after;    /* of the key; 0: does not say */
	uint32_t sig_expires_after;
	bool primary;
	bool preferences;
	uint8_t reason; /* of a revocation; 0: does not say */
};

static void
put_subpacket(struct buf *b, uint8_t type, const void *data, size_t len)
{
	put_u8(b, (unsigned)len + 1);
	put_u8(b, type);
	put(b, data, len);
}

static void
put_time(struct buf *b, uint8_t type, uint32_t t)
{
	uint8_t octets[4] = {(uint8_t)(t >> 24), (uint8_t)(t >> 16),
		(uint8_t)(t >> 8), (uint8_t)t};

	put_subpacket(b, type, octets, sizeof(octets));
}

/* From the version to the end of the hashed area. */
static void
put_hashed_part(struct buf *b, const struct recipe *r)
{
	static const uint8_t ciphers[] = {9, 8, 7, 2},
			     hashes[] = {10, 9, 8, 11}, packers[] = {2, 3, 1},
			     modern[] = {1}, no_modify[] = {0x80};
	uint8_t issuer[21] = {4}, flags = (uint8_t)r->flags, yes = 1;
	struct buf area = {0};

	memcpy(issuer + 1, r->issuer_fpr, 20);
	put_subpacket(&area, 33, issuer, sizeof(issuer));
	put_time(&area, 2, r->created);
	if (r->expires_after != 0)
		put_time(&area, 9, r->expires_after);
	if (r->sig_expires_after != 0)
		put_time(&area, 3, r->sig_expires_after);
	if (r->primary)
		put_subpacket(&area, 25, &yes, 1);
	if (r->reason != 0)
		put_subpacket(&area, 29, &r->reason, 1);
	if (r->flags >= 0)
		put_subpacket(&area, 27, &flags, 1);
	if (r->preferences) {
		put_subpacket(&area, 11, ciphers, sizeof(ciphers));
		put_subpacket(&area, 21, hashes, sizeof(hashes));
		put_subpacket(&area, 22, packers, sizeof(packers));
		put_subpacket(&area, 30, modern, sizeof(modern));
		put_subpacket(&area, 23, no_modify, sizeof(no_modify));
	}
	put_u8(b, 4);
	put_u8(b, r->type);
	put_u8(b, r->algorithm);
	put_u8(b, 8);
	put_u8(b, (unsigned)(area.len >> 8));
	put_u8(b, (unsigned)area.len & 0xFF);
	gen_must(buf_put(b, buf_view(&area)));
	buf_done(&area);
}

/* `over` is what is hashed before the signature; key NULL: by nobody. */
static void
put_signature(struct maker *m, const struct recipe *r, struct bytes over,
	const struct gen_key *key)
{
	uint8_t tail[6] = {4, 0xFF};
	struct bytes parts[3];
	struct buf sig = {0};
	struct digest d;

	put_hashed_part(&sig, r);
	tail[4] = (uint8_t)(sig.len >> 8);
	tail[5] = (uint8_t)sig.len;
	parts[0] = over;
	parts[1] = buf_view(&sig);
	parts[2] = bytes_make(tail, sizeof(tail));
	crypto_sha256(parts, 3, &d);
	put_u8(&sig, 0);
	put_u8(&sig, 10);
	put_subpacket(&sig, 16, r->issuer_fpr + 12, 8);
	put(&sig, d.octets, 2);
	if (key != NULL)
		gen_sign(key, d.octets, &sig);
	else
		gen_sign_nobody(r->algorithm, &m->stream, &sig);
	put_packet(m->out, PACKET_SIGNATURE, buf_view(&sig));
	buf_done(&sig);
}

/* ---- components
 * ---------------------------------------------------------------- */

static void
put_certification(struct maker *m, struct bytes over)
{
	uint8_t fpr[20];
	struct recipe r = {.type = 0x10, .flags = -1, .issuer_fpr = fpr};

	gen_take(&m->stream, fpr, sizeof(fpr));
	r.algorithm = gen_below(&m->stream, 4) == 0 ? GEN_EDDSA : GEN_RSA;
	r.created = m->created + DAY + gen_below(&m->stream, 3000) * DAY;
	put_signature(m, &r, over, NULL);
}

static void
put_user_id(struct maker *m, unsigned number)
{
	struct recipe r = {.type = 0x13,
		.algorithm = m->key->algorithm,
		.created = m->created + number * DAY,
		.issuer_fpr = m->fpr,
		.flags = 3,
		.expires_after = m->shape->expires_after,
		.sig_expires_after = m->shape->user_id_expires_after,
		.primary = m->shape->primary_user_id == number + 1 ||
			   number < m->shape->primaries,
		.preferences = true};
	struct recipe gone = {.type = 0x30,
		.algorithm = m->key->algorithm,
		.created = r.created + DAY,
		.issuer_fpr = m->fpr,
		.flags = -1};
	struct bytes text = m->shape->user_ids[number];
	unsigned others = m->shape->others;
	struct buf over = {0};

	put_packet(m->out, PACKET_USER_ID, text);
	put_keyblob(&over, buf_view(&m->primary));
	put_u8(&over, 0xB4);
	gen_must(buf_put_be32(&over, (uint32_t)text.len));
	gen_must(buf_put(&over, text));
	if (!m->shape->no_self_signature)
		put_signature(m, &r, buf_view(&over), m->key);
	if (m->shape->revoked_user_id == number + 1)
		put_signature(m, &gone, buf_view(&over), m->key);
	if (number > 0)
		others /= 3;
	while (others-- > 0)
		put_certification(m, buf_view(&over));
	buf_done(&over);
}

static void
put_revocation(struct maker *m)
{
	struct recipe r = {.type = 0x20,
		.algorithm = m->key->algorithm,
		.created = m->created + DAY,
		.issuer_fpr = m->fpr,
		.flags = -1,
		.reason = m->shape->reason};
	struct buf over = {0};

	put_keyblob(&over, buf_view(&m->primary));
	put_signature(m, &r, buf_view(&over), m->key);
	buf_done(&over);
}

static void
put_subkey(struct maker *m, const struct gen_key *sub)
{
	struct recipe r = {.type = 0x18,
		.algorithm = m->key->algorithm,
		.created = m->created,
		.issuer_fpr = m->fpr,
		.flags = 0x0C};
	struct buf over = {0};

	put_key(&m->sub, sub, m->created);
	put_packet(m->out, PACKET_PUBLIC_SUBKEY, buf_view(&m->sub));
	put_keyblob(&over, buf_view(&m->primary));
	put_keyblob(&over, buf_view(&m->sub));
	put_signature(m, &r, buf_view(&over), m->key);
	buf_done(&over);
}

/* Different for each index: pool keys repeat, fingerprints must not. */
static uint32_t
created_of(uint64_t index)
{
	return CREATED_FIRST + (((uint32_t)index * 2654435761u) & CREATED_MASK);
}

void
gen_shaped(const struct gen_pool *pool, uint64_t seed, uint64_t index,
	const struct gen_shape *shape, struct buf *out, uint8_t fpr[20])
{
	struct maker m = {
		.shape = shape, .out = out, .created = shape->created};
	struct gen_key own = {0}, sub = {0};
	const struct gen_key *subkey = &sub;
	struct buf blob = {0};
	struct bytes view;
	unsigned i;

	m.stream = gen_stream_of(seed, LABEL_MATERIAL, index);
	m.key = &own;
	if (shape->rsa) {
		m.key = &pool->rsa[gen_below(&m.stream, GEN_POOL)];
		subkey = &pool->rsa[gen_below(&m.stream, GEN_POOL)];
	} else if (pool != NULL) {
		m.key = &pool->eddsa[gen_below(&m.stream, GEN_POOL)];
		gen_ecdh(&sub, &m.stream);
	} else {
		gen_ed25519(&own, &m.stream);
		gen_ecdh(&sub, &m.stream);
	}
	put_key(&m.primary, m.key, m.created);
	put_keyblob(&blob, buf_view(&m.primary));
	view = buf_view(&blob);
	crypto_sha1(&view, 1, m.fpr);
	put_packet(out, PACKET_PUBLIC_KEY, buf_view(&m.primary));
	if (shape->revoked)
		put_revocation(&m);
	for (i = 0; i < shape->user_id_count; i++)
		put_user_id(&m, i);
	if (!shape->no_subkey)
		put_subkey(&m, subkey);
	if (fpr != NULL)
		memcpy(fpr, m.fpr, sizeof(m.fpr));
	buf_done(&blob);
	buf_done(&m.primary);
	buf_done(&m.sub);
	gen_key_done(&own);
	gen_key_done(&sub);
}

struct name {
	char text[160];
};

static struct bytes
make_name(struct gen_stream *s, uint64_t number, struct name *name)
{
	const char *first = first_names[gen_below(s, 16)];
	const char *last = last_names[gen_below(s, 16)];
	const char *domain = domains[gen_below(s, 6)];
	int n;

	n = snprintf(name->text, sizeof(name->text), "%s %s <%s.%s.%llu@%s>",
		first, last, first, last, (unsigned long long)number, domain);
	return bytes_make(name->text, (size_t)n);
}

void
gen_cert(const struct gen_pool *pool, uint64_t seed, uint64_t index,
	struct buf *out, uint8_t fpr[20])
{
	struct gen_stream s = gen_stream_of(seed, LABEL_CERT, index);
	struct bytes texts[2];
	struct name names[2];
	struct gen_shape shape = {
		.created = created_of(index), .user_ids = texts};
	size_t i;

	shape.rsa = pool != NULL && gen_below(&s, 2) == 0;
	shape.user_id_count = gen_below(&s, 4) == 0 ? 2 : 1;
	shape.others = gen_below(&s, shape.rsa ? 8 : 13);
	for (i = 0; i < shape.user_id_count; i++)
		texts[i] = make_name(&s, index * 4 + i, &names[i]);
	gen_shaped(pool, seed, index, &shape, out, fpr);
}
