#include "raise_world.h"

#include <dirent.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "base/file.h"

enum { FILE_MAX = 64 << 20, PATIENCE_MS = 60000 };

/* ---- material ------------------------------------------------------------ */

void
put_bulk(struct fixture *f, struct bytes octets)
{
	struct submission *sub = submission_new(512 << 20);

	sub->origin = "load";
	sub->bulk = true;
	sub->body = octets;
	assert_ok(ingest_submit_wait(f->in, sub));
	submission_free(sub);
}

void
put_file(struct fixture *f, const char *path)
{
	struct buf b = {0};
	struct err err;

	buf_init(&b, FILE_MAX);
	assert_ok(file_read(path, FILE_MAX, &b, &err));
	put_bulk(f, buf_view(&b));
	buf_done(&b);
}

size_t
each_vector(
	void (*take)(struct fixture *f, const char *path), struct fixture *f)
{
	const char *top = getenv("top_srcdir");
	char folder[512], path[1024];
	struct dirent *e;
	size_t n = 0;
	DIR *d;

	snprintf(folder, sizeof(folder), "%s/tests/data/openpgp",
		top != NULL ? top : ".");
	d = opendir(folder);
	assert_non_null(d);
	while ((e = readdir(d)) != NULL) {
		if (e->d_name[0] == '.' || strstr(e->d_name, ".json") != NULL)
			continue;
		snprintf(path, sizeof(path), "%s/%s", folder, e->d_name);
		take(f, path);
		n++;
	}
	closedir(d);
	assert_true(n > 100);
	return n;
}

void
put_plain(struct fixture *f, uint64_t from, uint64_t count)
{
	struct buf b = {0};
	uint64_t i;

	for (i = 0; i < count; i++) {
		buf_clear(&b);
		make_cert(&b, from + i, 0);
		put_bulk(f, buf_view(&b));
	}
	buf_done(&b);
}

/* ---- servers --------------------------------------------------------------
 */

void
end(struct fixture *f)
{
	ingest_stop(f->in);
	ingest_free(f->in);
	f->in = NULL;
}

void
begin(struct fixture *f, enum level level, size_t share)
{
	f->settings.policy.level = level;
	f->settings.policy.verify_share = share;
	f->settings.raise = share > 0;
	fixture_start(f);
}

uint8_t
floor_of(struct fixture *f)
{
	struct err err;
	uint8_t level;

	assert_ok(store_get_floor(f->read, &level, &err));
	return level;
}

void
await_floor(struct fixture *f, enum level level)
{
	int ms;

	for (ms = 0; floor_of(f) < level; ms += 10) {
		if (ms >= PATIENCE_MS)
			fail_msg("not raised after %d s", ms / 1000);
		pause_ms(10);
	}
}

void
raise_to(struct fixture *f, enum level level)
{
	begin(f, level, 100);
	await_floor(f, level);
	end(f);
}

/* ---- what is stored -------------------------------------------------------
 */

size_t
rows_of(struct fixture *f, struct cert_row **rows)
{
	struct change_batch log;
	size_t i, k, n = 0, count = fixture_changes(f, &log);
	struct err err;

	*rows = arena_array(f->arena, count + 1, sizeof(**rows));
	for (i = 0; i < count; i++) {
		for (k = 0; k < n; k++)
			if (cert_id_eq(&(*rows)[k].id, &log.list[i].cert))
				break;
		if (k == n)
			assert_ok(store_get_cert(f->read, &log.list[i].cert,
				f->arena, &(*rows)[n++], &err));
	}
	assert_int_equal(n, fixture_certs(f));
	return n;
}

size_t
count_below(struct fixture *f, enum level level)
{
	struct cert_row *rows;
	size_t i, n = 0, count = rows_of(f, &rows);

	for (i = 0; i < count; i++)
		n += rows[i].level < level;
	return n;
}

size_t
count_admin(struct fixture *f)
{
	struct change_batch log;
	size_t i, n = 0, count = fixture_changes(f, &log);

	for (i = 0; i < count; i++) {
		if (strcmp(log.list[i].origin, "admin") != 0)
			continue;
		n++;
		assert_int_equal(log.list[i].delta.len, 0);
		assert_memory_not_equal(&log.list[i].old_digest,
			&log.list[i].new_digest, sizeof(struct sks_digest));
	}
	return n;
}

size_t
count_removed(struct fixture *f)
{
	static struct change_mark marks[10000];
	size_t i, n = 0, count;
	struct err err;

	assert_ok(store_read_marks(f->read, 0, marks, 10000, &count, &err));
	for (i = 0; i < count; i++)
		n += marks[i].kind == CHANGE_REMOVED;
	return n;
}

void
same_as_fresh(struct fixture *f, const struct cert_row *was, size_t count,
	enum level level)
{
	struct cert_row *now, row;
	struct fixture fresh;
	size_t i, n;
	struct err err;

	fixture_open(&fresh);
	begin(&fresh, level, 0);
	for (i = 0; i < count; i++)
		put_bulk(&fresh, was[i].octets);
	n = rows_of(f, &now);
	assert_int_equal(n, fixture_certs(&fresh));
	for (i = 0; i < n; i++) {
		assert_ok(store_get_cert(
			fresh.read, &now[i].id, fresh.arena, &row, &err));
		assert_int_equal(now[i].level, level);
		assert_int_equal(now[i].flags, row.flags);
		assert_memory_equal(&now[i].sks_digest, &row.sks_digest,
			sizeof(row.sks_digest));
		assert_true(bytes_eq(now[i].octets, row.octets));
	}
	fixture_close(&fresh);
}
