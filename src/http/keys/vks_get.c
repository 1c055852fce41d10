#include "http/keys/vks_get.h"

#include "http/keys/find.h"
#include "http/services.h"

enum { AT_ID = 3 /* in /vks/v1/by-X/ID */ };

/* The fingerprint was asked for, so whoever asks knows the version. */
static const struct get_form armored = {REPLY_ARMOR, "asc", "vks", false};

/* Both spellings of a number: 0x is optional. */
static struct bytes
digits_of(const struct request *req)
{
	struct bytes b = req->segments[AT_ID];

	if (bytes_starts_nocase(b, "0x"))
		b = bytes_make(b.data + 2, b.len - 2);
	return b;
}

enum status
vks_by_fingerprint(struct request *req, struct reply *reply)
{
	struct find *f;
	enum status st = find_new(req, &armored, 1, &f);

	if (st == STATUS_OK)
		st = find_set_fingerprint(req, f, digits_of(req));
	if (st == STATUS_MALFORMED)
		err_set(&reply->err, "a fingerprint has 40 or 64 digits");
	return st == STATUS_OK ? find_run(req, reply, f) : st;
}

enum status
vks_by_keyid(struct request *req, struct reply *reply)
{
	struct find *f;
	enum status st = find_new(req, &armored, 1, &f);

	if (st == STATUS_OK)
		st = find_set_key_id(f, digits_of(req));
	if (st == STATUS_MALFORMED)
		err_set(&reply->err, "a key ID has 16 digits");
	return st == STATUS_OK ? find_run(req, reply, f) : st;
}

enum status
vks_by_email(struct request *req, struct reply *reply)
{
	struct find *f;
	enum status st;

	st = find_new(req, &armored, req->services->settings->max_identity, &f);
	if (st == STATUS_OK)
		st = query_parse_identity(req->arena, req->segments[AT_ID],
			&f->query, &reply->err);
	/* A name is no address, whoever has it. */
	if (st == STATUS_NOT_FOUND ||
		(st == STATUS_OK && f->query.whole_user_id))
		st = STATUS_MALFORMED;
	if (st == STATUS_MALFORMED)
		err_set(&reply->err, "an address looks like local@domain");
	return st == STATUS_OK ? find_run(req, reply, f) : st;
}
