/* Promises about what the statistics are made of. */
#include "tests/unit/unit.h"

#include <stdlib.h>

#include "base/clock.h"
#include "http/state/format.h"
#include "http/state/gather.h"
#include "ingest/writer.h"
#include "tests/unit/http/site_harness.h"

static const struct http_peer told[] = {
	{"kiel", "pgp-public-keys@kiel.example", "kiel.example:11370", NULL,
		false, false},
	{"mainz", "pks@mainz.example", "mainz.example:11380",
		"hkp://mainz.example:11371/", true, false},
	{"bonn", "x@bonn.example", "[2001:db8::1]:11370", NULL, false, false},
};

struct world {
	struct site site;
	struct gather *gather;
	struct arena *arena;
	struct err err;
};

static int
setup(void **state)
{
	struct world *w = calloc(1, sizeof(*w));

	site_init(&w->site);
	w->site.settings.peers = told;
	w->site.settings.peer_count = 3;
	site_start(&w->site);
	w->gather = gather_new(&w->site.settings);
	w->arena = arena_new(1 << 20);
	*state = w;
	return 0;
}

static int
teardown(void **state)
{
	struct world *w = *state;

	clock_set_for_test(-1, -1);
	gather_free(w->gather);
	arena_free(w->arena);
	site_stop(&w->site);
	free(w);
	return 0;
}

static const struct site_state *
made(struct world *w)
{
	const struct site_state *s;

	if (gather_make(w->gather, w->site.store, &s, &w->err) != STATUS_OK)
		fail_msg("%s", w->err.text);
	return s;
}

/* What the writer is asked to do; `peer` or up to where to prune. */
struct order {
	struct write_job job;
	const struct peer *peer;
	int64_t upto;
};

static enum status
run_order(struct write_job *job, struct store_session *s, struct err *err)
{
	const struct order *o = (struct order *)job;

	return o->peer != NULL ? store_put_peer(s, o->peer, err)
			       : store_prune_changes(s, o->upto, err);
}

static void
order(struct world *w, const struct peer *peer, int64_t upto)
{
	struct order o = {
		.job = {.run = run_order}, .peer = peer, .upto = upto};

	assert_ok(writer_do(ingest_writer(w->site.ingest), &o.job, &w->err));
}

static void
submit(struct world *w, uint64_t key)
{
	struct buf armor;
	char fpr[41];

	site_key(key, &armor, fpr);
	answer_expect(
		site_add(&w->site, buf_view(&armor), NULL), 200, "inserted");
	buf_done(&armor);
}

/* ---- counting --------------------------------------------------------- */

static void
test_changes_are_counted_once(void **state)
{
	struct world *w = *state;
	const struct site_state *s;
	struct tally t;

	for (uint64_t k = 1; k <= 3; k++)
		submit(w, k);
	gather_give(w->gather, made(w));
	gather_tell(w->gather, &w->site.settings);
	s = made(w);
	t = histogram_get(&s->hours, 0, s->now);
	assert_int_equal(t.inserted, 3);
	assert_int_equal(t.updated, 0);
	t = histogram_sum(&s->days, 30, s->now);
	assert_int_equal(tally_total(&t), 3);
	assert_int_equal(s->certs, 3);
	/* A log that was never pruned: nothing is unknown. */
	assert_int_equal(s->counted_since, 0);
	assert_int_equal(s->uncounted, 0);
	assert_int_equal(s->missed, 0);
	gather_give(w->gather, s);
}

static void
test_pruned_log_is_counted_from_its_oldest_record(void **state)
{
	struct world *w = *state;
	const struct site_state *s;
	int64_t before = clock_wall_s();
	struct tally t;

	for (uint64_t k = 1; k <= 4; k++)
		submit(w, k);
	order(w, NULL, 3);
	s = made(w);
	t = histogram_sum(&s->days, 30, s->now);
	assert_int_equal(t.inserted, 1);
	assert_in_range(s->counted_since, before, s->now);
	assert_int_equal(s->missed, 0);
	gather_give(w->gather, s);
}

static void
test_what_is_pruned_uncounted_is_told(void **state)
{
	struct world *w = *state;
	const struct site_state *s;
	int64_t again;

	submit(w, 1);
	assert_ok(gather_step(w->gather, w->site.store, &again, &w->err));
	assert_int_equal(again, GATHER_PAUSE_MS);
	submit(w, 2);
	submit(w, 3);
	submit(w, 4);
	order(w, NULL, 3);
	s = made(w);
	assert_int_equal(s->missed, 2);
	assert_int_equal(histogram_sum(&s->days, 30, s->now).inserted, 2);
	gather_give(w->gather, s);
}

