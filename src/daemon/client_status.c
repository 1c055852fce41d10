/* The `status` command. */
#include "daemon/client.h"

#include <stdio.h>
#include <string.h>
#include <unistd.h>

#include "config.h"

#include "base/counter.h"

static void
put_counter(void *ctx, const char *name, int64_t value)
{
	(void)json_object_set_new(ctx, name, client_number(value));
}

static json_t *
listeners(const struct http_settings *http)
{
	json_t *list = json_array();
	const struct endpoint *ep;
	char text[300];

	for (size_t i = 0; i < http->listen_count; i++) {
		ep = &http->listen[i];
		snprintf(text, sizeof(text),
			strchr(ep->host, ':') != NULL ? "[%s]:%s" : "%s:%s",
			ep->host, ep->port);
		(void)json_array_append_new(list, json_string(text));
	}
	return list;
}

/* Rows of a lower level: ingest counts what becomes of them. */
static json_t *
describe_raise(const struct policy *in_force)
{
	static const char *const keys[] = {
		"left", "rate", "rows", "changed", "removed", "skipped"};
	json_t *j = json_pack("{s:s, s:b}", "level",
		level_word(in_force->level), "running",
		counter_value(counter_get("raise_running")) != 0);
	char name[32];

	for (size_t i = 0; i < sizeof(keys) / sizeof(keys[0]); i++) {
		(void)snprintf(name, sizeof(name), "raise_%s", keys[i]);
		(void)json_object_set_new(j, keys[i],
			client_number(counter_value(counter_get(name))));
	}
	return j;
}

static json_t *
describe_status(const struct control_parts *p, const struct store_facts *f)
{
	json_t *j = json_pack("{s:s, s:i, s:s, s:s, s:s, s:s}", "version",
		PACKAGE_VERSION, "pid", (int)getpid(), "name", p->http->name,
		"data", p->conf->data, "store", store_describe(p->store),
		"sandbox", p->sandbox);
	json_t *counters = json_object();

	(void)json_object_set_new(j, "listen", listeners(p->http));
	(void)json_object_set_new(j, "certificates", client_number(f->certs));
	(void)json_object_set_new(j, "changes", client_number(f->changes));
	(void)json_object_set_new(j, "last_change", client_number(f->last_seq));
	(void)json_object_set_new(j, "store_octets", client_number(f->octets));
	(void)json_object_set_new(
		j, "free_octets", client_number(f->free_octets));
	(void)json_object_set_new(j, "check", json_string(f->check));
	(void)json_object_set_new(j, "damaged", json_boolean(f->read_failed));
	(void)json_object_set_new(j, "mail",
		json_string(p->mail != NULL ? p->conf->mail.address : ""));
	(void)json_object_set_new(
		j, "raise", describe_raise(ingest_policy(p->ingest)));
	(void)json_object_set_new(j, "gossip", client_tell_gossip(p->gossip));
	counter_each(put_counter, counters);
	(void)json_object_set_new(j, "counters", counters);
	return j;
}

enum status
client_status(struct client *c)
{
	struct store_session *s = NULL;
	struct store_facts facts;
	struct err err = {""};
	enum status st;

	st = session_borrow(c->parts->store, &s, &err);
	if (st == STATUS_OK) {
		st = store_get_facts(s, &facts, &err);
		session_return(c->parts->store, s);
	}
	if (st != STATUS_OK) {
		client_exit(c, 1, "the store does not answer: %s", err.text);
		return STATUS_OK;
	}
	return client_line(c, 0, describe_status(c->parts, &facts));
}
