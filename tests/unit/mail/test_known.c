/* Promises about who is who, and of sent lists. */
#include <stdio.h>
#include <string.h>

#include "../unit.h"
#include "mail/known.h"
#include "mail/seen.h"
#include "pgp/crypto.h"

/* ---- who is who --------------------------------------------------------- */

static char ann[] = "ann", bob[] = "bob", http[] = "http", slash[] = "a/b";
static char ann_mail[] = "pks@ann.example", bob_mail[] = "pks@bob.example";
static char bob_alias[] = "Robot@Old.example", ours[] = "ours@here.example";
static char nothing[] = "";
static char *bob_aliases[] = {bob_alias};

static void
make_settings(struct mail_settings *s, struct peer_settings peers[2])
{
	memset(s, 0, sizeof(*s));
	memset(peers, 0, 2 * sizeof(*peers));
	peers[0] = (struct peer_settings){
		.name = ann, .mail = ann_mail, .relay = nothing};
	peers[1] = (struct peer_settings){.name = bob,
		.mail = bob_mail,
		.relay = nothing,
		.aliases = bob_aliases,
		.alias_count = 1};
	s->address = ours;
	s->peers = peers;
	s->peer_count = 2;
}

static void
test_addresses_are_known_in_any_spelling(void **state)
{
	struct peer_settings peers[2];
	struct mail_settings s;
	struct known *k;
	struct err err;

	(void)state;
	make_settings(&s, peers);
	assert_ok(known_new(&s, &k, &err));
	assert_int_equal(known_find(k, "PKS@ann.EXAMPLE"), 0);
	assert_int_equal(known_find(k, "robot@old.example."), 1);
	assert_int_equal(known_find(k, "Ours@Here.example"), KNOWN_US);
	assert_int_equal(known_find(k, "x@ann.example"), KNOWN_NOBODY);
	assert_int_equal(known_find(k, ""), KNOWN_NOBODY);
	assert_true(known_in_list(k, 1, "x@y.z  ROBOT@old.example a@b.c"));
	assert_false(known_in_list(k, 0, "x@y.z ROBOT@old.example a@b.c"));
	assert_true(known_in_list(k, 0, "*"));
	assert_false(known_in_list(k, 0, ""));
	known_free(k);
}

static void
test_origin_is_envelope_then_from_then_last_listed(void **state)
{
	const char *list[] = {"pks@ann.example", "pks@bob.example", "x@y.z"};
	struct incoming in = {
		.sender = "pks@ann.example", .from = "pks@bob.example"};
	struct peer_settings peers[2];
	struct mail_settings s;
	struct known *k;
	struct err err;

	(void)state;
	make_settings(&s, peers);
	assert_ok(known_new(&s, &k, &err));
	assert_int_equal(known_origin(k, &in), 0);
	in.sender = "";
	assert_int_equal(known_origin(k, &in), 1);
	in.from = NULL;
	assert_int_equal(known_origin(k, &in), KNOWN_NOBODY);
	in.seen = list;
	in.seen_count = 3;
	assert_int_equal(known_origin(k, &in), 1);
	in.seen_count = 1;
	assert_int_equal(known_origin(k, &in), 0);
	in.seen_count = 0;
	in.sender = "ours@here.example";
	assert_int_equal(known_origin(k, &in), KNOWN_NOBODY);
	known_free(k);
}

static void
test_confusing_peers_are_refused(void **state)
{
	struct peer_settings peers[2];
	struct mail_settings s;
	struct known *k;
	struct err err;

	(void)state;
	make_settings(&s, peers);
	peers[0].mail = bob_alias;
	assert_status(known_new(&s, &k, &err), STATUS_REJECTED);
	assert_non_null(strstr(err.text, "two servers"));
	make_settings(&s, peers);
	peers[0].name = http;
	assert_status(known_new(&s, &k, &err), STATUS_REJECTED);
	make_settings(&s, peers);
	peers[0].name = slash;
	assert_status(known_new(&s, &k, &err), STATUS_REJECTED);
	make_settings(&s, peers);
	peers[1].mail = ours;
	assert_status(known_new(&s, &k, &err), STATUS_REJECTED);
}

/* ---- sent lists --------------------------------------------------------- */

static void
test_seen_keeps_spelling_and_compares_normalised(void **state)
{
	struct buf out = {0};
	struct seen_list l;

	(void)state;
	seen_set(&l, "  A@x.example b@X.example * c@x.example ");
	assert_int_equal(seen_count(&l), 3);
	assert_true(seen_has(&l, "a@X.example."));
	seen_intersect(&l, "C@x.example a@x.example");
	assert_ok(seen_join(&l, &out));
	assert_text(buf_view(&out), "A@x.example c@x.example");
	seen_intersect(&l, "");
	assert_int_equal(seen_count(&l), 0);
	buf_done(&out);
}

static void
test_seen_has_a_limit(void **state)
{
	struct seen_list l;
	char address[32];

	(void)state;
	seen_set(&l, "");
	for (unsigned int i = 0; i < SEEN_MAX; i++) {
		(void)snprintf(address, sizeof(address), "a%u@x.example", i);
		assert_true(seen_add(&l, address));
	}
	assert_false(seen_add(&l, "one@more.example"));
	assert_true(seen_has(&l, "a0@x.example"));
}

int
main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(test_addresses_are_known_in_any_spelling),
		cmocka_unit_test(
			test_origin_is_envelope_then_from_then_last_listed),
		cmocka_unit_test(test_confusing_peers_are_refused),
		cmocka_unit_test(
			test_seen_keeps_spelling_and_compares_normalised),
		cmocka_unit_test(test_seen_has_a_limit),
	};
	struct err err;

	if (crypto_init(&err) != STATUS_OK)
		return 1;
	return cmocka_run_group_tests(tests, NULL, NULL);
}
