/* The `peer` and `queue` commands: how it stands with each, and what waits. */
#include "daemon/client.h"

#include <stdlib.h>
#include <string.h>

#include "base/canary.h"
#include "base/counter.h"
#include "mail/repair.h"

enum { SHOW_ARENA_MAX = 16 * 1024 * 1024, OWED_MAX = 1000 };

/* The stored state of one configured peer; NULL: it has none yet. */
static const struct peer *
state_of(const struct peer *list, size_t count, const char *name)
{
	for (size_t i = 0; i < count; i++) {
		if (strcmp(list[i].name, name) == 0)
			return &list[i];
	}
	return NULL;
}

static const char *
state_word(const struct peer *p)
{
	if (p == NULL)
		return "new";
	if (p->flags & PEER_PAUSED)
		return "paused";
	if (p->flags & PEER_STOPPED)
		return "stopped";
	if (p->attempts > 0)
		return "waiting";
	return p->flags & PEER_RESYNC ? "resync" : "ok";
}

/* How late the peer is: since when its oldest change waits; 0: none does. */
static int64_t
waits_since(struct store_session *s, const struct peer *p)
{
	struct change_mark first;
	struct err err;
	size_t n = 0;

	if (store_read_marks(s, p->cursor, &first, 1, &n, &err) != STATUS_OK ||
		n == 0)
		return 0;
	return first.time;
}

/* What is in the courier's hands, and what repair does. */
static void
add_mail(json_t *j, struct mail *mail, const char *name)
{
	struct mail_waiting w = {0};
	struct repair_look l = {0};

	if (mail == NULL)
		return;
	mail_look_at_peer(mail, name, &w);
	(void)json_object_set_new(
		j, "letters_waiting", client_number((int64_t)w.letters));
	(void)json_object_set_new(
		j, "octets_waiting", client_number((int64_t)w.octets));
	if (mail_look_at_repair(mail, name, &l) != STATUS_OK)
		return;
	(void)json_object_set_new(j, "repair", json_boolean(l.speaks));
	(void)json_object_set_new(j, "gaps", client_number((int64_t)l.gaps));
	(void)json_object_set_new(
		j, "gaps_asked", client_number((int64_t)l.asked));
	(void)json_object_set_new(
		j, "gaps_given_up", client_number(l.given_up));
	(void)json_object_set_new(j, "agreed", client_number(l.agreed));
	(void)json_object_set_new(j, "differed", client_number(l.differed));
	(void)json_object_set_new(j, "next_summary",
		client_number(l.next_ms < 0 ? -1 : l.next_ms / 1000));
	(void)json_object_set_new(j, "repair_sent", client_number(l.sent));
	(void)json_object_set_new(
		j, "repair_waiting", client_number(l.waiting));
	(void)json_object_set_new(j, "resync", json_boolean(l.resync));
	if (!l.resync)
		return;
	(void)json_object_set_new(j, "resync_at", client_number(l.resync_at));
	(void)json_object_set_new(
		j, "resync_upto", client_number(l.resync_upto));
	(void)json_object_set_new(
		j, "resync_sent", client_number(l.resync_sent));
	(void)json_object_set_new(
		j, "resync_since", client_number(l.resync_since));
}

/* How long a change of ours takes to be served there. */
static void
add_canary(json_t *j, const char *name)
{
	struct canary_counters c = canary_counters_of(name);

	if (counter_value(c.looks) == 0)
		return;
	(void)json_object_set_new(j, "canary_signed",
		client_number(counter_value(canary_signed())));
	(void)json_object_set_new(
		j, "canary_seen", client_number(counter_value(c.seen)));
	(void)json_object_set_new(
		j, "canary_seconds", client_number(counter_value(c.seconds)));
}

static json_t *
describe_peer(struct store_session *session, const struct control_parts *parts,
	const struct peer_settings *s, const struct peer *p, int64_t last_seq)
{
	bool is_sent_to = *s->mail != '\0' || peer_is_fed(s);
	json_t *j = json_pack("{s:s, s:s, s:s}", "name", s->name, "mail",
		s->mail, "state", is_sent_to ? state_word(p) : "gossip");

	(void)json_object_set_new(
		j, "gossip", client_tell_gossip_peer(parts->gossip, s->name));
	if (p == NULL)
		return j;
	(void)json_object_set_new(j, "cursor", client_number(p->cursor));
	(void)json_object_set_new(j, "behind",
		client_number(last_seq > p->cursor ? last_seq - p->cursor : 0));
	(void)json_object_set_new(
		j, "oldest_waiting", client_number(waits_since(session, p)));
	add_mail(j, parts->mail, s->name);
	add_canary(j, s->name);
	(void)json_object_set_new(j, "attempts", client_number(p->attempts));
	(void)json_object_set_new(j, "next_try", client_number(p->next_try));
	(void)json_object_set_new(j, "last_sent", client_number(p->last_sent));
	(void)json_object_set_new(
		j, "last_received", client_number(p->last_received));
	(void)json_object_set_new(j, "last_error", json_string(p->last_error));
	return j;
}

