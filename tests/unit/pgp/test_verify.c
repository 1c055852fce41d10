#include "../unit.h"

#include <string.h>

#include "pgp/verify.h"
#include "vectors.h"

struct counts {
	const struct cert *cert;
	size_t all;
	size_t plausible;
	size_t self;
};

static enum status
count_below(void *ctx, const struct packet *p, const struct component *under,
	const struct digest *placed)
{
	struct counts *n = ctx;
	size_t i;

	(void)placed;
	if (p->tag == PACKET_SIGNATURE)
		return STATUS_OK;
	for (i = 0; i < under->sig_count; i++) {
		n->all++;
		n->plausible += verify_is_plausible(
			n->cert, under, &under->sigs[i], NULL);
		n->self += verify_is_self(n->cert, &under->sigs[i]);
	}
	return STATUS_OK;
}

static struct counts
count(const char *file)
{
	struct counts n = {vectors_cert_of(file), 0, 0, 0};

	assert_ok(cert_walk(n.cert, count_below, &n));
	return n;
}

static void
check(const char *file, size_t all, size_t plausible, size_t self)
{
	struct counts n = count(file);

	assert_int_equal(n.all, all);
	assert_int_equal(n.plausible, plausible);
	assert_int_equal(n.self, self);
}

static void
test_good_signatures_of_all_versions_are_plausible(void **state)
{
	(void)state;
	check("v2-rsa.pgp", 1, 1, 1);
	check("v3-rsa.pgp", 1, 1, 1);
	check("v3-sig-on-v4.pgp", 1, 1, 1);
	check("v4-rsa.pgp", 2, 2, 2);
	check("v4-dsa-elgamal.pgp", 2, 2, 2);
	check("v4-ed448.pgp", 1, 1, 1);
	check("v5-ed25519.pgp", 2, 2, 2);
	check("v6-rfc9580-a3.pgp", 2, 2, 2);
	check("v6-ed25519-uid.pgp", 4, 4, 4);
	check("user-attribute.pgp", 2, 2, 2);
	check("revoked-key.pgp", 3, 3, 3);
	check("revoked-subkey.pgp", 3, 3, 3);
	check("revoked-uid.pgp", 3, 3, 3);
	check("many-subkeys.pgp", 61, 61, 61);
}

static void
test_wrong_left_octets_are_implausible(void **state)
{
	(void)state;
	check("bad-left16.pgp", 2, 1, 2);
	/* A forged one with the right prefix is not told apart here. */
	check("bad-selfsig.pgp", 2, 2, 2);
	check("third-party.pgp", 6, 5, 1);
}

static void
test_malformed_ones_are_neither(void **state)
{
	(void)state;
	check("malformed-sig.pgp", 4, 1, 1);
}

static void
test_a_signature_fits_only_where_it_was_made(void **state)
{
	struct counts n = count("order-misplaced.pgp");

	(void)state;
	assert_int_equal(n.all, 3);
	assert_int_equal(n.plausible, 2);
}

static void
test_self_is_by_either_issuer_or_for_want_of_both(void **state)
{
	(void)state;
	check("no-issuer.pgp", 1, 1, 1);
	check("issuer-fpr-only.pgp", 1, 1, 1);
	check("designated-revoker.pgp", 3, 3, 2);
}

static void
test_any_issuer_subpacket_counts(void **state)
{
	struct cert *cert = vectors_cert_of("v4-rsa.pgp");
	uint8_t area[20] = {9, 16};
	struct signature sig;
	size_t i;

	(void)state;
	/* Two issuers, ours the second. */
	memset(&sig, 0, sizeof(sig));
	area[10] = 9;
	area[11] = 16;
	for (i = 0; i < 8; i++)
		area[12 + i] =
			(uint8_t)(cert->primary.key.key_id >> (56 - 8 * i));
	sig.info.type = SIG_POSITIVE_CERT;
	sig.info.has_issuer = true;
	sig.info.issuer = 1;
	sig.info.unhashed = bytes_make(area, sizeof(area));
	assert_false(verify_is_self(cert, &sig));
	sig.info.many_issuers = true;
	assert_true(verify_is_self(cert, &sig));
	area[19] ^= 1;
	assert_false(verify_is_self(cert, &sig));
}

