#include "mail/known.h"

#include <stdlib.h>
#include <string.h>

#include "base/mailaddr.h"

struct known_entry {
	struct mailaddr address; /* normalised */
	int peer;
};

struct known {
	struct known_entry *list; /* sorted by address */
	size_t count;
};

/* Origins in the change log that are no peers. */
static const char *const reserved_names[] = {
	"http", "mail", "gossip", "load", "admin"};

static int
compare_entries(const void *a, const void *b)
{
	const struct known_entry *x = a, *y = b;

	return strcmp(x->address.text, y->address.text);
}

static bool
normalise(const char *address, struct mailaddr *out)
{
	struct mailaddr plain;
	size_t n = strlen(address);

	if (n > MAILADDR_MAX)
		return false;
	memcpy(plain.text, address, n + 1);
	mailaddr_normalise(&plain, out);
	return true;
}

static enum status
add_entry(struct known *k, const char *address, int peer, struct err *err)
{
	if (!mailaddr_is_safe(address) ||
		!normalise(address, &k->list[k->count].address)) {
		err_set(err, "%s: not a plain mail address", address);
		return STATUS_REJECTED;
	}
	k->list[k->count++].peer = peer;
	return STATUS_OK;
}

static enum status
check_name(const char *name, struct err *err)
{
	size_t n = sizeof(reserved_names) / sizeof(reserved_names[0]);
	const char *other = "._-";

	for (size_t i = 0; i < n; i++) {
		if (strcmp(name, reserved_names[i]) == 0) {
			err_set(err, "peer %s: this name is reserved", name);
			return STATUS_REJECTED;
		}
	}
	for (const char *c = name; *c != '\0'; c++) {
		if ((*c >= 'a' && *c <= 'z') || (*c >= 'A' && *c <= 'Z') ||
			(*c >= '0' && *c <= '9') || strchr(other, *c) != NULL)
			continue;
		err_set(err, "peer %s: a name is letters, digits and %s", name,
			other);
		return STATUS_REJECTED;
	}
	if (name[0] != '\0' && strlen(name) <= 64)
		return STATUS_OK;
	err_set(err, "a peer's name has 1 to 64 characters");
	return STATUS_REJECTED;
}

static enum status
add_peer(struct known *k, const struct peer_settings *p, int peer,
	struct err *err)
{
	enum status st = check_name(p->name, err);

	if (st == STATUS_OK && p->mail[0] != '\0')
		st = add_entry(k, p->mail, peer, err);
	for (size_t i = 0; st == STATUS_OK && i < p->alias_count; i++)
		st = add_entry(k, p->aliases[i], peer, err);
	return st;
}

/* The same address twice for one peer is only untidy. */
static enum status
check_unique(const struct known *k, struct err *err)
{
	for (size_t i = 1; i < k->count; i++) {
		if (k->list[i - 1].peer == k->list[i].peer ||
			compare_entries(&k->list[i - 1], &k->list[i]) != 0)
			continue;
		err_set(err, "%s: two servers have this address",
			k->list[i].address.text);
		return STATUS_REJECTED;
	}
	return STATUS_OK;
}

enum status
known_new(const struct mail_settings *settings, struct known **known,
	struct err *err)
{
	struct known *k = xcalloc(1, sizeof(*k));
	size_t room = 1;
	enum status st = STATUS_OK;

	for (size_t i = 0; i < settings->peer_count; i++)
		room += 1 + settings->peers[i].alias_count;
	k->list = xcalloc(room, sizeof(*k->list));
	if (settings->address[0] != '\0')
		st = add_entry(k, settings->address, KNOWN_US, err);
	for (size_t i = 0; st == STATUS_OK && i < settings->peer_count; i++)
		st = add_peer(k, &settings->peers[i], (int)i, err);
	if (st == STATUS_OK) {
		qsort(k->list, k->count, sizeof(*k->list), compare_entries);
		st = check_unique(k, err);
	}
	if (st != STATUS_OK) {
		known_free(k);
		return st;
	}
	*known = k;
	return STATUS_OK;
}

void
known_free(struct known *k)
{
	if (k == NULL)
		return;
	free(k->list);
	free(k);
}

int
known_find(const struct known *k, const char *address)
{
	struct known_entry want;
	const struct known_entry *found;

	if (k->count == 0 || !normalise(address, &want.address))
		return KNOWN_NOBODY;
	found = bsearch(
		&want, k->list, k->count, sizeof(*k->list), compare_entries);
	return found == NULL ? KNOWN_NOBODY : found->peer;
}

int
known_origin(const struct known *k, const struct incoming *in)
{
	int peer = known_find(k, in->sender);

	if (peer < 0 && in->from != NULL)
		peer = known_find(k, in->from);
	for (size_t i = in->seen_count; peer < 0 && i > 0; i--)
		peer = known_find(k, in->seen[i - 1]);
	return peer < 0 ? KNOWN_NOBODY : peer;
}

bool
known_in_list(const struct known *k, int peer, const char *addresses)
{
	struct mailaddr one;

	while (*addresses != '\0') {
		size_t n = strcspn(addresses, " ");

		if (n == 1 && addresses[0] == '*')
			return true;
		if (n > 0 && n <= MAILADDR_MAX) {
			memcpy(one.text, addresses, n);
			one.text[n] = '\0';
			if (known_find(k, one.text) == peer)
				return true;
		}
		addresses += n;
		addresses += strspn(addresses, " ");
	}
	return false;
}
