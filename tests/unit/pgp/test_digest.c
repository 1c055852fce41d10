#include "../unit.h"

#include <string.h>

#include "base/hex.h"
#include "pgp/digest.h"
#include "pgp/verdict.h"

static struct arena *arena;

static void
check_hash(uint8_t id, const char *want)
{
	uint8_t out[CRYPTO_HASH_MAX];
	struct bytes abc[2] = {
		{(const uint8_t *)"a", 1}, {(const uint8_t *)"bc", 2}};
	char hex[2 * CRYPTO_HASH_MAX + 1];
	size_t len = 0;

	assert_ok(crypto_hash(id, abc, 2, out, &len));
	hex_write_lower(bytes_make(out, len), hex);
	/* The beginning tells them apart. */
	assert_memory_equal(hex, want, strlen(want));
}

static void
test_hashes_by_openpgp_number(void **state)
{
	uint8_t out[CRYPTO_HASH_MAX];
	size_t len;

	(void)state;
	check_hash(1, "900150983cd24fb0d6963f7d28e17f72");
	check_hash(2, "a9993e364706816aba3e25717850c26c9cd0d89d");
	check_hash(3, "8eb208f7e05d987a9b044a8e98c6b087f15a0bfc");
	check_hash(8, "ba7816bf8f01cfea414140de5dae2223");
	check_hash(9, "cb00753f45a35e8bb5a03d699ac65007");
	check_hash(10, "ddaf35a193617abacc417349ae204131");
	check_hash(11, "23097d223405d8228642a477bda255b3");
	check_hash(12, "3a985da74fe225b2045c172d6bd390bd");
	check_hash(14, "b751850b1a57168a5693cd924b6b096e");
	assert_status(crypto_hash(0, NULL, 0, out, &len), STATUS_UNSUPPORTED);
	assert_status(crypto_hash(13, NULL, 0, out, &len), STATUS_UNSUPPORTED);
}

static void
test_the_library_names_itself_and_gives_random_octets(void **state)
{
	uint8_t a[32] = {0}, b[32] = {0};
	struct err err;

	(void)state;
	assert_ok(crypto_init(&err)); /* again, as several tools do */
	assert_true(strspn(crypto_version(), "0123456789") > 0);
	crypto_random(a, sizeof(a));
	crypto_random(b, sizeof(b));
	assert_memory_not_equal(a, b, sizeof(a));
}

static void
test_many_parts_hash_like_one(void **state)
{
	struct bytes parts[20], whole;
	struct digest a, b;
	uint8_t octets[400];
	size_t i, n;

	(void)state;
	for (i = 0; i < sizeof(octets); i++)
		octets[i] = (uint8_t)(i * 7);
	for (n = 1; n <= 20; n++) {
		for (i = 0; i < n; i++)
			parts[i] = bytes_make(octets + 20 * i, 20);
		whole = bytes_make(octets, 20 * n);
		crypto_sha256(parts, n, &a);
		crypto_sha256(&whole, 1, &b);
		assert_int_equal(digest_cmp(&a, &b), 0);
	}
}

static void
test_a_packet_id_covers_tag_length_and_body(void **state)
{
	static const uint8_t framed[] = {13, 0, 0, 0, 3, 'a', 'b', 'c'};
	struct bytes all = bytes_make(framed, sizeof(framed));
	struct digest a, b;

	(void)state;
	digest_packet(13, bytes_of("abc"), &a);
	crypto_sha256(&all, 1, &b);
	assert_int_equal(digest_cmp(&a, &b), 0);
	digest_packet(17, bytes_of("abc"), &b);
	assert_int_not_equal(digest_cmp(&a, &b), 0);
}

static struct component
component(uint8_t tag, const char *body, size_t len)
{
	struct component c;

	memset(&c, 0, sizeof(c));
	c.packet.tag = tag;
	c.packet.body = bytes_make(body, len);
	return c;
}

static void
put_framed(struct buf *out, uint8_t tag, const char *body, size_t len)
{
	assert_ok(buf_put_be32(out, tag));
	assert_ok(buf_put_be32(out, (uint32_t)len));
	assert_ok(buf_put(out, bytes_make(body, len)));
}

