/* Promises of take-downs of keys: what is down stays down, by whatever way. */
#include "takedown_world.h"

#include <string.h>
#include <unistd.h>

#include "base/hex.h"
#include "pgp/level.h"
#include "store/store.h"

static void
test_an_erased_key_goes_and_stays_away(void **state)
{
	struct fixture *f = *state;
	struct buf cert = {0}, more = {0};
	struct takedown_order o;

	world_start(f);
	make_cert(&cert, 1, 0);
	make_cert(&more, 1, 2); /* with packets that nobody has seen */
	assert_outcome(f, &cert, OUTCOME_NEW, VERDICT_KEPT);
	o = world_down(
		f, TOMBSTONE_ERASE, world_hex(&world_parsed(f, &cert)->id.fpr));
	assert_int_equal(o.erased, 1);
	assert_int_equal(o.items[0].certs, 1);
	assert_false(o.lingers);
	assert_int_equal(fixture_certs(f), 0);
	assert_blocked(f, &cert);
	assert_blocked(f, &more);
	world_restart(f);
	assert_blocked(f, &cert);
	assert_int_equal(fixture_certs(f), 0);
	world_lift(
		f, TOMBSTONE_ERASE, world_hex(&world_parsed(f, &cert)->id.fpr));
	assert_outcome(f, &cert, OUTCOME_NEW, VERDICT_KEPT);
	buf_done(&cert);
	buf_done(&more);
}

static void
test_no_kind_of_submission_brings_it_back(void **state)
{
	static const char *const origins[] = {
		"http", "peer.example", "gossip", "load", "admin"};
	struct fixture *f = *state;
	struct buf cert = {0};

	world_start(f);
	make_cert(&cert, 1, 0);
	(void)world_down(
		f, TOMBSTONE_ERASE, world_hex(&world_parsed(f, &cert)->id.fpr));
	for (size_t i = 0; i < sizeof(origins) / sizeof(origins[0]); i++) {
		struct submission *sub =
			submission_new(ingest_policy(f->in)->max_arena);

		sub->origin = origins[i];
		sub->bulk = strcmp(origins[i], "load") == 0;
		sub->no_change_log = sub->bulk;
		sub->body = buf_view(&cert);
		assert_ok(ingest_submit_wait(f->in, sub));
		assert_ok(sub->status);
		assert_int_equal(sub->outcomes[0].kind, OUTCOME_REFUSED);
		assert_int_equal(sub->outcomes[0].verdict, VERDICT_BLOCKED);
		submission_free(sub);
	}
	assert_int_equal(fixture_certs(f), 0);
	buf_done(&cert);
}

static void
test_a_removal_is_a_change_that_nobody_is_sent(void **state)
{
	struct fixture *f = *state;
	struct change_mark marks[4];
	struct change_batch log;
	struct buf cert = {0};
	struct err err;
	size_t n;

	world_start(f);
	make_cert(&cert, 1, 0);
	assert_outcome(f, &cert, OUTCOME_NEW, VERDICT_KEPT);
	(void)world_down(
		f, TOMBSTONE_ERASE, world_hex(&world_parsed(f, &cert)->id.fpr));
	assert_int_equal(fixture_changes(f, &log), 0);
	assert_int_equal(log.last_seq, 2);
	assert_ok(store_read_marks(f->read, 0, marks, 4, &n, &err));
	assert_int_equal(n, 2);
	assert_int_equal(marks[1].kind, CHANGE_REMOVED);
	buf_done(&cert);
}

