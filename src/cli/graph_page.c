#include "cli/graph_page.h"
#include "cli/visible.h"

#include <stdlib.h>
#include <string.h>

static const char default_path[] = "/pks/lookup?op=stats";

/* "127.0.0.1" stays as it is; a masked one has stars. */
char *
graph_host(struct bytes text)
{
	static const char letters[] =
		"abcdefghijklmnopqrstuvwxyz0123456789.-_*:[]";
	char *host, *colon, *p;
	size_t digits;

	if (text.len == 0 || text.len > 255 ||
		memchr(text.data, 0, text.len) != NULL)
		return NULL;
	host = xstrndup((const char *)text.data, text.len);
	for (p = host; *p != '\0'; p++)
		if (*p >= 'A' && *p <= 'Z')
			*p = (char)(*p - 'A' + 'a');
	colon = strrchr(host, ':');
	digits = colon == NULL ? 0 : strspn(colon + 1, "0123456789");
	if (host[strspn(host, letters)] != '\0' || colon == NULL ||
		colon == host || digits == 0 || digits > 5 ||
		colon[1 + digits] != '\0' || strtol(colon + 1, NULL, 10) < 1 ||
		strtol(colon + 1, NULL, 10) > 65535 ||
		/* IPv6 only in brackets */
		(strchr(host, ':') != colon && host[0] != '[')) {
		free(host);
		return NULL;
	}
	return host;
}

static bool
path_is_good(const char *path)
{
	const char *p;

	for (p = path; *p > 0x20 && *p < 0x7F; p++)
		continue;
	return path[0] == '/' && *p == '\0' && p - path < 200;
}

/*
 * http://host:port to ask. Only a server's own host speaks for it; where it
 * does not say where, it is the port beside the gossip port.
 */
static char *
place_of(const char *name, const char *http)
{
	size_t host = (size_t)(strrchr(name, ':') - name);
	char *where = http == NULL ? NULL : graph_host(bytes_of(http));
	struct buf url = {0};
	char *text;

	if (where != NULL && strncmp(where, name, host + 1) == 0)
		(void)!buf_printf(&url, "http://%s", where);
	else
		(void)!buf_printf(&url, "http://%.*s:%ld", (int)host, name,
			strtol(name + host + 1, NULL, 10) + 1);
	text = xstrdup((const char *)url.data);
	buf_done(&url);
	free(where);
	return text;
}

static void
add_peer(struct graph *g, size_t at, const char *recon, const char *http,
	const char *path, bool masked)
{
	char *name = graph_host(bytes_of(recon)), *place;
	struct graph_node *n;
	int i;

	if (name == NULL)
		return;
	place = place_of(name, http);
	i = graph_find_http(g, place);
	if (i == GRAPH_NONE)
		i = graph_add(g, name);
	if (i != GRAPH_NONE) {
		graph_connect(g, at, (size_t)i, GRAPH_GOSSIP);
		n = graph_node(g, (size_t)i);
		if (n->http == NULL && !masked && strchr(name, '*') == NULL) {
			n->http = xstrdup(place);
			n->path = xstrdup(path != NULL && path_is_good(path)
						  ? path
						  : default_path);
			n->depth = graph_node(g, at)->depth + 1;
		}
	}
	free(place);
	free(name);
}

static void
add_other(struct graph *g, size_t at, const char *prefix, const char *text)
{
	struct buf name = {0};
	char *clean = visible_text(bytes_of(text), GRAPH_TEXT_MAX);
	bool mail = strcmp(prefix, "mailto:") == 0;
	int i = GRAPH_NONE;

	(void)!buf_printf(&name, "%s%s", prefix, clean);
	/* A URL ends in no slash, so that it is one name. */
	while (!mail && name.len > 0 && name.data[name.len - 1] == '/')
		name.data[--name.len] = '\0';
	if (clean[0] != '\0' && (!mail || strchr(clean, '@') != NULL))
		i = graph_add(g, (const char *)name.data);
	if (i != GRAPH_NONE)
		graph_connect(g, at, (size_t)i, mail ? GRAPH_MAIL : GRAPH_PUSH);
	free(clean);
	buf_done(&name);
}

