#include "store/sqlite/behind_queue.h"

#include <assert.h>
#include <errno.h>
#include <fcntl.h>
#include <pthread.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "base/bytes.h"

enum { ALIGNED = 4096 /* what O_DIRECT asks of places, sizes and memory */ };

struct block {
	uint8_t *octets;
	sqlite3_int64 at;
	size_t len;
};

struct behind {
	int fd;
	bool direct; /* the thread's */
	pthread_t thread;

	pthread_mutex_t lock; /* of what follows */
	pthread_cond_t more, less;
	/* written to put - 1 wait for the thread; put is being filled, by the
	 * caller and without the lock. */
	struct block blocks[BEHIND_BLOCKS];
	size_t put, written;
	bool closing;
	int rc;
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
is_aligned(const struct block *k)
{
	return k->at % ALIGNED == 0 && k->len % ALIGNED == 0;
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
write_block(struct behind *b, const struct block *k)
{
	size_t done = 0;
	ssize_t n;

	if (b->direct && !is_aligned(k))
		leave_direct(b);
	while (done < k->len) {
		n = pwrite(b->fd, k->octets + done, k->len - done,
			k->at + (sqlite3_int64)done);
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
		(void)sync_file_range(b->fd, k->at, (off_t)k->len,
			SYNC_FILE_RANGE_WRITE);
	return SQLITE_OK;
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

/* Hands over what was gathered, and makes room for more. */
static int
hand_over(struct behind *b)
{
	int rc;

	lock(b);
	if (block_of(b, b->put)->len > 0) {
		b->put++;
		(void)pthread_cond_signal(&b->more);
	}
	while (b->put - b->written >= BEHIND_BLOCKS)
		(void)pthread_cond_wait(&b->less, &b->lock);
	block_of(b, b->put)->len = 0;
	rc = b->rc;
	unlock(b);
	return rc;
}

int
behind_put(struct behind *b, const void *data, size_t len, sqlite3_int64 at)
{
	struct block *k = block_of(b, b->put);
	int rc = SQLITE_OK;

	if (at != k->at + (sqlite3_int64)k->len ||
		len > BEHIND_BLOCK - k->len)
		rc = hand_over(b);
	if (rc != SQLITE_OK)
		return rc;
	k = block_of(b, b->put);
	if (k->len == 0)
		k->at = at;
	memcpy(k->octets + k->len, data, len);
	k->len += len;
	return SQLITE_OK;
}

bool
behind_has(struct behind *b, size_t len, sqlite3_int64 at)
{
	bool found = false;

	lock(b);
	for (size_t i = b->written; i <= b->put && !found; i++) {
		const struct block *k = block_of(b, i);

		found = at < k->at + (sqlite3_int64)k->len &&
			k->at < at + (sqlite3_int64)len;
	}
	unlock(b);
	return found;
}

int
behind_wait(struct behind *b)
{
	int rc = hand_over(b);

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

	for (size_t i = 0; i < BEHIND_BLOCKS; i++) {
		b->blocks[i].octets = aligned_alloc(ALIGNED, BEHIND_BLOCK);
		made = made && b->blocks[i].octets != NULL;
	}
	(void)pthread_mutex_init(&b->lock, NULL);
	(void)pthread_cond_init(&b->more, NULL);
	(void)pthread_cond_init(&b->less, NULL);
	if (made && pthread_create(&b->thread, NULL, run, b) == 0) {
		(void)pthread_setname_np(b->thread, "behind");
		return b;
	}
	b->closing = true; /* there is no thread to wait for */
	behind_free(b);
	return NULL;
}

void
behind_free(struct behind *b)
{
	bool runs = !b->closing;

	if (runs) {
		(void)hand_over(b);
		lock(b);
		b->closing = true;
		(void)pthread_cond_signal(&b->more);
		unlock(b);
		(void)pthread_join(b->thread, NULL);
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
