#include "mail/canary_key.h"

#include <inttypes.h>
#include <stdio.h>
#include <string.h>

#include "mail/key_file.h"
#include "pgp/crypto.h"

#define FORM "signed %" PRIu32 "\nuser-id %s\n"
#define READ_FORM "signed %10" SCNu32 "\nuser-id %400[^\n]%n"

static const struct key_file file = {
	"canary.key", "keypost canary 1", "a canary's key"};

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
	char rest[KEY_FILE_MAX];
	int end = 0;
	enum status st;

	memset(key, 0, sizeof(*key));
	st = key_file_read(&file, folder, &key->key, rest, err);
	if (st == STATUS_NOT_FOUND) {
		make(host, now, key);
		return STATUS_OK;
	}
	if (st == STATUS_OK && (sscanf(rest, READ_FORM, &key->signed_at,
					key->user_id, &end) != 2 ||
				       strcmp(rest + end, "\n") != 0))
		st = key_file_refuse(&file, folder, err);
	return st;
}

enum status
canary_key_write(
	const char *folder, const struct canary_key *key, struct err *err)
{
	char rest[KEY_FILE_MAX];

	(void)snprintf(rest, sizeof(rest), FORM, key->signed_at, key->user_id);
	return key_file_write(&file, folder, &key->key, rest, err);
}

void
canary_key_wipe(struct canary_key *key)
{
	explicit_bzero(key, sizeof(*key));
}
