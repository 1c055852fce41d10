#include "mailagent/relay_url.h"

#include <stdio.h>
#include <string.h>

static const struct scheme {
	const char *scheme;
	bool is_lmtp, is_tls;
	const char *before; /* of what base/net.h reads */
	const char *port;
} schemes[] = {
	{"lmtp+unix:", true, false, "unix:", NULL},
	{"lmtp://", true, false, "", ":24"},
	{"smtps://", false, true, "", ":465"},
	{"smtp://", false, false, "", ":25"},
};

/* [::1] has colons and no port. */
static bool
has_port(const char *host)
{
	const char *end = strchr(host, ']');

	return strchr(end != NULL ? end : host, ':') != NULL;
}

enum status
relay_url_read(const char *text, struct relay_url *url, struct err *err)
{
	char at[400];
	const char *rest;

	for (size_t i = 0; i < sizeof(schemes) / sizeof(schemes[0]); i++) {
		const struct scheme *s = &schemes[i];
		size_t n = strlen(s->scheme);

		if (strncmp(text, s->scheme, n) != 0)
			continue;
		rest = text + n;
		url->is_lmtp = s->is_lmtp;
		url->is_tls = s->is_tls;
		snprintf(at, sizeof(at), "%s%s%s", s->before, rest,
			s->port != NULL && !has_port(rest) ? s->port : "");
		return endpoint_parse(at, &url->at, err);
	}
	err_set(err, "this kind of relay is not supported: %.100s", text);
	return STATUS_UNSUPPORTED;
}
