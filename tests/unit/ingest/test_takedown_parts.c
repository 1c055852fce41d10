/* Promises of take-downs: user IDs, packets, dry runs, and other stores. */
#include "takedown_world.h"

#include <stdio.h>
#include <string.h>
#include <unistd.h>

#include "base/hex.h"
#include "pgp/level.h"
#include "store/store.h"

static void
test_a_banned_address_is_left_out_of_every_key(void **state)
{
	static const char *const names[] = {"Some Body <some@Example.org>",
		"some@example.org", "Some <other@example.org>"};
	struct fixture *f = *state;
	struct buf cert[3] = {{0}, {0}, {0}};

	f->settings.policy.level = LEVEL_SKS; /* the bare key stays there */
	world_start(f);
	for (unsigned i = 0; i < 3; i++)
		make_cert_named(&cert[i], i + 1, names[i]);
	assert_outcome(f, &cert[0], OUTCOME_NEW, VERDICT_KEPT);
	(void)world_down(f, TOMBSTONE_UID, "SOME@example.org");
	assert_int_equal(stored_user_ids(f, &cert[0]), 0);
	assert_outcome(f, &cert[0], OUTCOME_UNCHANGED, VERDICT_KEPT);
	for (unsigned i = 1; i < 3; i++) {
		assert_outcome(f, &cert[i], OUTCOME_NEW, VERDICT_KEPT);
		assert_int_equal(stored_user_ids(f, &cert[i]), i == 2);
	}
	for (unsigned i = 0; i < 3; i++)
		buf_done(&cert[i]);
}

static void
test_one_user_id_can_be_banned_by_its_text(void **state)
{
	struct fixture *f = *state;
	struct buf cert = {0}, other = {0};

	f->settings.policy.level = LEVEL_SKS;
	world_start(f);
	make_cert_named(&cert, 1, "Rude Words <some@example.org>");
	make_cert_named(&other, 2, "Other Words <some@example.org>");
	assert_outcome(f, &cert, OUTCOME_NEW, VERDICT_KEPT);
	assert_outcome(f, &other, OUTCOME_NEW, VERDICT_KEPT);
	(void)world_down(f, TOMBSTONE_UID, "Rude Words <some@example.org>");
	assert_int_equal(stored_user_ids(f, &cert), 0);
	assert_int_equal(stored_user_ids(f, &other), 1);
	buf_done(&cert);
	buf_done(&other);
}

static void
test_a_packet_and_a_signature_can_be_banned(void **state)
{
	struct fixture *f = *state;
	struct buf cert = {0};
	char hex[65];
	struct digest d;
	struct cert *c;

	f->settings.policy.level = LEVEL_SKS;
	world_start(f);
	make_cert(&cert, 1, 2);
	c = world_parsed(f, &cert);
	assert_outcome(f, &cert, OUTCOME_NEW, VERDICT_KEPT);
	level_signature_hash(&c->user_ids[0].sigs[0], &d);
	hex_write_lower(bytes_make(d.octets, sizeof(d.octets)), hex);
	assert_int_equal(world_down(f, TOMBSTONE_SIG, hex).reduced, 1);
	hex_write_lower(
		bytes_make(c->user_ids[0].sigs[1].digest.octets, 32), hex);
	assert_int_equal(world_down(f, TOMBSTONE_PKT, hex).reduced, 1);
	assert_int_equal(world_down(f, TOMBSTONE_PKT, hex).reduced, 0);
	assert_outcome(f, &cert, OUTCOME_UNCHANGED, VERDICT_KEPT);
	buf_done(&cert);
}

static void
test_a_load_nobody_follows_leaves_out_what_is_banned(void **state)
{
	struct fixture *f = *state;
	struct buf first = {0}, second = {0};
	struct submission *sub;
	struct digest d;
	char hex[65];

	f->settings.policy.level = LEVEL_SKS;
	world_start(f);
	make_cert_named(&first, 1, "Some Body <some@example.org>");
	make_cert_named(&second, 2, "Some Body <some@example.org>");
	assert_outcome(f, &first, OUTCOME_NEW, VERDICT_KEPT);
	d = world_parsed(f, &first)->user_ids[0].digest;
	hex_write_lower(bytes_make(d.octets, sizeof(d.octets)), hex);
	assert_int_equal(world_down(f, TOMBSTONE_PKT, hex).reduced, 1);
	sub = fixture_load(f, buf_view(&second));
	assert_ok(sub->status);
	assert_int_equal(sub->counts[OUTCOME_NEW], 1);
	assert_true(sub->outcomes[0].dropped > 0);
	assert_int_equal(stored_user_ids(f, &second), 0);
	submission_free(sub);
	buf_done(&first);
	buf_done(&second);
}

