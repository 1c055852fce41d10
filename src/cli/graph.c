#include "cli/graph.h"
#include "cli/visible.h"

#include <stdlib.h>
#include <string.h>

struct edge {
	size_t from, to;
	enum graph_kind kind;
	bool mutual; /* its other half is left out */
	bool gone;
};

struct graph {
	struct graph_node *nodes[GRAPH_NODES_MAX];
	size_t count;
	struct edge *edges;
	size_t edge_count, edge_cap;
};

struct graph *
graph_new(void)
{
	return xcalloc(1, sizeof(struct graph));
}

static void
node_free(struct graph_node *n)
{
	free(n->name);
	free(n->http);
	free(n->path);
	free(n->software);
	free(n->version);
	free(n->mail);
	free(n);
}

void
graph_free(struct graph *g)
{
	size_t i;

	if (g == NULL)
		return;
	for (i = 0; i < g->count; i++)
		node_free(g->nodes[i]);
	free(g->edges);
	free(g);
}

size_t
graph_count(const struct graph *g)
{
	return g->count;
}

struct graph_node *
graph_node(struct graph *g, size_t i)
{
	return g->nodes[i];
}

int
graph_add(struct graph *g, const char *name)
{
	struct graph_node *n;
	char *clean = visible_text(bytes_of(name), GRAPH_TEXT_MAX);
	size_t i;

	for (i = 0; i < g->count; i++)
		if (strcmp(g->nodes[i]->name, clean) == 0)
			break;
	if (i < g->count || i == GRAPH_NODES_MAX) {
		free(clean);
		return i < g->count ? (int)i : GRAPH_NONE;
	}
	n = xcalloc(1, sizeof(*n));
	n->name = clean;
	n->keys = -1;
	g->nodes[g->count++] = n;
	return (int)i;
}

int
graph_find_http(const struct graph *g, const char *http)
{
	size_t i;

	for (i = 0; i < g->count; i++)
		if (g->nodes[i]->http != NULL &&
			strcmp(g->nodes[i]->http, http) == 0)
			return (int)i;
	return GRAPH_NONE;
}

void
graph_rename(struct graph *g, size_t i, const char *name)
{
	size_t k;

	for (k = 0; k < g->count; k++)
		if (strcmp(g->nodes[k]->name, name) == 0)
			return;
	free(g->nodes[i]->name);
	g->nodes[i]->name = visible_text(bytes_of(name), GRAPH_TEXT_MAX);
}

void
graph_connect(struct graph *g, size_t from, size_t to, enum graph_kind kind)
{
	if (g->edge_count == g->edge_cap) {
		g->edge_cap = g->edge_cap == 0 ? 256 : 2 * g->edge_cap;
		g->edges =
			xrealloc(g->edges, g->edge_cap * sizeof(g->edges[0]));
	}
	g->edges[g->edge_count++] =
		(struct edge){.from = from, .to = to, .kind = kind};
}

/* ---- merging ------------------------------------------------------------- */

/* A local part with a '*' was masked: its domain has to do. */
static bool
same_address(const char *a, const char *b)
{
	const char *at_a = strrchr(a, '@'), *at_b = strrchr(b, '@');

	if (at_a == NULL || at_b == NULL || strcasecmp(at_a, at_b) != 0)
		return false;
	return strcasecmp(a, b) == 0 || memchr(a, '*', (size_t)(at_a - a)) ||
	       memchr(b, '*', (size_t)(at_b - b));
}

/* http://h:p of hkp://h:p and hkp://h; others stay what they are. */
static bool
same_place(const char *url, const char *http)
{
	const char *host;

	if (strncmp(url, "hkp://", 6) != 0 || strncmp(http, "http://", 7) != 0)
		return strcmp(url, http) == 0;
	host = http + 7;
	if (strcmp(url + 6, host) == 0)
		return true;
	return strlen(host) == strlen(url + 6) + 6 &&
	       strncmp(url + 6, host, strlen(url + 6)) == 0 &&
	       strcmp(host + strlen(url + 6), ":11371") == 0;
}

