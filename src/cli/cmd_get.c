/* keypost get: certificates as armor, binary or JSON. */
#include <stdio.h>
#include <stdlib.h>

#include "cli/find.h"
#include "pgp/armor.h"

static enum status
write_armor(struct buf *out, const struct bytes *parts, size_t n)
{
	return armor_write(out, parts, n, NULL, true);
}

static void
put_json(const struct cert_row *row)
{
	char hex[FINGERPRINT_HEX_MAX];
	struct buf armor;
	char id[17];

	buf_init(&armor, 0);
	if (write_armor(&armor, &row->octets, 1) != STATUS_OK) {
		buf_done(&armor);
		return;
	}
	fingerprint_hex(&row->id.fpr, hex);
	snprintf(id, sizeof(id), "%016llX", (unsigned long long)row->key_id);
	cli_json(json_pack("{s:s, s:s, s:i, s:I, s:I, s:s%}", "fingerprint",
		hex, "keyid", id, "version", (int)row->id.fpr.version,
		"updated", (json_int_t)row->updated, "octets",
		(json_int_t)row->octets.len, "armor", (const char *)armor.data,
		armor.len));
	buf_done(&armor);
}

static enum status
write_rows(const struct cli *c, const struct found *f, struct buf *out)
{
	struct bytes *parts = xcalloc(f->rows.count + 1, sizeof(*parts));
	enum status st = STATUS_OK;

	for (size_t i = 0; i < f->rows.count; i++)
		parts[i] = f->rows.list[i].octets;
	if (!cli_has(c, CLI_BINARY))
		st = write_armor(out, parts, f->rows.count);
	for (size_t i = 0;
		cli_has(c, CLI_BINARY) && i < f->rows.count && st == STATUS_OK;
		i++)
		st = buf_put(out, parts[i]);
	free(parts);
	return st;
}

enum cli_exit
cmd_get(struct cli *c)
{
	struct found f;
	enum cli_exit code;
	struct buf out;

	if (c->word_count == 0)
		return CLI_USAGE;
	code = find_certs(c, &f);
	buf_init(&out, 0);
	if (code == CLI_YES && cli_has(c, CLI_JSON)) {
		for (size_t i = 0; i < f.rows.count; i++)
			put_json(&f.rows.list[i]);
	} else if (code == CLI_YES) {
		if (write_rows(c, &f, &out) != STATUS_OK ||
			fwrite(out.data, 1, out.len, stdout) != out.len)
			code = CLI_NO;
	}
	buf_done(&out);
	find_done(&f);
	return code;
}
