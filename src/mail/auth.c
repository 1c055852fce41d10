#include "mail/auth.h"

#include <inttypes.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "base/file.h"
#include "base/hex.h"
#include "base/mailaddr.h"
#include "mail/auth_openpgp.h"
#include "pgp/armor.h"

enum { FILE_MAX_OCTETS = 8192, MATERIAL_ARENA = 32 * 1024 * 1024 };

/* The first is what we sign with, all are taken: so a secret is changed. */
struct secrets {
	struct buf file;
	struct bytes list[AUTH_SECRETS_MAX];
	size_t count;
};

struct auth {
	const struct mail_settings *settings;
	struct secrets *of;     /* each peer's */
	struct pinned **pinned; /* each peer's, or NULL */
};

/* ---- secrets ------------------------------------------------------------- */

static enum status
take_line(struct secrets *s, struct bytes line, struct err *err)
{
	line = bytes_trim(line);
	if (line.len == 0 || line.data[0] == '#')
		return STATUS_OK;
	if (line.len < AUTH_SECRET_MIN || line.len > AUTH_SECRET_MAX) {
		err_set(err, "a secret has %d to %d characters",
			AUTH_SECRET_MIN, AUTH_SECRET_MAX);
		return STATUS_REJECTED;
	}
	if (s->count == AUTH_SECRETS_MAX) {
		err_set(err, "more than %d secrets", AUTH_SECRETS_MAX);
		return STATUS_REJECTED;
	}
	s->list[s->count++] = line;
	return STATUS_OK;
}

static enum status
read_secrets(const char *path, struct secrets *s, struct err *err)
{
	enum status st = file_read(path, FILE_MAX_OCTETS, &s->file, err);
	size_t from = 0;

	for (size_t i = 0; st == STATUS_OK && i <= s->file.len; i++) {
		if (i < s->file.len && s->file.data[i] != '\n')
			continue;
		st = take_line(
			s, bytes_make(s->file.data + from, i - from), err);
		from = i + 1;
	}
	if (st == STATUS_OK && s->count == 0) {
		err_set(err, "there is no secret in it");
		st = STATUS_REJECTED;
	}
	if (st != STATUS_OK)
		err_prefix(err, "%s", path);
	return st;
}

enum status
auth_new(const struct mail_settings *settings, struct auth **auth,
	struct err *err)
{
	struct auth *a = xcalloc(1, sizeof(*a));
	enum status st = STATUS_OK;

	a->settings = settings;
	a->of = xcalloc(settings->peer_count + 1, sizeof(*a->of));
	a->pinned = xcalloc(settings->peer_count + 1, sizeof(*a->pinned));
	for (size_t i = 0; st == STATUS_OK && i < settings->peer_count; i++) {
		const struct peer_settings *p = &settings->peers[i];

		if (p->auth == PEER_AUTH_HMAC)
			st = read_secrets(p->auth_key, &a->of[i], err);
		if (p->auth == PEER_AUTH_OPENPGP)
			st = pinned_read(p->auth_key, &a->pinned[i], err);
		if (st != STATUS_OK)
			err_prefix(err, "[peer %s] auth_key", p->name);
	}
	if (st != STATUS_OK) {
		auth_free(a);
		return st;
	}
	*auth = a;
	return STATUS_OK;
}

void
auth_free(struct auth *a)
{
	if (a == NULL)
		return;
	for (size_t i = 0; i < a->settings->peer_count; i++) {
		buf_wipe(&a->of[i].file);
		pinned_free(a->pinned[i]);
	}
	free(a->of);
	free(a->pinned);
	free(a);
}

/* ---- hmac ---------------------------------------------------------------- */

/* What a field says; views into it. */
struct claim {
	struct bytes key_id, time, mac;
};

static void
write_key_id(struct bytes secret, char out[9])
{
	struct bytes what = bytes_of("keypost-auth id");
	struct digest d;

	crypto_hmac_sha256(secret, &what, 1, &d);
	hex_write_lower(bytes_make(d.octets, 4), out);
}

