/* Digests of certificates, as a real SKS has computed them. */

#include "../unit.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "base/file.h"
#include "base/hex.h"
#include "pgp/cert.h"
#include "vectors.h"

enum { ARENA = 256 << 20, FILE_MAX = 16 << 20, CERTS_MAX = 400 };

/* Those of all certificates of a keyring, in its order. */
static size_t
digests_of(struct bytes octets, struct sks_digest *out)
{
	struct arena *arena = arena_new(ARENA);
	struct cert_list list = {0};
	struct err err = {""};
	size_t i;

	assert_ok(cert_read(arena, octets, &cert_limits_default, &list, &err));
	assert_true(list.count <= CERTS_MAX);
	for (i = 0; i < list.count; i++) {
		assert_ok(cert_digest(arena, list.list[i]));
		out[i] = list.list[i]->sks_digest;
	}
	arena_free(arena);
	return i;
}

static void
read_data(const char *file, struct buf *out)
{
	const char *dir = getenv("top_srcdir");
	char path[1000];
	struct err err = {""};

	(void)snprintf(path, sizeof(path), "%s/tests/data/recon/%s",
		dir ? dir : ".", file);
	assert_ok(file_read(path, FILE_MAX, out, &err));
}

static void
test_200_keys_have_the_digests_that_sks_gave_them(void **state)
{
	struct sks_digest have[CERTS_MAX], *want;
	struct buf octets = {0};
	size_t count;

	(void)state;
	read_data("synthetic-200.pgp", &octets);
	want = vectors_digests(&count);
	assert_int_equal(digests_of(buf_view(&octets), have), 200);
	assert_memory_equal(have, want, 200 * sizeof(*want));
	buf_done(&octets);
	free(want);
}

/* ---- the maintainers of Debian, whose keys are not kept here ----------- */

static const char ring[] = "/usr/share/keyrings/debian-maintainers.gpg";
static const char measured[] =
	"8c9b966848d214382521403f58ab9c5d4593ab104fb659611075834a8a96ea7e";

/* Is it there, and the one that SKS was given? */
static bool
ring_is_there(struct buf *octets)
{
	char hex[2 * sizeof(struct digest) + 1];
	struct digest sum;
	struct bytes all;
	struct err err;

	if (file_read(ring, FILE_MAX, octets, &err) != STATUS_OK)
		return false;
	all = buf_view(octets);
	crypto_sha256(&all, 1, &sum);
	hex_write_lower(bytes_make(sum.octets, sizeof(sum.octets)), hex);
	return !strcmp(hex, measured);
}

static void
test_231_keys_of_people_have_the_digests_that_sks_gave_them(void **state)
{
	struct sks_digest have[CERTS_MAX];
	struct buf octets = {0}, want = {0};
	char hex[34];
	size_t i, n;

	(void)state;
	if (!ring_is_there(&octets)) {
		buf_done(&octets);
		skip();
	}
	read_data("keyhash-debian.txt", &want);
	n = digests_of(buf_view(&octets), have);
	assert_int_equal(n, 231);
	assert_int_equal(want.len, n * 33);
	qsort(have, n, sizeof(*have), vectors_digest_cmp);
	for (i = 0; i < n; i++) {
		hex_write_upper(bytes_make(have[i].octets, 16), hex);
		hex[32] = '\n';
		assert_memory_equal(hex, want.data + i * 33, 33);
	}
	buf_done(&octets);
	buf_done(&want);
}

int
main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(
			test_200_keys_have_the_digests_that_sks_gave_them),
		cmocka_unit_test(
			test_231_keys_of_people_have_the_digests_that_sks_gave_them),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
