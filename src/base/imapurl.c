#include "base/imapurl.h"

#include <stdio.h>
#include <string.h>

#include "base/hex.h"

static const struct {
	const char *scheme;
	bool is_tls;
	const char *port;
} schemes[] = {{"imaps://", true, ":993"}, {"imap://", false, ":143"}};

/* %XX becomes the octet; printable ASCII only, for it goes into a command. */
static bool
decode(struct bytes in, char *out, size_t size)
{
	size_t n = 0;

	for (size_t i = 0; i < in.len; i++) {
		int c = in.data[i];

		if (c == '%') {
			int high = -1, low = -1;

			if (in.len - i > 2) {
				high = hex_digit(in.data[i + 1]);
				low = hex_digit(in.data[i + 2]);
			}
			if (high < 0 || low < 0)
				return false;
			c = high * 16 + low;
			i += 2;
		}
		if (c < 0x20 || c > 0x7e || n + 1 >= size)
			return false;
		out[n++] = (char)c;
	}
	out[n] = '\0';
	return n > 0;
}

static enum status
parse_host(struct bytes host, const char *port, struct endpoint *at,
	struct err *err)
{
	char text[300];
	bool has_port;
	const uint8_t *colon;

	if (host.len == 0 || host.len + 8 > sizeof(text)) {
		err_set(err, "no host in it");
		return STATUS_MALFORMED;
	}
	colon = memrchr(host.data, ':', host.len);
	/* The colons of [::1] are none of a port. */
	has_port = colon != NULL &&
		   memchr(colon, ']', host.len - (size_t)(colon - host.data)) ==
			   NULL;
	snprintf(text, sizeof(text), "%.*s%s", (int)host.len,
		(const char *)host.data, has_port ? "" : port);
	if (strncmp(text, "unix:", 5) == 0) {
		err_set(err, "a host, not a socket");
		return STATUS_MALFORMED;
	}
	return endpoint_parse(text, at, err);
}

enum status
imap_url_parse(const char *text, struct imap_url *url, struct err *err)
{
	size_t which = 0, n = sizeof(schemes) / sizeof(schemes[0]);
	const char *rest, *slash, *at;
	struct imap_url u;

	while (which < n && strncmp(text, schemes[which].scheme,
				    strlen(schemes[which].scheme)) != 0)
		which++;
	if (which == n) {
		err_set(err, "'%.80s' is not imaps://USER@HOST/FOLDER", text);
		return STATUS_MALFORMED;
	}
	memset(&u, 0, sizeof(u));
	u.is_tls = schemes[which].is_tls;
	rest = text + strlen(schemes[which].scheme);
	slash = strchr(rest, '/');
	if (slash == NULL)
		slash = rest + strlen(rest);
	at = memchr(rest, '@', (size_t)(slash - rest));
	if (at == NULL || !decode(bytes_make(rest, (size_t)(at - rest)), u.user,
				  sizeof(u.user))) {
		err_set(err, "'%.80s' names no user (@ in it is %%40)", text);
		return STATUS_MALFORMED;
	}
	if (slash[0] == '\0' || slash[1] == '\0') {
		snprintf(u.folder, sizeof(u.folder), "INBOX");
	} else if (!decode(bytes_of(slash + 1), u.folder, sizeof(u.folder))) {
		err_set(err, "'%.80s': its folder is not plain ASCII", text);
		return STATUS_MALFORMED;
	}
	if (parse_host(bytes_make(at + 1, (size_t)(slash - at - 1)),
		    schemes[which].port, &u.at, err) != STATUS_OK)
		return STATUS_MALFORMED;
	*url = u;
	return STATUS_OK;
}
