#include "store/sqlite/behind_queue.h"

#include <assert.h>
#include <errno.h>
#include <fcntl.h>
#include <pthread.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "base/bytes.h"
#include "base/thread.h"

enum {
	ALIGNED = 4096, /* what O_DIRECT asks of places, sizes and memory */
	UNIT = 512,     /* no page is smaller */
	UNITS = BEHIND_BLOCK / UNIT,
	OPEN_MAX = 2
};

/* A window of the file; or one piece that is in no units, of any place. */
struct block {
	uint8_t *octets;
	sqlite3_int64 at;
	size_t len; /* up to the last octet that is in it */
	bool odd;
	uint8_t has[UNITS]; /* which of them */
};

struct behind {
	int fd;
	bool direct; /* the thread's */
	struct thread thread;

	pthread_mutex_t lock; /* of what follows */
	pthread_cond_t more, less;
	/* written to put - 1 wait for the thread; the next ones are open: being
	 * filled, by the caller and without the lock. */
	struct block blocks[BEHIND_BLOCKS];
	size_t put, written;
	bool closing;
	int rc;

	size_t open; /* the caller's */
};

static void
lock(struct behind *b)
{
	int rc = pthread_mutex_lock(&b->lock);

	assert(rc == 0);
	(void)rc;
}

static void
unlock(struct behind *b)
{
	int rc = pthread_mutex_unlock(&b->lock);

	assert(rc == 0);
	(void)rc;
}

static struct block *
block_of(struct behind *b, size_t n)
{
	return &b->blocks[n % BEHIND_BLOCKS];
}

/* ---- the thread -------------------------------------------------------- */

static bool
is_aligned(sqlite3_int64 at, size_t len)
{
	return at % ALIGNED == 0 && len % ALIGNED == 0;
}

/* From here on through the system's cache, as others write. */
static void
leave_direct(struct behind *b)
{
	int flags = fcntl(b->fd, F_GETFL);

	b->direct = false;
	if (flags >= 0)
		(void)fcntl(b->fd, F_SETFL, flags & ~O_DIRECT);
}

static int
write_octets(
	struct behind *b, const uint8_t *octets, size_t len, sqlite3_int64 at)
{
	size_t done = 0;
	ssize_t n;

	if (b->direct && !is_aligned(at, len))
		leave_direct(b);
	while (done < len) {
		n = pwrite(b->fd, octets + done, len - done,
			at + (sqlite3_int64)done);
		if (n > 0)
			done += (size_t)n;
		else if (n < 0 && errno == EINVAL && b->direct)
			leave_direct(b);
		else if (n == 0 || errno != EINTR)
			return n < 0 && (errno == ENOSPC || errno == EDQUOT)
				       ? SQLITE_FULL
				       : SQLITE_IOERR_WRITE;
		if (b->direct && done % ALIGNED != 0)
			leave_direct(b);
	}
	/* Now, and not all at once when somebody waits for the flush. */
	if (!b->direct)
		(void)sync_file_range(
			b->fd, at, (off_t)len, SYNC_FILE_RANGE_WRITE);
	return SQLITE_OK;
}

/* The first unit from `at` on that is there, or is not. */
static size_t
find_unit(const struct block *k, size_t at, bool there)
{
	const uint8_t *hit = memchr(k->has + at, there, UNITS - at);

	return hit == NULL ? UNITS : (size_t)(hit - k->has);
}

static int
write_block(struct behind *b, const struct block *k)
{
	size_t from, to;
	int rc = SQLITE_OK;

	if (k->odd)
		return write_octets(b, k->octets, k->len, k->at);
	for (from = find_unit(k, 0, true); rc == SQLITE_OK && from < UNITS;
		from = find_unit(k, to, true)) {
		to = find_unit(k, from, false);
		rc = write_octets(b, k->octets + from * UNIT,
			(to - from) * UNIT,
			k->at + (sqlite3_int64)(from * UNIT));
	}
	return rc;
}

static void *
run(void *arg)
{
	struct behind *b = arg;
	struct block *k;
	int rc;

	lock(b);
	for (;;) {
		while (b->written == b->put && !b->closing)
			(void)pthread_cond_wait(&b->more, &b->lock);
		if (b->written == b->put)
			break;
		k = block_of(b, b->written);
		rc = b->rc;
		unlock(b);
		if (rc == SQLITE_OK)
			rc = write_block(b, k);
		lock(b);
		b->rc = rc;
		b->written++;
		(void)pthread_cond_signal(&b->less);
	}
	unlock(b);
	return NULL;
}

/* ---- its caller ---------------------------------------------------------- */

/* The oldest of those that are open. */
static int
hand_over(struct behind *b, size_t blocks)
{
	int rc;

	lock(b);
	b->put += blocks;
	b->open -= blocks;
	(void)pthread_cond_signal(&b->more);
	rc = b->rc;
	unlock(b);
	return rc;
}

static struct block *
open_block(struct behind *b, sqlite3_int64 at)
{
	struct block *k;

	lock(b);
	while (b->put + b->open - b->written >= BEHIND_BLOCKS)
		(void)pthread_cond_wait(&b->less, &b->lock);
	k = block_of(b, b->put + b->open++);
	unlock(b);
	k->at = at;
	k->len = 0;
	k->odd = false;
	memset(k->has, 0, sizeof(k->has));
	return k;
}

