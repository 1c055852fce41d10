#include "http/pages/own_files.h"

#include <stdio.h>
#include <string.h>
#include <strings.h>

#include "http/pages/frame.h"
#include "http/pages/speak.h"
#include "http/pages/web_root.h"
#include "http/services.h"

enum { OWN_NAME_MAX = WEB_NAME_MAX + 1, OWN_LANGUAGES_MAX = 32 };

#define DOT_HTML ".html"
#define TITLE_OPEN "<h1>"
#define TITLE_CLOSE "</h1>"

static bool
begins(struct bytes b, const char *with)
{
	size_t n = strlen(with);

	return b.len >= n && strncasecmp((const char *)b.data, with, n) == 0;
}

static struct bytes
skip_blanks(struct bytes b)
{
	while (b.len > 0 && memchr(" \t\r\n", b.data[0], 4) != NULL)
		b = bytes_make(b.data + 1, b.len - 1);
	return b;
}

/* What is no whole document stands in the site's frame. */
static bool
is_part(const char *name, struct bytes *content)
{
	const char *dot = strrchr(name, '.');

	if (dot == NULL || strcasecmp(dot, ".html") != 0)
		return false;
	/* A mark of the octet order is none of the text. */
	if (begins(*content, "\xEF\xBB\xBF"))
		*content = bytes_make(content->data + 3, content->len - 3);
	*content = skip_blanks(*content);
	return !begins(*content, "<!doctype") && !begins(*content, "<html") &&
	       !begins(*content, "<?xml");
}

/* The heading that it begins with, taken off; false if that is no plain one. */
static bool
take_title(struct bytes *content, struct bytes *title)
{
	const uint8_t *start, *end;
	size_t n;

	if (!begins(*content, TITLE_OPEN))
		return false;
	start = content->data + strlen(TITLE_OPEN);
	n = content->len - strlen(TITLE_OPEN);
	end = memchr(start, '<', n);
	if (end == NULL || end == start)
		return false;
	n -= (size_t)(end - start);
	if (!begins(bytes_make(end, n), TITLE_CLOSE))
		return false;
	*title = bytes_make(start, (size_t)(end - start));
	*content =
		bytes_make(end + strlen(TITLE_CLOSE), n - strlen(TITLE_CLOSE));
	return true;
}

/* NAME.de.html is German, NAME.html what the operator speaks. */
static const struct language *
language_of(const char *name)
{
	const char *const *tags = words_tags();
	size_t len = strlen(name);
	char end[32];

	for (; *tags != NULL; tags++) {
		size_t n = (size_t)snprintf(end, sizeof(end), ".%s" DOT_HTML, *tags);

		if (len > n && strcasecmp(name + len - n, end) == 0)
			return words_language(*tags);
	}
	return words_standard();
}

static enum status
serve_part(struct request *req, struct reply *reply, const char *name,
	struct bytes content)
{
	struct page title, main;
	struct bytes text;
	enum status st;

	page_init(&title, WEB_FILE_MAX);
	page_init(&main, SITE_PAGE_MAX + WEB_FILE_MAX + 2 * FRAME_PART_MAX);
	if (take_title(&content, &text))
		page_markup(&title, text);
	else
		page_puts(&title, site_link_words(name));
	page_markup(&main, content);
	st = site_frame_titled(req, reply, &title, &main);
	if (st != STATUS_OK)
		return st;
	/* Header, footer and links are of other files. */
	reply_etag_hash(reply, buf_view(&reply->body), 8, "own");
	reply->cache = REPLY_HOUR;
	return STATUS_OK;
}

/* STEM.TAG.html for STEM.html; false if that is no name. */
static bool
write_variant(const char *name, const char *tag, char file[OWN_NAME_MAX])
{
	size_t stem = strlen(name) - strlen(DOT_HTML);
	int n = snprintf(file, OWN_NAME_MAX, "%.*s.%s" DOT_HTML, (int)stem,
		name, tag);

	return n > 0 && n < OWN_NAME_MAX;
}

static bool
is_there(struct request *req, const char *file)
{
	struct bytes content;

	return web_root_find(req->services->settings->web, file, req->arena,
		       &content) == STATUS_OK;
}

/* Which file a page is read from: in what the visitor would rather read of
 * the languages that it is there in. */
static void
choose_file(struct request *req, struct reply *reply, const char *name,
	char file[OWN_NAME_MAX])
{
	const char *const *tags = words_tags();
	const char *have[OWN_LANGUAGES_MAX + 1];
	size_t len = strlen(name), end = strlen(DOT_HTML), n = 0;

	if (len > end && strcasecmp(name + len - end, DOT_HTML) == 0)
		for (; *tags != NULL && n < OWN_LANGUAGES_MAX; tags++)
			if (write_variant(name, *tags, file) &&
				is_there(req, file))
				have[n++] = *tags;
	have[n] = NULL;
	if (n > 0) {
		reply->varies_language =
			req->services->settings->accept_language;
		if (write_variant(name, site_choose(req, have), file) &&
			is_there(req, file))
			return;
	}
	snprintf(file, OWN_NAME_MAX, "%s", name);
}

static enum status
serve(struct request *req, struct reply *reply, const char *name)
{
	char file[OWN_NAME_MAX];
	struct bytes content;
	enum status st;

	choose_file(req, reply, name, file);
	st = web_root_find(
		req->services->settings->web, file, req->arena, &content);
	if (st != STATUS_OK)
		return st;
	if (!is_part(file, &content))
		return web_root_serve(req, reply, file);
	words_speak_here(language_of(file));
	return serve_part(req, reply, name, content);
}

/* The decoded path; false when it holds what no name may hold. */
static bool
write_name(const struct request *req, char *name, size_t size)
{
	size_t i, n = 0;

	if (req->segment_count == 0 ||
		req->segment_count > REQUEST_SEGMENTS_MAX)
		return false;
	for (i = 0; i < req->segment_count; i++) {
		struct bytes s = req->segments[i];

		/* A decoded slash is data, and no name has one. */
		if (s.len == 0 || memchr(s.data, '/', s.len) != NULL ||
			n + s.len + 2 > size)
			return false;
		if (i > 0)
			name[n++] = '/';
		memcpy(name + n, s.data, s.len);
		n += s.len;
	}
	name[n] = '\0';
	return true;
}

enum status
own_files_handle(struct request *req, struct reply *reply)
{
	char name[OWN_NAME_MAX], page[OWN_NAME_MAX];
	enum status st;
	int n;

	if (!write_name(req, name, sizeof(name)))
		return STATUS_NOT_FOUND;
	st = serve(req, reply, name);
	n = snprintf(page, sizeof(page), "%s.html", name);
	if (st == STATUS_NOT_FOUND && n > 0 && (size_t)n < sizeof(page))
		st = serve(req, reply, page);
	return st;
}
