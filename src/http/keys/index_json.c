#include "http/keys/index_json.h"

#include <jansson.h>
#include <stdio.h>
#include <stdlib.h>

#include "base/clock.h"
#include "base/hex.h"
#include "pgp/user_id.h"

/* As IANA's registry of OpenPGP spells them. */
static const struct {
	uint8_t code;
	bool has_bits; /* its length says something the curve does not */
	const char *name;
} algorithms[] = {
	{1, true, "RSA (Encrypt or Sign)"},
	{2, true, "RSA Encrypt-Only"},
	{3, true, "RSA Sign-Only"},
	{16, true, "Elgamal (Encrypt-Only)"},
	{17, true, "DSA (Digital Signature Algorithm)"},
	{18, false, "ECDH public key algorithm"},
	{19, false, "ECDSA public key algorithm"},
	{20, true, "Reserved (formerly Elgamal Encrypt or Sign)"},
	{22, false, "EdDSALegacy"},
	{25, false, "X25519"},
	{26, false, "X448"},
	{27, false, "Ed25519"},
	{28, false, "Ed448"},
};

static void
set(json_t *o, const char *name, json_t *value)
{
	json_object_set_new_nocheck(o, name, value);
}

/* 2012-08-21T22:59:05Z; nothing for no time. */
static void
set_time(json_t *o, const char *name, int64_t t)
{
	struct clock_text at = clock_utc(t);

	if (t > 0 && at.text[0] != '\0')
		set(o, name, json_string(at.text));
}

static void
set_hex(json_t *o, const char *name, struct bytes octets)
{
	char hex[2 * FINGERPRINT_MAX + 1];

	hex_write_lower(octets, hex);
	set(o, name, json_string(hex));
}

static json_t *
algorithm_of(const struct public_key *key)
{
	json_t *o = json_object();
	size_t i;

	set(o, "code", json_integer(key->algorithm));
	for (i = 0; i < sizeof(algorithms) / sizeof(algorithms[0]); i++) {
		if (algorithms[i].code != key->algorithm)
			continue;
		set(o, "name", json_string(algorithms[i].name));
		if (algorithms[i].has_bits && key->bits > 0)
			set(o, "bitLength", json_integer(key->bits));
	}
	if (key->curve != NULL)
		set(o, "curve", json_string(key->curve));
	return o;
}

/* What a certificate and a subkey have in common. */
static json_t *
key_object(const struct public_key *key, const struct index_part *part,
	enum index_json_kind kind)
{
	json_t *o = json_object();
	char id[24];

	set(o, "version", json_integer(key->fpr.version));
	set_hex(o, "fingerprint", bytes_make(key->fpr.octets, key->fpr.len));
	set_time(o, "creation", part->created);
	set_time(o, "expiration", part->expires);
	set(o, "isExpired", json_boolean(part->expired));
	set(o, "isRevoked", json_boolean(part->revoked));
	set(o, "algorithm", algorithm_of(key));
	if (kind == INDEX_JSON_V1) {
		snprintf(id, sizeof(id), "%016llx",
			(unsigned long long)key->key_id);
		set(o, "longKeyID", json_string(id));
	}
	return o;
}

/* Of the oldest self-signature that holds it. */
static int64_t
first_seen(const struct index_part *u)
{
	int64_t first = u->created;
	size_t i;

	for (i = 0; i < u->sig_count; i++) {
		const struct index_sig *s = &u->sigs[i];

		if (s->kind == INDEX_SIG_SELF && s->self && s->plausible &&
			s->created > 0 && s->created < first)
			first = s->created;
	}
	return first;
}

static enum status
add_user_id(struct arena *arena, json_t *list, const struct index_part *u,
	enum index_json_kind kind)
{
	struct bytes text;
	enum status st;
	json_t *o;

	/* What is no UTF-8 is read as Latin-1, as searches do. */
	st = user_id_text(arena, u->text, &text);
	if (st != STATUS_OK)
		return st;
	o = json_object();
	set(o, "uidString",
		json_stringn(text.len == 0 ? "" : (const char *)text.data,
			text.len));
	set_time(o, "creation", first_seen(u));
	set_time(o, "expiration", u->expires);
	set(o, "isExpired", json_boolean(u->expired));
	set(o, "isRevoked", json_boolean(u->revoked));
	if (kind == INDEX_JSON_V1)
		json_object_set(o, "keywords", json_object_get(o, "uidString"));
	json_array_append_new(list, o);
	return STATUS_OK;
}

static enum status
fill_cert(struct arena *arena, json_t *o, const struct index_cert *c,
	enum index_json_kind kind)
{
	json_t *user_ids = json_array(), *subkeys = json_array();
	enum status st = STATUS_OK;
	size_t i;

	if (kind == INDEX_JSON_V1) {
		set_hex(o, "md5", bytes_make(c->row->sks_digest.octets, 16));
		set(o, "length", json_integer((json_int_t)c->row->octets.len));
	}
	/* Its own signatures were only looked at. */
	if (!public_key_verifies(&c->cert->primary.key))
		set(o, "isUnverified", json_true());
	if (c->key.revoker.len > 0)
		set_hex(o, "revokedBy",
			bytes_make(c->key.revoker.octets, c->key.revoker.len));
	set(o, "userIDs", user_ids);
	set(o, "subkeys", subkeys);
	for (i = 0; st == STATUS_OK && i < c->user_id_count; i++)
		if (c->user_ids[i].valid)
			st = add_user_id(
				arena, user_ids, &c->user_ids[i], kind);
	for (i = 0; st == STATUS_OK && i < c->subkey_count; i++)
		if (c->subkeys[i].valid)
			json_array_append_new(subkeys,
				key_object(&c->subkeys[i].component->key,
					&c->subkeys[i], kind));
	return st;
}

static enum status
put_cert(struct arena *arena, struct buf *out, const struct index_cert *c,
	enum index_json_kind kind)
{
	json_t *o = key_object(&c->cert->primary.key, &c->key, kind);
	enum status st = fill_cert(arena, o, c, kind);
	char *text = NULL;

	if (st == STATUS_OK)
		text = json_dumps(o, JSON_INDENT(1));
	json_decref(o);
	if (st == STATUS_OK)
		st = text == NULL ? STATUS_LIMIT : buf_puts(out, text);
	free(text);
	return st;
}

enum status
index_json_write(struct arena *arena, struct reply *reply,
	const struct index_cert *certs, size_t count, enum index_json_kind kind,
	size_t max_octets)
{
	struct buf *out = &reply->body;
	enum status st = buf_puts(out, "[");
	size_t i;

	for (i = 0; st == STATUS_OK && i < count; i++) {
		if (i > 0)
			st = buf_puts(out, ",\n");
		if (st == STATUS_OK)
			st = put_cert(arena, out, &certs[i], kind);
		if (st == STATUS_OK && out->len > max_octets)
			st = STATUS_LIMIT;
	}
	if (st == STATUS_OK)
		st = buf_puts(out, "]\n");
	if (st != STATUS_OK) {
		err_set(&reply->err, "Too many responses");
		return st;
	}
	reply_etag_hash(reply, buf_view(out), 16, "json");
	reply->type = REPLY_JSON;
	reply->cache = REPLY_REVALIDATE;
	return STATUS_OK;
}
