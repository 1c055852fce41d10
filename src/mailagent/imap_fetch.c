#include "mailagent/imap_client_state.h"

static void
take_flags(const struct mailimap_msg_att_dynamic *flags, struct imap_message *m)
{
	clistiter *i;

	if (flags->att_list == NULL)
		return;
	for (i = clist_begin(flags->att_list); i != NULL; i = clist_next(i)) {
		const struct mailimap_flag_fetch *f = clist_content(i);

		if (f->fl_type != MAILIMAP_FLAG_FETCH_OTHER)
			continue;
		m->seen |= f->fl_flag->fl_type == MAILIMAP_FLAG_SEEN;
		m->deleted |= f->fl_flag->fl_type == MAILIMAP_FLAG_DELETED;
	}
}

/* One FETCH answer; `body` stays the answer's. */
static void
take_item(const struct mailimap_msg_att *att, struct imap_message *m,
	struct bytes *body)
{
	clistiter *i;

	for (i = clist_begin(att->att_list); i != NULL; i = clist_next(i)) {
		const struct mailimap_msg_att_item *item = clist_content(i);
		const struct mailimap_msg_att_static *fixed;

		if (item->att_type == MAILIMAP_MSG_ATT_ITEM_DYNAMIC) {
			take_flags(item->att_data.att_dyn, m);
			continue;
		}
		if (item->att_type != MAILIMAP_MSG_ATT_ITEM_STATIC)
			continue;
		fixed = item->att_data.att_static;
		if (fixed->att_type == MAILIMAP_MSG_ATT_UID) {
			m->uid = fixed->att_data.att_uid;
		} else if (fixed->att_type == MAILIMAP_MSG_ATT_RFC822_SIZE) {
			m->size = fixed->att_data.att_rfc822_size;
			m->found = true;
		} else if (fixed->att_type == MAILIMAP_MSG_ATT_BODY_SECTION &&
			   fixed->att_data.att_body_section != NULL) {
			const struct mailimap_msg_att_body_section *s =
				fixed->att_data.att_body_section;

			*body = bytes_make(s->sec_body_part, s->sec_length);
			if (s->sec_body_part == NULL)
				*body = bytes_make("", 0);
		}
	}
}

static struct mailimap_fetch_type *
fetch_of(struct mailimap_fetch_att *a, struct mailimap_fetch_att *b)
{
	struct mailimap_fetch_type *type =
		mailimap_fetch_type_new_fetch_att_list_empty();

	mailimap_fetch_type_new_fetch_att_list_add(
		type, mailimap_fetch_att_new_uid());
	mailimap_fetch_type_new_fetch_att_list_add(type, a);
	if (b != NULL)
		mailimap_fetch_type_new_fetch_att_list_add(type, b);
	return type;
}

enum status
imap_sizes(struct imap_client *c, struct imap_message *list, size_t count,
	struct err *err)
{
	struct mailimap_fetch_type *type =
		fetch_of(mailimap_fetch_att_new_rfc822_size(),
			mailimap_fetch_att_new_flags());
	uint32_t uids[IMAP_SIZES_MAX];
	struct mailimap_set *set;
	clist *answers = NULL;
	clistiter *i;
	enum status st;

	for (size_t k = 0; k < count; k++)
		uids[k] = list[k].uid;
	set = imap_set_of(uids, count);
	imap_enter(c, IMAP_ANSWER, IMAP_LITERALS_MAX);
	st = imap_result(c, mailimap_uid_fetch(c->session, set, type, &answers),
		"UID FETCH", err);
	mailimap_set_free(set);
	mailimap_fetch_type_free(type);
	if (st != STATUS_OK)
		return st;
	for (i = clist_begin(answers); i != NULL; i = clist_next(i)) {
		struct imap_message m = {.uid = 0};
		struct bytes ignored;

		take_item(clist_content(i), &m, &ignored);
		for (size_t k = 0; k < count; k++) {
			if (m.found && list[k].uid == m.uid)
				list[k] = m;
		}
	}
	mailimap_fetch_list_free(answers);
	return STATUS_OK;
}

static enum status
copy_body(const clist *answers, uint32_t uid, size_t max, struct buf *out,
	struct err *err)
{
	clistiter *i;

	for (i = clist_begin(answers); i != NULL; i = clist_next(i)) {
		struct imap_message m = {.uid = 0};
		struct bytes body = {NULL, 0};

		take_item(clist_content(i), &m, &body);
		if (m.uid != uid || body.data == NULL)
			continue;
		if (body.len <= max)
			return buf_put(out, body);
		err_set(err, "UID %u: longer than it said", uid);
		return STATUS_LIMIT;
	}
	return STATUS_NOT_FOUND;
}

enum status
imap_body(struct imap_client *c, uint32_t uid, size_t max, struct buf *out,
	struct err *err)
{
	struct mailimap_section *all = mailimap_section_new(NULL);
	struct mailimap_fetch_type *type =
		fetch_of(mailimap_fetch_att_new_body_peek_section(all), NULL);
	struct mailimap_set *set = imap_set_of(&uid, 1);
	clist *answers = NULL;
	enum status st;

	atomic_store(&c->progress->fetching, uid);
	imap_enter(c, IMAP_BODY, max + IMAP_LITERALS_MAX);
	st = imap_result(c, mailimap_uid_fetch(c->session, set, type, &answers),
		"UID FETCH", err);
	mailimap_set_free(set);
	mailimap_fetch_type_free(type);
	if (st == STATUS_OK) {
		st = copy_body(answers, uid, max, out, err);
		mailimap_fetch_list_free(answers);
	}
	if (st == STATUS_OK || st == STATUS_NOT_FOUND)
		atomic_store(&c->progress->fetching, 0);
	return st;
}
