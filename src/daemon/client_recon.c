/* The `recon` command: gossip now, how it stands, the tree anew. */
#include "daemon/client.h"

#include <poll.h>
#include <stdio.h>
#include <string.h>

#include "base/clock.h"
#include "recon/gossip.h"

enum { LOOK_MS = 50, PROGRESS_MS = 2000 };

static json_t *
count(uint64_t n)
{
	return client_number((int64_t)n);
}

static const char *
end_word(enum gossip_talk_end end)
{
	static const char *const words[] = {
		[GOSSIP_NEVER] = "never",
		[GOSSIP_AGREED] = "agreed",
		[GOSSIP_LEARNED] = "learned",
		[GOSSIP_WAS_BUSY] = "busy",
		[GOSSIP_MISMATCH] = "mismatch",
		[GOSSIP_UNREACHED] = "unreached",
		[GOSSIP_BROKE] = "broke",
	};

	return words[end];
}

/* ---- how it stands ------------------------------------------------------ */

static json_t *
tell_tree(const struct gossip_look *look)
{
	static const char *const origins[] = {
		[SETS_EMPTY] = "none",
		[SETS_LOADED] = "loaded",
		[SETS_BUILT] = "built",
	};

	json_t *j = json_pack("{s:s, s:s, s:i, s:b}", "profile", look->profile,
		"filters", look->filters, "port", (int)look->port, "building",
		look->building);
	int64_t behind = look->last_seq - look->seq;

	(void)json_object_set_new(j, "digests", count(look->digests));
	(void)json_object_set_new(j, "nodes", count(look->nodes));
	(void)json_object_set_new(j, "octets", count(look->octets));
	(void)json_object_set_new(j, "seq", client_number(look->seq));
	(void)json_object_set_new(
		j, "behind", client_number(behind > 0 ? behind : 0));
	(void)json_object_set_new(
		j, "origin", json_string(origins[look->origin]));
	(void)json_object_set_new(j, "rebuilds", count(look->rebuilds));
	(void)json_object_set_new(
		j, "rebuilt_why", json_string(look->rebuilt_why));
	return j;
}

/* Of what is not asked for now, why it is not. */
static json_t *
tell_reasons(const struct gossip_peer_look *look)
{
	json_t *j = json_object();

	for (int i = 0; i < RECOVER_REASONS; i++)
		(void)json_object_set_new(j,
			recover_reason_word((enum recover_reason)i),
			count(look->backed_off_as[i]));
	return j;
}

static const char *
fetch_word(enum recover_trouble trouble)
{
	static const char *const words[] = {
		[RECOVER_WELL] = "well",
		[RECOVER_UNREACHED] = "unreached",
		[RECOVER_ILL] = "ill",
	};

	return words[trouble];
}

static void
tell_way(json_t *j, const struct gossip_way_look *w, const char *well,
	const char *end, const char *why)
{
	(void)json_object_set_new(j, well, client_number(w->well));
	(void)json_object_set_new(j, end, json_string(end_word(w->end)));
	(void)json_object_set_new(j, why, json_string(w->why));
}

static json_t *
tell_peer(const struct gossip_peer_look *look)
{
	json_t *j = json_pack("{s:s, s:b, s:b, s:s, s:s}", "peer", look->name,
		"self", look->is_self, "called", look->is_called, "end",
		end_word(look->end), "why", look->why);

	tell_way(j, &look->ways[GOSSIP_BY_PEER], "it_began", "it_began_end",
		"it_began_why");
	tell_way(j, &look->ways[GOSSIP_BY_US], "we_began", "we_began_end",
		"we_began_why");
	(void)json_object_set_new(
		j, "fetch", json_string(fetch_word(look->trouble)));
	(void)json_object_set_new(
		j, "fetch_why", json_string(look->trouble_why));
	(void)json_object_set_new(j, "next", client_number(look->next));
	(void)json_object_set_new(j, "talks", count(look->talks));
	(void)json_object_set_new(j, "failures", count(look->failures));
	(void)json_object_set_new(j, "learned", count(look->learned));
	(void)json_object_set_new(j, "owed", count(look->owed));
	(void)json_object_set_new(j, "fetched", count(look->fetched));
	(void)json_object_set_new(j, "refused", count(look->refused));
	(void)json_object_set_new(j, "unexpected", count(look->unexpected));
	(void)json_object_set_new(j, "missing", count(look->missing));
	(void)json_object_set_new(j, "waiting", count(look->waiting));
	(void)json_object_set_new(j, "backed_off", count(look->backed_off));
	(void)json_object_set_new(j, "backed_off_as", tell_reasons(look));
	return j;
}

