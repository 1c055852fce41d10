#include "http/keys/vks_upload.h"

#include <jansson.h>
#include <stdlib.h>

#include "base/clock.h"
#include "http/keys/add_answer.h"
#include "http/keys/add_body.h"
#include "http/keys/submit.h"
#include "http/keys/vks_token.h"
#include "http/message/json_text.h"
#include "http/pages/error.h"
#include "http/services.h"
#include "lookup/index.h"
#include "lookup/lookup.h"
#include "lookup/revokers.h"
#include "pgp/user_id.h"

static enum status
put_json(struct reply *reply, json_t *o)
{
	char *text = o == NULL ? NULL : json_dumps(o, JSON_INDENT(1));
	enum status st = STATUS_LIMIT;

	json_decref(o);
	if (text != NULL)
		st = buf_printf(&reply->body, "%s\n", text);
	free(text);
	reply->type = REPLY_JSON;
	reply->cache = REPLY_NO_STORE;
	return st;
}

/* ---- the one object --------------------------------------------------- */

/* What its addresses are: ours are never "unpublished" or "pending". */
static enum status
status_of(struct arena *arena, const struct index_cert *c, json_t *addresses)
{
	enum status st = STATUS_OK;
	size_t i;

	for (i = 0; st == STATUS_OK && i < c->user_id_count; i++) {
		const struct index_part *u = &c->user_ids[i];
		struct bytes email;
		bool revoked = c->revoked || u->revoked;
		json_t *word;

		if (!u->valid)
			continue;
		st = user_id_email(arena, u->text, &email);
		if (st == STATUS_NOT_FOUND) {
			st = STATUS_OK;
			continue;
		}
		if (st != STATUS_OK)
			return st;
		/* One user ID in use is enough. */
		word = json_object_getn(
			addresses, (const char *)email.data, email.len);
		if (revoked && word != NULL)
			continue;
		json_object_setn_new(addresses, (const char *)email.data,
			email.len,
			json_string(revoked ? "revoked" : "published"));
	}
	return st;
}

static enum status
find_one(struct request *req, const struct fingerprint *fpr,
	struct index_cert *c, struct err *err)
{
	struct store *store = req->services->store;
	struct lookup_limits limits = {.max_results = 1, .limit_given = true};
	struct query q = {.count = 1};
	struct store_session *s;
	struct cert_rows rows;
	enum status st;

	q.tries[0].kind = QUERY_FINGERPRINT;
	q.tries[0].octets = bytes_make(fpr->octets, fpr->len);
	st = session_borrow(store, &s, err);
	if (st != STATUS_OK)
		return st;
	st = lookup_certs(
		s, &q, &limits, clock_wall_s(), req->arena, &rows, err);
	if (st == STATUS_OK) {
		st = index_describe(req->arena, &rows.list[0], clock_wall_s(),
			false, c, err);
		if (st == STATUS_MALFORMED)
			st = STATUS_IO;
	}
	if (st == STATUS_OK)
		st = revokers_apply(s, c, 1, req->arena);
	session_return(store, s);
	return st;
}

static enum status
write_object(
	struct request *req, struct reply *reply, const struct fingerprint *fpr)
{
	char hex[FINGERPRINT_HEX_MAX], token[VKS_TOKEN_MAX];
	struct index_cert c;
	json_t *addresses;
	enum status st;

	st = find_one(req, fpr, &c, &reply->err);
	if (st != STATUS_OK)
		return st;
	fingerprint_hex(fpr, hex);
	vks_token_write(req->services->vks_key, fpr, token);
	addresses = json_object();
	st = status_of(req->arena, &c, addresses);
	if (st != STATUS_OK) {
		json_decref(addresses);
		return st;
	}
	return put_json(reply, json_pack("{s:s, s:o, s:s}", "key_fpr", hex,
				       "status", addresses, "token", token));
}

/* ---- upload ----------------------------------------------------------- */

static enum status
write_list(struct reply *reply, const struct submission *sub)
{
	json_t *list = json_array();
	char hex[FINGERPRINT_HEX_MAX];
	size_t i;

	for (i = 0; i < sub->outcome_count; i++) {
		if (sub->outcomes[i].kind == OUTCOME_REFUSED)
			continue;
		fingerprint_hex(&sub->outcomes[i].fpr, hex);
		json_array_append_new(list, json_string(hex));
	}
	return put_json(reply, list);
}

/* What the client sent is no use: 400 here, with the first reason. */
static enum status
write_refusal(
	struct request *req, struct reply *reply, const struct submission *sub)
{
	char why[ADD_REASON_MAX] = "no key in it is usable";

	if (sub->outcome_count > 0)
		add_answer_reason(&sub->outcomes[0], why);
	site_error(req, reply, 400, why);
	return STATUS_OK;
}

static enum status
write_answer(struct request *req, struct reply *reply,
	const struct submission *sub, enum request_form form)
{
	size_t i, first = 0, good = 0;

	(void)form;
	if (sub->status != STATUS_OK)
		return add_answer_failure(req, reply, sub, 400);
	for (i = 0; i < sub->outcome_count; i++) {
		if (sub->outcomes[i].kind == OUTCOME_REFUSED)
			continue;
		if (good++ == 0)
			first = i;
	}
	if (good == 0)
		return write_refusal(req, reply, sub);
	if (good > 1)
		return write_list(reply, sub);
	return write_object(req, reply, &sub->outcomes[first].fpr);
}

enum status
vks_upload(struct request *req, struct reply *reply)
{
	const struct policy *policy = ingest_policy(req->services->ingest);
	struct submit s = {.form = FORM_JSON, .write = write_answer};
	struct form form;
	enum status st;

	st = add_body_read(req->arena, req->head.content_type, &req->body,
		policy->max_body, &form, &s.material, &reply->err);
	if (st == STATUS_UNSUPPORTED) /* no 415 among what VKS answers */
		st = STATUS_MALFORMED;
	if (st == STATUS_MALFORMED)
		submit_log_malformed(reply->err.text);
	if (st == STATUS_OK)
		submit_start(req, &s);
	return st;
}

/* ---- request-verify --------------------------------------------------- */

enum status
vks_request_verify(struct request *req, struct reply *reply)
{
	struct fingerprint fpr;
	struct bytes token;
	enum status st;

	if (!bytes_eq_nocase(form_media_type(req->head.content_type),
		    bytes_of("application/json"))) {
		err_set(&reply->err, "send application/json");
		return STATUS_MALFORMED;
	}
	st = json_text_find(req->body.data, req->body.len, "token", &token);
	if (st == STATUS_MALFORMED)
		err_set(&reply->err, "the body is no JSON object");
	else if (st == STATUS_NOT_FOUND)
		err_set(&reply->err, "no token");
	if (st == STATUS_OK) {
		st = vks_token_read(req->services->vks_key, token, &fpr);
		if (st == STATUS_MALFORMED)
			err_set(&reply->err, "this token is not known here");
	}
	if (st == STATUS_OK)
		st = write_object(req, reply, &fpr);
	if (st == STATUS_NOT_FOUND && reply->err.text[0] == '\0')
		err_set(&reply->err, "that key is no longer here");
	return st == STATUS_NOT_FOUND ? STATUS_MALFORMED : st;
}
