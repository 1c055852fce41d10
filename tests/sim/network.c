#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>

#include "../unit/mail/keys.h"
#include "../unit/scratch.h"
#include "../unit/unit.h"
#include "host.h"
#include "node.h"

enum {
	TICK = SIM_MINUTE, /* while letters gather or travel */
	TICK_CALM = 30 * SIM_MINUTE,
	LOOK = SIM_HOUR,
	BUSY = 2 * SIM_MINUTE, /* after the last letter left */
	ROUND = 20 * SIM_SECOND,
	DOWN_MAX = 12 * SIM_HOUR
};

enum event_kind { EVENT_LETTER, EVENT_CHANGE, EVENT_CRASH, EVENT_RESTART };

struct event {
	int64_t at;
	enum event_kind kind;
	size_t host;
	struct buf text, sender;         /* of a letter */
	const struct sim_change *change; /* of a change */
	struct event *next;
};

struct network {
	const struct sim_scenario *s;
	char dir[64];
	struct host hosts[SIM_HOSTS_MAX];
	struct event *events; /* by time */
	struct sim_random random;
	int64_t now;
	int64_t last_fault; /* or change */
	int64_t last_letter;
	int64_t looked; /* whether it is over */
	struct sim_result *result;
};

/* ---- what happens when ----------------------------------------------------
 */

static struct event *
event_put(struct network *n, int64_t at, enum event_kind kind, size_t host)
{
	struct event *e = calloc(1, sizeof(*e)), **place = &n->events;

	assert_non_null(e);
	/* Few steps, with much in each. */
	at = (at + ROUND - 1) / ROUND * ROUND;
	e->at = at;
	e->kind = kind;
	e->host = host;
	while (*place != NULL && (*place)->at <= at)
		place = &(*place)->next;
	e->next = *place;
	*place = e;
	return e;
}

static void
event_free(struct event *e)
{
	buf_done(&e->text);
	buf_done(&e->sender);
	free(e);
}

static size_t
host_of(const struct network *n, struct bytes address)
{
	char mail[NODE_ADDRESS_MAX];

	for (size_t i = 0; i < n->s->hosts; i++) {
		node_address(i, mail);
		if (bytes_eq(address, bytes_of(mail)))
			return i;
	}
	fail_msg("a letter to nobody");
	return 0;
}

static bool
on_send(void *ctx, const struct host_parcel *p)
{
	struct network *n = ctx;
	size_t to = host_of(n, p->recipient);
	struct sim_letter_fate fate;

	sim_weather(
		&n->s->weather, &n->random, p->from->index, to, n->now, &fate);
	n->last_letter = n->now;
	if (fate.refused)
		return false;
	n->result->letters++;
	n->result->octets += p->text.len;
	n->result->lost += fate.copies == 0;
	n->result->doubled += fate.copies == 2;
	for (size_t i = 0; i < fate.copies; i++) {
		struct event *e = event_put(n, fate.at[i], EVENT_LETTER, to);

		assert_ok(buf_put(&e->text, p->text));
		assert_ok(buf_put(&e->sender, p->sender));
	}
	return true;
}

/* ---- time passes ----------------------------------------------------------
 */

/* Every server reaches `now`, and rests. */
static void
settle(struct network *n)
{
	size_t waiting = n->s->hosts;

	for (size_t i = 0; i < n->s->hosts; i++) {
		if (n->hosts[i].fd >= 0)
			host_tell_time(&n->hosts[i], n->now);
	}
	while (waiting > 0) {
		waiting = 0;
		for (size_t i = 0; i < n->s->hosts; i++) {
			struct host *h = &n->hosts[i];

			if (h->fd < 0 || h->answered)
				continue;
			host_hear(h, n->now, on_send, n, waiting == 0);
			waiting += !h->answered;
		}
	}
}

/* A server that is down takes the change when it is up again. */
static void
change(struct network *n, struct event *e)
{
	struct host *h = &n->hosts[e->host];

	if (h->fd < 0) {
		event_put(n, n->now + SIM_HOUR, EVENT_CHANGE, e->host)->change =
			e->change;
		return;
	}
	host_submit(h, e->change->seed, e->change->parts, n->now, on_send, n);
	n->last_fault = n->now;
	n->last_letter = n->now;
}

static void
happen(struct network *n, struct event *e)
{
	struct host *h = &n->hosts[e->host];

	if (e->kind == EVENT_LETTER) {
		host_offer(h, buf_view(&e->text), buf_view(&e->sender));
		n->last_letter = n->now;
	} else if (e->kind == EVENT_CHANGE) {
		change(n, e);
	} else if (e->kind == EVENT_CRASH && h->fd >= 0) {
		host_kill(h);
		(void)event_put(n,
			n->now + 1 + (int64_t)sim_below(&n->random, DOWN_MAX),
			EVENT_RESTART, e->host);
	} else if (e->kind == EVENT_RESTART) {
		host_start(h, n->now);
		n->last_fault = n->last_letter = n->now;
	}
}

