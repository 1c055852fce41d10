#include "http/keys/get_answer.h"

#include <assert.h>
#include <stdlib.h>
#include <string.h>

#include "http/services.h"
#include "lookup/present.h"
#include "pgp/armor.h"
#include "pgp/digest.h"

/* One row: its digest. More: a digest over the sorted list of theirs. */
static enum status
set_etag(struct request *req, struct reply *reply, const struct cert_rows *rows,
	const char *suffix)
{
	struct sks_digest *list;
	struct bytes all;
	size_t i;

	if (rows->count == 1) {
		reply_etag(reply,
			bytes_make(rows->list[0].sks_digest.octets, 16),
			suffix);
		return STATUS_OK;
	}
	list = arena_array(req->arena, rows->count, sizeof(*list));
	if (list == NULL)
		return STATUS_LIMIT;
	for (i = 0; i < rows->count; i++)
		list[i] = rows->list[i].sks_digest;
	qsort(list, rows->count, sizeof(*list), digest_sks_cmp);
	all = bytes_make(list, rows->count * sizeof(*list));
	reply_etag_hash(reply, all, 16, suffix);
	return STATUS_OK;
}

static enum status
set_file_name(struct request *req, struct reply *reply,
	const struct cert_rows *rows, const char *extension)
{
	static const char head[] = "attachment; filename=\"";
	char hex[FINGERPRINT_HEX_MAX] = "keys", *value, *at;

	if (rows->count == 1)
		fingerprint_hex(&rows->list[0].id.fpr, hex);
	value = arena_alloc(
		req->arena, sizeof(head) + sizeof(hex) + strlen(extension) + 3);
	if (value == NULL)
		return STATUS_LIMIT;
	at = stpcpy(stpcpy(value, head), hex);
	*at++ = '.';
	at = stpcpy(at, extension);
	memcpy(at, "\"", 2);
	reply_header(reply, "Content-Disposition", value);
	return STATUS_OK;
}

static enum status
put_octets(struct request *req, struct reply *reply,
	const struct cert_rows *rows, const struct get_form *form, bool crc)
{
	const char *comment = req->services->settings->armor_comment;
	struct bytes *parts;
	size_t i, sum = 0;
	enum status st = STATUS_OK;

	if (comment != NULL && comment[0] == '\0')
		comment = NULL;

	parts = arena_array(req->arena, rows->count, sizeof(*parts));
	if (parts == NULL)
		return STATUS_LIMIT;
	for (i = 0; st == STATUS_OK && i < rows->count; i++) {
		parts[i] = rows->list[i].octets;
		if (!form->kept)
			st = present_octets(req->arena, &rows->list[i],
				req->services->settings->redact_hard_revoked,
				&parts[i], &reply->err);
		sum += parts[i].len;
	}
	if (st != STATUS_OK)
		return st;
	if (reply_etag_matches(req->head.if_none_match, reply->etag)) {
		/* 304: nobody reads the body, but its length is told. */
		reply->unmade = form->type == REPLY_ARMOR
					? armor_written_size(sum, comment, crc)
					: sum;
		return STATUS_OK;
	}
	if (form->type == REPLY_ARMOR)
		return armor_write(
			&reply->body, parts, rows->count, comment, crc);
	st = buf_reserve(&reply->body, sum);
	for (i = 0; st == STATUS_OK && i < rows->count; i++)
		st = buf_put(&reply->body, parts[i]);
	return st;
}

/* RFC 9580: no CRC-24 where a version 6 packet is. */
static bool
wants_crc(const struct cert_rows *rows)
{
	size_t i;

	for (i = 0; i < rows->count; i++)
		if (rows->list[i].id.fpr.version >= 6)
			return false;
	return true;
}

enum status
get_answer_put(struct request *req, struct reply *reply,
	const struct cert_rows *rows, const struct get_form *form)
{
	enum status st;
	char tag[24];
	bool redacts;

	reply->type = form->type;
	reply->cache = REPLY_REVALIDATE;
	reply_header_number(
		reply, req->arena, "X-HKP-Results-Count", rows->total);
	if (rows->count == 0)
		return STATUS_OK;
	/* The same digest, another answer. */
	redacts = !form->kept && req->services->settings->redact_hard_revoked;
	assert(strlen(form->tag) + sizeof("-r") <= sizeof(tag));
	(void)stpcpy(stpcpy(tag, form->tag), redacts ? "-r" : "");
	st = set_etag(req, reply, rows, tag);
	if (st == STATUS_OK)
		st = set_file_name(req, reply, rows, form->extension);
	if (st != STATUS_OK)
		return st;
	return put_octets(req, reply, rows, form, wants_crc(rows));
}

static bool
wants_kept(const struct request *req)
{
	struct bytes clean = form_get(&req->query, "clean");

	if (clean.len == 0)
		clean = form_get(&req->query, "x-clean");
	return req->services->settings->serve_unclean &&
	       bytes_eq_nocase(clean, bytes_of("off"));
}

enum status
get_answer_write(struct request *req, struct reply *reply,
	const struct cert_rows *rows, bool by_digest)
{
	static const struct get_form forms[2][2] = {
		{{REPLY_ARMOR, "asc", "asc", false},
			{REPLY_BINARY, "pgp", "bin", false}},
		{{REPLY_ARMOR, "asc", "asc-kept", true},
			{REPLY_BINARY, "pgp", "bin-kept", true}},
	};

	return get_answer_put(req, reply, rows,
		&forms[by_digest || wants_kept(req)]
		      [form_has_option(&req->query, "bin")]);
}
