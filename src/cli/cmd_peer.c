/* keypost peer: mail peers, and how far behind each is. */
#include <inttypes.h>
#include <stdio.h>
#include <string.h>

#include "base/clock.h"
#include "cli/show_gossip.h"
#include "mail/own_key.h"

static bool
gossips(const json_t *line)
{
	return json_is_object(json_object_get(line, "gossip"));
}

/* Nothing is sent to it. */
static bool
only_gossips(const json_t *line)
{
	return strcmp(show_text(line, "state"), "gossip") == 0;
}

static void
list_peer(const json_t *line)
{
	bool alone = only_gossips(line);

	printf("%-16s %-8s %s%s\n", show_text(line, "name"),
		show_text(line, "state"),
		alone && gossips(line)
			? show_gossip_end(json_object_get(line, "gossip"))
			: show_text(line, "mail"),
		gossips(line) && !alone ? " (gossip)" : "");
}

static void
show_peer(const json_t *line)
{
	if (only_gossips(line)) {
		printf("%s: by gossip alone\n", show_text(line, "name"));
		return;
	}
	printf("%s <%s>: %s", show_text(line, "name"), show_text(line, "mail"),
		show_text(line, "state"));
	if (json_object_get(line, "behind") == NULL) {
		puts("");
		return;
	}
	printf(", %" PRId64 " changes behind\n", show_number(line, "behind"));
	if (show_number(line, "oldest_waiting") > 0)
		printf("  the oldest waits since %s; %" PRId64
		       " letters, %" PRId64 " octets are made\n",
			show_moment(show_number(line, "oldest_waiting")).text,
			show_number(line, "letters_waiting"),
			show_number(line, "octets_waiting"));
	printf("  last sent %s, last received %s\n",
		show_moment(show_number(line, "last_sent")).text,
		show_moment(show_number(line, "last_received")).text);
	if (show_number(line, "attempts") > 0)
		printf("  failed %" PRId64 " times, next try %s: %s\n",
			show_number(line, "attempts"),
			show_moment(show_number(line, "next_try")).text,
			show_text(line, "last_error"));
}

static void
show_repair(const json_t *line)
{
	if (!json_is_true(json_object_get(line, "repair")))
		puts("  it does not speak repair");
	else
		printf("  compared and found equal %s; %" PRId64
		       " gaps open, %" PRId64 " asked for, %" PRId64
		       " given up\n",
			show_moment(show_number(line, "agreed")).text,
			show_number(line, "gaps"),
			show_number(line, "gaps_asked"),
			show_number(line, "gaps_given_up"));
	if (json_is_true(json_object_get(line, "resync")))
		printf("  resync: %" PRId64 " certificates sent, place %" PRId64
		       " of %" PRId64 "\n",
			show_number(line, "resync_sent"),
			show_number(line, "resync_at"),
			show_number(line, "resync_upto"));
}

static void
show_canary(const json_t *line)
{
	int64_t made = show_number(line, "canary_signed");
	int64_t seen = show_number(line, "canary_seen");
	int64_t took = show_number(line, "canary_seconds");

	if (seen == 0)
		printf("  canary: none served yet");
	else if (took == 0)
		printf("  canary: that of %s is served",
			show_moment(seen).text);
	else
		printf("  canary: that of %s was served after %" PRId64 " s",
			show_moment(seen).text, took);
	if (seen < made)
		printf("; that of %s is not yet", show_moment(made).text);
	puts("");
}

static void
show_whole_peer(const json_t *line)
{
	show_peer(line);
	if (json_object_get(line, "repair") != NULL)
		show_repair(line);
	if (json_object_get(line, "canary_seen") != NULL)
		show_canary(line);
	if (gossips(line))
		show_gossip_peer(json_object_get(line, "gossip"), "  gossip");
}

/* All of the store again, or what changed since. */
static enum cli_exit
resync(struct cli *c)
{
	const char *words[] = {"peer", "resync", c->words[1], NULL, NULL};
	char since[32];
	int64_t time;

	if (c->since != NULL) {
		if (!show_parse_time(c->since, &time)) {
			cli_say("--since takes a time such as 2026-01-31 or "
				"2026-01-31T12:00:00Z");
			return CLI_USAGE;
		}
		(void)snprintf(since, sizeof(since), "%" PRId64, time);
		words[3] = since;
	}
	if (cli_has(c, CLI_DRY_RUN))
		return show_change(c, "peer");
	return remote_run(c, words, show_peer);
}

/* Writes the certificate that our letters are signed by, and no secret. */
static enum status
print_key(const struct cli *c, struct err *err)
{
	struct own_key own;
	struct buf text = {0};
	enum status st = cli_become_owner(c, err);

	if (st == STATUS_OK)
		st = own_key_open(
			c->conf->data, (uint32_t)clock_wall_s(), &own, err);
	if (st != STATUS_OK)
		return st;
	st = own_key_certificate(&own, c->conf->mail.address, &text, err);
	if (st == STATUS_OK)
		(void)fwrite(text.data, 1, text.len, stdout);
	own_key_wipe(&own);
	buf_done(&text);
	return st;
}

static enum cli_exit
show_key(struct cli *c)
{
	struct err err = {""};
	enum cli_exit code = cli_load_conf(c);

	if (code != CLI_YES)
		return code;
	if (c->conf->mail.address[0] == '\0') {
		cli_say("[mail] address is not set: no letters are written");
		return CLI_CONF;
	}
	if (print_key(c, &err) == STATUS_OK)
		return CLI_YES;
	cli_say("%s", err.text);
	return CLI_UNREACHABLE;
}

enum cli_exit
cmd_peer(struct cli *c)
{
	static const char *const list[] = {"peer", "list", NULL};
	static const char *const status[] = {"peer", "status", NULL};

	if (c->word_count == 1 && strcmp(c->words[0], "list") == 0)
		return remote_run(c, list, list_peer);
	if (c->word_count == 1 && strcmp(c->words[0], "status") == 0)
		return remote_run(c, status, show_whole_peer);
	if (c->word_count == 1 && strcmp(c->words[0], "key") == 0)
		return show_key(c);
	if (c->word_count == 2 && (strcmp(c->words[0], "pause") == 0 ||
					  strcmp(c->words[0], "resume") == 0))
		return show_change(c, "peer");
	if (c->word_count == 2 && strcmp(c->words[0], "resync") == 0)
		return resync(c);
	return CLI_USAGE;
}
