#include "http/keys/v2_certs.h"

#include "base/hex.h"
#include "http/keys/find.h"
#include "http/message/accept.h"
#include "http/services.h"

/* Where the identifier stands in /pks/v2/certs/by-X/ID. */
enum { AT_ID = 4 };

/* The draft had two names for one thing; who asks for the old one gets it. */
static const struct get_form *
form_of(struct request *req, struct reply *reply)
{
	static const struct get_form bare = {REPLY_BINARY, "pgp", "pgp", false};
	static const struct get_form keys = {
		REPLY_BARE_KEYS, "pgp", "keys", false};
	struct bytes accept = req->head.accept;
	int weight = accept_weight(accept, "application/pgp-keys");

	reply->varies = true;
	return weight > 0 && weight >= accept_weight(accept, "application/pgp")
		       ? &keys
		       : &bare;
}

static enum status
nothing(struct reply *reply)
{
	err_set(&reply->err, "No keys found");
	return STATUS_NOT_FOUND;
}

/* Two digits, and what they say of the length that follows. */
static bool
read_version(struct bytes digits, size_t length, uint8_t *version)
{
	uint8_t octet;
	size_t n;

	if (digits.len != 2 || hex_read(digits, &octet, 1, &n) != STATUS_OK)
		return false;
	*version = octet;
	return (octet == 4 && length == 40) ||
	       ((octet == 5 || octet == 6) && length == 64);
}

enum status
v2_by_vfingerprint(struct request *req, struct reply *reply)
{
	struct bytes version = req->segments[AT_ID], digits;
	struct find *f;
	enum status st;

	if (req->segment_count > AT_ID + 1) {
		digits = req->segments[AT_ID + 1];
	} else {
		if (version.len < 2)
			return nothing(reply);
		digits = bytes_make(version.data + 2, version.len - 2);
		version.len = 2;
	}
	st = find_new(
		req, form_of(req, reply), req->services->settings->max_get, &f);
	if (st != STATUS_OK)
		return st;
	if (!read_version(version, digits.len, &f->version) ||
		find_set_fingerprint(req, f, digits) != STATUS_OK)
		return nothing(reply);
	return find_run(req, reply, f);
}

enum status
v2_by_keyid(struct request *req, struct reply *reply)
{
	struct find *f;
	enum status st;

	st = find_new(
		req, form_of(req, reply), req->services->settings->max_get, &f);
	if (st != STATUS_OK)
		return st;
	if (find_set_key_id(f, req->segments[AT_ID]) != STATUS_OK)
		return nothing(reply);
	return find_run(req, reply, f);
}

enum status
v2_find_identity(struct request *req, struct reply *reply,
	struct bytes identity, struct find **f)
{
	enum status st;

	st = find_new(req, NULL, req->services->settings->max_identity, f);
	if (st == STATUS_OK)
		st = query_parse_identity(
			req->arena, identity, &(*f)->query, &reply->err);
	return st == STATUS_NOT_FOUND || st == STATUS_MALFORMED ? nothing(reply)
								: st;
}

enum status
v2_by_identity(struct request *req, struct reply *reply)
{
	struct find *f;
	enum status st;

	st = v2_find_identity(req, reply, req->segments[AT_ID], &f);
	if (st != STATUS_OK)
		return st;
	f->form = form_of(req, reply);
	return find_run(req, reply, f);
}
