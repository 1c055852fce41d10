/* Promises of the thread: who is let in, who is talked with, how it ends. */
#include "../unit.h"

#include <arpa/inet.h>
#include <netinet/in.h>
#include <poll.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/socket.h>
#include <unistd.h>

#include "recon/gossip.h"
#include "tests/unit/ingest/fixture.h"

enum { POLL_MS = 10, POLLS = 3000 };

/* A server without partners, at a port of its own. */
struct world {
	struct fixture f;
	struct gossip_settings set;
	struct gossip_peer peers[4];
	struct endpoint listen;
	struct gossip *g;
	unsigned int port;
};

static struct world *
world_new(void **state)
{
	struct world *w = *state;

	w->set = (struct gossip_settings){.data = w->f.dir,
		.listen = &w->listen,
		.listen_count = 1,
		.profile = (char *)"",
		.filters = (char *)"",
		.http_port = 11371,
		.interval_ms = 3600000,
		.idle_ms = 200,
		.level = LEVEL_SKS,
		.peers = w->peers};
	(void)snprintf(w->listen.host, sizeof(w->listen.host), "127.0.0.1");
	(void)snprintf(w->listen.port, sizeof(w->listen.port), "0");
	return w;
}

static void
add_peer(struct world *w, const char *name, const char *at, char **networks)
{
	w->peers[w->set.peer_count++] =
		(struct gossip_peer){.name = (char *)(uintptr_t)name,
			.at = (char *)(uintptr_t)at,
			.http = (char *)"",
			.networks = networks,
			.network_count = networks != NULL};
}

static void
world_start(struct world *w)
{
	struct gossip_look look;
	struct err err = {""};

	assert_ok(gossip_new(&w->set, w->f.store, w->f.in, &w->g, &err));
	assert_ok(gossip_listen(w->g, &err));
	assert_ok(gossip_start(w->g, &err));
	gossip_look_at(w->g, &look);
	w->port = look.port;
	assert_true(w->port > 0);
}

static int
setup(void **state)
{
	struct world *w = xcalloc(1, sizeof(*w));

	fixture_open(&w->f);
	fixture_start(&w->f);
	*state = w;
	return 0;
}

static int
teardown(void **state)
{
	struct world *w = *state;

	gossip_quiesce(w->g);
	ingest_drain(w->f.in);
	gossip_stop(w->g);
	gossip_free(w->g);
	fixture_close(&w->f);
	free(w);
	return 0;
}

static int
connect_from(const struct world *w, const char *from)
{
	struct sockaddr_in own = {.sin_family = AF_INET};
	struct sockaddr_in at = {.sin_family = AF_INET};
	int fd = socket(AF_INET, SOCK_STREAM, 0);

	assert_int_equal(inet_pton(AF_INET, from, &own.sin_addr), 1);
	at.sin_addr.s_addr = htonl(INADDR_LOOPBACK);
	at.sin_port = htons((in_port_t)w->port);
	assert_int_equal(bind(fd, (struct sockaddr *)&own, sizeof(own)), 0);
	assert_int_equal(connect(fd, (struct sockaddr *)&at, sizeof(at)), 0);
	return fd;
}

/* All that comes until it is closed. */
static size_t
read_all(int fd, char *text, size_t size)
{
	size_t n = 0;
	ssize_t got;

	while (n < size && (got = recv(fd, text + n, size - n, 0)) > 0)
		n += (size_t)got;
	return n;
}

/* Until that peer's talks are so many. */
static struct gossip_peer_look
wait_talks(struct world *w, size_t peer, uint64_t talks)
{
	struct gossip_peer_look look;

	for (int i = 0; i < POLLS; i++) {
		assert_ok(gossip_look_at_peer(w->g, peer, &look));
		if (look.talks >= talks)
			return look;
		(void)poll(NULL, 0, POLL_MS);
	}
	fail_msg("it had %u talks", (unsigned int)look.talks);
	return look;
}

static void
wait_tree(struct world *w)
{
	struct gossip_look look = {.building = true};

	for (int i = 0; i < POLLS && look.building; i++) {
		gossip_look_at(w->g, &look);
		(void)poll(NULL, 0, POLL_MS);
	}
	assert_false(look.building);
}

/* ---- who is let in ----------------------------------------------------- */