/* One that is signed names another key, one that is not the primary. */
static void
test_any_issuer_fingerprint_counts(void **state)
{
	struct cert *cert = vectors_cert_of("v4-rsa.pgp");
	uint8_t hashed[23] = {22, 33, 4, 1}, unhashed[23] = {22, 33, 4};
	struct signature sig = {.malformed = false};
	struct buf body = {0};
	const uint8_t head[] = {4, SIG_POSITIVE_CERT, 1, 8, 0, 23};
	const uint8_t tail[] = {0, 0, 0, 1, 1};

	(void)state;
	memcpy(unhashed + 3, cert->id.fpr.octets, 20);
	assert_ok(buf_put(&body, bytes_make(head, sizeof(head))));
	assert_ok(buf_put(&body, bytes_make(hashed, sizeof(hashed))));
	assert_ok(buf_put(&body, bytes_make("\0\x17", 2)));
	assert_ok(buf_put(&body, bytes_make(unhashed, sizeof(unhashed))));
	assert_ok(buf_put(&body, bytes_make(tail, sizeof(tail))));
	assert_ok(signature_parse(buf_view(&body), &sig.info, NULL));
	assert_true(verify_is_self(cert, &sig));
	body.data[body.len - sizeof(tail) - 1] ^= 1;
	assert_ok(signature_parse(buf_view(&body), &sig.info, NULL));
	assert_false(verify_is_self(cert, &sig));
	buf_done(&body);
}

static void
test_bound_subkeys(void **state)
{
	struct cert *cert = vectors_cert_of("many-subkeys.pgp");
	size_t i;

	(void)state;
	for (i = 0; i < cert->subkey_count; i++)
		assert_true(verify_is_bound(cert, &cert->subkeys[i], NULL));
	cert = vectors_cert_of("v6-ed25519-uid.pgp");
	assert_int_equal(cert->subkey_count, 2);
	assert_true(verify_is_bound(cert, &cert->subkeys[0], NULL));
	assert_true(verify_is_bound(cert, &cert->subkeys[1], NULL));
	cert = vectors_cert_of("v5-ed25519.pgp");
	assert_true(verify_is_bound(cert, &cert->subkeys[0], NULL));
}

static void
test_adopted_and_loose_subkeys_are_not_bound(void **state)
{
	struct cert *cert;

	(void)state;
	/* Says that it signs, without a signature by the subkey. */
	cert = vectors_cert_of("adopted-subkey.pgp");
	assert_false(verify_is_bound(cert, &cert->subkeys[0], NULL));
	/* Bound by another's key. */
	cert = vectors_cert_of("foreign-binding.pgp");
	assert_false(verify_is_bound(cert, &cert->subkeys[0], NULL));
	cert = vectors_cert_of("unbound-subkey.pgp");
	assert_false(verify_is_bound(cert, &cert->subkeys[0], NULL));
}

static void
test_a_back_signature_must_agree_with_its_subkey(void **state)
{
	struct cert *cert = vectors_cert_of("many-subkeys.pgp");
	struct component swapped;
	size_t i, checked = 0;

	(void)state;
	for (i = 0; i + 1 < cert->subkey_count; i++) {
		if (!cert->subkeys[i].sigs[0].info.embedded.len)
			continue;
		/* Another subkey with these signatures is not bound. */
		swapped = cert->subkeys[i];
		swapped.packet = cert->subkeys[i + 1].packet;
		swapped.key = cert->subkeys[i + 1].key;
		assert_false(verify_is_bound(cert, &swapped, NULL));
		checked++;
	}
	assert_true(checked > 20);
}

/* A version 4 binding of a version 5 subkey, its digest over that frame. */
static bool
binds_v5(const struct cert *cert, const struct component *sub, uint8_t mark)
{
	static uint8_t body[] = {
		4, SIG_SUBKEY_BINDING, 1, 8, 0, 0, 0, 0, 0, 0, 0, 1, 1};
	static const uint8_t trailer[] = {4, 0xff, 0, 0, 0, 6};
	struct bytes primary = cert->primary.packet.body, of = sub->packet.body;
	const uint8_t first[] = {
		0x99, (uint8_t)(primary.len >> 8), (uint8_t)primary.len};
	const uint8_t second[] = {
		mark, 0, 0, (uint8_t)(of.len >> 8), (uint8_t)of.len};
	/* As version 4 keys are framed, the length has two octets. */
	const struct bytes parts[] = {bytes_make(first, sizeof(first)), primary,
		bytes_make(second, 1),
		bytes_make(
			second + (mark == 0x99 ? 3 : 1), mark == 0x99 ? 2 : 4),
		of, bytes_make(body, 6), bytes_make(trailer, 6)};
	struct signature sig = {.malformed = false};
	struct digest d;

	crypto_sha256(parts, sizeof(parts) / sizeof(parts[0]), &d);
	memcpy(body + 8, d.octets, 2);
	assert_ok(signature_parse(
		bytes_make(body, sizeof(body)), &sig.info, NULL));
	return verify_is_plausible(cert, sub, &sig, NULL);
}

