#include "fixture.h"

#include "../scratch.h"

#include <stdio.h>
#include <string.h>
#include <time.h>
#include <unistd.h>

#include "pgp/armor.h"
#include "pgp/packet.h"
#include "tests/bench/gen_cert.h"

enum { SEED = 7, ARENA_MAX = 512 * 1024 * 1024 };

void
fixture_open(struct fixture *f)
{
	struct store_settings where = {.lookup_time_ms = 10000};
	struct err err;

	memset(f, 0, sizeof(*f));
	scratch_make(f->dir, sizeof(f->dir));
	assert_ok(crypto_init(&err));
	where.where = f->dir;
	assert_ok(store_open(&where, &f->store, &err));
	assert_ok(session_open(f->store, SESSION_READ, &f->read, &err));
	policy_init(&f->settings.policy);
	/* Every packet counts; tests of levels say so themselves. */
	f->settings.policy.level = LEVEL_SKS;
	f->arena = arena_new(ARENA_MAX);
}

void
fixture_new(struct fixture *f)
{
	struct err err;

	assert_ok(ingest_new(&f->settings, f->store, &f->in, &err));
}

void
fixture_start(struct fixture *f)
{
	struct err err;

	fixture_new(f);
	assert_ok(ingest_start(f->in, &err));
}

void
fixture_close(struct fixture *f)
{
	if (f->in != NULL) {
		ingest_stop(f->in);
		ingest_free(f->in);
	}
	arena_free(f->arena);
	session_close(f->read);
	store_close(f->store);
	scratch_remove(f->dir);
}

int
fixture_setup(void **state)
{
	static struct fixture f;

	fixture_open(&f);
	*state = &f;
	return 0;
}

int
fixture_teardown(void **state)
{
	fixture_close(*state);
	return 0;
}

void
pause_ms(long ms)
{
	struct timespec t = {.tv_nsec = ms * 1000000};

	(void)nanosleep(&t, NULL);
}

struct submission *
fixture_submit(struct fixture *f, struct bytes body)
{
	struct submission *sub =
		submission_new(ingest_policy(f->in)->max_arena);

	sub->origin = "http";
	sub->body = body;
	assert_ok(ingest_submit_wait(f->in, sub));
	return sub;
}

struct submission *
fixture_load(struct fixture *f, struct bytes body)
{
	struct submission *sub =
		submission_new(ingest_policy(f->in)->max_arena);

	sub->origin = "load";
	sub->bulk = true;
	sub->no_change_log = true;
	sub->body = body;
	assert_ok(ingest_submit_wait(f->in, sub));
	return sub;
}

struct cert_row
fixture_row(struct fixture *f, const struct submission *sub)
{
	struct cert_row row;
	struct err err;

	assert_true(sub->outcome_count > 0 && sub->outcomes[0].has_fpr);
	assert_ok(store_get_cert(
		f->read, &sub->outcomes[0].id, f->arena, &row, &err));
	return row;
}

size_t
fixture_changes(struct fixture *f, struct change_batch *batch)
{
	struct err err;

	assert_ok(store_read_changes(f->read, 0, 10000, f->arena, batch, &err));
	return batch->count;
}

int64_t
fixture_certs(struct fixture *f)
{
	struct store_facts facts;
	struct err err;

	assert_ok(store_get_facts(f->read, &facts, &err));
	return facts.certs;
}

/* ---- material
 * ---------------------------------------------------------------- */

void
make_cert(struct buf *out, uint64_t index, unsigned others)
{
	char name[64];
	struct bytes text;
	struct gen_shape shape = {.created = 1500000000 + (uint32_t)index,
		.user_ids = &text,
		.user_id_count = 1,
		.others = others};

	(void)snprintf(name, sizeof(name),
		"Test Person <person%llu@example.org>",
		(unsigned long long)index);
	text = bytes_of(name);
	gen_shaped(NULL, SEED, index, &shape, out, NULL);
}

void
make_cert_named(struct buf *out, uint64_t index, const char *user_id)
{
	struct bytes text = bytes_of(user_id);
	struct gen_shape shape = {.created = 1500000000 + (uint32_t)index,
		.user_ids = &text,
		.user_id_count = 1};

	gen_shaped(NULL, SEED, index, &shape, out, NULL);
}

void
make_revoked(struct buf *out, uint64_t index)
{
	struct gen_shape shape = {
		.created = 1500000000 + (uint32_t)index, .revoked = true};

	gen_shaped(NULL, SEED, index, &shape, out, NULL);
}

/* Copies the packets whose number is wanted; returns how many there are. */
static size_t
copy_packets(struct buf *out, struct bytes cert, size_t from, size_t to,
	size_t without)
{
	struct arena *arena = arena_new(ARENA_MAX);
	struct packet_reader r = packet_reader_of(cert, arena);
	struct packet p;
	struct err err;
	size_t n;

	for (n = 0; packet_next(&r, &p, &err) == STATUS_OK; n++)
		if (out != NULL && n >= from && n < to && n != without)
			assert_ok(buf_put(out, p.whole));
	assert_int_equal(r.pos, cert.len);
	arena_free(arena);
	return n;
}

void
make_part(struct buf *out, struct bytes cert, size_t from, size_t to)
{
	(void)copy_packets(out, cert, from, to, SIZE_MAX);
}

void
make_without(struct buf *out, struct bytes cert, size_t without)
{
	(void)copy_packets(out, cert, 0, SIZE_MAX, without);
}

size_t
count_packets(struct bytes cert)
{
	return copy_packets(NULL, cert, 0, 0, SIZE_MAX);
}

void
make_packet(struct buf *out, uint8_t tag, const void *body, size_t len)
{
	assert_ok(packet_write(out, tag, bytes_make(body, len), false));
}

void
make_armored(struct buf *out, struct bytes octets)
{
	assert_ok(armor_write(out, &octets, 1, NULL, true));
}