static struct block *
find_open(struct behind *b, sqlite3_int64 at)
{
	struct block *k;
	size_t i;

	for (i = 0; i < b->open; i++) {
		k = block_of(b, b->put + i);
		if (k->at == at)
			return k;
	}
	return NULL;
}

/* Within one window. A page may come after those behind it, as one does that
 * begins a long row: so there are two of them. */
static int
put_within(struct behind *b, const uint8_t *data, size_t len, sqlite3_int64 at)
{
	size_t from = (size_t)(at % BEHIND_BLOCK);
	sqlite3_int64 window = at - (sqlite3_int64)from;
	struct block *k = find_open(b, window);
	int rc = SQLITE_OK;

	if (k == NULL && b->open == OPEN_MAX)
		rc = hand_over(b, 1);
	if (rc != SQLITE_OK)
		return rc;
	if (k == NULL)
		k = open_block(b, window);
	memcpy(k->octets + from, data, len);
	memset(k->has + from / UNIT, true, len / UNIT);
	if (k->len < from + len)
		k->len = from + len;
	return SQLITE_OK;
}

static int
put_odd(struct behind *b, const void *data, size_t len, sqlite3_int64 at)
{
	int rc = hand_over(b, b->open);
	struct block *k;

	if (rc != SQLITE_OK)
		return rc;
	k = open_block(b, at);
	memcpy(k->octets, data, len);
	k->len = len;
	k->odd = true;
	return hand_over(b, 1);
}

int
behind_put(struct behind *b, const void *data, size_t len, sqlite3_int64 at)
{
	size_t done, n, room;
	int rc = SQLITE_OK;

	if (at % UNIT != 0 || len % UNIT != 0)
		return put_odd(b, data, len, at);
	for (done = 0; rc == SQLITE_OK && done < len; done += n) {
		room = BEHIND_BLOCK - (size_t)(at % BEHIND_BLOCK);
		n = len - done < room ? len - done : room;
		rc = put_within(b, (const uint8_t *)data + done, n, at);
		at += (sqlite3_int64)n;
	}
	return rc;
}

static bool
block_has(const struct block *k, size_t len, sqlite3_int64 at)
{
	sqlite3_int64 from = at > k->at ? at - k->at : 0,
		      to = at + (sqlite3_int64)len - k->at;

	if (to > (sqlite3_int64)k->len)
		to = (sqlite3_int64)k->len;
	if (from >= to || k->odd)
		return from < to;
	from /= UNIT;
	to = (to + UNIT - 1) / UNIT;
	return memchr(k->has + from, true, (size_t)(to - from)) != NULL;
}

bool
behind_has(struct behind *b, size_t len, sqlite3_int64 at)
{
	bool found = false;

	lock(b);
	for (size_t i = b->written; i < b->put + b->open && !found; i++)
		found = block_has(block_of(b, i), len, at);
	unlock(b);
	return found;
}

int
behind_wait(struct behind *b)
{
	int rc = hand_over(b, b->open);

	lock(b);
	while (b->written < b->put)
		(void)pthread_cond_wait(&b->less, &b->lock);
	rc = rc == SQLITE_OK ? b->rc : rc;
	unlock(b);
	return rc;
}

static bool
open_file(struct behind *b, const char *path)
{
	b->fd = open(path, O_WRONLY | O_CLOEXEC | O_NOFOLLOW | O_DIRECT);
	b->direct = b->fd >= 0;
	if (b->fd < 0 && errno == EINVAL)
		b->fd = open(path, O_WRONLY | O_CLOEXEC | O_NOFOLLOW);
	return b->fd >= 0;
}

struct behind *
behind_new(const char *path)
{
	struct behind *b = xcalloc(1, sizeof(*b));
	bool made = open_file(b, path);
	struct err err;

	for (size_t i = 0; i < BEHIND_BLOCKS; i++) {
		b->blocks[i].octets = aligned_alloc(ALIGNED, BEHIND_BLOCK);
		made = made && b->blocks[i].octets != NULL;
	}
	(void)pthread_mutex_init(&b->lock, NULL);
	(void)pthread_cond_init(&b->more, NULL);
	(void)pthread_cond_init(&b->less, NULL);
	if (made &&
		thread_start(&b->thread, "behind", run, b, &err) == STATUS_OK)
		return b;
	behind_free(b);
	return NULL;
}

void
behind_free(struct behind *b)
{
	if (b->thread.started) {
		(void)hand_over(b, b->open);
		lock(b);
		b->closing = true;
		(void)pthread_cond_signal(&b->more);
		unlock(b);
		thread_join(&b->thread);
	}
	if (b->fd >= 0)
		(void)close(b->fd);
	for (size_t i = 0; i < BEHIND_BLOCKS; i++)
		free(b->blocks[i].octets);
	(void)pthread_cond_destroy(&b->less);
	(void)pthread_cond_destroy(&b->more);
	(void)pthread_mutex_destroy(&b->lock);
	free(b);
}
