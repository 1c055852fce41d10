/* Promises of the steps of repair: when it wants to be called again. */
#include "../unit.h"

#include "base/clock.h"
#include "mail/known.h"
#include "mail/repair_state.h"
#include "world.h"

enum { EVERY_MS = 60 * 60 * 1000 };

/* What mail.c puts together, without its threads. */
struct parts {
	struct world *w;
	struct known *known;
	struct compose_site site;
	struct wake wake;
	struct courier *courier;
	struct repair *repair;
};

static uint32_t
no_jitter(void)
{
	return 0;
}

static void
open_parts(struct parts *t, struct world *w)
{
	struct err err = {{0}};

	*t = (struct parts){.w = w};
	w->settings.repair = true;
	w->settings.repair_after_ms = 1000;
	w->settings.summary_every_ms = EVERY_MS;
	assert_ok(store_open(&w->store_settings, &w->store, &err));
	assert_ok(ingest_new(&w->ingest_settings, w->store, &w->ingest, &err));
	assert_ok(known_new(&w->settings, &t->known, &err));
	assert_ok(wake_init(&t->wake, &err));
	t->site = (struct compose_site){.address = w->settings.address,
		.maintainer = w->settings.maintainer,
		.bounce = w->settings.bounce,
		.host = w->settings.host,
		.store_id = store_id(w->store),
		.level = "sks"};

	const struct courier_parts out = {.settings = &w->settings,
		.known = t->known,
		.site = &t->site,
		.store = w->store,
		.writer = ingest_writer(w->ingest),
		.wake = &t->wake,
		.random = no_jitter};
	t->courier = courier_new(&out);

	const struct repair_parts parts = {.settings = &w->settings,
		.known = t->known,
		.site = &t->site,
		.store = w->store,
		.writer = ingest_writer(w->ingest),
		.courier = t->courier,
		.random = no_jitter};
	assert_ok(repair_new(&parts, &t->repair, &err));
	assert_ok(repair_open(t->repair, &err));
}

static void
close_parts(struct parts *t)
{
	courier_free(t->courier);
	repair_stop(t->repair);
	repair_free(t->repair);
	wake_done(&t->wake);
	known_free(t->known);
	ingest_free(t->w->ingest);
	store_close(t->w->store);
}

/* For days: it sleeps from one step to the next. */
static void
assert_rests(struct parts *t)
{
	int64_t now = clock_mono_ms();

	for (int i = 0; i < 48; i++) {
		now += EVERY_MS;
		assert_true(repair_step(t->repair, now) > now);
	}
}

static void
test_a_peer_that_does_not_repair_costs_nothing(void **state)
{
	static char feed[] = "hkp://127.0.0.1:9", nothing[] = "";
	struct world *w = *state;
	struct parts t;
	char *mail = w->peers[1].mail;

	w->peers[0].repair = PEER_REPAIR_NO;
	w->peers[1].mail = nothing; /* it gossips */
	w->peers[2].hkp = feed;
	open_parts(&t, w);
	assert_rests(&t);
	close_parts(&t);
	w->peers[1].mail = mail;
}

static void
test_nor_does_one_where_repair_is_switched_off(void **state)
{
	struct world *w = *state;
	struct parts t;

	w->peers[0].repair = PEER_REPAIR_YES;
	open_parts(&t, w);
	w->settings.repair = false;
	assert_rests(&t);
	close_parts(&t);
}

int
main(void)
{
	const struct CMUnitTest tests[] = {
		WORLD_PROMISE(test_a_peer_that_does_not_repair_costs_nothing),
		WORLD_PROMISE(test_nor_does_one_where_repair_is_switched_off),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
