/*
 * fixture.h - a store of its own, an ingest on it, and certificates to submit
 *
 * Memory:  what make_* return is the caller's buffer.
 */
#ifndef KEYPOST_UNIT_INGEST_FIXTURE_H
#define KEYPOST_UNIT_INGEST_FIXTURE_H

#include "../unit.h"

#include "ingest/ingest.h"

struct fixture {
	char dir[256];
	struct store *store;
	struct store_session *read;
	struct ingest_settings settings;
	struct ingest *in; /* NULL until fixture_start */
	struct arena *arena;
};

/* A new store, default policy; ingest is not there yet. */
void fixture_open(struct fixture *f);
/* ingest_new with f->settings. */
void fixture_new(struct fixture *f);
/* The same, and started. */
void fixture_start(struct fixture *f);
void fixture_close(struct fixture *f);
/* Set-up and teardown of a promise: a fixture that is open. */
int fixture_setup(void **state);
int fixture_teardown(void **state);

#define FIXTURE_PROMISE(f)                                                     \
	cmocka_unit_test_setup_teardown(f, fixture_setup, fixture_teardown)

void pause_ms(long ms);

/* As from a web form; waits for the end. The caller frees it. */
struct submission *fixture_submit(struct fixture *f, struct bytes body);
/* The same, as into an empty store: nobody follows the log. */
struct submission *fixture_load(struct fixture *f, struct bytes body);
/* The row of the only certificate of a finished submission. */
struct cert_row fixture_row(struct fixture *f, const struct submission *sub);
size_t fixture_changes(struct fixture *f, struct change_batch *batch);
int64_t fixture_certs(struct fixture *f);

/* Ed25519 certificate number `index`, with `others` certifications. */
void make_cert(struct buf *out, uint64_t index, unsigned others);
void make_cert_named(struct buf *out, uint64_t index, const char *user_id);
/* Like make_cert, with a revocation of the key by itself. */
void make_revoked(struct buf *out, uint64_t index);
/* Packets `from` to `to` (excluded) of a certificate, in its order. */
void make_part(struct buf *out, struct bytes cert, size_t from, size_t to);
/* The certificate without its packet number `without`. */
void make_without(struct buf *out, struct bytes cert, size_t without);
size_t count_packets(struct bytes cert);
void make_packet(struct buf *out, uint8_t tag, const void *body, size_t len);
void make_armored(struct buf *out, struct bytes octets);

#endif
