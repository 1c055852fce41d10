/* The `block` command: what an administrator takes down, or lets in again. */
#include "daemon/client.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/socket.h>
#include <time.h>

#include "base/clock.h"
#include "base/hex.h"
#include "ingest/takedown.h"

enum {
	WORDS_MAX_OCTETS = 16 * 1024 * 1024, /* of all items */
	PROGRESS_MS = 2000,
	ID_HEX = 2 * sizeof(struct digest) + 1
};

struct blocking {
	struct client *c;
	struct buf text; /* of all items, a line each */
	struct takedown_order order;
	int64_t told_ms;
};

static void
tell_progress(void *ctx, size_t seen)
{
	struct blocking *b = ctx;
	enum status st;

	heart_beat(b->c->parts->heart, "control");
	if (clock_mono_ms() - b->told_ms < PROGRESS_MS)
		return;
	b->told_ms = clock_mono_ms();
	st = client_line(
		b->c, 0, json_pack("{s:I}", "progress", (json_int_t)seen));
	(void)st; /* a client that went away does not undo what it asked for */
}

/* ---- reading the request ---------------------------------------------- */

static enum status
read_items(struct blocking *b)
{
	struct frame f;
	enum status st;

	for (;;) {
		st = frame_read(&b->c->in, b->c->fd,
			clock_mono_ms() + CONTROL_SECONDS * 1000, &f);
		if (st != STATUS_OK)
			return st;
		if (f.type == CONTROL_END)
			return STATUS_OK;
		if (f.type != CONTROL_BODY)
			return STATUS_MALFORMED;
		st = buf_put(&b->text, f.payload);
		if (st == STATUS_OK)
			st = buf_put_u8(&b->text, '\n');
		if (st != STATUS_OK)
			return st;
	}
}

static void
split_items(struct blocking *b)
{
	struct takedown_order *o = &b->order;
	struct bytes left = buf_view(&b->text), line;
	const uint8_t *end;
	size_t cap = 0;

	while (left.len > 0 && o->count <= TAKEDOWN_ITEMS_MAX) {
		end = memchr(left.data, '\n', left.len);
		line = bytes_make(left.data,
			end == NULL ? left.len : (size_t)(end - left.data));
		left = bytes_make(left.data + line.len, left.len - line.len);
		if (left.len > 0)
			left = bytes_make(left.data + 1, left.len - 1);
		line = bytes_trim(line);
		if (line.len == 0)
			continue;
		if (o->count == cap) {
			cap = cap == 0 ? 64 : cap * 2;
			o->items = xrealloc(o->items, cap * sizeof(*o->items));
		}
		memset(&o->items[o->count], 0, sizeof(*o->items));
		o->items[o->count++].word = line;
	}
}

/* Who is at the other end: the kernel says. */
static void
find_peer(const struct client *c, char *by, size_t size)
{
	struct ucred cred = {.uid = (uid_t)-1};
	socklen_t len = sizeof(cred);

	if (getsockopt(c->fd, SOL_SOCKET, SO_PEERCRED, &cred, &len) == 0)
		(void)snprintf(by, size, "uid:%ju", (uintmax_t)cred.uid);
	else
		(void)snprintf(by, size, "unknown");
}

/* ---- answers ---------------------------------------------------------- */

static json_t *
describe_item(const struct takedown_order *o, const struct takedown_item *item,
	bool adds)
{
	json_t *j =
		json_pack("{s:s%, s:s}", "item", (const char *)item->word.data,
			item->word.len, "kind", tombstone_word(item->kind));
	char hex[ID_HEX];

	if (j == NULL) /* not UTF-8 */
		j = json_pack("{s:s}", "kind", tombstone_word(item->kind));
	if (item->fault != NULL) {
		(void)json_object_set_new(j, "outcome", json_string("refused"));
		(void)json_object_set_new(j, "why", json_string(item->fault));
		return j;
	}
	hex_write_lower(
		bytes_make(item->id.octets, sizeof(item->id.octets)), hex);
	(void)json_object_set_new(j, "id", json_string(hex));
	(void)json_object_set_new(j, "outcome",
		json_string(adds ? item->was_there ? "again" : "added"
			    : item->was_there ? "removed"
					      : "absent"));
	if (adds)
		(void)json_object_set_new(j, "certificates",
			json_integer((json_int_t)item->certs));
	(void)json_object_set_new(j, "dry_run", json_boolean(o->dry_run));
	return j;
}

static enum status
tell_items(struct blocking *b, bool adds)
{
	const struct takedown_order *o = &b->order;
	enum status st = STATUS_OK;

	for (size_t i = 0; st == STATUS_OK && i < o->count; i++)
		st = client_line(b->c, 0, describe_item(o, &o->items[i], adds));
	if (st == STATUS_OK && adds)
		st = client_line(b->c, 0,
			json_pack("{s:I, s:I, s:b}", "erased",
				(json_int_t)o->erased, "reduced",
				(json_int_t)o->reduced, "lingers", o->lingers));
	return st;
}

static void
set_exit(struct blocking *b, bool adds)
{
	const struct takedown_order *o = &b->order;
	size_t good = 0;

	for (size_t i = 0; i < o->count; i++)
		good += o->items[i].fault == NULL &&
			(adds || o->items[i].was_there);
	if (good < o->count)
		b->c->exit_code = good == 0 ? 1 : 4;
}