static void
test_the_digest_of_what_is_refused_is_remembered(void **state)
{
	struct fixture *f = *state;
	struct buf cert = {0}, more = {0};
	int64_t now = 2000000000, month = 30 * 24 * 3600;
	struct cert_row row;
	struct submission *sub;
	struct err err;
	bool known = true;

	world_start(f);
	make_cert(&cert, 1, 0);
	make_cert(&more, 1, 2);
	sub = world_submit(f, &cert);
	row = fixture_row(f, sub);
	submission_free(sub);
	assert_ok(store_is_rejected(f->read, &row.sks_digest, 0, &known, &err));
	assert_false(known);
	(void)world_down(f, TOMBSTONE_ERASE, world_hex(&row.id.fpr));
	assert_ok(store_is_rejected(f->read, &row.sks_digest, 0, &known, &err));
	assert_true(known);
	assert_blocked(f, &more);
	assert_ok(store_is_rejected(
		f->read, &world_parsed(f, &more)->sks_digest, 0, &known, &err));
	assert_true(known);
	assert_ok(store_is_rejected(
		f->read, &row.sks_digest, now + month, &known, &err));
	assert_false(known);
	buf_done(&cert);
	buf_done(&more);
}

static void
test_of_a_blocked_key_its_revocation_lands_and_nothing_else(void **state)
{
	struct fixture *f = *state;
	struct buf cert = {0}, revoked = {0};
	struct submission *sub;
	struct cert_row row;
	struct cert *c;
	struct err err;

	world_start(f);
	make_cert_named(&cert, 1, "Some Body <some@example.org>");
	make_revoked(&revoked, 1); /* the same key */
	assert_true(fingerprint_eq(&world_parsed(f, &cert)->id.fpr,
		&world_parsed(f, &revoked)->id.fpr));
	assert_outcome(f, &cert, OUTCOME_NEW, VERDICT_KEPT);
	(void)world_down(
		f, TOMBSTONE_BLOCK, world_hex(&world_parsed(f, &cert)->id.fpr));
	assert_int_equal(fixture_certs(f), 0);
	assert_blocked(f, &cert);
	sub = world_submit(f, &revoked);
	assert_int_equal(sub->outcomes[0].kind, OUTCOME_NEW);
	row = fixture_row(f, sub);
	submission_free(sub);
	assert_ok(cert_read_stored(f->arena, row.octets, &c, &err));
	assert_int_equal(c->packet_count, 2);
	assert_int_equal(c->primary.sigs[0].info.type, SIG_KEY_REVOCATION);
	/* What came before with more: nothing of it is taken. */
	assert_blocked(f, &cert);
	assert_blocked(f, &revoked);
	sub = fixture_submit(f, row.octets);
	assert_int_equal(sub->outcomes[0].kind, OUTCOME_UNCHANGED);
	submission_free(sub);
	buf_done(&cert);
	buf_done(&revoked);
}

/* Nothing is there to verify it with, until it has come with its key. */
static void
test_a_revocation_alone_lands_on_what_is_stored_of_a_blocked_key(void **state)
{
	struct fixture *f = *state;
	struct buf revoked = {0}, alone = {0}, bare = {0};

	world_start(f);
	make_revoked(&revoked, 1);
	make_part(&alone, buf_view(&revoked), 1, 2);
	make_part(&bare, buf_view(&revoked), 0, 2);
	(void)world_down(f, TOMBSTONE_BLOCK,
		world_hex(&world_parsed(f, &revoked)->id.fpr));
	assert_outcome(f, &alone, OUTCOME_REFUSED, VERDICT_UNKNOWN_PRIMARY);
	assert_int_equal(fixture_certs(f), 0);
	assert_outcome(f, &bare, OUTCOME_NEW, VERDICT_KEPT);
	assert_outcome(f, &alone, OUTCOME_UNCHANGED, VERDICT_KEPT);
	buf_done(&revoked);
	buf_done(&alone);
	buf_done(&bare);
}