/* As GnuPG binds X448: how a key is framed follows the key, too. */
static void
test_a_version_5_subkey_of_a_version_4_key(void **state)
{
	static const uint8_t key[] = {5, 0, 0, 0, 1, 99, 0, 0, 0, 1, 7};
	struct component sub = {.packet = {.tag = PACKET_PUBLIC_SUBKEY}};
	struct cert *cert = vectors_cert_of("v4-rsa.pgp");

	(void)state;
	sub.packet.body = bytes_make(key, sizeof(key));
	assert_ok(public_key_parse(sub.packet.body, &sub.key, NULL));
	assert_int_equal(sub.key.fpr.version, 5);
	assert_true(binds_v5(cert, &sub, 0x9a));
	assert_false(binds_v5(cert, &sub, 0x99));
	assert_false(binds_v5(cert, &sub, 0x9b));
}

/* Three numbers of one algorithm; no other. */
static void
test_rsa_is_one_algorithm(void **state)
{
	struct cert *cert = vectors_cert_of("v4-rsa.pgp");
	const struct component *name = &cert->user_ids[0];
	struct verify_budget all = {SIZE_MAX, SIZE_MAX};
	struct public_key key = cert->primary.key;
	uint8_t algorithm;

	(void)state;
	for (algorithm = 1; algorithm < 24; algorithm++) {
		key.algorithm = algorithm;
		assert_true(
			(verify_signature(cert, name, &name->sigs[0].info, &key,
				 &all) == VERIFY_GOOD) == (algorithm <= 3));
	}
}

static void
test_every_hashed_octet_matters(void **state)
{
	struct bytes octets = vectors_canonical(
		vectors_arena, vectors_cert_of("v6-ed25519-uid.pgp"));
	uint8_t *copy = arena_alloc(vectors_arena, octets.len);
	struct counts before = count("v6-ed25519-uid.pgp"), n;
	size_t i, at = 0, changed = 0;
	struct cert *cert;
	const uint8_t *uid;

	(void)state;
	memcpy(copy, octets.data, octets.len);
	uid = memmem(octets.data, octets.len, "Six <", 5);
	assert_non_null(uid);
	at = (size_t)(uid - octets.data);
	for (i = 0; i < 5; i++) {
		copy[at + i] ^= 1;
		cert = vectors_cert(
			vectors_arena, bytes_make(copy, octets.len));
		n = (struct counts){cert, 0, 0, 0};
		assert_ok(cert_walk(cert, count_below, &n));
		copy[at + i] ^= 1;
		changed += n.plausible == before.plausible - 1;
	}
	assert_int_equal(changed, 5);
}

/* Looks at a signature until all is spent; how often it was plausible. */
static size_t
looks(const struct cert *cert, const struct component *under)
{
	size_t n = 0, work = verify_work(cert);

	while (verify_is_plausible(cert, under, &under->sigs[0], &work))
		n++;
	assert_int_equal(work, 0);
	assert_true(verify_is_plausible(cert, under, &under->sigs[0], NULL));
	return n;
}

/* Every signature that it can have is looked at, and a large primary does
 * not make that gigabytes. */
static void
test_work_on_a_certificate_has_an_end(void **state)
{
	struct cert cert = *vectors_cert_of("v6-ed25519-uid.pgp");
	static uint8_t large[65535];
	size_t octets = cert.octets, n, work;

	(void)state;
	n = looks(&cert, &cert.user_ids[0]);
	assert_true(n > 4000 && n < 8000);
	/* As if it were full. */
	cert.octets = (size_t)30 * 1024 * 1024;
	assert_true(looks(&cert, &cert.user_ids[0]) > CERT_PACKETS_MAX);
	cert.octets = octets + sizeof(large);
	cert.primary.packet.body = bytes_make(large, sizeof(large));
	work = verify_work(&cert);
	for (n = 0; work > 0; n++)
		(void)verify_is_plausible(&cert, &cert.user_ids[0],
			&cert.user_ids[0].sigs[0], &work);
	assert_true(n > 10 && n < 100);
}

int
main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(
			test_good_signatures_of_all_versions_are_plausible),
		cmocka_unit_test(test_wrong_left_octets_are_implausible),
		cmocka_unit_test(test_malformed_ones_are_neither),
		cmocka_unit_test(test_a_signature_fits_only_where_it_was_made),
		cmocka_unit_test(
			test_self_is_by_either_issuer_or_for_want_of_both),
		cmocka_unit_test(test_any_issuer_subpacket_counts),
		cmocka_unit_test(test_any_issuer_fingerprint_counts),
		cmocka_unit_test(test_bound_subkeys),
		cmocka_unit_test(test_adopted_and_loose_subkeys_are_not_bound),
		cmocka_unit_test(
			test_a_back_signature_must_agree_with_its_subkey),
		cmocka_unit_test(test_a_version_5_subkey_of_a_version_4_key),
		cmocka_unit_test(test_rsa_is_one_algorithm),
		cmocka_unit_test(test_every_hashed_octet_matters),
		cmocka_unit_test(test_work_on_a_certificate_has_an_end),
	};

	return cmocka_run_group_tests(tests, vectors_setup, vectors_teardown);
}
