#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "base/clock.h"
#include "base/crash.h"
#include "base/log.h"
#include "mail/courier_state.h"
#include "mail/letter_log.h"

enum {
	RELAY_SIZE_LEAST = 4096, /* a smaller SIZE is not believed */
	SETTLE_MS = 200 /* at most so long is a delivered letter not settled */
};

static size_t
count_in(const struct courier_peer *p, enum letter_state state)
{
	size_t n = 0;

	for (size_t i = 0; i < p->count; i++)
		n += p->letters[i].state == state;
	return n;
}

/* ---- sending ---------------------------------------------------------- */

void
peer_stop(struct courier_peer *p, const char *why)
{
	p->flags |= PEER_STOPPED;
	p->dirty = true;
	log_line(LOG_ERROR, "peer", "name=%s state=stopped reason=%s",
		p->set->name, log_quote_str(why).text);
}

uint64_t
peer_next_id(struct courier_peer *p)
{
	size_t index = (size_t)(p - p->c->peers);

	p->serial++;
	return (uint64_t)(index + 1) << 40 | p->serial;
}

static bool
mail_text(struct courier_peer *p, uint64_t id, int64_t first, int64_t last,
	struct bytes text)
{
	char sender[COMPOSE_SENDER_MAX], envid[COMPOSE_ENVID_MAX];

	if (compose_sender(p->c->p.site, p->set->name, first, last, sender) !=
		STATUS_OK) {
		peer_stop(p, "the bounce address is no mail address");
		return false;
	}
	compose_envid(p->c->p.site, p->set->name, first, last, envid);
	return courier_send(
		p->c, id, p->set->name, sender, p->set->mail, envid, text);
}

bool
peer_send(struct courier_peer *p, uint64_t id, int64_t first, int64_t last,
	struct bytes text)
{
	if (!peer_is_fed(p->set))
		return mail_text(p, id, first, last, text);
	carrier_feed(p->c->carrier, id,
		&(struct carrier_way){.url = p->set->hkp,
			.ca_file = p->set->tls_ca,
			.sender = p->c->p.settings->host},
		text);
	return true;
}

static bool
hand_over(struct courier_peer *p, struct out_letter *l)
{
	l->id = peer_next_id(p);
	l->round = p->round;
	l->state = LETTER_SENT;
	if (!peer_send(p, l->id, l->first, l->last, buf_view(&l->text)))
		l->state = LETTER_PLANNED;
	return l->state != LETTER_PLANNED;
}

static void
send_planned(struct courier_peer *p, int64_t now)
{
	size_t most = p->failures > 0       ? 1
		      : peer_is_fed(p->set) ? CARRIER_FEEDS_MAX
					    : LETTERS_IN_FLIGHT;
	size_t sent = count_in(p, LETTER_SENT);

	for (size_t i = 0; i < p->count && sent < most; i++) {
		struct out_letter *l = &p->letters[i];

		if (l->state != LETTER_PLANNED)
			continue;
		if (p->c->out.len - p->c->out_sent > OUT_MAX)
			return;
		if (l->text.len == 0 && plan_again(p, l) != STATUS_OK)
			return;
		if (l->state != LETTER_PLANNED)
			continue;
		if (!peer_take_token(p, now) || !hand_over(p, l))
			return;
		sent++;
	}
}

/* ---- results ---------------------------------------------------------- */

static struct out_letter *
find_sent(struct courier_peer *p, uint64_t id)
{
	for (size_t i = 0; i < p->count; i++) {
		if (p->letters[i].state == LETTER_SENT &&
			p->letters[i].id == id)
			return &p->letters[i];
	}
	return NULL;
}

/*
 * The peer waits. Letters of one round share a connection, so they fail
 * together and count once. Their text is made anew, and memory stays flat.
 */
void
peer_back_off(struct courier_peer *p, enum retry_action action,
	const struct out_letter *l, int64_t now)
{
	int64_t wait;

	for (size_t i = 0; i < p->count; i++) {
		if (p->letters[i].state == LETTER_PLANNED)
			buf_done(&p->letters[i].text);
	}
	if (l->round != p->round)
		return;
	p->round++;
	p->failures++;
	p->refusals = action == RETRY_PEER ? p->refusals + 1 : 0;
	wait = retry_wait_ms(action, p->failures, p->c->p.random());
	p->next_try = now + wait;
	p->dirty = true;
	counter_add(p->c->deferred, 1);
	log_line(LOG_INFO, "peer",
		"name=%s state=%s failures=%u retry_ms=%lld reason=%s",
		p->set->name, retry_word(action), p->failures, (long long)wait,
		log_quote_str(p->last_error).text);
	if (action == RETRY_STOP || p->refusals >= RETRY_PEER_MAX)
		peer_stop(p, p->last_error);
}

void
peer_owe(struct courier_peer *p, struct out_letter *l, const char *why)
{
	l->state = LETTER_OWED;
	(void)snprintf(l->reason, sizeof(l->reason), "%s", why);
	buf_done(&l->text);
	counter_add(p->c->owed, 1);
	log_line(LOG_WARN, "peer",
		"name=%s state=owed changes=%lld-%lld reason=%s", p->set->name,
		(long long)l->first, (long long)l->last,
		log_quote_str(why).text);
}

