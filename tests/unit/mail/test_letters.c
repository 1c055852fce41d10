/* Promises of the small parts: command, incoming, known, seen, rate, dedupe. */
#include <stdio.h>
#include <string.h>

#include "../unit.h"
#include "base/frame.h"
#include "mail/command.h"
#include "mail/dedupe.h"
#include "mail/known.h"
#include "mail/rate.h"
#include "mail/seen.h"
#include "pgp/crypto.h"

/* ---- commands ---------------------------------------------------------------
 */

static const char *
word_of(const char *subject)
{
	struct bytes args;
	const struct command *c = command_find(bytes_of(subject), &args);

	return c == NULL ? "-" : c->word;
}

static void
test_whole_subject_is_the_command(void **state)
{
	(void)state;
	assert_string_equal(word_of("incremental"), "INCREMENTAL");
	assert_string_equal(word_of("  InCreMental \t"), "INCREMENTAL");
	assert_string_equal(word_of("add"), "ADD");
	assert_string_equal(word_of("ADD "), "ADD");
	assert_string_equal(word_of("help"), "HELP");
	assert_string_equal(word_of("HELP de"), "HELP");
	assert_string_equal(word_of(""), "-");
	assert_string_equal(word_of("addendum"), "-");
	assert_string_equal(word_of("add x"), "-");
	assert_string_equal(word_of("incremental x"), "-");
	assert_string_equal(word_of("Re: add"), "-");
	assert_string_equal(word_of("helpme"), "-");
	assert_string_equal(word_of("ad"), "-");
	assert_string_equal(word_of("\x01\x04\x04"), "-");
}

static void
test_arguments_are_what_follows_the_word(void **state)
{
	struct bytes args;

	(void)state;
	assert_non_null(command_find(bytes_of("help   de  "), &args));
	assert_text(args, "de");
	assert_non_null(command_find(bytes_of("help"), &args));
	assert_int_equal(args.len, 0);
}

static void
test_updates_are_never_answered(void **state)
{
	(void)state;
	assert_non_null(command_update());
	assert_null(command_update()->answer);
}

static void
test_help_names_what_it_answers(void **state)
{
	struct buf out = {0};
	struct command_call call = {.site = "a@b.example", .answer = &out};

	(void)state;
	assert_ok(command_help_answer(&call));
	assert_ok(buf_put_u8(&out, 0));
	assert_non_null(strstr((const char *)out.data, "  ADD  "));
	assert_non_null(strstr((const char *)out.data, "  HELP  "));
	assert_null(strstr((const char *)out.data, "INCREMENTAL"));
	buf_done(&out);
}

/* ---- frames
 * ------------------------------------------------------------------- */

struct parts {
	struct buf payload;
	struct arena *arena;
	struct incoming in;
};

static void
put(struct parts *p, unsigned int field, const char *text)
{
	assert_ok(frame_put_field(&p->payload, (uint8_t)field, bytes_of(text)));
}

static enum status
read_parts(struct parts *p)
{
	struct err err;

	p->arena = arena_new(1024 * 1024);
	return incoming_read(p->arena, buf_view(&p->payload), &p->in, &err);
}

static void
parts_done(struct parts *p)
{
	buf_done(&p->payload);
	arena_free(p->arena);
}

static void
test_unsafe_addresses_are_no_addresses(void **state)
{
	struct parts p = {0};

	(void)state;
	put(&p, LETTER_SENDER, "a@b.example\r\nRCPT TO:<x@y>");
	put(&p, LETTER_FROM, "no address");
	put(&p, LETTER_REPLY_TO, "<a@b.example>");
	put(&p, LETTER_SEEN, "x y@z");
	put(&p, LETTER_SEEN, "x@z.example");
	put(&p, LETTER_MESSAGE_ID, "a>\r\nb");
	put(&p, LETTER_REFERENCES, "caf\xc3\xa9");
	put(&p, 200, "a field of tomorrow");
	assert_ok(read_parts(&p));
	assert_true(p.in.sender_known);
	assert_string_equal(p.in.sender, "");
	assert_null(p.in.from);
	assert_null(p.in.reply_to);
	assert_int_equal(p.in.seen_count, 1);
	assert_string_equal(p.in.seen[0], "x@z.example");
	assert_null(p.in.message_id);
	assert_null(p.in.references);
	parts_done(&p);
}

static void
test_absent_sender_is_not_a_null_sender(void **state)
{
	struct parts p = {0}, q = {0};

	(void)state;
	put(&p, LETTER_SUBJECT, " add ");
	assert_ok(read_parts(&p));
	assert_false(p.in.sender_known);
	assert_text(p.in.subject, "add");
	put(&q, LETTER_SENDER, "");
	assert_ok(read_parts(&q));
	assert_true(q.in.sender_known);
	parts_done(&p);
	parts_done(&q);
}

static void
test_block_takes_the_kind_before_it(void **state)
{
	struct parts p = {0};

	(void)state;
	assert_ok(
		frame_put_number(&p.payload, LETTER_BLOCK_KIND, BLOCK_BINARY));
	put(&p, LETTER_BLOCK, "one");
	put(&p, LETTER_BLOCK, "two");
	assert_ok(read_parts(&p));
	assert_int_equal(p.in.block_count, 2);
	assert_int_equal(p.in.blocks[0].kind, BLOCK_BINARY);
	assert_int_equal(p.in.blocks[1].kind, BLOCK_PLAIN);
	assert_text(p.in.blocks[1].text, "two");
	parts_done(&p);
}

