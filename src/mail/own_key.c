#include "mail/own_key.h"

#include <stdio.h>
#include <string.h>

#include "base/hex.h"
#include "mail/key_file.h"
#include "pgp/armor.h"
#include "pgp/crypto.h"

enum { CERT_MAX = 2048, SIGNATURE_MAX = 512 };

static const struct key_file file = {
	"mail.key", "keypost mail 1", "the key of our mail"};

enum status
own_key_open(
	const char *folder, uint32_t now, struct own_key *own, struct err *err)
{
	enum status st;

	memset(own, 0, sizeof(*own));
	st = key_file_read(&file, folder, &own->key, NULL, err);
	if (st != STATUS_NOT_FOUND)
		return st;
	own->key.created = now;
	crypto_random(own->key.secret, SIGN_SECRET);
	return key_file_write(&file, folder, &own->key, "", err);
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
