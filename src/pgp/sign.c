#include "pgp/sign.h"

#include <gcrypt.h>
#include <string.h>

#include "pgp/packet.h"
#include "pgp/signature.h"

enum {
	VERSION = 4,
	EDDSA = 22,
	SHA_256 = 8,
	POINT = 32,
	BODY_MAX = 512,
	SUBJECT_MAX = 4 /* stretches that a signature is over */
};

/* What a signature says, and of what. */
struct signing {
	uint8_t type;
	uint8_t flags; /* of the key; 0: nothing is said of it */
	uint32_t when;
	const struct bytes *subject;
	size_t count; /* at most SUBJECT_MAX */
};

enum { SUB_CREATED = 2, SUB_ISSUER = 16, SUB_FLAGS = 27, SUB_ISSUER_FPR = 33 };

static const uint8_t ed25519_oid[] = {
	9, 0x2B, 0x06, 0x01, 0x04, 0x01, 0xDA, 0x47, 0x0F, 0x01};

/* ---- the curve --------------------------------------------------------- */

static enum status
failed(gcry_error_t e, struct err *err)
{
	err_set(err, "libgcrypt does not sign: %s", gcry_strerror(e));
	return STATUS_UNSUPPORTED;
}

enum status
sign_point(const struct sign_key *key, uint8_t point[POINT], struct err *err)
{
	gcry_sexp_t params = NULL;
	gcry_ctx_t ctx = NULL;
	gcry_mpi_t q = NULL;
	const void *octets = NULL;
	unsigned int bits = 0;
	gcry_error_t e;

	e = gcry_sexp_build(&params, NULL,
		"(private-key(ecc(curve Ed25519)(flags eddsa)(d %b)))",
		SIGN_SECRET, key->secret);
	if (e == 0)
		e = gcry_mpi_ec_new(&ctx, params, NULL);
	if (e == 0)
		q = gcry_mpi_ec_get_mpi("q@eddsa", ctx, 1);
	if (q != NULL)
		octets = gcry_mpi_get_opaque(q, &bits);
	if (octets != NULL && bits == POINT * 8)
		memcpy(point, octets, POINT);
	else if (e == 0)
		e = gcry_error(GPG_ERR_NO_OBJ);
	gcry_mpi_release(q);
	gcry_ctx_release(ctx);
	gcry_sexp_release(params);
	return e == 0 ? STATUS_OK : failed(e, err);
}

static enum status
put_mpi(struct buf *out, const uint8_t *p, size_t len)
{
	unsigned int bits;
	enum status st;

	while (len > 0 && *p == 0) {
		p++;
		len--;
	}
	bits = (unsigned int)len * 8;
	if (len > 0)
		bits -= (unsigned int)__builtin_clz(*p) - 24;
	st = buf_put_u8(out, (uint8_t)(bits >> 8));
	if (st == STATUS_OK)
		st = buf_put_u8(out, (uint8_t)bits);
	return st == STATUS_OK ? buf_put(out, bytes_make(p, len)) : st;
}

static enum status
put_part(struct buf *out, gcry_sexp_t sig, const char *name)
{
	gcry_sexp_t part = gcry_sexp_find_token(sig, name, 0);
	size_t len = 0;
	const char *octets =
		part == NULL ? NULL : gcry_sexp_nth_data(part, 1, &len);
	enum status st = STATUS_UNSUPPORTED;

	if (octets != NULL)
		st = put_mpi(out, (const uint8_t *)octets, len);
	gcry_sexp_release(part);
	return st;
}

static enum status
sign_digest(const struct sign_key *key, const uint8_t point[POINT],
	const struct digest *d, struct buf *out, struct err *err)
{
	gcry_sexp_t secret = NULL, data = NULL, sig = NULL;
	gcry_error_t e;
	enum status st;

	e = gcry_sexp_build(&secret, NULL,
		"(private-key(ecc(curve Ed25519)(flags eddsa)(q %b)(d %b)))",
		POINT, point, SIGN_SECRET, key->secret);
	if (e == 0)
		e = gcry_sexp_build(&data, NULL,
			"(data(flags eddsa)(hash-algo sha512)(value %b))",
			(int)sizeof(d->octets), d->octets);
	if (e == 0)
		e = gcry_pk_sign(&sig, data, secret);
	st = e == 0 ? put_part(out, sig, "r") : failed(e, err);
	if (st == STATUS_OK)
		st = put_part(out, sig, "s");
	gcry_sexp_release(sig);
	gcry_sexp_release(data);
	gcry_sexp_release(secret);
	return st;
}

/* ---- packets ----------------------------------------------------------- */

static enum status
put_all(struct buf *out, const struct bytes *parts, size_t n)
{
	enum status st = STATUS_OK;

	for (size_t i = 0; st == STATUS_OK && i < n; i++)
		st = buf_put(out, parts[i]);
	return st;
}

static enum status
put_key(const struct sign_key *key, const uint8_t point[POINT], struct buf *out)
{
	uint8_t prefixed[POINT + 1] = {0x40};
	enum status st = buf_put_u8(out, VERSION);

	memcpy(prefixed + 1, point, POINT);
	if (st == STATUS_OK)
		st = buf_put_be32(out, key->created);
	if (st == STATUS_OK)
		st = buf_put_u8(out, EDDSA);
	if (st == STATUS_OK)
		st = buf_put(out, bytes_make(ed25519_oid, sizeof(ed25519_oid)));
	return st == STATUS_OK ? put_mpi(out, prefixed, sizeof(prefixed)) : st;
}

/* What a signature of version 4 hashes before a key's body. */
static void
key_prefix(struct bytes body, uint8_t out[3])
{
	out[0] = 0x99;
	out[1] = (uint8_t)(body.len >> 8);
	out[2] = (uint8_t)body.len;
}

