#include "recon/profile.h"

#include <inttypes.h>
#include <stddef.h>
#include <stdio.h>
#include <string.h>

#include "base/hex.h"
#include "pgp/crypto.h"

/* What Hockeypuck has announced since 2.2, but for the versions of keys. */
#define HOCKEYPUCK_DROPS                                                       \
	"drop:UAT,drop:hardRevokedCruft,drop:implausible,"                     \
	"drop:invalidSelfSig,"
#define HOCKEYPUCK_REST "schema:application/pgp-keys,"
#define HOCKEYPUCK_LACKS                                                       \
	"what Hockeypuck strips is not known of a stored certificate "         \
	"(doc/decisions/filters-of-hockeypuck.md)"

static const struct profile profiles[] = {
	{"sks-1.1.6", "yminsky.dedup,yminsky.merge", LEVEL_SKS, CERT_NOT_SKS,
		"SKS, Hockeypuck up to 2.1, keypost at level sks", NULL},
	{"keypost.clean.1", "keypost.clean.1", LEVEL_CLEAN, 0,
		"keypost at level clean", NULL},
	{"keypost.strict.1", "keypost.strict.1", LEVEL_STRICT, 0,
		"keypost at level strict", NULL},
	{"hockeypuck-2.2",
		HOCKEYPUCK_DROPS "drop:structuralMartian,drop:unbound,drop:"
				 "unparseable," HOCKEYPUCK_REST
				 "versions:34,yminsky.dedup,yminsky.merge",
		LEVEL_CLEAN, CERT_HAS_V5_V6, "Hockeypuck 2.2 and 2.3",
		HOCKEYPUCK_LACKS},
	{"hockeypuck-2.4",
		HOCKEYPUCK_DROPS
		"drop:oldSlhdsaSelfSig,drop:structuralMartian,drop:unbound,"
		"drop:unparseable," HOCKEYPUCK_REST
		"versions:3+4+6+rfc9980,yminsky.dedup,yminsky.merge",
		LEVEL_CLEAN, 0, "Hockeypuck 2.4 (its second beta)",
		HOCKEYPUCK_LACKS},
};

enum {
	PROFILE_COUNT = sizeof(profiles) / sizeof(profiles[0]),
	PROFILE_SUM = 4 /* octets of a hash, twice as many digits */
};

const struct profile *
profile_at(size_t i)
{
	return i < PROFILE_COUNT ? &profiles[i] : NULL;
}

enum status
profile_find(const char *name, const struct profile **profile)
{
	size_t i;

	for (i = 0; i < PROFILE_COUNT; i++)
		if (!strcmp(profiles[i].name, name)) {
			*profile = &profiles[i];
			return STATUS_OK;
		}
	return STATUS_NOT_FOUND;
}

const struct profile *
profile_of_filters(struct bytes filters)
{
	size_t i;

	for (i = 0; i < PROFILE_COUNT; i++)
		if (profile_filters_eq(filters, bytes_of(profiles[i].filters)))
			return &profiles[i];
	return NULL;
}

bool
profile_takes(const struct profile *p, uint32_t cert_flags)
{
	return (cert_flags & p->without) == 0;
}

/* ---- what is announced -------------------------------------------------- */

/* Of what is kept of a certificate, not of a submission. */
static bool
decides_what_is_kept(const struct policy_row *row)
{
	return !strcmp(row->rule, "L9") || !strcmp(row->rule, "L12");
}

/* "name=value\n" of each limit that is not the default, in the order of the
 * table; OK and nothing when all are. */
static enum status
list_limits(
	const struct profile *p, const struct policy *policy, struct buf *out)
{
	struct policy ours = *policy, usual;
	enum status st = STATUS_OK;
	size_t i;

	policy_init(&usual);
	usual.level = ours.level = p->level;
	/* What a level implies is no difference from saying it. */
	usual.limits = policy_limits(&usual, false);
	ours.limits = policy_limits(&ours, false);
	for (i = 0; st == STATUS_OK && i < policy_row_count; i++) {
		const struct policy_row *row = &policy_rows[i];

		if (decides_what_is_kept(row) &&
			policy_get(&ours, row) != policy_get(&usual, row))
			st = buf_printf(out, "%s=%" PRId64 "\n", row->name,
				policy_get(&ours, row));
	}
	return st;
}

void
profile_filters(const struct profile *p, const struct policy *policy,
	char out[PROFILE_FILTERS_MAX])
{
	char digits[2 * PROFILE_SUM + 1] = "";
	struct buf limits = {0};
	struct bytes text;
	struct digest sum;

	/* SKS and Hockeypuck have but one name for what they keep. */
	if (!strcmp(p->name, p->filters) &&
		list_limits(p, policy, &limits) == STATUS_OK &&
		limits.len > 0) {
		text = buf_view(&limits);
		crypto_sha256(&text, 1, &sum);
		hex_write_lower(bytes_make(sum.octets, PROFILE_SUM), digits);
	}
	buf_done(&limits);
	(void)snprintf(out, PROFILE_FILTERS_MAX, "%s%s%s", p->filters,
		digits[0] != '\0' ? "+" : "", digits);
}
