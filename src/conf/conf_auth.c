#include "conf/conf_auth.h"

#include <string.h>

/* It becomes a part of an address. */
static bool
is_tag(const char *text)
{
	static const char letters[] = "abcdefghijklmnopqrstuvwxyz"
				      "ABCDEFGHIJKLMNOPQRSTUVWXYZ0123456789-_";
	size_t n = strspn(text, letters);

	return text[n] == '\0' && n >= 12 && n <= 64;
}

enum status
conf_check_auth(const struct mail_settings *mail,
	const struct peer_settings *peer, const char **key, struct err *err)
{
	bool needs =
		peer->auth == PEER_AUTH_HMAC || peer->auth == PEER_AUTH_OPENPGP;

	*key = "auth_key";
	if (needs != (*peer->auth_key != '\0')) {
		err_set(err, needs ? "this auth needs it, and it is not set"
				   : "only hmac and openpgp use it");
		return STATUS_MALFORMED;
	}
	*key = "auth_tag";
	if (*peer->auth_tag != '\0' && peer->auth != PEER_AUTH_TRANSPORT) {
		err_set(err, "only auth = transport uses it");
		return STATUS_MALFORMED;
	}
	if (*peer->auth_tag != '\0' && !is_tag(peer->auth_tag)) {
		err_set(err, "12 to 64 letters, digits, - and _");
		return STATUS_MALFORMED;
	}
	*key = "auth";
	if (peer->auth != PEER_AUTH_RESULTS || *mail->authserv_id != '\0')
		return STATUS_OK;
	err_set(err, "auth-results needs [mail] authserv_id, which is not set");
	return STATUS_MALFORMED;
}
