#include "sets_world.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "../scratch.h"
#include "recon/prefix_tree.h"

static struct world the_world;

void
world_open_store(struct world *w)
{
	struct store_settings where = {
		.lookup_time_ms = 60000, .where = w->dir};
	struct err err = {""};

	assert_ok(store_open(&where, &w->store, &err));
	assert_ok(session_open(w->store, SESSION_WRITE, &w->w, &err));
}

void
world_close_store(struct world *w)
{
	sets_free(w->sets);
	w->sets = NULL;
	if (w->store == NULL)
		return;
	session_close(w->w);
	store_close(w->store);
	w->store = NULL;
}

int
world_setup(void **state)
{
	struct world *w = &the_world;
	struct err err;

	memset(w, 0, sizeof(*w));
	scratch_make(w->dir, sizeof(w->dir));
	(void)snprintf(w->file, sizeof(w->file), "%.200s/tree", w->dir);
	assert_ok(crypto_init(&err));
	assert_ok(profile_find("sks-1.1.6", &w->profiles[0]));
	assert_ok(profile_find("keypost.clean.1", &w->profiles[1]));
	w->profile_count = 1;
	world_open_store(w);
	*state = w;
	return 0;
}

int
world_teardown(void **state)
{
	struct world *w = *state;

	world_close_store(w);
	scratch_remove(w->dir);
	return 0;
}

void
world_new_sets(struct world *w)
{
	struct sets_settings settings = {.file = w->file,
		.profiles = w->profiles,
		.profile_count = w->profile_count,
		.beat = w->beat,
		.beat_ctx = w->beat_ctx};

	sets_free(w->sets);
	w->sets = sets_new(&settings, w->store);
}

struct sets_facts
world_open_sets(struct world *w)
{
	struct sets_facts facts;
	struct err err = {""};

	world_new_sets(w);
	assert_ok(sets_open(w->sets, &err));
	sets_get_facts(w->sets, &facts);
	return facts;
}

/* ---- rows ---------------------------------------------------------------- */

struct sks_digest
world_digest(uint64_t number)
{
	struct sks_digest d;
	struct bytes b = bytes_make(&number, sizeof(number));

	crypto_md5(&b, 1, d.octets);
	return d;
}

void
world_begin(struct world *w)
{
	struct err err = {""};

	assert_ok(store_begin(w->w, &err));
}

void
world_commit(struct world *w)
{
	struct err err = {""};

	assert_ok(store_commit(w->w, &err));
}

static void
name_row(size_t n, struct cert_row *row)
{
	struct sks_digest d = world_digest(n);

	memset(row, 0, sizeof(*row));
	row->id.fpr.version = 4;
	row->id.fpr.len = 20;
	memcpy(row->id.fpr.octets, d.octets, sizeof(d.octets));
	row->id.fpr.octets[19] = (uint8_t)n;
	for (size_t i = 12; i < 20; i++)
		row->key_id = row->key_id << 8 | row->id.fpr.octets[i];
	row->octets = bytes_of("octets");
}

static void
log_change(struct world *w, const struct cert_row *row,
	const struct world_row *was, const struct sks_digest *now)
{
	struct change c = {.cert = row->id, .origin = "http", .seen = ""};
	struct err err = {""};
	int64_t seq;

	if (was->there)
		c.old_digest = was->digest;
	else
		c.flags = CHANGE_NEW_CERT;
	if (now != NULL)
		c.new_digest = *now;
	c.flags |= row->flags << CHANGE_CERT_SHIFT;
	assert_ok(store_append_change(w->w, &c, &seq, &err));
}

static void
put(struct world *w, size_t n, const struct sks_digest *digest, uint32_t flags,
	bool logged)
{
	struct cert_row row;
	struct key_ref key = {.primary = true, .bound = true};
	struct cert_search search = {.keys = &key, .key_count = 1};
	struct err err = {""};

	assert_true(n < WORLD_ROWS);
	name_row(n, &row);
	row.sks_digest = *digest;
	row.flags = flags;
	key.fpr = row.id.fpr;
	key.key_id = row.key_id;
	assert_ok(store_put_cert(w->w, &row, &search, &err));
	if (logged)
		log_change(w, &row, &w->rows[n], digest);
	w->rows[n] = (struct world_row){true, flags, *digest};
}

void
world_put(struct world *w, size_t n, const struct sks_digest *digest,
	uint32_t flags)
{
	put(w, n, digest, flags, true);
}

void
world_put_quietly(struct world *w, size_t n, const struct sks_digest *digest,
	uint32_t flags)
{
	put(w, n, digest, flags, false);
}

void
world_delete(struct world *w, size_t n)
{
	struct cert_row row;
	struct err err = {""};

	name_row(n, &row);
	log_change(w, &row, &w->rows[n], NULL);
	assert_ok(store_erase_cert(w->w, &row.id, &err));
	w->rows[n].there = false;
}

void
world_fill(struct world *w, size_t from, size_t to)
{
	world_begin(w);
	for (size_t n = from; n < to; n++) {
		struct sks_digest d = world_digest(n);

		world_put(w, n, &d, 0);
	}
	world_commit(w);
}

void
world_prune(struct world *w, int64_t upto)
{
	struct err err = {""};

	world_begin(w);
	assert_ok(store_prune_changes(w->w, upto, &err));
	world_commit(w);
}

/* ---- what must be -------------------------------------------------------- */

static int
digest_order(const void *a, const void *b)
{
	return memcmp(a, b, sizeof(struct sks_digest));
}

static size_t
expected(const struct world *w, const struct profile *p, struct sks_digest *out)
{
	size_t n, count = 0, kept = 0;

	for (n = 0; n < WORLD_ROWS; n++)
		if (w->rows[n].there && profile_takes(p, w->rows[n].flags))
			out[count++] = w->rows[n].digest;
	qsort(out, count, sizeof(*out), digest_order);
	for (n = 0; n < count; n++)
		if (kept == 0 || digest_order(&out[kept - 1], &out[n]) != 0)
			out[kept++] = out[n];
	return kept;
}

/* Every node on the way to each digest. */
static void
assert_sound(const struct prefix_tree *t, const struct sks_digest *list,
	size_t count)
{
	struct node_view view;
	unsigned int level;

	for (size_t i = 0; i < count; i++) {
		level = 0;
		do {
			struct prefix p = prefix_above(&list[i], level++);

			prefix_tree_view(t, &p, &view);
			if (i % 20 == 0 || !view.inner)
				assert_ok(prefix_tree_check(t, &p));
		} while (view.inner);
	}
}

void
world_assert_right(struct world *w)
{
	static struct sks_digest want[WORLD_ROWS + 1], have[WORLD_ROWS + 1];

	for (size_t i = 0; i < w->profile_count; i++) {
		const struct prefix_tree *t = sets_tree(w->sets, i);
		size_t count = expected(w, w->profiles[i], want);

		assert_non_null(t);
		assert_int_equal(
			prefix_tree_list(t, NULL, have, WORLD_ROWS + 1), count);
		assert_memory_equal(have, want, count * sizeof(*want));
		assert_sound(t, want, count);
	}
}

size_t
world_root(const struct world *w)
{
	struct prefix root = prefix_root();
	struct node_view view;

	prefix_tree_view(sets_tree(w->sets, 0), &root, &view);
	return view.size;
}
