#include "http/keys/pks_add.h"

#include "base/crash.h"
#include "base/log.h"
#include "http/keys/add_answer.h"
#include "http/keys/add_body.h"
#include "http/keys/submit.h"
#include "http/pages/error.h"
#include "http/services.h"

/* Another server's push names itself; nothing follows from it. */
static void
log_sender(const struct request *req)
{
	struct bytes sender = req->head.pks_sender;

	if (sender.len > 0)
		log_line(LOG_INFO, "add", "sender=%s", log_quote(sender).text);
}

/* An option may stand in the body or in the query. */
static bool
has_option(const struct request *req, const struct form *form, const char *word)
{
	return form_has_option(form, word) ||
	       form_has_option(&req->query, word);
}

static enum request_form
answer_form(const struct request *req, const struct form *form)
{
	if (has_option(req, form, "json") || has_option(req, form, "mr"))
		return FORM_JSON;
	return request_wants(req);
}

/* An option in the body holds for errors, as one in the query does. */
static void
set_errors(struct request *req, const struct form *form)
{
	if (has_option(req, form, "mr"))
		req->errors = ERRORS_TEXT;
	else if (has_option(req, form, "json"))
		req->errors = ERRORS_JSON;
}

/* options=nm, or a field of that name as old forms have it. */
static bool
is_whole(const struct request *req, const struct form *form)
{
	struct bytes nm;

	return has_option(req, form, "nm") ||
	       (form_find(form, "nm", &nm) &&
		       !bytes_eq_nocase(nm, bytes_of("off")));
}

enum status
pks_add_handle(struct request *req, struct reply *reply)
{
	const struct policy *policy = ingest_policy(req->services->ingest);
	struct submit s = {.write = add_answer_write};
	struct form form;
	enum status st;

	crash_point("body-read");
	log_sender(req);
	st = add_body_read(req->arena, req->head.content_type, &req->body,
		policy->max_body, &form, &s.material, &reply->err);
	set_errors(req, &form);
	if (st == STATUS_UNSUPPORTED) {
		site_error(req, reply, 415, reply->err.text);
		return STATUS_OK;
	}
	if (st != STATUS_OK) {
		submit_log_malformed(reply->err.text);
		return st;
	}
	s.form = answer_form(req, &form);
	s.whole = is_whole(req, &form);
	submit_start(req, &s);
	return STATUS_OK;
}
