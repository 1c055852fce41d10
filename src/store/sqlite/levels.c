#include "store/sqlite/levels.h"

#include "store/sqlite/cert.h"
#include "store/sqlite/meta.h"
#include "store/sqlite/txn.h"

/* No row is below this level; missing: nothing is known. */
#define META_FLOOR "level_floor"

enum { LEVELS_STEP = 1000 /* rows looked at in one call */ };

static enum status
read_floor(struct sqlite_session *s, uint8_t *level, struct err *err)
{
	int64_t value = 0;
	enum status st = meta_get_int(s, META_FLOOR, &value, err);

	if (st != STATUS_OK && st != STATUS_NOT_FOUND)
		return st;
	*level = value < 0 || value > UINT8_MAX ? 0 : (uint8_t)value;
	return STATUS_OK;
}

enum status
levels_note(struct sqlite_session *s, uint8_t level, struct err *err)
{
	enum status st;

	if (!s->floor_known) {
		st = read_floor(s, &s->floor, err);
		if (st != STATUS_OK)
			return st;
		s->floor_known = true;
	}
	if (level >= s->floor)
		return STATUS_OK;
	s->floor = level;
	return meta_put_int(s, META_FLOOR, level, err);
}

enum status
sqlite_get_floor(struct store_session *session, uint8_t *level, struct err *err)
{
	struct sqlite_session *s = sqlite_session_of(session);

	txn_start_clock(s);
	return read_floor(s, level, err);
}

enum status
sqlite_put_floor(struct store_session *session, uint8_t level, struct err *err)
{
	struct sqlite_session *s = sqlite_session_of(session);
	enum status st = txn_may_write(s, err);

	if (st != STATUS_OK)
		return st;
	s->floor_known = false;
	return meta_put_int(s, META_FLOOR, level, err);
}

enum status
sqlite_find_below(struct store_session *session, uint8_t level,
	struct level_walk *walk, size_t max, struct level_row *list,
	size_t *count, struct err *err)
{
	struct sqlite_session *s = sqlite_session_of(session);
	struct level_walk w = *walk;
	struct stmt_run run;
	size_t n = 0, looked = 0;
	enum status st = STATUS_OK;

	txn_start_clock(s);
	run = stmt_start(s, STMT_CERT_LEVELS);
	stmt_bind_int(&run, w.place);
	stmt_bind_int(&run, LEVELS_STEP);
	while (n < max && (st = stmt_next(&run, err)) == STATUS_OK) {
		w.place = stmt_int(&run, 0);
		looked++;
		if (stmt_int(&run, 4) >= level)
			continue;
		st = cert_read_id(&run, 1, &list[n].id, err);
		if (st != STATUS_OK)
			break;
		list[n].place = w.place;
		list[n++].looked = w.looked + (int64_t)looked;
	}
	stmt_end(&run);
	if (st != STATUS_OK && st != STATUS_NOT_FOUND)
		return st;
	w.at_end = st == STATUS_NOT_FOUND && looked < LEVELS_STEP;
	w.looked += (int64_t)looked;
	*walk = w;
	*count = n;
	return STATUS_OK;
}
