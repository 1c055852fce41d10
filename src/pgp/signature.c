#include "pgp/signature.h"

#include <string.h>

#include "pgp/subpacket.h"

enum {
	SUBPACKETS_MAX = 256, /* L11 */
	NOTATION_MAX = 4096,  /* L11, octets */
	V3_HASHED_LEN = 5
};

enum subpacket_type {
	SUB_CREATED = 2,
	SUB_EXPIRES = 3,
	SUB_EXPORTABLE = 4,
	SUB_KEY_EXPIRES = 9,
	SUB_ISSUER = 16,
	SUB_NOTATION = 20,
	SUB_PRIMARY_USER_ID = 25,
	SUB_FLAGS = 27,
	SUB_REASON = 29,
	SUB_EMBEDDED = 32,
	SUB_ISSUER_FPR = 33
};

struct salt_row {
	uint8_t hash;
	uint8_t len;
};

static const struct salt_row salts[] = {
	{8, 16}, {9, 24}, {10, 32}, {11, 16}, {12, 16}, {14, 32}};

/*
 * A reader of one subpacket's body. One that is too short for its type is
 * passed over: the signature as a whole stays readable.
 */
typedef void signature_take(struct signature_info *info, struct reader *in);

static void
signature_take_created(struct signature_info *info, struct reader *in)
{
	info->created = reader_be32(in);
}

static void
signature_take_expires(struct signature_info *info, struct reader *in)
{
	info->expires_after = reader_be32(in);
}

static void
signature_take_exportable(struct signature_info *info, struct reader *in)
{
	info->exportable = reader_u8(in) != 0;
}

static void
signature_take_key_expires(struct signature_info *info, struct reader *in)
{
	info->key_expires_after = reader_be32(in);
	info->has_key_expiry = true;
}

static void
signature_take_issuer(struct signature_info *info, struct reader *in)
{
	uint64_t id = reader_be64(in);

	/* The first one counts; hashed ones come before unhashed ones. */
	if (info->has_issuer) {
		info->many_issuers = true;
		return;
	}
	info->issuer = id;
	info->has_issuer = true;
}

static void
signature_take_primary(struct signature_info *info, struct reader *in)
{
	info->primary_user_id = reader_u8(in) != 0;
}

static void
signature_take_flags(struct signature_info *info, struct reader *in)
{
	info->flags = reader_left(in) ? reader_u8(in) : 0;
	info->has_flags = true;
}

static void
signature_take_reason(struct signature_info *info, struct reader *in)
{
	info->reason = reader_u8(in);
	info->reason_text = reader_rest(in);
	info->has_reason = true;
}

static void
signature_take_embedded(struct signature_info *info, struct reader *in)
{
	if (!info->embedded.len)
		info->embedded = reader_rest(in);
}

static void
signature_take_issuer_fpr(struct signature_info *info, struct reader *in)
{
	uint8_t version = reader_u8(in);
	struct bytes octets = reader_rest(in);

	if (info->has_issuer_fpr) {
		info->many_issuers = true;
		return;
	}
	if ((version != 4 || octets.len != 20) &&
		((version != 5 && version != 6) || octets.len != 32))
		return;
	info->issuer_fpr.version = version;
	info->issuer_fpr.len = (uint8_t)octets.len;
	memcpy(info->issuer_fpr.octets, octets.data, octets.len);
	info->has_issuer_fpr = true;
}

struct row {
	signature_take *take;
	uint8_t min;
	bool unhashed_too;
};

static const struct row rows[] = {
	[SUB_CREATED] = {signature_take_created, 4, false},
	[SUB_EXPIRES] = {signature_take_expires, 4, false},
	[SUB_EXPORTABLE] = {signature_take_exportable, 1, false},
	[SUB_KEY_EXPIRES] = {signature_take_key_expires, 4, false},
	[SUB_ISSUER] = {signature_take_issuer, 8, true},
	[SUB_PRIMARY_USER_ID] = {signature_take_primary, 1, false},
	[SUB_FLAGS] = {signature_take_flags, 0, false},
	[SUB_REASON] = {signature_take_reason, 1, false},
	[SUB_EMBEDDED] = {signature_take_embedded, 1, true},
	[SUB_ISSUER_FPR] = {signature_take_issuer_fpr, 1, true},
};

static enum status
signature_read_area(struct signature_info *info, struct bytes area, bool hashed,
	unsigned *count, struct err *err)
{
	struct reader in = reader_of(area), body;
	struct subpacket s;
	const struct row *row;
	enum status st;

	for (;;) {
		st = subpacket_next(&in, &s);
		if (st == STATUS_NOT_FOUND)
			return STATUS_OK;
		if (st != STATUS_OK) {
			err_set(err, "subpacket beyond its area");
			return st;
		}
		if (++*count > SUBPACKETS_MAX) {
			err_set(err, "over %d subpackets", SUBPACKETS_MAX);
			return STATUS_MALFORMED;
		}
		if (s.type >= sizeof(rows) / sizeof(rows[0]))
			continue;
		row = &rows[s.type];
		if (!row->take || s.body.len < row->min ||
			(!hashed && !row->unhashed_too))
			continue;
		body = reader_of(s.body);
		row->take(info, &body);
	}
}

