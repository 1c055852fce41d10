/*
 * Whoever floods a certificate reaches its limits and no further: the owner's
 * revocation lands on it all the same, and what is over the budget of
 * verifications is refused whole.
 */
#include "fixture.h"

#include <stdio.h>

#include "../pgp/forge.h"
#include "pgp/cert.h"
#include "pgp/packet.h"

enum { BORN = 1000000000, OTHERS = 3000 };

static const uint8_t alice[] = "Alice <alice@example.org>";

struct keys {
	struct forge owner, other, sub;
};

static struct bytes
alice_id(void)
{
	return bytes_make(alice, sizeof(alice) - 1);
}

static void
keys_open(struct keys *k)
{
	assert_ok(crypto_init(NULL));
	forge_open(&k->owner, 1);
	forge_open(&k->other, 2);
	forge_open(&k->sub, 3);
}

static void
keys_close(struct keys *k)
{
	forge_close(&k->owner);
	forge_close(&k->other);
	forge_close(&k->sub);
}

static struct forge_sig
by_owner(const struct keys *k, uint8_t type, uint32_t created)
{
	return (struct forge_sig){.type = type,
		.created = created,
		.signer = &k->owner,
		.names_hashed = true};
}

/* Of the right look, by nobody, in the name of one of them. */
static struct forge_sig
by_nobody(const struct forge *names, uint8_t type, uint32_t created)
{
	return (struct forge_sig){.type = type,
		.created = created,
		.names = names,
		.names_hashed = true};
}

/* ---- floods: each appends packets to the owner's certificate ----------- */

static void
flood_certifications(const struct keys *k, struct buf *out)
{
	struct forge_sig s;
	uint32_t i;

	for (i = 0; i < OTHERS; i++) {
		s = by_nobody(&k->other, SIG_GENERIC_CERT, BORN + i);
		s.user_id = alice_id();
		forge_put_sig(&k->owner, &s, out);
	}
}

static void
flood_false_self_signatures(const struct keys *k, struct buf *out)
{
	struct forge_sig s;
	uint32_t i;

	for (i = 0; i < OTHERS; i++) {
		s = by_nobody(&k->owner, SIG_POSITIVE_CERT, BORN + i);
		s.user_id = alice_id();
		forge_put_sig(&k->owner, &s, out);
	}
}

/* Below the user ID they sign the key, in the name of others. */
static void
flood_revocations_by_others(const struct keys *k, struct buf *out)
{
	struct forge_sig s;
	uint32_t i;

	for (i = 0; i < 500; i++) {
		s = by_nobody(&k->other, SIG_KEY_REVOCATION, BORN + i);
		forge_put_sig(&k->owner, &s, out);
	}
}

static void
flood_homeless(const struct keys *k, struct buf *out)
{
	struct forge_sig s;
	uint32_t i;

	for (i = 0; i < OTHERS; i++) {
		s = by_nobody(&k->owner, SIG_POSITIVE_CERT, BORN + i);
		s.user_id = bytes_of("nobody of this name");
		forge_put_sig(&k->owner, &s, out);
	}
}

static void
flood_user_ids(const struct keys *k, struct buf *out)
{
	struct forge_sig s;
	char text[32];
	uint32_t i;

	for (i = 0; i < OTHERS; i++) {
		(void)snprintf(text, sizeof(text), "Alice %u", (unsigned)i);
		s = by_nobody(&k->owner, SIG_POSITIVE_CERT, BORN);
		s.user_id = bytes_of(text);
		forge_put(out, PACKET_USER_ID, s.user_id);
		forge_put_sig(&k->owner, &s, out);
	}
}

static void
flood_subkeys(const struct keys *k, struct buf *out)
{
	struct forge f = k->sub;
	struct forge_sig s;
	uint32_t i;

	for (i = 0; i < OTHERS; i++) {
		f.body.data[4] = (uint8_t)i;
		f.body.data[3] = (uint8_t)(i >> 8);
		s = by_nobody(&k->owner, SIG_SUBKEY_BINDING, BORN);
		s.subkey = &f;
		forge_put(out, PACKET_PUBLIC_SUBKEY, buf_view(&f.body));
		forge_put_sig(&k->owner, &s, out);
	}
}

