#include "http/message/reply.h"

#include <assert.h>
#include <string.h>

#include "base/hex.h"

static const char *const types[] = {
	[REPLY_NO_TYPE] = NULL,
	[REPLY_TEXT] = "text/plain; charset=UTF-8",
	[REPLY_HTML] = "text/html; charset=UTF-8",
	[REPLY_JSON] = "application/json",
	[REPLY_CSS] = "text/css; charset=UTF-8",
	[REPLY_SVG] = "image/svg+xml",
	[REPLY_DOT] = "text/vnd.graphviz; charset=UTF-8",
	[REPLY_ARMOR] = "application/pgp-keys",
	[REPLY_BINARY] = "application/pgp",
	[REPLY_BARE_KEYS] = "application/pgp-keys;armor=no",
	[REPLY_HASHQUERY] = "pgp/keys",
};

static const char *const caches[] = {
	[REPLY_NO_STORE] = "no-store",
	[REPLY_REVALIDATE] = "no-cache",
	[REPLY_MINUTE] = "max-age=60",
	[REPLY_TEN_MINUTES] = "max-age=600",
	[REPLY_HOUR] = "max-age=3600",
	[REPLY_DAY] = "max-age=86400, immutable",
};

/* Clients look for these words: dirmngr, OpenKeychain, GpgFrontend. */
static const struct reply_error errors[] = {
	{400, "Bad request", 0},
	{403, "Forbidden", 0},
	{404, "Not found", 0},
	{405, "Method not allowed", 0},
	{411, "Length required", 0},
	{413, "Too large", 0},
	{414, "Request target too long", 0},
	{415, "Unsupported media type", 0},
	{422, "Not usable", 0},
	{429, "Too many requests", 5},
	{431, "Request head too large", 0},
	{500, "Internal error", 0},
	{501, "Not implemented", 0},
	{503, "Try again later", 5},
};

static const unsigned int codes[] = {
	[STATUS_OK] = 200,
	[STATUS_NOT_FOUND] = 404,
	[STATUS_MALFORMED] = 400,
	[STATUS_UNSUPPORTED] = 501,
	[STATUS_REJECTED] = 403,
	[STATUS_LIMIT] = 413,
	[STATUS_BUSY] = 503,
	[STATUS_TIMEOUT] = 503,
	[STATUS_IO] = 500,
	[STATUS_CLOSED] = 503,
};

/* All but the body. */
static void
init_head(struct reply *r)
{
	r->status = 200;
	r->type = REPLY_NO_TYPE;
	r->cache = REPLY_NO_STORE;
	r->fixed = bytes_make(NULL, 0);
	r->unmade = 0;
	r->etag[0] = '\0';
	r->field_count = 0;
	r->retry_after = 0;
	r->varies = false;
	r->varies_language = false;
	r->language = NULL;
	r->close = false;
	r->err.text[0] = '\0';
}

void
reply_init(struct reply *r)
{
	buf_init(&r->body, 0);
	init_head(r);
}

void
reply_reset(struct reply *r)
{
	if (r->body.cap > REPLY_BODY_KEPT)
		buf_done(&r->body);
	r->body.len = 0;
	r->body.max = 0; /* a page brings a limit with it */
	init_head(r);
}

void
reply_done(struct reply *r)
{
	buf_done(&r->body);
}

void
reply_clear(struct reply *r)
{
	struct err err = r->err;
	bool end = r->close;

	reply_reset(r);
	r->err = err;
	r->close = end;
}

const char *
reply_type_text(enum reply_type t)
{
	return types[t];
}

const char *
reply_cache_text(enum reply_cache c)
{
	return caches[c];
}

bool
reply_safe(const char *value)
{
	return strpbrk(value, "\r\n") == NULL;
}

void
reply_header(struct reply *r, const char *name, const char *value)
{
	assert(r->field_count < REPLY_HEADERS_MAX);
	assert(reply_safe(value));
	r->fields[r->field_count].name = name;
	r->fields[r->field_count].value = value;
	r->field_count++;
}

void
reply_header_number(
	struct reply *r, struct arena *a, const char *name, uint64_t n)
{
	char *text = arena_alloc(a, 24);

	if (text == NULL)
		return; /* a full arena has failed already where it matters */
	text += 23;
	*text = '\0';
	do {
		*--text = (char)('0' + n % 10);
		n /= 10;
	} while (n > 0);
	reply_header(r, name, text);
}

void
reply_etag(struct reply *r, struct bytes digest, const char *suffix)
{
	char *at = r->etag;

	assert(digest.len <= 32 &&
		2 * digest.len + strlen(suffix) + 4 <= REPLY_ETAG_MAX);
	*at++ = '"';
	hex_write_lower(digest, at);
	at += 2 * digest.len;
	*at++ = '-';
	at = stpcpy(at, suffix);
	memcpy(at, "\"", 2);
}

void
reply_etag_hash(
	struct reply *r, struct bytes octets, size_t size, const char *suffix)
{
	struct digest d;

	assert(size <= sizeof(d.octets));
	crypto_sha256(&octets, 1, &d);
	reply_etag(r, bytes_make(d.octets, size), suffix);
}

/* One member of the list, weak or strong. */
static bool
tag_is(struct bytes tag, const char *etag)
{
	if (bytes_eq(tag, bytes_of("*")))
		return true;
	if (tag.len > 2 && tag.data[0] == 'W' && tag.data[1] == '/')
		tag = bytes_make(tag.data + 2, tag.len - 2);
	return bytes_eq(tag, bytes_of(etag));
}

bool
reply_etag_matches(struct bytes list, const char *etag)
{
	size_t pos = 0;

	if (etag[0] == '\0')
		return false;
	while (pos < list.len) {
		size_t end = pos;

		/* Our own tags hold no comma; others are not equal anyway. */
		while (end < list.len && list.data[end] != ',')
			end++;
		if (tag_is(bytes_trim(bytes_make(list.data + pos, end - pos)),
			    etag))
			return true;
		pos = end + 1;
	}
	return false;
}

const struct reply_error *
reply_error_for(unsigned int status)
{
	size_t i;

	for (i = 0; i < sizeof(errors) / sizeof(errors[0]); i++)
		if (errors[i].status == status)
			return &errors[i];
	assert(!"an HTTP status without words");
	return &errors[0];
}

const struct reply_error *
reply_error_of(enum status st)
{
	return reply_error_for(codes[st]);
}