static size_t
real_node(const struct graph *g, size_t i)
{
	const char *name = g->nodes[i]->name;
	bool mail = strncmp(name, "mailto:", 7) == 0;
	size_t k;

	if (!mail && strstr(name, "://") == NULL)
		return i;
	for (k = 0; k < g->count; k++) {
		const struct graph_node *n = g->nodes[k];

		if (mail ? n->mail != NULL && same_address(n->mail, name + 7)
			 : n->http != NULL && same_place(name, n->http))
			return k;
	}
	return i;
}

void
graph_merge(struct graph *g)
{
	size_t real[GRAPH_NODES_MAX], i;

	for (i = 0; i < g->count; i++)
		real[i] = real_node(g, i);
	for (i = 0; i < g->edge_count; i++) {
		g->edges[i].from = real[g->edges[i].from];
		g->edges[i].to = real[g->edges[i].to];
		g->edges[i].gone = g->edges[i].from == g->edges[i].to;
	}
	/* What has become another is shown no more. */
	for (i = 0; i < g->count; i++)
		if (real[i] != i)
			g->nodes[i]->name[0] = '\0';
}

/* ---- in order ------------------------------------------------------------ */

struct line {
	const char *from, *to;
	struct edge *edge;
};

static int
compare_lines(const void *a, const void *b)
{
	const struct line *x = a, *y = b;
	int r = strcmp(x->from, y->from);

	if (r == 0)
		r = strcmp(x->to, y->to);
	return r != 0 ? r : (int)x->edge->kind - (int)y->edge->kind;
}

/* Both ends of a mutual edge in one: the half of the smaller name stays. */
static struct line *
sort_lines(struct graph *g, size_t *count)
{
	struct line *lines = xcalloc(g->edge_count + 1, sizeof(*lines));
	size_t i, n = 0;

	for (i = 0; i < g->edge_count; i++) {
		struct edge *e = &g->edges[i];

		if (!e->gone)
			lines[n++] = (struct line){g->nodes[e->from]->name,
				g->nodes[e->to]->name, e};
	}
	qsort(lines, n, sizeof(*lines), compare_lines);
	for (i = 0; i < n; i++) {
		struct edge back = *lines[i].edge;
		const struct line want = {lines[i].to, lines[i].from, &back};
		struct line *other;

		if (i > 0 && compare_lines(&lines[i - 1], &lines[i]) == 0) {
			lines[i].edge->gone = true;
			continue;
		}
		if (lines[i].edge->kind != GRAPH_GOSSIP)
			continue;
		other = bsearch(&want, lines, n, sizeof(*lines), compare_lines);
		lines[i].edge->mutual = other != NULL;
		if (other != NULL && strcmp(lines[i].from, lines[i].to) > 0)
			lines[i].edge->gone = true;
	}
	*count = n;
	return lines;
}

static int
compare_nodes(const void *a, const void *b)
{
	const struct graph_node *const *x = a, *const *y = b;

	return strcmp((*x)->name, (*y)->name);
}

static size_t
sort_nodes(const struct graph *g, const struct graph_node **out)
{
	size_t i, n = 0;

	for (i = 0; i < g->count; i++)
		if (g->nodes[i]->name[0] != '\0')
			out[n++] = g->nodes[i];
	qsort(out, n, sizeof(*out), compare_nodes);
	return n;
}

/* ---- Graphviz ------------------------------------------------------------ */

static enum status
put_escaped(struct buf *out, const char *text)
{
	enum status st = STATUS_OK;

	for (; st == STATUS_OK && *text != '\0'; text++) {
		if (*text == '"' || *text == '\\')
			st = buf_put_u8(out, '\\');
		if (st == STATUS_OK)
			st = buf_put_u8(out, (uint8_t)*text);
	}
	return st;
}

