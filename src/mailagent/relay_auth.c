#include "mailagent/relay_auth.h"

#include <string.h>

#include "mailagent/password.h"
#include "mailagent/relay_hello.h"

/* From the best on. */
static const struct mechanism {
	const char *name;
	bool shows_password;
} mechanisms[] = {
	{"SCRAM-SHA-256", false},
	{"SCRAM-SHA-1", false},
	{"CRAM-MD5", false},
	{"PLAIN", true},
	{"LOGIN", true},
};

enum { MECHANISMS = sizeof(mechanisms) / sizeof(mechanisms[0]) };

/* False: this side lacks the mechanism, nothing was sent. */
static bool
try_mechanism(mailsmtp *session, const struct relay_login *login,
	const char *name, const char *password, enum status *st)
{
	int r;

	session->response_code = 0;
	r = mailesmtp_auth_sasl(session, name, login->host, NULL, NULL,
		login->user, login->user, password, NULL);
	if (session->response_code == 0 && r != MAILSMTP_ERROR_STREAM)
		return false;
	if (session->response_code == 235)
		*st = STATUS_OK;
	else
		*st = session->response_code >= 400 ? STATUS_REJECTED
						    : STATUS_CLOSED;
	return true;
}

static enum status
refuse(const struct relay_login *login, bool hidden, struct err *err)
{
	if (hidden)
		err_set(err,
			"the relay offers %.60s only, which need verified TLS",
			login->offered);
	else if (*login->offered == '\0')
		err_set(err, "the relay offers no AUTH, and a user is set");
	else
		err_set(err, "the relay offers no AUTH that we know: %.100s",
			login->offered);
	return STATUS_UNSUPPORTED;
}

enum status
relay_auth(mailsmtp *session, const struct relay_login *login, struct err *err)
{
	char password[RELAY_PASSWORD_MAX + 2]; /* password.h */
	bool hidden = false, done = false;
	enum status st;

	if (strlen(login->user) > RELAY_USER_MAX) {
		err_set(err, "the user's name is longer than %d octets",
			RELAY_USER_MAX);
		return STATUS_IO;
	}
	st = password_read(
		login->password_file, password, sizeof(password), err);
	if (st != STATUS_OK)
		return st;
	for (size_t i = 0; i < MECHANISMS && !done; i++) {
		const struct mechanism *m = &mechanisms[i];

		if (!relay_hello_has(login->offered, m->name))
			continue;
		if (m->shows_password && !login->verified)
			hidden = true;
		else
			done = try_mechanism(
				session, login, m->name, password, &st);
	}
	explicit_bzero(password, sizeof(password));
	return done ? st : refuse(login, hidden, err);
}
