#include "base/counter.h"

#include <assert.h>
#include <pthread.h>
#include <stdatomic.h>
#include <stdio.h>
#include <string.h>

#include "base/bytes.h"

#define VALUE_LETTERS                                                          \
	"abcdefghijklmnopqrstuvwxyzABCDEFGHIJKLMNOPQRSTUVWXYZ0123456789-_."

struct counter {
	char *name;
	_Atomic int64_t value;
};

static pthread_mutex_t lock = PTHREAD_MUTEX_INITIALIZER;
static struct counter *counters[COUNTER_MAX]; /* in order of name */
static size_t count;

static void
check_name(const char *name)
{
	const char *p;

	assert(name[0] >= 'a' && name[0] <= 'z');
	for (p = name; *p; p++)
		assert((*p >= 'a' && *p <= 'z') || (*p >= '0' && *p <= '9') ||
			*p == '_');
}

/* With the lock held: where `name` is or belongs. */
static size_t
place_of(const char *name)
{
	size_t low = 0, high = count, mid;

	while (low < high) {
		mid = low + (high - low) / 2;
		if (strcmp(counters[mid]->name, name) < 0)
			low = mid + 1;
		else
			high = mid;
	}
	return low;
}

static struct counter *
find_or_make(const char *name)
{
	struct counter *c;
	size_t at;

	(void)pthread_mutex_lock(&lock);
	at = place_of(name);
	if (at == count || strcmp(counters[at]->name, name) != 0) {
		assert(count < COUNTER_MAX);
		memmove(counters + at + 1, counters + at,
			(count - at) * sizeof counters[0]);
		c = xcalloc(1, sizeof *c);
		c->name = xstrdup(name);
		counters[at] = c;
		count++;
	}
	c = counters[at];
	(void)pthread_mutex_unlock(&lock);
	return c;
}

struct counter *
counter_get(const char *name)
{
	check_name(name);
	return find_or_make(name);
}

struct counter *
counter_get_labelled(const char *name, const char *label, const char *value)
{
	char whole[128];
	int n;

	check_name(name);
	check_name(label);
	assert(value[strspn(value, VALUE_LETTERS)] == '\0');
	n = snprintf(whole, sizeof whole, "%s{%s=%s}", name, label, value);
	assert(n > 0 && (size_t)n < sizeof whole);
	(void)n;
	return find_or_make(whole);
}

void
counter_add(struct counter *c, int64_t n)
{
	(void)atomic_fetch_add_explicit(&c->value, n, memory_order_relaxed);
}

void
counter_set(struct counter *c, int64_t n)
{
	atomic_store_explicit(&c->value, n, memory_order_relaxed);
}

int64_t
counter_value(const struct counter *c)
{
	return atomic_load_explicit(&c->value, memory_order_relaxed);
}

void
counter_each(
	void (*visit)(void *ctx, const char *name, int64_t value), void *ctx)
{
	struct counter *now[COUNTER_MAX];
	size_t n, i;

	/* visit may call us: it runs without the lock. */
	(void)pthread_mutex_lock(&lock);
	n = count;
	memcpy(now, counters, n * sizeof counters[0]);
	(void)pthread_mutex_unlock(&lock);
	for (i = 0; i < n; i++)
		visit(ctx, now[i]->name, counter_value(now[i]));
}