json_t *
client_tell_gossip(struct gossip *g)
{
	struct gossip_look look;

	if (g == NULL)
		return json_null();
	gossip_look_at(g, &look);
	return tell_tree(&look);
}

/* NOT_FOUND: no such peer gossips. */
static enum status
find_peer(struct gossip *g, const char *name, struct gossip_peer_look *look)
{
	enum status st;

	for (size_t i = 0;; i++) {
		st = gossip_look_at_peer(g, i, look);
		if (st != STATUS_OK || strcmp(look->name, name) == 0)
			return st;
	}
}

json_t *
client_tell_gossip_peer(struct gossip *g, const char *name)
{
	struct gossip_peer_look look;

	if (g == NULL || find_peer(g, name, &look) != STATUS_OK)
		return json_null();
	return tell_peer(&look);
}

static enum status
tell_all(struct client *c, struct gossip *g)
{
	struct gossip_peer_look look;
	enum status st = client_line(c, 0, client_tell_gossip(g));

	for (size_t i = 0; st == STATUS_OK; i++) {
		if (gossip_look_at_peer(g, i, &look) != STATUS_OK)
			return STATUS_OK;
		st = client_line(c, 0, tell_peer(&look));
	}
	return st;
}

/* ---- a talk now --------------------------------------------------------- */

static bool
is_over(const struct client *c)
{
	return __atomic_load_n(c->stopping, __ATOMIC_ACQUIRE);
}

/* Until that talk ended; a line now and then keeps the client patient. */
static enum status
wait_for_talk(struct client *c, uint64_t number, struct gossip_run_end *end)
{
	int64_t told = clock_mono_ms(), begun = told;
	enum status st = STATUS_OK;

	while (st == STATUS_OK && !is_over(c)) {
		if (gossip_look_at_run(c->parts->gossip, number, end) ==
			STATUS_OK)
			return STATUS_OK;
		heart_beat(c->parts->heart, "control");
		(void)poll(NULL, 0, LOOK_MS);
		if (clock_mono_ms() - told < PROGRESS_MS)
			continue;
		told = clock_mono_ms();
		st = client_line(c, 0,
			json_pack("{s:I}", "progress",
				(json_int_t)((told - begun) / 1000)));
	}
	return st == STATUS_OK ? STATUS_TIMEOUT : st;
}

/* What it came to, beside how it stands with the peer now. */
static enum status
tell_run(struct client *c, const char *name, const struct gossip_run_end *end)
{
	bool went_well =
		end->end == GOSSIP_AGREED || end->end == GOSSIP_LEARNED;
	struct gossip_peer_look look;

	if (end->end == GOSSIP_NEVER ||
		find_peer(c->parts->gossip, name, &look) != STATUS_OK) {
		client_exit(c, 1, "there was no talk: %s", end->why);
		return STATUS_OK;
	}
	client_exit(c, went_well ? 0 : 1, "%s", "");
	look.end = end->end;
	(void)snprintf(look.why, sizeof(look.why), "%s", end->why);
	look.learned = end->learned;
	look.owed = end->owed;
	return client_line(c, 0, tell_peer(&look));
}

static enum status
run_talk(struct client *c, const char *name)
{
	struct gossip_run_end end;
	struct err err = {""};
	uint64_t number;
	enum status st = gossip_run(c->parts->gossip, name, &number, &err);

	if (st != STATUS_OK) {
		client_exit(c, 1, "%s", err.text);
		return STATUS_OK;
	}
	st = wait_for_talk(c, number, &end);
	if (st == STATUS_TIMEOUT) {
		client_exit(c, 1, "the daemon stops");
		return STATUS_OK;
	}
	return st == STATUS_OK ? tell_run(c, name, &end) : st;
}

static enum status
rebuild(struct client *c)
{
	struct err err = {""};
	enum status st = gossip_rebuild(c->parts->gossip, &err);

	if (st != STATUS_OK)
		client_fail(c, st, &err);
	return STATUS_OK;
}

enum status
client_recon(struct client *c)
{
	const char *verb = c->words[1];

	if (c->parts->gossip == NULL) {
		client_exit(c, 1,
			"this server does not gossip: [gossip] listen or the "
			"gossip of a [peer] would let it");
		return STATUS_OK;
	}
	if (c->word_count == 2 && strcmp(verb, "status") == 0)
		return tell_all(c, c->parts->gossip);
	if (c->word_count == 2 && strcmp(verb, "rebuild") == 0)
		return rebuild(c);
	if (c->word_count == 3 && strcmp(verb, "run") == 0)
		return run_talk(c, c->words[2]);
	client_exit(c, 2, "the daemon does not know this command");
	return STATUS_OK;
}
