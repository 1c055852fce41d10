#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "base/mailaddr.h"
#include "base/words.h"
#include "conf/conf_auth.h"
#include "conf/conf_gossip.h"
#include "conf/conf_load.h"

static const struct conf_option *
option(const char *section, const char *key)
{
	const struct conf_option *o = NULL;
	struct err err;

	if (conf_find_option(section, key, &o, &err) != STATUS_OK)
		abort(); /* the key is spelt out in this file */
	return o;
}

/* Names the line of the key at fault; SIZE_MAX: not one of a peer. */
static enum status
refuse_at(const struct conf *c, const struct conf_option *o, size_t peer,
	struct err *err)
{
	const struct conf_origin *g;

	g = conf_find_origin(c, o, peer == SIZE_MAX ? 0 : peer);
	if (g == NULL && peer != SIZE_MAX)
		g = conf_find_origin(c, NULL, peer);
	if (g != NULL)
		err_prefix(err, "%s:%d", g->file, g->line);
	else if (c->path != NULL)
		err_prefix(err, "%s", c->path);
	return STATUS_MALFORMED;
}

static enum status
refuse(const struct conf *c, size_t peer, const char *key, struct err *err)
{
	err_prefix(err, "[peer %s] %s", c->mail.peers[peer].name, key);
	return refuse_at(c, option("peer", key), peer, err);
}

/* A peer's addresses: the first is its own, the others are its aliases. */
static const char *
address_of(const struct peer_settings *p, size_t n)
{
	if (n == 0)
		return p->mail;
	return n <= p->alias_count ? p->aliases[n - 1] : NULL;
}

static bool
has_address(const struct peer_settings *p, const char *address)
{
	const char *own;

	for (size_t n = 0; (own = address_of(p, n)) != NULL; n++) {
		if (mailaddr_same(own, address))
			return true;
	}
	return false;
}

/* Or nobody could say whose letter it is. */
static enum status
check_unique(const struct conf *c, size_t i, struct err *err)
{
	const struct peer_settings *p = &c->mail.peers[i];
	const char *address;

	for (size_t n = 0; (address = address_of(p, n)) != NULL; n++) {
		const char *key = n == 0 ? "mail" : "aliases";

		if (mailaddr_same(address, c->mail.address)) {
			err_set(err, "this is our own address");
			return refuse(c, i, key, err);
		}
		for (size_t j = 0; j < i; j++) {
			if (!has_address(&c->mail.peers[j], address))
				continue;
			err_set(err, "[peer %s] has this address too",
				c->mail.peers[j].name);
			return refuse(c, i, key, err);
		}
	}
	return STATUS_OK;
}

/* A name without a password, or one for nobody. */
static enum status
check_login(const struct relay_access *a, const char **key, struct err *err)
{
	*key = "relay_user";
	if ((*a->user == '\0') == (*a->password_file == '\0'))
		return STATUS_OK;
	if (*a->user == '\0')
		*key = "relay_password_file";
	err_set(err, "relay_user and relay_password_file go together");
	return STATUS_MALFORMED;
}

/* [mail]'s are shown to no relay of a peer, nor the other way round. */
static enum status
check_access(const struct conf *c, size_t i, struct err *err)
{
	const struct peer_settings *p = &c->mail.peers[i];
	const struct relay_access *a = &p->access;
	const char *key;

	if (check_login(a, &key, err) != STATUS_OK)
		return refuse(c, i, key, err);
	if (*p->relay != '\0' ||
		(*a->user == '\0' && *p->tls_ca == '\0' && *a->pin == '\0' &&
			p->tls == RELAY_TLS_AS_MAIL))
		return STATUS_OK;
	err_set(err, "the peer has no relay of its own to use this with");
	if (*a->user != '\0')
		key = "relay_user";
	else if (*p->tls_ca != '\0')
		key = "tls_ca";
	else
		key = *a->pin != '\0' ? "relay_pin" : "tls";
	return refuse(c, i, key, err);
}

static enum status
check_mail_login(const struct conf *c, struct err *err)
{
	const char *key;

	if (check_login(&c->mail.access, &key, err) == STATUS_OK)
		return STATUS_OK;
	err_prefix(err, "%s", key);
	return refuse_at(c, option("mail", key), SIZE_MAX, err);
}

