/*
 * Clients that are slower than anyone honest would be, and submissions that
 * take longer than anyone waits.
 *
 * The clocks stand still, so that only the test makes time go by. A server
 * with one thread has done with a request once it answers a later one.
 */
#include <pthread.h>
#include <string.h>
#include <time.h>
#include <unistd.h>

#include "base/clock.h"
#include "ingest/writer.h"
#include "pgp/armor.h"
#include "tests/unit/http/site_harness.h"
#include "tests/unit/unit.h"

enum { T0 = 1000000 };

static struct site site;

static int
start(void **state)
{
	(void)state;
	site_init(&site);
	site.settings.threads = 1;
	site_start(&site);
	return 0;
}

static int
stop(void **state)
{
	(void)state;
	clock_set_for_test(-1, -1);
	site_stop(&site);
	return 0;
}

static void
test_slow_heads_and_bodies_and_idlers_are_cut(void **state)
{
	int silent, dripping, body, idle;
	char text[25];

	(void)state;
	clock_set_for_test(T0, -1);
	silent = site_connect(&site);
	dripping = site_connect(&site);
	site_sends(dripping, "GET / HT");
	body = site_connect(&site);
	site_sends(body, "POST /pks/add HTTP/1.1\r\nHost: x\r\n"
			 "Expect: 100-continue\r\n"
			 "Content-Length: 100000\r\n\r\n");
	assert_int_equal(recv(body, text, 25, MSG_WAITALL), 25);
	idle = site_connect(&site);
	site_sends(idle, "GET /healthz HTTP/1.1\r\nHost: x\r\n\r\n");
	answer_expect(site_read(idle, false), 200, NULL);
	site_settle(&site);
	site_sweep_at(&site, T0 + 10000);
	assert_true(site_is_open(silent));
	assert_true(site_is_open(dripping));
	assert_true(site_is_open(body));
	site_sweep_at(&site, T0 + 10001);
	assert_true(site_is_closed(silent));
	assert_true(site_is_closed(dripping));
	assert_true(site_is_closed(body));
	site_sweep_at(&site, T0 + 15000);
	assert_true(site_is_open(idle));
	site_sweep_at(&site, T0 + 15001);
	assert_true(site_is_closed(idle));
	close(silent);
	close(dripping);
	close(body);
	close(idle);
}

/* ---- a submission that takes too long --------------------------------- */

struct gate {
	struct write_job job;
	pthread_mutex_t lock;
	pthread_cond_t cond;
	bool entered, open, done;
};

/* Holds up the writer, as a disk might. */
static enum status
gate_run(struct write_job *job, struct store_session *w, struct err *err)
{
	struct gate *g = (struct gate *)(void *)job;

	(void)w;
	(void)err;
	pthread_mutex_lock(&g->lock);
	g->entered = true;
	pthread_cond_broadcast(&g->cond);
	while (!g->open)
		pthread_cond_wait(&g->cond, &g->lock);
	pthread_mutex_unlock(&g->lock);
	return STATUS_OK;
}

static void
gate_done(struct write_job *job, enum status st, const struct err *err)
{
	struct gate *g = (struct gate *)(void *)job;

	(void)st;
	(void)err;
	pthread_mutex_lock(&g->lock);
	g->done = true;
	pthread_cond_broadcast(&g->cond);
	pthread_mutex_unlock(&g->lock);
}

static void
gate_wait(struct gate *g, const bool *flag)
{
	pthread_mutex_lock(&g->lock);
	while (!*flag)
		pthread_cond_wait(&g->cond, &g->lock);
	pthread_mutex_unlock(&g->lock);
}

static void
gate_open(struct gate *g)
{
	pthread_mutex_lock(&g->lock);
	g->open = true;
	pthread_cond_broadcast(&g->cond);
	pthread_mutex_unlock(&g->lock);
}

static void
gate_close(struct gate *g)
{
	memset(g, 0, sizeof(*g));
	pthread_mutex_init(&g->lock, NULL);
	pthread_cond_init(&g->cond, NULL);
	g->job.run = gate_run;
	g->job.done = gate_done;
	assert_ok(writer_put(ingest_writer(site.ingest), &g->job));
	gate_wait(g, &g->entered);
}

static int
post_key(uint64_t index, char fpr[41])
{
	struct buf armor, head = {0};
	int fd = site_connect(&site);

	site_key(index, &armor, fpr);
	assert_ok(buf_printf(&head,
		"POST /pks/add HTTP/1.1\r\nHost: x\r\n"
		"Content-Length: %zu\r\n\r\n",
		armor.len));
	site_send(fd, buf_view(&head));
	site_send(fd, buf_view(&armor));
	buf_done(&armor);
	buf_done(&head);
	return fd;
}

/* Before that a submission whose time is over is not taken in at all. */
static void
wait_until_queued(size_t before)
{
	struct timespec t = {0, 1000000};

	while (writer_waiting(ingest_writer(site.ingest)) <= before)
		nanosleep(&t, NULL);
}

static void
wait_until_stored(const char *fpr)
{
	struct timespec t = {0, 5000000};
	int left, status = 0;

	for (left = 2000; left > 0 && status != 200; left--) {
		struct answer a = site_get_key(&site, fpr);

		status = a.status;
		answer_done(&a);
		nanosleep(&t, NULL);
	}
	assert_int_equal(status, 200);
}

static void
test_submission_that_takes_too_long_is_503_and_still_stored(void **state)
{
	int64_t patience = site.ingest_settings.policy.queue_time_ms;
	struct gate gate;
	struct answer a;
	char fpr[41];
	size_t queued;
	int fd;

	(void)state;
	gate_close(&gate);
	queued = writer_waiting(ingest_writer(site.ingest));
	clock_set_for_test(T0, -1);
	fd = post_key(50, fpr);
	wait_until_queued(queued);
	site_sweep_at(&site, T0 + patience - 1);
	assert_true(site_is_open(fd));
	site_sweep_at(&site, T0 + patience);
	a = site_read(fd, false);
	assert_int_equal(a.status, 503);
	assert_true(answer_says(&a, "it may still be stored"));
	answer_done(&a);
	close(fd);
	clock_set_for_test(T0, -1);
	gate_open(&gate);
	gate_wait(&gate, &gate.done);
	wait_until_stored(fpr);
}

static void
test_client_that_left_while_suspended_costs_nothing(void **state)
{
	struct gate gate;
	char fprs[8][41];
	int fds[8], i;

	(void)state;
	gate_close(&gate);
	for (i = 0; i < 8; i++)
		fds[i] = post_key(60 + (uint64_t)i, fprs[i]);
	site_settle(&site);
	for (i = 0; i < 8; i++)
		close(fds[i]);
	site_settle(&site);
	gate_open(&gate);
	gate_wait(&gate, &gate.done);
	for (i = 0; i < 8; i++)
		wait_until_stored(fprs[i]);
}

int
main(void)
{
	const struct CMUnitTest tests[] = {
#define WITH_SERVER(test) cmocka_unit_test_setup_teardown(test, start, stop)
		WITH_SERVER(test_slow_heads_and_bodies_and_idlers_are_cut),
		WITH_SERVER(
			test_submission_that_takes_too_long_is_503_and_still_stored),
		WITH_SERVER(
			test_client_that_left_while_suspended_costs_nothing),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
