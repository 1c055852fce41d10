#include "pgp/crypto.h"

#include <assert.h>
#include <gcrypt.h>
#include <string.h>

#include "pgp/pk.h"

#define NEED_VERSION "1.10.0"

enum { BATCH = 8 };

struct hash_row {
	uint8_t id; /* OpenPGP's number */
	int algorithm;
};

static const struct hash_row hashes[] = {
	{1, GCRY_MD_MD5},
	{2, GCRY_MD_SHA1},
	{3, GCRY_MD_RMD160},
	{8, GCRY_MD_SHA256},
	{9, GCRY_MD_SHA384},
	{10, GCRY_MD_SHA512},
	{11, GCRY_MD_SHA224},
	{12, GCRY_MD_SHA3_256},
	{14, GCRY_MD_SHA3_512},
};

/*
 * The hashes of the table are part of every libgcrypt that crypto_init
 * accepts, so an error here is a broken library, not an input.
 */
static void
crypto_ok(gcry_error_t e)
{
	assert(e == 0);
	(void)e;
}

static void
crypto_hash_few(
	int algorithm, const struct bytes *parts, size_t n, uint8_t *out)
{
	gcry_buffer_t iov[BATCH];
	size_t i;

	memset(iov, 0, sizeof(iov));
	for (i = 0; i < n; i++) {
		/* The library reads only; its type lacks the const. */
		iov[i].data = (void *)(uintptr_t)parts[i].data;
		iov[i].len = parts[i].len;
		iov[i].size = parts[i].len;
	}
	crypto_ok(gcry_md_hash_buffers(algorithm, 0, out, iov, (int)n));
}

static void
crypto_hash_many(
	int algorithm, const struct bytes *parts, size_t n, uint8_t *out)
{
	gcry_md_hd_t h;
	size_t i;

	crypto_ok(gcry_md_open(&h, algorithm, 0));
	for (i = 0; i < n; i++)
		gcry_md_write(h, parts[i].data, parts[i].len);
	memcpy(out, gcry_md_read(h, algorithm),
		gcry_md_get_algo_dlen(algorithm));
	gcry_md_close(h);
}

static void
crypto_hash_any(
	int algorithm, const struct bytes *parts, size_t n, uint8_t *out)
{
	if (n <= BATCH)
		crypto_hash_few(algorithm, parts, n, out);
	else
		crypto_hash_many(algorithm, parts, n, out);
}

struct crypto_stream *
crypto_sha256_begin(void)
{
	gcry_md_hd_t h;

	crypto_ok(gcry_md_open(&h, GCRY_MD_SHA256, 0));
	return (struct crypto_stream *)h;
}

void
crypto_sha256_add(struct crypto_stream *s, struct bytes b)
{
	gcry_md_write((gcry_md_hd_t)s, b.data, b.len);
}

void
crypto_sha256_end(struct crypto_stream *s, struct digest *out)
{
	gcry_md_hd_t h = (gcry_md_hd_t)s;

	memcpy(out->octets, gcry_md_read(h, GCRY_MD_SHA256),
		sizeof(out->octets));
	gcry_md_close(h);
}

static enum status
crypto_self_test(struct err *err)
{
	size_t i;

	for (i = 0; i < sizeof(hashes) / sizeof(hashes[0]); i++) {
		if (gcry_md_test_algo(hashes[i].algorithm) == 0)
			continue;
		err_set(err, "libgcrypt %s lacks the hash %s",
			gcry_check_version(NULL),
			gcry_md_algo_name(hashes[i].algorithm));
		return STATUS_UNSUPPORTED;
	}
	return pk_self_test(err);
}

enum status
crypto_init(struct err *err)
{
	if (gcry_control(GCRYCTL_INITIALIZATION_FINISHED_P))
		return crypto_self_test(err);
	if (!gcry_check_version(NEED_VERSION)) {
		err_set(err, "libgcrypt %s is too old: %s is needed",
			gcry_check_version(NULL), NEED_VERSION);
		return STATUS_UNSUPPORTED;
	}
	/* There are no secrets here; locked memory would only be scarce. */
	gcry_control(GCRYCTL_DISABLE_SECMEM, 0);
	gcry_control(GCRYCTL_INITIALIZATION_FINISHED, 0);
	return crypto_self_test(err);
}

const char *
crypto_version(void)
{
	return gcry_check_version(NULL);
}

void
crypto_sha256(const struct bytes *parts, size_t n, struct digest *out)
{
	crypto_hash_any(GCRY_MD_SHA256, parts, n, out->octets);
}

void
crypto_md5(const struct bytes *parts, size_t n, uint8_t out[16])
{
	crypto_hash_any(GCRY_MD_MD5, parts, n, out);
}

void
crypto_sha1(const struct bytes *parts, size_t n, uint8_t out[20])
{
	crypto_hash_any(GCRY_MD_SHA1, parts, n, out);
}

void
crypto_hmac_sha256(struct bytes key, const struct bytes *parts, size_t n,
	struct digest *out)
{
	gcry_buffer_t iov[CRYPTO_HMAC_PARTS + 1];
	size_t i;

	assert(n <= CRYPTO_HMAC_PARTS);
	memset(iov, 0, sizeof(iov));
	iov[0].data = (void *)(uintptr_t)key.data;
	iov[0].len = iov[0].size = key.len;
	for (i = 0; i < n; i++) {
		iov[i + 1].data = (void *)(uintptr_t)parts[i].data;
		iov[i + 1].len = iov[i + 1].size = parts[i].len;
	}
	crypto_ok(gcry_md_hash_buffers(GCRY_MD_SHA256, GCRY_MD_FLAG_HMAC,
		out->octets, iov, (int)n + 1));
}

int
crypto_hash_algorithm(uint8_t hash_id)
{
	size_t i;

	for (i = 0; i < sizeof(hashes) / sizeof(hashes[0]); i++)
		if (hashes[i].id == hash_id)
			return hashes[i].algorithm;
	return GCRY_MD_NONE;
}

enum status
crypto_hash(uint8_t hash_id, const struct bytes *parts, size_t n,
	uint8_t out[CRYPTO_HASH_MAX], size_t *len)
{
	int algorithm = crypto_hash_algorithm(hash_id);

	if (algorithm == GCRY_MD_NONE)
		return STATUS_UNSUPPORTED;
	crypto_hash_any(algorithm, parts, n, out);
	*len = gcry_md_get_algo_dlen(algorithm);
	return STATUS_OK;
}

void
crypto_random(void *out, size_t len)
{
	gcry_randomize(out, len, GCRY_STRONG_RANDOM);
}
