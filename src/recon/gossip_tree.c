/* gossip_tree: the set of digests, when it may follow and when it may not. */
#include <string.h>

#include "base/clock.h"
#include "base/log.h"
#include "recon/gossip_state.h"

/* Talks share the tree as it is. */
static bool
is_in_use(const struct gossip *g)
{
	for (size_t i = 0; i < CALLS; i++) {
		if (g->calls[i].state == CALL_TALKING)
			return true;
	}
	return false;
}

static int64_t
last_seq(struct gossip *g)
{
	struct store_session *s;
	struct err err;
	int64_t seq = 0;

	if (session_borrow(g->store, &s, &err) != STATUS_OK)
		return 0;
	if (store_last_seq(s, &seq, &err) != STATUS_OK)
		seq = 0;
	session_return(g->store, s);
	return seq;
}

static void
show(struct gossip *g)
{
	struct prefix_tree_stats stats = {0};
	struct prefix root = prefix_root();
	struct sets_facts facts;
	struct node_view view = {0};
	int64_t last = last_seq(g);
	const struct prefix_tree *tree = sets_tree(g->sets, 0);

	/* There is none behind a failure to build it anew. */
	g->has_tree = tree != NULL;
	sets_get_facts(g->sets, &facts);
	if (tree != NULL) {
		prefix_tree_measure(tree, &stats);
		prefix_tree_view(tree, &root, &view);
	}
	pthread_mutex_lock(&g->lock);
	g->look.building = !g->has_tree;
	g->look.origin = facts.origin;
	g->look.digests = view.size;
	g->look.nodes = stats.inner + stats.leaves;
	g->look.octets = stats.octets;
	g->look.seq = facts.seq;
	g->look.last_seq = last;
	g->look.rebuilds = facts.rebuilds;
	memset(g->look.rebuilt_why, 0, sizeof(g->look.rebuilt_why));
	if (facts.why != NULL)
		strncpy(g->look.rebuilt_why, facts.why,
			sizeof(g->look.rebuilt_why) - 1);
	pthread_mutex_unlock(&g->lock);
}

static void
complain(const char *what, const struct err *err)
{
	log_line(LOG_ERROR, "gossip", "what=%s why=%s",
		log_quote_str(what).text, log_quote_str(err->text).text);
}

enum status
tree_open(struct gossip *g)
{
	struct err err = {""};
	enum status st = sets_open(g->sets, &err);

	g->has_tree = st == STATUS_OK;
	g->followed_ms = g->saved_ms = clock_mono_ms();
	if (st == STATUS_OK)
		show(g);
	else if (st != STATUS_CLOSED)
		complain("no tree of digests", &err);
	return st;
}

enum status
tree_follow(struct gossip *g, int64_t now)
{
	struct sets_facts before, after;
	struct err err = {""};
	enum status st;

	if (!g->has_tree || is_in_use(g))
		return g->has_tree ? STATUS_OK : STATUS_BUSY;
	g->followed_ms = now;
	sets_get_facts(g->sets, &before);
	st = sets_follow(g->sets, &err);
	if (st != STATUS_OK && st != STATUS_CLOSED)
		complain("the tree of digests does not follow the store", &err);
	sets_get_facts(g->sets, &after);
	if (st != STATUS_OK || after.seq != before.seq ||
		after.rebuilds != before.rebuilds)
		show(g);
	return st;
}

/* Once for each talk that we begin: a wrong node would be told to others. */
void
tree_check(struct gossip *g)
{
	struct err err = {""};
	bool was_wrong = false;

	if (!g->has_tree || is_in_use(g))
		return;
	if (sets_check_one(g->sets, &was_wrong, &err) != STATUS_OK)
		complain("the tree of digests cannot be checked", &err);
	if (was_wrong)
		log_line(LOG_ERROR, "gossip",
			"what=\"a node of the tree of digests was wrong: it "
			"is built anew\"");
	if (was_wrong)
		show(g);
}

enum status
tree_rebuild(struct gossip *g)
{
	struct err err = {""};
	enum status st;

	if (is_in_use(g))
		return STATUS_BUSY;
	pthread_mutex_lock(&g->lock);
	g->look.building = true;
	pthread_mutex_unlock(&g->lock);
	st = sets_rebuild(g->sets, "an operator asked for it", &err);
	if (st != STATUS_OK && st != STATUS_CLOSED)
		complain("the tree of digests cannot be built", &err);
	show(g);
	return st;
}

void
tree_save(struct gossip *g, int64_t now)
{
	struct err err = {""};

	g->saved_ms = now;
	g->saving = true;
	if (g->has_tree && sets_save(g->sets, &err) != STATUS_OK)
		complain("the tree of digests is not saved", &err);
	g->saving = false;
}
