#include "conf/conf_load.h"

#include <dirent.h>
#include <errno.h>
#include <limits.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "conf/conf_file.h"

#define DEFAULT_PATH SYSCONFDIR "/keypost.conf"
#define DEFAULT_DATA "./keypost-data"

enum { PEERS_MAX = 256, PEER_NAME_MAX = 32 };

static bool
is_peer_option(const struct conf_option *o)
{
	return strcmp(o->section, "peer") == 0;
}

/* What gossip, and not mail, wants to know of a peer. */
static bool
is_gossip_option(const struct conf_option *o)
{
	return strncmp(o->key, "gossip", 6) == 0;
}

static void *
base_of(struct conf *c, const struct conf_option *o, size_t peer)
{
	if (!is_peer_option(o))
		return c;
	return is_gossip_option(o) ? (void *)&c->gossip.peers[peer]
				   : (void *)&c->mail.peers[peer];
}

struct conf_origin *
conf_find_origin(const struct conf *c, const struct conf_option *o, size_t peer)
{
	struct conf_origin *g = c->origins;

	while (g != NULL && (g->option != o || g->peer != peer))
		g = g->next;
	return g;
}

/* Every default of one section kind; they are right by the unit test. */
static enum status
set_defaults(struct conf *c, bool peers, size_t peer, struct err *err)
{
	const struct conf_option *o;
	enum status st = STATUS_OK;

	for (o = conf_options(); o->section != NULL && st == STATUS_OK; o++) {
		if (is_peer_option(o) == peers)
			st = conf_value_set(
				o, base_of(c, o, peer), o->fallback, err);
	}
	return st;
}

static enum status
check_peer_name(const char *name, struct err *err)
{
	static const char *const reserved[] = {
		"http", "mail", "gossip", "load", "admin"};
	size_t n = strspn(name, "abcdefghijklmnopqrstuvwxyz0123456789-_");

	if (n == 0 || n > PEER_NAME_MAX || name[n] != '\0') {
		err_set(err,
			"[peer %s]: a peer's name has 1 to %d lower-case "
			"letters, digits, - and _",
			name, PEER_NAME_MAX);
		return STATUS_MALFORMED;
	}
	for (size_t i = 0; i < sizeof(reserved) / sizeof(reserved[0]); i++) {
		if (strcmp(name, reserved[i]) == 0) {
			err_set(err,
				"[peer %s]: the name is reserved: it says "
				"where a change came from; take another",
				name);
			return STATUS_MALFORMED;
		}
	}
	return STATUS_OK;
}

/* The peer's index; makes it when it is new. */
static enum status
find_peer(struct conf *c, const char *name, size_t *peer, struct err *err)
{
	struct gossip_peer *g;
	struct peer_settings *p;
	enum status st;
	size_t i;

	for (i = 0; i < c->mail.peer_count; i++) {
		if (strcmp(c->mail.peers[i].name, name) == 0) {
			*peer = i;
			return STATUS_OK;
		}
	}
	st = check_peer_name(name, err);
	if (st != STATUS_OK)
		return st;
	if (i == PEERS_MAX) {
		err_set(err, "[peer %s]: more than %d peers", name, PEERS_MAX);
		return STATUS_MALFORMED;
	}
	c->mail.peers = xrealloc(c->mail.peers, (i + 1) * sizeof(*p));
	p = &c->mail.peers[i];
	memset(p, 0, sizeof(*p));
	p->name = xstrdup(name);
	c->mail.peer_count = i + 1;
	c->gossip.peers = xrealloc(c->gossip.peers, (i + 1) * sizeof(*g));
	g = &c->gossip.peers[i];
	memset(g, 0, sizeof(*g));
	g->name = p->name;
	c->gossip.peer_count = i + 1;
	*peer = i;
	return set_defaults(c, true, i, err);
}

static struct conf_origin *
new_origin(struct conf *c, const struct conf_option *o, size_t peer)
{
	struct conf_origin *g = xcalloc(1, sizeof(*g));

	g->option = o;
	g->peer = peer;
	g->next = c->origins;
	c->origins = g;
	return g;
}

/* Where [peer NAME] stands: for what it lacks. */
static void
note_section(struct conf *c, size_t peer, const struct conf_line *l)
{
	struct conf_origin *g;

	if (conf_find_origin(c, NULL, peer) != NULL)
		return;
	g = new_origin(c, NULL, peer);
	g->text = xstrdup("");
	g->file = xstrdup(l->file);
	g->line = l->number;
}

static enum status
note_origin(struct conf *c, const struct conf_option *o, size_t peer,
	const struct conf_line *l, bool *fresh, struct err *err)
{
	struct conf_origin *g = conf_find_origin(c, o, peer);
	bool same = g != NULL && strcmp(g->file, l->file) == 0;
	bool add = same && conf_value_is_list(o);
	char *text;

	if (same && !add) {
		err_set(err, "%s: given twice; first in line %d", l->key,
			g->line);
		return STATUS_MALFORMED;
	}
	if (g == NULL)
		g = new_origin(c, o, peer);
	text = xmalloc((add ? strlen(g->text) : 0) + strlen(l->value) + 2);
	sprintf(text, "%s%s%s", add ? g->text : "", add ? " " : "", l->value);
	free(g->text);
	free(g->file);
	g->text = text;
	g->file = xstrdup(l->file);
	g->line = l->number;
	*fresh = !add;
	return STATUS_OK;
}