static enum status
signature_cut(struct err *err)
{
	err_set(err, "signature packet is cut short");
	return STATUS_MALFORMED;
}

static enum status
signature_parse_v3(
	struct reader *in, struct signature_info *info, struct err *err)
{
	uint8_t hashed_len = reader_u8(in);

	info->hashed_part = bytes_make(in->in.data + in->pos, V3_HASHED_LEN);
	info->type = reader_u8(in);
	info->created = reader_be32(in);
	info->issuer = reader_be64(in);
	info->has_issuer = true;
	info->pk_algorithm = reader_u8(in);
	info->hash_algorithm = reader_u8(in);
	info->left[0] = reader_u8(in);
	info->left[1] = reader_u8(in);
	info->material = reader_rest(in);
	if (in->failed)
		return signature_cut(err);
	if (hashed_len != V3_HASHED_LEN) {
		err_set(err, "version 3 signature hashes %u octets",
			hashed_len);
		return STATUS_MALFORMED;
	}
	return STATUS_OK;
}

static enum status
signature_read_salt(
	struct reader *in, struct signature_info *info, struct err *err)
{
	int want = signature_salt_len(info->hash_algorithm);

	info->salt = reader_take(in, reader_u8(in));
	if (!in->failed && want >= 0 && info->salt.len != (size_t)want) {
		err_set(err, "salt of %zu octets", info->salt.len);
		return STATUS_MALFORMED;
	}
	return STATUS_OK;
}

static enum status
signature_parse_v4(
	struct reader *in, struct signature_info *info, struct err *err)
{
	bool v6 = info->version == 6;
	unsigned count = 0;
	enum status st;

	info->type = reader_u8(in);
	info->pk_algorithm = reader_u8(in);
	info->hash_algorithm = reader_u8(in);
	info->hashed = reader_take(in, v6 ? reader_be32(in) : reader_be16(in));
	info->hashed_part = bytes_make(in->in.data, in->pos);
	info->unhashed =
		reader_take(in, v6 ? reader_be32(in) : reader_be16(in));
	info->left[0] = reader_u8(in);
	info->left[1] = reader_u8(in);
	if (v6) {
		st = signature_read_salt(in, info, err);
		if (st != STATUS_OK)
			return st;
	}
	info->material = reader_rest(in);
	if (in->failed)
		return signature_cut(err);
	st = signature_read_area(info, info->hashed, true, &count, err);
	if (st != STATUS_OK)
		return st;
	return signature_read_area(info, info->unhashed, false, &count, err);
}

enum status
signature_parse(struct bytes body, struct signature_info *info, struct err *err)
{
	struct reader in = reader_of(body);
	struct signature_info got;
	enum status st;

	memset(&got, 0, sizeof(got));
	got.exportable = true;
	got.version = reader_u8(&in);
	if (got.version == 2 || got.version == 3) {
		st = signature_parse_v3(&in, &got, err);
	} else if (got.version >= 4 && got.version <= 6) {
		st = signature_parse_v4(&in, &got, err);
	} else {
		err_set(err, "signature of version %u", got.version);
		st = STATUS_MALFORMED;
	}
	if (st != STATUS_OK)
		return st;
	if (got.has_issuer_fpr && !got.has_issuer) {
		got.issuer = fingerprint_key_id(&got.issuer_fpr);
		got.has_issuer = true;
	}
	*info = got;
	return STATUS_OK;
}

/* `depth`: how many of them one may embed in the other. */
static bool
signature_area_in_limits(struct bytes area, unsigned depth)
{
	struct reader in = reader_of(area);
	struct signature_info embedded;
	struct subpacket s;

	while (subpacket_next(&in, &s) == STATUS_OK) {
		if (s.type == SUB_NOTATION && s.body.len > NOTATION_MAX)
			return false;
		if (s.type != SUB_EMBEDDED)
			continue;
		if (depth == 0)
			return false;
		if (signature_parse(s.body, &embedded, NULL) == STATUS_OK &&
			!(signature_area_in_limits(
				  embedded.hashed, depth - 1) &&
				signature_area_in_limits(
					embedded.unhashed, depth - 1)))
			return false;
	}
	return true;
}

bool
signature_in_limits(const struct signature_info *info)
{
	return signature_area_in_limits(info->hashed, 1) &&
	       signature_area_in_limits(info->unhashed, 1);
}

int
signature_salt_len(uint8_t hash_algorithm)
{
	size_t i;

	for (i = 0; i < sizeof(salts) / sizeof(salts[0]); i++) {
		if (salts[i].hash == hash_algorithm)
			return salts[i].len;
	}
	return -1;
}