/* From the version to the end of the hashed subpackets. */
static enum status
put_hashed(struct buf *out, const struct signing *s, const uint8_t fpr[20])
{
	const uint8_t flags[] = {2, SUB_FLAGS, s->flags};
	const uint8_t created[] = {5, SUB_CREATED, (uint8_t)(s->when >> 24),
		(uint8_t)(s->when >> 16), (uint8_t)(s->when >> 8),
		(uint8_t)s->when};
	static const uint8_t issuer[] = {22, SUB_ISSUER_FPR, VERSION};
	const struct bytes subpackets[] = {bytes_make(created, sizeof(created)),
		bytes_make(flags, s->flags == 0 ? 0 : sizeof(flags)),
		bytes_make(issuer, sizeof(issuer)), bytes_make(fpr, 20)};
	const size_t n = sizeof(subpackets) / sizeof(subpackets[0]);
	uint8_t head[] = {VERSION, s->type, EDDSA, SHA_256, 0, 0};
	enum status st;

	for (size_t i = 0; i < n; i++)
		head[sizeof(head) - 1] += (uint8_t)subpackets[i].len;
	st = buf_put(out, bytes_make(head, sizeof(head)));
	return st == STATUS_OK ? put_all(out, subpackets, n) : st;
}

static void
hash_subject(const struct signing *s, struct bytes hashed, struct digest *d)
{
	const uint8_t end[] = {VERSION, 0xFF, 0, 0, (uint8_t)(hashed.len >> 8),
		(uint8_t)hashed.len};
	struct bytes parts[SUBJECT_MAX + 2];

	memcpy(parts, s->subject, s->count * sizeof(parts[0]));
	parts[s->count] = hashed;
	parts[s->count + 1] = bytes_make(end, sizeof(end));
	crypto_sha256(parts, s->count + 2, d);
}

/* The body of one; `body` is the key's. */
static enum status
put_signature(const struct sign_key *key, const uint8_t point[POINT],
	struct bytes body, const struct signing *s, struct buf *out,
	struct err *err)
{
	uint8_t prefix[3] = {0}, fpr[20];
	const struct bytes parts[] = {bytes_make(prefix, sizeof(prefix)), body};
	const uint8_t head[] = {0, 10, 9, SUB_ISSUER};
	struct digest d;
	enum status st;

	key_prefix(body, prefix);
	crypto_sha1(parts, 2, fpr);
	st = put_hashed(out, s, fpr);
	if (st != STATUS_OK)
		return st;
	hash_subject(s, buf_view(out), &d);
	{
		const struct bytes rest[] = {bytes_make(head, sizeof(head)),
			bytes_make(fpr + 12, 8), bytes_make(d.octets, 2)};

		st = put_all(out, rest, 3);
	}
	return st == STATUS_OK ? sign_digest(key, point, &d, out, err) : st;
}

static enum status
put_certification(const struct sign_key *key, const uint8_t point[POINT],
	struct bytes body, struct bytes user_id, uint8_t flags, uint32_t when,
	struct buf *out, struct err *err)
{
	uint8_t prefix[3] = {0};
	const uint8_t of_id[] = {
		0xB4, 0, 0, (uint8_t)(user_id.len >> 8), (uint8_t)user_id.len};
	const struct bytes subject[] = {bytes_make(prefix, sizeof(prefix)),
		body, bytes_make(of_id, sizeof(of_id)), user_id};
	const struct signing s = {SIG_POSITIVE_CERT, flags, when, subject,
		sizeof(subject) / sizeof(subject[0])};

	key_prefix(body, prefix);
	return put_signature(key, point, body, &s, out, err);
}

enum status
sign_certificate(const struct sign_key *key, const char *user_id, uint8_t flags,
	uint32_t when, struct buf *out, struct err *err)
{
	struct bytes id = bytes_of(user_id);
	uint8_t point[POINT];
	struct buf body, sig;
	enum status st = sign_point(key, point, err);

	buf_init(&body, BODY_MAX);
	buf_init(&sig, BODY_MAX);
	if (st == STATUS_OK && id.len > SIGN_USER_ID_MAX)
		st = STATUS_LIMIT;
	if (st == STATUS_OK)
		st = put_key(key, point, &body);
	if (st == STATUS_OK)
		st = put_certification(key, point, buf_view(&body), id, flags,
			when, &sig, err);
	if (st == STATUS_OK)
		st = packet_write(
			out, PACKET_PUBLIC_KEY, buf_view(&body), false);
	if (st == STATUS_OK)
		st = packet_write(out, PACKET_USER_ID, id, false);
	if (st == STATUS_OK)
		st = packet_write(out, PACKET_SIGNATURE, buf_view(&sig), false);
	buf_done(&sig);
	buf_done(&body);
	return st;
}

enum status
sign_octets(const struct sign_key *key, struct bytes octets, uint32_t when,
	struct buf *out, struct err *err)
{
	const struct signing s = {SIG_BINARY, 0, when, &octets, 1};
	uint8_t point[POINT];
	struct buf body, sig;
	enum status st = sign_point(key, point, err);

	buf_init(&body, BODY_MAX);
	buf_init(&sig, BODY_MAX);
	if (st == STATUS_OK)
		st = put_key(key, point, &body);
	if (st == STATUS_OK)
		st = put_signature(key, point, buf_view(&body), &s, &sig, err);
	if (st == STATUS_OK)
		st = packet_write(out, PACKET_SIGNATURE, buf_view(&sig), false);
	buf_done(&sig);
	buf_done(&body);
	return st;
}
