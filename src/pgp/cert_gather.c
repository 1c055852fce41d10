#include "pgp/cert_gather.h"

#include <string.h>

#include "pgp/digest.h"

/* Room for `want` elements, or LIMIT from the function it stands in. */
#define GROW(arena, items, cap, want)                                          \
	do {                                                                   \
		void *grown = (items);                                         \
		if (arena_grow((arena), &grown, &(cap), (want),                \
			    sizeof(*(items))) != STATUS_OK)                    \
			return STATUS_LIMIT;                                   \
		(items) = grown;                                               \
	} while (0)

enum status
cert_gather_note(
	struct gather *g, enum verdict verdict, size_t block, uint8_t tag)
{
	struct cert_list *l = g->list;
	struct cert_note *n;
	size_t max = l->max_notes ? l->max_notes : CERT_NOTES_MAX;

	/* Half of the room is for what is lost whole. */
	if (block != SIZE_MAX && l->max_notes == 0)
		max /= 2;
	if (l->note_count >= max) {
		l->notes_dropped++;
		return STATUS_OK;
	}
	GROW(g->arena, l->notes, l->note_cap, l->note_count + 1);
	n = &l->notes[l->note_count++];
	n->verdict = verdict;
	n->cert = block;
	n->offset = g->offset;
	n->tag = tag;
	n->body = bytes_make(NULL, 0);
	return STATUS_OK;
}

/* Notes what befell a packet of the key being read. */
static enum status
cert_gather_note_here(
	struct gather *g, enum verdict verdict, const struct packet *p)
{
	size_t block = SIZE_MAX, n = g->list->note_count;
	enum status st;

	if (g->place == PLACE_IN_KEY || g->place == PLACE_SKIPPING)
		block = g->block_count - 1;
	st = cert_gather_note(g, verdict, block, p->tag);
	if (st == STATUS_OK && g->list->note_count > n)
		g->list->notes[n].body = p->body;
	return st;
}

static enum status
cert_gather_add_loose(
	struct gather *g, const struct packet *p, const struct public_key *key)
{
	size_t n = g->loose_count;
	struct loose *part;

	GROW(g->arena, g->loose, g->loose_cap, n + 1);
	GROW(g->arena, g->first_sigs, g->first_cap, n + 1);
	part = &g->loose[n];
	memset(part, 0, sizeof(*part));
	part->packet = *p;
	if (key)
		part->key = *key;
	g->first_sigs[n] = g->sig_count;
	g->loose_count = n + 1;
	if (g->block_count)
		g->blocks[g->block_count - 1].end = n + 1;
	g->place = PLACE_IN_KEY;
	return STATUS_OK;
}

/* A packet over its limit goes, and what hangs from it. */
static enum status
cert_gather_too_large(struct gather *g, const struct packet *p)
{
	enum status st;

	if (p->tag == PACKET_PUBLIC_KEY) {
		g->place = PLACE_DROPPED;
		g->list->refused++;
		return cert_gather_note(g, VERDICT_TOO_LARGE, SIZE_MAX, p->tag);
	}
	if (g->place != PLACE_IN_KEY && g->place != PLACE_SKIPPING)
		return STATUS_OK;
	if (p->tag == PACKET_SIGNATURE && g->place == PLACE_SKIPPING)
		return STATUS_OK;
	st = cert_gather_note_here(g, VERDICT_TOO_LARGE, p);
	if (p->tag != PACKET_SIGNATURE)
		g->place = PLACE_SKIPPING;
	return st;
}

static enum status
cert_gather_primary(struct gather *g, const struct packet *p)
{
	struct public_key key;
	struct block *b;

	g->place = PLACE_DROPPED;
	if (p->body.len > g->limits->max_key)
		return cert_gather_too_large(g, p);
	if (public_key_parse(p->body, &key, NULL) != STATUS_OK) {
		g->list->refused++;
		return cert_gather_note(
			g, VERDICT_UNUSABLE_KEY, SIZE_MAX, p->tag);
	}
	GROW(g->arena, g->blocks, g->block_cap, g->block_count + 1);
	b = &g->blocks[g->block_count++];
	memset(b, 0, sizeof(*b));
	b->primary = g->loose_count;
	digest_packet(p->tag, p->body, &b->id);
	return cert_gather_add_loose(g, p, &key);
}

