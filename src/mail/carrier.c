#include "mail/carrier.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "base/fetch.h"

enum { TEXT_MAX = 120, URL_MAX = 512 };

struct carrier {
	struct fetcher *fetcher;
	void (*answered)(void *ctx, const struct carrier_answer *a);
	void *ctx;
};

struct feed {
	struct carrier *c;
	uint64_t id;
	struct buf body;
};

/* ---- addresses --------------------------------------------------------- */

/* How keys are given to a kind of server, by the scheme that names it. */
static const struct kind {
	const char *scheme, *http, *port, *path, *type;
	bool json;
} kinds[] = {
	{"hkp://", "http://", ":11371", "/pks/add",
		"application/x-www-form-urlencoded", false},
	{"hkps://", "https://", "", "/pks/add",
		"application/x-www-form-urlencoded", false},
	{"vks://", "https://", "", "/vks/v1/upload", "application/json", true},
};

static const struct kind *
kind_of(const char *url)
{
	for (size_t i = 0; i < sizeof(kinds) / sizeof(kinds[0]); i++) {
		if (strncmp(url, kinds[i].scheme, strlen(kinds[i].scheme)) == 0)
			return &kinds[i];
	}
	return NULL;
}

static bool
has_port(const char *host)
{
	const char *end = strrchr(host, ']');

	return strchr(end != NULL ? end : host, ':') != NULL;
}

enum status
carrier_check(const char *url, struct err *err)
{
	const struct kind *k = kind_of(url);
	const char *host = k == NULL ? "" : url + strlen(k->scheme);
	size_t n = strspn(host, "abcdefghijklmnopqrstuvwxyz"
				"ABCDEFGHIJKLMNOPQRSTUVWXYZ0123456789.-_[]:");

	if (n > 0 && n < 256 && (host[n] == '\0' || strcmp(host + n, "/") == 0))
		return STATUS_OK;
	err_set(err, "not hkp://HOST, hkps://HOST or vks://HOST, with :PORT or "
		     "without");
	return STATUS_MALFORMED;
}

void
carrier_write_url(const char *url, const char *path, char *out, size_t size)
{
	const struct kind *k = kind_of(url);
	const char *host = url + strlen(k->scheme);
	int len = (int)strcspn(host, "/");

	(void)snprintf(out, size, "%s%.*s%s%s", k->http, len, host,
		has_port(host) ? "" : k->port, path);
}

/* ---- bodies ------------------------------------------------------------ */

/* Armor is of few characters; these mean something in a form. */
static enum status
put_form(struct buf *out, struct bytes armor)
{
	enum status st = buf_put(out, bytes_of("keytext="));

	for (size_t i = 0; st == STATUS_OK && i < armor.len; i++) {
		uint8_t c = armor.data[i];

		if (c == '\n' || c == '+' || c == '/' || c == '=' || c == ' ')
			st = buf_printf(out, "%%%02X", c);
		else
			st = buf_put_u8(out, c);
	}
	return st;
}

static enum status
put_json(struct buf *out, struct bytes armor)
{
	enum status st = buf_put(out, bytes_of("{\"keytext\":\""));

	for (size_t i = 0; st == STATUS_OK && i < armor.len; i++) {
		if (armor.data[i] == '\n')
			st = buf_put(out, bytes_of("\\n"));
		else
			st = buf_put_u8(out, armor.data[i]);
	}
	return st == STATUS_OK ? buf_put(out, bytes_of("\"}")) : st;
}

/* ---- answers ----------------------------------------------------------- */

/* The first row that fits. What it means is what such a reply of a relay
 * means (retry.c): the letter, the peer, later, soon. */
static const struct meaning {
	unsigned int first, last;
	enum sent_stage stage;
	unsigned int code;
} meanings[] = {
	{200, 299, STAGE_DONE, 250},
	{400, 400, STAGE_DOT, 554}, /* of these keys, maybe of one */
	{413, 413, STAGE_DOT, 552},
	{422, 422, STAGE_DOT, 554},
	{408, 408, STAGE_DOT, 451},
	{429, 429, STAGE_DOT, 451},
	{300, 499, STAGE_RCPT, 550}, /* moved, forbidden, no such thing */
	{500, 599, STAGE_DOT, 451},
};

static void
tell(struct feed *f, enum sent_stage stage, unsigned int code, const char *text)
{
	const struct carrier_answer a = {
		.id = f->id, .stage = stage, .code = code, .text = text};

	f->c->answered(f->c->ctx, &a);
	buf_done(&f->body);
	free(f);
}

static void
on_done(const struct fetch_result *r)
{
	struct feed *f = r->ctx;
	char text[TEXT_MAX];

	if (r->status != STATUS_OK) {
		tell(f, STAGE_CONNECT, 0, r->err.text);
		return;
	}
	(void)snprintf(text, sizeof(text), "it answers %u", r->http_status);
	for (size_t i = 0; i < sizeof(meanings) / sizeof(meanings[0]); i++) {
		const struct meaning *m = &meanings[i];

		if (r->http_status < m->first || r->http_status > m->last)
			continue;
		tell(f, m->stage, m->code, text);
		return;
	}
	tell(f, STAGE_DOT, 451, text);
}

void
carrier_feed(struct carrier *c, uint64_t id, const struct carrier_way *way,
	struct bytes armor)
{
	const struct kind *k = kind_of(way->url);
	struct feed *f = xcalloc(1, sizeof(*f));
	char at[URL_MAX], field[URL_MAX];
	struct fetch_request q = {.url = at,
		.deadline_ms = CARRIER_WAIT_MS,
		.max_octets = CARRIER_ANSWER_MAX,
		.is_post = true,
		.field = field,
		.done = on_done,
		.ctx = f};
	enum status st;

	f->c = c;
	f->id = id;
	if (way->ca_file[0] != '\0')
		q.ca_file = way->ca_file;
	carrier_write_url(way->url, k->path, at, sizeof(at));
	(void)snprintf(field, sizeof(field), "PKS-Sender: %s", way->sender);
	st = k->json ? put_json(&f->body, armor) : put_form(&f->body, armor);
	if (st != STATUS_OK) {
		tell(f, STAGE_DOT, 552, "too large to be fed over HTTP");
		return;
	}
	q.body = buf_view(&f->body);
	q.body_type = k->type;
	fetch_start(c->fetcher, &q);
}

/* ---- life -------------------------------------------------------------- */

struct carrier *
carrier_new(
	void (*answered)(void *ctx, const struct carrier_answer *a), void *ctx)
{
	struct carrier *c = xcalloc(1, sizeof(*c));

	c->answered = answered;
	c->ctx = ctx;
	c->fetcher = fetcher_new(CARRIER_PARALLEL, "keypost");
	return c;
}

void
carrier_free(struct carrier *c)
{
	if (c == NULL)
		return;
	fetcher_free(c->fetcher);
	free(c);
}

int
carrier_poll(
	struct carrier *c, struct pollfd *own, size_t count, int64_t wait_ms)
{
	int ready = 0;

	if (fetch_pending(c->fetcher) == 0)
		return poll(own, (nfds_t)count, (int)wait_ms);
	fetch_step(c->fetcher, own, count, wait_ms);
	for (size_t i = 0; i < count; i++)
		ready += own[i].revents != 0;
	return ready;
}
