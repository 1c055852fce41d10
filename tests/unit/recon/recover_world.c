#include "recover_world.h"

#include <malloc.h>
#include <stdlib.h>
#include <string.h>

#include "base/clock.h"
#include "recon/recover_state.h"

enum { STEP_MS = 200, STEPS_MAX = 3000 };

const struct recover_settings world_settings = {.deadline_ms = 20000,
	.backoff_ms = 3600000,
	.backoff_max_ms = 7 * 86400000,
	.pause_ms = 1};

int
world_setup(void **state)
{
	struct world *w = xcalloc(1, sizeof(*w));

	fixture_open(&w->f);
	fixture_start(&w->f);
	keeper_start(&w->k);
	w->fetcher = fetcher_new(4, "test");
	w->r = recover_new(&world_settings, w->fetcher, w->f.in);
	*state = w;
	return 0;
}

int
world_teardown(void **state)
{
	struct world *w = *state;

	fetcher_free(w->fetcher);
	recover_free(w->r);
	keeper_stop(&w->k);
	fixture_close(&w->f);
	free(w);
	return 0;
}

struct recover_source
world_source_of(const struct world *w, const char *peer)
{
	return (struct recover_source){
		.peer = peer, .host = "127.0.0.1", .port = w->k.port};
}

static int
by_digest(const void *a, const void *b)
{
	return memcmp(a, b, sizeof(struct sks_digest));
}

/* All that the partner keeps, but the last `but` ones. */
size_t
world_offer_as(struct world *w, const char *peer, size_t but)
{
	struct recover_source from = world_source_of(w, peer);
	size_t n = w->k.count - but;

	for (size_t i = 0; i < n; i++)
		w->list[i] = w->k.list[i].digest;
	qsort(w->list, n, sizeof(w->list[0]), by_digest);
	return recover_offer(w->r, &from, w->list, n);
}

size_t
world_offer(struct world *w)
{
	return world_offer_as(w, "peer", 0);
}

void
world_keep_certs(struct world *w, size_t n)
{
	for (size_t i = 0; i < n; i++) {
		struct buf cert = {0};

		make_cert(&cert, 1 + w->k.count, 1);
		keeper_put(&w->k, buf_view(&cert));
		buf_done(&cert);
	}
}

void
world_keep_repeated(struct world *w)
{
	struct buf cert = {0}, last = {0};
	size_t n;

	make_cert(&cert, 1, 1);
	n = count_packets(buf_view(&cert));
	make_part(&last, buf_view(&cert), n - 1, n);
	assert_ok(buf_put(&cert, buf_view(&last)));
	keeper_put(&w->k, buf_view(&cert));
	buf_done(&cert);
	buf_done(&last);
}

static bool
is_idle(const struct recover *r)
{
	for (size_t i = 0; i < r->source_count; i++) {
		if (recover_waiting(r, r->sources[i]->peer) > 0)
			return false;
	}
	return true;
}

void
world_look_at_memory(struct world *w)
{
	struct mallinfo2 m = mallinfo2();

	if (m.uordblks + m.hblkhd > w->most)
		w->most = m.uordblks + m.hblkhd;
}

void
world_run(struct world *w)
{
	for (int i = 0; i < STEPS_MAX; i++) {
		int64_t next = recover_step(w->r), now = clock_mono_ms();

		if (is_idle(w->r))
			return;
		if (next > now + STEP_MS)
			next = now + STEP_MS;
		fetch_step(w->fetcher, NULL, 0, next > now ? next - now : 0);
		world_look_at_memory(w);
	}
	fail_msg("it never ends");
}

struct recover_facts
world_facts_of(struct world *w, const char *peer)
{
	struct recover_facts f;

	recover_get_facts(w->r, peer, &f);
	return f;
}
