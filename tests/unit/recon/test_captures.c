/*
 * Sessions of a real SKS, caught on the wire: what each side said is what our
 * tree and our algebra say of its set.
 */

#include "../unit.h"

#include <string.h>

#include "base/hex.h"
#include "recon/message.h"
#include "recon/prefix_tree.h"
#include "recon/solve.h"
#include "vectors.h"

enum {
	SET_MAX = 600,
	PENDING_MAX = 100,
	HANDSHAKE = 4, /* Config and verdict of both */
	FULL_BELOW = 150,
	ARENA = 1 << 22
};

struct capture {
	struct arena *arena;
	json_t *all;
	const char *asker;
	struct prefix_tree *asking, *answering;
	struct message pending[PENDING_MAX];
	size_t asked, answered;
	struct prefix_tree *asker_learns, *answerer_learns;
};

static struct prefix_tree *
tree_of(const json_t *list)
{
	struct prefix_tree *t = prefix_tree_new();
	struct sks_digest d;
	const json_t *row;
	size_t i, len;

	json_array_foreach(list, i, row)
	{
		struct bytes hex = bytes_of(json_string_value(row));

		assert_ok(hex_read(hex, d.octets, sizeof(d.octets), &len));
		assert_ok(prefix_tree_insert(t, &d));
	}
	return t;
}

static void
assert_same(const struct prefix_tree *t, const struct prefix *p,
	const struct message_digests *d)
{
	static struct sks_digest list[SET_MAX];

	assert_int_equal(prefix_tree_copy(t, p, list, SET_MAX), d->count);
	if (d->count)
		assert_memory_equal(list, d->list, d->count * sizeof(*list));
}

static struct message_digests
digests(struct capture *c, const struct message *m)
{
	struct message_digests d;

	assert_ok(message_digests(c->arena, m->elements, &d));
	assert_int_equal(d.bad, 0);
	return d;
}

/* Who has `known` learns those of the digests that it lacks. */
static void
learn(struct prefix_tree *learns, const struct prefix_tree *known,
	const struct message_digests *d)
{
	size_t i;

	for (i = 0; i < d->count; i++)
		if (!prefix_tree_has(known, &d->list[i]))
			assert_ok(prefix_tree_insert(learns, &d->list[i]));
}

static void
asker_says(struct capture *c, const struct message *m)
{
	struct message_digests d = digests(c, m);
	struct node_view view;

	if (m->type == MESSAGE_ELEMENTS)
		learn(c->answerer_learns, c->answering, &d);
	if (m->type != MESSAGE_POLY && m->type != MESSAGE_FULL)
		return;
	assert_true(c->asked < PENDING_MAX);
	c->pending[c->asked++] = *m;
	if (m->type == MESSAGE_FULL) {
		assert_same(c->asking, &m->prefix, &d);
		learn(c->answerer_learns, c->answering, &d);
		return;
	}
	prefix_tree_view(c->asking, &m->prefix, &view);
	assert_int_equal(view.size, m->size);
	assert_true(samples_eq(&view.samples, &m->samples));
}

static struct message_digests
digests_of(struct capture *c, const struct zp *list, size_t count)
{
	struct message_digests d;
	struct buf wire;
	size_t i;

	buf_init(&wire, 0);
	assert_ok(buf_reserve(&wire, SOLVE_MBAR_MAX * ZP_WIRE));
	for (i = 0; i < count; i++)
		zp_write(list[i], wire.data + i * ZP_WIRE);
	wire.len = count * ZP_WIRE;
	assert_ok(message_digests(c->arena, buf_view(&wire), &d));
	buf_done(&wire);
	return d;
}

static void
poly_is_answered(struct capture *c, const struct message *ask,
	const struct message *m, const struct message_digests *said)
{
	struct message_digests d;
	struct node_view view;
	struct solution s;
	struct solve_side their = {ask->size, ask->samples.at};
	struct solve_side our = {0, view.samples.at};
	enum status st;

	prefix_tree_view(c->answering, &ask->prefix, &view);
	our.size = view.size;
	st = solve(&their, &our, RECON_MBAR, &s);
	if (m->type == MESSAGE_ELEMENTS) {
		assert_ok(st);
		d = digests_of(c, s.ours, s.our_count);
		assert_int_equal(d.count, said->count);
		assert_memory_equal(
			d.list, said->list, d.count * sizeof(*d.list));
		d = digests_of(c, s.theirs, s.their_count);
		learn(c->answerer_learns, c->answering, &d);
		return;
	}
	assert_status(st, STATUS_LIMIT);
	assert_int_equal(m->type == MESSAGE_SYNC_FAIL, view.size >= FULL_BELOW);
	if (m->type == MESSAGE_FULL_ELEMENTS)
		assert_same(c->answering, &ask->prefix, said);
}

