/* Promises of the thread: who is let in, who is talked with, how it ends. */
#include <netinet/in.h>
#include <poll.h>
#include <stdio.h>
#include <string.h>
#include <sys/socket.h>
#include <sys/stat.h>
#include <unistd.h>

#include "base/clock.h"
#include "gossip_world.h"

/* ---- who is let in ----------------------------------------------------- */

static void
test_a_stranger_is_closed_without_an_octet(void **state)
{
	struct world *w = world_new(state);

	add_peer(w, "peer", "127.9.9.9:1", NULL);
	world_start(w);
	assert_int_equal(octets_for(w, "127.9.9.8"), 0);
}

static void
test_a_network_lets_in_and_silence_ends_it(void **state)
{
	static char network[] = "127.9.8.0/24", *networks[] = {network};
	struct world *w = world_new(state);
	struct gossip_peer_look look;
	char text[200];
	int fd;

	add_peer(w, "peer", "", networks);
	world_start(w);
	wait_tree(w);
	fd = connect_from(w, "127.9.8.200");
	/* Its configuration, and no more: we said nothing. */
	assert_int_equal(read_all(fd, text, sizeof(text)), WORLD_CONFIG);
	(void)close(fd);
	look = wait_talks(w, 0, 1);
	assert_int_equal(look.end, GOSSIP_BROKE);
	assert_string_equal(look.why, "it was silent");
	assert_int_equal(look.failures, 1);
	assert_int_equal(look.ways[GOSSIP_BY_PEER].well, 0);
}

static void
test_one_talks_four_are_told_and_the_next_is_closed(void **state)
{
	struct world *w = world_new(state);
	char text[200];
	int fds[6];

	w->set.idle_ms = 20000;
	add_peer(w, "peer", "127.9.9.9:1", NULL);
	world_start(w);
	wait_tree(w);
	for (int i = 0; i < 6; i++)
		fds[i] = connect_from(w, "127.9.9.9");
	assert_int_equal(read_all(fds[5], text, sizeof(text)), 0);
	for (int i = 0; i < 5; i++)
		assert_int_equal(recv(fds[i], text, 130, MSG_WAITALL), 130);
	/* A configuration is answered by a verdict, and that one by an end. */
	assert_int_equal(send(fds[4], text, 130, MSG_NOSIGNAL), 130);
	assert_int_equal(recv(fds[4], text, 10, MSG_WAITALL), 10);
	assert_memory_equal(text, "\0\0\0\6failed", 10);
	assert_int_equal(send(fds[0], text, 4, MSG_NOSIGNAL), 4);
	for (int i = 0; i < 6; i++)
		(void)close(fds[i]);
}

/* ---- whom we talk with ------------------------------------------------- */

static void
test_a_talk_with_nobody_there_says_so(void **state)
{
	struct world *w = world_new(state);
	struct gossip_peer_look look;
	uint64_t number;
	struct err err;

	add_peer(w, "peer", "127.9.9.9:1", NULL);
	world_start(w);
	look = wait_talks(w, 0, 1);
	assert_int_equal(look.end, GOSSIP_UNREACHED);
	assert_string_equal(look.why, "Connection refused");
	assert_true(look.next > 0);
	/* Whatever its back-off. */
	assert_ok(gossip_run(w->g, "peer", &number, &err));
	look = wait_talks(w, 0, 2);
	assert_int_equal(look.failures, 2);
	assert_status(
		gossip_run(w->g, "other", &number, &err), STATUS_NOT_FOUND);
	assert_status(gossip_look_at_peer(w->g, 1, &look), STATUS_NOT_FOUND);
}

/* Whoever cannot be reached may well come by itself, and the other way round.
 */
