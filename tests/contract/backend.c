#include "backend.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "../unit/scratch.h"
#include "../unit/unit.h"

enum { ARENA_MAX = 64 * 1024 * 1024 };

void
fixture_open(struct fixture *f)
{
	enum status st = store_open(&f->settings, &f->store, &f->err);

	if (st != STATUS_OK)
		fail_msg("%s: %s", status_name(st), f->err.text);
	st = session_open(f->store, SESSION_WRITE, &f->w, &f->err);
	if (st == STATUS_OK)
		st = session_open(f->store, SESSION_READ, &f->r, &f->err);
	if (st != STATUS_OK)
		fail_msg("%s: %s", status_name(st), f->err.text);
}

void
fixture_prune(struct fixture *f, int64_t upto)
{
	assert_int_equal(store_begin(f->w, &f->err), STATUS_OK);
	assert_int_equal(store_prune_changes(f->w, upto, &f->err), STATUS_OK);
	assert_int_equal(store_commit(f->w, &f->err), STATUS_OK);
}

void
fixture_close(struct fixture *f)
{
	session_close(f->r);
	session_close(f->w);
	store_close(f->store);
	f->r = NULL;
	f->w = NULL;
	f->store = NULL;
}

int
fixture_setup(void **state)
{
	struct fixture *f = xcalloc(1, sizeof(*f));

	scratch_make(f->where, sizeof(f->where));
	f->settings.where = f->where;
	f->arena = arena_new(ARENA_MAX);
	fixture_open(f);
	*state = f;
	return 0;
}

int
fixture_teardown(void **state)
{
	struct fixture *f = *state;

	fixture_close(f);
	scratch_remove(f->where);
	arena_free(f->arena);
	free(f);
	return 0;
}

/* splitmix64: the same octets on every host and run. */
static void
fill(uint8_t *out, size_t len, uint64_t seed)
{
	uint64_t z;
	size_t i;

	for (i = 0; i < len; i++) {
		z = seed + (i / 8 + 1) * 0x9E3779B97F4A7C15u;
		z = (z ^ (z >> 30)) * 0xBF58476D1CE4E5B9u;
		z = (z ^ (z >> 27)) * 0x94D049BB133111EBu;
		out[i] = (uint8_t)((z ^ (z >> 31)) >> (8 * (i % 8)));
	}
}

static void
make_fingerprint(struct fingerprint *f, uint8_t version, uint64_t seed)
{
	memset(f, 0, sizeof(*f));
	f->version = version;
	f->len = version < 4 ? 16 : version == 4 ? 20 : 32;
	fill(f->octets, f->len, seed);
}

static uint64_t
be64(const uint8_t *p)
{
	uint64_t v = 0;
	int i;

	for (i = 0; i < 8; i++)
		v = v << 8 | p[i];
	return v;
}

uint64_t
made_key_id(const struct fingerprint *fpr)
{
	if (fpr->version == 4)
		return be64(fpr->octets + 12);
	if (fpr->version > 4)
		return be64(fpr->octets);
	/* Of versions 2 and 3 it is no part: any other number will do. */
	return be64(fpr->octets) ^ 0x5555555555555555u;
}

void
made_init(struct made *m, uint8_t version, uint32_t number, size_t size)
{
	uint64_t seed = (uint64_t)number << 16 | (uint64_t)version << 8;

	memset(m, 0, sizeof(*m));
	make_fingerprint(&m->row.id.fpr, version, seed);
	if (version < 4)
		fill(m->row.id.body_sha256.octets, 32, seed + 1);
	m->row.key_id = made_key_id(&m->row.id.fpr);
	fill(m->row.sks_digest.octets, 16, seed + 2);
	m->row.updated = 1700000000 + number;
	fill(m->digests, sizeof(m->digests), seed + 3);
	m->digests[0] = 1;
	m->digests[32] = 2;
	fill(m->octets, size, seed + 4);
	m->row.octets = bytes_make(m->octets, size);

	m->keys[0].fpr = m->row.id.fpr;
	m->keys[0].key_id = m->row.key_id;
	m->keys[0].primary = true;
	m->keys[0].bound = true;
	make_fingerprint(&m->keys[1].fpr, version, seed + 5);
	m->keys[1].key_id = made_key_id(&m->keys[1].fpr);
	m->keys[1].bound = true;
	make_fingerprint(&m->keys[2].fpr, version, seed + 6);
	m->keys[2].key_id = made_key_id(&m->keys[2].fpr);
	m->search.keys = m->keys;
	m->search.key_count = 3;

	(void)snprintf(m->word[0], sizeof(m->word[0]), "name%u", number);
	(void)snprintf(m->word[1], sizeof(m->word[1]), "tens%u", number / 10);
	(void)snprintf(m->email, sizeof(m->email), "name%u@host%u.example",
		number, number / 10);
	m->words[0] = bytes_of("all");
	m->words[1] = bytes_of(m->word[0]);
	m->words[2] = bytes_of(m->word[1]);
	m->emails[0] = bytes_of(m->email);
	m->domains[0] = bytes_of(strchr(m->email, '@') + 1);
	m->search.words = m->words;
	m->search.word_count = 3;
	m->search.emails = m->emails;
	m->search.email_count = 1;
	m->search.domains = m->domains;
	m->search.domain_count = 1;
}

void
made_change(struct made *m, uint8_t octet)
{
	memset(m->octets, octet, sizeof(m->octets));
	memset(m->row.sks_digest.octets, octet, 16);
	m->row.updated++;
}

int64_t
made_store(struct fixture *f, const struct made *m)
{
	struct change c = {.cert = m->row.id,
		.new_digest = m->row.sks_digest,
		.flags = CHANGE_NEW_CERT | m->row.flags << CHANGE_CERT_SHIFT,
		.delta = bytes_make(m->digests, sizeof(m->digests)),
		.origin = "http",
		.seen = "",
		.time = m->row.updated};
	int64_t seq = 0;
	enum status st = store_begin(f->w, &f->err);

	if (st == STATUS_OK)
		st = store_put_cert(f->w, &m->row, &m->search, &f->err);
	if (st == STATUS_OK)
		st = store_append_change(f->w, &c, &seq, &f->err);
	if (st == STATUS_OK)
		st = store_commit(f->w, &f->err);
	if (st != STATUS_OK)
		fail_msg("%s: %s", status_name(st), f->err.text);
	return seq;
}

void
assert_row(const struct cert_row *got, const struct made *want)
{
	assert_int_equal(got->id.fpr.version, want->row.id.fpr.version);
	assert_int_equal(got->id.fpr.len, want->row.id.fpr.len);
	assert_memory_equal(got->id.fpr.octets, want->row.id.fpr.octets,
		sizeof(got->id.fpr.octets));
	assert_memory_equal(&got->id.body_sha256, &want->row.id.body_sha256,
		sizeof(got->id.body_sha256));
	assert_true(got->key_id == want->row.key_id);
	assert_memory_equal(&got->sks_digest, &want->row.sks_digest, 16);
	assert_int_equal(got->level, want->row.level);
	assert_int_equal(got->flags, want->row.flags);
	assert_int_equal(got->updated, want->row.updated);
	assert_true(bytes_eq(got->octets, want->row.octets));
}

enum status
find_rows(struct fixture *f, const struct store_query *q, size_t max,
	struct cert_rows *rows)
{
	memset(rows, 0, sizeof(*rows));
	return store_find(f->r, q, max, f->arena, rows, &f->err);
}