static enum status
check_peer(const struct conf *c, size_t i, struct err *err)
{
	const struct peer_settings *p = &c->mail.peers[i];
	const char *key;
	enum status st;

	if (*p->mail == '\0' &&
		(peer_is_fed(p) || gossip_peer_is_used(&c->gossip.peers[i])))
		return STATUS_OK;
	if (*p->mail == '\0') {
		err_set(err, "missing: a peer needs its mail address, or hkp, "
			     "or gossip");
		return refuse(c, i, "mail", err);
	}
	if (*c->mail.address == '\0') {
		err_set(err, "letters need [mail] address, which is not set");
		return refuse(c, i, "mail", err);
	}
	if (!peer_is_fed(p) && *p->relay == '\0' && *c->mail.relay == '\0') {
		err_set(err, "neither the peer nor [mail] has a relay");
		return refuse(c, i, "relay", err);
	}
	st = check_access(c, i, err);
	if (st == STATUS_OK &&
		conf_check_auth(&c->mail, p, &key, err) != STATUS_OK)
		return refuse(c, i, key, err);
	return st == STATUS_OK ? check_unique(c, i, err) : st;
}

static enum status
check_gossip(const struct conf *c, struct err *err)
{
	const char *key = "";
	size_t peer = SIZE_MAX;

	if (conf_check_gossip(c, &peer, &key, err) == STATUS_OK)
		return STATUS_OK;
	if (peer != SIZE_MAX)
		return refuse(c, peer, key, err);
	err_prefix(err, "[gossip] %s", key);
	return refuse_at(c, option("gossip", key), SIZE_MAX, err);
}

/* Ways for letters in, and nobody they could be for. */
static enum status
check_mail_doors(const struct conf *c, struct err *err)
{
	const struct {
		const char *key, *value;
	} doors[] = {{"lmtp_listen", c->mail.lmtp_listen},
		{"maildir", c->mail.maildir}, {"imap", c->mail.imap}};

	for (size_t i = 0; i < sizeof(doors) / sizeof(doors[0]); i++) {
		if (*c->mail.address != '\0' || *doors[i].value == '\0')
			continue;
		err_set(err,
			"%s: letters need [mail] address, which is not set",
			doors[i].key);
		return refuse_at(
			c, option("mail", doors[i].key), SIZE_MAX, err);
	}
	if (*c->mail.imap == '\0' || *c->mail.imap_password_file != '\0')
		return STATUS_OK;
	err_set(err, "imap: it needs imap_password_file, which is not set");
	return refuse_at(c, option("mail", "imap"), SIZE_MAX, err);
}

static void
refuse_language(const char *name, struct err *err)
{
	const char *const *tags = words_tags();
	char list[200] = "";
	size_t n = 0;

	for (; *tags != NULL && n < sizeof(list); tags++)
		n += (size_t)snprintf(
			list + n, sizeof(list) - n, " %s", *tags);
	err_set(err, "language: '%.80s' is not one of:%s", name, list);
}

/* A host name, as it stands in Message-IDs and on every page. */
static enum status
check_server(const struct conf *c, struct err *err)
{
	static const char letters[] = "abcdefghijklmnopqrstuvwxyz"
				      "ABCDEFGHIJKLMNOPQRSTUVWXYZ0123456789.-";

	if (c->name[strspn(c->name, letters)] != '\0') {
		err_set(err, "name: '%.80s' is no host name", c->name);
		return refuse_at(c, option("server", "name"), SIZE_MAX, err);
	}
	if (words_language(c->http.language) == NULL) {
		refuse_language(c->http.language, err);
		return refuse_at(c, option("http", "language"), SIZE_MAX, err);
	}
	if (*c->data == '\0') {
		err_set(err, "data: empty: the folder that keeps everything");
		return refuse_at(c, option("server", "data"), SIZE_MAX, err);
	}
	return STATUS_OK;
}

/* It becomes a header field of every answer. */
static enum status
check_header(const struct conf *c, struct err *err)
{
	const char *p = c->http.server_header;

	while (p != NULL && *p >= 0x20 && *p < 0x7F)
		p++;
	if (p == NULL || *p == '\0')
		return STATUS_OK;
	err_set(err, "server_header: plain ASCII only");
	return refuse_at(c, option("http", "server_header"), SIZE_MAX, err);
}

static char *
host_name(const struct conf *c)
{
	const char *at = strrchr(c->mail.address, '@');

	if (*c->name != '\0')
		return xstrdup(c->name);
	return xstrdup(at != NULL ? at + 1 : "localhost");
}

