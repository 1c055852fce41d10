#include "lookup/redact.h"

#include <string.h>

#include "pgp/level.h"

static bool
redact_is_candidate(const struct signature *s)
{
	return !s->malformed && s->info.type == SIG_KEY_REVOCATION &&
	       s->info.exportable && verify_is_hard_revocation(&s->info);
}

/* By the key itself, as far as can be known. */
static bool
redact_counts(const struct cert *cert, enum level level,
	const struct signature *s, struct verify_budget *budget)
{
	if (!redact_is_candidate(s) || !verify_is_self(cert, s))
		return false;
	return level != LEVEL_SKS ||
	       verify_is_own(cert, &cert->primary, &s->info, budget);
}

/* A look at the first packets: most certificates are not revoked. */
static bool
redact_may_be(const struct cert_row *row, struct arena *arena)
{
	struct packet_reader in = packet_reader_of(row->octets, arena);
	struct signature s = {.malformed = false};
	struct packet p;

	if (packet_next(&in, &p, NULL) != STATUS_OK)
		return false;
	/* Revocations come first among the signatures of the primary. */
	while (packet_next(&in, &p, NULL) == STATUS_OK &&
		p.tag == PACKET_SIGNATURE &&
		signature_parse(p.body, &s.info, NULL) == STATUS_OK &&
		s.info.type == SIG_KEY_REVOCATION)
		if (redact_is_candidate(&s))
			return true;
	return false;
}

static enum status
redact_write(const struct cert *cert, enum level level, size_t room,
	struct arena *arena, bool *hard, struct bytes *out)
{
	const struct component *c = &cert->primary;
	bool v6 = cert->id.fpr.version == 6;
	struct verify_budget budget = {verify_work(cert), VERIFY_WHEN_SERVING};
	struct buf b = {0};
	enum status st;
	size_t i;

	b.data = arena_alloc(arena, room);
	b.cap = b.max = room;
	if (b.data == NULL)
		return STATUS_LIMIT;
	st = packet_write(&b, c->packet.tag, c->packet.body, v6);
	for (i = 0; st == STATUS_OK && i < c->sig_count; i++) {
		if (!redact_counts(cert, level, &c->sigs[i], &budget))
			continue;
		*hard = true;
		st = packet_write(
			&b, PACKET_SIGNATURE, c->sigs[i].packet.body, v6);
	}
	if (out != NULL)
		*out = buf_view(&b);
	return st;
}

enum status
redact_row(struct arena *arena, const struct cert_row *row, bool *hard,
	struct bytes *out, struct err *err)
{
	struct cert *cert;
	enum status st;

	*hard = false;
	if (!redact_may_be(row, arena))
		return STATUS_OK;
	st = cert_read_stored(arena, row->octets, &cert, err);
	if (st == STATUS_OK)
		st = redact_write(cert, (enum level)row->level, row->octets.len,
			arena, hard, out);
	return st == STATUS_MALFORMED ? STATUS_IO : st;
}

enum status
redact_listing(struct arena *arena, struct index_cert *c, struct err *err)
{
	struct index_part *k = &c->key;
	size_t i, n = 0;
	enum status st;
	bool hard;

	st = redact_row(arena, c->row, &hard, NULL, err);
	if (st != STATUS_OK || !hard)
		return st;
	c->user_id_count = 0;
	c->attribute_count = 0;
	c->subkey_count = 0;
	for (i = 0; i < k->sig_count; i++)
		if (k->sigs[i].self && redact_is_candidate(k->sigs[i].sig))
			k->sigs[n++] = k->sigs[i];
	k->sig_count = n;
	k->sigs_left = 0;
	return STATUS_OK;
}
