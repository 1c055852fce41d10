#include "mail/relay_tls.h"

#include <string.h>

#include "base/frame.h"

/* "127.0.0.1:25", but not a name that begins like it. */
static bool
is_loopback4(const char *host)
{
	return strncmp(host, "127.", 4) == 0 &&
	       host[strspn(host, "0123456789.")] == ':';
}

/* Octets to such a relay never leave the machine. */
static bool
is_on_this_host(const char *relay)
{
	static const char *const hosts[] = {"[::1]:", "localhost:"};
	const char *host = strstr(relay, "://");

	if (host == NULL)
		return strncmp(relay, "lmtp+unix:", 10) == 0;
	host += 3;
	for (size_t i = 0; i < sizeof(hosts) / sizeof(hosts[0]); i++) {
		if (strncmp(host, hosts[i], strlen(hosts[i])) == 0)
			return true;
	}
	return strncmp(relay, "lmtp+unix:", 10) == 0 || is_loopback4(host);
}

enum relay_tls
relay_tls_for(const struct mail_settings *settings, const char *relay)
{
	if (settings->tls_local_clear && is_on_this_host(relay))
		return RELAY_TLS_NONE;
	return settings->tls;
}

static enum relay_tls
tls_for(const struct mail_settings *settings, const struct peer_settings *peer,
	const struct relay_way *way)
{
	enum relay_tls tls = relay_tls_for(settings, way->relay);

	/* Who pins a certificate wants to see it. */
	if (*way->pin != '\0')
		tls = settings->tls;
	if (peer != NULL && peer->tls != RELAY_TLS_AS_MAIL)
		tls = (enum relay_tls)peer->tls;
	if (tls == RELAY_TLS_NONE && strncmp(way->relay, "smtps:", 6) == 0)
		tls = RELAY_TLS_REQUIRED;
	return tls;
}

static const char *
text_of(const char *text)
{
	return text != NULL ? text : "";
}

void
relay_way_for(const struct mail_settings *settings,
	const struct peer_settings *peer, struct relay_way *way)
{
	bool own = peer != NULL && *peer->relay != '\0';
	const struct relay_access *a = own ? &peer->access : &settings->access;

	way->relay = own ? peer->relay : settings->relay;
	way->user = text_of(a->user);
	way->password_file = text_of(a->password_file);
	way->pin = text_of(a->pin);
	way->ca = text_of(own ? peer->tls_ca : NULL);
	if (*way->ca == '\0')
		way->ca = text_of(settings->tls_ca);
	way->tls = tls_for(settings, own ? peer : NULL, way);
}

enum status
relay_way_put(const struct relay_way *way, struct buf *payload)
{
	const struct {
		enum send_field name;
		const char *text;
	} texts[] = {{SEND_RELAY, way->relay}, {SEND_USER, way->user},
		{SEND_PASSWORD_FILE, way->password_file}, {SEND_CA, way->ca},
		{SEND_PIN, way->pin}};
	enum status st =
		frame_put_number(payload, SEND_TLS, (uint64_t)way->tls);

	for (size_t i = 0; i < sizeof(texts) / sizeof(texts[0]); i++) {
		if (st == STATUS_OK && *texts[i].text != '\0')
			st = frame_put_field(payload, (uint8_t)texts[i].name,
				bytes_of(texts[i].text));
	}
	return st;
}
