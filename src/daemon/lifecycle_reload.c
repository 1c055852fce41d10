/* lifecycle_reload: the parts that another configuration makes anew. */
#include <string.h>

#include "daemon/lifecycle_state.h"

enum status
lifecycle_make_mail(struct lifecycle *l, struct err *err)
{
	const struct mail_spawn spawn = {starter_spawn, l->starter};

	if (!mail_is_used(&l->conf->mail))
		return STATUS_OK;
	l->conf->mail.beat = heart_beat;
	l->conf->mail.beat_ctx = l->heart;
	return mail_new(
		&l->conf->mail, &spawn, l->store, l->ingest, &l->mail, err);
}

enum status
lifecycle_make_gossip(struct lifecycle *l, struct err *err)
{
	struct gossip_settings *set = &l->conf->gossip;
	enum status st;

	if (!gossip_is_used(set))
		return STATUS_OK;
	set->beat = heart_beat;
	set->beat_ctx = l->heart;
	st = gossip_new(set, l->store, l->ingest, &l->gossip, err);
	return st == STATUS_OK ? gossip_listen(l->gossip, err) : st;
}

/* Its tree stays: only whom it talks with changes. */
static void
reload_gossip(struct lifecycle *l)
{
	struct err err = {""};
	enum status st;

	if (l->gossip != NULL) {
		gossip_set_peers(l->gossip, &l->conf->gossip);
		return;
	}
	st = lifecycle_make_gossip(l, &err);
	if (st == STATUS_OK && l->gossip != NULL)
		st = gossip_start(l->gossip, &err);
	if (st == STATUS_OK)
		return;
	log_line(LOG_ERROR, "reload", "gossip=stopped why=%s",
		log_quote_str(err.text).text);
	gossip_free(l->gossip);
	l->gossip = NULL;
}

static void
stop_mail(struct lifecycle *l)
{
	static const char *const threads[] = {
		"inbox", "courier", "repair", "answers", "canary"};

	if (l->mail == NULL)
		return;
	mail_stop(l->mail);
	mail_free(l->mail);
	l->mail = NULL;
	for (size_t i = 0; i < sizeof(threads) / sizeof(threads[0]); i++)
		heart_forget(l->heart, threads[i]);
}

/* With `next` in place of the old configuration; nobody uses mail. */
static void
restart_mail(struct lifecycle *l, struct conf *next)
{
	struct conf *old = l->conf;
	struct err err = {""};
	enum status st;

	stop_mail(l);
	l->conf = next;
	st = lifecycle_make_mail(l, &err);
	if (st == STATUS_OK && l->mail != NULL)
		st = mail_start(l->mail, &err);
	if (st != STATUS_OK) {
		log_line(LOG_ERROR, "reload", "mail=stopped why=%s",
			log_quote_str(err.text).text);
		mail_free(l->mail);
		l->mail = NULL;
	}
	if (old != l->http_conf)
		conf_free(old);
}

/* NULL, having said why, when the old configuration has to stay. */
static struct conf *
read_again(const struct lifecycle *l)
{
	struct conf *next = NULL;
	struct err err = {""};

	if (conf_load(l->path, &next, &err) != STATUS_OK) {
		log_line(LOG_ERROR, "reload",
			"outcome=refused why=%s what=\"the old configuration "
			"stays\"",
			log_quote_str(err.text).text);
		return NULL;
	}
	if (strcmp(next->data, l->conf->data) == 0)
		return next;
	log_line(LOG_ERROR, "reload",
		"outcome=refused why=\"another data folder needs a restart\"");
	conf_free(next);
	return NULL;
}

void
lifecycle_reload(struct lifecycle *l)
{
	struct control_parts *parts = control_try_lock(l->control);
	struct conf *next;

	l->reload_later = parts == NULL;
	if (parts == NULL)
		return;
	next = read_again(l);
	if (next != NULL) {
		log_set_level(next->log_level);
		restart_mail(l, next);
		server_tell_peers(l->server, &l->conf->http);
		parts->conf = l->conf;
		parts->mail = l->mail;
		reload_gossip(l);
		parts->gossip = l->gossip;
		log_line(LOG_INFO, "reload", "outcome=done peers=%zu",
			l->conf->mail.peer_count);
	}
	control_unlock(l->control);
}
