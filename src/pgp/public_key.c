#include "pgp/public_key.h"

#include <stdio.h>
#include <string.h>

#include "base/reader.h"

enum { V4_BODY_MAX = 65535, V3_MODULUS_MIN = 64 /* bits */ };

enum material { MATERIAL_MPI, MATERIAL_CURVE, MATERIAL_FIXED };

struct algorithm {
	uint8_t id;
	enum material material;
	uint16_t bits; /* of MATERIAL_FIXED */
	bool verifies; /* libgcrypt can check its signatures */
	const char *name;
	const char *curve;
};

static const struct algorithm algorithms[] = {
	{1, MATERIAL_MPI, 0, true, "RSA", NULL},
	{2, MATERIAL_MPI, 0, true, "RSA (encrypt only)", NULL},
	{3, MATERIAL_MPI, 0, true, "RSA (sign only)", NULL},
	{8, MATERIAL_FIXED, 0, false, "Kyber", NULL},
	{16, MATERIAL_MPI, 0, false, "ElGamal", NULL},
	{17, MATERIAL_MPI, 0, true, "DSA", NULL},
	{18, MATERIAL_CURVE, 0, false, "ECDH", NULL},
	{19, MATERIAL_CURVE, 0, true, "ECDSA", NULL},
	{20, MATERIAL_MPI, 0, true, "ElGamal (sign)", NULL},
	{22, MATERIAL_CURVE, 0, true, "EdDSA", NULL},
	{25, MATERIAL_FIXED, 255, false, "X25519", "Curve25519"},
	{26, MATERIAL_FIXED, 448, false, "X448", "X448"},
	{27, MATERIAL_FIXED, 255, true, "Ed25519", "Ed25519"},
	{28, MATERIAL_FIXED, 448, true, "Ed448", "Ed448"},
	{30, MATERIAL_FIXED, 0, false, "ML-DSA-65+Ed25519", NULL},
	{31, MATERIAL_FIXED, 0, false, "ML-DSA-87+Ed448", NULL},
	{32, MATERIAL_FIXED, 0, false, "SLH-DSA-SHAKE-128s", NULL},
	{33, MATERIAL_FIXED, 0, false, "SLH-DSA-SHAKE-128f", NULL},
	{34, MATERIAL_FIXED, 0, false, "SLH-DSA-SHAKE-256s", NULL},
	{35, MATERIAL_FIXED, 0, false, "ML-KEM-768+X25519", NULL},
	{36, MATERIAL_FIXED, 0, false, "ML-KEM-1024+X448", NULL},
};

struct curve {
	const char *name;
	const char *oid;
	uint8_t oid_len;
	uint16_t bits;
};

static const struct curve curves[] = {
	{"NIST P-256", "\x2a\x86\x48\xce\x3d\x03\x01\x07", 8, 256},
	{"NIST P-384", "\x2b\x81\x04\x00\x22", 5, 384},
	{"NIST P-521", "\x2b\x81\x04\x00\x23", 5, 521},
	{"brainpoolP256r1", "\x2b\x24\x03\x03\x02\x08\x01\x01\x07", 9, 256},
	{"brainpoolP384r1", "\x2b\x24\x03\x03\x02\x08\x01\x01\x0b", 9, 384},
	{"brainpoolP512r1", "\x2b\x24\x03\x03\x02\x08\x01\x01\x0d", 9, 512},
	{"secp256k1", "\x2b\x81\x04\x00\x0a", 5, 256},
	{"Ed25519", "\x2b\x06\x01\x04\x01\xda\x47\x0f\x01", 9, 255},
	{"Curve25519", "\x2b\x06\x01\x04\x01\x97\x55\x01\x05\x01", 10, 255},
	{"Ed448", "\x2b\x65\x71", 3, 448},
	{"X448", "\x2b\x65\x6f", 3, 448},
};

/* An MPI's octets; its announced bits in *bits. */
static struct bytes
public_key_mpi(struct reader *in, uint16_t *bits)
{
	*bits = reader_be16(in);
	return reader_take(in, ((size_t)*bits + 7) / 8);
}

/* What is left, without taking it. */
static struct bytes
public_key_rest(const struct reader *in)
{
	struct reader rest = *in;

	return reader_rest(&rest);
}

static const struct algorithm *
public_key_find_algorithm(uint8_t id)
{
	size_t i;

	for (i = 0; i < sizeof(algorithms) / sizeof(algorithms[0]); i++) {
		if (algorithms[i].id == id)
			return &algorithms[i];
	}
	return NULL;
}

static void
public_key_read_curve(struct reader *in, struct public_key *key)
{
	struct bytes oid = reader_take(in, reader_u8(in));
	size_t i;

	for (i = 0; i < sizeof(curves) / sizeof(curves[0]); i++) {
		if (!bytes_eq(
			    oid, bytes_make(curves[i].oid, curves[i].oid_len)))
			continue;
		key->curve = curves[i].name;
		key->bits = curves[i].bits;
		return;
	}
}

