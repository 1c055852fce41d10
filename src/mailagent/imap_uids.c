#include "mailagent/imap_uids.h"

#include <stdlib.h>
#include <string.h>

#include "base/bytes.h"

/* Where it stands, or would stand. */
static size_t
place(const struct imap_uids *u, uint32_t uid)
{
	size_t low = 0, high = u->count;

	while (low < high) {
		size_t middle = low + (high - low) / 2;

		if (u->list[middle] < uid)
			low = middle + 1;
		else
			high = middle;
	}
	return low;
}

bool
imap_uids_has(const struct imap_uids *u, uint32_t uid)
{
	size_t at = place(u, uid);

	return at < u->count && u->list[at] == uid;
}

void
imap_uids_add(struct imap_uids *u, uint32_t uid)
{
	size_t at = place(u, uid);

	if (at < u->count && u->list[at] == uid)
		return;
	if (u->count == u->cap) {
		u->cap = u->cap > 0 ? u->cap * 2 : 64;
		u->list = xrealloc(u->list, u->cap * sizeof(*u->list));
	}
	memmove(u->list + at + 1, u->list + at,
		(u->count - at) * sizeof(*u->list));
	u->list[at] = uid;
	u->count++;
}

void
imap_uids_remove(struct imap_uids *u, uint32_t uid)
{
	size_t at = place(u, uid);

	if (at == u->count || u->list[at] != uid)
		return;
	u->count--;
	memmove(u->list + at, u->list + at + 1,
		(u->count - at) * sizeof(*u->list));
}

void
imap_uids_drop_below(struct imap_uids *u, uint32_t uid)
{
	size_t at = place(u, uid);

	if (at == 0)
		return;
	u->count -= at;
	memmove(u->list, u->list + at, u->count * sizeof(*u->list));
}

void
imap_uids_done(struct imap_uids *u)
{
	free(u->list);
	*u = (struct imap_uids){NULL, 0, 0};
}