static void
test_frames_have_limits(void **state)
{
	struct parts p = {0}, q = {0}, r = {0};

	(void)state;
	for (size_t i = 0; i < INCOMING_BLOCKS_MAX; i++)
		put(&p, LETTER_BLOCK, "x");
	assert_ok(read_parts(&p));
	arena_free(p.arena);
	put(&p, LETTER_BLOCK, "x");
	assert_status(read_parts(&p), STATUS_LIMIT);
	assert_ok(frame_put_number(&q.payload, LETTER_MACHINE, 99));
	assert_status(read_parts(&q), STATUS_MALFORMED);
	for (size_t i = 0; i <= INCOMING_SEEN_MAX; i++)
		put(&r, LETTER_SEEN, "a@b.example");
	assert_ok(read_parts(&r));
	assert_true(r.in.seen_over);
	assert_true(r.in.seen_count <= INCOMING_SEEN_MAX);
	parts_done(&p);
	parts_done(&q);
	parts_done(&r);
}

/* ---- who is who
 * ------------------------------------------------------------------ */

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

/* ---- sent lists
 * -------------------------------------------------------------------- */

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

/* ---- rates and duplicates
 * ------------------------------------------------------------- */

static const struct rate_limit ten = {10, 1000}, kilo = {1000, 1000};

static void
test_bucket_empties_and_fills_again(void **state)
{
	struct rate *r = rate_new(ten, kilo, 64);
	struct bytes a = bytes_of("a"), b = bytes_of("b");

	(void)state;
	for (int i = 0; i < 10; i++)
		assert_true(rate_take(r, a, 1, 1, 0));
	assert_false(rate_take(r, a, 1, 1, 0));
	assert_true(rate_take(r, b, 1, 1, 0));
	assert_false(rate_take(r, a, 1, 1, 99));
	assert_true(rate_take(r, a, 1, 1, 100));
	assert_false(rate_take(r, a, 1, 1, 100));
	for (int i = 0; i < 10; i++)
		assert_true(rate_take(r, a, 1, 1, 5000));
	assert_false(rate_take(r, a, 1, 1, 5000));
	rate_free(r);
}

static void
test_bucket_counts_octets_too(void **state)
{
	struct rate *r = rate_new(ten, kilo, 64);
	struct bytes a = bytes_of("a");

	(void)state;
	assert_true(rate_take(r, a, 600, 1, 0));
	assert_false(rate_take(r, a, 600, 1, 0));
	assert_true(rate_take(r, a, 400, 1, 0));
	assert_true(rate_take(r, bytes_of("b"), 10000, 10, 0));
	rate_free(r);
}

/* A flood of names costs no memory, and the newest are the ones known. */
static void
test_flood_of_names_replaces_the_oldest(void **state)
{
	struct rate *r = rate_new(ten, kilo, 64);
	char name[16];

	(void)state;
	for (int i = 0; i < 10000; i++) {
		(void)snprintf(name, sizeof(name), "%d", i);
		assert_true(rate_take(r, bytes_of(name), 1, 1, i));
	}
	for (int i = 0; i < 9; i++)
		assert_true(rate_take(r, bytes_of("9999"), 1, 1, 9999));
	assert_false(rate_take(r, bytes_of("9999"), 1, 1, 9999));
	rate_free(r);
}

static void
test_duplicate_is_same_id_and_same_material(void **state)
{
	struct incoming_block block = {.text = {(const uint8_t *)"key", 3}};
	struct incoming in = {
		.message_id = "a@b", .blocks = &block, .block_count = 1};
	struct dedupe *d = dedupe_new();
	struct digest x, y;

	(void)state;
	assert_true(dedupe_digest(&in, &x));
	assert_false(dedupe_has(d, &x));
	dedupe_add(d, &x);
	assert_true(dedupe_has(d, &x));
	block.text = bytes_of("other");
	assert_true(dedupe_digest(&in, &y));
	assert_false(dedupe_has(d, &y));
	block.text = bytes_of("key");
	in.message_id = "c@b";
	assert_true(dedupe_digest(&in, &y));
	assert_false(dedupe_has(d, &y));
	in.message_id = NULL;
	assert_false(dedupe_digest(&in, &y));
	dedupe_free(d);
}

int
main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(test_whole_subject_is_the_command),
		cmocka_unit_test(test_arguments_are_what_follows_the_word),
		cmocka_unit_test(test_updates_are_never_answered),
		cmocka_unit_test(test_help_names_what_it_answers),
		cmocka_unit_test(test_unsafe_addresses_are_no_addresses),
		cmocka_unit_test(test_absent_sender_is_not_a_null_sender),
		cmocka_unit_test(test_block_takes_the_kind_before_it),
		cmocka_unit_test(test_frames_have_limits),
		cmocka_unit_test(test_addresses_are_known_in_any_spelling),
		cmocka_unit_test(
			test_origin_is_envelope_then_from_then_last_listed),
		cmocka_unit_test(test_confusing_peers_are_refused),
		cmocka_unit_test(
			test_seen_keeps_spelling_and_compares_normalised),
		cmocka_unit_test(test_seen_has_a_limit),
		cmocka_unit_test(test_bucket_empties_and_fills_again),
		cmocka_unit_test(test_bucket_counts_octets_too),
		cmocka_unit_test(test_flood_of_names_replaces_the_oldest),
		cmocka_unit_test(test_duplicate_is_same_id_and_same_material),
	};
	struct err err;

	if (crypto_init(&err) != STATUS_OK)
		return 1;
	return cmocka_run_group_tests(tests, NULL, NULL);
}