typedef void flood_fn(const struct keys *k, struct buf *out);

static flood_fn *const floods[] = {flood_certifications,
	flood_false_self_signatures, flood_revocations_by_others,
	flood_homeless, flood_user_ids, flood_subkeys};

/* ---- promises ---------------------------------------------------------- */

static void
submit(struct fixture *f, const struct buf *octets, enum outcome_kind kind)
{
	struct submission *sub = fixture_submit(f, buf_view(octets));

	assert_ok(sub->status);
	assert_int_equal(sub->outcome_count, 1);
	assert_int_equal(sub->outcomes[0].kind, kind);
	submission_free(sub);
}

static bool
is_revoked(struct fixture *f, const struct keys *k)
{
	struct store_query q = {.kind = QUERY_FINGERPRINT,
		.octets = {k->owner.fpr, sizeof(k->owner.fpr)}};
	struct cert_rows rows;
	struct cert *cert;
	struct err err;
	size_t i;

	assert_ok(store_find(f->read, &q, 2, f->arena, &rows, &err));
	assert_int_equal(rows.count, 1);
	assert_ok(cert_read_stored(f->arena, rows.list[0].octets, &cert, &err));
	for (i = 0; i < cert->primary.sig_count; i++)
		if (cert->primary.sigs[i].info.type == SIG_KEY_REVOCATION &&
			cert->primary.sigs[i].info.issuer ==
				cert->primary.key.key_id)
			return true;
	return false;
}

/* First the key, then the flood, then the owner's word, all by strangers. */
static void
check_flood(struct fixture *f, const struct keys *k, flood_fn *flood, bool alone)
{
	struct forge_sig revoke = by_owner(k, SIG_KEY_REVOCATION, BORN + 5);
	struct buf cert = {0}, word = {0};

	forge_put_cert(&k->owner, alice_id(), BORN, &cert);
	submit(f, &cert, OUTCOME_NEW);
	flood(k, &cert);
	submission_free(fixture_submit(f, buf_view(&cert)));
	assert_false(is_revoked(f, k));
	if (!alone)
		forge_put(&word, PACKET_PUBLIC_KEY, buf_view(&k->owner.body));
	forge_put_sig(&k->owner, &revoke, &word);
	submit(f, &word, OUTCOME_UPDATED);
	assert_true(is_revoked(f, k));
	buf_done(&cert);
	buf_done(&word);
}

static void
check_level(enum level level, flood_fn *flood, bool alone)
{
	struct fixture *f;
	struct keys k;
	void *state;

	assert_int_equal(fixture_setup(&state), 0);
	f = state;
	f->settings.policy.level = level;
	fixture_start(f);
	keys_open(&k);
	check_flood(f, &k, flood, alone);
	keys_close(&k);
	assert_int_equal(fixture_teardown(&state), 0);
}

static void
test_a_revocation_lands_on_what_was_flooded(void **state)
{
	size_t i;

	(void)state;
	for (i = 0; i < sizeof(floods) / sizeof(floods[0]); i++) {
		check_level(LEVEL_SKS, floods[i], i % 2 == 0);
		check_level(LEVEL_CLEAN, floods[i], i % 2 == 1);
		check_level(LEVEL_STRICT, floods[i], i % 2 == 0);
	}
}

/* What was taken at level sks is levelled at nobody's expense. */
static void
test_a_revocation_lands_on_a_flooded_row_of_a_lower_level(void **state)
{
	struct fixture *f = *state;
	struct forge_sig revoke;
	struct buf cert = {0}, word = {0};
	struct keys k;

	keys_open(&k);
	fixture_start(f);
	forge_put_cert(&k.owner, alice_id(), BORN, &cert);
	flood_false_self_signatures(&k, &cert);
	submit(f, &cert, OUTCOME_NEW);
	ingest_stop(f->in);
	ingest_free(f->in);
	f->settings.policy.level = LEVEL_CLEAN;
	f->settings.policy.max_verifications = 100;
	fixture_start(f);
	revoke = by_owner(&k, SIG_KEY_REVOCATION, BORN + 5);
	forge_put_sig(&k.owner, &revoke, &word);
	submit(f, &word, OUTCOME_UPDATED);
	assert_true(is_revoked(f, &k));
	buf_done(&cert);
	buf_done(&word);
	keys_close(&k);
}

