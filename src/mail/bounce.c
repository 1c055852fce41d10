#include "mail/bounce.h"

#include <inttypes.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "mail/own_key.h"

static int
find_peer(const struct mail_settings *s, struct bytes name)
{
	for (size_t i = 0; i < s->peer_count; i++) {
		if (bytes_eq(name, bytes_of(s->peers[i].name)))
			return (int)i;
	}
	return KNOWN_NOBODY;
}

/* FIRST-LAST and nothing else; 0-N is the N-th letter beside the log. */
static bool
read_range(struct bytes text, struct bounce *b)
{
	char copy[48];
	int64_t first, last;
	char *end;

	if (text.len == 0 || text.len >= sizeof(copy) || text.data[0] == '-')
		return false;
	memcpy(copy, text.data, text.len);
	copy[text.len] = '\0';
	if (strspn(copy, "0123456789-") != text.len)
		return false;
	first = strtoll(copy, &end, 10);
	if (*end != '-')
		return false;
	last = strtoll(end + 1, &end, 10);
	if (*end != '\0' || first < 0 || last < first ||
		(first > 0 && last - first >= BOUNCE_RANGE_MAX))
		return false;
	b->first = first;
	b->last = last;
	return true;
}

/* PEER.FIRST-LAST; a peer's name may hold dots. */
static bool
read_letter(struct bytes text, const struct mail_settings *s, struct bounce *b)
{
	const uint8_t *dot =
		text.len > 0 ? memrchr(text.data, '.', text.len) : NULL;
	size_t n;

	if (dot == NULL)
		return false;
	n = (size_t)(dot - text.data);
	b->peer = find_peer(s, bytes_make(text.data, n));
	return b->peer >= 0 &&
	       read_range(bytes_make(dot + 1, text.len - n - 1), b);
}

/* Takes ".MARK" off; false: there is none. */
static bool
split_mark(struct bytes *text, struct bytes *mark)
{
	const size_t n = OWN_MARK_SIZE - 1;

	if (text->len <= n + 1 || text->data[text->len - n - 1] != '.')
		return false;
	*mark = bytes_make(text->data + text->len - n, n);
	text->len -= n + 1;
	return true;
}

/* Did we write it of this letter? */
static bool
is_our_mark(const struct compose_site *site, const struct mail_settings *s,
	const struct bounce *b, struct bytes mark)
{
	char envid[COMPOSE_ENVID_MAX];

	compose_envid(site, s->peers[b->peer].name, b->first, b->last, envid);
	/* Mail systems may write local parts in capitals. */
	return bytes_eq_nocase(mark, bytes_of(strrchr(envid, '.') + 1));
}

/* What stands between "kp." and our store's id. */
static bool
inside_id(const char *id, const struct compose_site *site, struct bytes *inside)
{
	const char *at = strrchr(id, '@');
	size_t n = strlen(site->store_id), len;

	if (at == NULL || strncmp(id, "kp.", 3) != 0)
		return false;
	len = (size_t)(at - id);
	if (n == 0 || len < n + 5 || id[len - n - 1] != '.' ||
		memcmp(id + len - n, site->store_id, n) != 0)
		return false;
	*inside = bytes_make(id + 3, len - n - 4);
	return true;
}

bool
bounce_is_our_id(const char *id, const struct compose_site *site)
{
	struct bytes ignored;

	return id != NULL && inside_id(id, site, &ignored);
}

/* bounce+PEER.FIRST-LAST.MARK@...: the domain is our MTA's business. */
static bool
by_address(const char *address, const struct mail_settings *s,
	const struct compose_site *site, struct bounce *b)
{
	static const char tag[] = "bounce+";
	struct bytes text, mark;
	const char *at = address != NULL ? strrchr(address, '@') : NULL;
	size_t n = strlen(tag);

	if (at == NULL || strncmp(address, tag, n) != 0)
		return false;
	text = bytes_make(address + n, (size_t)(at - address) - n);
	return split_mark(&text, &mark) && read_letter(text, s, b) &&
	       is_our_mark(site, s, b, mark);
}

/* FIRST-LAST.MARK, with the peer's address. */
static bool
by_envid(const struct incoming_bounce *r, const struct known *known,
	const struct mail_settings *s, const struct compose_site *site,
	struct bounce *b)
{
	struct bytes text, mark;

	if (r->envid == NULL || r->recipient == NULL)
		return false;
	text = bytes_of(r->envid);
	b->peer = known_find(known, r->recipient);
	return b->peer >= 0 && split_mark(&text, &mark) &&
	       read_range(text, b) && is_our_mark(site, s, b, mark);
}

static bool
find_letter(const struct incoming *in, const struct known *known,
	const struct mail_settings *s, const struct compose_site *site,
	struct bounce *b)
{
	const struct incoming_bounce *r = &in->bounce;
	struct bytes inside;

	b->proven =
		by_address(r->to, s, site, b) || by_envid(r, known, s, site, b);
	/* Every peer reads our store's name, and could write such an id. */
	return b->proven || (r->id != NULL && inside_id(r->id, site, &inside) &&
				    read_letter(inside, s, b));
}

static bool
is_word(const char *text, const char *word)
{
	return text != NULL && bytes_starts_nocase(bytes_of(text), word);
}

static enum bounce_kind
kind_of(const struct incoming_bounce *r)
{
	static const char *const sizes[] = {"5.3.4", "5.2.3"};

	if (r->action == NULL)
		return BOUNCE_SOFT;
	/* Delivered, relayed, expanded: good news, asked for by nobody. */
	if (!is_word(r->action, "failed"))
		return BOUNCE_DELAYED;
	for (size_t i = 0; i < sizeof(sizes) / sizeof(sizes[0]); i++) {
		if (is_word(r->status, sizes[i]))
			return BOUNCE_SIZE;
	}
	/* 4.4.7: given up after days of trying. */
	return is_word(r->status, "5.") ? BOUNCE_HARD : BOUNCE_SOFT;
}

enum status
bounce_read(const struct incoming *in, const struct known *known,
	const struct mail_settings *settings, const struct compose_site *site,
	struct bounce *out)
{
	const struct incoming_bounce *r = &in->bounce;
	struct bounce b = {.peer = KNOWN_NOBODY};

	if (!find_letter(in, known, settings, site, &b))
		return STATUS_NOT_FOUND;
	b.kind = kind_of(r);
	if (b.kind == BOUNCE_HARD && !b.proven)
		b.kind = BOUNCE_SOFT;
	(void)snprintf(b.text, sizeof(b.text), "came back: %s%s%s",
		r->status != NULL ? r->status : "",
		r->status != NULL && r->text != NULL ? " " : "",
		r->text != NULL ? r->text
				: (r->status == NULL ? "no reason told" : ""));
	*out = b;
	return STATUS_OK;
}

const char *
bounce_word(enum bounce_kind kind)
{
	static const char *const words[] = {
		[BOUNCE_DELAYED] = "delayed",
		[BOUNCE_SOFT] = "soft",
		[BOUNCE_HARD] = "hard",
		[BOUNCE_SIZE] = "size",
	};

	return words[kind];
}
