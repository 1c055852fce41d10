/* keypost config: is it right, and what is in force. */
#include <stdio.h>
#include <string.h>
#include <unistd.h>

#include "base/clock.h"
#include "base/net.h"
#include "cli/cli.h"
#include "mail/relay_tls.h"

static void
show_line(void *ctx, const char *section, const char *key, const char *value,
	const char *origin)
{
	const struct cli *c = ctx;

	if (cli_has(c, CLI_JSON))
		cli_json(json_pack("{s:s, s:s, s:s, s:s}", "section", section,
			"key", key, "value", value, "origin", origin));
	else if (!cli_has(c, CLI_QUIET) || strcmp(origin, "default") != 0)
		printf("[%s] %s = %s%s; %s\n", section, key, value,
			*value != '\0' ? "  " : " ", origin);
}

/* Is somebody there? TLS is not tried. */
static bool
probe(const char *what, const char *relay)
{
	struct endpoint ep = {.is_unix = true};
	struct err err = {""};
	enum status st = STATUS_OK;
	int fd;

	if (strncmp(relay, "lmtp+unix:", 10) == 0)
		snprintf(ep.host, sizeof(ep.host), "%s", relay + 10);
	else
		st = endpoint_parse(strstr(relay, "://") + 3, &ep, &err);
	if (st == STATUS_OK)
		st = net_connect(&ep, clock_mono_ms() + 10000, &fd, &err);
	if (st == STATUS_OK)
		close(fd);
	else
		cli_say("%s: %s: %s", what, relay, err.text);
	return st == STATUS_OK;
}

static const char *
relay_of(const struct mail_settings *m, size_t peer)
{
	const char *own = m->peers[peer].relay;

	return *own != '\0' ? own : m->relay;
}

/* No fault of the file, but no letter would leave. */
static void
warn_of_tls(const struct mail_settings *m)
{
	for (size_t i = 0; i < m->peer_count; i++) {
		const char *relay = relay_of(m, i);

		if (relay_tls_for(m, relay) != RELAY_TLS_REQUIRED)
			continue;
		cli_say("[peer %s]: its letters will wait: %s requires TLS, "
			"which this version cannot verify; hand them to a "
			"relay on this host, or see tls in keypost.conf(5)",
			m->peers[i].name, relay);
	}
}

static enum cli_exit
probe_relays(const struct mail_settings *m)
{
	bool all = true;

	for (size_t i = 0; i < m->peer_count; i++)
		all = probe(m->peers[i].name, relay_of(m, i)) && all;
	return all ? CLI_YES : CLI_NO;
}

enum cli_exit
cmd_config(struct cli *c)
{
	enum cli_exit code;
	bool show;

	if (c->word_count != 1)
		return CLI_USAGE;
	show = strcmp(c->words[0], "show") == 0;
	if (!show && strcmp(c->words[0], "check") != 0)
		return CLI_USAGE;
	code = cli_load_conf(c);
	if (code != CLI_YES)
		return code;
	if (!show)
		warn_of_tls(&c->conf->mail);
	if (show)
		conf_show(c->conf, show_line, c);
	else if (cli_has(c, CLI_PROBE))
		code = probe_relays(&c->conf->mail);
	if (!show && code == CLI_YES && cli_has(c, CLI_JSON))
		cli_json(json_pack(
			"{s:b, s:s?}", "ok", 1, "file", c->conf->path));
	else if (!show && code == CLI_YES && !cli_has(c, CLI_QUIET))
		printf("%s: ok, %zu peer%s\n",
			c->conf->path != NULL ? c->conf->path
					      : "no configuration file",
			c->conf->mail.peer_count,
			cli_s(c->conf->mail.peer_count));
	return code;
}
