/* What goes over the wire to fetch certificates, as it was caught with SKS. */

#include <string.h>

#include "recon/recover_state.h"
#include "recover_world.h"
#include "vectors.h"

static json_t *
body_of(const char *which, json_t **all, struct buf *octets)
{
	json_t *row;

	*all = vectors_json("messages.json");
	row = json_object_get(*all, which);
	vectors_hex(vectors_text(row, "hex"), octets);
	return row;
}

/* ---- replies ----------------------------------------------------------- */

static void
test_a_reply_is_taken_apart_with_its_end_or_without(void **state)
{
	struct bytes list[RECOVER_BATCH];
	struct buf reply, want;
	struct err err;
	json_t *all, *row = body_of("hashquery_reply_body", &all, &reply);
	const json_t *keys = vectors_array(row, "keys");
	size_t end, i, count;

	(void)state;
	for (end = 0; end < 3; end++) {
		assert_ok(reply_split(buf_view(&reply), 2, list, &count, &err));
		assert_int_equal(count, json_array_size(keys));
		for (i = 0; i < count; i++) {
			vectors_hex(json_string_value(json_array_get(keys, i)),
				&want);
			assert_true(bytes_eq(list[i], buf_view(&want)));
			buf_done(&want);
		}
		assert_ok(buf_put_u8(&reply, (uint8_t) "\r\n."[end]));
	}
	assert_status(reply_split(buf_view(&reply), 2, list, &count, &err),
		STATUS_MALFORMED);
	reply.len -= 3;
	assert_status(reply_split(buf_view(&reply), 1, list, &count, &err),
		STATUS_MALFORMED);
	buf_done(&reply);
	json_decref(all);
}

/* All other promises of fetching have a partner that answers like this. */
static void
test_partners_of_these_tests_answer_as_sks_does(void **state)
{
	json_t *all = vectors_json("hashquery.json");
	char head[400];

	(void)state;
	keeper_head(head, sizeof(head), "200 OK", 506, 4);
	assert_string_equal(head, vectors_text(all, "reply_from_sks_head"));
	json_decref(all);
}

/* ---- requests ---------------------------------------------------------- */

/* That of the vectors, but for the order of its two digests: ours ascend. */
static void
test_a_request_is_what_sks_says_and_understands(void **state)
{
	struct world *w = *state;
	struct recover_source from = world_source_of(w, "peer");
	struct sks_digest two[2];
	struct buf want;
	json_t *all;

	(void)body_of("hashquery_request_body", &all, &want);
	assert_int_equal(want.len, 4 + 2 * 20);
	memcpy(&two[1], want.data + 8, 16);
	memcpy(&two[0], want.data + 28, 16);
	assert_true(vectors_digest_cmp(&two[0], &two[1]) < 0);
	assert_int_equal(recover_offer(w->r, &from, two, 2), 2);
	w->r->sources[0]->size = 2;
	world_run(w);
	assert_int_equal(keeper_requests(&w->k), 1);
	memcpy(want.data + 8, &two[0], 16);
	memcpy(want.data + 28, &two[1], 16);
	assert_true(bytes_eq(buf_view(&w->k.body), buf_view(&want)));
	buf_done(&want);
	json_decref(all);
}

/* The last one asked for comes first, what nobody has is left out. */
static void
test_certificates_are_told_by_their_digests_and_not_by_place(void **state)
{
	struct world *w = *state;
	struct recover_facts f;

	world_keep_certs(w, 5);
	w->k.list[2].is_hidden = true;
	assert_int_equal(world_offer(w), 5);
	w->r->sources[0]->size = 5;
	world_run(w);
	assert_int_equal(keeper_requests(&w->k), 1);
	assert_int_equal(fixture_certs(&w->f), 4);
	f = world_facts_of(w, "peer");
	assert_int_equal(f.got, 4);
	assert_int_equal(f.missing, 1);
	assert_int_equal(f.unexpected + f.refused + f.changed, 0);
}

int
main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(
			test_a_reply_is_taken_apart_with_its_end_or_without),
		cmocka_unit_test(
			test_partners_of_these_tests_answer_as_sks_does),
		WORLD_PROMISE(test_a_request_is_what_sks_says_and_understands),
		WORLD_PROMISE(
			test_certificates_are_told_by_their_digests_and_not_by_place),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
