/* Promises of commands, and of a letter as keypost-mail describes it. */

#include "../unit.h"
#include "base/frame.h"
#include "mail/command.h"
#include "mail/incoming.h"
#include "pgp/crypto.h"

/* ---- commands ----------------------------------------------------------- */

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

/* ---- frames ------------------------------------------------------------- */

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

int
main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(test_whole_subject_is_the_command),
		cmocka_unit_test(test_arguments_are_what_follows_the_word),
		cmocka_unit_test(test_updates_are_never_answered),
		cmocka_unit_test(test_unsafe_addresses_are_no_addresses),
		cmocka_unit_test(test_absent_sender_is_not_a_null_sender),
		cmocka_unit_test(test_block_takes_the_kind_before_it),
		cmocka_unit_test(test_frames_have_limits),
	};
	struct err err;

	if (crypto_init(&err) != STATUS_OK)
		return 1;
	return cmocka_run_group_tests(tests, NULL, NULL);
}