static enum status
cert_gather_text(struct gather *g, const struct packet *p)
{
	size_t max = p->tag == PACKET_USER_ID ? g->limits->max_user_id
					      : g->limits->max_attribute;

	if (g->place != PLACE_IN_KEY && g->place != PLACE_SKIPPING)
		return STATUS_OK;
	if (p->body.len > max)
		return cert_gather_too_large(g, p);
	return cert_gather_add_loose(g, p, NULL);
}

static bool
cert_gather_fits_primary(const struct gather *g, uint8_t version)
{
	const struct block *b = &g->blocks[g->block_count - 1];
	uint8_t primary = g->loose[b->primary].key.fpr.version;

	return primary >= 4 && (primary == 6) == (version == 6);
}

static enum status
cert_gather_subkey(struct gather *g, const struct packet *p)
{
	struct public_key key;
	enum status st;

	if (g->place != PLACE_IN_KEY && g->place != PLACE_SKIPPING)
		return STATUS_OK;
	if (p->body.len > g->limits->max_key)
		return cert_gather_too_large(g, p);
	if (public_key_parse(p->body, &key, NULL) == STATUS_OK &&
		cert_gather_fits_primary(g, key.fpr.version))
		return cert_gather_add_loose(g, p, &key);
	st = cert_gather_note_here(g, VERDICT_UNUSABLE_SUBKEY, p);
	g->place = PLACE_SKIPPING;
	return st;
}

static enum status
cert_gather_standalone(struct gather *g, const struct packet *p)
{
	struct cert_list *l = g->list;
	struct signature_info info;

	if (signature_parse(p->body, &info, NULL) != STATUS_OK ||
		info.type != SIG_KEY_REVOCATION)
		return cert_gather_note(
			g, VERDICT_UNKNOWN_PRIMARY, SIZE_MAX, p->tag);
	GROW(g->arena, l->standalone, l->standalone_cap,
		l->standalone_count + 1);
	l->standalone[l->standalone_count++] = *p;
	return STATUS_OK;
}

static enum status
cert_gather_signature(struct gather *g, const struct packet *p)
{
	if (g->place == PLACE_OUTSIDE)
		return cert_gather_standalone(g, p);
	if (g->place != PLACE_IN_KEY)
		return STATUS_OK;
	if (p->body.len > g->limits->max_signature)
		return cert_gather_too_large(g, p);
	GROW(g->arena, g->sigs, g->sig_cap, g->sig_count + 1);
	g->sigs[g->sig_count++] = *p;
	g->loose[g->loose_count - 1].sig_count++;
	return STATUS_OK;
}

/* Takes back the key being read: all of it since its primary. */
static void
cert_gather_take_back(struct gather *g)
{
	struct block *b = &g->blocks[--g->block_count];
	struct cert_note *note;
	size_t i;

	g->sig_count = g->first_sigs[b->primary];
	g->loose_count = b->primary;
	for (i = g->first_note; i < g->list->note_count; i++) {
		note = &g->list->notes[i];
		if (note->cert == g->block_count)
			note->cert = SIZE_MAX;
	}
}

static enum status
cert_gather_secret(struct gather *g, const struct packet *p)
{
	if (g->limits->secret == CERT_SECRET_REFUSES)
		return STATUS_REJECTED;
	/* A secret subkey taints the public primary before it, a secret
	 * primary starts a key of its own. */
	if (p->tag == PACKET_SECRET_SUBKEY &&
		(g->place == PLACE_IN_KEY || g->place == PLACE_SKIPPING)) {
		cert_gather_take_back(g);
		g->list->refused++;
	} else if (p->tag == PACKET_SECRET_KEY) {
		g->list->refused++;
	}
	g->place = PLACE_DROPPED;
	return cert_gather_note(g, VERDICT_SECRET, SIZE_MAX, p->tag);
}

