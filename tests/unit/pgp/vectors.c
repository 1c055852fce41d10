#include "../unit.h"

#include <assert.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "pgp/armor.h"
#include "pgp/crypto.h"
#include "vectors.h"

enum { PATH_SIZE = 4096, STEP = 65536 };

const struct cert_limits vectors_limits = {
	.max_certs = 100000,
	.max_packets = 10000000,
	.max_user_id = 1 << 20,
	.max_attribute = 1 << 20,
	.max_signature = 1 << 20,
	.max_key = 1 << 20,
	.max_total = (size_t)30 * 1024 * 1024,
	.secret = CERT_SECRET_REFUSES,
	.max_user_ids = SIZE_MAX,
	.max_attributes = SIZE_MAX,
	.max_subkeys = SIZE_MAX,
	.max_self_sigs = SIZE_MAX,
	.max_third_party = SIZE_MAX,
};

static bool
vectors_read_path(const char *path, struct buf *out)
{
	FILE *f = fopen(path, "rb");
	enum status st;
	size_t got;

	if (!f)
		return false;
	do {
		st = buf_reserve(out, STEP);
		assert(st == STATUS_OK);
		got = fread(out->data + out->len, 1, STEP, f);
		out->len += got;
	} while (got);
	(void)st;
	fclose(f);
	return true;
}

static const char *
vectors_srcdir(void)
{
	const char *dir = getenv("top_srcdir");

	return dir ? dir : ".";
}

bool
vectors_read_file(const char *file, struct buf *out)
{
	char path[PATH_SIZE];

	if (file[0] == '/')
		return vectors_read_path(file, out);
	snprintf(path, sizeof(path), "%s/tests/data/openpgp/%s",
		vectors_srcdir(), file);
	return vectors_read_path(path, out);
}

/* A published sample that is not part of the source. */
static bool
vectors_read_sample(const char *file, struct buf *out)
{
	const char *dir = getenv("KEYPOST_VECTORS");
	char path[PATH_SIZE];

	if (dir)
		snprintf(path, sizeof(path), "%s/openpgp/%s", dir, file);
	else
		snprintf(path, sizeof(path),
			"%s/../shared/spec/vectors/openpgp/%s",
			vectors_srcdir(), file);
	return vectors_read_path(path, out);
}

static void
vectors_load_one(struct vector *v, const json_t *expect)
{
	v->expect = expect;
	v->file = json_string_value(json_object_get(expect, "file"));
	v->armored =
		strcmp(json_string_value(json_object_get(expect, "format")),
			"armor") == 0;
	buf_init(&v->octets, 0);
	v->missing = !vectors_read_file(v->file, &v->octets) &&
		     !vectors_read_sample(v->file, &v->octets);
}

void
vectors_load(struct vectors *v)
{
	struct buf text;
	json_error_t err;
	json_t *list;
	size_t i;

	buf_init(&text, 0);
	if (!vectors_read_file("manifest.json", &text)) {
		fprintf(stderr, "no manifest.json below %s\n",
			vectors_srcdir());
		exit(1);
	}
	v->manifest = json_loadb(
		(const char *)text.data, text.len, JSON_ALLOW_NUL, &err);
	buf_done(&text);
	if (!v->manifest) {
		fprintf(stderr, "manifest.json:%d: %s\n", err.line, err.text);
		exit(1);
	}
	list = json_object_get(v->manifest, "vectors");
	v->count = json_array_size(list);
	v->list = xcalloc(v->count, sizeof(*v->list));
	for (i = 0; i < v->count; i++)
		vectors_load_one(&v->list[i], json_array_get(list, i));
}

void
vectors_free(struct vectors *v)
{
	size_t i;

	for (i = 0; i < v->count; i++)
		buf_done(&v->list[i].octets);
	free(v->list);
	json_decref(v->manifest);
	memset(v, 0, sizeof(*v));
}

struct bytes
vectors_get(const struct vectors *v, const char *file)
{
	size_t i;

	for (i = 0; i < v->count; i++) {
		if (strcmp(v->list[i].file, file) == 0)
			return buf_view(&v->list[i].octets);
	}
	fprintf(stderr, "no vector %s\n", file);
	exit(1);
}

