#include <inttypes.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "base/clock.h"
#include "base/log.h"
#include "base/reader.h"
#include "mail/repair_state.h"

enum { NOTE_ARENA = 1024 * 1024, WEEK_S = 7 * 24 * 3600 };

/*
 * Two notes for each peer: lines of text, and the offers in binary.
 *
 *     level WORD
 *     agreed SECONDS
 *     differed SECONDS
 *     walk PLACE UPTO SINCE SENT
 *     mute
 *     got
 *     ... (gaps.h) to the end
 */
static void
name_of(const struct repair_peer *p, const char *what,
	char name[REPAIR_NAME_MAX])
{
	(void)snprintf(
		name, REPAIR_NAME_MAX, "repair.%s.%s", what, p->set->name);
}

/* ---- reading ------------------------------------------------------------ */

/* The value behind "word ", or NULL. */
static const char *
after_word(const char *line, const char *word)
{
	size_t n = strlen(word);

	return strncmp(line, word, n) == 0 && line[n] == ' ' ? line + n + 1
							     : NULL;
}

static void
read_line(struct repair_peer *p, const char *line)
{
	struct repair_walk w = {.on = true};
	const char *value;

	if (strcmp(line, "mute") == 0)
		p->mute = true;
	else if ((value = after_word(line, "level")) != NULL)
		(void)snprintf(p->level, sizeof(p->level), "%s", value);
	else if ((value = after_word(line, "agreed")) != NULL)
		p->agreed = strtoll(value, NULL, 10);
	else if ((value = after_word(line, "differed")) != NULL)
		p->differed = strtoll(value, NULL, 10);
	else if ((value = after_word(line, "walk")) != NULL &&
		 sscanf(value, "%" SCNd64 " %" SCNd64 " %" SCNd64 " %" SCNd64,
			 &w.place, &w.upto, &w.since, &w.sent) == 4) {
		w.safe = w.place;
		p->walk = w;
	}
}

static void
read_lines(struct repair_peer *p, struct bytes note, struct arena *arena,
	int64_t now)
{
	struct reader r = reader_of(note);
	struct bytes line;

	while (reader_line(&r, &line)) {
		const char *text = arena_str(arena, line);

		if (bytes_eq(line, bytes_of("got"))) {
			gaps_read(&p->gaps, &p->r->pace, reader_rest(&r), now);
			return;
		}
		if (text != NULL)
			read_line(p, text);
	}
}

/* When the next summary is due after a restart: a day after the last. */
static void
plan_first(struct repair_peer *p, int64_t now)
{
	int64_t every = p->r->p.settings->summary_every_ms;
	int64_t past = (clock_wall_s() - p->agreed) * 1000, wait;

	if (every == 0)
		return;
	wait = past < 0 || past > every ? every / 50 : every - past;
	wait += every / 50 * (int64_t)(p->r->p.random() % 101) / 100;
	p->summary_next = now + (wait > 0 ? wait : 1);
}

enum status
repair_load(struct repair_peer *p, int64_t now, struct err *err)
{
	struct arena *arena = arena_new(NOTE_ARENA);
	char name[REPAIR_NAME_MAX];
	struct bytes note;
	enum status st;

	name_of(p, "got", name);
	st = store_get_note(p->r->session, name, arena, &note, err);
	if (st == STATUS_OK)
		read_lines(p, note, arena, now);
	if (st == STATUS_OK || st == STATUS_NOT_FOUND) {
		name_of(p, "offers", name);
		st = store_get_note(p->r->session, name, arena, &note, err);
	}
	if (st == STATUS_OK)
		offers_read(&p->offers, note);
	arena_free(arena);
	plan_first(p, now);
	return st == STATUS_NOT_FOUND ? STATUS_OK : st;
}

/* ---- writing ------------------------------------------------------------ */

struct note_job {
	struct write_job job;
	struct {
		char name[REPAIR_NAME_MAX];
		struct buf text;
		bool on;
	} notes[2];
};

static enum status
run_notes(struct write_job *job, struct store_session *w, struct err *err)
{
	struct note_job *j = (struct note_job *)job;
	enum status st = STATUS_OK;

	for (size_t i = 0; st == STATUS_OK && i < 2; i++) {
		if (j->notes[i].on)
			st = store_put_note(w, j->notes[i].name,
				buf_view(&j->notes[i].text), err);
	}
	return st;
}