/* What the material tells for show; that it is broken is no fault here. */
static void
public_key_read_material(struct reader *in, struct public_key *key)
{
	const struct algorithm *a = public_key_find_algorithm(key->algorithm);
	uint16_t bits;

	if (!a)
		return;
	switch (a->material) {
	case MATERIAL_MPI:
		if (public_key_mpi(in, &bits).len)
			key->bits = bits;
		break;
	case MATERIAL_CURVE:
		public_key_read_curve(in, key);
		break;
	case MATERIAL_FIXED:
		key->bits = a->bits;
		key->curve = a->curve;
		break;
	}
}

static enum status
public_key_short(struct err *err, const struct public_key *key)
{
	err_set(err, "version %u key packet of %zu octets is too short",
		key->fpr.version, key->body.len);
	return STATUS_MALFORMED;
}

/* Versions 2 and 3: the fingerprint covers the octets of n and e only. */
static enum status
public_key_parse_v3(struct reader *in, struct public_key *key, struct err *err)
{
	struct bytes parts[2];
	uint16_t bits;
	size_t i;

	key->v3_days = reader_be16(in);
	key->algorithm = reader_u8(in);
	key->material = public_key_rest(in);
	parts[0] = public_key_mpi(in, &key->bits);
	parts[1] = public_key_mpi(in, &bits);
	if (in->failed)
		return public_key_short(err, key);
	if (key->bits < V3_MODULUS_MIN) {
		err_set(err, "version %u key with a modulus of %u bits",
			key->fpr.version, key->bits);
		return STATUS_MALFORMED;
	}
	key->fpr.len = 16;
	crypto_md5(parts, 2, key->fpr.octets);
	for (i = parts[0].len - 8; i < parts[0].len; i++)
		key->key_id = key->key_id << 8 | parts[0].data[i];
	return STATUS_OK;
}

static enum status
public_key_parse_v4(struct reader *in, struct public_key *key, struct err *err)
{
	uint8_t head[3] = {0x99};
	struct bytes parts[2] = {{head, sizeof(head)}, key->body};

	key->algorithm = reader_u8(in);
	if (in->failed)
		return public_key_short(err, key);
	if (key->body.len > V4_BODY_MAX) {
		err_set(err, "version 4 key packet of %zu octets is too long",
			key->body.len);
		return STATUS_MALFORMED;
	}
	key->material = public_key_rest(in);
	public_key_read_material(in, key);
	head[1] = (uint8_t)(key->body.len >> 8);
	head[2] = (uint8_t)key->body.len;
	key->fpr.len = 20;
	crypto_sha1(parts, 2, key->fpr.octets);
	return STATUS_OK;
}

static enum status
public_key_parse_v6(struct reader *in, struct public_key *key, struct err *err)
{
	uint8_t head[5] = {key->fpr.version == 5 ? 0x9a : 0x9b};
	struct bytes parts[2] = {{head, sizeof(head)}, key->body};
	struct reader material;
	struct digest fpr;
	size_t i;

	key->algorithm = reader_u8(in);
	key->material = reader_take(in, reader_be32(in));
	material = reader_of(key->material);
	if (in->failed)
		return public_key_short(err, key);
	public_key_read_material(&material, key);
	for (i = 0; i < 4; i++)
		head[1 + i] = (uint8_t)(key->body.len >> (24 - 8 * i));
	key->fpr.len = 32;
	crypto_sha256(parts, 2, &fpr);
	memcpy(key->fpr.octets, fpr.octets, sizeof(fpr.octets));
	return STATUS_OK;
}

enum status
public_key_parse(struct bytes body, struct public_key *key, struct err *err)
{
	static enum status (*const parse[])(
		struct reader *, struct public_key *, struct err *) = {
		[2] = public_key_parse_v3,
		[3] = public_key_parse_v3,
		[4] = public_key_parse_v4,
		[5] = public_key_parse_v6,
		[6] = public_key_parse_v6,
	};
	struct reader in = reader_of(body);
	struct public_key got;
	enum status st;
	uint8_t version;

	memset(&got, 0, sizeof(got));
	version = reader_u8(&in);
	got.body = body;
	got.fpr.version = version;
	got.created = reader_be32(&in);
	if (in.failed)
		return public_key_short(err, &got);
	if (version < 2 || version > 6) {
		err_set(err, "key of version %u", version);
		return STATUS_MALFORMED;
	}
	st = parse[version](&in, &got, err);
	if (st != STATUS_OK)
		return st;
	if (version >= 4)
		got.key_id = fingerprint_key_id(&got.fpr);
	*key = got;
	return STATUS_OK;
}

bool
public_key_has_oid(uint8_t algorithm)
{
	const struct algorithm *a = public_key_find_algorithm(algorithm);

	return a && a->material == MATERIAL_CURVE;
}

bool
public_key_is_known(const struct public_key *key)
{
	return public_key_find_algorithm(key->algorithm);
}

bool
public_key_verifies(const struct public_key *key)
{
	const struct algorithm *a = public_key_find_algorithm(key->algorithm);

	if (!a || !a->verifies)
		return false;
	return a->material != MATERIAL_CURVE || key->curve;
}

const char *
public_key_algorithm_name(uint8_t algorithm, char out[24])
{
	const struct algorithm *a = public_key_find_algorithm(algorithm);

	if (a)
		snprintf(out, 24, "%s", a->name);
	else
		snprintf(out, 24, "algorithm %u", algorithm);
	return out;
}