static enum status
cert_gather_ignored(struct gather *g, const struct packet *p)
{
	(void)g;
	(void)p;
	return STATUS_OK;
}

static enum status
cert_gather_unknown(struct gather *g, const struct packet *p)
{
	enum status st;

	if (g->place != PLACE_IN_KEY && g->place != PLACE_SKIPPING)
		return STATUS_OK;
	st = cert_gather_note_here(g, VERDICT_UNKNOWN_TAG, p);
	g->place = PLACE_SKIPPING;
	return st;
}

typedef enum status cert_gather_tag(struct gather *g, const struct packet *p);

/* By tag; the rest of 40 and above is ignored, of those below is unknown. */
static cert_gather_tag *const by_tag[40] = {
	[PACKET_SIGNATURE] = cert_gather_signature,
	[PACKET_SECRET_KEY] = cert_gather_secret,
	[PACKET_PUBLIC_KEY] = cert_gather_primary,
	[PACKET_SECRET_SUBKEY] = cert_gather_secret,
	[10] = cert_gather_ignored, /* marker */
	[12] = cert_gather_ignored, /* trust */
	[PACKET_USER_ID] = cert_gather_text,
	[PACKET_PUBLIC_SUBKEY] = cert_gather_subkey,
	[16] = cert_gather_ignored, /* comment of old GnuPG */
	[PACKET_USER_ATTRIBUTE] = cert_gather_text,
	[21] = cert_gather_ignored, /* padding */
};

static enum status
cert_gather_packet(struct gather *g, const struct packet *p)
{
	if (p->tag >= 40)
		return STATUS_OK;
	if (!by_tag[p->tag])
		return cert_gather_unknown(g, p);
	return by_tag[p->tag](g, p);
}

/* Too many chunks: what it would be too large for, it is too large for. */
static enum status
cert_gather_chunked(struct gather *g, const struct packet *p)
{
	if (p->tag == PACKET_PUBLIC_KEY || p->tag == PACKET_PUBLIC_SUBKEY ||
		p->tag == PACKET_USER_ID || p->tag == PACKET_USER_ATTRIBUTE ||
		p->tag == PACKET_SIGNATURE)
		return cert_gather_too_large(g, p);
	return cert_gather_packet(g, p);
}

/* The rest cannot be read. What came before is kept, unless this is secret. */
static enum status
cert_gather_stop(struct gather *g, const struct packet_reader *in)
{
	uint8_t tag = packet_peek_tag(in);
	struct packet cut = {tag, {NULL, 0}, {NULL, 0}};
	enum status st;

	if (tag == PACKET_SECRET_KEY || tag == PACKET_SECRET_SUBKEY) {
		st = cert_gather_secret(g, &cut);
		if (st != STATUS_OK)
			return st;
	}
	return cert_gather_note_here(
		g, tag ? VERDICT_TRUNCATED : VERDICT_BAD_HEADER, &cut);
}

enum status
cert_gather_packets(struct gather *g, struct bytes octets, struct err *err)
{
	struct packet_reader in = packet_reader_of(octets, g->arena);
	struct packet p;
	enum status st;
	bool chunked;
	size_t i;

	for (;;) {
		g->offset = in.pos;
		st = packet_next(&in, &p, err);
		if (st == STATUS_NOT_FOUND)
			break;
		if (st == STATUS_MALFORMED) {
			st = cert_gather_stop(g, &in);
			if (st != STATUS_OK)
				return st;
			break;
		}
		chunked = st == STATUS_UNSUPPORTED;
		if (st != STATUS_OK && !chunked)
			return st;
		if (++g->list->packets > g->limits->max_packets) {
			err_set(err, "over %zu packets",
				g->limits->max_packets);
			return STATUS_LIMIT;
		}
		st = chunked ? cert_gather_chunked(g, &p)
			     : cert_gather_packet(g, &p);
		if (st != STATUS_OK)
			return st;
	}
	/* The array has its final place only now. */
	for (i = 0; g->sigs && i < g->loose_count; i++)
		g->loose[i].sigs = g->sigs + g->first_sigs[i];
	return STATUS_OK;
}
