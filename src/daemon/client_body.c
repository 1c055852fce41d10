#include "daemon/client.h"

#include <poll.h>
#include <pthread.h>
#include <stdlib.h>

#include "base/clock.h"
#include "base/net.h"
#include "base/wake.h"
#include "ingest/dropped_words.h"

enum { POLL_MS = 250, AGAIN_MS = 20, PLACES_A_LINE = 100 };

struct bodies;

struct body {
	struct bodies *all;
	struct submission *sub;
	uint64_t id;
	struct buf octets;
	struct body *next;
};

/* The bodies of one request: some in the queue, some done and not told. */
struct bodies {
	struct client *client;
	bool bulk;
	bool has_level; /* another than the configured one */
	enum level level;
	size_t max; /* at once */
	size_t flying;
	bool ended; /* the client sent all of them */
	int64_t last_ms;
	struct body *waiting; /* admitted when the queue has room again */
	struct wake wake;
	pthread_mutex_t lock;
	struct body *done; /* under the lock */
};

/* On an ingest thread. */
static void
body_done(struct submission *sub)
{
	struct body *b = sub->ctx;
	struct bodies *all = b->all;

	pthread_mutex_lock(&all->lock);
	b->next = all->done;
	all->done = b;
	wake_signal(&all->wake);
	pthread_mutex_unlock(&all->lock);
}

static void
body_free(struct body *b)
{
	submission_free(b->sub);
	buf_wipe(&b->octets);
	free(b);
}

static json_t *
describe_error(const struct submission *sub)
{
	return json_pack("{s:s, s:s}", "error",
		sub->err.text[0] != '\0' ? sub->err.text
					 : status_name(sub->status),
		"status", status_name(sub->status));
}

static json_t *
describe_packets(const struct outcome *o)
{
	json_t *list = json_array();
	char line[DROPPED_LINE_MAX];

	for (size_t i = 0; i < o->packet_count; i++) {
		enum verdict v = o->packets[i].verdict;

		dropped_line(&o->packets[i], line);
		(void)json_array_append_new(list,
			json_pack("{s:s, s:s, s:s}", "verdict", verdict_word(v),
				"sentence", verdict_sentence(v), "line", line));
	}
	return list;
}

static json_t *
describe_outcome(const struct outcome *o)
{
	json_t *j = json_pack("{s:s}", "outcome", outcome_word(o->kind));
	char hex[FINGERPRINT_HEX_MAX];

	if (o->has_fpr) {
		fingerprint_hex(&o->fpr, hex);
		(void)json_object_set_new(j, "fingerprint", json_string(hex));
	}
	if (o->kind == OUTCOME_REFUSED) {
		(void)json_object_set_new(
			j, "why", json_string(verdict_word(o->verdict)));
		(void)json_object_set_new(j, "detail",
			json_string(o->detail != NULL
					    ? o->detail
					    : verdict_sentence(o->verdict)));
	}
	if (o->dropped == 0)
		return j;
	(void)json_object_set_new(
		j, "dropped", json_integer((json_int_t)o->dropped));
	(void)json_object_set_new(j, "packets", describe_packets(o));
	return j;
}

static void
add_count(json_t *counts, enum verdict v, uint32_t n)
{
	const char *word = verdict_word(v);
	json_int_t had = json_integer_value(json_object_get(counts, word));

	if (n > 0)
		(void)json_object_set_new(counts, word, json_integer(had + n));
}

static json_t *
describe_sum(const struct submission *sub)
{
	json_t *j = json_object();
	json_t *reasons = json_object(), *lost = json_object();

	for (int k = 0; k <= OUTCOME_REFUSED; k++)
		(void)json_object_set_new(j, outcome_word((enum outcome_kind)k),
			json_integer((json_int_t)sub->counts[k]));
	for (size_t i = 0; i < sub->outcome_count; i++) {
		const struct outcome *o = &sub->outcomes[i];

		if (o->kind == OUTCOME_REFUSED)
			add_count(reasons, o->verdict, 1);
		for (size_t k = 0; k < VERDICT_PRIMARY; k++)
			add_count(lost, (enum verdict)k, o->lost[k]);
	}
	(void)json_object_set_new(j, "reasons", reasons);
	(void)json_object_set_new(j, "dropped", lost);
	return j;
}

