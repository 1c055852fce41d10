/* Promises of the workers: memory has a bound, large rows take turns. */
#include "fixture.h"

#include "pgp/packet.h"

/* Work that needs more memory than it may have ends, and says so. */
static void
test_memory_of_one_submission_is_bounded(void **state)
{
	struct fixture *f = *state;
	struct submission *sub = submission_new(16 * 1024);
	struct buf cert = {0};

	fixture_start(f);
	make_cert(&cert, 1, 300);
	sub->origin = "http";
	sub->body = buf_view(&cert);
	assert_ok(ingest_submit_wait(f->in, sub));
	assert_status(sub->status, STATUS_LIMIT);
	assert_int_equal(fixture_certs(f), 0);
	submission_free(sub);
	buf_done(&cert);
}

/*
 * The rows that many small certificates are merged with need not fit into the
 * memory of one submission at once.
 */
static void
test_large_rows_of_one_submission_take_turns(void **state)
{
	enum { CERTS = 12, OTHERS = 400, ROOM = 2 * 1024 * 1024 };
	struct fixture *f = *state;
	struct buf cert = {0}, body = {0};
	struct change_batch batch;
	struct submission *sub;
	struct cert_row row;
	uint64_t i;

	fixture_start(f);
	for (i = 0; i < CERTS; i++) {
		buf_clear(&cert);
		make_cert(&cert, i, OTHERS);
		submission_free(fixture_submit(f, buf_view(&cert)));
		make_revoked(&body, i);
	}
	make_cert(&body, CERTS, 1);
	sub = submission_new(ROOM);
	sub->origin = "http";
	sub->body = buf_view(&body);
	assert_ok(ingest_submit_wait(f->in, sub));
	assert_ok(sub->status);
	assert_int_equal(sub->counts[OUTCOME_UPDATED], CERTS);
	assert_int_equal(sub->counts[OUTCOME_NEW], 1);
	row = fixture_row(f, sub);
	assert_true(count_packets(row.octets) > OTHERS + 3);
	submission_free(sub);
	assert_int_equal(fixture_changes(f, &batch), 2 * CERTS + 1);
	/* And again, where nothing is to be written in between. */
	sub = submission_new(ROOM);
	sub->origin = "http";
	sub->body = buf_view(&body);
	assert_ok(ingest_submit_wait(f->in, sub));
	assert_ok(sub->status);
	assert_int_equal(sub->counts[OUTCOME_UNCHANGED], CERTS + 1);
	submission_free(sub);
	buf_done(&body);
	buf_done(&cert);
}

static void
test_a_row_too_large_alone_is_refused_alone(void **state)
{
	struct fixture *f = *state;
	struct buf cert = {0}, body = {0};
	struct submission *sub;

	fixture_start(f);
	make_cert(&cert, 1, 8000);
	submission_free(fixture_submit(f, buf_view(&cert)));
	make_cert(&body, 0, 1);
	make_revoked(&body, 1);
	make_cert(&body, 2, 1);
	sub = submission_new(2 * 1024 * 1024);
	sub->origin = "http";
	sub->body = buf_view(&body);
	assert_ok(ingest_submit_wait(f->in, sub));
	assert_ok(sub->status);
	assert_int_equal(sub->counts[OUTCOME_NEW], 2);
	assert_int_equal(sub->outcomes[1].kind, OUTCOME_REFUSED);
	assert_int_equal(sub->outcomes[1].verdict, VERDICT_OVER_LIMIT);
	assert_non_null(sub->outcomes[1].detail);
	assert_int_equal(fixture_certs(f), 3);
	submission_free(sub);
	buf_done(&body);
	buf_done(&cert);
}

int
main(void)
{
	const struct CMUnitTest tests[] = {
		FIXTURE_PROMISE(test_memory_of_one_submission_is_bounded),
		FIXTURE_PROMISE(test_large_rows_of_one_submission_take_turns),
		FIXTURE_PROMISE(test_a_row_too_large_alone_is_refused_alone),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