static void
test_what_is_stored_of_a_blocked_key_shrinks_to_its_revocation(void **state)
{
	struct fixture *f = *state;
	struct takedown_order o;
	struct change_batch log;
	struct buf cert = {0};
	struct cert_row row;
	struct cert *c;
	struct err err;

	world_start(f);
	make_revoked(&cert, 1);
	assert_outcome(f, &cert, OUTCOME_NEW, VERDICT_KEPT);
	assert_true(world_parsed(f, &cert)->packet_count > 2);
	o = world_down(
		f, TOMBSTONE_BLOCK, world_hex(&world_parsed(f, &cert)->id.fpr));
	assert_int_equal(o.reduced, 1);
	assert_ok(store_get_cert(
		f->read, &world_parsed(f, &cert)->id, f->arena, &row, &err));
	assert_ok(cert_read_stored(f->arena, row.octets, &c, &err));
	assert_int_equal(c->packet_count, 2);
	assert_int_equal(fixture_changes(f, &log), 2);
	assert_string_equal(log.list[1].origin, "admin");
	assert_int_equal(log.list[1].delta.len, 0);
	assert_int_equal(change_cert_flags(log.list[1].flags), row.flags);
	buf_done(&cert);
}

static void
test_a_subkey_of_an_erased_key_takes_its_holder_down(void **state)
{
	struct fixture *f = *state;
	struct buf cert = {0}, other = {0};
	struct takedown_order o;
	struct cert *c;

	world_start(f);
	make_cert(&cert, 1, 0);
	make_cert(&other, 2, 0);
	c = world_parsed(f, &cert);
	assert_true(c->subkey_count > 0);
	assert_outcome(f, &cert, OUTCOME_NEW, VERDICT_KEPT);
	assert_outcome(f, &other, OUTCOME_NEW, VERDICT_KEPT);
	o = world_down(f, TOMBSTONE_ERASE, world_hex(&c->subkeys[0].key.fpr));
	assert_int_equal(o.erased, 1);
	assert_int_equal(fixture_certs(f), 1);
	assert_blocked(f, &cert);
	buf_done(&cert);
	buf_done(&other);
}

static void
test_an_erased_subkey_hung_on_another_key_does_not_come_in(void **state)
{
	for (int level = LEVEL_SKS; level <= LEVEL_CLEAN; level++) {
		struct fixture *f = *state;
		struct buf cert = {0}, joined = {0};
		struct submission *sub;
		struct cert *c;

		f->settings.policy.level = (enum level)level;
		if (f->in == NULL)
			world_start(f);
		else
			world_restart(f);
		make_cert(&cert, 1, 0);
		c = world_parsed(f, &cert);
		if (level == LEVEL_SKS)
			(void)world_down(f, TOMBSTONE_ERASE,
				world_hex(&c->subkeys[0].key.fpr));
		make_cert(&joined, 2, 0);
		make_packet(&joined, PACKET_PUBLIC_SUBKEY,
			c->subkeys[0].packet.body.data,
			c->subkeys[0].packet.body.len);
		make_packet(&joined, PACKET_SIGNATURE,
			c->subkeys[0].sigs[0].packet.body.data,
			c->subkeys[0].sigs[0].packet.body.len);
		sub = world_submit(f, &joined);
		assert_int_equal(sub->outcomes[0].kind,
			level == LEVEL_SKS ? OUTCOME_REFUSED : OUTCOME_NEW);
		assert_int_equal(fixture_certs(f), level == LEVEL_SKS ? 0 : 1);
		submission_free(sub);
		buf_done(&cert);
		buf_done(&joined);
	}
}

