/* gossip_settings: what was configured, judged and copied. */
#include <stdlib.h>
#include <string.h>

#include "recon/gossip_state.h"

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

const struct profile *
settings_profile(const struct gossip_settings *s)
{
	const struct profile *p = NULL;

	if (*s->profile != '\0')
		return profile_find(s->profile, &p) == STATUS_OK ? p : NULL;
	for (size_t i = 0; (p = profile_at(i)) != NULL; i++) {
		if (p->level == s->level && p->lacks == NULL)
			return p;
	}
	return NULL;
}

static enum status
refuse_profile(const struct gossip_settings *s, struct err *err)
{
	char names[160] = "";
	const struct profile *p;

	for (size_t i = 0; (p = profile_at(i)) != NULL; i++) {
		if (p->lacks != NULL ||
			strlen(names) + strlen(p->name) + 2 > sizeof(names))
			continue;
		strcat(names, names[0] != '\0' ? " " : "");
		strcat(names, p->name);
	}
	err_set(err, "'%.40s' is none of: %s", s->profile, names);
	return STATUS_REJECTED;
}

enum status
settings_filters(
	const struct gossip_settings *s, char filters[PROFILE_FILTERS_MAX])
{
	bool none = strcmp(s->filters, "none") == 0;

	if (*s->filters == '\0')
		return STATUS_NOT_FOUND;
	return profile_filters_sort(none ? "" : s->filters, filters);
}

/* They say that a server keeps all that SKS keeps; no list, too: an sks that
 * was begun with an empty folder has none. */
static bool
are_filters_of_sks(const char *filters)
{
	return *filters == '\0' || strstr(filters, "yminsky.") != NULL;
}

static enum status
check_filters(const struct gossip_settings *s, const struct profile *p,
	struct err *err)
{
	char own[PROFILE_FILTERS_MAX];
	enum status st = settings_filters(s, own);
	const char *filters = st == STATUS_OK ? own : p->filters;

	if (st == STATUS_LIMIT ||
		s->filters[strcspn(s->filters, " \t")] != '\0') {
		err_set(err,
			"names with a comma between and no blanks, %d "
			"octets at most",
			PROFILE_FILTERS_MAX - 1);
		return STATUS_REJECTED;
	}
	if (s->force_filters || s->level == LEVEL_SKS ||
		!are_filters_of_sks(filters))
		return STATUS_OK;
	err_set(err,
		"only [server] level = sks keeps what '%.80s' "
		"promises: no SKS would ever agree with this server; set "
		"that level, or other filters, or force_filters = yes",
		*filters != '\0' ? filters : "none");
	return STATUS_REJECTED;
}

static enum status
check_profile(const struct gossip_settings *s, const struct profile *p,
	struct err *err)
{
	if (p == NULL)
		return refuse_profile(s, err);
	if (p->lacks != NULL) {
		err_set(err, "%s is for %s, and cannot be used: %s", p->name,
			p->software, p->lacks);
		return STATUS_REJECTED;
	}
	if (p->level == s->level || s->force_filters)
		return STATUS_OK;
	err_set(err, "%s is for another [server] level: leave it empty",
		p->name);
	return STATUS_REJECTED;
}

enum status
gossip_check(const struct gossip_settings *settings, const char **key,
	struct err *err)
{
	const struct profile *p = settings_profile(settings);
	enum status st;

	*key = "listen";
	if (settings->listen_count > GOSSIP_LISTEN_MAX) {
		err_set(err, "more than %d addresses", GOSSIP_LISTEN_MAX);
		return STATUS_REJECTED;
	}
	*key = "profile";
	st = check_profile(settings, p, err);
	if (st != STATUS_OK)
		return st;
	*key = "filters";
	return check_filters(settings, p, err);
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
