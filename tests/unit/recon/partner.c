#include "../unit.h"

#include <string.h>

#include "partner.h"
#include "vectors.h"

struct set ours, theirs, large, nothing;

int
sets_few(void **state)
{
	(void)state;
	sets_make(7, 40, 8, 9, &ours, &theirs);
	sets_make(8, 0, 1000, 0, &large, &nothing);
	return 0;
}

int
sets_many(void **state)
{
	(void)state;
	sets_make(7, 40, 20, 500, &ours, &theirs);
	sets_make(8, 0, 70000, 0, &large, &nothing);
	return 0;
}

int
sets_gone(void **state)
{
	(void)state;
	set_free(&ours);
	set_free(&theirs);
	set_free(&large);
	set_free(&nothing);
	return 0;
}

void
partner_meet(struct partner *p, enum talk_role role,
	const struct talk_settings *settings, const struct set *set)
{
	memset(p, 0, sizeof(*p));
	p->talk = talk_new(
		role, settings != NULL ? settings : &talks_settings, set->tree);
}

void
partner_done(struct partner *p)
{
	talk_free(p->talk);
	buf_done(&p->say);
	buf_done(&p->heard);
	buf_done(&p->frame);
}

static void
partner_listen(struct partner *p)
{
	struct bytes out;

	while ((out = talk_out(p->talk)).len) {
		assert_ok(buf_put(&p->heard, out));
		talk_said(p->talk, out.len);
	}
}

void
partner_say(struct partner *p)
{
	size_t at = 0, room;

	partner_listen(p);
	while (at < p->say.len && (room = talk_room(p->talk)) > 0) {
		struct bytes in = {p->say.data + at, p->say.len - at};

		in.len = in.len < room ? in.len : room;
		talk_take(p->talk, in);
		at += in.len;
		partner_listen(p);
	}
	buf_clear(&p->say);
}

struct message_config
partner_config(void)
{
	struct message_config c = {.has = CONFIG_ALL,
		.bitquantum = 2,
		.http_port = 11371,
		.mbar = 5,
		.filters = bytes_of("yminsky.dedup,yminsky.merge"),
		.version = bytes_of("1.1.6")};

	return c;
}

void
partner_greet(struct partner *p, enum talk_role role,
	const struct talk_settings *settings, const struct set *set)
{
	struct message_config c = partner_config();
	bool passed;
	struct bytes reason, frame, left;
	size_t used;

	partner_meet(p, role, settings, set);
	assert_ok(message_put_config(&p->say, &c));
	assert_ok(message_put_passed(&p->say));
	partner_say(p);
	assert_ok(message_cut(buf_view(&p->heard), MESSAGE_MAX, &frame, &used));
	left = bytes_make(p->heard.data + used, p->heard.len - used);
	p->read = used;
	assert_ok(message_read_verdict(left, &passed, &reason, &used));
	assert_true(passed);
	p->read += used;
	assert_int_equal(talk_state(p->talk), TALK_TALKING);
}

/* ---- saying ------------------------------------------------------------ */

void
partner_poly_of(struct partner *p, const char *bits, uint32_t size,
	const struct samples *samples)
{
	struct prefix prefix = vectors_prefix(bits);

	assert_ok(message_put_poly(&p->say, &prefix, size, samples));
}

void
partner_poly(struct partner *p, const char *bits, const struct set *set)
{
	struct prefix prefix = vectors_prefix(bits);
	struct node_view view;

	prefix_tree_view(set->tree, &prefix, &view);
	partner_poly_of(p, bits, view.size, &view.samples);
}

void
partner_full(struct partner *p, const char *bits, const struct sks_digest *list,
	size_t count)
{
	struct prefix prefix = vectors_prefix(bits);

	assert_ok(message_put_full(&p->say, &prefix, list, count));
}

void
partner_elements(struct partner *p, enum message_type type,
	const struct sks_digest *list, size_t count)
{
	assert_ok(message_put_elements(&p->say, type, list, count));
}

void
partner_bare(struct partner *p, enum message_type type)
{
	assert_ok(message_put_bare(&p->say, type));
}

void
partner_hex(struct partner *p, const char *hex)
{
	struct buf octets;

	vectors_hex(hex, &octets);
	assert_ok(buf_put(&p->say, buf_view(&octets)));
	buf_done(&octets);
}

/* ---- hearing ----------------------------------------------------------- */

bool
partner_hears(struct partner *p, struct message *m)
{
	struct bytes left =
		bytes_make(p->heard.data + p->read, p->heard.len - p->read);
	struct bytes frame;
	size_t used;

	if (!left.len)
		return false;
	assert_ok(message_cut(left, MESSAGE_MAX, &frame, &used));
	buf_clear(&p->frame);
	assert_ok(buf_put(&p->frame, frame));
	assert_ok(message_read(buf_view(&p->frame), m));
	p->read += used;
	return true;
}

void
assert_hears(struct partner *p, enum message_type type, size_t elements)
{
	struct message m;

	assert_true(partner_hears(p, &m));
	assert_int_equal(m.type, type);
	assert_int_equal(m.elements.len / ZP_WIRE, elements);
}

void
assert_hears_nothing(struct partner *p)
{
	assert_int_equal(p->heard.len, p->read);
}

void
assert_state(const struct partner *p, enum talk_state state, const char *why)
{
	assert_string_equal(talk_why(p->talk), why);
	assert_int_equal(talk_state(p->talk), state);
}
