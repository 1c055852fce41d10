#include "store/sqlite/rowcheck.h"

#include <endian.h>
#include <stdio.h>
#include <string.h>

#include "base/hex.h"
#include "pgp/digest.h"
#include "pgp/level.h"
#include "store/sqlite/terms.h"

/* Of ROW_CHECK_COLUMNS. */
enum {
	COL_ID,
	COL_VERSION,
	COL_FPR,
	COL_BODY,
	COL_KEY_ID,
	COL_SKS_DIGEST = ROW_CHECK_DIGEST,
	COL_LEVEL,
	COL_FLAGS,
	COL_SEARCH = ROW_CHECK_SEARCH,
	COL_SUM,
	COL_OCTETS
};

struct bytes
row_column(sqlite3_stmt *stmt, int i)
{
	const void *data = sqlite3_column_blob(stmt, i);
	int len = sqlite3_column_bytes(stmt, i);

	return data == NULL ? bytes_make("", 0) : bytes_make(data, (size_t)len);
}

/* Each step loses nothing, so that one word that differs is always seen. */
static uint64_t
sum_word(uint64_t h, uint64_t word)
{
	h = (h ^ word) * 0x9E3779B97F4A7C15u;
	return h ^ h >> 29;
}

int64_t
row_sum(struct bytes octets)
{
	uint64_t h = octets.len, word;
	size_t i;

	for (i = 0; i + sizeof(word) <= octets.len; i += sizeof(word)) {
		memcpy(&word, octets.data + i, sizeof(word));
		h = sum_word(h, le64toh(word));
	}
	word = 0;
	if (i < octets.len)
		memcpy(&word, octets.data + i, octets.len - i);
	return (int64_t)sum_word(h, le64toh(word));
}

static bool
is_named(sqlite3_stmt *stmt, const struct cert_id *id)
{
	struct bytes want = bytes_make("", 0);

	if (id->fpr.version < 4)
		want = bytes_make(
			id->body_sha256.octets, sizeof(id->body_sha256.octets));
	return sqlite3_column_int64(stmt, COL_VERSION) == id->fpr.version &&
	       bytes_eq(row_column(stmt, COL_FPR),
		       bytes_make(id->fpr.octets, id->fpr.len)) &&
	       bytes_eq(row_column(stmt, COL_BODY), want);
}

/* Does what the row is found by name the certificate of the octets? */
static bool
is_found_by(struct bytes search, const struct cert_id *id)
{
	struct handle h;
	struct term t = {.kind = TERM_HANDLE};
	uint8_t role;

	handle_of(&id->fpr, &h);
	t.octets = bytes_make(h.octets, h.len);
	return terms_have(search, &t, false, &role) && (role & ROLE_PRIMARY);
}

/* ---- search --------------------------------------------------------- */

static enum status
pack(struct arena *arena, const struct check_derive *derive, enum check_how how,
	const struct row_truth *truth, struct bytes *packed)
{
	struct cert_search search = {0};
	struct cert_row row = {.id = truth->cert->id,
		.key_id = truth->cert->primary.key.key_id};
	enum status st = derive->run(
		derive->ctx, arena, truth->cert, truth->level, how, &search);

	return st == STATUS_OK ? terms_pack(arena, &row, &search, packed) : st;
}

enum status
row_search(struct arena *arena, const struct check_derive *derive,
	const struct row_truth *truth, struct bytes *packed)
{
	return pack(arena, derive, CHECK_SURE, truth, packed);
}

/* Whether a subkey is bound took a verification: that is not asked again. */
static bool
is_same_search(struct bytes a, struct bytes b)
{
	struct term x, y;
	size_t at = 0, bt = 0;
	enum status st;

	for (;;) {
		st = terms_next(a, &at, &x);
		if (st != terms_next(b, &bt, &y))
			return false;
		if (st != STATUS_OK)
			return st == STATUS_NOT_FOUND;
		if (terms_cmp(&x, &y) != 0 ||
			((x.role ^ y.role) & ~ROLE_BOUND) != 0 ||
			(x.role & ROLE_PRIMARY && !(x.role & ROLE_BOUND)))
			return false;
	}
}

/* A revoked one was stored as the configuration of its day said. */
static bool
is_search(struct bytes search, struct arena *arena,
	const struct check_derive *derive, const struct row_truth *truth)
{
	static const enum check_how hows[] = {CHECK_QUICK, CHECK_REDACTED};
	struct bytes want;

	for (size_t i = 0; i < sizeof(hows) / sizeof(hows[0]); i++)
		if (pack(arena, derive, hows[i], truth, &want) == STATUS_OK &&
			is_same_search(search, want))
			return true;
	return false;
}

