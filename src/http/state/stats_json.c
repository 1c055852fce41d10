#include <jansson.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "http/state/format.h"
#include "http/state/render.h"

enum { ADDRESS_MAX = 600 };

/* HOST:PORT; readers split it at the first colon and take both halves. */
static json_t *
address(const char *host, unsigned int port)
{
	char text[ADDRESS_MAX];

	snprintf(text, sizeof(text), "%s:%u", host, port);
	return json_string(text);
}

static json_t *
when(int64_t t)
{
	return json_string(format_time(t).text);
}

static json_t *
number(int64_t n)
{
	return json_integer((json_int_t)n);
}

/*
 * Appends and says whether it worked: a NULL element would be lost without
 * a word.
 */
static bool
append(json_t *list, json_t *element)
{
	return json_array_append_new(list, element) == 0;
}

/* ---- peers ------------------------------------------------------------ */

/* `last`: of the newest that went well. */
static const char *
recon_word(bool fails, int64_t last)
{
	if (fails)
		return "Error";
	return last > 0 ? "OK" : "Starting";
}

/* An IPv6 address has no place in HOST:PORT that is split at a colon. */
static bool
is_gossip_peer(const struct state_peer *p)
{
	return p->gossip[0] != '\0' && strchr(p->gossip, ':') == NULL;
}

static json_t *
gossip_peer(const struct state_peer *p)
{
	json_t *o = json_pack(
		"{s:s, s:o, s:o, s:s, s:o, s:s, s:o, s:s, s:s, s:o, s:s, s:s,"
		" s:o}",
		"name", p->name, "httpAddr", address(p->gossip, p->http_port),
		"reconAddr", address(p->gossip, p->recon_port), "statsPath",
		"/pks/lookup?op=stats", "lastIncomingRecon", when(p->in.time),
		"lastIncomingError", p->in.error, "lastOutgoingRecon",
		when(p->out.time), "lastOutgoingError", p->out.error,
		"reconStatus",
		recon_word(state_peer_gossip_fails(p),
			p->in.time > 0 ? p->in.time : p->out.time),
		"lastRecovery", when(p->recovery.time), "lastRecoveryError",
		p->recovery.error, "recoveryStatus",
		recon_word(p->recovery.error[0] != '\0', p->recovery.time),
		"lacking", number(p->lacking));

	if (o != NULL && p->masked)
		(void)json_object_set_new(o, "masked", json_true());
	return o;
}

/* Added where somebody looks. NULL: failed. */
static json_t *
with_canary(json_t *o, const struct state_peer *p)
{
	if (o == NULL || !p->canary)
		return o;
	(void)json_object_set_new(o, "canarySigned", when(p->canary_seen));
	(void)json_object_set_new(o, "canarySeconds", number(p->canary_took));
	return o;
}

static json_t *
push_target(const struct state_peer *p, const char *addr)
{
	return with_canary(
		json_pack("{s:s, s:o, s:s, s:b, s:b}", "addr", addr, "lastSync",
			when(p->last_sent), "lastError", p->error, "permanent",
			1, "active", state_peer_is_sent_to(p)),
		p);
}

static json_t *
repair(const struct state_mend *m)
{
	return json_pack("{s:b, s:o, s:o, s:o, s:o, s:o, s:o}", "speaks",
		m->speaks, "gaps", number(m->gaps), "gapsAsked",
		number(m->asked), "lastAgreed", when(m->agreed), "lastDiffered",
		when(m->differed), "resyncLeft", number(m->left), "resyncOf",
		number(m->upto));
}

/* What waits for the peer: changes, and letters that are made of them. NULL:
 * failed. */
static json_t *
with_lag(json_t *o, const struct state_peer *p)
{
	if (o == NULL)
		return o;
	(void)json_object_set_new(o, "queued", number(p->waiting));
	(void)json_object_set_new(o, "oldestQueued", when(p->oldest));
	(void)json_object_set_new(o, "lettersWaiting", number(p->mend.letters));
	(void)json_object_set_new(o, "octetsWaiting", number(p->mend.octets));
	return o;
}

