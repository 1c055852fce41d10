/* Talks with a real SKS, caught on the wire: with its octets, or its rules. */

#include "../unit.h"

#include <string.h>

#include "base/hex.h"
#include "partner.h"
#include "vectors.h"

enum { SET_MAX = 600, FULL_BELOW = 150, GREETING = 4 /* frames */ };

static struct set
set_read(const json_t *list)
{
	static struct sks_digest d[SET_MAX];
	const json_t *row;
	size_t i, len;

	json_array_foreach(list, i, row)
	{
		struct bytes hex = bytes_of(json_string_value(row));

		assert_true(i < SET_MAX);
		assert_ok(
			hex_read(hex, d[i].octets, sizeof(d[i].octets), &len));
	}
	return set_of(d, json_array_size(list));
}

struct capture {
	json_t *all;
	bool sks_asks;
	struct set asking, answering; /* what each side has */
	struct set asker_lacks, answerer_lacks;
};

static void
capture_read(struct capture *c, const char *file, bool sks_asks)
{
	struct set sks, peer, sks_lacks, peer_lacks;

	c->all = vectors_json(file);
	c->sks_asks = sks_asks;
	sks = set_read(vectors_array(c->all, "sks_has"));
	peer = set_read(vectors_array(c->all, "peer_has"));
	sks_lacks = set_read(vectors_array(c->all, "sks_must_learn"));
	peer_lacks = set_read(vectors_array(c->all, "peer_must_learn"));
	c->asking = sks_asks ? sks : peer;
	c->answering = sks_asks ? peer : sks;
	c->asker_lacks = sks_asks ? sks_lacks : peer_lacks;
	c->answerer_lacks = sks_asks ? peer_lacks : sks_lacks;
}

static void
capture_done(struct capture *c)
{
	set_free(&c->asking);
	set_free(&c->answering);
	set_free(&c->asker_lacks);
	set_free(&c->answerer_lacks);
	json_decref(c->all);
}

static void
assert_learned_all(struct talk *t, const struct set *lacks)
{
	size_t count;
	const struct sks_digest *list = talk_learned(t, &count);

	assert_int_equal(count, lacks->count);
	if (count)
		assert_memory_equal(list, lacks->list, count * sizeof(*list));
}

/* The filters that the captured sides agreed upon. */
static struct talk_settings
captured_settings(const json_t *frames, struct buf *config)
{
	struct talk_settings s = talks_settings;
	static char filters[256];
	struct bytes frame;
	struct message m;
	size_t used;

	vectors_hex(vectors_text(json_array_get(frames, 0), "hex"), config);
	assert_ok(message_cut(buf_view(config), MESSAGE_MAX, &frame, &used));
	assert_ok(message_read(frame, &m));
	assert_true(m.config.filters.len < sizeof(filters));
	memcpy(filters, m.config.filters.data, m.config.filters.len);
	filters[m.config.filters.len] = '\0';
	s.filters = filters;
	return s;
}

/* Behind our Config and verdict. */
static void
skip_greeting(struct partner *p)
{
	struct bytes frame, left, reason;
	size_t used;
	bool passed;

	assert_ok(message_cut(buf_view(&p->heard), MESSAGE_MAX, &frame, &used));
	p->read = used;
	left = bytes_make(p->heard.data + used, p->heard.len - used);
	assert_ok(message_read_verdict(left, &passed, &reason, &used));
	assert_true(passed);
	p->read += used;
}

/* ---- we answer: all that its asker said, octet for octet --------------- */

/* What our replies teach the asker, and nothing else that it lacks. */
static void
assert_told_all(struct partner *p, const struct capture *c)
{
	static struct sks_digest list[SET_MAX];
	struct prefix_tree *told = prefix_tree_new();
	struct prefix root = prefix_root();
	struct sks_digest d;
	struct message m;
	size_t i, replies = 0;

	skip_greeting(p);
	while (partner_hears(p, &m)) {
		replies++;
		for (i = 0; i < m.elements.len; i += ZP_WIRE) {
			assert_ok(
				zp_to_digest(zp_read(m.elements.data + i), &d));
			if (!prefix_tree_has(c->asking.tree, &d))
				assert_ok(prefix_tree_insert(told, &d));
		}
	}
	assert_true(replies > 0);
	assert_int_equal(prefix_tree_copy(told, &root, list, SET_MAX),
		c->asker_lacks.count);
	if (c->asker_lacks.count)
		assert_memory_equal(list, c->asker_lacks.list,
			c->asker_lacks.count * sizeof(*list));
	prefix_tree_free(told);
}

static void
replay_asker(const struct capture *c)
{
	const json_t *frames = vectors_array(c->all, "frames"), *row;
	struct talk_settings s;
	struct partner p;
	struct buf config;
	size_t i;

	s = captured_settings(frames, &config);
	buf_done(&config);
	partner_meet(&p, TALK_ANSWERER, &s, &c->answering);
	json_array_foreach(frames, i, row)
	{
		if (strcmp(vectors_text(row, "from"),
			    c->sks_asks ? "sks" : "peer"))
			continue;
		partner_hex(&p, vectors_text(row, "hex"));
		partner_say(&p);
	}
	assert_state(&p, TALK_DONE, "it has asked all it wanted");
	assert_learned_all(p.talk, &c->answerer_lacks);
	assert_told_all(&p, c);
	partner_done(&p);
}

/* ---- we ask: what was said then answers, or who keeps the rules of SKS - */

static bool
is_from_asker(const struct capture *c, const json_t *row)
{
	return !strcmp(vectors_text(row, "from"), c->sks_asks ? "sks" : "peer");
}

static bool
is_request(const struct message *m)
{
	return m->type == MESSAGE_POLY || m->type == MESSAGE_FULL;
}

