/*
 * gossip_world.h - a server that gossips, at a port of its own, and partners
 * whose every octet a test writes
 *
 * Threads: the test's; gossip runs on its own.
 */
#ifndef KEYPOST_UNIT_RECON_GOSSIP_WORLD_H
#define KEYPOST_UNIT_RECON_GOSSIP_WORLD_H

#include "../unit.h"

#include "recon/gossip.h"
#include "tests/unit/ingest/fixture.h"

enum {
	WORLD_POLL_MS = 10,
	WORLD_POLLS = 3000,
	WORLD_CONFIG = 130,
	WORLD_HOUR = 3600000
};

struct world {
	struct fixture f;
	struct gossip_settings set;
	struct gossip_peer peers[4];
	struct endpoint listen;
	struct gossip *g;
	unsigned int port;
};

int world_setup(void **state);
int world_teardown(void **state);
/* Settings without partners. */
struct world *world_new(void **state);
/* `networks` may be NULL, or one. */
void add_peer(
	struct world *w, const char *name, const char *at, char **networks);
void world_start(struct world *w);
/* The same moment from now on, that much later; gossip hears of it. */
void world_later(struct world *w, int64_t ms);

int connect_from(const struct world *w, const char *from);
/* All that comes until it is closed. */
size_t read_all(int fd, char *text, size_t size);
/* Connects from there and hangs up: how many octets come all the same. */
size_t octets_for(const struct world *w, const char *from);
/* Until that peer's talks are so many. */
struct gossip_peer_look wait_talks(
	struct world *w, size_t peer, uint64_t talks);
void wait_tree(struct world *w);
/* Listens there; *port 0: any, which is told then. */
int listen_at(const char *at, unsigned int *port, int backlog);

/* The next that comes to that door. */
int take_call(int door);
/* Settings with one partner, "peer", at a door of ours; idle is long. */
struct world *start_with(void **state, const char *host, unsigned int port);
/* Asks for a talk; its number. */
uint64_t run(struct world *w, const char *peer);
struct gossip_run_end wait_run(struct world *w, uint64_t number);

#define WORLD_PROMISE(f)                                                       \
	cmocka_unit_test_setup_teardown(f, world_setup, world_teardown)

#endif