/* Never what was taken down: who has the log shall not have that. */
static void
audit(const struct blocking *b, const char *verb, enum status st)
{
	const struct takedown_order *o = &b->order;

	log_line(LOG_WARN, "block",
		"action=%s kind=%s items=%zu faults=%zu erased=%zu "
		"reduced=%zu dry_run=%s ticket=%s by=%s outcome=%s",
		verb, tombstone_word(o->kind), o->count, o->faults, o->erased,
		o->reduced, o->dry_run ? "yes" : "no",
		log_quote_str(o->ticket).text, o->by, status_name(st));
}

/* ---- listing ---------------------------------------------------------- */

struct listing {
	struct blocking *b;
	size_t shown;
};

static bool
is_asked_for(const struct takedown_order *o, const struct tombstone *t)
{
	for (size_t i = 0; i < o->count; i++)
		if (memcmp(&o->items[i].id, &t->id, sizeof(t->id)) == 0)
			return true;
	return o->count == 0;
}

static enum status
tell_tombstone(void *ctx, const struct tombstone *t)
{
	struct listing *l = ctx;
	char hex[ID_HEX];
	json_t *j;

	if (!is_asked_for(&l->b->order, t))
		return STATUS_OK;
	if (l->shown++ % 1000 == 0)
		heart_beat(l->b->c->parts->heart, "control");
	hex_write_lower(bytes_make(t->id.octets, sizeof(t->id.octets)), hex);
	j = json_pack("{s:s, s:s, s:s, s:s, s:I, s:s}", "id", hex, "kind",
		tombstone_word(t->kind), "reason", t->reason, "ticket",
		t->ticket, "created", (json_int_t)t->created, "by", t->by);
	if (j == NULL) /* somebody else wrote the file, and not in UTF-8 */
		j = json_pack("{s:s, s:s, s:I}", "id", hex, "kind",
			tombstone_word(t->kind), "created",
			(json_int_t)t->created);
	return client_line(l->b->c, 0, j);
}

static enum status
list_blocks(struct blocking *b)
{
	struct tombstones *t = ingest_tombstones(b->c->parts->ingest);
	struct listing l = {b, 0};
	struct err err = {""};
	enum status st = STATUS_OK;

	b->order.dry_run = true;
	if (b->order.count > 0)
		st = takedown_parse(b->c->parts->ingest, &b->order, &err);
	if (st != STATUS_OK) {
		client_exit(b->c, 1, "%s", err.text);
		return STATUS_OK;
	}
	st = tombstones_each(t, tell_tombstone, &l);
	if (b->order.count > 0 && l.shown < b->order.count)
		b->c->exit_code = l.shown == 0 ? 1 : 4;
	return st;
}

/* ---- the command ------------------------------------------------------ */

static enum status
change_blocks(struct blocking *b, const char *verb, bool adds)
{
	struct ingest *in = b->c->parts->ingest;
	struct err err = {""};
	enum status st = takedown_parse(in, &b->order, &err);

	if (st == STATUS_OK)
		st = adds ? takedown_add(in, &b->order, &err)
			  : takedown_remove(in, &b->order, &err);
	audit(b, verb, st);
	if (st != STATUS_OK) {
		client_exit(b->c, 1, "%s",
			err.text[0] != '\0' ? err.text : status_name(st));
		return STATUS_OK;
	}
	set_exit(b, adds);
	return tell_items(b, adds);
}

static enum status
run_verb(struct blocking *b)
{
	const char *verb = b->c->words[1];

	if (b->order.count > TAKEDOWN_ITEMS_MAX) {
		client_exit(
			b->c, 2, "more than %d at once", TAKEDOWN_ITEMS_MAX);
		return STATUS_OK;
	}
	if (strcmp(verb, "list") == 0)
		return list_blocks(b);
	if (b->c->word_count == 6 && b->order.count > 0 &&
		(strcmp(verb, "add") == 0 || strcmp(verb, "remove") == 0) &&
		strlen(b->order.reason) <= TOMBSTONE_REASON_MAX &&
		strlen(b->order.ticket) <= TOMBSTONE_TICKET_MAX)
		return change_blocks(b, verb, strcmp(verb, "add") == 0);
	client_exit(b->c, 2,
		"nothing to do, or a reason or ticket that is "
		"too long");
	return STATUS_OK;
}

/* block VERB KIND [REASON TICKET do|dry], and a body with an item a line. */
enum status
client_block(struct client *c)
{
	struct blocking b = {.c = c, .told_ms = clock_mono_ms()};
	char by[64];
	enum status st;

	find_peer(c, by, sizeof(by));
	b.order.by = by;
	b.order.reason = c->word_count > 3 ? c->words[3] : "";
	b.order.ticket = c->word_count > 4 ? c->words[4] : "";
	b.order.dry_run = c->word_count > 5 && strcmp(c->words[5], "do") != 0;
	b.order.progress = tell_progress;
	b.order.ctx = &b;
	buf_init(&b.text, WORDS_MAX_OCTETS);
	st = read_items(&b);
	if (st == STATUS_OK && tombstone_parse_kind(bytes_of(c->words[2]),
				       &b.order.kind) != STATUS_OK) {
		client_exit(c, 2, "there is no such kind of block");
	} else if (st == STATUS_OK) {
		split_items(&b);
		st = run_verb(&b);
	}
	buf_wipe(&b.text);
	free(b.order.items);
	return st;
}
