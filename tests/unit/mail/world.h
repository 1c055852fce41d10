/*
 * world.h - a real store and ingest in a temporary folder, src/mail above
 * them, and the test in the place of keypost-mail
 */
#ifndef KEYPOST_TEST_WORLD_H
#define KEYPOST_TEST_WORLD_H

#include "base/clock.h"
#include "base/frame.h"
#include "keys.h"
#include "mail/mail.h"
#include "store/store.h"

enum {
	WORLD_PEERS = 4,
	WORLD_WAIT_MS = 60000, /* for what must come */
	WORLD_ALARM_S = 300
};

struct world {
	char dir[64];
	struct store_settings store_settings;
	struct store *store;
	struct ingest_settings ingest_settings;
	struct ingest *ingest;
	struct peer_settings peers[WORLD_PEERS];
	struct mail_settings settings;
	struct mail_spawn spawn;
	struct mail *mail;
	struct store_session *session;
	struct arena *arena;
	bool runs;
	int in, out; /* the agent's ends */
	int spawns;
	int offered_in, offered_out; /* of the spawn not yet taken up */
	struct frame_reader in_reader, out_reader;
	uint64_t next_id;
	unsigned int persons; /* that asked for help */
};

/*
 * Set-up and teardown of a promise: a world, stopped or started. The test
 * may stop it and start it again. What hangs is ended by a signal.
 */
int world_setup(void **state);
int world_setup_started(void **state);
int world_teardown(void **state);

#define WORLD_PROMISE(f)                                                       \
	cmocka_unit_test_setup_teardown(f, world_setup, world_teardown)

#define WORLD_STARTED_PROMISE(f)                                               \
	cmocka_unit_test_setup_teardown(f, world_setup_started, world_teardown)

/* A store, and settings for ours@here.example with peers ann, bob, cy. */
void world_init(struct world *w);
/* Only bob gets letters; before world_start. */
void world_only_bob(struct world *w);
void world_start(struct world *w);
/* Stops mail and ingest, keeps the store's folder: world_start goes on. */
void world_stop(struct world *w);
void world_done(struct world *w);

/* ---- being keypost-mail ------------------------------------------------ */

/* Waits for the daemon to start us, and reads FRAME_CONFIG. */
void agent_accept(struct world *w);
/* Dies. */
void agent_die(struct world *w);

/* Of a delivery report; NULL: not told. */
struct offer_bounce {
	const char *to, *envid, *recipient, *action, *status, *text, *id;
};

struct offer {
	const char *subject;
	const char *source; /* the road; NULL: lmtp */
	const char *sender; /* NULL: unknown */
	const char *from;   /* NULL: none */
	const char *reply_to;
	const char *message_id;
	const char *const *seen; /* NULL-terminated; NULL: none */
	const char *precedence;
	unsigned int seed, parts; /* parts 0: no key */
	unsigned int kind;        /* enum letter_block */
	unsigned int machine;
	bool report, seen_over;
	struct offer_bounce bounce;
	const char *batch;   /* X-Keypost-Batch; NULL: none */
	struct bytes repair; /* the body of a letter of repair */
	const char *auth;    /* X-Keypost-Auth; NULL: none */
};

uint64_t agent_offer(struct world *w, const struct offer *o);
/* The fate of that letter; others' are an error. */
unsigned int agent_fate(struct world *w, uint64_t id);
/* Offers and waits. */
unsigned int agent_letter(struct world *w, const struct offer *o);

struct sent {
	uint64_t id;
	char peer[64], recipient[256], sender[320], relay[128];
	char *text; /* malloc */
};

/*
 * The next letter that leaves, or false when none can come any more: the
 * cursor of every peer is at the end of the log. All that was heard before is
 * accepted, or this fails.
 */
bool agent_heard(struct world *w, struct sent *s);
/* It must come. */
void agent_expect(struct world *w, struct sent *s);
/* None comes any more, as agent_heard knows it. */
void agent_expect_none(struct world *w);
/* None comes for a while: where letters wait and must go on waiting. */
void agent_expect_wait(struct world *w);
/*
 * Somebody new asks for HELP; gives the address. What was handed to inbox and
 * courier before is in their hands when the answer leaves.
 */
void agent_ask(struct world *w, char address[64]);
/* The next letter to a person; those to peers before it are accepted. */
void agent_next_answer(struct world *w, struct sent *s);
/* Asks, and the answer is the first that leaves. */
void agent_expect_silence(struct world *w);
void agent_answer(struct world *w, uint64_t id, unsigned int stage,
	unsigned int code, const char *text);
void agent_accept_letter(struct world *w, const struct sent *s);
/* So many must come, and are accepted. */
void agent_accept_next(struct world *w, size_t n);
void sent_done(struct sent *s);
/* Has it this line, whole? */
bool sent_has(const struct sent *s, const char *line);
bool sent_has_key(const struct sent *s, unsigned int seed);
/* How many of these keys are in it? */
size_t sent_count_keys(
	const struct sent *s, unsigned int from, unsigned int to);

/* ---- looking --------------------------------------------------------------
 */

bool world_stored(struct world *w, unsigned int seed);
void world_peer(struct world *w, const char *name, struct peer *row);
/* Waits until the peer's cursor is at the end of the log. */
void world_settled(struct world *w, const char *name);
/* Holds what goes to each peer, so that it gathers; lets it go together. */
void world_hold(struct world *w);
void world_let_go(struct world *w);
/* What was queued for the writer is committed. */
void world_written(struct world *w);
size_t world_letters(struct world *w, const char *name);
size_t world_owed(struct world *w, const char *name);
/* Submits as the web would. */
void world_submit(struct world *w, unsigned int seed, unsigned int parts,
	const char *origin, const char *seen);
/* Lets the test's condition come true, within WORLD_WAIT_MS. */
#define world_until(cond)                                                      \
	do {                                                                   \
		int64_t until_ms = clock_mono_ms() + WORLD_WAIT_MS;            \
		while (!(cond)) {                                              \
			assert_true(clock_mono_ms() < until_ms);               \
			world_nap();                                           \
		}                                                              \
	} while (0)
void world_nap(void);

#endif
