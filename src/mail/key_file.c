#include "mail/key_file.h"

#include <inttypes.h>
#include <limits.h>
#include <stdio.h>
#include <string.h>

#include "base/file.h"
#include "base/hex.h"

enum { HEX_MAX = 2 * SIGN_SECRET + 1 };

static enum status
path_of(const struct key_file *f, const char *folder, char out[PATH_MAX],
	struct err *err)
{
	int n = snprintf(out, PATH_MAX, "%s/%s", folder, f->name);

	if (n > 0 && n < PATH_MAX)
		return STATUS_OK;
	err_set(err, "the data folder's path is too long");
	return STATUS_IO;
}

/* Behind the first line. NULL: it is none of these. */
static const char *
parse_key(const char *text, struct sign_key *key)
{
	char hex[HEX_MAX] = "";
	uint8_t secret[SIGN_SECRET];
	uint32_t created = 0;
	int end = 0;
	size_t len = 0;

	if (sscanf(text, "created %10" SCNu32 "\nsecret %64[0-9a-f]%n",
		    &created, hex, &end) == 2 &&
		text[end] == '\n' &&
		hex_read(bytes_of(hex), secret, sizeof(secret), &len) ==
			STATUS_OK &&
		len == sizeof(secret)) {
		key->created = created;
		memcpy(key->secret, secret, sizeof(secret));
		text += end + 1;
	} else {
		text = NULL;
	}
	explicit_bzero(hex, sizeof(hex));
	explicit_bzero(secret, sizeof(secret));
	return text;
}

static enum status
parse(const struct key_file *f, const char *text, struct sign_key *key,
	char *rest)
{
	size_t kind = strlen(f->kind);
	struct sign_key found;

	if (strncmp(text, f->kind, kind) != 0 || text[kind] != '\n')
		return STATUS_MALFORMED;
	text = parse_key(text + kind + 1, &found);
	if (text == NULL || (rest == NULL && *text != '\0'))
		return STATUS_MALFORMED;
	*key = found;
	explicit_bzero(&found, sizeof(found));
	if (rest != NULL)
		(void)snprintf(rest, KEY_FILE_MAX, "%s", text);
	return STATUS_OK;
}

enum status
key_file_refuse(const struct key_file *f, const char *folder, struct err *err)
{
	err_set(err, "%s/%s: not %s", folder, f->name, f->what);
	return STATUS_MALFORMED;
}

enum status
key_file_read(const struct key_file *f, const char *folder,
	struct sign_key *key, char rest[KEY_FILE_MAX], struct err *err)
{
	char path[PATH_MAX];
	struct buf text;
	enum status st = path_of(f, folder, path, err);

	buf_init(&text, KEY_FILE_MAX);
	if (st == STATUS_OK)
		st = file_read(path, KEY_FILE_MAX - 1, &text, err);
	if (st == STATUS_OK)
		st = buf_put_u8(&text, '\0');
	if (st == STATUS_OK)
		st = parse(f, (const char *)text.data, key, rest);
	if (st == STATUS_MALFORMED || st == STATUS_LIMIT)
		st = key_file_refuse(f, folder, err);
	buf_wipe(&text);
	buf_done(&text);
	return st;
}

enum status
key_file_write(const struct key_file *f, const char *folder,
	const struct sign_key *key, const char *rest, struct err *err)
{
	char path[PATH_MAX], hex[HEX_MAX];
	struct buf text;
	enum status st = path_of(f, folder, path, err);

	buf_init(&text, KEY_FILE_MAX - 1);
	hex_write_lower(bytes_make(key->secret, SIGN_SECRET), hex);
	if (st == STATUS_OK)
		st = buf_printf(&text, "%s\ncreated %" PRIu32 "\nsecret %s\n%s",
			f->kind, key->created, hex, rest);
	if (st == STATUS_OK)
		st = file_replace(path, buf_view(&text), 0600, err);
	explicit_bzero(hex, sizeof(hex));
	buf_wipe(&text);
	buf_done(&text);
	return st;
}