/* ---- */

static enum status
read_truth(sqlite3_stmt *stmt, struct arena *arena, struct row_truth *truth)
{
	int64_t level = sqlite3_column_int64(stmt, COL_LEVEL);
	enum status st;

	memset(truth, 0, sizeof(*truth));
	if (sqlite3_column_type(stmt, COL_OCTETS) != SQLITE_BLOB)
		return STATUS_MALFORMED;
	if (level >= LEVEL_SKS && level <= LEVEL_STRICT)
		truth->level = (uint8_t)level;
	st = cert_read_stored(
		arena, row_column(stmt, COL_OCTETS), &truth->cert, NULL);
	if (st == STATUS_OK)
		st = cert_digest(arena, truth->cert);
	truth->sum = row_sum(row_column(stmt, COL_OCTETS));
	return st;
}

static unsigned int
check_columns(sqlite3_stmt *stmt, const struct row_truth *truth)
{
	const struct cert *cert = truth->cert;
	unsigned int faults = 0;

	if (sqlite3_column_int64(stmt, COL_KEY_ID) !=
		(int64_t)cert->primary.key.key_id)
		faults |= ROW_KEY_ID;
	if (sqlite3_column_int64(stmt, COL_FLAGS) != cert_flags(cert))
		faults |= ROW_FLAGS;
	if (sqlite3_column_int64(stmt, COL_LEVEL) != truth->level ||
		sqlite3_column_type(stmt, COL_LEVEL) != SQLITE_INTEGER)
		faults |= ROW_LEVEL;
	return faults;
}

unsigned int
row_check(sqlite3_stmt *stmt, struct arena *arena,
	const struct check_derive *derive, struct row_truth *truth)
{
	struct bytes search;
	const struct cert *cert;
	bool same_sks, same_sum, named;
	unsigned int faults = 0;

	if (read_truth(stmt, arena, truth) != STATUS_OK)
		return ROW_UNREADABLE;
	cert = truth->cert;
	search = row_column(stmt, COL_SEARCH);
	named = is_named(stmt, &cert->id);
	if (!named && !is_found_by(search, &cert->id))
		return ROW_OTHER;
	same_sks = bytes_eq(row_column(stmt, COL_SKS_DIGEST),
		bytes_make(cert->sks_digest.octets,
			sizeof(cert->sks_digest.octets)));
	same_sum = sqlite3_column_type(stmt, COL_SUM) == SQLITE_INTEGER &&
		   sqlite3_column_int64(stmt, COL_SUM) == truth->sum;
	if (!same_sks && !same_sum)
		return ROW_OCTETS;
	faults |= same_sks ? 0 : ROW_SKS_DIGEST;
	faults |= same_sum ? 0 : ROW_SUM;
	faults |= named ? 0 : ROW_NAME;
	faults |= check_columns(stmt, truth);
	if (derive != NULL && !is_search(search, arena, derive, truth))
		faults |= ROW_SEARCH;
	return faults;
}

const char *
row_fault_text(unsigned int fault)
{
	static const struct {
		unsigned int fault;
		const char *text;
	} texts[] = {
		{ROW_UNREADABLE, "its octets are no certificate"},
		{ROW_OTHER, "its octets are another certificate's"},
		{ROW_OCTETS, "its octets are damaged"},
		{ROW_SKS_DIGEST, "its digest is not that of its octets"},
		{ROW_SUM, "its sum is not that of its octets"},
		{ROW_NAME, "its fingerprint is not that of its octets"},
		{ROW_KEY_ID, "its key ID is not that of its octets"},
		{ROW_FLAGS, "its flags are not those of its octets"},
		{ROW_LEVEL, "its level is none"},
		{ROW_SEARCH, "what it is found by is not what its octets say"},
	};

	for (size_t i = 0; i < sizeof(texts) / sizeof(texts[0]); i++)
		if (fault & texts[i].fault)
			return texts[i].text;
	return "sound";
}

void
row_name_fpr(struct bytes fpr, char *out, size_t size)
{
	char hex[2 * FINGERPRINT_MAX + 1];

	hex_write_upper(fpr, hex);
	(void)snprintf(out, size, "%s", hex);
}

void
row_name(sqlite3_stmt *stmt, char *out, size_t size)
{
	struct bytes fpr = row_column(stmt, COL_FPR);

	if (fpr.len == 0 || fpr.len > FINGERPRINT_MAX)
		(void)snprintf(out, size, "row %lld",
			(long long)sqlite3_column_int64(stmt, COL_ID));
	else
		row_name_fpr(fpr, out, size);
}