static void
test_snapshot_serves_until_it_is_old(void **state)
{
	struct world *w = *state;
	const struct site_state *first, *second;

	clock_set_for_test(1000000, 1795341600);
	assert_null(gather_take(w->gather));
	first = made(w);
	clock_set_for_test(1000000 + GATHER_AGE_MS - 1, 1795341600);
	second = gather_take(w->gather);
	assert_ptr_equal(first, second);
	gather_give(w->gather, second);
	clock_set_for_test(1000000 + GATHER_AGE_MS, 1795341610);
	assert_null(gather_take(w->gather));
	second = made(w);
	assert_ptr_not_equal(first, second);
	/* The first is still lent. */
	assert_int_equal(first->now, 1795341600);
	gather_give(w->gather, first);
	gather_give(w->gather, second);
}

static void
test_histogram_forgets_what_is_old(void **state)
{
	struct histogram h;
	int64_t now = 1795341600;

	(void)state;
	histogram_init(&h, 3600, HISTOGRAM_HOURS);
	histogram_add(&h, CHANGE_INSERTED, now - 48 * 3600, now);
	histogram_add(&h, CHANGE_UPDATED, now - 47 * 3600, now);
	histogram_add(&h, CHANGE_REMOVED, now + 9999, now);
	assert_int_equal(histogram_get(&h, 47, now).updated, 1);
	assert_int_equal(histogram_get(&h, 0, now).removed, 1);
	assert_int_equal(histogram_sum(&h, 48, now).inserted, 0);
	/* An hour later the oldest hour is another one. */
	assert_int_equal(histogram_get(&h, 47, now + 3600).updated, 0);
	histogram_add(&h, CHANGE_INSERTED, now + 3600, now + 3600);
	histogram_add(&h, CHANGE_INSERTED, now - 47 * 3600, now + 3600);
	assert_int_equal(histogram_sum(&h, 48, now + 3600).inserted, 1);
}

/* ---- peers ------------------------------------------------------------ */

static void
test_lag_is_what_lies_behind_the_cursor(void **state)
{
	struct world *w = *state;
	struct peer row = {.name = "kiel",
		.address = "pgp-public-keys@kiel.example",
		.cursor = 1,
		.last_sent = 1700000000,
		.attempts = 2,
		.last_error = "connect /run/secret.sock: refused"};
	int64_t before = clock_wall_s();
	const struct site_state *s;

	for (uint64_t k = 1; k <= 3; k++)
		submit(w, k);
	order(w, &row, 0);
	s = made(w);
	assert_int_equal(s->peer_count, 3);
	assert_int_equal(s->peers[0].waiting, 2);
	assert_in_range(s->peers[0].oldest, before, s->now);
	assert_int_equal(s->peers[0].word, PEER_WORD_RETRYING);
	assert_int_equal(s->peers[0].last_sent, 1700000000);
	assert_string_equal(
		s->peers[0].error, "Its mail relay does not answer");
	assert_int_equal(s->peers[1].word, PEER_WORD_NEW);
	gather_give(w->gather, s);
}

static void
test_mail_addresses_are_masked_and_private_hosts_too(void **state)
{
	struct world *w = *state;
	const struct site_state *s = made(w);

	assert_string_equal(s->mail, "p****s@keys.example.org");
	assert_string_equal(s->peers[0].mail, "p****s@kiel.example");
	assert_string_equal(s->peers[0].gossip, "kiel.example");
	assert_int_equal(s->peers[0].recon_port, 11370);
	assert_false(s->peers[0].masked);
	assert_true(s->peers[1].masked);
	assert_string_equal(s->peers[1].name, "mainz");
	assert_string_equal(s->peers[1].host, "m****e");
	assert_string_equal(s->peers[1].mail, "p****s@m****e");
	assert_string_equal(s->peers[1].gossip, "m****e");
	assert_string_equal(s->peers[1].push, "hkp://m****e:11371/");
	assert_string_equal(s->peers[2].mail, "x****x@bonn.example");
	assert_string_equal(s->peers[2].gossip, "2001:db8::1");
	gather_give(w->gather, s);
}

static void
test_addresses_are_whole_when_the_operator_says_so(void **state)
{
	struct world *w = *state;
	const struct site_state *s;

	w->site.settings.stats_show_mail = true;
	s = made(w);
	assert_string_equal(s->mail, "pgp-public-keys@keys.example.org");
	assert_string_equal(s->peers[0].mail, "pgp-public-keys@kiel.example");
	assert_string_equal(s->peers[1].mail, "pks@m****e");
	gather_give(w->gather, s);
}