static void
test_a_dry_run_finds_and_changes_nothing(void **state)
{
	struct fixture *f = *state;
	struct takedown_item item;
	struct takedown_order o;
	struct buf cert = {0};
	struct err err;
	char path[300];

	world_start(f);
	make_cert_named(&cert, 1, "Some Body <some@example.org>");
	assert_outcome(f, &cert, OUTCOME_NEW, VERDICT_KEPT);
	o = world_order(&item, TOMBSTONE_ERASE,
		world_hex(&world_parsed(f, &cert)->id.fpr));
	o.dry_run = true;
	assert_ok(takedown_parse(f->in, &o, &err));
	assert_ok(takedown_add(f->in, &o, &err));
	assert_int_equal(item.certs, 1);
	o = world_order(&item, TOMBSTONE_UID, "some@example.org");
	o.dry_run = true;
	assert_ok(takedown_parse(f->in, &o, &err));
	assert_ok(takedown_add(f->in, &o, &err));
	assert_int_equal(item.certs, 1);
	assert_int_equal(fixture_certs(f), 1);
	assert_int_equal(tombstones_count(ingest_tombstones(f->in)), 0);
	for (int i = 0; i < 2; i++) {
		snprintf(path, sizeof(path), "%s/%s", f->dir,
			i == 0 ? "tombstones" : "secret");
		assert_int_not_equal(access(path, F_OK), 0);
	}
	buf_done(&cert);
}

static void
test_what_cannot_be_read_is_told_and_the_rest_is_done(void **state)
{
	static const char *const words[] = {"", "1234", "0xZZ", "name",
		"0123456789ABCDEF0123456789ABCDEF01234567 8",
		"0x0123 4567 89AB CDEF 0123  4567 89AB CDEF 0123 4567"};
	enum { WORDS = sizeof(words) / sizeof(words[0]) };
	struct takedown_item items[WORDS];
	struct fixture *f = *state;
	struct takedown_order o = world_order(&items[0], TOMBSTONE_ERASE, "");
	struct err err;

	world_start(f);
	memset(items, 0, sizeof(items));
	for (size_t i = 0; i < WORDS; i++)
		items[i].word = bytes_of(words[i]);
	o.count = WORDS;
	assert_ok(takedown_parse(f->in, &o, &err));
	assert_int_equal(o.faults, WORDS - 1);
	assert_null(items[WORDS - 1].fault);
	assert_ok(takedown_add(f->in, &o, &err));
	assert_int_equal(tombstones_count(ingest_tombstones(f->in)), 1);
}

static void
test_another_store_is_gone_through_at_the_next_start(void **state)
{
	struct fixture *f = *state;
	struct buf cert = {0}, named = {0}, other = {0};
	struct err err;
	struct bytes note;

	world_start(f);
	make_cert(&cert, 1, 0);
	make_cert_named(&named, 2, "Some Body <some@example.org>");
	make_cert(&other, 3, 0);
	(void)world_down(
		f, TOMBSTONE_ERASE, world_hex(&world_parsed(f, &cert)->id.fpr));
	(void)world_down(f, TOMBSTONE_UID, "some@example.org");
	/* As a backup from before would be: all is there, and no note. */
	ingest_stop(f->in);
	ingest_free(f->in);
	f->settings.folder = NULL;
	fixture_start(f);
	assert_outcome(f, &cert, OUTCOME_NEW, VERDICT_KEPT);
	assert_outcome(f, &named, OUTCOME_NEW, VERDICT_KEPT);
	assert_outcome(f, &other, OUTCOME_NEW, VERDICT_KEPT);
	ingest_stop(f->in);
	ingest_free(f->in);
	f->in = NULL;
	{
		struct store_session *w;

		assert_ok(session_open(f->store, SESSION_WRITE, &w, &err));
		assert_ok(store_begin(w, &err));
		assert_ok(store_put_note(
			w, "tombstones", bytes_of("other"), &err));
		assert_ok(store_commit(w, &err));
		session_close(w);
	}
	world_start(f);
	assert_int_equal(fixture_certs(f), 3);
	assert_ok(takedown_catch_up(f->in, NULL, NULL, &err));
	assert_int_equal(fixture_certs(f), 2);
	assert_int_equal(stored_user_ids(f, &named), 0);
	assert_ok(store_get_note(f->read, "tombstones", f->arena, &note, &err));
	assert_int_equal(note.len, 2 * sizeof(struct digest));
	buf_done(&cert);
	buf_done(&named);
	buf_done(&other);
}

int
main(void)
{
	const struct CMUnitTest promises[] = {
		FIXTURE_PROMISE(test_a_banned_address_is_left_out_of_every_key),
		FIXTURE_PROMISE(test_one_user_id_can_be_banned_by_its_text),
		FIXTURE_PROMISE(test_a_packet_and_a_signature_can_be_banned),
		FIXTURE_PROMISE(
			test_a_load_nobody_follows_leaves_out_what_is_banned),
		FIXTURE_PROMISE(test_a_dry_run_finds_and_changes_nothing),
		FIXTURE_PROMISE(
			test_what_cannot_be_read_is_told_and_the_rest_is_done),
		FIXTURE_PROMISE(
			test_another_store_is_gone_through_at_the_next_start),
	};

	return cmocka_run_group_tests(promises, NULL, NULL);
}
