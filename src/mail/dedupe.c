#include "mail/dedupe.h"

#include <stdlib.h>
#include <string.h>

enum { WAYS = 8, ROWS = DEDUPE_ENTRIES / WAYS, KEPT = 16 };

struct row {
	uint8_t digests[WAYS][KEPT];
	uint8_t count;
	uint8_t next; /* which is replaced next */
};

struct dedupe {
	struct row rows[ROWS];
};

struct dedupe *
dedupe_new(void)
{
	return xcalloc(1, sizeof(struct dedupe));
}

void
dedupe_free(struct dedupe *d)
{
	free(d);
}

/* SHA-256 over the id and the digest of each block, so nothing runs over. */
bool
dedupe_digest(const struct incoming *in, struct digest *out)
{
	struct digest sums[INCOMING_BLOCKS_MAX + 1];
	struct bytes one;

	if (in->message_id == NULL || in->block_count > INCOMING_BLOCKS_MAX)
		return false;
	one = bytes_of(in->message_id);
	crypto_sha256(&one, 1, &sums[0]);
	for (size_t i = 0; i < in->block_count; i++)
		crypto_sha256(&in->blocks[i].text, 1, &sums[i + 1]);
	one = bytes_make(sums, (in->block_count + 1) * sizeof(sums[0]));
	crypto_sha256(&one, 1, out);
	return true;
}

static size_t
row_of(const struct digest *letter)
{
	return ((size_t)letter->octets[30] << 8 | letter->octets[31]) % ROWS;
}

bool
dedupe_has(const struct dedupe *d, const struct digest *letter)
{
	const struct row *row = &d->rows[row_of(letter)];

	for (size_t i = 0; i < row->count; i++) {
		if (memcmp(row->digests[i], letter->octets, KEPT) == 0)
			return true;
	}
	return false;
}

void
dedupe_add(struct dedupe *d, const struct digest *letter)
{
	struct row *row = &d->rows[row_of(letter)];

	if (dedupe_has(d, letter))
		return;
	memcpy(row->digests[row->next], letter->octets, KEPT);
	row->next = (uint8_t)((row->next + 1) % WAYS);
	if (row->count < WAYS)
		row->count++;
}
