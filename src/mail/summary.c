#include "mail/summary.h"

#include <stdlib.h>
#include <string.h>

#include "base/frame.h"
#include "mail/span.h"

enum {
	DIFFER_MAX = 65536, /* parts of one letter that are gone into */
	BITS_MAX = 56       /* no finer sums than of this */
};

struct summary {
	struct summary_source source;
	uint32_t salt;
	struct span *differ;
	size_t differ_count, differ_cap;
	bool cut;
	uint64_t *send, *want;
	size_t send_count, want_count;
	enum store_ids by; /* of send and want: one exchange has one kind */
	struct span_reader reader;
	struct span last_sums, last_list; /* records rise: bounded work */
	bool any_sums, any_list;
};

/* ---- writing ---------------------------------------------------------- */

static enum status
put_span(struct buf *out, const struct span *span, const uint8_t *fan)
{
	uint8_t prefix[ID_OCTETS];
	enum status st = buf_put_u8(out, (uint8_t)span->by);

	span_put_number(prefix, span->prefix, ID_OCTETS);
	if (st == STATUS_OK)
		st = buf_put_u8(out, span->bits);
	if (st == STATUS_OK && fan != NULL)
		st = buf_put_u8(out, *fan);
	if (st == STATUS_OK)
		st = buf_put(out, bytes_make(prefix, (span->bits + 7U) / 8));
	return st;
}

static enum status
put_sums(struct summary *s, const struct span *span, uint8_t fan,
	struct buf *out, struct err *err)
{
	struct sum sums[1 << FAN_MAX];
	struct buf value = {0};
	enum status st = span_sums(&s->reader, span, fan, sums, err);

	if (st == STATUS_OK)
		st = put_span(&value, span, &fan);
	for (size_t i = 0; st == STATUS_OK && i < (size_t)1 << fan; i++) {
		uint8_t octets[SUM_OCTETS];

		span_write_sum(&sums[i], s->salt, octets);
		st = buf_put(&value, bytes_make(octets, SUM_OCTETS));
	}
	if (st == STATUS_OK)
		st = frame_put_field(out, SUMMARY_SUMS, buf_view(&value));
	buf_done(&value);
	return st;
}

static void
put_id(void *ctx, uint64_t id)
{
	if (buf_put_be64(ctx, id) != STATUS_OK)
		abort(); /* it has no limit */
}

static enum status
put_list(struct summary *s, const struct span *span, struct buf *out,
	struct err *err)
{
	struct buf value = {0};
	enum status st = put_span(&value, span, NULL);

	if (st == STATUS_OK)
		st = span_walk(&s->reader, span, put_id, &value, err);
	if (st == STATUS_OK)
		st = frame_put_field(out, SUMMARY_LISTED, buf_view(&value));
	buf_done(&value);
	return st;
}

static enum status
put_want(struct summary *s, struct buf *out)
{
	struct buf value = {0};
	enum status st = buf_put_u8(&value, (uint8_t)s->by);

	for (size_t i = 0; st == STATUS_OK && i < s->want_count; i++)
		st = buf_put_be64(&value, s->want[i]);
	if (st == STATUS_OK && s->want_count > 0)
		st = frame_put_field(out, SUMMARY_WANTED, buf_view(&value));
	buf_done(&value);
	return st;
}

/* ---- reading ---------------------------------------------------------- */

static bool
read_span(struct reader *r, bool has_fan, struct span *span, uint8_t *fan)
{
	struct bytes prefix;
	uint8_t by = reader_u8(r);

	memset(span, 0, sizeof(*span));
	span->bits = reader_u8(r);
	*fan = has_fan ? reader_u8(r) : 0;
	if (by > IDS_FINGERPRINT || span->bits > ID_BITS || *fan > FAN_MAX ||
		(has_fan && *fan == 0) || span->bits + *fan > ID_BITS)
		return false;
	span->by = (enum store_ids)by;
	prefix = reader_take(r, (span->bits + 7U) / 8);
	for (size_t i = 0; i < prefix.len; i++)
		span->prefix |= (uint64_t)prefix.data[i] << (56 - 8 * i);
	/* No bit behind the prefix. */
	return !r->failed &&
	       (span->bits == ID_BITS || span->prefix << span->bits == 0);
}

/*
 * Records of one kind stand in the order of their spans, apart from each
 * other, so that a letter costs one walk over all ids at most.
 */
static bool
rises(const struct span *span, struct span *last, bool *any)
{
	bool ok = !*any ||
		  (span->by == last->by && span->prefix > span_last(last));

	*last = *span;
	*any = true;
	return ok;
}

static void
note_difference(struct summary *s, const struct span *part)
{
	if (s->differ_count >= DIFFER_MAX) {
		s->cut = true;
		return;
	}
	if (s->differ_count == s->differ_cap) {
		s->differ_cap = s->differ_cap == 0 ? 64 : s->differ_cap * 2;
		s->differ =
			xrealloc(s->differ, s->differ_cap * sizeof(*s->differ));
	}
	s->differ[s->differ_count++] = *part;
}

static enum status
take_sums(struct summary *s, struct bytes value, struct err *err)
{
	struct sum sums[1 << FAN_MAX];
	struct reader r = reader_of(value);
	struct span span;
	uint8_t fan;
	enum status st;

	if (!read_span(&r, true, &span, &fan) ||
		reader_left(&r) != (size_t)SUM_OCTETS << fan ||
		!rises(&span, &s->last_sums, &s->any_sums))
		return STATUS_MALFORMED;
	st = span_sums(&s->reader, &span, fan, sums, err);
	for (size_t i = 0; st == STATUS_OK && i < (size_t)1 << fan; i++) {
		struct bytes theirs = reader_take(&r, SUM_OCTETS);
		struct span part = span_part(&span, fan, i);
		uint8_t ours[SUM_OCTETS];

		span_write_sum(&sums[i], s->salt, ours);
		part.count = sums[i].count;
		if (memcmp(ours, theirs.data, SUM_OCTETS) != 0)
			note_difference(s, &part);
	}
	return st;
}