static void
test_talks_of_both_ways_are_told_apart(void **state)
{
	struct world *w = world_new(state);
	struct gossip_peer_look look;
	char text[200];
	int fd;

	add_peer(w, "peer", "127.9.9.9:1", NULL);
	world_start(w);
	wait_tree(w);
	look = wait_talks(w, 0, 1);
	assert_int_equal(look.ways[GOSSIP_BY_US].end, GOSSIP_UNREACHED);
	assert_string_equal(look.ways[GOSSIP_BY_US].why, "Connection refused");
	assert_int_equal(look.ways[GOSSIP_BY_PEER].end, GOSSIP_NEVER);
	fd = connect_from(w, "127.9.9.9");
	(void)read_all(fd, text, sizeof(text));
	(void)close(fd);
	look = wait_talks(w, 0, 2);
	assert_int_equal(look.end, GOSSIP_BROKE);
	assert_int_equal(look.ways[GOSSIP_BY_PEER].end, GOSSIP_BROKE);
	assert_string_equal(look.ways[GOSSIP_BY_PEER].why, "it was silent");
	assert_int_equal(look.ways[GOSSIP_BY_US].end, GOSSIP_UNREACHED);
	/* That it has no time now does not end what was known. */
	fd = connect_from(w, "127.9.9.9");
	assert_int_equal(shutdown(fd, SHUT_WR), 0);
	(void)read_all(fd, text, sizeof(text));
	(void)close(fd);
	look = wait_talks(w, 0, 3);
	assert_int_equal(look.end, GOSSIP_WAS_BUSY);
	assert_int_equal(look.ways[GOSSIP_BY_PEER].end, GOSSIP_BROKE);
	assert_int_equal(look.ways[GOSSIP_BY_PEER].well, 0);
}

/* Whole messages break its silence, however little they say; its time ends. */
static void
test_who_says_little_now_and_then_has_its_time_and_no_more(void **state)
{
	struct world *w = world_new(state);
	struct gossip_peer_look look;
	char at[40], text[200];
	unsigned int port = 0;
	int listener = listen_at("127.0.0.1", &port, 1), fd;

	w->set.idle_ms = 1500;
	w->set.talk_ms = 3000;
	(void)snprintf(at, sizeof(at), "127.0.0.1:%u", port);
	add_peer(w, "peer", at, NULL);
	world_start(w);
	fd = accept(listener, NULL, NULL);
	/* The same configuration, and both passed. */
	assert_int_equal(recv(fd, text, 130, MSG_WAITALL), 130);
	assert_int_equal(send(fd, text, 130, 0), 130);
	assert_int_equal(send(fd, "\0\0\0\6passed", 10, 0), 10);
	assert_int_equal(recv(fd, text, 10, MSG_WAITALL), 10);
	/* Flush: never answered. */
	while (recv(fd, text, 1, MSG_DONTWAIT) < 0) {
		if (send(fd, "\0\0\0\1\6", 5, MSG_NOSIGNAL) != 5)
			break;
		(void)poll(NULL, 0, 100);
	}
	look = wait_talks(w, 0, 1);
	assert_string_equal(look.why, "it took too long");
	assert_int_equal(look.end, GOSSIP_BROKE);
	(void)close(fd);
	(void)close(listener);
}

/* That has to be known before. */
static unsigned int
free_port(void)
{
	unsigned int port = 0;
	int fd = listen_at("127.0.0.1", &port, 1);

	(void)close(fd);
	return port;
}

/* `listen` is where we are, `at` how we are called. */
static void
assert_left_out(void **state, const char *listen, const char *host)
{
	struct world *w = world_new(state);
	struct gossip_peer_look look = {.is_self = false};
	char at[40];
	uint64_t number;
	struct err err;

	w->set.interval_ms = 100;
	(void)snprintf(w->listen.host, sizeof(w->listen.host), "%s", listen);
	(void)snprintf(
		w->listen.port, sizeof(w->listen.port), "%u", free_port());
	(void)snprintf(at, sizeof(at), "%s:%s", host, w->listen.port);
	add_peer(w, "me", at, NULL);
	world_start(w);
	wait_tree(w);
	for (int i = 0; i < WORLD_POLLS && !look.is_self; i++) {
		assert_ok(gossip_look_at_peer(w->g, 0, &look));
		(void)poll(NULL, 0, WORLD_POLL_MS);
	}
	assert_true(look.is_self);
	assert_status(gossip_run(w->g, "me", &number, &err), STATUS_REJECTED);
	assert_string_equal(err.text, "the address of 'me' is our own");
	assert_int_equal(octets_for(w, "127.0.0.1"), 0);
	assert_ok(gossip_look_at_peer(w->g, 0, &look));
	assert_int_equal(look.talks, 0);
}

static void
test_we_do_not_talk_with_ourselves(void **state)
{
	assert_left_out(state, "127.0.0.1", "127.0.0.1");
}

static void
test_nor_by_a_name_where_we_are_everywhere(void **state)
{
	assert_left_out(state, "0.0.0.0", "localhost");
}

