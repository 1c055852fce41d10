#include "tests/unit/http/lookup_site.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "base/file.h"
#include "tests/unit/unit.h"

struct buf
data_read(const char *name)
{
	const char *top = getenv("top_srcdir");
	char path[4096];
	struct err err;
	struct buf b;

	buf_init(&b, 1 << 20);
	snprintf(path, sizeof(path), "%s/tests/data/%s",
		top != NULL ? top : "..", name);
	assert_ok(file_read(path, 1 << 20, &b, &err));
	return b;
}

void
data_add(const char *name)
{
	struct buf b = data_read(name);
	struct answer a = site_post(
		&site, "/pks/add", "application/pgp-keys", buf_view(&b), NULL);

	if (a.status != 200)
		fail_msg("%s: %.*s", name, (int)a.raw.len,
			(const char *)a.raw.data);
	answer_done(&a);
	buf_done(&b);
}

void
user_id_add(const char *user_id, char fpr[41])
{
	char own[41];
	struct buf armor;

	site_key_of(one_site_next_key++, user_id, &armor, own);
	answer_expect(site_add(&site, buf_view(&armor), NULL), 200, "inserted");
	buf_done(&armor);
	if (fpr != NULL)
		memcpy(fpr, own, sizeof(own));
}

struct answer
lookup_ask_with(const char *rest, const char *term, const char *fields)
{
	struct buf b = {0};
	struct answer a;

	assert_ok(buf_printf(&b, "GET /pks/lookup?%s&search=", rest));
	for (; *term != '\0'; term++)
		assert_ok(buf_printf(&b, "%%%02X", (unsigned char)*term));
	assert_ok(buf_printf(&b,
		" HTTP/1.1\r\nHost: x\r\n%sConnection: close\r\n\r\n", fields));
	a = site_ask(&site, buf_view(&b));
	buf_done(&b);
	return a;
}

struct answer
lookup_ask(const char *rest, const char *term)
{
	return lookup_ask_with(rest, term, "");
}

static void
finds(const char *rest, const char *term, const char *const *fprs)
{
	struct answer a = lookup_ask(rest, term);
	struct buf got = {0}, want = {0};
	const char *line;
	size_t i;

	if (a.status != 200)
		fail_msg("%s: %.*s", term, (int)a.raw.len,
			(const char *)a.raw.data);
	assert_ok(buf_put_u8(&a.raw, '\0'));
	line = strstr((const char *)a.raw.data, "\r\n\r\n");
	while ((line = strstr(line, "\npub:")) != NULL) {
		line += 5;
		assert_ok(buf_printf(
			&got, "%.*s ", (int)strcspn(line, ":"), line));
	}
	for (i = 0; fprs[i] != NULL; i++)
		assert_ok(buf_printf(&want, "%s ", fprs[i]));
	if (!bytes_eq(buf_view(&got), buf_view(&want)))
		fail_msg("%s: found %.*s, not %.*s", term, (int)got.len,
			(const char *)got.data, (int)want.len,
			(const char *)want.data);
	buf_done(&got);
	buf_done(&want);
	answer_done(&a);
}

void
lookup_finds(const char *term, const char *const *fprs)
{
	finds("op=index&options=mr", term, fprs);
}

void
lookup_finds_one(const char *term, const char *fpr)
{
	const char *const fprs[] = {fpr, NULL};

	lookup_finds(term, fprs);
}

void
lookup_finds_exactly(const char *term, const char *fpr)
{
	const char *const fprs[] = {fpr, NULL};

	finds("op=index&options=mr&exact=on", term, fprs);
}

void
lookup_misses(const char *term)
{
	answer_expect(
		lookup_ask("op=index&options=mr", term), 404, "No keys found");
}

void
lookup_misses_exactly(const char *term)
{
	answer_expect(lookup_ask("op=index&options=mr&exact=on", term), 404,
		"No keys found");
}