/* Two rising lists side by side: theirs is read as ours goes by. */
struct merging {
	struct summary *s;
	struct reader theirs;
	uint64_t next;
	bool has_next;
	bool failed; /* theirs does not rise, or leaves its span */
	const struct span *span;
};

static void
next_of_theirs(struct merging *m, bool first)
{
	uint64_t before = m->next;

	m->has_next = reader_left(&m->theirs) >= ID_OCTETS;
	if (!m->has_next)
		return;
	m->next = reader_be64(&m->theirs);
	if ((!first && m->next <= before) || m->next < m->span->prefix ||
		m->next > span_last(m->span)) {
		m->failed = true;
		m->has_next = false;
	}
}

static void
add_id(uint64_t *list, size_t *count, uint64_t id, bool *cut)
{
	if (*count < SUMMARY_SEND_MAX)
		list[(*count)++] = id;
	else
		*cut = true;
}

static void
merge_ours(void *ctx, uint64_t id)
{
	struct merging *m = ctx;
	struct summary *s = m->s;

	while (m->has_next && m->next < id) {
		add_id(s->want, &s->want_count, m->next, &s->cut);
		next_of_theirs(m, false);
	}
	if (m->has_next && m->next == id)
		next_of_theirs(m, false);
	else
		add_id(s->send, &s->send_count, id, &s->cut);
}

static enum status
take_list(struct summary *s, struct bytes value, struct err *err)
{
	struct merging m = {.s = s, .theirs = reader_of(value)};
	struct span span;
	uint8_t fan;
	enum status st;

	if (!read_span(&m.theirs, false, &span, &fan) ||
		reader_left(&m.theirs) % ID_OCTETS != 0 ||
		!rises(&span, &s->last_list, &s->any_list))
		return STATUS_MALFORMED;
	m.span = &span;
	s->by = span.by;
	next_of_theirs(&m, true);
	st = span_walk(&s->reader, &span, merge_ours, &m, err);
	while (st == STATUS_OK && m.has_next) {
		add_id(s->want, &s->want_count, m.next, &s->cut);
		next_of_theirs(&m, false);
	}
	return st == STATUS_OK && m.failed ? STATUS_MALFORMED : st;
}

static enum status
take_want(struct summary *s, struct bytes value)
{
	struct reader r = reader_of(value);
	uint8_t by = reader_u8(&r);

	if (r.failed || by > IDS_FINGERPRINT || reader_left(&r) % ID_OCTETS)
		return STATUS_MALFORMED;
	s->by = (enum store_ids)by;
	while (reader_left(&r) > 0)
		add_id(s->send, &s->send_count, reader_be64(&r), &s->cut);
	return STATUS_OK;
}

/* ---- public ------------------------------------------------------------ */

struct summary *
summary_new(const struct summary_source *source, uint32_t salt)
{
	struct summary *s = xcalloc(1, sizeof(*s));

	s->source = *source;
	s->reader.source = &s->source;
	s->salt = salt;
	s->send = xcalloc(SUMMARY_SEND_MAX, sizeof(*s->send));
	s->want = xcalloc(SUMMARY_SEND_MAX, sizeof(*s->want));
	return s;
}

void
summary_free(struct summary *s)
{
	if (s == NULL)
		return;
	free(s->differ);
	free(s->send);
	free(s->want);
	free(s);
}

enum status
summary_begin(
	struct summary *s, enum store_ids by, struct buf *out, struct err *err)
{
	struct span all = {.by = by};

	return put_sums(s, &all, SUMMARY_FAN, out, err);
}

enum status
summary_take(
	struct summary *s, uint8_t record, struct bytes value, struct err *err)
{
	enum status st = STATUS_OK;

	if (record == SUMMARY_SUMS)
		st = take_sums(s, value, err);
	else if (record == SUMMARY_LISTED)
		st = take_list(s, value, err);
	else if (record == SUMMARY_WANTED)
		st = take_want(s, value);
	if (st == STATUS_MALFORMED)
		err_set(err, "a record of a summary that breaks the form");
	return st;
}

enum status
summary_answer(struct summary *s, struct buf *out, struct err *err)
{
	bool few = s->differ_count <= SUMMARY_FEW;
	uint64_t list = few ? SUMMARY_LIST : SUMMARY_LIST_MANY;
	enum status st = STATUS_OK;

	for (size_t i = 0; st == STATUS_OK && i < s->differ_count; i++) {
		const struct span *part = &s->differ[i];

		if (out->len > SUMMARY_BODY_MAX) {
			s->cut = true;
			break;
		}
		if (part->count <= list || part->bits >= BITS_MAX)
			st = put_list(s, part, out, err);
		else
			st = put_sums(s, part,
				few ? SUMMARY_FAN : SUMMARY_FAN_MANY, out, err);
	}
	return st == STATUS_OK ? put_want(s, out) : st;
}

const uint64_t *
summary_send(const struct summary *s, enum store_ids *by, size_t *count)
{
	*by = s->by;
	*count = s->send_count;
	return s->send;
}

size_t
summary_differences(const struct summary *s, bool *cut)
{
	*cut = s->cut;
	return s->differ_count;
}