static void
write_mac(struct bytes secret, struct bytes time, const char *from,
	const char *to, const struct digest *material, char out[65])
{
	struct mailaddr plain, norm[2];
	struct buf lines = {0};
	struct bytes view;
	struct digest d;
	enum status st;
	char hex[65];

	for (size_t i = 0; i < 2; i++) {
		(void)snprintf(plain.text, sizeof(plain.text), "%s",
			i == 0 ? from : to);
		mailaddr_normalise(&plain, &norm[i]);
	}
	hex_write_lower(
		bytes_make(material->octets, sizeof(material->octets)), hex);
	st = buf_printf(&lines, "keypost-auth v1\n%.*s\n%s\n%s\n%s\n",
		(int)time.len, (const char *)time.data, norm[0].text,
		norm[1].text, hex);
	view = st == STATUS_OK ? buf_view(&lines) : bytes_of("");
	crypto_hmac_sha256(secret, &view, 1, &d);
	hex_write_lower(bytes_make(d.octets, sizeof(d.octets)), out);
	buf_done(&lines);
}

bool
auth_sign(const struct auth *a, int peer, const struct bytes *parts,
	size_t count, int64_t now, char out[AUTH_VALUE_SIZE])
{
	const struct peer_settings *p = &a->settings->peers[peer];
	const struct secrets *s = &a->of[peer];
	char id[9], mac[65], time[24];
	struct digest material;

	if (p->auth != PEER_AUTH_HMAC || s->count == 0)
		return false;
	crypto_sha256(parts, count, &material);
	(void)snprintf(time, sizeof(time), "%" PRId64, now);
	write_key_id(s->list[0], id);
	write_mac(s->list[0], bytes_of(time), a->settings->address, p->mail,
		&material, mac);
	(void)snprintf(
		out, AUTH_VALUE_SIZE, "v1; k=%s; t=%s; h=%s", id, time, mac);
	return true;
}

/* "name=value" up to the next ';'. */
static void
take_word(struct claim *c, struct bytes word)
{
	const struct {
		const char *name;
		struct bytes *value;
	} known[] = {{"k=", &c->key_id}, {"t=", &c->time}, {"h=", &c->mac}};

	word = bytes_trim(word);
	for (size_t i = 0; i < sizeof(known) / sizeof(known[0]); i++) {
		if (bytes_starts_nocase(word, known[i].name))
			*known[i].value =
				bytes_make(word.data + 2, word.len - 2);
	}
}

static bool
read_claim(struct bytes value, struct claim *c)
{
	size_t from = 0;

	memset(c, 0, sizeof(*c));
	if (value.len == 0)
		return false;
	for (size_t i = 0; i <= value.len; i++) {
		struct bytes word;

		if (i < value.len && value.data[i] != ';')
			continue;
		word = bytes_make(value.data + from, i - from);
		if (from == 0 && !bytes_eq(bytes_trim(word), bytes_of("v1")))
			return false;
		take_word(c, word);
		from = i + 1;
	}
	return c->key_id.len == 8 && c->mac.len == 64 && c->time.len > 0 &&
	       c->time.len <= 12;
}

static bool
is_fresh(struct bytes time, int64_t now)
{
	int64_t t = 0;

	for (size_t i = 0; i < time.len; i++) {
		if (time.data[i] < '0' || time.data[i] > '9')
			return false;
		t = t * 10 + (time.data[i] - '0');
	}
	return t >= now - AUTH_AGE_S && t <= now + AUTH_AGE_S;
}

/* Of all key blocks as they are inside of their armor. */
static bool
hash_material(const struct incoming *in, struct digest *out)
{
	struct arena *arena = arena_new(MATERIAL_ARENA);
	struct crypto_stream *hash = crypto_sha256_begin();
	bool good = true;

	crypto_sha256_add(hash, in->repair);
	for (size_t i = 0; good && i < in->block_count; i++) {
		struct armor_blocks blocks;
		struct err err;

		good = armor_read(arena, in->blocks[i].text, ARMOR_STRICT,
			       &blocks, &err) == STATUS_OK;
		for (size_t j = 0; good && j < blocks.count; j++)
			crypto_sha256_add(hash, blocks.list[j].octets);
	}
	crypto_sha256_end(hash, out);
	arena_wipe(arena);
	arena_free(arena);
	return good;
}

/* As long for any two, so that nobody learns how much of it was right. */
static bool
is_same(struct bytes mac, const char want[65])
{
	unsigned int different = 0;

	for (size_t i = 0; i < 64; i++)
		different |= (unsigned int)(mac.data[i] ^ (uint8_t)want[i]);
	return different == 0;
}