/* The owner's signature and so many false ones. */
static void
make_false(const struct keys *k, uint32_t n, struct buf *out)
{
	struct forge_sig s;
	uint32_t i;

	forge_put_cert(&k->owner, alice_id(), BORN, out);
	for (i = 0; i < n; i++) {
		s = by_nobody(&k->owner, SIG_POSITIVE_CERT, BORN + i);
		s.user_id = alice_id();
		forge_put_sig(&k->owner, &s, out);
	}
}

static void
test_l13_verifications_at_and_over_their_limit(void **state)
{
	struct fixture *f = *state;
	struct buf at = {0}, over = {0};
	struct submission *sub;
	struct keys k;

	keys_open(&k);
	f->settings.policy.level = LEVEL_CLEAN;
	fixture_start(f);
	make_false(&k, 4000, &over);
	sub = fixture_submit(f, buf_view(&over));
	assert_status(sub->status, STATUS_LIMIT);
	submission_free(sub);
	assert_int_equal(fixture_certs(f), 0);
	make_false(&k, 3999, &at);
	submit(f, &at, OUTCOME_NEW);
	buf_done(&at);
	buf_done(&over);
	keys_close(&k);
}

enum { MANY = 24, FULL = 1000 };

/* Certificate `n` of many, with certifications from `first` on. */
static void
make_large(uint64_t n, uint32_t first, uint32_t count, struct buf *out)
{
	struct forge f, other;
	struct forge_sig s;
	uint32_t i;

	forge_open(&f, 100 + n);
	forge_open(&other, 99);
	forge_put_cert(&f, alice_id(), BORN, out);
	for (i = first; i < first + count; i++) {
		s = by_nobody(&other, SIG_GENERIC_CERT, BORN + i);
		s.user_id = alice_id();
		forge_put_sig(&f, &s, out);
	}
	forge_close(&f);
	forge_close(&other);
}

/* Small news for large rows take several turns; the last part is too much. */
static void
check_whole(struct fixture *f, uint32_t lies, enum status want)
{
	struct change_batch changes;
	struct buf news = {0};
	struct submission *sub;
	struct keys k;
	uint64_t i;

	keys_open(&k);
	for (i = 0; i < MANY; i++)
		make_large(i, FULL, 1, &news);
	make_false(&k, lies, &news);
	sub = fixture_submit(f, buf_view(&news));
	assert_status(sub->status, want);
	submission_free(sub);
	buf_done(&news);
	keys_close(&k);
	assert_int_equal(fixture_changes(f, &changes),
		want == STATUS_OK ? 2 * MANY + 1 : MANY);
}

static void
test_what_is_over_l13_is_refused_whole_in_several_turns(void **state)
{
	struct fixture *f = *state;
	struct buf cert = {0};
	uint64_t i;

	f->settings.policy.level = LEVEL_CLEAN;
	f->settings.policy.max_verifications = 1000;
	f->settings.policy.max_arena = 16 << 20;
	fixture_start(f);
	for (i = 0; i < MANY; i++) {
		buf_clear(&cert);
		make_large(i, 0, FULL, &cert);
		submit(f, &cert, OUTCOME_NEW);
	}
	check_whole(f, 1000, STATUS_LIMIT);
	check_whole(f, 900, STATUS_OK);
	buf_done(&cert);
}

int
main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(test_a_revocation_lands_on_what_was_flooded),
		FIXTURE_PROMISE(
			test_a_revocation_lands_on_a_flooded_row_of_a_lower_level),
		FIXTURE_PROMISE(test_l13_verifications_at_and_over_their_limit),
		FIXTURE_PROMISE(
			test_what_is_over_l13_is_refused_whole_in_several_turns),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
