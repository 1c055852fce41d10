#include "cli/explain.h"
#include "cli/visible.h"

#include "base/hex.h"
#include "pgp/user_id.h"

static void
set(json_t *o, const char *key, json_t *value)
{
	(void)json_object_set_new_nocheck(o, key, value);
}

static void
set_number(json_t *o, const char *key, uint64_t n)
{
	set(o, key, json_integer((json_int_t)n));
}

static void
set_fpr(json_t *o, const char *key, const struct fingerprint *f)
{
	char hex[FINGERPRINT_HEX_MAX];

	fingerprint_hex(f, hex);
	set(o, key, json_string(hex));
}

static void
set_id(json_t *o, const char *key, uint64_t id)
{
	char text[17];

	snprintf(text, sizeof(text), "%016llX", (unsigned long long)id);
	set(o, key, json_string(text));
}

/* Octets of a user ID as JSON text. */
static json_t *
user_id_json(struct arena *arena, struct bytes text)
{
	struct bytes utf8;
	json_t *j = NULL;

	if (user_id_text(arena, text, &utf8) == STATUS_OK)
		j = json_stringn(
			utf8.len == 0 ? "" : (const char *)utf8.data, utf8.len);
	return j != NULL ? j : json_string("");
}

/* ---- keys ------------------------------------------------------------- */

static void
put_key(json_t *o, const struct public_key *k)
{
	char name[24];

	set_fpr(o, "fingerprint", &k->fpr);
	set_id(o, "key_id", k->key_id);
	set_number(o, "version", k->fpr.version);
	set(o, "algorithm",
		json_string(public_key_algorithm_name(k->algorithm, name)));
	if (k->curve != NULL)
		set(o, "curve", json_string(k->curve));
	else if (k->bits > 0)
		set_number(o, "bits", k->bits);
	set_number(o, "created", k->created);
}

/* ---- signatures ------------------------------------------------------- */

static void
put_maker(json_t *o, const struct explain_view *v, const struct explained *e,
	struct arena *arena)
{
	const struct signer *s;

	if (e->sig.has_issuer_fpr)
		set_fpr(o, "issuer_fingerprint", &e->sig.issuer_fpr);
	if (e->sig.has_issuer)
		set_id(o, "issuer", e->sig.issuer);
	set(o, "self", json_boolean(e->self));
	s = e->self || v->signers == NULL ? NULL
					  : signers_get(v->signers, &e->sig);
	if (s != NULL && s->found)
		set(o, "name", user_id_json(arena, s->user_id));
}

static void
put_sig(json_t *o, const struct explain_view *v, const struct explained *e,
	struct arena *arena)
{
	const struct signature_info *s = &e->sig;
	const char *type = explain_type(s->type);
	const char *hash = explain_hash(s->hash_algorithm);
	char name[24];

	set_number(o, "version", s->version);
	set_number(o, "type", s->type);
	set(o, "type_words",
		json_string(type != NULL ? type : "signature of another type"));
	set_number(o, "created", s->created);
	if (s->expires_after != 0)
		set_number(
			o, "expires", (uint64_t)s->created + s->expires_after);
	set(o, "algorithm",
		json_string(public_key_algorithm_name(s->pk_algorithm, name)));
	if (hash != NULL)
		set(o, "hash", json_string(hash));
	else
		set_number(o, "hash_number", s->hash_algorithm);
	set(o, "weak", json_boolean(e->weak));
	put_maker(o, v, e, arena);
}

/* ---- packets ---------------------------------------------------------- */

static void
put_index(json_t *o, const char *key, size_t i)
{
	if (i != EXPLAIN_NONE)
		set_number(o, key, i + 1);
}

static json_t *
packet_of(const struct explain_view *v, size_t i, struct arena *arena)
{
	const struct explained *e = &v->all->list[i];
	const char *kind = explain_kind(e->packet.tag);
	json_t *o = json_object();

	set_number(o, "n", i + 1);
	set_number(o, "tag", e->packet.tag);
	if (kind != NULL)
		set(o, "kind", json_string(kind));
	set_number(o, "octets", e->packet.body.len);
	set(o, "kept", json_boolean(verdict_is_kept(e->verdict)));
	set(o, "verdict", json_string(verdict_word(e->verdict)));
	set(o, "sentence", json_string(verdict_sentence(e->verdict)));
	put_index(o, "under", e->under);
	put_index(o, "home", e->home);
	put_index(o, "into", e->into);
	if (e->limit != NULL) {
		json_t *limit = json_object();

		set(limit, "name", json_string(e->limit));
		set_number(limit, "max", e->limit_max);
		set(o, "limit", limit);
	}
	if (e->is_key)
		put_key(o, &e->key);
	if (e->packet.tag == PACKET_USER_ID)
		set(o, "text", user_id_json(arena, e->packet.body));
	if (e->is_sig)
		put_sig(o, v, e, arena);
	return o;
}

static void
put_packets(json_t *o, const struct explain_view *v, struct arena *arena)
{
	json_t *list = json_array(), *verdicts = json_object();
	size_t i, counts[VERDICT_COUNT] = {0}, kept = 0, n = 0;

	for (i = 0; i < v->all->count; i++) {
		const struct explained *e = &v->all->list[i];

		if (e->cert != v->cert)
			continue;
		counts[e->verdict]++;
		kept += verdict_is_kept(e->verdict);
		n++;
		(void)json_array_append_new(list, packet_of(v, i, arena));
	}
	for (i = 0; i < VERDICT_COUNT; i++)
		if (counts[i] > 0)
			set_number(verdicts, verdict_word((enum verdict)i),
				counts[i]);
	set_number(o, "kept_packets", kept);
	set_number(o, "dropped_packets", n - kept);
	set(o, "verdicts", verdicts);
	set(o, "packets", list);
}

