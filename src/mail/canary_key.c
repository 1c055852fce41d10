#include "mail/canary_key.h"

#include <inttypes.h>
#include <limits.h>
#include <stdio.h>
#include <string.h>

#include "base/file.h"
#include "base/hex.h"
#include "pgp/crypto.h"

#define FORM                                                                   \
	"keypost canary 1\ncreated %" PRIu32 "\nsecret %s\nsigned %" PRIu32    \
	"\nuser-id %s\n"
#define READ_FORM                                                              \
	"keypost canary 1\ncreated %10" SCNu32 "\nsecret %64[0-9a-f]\n"        \
	"signed %10" SCNu32 "\nuser-id %400[^\n]%n"

enum { FILE_MAX = 1024, HEX_MAX = 2 * SIGN_SECRET + 1 };

static enum status
path_of(const char *folder, char out[PATH_MAX], struct err *err)
{
	int n = snprintf(out, PATH_MAX, "%s/canary.key", folder);

	if (n > 0 && n < PATH_MAX)
		return STATUS_OK;
	err_set(err, "the data folder's path is too long");
	return STATUS_IO;
}

static enum status
parse(const char *text, struct canary_key *key)
{
	char hex[HEX_MAX];
	int end = 0;
	size_t len = 0;

	if (sscanf(text, READ_FORM, &key->key.created, hex, &key->signed_at,
		    key->user_id, &end) != 4 ||
		strcmp(text + end, "\n") != 0 ||
		hex_read(bytes_of(hex), key->key.secret, SIGN_SECRET, &len) !=
			STATUS_OK ||
		len != SIGN_SECRET)
		return STATUS_MALFORMED;
	return STATUS_OK;
}

/* A host's name fits, and its first labels say enough of one that does not. */
static void
make(const char *host, uint32_t now, struct canary_key *key)
{
	memset(key, 0, sizeof(*key));
	key->key.created = now;
	crypto_random(key->key.secret, SIGN_SECRET);
	(void)snprintf(key->user_id, sizeof(key->user_id),
		"keypost canary of %.180s (machine, do not write) "
		"<canary@%.100s>",
		host, host);
}

enum status
canary_key_read(const char *folder, const char *host, uint32_t now,
	struct canary_key *key, struct err *err)
{
	char path[PATH_MAX];
	struct buf text;
	enum status st = path_of(folder, path, err);

	buf_init(&text, FILE_MAX + 1);
	if (st == STATUS_OK)
		st = file_read(path, FILE_MAX, &text, err);
	if (st == STATUS_NOT_FOUND) {
		make(host, now, key);
		st = STATUS_OK;
	} else if (st == STATUS_OK || st == STATUS_LIMIT) {
		memset(key, 0, sizeof(*key));
		if (st == STATUS_OK)
			st = buf_put_u8(&text, '\0');
		if (st != STATUS_OK ||
			parse((const char *)text.data, key) != STATUS_OK) {
			err_set(err, "%s: not a canary's key", path);
			st = STATUS_MALFORMED;
		}
	}
	buf_wipe(&text);
	buf_done(&text);
	return st;
}

enum status
canary_key_write(
	const char *folder, const struct canary_key *key, struct err *err)
{
	char path[PATH_MAX], hex[HEX_MAX];
	struct buf text;
	enum status st = path_of(folder, path, err);

	buf_init(&text, FILE_MAX);
	hex_write_lower(bytes_make(key->key.secret, SIGN_SECRET), hex);
	if (st == STATUS_OK)
		st = buf_printf(&text, FORM, key->key.created, hex,
			key->signed_at, key->user_id);
	if (st == STATUS_OK)
		st = file_replace(path, buf_view(&text), 0600, err);
	explicit_bzero(hex, sizeof(hex));
	buf_wipe(&text);
	buf_done(&text);
	return st;
}

void
canary_key_wipe(struct canary_key *key)
{
	explicit_bzero(key, sizeof(*key));
}
