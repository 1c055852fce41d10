#include "pgp/cert_build.h"

/* How many of each a stored certificate holds: one walk over the headers. */
struct counts {
	size_t user_ids;
	size_t attributes;
	size_t subkeys;
	size_t sigs;
};

struct filling {
	struct cert *cert;
	struct component *under;
	struct signature *sigs; /* the next free one */
};

static enum status
cert_stored_damaged(struct err *err, size_t offset)
{
	err_set(err, "stored certificate is damaged at offset %zu", offset);
	return STATUS_MALFORMED;
}

static enum status
cert_stored_count(struct bytes octets, struct arena *arena, struct counts *n,
	struct err *err)
{
	struct packet_reader in = packet_reader_of(octets, arena);
	size_t at, *slot;
	struct packet p;
	enum status st;

	for (;;) {
		at = in.pos;
		st = packet_next(&in, &p, err);
		if (st == STATUS_NOT_FOUND)
			return STATUS_OK;
		if (st == STATUS_UNSUPPORTED)
			return cert_stored_damaged(err, at);
		if (st != STATUS_OK)
			return st;
		slot = p.tag == PACKET_SIGNATURE        ? &n->sigs
		       : p.tag == PACKET_USER_ID        ? &n->user_ids
		       : p.tag == PACKET_USER_ATTRIBUTE ? &n->attributes
		       : p.tag == PACKET_PUBLIC_SUBKEY  ? &n->subkeys
							: NULL;
		if (slot)
			++*slot;
		/* The primary once, and first. */
		if ((p.tag == PACKET_PUBLIC_KEY) != (at == 0) ||
			(!slot && at != 0))
			return cert_stored_damaged(err, at);
	}
}

static enum status
cert_stored_alloc(
	struct arena *arena, const struct counts *n, struct filling *f)
{
	f->cert = arena_alloc(arena, sizeof(*f->cert));
	if (!f->cert)
		return STATUS_LIMIT;
	f->cert->user_ids =
		arena_array(arena, n->user_ids, sizeof(struct component));
	f->cert->attributes =
		arena_array(arena, n->attributes, sizeof(struct component));
	f->cert->subkeys =
		arena_array(arena, n->subkeys, sizeof(struct component));
	f->sigs = arena_array(arena, n->sigs, sizeof(*f->sigs));
	if (!f->cert->user_ids || !f->cert->attributes || !f->cert->subkeys ||
		!f->sigs)
		return STATUS_LIMIT;
	return STATUS_OK;
}

static void
cert_stored_put_sig(struct filling *f, const struct packet *p)
{
	struct signature *s = f->sigs++;

	if (!f->under->sigs)
		f->under->sigs = s;
	s->packet = *p;
	s->malformed = signature_parse(p->body, &s->info, NULL) != STATUS_OK;
	f->under->sig_count++;
}

static struct component *
cert_stored_slot(struct cert *c, uint8_t tag)
{
	if (tag == PACKET_USER_ID)
		return &c->user_ids[c->user_id_count++];
	if (tag == PACKET_USER_ATTRIBUTE)
		return &c->attributes[c->attribute_count++];
	if (tag == PACKET_PUBLIC_SUBKEY)
		return &c->subkeys[c->subkey_count++];
	return &c->primary;
}

static enum status
cert_stored_put(struct filling *f, const struct packet *p, struct err *err)
{
	if (p->tag == PACKET_SIGNATURE) {
		cert_stored_put_sig(f, p);
		return STATUS_OK;
	}
	f->under = cert_stored_slot(f->cert, p->tag);
	f->under->packet = *p;
	if (p->tag != PACKET_PUBLIC_KEY && p->tag != PACKET_PUBLIC_SUBKEY)
		return STATUS_OK;
	return public_key_parse(p->body, &f->under->key, err);
}

enum status
cert_read_stored(struct arena *arena, struct bytes octets, struct cert **cert,
	struct err *err)
{
	struct packet_reader in = packet_reader_of(octets, arena);
	struct counts n = {0, 0, 0, 0};
	struct filling f = {NULL, NULL, NULL};
	struct packet p;
	enum status st;

	if (octets.len == 0)
		return cert_stored_damaged(err, 0);
	st = cert_stored_count(octets, arena, &n, err);
	if (st == STATUS_OK)
		st = cert_stored_alloc(arena, &n, &f);
	while (st == STATUS_OK) {
		st = packet_next(&in, &p, err);
		if (st == STATUS_OK)
			st = cert_stored_put(&f, &p, err);
	}
	if (st != STATUS_NOT_FOUND)
		return st;
	cert_build_totals(f.cert);
	*cert = f.cert;
	return STATUS_OK;
}
