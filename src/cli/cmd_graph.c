/* keypost graph: servers and who passes keys on to whom. */
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "base/fetch.h"
#include "cli/cli.h"
#include "cli/graph_page.h"
#include "config.h"

enum { HOST_MS = 10000, AT_ONCE = 4, PAGE_MAX = 1 << 20, DEPTH_DEFAULT = 16 };

struct crawl {
	struct cli *cli;
	struct graph *graph;
	struct fetcher *fetcher;
	size_t asked; /* nodes below this were looked at */
	size_t depth;
	size_t seeds_read, seeds;
};

struct visit {
	struct crawl *crawl;
	size_t node;
};

static void
take_page(const struct fetch_result *r)
{
	struct visit *v = r->ctx;
	struct crawl *c = v->crawl;
	const struct graph_node *n = graph_node(c->graph, v->node);
	const char *why = NULL;

	if (r->status == STATUS_CLOSED)
		goto out;
	if (r->status != STATUS_OK)
		why = r->err.text;
	else if (r->http_status != 200)
		why = "no statistics";
	else if (graph_read_page(c->graph, v->node, r->body) != STATUS_OK)
		why = "statistics that cannot be read";
	if (why == NULL && n->is_seed)
		c->seeds_read++;
	/* Somebody else's server that is down is no news. */
	if (why != NULL && (n->is_seed || cli_has(c->cli, CLI_VERBOSE)))
		cli_say("%s: %s", n->name, why);
out:
	free(v);
}

static void
ask(struct crawl *c, size_t i)
{
	const struct graph_node *n = graph_node(c->graph, i);
	struct fetch_request q = {.deadline_ms = HOST_MS,
		.max_octets = PAGE_MAX,
		.public_only = !n->is_seed && !cli_has(c->cli, CLI_PRIVATE),
		.done = take_page};
	struct visit *v = xcalloc(1, sizeof(*v));
	struct buf url = {0};

	v->crawl = c;
	v->node = i;
	q.ctx = v;
	(void)!buf_printf(&url, "%s%s%soptions=mr", n->http, n->path,
		strchr(n->path, '?') == NULL ? "?" : "&");
	q.url = (const char *)url.data;
	fetch_start(c->fetcher, &q);
	buf_done(&url);
}

static void
walk(struct crawl *c)
{
	do {
		/* What is beyond the depth is shown, but not asked. */
		for (; c->asked < graph_count(c->graph); c->asked++) {
			const struct graph_node *n =
				graph_node(c->graph, c->asked);

			if (n->http != NULL && n->depth <= c->depth)
				ask(c, c->asked);
		}
		fetch_step(c->fetcher, NULL, 0, 1000);
	} while (fetch_pending(c->fetcher) > 0 ||
		 c->asked < graph_count(c->graph));
}

/* http, https, hkp, hkps, or a name alone: what is asked, without a path. */
static bool
add_seed(struct crawl *c, const char *text)
{
	static const struct {
		const char *scheme, *real, *port;
	} rows[] = {{"http://", "http", "80"}, {"https://", "https", "443"},
		{"hkp://", "http", "11371"}, {"hkps://", "https", "443"},
		{"", "http", "11371"}};
	struct buf where = {0}, url = {0}, name = {0};
	struct graph_node *n;
	const char *host;
	char *clean, *colon;
	size_t i = 0, len;
	int at = GRAPH_NONE;

	while (!bytes_starts_nocase(bytes_of(text), rows[i].scheme))
		i++;
	host = text + strlen(rows[i].scheme);
	len = strcspn(host, "/");
	colon = memrchr(host, ':', len);
	if (colon != NULL && memchr(colon, ']', len - (size_t)(colon - host)))
		colon = NULL; /* of an IPv6 address */
	(void)!buf_printf(&where, "%.*s%s%s", (int)len, host,
		colon == NULL ? ":" : "", colon == NULL ? rows[i].port : "");
	clean = graph_host(buf_view(&where));
	if (clean != NULL) {
		colon = strrchr(clean, ':');
		(void)!buf_printf(&name, "%.*s:%ld", (int)(colon - clean),
			clean, strtol(colon + 1, NULL, 10) - 1);
		(void)!buf_printf(&url, "%s://%s", rows[i].real, clean);
		at = graph_add(c->graph, (const char *)name.data);
	}
	if (at != GRAPH_NONE &&
		graph_node(c->graph, (size_t)at)->http == NULL) {
		n = graph_node(c->graph, (size_t)at);
		n->http = xstrdup((const char *)url.data);
		n->path = xstrdup("/pks/lookup?op=stats");
		n->is_seed = true;
		c->seeds++;
	}
	free(clean);
	buf_done(&where);
	buf_done(&url);
	buf_done(&name);
	return at != GRAPH_NONE;
}

/* The server that this configuration is of. */
static enum cli_exit
add_own(struct crawl *c)
{
	enum cli_exit code = cli_load_conf(c->cli);
	const struct endpoint *e;
	struct buf url = {0};

	if (code != CLI_YES)
		return code;
	e = &c->cli->conf->http.listen[0];
	if (e->is_unix) {
		cli_say("--seed URL is needed: our own server listens on a "
			"Unix socket");
		return CLI_USAGE;
	}
	(void)!buf_printf(&url, strchr(e->host, ':') ? "[%s]:%s" : "%s:%s",
		e->host, e->port);
	code = add_seed(c, (const char *)url.data) ? CLI_YES : CLI_USAGE;
	buf_done(&url);
	return code;
}

static enum cli_exit
show(struct crawl *c)
{
	struct buf out = {0};

	graph_merge(c->graph);
	if (cli_has(c->cli, CLI_JSON)) {
		cli_json(graph_json(c->graph));
	} else if (graph_write_dot(c->graph, &out) == STATUS_OK) {
		(void)fwrite(out.data, 1, out.len, stdout);
	}
	buf_done(&out);
	if (graph_count(c->graph) == GRAPH_NODES_MAX)
		cli_say("more than %d servers: the rest is left out",
			GRAPH_NODES_MAX);
	if (c->seeds_read == 0)
		return CLI_NO;
	return c->seeds_read < c->seeds ? CLI_PARTLY : CLI_YES;
}

enum cli_exit
cmd_graph(struct cli *cli)
{
	struct crawl c = {.cli = cli, .depth = DEPTH_DEFAULT};
	enum cli_exit code = CLI_YES;
	size_t i;

	if (cli->word_count > 0 ||
		(cli_has(cli, CLI_JSON) && cli_has(cli, CLI_DOT)))
		return CLI_USAGE;
	if (cli_has(cli, CLI_DEPTH))
		c.depth = cli->depth;
	c.graph = graph_new();
	c.fetcher = fetcher_new(AT_ONCE, "keypost/" PACKAGE_VERSION);
	for (i = 0; code == CLI_YES && i < cli->seed_count; i++)
		if (!add_seed(&c, cli->seeds[i])) {
			cli_say("%.100s: not a URL of a keyserver",
				cli->seeds[i]);
			code = CLI_USAGE;
		}
	if (code == CLI_YES && cli->seed_count == 0)
		code = add_own(&c);
	if (code == CLI_YES) {
		walk(&c);
		code = show(&c);
	}
	fetcher_free(c.fetcher);
	graph_free(c.graph);
	return code;
}
