#include "mail/relay_tls.h"

#include <string.h>

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