/* Where in the body something is that was refused; some in a line. */
static enum status
tell_places(struct client *c, uint64_t id, const struct submission *sub)
{
	json_t *list = json_array();
	enum status st = STATUS_OK;

	for (size_t i = 0; i < sub->outcome_count && st == STATUS_OK; i++) {
		const struct outcome *o = &sub->outcomes[i];
		json_t *j;

		if (o->kind != OUTCOME_REFUSED)
			continue;
		j = describe_outcome(o);
		if (o->at != SIZE_MAX)
			(void)json_object_set_new(
				j, "at", json_integer((json_int_t)o->at));
		(void)json_object_del(j, "packets");
		(void)json_array_append_new(list, j);
		if (json_array_size(list) < PLACES_A_LINE)
			continue;
		st = client_line(c, id, json_pack("{s:o}", "places", list));
		list = json_array();
	}
	if (st == STATUS_OK && json_array_size(list) > 0)
		return client_line(c, id, json_pack("{s:o}", "places", list));
	json_decref(list);
	return st;
}

static enum status
tell(struct bodies *all, const struct body *b)
{
	const struct submission *sub = b->sub;
	struct client *c = all->client;
	enum status st = STATUS_OK;

	if (sub->status != STATUS_OK)
		st = client_line(c, b->id, describe_error(sub));
	else if (all->bulk)
		st = client_line(c, b->id, describe_sum(sub));
	if (st == STATUS_OK && all->bulk && sub->status == STATUS_OK)
		st = tell_places(c, b->id, sub);
	for (size_t i = 0; !all->bulk && sub->status == STATUS_OK &&
			   i < sub->outcome_count && st == STATUS_OK;
		i++)
		st = client_line(c, b->id, describe_outcome(&sub->outcomes[i]));
	if (st == STATUS_OK)
		st = client_send(c, CONTROL_TAKEN, b->id, bytes_make(NULL, 0));
	return st;
}

/* Frees what is done; tells the client unless `st` says it has gone. */
static enum status
collect(struct bodies *all, enum status st)
{
	struct body *b, *list;

	wake_clear(&all->wake);
	pthread_mutex_lock(&all->lock);
	list = all->done;
	all->done = NULL;
	pthread_mutex_unlock(&all->lock);
	while ((b = list) != NULL) {
		list = b->next;
		if (st == STATUS_OK)
			st = tell(all, b);
		all->flying--;
		body_free(b);
	}
	return st;
}

/* A full queue keeps the body waiting; the client is not read meanwhile. */
static void
submit(struct bodies *all, struct body *b)
{
	enum status st = ingest_submit(all->client->parts->ingest, b->sub);

	all->waiting = NULL;
	if (st == STATUS_BUSY) {
		all->waiting = b;
	} else if (st != STATUS_OK) {
		b->sub->status = st;
		err_set(&b->sub->err, "the daemon is stopping");
		body_done(b->sub);
	}
}

static enum status
take_body(struct bodies *all, const struct frame *f)
{
	const struct policy *policy = ingest_policy(all->client->parts->ingest);
	struct body *b = xcalloc(1, sizeof(*b));

	b->all = all;
	b->id = f->id;
	buf_init(&b->octets, CONTROL_BODY_MAX);
	b->sub = submission_new(policy->max_arena);
	all->flying++;
	b->sub->origin = all->bulk ? "load" : "http";
	b->sub->seen = "";
	b->sub->armor = ARMOR_LENIENT;
	b->sub->bulk = all->bulk;
	b->sub->has_level = all->has_level;
	b->sub->level = all->level;
	b->sub->wipe_body = true;
	b->sub->done = body_done;
	b->sub->ctx = b;
	if (!all->bulk && f->payload.len > policy->max_body) {
		b->sub->status = STATUS_LIMIT;
		err_set(&b->sub->err, "over the limit of %zu octets",
			policy->max_body);
		body_done(b->sub);
		return STATUS_OK;
	}
	if (buf_put(&b->octets, f->payload) != STATUS_OK)
		return STATUS_LIMIT;
	b->sub->body = buf_view(&b->octets);
	submit(all, b);
	return STATUS_OK;
}

