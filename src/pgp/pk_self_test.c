#include "pgp/pk.h"

#include "base/hex.h"

enum { OCTETS_MAX = 114 };

/* RFC 8032 sections 7.1 (TEST 2) and 7.4 (1 octet). */
static const struct sample {
	uint8_t algorithm;
	const char *curve;
	const char *key;
	const char *message;
	const char *signature;
} samples[] = {
	{27, "Ed25519",
		"3d4017c3e843895a92b70aa74d1b7ebc9c982ccf2ec4968cc0cd55f12af466"
		"0c",
		"72",
		"92a009a9f0d4cab8720e820b5f642540a2b27b5416503f8fb3762223ebdb69"
		"da085ac1e43e15996e458f3613d0f11d8c387b2eaeb4302aeeb00d291612bb"
		"0c00"},
	{28, "Ed448",
		"43ba28f430cdff456ae531545f7ecd0ac834a55d9358c0372bfa0c6c6798c0"
		"866aea01eb00742802b8438ea4cb82169c235160627b4c3a9480",
		"03",
		"26b8f91727bd62897af15e41eb43c377efb9c610d48f2335cb0bd0087810f4"
		"352541b143c4b981b7e18f62de8ccdf633fc1bf037ab7cd779805e0dbcc0aa"
		"e1cbcee1afb2e027df36bc04dcecbf154336c19f0af7e0a6472905e799f195"
		"3d2a0ff3348ab21aa4adafd1d234441cf807c03a00"},
};

static struct bytes
octets(const char *hex, uint8_t out[OCTETS_MAX])
{
	size_t n = 0;

	if (hex_read(bytes_of(hex), out, OCTETS_MAX, &n) != STATUS_OK)
		n = 0;
	return bytes_make(out, n);
}

static bool
sample_is_good(const struct sample *s)
{
	uint8_t k[OCTETS_MAX], m[OCTETS_MAX], g[OCTETS_MAX];
	struct public_key key = {.algorithm = s->algorithm, .curve = s->curve};
	struct signature_info sig = {
		.version = 4, .pk_algorithm = s->algorithm};

	key.fpr.version = 4;
	key.material = octets(s->key, k);
	sig.material = octets(s->signature, g);
	return pk_verify(&key, &sig, octets(s->message, m)) == PK_GOOD;
}

enum status
pk_self_test(struct err *err)
{
	size_t i;

	for (i = 0; i < sizeof(samples) / sizeof(samples[0]); i++) {
		if (sample_is_good(&samples[i]))
			continue;
		err_set(err, "libgcrypt does not verify %s as it should",
			samples[i].curve);
		return STATUS_UNSUPPORTED;
	}
	return STATUS_OK;
}
