#include "pgp/explain_work.h"

#include <stdlib.h>
#include <string.h>

#include "pgp/digest.h"

/* A packet body by its digest, for what is there twice. */
struct told {
	struct digest digest;
	size_t cert;
	size_t index;
};

enum { HASH_MD5 = 1, HASH_SHA1 = 2 };

/* ---- finding ---------------------------------------------------------- */

static size_t
explain_find(const struct explaining *x, size_t offset, bool body)
{
	size_t low = 0, high = x->out->count, mid, at;

	while (low < high) {
		mid = low + (high - low) / 2;
		at = x->spots[mid].at;
		/* What has no body in the copy comes before its offset. */
		if (body)
			at = x->spots[mid].body == SIZE_MAX
				     ? at
				     : x->spots[mid].body;
		if (at == offset)
			return mid;
		if (at < offset)
			low = mid + 1;
		else
			high = mid;
	}
	return EXPLAIN_NONE;
}

static size_t
explain_find_packet(const struct explaining *x, const struct packet *p)
{
	size_t i;

	if (p->body.len > 0)
		return explain_find(
			x, (size_t)(p->body.data - x->copy.data), true);
	/* What is empty is nowhere. */
	for (i = 0; i < x->out->count; i++)
		if (x->out->list[i].packet.tag == p->tag &&
			x->out->list[i].packet.body.len == 0 &&
			x->out->list[i].cert == x->cert)
			return i;
	return EXPLAIN_NONE;
}

/* ---- what the level says ---------------------------------------------- */

static void
explain_note(struct explaining *x, const struct level_note *n)
{
	size_t i = explain_find_packet(x, n->packet);
	struct explained *e;

	if (i == EXPLAIN_NONE)
		return;
	e = &x->out->list[i];
	e->verdict = n->verdict;
	e->limit = n->limit;
	e->limit_max = n->limit_max;
	if (n->packet != &n->under->packet)
		e->under = explain_find_packet(x, &n->under->packet);
	if (n->home != NULL)
		e->home = explain_find_packet(x, &n->home->packet);
	if (n->into != NULL)
		e->into = explain_find_packet(x, n->into);
}

/* Nothing of it stays, whatever was found out before. */
static void
explain_refuse(struct explaining *x, size_t cert)
{
	struct explained_cert *c = &x->out->certs[cert];
	size_t i;

	for (i = 0; i < x->out->count; i++) {
		struct explained *e = &x->out->list[i];

		if (e->cert != cert || !verdict_is_kept(e->verdict))
			continue;
		e->verdict = e->packet.tag == PACKET_PUBLIC_KEY
				     ? c->refused
				     : VERDICT_COMPONENT_GONE;
	}
}

static enum status
explain_level(struct explaining *x, size_t cert)
{
	struct level_rules rules = *x->rules;
	struct explained_cert *c = &x->out->certs[cert];
	struct level_result r;
	enum status st;
	size_t i;

	rules.explain = true;
	x->cert = cert;
	st = level_apply(x->arena, &rules, c->cert, &r);
	if (st != STATUS_OK)
		return st;
	c->kept = r.cert;
	c->refused = r.refused;
	for (i = 0; i < r.note_count; i++)
		explain_note(x, &r.notes[i]);
	return STATUS_OK;
}

/* ---- what reading says ------------------------------------------------ */

static int
explain_cmp_told(const void *a, const void *b)
{
	const struct told *x = a, *y = b;
	int c;

	if (x->cert != y->cert)
		return x->cert < y->cert ? -1 : 1;
	c = digest_cmp(&x->digest, &y->digest);
	return c != 0 ? c : (x->index > y->index) - (x->index < y->index);
}

static const struct told *
explain_find_twin(const struct told *list, size_t n, const struct told *of)
{
	size_t low = 0, high = n, mid;

	while (low < high) {
		mid = low + (high - low) / 2;
		if (list[mid].cert < of->cert ||
			(list[mid].cert == of->cert &&
				digest_cmp(&list[mid].digest, &of->digest) < 0))
			low = mid + 1;
		else
			high = mid;
	}
	return low < n && list[low].cert == of->cert &&
			       digest_cmp(&list[low].digest, &of->digest) == 0
		       ? &list[low]
		       : NULL;
}

static bool
explain_is_ignored(uint8_t tag)
{
	return tag >= 40 || tag == 10 || tag == 12 || tag == 16 || tag == 21;
}

/* What neither the reader nor the level named is there twice, is skipped
 * with what it hangs on, or is nothing. */
