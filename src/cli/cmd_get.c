/* keypost get: certificates as armor, binary or JSON; what is served of them,
 * since what leaves this way is passed on, too. */
#include <stdio.h>
#include <stdlib.h>

#include "cli/find.h"
#include "lookup/present.h"
#include "pgp/armor.h"

static enum status
write_armor(struct buf *out, const struct bytes *parts, size_t n)
{
	return armor_write(out, parts, n, NULL, true);
}

static void
put_json(const struct cert_row *row, struct bytes octets)
{
	char hex[FINGERPRINT_HEX_MAX];
	struct buf armor;
	char id[17];

	buf_init(&armor, 0);
	if (write_armor(&armor, &octets, 1) != STATUS_OK) {
		buf_done(&armor);
		return;
	}
	fingerprint_hex(&row->id.fpr, hex);
	snprintf(id, sizeof(id), "%016llX", (unsigned long long)row->key_id);
	cli_json(json_pack("{s:s, s:s, s:i, s:I, s:I, s:s%}", "fingerprint",
		hex, "keyid", id, "version", (int)row->id.fpr.version,
		"updated", (json_int_t)row->updated, "octets",
		(json_int_t)octets.len, "armor", (const char *)armor.data,
		armor.len));
	buf_done(&armor);
}

static enum status
write_parts(const struct cli *c, const struct bytes *parts, size_t n)
{
	enum status st = STATUS_OK;
	struct buf out;

	buf_init(&out, 0);
	if (!cli_has(c, CLI_BINARY))
		st = write_armor(&out, parts, n);
	for (size_t i = 0; cli_has(c, CLI_BINARY) && i < n && st == STATUS_OK;
		i++)
		st = buf_put(&out, parts[i]);
	if (st == STATUS_OK && fwrite(out.data, 1, out.len, stdout) != out.len)
		st = STATUS_IO;
	buf_done(&out);
	return st;
}

static enum cli_exit
write_found(const struct cli *c, const struct found *f)
{
	struct bytes *parts = xcalloc(f->rows.count + 1, sizeof(*parts));
	enum status st = STATUS_OK;
	struct err err = {""};

	for (size_t i = 0; i < f->rows.count && st == STATUS_OK; i++)
		st = present_octets(f->arena, &f->rows.list[i],
			c->conf->http.redact_hard_revoked, &parts[i], &err);
	if (st != STATUS_OK)
		cli_say("%s", err.text[0] != '\0' ? err.text : status_name(st));
	else if (cli_has(c, CLI_JSON))
		for (size_t i = 0; i < f->rows.count; i++)
			put_json(&f->rows.list[i], parts[i]);
	else
		st = write_parts(c, parts, f->rows.count);
	free(parts);
	return st == STATUS_OK ? CLI_YES : CLI_NO;
}

enum cli_exit
cmd_get(struct cli *c)
{
	struct found f;
	enum cli_exit code;

	if (c->word_count == 0)
		return CLI_USAGE;
	code = find_certs(c, &f);
	if (code == CLI_YES)
		code = write_found(c, &f);
	find_done(&f);
	return code;
}
