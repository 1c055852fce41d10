/*
 * Who taught more than is fetched of one talk is talked with again when that
 * has come, and not an interval later.
 */
#include "../unit.h"

#include <arpa/inet.h>
#include <netinet/in.h>
#include <stdlib.h>
#include <string.h>

#include "base/clock.h"
#include "recon/gossip_state.h"
#include "tests/unit/ingest/fixture.h"

/* Gossip whose thread is never started: the test does what it would do. */
struct world {
	struct fixture f;
	struct gossip_settings set;
	struct gossip_peer peer;
	struct gossip *g;
	struct member *m;
};

static int
setup(void **state)
{
	struct world *w = xcalloc(1, sizeof(*w));
	struct err err = {""};

	fixture_open(&w->f);
	fixture_start(&w->f);
	w->peer = (struct gossip_peer){.name = (char *)"peer",
		.at = (char *)"127.9.9.9:1",
		.http = (char *)""};
	w->set = (struct gossip_settings){.data = w->f.dir,
		.profile = (char *)"",
		.filters = (char *)"",
		.interval_ms = 3600000,
		.level = LEVEL_SKS,
		.peers = &w->peer,
		.peer_count = 1};
	assert_ok(gossip_new(&w->set, w->f.store, w->f.in, &w->g, &err));
	assert_ok(tree_open(w->g));
	w->m = member_find(w->g, "peer");
	assert_non_null(w->m);
	*state = w;
	return 0;
}

static int
teardown(void **state)
{
	struct world *w = *state;

	ingest_drain(w->f.in);
	gossip_free(w->g);
	fixture_close(&w->f);
	free(w);
	return 0;
}

/* ---- a talk that teaches so much --------------------------------------- */

static void
put_digests(struct buf *say, uint32_t count)
{
	struct sks_digest *list = xcalloc(count, sizeof(*list));

	for (uint32_t i = 0; i < count; i++) {
		memcpy(list[i].octets, &i, sizeof(i));
		list[i].octets[15] = 1;
	}
	assert_ok(message_put_elements(say, MESSAGE_ELEMENTS, list, count));
	free(list);
}

static void
say_all(struct talk *t, const struct buf *say)
{
	size_t at = 0, n;

	while (at < say->len && (n = talk_room(t)) > 0) {
		n = n < say->len - at ? n : say->len - at;
		talk_take(t, bytes_make(say->data + at, n));
		at += n;
	}
	assert_int_equal(at, say->len);
}

static void
talk_teaches(struct world *w, uint32_t count)
{
	struct call *c = &w->g->calls[CALL_STARTED];
	const struct talk_settings set = {.filters = w->g->filters,
		.version = "1.1.6",
		.limits = talk_limits_default};
	struct message_config config = {.has = CONFIG_ALL,
		.bitquantum = PREFIX_STEP,
		.mbar = RECON_MBAR,
		.http_port = 1,
		.filters = bytes_of(w->g->filters),
		.version = bytes_of("1.1.6")};
	struct sockaddr_in at = {.sin_family = AF_INET};
	struct buf say = {0};

	at.sin_addr.s_addr = htonl(INADDR_LOOPBACK);
	memcpy(&c->at, &at, sizeof(at));
	c->member = w->m;
	c->answers = true;
	c->talk = talk_new(TALK_ANSWERER, &set, sets_tree(w->g->sets, 0));
	assert_ok(message_put_config(&say, &config));
	assert_ok(message_put_passed(&say));
	put_digests(&say, count);
	assert_ok(message_put_bare(&say, MESSAGE_DONE));
	say_all(c->talk, &say);
	assert_int_equal(talk_state(c->talk), TALK_DONE);
	call_ended(c, NULL);
	talk_free(c->talk);
	c->talk = NULL;
	buf_done(&say);
}

/* Nothing waits any more, and so many certificates came in all. */
static void
all_came(struct world *w, uint64_t fetched)
{
	const struct recover_settings set = {.deadline_ms = 1};

	recover_free(w->g->recover);
	w->g->recover = recover_new(&set, w->g->fetcher, w->f.in);
	w->m->look.fetched = fetched;
}

static bool
is_due(const struct world *w)
{
	return member_with_more(w->g, clock_mono_ms()) == w->m;
}

static void
test_who_has_more_is_due_when_half_has_come_and_none_waits(void **state)
{
	struct world *w = *state;

	talk_teaches(w, RECOVER_OFFER_MAX + 1);
	assert_int_equal(w->m->look.learned, RECOVER_OFFER_MAX + 1);
	assert_int_equal(
		recover_waiting(w->g->recover, "peer"), RECOVER_OFFER_MAX);
	assert_false(is_due(w));
	w->m->look.fetched = RECOVER_OFFER_MAX;
	assert_false(is_due(w));
	all_came(w, RECOVER_OFFER_MAX / 2 - 1);
	assert_false(is_due(w));
	all_came(w, RECOVER_OFFER_MAX / 2);
	assert_true(is_due(w));
	/* The next talk says how much is left now. */
	talk_teaches(w, 1);
	all_came(w, RECOVER_OFFER_MAX);
	assert_false(is_due(w));
}

static void
test_who_has_no_more_waits_for_its_turn(void **state)
{
	struct world *w = *state;

	talk_teaches(w, RECOVER_OFFER_MAX - 1);
	all_came(w, RECOVER_OFFER_MAX);
	assert_false(is_due(w));
}

static void
test_after_a_fault_nobody_is_due(void **state)
{
	struct world *w = *state;

	talk_teaches(w, RECOVER_OFFER_MAX + 1);
	all_came(w, RECOVER_OFFER_MAX);
	w->m->fault_ms = clock_mono_ms() + FAULT_MS;
	assert_false(is_due(w));
}

#define PROMISE(f) cmocka_unit_test_setup_teardown(f, setup, teardown)

int
main(void)
{
	const struct CMUnitTest tests[] = {
		PROMISE(test_who_has_more_is_due_when_half_has_come_and_none_waits),
		PROMISE(test_who_has_no_more_waits_for_its_turn),
		PROMISE(test_after_a_fault_nobody_is_due),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