static enum status
explain_rest(struct explaining *x)
{
	struct explanation *out = x->out;
	struct told *list = arena_array(x->arena, out->count, sizeof(*list));
	const struct told *twin;
	struct told it;
	size_t i, n = 0;

	if (list == NULL)
		return STATUS_LIMIT;
	for (i = 0; i < out->count; i++) {
		if (out->list[i].verdict == VERDICT_KEPT)
			continue;
		list[n].cert = out->list[i].cert;
		list[n].index = i;
		digest_packet(out->list[i].packet.tag, out->list[i].packet.body,
			&list[n++].digest);
	}
	if (n > 1)
		qsort(list, n, sizeof(*list), explain_cmp_told);
	for (i = 0; i < out->count; i++) {
		struct explained *e = &out->list[i];

		if (e->verdict != VERDICT_KEPT)
			continue;
		it.cert = e->cert;
		digest_packet(e->packet.tag, e->packet.body, &it.digest);
		twin = explain_find_twin(list, n, &it);
		if (explain_is_ignored(e->packet.tag)) {
			e->verdict = VERDICT_IGNORED_TAG;
		} else if (twin != NULL) {
			e->verdict = VERDICT_DUPLICATE;
			e->into = twin->index;
		} else {
			e->verdict = e->cert == EXPLAIN_NONE &&
						     e->packet.tag ==
							     PACKET_SIGNATURE
					     ? VERDICT_UNKNOWN_PRIMARY
					     : VERDICT_COMPONENT_GONE;
		}
	}
	return STATUS_OK;
}

/* ---- whose it is ------------------------------------------------------ */

static size_t
explain_cert_of(const struct explanation *out, const struct packet *primary)
{
	size_t i;

	for (i = 0; i < out->cert_count; i++)
		if (bytes_eq(out->certs[i].cert->primary.packet.body,
			    primary->body))
			return i;
	return EXPLAIN_NONE;
}

static void
explain_look(struct explained *e, const struct cert *cert)
{
	struct signature s = {.packet = e->packet};

	if (e->packet.tag == PACKET_PUBLIC_KEY ||
		e->packet.tag == PACKET_PUBLIC_SUBKEY)
		e->is_key = public_key_parse(e->packet.body, &e->key, NULL) ==
			    STATUS_OK;
	if (e->packet.tag != PACKET_SIGNATURE)
		return;
	e->is_sig = signature_parse(e->packet.body, &e->sig, NULL) == STATUS_OK;
	s.info = e->sig;
	e->self = e->is_sig && cert != NULL && verify_is_self(cert, &s);
	e->weak = e->self && (e->sig.hash_algorithm == HASH_MD5 ||
				     e->sig.hash_algorithm == HASH_SHA1);
}

static void
explain_whose(struct explanation *out)
{
	size_t i, cert = EXPLAIN_NONE;

	for (i = 0; i < out->count; i++) {
		struct explained *e = &out->list[i];

		if (e->packet.tag == PACKET_PUBLIC_KEY)
			cert = explain_cert_of(out, &e->packet);
		e->cert = cert;
		explain_look(
			e, cert == EXPLAIN_NONE ? NULL : out->certs[cert].cert);
	}
}

/* ---- all of it -------------------------------------------------------- */

/* Reads everything: only the level shall say what is too much. */
static enum status
explain_read(struct explaining *x, struct cert_list *list, struct err *err)
{
	struct cert_limits limits = *x->rules->limits;
	struct explanation *out = x->out;
	enum status st;
	size_t i, at;

	limits.max_certs = limits.max_packets = SIZE_MAX;
	limits.max_total = SIZE_MAX / 2;
	limits.secret = CERT_SECRET_REFUSES;
	list->max_notes = out->count + 1;
	st = cert_read(x->arena, buf_view(&x->copy), &limits, list, err);
	if (st != STATUS_OK)
		return st;
	out->certs = arena_array(x->arena, list->count, sizeof(*out->certs));
	if (out->certs == NULL)
		return STATUS_LIMIT;
	for (i = 0; i < list->count; i++)
		out->certs[i].cert = list->list[i];
	out->cert_count = list->count;
	for (i = 0; i < list->note_count; i++) {
		at = explain_find(x, list->notes[i].offset, false);
		if (at != EXPLAIN_NONE && out->list[at].verdict == VERDICT_KEPT)
			out->list[at].verdict = list->notes[i].verdict;
	}
	return STATUS_OK;
}

static enum status
explain_all(struct explaining *x, struct bytes octets, struct err *err)
{
	struct cert_list list = {0};
	enum status st;
	size_t i;

	st = explain_copy_all(x, octets);
	if (st == STATUS_OK)
		st = explain_read(x, &list, err);
	if (st != STATUS_OK)
		return st;
	explain_whose(x->out);
	for (i = 0; st == STATUS_OK && i < x->out->cert_count; i++)
		st = explain_level(x, i);
	if (st == STATUS_OK)
		st = explain_rest(x);
	for (i = 0; st == STATUS_OK && i < x->out->cert_count; i++)
		if (x->out->certs[i].kept == NULL)
			explain_refuse(x, i);
	return st;
}

enum status
explain_block(struct arena *arena, struct bytes octets,
	const struct level_rules *rules, struct explanation *out,
	struct err *err)
{
	struct explaining x = {.arena = arena, .rules = rules, .out = out};
	size_t room = octets.len + octets.len / 128 + 64;

	memset(out, 0, sizeof(*out));
	/* A header grows by an octet where 192 octets or more follow, and once
	 * by five: where the last packet had no length. */
	x.copy.data = arena_alloc(arena, room);
	x.copy.cap = x.copy.max = room;
	return x.copy.data == NULL ? STATUS_LIMIT
				   : explain_all(&x, octets, err);
}