static void
test_a_stranger_is_closed_without_an_octet(void **state)
{
	struct world *w = world_new(state);
	char text[10];
	int fd;

	add_peer(w, "peer", "127.9.9.9:1", NULL);
	world_start(w);
	fd = connect_from(w, "127.9.9.8");
	assert_int_equal(read_all(fd, text, sizeof(text)), 0);
	(void)close(fd);
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
	assert_int_equal(read_all(fd, text, sizeof(text)), 130);
	(void)close(fd);
	look = wait_talks(w, 0, 1);
	assert_int_equal(look.end, GOSSIP_BROKE);
	assert_string_equal(look.why, "it was silent");
	assert_int_equal(look.failures, 1);
	assert_int_equal(look.asked, 0);
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
	struct err err;

	add_peer(w, "peer", "127.9.9.9:1", NULL);
	world_start(w);
	look = wait_talks(w, 0, 1);
	assert_int_equal(look.end, GOSSIP_UNREACHED);
	assert_string_equal(look.why, "Connection refused");
	assert_true(look.next > 0);
	/* Whatever its back-off. */
	assert_ok(gossip_run(w->g, "peer", &err));
	look = wait_talks(w, 0, 2);
	assert_int_equal(look.failures, 2);
	assert_status(gossip_run(w->g, "other", &err), STATUS_NOT_FOUND);
	assert_status(gossip_look_at_peer(w->g, 1, &look), STATUS_NOT_FOUND);
}

/* A partner that takes one talk at 127.0.0.1; its port. */
static unsigned int
partner_listens(int *fd)
{
	struct sockaddr_in at = {.sin_family = AF_INET};
	socklen_t len = sizeof(at);

	*fd = socket(AF_INET, SOCK_STREAM, 0);
	at.sin_addr.s_addr = htonl(INADDR_LOOPBACK);
	assert_int_equal(bind(*fd, (struct sockaddr *)&at, len), 0);
	assert_int_equal(listen(*fd, 1), 0);
	assert_int_equal(getsockname(*fd, (struct sockaddr *)&at, &len), 0);
	return ntohs(at.sin_port);
}

/* That has to be known before. */
static unsigned int
free_port(void)
{
	int fd;
	unsigned int port = partner_listens(&fd);

	(void)close(fd);
	return port;
}

/* Whole messages break its silence, however little they say; its time ends. */
static void
test_who_says_little_now_and_then_has_its_time_and_no_more(void **state)
{
	struct world *w = world_new(state);
	struct gossip_peer_look look;
	char at[40], text[200];
	int listener, fd;

	w->set.idle_ms = 1500;
	w->set.talk_ms = 3000;
	(void)snprintf(
		at, sizeof(at), "127.0.0.1:%u", partner_listens(&listener));
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

static void
test_we_do_not_talk_with_ourselves(void **state)
{
	struct world *w = world_new(state);
	struct gossip_peer_look look = {.is_self = false};
	char at[40];
	struct err err;
	int fd;

	(void)snprintf(
		w->listen.port, sizeof(w->listen.port), "%u", free_port());
	(void)snprintf(at, sizeof(at), "127.0.0.1:%s", w->listen.port);
	add_peer(w, "me", at, NULL);
	world_start(w);
	for (int i = 0; i < POLLS && !look.is_self; i++) {
		assert_ok(gossip_look_at_peer(w->g, 0, &look));
		(void)poll(NULL, 0, POLL_MS);
	}
	assert_true(look.is_self);
	assert_status(gossip_run(w->g, "me", &err), STATUS_REJECTED);
	fd = connect_from(w, "127.0.0.1");
	assert_int_equal(read_all(fd, at, sizeof(at)), 0);
	(void)close(fd);
}

static void
test_peers_come_and_go(void **state)
{
	static char network[] = "127.9.8.0/24", *networks[] = {network};
	struct world *w = world_new(state);
	struct gossip_peer_look look = {.name = ""};
	char text[200];
	int fd;

	add_peer(w, "old", "127.9.9.9:1", NULL);
	world_start(w);
	wait_tree(w);
	w->set.peer_count = 0;
	add_peer(w, "new", "", networks);
	gossip_set_peers(w->g, &w->set);
	for (int i = 0; i < POLLS && strcmp(look.name, "new") != 0; i++) {
		assert_ok(gossip_look_at_peer(w->g, 0, &look));
		(void)poll(NULL, 0, POLL_MS);
	}
	assert_string_equal(look.name, "new");
	fd = connect_from(w, "127.9.9.9");
	assert_int_equal(read_all(fd, text, sizeof(text)), 0);
	(void)close(fd);
	fd = connect_from(w, "127.9.8.1");
	assert_int_equal(read_all(fd, text, sizeof(text)), 130);
	(void)close(fd);
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

#define PROMISE(f) cmocka_unit_test_setup_teardown(f, setup, teardown)

int
main(void)
{
	const struct CMUnitTest tests[] = {
		PROMISE(test_a_stranger_is_closed_without_an_octet),
		PROMISE(test_a_network_lets_in_and_silence_ends_it),
		PROMISE(test_one_talks_four_are_told_and_the_next_is_closed),
		PROMISE(test_a_talk_with_nobody_there_says_so),
		PROMISE(test_who_says_little_now_and_then_has_its_time_and_no_more),
		PROMISE(test_we_do_not_talk_with_ourselves),
		PROMISE(test_peers_come_and_go),
		PROMISE(test_what_cannot_be_is_refused_before_it_starts),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
