/* Which of several revocations of a key is shown, and counts. */
#include "fixture.h"

#include "../an_arena.h"
#include "../pgp/forge.h"
#include "lookup/index.h"

enum { NOW = 1700000000, FORGED = 1500000000 };

static int
setup(void **state)
{
	struct err err;

	assert_ok(crypto_init(&err));
	return arena_begin(state);
}

enum { NO_REASON = 0, MOVED = 1, FOUND_OUT = 2, NOT_GIVEN = -1 };

/* By the key itself: of it, or of a subkey. */
static void
put_revocation(const struct forge *key, const struct forge *subkey,
	uint32_t created, int reason, struct buf *out)
{
	struct buf area = {0};
	uint8_t code = (uint8_t)reason;

	if (reason != NOT_GIVEN)
		forge_put_subpacket(&area, 29, bytes_make(&code, 1));
	forge_put_sig(key,
		&(struct forge_sig){.type = subkey == NULL ? 0x20 : 0x28,
			.created = created,
			.signer = key,
			.subkey = subkey,
			.hashed = buf_view(&area)},
		out);
	buf_done(&area);
}

static void
test_the_gravest_reason_is_told(void **state)
{
	static const struct {
		int reasons[3]; /* the oldest first */
		size_t count;
		size_t told;
	} rows[] = {
		{{FOUND_OUT, NO_REASON, MOVED}, 3, 0},
		{{MOVED, FOUND_OUT, NOT_GIVEN}, 3, 1},
		{{NOT_GIVEN, MOVED, MOVED}, 3, 0},
		{{NO_REASON, NOT_GIVEN, MOVED}, 3, 1},
		{{FOUND_OUT, FOUND_OUT, MOVED}, 3, 1},
		{{MOVED, MOVED}, 2, 1},
	};
	struct forge key;
	size_t i, n;

	(void)state;
	forge_open(&key, 1);
	for (i = 0; i < sizeof(rows) / sizeof(rows[0]); i++) {
		struct buf out = {0};
		struct index_cert c;
		struct cert_row row;
		struct err err;

		forge_put(&out, PACKET_PUBLIC_KEY, buf_view(&key.body));
		for (n = 0; n < rows[i].count; n++)
			put_revocation(&key, NULL, FORGED + (uint32_t)n,
				rows[i].reasons[n], &out);
		row = row_of(arena, buf_view(&out), NULL);
		assert_ok(index_describe(arena, &row, NOW, false, &c, &err));
		assert_true(c.revoked);
		assert_int_equal(c.key.revocation->info.created,
			FORGED + rows[i].told);
		buf_done(&out);
	}
	forge_close(&key);
}

static void
test_subkey_revoked_for_good_stays_so(void **state)
{
	struct forge key, subkey;
	struct buf out = {0};
	struct index_cert c;
	struct cert_row row;
	struct err err;

	(void)state;
	forge_open(&key, 1);
	forge_open(&subkey, 2);
	forge_put(&out, PACKET_PUBLIC_KEY, buf_view(&key.body));
	forge_put(&out, PACKET_PUBLIC_SUBKEY, buf_view(&subkey.body));
	put_revocation(&key, &subkey, FORGED, FOUND_OUT, &out);
	put_revocation(&key, &subkey, FORGED + 1, MOVED, &out);
	forge_put_sig(&key,
		&(struct forge_sig){.type = 0x18,
			.created = FORGED + 2,
			.signer = &key,
			.subkey = &subkey},
		&out);
	row = row_of(arena, buf_view(&out), NULL);
	assert_ok(index_describe(arena, &row, NOW, false, &c, &err));
	assert_true(c.subkeys[0].valid);
	assert_true(c.subkeys[0].revoked);
	assert_int_equal(c.subkeys[0].revocation->info.created, FORGED);
	buf_done(&out);
	forge_close(&subkey);
	forge_close(&key);
}

#define CASE(name) cmocka_unit_test_setup_teardown(name, setup, arena_end)

int
main(void)
{
	const struct CMUnitTest tests[] = {
		CASE(test_the_gravest_reason_is_told),
		CASE(test_subkey_revoked_for_good_stays_so),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
