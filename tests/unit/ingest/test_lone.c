/* Promises about revocations that come without their certificate. */
#include "fixture.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "../pgp/forge.h"
#include "pgp/packet.h"
#include "pgp/signature.h"

static void
read_vector(const char *name, struct buf *out)
{
	const char *top = getenv("top_srcdir");
	uint8_t octets[8192];
	char path[512];
	FILE *f;
	size_t n;

	snprintf(path, sizeof(path), "%s/tests/data/openpgp/%s",
		top == NULL ? "." : top, name);
	f = fopen(path, "rb");
	assert_non_null(f);
	n = fread(octets, 1, sizeof(octets), f);
	fclose(f);
	assert_ok(buf_put(out, bytes_make(octets, n)));
}

/* The key of revoked-key.pgp as it was before, and a revocation of it. */
struct pair {
	struct buf revoked;
	struct buf before;
	struct buf alone;
};

static void
pair_open(struct pair *p)
{
	memset(p, 0, sizeof(*p));
	read_vector("revoked-key.pgp", &p->revoked);
	read_vector("revocation-certificate.pgp", &p->alone);
	make_without(&p->before, buf_view(&p->revoked), 1);
}

static void
pair_close(struct pair *p)
{
	buf_done(&p->revoked);
	buf_done(&p->before);
	buf_done(&p->alone);
}

static void
check_submit(struct fixture *f, const struct buf *body, enum outcome_kind kind,
	enum verdict verdict)
{
	struct submission *sub = fixture_submit(f, buf_view(body));

	assert_ok(sub->status);
	assert_int_equal(sub->outcome_count, 1);
	assert_int_equal(sub->outcomes[0].kind, kind);
	assert_int_equal(sub->outcomes[0].verdict, verdict);
	submission_free(sub);
}

static void
check_revocation_lands(struct fixture *f)
{
	struct pair p;

	fixture_start(f);
	pair_open(&p);
	check_submit(f, &p.before, OUTCOME_NEW, VERDICT_KEPT);
	check_submit(f, &p.alone, OUTCOME_UPDATED, VERDICT_KEPT);
	/* It stands in the store now. */
	check_submit(f, &p.alone, OUTCOME_UNCHANGED, VERDICT_KEPT);
	assert_int_equal(fixture_certs(f), 1);
	pair_close(&p);
}

static void
test_revocation_finds_its_stored_key_at_level_sks(void **state)
{
	struct fixture *f = *state;

	f->settings.policy.level = LEVEL_SKS;
	check_revocation_lands(f);
}

static void
test_revocation_finds_its_stored_key_at_level_clean(void **state)
{
	struct fixture *f = *state;

	f->settings.policy.level = LEVEL_CLEAN;
	check_revocation_lands(f);
}

static void
test_revocation_before_its_key_in_one_submission_is_kept(void **state)
{
	struct fixture *f = *state;
	struct buf both = {0};
	struct submission *sub;
	struct pair p;

	fixture_start(f);
	pair_open(&p);
	assert_ok(buf_put(&both, buf_view(&p.alone)));
	assert_ok(buf_put(&both, buf_view(&p.before)));
	sub = fixture_submit(f, buf_view(&both));
	assert_ok(sub->status);
	assert_int_equal(sub->outcome_count, 2);
	assert_int_not_equal(sub->outcomes[0].kind, OUTCOME_REFUSED);
	assert_int_not_equal(sub->outcomes[1].kind, OUTCOME_REFUSED);
	submission_free(sub);
	assert_int_equal(fixture_certs(f), 1);
	check_submit(f, &p.alone, OUTCOME_UNCHANGED, VERDICT_KEPT);
	buf_done(&both);
	pair_close(&p);
}

static void
test_revocation_without_its_key_makes_no_certificate(void **state)
{
	struct fixture *f = *state;
	struct pair p;

	fixture_start(f);
	pair_open(&p);
	check_submit(f, &p.alone, OUTCOME_REFUSED, VERDICT_UNKNOWN_PRIMARY);
	assert_int_equal(fixture_certs(f), 0);
	pair_close(&p);
}

/* The digest's first octets still agree; only the signature is wrong: none of
 * the keys we hold made it. */
static void
test_forged_revocation_is_refused_at_level_sks_too(void **state)
{
	struct fixture *f = *state;
	struct pair p;

	fixture_start(f);
	pair_open(&p);
	check_submit(f, &p.before, OUTCOME_NEW, VERDICT_KEPT);
	p.alone.data[p.alone.len - 1] ^= 1;
	check_submit(f, &p.alone, OUTCOME_REFUSED, VERDICT_UNKNOWN_PRIMARY);
	pair_close(&p);
}

/* A key of version 3 can have any ID: here that of `f`, and no signature. */
static void
make_decoy(const struct forge *f, struct buf *out)
{
	uint8_t body[8 + 2 + 9 + 3] = {
		3, 0, 0, 0, 1, 0, 0, 1, 0, 72, 0x80, [19] = 0, 2, 3};

	memcpy(body + 11, f->fpr + 12, 8);
	forge_put(out, PACKET_PUBLIC_KEY, bytes_make(body, sizeof(body)));
	forge_put(out, PACKET_USER_ID, bytes_of("Mallory"));
}

/* Named by its ID alone, which is another key's, too. */
static void
test_all_keys_of_an_id_are_tried(void **state)
{
	struct forge_sig s = {
		.type = SIG_KEY_REVOCATION, .created = 1000000005};
	struct buf decoy = {0}, cert = {0}, alone = {0};
	struct fixture *f = *state;
	struct forge owner;

	fixture_start(f);
	forge_open(&owner, 1);
	s.signer = &owner;
	make_decoy(&owner, &decoy);
	forge_put_cert(&owner, bytes_of("Alice"), 1000000000, &cert);
	forge_put_sig(&owner, &s, &alone);
	check_submit(f, &decoy, OUTCOME_NEW, VERDICT_KEPT);
	check_submit(f, &alone, OUTCOME_REFUSED, VERDICT_UNKNOWN_PRIMARY);
	check_submit(f, &cert, OUTCOME_NEW, VERDICT_KEPT);
	check_submit(f, &alone, OUTCOME_UPDATED, VERDICT_KEPT);
	forge_close(&owner);
	buf_done(&decoy);
	buf_done(&cert);
	buf_done(&alone);
}

int
main(void)
{
	const struct CMUnitTest tests[] = {
		FIXTURE_PROMISE(
			test_revocation_finds_its_stored_key_at_level_sks),
		FIXTURE_PROMISE(
			test_revocation_finds_its_stored_key_at_level_clean),
		FIXTURE_PROMISE(
			test_revocation_before_its_key_in_one_submission_is_kept),
		FIXTURE_PROMISE(
			test_revocation_without_its_key_makes_no_certificate),
		FIXTURE_PROMISE(
			test_forged_revocation_is_refused_at_level_sks_too),
		FIXTURE_PROMISE(test_all_keys_of_an_id_are_tried),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
