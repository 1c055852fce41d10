#include "takedown_world.h"

#include "store/store.h"

void
world_start(struct fixture *f)
{
	f->settings.folder = f->dir;
	fixture_start(f);
}

/* Stops and starts: another process, the same folder. */
void
world_restart(struct fixture *f)
{
	ingest_stop(f->in);
	ingest_free(f->in);
	world_start(f);
}

struct takedown_order
world_order(
	struct takedown_item *item, enum tombstone_kind kind, const char *word)
{
	*item = (struct takedown_item){.word = bytes_of(word)};
	return (struct takedown_order){.kind = kind,
		.reason = "asked for",
		.ticket = "T-1",
		.by = "uid:0",
		.items = item,
		.count = 1};
}

struct takedown_order
world_down(struct fixture *f, enum tombstone_kind kind, const char *word)
{
	static struct takedown_item item;
	struct takedown_order o = world_order(&item, kind, word);
	struct err err;

	assert_ok(takedown_parse(f->in, &o, &err));
	assert_int_equal(o.faults, 0);
	assert_ok(takedown_add(f->in, &o, &err));
	return o;
}

void
world_lift(struct fixture *f, enum tombstone_kind kind, const char *word)
{
	struct takedown_item item;
	struct takedown_order o = world_order(&item, kind, word);
	struct err err;

	assert_ok(takedown_parse(f->in, &o, &err));
	assert_true(item.was_there);
	assert_ok(takedown_remove(f->in, &o, &err));
}

struct submission *
world_submit(struct fixture *f, const struct buf *cert)
{
	return fixture_submit(f, buf_view(cert));
}

void
assert_outcome(struct fixture *f, const struct buf *cert,
	enum outcome_kind kind, enum verdict verdict)
{
	struct submission *sub = world_submit(f, cert);

	assert_ok(sub->status);
	assert_int_equal(sub->outcome_count, 1);
	assert_int_equal(sub->outcomes[0].kind, kind);
	if (kind == OUTCOME_REFUSED)
		assert_int_equal(sub->outcomes[0].verdict, verdict);
	submission_free(sub);
}

void
assert_blocked(struct fixture *f, const struct buf *cert)
{
	assert_outcome(f, cert, OUTCOME_REFUSED, VERDICT_BLOCKED);
}

/* The certificate that was read from these octets. */
struct cert *
world_parsed(struct fixture *f, const struct buf *octets)
{
	struct cert_list list = {0};
	struct err err;

	assert_ok(cert_read(
		f->arena, buf_view(octets), &cert_limits_default, &list, &err));
	assert_int_equal(list.count, 1);
	return list.list[0];
}

const char *
world_hex(const struct fingerprint *fpr)
{
	static char hex[FINGERPRINT_HEX_MAX];

	fingerprint_hex(fpr, hex);
	return hex;
}

size_t
stored_user_ids(struct fixture *f, const struct buf *cert)
{
	struct cert_row row;
	struct cert *c;
	struct err err;

	assert_ok(store_get_cert(
		f->read, &world_parsed(f, cert)->id, f->arena, &row, &err));
	assert_ok(cert_read_stored(f->arena, row.octets, &c, &err));
	return c->user_id_count;
}