static void
was_delivered(struct courier_peer *p, struct out_letter *l, int64_t now)
{
	crash_point("relay-ok");
	l->state = LETTER_DELIVERED;
	p->last_sent = clock_wall_s();
	peer_remember_sent(p, l);
	if (p->failures > 0) {
		log_line(LOG_INFO, "peer", "name=%s state=up after=%u",
			p->set->name, p->failures);
		p->dirty = true;
	}
	p->failures = 0;
	p->refusals = 0;
	p->next_try = 0;
	p->last_error[0] = '\0';
	if (p->settle_at == 0 || p->settle_at > now + SETTLE_MS)
		p->settle_at = now + SETTLE_MS;
	counter_add(p->c->delivered, 1);
	letter_log_write(p->c->p.settings->letter_log, p->set->name, l->first,
		l->last, buf_view(&l->text));
	log_line(LOG_INFO, "sent",
		"peer=%s changes=%lld-%lld keys=%zu octets=%zu outcome=ok",
		p->set->name, (long long)l->first, (long long)l->last, l->keys,
		l->text.len);
	buf_done(&l->text);
}

static void
was_refused(struct courier_peer *p, struct out_letter *l)
{
	counter_add(p->c->refused, 1);
	log_line(LOG_INFO, "sent",
		"peer=%s changes=%lld-%lld keys=%zu octets=%zu "
		"outcome=refused reason=%s",
		p->set->name, (long long)l->first, (long long)l->last, l->keys,
		l->text.len, log_quote_str(p->last_error).text);
	if (l->keys == 1 || l->first == l->last) {
		peer_owe(p, l, p->last_error);
		return;
	}
	l->state = LETTER_HALVE;
	buf_done(&l->text);
}

static void
was_sent(struct courier_peer *p, struct out_letter *l, enum retry_action action,
	int64_t now)
{
	if (action == RETRY_DELIVERED) {
		was_delivered(p, l, now);
		return;
	}
	if (action == RETRY_LETTER) {
		was_refused(p, l);
		return;
	}
	if (action == RETRY_LATER && ++l->attempts >= RETRY_LETTER_MAX) {
		peer_owe(p, l, p->last_error);
		return;
	}
	l->state = LETTER_PLANNED;
	peer_back_off(p, action, l, now);
}

/* What goes into the store and the log is one plain line. */
static void
note_error(struct courier_peer *p, const struct answer *a)
{
	size_t n = 0;

	/* 0: the relay said nothing, the text is our own. */
	if (a->code != 0)
		n = (size_t)snprintf(p->last_error, sizeof(p->last_error),
			"%u ", (unsigned int)a->code);
	for (size_t i = 0; i < a->text.len; i++) {
		uint8_t c = a->text.data[i];

		if (n + 1 >= sizeof(p->last_error))
			break;
		p->last_error[n++] = c < 0x20 || c > 0x7e ? ' ' : (char)c;
	}
	p->last_error[n] = '\0';
}

void
peer_answered(struct courier_peer *p, uint64_t id, const struct answer *a,
	int64_t now)
{
	struct out_letter *l = find_sent(p, id);

	if (l == NULL) {
		extra_answered(p, id, a, now);
		return;
	}
	if (a->size_max >= RELAY_SIZE_LEAST)
		p->draft.relay_max = a->size_max;
	/* What failed first is why those behind it were not tried. */
	if (l->round == p->round || a->code != 0)
		note_error(p, a);
	was_sent(p, l, retry_classify(a->stage, a->code, a->text), now);
}

void
peer_on_agent_lost(struct courier_peer *p)
{
	if (peer_is_fed(p->set))
		return;
	for (size_t i = 0; i < p->count; i++) {
		if (p->letters[i].state == LETTER_SENT)
			p->letters[i].state = LETTER_PLANNED;
	}
	extra_on_agent_lost(p);
}

void
peer_retry(struct courier_peer *p)
{
	p->flags &= ~(uint32_t)PEER_STOPPED;
	p->failures = 0;
	p->refusals = 0;
	p->next_try = 0;
	p->extra_next = 0;
	p->round++;
	p->dirty = true;
}

void
peer_resume(struct courier_peer *p)
{
	p->flags &= ~(uint32_t)PEER_PAUSED;
	peer_retry(p);
}

/* ---- one turn --------------------------------------------------------- */

static bool
is_held(const struct courier_peer *p)
{
	return (p->flags & (PEER_PAUSED | PEER_STOPPED)) != 0 ||
	       p->c->stop_at != 0;
}

void
peer_step(struct courier_peer *p, int64_t now)
{
	bool has_road = peer_is_fed(p->set) || p->c->fd >= 0;

	if (!is_held(p) && has_road) {
		if (now >= p->next_try && now >= p->job_retry)
			send_planned(p, now);
		if (p->failures == 0)
			plan_letters(p, now);
		extra_step(p, now);
	}
	if (job_is_due(p, now))
		job_start(p, now);
}

static void
sooner(int64_t *when, int64_t other, int64_t now)
{
	if (other > now && other < *when)
		*when = other;
}

int64_t
peer_next(const struct courier_peer *p, int64_t now)
{
	int64_t when = INT64_MAX;

	sooner(&when, p->job_retry, now);
	sooner(&when, p->settle_at, now);
	if (is_held(p))
		return when;
	sooner(&when, p->next_try, now);
	sooner(&when, p->extra_next, now);
	if (p->changed) {
		sooner(&when, p->due, now);
		sooner(&when, p->peek, now);
	}
	if (p->set->letters_per_minute > 0 && p->tokens < 1000 &&
		count_in(p, LETTER_PLANNED) > 0)
		sooner(&when,
			now + 60000 / (int64_t)p->set->letters_per_minute + 1,
			now);
	return when;
}

/* Something is on its way, or delivered and not settled. */
bool
peer_is_busy(const struct courier_peer *p)
{
	return p->job_runs || count_in(p, LETTER_SENT) > 0 ||
	       (p->count > 0 && p->letters[0].state == LETTER_DELIVERED);
}

void
peer_done(struct courier_peer *p)
{
	while (p->count > 0)
		plan_remove(p, p->count - 1);
	free(p->letters);
	free(p->sent);
	extra_done(p);
	arena_free(p->job.arena);
}
