#include <string.h>

#include "mail/courier_state.h"

enum { ROW_ARENA = 1024 * 1024 };

struct flag_job {
	struct write_job job;
	const char *name;
	uint32_t set, clear;
};

static enum status
run_flags(struct write_job *job, struct store_session *w, struct err *err)
{
	struct flag_job *j = (struct flag_job *)job;
	struct arena *arena = arena_new(ROW_ARENA);
	struct peer row;
	enum status st;

	st = store_find_peer(w, j->name, arena, &row, err);
	if (st == STATUS_OK) {
		row.flags = (row.flags & ~j->clear) | j->set;
		st = store_put_peer(w, &row, err);
	}
	arena_free(arena);
	return st;
}

static enum status
write_flags(struct courier *c, const char *name, uint32_t set, uint32_t clear,
	struct err *err)
{
	struct flag_job j = {
		.job.run = run_flags, .name = name, .set = set, .clear = clear};

	return writer_do(c->p.writer, &j.job, err);
}

static struct courier_peer *
find_peer(struct courier *c, const char *name, struct err *err)
{
	for (size_t i = 0; i < c->peer_count; i++) {
		if (strcmp(c->peers[i].set->name, name) == 0)
			return &c->peers[i];
	}
	err_set(err, "%s: there is no such peer that gets mail", name);
	return NULL;
}

enum status
courier_pause(struct courier *c, const char *name, bool pause, struct err *err)
{
	struct courier_peer *p = find_peer(c, name, err);
	enum status st;

	if (p == NULL)
		return STATUS_NOT_FOUND;
	st = write_flags(c, name, pause ? PEER_PAUSED : 0,
		pause ? 0 : PEER_PAUSED | PEER_STOPPED, err);
	if (st != STATUS_OK)
		return st;
	courier_post(c, pause ? EVENT_PAUSE : EVENT_RESUME, p);
	return STATUS_OK;
}

enum status
courier_retry(struct courier *c, const char *name, struct err *err)
{
	struct courier_peer *p = NULL;
	enum status st = STATUS_OK;

	if (name != NULL) {
		p = find_peer(c, name, err);
		if (p == NULL)
			return STATUS_NOT_FOUND;
	}
	for (size_t i = 0; st == STATUS_OK && i < c->peer_count; i++) {
		if (p == NULL || p == &c->peers[i])
			st = write_flags(
				c, c->peers[i].set->name, 0, PEER_STOPPED, err);
	}
	if (st == STATUS_OK)
		courier_post(c, EVENT_RETRY, p);
	return st;
}
