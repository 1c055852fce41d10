#include "gossip_world.h"

#include <arpa/inet.h>
#include <netinet/in.h>
#include <poll.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/socket.h>
#include <unistd.h>

#include "base/clock.h"

struct world *
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

void
add_peer(struct world *w, const char *name, const char *at, char **networks)
{
	w->peers[w->set.peer_count++] =
		(struct gossip_peer){.name = (char *)(uintptr_t)name,
			.at = (char *)(uintptr_t)at,
			.http = (char *)"",
			.networks = networks,
			.network_count = networks != NULL};
}

void
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

void
world_later(struct world *w, int64_t ms)
{
	uint64_t number;
	struct err err;

	clock_set_for_test(clock_mono_ms() + ms, -1);
	/* Any order makes it look at its clock. */
	assert_status(
		gossip_run(w->g, "nobody", &number, &err), STATUS_NOT_FOUND);
}

int
world_setup(void **state)
{
	struct world *w = xcalloc(1, sizeof(*w));

	fixture_open(&w->f);
	fixture_start(&w->f);
	*state = w;
	return 0;
}

int
world_teardown(void **state)
{
	struct world *w = *state;

	clock_set_for_test(-1, -1);
	gossip_quiesce(w->g);
	ingest_drain(w->f.in);
	gossip_stop(w->g);
	gossip_free(w->g);
	fixture_close(&w->f);
	free(w);
	return 0;
}

static struct sockaddr_in
address(const char *host, unsigned int port)
{
	struct sockaddr_in at = {
		.sin_family = AF_INET, .sin_port = htons((in_port_t)port)};

	assert_int_equal(inet_pton(AF_INET, host, &at.sin_addr), 1);
	return at;
}

int
connect_from(const struct world *w, const char *from)
{
	struct sockaddr_in own = address(from, 0);
	struct sockaddr_in at = address("127.0.0.1", w->port);
	int fd = socket(AF_INET, SOCK_STREAM, 0);

	assert_int_equal(bind(fd, (struct sockaddr *)&own, sizeof(own)), 0);
	assert_int_equal(connect(fd, (struct sockaddr *)&at, sizeof(at)), 0);
	return fd;
}

size_t
read_all(int fd, char *text, size_t size)
{
	size_t n = 0;
	ssize_t got;

	while (n < size && (got = recv(fd, text + n, size - n, 0)) > 0)
		n += (size_t)got;
	return n;
}

size_t
octets_for(const struct world *w, const char *from)
{
	char text[200];
	int fd = connect_from(w, from);
	size_t n;

	(void)shutdown(fd, SHUT_WR);
	n = read_all(fd, text, sizeof(text));
	(void)close(fd);
	return n;
}

struct gossip_peer_look
wait_talks(struct world *w, size_t peer, uint64_t talks)
{
	struct gossip_peer_look look;

	for (int i = 0; i < WORLD_POLLS; i++) {
		assert_ok(gossip_look_at_peer(w->g, peer, &look));
		if (look.talks >= talks)
			return look;
		(void)poll(NULL, 0, WORLD_POLL_MS);
	}
	fail_msg("it had %u talks", (unsigned int)look.talks);
	return look;
}

void
wait_tree(struct world *w)
{
	struct gossip_look look = {.building = true};

	for (int i = 0; i < WORLD_POLLS && look.building; i++) {
		gossip_look_at(w->g, &look);
		(void)poll(NULL, 0, WORLD_POLL_MS);
	}
	assert_false(look.building);
}

int
listen_at(const char *host, unsigned int *port, int backlog)
{
	struct sockaddr_in at = address(host, *port);
	socklen_t len = sizeof(at);
	int fd = socket(AF_INET, SOCK_STREAM, 0), one = 1;

	assert_int_equal(
		setsockopt(fd, SOL_SOCKET, SO_REUSEADDR, &one, sizeof(one)), 0);
	assert_int_equal(bind(fd, (struct sockaddr *)&at, len), 0);
	assert_int_equal(listen(fd, backlog), 0);
	assert_int_equal(getsockname(fd, (struct sockaddr *)&at, &len), 0);
	*port = ntohs(at.sin_port);
	return fd;
}

int
take_call(int door)
{
	int fd = accept(door, NULL, NULL);

	assert_true(fd >= 0);
	return fd;
}

uint64_t
run(struct world *w, const char *peer)
{
	uint64_t number = 0;
	struct err err = {""};

	if (gossip_run(w->g, peer, &number, &err) != STATUS_OK)
		fail_msg("%s", err.text);
	return number;
}

struct gossip_run_end
wait_run(struct world *w, uint64_t number)
{
	struct gossip_run_end end;

	for (int i = 0; i < WORLD_POLLS; i++) {
		if (gossip_look_at_run(w->g, number, &end) == STATUS_OK)
			return end;
		(void)poll(NULL, 0, WORLD_POLL_MS);
	}
	fail_msg("the talk does not end");
	return end;
}

struct world *
start_with(void **state, const char *host, unsigned int port)
{
	struct world *w = world_new(state);
	static char at[64];

	(void)snprintf(at, sizeof(at), "%s:%u", host, port);
	w->set.idle_ms = WORLD_HOUR;
	w->set.talk_ms = 2 * WORLD_HOUR;
	add_peer(w, "peer", at, NULL);
	return w;
}
