#include "tests/unit/http/one_site.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "tests/unit/unit.h"

struct site site;

int
one_site_start(void **state)
{
	(void)state;
	site_init(&site);
	site_start(&site);
	return 0;
}

int
one_site_start_sks(void **state)
{
	(void)state;
	site_init(&site);
	site.ingest_settings.policy.level = LEVEL_SKS;
	site_start(&site);
	return 0;
}

int
one_site_stop(void **state)
{
	(void)state;
	site_stop(&site);
	return 0;
}

uint64_t one_site_next_key = 1000;

/* A body of literal text around an armored new key. */
void
one_site_wrap(
	struct buf *out, const char *before, const char *after, char fpr[41])
{
	struct buf armor;

	site_key(one_site_next_key++, &armor, fpr);
	assert_ok(buf_puts(out, before));
	assert_ok(buf_put(out, buf_view(&armor)));
	assert_ok(buf_puts(out, after));
	buf_done(&armor);
}

void
one_site_takes(const char *type, const char *before, const char *after)
{
	struct buf body = {0};
	char fpr[41], line[64];

	one_site_wrap(&body, before, after, fpr);
	snprintf(line, sizeof(line), "inserted %s\n", fpr);
	answer_expect(site_post(&site, "/pks/add", type, buf_view(&body), NULL),
		200, line);
	answer_expect(site_get_key(&site, fpr), 200, "BEGIN PGP");
	buf_done(&body);
}

void
one_site_file(const char *name, struct buf *out)
{
	const char *top = getenv("top_srcdir");
	char path[512];
	FILE *f;

	snprintf(path, sizeof(path), "%s/tests/data/openpgp/%s",
		top == NULL ? "." : top, name);
	f = fopen(path, "rb");
	assert_non_null(f);
	for (;;) {
		char part[4096];
		size_t n = fread(part, 1, sizeof(part), f);

		if (n == 0)
			break;
		assert_ok(buf_put(out, bytes_make(part, n)));
	}
	fclose(f);
}

void
one_site_store(const char *name)
{
	struct buf b = {0};

	one_site_file(name, &b);
	answer_expect(site_post(&site, "/pks/add", NULL, buf_view(&b), NULL),
		200, NULL);
	buf_done(&b);
}

struct answer
one_site_ask(const char *method, const char *target, const char *headers)
{
	struct buf b = {0};
	struct answer a;
	int fd = site_connect(&site);

	assert_ok(buf_printf(&b,
		"%s %s HTTP/1.1\r\nHost: x\r\n%sConnection: close\r\n\r\n",
		method, target, headers));
	site_send(fd, buf_view(&b));
	a = site_read(fd, strcmp(method, "HEAD") == 0);
	close(fd);
	buf_done(&b);
	return a;
}

/* Without the line that tells the time. */
static size_t
head_without_date(struct bytes head, char *out, size_t size)
{
	char *date, *end;

	assert_true(head.len < size);
	memcpy(out, head.data, head.len);
	out[head.len] = '\0';
	date = strstr(out, "Date: ");
	assert_non_null(date);
	end = strchr(date, '\n');
	memmove(date, end, strlen(end) + 1);
	return strlen(out);
}

void
one_site_head_is_get(const char *target)
{
	struct answer get = one_site_ask("GET", target, "");
	struct answer head = one_site_ask("HEAD", target, "");
	char a[2048], b[2048];

	head_without_date(get.head, a, sizeof(a));
	head_without_date(head.head, b, sizeof(b));
	assert_string_equal(a, b);
	assert_int_equal(head.body.len, 0);
	answer_done(&get);
	answer_done(&head);
}

size_t
one_site_count(const struct answer *a, const char *text)
{
	const uint8_t *at = a->body.data, *end = at + a->body.len;
	size_t n = 0;

	while ((at = memmem(at, (size_t)(end - at), text, strlen(text)))) {
		at += strlen(text);
		n++;
	}
	return n;
}
