#include "ingest/tombstone.h"

#include <stdlib.h>
#include <string.h>

#include "base/file.h"
#include "base/lock.h"
#include "ingest/tombstone_table.h"

enum { TEXTS_MAX = 1 << 30 };

static const char *const words[TOMBSTONE_KINDS] = {
	[TOMBSTONE_BLOCK] = "block",
	[TOMBSTONE_ERASE] = "erase",
	[TOMBSTONE_UID] = "uid",
	[TOMBSTONE_UIDHASH] = "uidhash",
	[TOMBSTONE_SIG] = "sig",
	[TOMBSTONE_PKT] = "pkt",
};

const char *
tombstone_word(enum tombstone_kind k)
{
	return words[k];
}

enum status
tombstone_parse_kind(struct bytes word, enum tombstone_kind *kind)
{
	for (int k = 0; k < TOMBSTONE_KINDS; k++) {
		if (!bytes_eq(word, bytes_of(words[k])))
			continue;
		*kind = (enum tombstone_kind)k;
		return STATUS_OK;
	}
	return STATUS_NOT_FOUND;
}

/* ---- ids -------------------------------------------------------------- */

static struct digest
id_of(const struct tombstones *t, const char *what, struct bytes more)
{
	struct bytes parts[2] = {bytes_of(what), more};
	struct digest d;

	crypto_hmac_sha256(
		bytes_make(t->secret, sizeof(t->secret)), parts, 2, &d);
	return d;
}

struct digest
tombstone_key_id(const struct tombstones *t, struct bytes fingerprint)
{
	uint8_t v = fingerprint.len == 16 ? 3 : fingerprint.len == 20 ? 4 : 6;
	struct bytes parts[3] = {
		bytes_of("key"), bytes_make(&v, 1), fingerprint};
	struct digest d;

	crypto_hmac_sha256(
		bytes_make(t->secret, sizeof(t->secret)), parts, 3, &d);
	return d;
}

struct digest
tombstone_email_id(const struct tombstones *t, struct bytes email_key)
{
	return id_of(t, "uid", email_key);
}

struct digest
tombstone_user_id_id(const struct tombstones *t, struct bytes user_id)
{
	struct digest hash;

	crypto_sha256(&user_id, 1, &hash);
	return id_of(
		t, "uidhash", bytes_make(hash.octets, sizeof(hash.octets)));
}

struct digest
tombstone_sig_id(const struct tombstones *t, const struct digest *hash)
{
	return id_of(t, "sig", bytes_make(hash->octets, sizeof(hash->octets)));
}

struct digest
tombstone_packet_id(const struct tombstones *t, const struct digest *id)
{
	return id_of(t, "pkt", bytes_make(id->octets, sizeof(id->octets)));
}

/* ---- the table -------------------------------------------------------- */

enum status
tombstones_open(const char *folder, struct tombstones **out, struct err *err)
{
	struct tombstones *t = xcalloc(1, sizeof(*t));
	enum status st;

	t->path = file_in(folder, "tombstones");
	t->secret_path = file_in(folder, "secret");
	t->texts = arena_new(TEXTS_MAX);
	lock_must(pthread_rwlock_init(&t->lock, NULL));
	st = tombstone_table_load(t, err);
	if (st == STATUS_OK)
		*out = t;
	else
		tombstones_free(t);
	return st;
}

void
tombstones_free(struct tombstones *t)
{
	if (t == NULL)
		return;
	explicit_bzero(t->secret, sizeof(t->secret));
	lock_must(pthread_rwlock_destroy(&t->lock));
	arena_free(t->texts);
	free(t->all.list);
	free(t->path);
	free(t->secret_path);
	free(t);
}

size_t
tombstones_count(const struct tombstones *t)
{
	return t == NULL ? 0 : atomic_load(&t->keys) + atomic_load(&t->parts);
}

bool
tombstones_have_keys(const struct tombstones *t)
{
	return t != NULL && atomic_load(&t->keys) > 0;
}

bool
tombstones_have_parts(const struct tombstones *t)
{
	return t != NULL && atomic_load(&t->parts) > 0;
}

uint64_t
tombstones_generation(const struct tombstones *t)
{
	return t == NULL ? 0 : atomic_load(&t->generation);
}

/* The lock is no part of what a reader sees as constant. */
static pthread_rwlock_t *
lock_of(const struct tombstones *t)
{
	return (pthread_rwlock_t *)(uintptr_t)&t->lock;
}

struct digest
tombstones_mark(const struct tombstones *t)
{
	struct digest mark = {{0}};

	if (t == NULL)
		return mark;
	lock_must(pthread_rwlock_rdlock(lock_of(t)));
	mark = t->mark;
	lock_must(pthread_rwlock_unlock(lock_of(t)));
	return mark;
}

bool
tombstones_find(const struct tombstones *t, const struct digest *id,
	enum tombstone_kind *kind)
{
	struct tombstone want = {.id = *id};
	const struct tombstone *found = NULL;

	if (tombstones_count(t) == 0)
		return false;
	lock_must(pthread_rwlock_rdlock(lock_of(t)));
	if (t->all.count > 0)
		found = bsearch(&want, t->all.list, t->all.count, sizeof(want),
			tombstone_cmp);
	if (found != NULL)
		*kind = found->kind;
	lock_must(pthread_rwlock_unlock(lock_of(t)));
	return found != NULL;
}

enum status
tombstones_each(const struct tombstones *t,
	enum status (*visit)(void *ctx, const struct tombstone *t), void *ctx)
{
	enum status st = STATUS_OK;

	if (t == NULL)
		return STATUS_OK;
	lock_must(pthread_rwlock_rdlock(lock_of(t)));
	for (size_t i = 0; st == STATUS_OK && i < t->all.count; i++)
		st = visit(ctx, &t->all.list[i]);
	lock_must(pthread_rwlock_unlock(lock_of(t)));
	return st;
}
