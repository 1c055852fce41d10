/*
 * What a signature packet tells lies within it, and says which kind it is.
 */
#include "fuzz_pgp.h"
#include "pgp/verify.h"

static void
check_within(struct bytes all, struct bytes part)
{
	if (part.len == 0)
		return;
	assert(part.data >= all.data);
	assert(part.data + part.len <= all.data + all.len);
}

static void
check_plausible(struct bytes body, const struct signature_info *info)
{
	static const uint8_t text[] = "Nobody <nobody@example.org>";
	struct signature sig = {.info = *info};
	struct component under = {.packet.tag = PACKET_USER_ID};
	struct cert cert = {.primary.packet.tag = PACKET_PUBLIC_KEY};

	sig.packet.body = body;
	under.packet.body = bytes_make(text, sizeof(text) - 1);
	cert.primary.packet.body = under.packet.body;
	cert.primary.key.fpr.version = info->version;
	(void)verify_is_self(&cert, &sig);
	(void)verify_is_plausible(&cert, &under, &sig, NULL);
	under.packet.tag = PACKET_PUBLIC_SUBKEY;
	under.sigs = &sig;
	under.sig_count = 1;
	(void)verify_is_bound(&cert, &under, NULL);
}

int
LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
	struct bytes body = bytes_make(data, size);
	struct signature_info info, again;
	struct arena *arena = fuzz_arena();
	struct err err;

	if (signature_parse(body, &info, &err) == STATUS_OK) {
		assert(info.version >= 2 && info.version <= 6);
		assert(info.version == data[0]);
		check_within(body, info.hashed_part);
		check_within(body, info.hashed);
		check_within(body, info.unhashed);
		check_within(body, info.salt);
		check_within(body, info.material);
		check_within(body, info.embedded);
		check_within(body, info.reason_text);
		assert(info.has_issuer || !info.has_issuer_fpr);
		check_plausible(body, &info);
		if (signature_parse(info.embedded, &again, &err) == STATUS_OK)
			assert(again.version == info.embedded.data[0]);
	}
	arena_free(arena);
	return 0;
}