static json_t *
mail_peer(const struct state_peer *p)
{
	return with_lag(
		with_canary(json_pack("{s:s, s:s, s:o, s:o, s:o}", "address",
				    p->mail, "direction",
				    state_peer_is_mailed(p) &&
						    state_peer_is_sent_to(p)
					    ? "both"
					    : "in",
				    "lastSent", when(p->last_sent),
				    "lastReceived", when(p->last_received),
				    "repair", repair(&p->mend)),
			p),
		p);
}

struct peer_lists {
	json_t *gossip;
	json_t *push;
	json_t *mail;
};

static bool
list_peer(struct peer_lists *l, const struct state_peer *p)
{
	char url[ADDRESS_MAX];
	bool good = true;

	if (is_gossip_peer(p))
		good = append(l->gossip, gossip_peer(p));
	if (good && state_peer_has_mail(p)) {
		snprintf(url, sizeof(url), "mailto:%s", p->mail);
		good = append(l->mail, mail_peer(p)) &&
		       (!state_peer_is_mailed(p) ||
			       append(l->push, push_target(p, url)));
	}
	if (good && state_peer_is_fed(p))
		good = append(l->push, with_lag(push_target(p, p->push), p));
	return good;
}

/* ---- histograms ------------------------------------------------------- */

/* Oldest first; what is not known is left out. NULL: failed. */
static json_t *
histogram(const struct histogram *h, int64_t since, int64_t now)
{
	size_t i = histogram_known(h, since, now);
	json_t *list = json_array();

	while (list != NULL && i-- > 0) {
		struct tally t = histogram_get(h, i, now);

		if (append(list, json_pack("{s:o, s:o, s:o, s:o}", "Time",
					 when(histogram_start(h, i, now)),
					 "Inserted", number(t.inserted),
					 "Updated", number(t.updated),
					 "Removed", number(t.removed))))
			continue;
		json_decref(list);
		list = NULL;
	}
	return list;
}

/* ---- the whole -------------------------------------------------------- */

static json_t *
build(const struct site_state *s, struct peer_lists *l)
{
	return json_pack(
		"{s:s, s:s, s:s, s:s, s:o, s:o, s:o, s:s, s:s, s:o, s:o,"
		" s:{s:b, s:b, s:b}, s:o, s:o, s:{s:s, s:o}, s:o, s:o}",
		"software", "keypost", "version", s->version, "hostname",
		s->host, "nodename", s->host, "now", when(s->now), "total",
		number(s->certs), "numkeys", number(s->certs), "contact",
		s->contact, "server_contact", s->contact, "httpAddr",
		address(s->host, s->http_port), "reconAddr",
		address(s->host, s->recon_port), "queryConfig",
		"selfSignedOnly", 0, "keywordSearchDisabled", !s->word_search,
		"enableInexactMatching", s->word_search, "peers",
		json_incref(l->gossip), "pksTargets", json_incref(l->push),
		"mailsync", "address", s->mail, "peers", json_incref(l->mail),
		"hourly", histogram(&s->hours, s->counted_since, s->now),
		"daily", histogram(&s->days, s->counted_since, s->now));
}

enum status
render_json(const struct site_state *s, struct buf *out, struct err *err)
{
	struct peer_lists l = {json_array(), json_array(), json_array()};
	json_t *o = NULL;
	char *text = NULL;
	bool good = true;
	enum status st = STATUS_IO;

	for (size_t i = 0; good && i < s->peer_count; i++)
		good = list_peer(&l, &s->peers[i]);
	if (good)
		o = build(s, &l);
	if (o != NULL)
		text = json_dumps(o, JSON_INDENT(1));
	if (text == NULL)
		err_set(err, "statistics hold what is no UTF-8");
	else
		st = buf_puts(out, text);
	if (st == STATUS_OK)
		st = buf_puts(out, "\n");
	free(text);
	json_decref(o);
	json_decref(l.gossip);
	json_decref(l.push);
	json_decref(l.mail);
	return st;
}