/* Under the lock. */
static enum status
write_lines(const struct repair_peer *p, struct buf *out)
{
	const struct repair_walk *w = &p->walk;
	enum status st = STATUS_OK;

	if (p->level[0] != '\0')
		st = buf_printf(out, "level %s\n", p->level);
	if (st == STATUS_OK)
		st = buf_printf(out,
			"agreed %" PRId64 "\ndiffered %" PRId64 "\n", p->agreed,
			p->differed);
	if (st == STATUS_OK && w->on)
		st = buf_printf(out,
			"walk %" PRId64 " %" PRId64 " %" PRId64 " %" PRId64
			"\n",
			w->safe, w->upto, w->since, w->sent);
	if (st == STATUS_OK && p->mute)
		st = buf_puts(out, "mute\n");
	if (st == STATUS_OK)
		st = buf_puts(out, "got\n");
	return st == STATUS_OK ? gaps_write(&p->gaps, out) : st;
}

/* Waits for the commit: what is lost before it is only asked for again. */
void
repair_save(struct repair_peer *p)
{
	struct note_job j = {.job.run = run_notes};
	struct err err = {{0}};
	enum status st = STATUS_OK;

	name_of(p, "got", j.notes[0].name);
	name_of(p, "offers", j.notes[1].name);
	pthread_mutex_lock(&p->r->lock);
	j.notes[0].on = p->changed;
	if (p->changed)
		st = write_lines(p, &j.notes[0].text);
	p->changed = false;
	pthread_mutex_unlock(&p->r->lock);
	j.notes[1].on = p->offers.changed;
	if (st == STATUS_OK && p->offers.changed)
		st = offers_write(&p->offers, &j.notes[1].text);
	p->offers.changed = false;
	if (st == STATUS_OK && (j.notes[0].on || j.notes[1].on))
		st = writer_do(p->r->p.writer, &j.job, &err);
	if (st != STATUS_OK && st != STATUS_CLOSED)
		log_line(LOG_ERROR, "repair",
			"peer=%s state=no-commit "
			"reason=%s",
			p->set->name, log_quote_str(err.text).text);
	buf_done(&j.notes[0].text);
	buf_done(&j.notes[1].text);
}

/* ---- away for longer than the log (L26) -------------------------------- */

struct flag_job {
	struct write_job job;
	const char *name;
};

static enum status
run_flag(struct write_job *job, struct store_session *w, struct err *err)
{
	struct flag_job *j = (struct flag_job *)job;
	struct arena *arena = arena_new(NOTE_ARENA);
	struct peer row;
	enum status st = store_find_peer(w, j->name, arena, &row, err);

	if (st == STATUS_OK) {
		row.flags &= ~(uint32_t)PEER_RESYNC;
		st = store_put_peer(w, &row, err);
	}
	arena_free(arena);
	return st;
}

static void
make_good(struct repair_peer *p, const struct peer *row, int64_t now)
{
	struct flag_job j = {.job.run = run_flag, .name = p->set->name};
	struct err err = {{0}};
	bool again;

	pthread_mutex_lock(&p->r->lock);
	again = !repair_speaks(p) || p->r->p.settings->summary_every_ms == 0;
	if (again) {
		/* What it was sent last may never have come, and mail systems
		 * say so after five days. */
		p->wants_walk = true;
		p->wants_since =
			row->last_sent > WEEK_S ? row->last_sent - WEEK_S : 1;
	}
	p->changed = true;
	pthread_mutex_unlock(&p->r->lock);
	if (!again)
		p->summary_next = now + 1;
	if (writer_do(p->r->p.writer, &j.job, &err) != STATUS_OK)
		log_line(LOG_ERROR, "repair", "peer=%s reason=%s", p->set->name,
			log_quote_str(err.text).text);
}

void
repair_watch(struct repair_peer *p, int64_t now)
{
	struct arena *arena = arena_new(NOTE_ARENA);
	struct err err = {{0}};
	struct peer row;

	if (!p->walk.on &&
		store_find_peer(p->r->session, p->set->name, arena, &row,
			&err) == STATUS_OK &&
		(row.flags & PEER_RESYNC) != 0)
		make_good(p, &row, now);
	arena_free(arena);
}
