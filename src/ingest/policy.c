#include "ingest/policy.h"

#include <stddef.h>
#include <string.h>
#include <unistd.h>

#define KIB 1024
#define MIB (1024 * KIB)

enum {
	POLICY_TOTAL_SKS = 30 * MIB,
	POLICY_TOTAL_CLEAN = 4 * MIB
};

const struct policy_row policy_rows[] = {
	{"max_body", "L3", POLICY_OCTETS, offsetof(struct policy, max_body),
		8 * MIB, 64 * KIB, 64 * MIB,
		"octets of one submission, before decoding"},
	{"max_certs", "L7", POLICY_COUNT,
		offsetof(struct policy, limits.max_certs), 1000, 1, 100000,
		"certificates in one submission; the rest is refused"},
	{"max_packets", "L8", POLICY_COUNT,
		offsetof(struct policy, limits.max_packets), 20000, 100,
		1000000, "packets in one submission; more refuse all of it"},
	{"max_uid_octets", "L9", POLICY_OCTETS,
		offsetof(struct policy, limits.max_user_id), 2048, 256,
		64 * KIB, "octets of one user ID; a longer one is left out"},
	{"max_attr_octets", "L9", POLICY_OCTETS,
		offsetof(struct policy, limits.max_attribute), 64 * KIB, 0, MIB,
		"octets of one user attribute; a longer one is left out"},
	{"max_sig_octets", "L9", POLICY_OCTETS,
		offsetof(struct policy, limits.max_signature), 65535, 4 * KIB,
		MIB, "octets of one signature; a longer one is left out"},
	{"max_key_packet", "L9", POLICY_OCTETS,
		offsetof(struct policy, limits.max_key), 65535, 4 * KIB, MIB,
		"octets of one key or subkey; a longer one is left out"},
	{"max_cert_octets", "L12", POLICY_OCTETS,
		offsetof(struct policy, limits.max_total), 0, 0, 30 * MIB,
		"octets of one stored certificate; the lowest ranks go; 0: "
		"30 MiB at level sks, else 4 MiB"},
	{"max_uids", "L12", POLICY_COUNT,
		offsetof(struct policy, limits.max_user_ids), 128, 1, 10000,
		"user IDs of one certificate, but at level sks"},
	{"max_attributes", "L12", POLICY_COUNT,
		offsetof(struct policy, limits.max_attributes), 4, 0, 1000,
		"user attributes of one certificate, but at level sks"},
	{"max_subkeys", "L12", POLICY_COUNT,
		offsetof(struct policy, limits.max_subkeys), 256, 1, 10000,
		"subkeys of one certificate, but at level sks"},
	{"max_selfsigs", "L12", POLICY_COUNT,
		offsetof(struct policy, limits.max_self_sigs), 256, 1, 10000,
		"signatures by the key below one component; revocations "
		"beside"},
	{"max_thirdparty", "L12", POLICY_COUNT,
		offsetof(struct policy, limits.max_third_party), 1024, 0,
		100000, "signatures by others below one component"},
	{"max_verifications", "L13", POLICY_COUNT,
		offsetof(struct policy, max_verifications), 4000, 2000, 1000000,
		"cost of public-key operations for one submission, in "
		"verifications of Ed25519; more refuse it"},
	{"verify_share", "", POLICY_COUNT,
		offsetof(struct policy, verify_share), 50, 0, 100,
		"per cent of one core for verifying what was stored at a "
		"lower level; 0: never"},
	{"max_queue_items", "L25", POLICY_COUNT,
		offsetof(struct policy, max_queue_items), 1024, 1, 65536,
		"submissions taken and not yet answered"},
	{"max_queue_octets", "L25", POLICY_OCTETS,
		offsetof(struct policy, max_queue_octets), 64 * MIB, MIB,
		1024LL * MIB, "octets of submissions not yet answered"},
	{"max_arena", "", POLICY_OCTETS, offsetof(struct policy, max_arena),
		256 * MIB, 16 * MIB, 1024LL * MIB,
		"octets of memory for the work on one submission"},
	{"max_worked", "", POLICY_OCTETS, offsetof(struct policy, max_worked),
		128 * MIB, 16 * MIB, 1024LL * MIB,
		"octets of worked submissions that wait for the writer"},
	{"commit_batch", "", POLICY_COUNT,
		offsetof(struct policy, commit_batch), 128, 1, 4096,
		"submissions written in one transaction, at most"},
	{"workers", "", POLICY_COUNT, offsetof(struct policy, workers), 0, 0,
		POLICY_WORKERS_MAX,
		"threads that read and merge; 0: one less than CPUs"},
	{"queue_time", "", POLICY_TIME_MS,
		offsetof(struct policy, queue_time_ms), 30000, 1000, 600000,
		"time from queue to answer, after which it is busy"},
	{"retry_time", "D9", POLICY_TIME_MS,
		offsetof(struct policy, retry_time_ms), 10000, 100, 60000,
		"time until a full or failed disk is tried again"},
};

const size_t policy_row_count = sizeof(policy_rows) / sizeof(policy_rows[0]);

static void
policy_store(struct policy *p, const struct policy_row *row, int64_t value)
{
	size_t n = (size_t)value;

	if (row->unit == POLICY_TIME_MS)
		memcpy((char *)p + row->offset, &value, sizeof(value));
	else
		memcpy((char *)p + row->offset, &n, sizeof(n));
}

void
policy_init(struct policy *p)
{
	size_t i;

	memset(p, 0, sizeof(*p));
	p->level = LEVEL_CLEAN;
	p->limits = cert_limits_default;
	p->limits.secret = CERT_SECRET_REFUSES;
	for (i = 0; i < policy_row_count; i++)
		policy_store(p, &policy_rows[i], policy_rows[i].preset);
}

int64_t
policy_get(const struct policy *p, const struct policy_row *row)
{
	int64_t value;
	size_t n;

	if (row->unit == POLICY_TIME_MS) {
		memcpy(&value, (const char *)p + row->offset, sizeof(value));
		return value;
	}
	memcpy(&n, (const char *)p + row->offset, sizeof(n));
	return (int64_t)n;
}

enum status
policy_set(struct policy *p, const struct policy_row *row, int64_t value)
{
	if (value < row->min || value > row->max)
		return STATUS_LIMIT;
	policy_store(p, row, value);
	return STATUS_OK;
}

struct cert_limits
policy_limits(const struct policy *p, bool bulk)
{
	struct cert_limits limits = p->limits;

	if (limits.max_total == 0)
		limits.max_total = p->level == LEVEL_SKS ? POLICY_TOTAL_SKS
							 : POLICY_TOTAL_CLEAN;

	if (bulk) {
		limits.max_certs = SIZE_MAX;
		limits.max_packets = SIZE_MAX;
		limits.secret = CERT_SECRET_SKIPS;
	}
	return limits;
}

size_t
policy_workers(const struct policy *p)
{
	long cpus;

	if (p->workers != 0)
		return p->workers < POLICY_WORKERS_MAX ? p->workers
						       : POLICY_WORKERS_MAX;
	cpus = sysconf(_SC_NPROCESSORS_ONLN) - 1;
	if (cpus < 1)
		return 1;
	return cpus < POLICY_WORKERS_MAX ? (size_t)cpus : POLICY_WORKERS_MAX;
}