/* Only what the asker lacks, and all of it below the prefix. */
static void
full_is_answered(struct capture *c, const struct message *ask,
	const struct message_digests *said)
{
	static struct sks_digest list[SET_MAX];
	size_t i,
		lacks = 0,
		n = prefix_tree_copy(c->answering, &ask->prefix, list, SET_MAX);

	for (i = 0; i < n; i++)
		lacks += !prefix_tree_has(c->asking, &list[i]);
	assert_int_equal(said->count, lacks);
	for (i = 0; i < said->count; i++) {
		assert_true(prefix_tree_has(c->answering, &said->list[i]));
		assert_false(prefix_tree_has(c->asking, &said->list[i]));
	}
}

static void
answerer_says(struct capture *c, const struct message *m)
{
	struct message_digests said = digests(c, m);
	const struct message *ask = &c->pending[c->answered++];

	assert_true(c->answered <= c->asked);
	if (ask->type == MESSAGE_POLY)
		poly_is_answered(c, ask, m, &said);
	else
		full_is_answered(c, ask, &said);
	learn(c->asker_learns, c->asking, &said);
}

static void
replay_frame(struct capture *c, const json_t *row)
{
	struct bytes frame;
	struct message m;
	struct buf in;
	size_t used;

	vectors_hex(vectors_text(row, "hex"), &in);
	assert_ok(message_cut(buf_view(&in), MESSAGE_MAX, &frame, &used));
	assert_int_equal(used, in.len);
	assert_ok(message_read(frame, &m));
	if (!strcmp(vectors_text(row, "from"), c->asker))
		asker_says(c, &m);
	else
		answerer_says(c, &m);
	/* Views into `in` are used no more: requests keep no elements. */
	if (c->asked)
		c->pending[c->asked - 1].elements = bytes_make(NULL, 0);
	buf_done(&in);
}

static void
assert_learned(struct prefix_tree *learned, const json_t *list)
{
	struct prefix root = prefix_root();
	struct prefix_tree *want = tree_of(list);
	struct node_view a, b;

	prefix_tree_view(learned, &root, &a);
	prefix_tree_view(want, &root, &b);
	assert_int_equal(a.size, b.size);
	assert_true(samples_eq(&a.samples, &b.samples));
	prefix_tree_free(want);
	prefix_tree_free(learned);
}

static void
replay(const char *file, bool sks_asks)
{
	struct capture c = {.arena = arena_new(ARENA)};
	const json_t *row, *sks, *peer;
	size_t i;

	c.all = vectors_json(file);
	sks = vectors_array(c.all, "sks_has");
	peer = vectors_array(c.all, "peer_has");
	c.asker = sks_asks ? "sks" : "peer";
	c.asking = tree_of(sks_asks ? sks : peer);
	c.answering = tree_of(sks_asks ? peer : sks);
	c.asker_learns = prefix_tree_new();
	c.answerer_learns = prefix_tree_new();
	json_array_foreach(vectors_array(c.all, "frames"), i,
		row) if (i >= HANDSHAKE) replay_frame(&c, row);
	assert_int_equal(c.answered, c.asked);
	assert_learned(sks_asks ? c.asker_learns : c.answerer_learns,
		vectors_array(c.all, "sks_must_learn"));
	assert_learned(sks_asks ? c.answerer_learns : c.asker_learns,
		vectors_array(c.all, "peer_must_learn"));
	prefix_tree_free(c.asking);
	prefix_tree_free(c.answering);
	json_decref(c.all);
	arena_free(c.arena);
}

static void
test_sks_answers_few_differences(void **state)
{
	(void)state;
	replay("session-sks-answers-few.json", false);
}

static void
test_sks_answers_with_all_it_has(void **state)
{
	(void)state;
	replay("session-sks-answers-fullelements.json", false);
}

static void
test_sks_answers_many_differences(void **state)
{
	(void)state;
	replay("session-sks-answers-many.json", false);
}

static void
test_sks_asks_about_few_differences(void **state)
{
	(void)state;
	replay("session-sks-drives-few.json", true);
}

static void
test_sks_asks_about_many_differences(void **state)
{
	(void)state;
	replay("session-sks-drives-many.json", true);
}

int
main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(test_sks_answers_few_differences),
		cmocka_unit_test(test_sks_answers_with_all_it_has),
		cmocka_unit_test(test_sks_answers_many_differences),
		cmocka_unit_test(test_sks_asks_about_few_differences),
		cmocka_unit_test(test_sks_asks_about_many_differences),
	};

	return cmocka_run_group_tests_name("captures", tests, NULL, NULL);
}