static void
test_peers_come_and_go(void **state)
{
	static char network[] = "127.9.8.0/24", *networks[] = {network};
	struct world *w = world_new(state);
	struct gossip_peer_look look = {.name = ""};

	add_peer(w, "old", "127.9.9.9:1", NULL);
	world_start(w);
	wait_tree(w);
	w->set.peer_count = 0;
	add_peer(w, "new", "", networks);
	gossip_set_peers(w->g, &w->set);
	for (int i = 0; i < WORLD_POLLS && strcmp(look.name, "new") != 0; i++) {
		assert_ok(gossip_look_at_peer(w->g, 0, &look));
		(void)poll(NULL, 0, WORLD_POLL_MS);
	}
	assert_string_equal(look.name, "new");
	assert_int_equal(octets_for(w, "127.9.9.9"), 0);
	assert_int_equal(octets_for(w, "127.9.8.1"), WORLD_CONFIG);
}

static void
test_what_cannot_be_is_refused_before_it_starts(void **state)
{
	struct world *w = world_new(state);
	struct gossip *g = NULL;
	struct err err = {""};

	w->set.level = LEVEL_CLEAN;
	w->set.filters = (char *)"yminsky.merge";
	assert_status(gossip_new(&w->set, w->f.store, w->f.in, &g, &err),
		STATUS_REJECTED);
	assert_non_null(strstr(err.text, "[gossip] filters: only [server]"));
	w->set.level = LEVEL_SKS;
	world_start(w);
}

static void
test_none_announces_an_empty_list(void **state)
{
	struct world *w = world_new(state);
	size_t usual = strlen("yminsky.dedup,yminsky.merge");
	struct gossip_look look;

	w->set.filters = (char *)"none";
	add_peer(w, "peer", "127.9.9.9:1", NULL);
	world_start(w);
	wait_tree(w);
	assert_int_equal(octets_for(w, "127.9.9.9"), WORLD_CONFIG - usual);
	gossip_look_at(w->g, &look);
	assert_string_equal(look.filters, "");
}

/* ---- the tree on disk -------------------------------------------------- */

/* 0: there is none. */
static off_t
saved_octets(const struct world *w)
{
	struct stat info = {.st_size = 0};
	char path[600];

	(void)snprintf(path, sizeof(path), "%s/tree", w->f.dir);
	return stat(path, &info) == 0 ? info.st_size : 0;
}

static void
wait_saved(const struct world *w, off_t than)
{
	for (int i = 0; i < WORLD_POLLS && saved_octets(w) <= than; i++)
		(void)poll(NULL, 0, WORLD_POLL_MS);
	assert_true(saved_octets(w) > than);
}

static void
test_the_tree_is_saved_each_hour(void **state)
{
	static char network[] = "127.9.8.1", *networks[] = {network};
	struct world *w = world_new(state);
	struct buf cert = {0};
	off_t first;

	clock_set_for_test(clock_mono_ms(), -1);
	add_peer(w, "peer", "", networks);
	world_start(w);
	wait_tree(w);
	world_later(w, WORLD_HOUR - 1);
	/* When it takes the second call it has looked at its clock. */
	(void)octets_for(w, "127.9.8.1");
	(void)octets_for(w, "127.9.8.1");
	assert_int_equal(saved_octets(w), 0);
	world_later(w, 1);
	wait_saved(w, 0);
	first = saved_octets(w);
	make_cert(&cert, 1, 1);
	submission_free(fixture_submit(&w->f, buf_view(&cert)));
	buf_done(&cert);
	world_later(w, WORLD_HOUR);
	wait_saved(w, first);
}

int
main(void)
{
	const struct CMUnitTest tests[] = {
		WORLD_PROMISE(test_a_stranger_is_closed_without_an_octet),
		WORLD_PROMISE(test_a_network_lets_in_and_silence_ends_it),
		WORLD_PROMISE(
			test_one_talks_four_are_told_and_the_next_is_closed),
		WORLD_PROMISE(test_a_talk_with_nobody_there_says_so),
		WORLD_PROMISE(test_talks_of_both_ways_are_told_apart),
		WORLD_PROMISE(
			test_who_says_little_now_and_then_has_its_time_and_no_more),
		WORLD_PROMISE(test_we_do_not_talk_with_ourselves),
		WORLD_PROMISE(test_nor_by_a_name_where_we_are_everywhere),
		WORLD_PROMISE(test_peers_come_and_go),
		WORLD_PROMISE(test_what_cannot_be_is_refused_before_it_starts),
		WORLD_PROMISE(test_none_announces_an_empty_list),
		WORLD_PROMISE(test_the_tree_is_saved_each_hour),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
