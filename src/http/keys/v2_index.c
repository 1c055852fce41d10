#include "http/keys/v2_index.h"

#include "base/clock.h"
#include "http/keys/find.h"
#include "http/keys/index_json.h"
#include "http/keys/v2_certs.h"

enum { AT_ID = 3 /* in /pks/v2/index/ID */ };

static enum status
write_index(struct request *req, struct reply *reply, const struct find *f,
	struct cert_rows *rows)
{
	struct index_cert *certs;
	enum status st = STATUS_OK;
	size_t i;

	if (rows->count > f->limits.max_results)
		rows->count = f->limits.max_results;
	certs = arena_array(req->arena, rows->count, sizeof(*certs));
	if (certs == NULL)
		return STATUS_LIMIT;
	for (i = 0; st == STATUS_OK && i < rows->count; i++)
		st = index_describe(req->arena, &rows->list[i], clock_wall_s(),
			true, &certs[i], &reply->err);
	if (st == STATUS_MALFORMED) /* a damaged row is no fault of theirs */
		st = STATUS_IO;
	if (st != STATUS_OK)
		return st;
	reply_header_number(
		reply, req->arena, "X-HKP-Results-Count", rows->total);
	return index_json_write(req->arena, reply, certs, rows->count,
		INDEX_JSON_V2, f->limits.max_octets);
}

enum status
v2_index(struct request *req, struct reply *reply)
{
	struct find *f;
	enum status st;

	st = v2_find_identity(req, reply, req->segments[AT_ID], &f);
	if (st != STATUS_OK)
		return st;
	f->write = write_index;
	return find_run(req, reply, f);
}
