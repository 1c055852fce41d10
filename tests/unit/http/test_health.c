/*
 * Health: yes only while the store answers in time and no stop is under way.
 */
#include <pthread.h>
#include <stdio.h>
#include <time.h>
#include <unistd.h>

#include "base/clock.h"
#include "http/state/health.h"
#include "tests/unit/http/site_harness.h"
#include "tests/unit/unit.h"

/* A store that does as it is told. */
struct fake {
	pthread_mutex_t lock;
	pthread_cond_t changed;
	bool hangs;
	bool fails;
	unsigned int asked;
};

static enum status
ask_fake(void *ctx, struct err *err)
{
	struct fake *f = ctx;
	bool fails;

	pthread_mutex_lock(&f->lock);
	f->asked++;
	pthread_cond_broadcast(&f->changed);
	while (f->hangs)
		pthread_cond_wait(&f->changed, &f->lock);
	fails = f->fails;
	pthread_mutex_unlock(&f->lock);
	err_set(err, "disk on fire");
	return fails ? STATUS_IO : STATUS_OK;
}

/* And wait until it was asked twice since: once for sure after this. */
static void
tell_fake(struct fake *f, bool hangs, bool fails)
{
	unsigned int until;

	pthread_mutex_lock(&f->lock);
	f->hangs = hangs;
	f->fails = fails;
	pthread_cond_broadcast(&f->changed);
	until = f->asked + (hangs ? 1 : 2);
	while (f->asked < until)
		pthread_cond_wait(&f->changed, &f->lock);
	pthread_mutex_unlock(&f->lock);
}

static void
test_store_that_hangs_is_unhealthy_after_a_second(void **state)
{
	struct fake f = {PTHREAD_MUTEX_INITIALIZER, PTHREAD_COND_INITIALIZER,
		false, false, 0};
	struct health *h = health_new(ask_fake, &f);
	struct err err;
	int64_t now;

	(void)state;
	assert_ok(health_start(h, &err));
	assert_true(health_is_good(h, clock_mono_ms()));
	tell_fake(&f, true, false);
	now = clock_mono_ms();
	assert_false(health_is_good(h, now + HEALTH_ANSWER_MS + 1));
	/* Well again once it answers. */
	tell_fake(&f, false, false);
	assert_true(health_is_good(h, now + 3600000) ||
		    health_is_good(h, clock_mono_ms()));
	health_free(h);
}

static void
test_store_that_fails_is_unhealthy_until_it_does_not(void **state)
{
	struct fake f = {PTHREAD_MUTEX_INITIALIZER, PTHREAD_COND_INITIALIZER,
		false, true, 0};
	struct health *h = health_new(ask_fake, &f);
	struct err err;

	(void)state;
	assert_ok(health_start(h, &err));
	assert_false(health_is_good(h, clock_mono_ms()));
	tell_fake(&f, false, false);
	assert_true(health_is_good(h, clock_mono_ms()));
	tell_fake(&f, false, true);
	assert_false(health_is_good(h, clock_mono_ms()));
	health_free(h);
}

static struct answer
ask_again(int fd, const char *path)
{
	char text[200];

	snprintf(
		text, sizeof(text), "GET %s HTTP/1.1\r\nHost: x\r\n\r\n", path);
	site_sends(fd, text);
	return site_read(fd, false);
}

static void
test_all_three_are_ok_then_503_during_a_stop(void **state)
{
	static const char *const paths[] = {"/pks/health", "/readyz"};
	struct answer a;
	struct site site;
	size_t i;
	int fd[2], alive;

	(void)state;
	site_init(&site);
	site_start(&site);
	alive = site_connect(&site);
	answer_expect(ask_again(alive, "/healthz"), 200, "OK\n");
	for (i = 0; i < 2; i++) {
		fd[i] = site_connect(&site);
		a = ask_again(fd[i], paths[i]);
		assert_int_equal(a.status, 200);
		assert_text(a.body, "OK\n");
		assert_text(answer_field(&a, "Content-Type"),
			"text/plain; charset=UTF-8");
		answer_done(&a);
	}
	server_quiesce(site.server);
	for (i = 0; i < 2; i++) {
		a = ask_again(fd[i], paths[i]);
		assert_int_equal(a.status, 503);
		assert_true(answer_field(&a, "Retry-After").len > 0);
		answer_done(&a);
		close(fd[i]);
	}
	answer_expect(ask_again(alive, "/healthz"), 200, "OK\n");
	close(alive);
	site_stop(&site);
}

int
main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(
			test_store_that_hangs_is_unhealthy_after_a_second),
		cmocka_unit_test(
			test_store_that_fails_is_unhealthy_until_it_does_not),
		cmocka_unit_test(test_all_three_are_ok_then_503_during_a_stop),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
