#include <inttypes.h>
#include <stdio.h>

#include "base/clock.h"
#include "base/log.h"
#include "mail/canary_find.h"
#include "mail/canary_state.h"

enum { PERIODS_BACK = 32 /* older signatures are not looked at */ };

static void
plan_look(struct canary_peer *p, int64_t wall)
{
	int64_t waited = (wall - p->c->key.signed_at) * 1000 / 8;

	if (waited < CANARY_LOOK_MIN_MS)
		waited = CANARY_LOOK_MIN_MS;
	if (waited > CANARY_LOOK_MAX_MS)
		waited = CANARY_LOOK_MAX_MS;
	p->next = p->seen >= p->c->key.signed_at ? INT64_MAX
						 : clock_mono_ms() + waited;
}

/*
 * One that came while nobody looked is seen late: how long it took is known
 * only of what was signed since the start, or was missing when we looked.
 */
static void
take_seen(struct canary_peer *p, uint32_t newest, int64_t wall)
{
	bool known = p->looked || newest >= p->c->began_s;
	int64_t took = wall - newest;

	p->looked = true;
	if (newest <= p->seen)
		return;
	p->seen = newest;
	counter_set(p->count.seen, newest);
	counter_set(p->count.seconds, !known ? 0 : took < 1 ? 1 : took);
	log_line(LOG_DEBUG, "canary", "peer=%s seconds=%" PRId64,
		log_quote_str(p->set->name).text, took);
}

static void
tell_failure(struct canary_peer *p, const struct fetch_result *r)
{
	char text[40];

	if (p->failing)
		return;
	p->failing = true;
	(void)snprintf(text, sizeof(text), "it answers %u", r->http_status);
	log_line(LOG_WARN, "canary", "peer=%s outcome=not-looked-up why=%s",
		log_quote_str(p->set->name).text,
		log_quote_str(r->status == STATUS_OK ? text : r->err.text)
			.text);
}

static void
on_done(const struct fetch_result *r)
{
	struct canary_peer *p = r->ctx;
	const struct canary *c = p->c;
	int64_t wall = clock_wall_s(), from;
	uint32_t newest;

	p->busy = false;
	if (r->status == STATUS_CLOSED)
		return;
	counter_add(p->count.looks, 1);
	if (r->status != STATUS_OK ||
		(r->http_status != 200 && r->http_status != 404)) {
		tell_failure(p, r);
	} else {
		p->failing = false;
		from = c->key.signed_at -
		       PERIODS_BACK * c->settings->canary_every_s;
		if (from < (int64_t)p->seen)
			from = p->seen;
		newest = r->http_status != 200 ? 0
					       : canary_find(r->body, &c->fpr,
							 (uint32_t)from);
		take_seen(p, newest, wall);
	}
	plan_look(p, wall);
}

void
canary_look(struct canary_peer *p)
{
	const struct fetch_request q = {.url = p->url,
		.deadline_ms = CANARY_LOOK_DEADLINE_MS,
		.max_octets = CANARY_ANSWER_MAX,
		.ca_file = p->set->tls_ca != NULL && p->set->tls_ca[0] != '\0'
				   ? p->set->tls_ca
				   : NULL,
		.done = on_done,
		.ctx = p};

	p->busy = true;
	fetch_start(p->c->fetcher, &q);
}
