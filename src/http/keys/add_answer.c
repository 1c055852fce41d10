#include "http/keys/add_answer.h"

#include <jansson.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "http/pages/add_page.h"
#include "http/pages/page.h"
#include "http/pages/site.h"
#include "http/services.h"
#include "ingest/dropped_words.h"

enum { RETRY_DISK_S = 60, ANSWER_MAX = 4 * 1024 * 1024 };

/* Hockeypuck's words, which clients' scripts know. */
static const char *const words[] = {
	[OUTCOME_NEW] = "inserted",
	[OUTCOME_UPDATED] = "updated",
	[OUTCOME_UNCHANGED] = "ignored",
	[OUTCOME_REFUSED] = "invalid",
};

void
add_answer_reason(const struct outcome *o, char out[ADD_REASON_MAX])
{
	size_t size = ADD_REASON_MAX;

	if (o->detail != NULL)
		snprintf(out, size, "%s", o->detail);
	else if (o->kind == OUTCOME_REFUSED)
		snprintf(out, size, "%s", verdict_sentence(o->verdict));
	else if (o->dropped > 0)
		snprintf(out, size, "%zu %s not kept: %s", o->dropped,
			o->dropped == 1 ? "packet was" : "packets were",
			verdict_sentence(o->verdict));
	else
		out[0] = '\0';
}

static void
hex_of(const struct outcome *o, char hex[FINGERPRINT_HEX_MAX])
{
	if (o->has_fpr)
		fingerprint_hex(&o->fpr, hex);
	else
		snprintf(hex, FINGERPRINT_HEX_MAX, "-");
}

/* ---- for programs -------------------------------------------------- */

/* Below the line of its certificate, so that each of those is one line. */
static void
put_packets(struct page *p, const struct outcome *o, const char *before,
	const char *after)
{
	char line[DROPPED_LINE_MAX];
	size_t i;

	for (i = 0; i < o->packet_count; i++) {
		dropped_line(&o->packets[i], line);
		page_raw(p, before);
		page_raw(p, line);
		page_raw(p, after);
	}
	dropped_rest(o, line);
	if (line[0] == '\0' || o->packet_count == 0)
		return;
	page_raw(p, before);
	page_raw(p, line);
	page_raw(p, after);
}

static enum status
write_text(struct reply *reply, const struct submission *sub)
{
	struct page p;
	size_t i;

	/* Only our own sentences and digits: nothing to escape. */
	page_init(&p, ANSWER_MAX);
	for (i = 0; i < sub->outcome_count; i++) {
		const struct outcome *o = &sub->outcomes[i];
		char hex[FINGERPRINT_HEX_MAX], why[ADD_REASON_MAX];

		hex_of(o, hex);
		add_answer_reason(o, why);
		page_raw(&p, words[o->kind]);
		page_raw(&p, " ");
		page_raw(&p, hex);
		if (why[0] != '\0') {
			page_raw(&p, " ");
			page_raw(&p, why);
		}
		page_raw(&p, "\n");
		put_packets(&p, o, "  ", "\n");
	}
	reply->type = REPLY_TEXT;
	return page_take(&p, &reply->body);
}

static void
add_entry(json_t *lists, const struct outcome *o)
{
	char hex[FINGERPRINT_HEX_MAX], why[ADD_REASON_MAX];
	json_t *e = json_object();
	size_t i;

	hex_of(o, hex);
	for (i = 0; hex[i] != '\0'; i++)
		if (hex[i] >= 'A' && hex[i] <= 'F')
			hex[i] = (char)(hex[i] - 'A' + 'a');
	if (o->has_fpr) {
		json_object_set_new(e, "version", json_integer(o->fpr.version));
		json_object_set_new(e, "fingerprint", json_string(hex));
	}
	add_answer_reason(o, why);
	if (why[0] != '\0') {
		struct page p;

		page_init(&p, ANSWER_MAX);
		page_raw(&p, why);
		put_packets(&p, o, "; ", "");
		json_object_set_new(e, "comment",
			json_stringn((const char *)p.out.data, p.out.len));
		page_done(&p);
	}
	json_array_append_new(json_object_get(lists, words[o->kind]), e);
}

static enum status
write_json(struct reply *reply, const struct submission *sub)
{
	json_t *lists = json_pack("{s:[], s:[], s:[], s:[], s:[]}", "inserted",
		"updated", "deleted", "ignored", "invalid");
	enum status st = STATUS_OK;
	char *text;
	size_t i;

	for (i = 0; i < sub->outcome_count; i++)
		add_entry(lists, &sub->outcomes[i]);
	text = json_dumps(lists, JSON_INDENT(1));
	json_decref(lists);
	if (text != NULL)
		st = buf_printf(&reply->body, "%s\n", text);
	free(text);
	reply->type = REPLY_JSON;
	return st;
}

/* ---- the status ------------------------------------------------------- */

enum status
add_answer_failure(struct request *req, struct reply *reply,
	const struct submission *sub, unsigned int unusable)
{
	switch (sub->status) {
	case STATUS_REJECTED:
		site_error(req, reply, unusable,
			"Not usable: this holds a secret key. Nothing of it "
			"was stored; treat that key as exposed");
		return STATUS_OK;
	case STATUS_MALFORMED:
	case STATUS_LIMIT:
	case STATUS_UNSUPPORTED:
	case STATUS_NOT_FOUND:
		reply->err = sub->err;
		err_prefix(&reply->err, "Not usable");
		site_error(req, reply, sub->too_dear ? 413 : unusable,
			reply->err.text);
		return STATUS_OK;
	case STATUS_IO:
		site_error(req, reply, 503,
			"The store cannot write now; try again later");
		reply->retry_after = RETRY_DISK_S;
		return STATUS_OK;
	case STATUS_TIMEOUT:
		services_overloaded(req->services, "submissions take too long");
		site_error(req, reply, 503,
			"This takes too long; it may still be stored");
		return STATUS_OK;
	case STATUS_CLOSED:
		site_error(req, reply, 503,
			"The server is stopping; try again later");
		return STATUS_OK;
	default:
		services_overloaded(req->services, "too many submissions wait");
		site_error(req, reply, 503,
			"Too many submissions wait; try again later");
		return STATUS_OK;
	}
}

enum status
add_answer_write(struct request *req, struct reply *reply,
	const struct submission *sub, enum request_form form)
{
	if (sub->status != STATUS_OK)
		return add_answer_failure(req, reply, sub, 422);
	reply->cache = REPLY_NO_STORE;
	reply->varies = request_varies(req);
	reply->status = 200;
	if (sub->counts[OUTCOME_NEW] + sub->counts[OUTCOME_UPDATED] +
			sub->counts[OUTCOME_UNCHANGED] ==
		0)
		reply->status = 422;
	switch (form) {
	case FORM_JSON:
		return write_json(reply, sub);
	case FORM_HTML:
		return add_page_write(req, reply, sub);
	default:
		return write_text(reply, sub);
	}
}
