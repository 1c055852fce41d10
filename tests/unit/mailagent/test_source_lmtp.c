/* The LMTP door when nobody answers, nobody speaks, or too many come. */
#include "../unit.h"

#include <string.h>
#include <sys/socket.h>
#include <unistd.h>

#include "base/clock.h"
#include "base/net.h"
#include "inside.h"
#include "mailagent/source_lmtp.h"

enum { WAIT_MS = 20 * 1000, SOON_MS = 400 };

/* The door over a daemon that reads nothing. */
struct rig {
	struct inside in;
	struct source_lmtp *lmtp;
};

static void
rig_open(struct rig *r, int64_t idle_ms, int64_t verdict_ms)
{
	struct source_lmtp_settings door = {.address = "",
		.host = "a.example",
		.idle_ms = idle_ms,
		.verdict_ms = verdict_ms};
	struct err err = {""};

	memset(r, 0, sizeof(*r));
	inside_open(&r->in, WAIT_MS);
	door.listen = r->in.folders.lmtp;
	assert_ok(source_lmtp_new(&door, &r->lmtp, &err));
	source_lmtp_start(r->lmtp, r->in.loop, r->in.intake);
}

static void
rig_close(struct rig *r)
{
	source_lmtp_free(r->lmtp);
	inside_close(&r->in);
}

/* Turns the loop until the client has read `want` at the end of it all. */
static void
run_until(struct rig *r, int fd, const char *want)
{
	int64_t until = clock_mono_ms() + WAIT_MS;
	char got[4096] = "";
	size_t n = 0;

	while (strstr(got, want) == NULL && clock_mono_ms() < until) {
		ssize_t some;

		loop_turn(r->in.loop);
		some = recv(fd, got + n, sizeof(got) - 1 - n, MSG_DONTWAIT);
		if (some == 0)
			break;
		if (some > 0)
			n += (size_t)some;
		got[n] = '\0';
	}
	if (strstr(got, want) == NULL)
		fail_msg("no %s in %s", want, got);
}

static void
test_no_verdict_in_time_is_451(void **state)
{
	struct rig r;
	int fd;

	(void)state;
	rig_open(&r, WAIT_MS, SOON_MS);
	fd = fake_connect(&r.in.folders);
	fake_write(fd, "LHLO b\r\nMAIL FROM:<>\r\nRCPT TO:<a@b>\r\nDATA\r\n"
		       "hello\r\n.\r\nNOOP\r\n");
	run_until(&r, fd, "451 4.3.0 try again later\r\n250 2.0.0 still here");
	close(fd);
	rig_close(&r);
}

static void
test_silent_client_is_told_and_dropped(void **state)
{
	struct rig r;
	int fd;

	(void)state;
	rig_open(&r, SOON_MS, WAIT_MS);
	fd = fake_connect(&r.in.folders);
	fake_write(fd, "LHLO b\r\n");
	run_until(&r, fd, "421 4.3.2 you said nothing for too long");
	close(fd);
	rig_close(&r);
}

static void
test_one_session_too_many_is_told_so(void **state)
{
	int fds[LMTP_SESSIONS_MAX], fd;
	struct rig r;
	size_t i;

	(void)state;
	rig_open(&r, WAIT_MS, WAIT_MS);
	for (i = 0; i < LMTP_SESSIONS_MAX; i++) {
		fds[i] = fake_connect(&r.in.folders);
		run_until(&r, fds[i], "220 ");
	}
	fd = fake_connect(&r.in.folders);
	run_until(&r, fd, "421 4.3.2 too many sessions");
	close(fd);
	/* One that ends makes room. */
	fake_write(fds[0], "QUIT\r\n");
	run_until(&r, fds[0], "221 ");
	fd = fake_connect(&r.in.folders);
	run_until(&r, fd, "220 ");
	close(fd);
	for (i = 0; i < LMTP_SESSIONS_MAX; i++)
		close(fds[i]);
	rig_close(&r);
}

int
main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(test_no_verdict_in_time_is_451),
		cmocka_unit_test(test_silent_client_is_told_and_dropped),
		cmocka_unit_test(test_one_session_too_many_is_told_so),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
