/* gossip_settings: what was configured, judged and copied. */
#include <stdlib.h>
#include <string.h>

#include "recon/gossip_state.h"

/* What a level promises of what it keeps. */
static const char *const filters_of[] = {
	[LEVEL_SKS] = "yminsky.dedup,yminsky.merge",
	[LEVEL_CLEAN] = "keypost.clean.1",
	[LEVEL_STRICT] = "keypost.strict.1"};

bool
gossip_is_used(const struct gossip_settings *settings)
{
	if (settings->listen_count > 0)
		return true;
	for (size_t i = 0; i < settings->peer_count; i++) {
		if (gossip_peer_is_used(&settings->peers[i]))
			return true;
	}
	return false;
}

/* They say that a server keeps all that SKS keeps. */
static bool
are_filters_of_sks(const char *filters)
{
	return strstr(filters, "yminsky.") != NULL;
}

enum status
gossip_check(const struct gossip_settings *settings, const char **key,
	struct err *err)
{
	const char *filters = *settings->filters != '\0'
				      ? settings->filters
				      : filters_of[settings->level];

	*key = "filters";
	if (settings->level == LEVEL_SKS || settings->force_filters ||
		!are_filters_of_sks(filters))
		return STATUS_OK;
	err_set(err,
		"only [server] level = sks keeps what '%.80s' "
		"promises: no SKS would ever agree with this server; set "
		"that level, or other filters, or force_filters = yes",
		filters);
	return STATUS_REJECTED;
}

static char *
copy(const char *text)
{
	return xstrdup(text != NULL ? text : "");
}

void
settings_copy_peer(const struct gossip_peer *from, struct gossip_peer *to)
{
	to->name = copy(from->name);
	to->at = copy(from->at);
	to->http = copy(from->http);
	to->is_private = from->is_private;
	to->network_count = from->network_count;
	to->networks = xcalloc(from->network_count + 1, sizeof(*to->networks));
	for (size_t i = 0; i < from->network_count; i++)
		to->networks[i] = copy(from->networks[i]);
}

void
settings_done_peer(struct gossip_peer *p)
{
	for (size_t i = 0; i < p->network_count; i++)
		free(p->networks[i]);
	free(p->networks);
	free(p->name);
	free(p->at);
	free(p->http);
}

void
settings_copy(const struct gossip_settings *from, struct gossip_settings *to)
{
	*to = *from;
	to->data = copy(from->data);
	to->profile = copy(from->profile);
	to->filters = copy(from->filters);
	to->listen = xcalloc(from->listen_count + 1, sizeof(*to->listen));
	for (size_t i = 0; i < from->listen_count; i++)
		to->listen[i] = from->listen[i];
	to->peers = xcalloc(from->peer_count + 1, sizeof(*to->peers));
	to->peer_count = 0;
	for (size_t i = 0; i < from->peer_count; i++) {
		if (gossip_peer_is_used(&from->peers[i]))
			settings_copy_peer(
				&from->peers[i], &to->peers[to->peer_count++]);
	}
}

void
settings_done(struct gossip_settings *s)
{
	for (size_t i = 0; i < s->peer_count; i++)
		settings_done_peer(&s->peers[i]);
	free(s->peers);
	free(s->listen);
	free(s->data);
	free(s->profile);
	free(s->filters);
}