static void
describe(struct graph_node *n, struct bytes software, struct bytes version,
	int64_t keys)
{
	if (software.len > 0 && n->software == NULL)
		n->software = visible_text(software, GRAPH_TEXT_MAX);
	if (version.len > 0 && n->version == NULL)
		n->version = visible_text(version, GRAPH_TEXT_MAX);
	n->keys = keys;
}

/* ---- JSON ---------------------------------------------------------------- */

static const char *
text_of(const json_t *o, const char *key)
{
	return json_string_value(json_object_get(o, key));
}

static struct bytes
view_of(const json_t *o, const char *key)
{
	const char *text = text_of(o, key);

	return bytes_of(text == NULL ? "" : text);
}

static void
read_targets(struct graph *g, size_t at, const json_t *list)
{
	size_t i;

	for (i = 0; i < json_array_size(list) && i < GRAPH_PEERS_MAX; i++) {
		const char *url = text_of(json_array_get(list, i), "addr");

		if (url == NULL)
			continue;
		if (strncmp(url, "mailto:", 7) == 0)
			add_other(g, at, "mailto:", url + 7);
		else
			add_other(g, at, "", url);
	}
}

static void
read_mail(struct graph *g, size_t at, const json_t *sync)
{
	const json_t *list = json_object_get(sync, "peers");
	struct graph_node *n = graph_node(g, at);
	size_t i;

	if (view_of(sync, "address").len > 0 && n->mail == NULL)
		n->mail =
			visible_text(view_of(sync, "address"), GRAPH_TEXT_MAX);
	for (i = 0; i < json_array_size(list) && i < GRAPH_PEERS_MAX; i++) {
		const json_t *p = json_array_get(list, i);
		const char *address = text_of(p, "address");
		const char *way = text_of(p, "direction");

		if (address != NULL && (way == NULL || strcmp(way, "in") != 0))
			add_other(g, at, "mailto:", address);
	}
}

/* A seed is known by where it answers; now it says where it gossips. */
static void
name_seed(struct graph *g, size_t at, const char *recon)
{
	char *own = recon == NULL ? NULL : graph_host(bytes_of(recon));
	const char *name = graph_node(g, at)->name;
	struct buf b = {0};

	if (own != NULL && graph_node(g, at)->is_seed) {
		(void)!buf_printf(&b, "%.*s%s",
			(int)(strrchr(name, ':') - name), name,
			strrchr(own, ':'));
		graph_rename(g, at, (const char *)b.data);
	}
	buf_done(&b);
	free(own);
}

static void
read_json(struct graph *g, size_t at, const json_t *o)
{
	const json_t *keys = json_object_get(o, "numkeys");
	const json_t *list = json_object_get(o, "peers");
	size_t i;

	if (!json_is_integer(keys))
		keys = json_object_get(o, "total");
	describe(graph_node(g, at), view_of(o, "software"),
		view_of(o, "version"),
		json_is_integer(keys) ? json_integer_value(keys) : -1);
	name_seed(g, at, text_of(o, "reconAddr"));
	for (i = 0; i < json_array_size(list) && i < GRAPH_PEERS_MAX; i++) {
		const json_t *p = json_array_get(list, i);
		const char *recon = text_of(p, "reconAddr");

		if (recon != NULL)
			add_peer(g, at, recon, text_of(p, "httpAddr"),
				text_of(p, "statsPath"),
				json_is_true(json_object_get(p, "masked")));
	}
	read_targets(g, at, json_object_get(o, "pksTargets"));
	read_mail(g, at, json_object_get(o, "mailsync"));
}

