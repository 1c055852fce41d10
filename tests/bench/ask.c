#include "config.h"

#include "tests/bench/ask.h"

#include <errno.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "pgp/armor.h"

enum { LINE_OCTETS = 600 };

static const struct verb verbs[] = {
	{"get", "/pks/lookup?op=get&options=mr&search=", "", "200"},
	{"index", "/pks/lookup?op=index&options=mr&search=", "", "200"},
	{"miss", "/pks/lookup?op=get&options=mr&search=", "", "404"},
	{"miss-200", "/pks/lookup?op=get&options=mr&search=", "", "200"},
	{"match", "/pks/lookup?op=get&options=mr&search=",
		"If-None-Match: *\r\n", "304"},
	{"add", NULL, "", "200"},
};

void
ask_die(const char *what, const char *why)
{
	fprintf(stderr, "hkpload: %s: %s\n", what, why);
	exit(1);
}

void
ask_must(enum status st, const char *what)
{
	if (st != STATUS_OK)
		ask_die(what, status_name(st));
}

static uint32_t
next_random(struct asker *a)
{
	a->random = a->random * 1664525u + 1013904223u;
	return a->random >> 8;
}

static void
put_escaped(struct buf *out, struct bytes text)
{
	static const char digits[] = "0123456789ABCDEF";
	size_t i;
	uint8_t c;

	ask_must(buf_reserve(out, text.len * 3), "memory");
	for (i = 0; i < text.len; i++) {
		c = text.data[i];
		if ((c >= '0' && c <= '9') || (c >= 'A' && c <= 'Z') ||
			(c >= 'a' && c <= 'z') || c == '-' || c == '.') {
			out->data[out->len++] = c;
			continue;
		}
		out->data[out->len++] = '%';
		out->data[out->len++] = (uint8_t)digits[c >> 4];
		out->data[out->len++] = (uint8_t)digits[c & 15];
	}
}

static void
make_submission(struct asker *a, struct buf *request, const char *tail)
{
	struct buf armored = {0}, body = {0};

	ask_must(armor_write(&armored, &a->keys.list[a->next++], 1, NULL, true),
		"armor");
	ask_must(buf_puts(&body, "keytext="), "memory");
	put_escaped(&body, buf_view(&armored));
	ask_must(buf_printf(request,
			 "POST /pks/add HTTP/1.%d\r\nHost: %s:%s\r\n"
			 "Content-Type: application/x-www-form-urlencoded\r\n"
			 "%sContent-Length: %zu\r\n\r\n",
			 a->close_each ? 0 : 1, a->host, a->port, tail,
			 body.len),
		"memory");
	ask_must(buf_put(request, buf_view(&body)), "memory");
	buf_done(&armored);
	buf_done(&body);
}

static void
make_question(struct asker *a, struct buf *request, const char *tail)
{
	struct bytes term = a->terms[next_random(a) % a->term_count];

	ask_must(buf_printf(request,
			 "GET %s%.*s HTTP/1.%d\r\nHost: %s:%s\r\n%s%s\r\n",
			 a->verb->target, (int)term.len,
			 (const char *)term.data, a->close_each ? 0 : 1,
			 a->host, a->port, a->verb->header, tail),
		"memory");
}

bool
ask_next(struct asker *a, struct buf *request)
{
	const char *tail = a->close_each ? "Connection: close\r\n" : "";

	buf_clear(request);
	if (a->verb->target != NULL)
		make_question(a, request, tail);
	else if (a->next < a->keys.count)
		make_submission(a, request, tail);
	else
		return false;
	return true;
}

static void
read_terms(struct asker *a, const char *path)
{
	FILE *f = fopen(path, "r");
	char line[LINE_OCTETS];
	struct buf escaped = {0};
	size_t cap = 0;

	if (f == NULL)
		ask_die(path, strerror(errno));
	while (fgets(line, sizeof(line), f) != NULL) {
		line[strcspn(line, "\r\n")] = '\0';
		if (a->term_count == cap) {
			cap = cap == 0 ? 1024 : cap * 2;
			a->terms = xrealloc(a->terms, cap * sizeof(*a->terms));
		}
		buf_clear(&escaped);
		put_escaped(&escaped, bytes_of(line));
		ask_must(buf_puts(&escaped, ""), "memory");
		a->terms[a->term_count++] =
			bytes_of(xstrdup((const char *)escaped.data));
	}
	buf_done(&escaped);
	fclose(f);
	if (a->term_count == 0)
		ask_die(path, "empty");
}

static const struct verb *
verb_of(const char *name)
{
	size_t i;

	for (i = 0; i < sizeof(verbs) / sizeof(verbs[0]); i++)
		if (strcmp(verbs[i].name, name) == 0)
			return &verbs[i];
	ask_die(name, "get, index, miss, match or add");
	return NULL;
}

void
ask_open(struct asker *a, const char *verb, const char *file)
{
	a->random = 1;
	a->verb = verb_of(verb);
	if (a->verb->target == NULL)
		keyring_open(&a->keys, file);
	else
		read_terms(a, file);
}