static enum status
take_line(void *ctx, const struct conf_line *l, struct err *err)
{
	bool in_peer = strncmp(l->section, "peer ", 5) == 0;
	const char *section = in_peer ? "peer" : l->section;
	const struct conf_option *o = NULL;
	struct conf *c = ctx;
	size_t peer = 0;
	bool fresh = true;
	enum status st;

	if (*section == '\0') {
		err_set(err, "%s: stands before the first [section]",
			l->key != NULL ? l->key : "[]");
		return STATUS_MALFORMED;
	}
	if (strcmp(l->section, "peer") == 0) {
		err_set(err, "[peer]: the peer's name is missing: [peer NAME]");
		return STATUS_MALFORMED;
	}
	st = conf_check_section(section, err);
	if (st == STATUS_OK && in_peer)
		st = find_peer(c, l->section + 5, &peer, err);
	if (st == STATUS_OK && in_peer && l->key == NULL)
		note_section(c, peer, l);
	if (st != STATUS_OK || l->key == NULL)
		return st;
	st = conf_find_option(section, l->key, &o, err);
	if (st == STATUS_OK)
		st = note_origin(c, o, peer, l, &fresh, err);
	if (st != STATUS_OK)
		return st;
	if (fresh)
		conf_value_free(o, base_of(c, o, peer));
	st = conf_value_set(o, base_of(c, o, peer), l->value, err);
	if (st != STATUS_OK)
		err_prefix(err, "%s", l->key);
	return st;
}

static int
is_conf_name(const struct dirent *d)
{
	size_t n = strlen(d->d_name);

	return n > 5 && d->d_name[0] != '.' &&
	       strcmp(d->d_name + n - 5, ".conf") == 0;
}

static int
by_name(const struct dirent **a, const struct dirent **b)
{
	return strcmp((*a)->d_name, (*b)->d_name);
}

/* FOLDER/conf.d/(all).conf, in order of name; no such folder is fine. */
static enum status
read_folder(const struct conf_sink *sink, const char *folder, const char *name,
	struct err *err)
{
	char path[PATH_MAX + 300];
	struct dirent **list = NULL;
	enum status st = STATUS_OK;
	int n;

	snprintf(path, sizeof(path), "%.*s/%s", PATH_MAX, folder, name);
	n = scandir(path, &list, is_conf_name, by_name);
	if (n < 0 && errno == ENOENT)
		return STATUS_OK;
	if (n < 0) {
		err_set(err, "%s: %s", path, strerror(errno));
		return STATUS_IO;
	}
	for (int i = 0; i < n; i++) {
		snprintf(path, sizeof(path), "%.*s/%s/%s", PATH_MAX, folder,
			name, list[i]->d_name);
		if (st == STATUS_OK)
			st = conf_file_read(path, sink, err);
		free(list[i]);
	}
	free(list);
	return st;
}

static enum status
read_files(struct conf *c, const char *path, struct err *err)
{
	const struct conf_sink sink = {take_line, c};
	bool given = path != NULL;
	char folder[PATH_MAX];
	char *slash;
	enum status st;

	if (!given)
		path = DEFAULT_PATH;
	snprintf(folder, sizeof(folder), "%s", path);
	slash = strrchr(folder, '/');
	if (slash == NULL)
		snprintf(folder, sizeof(folder), ".");
	else
		slash[slash == folder ? 1 : 0] = '\0';
	st = conf_file_read(path, &sink, err);
	if (st == STATUS_NOT_FOUND && !given)
		return STATUS_OK;
	if (st == STATUS_OK) {
		free(c->path);
		c->path = conf_absolute_path(path);
		st = read_folder(&sink, folder, "conf.d", err);
	}
	return st == STATUS_OK ? read_folder(&sink, folder, "peers.d", err)
			       : st;
}

static struct conf *
conf_new(void)
{
	struct conf *c = xcalloc(1, sizeof(*c));
	struct err err;

	policy_init(&c->ingest.policy);
	if (set_defaults(c, false, 0, &err) != STATUS_OK)
		abort(); /* a row of the table refuses its own default */
	return c;
}

/* Without any file the data lies where the program was started. */
static enum status
place_data(struct conf *c, struct err *err)
{
	const struct conf_line l = {.file = "no configuration file",
		.section = "server",
		.key = "data",
		.value = DEFAULT_DATA};

	return take_line(c, &l, err);
}

/* When all was read well so far; else it goes. */
static enum status
finish(struct conf *c, enum status st, struct conf **conf, struct err *err)
{
	if (st == STATUS_OK)
		st = conf_finish(c, err);
	if (st == STATUS_OK)
		*conf = c;
	else
		conf_free(c);
	return st;
}

enum status
conf_load(const char *path, struct conf **conf, struct err *err)
{
	struct conf *c = conf_new();
	enum status st;

	st = read_files(c, path, err);
	if (st == STATUS_OK && c->path == NULL)
		st = place_data(c, err);
	return finish(c, st, conf, err);
}

enum status
conf_load_text(struct bytes text, const char *file, struct conf **conf,
	struct err *err)
{
	struct conf *c = conf_new();
	const struct conf_sink sink = {take_line, c};
	enum status st;

	st = conf_file_parse(text, file, &sink, err);
	return finish(c, st, conf, err);
}

void
conf_free(struct conf *c)
{
	const struct conf_option *o;
	struct conf_origin *g;

	if (c == NULL)
		return;
	for (o = conf_options(); o->section != NULL; o++) {
		if (!is_peer_option(o))
			conf_value_free(o, c);
		for (size_t i = 0; is_peer_option(o) && i < c->mail.peer_count;
			i++)
			conf_value_free(o, base_of(c, o, i));
	}
	for (size_t i = 0; i < c->mail.peer_count; i++)
		free(c->mail.peers[i].name);
	while ((g = c->origins) != NULL) {
		c->origins = g->next;
		free(g->text);
		free(g->file);
		free(g);
	}
	free(c->mail.peers);
	free(c->gossip.peers);
	free(c->http_peers);
	free(c->mail.host);
	free(c->path);
	free(c);
}