/* Named by nobody, it lies beside the configuration. */
static void
find_web(struct conf *c)
{
	const char *path = c->path != NULL ? c->path : SYSCONFDIR "/x";
	const char *slash = strrchr(path, '/');
	struct buf b = {0};

	if (c->http.web != NULL && *c->http.web != '\0')
		return;
	(void)!buf_printf(
		&b, "%.*s/web", slash != NULL ? (int)(slash - path) : 0, path);
	free(c->http.web);
	c->http.web = xstrdup((const char *)b.data);
	buf_done(&b);
}

/* Who our peers are: the statistics show them. */
static void
tell_http(struct conf *c)
{
	const struct mail_settings *m = &c->mail;

	c->http_peers = xcalloc(m->peer_count + 1, sizeof(*c->http_peers));
	for (size_t i = 0; i < m->peer_count; i++) {
		c->http_peers[i].name = m->peers[i].name;
		c->http_peers[i].mail = m->peers[i].mail;
		c->http_peers[i].gossip = c->gossip.peers[i].at;
		c->http_peers[i].push = m->peers[i].hkp;
		c->http_peers[i].gossips =
			gossip_peer_is_used(&c->gossip.peers[i]);
		c->http_peers[i].is_private = m->peers[i].is_private;
	}
	c->http.peers = c->http_peers;
	c->http.peer_count = m->peer_count;
}

enum status
conf_finish(struct conf *c, struct err *err)
{
	struct mail_settings *m = &c->mail;
	enum status st = check_server(c, err);

	for (size_t i = 0; st == STATUS_OK && i < m->peer_count; i++)
		st = check_peer(c, i, err);
	if (st == STATUS_OK)
		st = check_mail_doors(c, err);
	if (st == STATUS_OK)
		st = check_mail_login(c, err);
	if (st == STATUS_OK)
		st = check_header(c, err);
	if (st == STATUS_OK && c->http.listen_count == 0) {
		err_set(err, "listen: empty: one address at least");
		st = refuse_at(c, option("http", "listen"), SIZE_MAX, err);
	}
	if (st == STATUS_OK) {
		conf_finish_gossip(c);
		st = check_gossip(c, err);
	}
	if (st != STATUS_OK)
		return st;
	m->host = host_name(c);
	m->data = c->data;
	/* Written out, `required` is required of every relay. */
	m->tls_local_clear =
		conf_find_origin(c, option("mail", "tls"), 0) == NULL;
	c->store.where = c->data;
	c->ingest.folder = c->data;
	c->store.lookup_time_ms = c->http.lookup_time_ms;
	c->http.name = m->host;
	c->http.contact = c->contact;
	find_web(c);
	c->http.mail_address = m->address;
	/* By mail nothing is found that the pages do not show. */
	m->search.rules = c->http.search;
	m->search.redact = c->http.redact_hard_revoked;
	/* Who serves and who indexes must agree. */
	c->ingest.policy.redact_hard_revoked = c->http.redact_hard_revoked;
	tell_http(c);
	return STATUS_OK;
}

typedef void show_line(void *ctx, const char *section, const char *key,
	const char *value, const char *origin);

static void
show_option(const struct conf *c, const struct conf_option *o,
	const char *section, size_t peer, show_line *line, void *ctx)
{
	const struct conf_origin *g = conf_find_origin(c, o, peer);
	char origin[512];

	if (g == NULL)
		snprintf(origin, sizeof(origin), "default");
	else if (g->line == 0)
		snprintf(origin, sizeof(origin), "%s", g->file);
	else
		snprintf(origin, sizeof(origin), "%s:%d", g->file, g->line);
	line(ctx, section, o->key, g != NULL ? g->text : o->fallback, origin);
}

void
conf_show(const struct conf *c,
	void (*line)(void *ctx, const char *section, const char *key,
		const char *value, const char *origin),
	void *ctx)
{
	const struct conf_option *o;
	char section[64];

	for (o = conf_options(); o->section != NULL; o++) {
		if (strcmp(o->section, "peer") != 0)
			show_option(c, o, o->section, 0, line, ctx);
	}
	for (size_t i = 0; i < c->mail.peer_count; i++) {
		snprintf(section, sizeof(section), "peer %s",
			c->mail.peers[i].name);
		for (o = conf_options(); o->section != NULL; o++) {
			if (strcmp(o->section, "peer") == 0)
				show_option(c, o, section, i, line, ctx);
		}
	}
}
