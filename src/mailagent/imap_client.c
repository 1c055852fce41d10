#include "mailagent/imap_client_state.h"

#include <poll.h>

#include "base/clock.h"
#include "mailagent/imap_guard.h"

void
imap_enter(struct imap_client *c, enum imap_step step, size_t literals)
{
	imap_guard_expect(literals);
	atomic_store(&c->progress->step, (int)step);
	atomic_store(&c->progress->since, clock_mono_ms());
}

void
imap_leave(struct imap_client *c)
{
	atomic_store(&c->progress->step, (int)IMAP_NOTHING);
	atomic_store(&c->progress->since, 0);
}

/* One line of the server's own words. */
static const char *
words_of(const struct imap_client *c)
{
	const char *text = c->session->imap_response;

	return text != NULL ? text : "";
}

/* `r` of a libetpan call, as a status; `what` was asked for. */
enum status
imap_result(struct imap_client *c, int r, const char *what, struct err *err)
{
	imap_leave(c);
	if (r == MAILIMAP_NO_ERROR || r == MAILIMAP_NO_ERROR_AUTHENTICATED ||
		r == MAILIMAP_NO_ERROR_NON_AUTHENTICATED)
		return STATUS_OK;
	if (imap_guard_tripped() != NULL)
		err_set(err, "%s: %s", what, imap_guard_tripped());
	else if (r == MAILIMAP_ERROR_STREAM)
		err_set(err, "%s: the connection was lost", what);
	else if (r == MAILIMAP_ERROR_PARSE || r == MAILIMAP_ERROR_PROTOCOL)
		err_set(err, "%s: the answer makes no sense", what);
	else
		err_set(err, "%s: refused: %.200s", what, words_of(c));
	c->broken = imap_guard_tripped() != NULL ||
		    r == MAILIMAP_ERROR_STREAM || r == MAILIMAP_ERROR_PARSE ||
		    r == MAILIMAP_ERROR_PROTOCOL;
	return c->broken ? STATUS_IO : STATUS_REJECTED;
}

/* ---- the folder --------------------------------------------------------- */

enum status
imap_select(struct imap_client *c, struct imap_box *box, struct err *err)
{
	struct mailimap_selection_info *info;
	enum status st;

	imap_enter(c, IMAP_ANSWER, IMAP_LITERALS_MAX);
	st = imap_result(c, mailimap_select(c->session, c->target->url.folder),
		"SELECT", err);
	if (st != STATUS_OK)
		return st;
	info = c->session->imap_selection_info;
	if (info == NULL || info->sel_uidvalidity == 0) {
		err_set(err, "SELECT: the server has no lasting UIDs");
		return STATUS_REJECTED;
	}
	if (info->sel_perm == MAILIMAP_MAILBOX_READONLY) {
		err_set(err, "SELECT: the folder is read-only");
		return STATUS_REJECTED;
	}
	if (info->sel_exists > IMAP_MESSAGES_MAX) {
		err_set(err, "SELECT: %u messages are too many",
			info->sel_exists);
		return STATUS_REJECTED;
	}
	/* What is told from here on is news. */
	info->sel_has_exists = 0;
	*box = (struct imap_box){
		info->sel_uidvalidity, info->sel_uidnext, info->sel_exists};
	return STATUS_OK;
}

/* SEQUENCE low:high UID from:*; a list owns what is in it. */
static struct mailimap_search_key *
window_key(uint32_t low, uint32_t high, uint32_t from)
{
	clist *both = clist_new();

	clist_append(both, mailimap_search_key_new_set(
				   mailimap_set_new_interval(low, high)));
	clist_append(both, mailimap_search_key_new_uid(
				   mailimap_set_new_interval(from, 0)));
	return mailimap_search_key_new_multiple(both);
}

static enum status
search_window(struct imap_client *c, uint32_t low, uint32_t high, uint32_t from,
	struct imap_uids *uids, size_t *found, struct err *err)
{
	struct mailimap_search_key *key = window_key(low, high, from);
	clist *list = NULL;
	clistiter *i;
	enum status st;

