/* An IMAP server that falls silent, at the start and within a message, or
 * that tells of a message once, before it is waited for. */
#include "../unit.h"

#include <netinet/in.h>
#include <stdio.h>
#include <string.h>
#include <sys/socket.h>
#include <sys/stat.h>
#include <unistd.h>

#include "base/clock.h"
#include "base/file.h"
#include "base/net.h"
#include "inside.h"
#include "mailagent/source_imap.h"

enum { WAIT_MS = 60 * 1000, CONNECTIONS_MAX = 64 };

#define UP_TO_LOGIN                                                            \
	"* OK hi\r\n1 OK in\r\n* CAPABILITY IMAP4rev1\r\n2 OK told\r\n"
#define SELECTED(tag)                                                          \
	"* 1 EXISTS\r\n* OK [UIDVALIDITY 7] .\r\n* OK [UIDNEXT 6] .\r\n" tag   \
	" OK [READ-WRITE] open\r\n"

static const struct imap_times times = {.connect_ms = 2000,
	.answer_ms = 200,
	.body_ms = 200,
	.pass_ms = 2000,
	.soon_ms = 10,
	.soon_most_ms = 20,
	.refused_ms = 10,
	.refused_most_ms = 20,
	.idle_ms = 1000,
	.poll_ms = 1000,
	.rest_ms = 50};

struct rig {
	struct inside in;
	struct source_imap *imap;
	char state[400];
	int listener;
	const char *says; /* to each that comes, at once; then nothing */
	int fds[CONNECTIONS_MAX];
	size_t count;
};

static void
on_listener(void *ctx, short events)
{
	struct rig *r = ctx;
	struct sockaddr_storage from;
	int fd;

	(void)events;
	if (net_accept(r->listener, &fd, &from) != STATUS_OK)
		return;
	assert_true(r->count < CONNECTIONS_MAX);
	r->fds[r->count++] = fd;
	assert_ok(net_write(fd, bytes_of(r->says), clock_mono_ms() + WAIT_MS));
}

static void
listen_here(struct rig *r, char url[64])
{
	struct endpoint at = {.host = "127.0.0.1", .port = "0"};
	struct sockaddr_in own;
	socklen_t n = sizeof(own);
	struct err err = {""};

	assert_ok(net_listen(&at, 16, &r->listener, &err));
	assert_int_equal(
		getsockname(r->listener, (struct sockaddr *)&own, &n), 0);
	snprintf(url, 64, "imap://pks@127.0.0.1:%u/INBOX",
		(unsigned int)ntohs(own.sin_port));
	(void)loop_add(r->in.loop, r->listener, POLLIN, on_listener, r);
}

static enum status
rig_make(struct rig *r, const char *says, mode_t mode, struct err *err)
{
	char url[64], password[400], tries[400];
	struct source_imap_settings box = {.url = url,
		.password_file = password,
		.authority_file = "",
		.pin = "",
		.tls = RELAY_TLS_NONE,
		.shared = true,
		.state = r->state,
		.tries = tries,
		.times = &times};

	memset(r, 0, sizeof(*r));
	r->says = says;
	inside_open(&r->in, WAIT_MS);
	listen_here(r, url);
	fake_file(r->in.folders.data, "password", "secret\n");
	snprintf(password, sizeof(password), "%s/password", r->in.folders.data);
	assert_int_equal(chmod(password, mode), 0);
	snprintf(r->state, sizeof(r->state), "%s/imap", r->in.folders.data);
	snprintf(tries, sizeof(tries), "%s/imap-tries", r->in.folders.data);
	return source_imap_new(&box, &r->imap, err);
}

static void
rig_open(struct rig *r, const char *says)
{
	struct err err = {""};

	assert_ok(rig_make(r, says, 0600, &err));
	source_imap_start(r->imap, r->in.loop, r->in.intake);
}

static void
rig_close(struct rig *r)
{
	source_imap_free(r->imap);
	while (r->count > 0)
		close(r->fds[--r->count]);
	close(r->listener);
	inside_close(&r->in);
}

/* Has the state file this line? */
static bool
remembers(const struct rig *r, const char *line)
{
	struct buf text = {.len = 0};
	struct err err;
	bool same;

	same = file_read(r->state, 1000, &text, &err) == STATUS_OK &&
	       bytes_eq(buf_view(&text), bytes_of(line));
	buf_done(&text);
	return same;
}

