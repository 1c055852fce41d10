/* gossip_end: what a call has come to, for logs, people and the next one. */
#include <inttypes.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "base/clock.h"
#include "base/log.h"
#include "recon/gossip_state.h"

/* How a talk ended, and what follows from it. */
struct ending {
	enum gossip_talk_end end;
	const char *word;
	const char *why;
	bool is_fault; /* it broke the protocol */
};

static const char *const roles[] = {"asker", "answerer"};

/* ---- when again -------------------------------------------------------- */

/* Twice as long each time; chance keeps two from meeting for ever. */
static int64_t
patience(const struct gossip *g, uint64_t failures)
{
	int64_t ms = gossip_interval(g);

	for (uint64_t i = 1; i < failures && ms < FAILED_MAX_MS; i++)
		ms *= 2;
	if (ms > FAILED_MAX_MS && g->set.interval_ms < FAILED_MAX_MS)
		ms = FAILED_MAX_MS;
	return ms;
}

static void
note_run(struct gossip *g, uint64_t run, const struct ending *e, size_t learned,
	uint64_t owed)
{
	if (run == 0)
		return;
	g->ended = (struct gossip_run_end){
		.number = run, .end = e->end, .learned = learned, .owed = owed};
	(void)snprintf(g->ended.why, sizeof(g->ended.why), "%s", e->why);
}

void
run_called_off(struct gossip *g, uint64_t run, const char *why)
{
	struct ending e = {GOSSIP_NEVER, "", why, false};

	note_run(g, run, &e, 0, 0);
}

/* Whatever becomes of the connection: the talk is over. */
static void
end_run(struct call *c, const struct ending *e, size_t learned, uint64_t owed)
{
	pthread_mutex_lock(&c->g->lock);
	note_run(c->g, c->run, e, learned, owed);
	pthread_mutex_unlock(&c->g->lock);
	c->run = 0;
}

/* That one of both has no time says nothing of how it stands. */
static void
note_way(struct gossip_way_look *w, const struct ending *e, bool failed)
{
	if (e->end == GOSSIP_WAS_BUSY)
		return;
	w->end = e->end;
	(void)snprintf(w->why, sizeof(w->why), "%s", e->why);
	if (!failed)
		w->well = clock_wall_s();
}

static void
note_end(struct call *c, const struct ending *e, bool failed)
{
	struct member *m = c->member;
	struct gossip_peer_look *l = &m->look;
	int64_t now = clock_mono_ms();

	pthread_mutex_lock(&c->g->lock);
	l->talks++;
	l->end = e->end;
	(void)snprintf(l->why, sizeof(l->why), "%s", e->why);
	if (e->end != GOSSIP_WAS_BUSY)
		l->failures = failed ? l->failures + 1 : 0;
	if (e->is_fault)
		m->fault_ms = now + FAULT_MS;
	if (failed)
		m->next_ms = now + patience(c->g, l->failures);
	if (m->fault_ms > m->next_ms)
		m->next_ms = m->fault_ms;
	note_way(&l->ways[c->answers ? GOSSIP_BY_US : GOSSIP_BY_PEER], e,
		failed);
	l->next = m->next_ms > now ? clock_wall_s() + (m->next_ms - now) / 1000
				   : 0;
	pthread_mutex_unlock(&c->g->lock);
}

void
call_unreached(struct call *c, const char *why)
{
	struct ending e = {GOSSIP_UNREACHED, "unreached", why, false};

	note_end(c, &e, true);
	end_run(c, &e, 0, 0);
	log_line(LOG_INFO, "gossip",
		"peer=%s role=%s outcome=unreached failures=%" PRIu64
		" ms=%" PRId64 " why=%s",
		c->member->set.name, roles[c->answers],
		c->member->look.failures, clock_mono_ms() - c->began_ms,
		log_quote_str(why).text);
}

/* ---- what was learned -------------------------------------------------- */

/* Where it serves its keys; false: nowhere that we know of. */
static bool
find_source(const struct call *c, const struct talk_facts *f, char host[256],
	struct recover_source *out)
{
	const char *http = c->member->set.http;
	const char *end = strrchr(http, ']');
	struct endpoint ep;
	struct err err;