static enum status
put_node(struct buf *out, const struct graph_node *n)
{
	enum status st = buf_puts(out, "  \"");

	if (st == STATUS_OK)
		st = put_escaped(out, n->name);
	if (st == STATUS_OK)
		st = buf_puts(out, "\" [label=\"");
	if (st == STATUS_OK)
		st = put_escaped(out, n->name);
	if (st == STATUS_OK && n->software != NULL) {
		st = buf_puts(out, "\\n");
		if (st == STATUS_OK)
			st = put_escaped(out, n->software);
		if (st == STATUS_OK && n->version != NULL &&
			n->version[0] != '\0') {
			st = buf_puts(out, " ");
			if (st == STATUS_OK)
				st = put_escaped(out, n->version);
		}
	}
	if (st == STATUS_OK && n->keys >= 0)
		st = buf_printf(out, "\\n%lld keys", (long long)n->keys);
	return st == STATUS_OK ? buf_puts(out, "\"];\n") : st;
}

static enum status
put_line(struct buf *out, const struct line *l)
{
	static const char *const looks[] = {[GRAPH_GOSSIP] = "color=red",
		[GRAPH_MAIL] = "style=dashed",
		[GRAPH_PUSH] = "style=dotted"};
	enum status st = buf_puts(out, "  \"");

	if (st == STATUS_OK)
		st = put_escaped(out, l->from);
	if (st == STATUS_OK)
		st = buf_puts(out, "\" -> \"");
	if (st == STATUS_OK)
		st = put_escaped(out, l->to);
	if (st == STATUS_OK)
		st = buf_printf(out, "\" [%s];\n",
			l->edge->mutual ? "dir=none" : looks[l->edge->kind]);
	return st;
}

enum status
graph_write_dot(struct graph *g, struct buf *out)
{
	const struct graph_node *nodes[GRAPH_NODES_MAX];
	size_t i, n = sort_nodes(g, nodes), count;
	struct line *lines = sort_lines(g, &count);
	enum status st = buf_puts(out, "digraph keypost {\n");

	for (i = 0; st == STATUS_OK && i < n; i++)
		st = put_node(out, nodes[i]);
	for (i = 0; st == STATUS_OK && i < count; i++)
		if (!lines[i].edge->gone)
			st = put_line(out, &lines[i]);
	free(lines);
	return st == STATUS_OK ? buf_puts(out, "}\n") : st;
}

/* ---- JSON ---------------------------------------------------------------- */

json_t *
graph_json(struct graph *g)
{
	static const char *const kinds[] = {"gossip", "mail", "push"};
	const struct graph_node *nodes[GRAPH_NODES_MAX];
	json_t *node_list = json_array(), *edge_list = json_array();
	size_t i, n = sort_nodes(g, nodes), count;
	struct line *lines = sort_lines(g, &count);

	for (i = 0; i < n; i++) {
		json_t *o = json_pack("{s:s, s:b}", "name", nodes[i]->name,
			"read", nodes[i]->is_read);

		if (nodes[i]->software != NULL)
			(void)json_object_set_new(
				o, "software", json_string(nodes[i]->software));
		if (nodes[i]->version != NULL)
			(void)json_object_set_new(
				o, "version", json_string(nodes[i]->version));
		if (nodes[i]->keys >= 0)
			(void)json_object_set_new(
				o, "keys", json_integer(nodes[i]->keys));
		(void)json_array_append_new(node_list, o);
	}
	for (i = 0; i < count; i++)
		if (!lines[i].edge->gone)
			(void)json_array_append_new(edge_list,
				json_pack("{s:s, s:s, s:s, s:b}", "from",
					lines[i].from, "to", lines[i].to,
					"kind", kinds[lines[i].edge->kind],
					"mutual", lines[i].edge->mutual));
	free(lines);
	return json_pack("{s:o, s:o}", "nodes", node_list, "edges", edge_list);
}