static void
read_row(const json_t *row, struct buf *octets, struct message *m)
{
	struct bytes frame;
	size_t used;

	vectors_hex(vectors_text(row, "hex"), octets);
	assert_ok(message_cut(buf_view(octets), MESSAGE_MAX, &frame, &used));
	assert_ok(message_read(frame, m));
}

/* The n-th thing that the answerer said in the talk, into `say`. */
static void
say_captured(struct partner *p, const struct capture *c, size_t n)
{
	const json_t *row;
	size_t i;

	json_array_foreach(vectors_array(c->all, "frames"), i, row)
	{
		if (i < GREETING || is_from_asker(c, row) || n-- > 0)
			continue;
		partner_hex(p, vectors_text(row, "hex"));
		return;
	}
	fail_msg("it was not answered");
}

/* In the octets of then; false: that was not asked then. */
static bool
answers_as_then(
	struct partner *p, const struct message *m, const struct capture *c)
{
	const json_t *row;
	size_t i, n = 0;
	bool found = false;

	json_array_foreach(vectors_array(c->all, "frames"), i, row)
	{
		struct message then;
		struct buf octets;

		if (found || i < GREETING || !is_from_asker(c, row))
			continue;
		read_row(row, &octets, &then);
		found = then.type == m->type && is_request(&then) &&
			memcmp(&then.prefix, &m->prefix, sizeof(then.prefix)) ==
				0;
		n += is_request(&then);
		buf_done(&octets);
	}
	if (found)
		say_captured(p, c, n - 1);
	return found;
}

static void
sks_answers_poly(struct partner *p, const struct message *m,
	const struct set *set, const struct set *lacks)
{
	static struct sks_digest list[SET_MAX], gives[5];
	struct node_view view;
	size_t i, n, differ = 0, give = 0;

	/* What it would solve is known: what the asker lacks, and it. */
	for (i = 0; i < lacks[0].count; i++)
		if (prefix_holds(&m->prefix, &lacks[0].list[i])) {
			if (give < 5)
				gives[give] = lacks[0].list[i];
			give++;
		}
	for (i = 0; i < lacks[1].count; i++)
		differ += prefix_holds(&m->prefix, &lacks[1].list[i]);
	prefix_tree_view(set->tree, &m->prefix, &view);
	n = prefix_tree_copy(set->tree, &m->prefix, list, SET_MAX);
	if (give + differ <= 5)
		partner_elements(p, MESSAGE_ELEMENTS, gives, give);
	else if (!view.inner || view.size < FULL_BELOW)
		partner_elements(p, MESSAGE_FULL_ELEMENTS, list, n);
	else
		partner_bare(p, MESSAGE_SYNC_FAIL);
}

static void
sks_answers_full(
	struct partner *p, const struct message *m, const struct set *lacks)
{
	static struct sks_digest gives[SET_MAX];
	size_t i, give = 0;

	for (i = 0; i < lacks[0].count; i++)
		if (prefix_holds(&m->prefix, &lacks[0].list[i]))
			gives[give++] = lacks[0].list[i];
	partner_elements(p, MESSAGE_ELEMENTS, gives, give);
}

static void
replay_answerer(const struct capture *c)
{
	const json_t *frames = vectors_array(c->all, "frames");
	struct set lacks[2] = {c->asker_lacks, c->answerer_lacks};
	struct talk_settings s;
	struct partner p;
	struct message m;
	size_t as_then = 0;
	bool done = false;

	memset(&p, 0, sizeof(p));
	s = captured_settings(frames, &p.say);
	p.talk = talk_new(TALK_ASKER, &s, c->asking.tree);
	assert_ok(message_put_passed(&p.say));
	partner_say(&p);
	skip_greeting(&p);
	while (!done) {
		assert_true(partner_hears(&p, &m));
		if (answers_as_then(&p, &m, c))
			as_then++;
		else if (m.type == MESSAGE_POLY)
			sks_answers_poly(&p, &m, &c->answering, lacks);
		else if (m.type == MESSAGE_FULL)
			sks_answers_full(&p, &m, lacks);
		else if (m.type == MESSAGE_FLUSH)
			partner_say(&p);
		done = m.type == MESSAGE_DONE;
	}
	assert_state(&p, TALK_DONE, "all was asked and answered");
	assert_true(as_then > 0);
	assert_learned_all(p.talk, &c->asker_lacks);
	partner_done(&p);
}

static void
replay(const char *file, bool sks_asks)
{
	struct capture c;

	capture_read(&c, file, sks_asks);
	replay_asker(&c);
	replay_answerer(&c);
	capture_done(&c);
}

static void
test_few_differences_that_sks_answered(void **state)
{
	(void)state;
	replay("session-sks-answers-few.json", false);
}

static void
test_all_that_sks_had(void **state)
{
	(void)state;
	replay("session-sks-answers-fullelements.json", false);
}

static void
test_many_differences_that_sks_answered(void **state)
{
	(void)state;
	replay("session-sks-answers-many.json", false);
}

static void
test_few_differences_that_sks_asked_about(void **state)
{
	(void)state;
	replay("session-sks-drives-few.json", true);
}

static void
test_many_differences_that_sks_asked_about(void **state)
{
	(void)state;
	replay("session-sks-drives-many.json", true);
}

int
main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(test_few_differences_that_sks_answered),
		cmocka_unit_test(test_all_that_sks_had),
		cmocka_unit_test(test_many_differences_that_sks_answered),
		cmocka_unit_test(test_few_differences_that_sks_asked_about),
		cmocka_unit_test(test_many_differences_that_sks_asked_about),
	};

	return cmocka_run_group_tests_name("talk_captures", tests, NULL, NULL);
}
