#include "http/server/conn.h"

#include <assert.h>
#include <linux/tcp.h>
#include <netinet/in.h>
#include <pthread.h>
#include <stddef.h>
#include <stdlib.h>
#include <string.h>

#include "base/log.h"

enum { BUCKETS = 1024 };

struct conn_table {
	pthread_mutex_t lock;
	size_t max, max_per_address;
	size_t replies, max_replies; /* octets */
	size_t small_reply;          /* not counted up to here */
	struct address_ranges exempt, trusted;
	size_t count, most; /* now; since the last crowd left */
	struct conn *all;   /* newest first */
	struct conn *buckets[BUCKETS];
};

struct conn_table *
conn_table_new(
	size_t max, size_t max_per_address, const struct address_ranges *exempt)
{
	struct conn_table *t = xcalloc(1, sizeof(*t));

	pthread_mutex_init(&t->lock, NULL);
	t->max = max;
	t->max_per_address = max_per_address;
	t->max_replies = SIZE_MAX;
	t->small_reply = SIZE_MAX;
	t->exempt = *exempt;
	return t;
}

void
conn_table_trust(struct conn_table *t, const struct address_ranges *trusted)
{
	t->trusted = *trusted;
}

struct conn_lists
conn_table_lists(const struct conn_table *t)
{
	struct conn_lists l = {&t->trusted, &t->exempt};

	return l;
}

void
conn_table_free(struct conn_table *t)
{
	if (t == NULL)
		return;
	assert(t->count == 0);
	pthread_mutex_destroy(&t->lock);
	address_ranges_free(&t->exempt);
	address_ranges_free(&t->trusted);
	free(t);
}

void
conn_table_limit_replies(struct conn_table *t, size_t max)
{
	t->max_replies = max;
	t->small_reply = max / t->max / CONN_SMALL_SHARE;
}

static bool
address_is_full(const struct conn_table *t, const struct conn *c)
{
	const struct conn *o;
	size_t n = 0;

	if (t->max_per_address == 0 || !c->counted)
		return false;
	o = t->buckets[peer_address_hash(&c->from) % BUCKETS];
	for (; o != NULL; o = o->same_next)
		if (peer_address_same(&o->from, &c->from))
			n++;
	return n >= t->max_per_address;
}

static void
insert(struct conn_table *t, struct conn *c)
{
	struct conn **head = &t->all;

	c->next = *head;
	c->link = head;
	if (*head != NULL)
		(*head)->link = &c->next;
	*head = c;
	t->count++;
	if (t->count > t->most)
		t->most = t->count;
	if (!c->counted)
		return;
	head = &t->buckets[peer_address_hash(&c->from) % BUCKETS];
	c->same_next = *head;
	c->same_link = head;
	if (*head != NULL)
		(*head)->same_link = &c->same_next;
	*head = c;
}

enum status
conn_admit(struct conn_table *t, const struct sockaddr_storage *from,
	int64_t now, struct conn **out)
{
	struct conn *c = xcalloc(1, sizeof(*c));
	bool full;

	c->from = peer_address_of(from);
	c->fd = -1;
	/* A Unix socket is in every set: also in one that names nobody. */
	c->trusted = t->trusted.count > 0 &&
		     address_ranges_have(&t->trusted, &c->from);
	c->counted = !c->trusted && !address_ranges_have(&t->exempt, &c->from);
	pace_init(&c->pace, now);
	pthread_mutex_lock(&t->lock);
	full = t->count >= t->max || address_is_full(t, c);
	if (!full)
		insert(t, c);
	pthread_mutex_unlock(&t->lock);
	if (full) {
		free(c);
		return STATUS_LIMIT;
	}
	*out = c;
	return STATUS_OK;
}

void
conn_bind(struct conn_table *t, struct conn *c, int fd)
{
	pthread_mutex_lock(&t->lock);
	c->fd = fd;
	pthread_mutex_unlock(&t->lock);
}

void
conn_remove(struct conn_table *t, struct conn *c)
{
	pthread_mutex_lock(&t->lock);
	*c->link = c->next;
	if (c->next != NULL)
		c->next->link = c->link;
	if (c->counted) {
		*c->same_link = c->same_next;
		if (c->same_next != NULL)
			c->same_next->same_link = c->same_link;
	}
	t->count--;
	t->replies -= c->reply;
	pthread_mutex_unlock(&t->lock);
	free(c);
}

size_t
conn_count(struct conn_table *t)
{
	size_t n;

	pthread_mutex_lock(&t->lock);
	n = t->count;
	pthread_mutex_unlock(&t->lock);
	return n;
}

