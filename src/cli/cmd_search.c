/* keypost search: who matches, as a listing or JSON. */
#include <stdio.h>

#include "base/clock.h"
#include "cli/find.h"
#include "lookup/listing.h"

/* User IDs are octets; JSON wants UTF-8. */
static json_t *
json_text(struct bytes b)
{
	json_t *j = json_stringn((const char *)b.data, b.len);
	struct buf latin;

	if (j != NULL)
		return j;
	buf_init(&latin, 0);
	for (size_t i = 0; i < b.len; i++) {
		uint8_t o = b.data[i];

		if ((o >= 0x80 ? buf_put_u8(&latin, (uint8_t)(0xc0 | o >> 6))
			       : STATUS_OK) != STATUS_OK ||
			buf_put_u8(&latin,
				o >= 0x80 ? (uint8_t)(0x80 | (o & 0x3f)) : o) !=
				STATUS_OK)
			break;
	}
	j = json_stringn((const char *)latin.data, latin.len);
	buf_done(&latin);
	return j;
}

static json_t *
describe(const struct index_cert *cert)
{
	char hex[FINGERPRINT_HEX_MAX];
	json_t *uids = json_array();
	json_t *j;

	fingerprint_hex(&cert->row->id.fpr, hex);
	for (size_t i = 0; i < cert->user_id_count; i++) {
		const struct index_part *u = &cert->user_ids[i];

		(void)json_array_append_new(uids,
			json_pack("{s:o, s:b, s:b, s:b}", "text",
				json_text(u->text), "valid", u->valid,
				"revoked", u->revoked, "expired", u->expired));
	}
	j = json_pack("{s:s, s:i, s:I, s:I, s:b, s:b, s:o}", "fingerprint", hex,
		"version", (int)cert->row->id.fpr.version, "created",
		(json_int_t)cert->created, "expires", (json_int_t)cert->expires,
		"revoked", cert->revoked, "expired", cert->expired, "user_ids",
		uids);
	return j;
}

static enum status
show(struct cli *c, const struct found *f, struct err *err)
{
	bool verbose = cli_has(c, CLI_VERBOSE);
	const struct listing_wish wish = {
		.now = clock_wall_s(), .signatures = verbose};
	struct index_cert *certs;
	enum status st;
	struct buf out;

	st = listing_make(f->store, &f->rows, &wish, f->arena, &certs, err);
	if (st != STATUS_OK)
		return st;
	if (cli_has(c, CLI_JSON)) {
		for (size_t i = 0; i < f->rows.count; i++)
			cli_json(describe(&certs[i]));
		return STATUS_OK;
	}
	buf_init(&out, 0);
	st = index_write_plain(&out, certs, f->rows.count, verbose);
	if (st == STATUS_OK)
		(void)fwrite(out.data, 1, out.len, stdout);
	buf_done(&out);
	return st;
}

enum cli_exit
cmd_search(struct cli *c)
{
	struct err err = {""};
	struct found f;
	enum cli_exit code;
	enum status st;

	if (c->word_count == 0)
		return CLI_USAGE;
	code = find_certs(c, &f);
	if (code == CLI_YES) {
		st = show(c, &f, &err);
		if (st != STATUS_OK) {
			cli_say("%s", err.text[0] != '\0' ? err.text
							  : status_name(st));
			code = CLI_NO;
		}
	}
	find_done(&f);
	return code;
}