static void
test_sks_digest_sorts_all_packets_by_tag_and_body(void **state)
{
	struct signature sigs[2];
	struct component uids[3];
	struct sks_digest have;
	struct bytes all;
	struct cert cert;
	uint8_t want[16];
	struct buf out;

	(void)state;
	memset(&cert, 0, sizeof(cert));
	memset(sigs, 0, sizeof(sigs));
	sigs[0].packet.body = bytes_make("same\0seventh and on b", 21);
	sigs[1].packet.body = bytes_make("same\0seventh and on a", 21);
	sigs[0].packet.tag = sigs[1].packet.tag = 2;
	cert.primary = component(6, "key", 3);
	/* NULs, and a prefix: strcmp would get these wrong. */
	uids[0] = component(13, "a\0b", 3);
	uids[1] = component(13, "a", 1);
	uids[2] = component(13, "a\0", 2);
	uids[0].sigs = sigs;
	uids[0].sig_count = 2;
	cert.user_ids = uids;
	cert.user_id_count = 3;
	cert.packet_count = 6;
	assert_ok(digest_sks(arena, &cert, &have));
	buf_init(&out, 0);
	put_framed(&out, 2, "same\0seventh and on a", 21);
	put_framed(&out, 2, "same\0seventh and on b", 21);
	put_framed(&out, 6, "key", 3);
	put_framed(&out, 13, "a", 1);
	put_framed(&out, 13, "a\0", 2);
	put_framed(&out, 13, "a\0b", 3);
	all = buf_view(&out);
	crypto_md5(&all, 1, want);
	assert_memory_equal(have.octets, want, 16);
	buf_done(&out);
}

static void
test_sks_digests_are_sorted_each_once(void **state)
{
	static const uint8_t first[] = {7, 3, 200, 3, 7, 7, 0};
	static const uint8_t last[] = {0, 3, 7, 200};
	struct sks_digest list[7];
	size_t i;

	(void)state;
	memset(list, 0, sizeof(list));
	for (i = 0; i < 7; i++)
		list[i].octets[0] = first[i];
	assert_int_equal(digest_sks_sort(list, 7), 4);
	for (i = 0; i < 4; i++)
		assert_int_equal(list[i].octets[0], last[i]);
	assert_int_equal(digest_sks_sort(NULL, 0), 0);
}

static void
test_lookup_in_a_sorted_list(void **state)
{
	uint8_t list[32 * 5];
	struct digest d;
	unsigned i;

	(void)state;
	for (i = 0; i < 5; i++)
		memset(list + 32 * i, (int)(2 * i + 1), 32);
	for (i = 0; i < 12; i++) {
		memset(&d, (int)i, sizeof(d));
		assert_int_equal(digest_in(bytes_make(list, sizeof(list)), &d),
			i % 2 == 1 && i < 10);
	}
	assert_false(digest_in(bytes_make(NULL, 0), &d));
}

static void
test_every_verdict_has_its_word_and_sentence(void **state)
{
	unsigned i, k;

	(void)state;
	for (i = 0; i < VERDICT_COUNT; i++) {
		const char *word = verdict_word((enum verdict)i);
		const char *said = verdict_sentence((enum verdict)i);

		assert_true(strspn(word, "abcdefghijklmnopqrstuvwxyz-") ==
			    strlen(word));
		assert_true(strlen(said) > 3);
		assert_true(said[strlen(said) - 1] != '.');
		for (k = 0; k < i; k++)
			assert_string_not_equal(
				word, verdict_word((enum verdict)k));
	}
}

static int
setup(void **state)
{
	(void)state;
	arena = arena_new(1 << 20);
	return crypto_init(NULL) != STATUS_OK;
}

static int
teardown(void **state)
{
	(void)state;
	arena_free(arena);
	return 0;
}

int
main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(test_hashes_by_openpgp_number),
		cmocka_unit_test(
			test_the_library_names_itself_and_gives_random_octets),
		cmocka_unit_test(test_many_parts_hash_like_one),
		cmocka_unit_test(test_a_packet_id_covers_tag_length_and_body),
		cmocka_unit_test(
			test_sks_digest_sorts_all_packets_by_tag_and_body),
		cmocka_unit_test(test_sks_digests_are_sorted_each_once),
		cmocka_unit_test(test_lookup_in_a_sorted_list),
		cmocka_unit_test(test_every_verdict_has_its_word_and_sentence),
	};

	return cmocka_run_group_tests(tests, setup, teardown);
}
