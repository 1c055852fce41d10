#include "mail/own_key.h"

#include <inttypes.h>
#include <limits.h>
#include <stdio.h>
#include <string.h>

#include "base/file.h"
#include "base/hex.h"
#include "pgp/armor.h"
#include "pgp/crypto.h"

#define FORM "keypost mail 1\ncreated %" PRIu32 "\nsecret %s\n"
#define READ_FORM "keypost mail 1\ncreated %10" SCNu32 "\nsecret %64[0-9a-f]%n"

enum {
	FILE_MAX = 1024,
	HEX_MAX = 2 * SIGN_SECRET + 1,
	CERT_MAX = 2048,
	SIGNATURE_MAX = 512
};

static enum status
parse(const char *text, struct own_key *own)
{
	char hex[HEX_MAX];
	enum status st = STATUS_MALFORMED;
	int end = 0;
	size_t len = 0;

	if (sscanf(text, READ_FORM, &own->key.created, hex, &end) == 2 &&
		strcmp(text + end, "\n") == 0 &&
		hex_read(bytes_of(hex), own->key.secret, SIGN_SECRET, &len) ==
			STATUS_OK &&
		len == SIGN_SECRET)
		st = STATUS_OK;
	explicit_bzero(hex, sizeof(hex));
	return st;
}

static enum status
make(const char *path, uint32_t now, struct own_key *own, struct err *err)
{
	char hex[HEX_MAX];
	struct buf text;
	enum status st;

	own->key.created = now;
	crypto_random(own->key.secret, SIGN_SECRET);
	hex_write_lower(bytes_make(own->key.secret, SIGN_SECRET), hex);
	buf_init(&text, FILE_MAX);
	st = buf_printf(&text, FORM, own->key.created, hex);
	if (st == STATUS_OK)
		st = file_replace(path, buf_view(&text), 0600, err);
	explicit_bzero(hex, sizeof(hex));
	buf_wipe(&text);
	buf_done(&text);
	return st;
}

enum status
own_key_open(
	const char *folder, uint32_t now, struct own_key *own, struct err *err)
{
	char path[PATH_MAX];
	struct buf text;
	enum status st;
	int n = snprintf(path, sizeof(path), "%s/mail.key", folder);

	memset(own, 0, sizeof(*own));
	if (n <= 0 || (size_t)n >= sizeof(path)) {
		err_set(err, "the data folder's path is too long");
		return STATUS_IO;
	}
	buf_init(&text, FILE_MAX + 1);
	st = file_read(path, FILE_MAX, &text, err);
	if (st == STATUS_OK)
		st = buf_put_u8(&text, '\0');
	if (st == STATUS_OK)
		st = parse((const char *)text.data, own);
	if (st == STATUS_MALFORMED || st == STATUS_LIMIT) {
		err_set(err, "%s: not the key of our mail", path);
		st = STATUS_MALFORMED;
	}
	buf_wipe(&text);
	buf_done(&text);
	return st == STATUS_NOT_FOUND ? make(path, now, own, err) : st;
}

void
own_key_wipe(struct own_key *own)
{
	explicit_bzero(own, sizeof(*own));
}

enum status
own_key_certificate(const struct own_key *own, const char *address,
	struct buf *out, struct err *err)
{
	char user_id[SIGN_USER_ID_MAX + 1];
	struct bytes view;
	struct buf cert;
	enum status st;

	(void)snprintf(user_id, sizeof(user_id),
		"keypost (signs its letters) <%s>", address);
	buf_init(&cert, CERT_MAX);
	st = sign_certificate(&own->key, user_id,
		SIGN_MAY_CERTIFY | SIGN_MAY_SIGN, own->key.created, &cert, err);
	view = buf_view(&cert);
	if (st == STATUS_OK)
		st = armor_write(out, &view, 1, NULL, true);
	buf_done(&cert);
	return st;
}

enum status
own_key_sign(const struct own_key *own, struct bytes octets, uint32_t when,
	struct buf *out)
{
	struct buf packet;
	struct err err;
	enum status st;

	buf_init(&packet, SIGNATURE_MAX);
	st = sign_octets(&own->key, octets, when, &packet, &err);
	if (st == STATUS_OK)
		st = armor_write_signature(out, buf_view(&packet));
	buf_done(&packet);
	return st;
}

void
own_key_mark(const struct own_key *own, const char *store, const char *peer,
	const char *id, char out[OWN_MARK_SIZE])
{
	/* With their NULs, so that none runs into the next. */
	const struct bytes parts[] = {
		bytes_make("keypost bounce", sizeof("keypost bounce")),
		bytes_make(store, strlen(store) + 1),
		bytes_make(peer, strlen(peer) + 1), bytes_of(id)};
	struct digest d;

	crypto_hmac_sha256(bytes_make(own->key.secret, SIGN_SECRET), parts,
		sizeof(parts) / sizeof(parts[0]), &d);
	hex_write_lower(bytes_make(d.octets, OWN_MARK_SIZE / 2), out);
}
