#include "store/sqlite/rowcheck.h"

#include <stdio.h>
#include <string.h>

#include "base/hex.h"
#include "pgp/digest.h"

/* Of ROW_CHECK_COLUMNS. */
enum {
	COL_ID,
	COL_VERSION,
	COL_FPR,
	COL_BODY,
	COL_SKS_DIGEST,
	COL_DIGESTS,
	COL_OCTETS
};

static struct bytes
column(sqlite3_stmt *stmt, int i)
{
	const void *data = sqlite3_column_blob(stmt, i);
	int len = sqlite3_column_bytes(stmt, i);

	return data == NULL ? bytes_make("", 0) : bytes_make(data, (size_t)len);
}

static bool
is_of(sqlite3_stmt *stmt, const struct cert_id *id)
{
	struct bytes fpr = column(stmt, COL_FPR);
	struct bytes body = column(stmt, COL_BODY);
	struct bytes want = {0};

	if (id->fpr.version < 4)
		want = bytes_make(
			id->body_sha256.octets, sizeof(id->body_sha256.octets));
	return sqlite3_column_int64(stmt, COL_VERSION) == id->fpr.version &&
	       bytes_eq(fpr, bytes_make(id->fpr.octets, id->fpr.len)) &&
	       body.len == want.len && (want.len == 0 || bytes_eq(body, want));
}

enum row_fault
row_check(sqlite3_stmt *stmt, struct arena *arena, struct row_truth *truth)
{
	struct bytes sks = column(stmt, COL_SKS_DIGEST);
	struct cert *cert;
	bool same_sks, same_packets;

	if (sks.len != sizeof(truth->sks_digest.octets) ||
		sqlite3_column_type(stmt, COL_OCTETS) != SQLITE_BLOB)
		return ROW_COLUMNS;
	if (cert_read_stored(arena, column(stmt, COL_OCTETS), &cert, NULL) !=
			STATUS_OK ||
		cert_digest(arena, cert) != STATUS_OK ||
		cert_placed_digests(arena, cert, &truth->packet_digests) !=
			STATUS_OK)
		return ROW_UNREADABLE;
	truth->sks_digest = cert->sks_digest;
	same_sks = memcmp(sks.data, cert->sks_digest.octets, sks.len) == 0;
	same_packets =
		bytes_eq(column(stmt, COL_DIGESTS), truth->packet_digests);
	if (!same_sks && !same_packets)
		return ROW_OCTETS;
	if (!is_of(stmt, &cert->id))
		return ROW_OTHER;
	if (!same_sks)
		return ROW_SKS_DIGEST;
	return same_packets ? ROW_SOUND : ROW_PACKET_DIGESTS;
}

const char *
row_fault_text(enum row_fault f)
{
	static const char *const texts[] = {
		[ROW_SOUND] = "sound",
		[ROW_SKS_DIGEST] = "its digest is not that of its octets",
		[ROW_PACKET_DIGESTS] =
			"its packets' digests are not those of its octets",
		[ROW_OTHER] = "its octets are another certificate's",
		[ROW_OCTETS] = "its octets are damaged",
		[ROW_UNREADABLE] = "its octets are no certificate",
		[ROW_COLUMNS] = "its row is damaged",
	};

	return texts[f];
}

void
row_name(sqlite3_stmt *stmt, char *out, size_t size)
{
	struct bytes fpr = column(stmt, COL_FPR);
	char hex[2 * FINGERPRINT_MAX + 1];

	if (fpr.len == 0 || fpr.len > FINGERPRINT_MAX) {
		(void)snprintf(out, size, "row %lld",
			(long long)sqlite3_column_int64(stmt, COL_ID));
		return;
	}
	hex_write_lower(fpr, hex);
	for (char *p = hex; *p != '\0'; p++)
		if (*p >= 'a')
			*p -= 'a' - 'A';
	(void)snprintf(out, size, "%s", hex);
}