static bool
is_signed_by(const struct auth *a, int peer, struct bytes secret,
	const struct claim *c, const struct digest *material)
{
	const struct peer_settings *p = &a->settings->peers[peer];
	char mac[65];

	/* It calls itself by the address that we know, or by another. */
	for (size_t i = 0; i <= p->alias_count; i++) {
		write_mac(secret, c->time, i == 0 ? p->mail : p->aliases[i - 1],
			a->settings->address, material, mac);
		if (is_same(c->mac, mac))
			return true;
	}
	return false;
}

static bool
has_hmac(const struct auth *a, const struct incoming *in, int peer, int64_t now,
	struct auth_proof *proof)
{
	const struct secrets *s = &a->of[peer];
	struct digest material;
	struct claim c;
	bool hashed = false;

	if (!read_claim(in->auth, &c) || !is_fresh(c.time, now))
		return false;
	for (size_t i = 0; i < s->count; i++) {
		char id[9];

		write_key_id(s->list[i], id);
		if (!bytes_eq(c.key_id, bytes_of(id)))
			continue;
		if (!hashed && !hash_material(in, &material))
			return false;
		hashed = true;
		if (!is_signed_by(a, peer, s->list[i], &c, &material))
			continue;
		proof->is_one = true;
		crypto_sha256(&c.mac, 1, &proof->digest);
		return true;
	}
	return false;
}

/* ---- the other roads --------------------------------------------------- */

/* Only who was told it writes to ADDRESS with this tag. */
static bool
has_tag(const struct auth *a, const struct incoming *in, const char *tag)
{
	const char *ours = a->settings->address, *at = strrchr(ours, '@');
	char want[MAILADDR_MAX + 1];
	int n;

	if (at == NULL)
		return false;
	n = snprintf(want, sizeof(want), "%.*s+%s%s", (int)(at - ours), ours,
		tag, at);
	if (n < 0 || (size_t)n >= sizeof(want))
		return false;
	for (size_t i = 0; i < in->to_count; i++) {
		if (mailaddr_same(in->to[i], want))
			return true;
	}
	return false;
}

static enum auth_verdict
by_transport(const struct auth *a, const struct incoming *in, int peer)
{
	const char *tag = a->settings->peers[peer].auth_tag;

	if (tag != NULL && *tag != '\0')
		return has_tag(a, in, tag) ? AUTH_PROVEN : AUTH_NONE;
	return strcmp(in->source, "lmtp") == 0 ? AUTH_PROVEN : AUTH_LISTED;
}

/*
 * The first field of our own mail server's: it adds them on top, so what a
 * sender wrote of that name stands below.
 */
static bool
has_results(const struct auth *a, const struct incoming *in, int peer)
{
	const char *id = a->settings->authserv_id;
	const char *domain = strrchr(a->settings->peers[peer].mail, '@');

	if (id == NULL || *id == '\0' || domain == NULL)
		return false;
	for (size_t i = 0; i < in->result_count; i++) {
		if (auth_results_is_of(in->results[i], id))
			return auth_results_pass(
				in->results[i], id, domain + 1);
	}
	return false;
}

const char *
auth_word(enum auth_verdict v)
{
	static const char *const words[] = {"none", "listed", "proven"};

	return words[v];
}

enum auth_verdict
auth_judge(const struct auth *a, const struct incoming *in, int peer,
	int64_t now, struct auth_proof *proof)
{
	memset(proof, 0, sizeof(*proof));
	switch (a->settings->peers[peer].auth) {
	case PEER_AUTH_LIST:
		return AUTH_LISTED;
	case PEER_AUTH_TRANSPORT:
		return by_transport(a, in, peer);
	case PEER_AUTH_RESULTS:
		return has_results(a, in, peer) ? AUTH_PROVEN : AUTH_NONE;
	case PEER_AUTH_HMAC:
		return has_hmac(a, in, peer, now, proof) ? AUTH_PROVEN
							 : AUTH_NONE;
	case PEER_AUTH_OPENPGP:
		proof->is_one = pinned_signed(a->pinned[peer], in,
			a->settings->address, now, &proof->digest);
		return proof->is_one ? AUTH_PROVEN : AUTH_NONE;
	case PEER_AUTH_OPEN:
	default:
		return AUTH_NONE;
	}
}
