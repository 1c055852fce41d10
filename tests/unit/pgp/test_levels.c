/*
 * Every certificate of the manifest at levels clean and strict: refused or
 * not, its digest, how many packets of which kind, and their order.
 */
#include "../unit.h"

#include "base/hex.h"
#include "pgp/level.h"
#include "vectors.h"

static const size_t arena_max = 64 * 1024 * 1024;

static struct vectors vectors;

static size_t
number_of(const json_t *o, const char *name)
{
	return (size_t)json_integer_value(json_object_get(o, name));
}

static size_t
count_sigs(const struct component *list, size_t n)
{
	size_t i, sum = 0;

	for (i = 0; i < n; i++)
		sum += list[i].sig_count;
	return sum;
}

static void
assert_hex(const void *octets, size_t len, bool upper, const json_t *want)
{
	char text[129];

	if (upper)
		hex_write_upper(bytes_make(octets, len), text);
	else
		hex_write_lower(bytes_make(octets, len), text);
	assert_string_equal(text, json_string_value(want));
}

static enum status
write_new_format(void *ctx, const struct packet *p,
	const struct component *under, const struct digest *placed)
{
	(void)under;
	(void)placed;
	return packet_write(ctx, p->tag, p->body, true);
}

static void
check_kept(const struct cert *c, const json_t *want)
{
	struct buf out = {0};
	struct digest sum;
	struct bytes all;

	assert_int_equal(c->packet_count, number_of(want, "packets"));
	assert_int_equal(c->user_id_count, number_of(want, "uids"));
	assert_int_equal(c->attribute_count, number_of(want, "attributes"));
	assert_int_equal(c->subkey_count, number_of(want, "subkeys"));
	assert_int_equal(count_sigs(&c->primary, 1) +
				 count_sigs(c->user_ids, c->user_id_count) +
				 count_sigs(c->attributes, c->attribute_count) +
				 count_sigs(c->subkeys, c->subkey_count),
		number_of(want, "signatures"));
	assert_hex(c->sks_digest.octets, 16, true,
		json_object_get(want, "digest"));
	buf_init(&out, 0);
	assert_ok(cert_walk(c, write_new_format, &out));
	all = buf_view(&out);
	crypto_sha256(&all, 1, &sum);
	buf_done(&out);
	assert_hex(sum.octets, 32, false,
		json_object_get(want, "sha256_of_canonical"));
}

static void
check_cert(struct arena *arena, const struct cert *cert, const json_t *levels)
{
	static const enum level all[] = {LEVEL_CLEAN, LEVEL_STRICT};
	const struct cert *kept;
	const json_t *want;
	size_t i;

	for (i = 0; i < sizeof(all) / sizeof(all[0]); i++) {
		want = json_object_get(levels, level_word(all[i]));
		kept = vectors_level(arena, all[i], &vectors_limits, cert);
		if (!json_is_object(want))
			assert_null(kept);
		else if (kept == NULL)
			fail_msg("refused at %s", level_word(all[i]));
		else
			check_kept(kept, want);
	}
}

static void
test_entry(void **state)
{
	const struct vector *v = *state;
	const json_t *keys = json_object_get(v->expect, "keys"), *key;
	struct arena *arena = arena_new(arena_max);
	struct cert_list list = {0};
	size_t i;

	if (vectors_read(arena, buf_view(&v->octets), v->armored,
		    &vectors_limits, &list) == STATUS_OK) {
		json_array_foreach(keys, i, key)
		{
			check_cert(arena, list.list[i],
				json_object_get(key, "levels"));
		}
	}
	arena_free(arena);
}

int
main(void)
{
	return vectors_run("levels", &vectors, test_entry);
}
