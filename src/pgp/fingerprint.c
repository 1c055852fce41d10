#include "pgp/fingerprint.h"

#include <string.h>

#include "base/hex.h"

bool
fingerprint_eq(const struct fingerprint *a, const struct fingerprint *b)
{
	return a->version == b->version && a->len == b->len &&
	       memcmp(a->octets, b->octets, a->len) == 0;
}

bool
cert_id_eq(const struct cert_id *a, const struct cert_id *b)
{
	return fingerprint_eq(&a->fpr, &b->fpr) &&
	       memcmp(a->body_sha256.octets, b->body_sha256.octets,
		       sizeof(a->body_sha256.octets)) == 0;
}

void
fingerprint_hex(const struct fingerprint *f, char out[FINGERPRINT_HEX_MAX])
{
	hex_write_upper(bytes_make(f->octets, f->len), out);
}

uint64_t
fingerprint_key_id(const struct fingerprint *f)
{
	size_t at = f->version >= 5 || f->len < 8 ? 0 : (size_t)f->len - 8;
	uint64_t id = 0;
	size_t i;

	for (i = at; i < at + 8; i++)
		id = id << 8 | f->octets[i];
	return id;
}