static void
test_who_says_nothing_is_left_and_tried_again(void **state)
{
	int64_t until = clock_mono_ms() + WAIT_MS;
	struct rig r;

	(void)state;
	rig_open(&r, "");
	while (r.count < 4 && clock_mono_ms() < until)
		loop_turn(r.in.loop);
	assert_true(r.count >= 4);
	rig_close(&r);
}

static void
test_who_stops_after_the_login_is_left_too(void **state)
{
	int64_t until = clock_mono_ms() + WAIT_MS;
	struct rig r;

	(void)state;
	rig_open(&r, UP_TO_LOGIN "* 1 EXI");
	while (r.count < 4 && clock_mono_ms() < until)
		loop_turn(r.in.loop);
	assert_true(r.count >= 4);
	rig_close(&r);
}

static void
test_a_message_at_which_sessions_end_is_left(void **state)
{
	static const char says[] = UP_TO_LOGIN SELECTED("3") SELECTED(
		"4") "* SEARCH 5\r\n5 OK found\r\n"
		     "* 1 FETCH (UID 5 RFC822.SIZE 900 FLAGS ())\r\n6 OK "
		     "done\r\n"
		     "* 1 FETCH (UID 5 BODY[] {900}\r\nFrom: a@b.example\r\n";
	const char *want = "keypost-imap 1 7 6 pks 127.0.0.1 INBOX\n";
	int64_t until = clock_mono_ms() + WAIT_MS;
	struct rig r;

	(void)state;
	rig_open(&r, says);
	/* The fourth session goes past it. */
	while (!remembers(&r, want) && clock_mono_ms() < until)
		loop_turn(r.in.loop);
	assert_true(remembers(&r, want));
	assert_true(r.count >= 4);
	rig_close(&r);
}

/* Each is too large to be taken, so that no verdict is awaited. */
#define TOO_LARGE(uid)                                                         \
	"* 1 FETCH (UID " uid " RFC822.SIZE 999999999 FLAGS ())\r\n"

static void
test_what_comes_before_idle_is_not_waited_for(void **state)
{
	static const char says[] =
		"* OK hi\r\n1 OK in\r\n* CAPABILITY IMAP4rev1 IDLE\r\n"
		"2 OK told\r\n" SELECTED("3") SELECTED(
			"4") "* SEARCH 5\r\n5 OK found\r\n" TOO_LARGE("5")
		/* It does not tell again; what follows is no IDLE. */
		"* 2 EXISTS\r\n6 OK done\r\n"
		"* 2 EXISTS\r\n* OK [UIDVALIDITY 7] .\r\n"
		"* OK [UIDNEXT 7] .\r\n7 OK [READ-WRITE] open\r\n"
		"* SEARCH 6\r\n8 OK found\r\n" TOO_LARGE("6") "9 OK done\r\n";
	const char *want = "keypost-imap 1 7 7 pks 127.0.0.1 INBOX\n";
	int64_t until = clock_mono_ms() + WAIT_MS;
	struct rig r;

	(void)state;
	rig_open(&r, says);
	while (!remembers(&r, want) && r.count < 3 && clock_mono_ms() < until)
		loop_turn(r.in.loop);
	assert_true(remembers(&r, want));
	rig_close(&r);
}

static void
test_a_password_that_everybody_may_read_is_not_used(void **state)
{
	struct err err = {""};
	struct rig r;

	(void)state;
	assert_status(rig_make(&r, "", 0644, &err), STATUS_IO);
	assert_non_null(strstr(err.text, "/password: no plain file, or "
					 "everybody may read it: chmod 600"));
	rig_close(&r);
}

int
main(void)
{
	static const struct CMUnitTest tests[] = {
		cmocka_unit_test(test_who_says_nothing_is_left_and_tried_again),
		cmocka_unit_test(test_who_stops_after_the_login_is_left_too),
		cmocka_unit_test(test_a_message_at_which_sessions_end_is_left),
		cmocka_unit_test(test_what_comes_before_idle_is_not_waited_for),
		cmocka_unit_test(
			test_a_password_that_everybody_may_read_is_not_used),
	};

	return cmocka_run_group_tests_name("source_imap", tests, NULL, NULL);
}
