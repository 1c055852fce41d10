#include <inttypes.h>

#include "base/clock.h"
#include "base/frame.h"
#include "base/log.h"
#include "mail/repair_state.h"

enum { DAY_S = 24 * 3600, LETTER_MAX = 10 * 1024 * 1024 };

enum status
repair_begin(const struct repair_peer *p, struct repair_body *b)
{
	const struct compose_site *site = p->r->p.site;
	enum status st;

	buf_init(&b->body, 0);
	st = frame_put_number(&b->body, REPAIR_VERSION, 1);
	if (st == STATUS_OK)
		st = frame_put_field(
			&b->body, REPAIR_STORE, bytes_of(site->store_id));
	if (st == STATUS_OK)
		st = frame_put_field(
			&b->body, REPAIR_LEVEL, bytes_of(site->level));
	b->empty = b->body.len;
	return st;
}

enum status
repair_put_range(struct repair_body *b, uint8_t field, const char *store,
	const struct range *range)
{
	struct buf text = {0};
	enum status st = buf_printf(&text, "%s %" PRId64 "-%" PRId64, store,
		range->first, range->last);

	if (st == STATUS_OK)
		st = frame_put_field(&b->body, field, buf_view(&text));
	buf_done(&text);
	return st;
}

bool
repair_has_budget(struct repair_peer *p)
{
	int64_t day = clock_wall_s() / DAY_S;

	if (p->budget_day != day) {
		p->budget_day = day;
		p->budget_left = p->r->p.settings->repair_octets;
	}
	return p->budget_left > 0;
}

void
repair_post_text(struct repair_peer *p, struct buf *text)
{
	p->budget_left -= (int64_t)text->len;
	courier_extra(p->r->p.courier, p->index, (uint64_t)p->serial, text);
}

bool
repair_sign(const struct repair_peer *p, const struct bytes *parts,
	size_t count, char auth[AUTH_VALUE_SIZE])
{
	const struct auth *a = p->r->p.auth;

	return a != NULL &&
	       auth_sign(a, (int)p->index, parts, count, clock_wall_s(), auth);
}

void
repair_post(struct repair_peer *p, struct repair_body *b)
{
	struct compose_note note = {.peer = p->set->name,
		.to = p->set->mail,
		.when = clock_wall_s(),
		.serial = ++p->serial,
		.body = buf_view(&b->body),
		.is_signed = p->set->sign};
	char auth[AUTH_VALUE_SIZE];
	struct buf text;
	enum status st;

	if (b->body.len > b->empty && repair_has_budget(p)) {
		if (repair_sign(p, &note.body, 1, auth))
			note.auth = auth;
		buf_init(&text, LETTER_MAX);
		st = compose_repair(p->r->p.site, &note, &text);
		if (st == STATUS_OK)
			repair_post_text(p, &text);
		else
			log_line(LOG_ERROR, "repair",
				"peer=%s outcome=not-written status=%s",
				p->set->name, status_name(st));
		buf_done(&text);
	}
	buf_done(&b->body);
}
