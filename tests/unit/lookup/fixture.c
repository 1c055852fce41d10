#include "fixture.h"

#include "../scratch.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "pgp/verify.h"

enum { ARENA_MAX = 256 * 1024 * 1024, WORDS_MAX = 16 };

struct bytes
read_data(struct arena *arena, const char *name)
{
	const char *top = getenv("top_srcdir");
	static char path[4096];
	uint8_t *octets;
	size_t n;
	FILE *f;

	(void)snprintf(path, sizeof(path), "%s/tests/data/%s",
		top != NULL ? top : "..", name);
	f = fopen(path, "rb");
	if (f == NULL)
		fail_msg("%s cannot be read", path);
	octets = arena_alloc(arena, 1 << 20);
	assert_non_null(octets);
	n = fread(octets, 1, 1 << 20, f);
	assert_int_equal(fclose(f), 0);
	return bytes_make(octets, n);
}

struct cert_row
row_of(struct arena *arena, struct bytes octets, struct cert **cert)
{
	struct cert_list list = {0};
	struct cert_row row = {0};
	struct buf out = {0};
	struct err err;

	assert_ok(cert_read(arena, octets, &cert_limits_default, &list, &err));
	assert_true(list.count > 0);
	row.id = list.list[0]->id;
	row.key_id = list.list[0]->primary.key.key_id;
	row.sks_digest = list.list[0]->sks_digest;
	row.flags = cert_flags(list.list[0]);
	assert_ok(cert_write(list.list[0], &out));
	assert_ok(arena_copy(arena, buf_view(&out), &row.octets));
	buf_done(&out);
	if (cert != NULL)
		*cert = list.list[0];
	return row;
}

void
shelf_open(struct shelf *s)
{
	struct store_settings where = {.lookup_time_ms = 10000};
	struct err err;

	memset(s, 0, sizeof(*s));
	scratch_make(s->dir, sizeof(s->dir));
	assert_ok(crypto_init(&err));
	where.where = s->dir;
	assert_ok(store_open(&where, &s->store, &err));
	assert_ok(session_open(s->store, SESSION_READ, &s->read, &err));
	assert_ok(session_open(s->store, SESSION_WRITE, &s->write, &err));
	s->arena = arena_new(ARENA_MAX);
}

void
shelf_close(struct shelf *s)
{
	arena_free(s->arena);
	session_close(s->read);
	session_close(s->write);
	store_close(s->store);
	scratch_remove(s->dir);
}

static int
compare_words(const void *a, const void *b)
{
	return bytes_cmp(*(const struct bytes *)a, *(const struct bytes *)b);
}

static size_t
split_words(const char *text, struct bytes words[WORDS_MAX])
{
	size_t n = 0, len;

	while (*text != '\0') {
		len = strcspn(text, " ");
		assert_true(n < WORDS_MAX);
		words[n++] = bytes_make(text, len);
		text += len;
		text += strspn(text, " ");
	}
	qsort(words, n, sizeof(*words), compare_words);
	return n;
}

struct cert_row
shelf_put(struct shelf *s, struct bytes octets, const char *words,
	const char *email)
{
	struct bytes list[WORDS_MAX], address, domain;
	struct cert_search search = {0};
	struct key_ref keys[8] = {0};
	struct cert_row row;
	struct cert *cert;
	struct err err;
	size_t i;

	row = row_of(s->arena, octets, &cert);
	assert_true(cert->subkey_count < 8);
	keys[0].fpr = cert->primary.key.fpr;
	keys[0].key_id = cert->primary.key.key_id;
	keys[0].primary = keys[0].bound = true;
	for (i = 0; i < cert->subkey_count; i++) {
		keys[i + 1].fpr = cert->subkeys[i].key.fpr;
		keys[i + 1].key_id = cert->subkeys[i].key.key_id;
		keys[i + 1].bound =
			verify_is_bound(cert, &cert->subkeys[i], NULL);
	}
	search.keys = keys;
	search.key_count = cert->subkey_count + 1;
	search.words = list;
	search.word_count = split_words(words, list);
	if (email != NULL) {
		address = bytes_of(email);
		domain = bytes_of(strchr(email, '@') + 1);
		search.emails = &address;
		search.domains = &domain;
		search.email_count = search.domain_count = 1;
	}
	assert_ok(store_begin(s->write, &err));
	assert_ok(store_put_cert(s->write, &row, &search, &err));
	assert_ok(store_commit(s->write, &err));
	return row;
}

int
shelf_setup(void **state)
{
	static struct shelf s;

	shelf_open(&s);
	*state = &s;
	return 0;
}

int
shelf_teardown(void **state)
{
	shelf_close(*state);
	return 0;
}

const struct lookup_limits shelf_plenty = {.max_results = 100};

enum status
shelf_find(struct shelf *s, const char *text, bool exact,
	const struct lookup_limits *limits, struct cert_rows *rows,
	struct err *err)
{
	struct query q;

	memset(rows, 0, sizeof(*rows));
	assert_ok(query_parse(s->arena, bytes_of(text), exact, &q, err));
	return lookup_certs(
		s->read, &q, limits, SHELF_NOW, s->arena, rows, err);
}

void
shelf_hit(struct shelf *s, const char *text, const struct cert_row *want)
{
	struct cert_rows rows;
	struct err err;
	enum status st = shelf_find(s, text, false, &shelf_plenty, &rows, &err);

	if (st != STATUS_OK)
		fail_msg("%s: %s", text, status_name(st));
	assert_int_equal(rows.count, 1);
	assert_int_equal(rows.total, 1);
	assert_true(cert_id_eq(&rows.list[0].id, &want->id));
	assert_true(bytes_eq(rows.list[0].octets, want->octets));
}

void
shelf_miss(struct shelf *s, const char *text)
{
	struct cert_rows rows;
	struct err err;

	assert_status(shelf_find(s, text, false, &shelf_plenty, &rows, &err),
		STATUS_NOT_FOUND);
}

struct arena *scratch;

int
scratch_arena_setup(void **state)
{
	(void)state;
	scratch = arena_new(1 << 20);
	return 0;
}

int
scratch_arena_teardown(void **state)
{
	(void)state;
	arena_free(scratch);
	return 0;
}