static void
step(struct network *n)
{
	bool busy = n->now - n->last_letter < BUSY;
	int64_t next = n->now + (busy ? TICK : TICK_CALM);

	if (n->events != NULL && n->events->at < next)
		next = n->events->at > n->now ? n->events->at : n->now;
	n->now = next;
	while (n->events != NULL && n->events->at <= n->now) {
		struct event *e = n->events;

		n->events = e->next;
		happen(n, e);
		event_free(e);
	}
	settle(n);
}

/* ---- the end --------------------------------------------------------------
 */

static size_t
count_certs(const struct sim_scenario *s, const struct sim_change *changes)
{
	bool *known = calloc(s->certs + 1, sizeof(*known));
	size_t count = 0;

	assert_non_null(known);
	for (size_t i = 0; i < s->changes; i++) {
		count += !known[changes[i].seed];
		known[changes[i].seed] = true;
	}
	free(known);
	return count;
}

static bool
is_over(struct network *n, size_t certs)
{
	struct sim_result *r = n->result;
	size_t behind = 0;

	/* What is still on its way then teaches nobody anything. */
	if (n->now < n->last_fault || n->now < n->looked + LOOK)
		return false;
	n->looked = n->now;
	r->same = true;
	for (size_t i = 0; i < n->s->hosts; i++) {
		struct host *h = &n->hosts[i];

		if (h->fd < 0)
			return false;
		host_ask_state(h, n->now, on_send, n);
		r->same = r->same && h->certs == certs &&
			  memcmp(h->sum, n->hosts[0].sum, sizeof(h->sum)) == 0;
		behind += h->behind;
	}
	r->certs = n->hosts[0].certs;
	r->calm = behind == 0;
	return r->same && r->calm;
}

static void
begin(struct network *n, const struct sim_change *changes)
{
	const struct sim_scenario *s = n->s;

	scratch_make(n->dir, sizeof(n->dir));
	for (size_t i = 0; i < s->hosts; i++) {
		struct host *h = &n->hosts[i];

		h->index = i;
		h->shape = s->shape;
		h->hosts = s->hosts;
		(void)snprintf(
			h->folder, sizeof(h->folder), "%s/s%zu", n->dir, i);
		assert_int_equal(mkdir(h->folder, 0700), 0);
		host_start(h, n->now);
	}
	for (size_t i = 0; i < s->changes; i++)
		event_put(n, changes[i].at, EVENT_CHANGE, changes[i].host)
			->change = &changes[i];
	for (size_t i = 0; i < s->crashes; i++)
		(void)event_put(n,
			(int64_t)sim_below(&n->random, (uint64_t)s->changing),
			EVENT_CRASH, (size_t)sim_below(&n->random, s->hosts));
	n->last_fault = s->weather.apart_to;
}

static void
end(struct network *n)
{
	for (size_t i = 0; i < n->s->hosts; i++) {
		struct host *h = &n->hosts[i];

		n->result->refused += h->refused;
		if (h->fd >= 0)
			host_stop(h);
		host_done(h);
	}
	while (n->events != NULL) {
		struct event *e = n->events;

		n->events = e->next;
		event_free(e);
	}
	scratch_remove(n->dir);
}

void
sim_run(const struct sim_scenario *s, const struct sim_change *changes,
	struct sim_result *result)
{
	struct network *n = calloc(1, sizeof(*n));
	size_t certs = count_certs(s, changes);

	assert_non_null(n);
	assert_true(s->hosts <= SIM_HOSTS_MAX);
	memset(result, 0, sizeof(*result));
	n->s = s;
	n->result = result;
	n->random.state = s->seed;
	begin(n, changes);
	while (n->now < s->changing || !is_over(n, certs)) {
		if (n->now > n->last_fault + s->patience)
			break;
		step(n);
	}
	result->took = n->now - n->last_fault;
	end(n);
	free(n);
}

static int
by_time(const void *a, const void *b)
{
	const struct sim_change *x = a, *y = b;

	return (x->at > y->at) - (x->at < y->at);
}

void
sim_make_changes(const struct sim_scenario *s, struct sim_change *changes)
{
	static const unsigned int parts[] = {
		KEY_SIG_A, KEY_SIG_B, KEY_SIG_C, KEY_SUBKEY};
	struct sim_random r = {~s->seed};

	for (size_t i = 0; i < s->changes; i++) {
		struct sim_change *c = &changes[i];

		c->at = (int64_t)sim_below(&r, (uint64_t)s->changing);
		c->host = (size_t)sim_below(&r, s->hosts);
		c->seed = 1 + (unsigned int)sim_below(&r, s->certs);
		c->parts = KEY_SELF;
		for (size_t k = 0; k < 4; k++)
			c->parts |= sim_chance(&r, 40) ? parts[k] : 0;
	}
	qsort(changes, s->changes, sizeof(*changes), by_time);
}
