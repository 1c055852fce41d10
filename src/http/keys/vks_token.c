#include "http/keys/vks_token.h"

#include <string.h>

#include "base/hex.h"

enum { HMAC_BLOCK = 64, CODE_LEN = 32, HEAD_LEN = 2 };

/* HMAC-SHA-256, over a label too: the code says what it is for. */
static void
code_of(const struct vks_key *key, const struct fingerprint *fpr,
	struct digest *code)
{
	uint8_t inner[HMAC_BLOCK], outer[HMAC_BLOCK];
	struct bytes in[4], out[2];
	struct digest d;
	size_t i;

	for (i = 0; i < HMAC_BLOCK; i++) {
		uint8_t k = i < VKS_KEY_LEN ? key->octets[i] : 0;

		inner[i] = k ^ 0x36;
		outer[i] = k ^ 0x5C;
	}
	in[0] = bytes_make(inner, sizeof(inner));
	in[1] = bytes_of("keypost vks token");
	in[2] = bytes_make(&fpr->version, 1);
	in[3] = bytes_make(fpr->octets, fpr->len);
	crypto_sha256(in, 4, &d);
	out[0] = bytes_make(outer, sizeof(outer));
	out[1] = bytes_make(d.octets, sizeof(d.octets));
	crypto_sha256(out, 2, code);
	explicit_bzero(inner, sizeof(inner));
	explicit_bzero(outer, sizeof(outer));
}

void
vks_token_write(const struct vks_key *key, const struct fingerprint *fpr,
	char token[VKS_TOKEN_MAX])
{
	uint8_t head[HEAD_LEN] = {fpr->version, fpr->len};
	struct digest code;

	code_of(key, fpr, &code);
	hex_write_lower(bytes_make(head, HEAD_LEN), token);
	token += 2 * HEAD_LEN;
	hex_write_lower(bytes_make(fpr->octets, fpr->len), token);
	token += 2 * fpr->len;
	hex_write_lower(bytes_make(code.octets, CODE_LEN), token);
}

/* In a time that does not tell where they differ. */
static bool
same(const uint8_t *a, const uint8_t *b, size_t n)
{
	uint8_t differ = 0;
	size_t i;

	for (i = 0; i < n; i++)
		differ |= a[i] ^ b[i];
	return differ == 0;
}

enum status
vks_token_read(
	const struct vks_key *key, struct bytes token, struct fingerprint *fpr)
{
	uint8_t octets[VKS_TOKEN_MAX / 2];
	struct fingerprint f = {.version = 0};
	struct digest code;
	size_t len;

	if (hex_read(token, octets, sizeof(octets), &len) != STATUS_OK ||
		len < HEAD_LEN || octets[1] > FINGERPRINT_MAX ||
		len != (size_t)HEAD_LEN + octets[1] + CODE_LEN)
		return STATUS_MALFORMED;
	f.version = octets[0];
	f.len = octets[1];
	memcpy(f.octets, octets + HEAD_LEN, f.len);
	code_of(key, &f, &code);
	if (!same(code.octets, octets + HEAD_LEN + f.len, CODE_LEN))
		return STATUS_MALFORMED;
	*fpr = f;
	return STATUS_OK;
}
