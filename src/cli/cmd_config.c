/* keypost config: is it right, and what is in force. */
#include <stdio.h>
#include <string.h>
#include <unistd.h>

#include "base/clock.h"
#include "base/net.h"
#include "cli/cli.h"
#include "cli/probe.h"

enum { DOOR_MS = 10000 };

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

/* What is said of the relay that `who` sends letters by. */
static bool
probe(const struct cli *c, const char *who, const struct relay_way *way)
{
	const char *relay = way->relay;
	struct err err = {""};
	bool good = probe_relay(way, c->conf->mail.host, &err) == STATUS_OK;

	if (!good)
		cli_say("%s: %s: %s", who, relay, err.text);
	else if (!cli_has(c, CLI_QUIET) && !cli_has(c, CLI_JSON))
		printf("%s: %s: %s\n", who, relay, err.text);
	return good;
}

/* Who is fed over HTTP, or gossips and no more, has no relay. */
static bool
gets_letters(const struct peer_settings *p)
{
	return *p->mail != '\0' && !peer_is_fed(p);
}

/* Is there somebody at its door? Whether it lets us in, a talk tells. */
static bool
probe_door(const struct cli *c, const struct gossip_peer *p)
{
	struct endpoint ep;
	struct err err = {""};
	int fd = -1;
	enum status st = endpoint_parse(p->at, &ep, &err);

	if (st == STATUS_OK)
		st = net_connect(&ep, clock_mono_ms() + DOOR_MS, &fd, &err);
	if (st != STATUS_OK) {
		cli_say("%s: gossip: %s", p->name, err.text);
		return false;
	}
	(void)close(fd);
	if (!cli_has(c, CLI_QUIET) && !cli_has(c, CLI_JSON))
		printf("%s: gossip: somebody answers at %s\n", p->name, p->at);
	return true;
}

static enum cli_exit
probe_gossip(const struct cli *c)
{
	const struct gossip_settings *g = &c->conf->gossip;
	bool all = true;

	for (size_t i = 0; i < g->peer_count; i++)
		if (*g->peers[i].at != '\0')
			all = probe_door(c, &g->peers[i]) && all;
	return all ? CLI_YES : CLI_NO;
}

/* Peers that share [mail]'s relay need it to be tried once. */
static enum cli_exit
probe_relays(const struct cli *c)
{
	const struct mail_settings *m = &c->conf->mail;
	bool all = true, shared = false;
	struct relay_way way;

	for (size_t i = 0; i < m->peer_count; i++) {
		if (!gets_letters(&m->peers[i]))
			continue;
		relay_way_for(m, &m->peers[i], &way);
		if (*m->peers[i].relay != '\0')
			all = probe(c, m->peers[i].name, &way) && all;
		shared = shared || *m->peers[i].relay == '\0';
	}
	relay_way_for(m, NULL, &way);
	if (shared)
		all = probe(c, "[mail]", &way) && all;
	return all ? CLI_YES : CLI_NO;
}

static enum cli_exit
probe_all(const struct cli *c)
{
	enum cli_exit relays = probe_relays(c), gossip = probe_gossip(c);

	return relays != CLI_YES ? relays : gossip;
}

static void
say_ok(const struct cli *c)
{
	const struct conf *conf = c->conf;
	json_t *warnings = json_array();
	struct err doubt = {""};

	if (conf_doubt(conf, &doubt)) {
		cli_say("warning: %s", doubt.text);
		(void)json_array_append_new(warnings, json_string(doubt.text));
	}
	if (cli_has(c, CLI_JSON))
		cli_json(json_pack("{s:b, s:s?, s:O}", "ok", 1, "file",
			conf->path, "warnings", warnings));
	else if (!cli_has(c, CLI_QUIET))
		printf("%s: ok, %zu peer%s\n",
			conf->path != NULL ? conf->path
					   : "no configuration file",
			conf->mail.peer_count, cli_s(conf->mail.peer_count));
	json_decref(warnings);
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
	if (show)
		conf_show(c->conf, show_line, c);
	else if (cli_has(c, CLI_PROBE))
		code = probe_all(c);
	if (!show && code == CLI_YES)
		say_ok(c);
	return code;
}
