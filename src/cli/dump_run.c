/* A dump from its first file to the moment that all of it covers. */
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <unistd.h>

#include "base/clock.h"
#include "cli/dump.h"

enum {
	CHANGES = 4096,
	ROUNDS = 4, /* before all that is left goes into one snapshot */
	FEW = 4     /* files that do so at once */
};

void
dump_name(const struct dump *d, unsigned int number, char name[DUMP_NAME_MAX])
{
	snprintf(name, DUMP_NAME_MAX, "keypost-%04u.pgp%s", number,
		d->zstd ? ".zst" : "");
}

struct dump_entry
dump_sum(const struct dump *d)
{
	struct dump_entry sum = {0};

	for (size_t i = 0; i < d->file_count; i++) {
		sum.certs += d->files[i].certs;
		sum.key_octets += d->files[i].key_octets;
		sum.octets += d->files[i].octets;
	}
	return sum;
}

static void
show(struct dump *d, uint64_t certs)
{
	uint64_t expected = d->partial ? d->place_count : d->expected;

	/* As if those to come were as large as those so far. */
	if (certs > 0 && expected >= certs)
		d->progress.total = d->read / certs * expected;
	progress_step(&d->progress, "dump", d->read, d->progress.total);
}

/* The certificates of the entry's range, to its end or DUMP_CERTS of them. */
static enum status
copy_range(struct dump *d, struct dump_entry *e, struct dump_file *f, bool open,
	bool *at_end, struct err *err)
{
	uint64_t before = dump_sum(d).certs;
	int64_t at = e->after;
	enum status st = STATUS_OK;
	size_t count, max = SIZE_MAX;

	e->certs = 0;
	*at_end = false;
	while (st == STATUS_OK && !*at_end && max > 0) {
		if (open)
			max = DUMP_CERTS - (size_t)e->certs;
		if (max == 0)
			break;
		st = dump_next(d, &at, e->upto, max, &count, at_end, err);
		if (st == STATUS_OK)
			st = dump_file_put(f, buf_view(&d->batch), err);
		if (st == STATUS_OK)
			e->certs += count;
		show(d, before + e->certs);
	}
	if (open)
		e->upto = at;
	return st;
}

/* Writes, or writes anew, one file. One without certificates is not left. */
static enum status
write_entry(struct dump *d, struct dump_entry *e, bool open, bool *at_end,
	struct err *err)
{
	struct dump_file *f;
	enum status st;

	if (open)
		e->upto = INT64_MAX;
	/* First: what is committed after this line may be in it or not. */
	st = store_last_seq(d->session, &e->seq, err);
	if (st == STATUS_OK)
		st = dump_file_open(d, e->number, &f, err);
	if (st != STATUS_OK)
		return st;
	st = copy_range(d, e, f, open, at_end, err);
	if (st != STATUS_OK || e->certs == 0)
		dump_file_drop(f);
	else
		st = dump_file_close(f, e, err);
	return st;
}

static void
remove_file(const struct dump *d, unsigned int number)
{
	char name[DUMP_NAME_MAX], path[4096];

	dump_name(d, number, name);
	snprintf(path, sizeof(path), "%s/%s", d->dir, name);
	if (!d->dry)
		(void)unlink(path);
}

/* All behind the last file, in new ones. */
static enum status
write_tail(struct dump *d, struct err *err)
{
	enum status st = STATUS_OK;
	bool at_end = false;

	while (st == STATUS_OK && !at_end) {
		const struct dump_entry *last =
			d->file_count > 0 ? &d->files[d->file_count - 1] : NULL;
		struct dump_entry e = {
			.number = last != NULL ? last->number + 1 : 0,
			.after = last != NULL ? last->upto : 0};

		st = write_entry(d, &e, true, &at_end, err);
		if (st != STATUS_OK || e.certs == 0)
			break;
		if (d->file_count == d->file_cap) {
			d->file_cap = 2 * d->file_cap + 16;
			d->files = xrealloc(
				d->files, d->file_cap * sizeof(*d->files));
		}
		d->files[d->file_count++] = e;
		st = dump_save(d, false, err);
	}
	return st;
}

/* ---- what changed meanwhile --------------------------------------------- */

static void
mark_place(struct dump *d, const struct change_place *c)
{
	size_t low = 0, high = d->file_count, middle;

	while (low < high) {
		middle = low + (high - low) / 2;
		if (d->files[middle].upto < c->place)
			low = middle + 1;
		else
			high = middle;
	}
	if (low < d->file_count && d->files[low].seq < c->seq)
		d->files[low].seq = -1;
}

/* Those in whose range the log has a later change, or may have had one. */
static enum status
mark_stale(struct dump *d, struct err *err)
{
	struct change_place *list = xcalloc(CHANGES, sizeof(*list));
	int64_t first = 0, time, last = 0, after = INT64_MAX;
	size_t count = CHANGES;
	enum status st = store_last_seq(d->session, &last, err);

	if (st == STATUS_OK)
		st = store_log_start(d->session, &first, &time, err);
	if (st == STATUS_NOT_FOUND) {
		first = last + 1;
		st = STATUS_OK;
	}
	for (size_t i = 0; i < d->file_count; i++) {
		if (d->files[i].seq + 1 < first)
			d->files[i].seq = -1;
		if (d->files[i].seq >= 0 && d->files[i].seq < after)
			after = d->files[i].seq;
	}
	while (st == STATUS_OK && count == CHANGES) {
		st = store_read_places(
			d->session, after, list, CHANGES, &count, err);
		for (size_t i = 0; st == STATUS_OK && i < count; i++) {
			mark_place(d, &list[i]);
			after = list[i].seq;
		}
	}
	free(list);
	return st;
}