/* What one peer waits for: its planned letters and what it could not take. */
static enum status
show_queue(struct client *c, struct store_session *s, struct arena *arena,
	const struct peer *p)
{
	struct letter *letters = NULL;
	struct owed *owed = NULL;
	size_t letter_count = 0, owed_count = 0;
	char hex[FINGERPRINT_HEX_MAX];
	struct err err;
	enum status st;

	st = store_list_letters(
		s, p->name, arena, &letters, &letter_count, &err);
	for (size_t i = 0; st == STATUS_OK && i < letter_count; i++)
		st = client_line(c, 0,
			json_pack("{s:s, s:s, s:s, s:I, s:I, s:i, s:s, s:I}",
				"peer", p->name, "what", "letter", "state",
				state_word(p), "first",
				(json_int_t)letters[i].first_seq, "last",
				(json_int_t)letters[i].last_seq, "attempts",
				(int)letters[i].attempts, "why", p->last_error,
				"next_try", (json_int_t)p->next_try));
	if (st == STATUS_OK)
		st = store_list_owed(
			s, p->name, OWED_MAX, arena, &owed, &owed_count, &err);
	for (size_t i = 0; st == STATUS_OK && i < owed_count; i++) {
		fingerprint_hex(&owed[i].cert.fpr, hex);
		st = client_line(c, 0,
			json_pack("{s:s, s:s, s:s, s:s, s:I}", "peer", p->name,
				"what", "owed", "fingerprint", hex, "why",
				owed[i].reason, "since",
				(json_int_t)owed[i].since));
	}
	return st;
}

static enum status
show_peers(struct client *c, struct store_session *s, struct arena *arena,
	bool queue)
{
	const struct mail_settings *m = &c->parts->conf->mail;
	struct peer *list = NULL;
	const struct peer *p;
	size_t count = 0;
	int64_t last_seq = 0;
	struct err err;
	enum status st;

	st = store_list_peers(s, arena, &list, &count, &err);
	if (st == STATUS_OK)
		st = store_last_seq(s, &last_seq, &err);
	for (size_t i = 0; st == STATUS_OK && i < m->peer_count; i++) {
		p = state_of(list, count, m->peers[i].name);
		if (!queue)
			st = client_line(c, 0,
				describe_peer(s, c->parts, &m->peers[i], p,
					last_seq));
		else if (p != NULL)
			st = show_queue(c, s, arena, p);
	}
	return st;
}

static enum status
list_peers(struct client *c, bool queue)
{
	struct arena *arena = arena_new(SHOW_ARENA_MAX);
	struct store_session *s = NULL;
	struct err err = {""};
	enum status st;

	st = session_borrow(c->parts->store, &s, &err);
	if (st == STATUS_OK) {
		st = show_peers(c, s, arena, queue);
		session_return(c->parts->store, s);
	}
	arena_free(arena);
	if (st == STATUS_BUSY || st == STATUS_IO || st == STATUS_LIMIT) {
		client_exit(c, 1, "the store does not answer: %s",
			err.text[0] != '\0' ? err.text : status_name(st));
		st = STATUS_OK;
	}
	return st;
}

/* A number of seconds; all of it when there is none. */
static int64_t
since_of(const struct client *c)
{
	return c->word_count > 3 ? strtoll(c->words[3], NULL, 10) : 0;
}

static enum status
change_peer(struct client *c, const char *verb, const char *name)
{
	struct err err = {""};
	enum status st;

	if (c->parts->mail == NULL) {
		client_exit(c, 1, "this server has no mail peers");
		return STATUS_OK;
	}
	if (strcmp(verb, "resync") == 0)
		st = mail_resync_peer(c->parts->mail, name, since_of(c), &err);
	else if (strcmp(verb, "retry") == 0)
		st = mail_retry_peer(c->parts->mail, name, &err);
	else
		st = mail_pause_peer(
			c->parts->mail, name, strcmp(verb, "pause") == 0, &err);
	if (st != STATUS_OK)
		client_fail(c, st, &err);
	return STATUS_OK;
}

enum status
client_peer(struct client *c)
{
	const char *verb = c->words[1];

	if (c->word_count == 2 &&
		(strcmp(verb, "list") == 0 || strcmp(verb, "status") == 0))
		return list_peers(c, false);
	if (c->word_count == 3 &&
		(strcmp(verb, "pause") == 0 || strcmp(verb, "resume") == 0))
		return change_peer(c, verb, c->words[2]);
	if (c->word_count >= 3 && strcmp(verb, "resync") == 0)
		return change_peer(c, verb, c->words[2]);
	client_exit(c, 2, "the daemon does not know this command");
	return STATUS_OK;
}

enum status
client_queue(struct client *c)
{
	const char *verb = c->words[1];

	if (c->word_count == 2 && strcmp(verb, "list") == 0)
		return list_peers(c, true);
	if (strcmp(verb, "retry") == 0)
		return change_peer(c, verb, c->words[2]);
	client_exit(c, 2, "the daemon does not know this command");
	return STATUS_OK;
}
