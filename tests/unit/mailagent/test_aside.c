/* Letters are set aside by a process that holds up nobody. */
#include "../unit.h"

#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/wait.h>
#include <unistd.h>

#include "base/clock.h"
#include "fake.h"
#include "mailagent/aside.h"

enum { WAIT_MS = 20 * 1000 };

struct rig {
	struct fake folders;
	char dir[300];
	struct loop *loop;
	struct quarantine quarantine;
	struct aside *aside;
	size_t good, bad;
	uint64_t last;
};

static void
on_done(void *ctx, uint64_t id, enum status st, const char *why)
{
	struct rig *r = ctx;

	r->last = id;
	if (st == STATUS_OK)
		r->good++;
	else
		r->bad++;
	assert_true(st == STATUS_OK || why[0] != '\0');
}

static void
rig_open(struct rig *r)
{
	struct err err = {""};

	memset(r, 0, sizeof(*r));
	fake_init(&r->folders);
	snprintf(r->dir, sizeof(r->dir), "%s/aside", r->folders.data);
	r->loop = loop_new();
	assert_ok(quarantine_open(&r->quarantine, r->dir, &err));
	r->aside = aside_new(r->loop, &r->quarantine, on_done, r);
}

static void
rig_close(struct rig *r)
{
	aside_free(r->aside);
	quarantine_done(&r->quarantine);
	loop_free(r->loop);
	fake_done(&r->folders);
}

static void
put(struct rig *r, uint64_t id)
{
	aside_put(r->aside, id, "lmtp", "it is junk", bytes_of("a letter\n"));
}

static bool
turn_until(struct rig *r, const size_t *count, size_t want)
{
	int64_t until = clock_mono_ms() + WAIT_MS;

	while (*count < want && clock_mono_ms() < until)
		loop_turn(r->loop);
	return *count >= want;
}

/* Our only child. */
static pid_t
writer(void)
{
	char path[64], line[64] = "";
	FILE *f;

	snprintf(path, sizeof(path), "/proc/self/task/%d/children",
		(int)getpid());
	f = fopen(path, "r");
	assert_non_null(f);
	assert_non_null(fgets(line, sizeof(line), f));
	fclose(f);
	return (pid_t)strtol(line, NULL, 10);
}

/* And waits until it is. */
static void
stop(pid_t pid)
{
	siginfo_t info;

	assert_int_equal(kill(pid, SIGSTOP), 0);
	assert_int_equal(
		waitid(P_PID, (id_t)pid, &info, WSTOPPED | WNOWAIT), 0);
}

static void
test_when_done_it_is_in_the_folder(void **state)
{
	struct rig r;

	(void)state;
	rig_open(&r);
	put(&r, 7);
	assert_int_equal(r.good, 0);
	assert_true(turn_until(&r, &r.good, 1));
	assert_int_equal(r.last, 7);
	assert_int_equal(fake_count(r.dir), 1);
	rig_close(&r);
}

static void
test_a_disk_that_hangs_holds_up_nobody(void **state)
{
	struct rig r;
	pid_t pid;

	(void)state;
	rig_open(&r);
	pid = writer();
	stop(pid);
	for (uint64_t id = 1; id <= 100; id++)
		put(&r, id);
	/* The loop turns, and none is done. */
	for (int i = 0; i < 10; i++)
		loop_turn(r.loop);
	assert_int_equal(r.good + r.bad, 0);
	assert_int_equal(kill(pid, SIGCONT), 0);
	assert_true(turn_until(&r, &r.good, 100));
	assert_int_equal(fake_count(r.dir), 100);
	rig_close(&r);
}

static void
test_what_was_not_written_is_told(void **state)
{
	struct rig r;
	pid_t pid;

	(void)state;
	rig_open(&r);
	pid = writer();
	stop(pid);
	put(&r, 1);
	put(&r, 2);
	assert_int_equal(kill(pid, SIGKILL), 0);
	assert_true(turn_until(&r, &r.bad, 2));
	assert_int_equal(r.good, 0);
	/* Until there is another one, no letter is taken. */
	while (r.good == 0) {
		size_t before = r.good + r.bad, now = before;

		put(&r, 3);
		while (now == before) {
			loop_turn(r.loop);
			now = r.good + r.bad;
		}
	}
	assert_int_equal(fake_count(r.dir), 1);
	rig_close(&r);
}

static void
test_a_folder_that_is_gone_is_told(void **state)
{
	struct rig r;

	(void)state;
	rig_open(&r);
	assert_int_equal(rmdir(r.dir), 0);
	put(&r, 1);
	assert_true(turn_until(&r, &r.bad, 1));
	rig_close(&r);
}

int
main(void)
{
	static const struct CMUnitTest tests[] = {
		cmocka_unit_test(test_when_done_it_is_in_the_folder),
		cmocka_unit_test(test_a_disk_that_hangs_holds_up_nobody),
		cmocka_unit_test(test_what_was_not_written_is_told),
		cmocka_unit_test(test_a_folder_that_is_gone_is_told),
	};

	return cmocka_run_group_tests_name("aside", tests, NULL, NULL);
}
