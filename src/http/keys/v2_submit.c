#include "http/keys/v2_submit.h"

#include "http/keys/add_answer.h"
#include "http/keys/add_body.h"
#include "http/keys/submit.h"
#include "http/pages/error.h"
#include "http/services.h"

/* Those that OPTIONS tells, or none at all. */
static bool
takes(struct bytes content_type)
{
	static const char *const types[] = {"application/pgp",
		"application/pgp-keys", "multipart/form-data", ""};
	struct bytes type = form_media_type(content_type);
	size_t i;

	for (i = 0; i < sizeof(types) / sizeof(types[0]); i++)
		if (bytes_eq_nocase(type, bytes_of(types[i])))
			return true;
	return false;
}

enum status
v2_submit(struct request *req, struct reply *reply)
{
	const struct policy *policy = ingest_policy(req->services->ingest);
	struct submit s = {.form = FORM_JSON, .write = add_answer_write};
	struct form form;
	enum status st;

	if (!takes(req->head.content_type)) {
		site_error(req, reply, 415,
			"send certificates as application/pgp");
		return STATUS_OK;
	}
	st = add_body_read(req->arena, req->head.content_type, &req->body,
		policy->max_body, &form, &s.material, &reply->err);
	if (st == STATUS_MALFORMED) {
		submit_log_malformed(reply->err.text);
		site_error(req, reply, 422, reply->err.text);
		return STATUS_OK;
	}
	if (st == STATUS_OK)
		submit_start(req, &s);
	return st;
}
