#include "ingest/tombstone.h"

#include <stdlib.h>
#include <string.h>

#include "base/lock.h"
#include "ingest/tombstone_table.h"

static void
add_to_mark(struct digest *mark, const struct tombstone *t)
{
	uint8_t kind = (uint8_t)t->kind;
	struct bytes parts[2] = {bytes_make(t->id.octets, sizeof(t->id.octets)),
		bytes_make(&kind, 1)};
	struct digest d;

	crypto_sha256(parts, 2, &d);
	for (size_t i = 0; i < sizeof(d.octets); i++)
		mark->octets[i] ^= d.octets[i];
}

/* From here on everybody goes by it. */
static void
publish(struct tombstones *t, struct tombstone_list *all)
{
	struct tombstone *old = t->all.list;
	struct digest mark = {{0}};
	size_t i, keys = 0;

	for (i = 0; i < all->count; i++) {
		add_to_mark(&mark, &all->list[i]);
		keys += all->list[i].kind <= TOMBSTONE_ERASE;
	}
	lock_must(pthread_rwlock_wrlock(&t->lock));
	t->all = *all;
	t->mark = mark;
	atomic_store(&t->keys, keys);
	atomic_store(&t->parts, all->count - keys);
	(void)atomic_fetch_add(&t->generation, 1);
	lock_must(pthread_rwlock_unlock(&t->lock));
	free(old);
}

static enum status
need_secret(struct tombstones *t, struct err *err)
{
	enum status st;

	if (t->has_secret)
		return STATUS_OK;
	st = tombstone_make_secret(t->secret_path, t->secret, err);
	t->has_secret = st == STATUS_OK;
	return st;
}

static struct digest
check_of(const struct tombstones *t)
{
	struct bytes what = bytes_of("check");
	struct digest d;

	crypto_hmac_sha256(
		bytes_make(t->secret, sizeof(t->secret)), &what, 1, &d);
	return d;
}

enum status
tombstone_table_load(struct tombstones *t, struct err *err)
{
	struct tombstone_list all = {0};
	struct digest check;
	enum status st;

	st = tombstone_read_secret(t->secret_path, t->secret, err);
	t->has_secret = st == STATUS_OK;
	if (st != STATUS_OK && st != STATUS_NOT_FOUND)
		return st;
	check = check_of(t);
	st = tombstone_read_file(t->path, &check, t->texts, &all, err);
	if (!t->has_secret && (st == STATUS_REJECTED || all.count > 0)) {
		err_set(err,
			"%s cannot be used without %s: put that back from "
			"the backup",
			t->path, t->secret_path);
		st = STATUS_REJECTED;
	}
	if (st == STATUS_OK && all.count > 0) {
		tombstone_list_sort(&all);
		publish(t, &all);
		return STATUS_OK;
	}
	free(all.list);
	return st == STATUS_NOT_FOUND ? STATUS_OK : st;
}

/* ---- changing --------------------------------------------------------- */

/* The table as it is, with room for more. */
static void
copy_all(const struct tombstones *t, size_t more, struct tombstone_list *out)
{
	out->count = t->all.count;
	out->cap = out->count + more;
	out->list = xmalloc((out->cap + 1) * sizeof(*out->list));
	if (out->count > 0)
		memcpy(out->list, t->all.list, out->count * sizeof(*out->list));
}

static const char *
keep_text(struct arena *texts, const char *text, const char *last)
{
	return last != NULL && strcmp(text, last) == 0
		       ? last
		       : arena_str(texts, bytes_of(text));
}

/* A batch has the same texts throughout. */
static enum status
keep_texts(struct arena *texts, struct tombstone *list, size_t count)
{
	const struct tombstone none = {.reason = NULL}, *last = &none;

	for (size_t i = 0; i < count; i++) {
		struct tombstone *t = &list[i];

		t->reason = keep_text(texts, t->reason, last->reason);
		t->ticket = keep_text(texts, t->ticket, last->ticket);
		t->by = keep_text(texts, t->by, last->by);
		if (t->reason == NULL || t->ticket == NULL || t->by == NULL)
			return STATUS_LIMIT;
		last = t;
	}
	return STATUS_OK;
}

static enum status
write_and_publish(
	struct tombstones *t, struct tombstone_list *all, struct err *err)
{
	struct digest check;
	enum status st = need_secret(t, err);

	check = check_of(t);
	if (st == STATUS_OK)
		st = tombstone_write_file(t->path, &check, all, err);
	if (st == STATUS_OK)
		publish(t, all);
	else
		free(all->list);
	return st;
}

enum status
tombstones_prepare(struct tombstones *t, struct err *err)
{
	return need_secret(t, err);
}

enum status
tombstones_add(struct tombstones *t, const struct tombstone *list, size_t count,
	struct err *err)
{
	struct tombstone_list all;

	if (t->all.count + count > TOMBSTONES_MAX) {
		err_set(err, "more than %d tombstones", TOMBSTONES_MAX);
		return STATUS_LIMIT;
	}
	copy_all(t, count, &all);
	memcpy(all.list + all.count, list, count * sizeof(*list));
	if (keep_texts(t->texts, all.list + all.count, count) != STATUS_OK) {
		err_set(err, "no room for more reasons and tickets");
		free(all.list);
		return STATUS_LIMIT;
	}
	all.count += count;
	tombstone_list_sort(&all);
	return write_and_publish(t, &all, err);
}

static int
compare_ids(const void *a, const void *b)
{
	return memcmp(a, b, sizeof(struct digest));
}

enum status
tombstones_remove(struct tombstones *t, const struct digest *ids, size_t count,
	struct err *err)
{
	struct digest *gone = xmalloc((count + 1) * sizeof(*gone));
	struct tombstone_list all;
	size_t i, n = 0;

	memcpy(gone, ids, count * sizeof(*gone));
	qsort(gone, count, sizeof(*gone), compare_ids);
	copy_all(t, 0, &all);
	for (i = 0; i < all.count; i++)
		if (bsearch(&all.list[i].id, gone, count, sizeof(*gone),
			    compare_ids) == NULL)
			all.list[n++] = all.list[i];
	all.count = n;
	free(gone);
	return write_and_publish(t, &all, err);
}