bool
conn_crowd_has_left(struct conn_table *t)
{
	bool left;

	pthread_mutex_lock(&t->lock);
	left = t->most >= CONN_CROWD && t->count <= t->most / 4;
	if (left)
		t->most = t->count;
	pthread_mutex_unlock(&t->lock);
	return left;
}

/* Those in this phase, or those in another one. */
static size_t
count_phase(struct conn_table *t, enum pace_phase phase, bool in)
{
	const struct conn *c;
	size_t n = 0;

	pthread_mutex_lock(&t->lock);
	for (c = t->all; c != NULL; c = c->next)
		if ((atomic_load(&c->pace.phase) == (int)phase) == in)
			n++;
	pthread_mutex_unlock(&t->lock);
	return n;
}

size_t
conn_count_busy(struct conn_table *t)
{
	return count_phase(t, PACE_IDLE, false);
}

size_t
conn_count_replying(struct conn_table *t)
{
	return count_phase(t, PACE_REPLY, true);
}

/* What the connections of its address hold; nobody counts what is exempt. */
static size_t
address_replies(const struct conn_table *t, const struct conn *c)
{
	const struct conn *o;
	size_t n = 0;

	if (!c->counted)
		return 0;
	o = t->buckets[peer_address_hash(&c->from) % BUCKETS];
	for (; o != NULL; o = o->same_next)
		if (peer_address_same(&o->from, &c->from))
			n += o->reply;
	return n;
}

bool
conn_hold_reply(struct conn_table *t, struct conn *c, size_t n)
{
	size_t have;
	bool ok;

	if (n <= t->small_reply)
		return true;
	pthread_mutex_lock(&t->lock);
	have = address_replies(t, c);
	ok = n <= t->max_replies && t->replies <= t->max_replies - n &&
	     (have == 0 || have + n <= t->max_replies / CONN_ADDRESS_SHARE);
	if (ok) {
		t->replies += n;
		c->reply += n;
	}
	pthread_mutex_unlock(&t->lock);
	return ok;
}

void
conn_release_reply(struct conn_table *t, struct conn *c)
{
	if (c->reply == 0)
		return;
	pthread_mutex_lock(&t->lock);
	t->replies -= c->reply;
	c->reply = 0;
	pthread_mutex_unlock(&t->lock);
}

void
conn_enter(struct conn *c, int64_t now)
{
	atomic_store_explicit(&c->busy_since, now, memory_order_relaxed);
}

void
conn_leave(struct conn *c)
{
	atomic_store_explicit(&c->busy_since, 0, memory_order_relaxed);
}

int64_t
conn_longest_work(struct conn_table *t, int64_t now)
{
	int64_t longest = 0, since;
	struct conn *c;

	pthread_mutex_lock(&t->lock);
	for (c = t->all; c != NULL; c = c->next) {
		since = atomic_load_explicit(
			&c->busy_since, memory_order_relaxed);
		if (since > 0 && now - since > longest)
			longest = now - since;
	}
	pthread_mutex_unlock(&t->lock);
	return longest;
}

/* What the other side has acknowledged; 0 if the system does not say. */
static uint64_t
taken_octets(const struct conn *c)
{
	struct tcp_info info;
	socklen_t len = sizeof(info);

	memset(&info, 0, sizeof(info));
	if (getsockopt(c->fd, IPPROTO_TCP, TCP_INFO, &info, &len) != 0 ||
		len < offsetof(struct tcp_info, tcpi_bytes_acked) +
				sizeof(info.tcpi_bytes_acked))
		return 0;
	return info.tcpi_bytes_acked;
}

size_t
conn_sweep(struct conn_table *t, int64_t now)
{
	struct conn *c;
	size_t n = 0;

	/*
	 * Under the lock that conn_remove takes: a descriptor found here is
	 * still this connection's.
	 */
	pthread_mutex_lock(&t->lock);
	for (c = t->all; c != NULL; c = c->next) {
		const char *rule;
		uint64_t taken = 0;

		if (c->cut || c->fd < 0)
			continue;
		if (atomic_load(&c->pace.phase) == PACE_REPLY)
			taken = taken_octets(c);
		rule = pace_broken(&c->pace, now, taken);
		if (rule == NULL)
			continue;
		/* Not close: the number would be another's at once. */
		shutdown(c->fd, SHUT_RDWR);
		c->cut = true;
		n++;
		if (strcmp(rule, "idle") != 0)
			log_line(LOG_INFO, "http", "outcome=cut rule=%s", rule);
	}
	pthread_mutex_unlock(&t->lock);
	return n;
}
