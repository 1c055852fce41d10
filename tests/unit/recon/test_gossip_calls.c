/* Talks that we begin, how long each thing may take, and names that move. */
#include <dlfcn.h>
#include <netdb.h>
#include <netinet/in.h>
#include <poll.h>
#include <stdatomic.h>
#include <stdio.h>
#include <string.h>
#include <sys/socket.h>
#include <unistd.h>

#include "base/clock.h"
#include "gossip_world.h"

enum { MINUTE = 60000, HOUR = 60 * MINUTE };

/* ---- a name that means what a test says -------------------------------- */

#define MOVING "moving.example"

static _Atomic(const char *) moving_at; /* NULL: nobody knows it */

/* Instead of the one of the C library, which answers all else. */
int
getaddrinfo(const char *host, const char *port, const struct addrinfo *hints,
	struct addrinfo **list)
{
	int (*of_libc)(const char *, const char *, const struct addrinfo *,
		struct addrinfo **);

	*(void **)&of_libc = dlsym(RTLD_NEXT, "getaddrinfo");
	if (host == NULL || strcmp(host, MOVING) != 0)
		return of_libc(host, port, hints, list);
	host = moving_at;
	if (host == NULL || (hints->ai_flags & AI_NUMERICHOST) != 0)
		return EAI_NONAME;
	return of_libc(host, port, hints, list);
}

/* ---- the talk that was asked for --------------------------------------- */

/* A run, while the peer is called at `*call`: the first call, which came by
 * itself, or, `begun`, the one that the run is for. */
static uint64_t
run_for_call(struct world *w, int door, bool begun, int *call)
{
	uint64_t number;

	world_start(w);
	wait_tree(w);
	*call = take_call(door);
	number = run(w, "peer");
	if (begun) {
		(void)close(*call);
		*call = take_call(door);
	}
	return number;
}

static void
test_a_run_ends_with_the_talk_that_was_asked_for(void **state)
{
	unsigned int port = 0;
	int door = listen_at("127.9.1.1", &port, 4), call, other;
	struct world *w = start_with(state, "127.9.1.1", port);
	struct gossip_run_end end;
	uint64_t number = run_for_call(w, door, true, &call);
	char text[200];

	/* One that the peer begins is another one, however it ends. */
	other = connect_from(w, "127.9.1.1");
	assert_int_equal(send(other, "\0\0\0\1\5", 5, MSG_NOSIGNAL), 5);
	(void)read_all(other, text, sizeof(text));
	(void)close(other);
	(void)wait_talks(w, 0, 2);
	assert_status(gossip_look_at_run(w->g, number, &end), STATUS_NOT_FOUND);
	(void)close(call);
	end = wait_run(w, number);
	assert_int_equal(end.number, number);
	assert_int_equal(end.end, GOSSIP_WAS_BUSY);
	assert_string_equal(end.why, "it closed without a word");
	(void)wait_talks(w, 0, 3);
	(void)close(door);
}

/* Before it began, and while it is under way. */
static void
test_a_run_with_who_is_a_peer_no_more_is_called_off(void **state)
{
	for (int begun = 0; begun < 2; begun++) {
		unsigned int port = 0;
		int door = listen_at("127.9.1.1", &port, 4), call;
		struct world *w = start_with(state, "127.9.1.1", port);
		struct gossip_run_end end;
		uint64_t number = run_for_call(w, door, begun, &call);

		w->set.peer_count = 0;
		gossip_set_peers(w->g, &w->set);
		end = wait_run(w, number);
		assert_int_equal(end.end, GOSSIP_NEVER);
		assert_non_null(strstr(end.why, "it is a peer no more"));
		(void)close(call);
		(void)close(door);
		if (!begun) {
			(void)world_teardown(state);
			(void)world_setup(state);
		}
	}
}

/* Its talk is over, and the connection is not closed yet. */
static void
test_a_run_that_is_over_is_not_called_off_any_more(void **state)
{
	static const char refused[] = "\0\0\0\1\12\0\0\0\6passed";
	unsigned int port = 0;
	int door = listen_at("127.9.1.1", &port, 4), call;
	struct world *w = start_with(state, "127.9.1.1", port);
	struct gossip_peer_look look;
	uint64_t number = run_for_call(w, door, true, &call);

	assert_int_equal(send(call, refused, sizeof(refused) - 1, MSG_NOSIGNAL),
		sizeof(refused) - 1);
	(void)wait_talks(w, 0, 2);
	w->set.peer_count = 0;
	gossip_set_peers(w->g, &w->set);
	for (int i = 0; i < WORLD_POLLS &&
			gossip_look_at_peer(w->g, 0, &look) == STATUS_OK;
		i++)
		(void)poll(NULL, 0, WORLD_POLL_MS);
	assert_int_equal(wait_run(w, number).end, GOSSIP_MISMATCH);
	(void)close(call);
	(void)close(door);
}