	out->peer = c->member->set.name;
	out->host = host;
	out->port = f->http_port;
	out->wait_ms = c->answers ? 0 : c->g->set.fetch_wait_ms;
	if (*http == '\0') {
		net_name(&c->at, host, 256);
	} else if (strchr(end != NULL ? end : http, ':') == NULL) {
		/* A host alone; an IPv6 address stands in brackets. */
		(void)snprintf(host, 256, "%.*s",
			end != NULL ? (int)(end - http - 1) : 255,
			end != NULL ? http + 1 : http);
	} else if (endpoint_parse(http, &ep, &err) == STATUS_OK) {
		(void)snprintf(host, 256, "%s", ep.host);
		out->port = (unsigned int)strtoul(ep.port, NULL, 10);
	} else {
		return false;
	}
	return out->port > 0 && out->port < 65536;
}

static size_t
offer(struct call *c, const struct talk_facts *f)
{
	struct recover_source from;
	struct recover_facts facts;
	const struct sks_digest *list;
	size_t count = 0;
	char host[256];

	list = talk_learned(c->talk, &count);
	c->member->more_at = 0;
	if (count == 0 || !find_source(c, f, host, &from))
		return count;
	recover_get_facts(c->g->recover, from.peer, &facts);
	/* Who promises and does not give is asked no sooner for it. */
	if (recover_offer(c->g->recover, &from, list, count) ==
		RECOVER_OFFER_MAX)
		c->member->more_at = facts.got + RECOVER_OFFER_MAX / 2;
	return count;
}

/* ---- outcomes ---------------------------------------------------------- */

static struct ending
judge(const struct call *c, const struct talk_facts *f, size_t learned,
	const char *timed_out)
{
	static const struct ending ends[] = {
		[TALK_GREETING] = {GOSSIP_BROKE, "timeout", NULL, false},
		[TALK_TALKING] = {GOSSIP_BROKE, "timeout", NULL, false},
		[TALK_DONE] = {GOSSIP_LEARNED, "differed", NULL, false},
		[TALK_BUSY] = {GOSSIP_WAS_BUSY, "busy", NULL, false},
		[TALK_REFUSED] = {GOSSIP_MISMATCH, "mismatch", NULL, false},
		[TALK_FAILED] = {GOSSIP_BROKE, "protocol", NULL, true},
	};
	enum talk_state st = talk_state(c->talk);
	struct ending e = ends[st];

	e.why = talk_why(c->talk);
	if (timed_out != NULL)
		e.why = timed_out;
	if (st == TALK_FAILED && c->lost) {
		e.word = "lost";
		e.is_fault = false;
	}
	if (st == TALK_DONE && learned == 0 && f->owed == 0 && f->split == 0) {
		e.end = GOSSIP_AGREED;
		e.word = "agreed";
	}
	return e;
}

/* A mismatch is told once, until it is another one. */
static enum log_level
level_of(struct call *c, const struct ending *e)
{
	struct member *m = c->member;

	if (e->end != GOSSIP_MISMATCH) {
		if (e->end != GOSSIP_WAS_BUSY)
			m->mismatch[0] = '\0';
		return LOG_INFO;
	}
	if (strncmp(m->mismatch, e->why, sizeof(m->mismatch) - 1) == 0)
		return LOG_DEBUG;
	(void)snprintf(m->mismatch, sizeof(m->mismatch), "%s", e->why);
	return LOG_WARN;
}

void
call_ended(struct call *c, const char *timed_out)
{
	struct gossip_peer_look *l = &c->member->look;
	struct talk_facts f;
	struct ending e;
	size_t learned;
	bool refused_it = c >= &c->g->calls[CALL_REFUSED];

	talk_get_facts(c->talk, &f);
	learned = refused_it ? 0 : offer(c, &f);
	e = judge(c, &f, learned, timed_out);
	if (learned == 0 && f.split == 0 &&
		(e.end == GOSSIP_AGREED || e.end == GOSSIP_LEARNED))
		recover_agreed(c->g->recover, c->member->set.name);
	pthread_mutex_lock(&c->g->lock);
	l->learned += learned;
	l->owed += f.owed;
	pthread_mutex_unlock(&c->g->lock);
	/* Whom we had no time for says nothing of how it stands with it. */
	if (!refused_it)
		note_end(c, &e,
			e.end != GOSSIP_AGREED && e.end != GOSSIP_LEARNED);
	end_run(c, &e, learned, f.owed);
	log_line(level_of(c, &e), "gossip",
		"peer=%s role=%s outcome=%s learned=%zu owed=%" PRIu64
		" octets=%" PRIu64 " rounds=%" PRIu64 " ms=%" PRId64 " why=%s",
		c->member->set.name, roles[c->answers], e.word, learned, f.owed,
		f.in + f.out, f.rounds, clock_mono_ms() - c->began_ms,
		log_quote_str(e.why).text);
}
