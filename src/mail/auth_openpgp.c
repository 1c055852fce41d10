#include "mail/auth_openpgp.h"

#include <stdlib.h>
#include <string.h>

#include "base/file.h"
#include "base/mailaddr.h"
#include "base/reader.h"
#include "mail/auth.h"
#include "pgp/armor.h"
#include "pgp/verify.h"

enum {
	KEY_FILE_MAX = 1024 * 1024,
	KEY_ARENA = 32 * 1024 * 1024,
	SIGNATURE_ARENA = 1024 * 1024,
	SIGNATURES_MAX = 4, /* looked at in one letter */
	TRAILER_V4 = 6
};

struct pinned {
	struct arena *arena;
	struct cert *cert;
};

/* ---- the key ----------------------------------------------------------- */

static enum status
read_key(struct pinned *p, struct bytes file, struct err *err)
{
	struct armor_blocks blocks;
	struct cert_list certs = {0};
	enum status st;

	st = armor_read(p->arena, file, ARMOR_LENIENT, &blocks, err);
	for (size_t i = 0; st == STATUS_OK && i < blocks.count; i++)
		st = cert_read(p->arena, blocks.list[i].octets,
			&cert_limits_default, &certs, err);
	if (st == STATUS_OK && certs.count == 1) {
		p->cert = certs.list[0];
		return STATUS_OK;
	}
	err_set(err, "not one public key, but %zu", certs.count);
	return STATUS_REJECTED;
}

enum status
pinned_read(const char *path, struct pinned **pinned, struct err *err)
{
	struct pinned *p = xcalloc(1, sizeof(*p));
	struct buf file = {0};
	struct bytes kept;
	enum status st = file_read(path, KEY_FILE_MAX, &file, err);

	p->arena = arena_new(KEY_ARENA);
	if (st == STATUS_OK)
		st = arena_copy(p->arena, buf_view(&file), &kept);
	if (st == STATUS_OK)
		st = read_key(p, kept, err);
	buf_done(&file);
	if (st != STATUS_OK) {
		err_prefix(err, "%s", path);
		pinned_free(p);
		return st;
	}
	*pinned = p;
	return STATUS_OK;
}

void
pinned_free(struct pinned *p)
{
	if (p == NULL)
		return;
	arena_free(p->arena);
	free(p);
}

/* ---- a signature ------------------------------------------------------- */

/* Over a document: it, what of the signature is hashed, and a trailer. */
static bool
hash_document(struct bytes octets, const struct signature_info *sig,
	uint8_t out[CRYPTO_HASH_MAX], size_t *len)
{
	size_t n = sig->hashed_part.len;
	uint8_t trailer[TRAILER_V4] = {sig->version, 0xff, (uint8_t)(n >> 24),
		(uint8_t)(n >> 16), (uint8_t)(n >> 8), (uint8_t)n};
	const struct bytes parts[] = {sig->salt, octets, sig->hashed_part,
		bytes_make(trailer, sizeof(trailer))};

	return crypto_hash(sig->hash_algorithm, parts, 4, out, len) ==
		       STATUS_OK &&
	       memcmp(out, sig->left, sizeof(sig->left)) == 0;
}

static bool
is_in_time(const struct signature_info *sig, int64_t now)
{
	int64_t created = sig->created;

	if (created < now - AUTH_AGE_S || created > now + AUTH_AGE_S)
		return false;
	return sig->expires_after == 0 ||
	       now < created + (int64_t)sig->expires_after;
}

static bool
is_by(const struct cert *cert, const struct signature_info *sig,
	struct bytes digest)
{
	size_t work = verify_work(cert);

	if (pk_verify(&cert->primary.key, sig, digest) == PK_GOOD)
		return true;
	for (size_t i = 0; i < cert->subkey_count; i++) {
		const struct component *sub = &cert->subkeys[i];

		if (verify_is_bound(cert, sub, &work) &&
			pk_verify(&sub->key, sig, digest) == PK_GOOD)
			return true;
	}
	return false;
}

static bool
is_good(const struct pinned *p, struct bytes octets, struct bytes body,
	int64_t now, struct digest *proof)
{
	struct signature_info sig;
	uint8_t hash[CRYPTO_HASH_MAX];
	struct err err;
	struct pk_plain plain;
	bool is_plain;
	size_t len;

	if (signature_parse(body, &sig, &err) != STATUS_OK ||
		(sig.version != 4 && sig.version != 6) ||
		(sig.type != SIG_BINARY && sig.type != SIG_TEXT) ||
		!is_in_time(&sig, now) ||
		!hash_document(octets, &sig, hash, &len) ||
		!is_by(p->cert, &sig, bytes_make(hash, len)))
		return false;
	/* What can be added to it without breaking it is left out. */
	len = pk_plain_material(&sig, &plain, &is_plain);
	crypto_sha256(plain.parts, len, proof);
	return true;
}

/* ---- whom it is for ---------------------------------------------------- */

static bool
has_address(struct bytes value, const char *us)
{
	struct mailaddr one;
	size_t pos = 0;
	enum status st;

	while ((st = mailaddr_next(value, &pos, &one)) != STATUS_NOT_FOUND) {
		if (st == STATUS_OK && mailaddr_same(one.text, us))
			return true;
	}
	return false;
}

/* The field that begins here, with its continuations. */
static struct bytes
cut_field(struct reader *r, struct bytes line)
{
	struct bytes next;
	struct reader ahead = *r;

	while (reader_line(&ahead, &next) && next.len > 0 &&
		(next.data[0] == ' ' || next.data[0] == '\t')) {
		line.len = (size_t)(next.data + next.len - line.data);
		*r = ahead;
	}
	return line;
}

/* What it wrote to another server is not what it writes to us. */
static bool
is_for(struct bytes octets, const char *us)
{
	static const char to[] = "To:";
	struct reader r = reader_of(octets);
	struct bytes line;

	while (reader_line(&r, &line) && line.len > 0) {
		struct bytes field = cut_field(&r, line);

		if (bytes_starts_nocase(field, to))
			return has_address(bytes_make(field.data + strlen(to),
						   field.len - strlen(to)),
				us);
	}
	return true;
}

bool
pinned_signed(const struct pinned *p, const struct incoming *in, const char *us,
	int64_t now, struct digest *proof)
{
	struct bytes octets = in->signed_part;
	struct arena *arena;
	struct armor_blocks blocks = {0};
	struct err err;
	size_t seen = 0;
	bool good = false;

	if (octets.len == 0)
		return false;
	arena = arena_new(SIGNATURE_ARENA);
	if (armor_read(arena, in->signature, ARMOR_LENIENT, &blocks, &err) !=
		STATUS_OK)
		blocks.count = 0;
	for (size_t i = 0; !good && i < blocks.count; i++) {
		struct packet_reader r =
			packet_reader_of(blocks.list[i].octets, arena);
		struct packet packet;

		while (!good && packet_next(&r, &packet, &err) == STATUS_OK) {
			if (packet.tag != PACKET_SIGNATURE ||
				seen++ >= SIGNATURES_MAX)
				break;
			good = is_good(p, octets, packet.body, now, proof);
		}
	}
	arena_free(arena);
	return good && is_for(octets, us);
}