static enum status
take_frames(struct bodies *all)
{
	struct client *c = all->client;
	struct frame f;
	enum status st;

	while (all->flying < all->max && !all->ended && all->waiting == NULL) {
		st = frame_take(&c->in, &f);
		if (st == STATUS_NOT_FOUND)
			return STATUS_OK;
		if (st != STATUS_OK)
			return st;
		all->last_ms = clock_mono_ms();
		if (f.type == CONTROL_END)
			all->ended = true;
		else if (f.type != CONTROL_BODY)
			return STATUS_MALFORMED;
		else
			st = take_body(all, &f);
		if (st != STATUS_OK)
			return st;
	}
	return STATUS_OK;
}

/* Waits for the client or for ingest, whichever has news. */
static enum status
wait_news(struct bodies *all, bool reading)
{
	struct pollfd p[2] = {{.fd = all->wake.fd, .events = POLLIN},
		{.fd = reading ? all->client->fd : -1, .events = POLLIN}};

	heart_beat(all->client->parts->heart, "control");
	(void)poll(p, 2, all->waiting != NULL ? AGAIN_MS : POLL_MS);
	if (reading && p[1].revents != 0)
		return frame_fill(&all->client->in, all->client->fd);
	if (reading && all->flying == 0 &&
		clock_mono_ms() - all->last_ms > CONTROL_SECONDS * 1000)
		return STATUS_TIMEOUT;
	return STATUS_OK;
}

static enum status
step(struct bodies *all)
{
	bool reading;
	enum status st;

	if (all->waiting != NULL)
		submit(all, all->waiting);
	st = take_frames(all);
	if (st != STATUS_OK || (all->ended && all->flying == 0))
		return st;
	if (__atomic_load_n(all->client->stopping, __ATOMIC_ACQUIRE))
		return STATUS_CLOSED;
	reading = !all->ended && all->flying < all->max && all->waiting == NULL;
	st = wait_news(all, reading);
	return collect(all, st);
}

/* The client has gone or we stop: what was admitted is still waited for. */
static void
finish(struct bodies *all, enum status st)
{
	if (all->waiting != NULL)
		body_done(all->waiting->sub);
	all->waiting = NULL;
	while (all->flying > 0) {
		(void)wait_news(all, false);
		(void)collect(all, st == STATUS_OK ? STATUS_CLOSED : st);
	}
}

static enum status
run_bodies(struct client *c, bool bulk, size_t max)
{
	struct bodies all = {.client = c,
		.bulk = bulk,
		.max = max,
		.last_ms = clock_mono_ms()};
	enum status st = STATUS_OK;
	struct err err;

	all.has_level = bulk && c->word_count > 1;
	if (all.has_level &&
		level_parse(c->words[1], &all.level) != STATUS_OK) {
		client_exit(c, 2, "the daemon does not know this level");
		return STATUS_OK;
	}
	st = wake_init(&all.wake, &err);
	if (st != STATUS_OK)
		return st;
	pthread_mutex_init(&all.lock, NULL);
	while (st == STATUS_OK && !(all.ended && all.flying == 0))
		st = step(&all);
	finish(&all, st);
	pthread_mutex_destroy(&all.lock);
	wake_done(&all.wake);
	return st;
}

/* One at a time: the answers come in the order of the input. */
enum status
client_add(struct client *c)
{
	return run_bodies(c, false, 1);
}

enum status
client_load(struct client *c)
{
	return run_bodies(c, true, CONTROL_BODIES_MAX);
}
