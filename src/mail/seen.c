#include "mail/seen.h"

#include <string.h>

#include "base/mailaddr.h"

enum { FIELD_OCTETS = sizeof("X-KeyServer-Sent: ") };

static size_t
used_text(const struct seen_list *l)
{
	const char *last;

	if (l->count == 0)
		return 0;
	last = l->list[l->count - 1];
	return (size_t)(last - l->text) + strlen(last) + 1;
}

static bool
add_octets(struct seen_list *l, const char *address, size_t n)
{
	size_t used = used_text(l);

	if (n == 0 || n > MAILADDR_MAX || l->count >= SEEN_MAX ||
		used + n + 1 > sizeof(l->text))
		return false;
	memcpy(l->text + used, address, n);
	l->text[used + n] = '\0';
	l->list[l->count++] = l->text + used;
	return true;
}

bool
seen_add(struct seen_list *l, const char *address)
{
	return add_octets(l, address, strlen(address));
}

void
seen_set(struct seen_list *l, const char *addresses)
{
	l->count = 0;
	while (*addresses != '\0') {
		size_t n = strcspn(addresses, " ");

		if (n != 1 || addresses[0] != '*')
			(void)add_octets(l, addresses, n);
		addresses += n;
		addresses += strspn(addresses, " ");
	}
}

void
seen_intersect(struct seen_list *l, const char *addresses)
{
	struct seen_list other;
	size_t kept = 0;

	if (l->count == 0)
		return;
	seen_set(&other, addresses);
	for (size_t i = 0; i < l->count; i++) {
		if (seen_has(&other, l->list[i]))
			l->list[kept++] = l->list[i];
	}
	l->count = kept;
}

bool
seen_has(const struct seen_list *l, const char *address)
{
	for (size_t i = 0; i < l->count; i++) {
		if (mailaddr_same(l->list[i], address))
			return true;
	}
	return false;
}

size_t
seen_octets(const struct seen_list *l)
{
	size_t sum = 0;

	for (size_t i = 0; i < l->count; i++)
		sum += FIELD_OCTETS + strlen(l->list[i]);
	return sum;
}

size_t
seen_count(const struct seen_list *l)
{
	return l->count;
}

const char *const *
seen_strings(const struct seen_list *l)
{
	return l->list;
}

enum status
seen_join(const struct seen_list *l, struct buf *out)
{
	for (size_t i = 0; i < l->count; i++) {
		enum status st = STATUS_OK;

		if (i > 0)
			st = buf_puts(out, " ");
		if (st == STATUS_OK)
			st = buf_puts(out, l->list[i]);
		if (st != STATUS_OK)
			return st;
	}
	return STATUS_OK;
}