static size_t
count_stale(const struct dump *d)
{
	size_t n = 0;

	for (size_t i = 0; i < d->file_count; i++)
		n += d->files[i].seq < 0;
	return n;
}

/* A last file that is not full goes on with what is new. */
static bool
opens_last(struct dump *d, struct err *err, enum status *st)
{
	const struct dump_entry *last = &d->files[d->file_count - 1];
	int64_t at = last->upto;
	size_t count;
	bool at_end;

	*st = STATUS_OK;
	if (last->certs >= DUMP_CERTS)
		return false;
	*st = dump_next(d, &at, INT64_MAX, 1, &count, &at_end, err);
	return *st == STATUS_OK && count > 0;
}

/* The range of a file that has nothing any more is its neighbour's. */
static void
close_ranks(struct dump *d)
{
	int64_t after = 0;
	size_t n = 0;

	for (size_t i = 0; i < d->file_count; i++) {
		if (d->files[i].certs == 0) {
			remove_file(d, d->files[i].number);
			continue;
		}
		d->files[n] = d->files[i];
		d->files[n].after = after;
		after = d->files[n++].upto;
	}
	d->file_count = n;
}

static enum status
renew(struct dump *d, struct err *err)
{
	enum status st = STATUS_OK;
	bool open, at_end;

	if (d->file_count > 0 && opens_last(d, err, &st))
		d->files[d->file_count - 1].seq = -1;
	if (st == STATUS_OK && count_stale(d) > 0)
		st = dump_save(d, false, err);
	for (size_t i = 0; i < d->file_count && st == STATUS_OK; i++) {
		if (d->files[i].seq >= 0)
			continue;
		open = i + 1 == d->file_count && d->files[i].certs < DUMP_CERTS;
		st = write_entry(d, &d->files[i], open, &at_end, err);
	}
	if (st == STATUS_OK)
		st = write_tail(d, err);
	if (st == STATUS_OK)
		close_ranks(d);
	return st == STATUS_OK ? dump_save(d, false, err) : st;
}

/* One look at what changed; *done when all that did is written. */
static enum status
settle(struct dump *d, unsigned int round, bool *done, struct err *err)
{
	enum status st = session_begin(d->session, err);

	if (st != STATUS_OK)
		return st;
	st = store_last_seq(d->session, &d->seq, err);
	if (st == STATUS_OK && d->partial)
		st = dump_list_changes(d, err);
	if (st == STATUS_OK)
		st = mark_stale(d, err);
	*done = round >= ROUNDS || count_stale(d) <= FEW;
	if (!*done)
		session_end(d->session);
	if (st == STATUS_OK)
		st = renew(d, err);
	if (*done)
		session_end(d->session);
	return st;
}

enum status
dump_run(struct dump *d, struct err *err)
{
	enum status st = STATUS_OK;
	bool done = false;

	if (d->partial)
		st = dump_list_changes(d, err);
	/* A last file that is not full was the end once: settle fills it. */
	if (st == STATUS_OK &&
		(d->file_count == 0 ||
			d->files[d->file_count - 1].certs == DUMP_CERTS))
		st = write_tail(d, err);
	for (unsigned int i = 0; st == STATUS_OK && !done; i++)
		st = settle(d, i, &done, err);
	if (st != STATUS_OK)
		return st;
	d->time = clock_wall_s();
	/* Of an earlier attempt that saw more. */
	remove_file(d,
		d->file_count > 0 ? d->files[d->file_count - 1].number + 1 : 0);
	return dump_save(d, true, err);
}

/* ---- a stream ----------------------------------------------------------- */

static enum status
stream_range(struct dump *d, struct dump_entry *e, struct dump_file *f,
	struct err *err)
{
	uint64_t certs = e->certs;
	bool at_end;
	enum status st;

	e->after = 0;
	e->upto = INT64_MAX;
	st = copy_range(d, e, f, false, &at_end, err);
	e->certs += certs;
	return st;
}

enum status
dump_stream(struct dump *d, struct err *err)
{
	struct dump_entry e = {0};
	struct dump_file *f;
	enum status st = store_last_seq(d->session, &e.seq, err);

	if (st == STATUS_OK && d->partial)
		st = dump_list_changes(d, err);
	if (st == STATUS_OK)
		st = dump_file_open(d, 0, &f, err);
	if (st != STATUS_OK)
		return st;
	st = stream_range(d, &e, f, err);
	if (st == STATUS_OK)
		st = store_last_seq(d->session, &d->seq, err);
	if (st == STATUS_OK && d->seq > e.seq) {
		d->partial = true;
		d->place_count = 0;
		d->places_seq = e.seq;
		st = dump_list_changes(d, err);
		d->seq = d->places_seq;
		if (st == STATUS_OK)
			st = stream_range(d, &e, f, err);
	}
	d->time = clock_wall_s();
	if (st != STATUS_OK) {
		dump_file_drop(f);
		return st;
	}
	st = dump_file_close(f, &e, err);
	if (st == STATUS_OK) {
		d->files = xcalloc(1, sizeof(*d->files));
		d->files[d->file_count++] = e;
	}
	return st;
}
