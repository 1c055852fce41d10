#include "../unit.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include <gmp.h>

#include "base/hex.h"
#include "vectors.h"

enum { PATH_SIZE = 4096, DIGESTS = 5000 };

static FILE *
vectors_open(const char *file)
{
	const char *dir = getenv("top_srcdir");
	char path[PATH_SIZE];
	FILE *f;

	snprintf(path, sizeof(path), "%s/tests/data/recon/%s", dir ? dir : ".",
		file);
	f = fopen(path, "rb");
	assert_non_null(f);
	return f;
}

json_t *
vectors_json(const char *file)
{
	FILE *f = vectors_open(file);
	json_t *all = json_loadf(f, 0, NULL);

	fclose(f);
	assert_non_null(all);
	return all;
}

const char *
vectors_text(const json_t *object, const char *key)
{
	const char *text = json_string_value(json_object_get(object, key));

	assert_non_null(text);
	return text;
}

unsigned int
vectors_number(const json_t *object, const char *key)
{
	const json_t *number = json_object_get(object, key);

	assert_true(json_is_integer(number));
	return (unsigned int)json_integer_value(number);
}

const json_t *
vectors_array(const json_t *object, const char *key)
{
	const json_t *array = json_object_get(object, key);

	assert_true(json_is_array(array));
	return array;
}

struct zp
vectors_zp(const json_t *decimal)
{
	const char *text = json_string_value(decimal);
	struct zp a;
	mpz_t n;

	assert_non_null(text);
	memset(&a, 0, sizeof(a));
	assert_int_equal(mpz_init_set_str(n, text, 10), 0);
	mpz_export(a.limb, NULL, -1, sizeof(a.limb[0]), 0, 0, n);
	mpz_clear(n);
	return a;
}

struct zp
vectors_zp_at(const json_t *object, const char *key)
{
	return vectors_zp(json_object_get(object, key));
}

size_t
vectors_zps(const json_t *array, struct zp (*read)(const json_t *),
	struct zp *out, size_t max)
{
	size_t i, n = json_array_size(array);

	assert_true(json_is_array(array));
	assert_true(n <= max);
	for (i = 0; i < n; i++)
		out[i] = read(json_array_get(array, i));
	return n;
}

struct zp
vectors_wire(const json_t *hex)
{
	const char *text = json_string_value(hex);
	uint8_t wire[ZP_WIRE];
	size_t len;

	assert_non_null(text);
	assert_ok(hex_read(bytes_of(text), wire, sizeof(wire), &len));
	assert_int_equal(len, ZP_WIRE);
	return zp_read(wire);
}

void
vectors_hex(const char *hex, struct buf *out)
{
	size_t len = strlen(hex) / 2;

	buf_init(out, 0);
	assert_ok(buf_reserve(out, len));
	assert_ok(hex_read(bytes_of(hex), out->data, len, &out->len));
}

struct prefix
vectors_prefix(const char *bits)
{
	struct prefix p = prefix_root();

	for (; *bits; bits += 2)
		p = prefix_child(&p,
			(unsigned int)((bits[0] - '0') * 2 + bits[1] - '0'));
	return p;
}

struct sks_digest *
vectors_digests(size_t *count)
{
	struct sks_digest *all = xcalloc(DIGESTS, sizeof(*all));
	FILE *f = vectors_open("digests-5000.txt");
	char line[64];
	size_t len;

	for (*count = 0; fgets(line, sizeof(line), f); ++*count) {
		assert_true(*count < DIGESTS);
		assert_ok(hex_read(bytes_trim(bytes_of(line)),
			all[*count].octets, sizeof(all->octets), &len));
		assert_int_equal(len, sizeof(all->octets));
	}
	fclose(f);
	assert_int_equal(*count, DIGESTS);
	return all;
}

int
vectors_digest_cmp(const void *a, const void *b)
{
	return memcmp(a, b, sizeof(struct sks_digest));
}
