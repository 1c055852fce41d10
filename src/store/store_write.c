#include <assert.h>

#include "store/ops.h"
#include "store/pack.h"

static void
assert_writer(const struct store_session *s)
{
	assert(s->kind == SESSION_WRITE);
}

enum status
store_check_space(struct store_session *s, struct err *err)
{
	assert_writer(s);
	return s->ops->check_space(s, err);
}

enum status
store_begin(struct store_session *s, struct err *err)
{
	assert_writer(s);
	return s->ops->begin(s, err);
}

enum status
store_commit(struct store_session *s, struct err *err)
{
	assert_writer(s);
	return s->ops->commit(s, err);
}

void
store_rollback(struct store_session *s)
{
	assert_writer(s);
	s->ops->rollback(s);
}

enum status
store_savepoint(struct store_session *s, struct err *err)
{
	assert_writer(s);
	return s->ops->savepoint(s, err);
}

enum status
store_release(struct store_session *s, bool keep, struct err *err)
{
	assert_writer(s);
	return s->ops->release(s, keep, err);
}

void
store_checkpoint(struct store_session *s, bool idle)
{
	assert_writer(s);
	if (s->ops->checkpoint != NULL)
		s->ops->checkpoint(s, idle);
}

enum status
store_pack_cert(struct store_session *s, struct arena *arena,
	const struct cert_row *row, struct cert_search *search, struct err *err)
{
	return s->ops->pack_cert == NULL
		       ? STATUS_OK
		       : s->ops->pack_cert(arena, row, search, err);
}

enum status
store_put_cert(struct store_session *s, const struct cert_row *row,
	const struct cert_search *search, struct err *err)
{
	assert_writer(s);
	return s->ops->put_cert(s, row, search, err);
}

enum status
store_delete_cert(
	struct store_session *s, const struct cert_id *id, struct err *err)
{
	assert_writer(s);
	return s->ops->delete_cert(s, id, err);
}

enum status
store_put_floor(struct store_session *s, uint8_t level, struct err *err)
{
	assert_writer(s);
	return s->ops->put_floor(s, level, err);
}

enum status
store_append_change(struct store_session *s, const struct change *c,
	int64_t *seq, struct err *err)
{
	assert_writer(s);
	return s->ops->append_change(s, c, seq, err);
}

enum status
store_add_seen(struct store_session *s, const struct cert_id *id,
	struct bytes covered, const char *addresses, int64_t after,
	struct err *err)
{
	assert_writer(s);
	return s->ops->add_seen(s, id, covered, addresses, after, err);
}

enum status
store_prune_changes(struct store_session *s, int64_t upto, struct err *err)
{
	assert_writer(s);
	return s->ops->prune_changes(s, upto, err);
}

enum status
store_put_note(struct store_session *s, const char *name, struct bytes note,
	struct err *err)
{
	assert_writer(s);
	return s->ops->put_note(s, name, note, err);
}

enum status
store_put_peer(struct store_session *s, const struct peer *p, struct err *err)
{
	assert_writer(s);
	return s->ops->put_peer(s, p, err);
}

enum status
store_delete_peer(struct store_session *s, const char *name, struct err *err)
{
	assert_writer(s);
	return s->ops->delete_peer(s, name, err);
}

enum status
store_put_letter(struct store_session *s, const char *peer,
	const struct letter *l, struct err *err)
{
	assert_writer(s);
	return s->ops->put_letter(s, peer, l, err);
}

enum status
store_delete_letter(struct store_session *s, const char *peer,
	int64_t first_seq, struct err *err)
{
	assert_writer(s);
	return s->ops->delete_letter(s, peer, first_seq, err);
}

enum status
store_put_owed(struct store_session *s, const char *peer, const struct owed *o,
	struct err *err)
{
	assert_writer(s);
	return s->ops->put_owed(s, peer, o, err);
}

enum status
store_delete_owed(struct store_session *s, const char *peer,
	const struct cert_id *id, struct err *err)
{
	assert_writer(s);
	return s->ops->delete_owed(s, peer, id, err);
}

/* ---- taking down ----------------------------------------------------- */

enum status
store_erase_cert(
	struct store_session *s, const struct cert_id *id, struct err *err)
{
	assert_writer(s);
	return s->ops->erase_cert(s, id, err);
}

enum status
store_scrub(struct store_session *s, int *step, struct err *err)
{
	assert_writer(s);
	if (s->ops->scrub != NULL)
		return s->ops->scrub(s, step, err);
	*step = -1;
	return STATUS_OK;
}

void
store_want_empty_log(struct store_session *s)
{
	assert_writer(s);
	if (s->ops->want_empty_log != NULL)
		s->ops->want_empty_log(s);
}

bool
store_wants_empty_log(struct store_session *s)
{
	assert_writer(s);
	return s->ops->wants_empty_log != NULL && s->ops->wants_empty_log(s);
}

enum status
store_put_rejected(struct store_session *s, const struct sks_digest *digest,
	int64_t now, int64_t until, const char *reason, struct err *err)
{
	assert_writer(s);
	return s->ops->put_rejected(s, digest, now, until, reason, err);
}

enum status
store_forget_rejected(struct store_session *s, struct err *err)
{
	assert_writer(s);
	return s->ops->forget_rejected(s, err);
}