/* ---- how long things take ---------------------------------------------- */

/* Until its talk has ended. It may look at its clock just behind a jump: then
 * it takes another one. */
static const char *
why_after(struct world *w, int64_t ms)
{
	static struct gossip_peer_look look;

	for (int i = 0; i < WORLD_POLLS; i++) {
		world_later(w, ms);
		(void)poll(NULL, 0, WORLD_POLL_MS);
		assert_ok(gossip_look_at_peer(w->g, 0, &look));
		if (look.talks > 0)
			return look.why;
	}
	fail_msg("it does not end");
	return "";
}

/* What is said of a partner that connected and said nothing for so long. */
static void
assert_ends(struct world *w, int64_t ms, const char *why)
{
	char text[WORLD_CONFIG];
	int fd;

	world_start(w);
	wait_tree(w);
	fd = connect_from(w, "127.9.9.9");
	assert_int_equal(read_all(fd, text, sizeof(text)), sizeof(text));
	assert_string_equal(why_after(w, ms), why);
	(void)close(fd);
}

static struct world *
start_with_caller(void **state)
{
	static char network[] = "127.9.9.9", *networks[] = {network};
	struct world *w = world_new(state);

	w->set.idle_ms = w->set.talk_ms = 2 * HOUR;
	add_peer(w, "peer", "", networks);
	return w;
}

static void
test_a_partner_may_be_silent_for_twenty_seconds(void **state)
{
	struct world *w = start_with_caller(state);

	w->set.idle_ms = 0;
	assert_ends(w, 20000, "it was silent");
}

static void
test_a_greeting_takes_45_seconds_at_most(void **state)
{
	assert_ends(
		start_with_caller(state), 45000, "its greeting took too long");
}

static void
test_a_talk_takes_five_minutes_at_most(void **state)
{
	struct world *w = start_with_caller(state);

	w->set.talk_ms = 0;
	assert_ends(w, 5 * MINUTE, "it took too long");
}

static void
test_who_does_not_answer_a_call_is_given_up_after_ten_seconds(void **state)
{
	unsigned int port = 0;
	int door = listen_at("127.9.1.1", &port, 0);
	struct world *w = start_with(state, "127.9.1.1", port);
	int crowd[2];

	/* Nobody else gets through while these wait to be taken. */
	for (int i = 0; i < 2; i++) {
		struct sockaddr_in at;
		socklen_t len = sizeof(at);

		crowd[i] = socket(AF_INET, SOCK_STREAM | SOCK_NONBLOCK, 0);
		assert_int_equal(
			getsockname(door, (struct sockaddr *)&at, &len), 0);
		(void)!connect(crowd[i], (struct sockaddr *)&at, len);
	}
	world_start(w);
	wait_tree(w);
	assert_string_equal(why_after(w, 10000), "no answer in time");
	for (int i = 0; i < 2; i++)
		(void)close(crowd[i]);
	(void)close(door);
}

/* ---- how soon again ---------------------------------------------------- */

static void
test_who_cannot_be_reached_is_tried_ever_more_rarely(void **state)
{
	static const int64_t want[] = {60, 120, 240, 480, 600, 600, 600};
	struct world *w = world_new(state);
	struct gossip_peer_look look;
	int64_t now = 1700000000;

	w->set.interval_ms = MINUTE;
	add_peer(w, "peer", "127.9.9.9:1", NULL);
	clock_set_for_test(clock_mono_ms(), now);
	world_start(w);
	for (uint64_t i = 0; i < sizeof(want) / sizeof(want[0]); i++) {
		if (i > 0)
			(void)run(w, "peer");
		look = wait_talks(w, 0, i + 1);
		assert_int_equal(look.failures, i + 1);
		/* With a little chance in it. */
		assert_in_range(look.next - now, want[i] * 94 / 100,
			want[i] * 106 / 100);
	}
}

