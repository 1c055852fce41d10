#include <string.h>

#include "base/log.h"
#include "mail/repair_state.h"

enum {
	OWED_ARENA = 64 * 1024 * 1024,
	REFUSED_MAX = 1000 /* of one pass; then it is no use */
};

struct paid_job {
	struct write_job job;
	const char *peer;
	struct cert_id cert;
};

static enum status
run_paid(struct write_job *job, struct store_session *w, struct err *err)
{
	struct paid_job *j = (struct paid_job *)job;
	enum status st = store_delete_owed(w, j->peer, &j->cert, err);

	return st == STATUS_NOT_FOUND ? STATUS_OK : st;
}

/* It has it now. Should this not be written, it is sent once more. */
static void
was_paid(struct repair_peer *p)
{
	struct paid_job j = {.job.run = run_paid,
		.peer = p->set->name,
		.cert = p->owed.cert};
	struct err err = {{0}};

	if (writer_do(p->r->p.writer, &j.job, &err) != STATUS_OK) {
		log_line(LOG_ERROR, "repair",
			"peer=%s owed=not-noted reason=%s", p->set->name,
			log_quote_str(err.text).text);
		p->owed.refused++;
	}
}

/* What the courier said of the letter that was handed to it. */
static void
hear(struct repair_peer *p)
{
	enum retry_action how;
	bool heard;

	pthread_mutex_lock(&p->r->lock);
	heard = p->owed.serial != 0 && p->owed.heard;
	how = p->owed.how;
	if (heard)
		p->owed.serial = 0;
	pthread_mutex_unlock(&p->r->lock);
	if (!heard)
		return;
	if (how == RETRY_DELIVERED)
		was_paid(p);
	else if (how == RETRY_LETTER)
		p->owed.refused++;
	else
		p->owed.on = false; /* the peer takes nothing now */
}

/* The first that was not refused in this pass. NOT_FOUND: no more. */
static enum status
find_owed(struct repair_peer *p, struct arena *arena, struct err *err)
{
	struct owed *list;
	size_t count;
	enum status st = store_list_owed(p->r->session, p->set->name,
		p->owed.refused + 1, arena, &list, &count, err);

	if (st != STATUS_OK)
		return st;
	if (count <= p->owed.refused || p->owed.refused >= REFUSED_MAX)
		return STATUS_NOT_FOUND;
	p->owed.cert = list[count - 1].cert;
	return STATUS_OK;
}

/* Of the letter with this number; 0: of none. */
static void
expect_answer(struct repair_peer *p, int64_t serial)
{
	pthread_mutex_lock(&p->r->lock);
	p->owed.heard = false;
	p->owed.serial = serial;
	pthread_mutex_unlock(&p->r->lock);
}

/* A letter of its own, so that its answer is about it. */
static void
send_next(struct repair_peer *p)
{
	struct arena *arena = arena_new(OWED_ARENA);
	struct err err = {{0}};
	struct cert_row row;
	enum status st = find_owed(p, arena, &err);

	if (st == STATUS_OK)
		st = store_get_cert(
			p->r->session, &p->owed.cert, arena, &row, &err);
	if (st == STATUS_OK) {
		expect_answer(p, p->serial + 1);
		if (!repair_send_cert(p, &row)) {
			expect_answer(p, 0);
			p->owed.refused++;
		}
	} else {
		p->owed.on = false;
	}
	if (st != STATUS_OK && st != STATUS_NOT_FOUND)
		log_line(LOG_ERROR, "repair", "peer=%s owed=%s reason=%s",
			p->set->name, status_name(st),
			log_quote_str(err.text).text);
	arena_free(arena);
}

void
repair_owed_step(struct repair_peer *p)
{
	bool wanted;

	pthread_mutex_lock(&p->r->lock);
	wanted = p->owed.wanted;
	p->owed.wanted = false;
	pthread_mutex_unlock(&p->r->lock);
	if (wanted) {
		p->owed.on = true;
		p->owed.refused = 0;
	}
	hear(p);
	if (p->owed.on && p->owed.serial == 0 &&
		courier_extras(p->r->p.courier, p->index) == 0)
		send_next(p);
}

void
repair_owed_done(struct repair_peer *p, uint64_t id, enum retry_action how)
{
	if (p->owed.serial == 0 || (uint64_t)p->owed.serial != id)
		return;
	p->owed.how = how;
	p->owed.heard = true;
}

void
repair_owed(struct repair *r, const char *name)
{
	pthread_mutex_lock(&r->lock);
	for (size_t i = 0; i < r->p.settings->peer_count; i++) {
		if (name == NULL || strcmp(r->peers[i].set->name, name) == 0)
			r->peers[i].owed.wanted = true;
	}
	pthread_mutex_unlock(&r->lock);
	wake_signal(&r->wake);
}