static void
test_reload_shows_other_peers_at_once(void **state)
{
	struct world *w = *state;
	const struct site_state *s;

	gather_give(w->gather, made(w));
	w->site.settings.peer_count = 1;
	w->site.settings.mail_address = "";
	gather_tell(w->gather, &w->site.settings);
	s = made(w);
	assert_int_equal(s->peer_count, 1);
	assert_string_equal(s->mail, "");
	gather_give(w->gather, s);
}

static void
test_words_of_contacts_and_relays(void **state)
{
	struct world *w = *state;
	struct arena *a = w->arena;
	int code;

	assert_string_equal(format_contact(a, "mailto:a@b"), "a@b");
	assert_string_equal(
		format_contact(a, "0123 4567 89ab cdef 0123  4567 89AB CDEF "
				  "0123 4567"),
		"0x0123456789ABCDEF0123456789ABCDEF01234567");
	assert_string_equal(format_contact(a, "J\xF6rg"), "J?rg");
	assert_string_equal(format_mail_error(a, "", &code), "");
	assert_string_equal(
		format_mail_error(a, "550 5.7.1 go away, /etc/passwd", &code),
		"Its mail relay refuses our letters (SMTP code 550)");
	assert_string_equal(format_mail_error(a, "451 later", &code),
		"Its mail relay puts our letters off for now (SMTP code 451)");
	assert_string_equal(format_feed_error(a, "", &code), "");
	assert_int_equal(code, 0);
	assert_string_equal(
		format_feed_error(a, "connect to 192.0.2.1: refused", &code),
		"It is not reached");
	assert_int_equal(code, FORMAT_NO_CODE);
	assert_string_equal(format_feed_error(a, "451 it answers 503", &code),
		"It answers with HTTP status 503");
	assert_int_equal(code, 503);
	assert_string_equal(format_number(1234567).text, "1,234,567");
	assert_string_equal(format_number(-1234).text, "-1,234");
	/* As others write it: it is a sentence of the catalogue. */
	assert_string_equal(
		format_number_as(1234567, "1.000").text, "1.234.567");
	assert_string_equal(
		format_number_as(-1234, "1\u202f000").text, "-1\u202f234");
	assert_string_equal(format_number_as(1234, "1000").text, "1234");
	assert_string_equal(format_number_as(1234, "").text, "1234");
	assert_string_equal(format_span(7199).text, "1 hour");
	assert_string_equal(format_time(0).text, "0001-01-01T00:00:00Z");
	assert_string_equal(format_mask_host(a, "\xC3\xA9t\xC3\xA9"),
		"\xC3\xA9****\xC3\xA9");
}

/* ---- over HTTP -------------------------------------------------------- */

static void
test_pictures_have_routes_and_a_policy_of_their_own(void **state)
{
	struct world *w = *state;
	struct answer a = site_get(&w->site, "/pks/stats/graph.svg");

	assert_int_equal(a.status, 200);
	assert_text(answer_field(&a, "Content-Type"), "image/svg+xml");
	assert_text(answer_field(&a, "Cache-Control"), "max-age=60");
	assert_text(answer_field(&a, "Content-Security-Policy"),
		"default-src 'none'; style-src 'unsafe-inline'; "
		"frame-ancestors 'none'; base-uri 'none'; sandbox");
	answer_done(&a);
	answer_expect(site_get(&w->site, "/pks/stats/changes.svg"), 200,
		"Changes a day");
	answer_expect(site_get(&w->site, "/pks/stats/changes.svg?by=hour"), 200,
		"Changes an hour");
	a = site_get(&w->site, "/pks/stats/graph.dot");
	assert_text(answer_field(&a, "Content-Type"),
		"text/vnd.graphviz; charset=UTF-8");
	answer_expect(a, 200, "digraph keypost {");
}

int
main(void)
{
#define PROMISE(f) cmocka_unit_test_setup_teardown(f, setup, teardown)
	const struct CMUnitTest tests[] = {
		PROMISE(test_changes_are_counted_once),
		PROMISE(test_pruned_log_is_counted_from_its_oldest_record),
		PROMISE(test_what_is_pruned_uncounted_is_told),
		PROMISE(test_snapshot_serves_until_it_is_old),
		cmocka_unit_test(test_histogram_forgets_what_is_old),
		PROMISE(test_lag_is_what_lies_behind_the_cursor),
		PROMISE(test_mail_addresses_are_masked_and_private_hosts_too),
		PROMISE(test_addresses_are_whole_when_the_operator_says_so),
		PROMISE(test_reload_shows_other_peers_at_once),
		PROMISE(test_words_of_contacts_and_relays),
		PROMISE(test_pictures_have_routes_and_a_policy_of_their_own),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
