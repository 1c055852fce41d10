#include "http/keys/v2_index.h"

#include "base/clock.h"
#include "http/keys/describe.h"
#include "http/keys/find.h"
#include "http/keys/index_json.h"
#include "http/keys/v2_certs.h"

enum { AT_ID = 3 /* in /pks/v2/index/ID */ };

static enum status
write_index(struct request *req, struct reply *reply, const struct find *f,
	struct cert_rows *rows)
{
	struct index_cert *certs;
	enum status st;

	if (rows->count > f->limits.max_results)
		rows->count = f->limits.max_results;
	st = describe_rows(req, reply, rows, clock_wall_s(), true, &certs);
	if (st != STATUS_OK)
		return st;
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