static void
test_who_broke_the_protocol_is_told_that_we_are_busy(void **state)
{
	struct world *w = start_with_caller(state);
	char text[2 * WORLD_CONFIG];
	int fd;

	world_start(w);
	wait_tree(w);
	fd = connect_from(w, "127.9.9.9");
	assert_int_equal(send(fd, "\0\0\0\1\5", 5, MSG_NOSIGNAL), 5);
	(void)read_all(fd, text, sizeof(text));
	(void)close(fd);
	assert_int_equal(wait_talks(w, 0, 1).end, GOSSIP_BROKE);
	for (int turn = 0; turn < 2; turn++) {
		static const char busy[] = "busy: after a fault of protocol";
		size_t n;

		fd = connect_from(w, "127.9.9.9");
		assert_int_equal(recv(fd, text, WORLD_CONFIG, MSG_WAITALL),
			WORLD_CONFIG);
		assert_int_equal(send(fd, text, WORLD_CONFIG, MSG_NOSIGNAL),
			WORLD_CONFIG);
		assert_int_equal(shutdown(fd, SHUT_WR), 0);
		n = read_all(fd, text, sizeof(text));
		(void)close(fd);
		if (turn == 0) {
			assert_int_equal(n, 14 + strlen(busy));
			assert_memory_equal(text + 14, busy, strlen(busy));
			world_later(w, 10 * MINUTE + 1);
		} else {
			assert_memory_equal(text, "\0\0\0\6passed", 10);
		}
	}
}

/* ---- names that move --------------------------------------------------- */

/* Until who comes from there gets so many octets. */
static void
wait_octets(struct world *w, const char *from, size_t want)
{
	size_t n = octets_for(w, from);

	for (int i = 0; i < WORLD_POLLS && n != want; i++) {
		(void)poll(NULL, 0, WORLD_POLL_MS);
		n = octets_for(w, from);
	}
	assert_int_equal(n, want);
}

static void
test_a_name_is_asked_for_again_when_a_stranger_comes(void **state)
{
	struct world *w = world_new(state);

	moving_at = "127.9.3.1";
	add_peer(w, "peer", MOVING ":1", NULL);
	world_start(w);
	wait_tree(w);
	wait_octets(w, "127.9.3.1", WORLD_CONFIG);
	/* Once a minute at most, or strangers would have us ask for ever. */
	moving_at = "127.9.3.2";
	assert_int_equal(octets_for(w, "127.9.3.2"), 0);
	world_later(w, MINUTE + 1);
	wait_octets(w, "127.9.3.2", WORLD_CONFIG);
	assert_int_equal(octets_for(w, "127.9.3.1"), 0);
}

static void
test_a_talk_goes_to_where_a_name_is_now(void **state)
{
	unsigned int port = 0;
	int first = listen_at("127.9.3.1", &port, 4);
	int second = listen_at("127.9.3.2", &port, 4);
	struct world *w = start_with(state, MOVING, port);
	uint64_t number;
	int call;

	moving_at = "127.9.3.1";
	world_start(w);
	wait_tree(w);
	(void)close(take_call(first));
	(void)wait_talks(w, 0, 1);
	moving_at = "127.9.3.2";
	number = run(w, "peer"); /* a minute has not gone by */
	(void)close(take_call(first));
	(void)wait_run(w, number);
	world_later(w, MINUTE + 1);
	number = run(w, "peer");
	call = take_call(second);
	(void)close(call);
	(void)wait_run(w, number);
	/* What nobody tells any more may still be right. */
	moving_at = NULL;
	world_later(w, MINUTE + 1);
	number = run(w, "peer");
	(void)close(take_call(second));
	(void)wait_run(w, number);
	(void)close(first);
	(void)close(second);
}

static void
test_a_name_that_nobody_knows_is_told(void **state)
{
	struct world *w = world_new(state);

	moving_at = NULL;
	add_peer(w, "peer", MOVING ":1", NULL);
	world_start(w);
	assert_string_equal(
		wait_talks(w, 0, 1).why, MOVING ": Name or service not known");
}

int
main(void)
{
	const struct CMUnitTest tests[] = {
		WORLD_PROMISE(test_a_run_ends_with_the_talk_that_was_asked_for),
		WORLD_PROMISE(
			test_a_run_with_who_is_a_peer_no_more_is_called_off),
		WORLD_PROMISE(
			test_a_run_that_is_over_is_not_called_off_any_more),
		WORLD_PROMISE(test_a_partner_may_be_silent_for_twenty_seconds),
		WORLD_PROMISE(test_a_greeting_takes_45_seconds_at_most),
		WORLD_PROMISE(test_a_talk_takes_five_minutes_at_most),
		WORLD_PROMISE(
			test_who_does_not_answer_a_call_is_given_up_after_ten_seconds),
		WORLD_PROMISE(
			test_who_cannot_be_reached_is_tried_ever_more_rarely),
		WORLD_PROMISE(
			test_who_broke_the_protocol_is_told_that_we_are_busy),
		WORLD_PROMISE(
			test_a_name_is_asked_for_again_when_a_stranger_comes),
		WORLD_PROMISE(test_a_talk_goes_to_where_a_name_is_now),
		WORLD_PROMISE(test_a_name_that_nobody_knows_is_told),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