/* ---- the certificate -------------------------------------------------- */

static const char *
reason_words(const struct signature_info *sig)
{
	static const struct {
		uint8_t code;
		const char *words;
	} rows[] = {
		{1, "another key has taken its place"},
		{2, "its secret is no longer secret"},
		{3, "it is no longer used"},
		{32, "the user ID is no longer right"},
	};
	size_t i;

	for (i = 0; sig->has_reason && i < sizeof(rows) / sizeof(rows[0]); i++)
		if (rows[i].code == sig->reason)
			return rows[i].words;
	return "no reason given";
}

static json_t *
revocation_of(const struct index_part *part, struct arena *arena)
{
	const struct signature_info *sig = &part->revocation->info;
	json_t *o = json_object();

	set_number(o, "created", sig->created);
	if (sig->has_reason)
		set_number(o, "reason", sig->reason);
	set(o, "reason_words", json_string(reason_words(sig)));
	if (sig->reason_text.len > 0)
		set(o, "text", user_id_json(arena, sig->reason_text));
	if (part->revoker.len > 0)
		set_fpr(o, "by", &part->revoker);
	return o;
}

static json_t *
state_of(const struct index_cert *c, struct arena *arena)
{
	json_t *o = json_object();

	set(o, "word",
		json_string(c->revoked   ? "revoked"
			    : c->expired ? "expired"
					 : "valid"));
	set(o, "revoked", json_boolean(c->revoked));
	set(o, "expired", json_boolean(c->expired));
	if (c->expires > 0)
		set_number(o, "expires", (uint64_t)c->expires);
	if (c->key.revocation != NULL)
		set(o, "revocation", revocation_of(&c->key, arena));
	if (c->user_id_count > 0 && c->user_ids[0].valid)
		set(o, "user_id", user_id_json(arena, c->user_ids[0].text));
	return o;
}

static json_t *
flags_of(uint32_t flags)
{
	static const struct {
		uint32_t bit;
		const char *word;
	} rows[] = {
		{CERT_HAS_V5_V6, "v5-v6"},
		{CERT_NOT_SKS, "not-sks"},
		{CERT_UNVERIFIED, "unverified"},
		{CERT_UNKNOWN_ALGORITHM, "unknown-algorithm"},
		{CERT_HAS_UNSERVED, "unserved"},
	};
	json_t *list = json_array();
	size_t i;

	for (i = 0; i < sizeof(rows) / sizeof(rows[0]); i++)
		if (flags & rows[i].bit)
			(void)json_array_append_new(
				list, json_string(rows[i].word));
	return list;
}

static json_t *
stored_of(const struct explain_view *v)
{
	json_t *o = json_object();
	char hex[33];

	hex_write_upper(bytes_make(v->row->sks_digest.octets, 16), hex);
	set(o, "level", json_string(level_word((enum level)v->row->level)));
	set(o, "flags", flags_of(v->row->flags));
	set(o, "digest", json_string(hex));
	set_number(o, "octets", v->row->octets.len);
	set_number(o, "updated", (uint64_t)v->row->updated);
	if (v->history == NULL)
		return o;
	if (v->history->first_origin != NULL) {
		set_number(o, "learned", (uint64_t)v->history->first);
		set(o, "learned_from", json_string(v->history->first_origin));
	}
	if (v->history->last_origin != NULL) {
		set_number(o, "changed", (uint64_t)v->history->last);
		set(o, "changed_from", json_string(v->history->last_origin));
	}
	return o;
}

static bool
is_weak(const struct explain_view *v)
{
	size_t i;

	for (i = 0; i < v->all->count; i++)
		if (v->all->list[i].cert == v->cert && v->all->list[i].weak)
			return true;
	return false;
}

static void
put_cert(json_t *o, const struct explain_view *v, struct arena *arena)
{
	const struct explained_cert *c = &v->all->certs[v->cert];
	const struct public_key *key = &c->cert->primary.key;

	put_key(o, key);
	set(o, "kept", json_boolean(c->kept != NULL));
	if (c->kept == NULL) {
		set(o, "verdict", json_string(verdict_word(c->refused)));
		set(o, "sentence", json_string(verdict_sentence(c->refused)));
	}
	if (v->taken_down != NULL)
		set(o, "taken_down", json_string(v->taken_down));
	set(o, "unverifiable", json_boolean(!public_key_verifies(key)));
	set(o, "weak", json_boolean(is_weak(v)));
	if (v->state != NULL)
		set(o, "state", state_of(v->state, arena));
	if (v->row != NULL)
		set(o, "stored", stored_of(v));
}

json_t *
explain_to_json(const struct explain_view *v, struct arena *arena)
{
	json_t *o = json_object();

	if (v->file != NULL)
		set(o, "file", visible_json(v->file));
	set(o, "level", json_string(level_word(v->level)));
	if (v->cert != EXPLAIN_NONE)
		put_cert(o, v, arena);
	else
		set(o, "kept", json_false());
	put_packets(o, v, arena);
	return o;
}
