/* Differences of any size among many; more than one talk may teach or fetch. */

#include "../unit.h"

#include "recon/recover.h"
#include "talks.h"

enum {
	MANY = 100000,
	LEARNED_MAX = 100000, /* of one talk */
	FRAME_MAX = 256 * 1024
};

static void
talk_until_done(struct pair *p, const struct set *a, const struct set *b)
{
	pair_init(p, a, b);
	pair_run(p, chunk_whole);
	assert_int_equal(talk_state(p->asker), TALK_DONE);
	assert_int_equal(talk_state(p->answerer), TALK_DONE);
}

static void
agree(const struct set *a, const struct set *b)
{
	struct pair p;

	talk_until_done(&p, a, b);
	assert_true(learned_exactly(p.asker, a, b));
	assert_true(learned_exactly(p.answerer, b, a));
	pair_done(&p);
}

static void
test_few_and_many_differences_in_a_hundred_thousand(void **state)
{
	static const size_t differences[] = {1, 100, 1000, 10000};
	struct set a, b;
	size_t i;

	(void)state;
	for (i = 0; i < sizeof(differences) / sizeof(differences[0]); i++) {
		size_t d = differences[i];

		sets_make((uint32_t)d, MANY, (d + 1) / 2, d / 2, &a, &b);
		agree(&a, &b);
		agree(&b, &a);
		set_free(&a);
		set_free(&b);
	}
}

/* ---- more than one talk teaches ---------------------------------------- */

static size_t
learned(struct talk *t)
{
	size_t count;

	(void)talk_learned(t, &count);
	return count;
}

static void
test_no_talk_teaches_more_than_is_kept(void **state)
{
	struct set empty, full;
	struct pair p;

	(void)state;
	sets_make(1, 0, 0, LEARNED_MAX + 5000, &empty, &full);
	talk_until_done(&p, &empty, &full);
	assert_int_equal(learned(p.asker), LEARNED_MAX);
	assert_string_equal(
		talk_why(p.asker), "learned, or asked, enough for once");
	assert_string_equal(talk_why(p.answerer), "it has asked all it wanted");
	pair_done(&p);
	talk_until_done(&p, &full, &empty);
	assert_int_equal(learned(p.answerer), LEARNED_MAX);
	assert_string_equal(talk_why(p.answerer), "learned enough for once");
	pair_done(&p);
	set_free(&empty);
	set_free(&full);
}

/* ---- more than one talk fetches ---------------------------------------- */

/* What is fetched of a talk: the first of what it taught. */
static void
fetch(struct talk *t, const struct set *s)
{
	size_t i, count;
	const struct sks_digest *list = talk_learned(t, &count);

	for (i = 0; i < count && i < RECOVER_OFFER_MAX; i++)
		assert_ok(prefix_tree_insert(s->tree, &list[i]));
}

/* Says all, and is heard; false: there was nothing. */
static bool
say_on(struct talk *from, struct talk *to, struct buf *said)
{
	bool more = false;
	size_t n, at;

	while (talk_out(from).len) {
		struct bytes out = talk_out(from);

		at = said->len;
		assert_ok(buf_put(said, out));
		n = pair_move(from, to, SIZE_MAX);
		said->len = at + n;
		if (!n)
			break;
		more = true;
	}
	return more;
}

/* Behind a Config and "passed". */
static void
assert_small_frames(const struct buf *said)
{
	struct bytes frame;
	size_t used, at;

	assert_ok(message_cut(buf_view(said), MESSAGE_MAX, &frame, &used));
	for (at = used + 10; at < said->len; at += used)
		assert_ok(
			message_cut(bytes_make(said->data + at, said->len - at),
				FRAME_MAX, &frame, &used));
}

static bool
same_sets(const struct set *a, const struct set *b)
{
	struct prefix root = prefix_root();
	struct node_view x, y;

	prefix_tree_view(a->tree, &root, &x);
	prefix_tree_view(b->tree, &root, &y);
	return x.size == y.size && samples_eq(&x.samples, &y.samples);
}

/* How many talks it takes, with what each teaches fetched behind it. */
static size_t
talks_until_same(const struct set *a, const struct set *b)
{
	size_t talks = 0;

	for (; !same_sets(a, b); talks++) {
		struct buf asked = {0}, answered = {0};
		struct pair p;
		bool more = true;

		pair_init(&p, a, b);
		while (more) {
			more = say_on(p.asker, p.answerer, &asked);
			more |= say_on(p.answerer, p.asker, &answered);
		}
		assert_int_equal(talk_state(p.asker), TALK_DONE);
		assert_int_equal(talk_state(p.answerer), TALK_DONE);
		assert_small_frames(&asked);
		assert_small_frames(&answered);
		fetch(p.asker, a);
		fetch(p.answerer, b);
		pair_done(&p);
		buf_done(&asked);
		buf_done(&answered);
	}
	return talks;
}

static void
test_what_is_too_much_for_one_talk_comes_by_the_next(void **state)
{
	static const struct {
		size_t common, only_a, only_b, talks;
	} rows[] = {
		{5000, RECOVER_OFFER_MAX, 0, 1},
		{5000, 0, RECOVER_OFFER_MAX + 1, 2},
		{0, 2 * RECOVER_OFFER_MAX, 2 * RECOVER_OFFER_MAX + 1, 3},
		/* An empty one and a full one, either way. */
		{0, 0, 3 * RECOVER_OFFER_MAX, 3},
		{0, 3 * RECOVER_OFFER_MAX, 0, 3},
	};
	struct set a, b;
	size_t i;

	(void)state;
	for (i = 0; i < sizeof(rows) / sizeof(rows[0]); i++) {
		sets_make((uint32_t)i, rows[i].common, rows[i].only_a,
			rows[i].only_b, &a, &b);
		assert_int_equal(talks_until_same(&a, &b), rows[i].talks);
		set_free(&a);
		set_free(&b);
	}
}

int
main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(
			test_few_and_many_differences_in_a_hundred_thousand),
		cmocka_unit_test(test_no_talk_teaches_more_than_is_kept),
		cmocka_unit_test(
			test_what_is_too_much_for_one_talk_comes_by_the_next),
	};

	return cmocka_run_group_tests_name("talk_large", tests, NULL, NULL);
}
