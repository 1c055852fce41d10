#include "store/sqlite/runs.h"

#include <errno.h>
#include <fcntl.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

enum { READ_AHEAD = 1024 /* records of a run, when merging */ };

/* A sorted run: of the file, or, the last one, what is in memory. */
struct run {
	off_t at;    /* in the file: what is to be read next */
	size_t left; /* records in the file from there on */
	uint8_t *records;
	size_t count;
	size_t next;
};

struct runs {
	const char *folder;
	size_t record; /* octets of one */
	size_t max;    /* records in memory */
	struct buf memory;
	int fd; /* -1: none needed so far */
	off_t end;
	struct run *list;
	size_t count;
	struct run **heap; /* of those that go on, the least first */
	size_t live;
};

struct runs *
runs_new(const char *folder, size_t record, size_t memory)
{
	struct runs *r = xcalloc(1, sizeof(*r));

	r->folder = folder;
	r->record = record;
	r->max = memory / record;
	r->fd = -1;
	buf_init(&r->memory, 0);
	return r;
}

void
runs_free(struct runs *r)
{
	size_t i;

	if (r == NULL)
		return;
	for (i = 0; i < r->count; i++)
		if (r->list[i].records != r->memory.data)
			free(r->list[i].records);
	free(r->list);
	free(r->heap);
	buf_done(&r->memory);
	if (r->fd >= 0)
		(void)close(r->fd);
	free(r);
}

void
runs_add(struct runs *r, const uint8_t *record)
{
	if (buf_put(&r->memory, bytes_make(record, r->record)) != STATUS_OK)
		abort(); /* it has no limit */
}

size_t
runs_count(const struct runs *r)
{
	return r->memory.len / r->record;
}

void
runs_cut(struct runs *r, size_t count)
{
	if (count < runs_count(r))
		r->memory.len = count * r->record;
}

static int
compare(const void *a, const void *b, void *size)
{
	return memcmp(a, b, *(const size_t *)size);
}

static void
sort(struct runs *r)
{
	if (r->memory.len > 0)
		qsort_r(r->memory.data, runs_count(r), r->record, compare,
			&r->record);
}

static enum status
fail(const struct runs *r, struct err *err)
{
	err_set(err, "a file for sorting in %s: %s", r->folder,
		strerror(errno));
	return STATUS_IO;
}

/* Without a name from the start, or at once: nobody has to remove it. */
static enum status
open_file(struct runs *r, struct err *err)
{
	struct buf path;
	enum status st;

	r->fd = open(r->folder, O_TMPFILE | O_RDWR | O_CLOEXEC, 0600);
	if (r->fd >= 0)
		return STATUS_OK;
	buf_init(&path, 0);
	st = buf_printf(&path, "%s/sort.XXXXXX", r->folder);
	if (st == STATUS_OK) {
		r->fd = mkostemp((char *)path.data, O_CLOEXEC);
		if (r->fd < 0 || unlink((const char *)path.data) != 0)
			st = fail(r, err);
	}
	buf_done(&path);
	return st;
}

static enum status
write_all(struct runs *r, struct bytes b, struct err *err)
{
	ssize_t n;

	while (b.len > 0) {
		n = pwrite(r->fd, b.data, b.len, r->end);
		if (n < 0 && errno == EINTR)
			continue;
		if (n <= 0)
			return fail(r, err);
		r->end += n;
		b.data += n;
		b.len -= (size_t)n;
	}
	return STATUS_OK;
}

static struct run *
new_run(struct runs *r)
{
	r->list = xrealloc(r->list, (r->count + 1) * sizeof(*r->list));
	memset(&r->list[r->count], 0, sizeof(*r->list));
	return &r->list[r->count++];
}

enum status
runs_tidy(struct runs *r, struct err *err)
{
	enum status st = STATUS_OK;
	struct run *run;

	if (runs_count(r) < r->max)
		return STATUS_OK;
	if (r->fd < 0)
		st = open_file(r, err);
	if (st != STATUS_OK)
		return st;
	sort(r);
	run = new_run(r);
	run->at = r->end;
	run->left = runs_count(r);
	st = write_all(r, buf_view(&r->memory), err);
	buf_clear(&r->memory);
	return st;
}

static enum status
fill(struct runs *r, struct run *run, struct err *err)
{
	size_t n = run->left < READ_AHEAD ? run->left : READ_AHEAD;
	size_t want = n * r->record, got = 0;
	ssize_t k;

	while (got < want) {
		k = pread(r->fd, run->records + got, want - got,
			run->at + (off_t)got);
		if (k < 0 && errno == EINTR)
			continue;
		if (k == 0)
			errno = EIO; /* shorter than what was written */
		if (k <= 0)
			return fail(r, err);
		got += (size_t)k;
	}
	run->at += (off_t)want;
	run->left -= n;
	run->count = n;
	run->next = 0;
	return STATUS_OK;
}

static const uint8_t *
head_of(const struct runs *r, size_t at)
{
	return r->heap[at]->records + r->heap[at]->next * r->record;
}

/* The run at `at` may be greater than those below it. */
static void
sink(struct runs *r, size_t at)
{
	struct run *run;
	size_t least;

	for (; (least = 2 * at + 1) < r->live; at = least) {
		if (least + 1 < r->live &&
			memcmp(head_of(r, least + 1), head_of(r, least),
				r->record) < 0)
			least++;
		if (memcmp(head_of(r, at), head_of(r, least), r->record) <= 0)
			return;
		run = r->heap[at];
		r->heap[at] = r->heap[least];
		r->heap[least] = run;
	}
}

enum status
runs_merge(struct runs *r, struct err *err)
{
	enum status st = STATUS_OK;
	struct run *run;
	size_t i;

	for (i = 0; st == STATUS_OK && i < r->count; i++) {
		r->list[i].records = xmalloc(READ_AHEAD * r->record);
		st = fill(r, &r->list[i], err);
	}
	if (st != STATUS_OK)
		return st;
	sort(r);
	run = new_run(r);
	run->records = r->memory.data;
	run->count = runs_count(r);
	r->heap = xcalloc(r->count, sizeof(*r->heap));
	for (i = 0; i < r->count; i++)
		if (r->list[i].count > 0)
			r->heap[r->live++] = &r->list[i];
	for (i = r->live; i-- > 0;)
		sink(r, i);
	return STATUS_OK;
}

enum status
runs_next(struct runs *r, uint8_t *record, struct err *err)
{
	enum status st = STATUS_OK;
	struct run *run;

	if (r->live == 0)
		return STATUS_NOT_FOUND;
	memcpy(record, head_of(r, 0), r->record);
	run = r->heap[0];
	run->next++;
	if (run->next == run->count && run->left > 0)
		st = fill(r, run, err);
	else if (run->next == run->count)
		r->heap[0] = r->heap[--r->live];
	if (st == STATUS_OK)
		sink(r, 0);
	return st;
}