	*found = 0;
	imap_enter(c, IMAP_ANSWER, IMAP_LITERALS_MAX);
	st = imap_result(c, mailimap_uid_search(c->session, NULL, key, &list),
		"UID SEARCH", err);
	mailimap_search_key_free(key);
	if (st != STATUS_OK || list == NULL)
		return st;
	for (i = clist_begin(list); i != NULL; i = clist_next(i)) {
		uint32_t uid = *(const uint32_t *)clist_content(i);

		/* "from:*" has the last message in any case. */
		if (uid < from || *found > high - low)
			continue;
		imap_uids_add(uids, uid);
		(*found)++;
	}
	mailimap_search_result_free(list);
	return STATUS_OK;
}

enum status
imap_list(struct imap_client *c, const struct imap_box *box, uint32_t from,
	struct imap_uids *uids, struct err *err)
{
	uint32_t high = box->exists;

	/* From the end: what comes up when others go was not seen yet. */
	while (high > 0) {
		uint32_t low = high > IMAP_WINDOW ? high - IMAP_WINDOW + 1 : 1;
		size_t found;
		enum status st =
			search_window(c, low, high, from, uids, &found, err);

		if (st != STATUS_OK)
			return st;
		if (found < high - low + 1)
			break;
		high = low - 1;
	}
	return STATUS_OK;
}

struct mailimap_set *
imap_set_of(const uint32_t *uids, size_t count)
{
	struct mailimap_set *set = mailimap_set_new_empty();

	for (size_t i = 0; i < count; i++)
		(void)mailimap_set_add_single(set, uids[i]);
	return set;
}

/* ---- letting go, waiting ------------------------------------------------ */

enum status
imap_let_go(struct imap_client *c, const uint32_t *uids, size_t count,
	struct err *err)
{
	struct mailimap_flag_list *flags = mailimap_flag_list_new_empty();
	struct mailimap_store_att_flags *store;
	struct mailimap_set *set;
	enum status st;

	if (count == 0) {
		mailimap_flag_list_free(flags);
		return STATUS_OK;
	}
	(void)mailimap_flag_list_add(
		flags, c->has_uidplus ? mailimap_flag_new_deleted()
				      : mailimap_flag_new_seen());
	store = mailimap_store_att_flags_new_add_flags_silent(flags);
	set = imap_set_of(uids, count);
	imap_enter(c, IMAP_ANSWER, IMAP_LITERALS_MAX);
	st = imap_result(c, mailimap_uid_store(c->session, set, store),
		"UID STORE", err);
	mailimap_store_att_flags_free(store);
	/* Never EXPUNGE: others may have marked theirs. */
	if (st == STATUS_OK && c->has_uidplus) {
		imap_enter(c, IMAP_ANSWER, IMAP_LITERALS_MAX);
		st = imap_result(c, mailimap_uid_expunge(c->session, set),
			"UID EXPUNGE", err);
	}
	mailimap_set_free(set);
	return st;
}

/* It came along with an earlier answer, and is not told again. */
static bool
has_news(const struct imap_client *c)
{
	return c->session->imap_selection_info->sel_has_exists != 0;
}

/* True when there is something to read, or was since imap_select. */
static bool
wait_octets(struct imap_client *c, int64_t until)
{
	struct pollfd p = {
		.fd = mailimap_idle_get_fd(c->session), .events = POLLIN};
	int64_t left = until - clock_mono_ms();

	if (has_news(c))
		return true;
	if (c->session->imap_stream->read_buffer_len > 0)
		return true;
	return left > 0 && poll(&p, 1, (int)left) > 0;
}

enum status
imap_wait(
	struct imap_client *c, int64_t until, int64_t poll_ms, struct err *err)
{
	int64_t now = clock_mono_ms();
	enum status st;

	imap_leave(c);
	/* libetpan forgets it when IDLE begins. */
	if (has_news(c))
		return STATUS_OK;
	if (c->has_idle) {
		imap_enter(c, IMAP_ANSWER, IMAP_LITERALS_MAX);
		st = imap_result(c, mailimap_idle(c->session), "IDLE", err);
		if (st == STATUS_OK) {
			(void)wait_octets(c, until);
			imap_enter(c, IMAP_ANSWER, IMAP_LITERALS_MAX);
			return imap_result(
				c, mailimap_idle_done(c->session), "DONE", err);
		}
		if (st != STATUS_REJECTED)
			return st;
		/* It announced what it does not do. */
		c->has_idle = false;
	}
	if (until > now + poll_ms)
		until = now + poll_ms;
	(void)wait_octets(c, until);
	return STATUS_OK;
}
