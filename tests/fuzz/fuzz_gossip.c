/*
 * Whatever a partner says, in either role: a talk keeps within its memory,
 * says whole messages only, and learns digests only that its tree has not.
 *
 * Octet 0: role (1), set (6), greeted already (8), busy (16); octet 1: how
 * many octets come at once, 0: all; then what the partner says.
 */
#include <assert.h>
#include <string.h>

#include "../unit/recon/talks.h"
#include "recon/message.h"

enum {
	ANSWERER = 1,
	SET_SHIFT = 1,
	GREETED = 8,
	BUSY = 16,
	MEMORY_MAX = 8 * 1024 * 1024
};

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

/* Empty, a leaf, an inner node with leaves, one with inner nodes. */
static const struct set *
set_number(unsigned int n)
{
	static const size_t sizes[4] = {0, 40, 140, 700};
	static struct set sets[4], none;

	if (!sets[n].tree) {
		sets_make(n, 0, sizes[n], 0, &sets[n], &none);
		set_free(&none);
	}
	return &sets[n];
}

static void
say_greeting(struct buf *say)
{
	struct message_config c = {.has = CONFIG_ALL,
		.bitquantum = 2,
		.http_port = 11371,
		.mbar = 5,
		.filters = bytes_of("yminsky.dedup,yminsky.merge"),
		.version = bytes_of("1.1.6")};
	enum status st = message_put_config(say, &c);

	assert(st == STATUS_OK);
	st = message_put_passed(say);
	assert(st == STATUS_OK);
}

/* ---- what must hold ---------------------------------------------------- */

static void
check_printable(const char *text)
{
	for (; *text; text++)
		assert(*text >= 0x20 && *text <= 0x7e);
}

static void
check_facts(const struct talk *t)
{
	struct talk_facts facts;

	talk_get_facts(t, &facts);
	assert(facts.memory <= MEMORY_MAX);
	assert(facts.solve_ms <= talks_settings.limits.solve_ms);
	check_printable(facts.filters);
	check_printable(facts.version);
	check_printable(talk_why(t));
	if (talk_state(t) >= TALK_DONE)
		assert(talk_room(t) == 0);
}

/* A Config, a verdict, and whole messages; the last may be on its way. */
static void
check_said(const struct buf *said)
{
	struct bytes in = buf_view(said), frame, reason;
	enum status st = message_cut(in, MESSAGE_MAX, &frame, &in.len);
	size_t at = in.len, used;
	struct message m;
	bool passed;

	assert(st == STATUS_OK);
	st = message_read(frame, &m);
	assert(st == STATUS_OK && m.type == MESSAGE_CONFIG);
	if (at == said->len)
		return;
	in = bytes_make(said->data + at, said->len - at);
	st = message_read_verdict(in, &passed, &reason, &used);
	assert(st == STATUS_OK);
	for (at += used; at < said->len; at += used) {
		assert(passed);
		in = bytes_make(said->data + at, said->len - at);
		st = message_cut(in, MESSAGE_MAX, &frame, &used);
		assert(st == STATUS_OK);
		st = message_read(frame, &m);
		assert(st == STATUS_OK);
	}
}

static void
check_learned(struct talk *t, const struct set *set)
{
	size_t i, count;
	const struct sks_digest *list = talk_learned(t, &count);

	assert(count <= talks_settings.limits.learned);
	for (i = 0; i < count; i++) {
		assert(!prefix_tree_has(set->tree, &list[i]));
		assert(!zp_is_point(zp_of_digest(&list[i])));
		if (i)
			assert(memcmp(&list[i - 1], &list[i], sizeof(list[i])) <
				0);
	}
}

/* ---- a talk ------------------------------------------------------------ */

static void
take_said(struct talk *t, struct buf *said)
{
	struct bytes out;
	enum status st;

	while ((out = talk_out(t)).len) {
		/* Not all at once, as a socket would. */
		out.len = out.len < 1000 ? out.len : 1000;
		st = buf_put(said, out);
		assert(st == STATUS_OK);
		talk_said(t, out.len);
	}
}

static void
say(struct talk *t, struct bytes all, size_t piece, struct buf *said)
{
	size_t at = 0, n;

	take_said(t, said);
	while (at < all.len && talk_room(t)) {
		n = all.len - at;
		n = n < piece ? n : piece;
		n = n < talk_room(t) ? n : talk_room(t);
		talk_take(t, bytes_make(all.data + at, n));
		at += n;
		check_facts(t);
		take_said(t, said);
	}
}

int
LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
	struct talk_settings s = talks_settings;
	struct buf all = {0}, said = {0};
	const struct set *set;
	struct talk *t;
	enum status st;

	if (size < 2)
		return 0;
	set = set_number(data[0] >> SET_SHIFT & 3);
	s.busy = data[0] & BUSY ? "fuzzing" : NULL;
	t = talk_new(
		data[0] & ANSWERER ? TALK_ANSWERER : TALK_ASKER, &s, set->tree);
	if (data[0] & GREETED)
		say_greeting(&all);
	st = buf_put(&all, bytes_make(data + 2, size - 2));
	assert(st == STATUS_OK);
	say(t, buf_view(&all), data[1] ? data[1] : SIZE_MAX, &said);
	talk_lost(t);
	check_facts(t);
	assert(talk_state(t) >= TALK_DONE);
	take_said(t, &said);
	check_said(&said);
	check_learned(t, set);
	talk_free(t);
	buf_done(&all);
	buf_done(&said);
	return 0;
}