enum status
vectors_read(struct arena *arena, struct bytes text, bool armored,
	const struct cert_limits *limits, struct cert_list *list)
{
	struct armor_blocks blocks;
	enum status st;
	size_t i;

	if (!armored)
		return cert_read(arena, text, limits, list, NULL);
	st = armor_read(arena, text, ARMOR_LENIENT, &blocks, NULL);
	for (i = 0; st == STATUS_OK && i < blocks.count; i++)
		st = cert_read(
			arena, blocks.list[i].octets, limits, list, NULL);
	return st;
}

struct cert *
vectors_cert(struct arena *arena, struct bytes octets)
{
	struct cert_list list = {0};
	enum status st;

	st = cert_read(arena, octets, &vectors_limits, &list, NULL);
	assert(st == STATUS_OK && list.count == 1);
	(void)st;
	return list.list[0];
}

struct cert *
vectors_level(struct arena *arena, enum level level,
	const struct cert_limits *limits, const struct cert *cert)
{
	struct level_rules rules = {.level = level, .limits = limits};
	struct level_result r;

	assert_ok(level_apply(arena, &rules, cert, &r));
	assert_true((r.cert == NULL) == (r.refused != VERDICT_KEPT));
	return r.cert;
}

struct bytes
vectors_canonical(struct arena *arena, const struct cert *cert)
{
	struct bytes copy;
	struct buf out;
	enum status st;

	buf_init(&out, 0);
	st = cert_write(cert, &out);
	assert(st == STATUS_OK && out.len == cert->octets);
	st = arena_copy(arena, buf_view(&out), &copy);
	assert(st == STATUS_OK);
	(void)st;
	buf_done(&out);
	return copy;
}

struct vectors vectors_all;
struct arena *vectors_arena;

int
vectors_setup(void **state)
{
	(void)state;
	vectors_load(&vectors_all);
	vectors_arena = arena_new((size_t)256 * 1024 * 1024);
	return crypto_init(NULL) != STATUS_OK;
}

int
vectors_teardown(void **state)
{
	(void)state;
	arena_free(vectors_arena);
	vectors_free(&vectors_all);
	return 0;
}

struct cert *
vectors_cert_of(const char *file)
{
	return vectors_cert(vectors_arena, vectors_get(&vectors_all, file));
}

struct cert_list vectors_list;

enum status
vectors_read_named(const char *file, const struct cert_limits *limits)
{
	return vectors_read_octets(vectors_get(&vectors_all, file), limits);
}

enum status
vectors_read_octets(struct bytes octets, const struct cert_limits *limits)
{
	memset(&vectors_list, 0, sizeof(vectors_list));
	return cert_read(vectors_arena, octets, limits, &vectors_list, NULL);
}

/* ---- every vector ------------------------------------------------------- */

/* skip() of cmocka is "not ok" to a TAP reader; the name says it instead. */
static void
test_absent(void **state)
{
	(void)state;
}

struct CMUnitTest
vectors_keyring_test(const char *name, CMUnitTestFunction run, char *path)
{
	struct CMUnitTest t = {name, run, NULL, NULL, path};
	FILE *f = fopen(path, "rb");

	if (f != NULL) {
		(void)fclose(f);
	} else {
		t.test_func = test_absent;
		t.name = "keyring # SKIP debian-keyring is not installed";
	}
	return t;
}

static void
add_test(struct CMUnitTest *test, struct vector *v, CMUnitTestFunction run)
{
	char name[128];

	test->name = v->file;
	test->test_func = v->missing ? test_absent : run;
	test->initial_state = v;
	if (!v->missing)
		return;
	snprintf(name, sizeof(name), "%s # SKIP a published sample, not here",
		v->file);
	test->name = xstrdup(name);
}

int
vectors_run(const char *group, struct vectors *v, CMUnitTestFunction run)
{
	struct CMUnitTest *tests;
	struct err err;
	size_t i;
	int failed;

	if (crypto_init(&err) != STATUS_OK)
		return 1;
	vectors_load(v);
	tests = xcalloc(v->count, sizeof(*tests));
	for (i = 0; i < v->count; i++)
		add_test(&tests[i], &v->list[i], run);
	failed = _cmocka_run_group_tests(
		group, tests, v->count, NULL, NULL);
	for (i = 0; i < v->count; i++) {
		if (v->list[i].missing)
			free((void *)(uintptr_t)tests[i].name);
	}
	free(tests);
	vectors_free(v);
	return failed;
}