/* It was stored when nothing was verified, and nothing has raised it yet. */
static void
test_who_hung_a_key_on_anothers_does_not_take_that_down(void **state)
{
	struct fixture *f = *state;
	struct buf cert = {0}, joined = {0};
	struct takedown_order o;
	struct cert_row row;
	struct cert *c, *left;
	struct err err;

	f->settings.policy.level = LEVEL_SKS;
	f->settings.policy.verify_share = 0;
	world_start(f);
	make_cert(&cert, 1, 0);
	c = world_parsed(f, &cert);
	make_cert(&joined, 2, 0);
	make_packet(&joined, PACKET_PUBLIC_SUBKEY,
		c->subkeys[0].packet.body.data, c->subkeys[0].packet.body.len);
	make_packet(&joined, PACKET_SIGNATURE,
		c->subkeys[0].sigs[0].packet.body.data,
		c->subkeys[0].sigs[0].packet.body.len);
	assert_outcome(f, &joined, OUTCOME_NEW, VERDICT_KEPT);
	f->settings.policy.level = LEVEL_CLEAN;
	world_restart(f);
	o = world_down(f, TOMBSTONE_ERASE, world_hex(&c->subkeys[0].key.fpr));
	assert_int_equal(o.erased, 0);
	assert_int_equal(o.reduced, 1);
	assert_ok(store_get_cert(
		f->read, &world_parsed(f, &joined)->id, f->arena, &row, &err));
	assert_int_equal(row.level, LEVEL_CLEAN);
	assert_ok(cert_read_stored(f->arena, row.octets, &left, &err));
	for (size_t i = 0; i < left->subkey_count; i++)
		assert_false(fingerprint_eq(
			&left->subkeys[i].key.fpr, &c->subkeys[0].key.fpr));
	buf_done(&cert);
	buf_done(&joined);
}

/* Forged ones beside it: all or nothing is looked at. */
static void
test_a_revocation_is_not_lost_for_what_forged_ones_cost(void **state)
{
	for (size_t max = 3; max <= 4; max++) {
		struct fixture *f = *state;
		struct buf cert = {0}, flood = {0}, forged = {0};
		struct submission *sub;
		struct bytes sig;
		struct cert *c;

		f->settings.policy.level = LEVEL_SKS;
		f->settings.policy.max_verifications = max;
		if (f->in == NULL)
			world_start(f);
		else
			world_restart(f);
		make_revoked(&cert, 1);
		c = world_parsed(f, &cert);
		if (max == 3)
			(void)world_down(
				f, TOMBSTONE_BLOCK, world_hex(&c->id.fpr));
		sig = c->primary.sigs[0].packet.body;
		make_packet(&flood, PACKET_PUBLIC_KEY,
			c->primary.packet.body.data,
			c->primary.packet.body.len);
		for (uint8_t n = 0; n < 4; n++) {
			forged.len = 0;
			assert_ok(buf_put(&forged, sig));
			forged.data[forged.len - 1] ^= n;
			make_packet(&flood, PACKET_SIGNATURE, forged.data,
				forged.len);
		}
		sub = world_submit(f, &flood);
		assert_int_equal(sub->too_dear, max == 3);
		assert_int_equal(
			sub->status, max == 3 ? STATUS_LIMIT : STATUS_OK);
		assert_int_equal(fixture_certs(f), max == 3 ? 0 : 1);
		submission_free(sub);
		buf_done(&cert);
		buf_done(&flood);
		buf_done(&forged);
	}
}

int
main(void)
{
	const struct CMUnitTest promises[] = {
		FIXTURE_PROMISE(test_an_erased_key_goes_and_stays_away),
		FIXTURE_PROMISE(test_no_kind_of_submission_brings_it_back),
		FIXTURE_PROMISE(test_a_removal_is_a_change_that_nobody_is_sent),
		FIXTURE_PROMISE(
			test_the_digest_of_what_is_refused_is_remembered),
		FIXTURE_PROMISE(
			test_of_a_blocked_key_its_revocation_lands_and_nothing_else),
		FIXTURE_PROMISE(
			test_a_revocation_alone_lands_on_what_is_stored_of_a_blocked_key),
		FIXTURE_PROMISE(
			test_what_is_stored_of_a_blocked_key_shrinks_to_its_revocation),
		FIXTURE_PROMISE(
			test_a_subkey_of_an_erased_key_takes_its_holder_down),
		FIXTURE_PROMISE(
			test_an_erased_subkey_hung_on_another_key_does_not_come_in),
		FIXTURE_PROMISE(
			test_who_hung_a_key_on_anothers_does_not_take_that_down),
		FIXTURE_PROMISE(
			test_a_revocation_is_not_lost_for_what_forged_ones_cost),
	};

	return cmocka_run_group_tests(promises, NULL, NULL);
}