/* ---- HTML ---------------------------------------------------------------- */

/* The next line of `rest`, without its end; false when there is none. */
static bool
next_line(struct bytes *rest, struct bytes *line)
{
	const uint8_t *end;
	size_t n;

	if (rest->len == 0)
		return false;
	end = memchr(rest->data, '\n', rest->len);
	n = end == NULL ? rest->len : (size_t)(end - rest->data);
	*line = bytes_make(rest->data, n);
	n += end == NULL ? 0 : 1;
	*rest = bytes_make(rest->data + n, rest->len - n);
	return true;
}

static bool
starts(struct bytes line, const char *text)
{
	return line.len >= strlen(text) &&
	       memcmp(line.data, text, strlen(text)) == 0;
}

/* What stands behind `mark`, up to the next tag; empty when it is not there. */
static struct bytes
behind(struct bytes where, const char *mark)
{
	const uint8_t *p = memmem(where.data, where.len, mark, strlen(mark));
	const uint8_t *end;
	size_t n;

	if (p == NULL)
		return bytes_make(NULL, 0);
	p += strlen(mark);
	n = where.len - (size_t)(p - where.data);
	end = n > 0 ? memchr(p, '<', n) : NULL;
	return bytes_trim(bytes_make(p, end == NULL ? n : (size_t)(end - p)));
}

static void
read_row(struct graph *g, size_t at, struct bytes cell, bool mail)
{
	char *text = xstrndup((const char *)cell.data, cell.len);
	char *blank = strchr(text, ' ');

	if (mail) {
		add_other(g, at, "mailto:", text);
	} else if (blank != NULL) {
		*blank = ':';
		add_peer(g, at, text, NULL, NULL, false);
	}
	free(text);
}

static void
read_rows(struct graph *g, size_t at, struct bytes *rest, bool mail)
{
	const char *table = mail ? "<table summary=\"Mailsync Peers\">"
				 : "<table summary=\"Gossip Peers\">";
	struct bytes line, ahead = *rest;
	size_t n = 0;

	if (!next_line(&ahead, &line) || !starts(line, table))
		return;
	while (next_line(&ahead, &line) && starts(line, "<tr><td>"))
		if (n++ < GRAPH_PEERS_MAX)
			read_row(g, at, behind(line, "<tr><td>"), mail);
	*rest = ahead;
}

static int64_t
read_number(struct bytes text)
{
	char digits[20];
	size_t n = text.len < 18 ? text.len : 18;

	if (n == 0)
		return -1;
	memcpy(digits, text.data, n);
	digits[n] = '\0';
	return strspn(digits, "0123456789") == n ? atoll(digits) : -1;
}

static enum status
read_html(struct graph *g, size_t at, struct bytes page)
{
	struct bytes rest = page, line;
	struct bytes keys = behind(page, "Total number of keys: ");
	bool known = keys.len > 0;

	while (next_line(&rest, &line)) {
		if (starts(line, "<h2>Gossip Peers</h2>"))
			read_rows(g, at, &rest, false);
		else if (starts(line, "<h2>Outgoing Mailsync Peers</h2>"))
			read_rows(g, at, &rest, true);
		else if (starts(line, "<h2>Settings</h2>"))
			known = true;
	}
	if (!known)
		return STATUS_MALFORMED;
	describe(graph_node(g, at), behind(page, "<td>Software:</td><td>"),
		behind(page, "<td>Version:</td><td>"), read_number(keys));
	return STATUS_OK;
}

enum status
graph_read_page(struct graph *g, size_t at, struct bytes page)
{
	json_t *o = json_loadb((const char *)page.data, page.len, 0, NULL);
	enum status st = STATUS_OK;

	if (json_is_object(o))
		read_json(g, at, o);
	else
		st = read_html(g, at, page);
	json_decref(o);
	if (st == STATUS_OK)
		graph_node(g, at)->is_read = true;
	return st;
}
